"""Sign-in providers, by OpenID Connect or GitHub's OAuth: where to send someone, and who came back."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar, Literal
from urllib.parse import urlsplit

import httpx2
import structlog
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import OAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import Key, KeySet

from cvstudio.config import settings
from cvstudio.errors import InvalidInput, NotFound, Unavailable

TIMEOUT_SECONDS = 5.0
KEPT_SECONDS = 3600.0  # a provider's configuration and keys
LEEWAY_SECONDS = 60  # between the provider's clock and ours
# Asymmetric alone: with a secret that both know, whoever reads the public key could sign.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
GITHUB = "https://github.com"
MAX_SUBJECT = 255  # characters

log = structlog.get_logger(__name__)


class ProviderNotFound(NotFound):
    code: ClassVar[str] = "PROVIDER_NOT_FOUND"
    messages: ClassVar[dict[str, str]] = {
        "fr": "Ce moyen de se connecter n’est pas proposé ici.",
        "en": "This way to sign in is not offered here.",
    }


class ProviderUnavailable(Unavailable):
    """`reason` is for the operator, without secrets."""

    code: ClassVar[str] = "PROVIDER_UNAVAILABLE"
    messages: ClassVar[dict[str, str]] = {
        "fr": "{provider} ne répond pas comme il faut. Réessayez dans un instant, ou choisissez un autre moyen.",
        "en": "{provider} is not answering as it should. Try again in a moment, or choose another way.",
    }


class NotProven(InvalidInput):
    """The provider's answer does not show who it is about."""

    code: ClassVar[str] = "SIGN_IN_NOT_PROVEN"
    messages: ClassVar[dict[str, str]] = {
        "fr": "La connexion avec {provider} n’a pas abouti. Réessayez, ou choisissez un autre moyen.",
        "en": "Signing in with {provider} did not work. Try again, or choose another way.",
    }


@dataclass(frozen=True)
class Provider:
    name: str  # "google"
    label: str  # "Google"
    kind: Literal["oidc", "oauth"]
    address: str  # the issuer; GitHub's own
    client_id: str
    client_secret: str
    # LinkedIn refuses a code verifier and gives no nonce back: there the state alone binds the answer to the browser.
    plain: bool = False


@dataclass(frozen=True)
class Identity:
    provider: str
    subject: str
    email: str  # blank when the provider gives none
    email_verified: bool
    name: str


@dataclass(frozen=True)
class _Kept:
    until: float
    found: dict[str, Any]


_kept: dict[str, _Kept] = {}


def providers() -> tuple[Provider, ...]:
    """Those that the settings name."""
    chosen = settings()
    known: tuple[tuple[str, str, Literal["oidc", "oauth"], str | None, str | None, str | None], ...] = (
        ("google", "Google", "oidc", chosen.google_issuer, chosen.google_client_id, chosen.google_client_secret),
        ("github", "GitHub", "oauth", chosen.github_url, chosen.github_client_id, chosen.github_client_secret),
        (
            "linkedin",
            "LinkedIn",
            "oidc",
            chosen.linkedin_issuer,
            chosen.linkedin_client_id,
            chosen.linkedin_client_secret,
        ),
        ("oidc", chosen.oidc_name, "oidc", chosen.oidc_issuer, chosen.oidc_client_id, chosen.oidc_client_secret),
    )
    return tuple(
        Provider(name, label, kind, address, client_id, secret, plain=name == "linkedin")
        for name, label, kind, address, client_id, secret in known
        if address and client_id and secret
    )


def get(name: str) -> Provider:
    """Raises ProviderNotFound."""
    for provider in providers():
        if provider.name == name:
            return provider
    raise ProviderNotFound(f"no provider {name[:40]}")


def authorization_url(provider: Provider, *, state: str, nonce: str, verifier: str) -> str:
    """Where to send someone. Raises ProviderUnavailable."""
    with _faults(provider), _client(provider) as client:
        extra = {} if provider.plain else {"code_verifier": verifier}
        if provider.kind == "oidc":
            extra["nonce"] = nonce
        url, _ = client.create_authorization_url(_endpoint(provider, "authorization_endpoint"), state=state, **extra)
    return str(url)


def identify(provider: Provider, *, code: str, nonce: str, verifier: str) -> Identity:
    """Who came back with this code. Raises NotProven, ProviderUnavailable."""
    with _faults(provider), _client(provider) as client:
        extra = {} if provider.plain else {"code_verifier": verifier}
        token = client.fetch_token(
            _endpoint(provider, "token_endpoint"), code=code, grant_type="authorization_code", **extra
        )
        if not token.get("access_token"):
            raise ProviderUnavailable("no access token", provider=provider.label)
        return _by_id_token(provider, client, token, nonce) if provider.kind == "oidc" else _by_github(provider, client)


@contextmanager
def _faults(provider: Provider) -> Iterator[None]:
    """What a provider may do to us, in our words."""
    try:
        yield
    except (AuthlibBaseError, JoseError) as error:  # a code that is not good; a token that is not
        log.warning("oauth.not_proven", provider=provider.name, reason=str(error)[:200])
        raise NotProven(type(error).__name__, provider=provider.label) from None
    except (httpx2.HTTPError, httpx2.InvalidURL, ValueError, KeyError, TypeError, AttributeError) as error:
        log.warning("oauth.unavailable", provider=provider.name, reason=type(error).__name__)
        raise ProviderUnavailable(type(error).__name__, provider=provider.label) from None


