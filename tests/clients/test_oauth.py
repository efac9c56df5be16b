"""The real Authlib client against providers on loopback, honest and not."""

import time

import pytest

from cvstudio.clients import oauth
from cvstudio.clients.oauth import Identity, NotProven, ProviderNotFound, ProviderUnavailable
from tests.provider import CLIENT_ID, CLIENT_SECRET, brought, provider

NONCE, VERIFIER = "n" * 43, "v" * 43
MARIE = Identity("oidc", "248289761001", "marie@example.org", True, "Marie Dupont")


@pytest.fixture
def issuer(configure):
    oauth.forget()
    with provider() as double:
        known = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
        configure(
            **{f"{name}_{part}": value for name in ("oidc", "github", "linkedin") for part, value in known.items()},
            oidc_issuer=double.url,
            oidc_name="Chez nous",
            linkedin_issuer=double.url,
            github_url=double.url,
        )
        yield double
    oauth.forget()


def there_and_back(issuer, name="oidc", *, verifier=VERIFIER, nonce=NONCE):
    chosen = oauth.get(name)
    address = oauth.authorization_url(chosen, state="s", nonce=NONCE, verifier=VERIFIER)
    code = issuer.consent(address)["code"]
    return oauth.identify(chosen, code=code, nonce=nonce, verifier=verifier)


def test_nobody_is_offered_what_is_not_set_up(configure):
    configure()
    assert oauth.providers() == ()
    with pytest.raises(ProviderNotFound):
        oauth.get("google")


def test_where_people_are_sent(issuer):
    address = oauth.authorization_url(oauth.get("oidc"), state="st", nonce=NONCE, verifier=VERIFIER)
    assert address.startswith(f"{issuer.url}/authorize?")
    given = brought(address)
    assert given["state"] == "st"
    assert given["nonce"] == NONCE
    assert given["redirect_uri"] == "http://localhost:3000/api/auth/callback/oidc"
    assert set(given["scope"].split()) == {"openid", "email", "profile"}
    assert given["code_challenge_method"] == "S256"
    assert VERIFIER not in address
    assert CLIENT_SECRET not in address


@pytest.mark.parametrize("algorithm", ["RS256", "PS256", "ES256"])
def test_who_comes_back(issuer, algorithm):
    issuer.algorithm = algorithm
    assert there_and_back(issuer) == MARIE


def test_the_secret_goes_where_the_issuer_wants_it(issuer):
    issuer.configured = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    assert there_and_back(issuer) == MARIE


def test_keys_are_read_once_and_again_when_they_were_replaced(issuer):
    there_and_back(issuer)
    there_and_back(issuer)
    assert issuer.asked.count("/jwks") == issuer.asked.count("/.well-known/openid-configuration") == 1
    issuer.rotate()
    assert there_and_back(issuer) == MARIE
    assert issuer.asked.count("/jwks") == 2


def test_a_key_that_nobody_published_is_looked_for_once(issuer):
    there_and_back(issuer)
    published = [key.as_dict(private=False) for key in issuer.keys]
    issuer.rotate()
    issuer.answers["/jwks"] = (200, {"keys": published})
    with pytest.raises(NotProven):
        there_and_back(issuer)
    assert issuer.asked.count("/jwks") == 2


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_signatures_that_prove_nothing(issuer, algorithm):
    issuer.algorithm = algorithm
    with pytest.raises(NotProven):
        there_and_back(issuer)


