"""Access and refresh tokens: what is believed, for how long, and what happens to stolen ones."""

import base64
import hmac
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from hashlib import sha256

import pytest
from sqlmodel import select

from cvstudio import config, db
from cvstudio.domain import accounts
from cvstudio.domain.accounts import sessions, tokens
from cvstudio.domain.accounts.faults import InvalidAccessToken
from cvstudio.models import LoginSession, RefreshToken, User
from tests.accounts import make_account, travelling


@pytest.fixture
def travel(monkeypatch):
    return travelling(monkeypatch)


@pytest.fixture
def user(engine) -> User:
    return make_account("marie@example.org", password=None)


@pytest.fixture
def pair(user) -> tokens.Tokens:
    with db.session() as session:
        login = accounts.sign_in(session, session.get_one(User, user.id), None, "password").login
        return tokens.issue(session, login)


def who(bearer: str) -> accounts.Principal:
    with db.session(write=False) as session:
        return accounts.identify(session, login_cookie=None, bearer=bearer, anonymous_owner_id=None)


def refresh(token: str) -> tokens.Tokens | None:
    with db.session() as session:
        return tokens.refresh(session, token)


def encoded(part: dict) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


def claims_of(token: str) -> dict:
    body = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))


def signed(header: dict, claims: dict, key: bytes, digest=sha256) -> str:
    text = f"{encoded(header)}.{encoded(claims)}"
    mac = base64.urlsafe_b64encode(hmac.digest(key, text.encode(), digest)).rstrip(b"=").decode()
    return f"{text}.{mac}"


def our_key() -> bytes:
    return hmac.digest(config.settings().secret_key.encode(), b"cvstudio.access-token", sha256)


def test_an_access_token_opens_the_account(user, pair):
    found = who(pair.access)
    assert (found.owner_id, found.user.email) == (user.id, "marie@example.org")
    assert claims_of(pair.access).keys() == {"iss", "aud", "sub", "sid", "jti", "iat", "exp"}


def test_it_lasts_a_quarter_of_an_hour(pair, travel):
    travel(timedelta(minutes=14, seconds=50))
    assert who(pair.access).user
    travel(timedelta(seconds=15))
    with pytest.raises(InvalidAccessToken):
        who(pair.access)


def test_the_test_signs_as_we_do(pair):
    assert who(signed({"alg": "HS256", "typ": "JWT"}, claims_of(pair.access), our_key())).user


@pytest.mark.parametrize(
    "forge",
    [
        lambda header, claims: f"{encoded(header | {'alg': 'none'})}.{encoded(claims)}.",
        lambda header, claims: f"{encoded(header | {'alg': 'None'})}.{encoded(claims)}.e30",
        lambda header, claims: signed(header | {"alg": "HS512"}, claims, our_key(), "sha512"),
        lambda header, claims: signed(header | {"alg": "RS256"}, claims, our_key()),
        lambda header, claims: signed(header, claims, config.settings().secret_key.encode()),
        lambda header, claims: signed(header, claims, b""),
        lambda header, claims: signed(header | {"jwk": {"kty": "oct", "k": "eA"}, "kid": "x"}, claims, b"x"),
        lambda header, claims: signed(header, claims | {"iss": "other"}, our_key()),
        lambda header, claims: signed(header, claims | {"aud": "other"}, our_key()),
        lambda header, claims: signed(header, {k: v for k, v in claims.items() if k != "exp"}, our_key()),
        lambda header, claims: signed(header, {k: v for k, v in claims.items() if k != "sid"}, our_key()),
        lambda header, claims: signed(header, claims | {"exp": "tomorrow"}, our_key()),
        lambda header, claims: signed(header, claims | {"sid": 7}, our_key()),
        lambda header, claims: signed(header, claims | {"sid": "AAAAAAAAAAAAAAAA"}, our_key()),
        lambda header, claims: "",
        lambda header, claims: "a.b.c",
        lambda header, claims: "." * 5000,
        lambda header, claims: "é.\ud800.x",
    ],
)
def test_what_we_did_not_sign_opens_nothing(pair, forge):
    with pytest.raises(InvalidAccessToken):
        who(forge({"alg": "HS256", "typ": "JWT"}, claims_of(pair.access)))


def test_anothers_session_under_ones_own_name_opens_nothing(user, pair):
    other = make_account("paul@example.org", password=None)
    claims = claims_of(pair.access) | {"sub": other.id}
    with pytest.raises(InvalidAccessToken):
        who(signed({"alg": "HS256", "typ": "JWT"}, claims, our_key()))


def test_ending_the_session_ends_its_tokens_at_once(user, pair):
    with db.session() as session:
        sessions.end(session, claims_of(pair.access)["sid"])
    with pytest.raises(InvalidAccessToken):
        who(pair.access)
    assert refresh(pair.refresh) is None


# ---------------------------------------------------------------------------- refresh


def test_a_chain_of_refreshes(pair):
    for _ in range(3):
        new = refresh(pair.refresh)
        assert new.refresh != pair.refresh
        assert who(new.access).user
        pair = new


def test_a_replay_ends_the_family(pair, travel):
    new = refresh(pair.refresh)
    travel(tokens.GRACE + timedelta(seconds=1))
    assert refresh(pair.refresh) is None
    assert refresh(new.refresh) is None
    with pytest.raises(InvalidAccessToken):
        who(new.access)


def test_a_twin_within_the_grace_gets_nothing_and_breaks_nothing(pair, travel):
    new = refresh(pair.refresh)
    travel(tokens.GRACE - timedelta(seconds=2))
    assert refresh(pair.refresh) is None
    assert refresh(new.refresh)


def test_of_parallel_refreshes_exactly_one_wins(pair):
    with ThreadPoolExecutor(8) as pool:
        won = [new for new in pool.map(refresh, [pair.refresh] * 8) if new]
    assert len(won) == 1
    assert refresh(won[0].refresh)


def test_refreshing_keeps_a_session_alive_until_it_is_too_old(pair, travel):
    for _ in range(5):
        travel(timedelta(days=29))
        pair = refresh(pair.refresh)
        assert pair
    travel(timedelta(days=29))
    assert pair.refresh
    pair = refresh(pair.refresh)
    travel(timedelta(days=7))  # 181 days
    assert refresh(pair.refresh) is None


def test_an_unused_refresh_token_expires(pair, travel):
    travel(sessions.IDLE_LIFE + timedelta(seconds=1))
    assert refresh(pair.refresh) is None


@pytest.mark.parametrize("token", ["", "x", "x" * 300, "\ud800", "' or 1=1 --"])
def test_no_refresh_token_at_all(engine, token):
    assert refresh(token) is None


def test_tokens_are_not_in_the_database(pair):
    with db.session(write=False) as session:
        kept = str([row.model_dump() for kind in (RefreshToken, LoginSession) for row in session.exec(select(kind))])
    assert pair.refresh not in kept
    assert sessions.digest(pair.refresh) in kept