def _client(provider: Provider) -> Any:
    post = provider.kind == "oauth" or provider.plain
    if provider.kind == "oidc" and not post:
        ways = _configuration(provider).get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        post = "client_secret_basic" not in ways
    return OAuth2Client(
        provider.client_id,
        provider.client_secret,
        token_endpoint_auth_method="client_secret_post" if post else "client_secret_basic",
        scope="openid email profile" if provider.kind == "oidc" else "read:user user:email",
        redirect_uri=f"{settings().public_url}/api/auth/callback/{provider.name}",
        code_challenge_method=None if provider.plain else "S256",
        timeout=TIMEOUT_SECONDS,
    )


def _endpoint(provider: Provider, name: str) -> str:
    if provider.kind == "oauth":
        part = {"authorization_endpoint": "authorize", "token_endpoint": "access_token"}[name]
        return f"{provider.address}/login/oauth/{part}"
    address = str(_configuration(provider)[name])
    if urlsplit(address).scheme != "https" and urlsplit(provider.address).scheme == "https":
        raise ValueError("an address without TLS")
    return address


# ---------------------------------------------------------------------------- OpenID Connect


def _by_id_token(provider: Provider, client: Any, token: dict[str, Any], nonce: str) -> Identity:
    claims = _verified(provider, str(token["id_token"]), str(token["access_token"]), nonce)
    subject = claims["sub"]
    found: dict[str, Any] = dict(claims)
    if "email" not in found and "userinfo_endpoint" in _configuration(provider):
        asked = client.get(_endpoint(provider, "userinfo_endpoint")).raise_for_status().json()
        if asked["sub"] != subject:  # of another person: OpenID Connect Core 5.3.2
            raise NotProven("userinfo of another", provider=provider.label)
        found = {**asked, **found}
    return _identity(
        provider, subject, found.get("email"), found.get("email_verified") in (True, "true"), found.get("name")
    )


def _verified(provider: Provider, id_token: str, access_token: str, nonce: str) -> CodeIDToken:
    """Raises JoseError, ValueError."""
    header = jws.extract_compact(id_token.encode()).headers()
    if header.get("alg") not in ALGORITHMS:
        raise NotProven(f"signed with {str(header.get('alg'))[:20]}", provider=provider.label)
    key = _key(provider, header, again=False) or _key(provider, header, again=True)
    if key is None:
        raise NotProven("signed with an unknown key", provider=provider.label)
    decoded = jwt.decode(id_token, key, algorithms=ALGORITHMS)
    claims = CodeIDToken(
        decoded.claims,
        decoded.header,
        options={
            "iss": {"essential": True, "value": _configuration(provider)["issuer"]},
            "aud": {"essential": True, "value": provider.client_id},
            "sub": {"essential": True},
            "exp": {"essential": True},
        },
        params={"client_id": provider.client_id, "access_token": access_token}
        | ({} if provider.plain and "nonce" not in decoded.claims else {"nonce": nonce}),
    )
    claims.validate(leeway=LEEWAY_SECONDS)
    return claims


def _key(provider: Provider, header: Any, *, again: bool) -> Key | None:
    """The one that the token names; without a name, the only one of its kind."""
    address = _endpoint(provider, "jwks_uri")
    keys = KeySet.import_key_set({"keys": _usable(_read(address, again=again)["keys"])}).keys
    kind = "EC" if header["alg"].startswith("ES") else "RSA"
    fitting = [key for key in keys if key.key_type == kind and header.get("kid") in (None, key.kid)]
    return fitting[0] if len(fitting) == 1 else None


def _usable(keys: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Public keys for signatures; a kind that we do not know is no reason to refuse the others."""
    return [key for key in keys if key.get("kty") in ("RSA", "EC") and key.get("use", "sig") == "sig"]


def _configuration(provider: Provider) -> dict[str, Any]:
    found = _read(f"{provider.address}/.well-known/openid-configuration")
    if str(found["issuer"]).rstrip("/") != provider.address:
        raise ValueError("the configuration of another issuer")
    return found


def _read(address: str, *, again: bool = False) -> dict[str, Any]:
    """A JSON object, kept for a while; `again`: read anew."""
    kept = _kept.get(address)
    if kept is None or again or kept.until < time.monotonic():
        found = httpx2.get(address, timeout=TIMEOUT_SECONDS).raise_for_status().json()
        kept = _kept[address] = _Kept(time.monotonic() + KEPT_SECONDS, dict(found))
    return kept.found


def forget() -> None:
    """What was kept of the providers' configurations."""
    _kept.clear()


# ---------------------------------------------------------------------------- GitHub


def _by_github(provider: Provider, client: Any) -> Identity:
    api = "https://api.github.com" if provider.address == GITHUB else f"{provider.address}/api/v3"
    user, addresses = (client.get(api + path).raise_for_status().json() for path in ("/user", "/user/emails"))
    if not isinstance(user["id"], int) or isinstance(user["id"], bool):
        raise ValueError("no id")
    mine = next((one for one in addresses if one["primary"] is True and one["verified"] is True), None)
    email = mine["email"] if mine else ""
    return _identity(provider, str(user["id"]), email, mine is not None, user.get("name") or user["login"])


def _identity(provider: Provider, subject: Any, email: Any, verified: bool, name: Any) -> Identity:
    if not isinstance(subject, str) or not 0 < len(subject) <= MAX_SUBJECT or not subject.isprintable():
        raise ValueError("no subject")
    address = email if isinstance(email, str) else ""
    return Identity(provider.name, subject, address, verified and bool(address), name if isinstance(name, str) else "")