@pytest.mark.parametrize(
    "changed",
    [
        {"aud": "another"},
        {"aud": None},
        {"aud": [CLIENT_ID, "another"], "azp": "another"},
        {"iss": "https://issuer.example"},
        {"iss": None},
        {"nonce": "m" * 43},
        {"nonce": None},
        {"exp": int(time.time()) - 3600},
        {"exp": None},
        {"iat": None},
        {"nbf": int(time.time()) + 3600},
        {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
    ],
    ids=" ".join,
)
def test_tokens_that_are_not_for_us(issuer, changed):
    issuer.changed = changed
    with pytest.raises(NotProven):
        there_and_back(issuer)


def test_a_signature_that_was_tampered_with(issuer, monkeypatch):
    whole = issuer._id_token

    def tampered(nonce):
        head, body, signature = whole(nonce).split(".")
        return f"{head}.{body}.{'A' if signature[0] != 'A' else 'B'}{signature[1:]}"

    monkeypatch.setattr(issuer, "_id_token", tampered)
    with pytest.raises(NotProven):
        there_and_back(issuer)


def test_a_code_works_with_its_verifier_and_once(issuer):
    with pytest.raises(NotProven):
        there_and_back(issuer, verifier="w" * 43)
    with pytest.raises(NotProven):
        oauth.identify(oauth.get("oidc"), code="code-0", nonce=NONCE, verifier=VERIFIER)


@pytest.mark.parametrize("subject", ["", None, 7, "x" * 300])
def test_somebody_without_a_name(issuer, subject):
    issuer.changed = {"sub": subject}
    with pytest.raises((NotProven, ProviderUnavailable)):
        there_and_back(issuer)


@pytest.mark.parametrize(
    ("said", "verified"), [(True, True), ("true", True), (False, False), ("yes", False), (1, True)]
)
def test_whether_the_address_is_verified(issuer, said, verified):
    issuer.changed = {"email_verified": said}
    assert there_and_back(issuer).email_verified is verified


def test_no_address(issuer):
    issuer.changed = {"email": None}
    found = there_and_back(issuer)
    assert (found.email, found.email_verified) == ("", False)


def test_an_address_that_is_told_when_asked(issuer):
    issuer.changed = {"email": None, "email_verified": None}
    issuer.configured = {"userinfo_endpoint": f"{issuer.url}/userinfo"}
    assert there_and_back(issuer) == MARIE
    issuer.answers["/userinfo"] = (200, issuer.person | {"sub": "another"})
    with pytest.raises(NotProven):
        there_and_back(issuer)


FAULTS = [(500, {"error": "oops"}), (502, b"<html>Bad gateway</html>"), (200, b"<html>portal</html>"), (200, [])]


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/jwks", "/token"])
@pytest.mark.parametrize("answer", [*FAULTS, (200, {})], ids=str)
def test_an_issuer_that_is_not_well(issuer, path, answer):
    issuer.answers[path] = answer
    with pytest.raises((ProviderUnavailable, NotProven)) as caught:
        there_and_back(issuer)
    assert all("Chez nous" in caught.value.message(language) for language in ("fr", "en"))


def test_an_issuer_that_is_another(issuer):
    issuer.configured = {"issuer": "https://accounts.example"}
    with pytest.raises(ProviderUnavailable):
        there_and_back(issuer)


def test_an_issuer_that_is_slow_or_gone(issuer, monkeypatch):
    monkeypatch.setattr(oauth, "TIMEOUT_SECONDS", 0.2)
    issuer.waits = 1
    with pytest.raises(ProviderUnavailable):
        there_and_back(issuer)
    oauth.forget()
    monkeypatch.setattr(oauth, "_configuration", lambda _: {"authorization_endpoint": "http://127.0.0.1:9/authorize"})
    with pytest.raises(ProviderUnavailable):
        oauth.identify(oauth.get("oidc"), code="c", nonce=NONCE, verifier=VERIFIER)


def test_linkedin_wants_no_verifier_and_gives_no_nonce(issuer):
    issuer.plain = True
    assert there_and_back(issuer, "linkedin").subject == MARIE.subject
    issuer.changed = {"nonce": "m" * 43}
    with pytest.raises(NotProven):
        there_and_back(issuer, "linkedin")


# ---------------------------------------------------------------------------- GitHub


def test_github(issuer):
    assert there_and_back(issuer, "github") == Identity("github", "583231", "marie@example.org", True, "Marie Dupont")
    assert issuer.asked == ["/login/oauth/access_token", "/api/v3/user", "/api/v3/user/emails"]


@pytest.mark.parametrize(
    "addresses",
    [
        [],
        [{"email": "marie@example.org", "primary": True, "verified": False}],
        [{"email": "marie@example.org", "primary": False, "verified": True}],
    ],
)
def test_github_knows_no_verified_primary_address(issuer, addresses):
    issuer.addresses = addresses
    found = there_and_back(issuer, "github")
    assert (found.email, found.email_verified) == ("", False)


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("/login/oauth/access_token", (200, {"error": "bad_verification_code"})),
        ("/login/oauth/access_token", (200, {})),
        ("/api/v3/user", (500, {})),
        ("/api/v3/user", (200, {"id": True, "login": "x"})),
        ("/api/v3/user", (200, [])),
        ("/api/v3/user/emails", (404, {})),
        ("/api/v3/user/emails", (200, {"message": "no"})),
    ],
)
def test_github_is_not_well(issuer, path, answer):
    issuer.answers[path] = answer
    with pytest.raises((ProviderUnavailable, NotProven)):
        there_and_back(issuer, "github")
