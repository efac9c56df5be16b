"""Passkeys (WebAuthn): made by someone who is signed in, and then opening the account without a name or a password.

The question that a key answers is in a signed cookie of the browser that was asked; an answer counts once.
"""

import hmac
import secrets
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

import webauthn
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select, update
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, options_to_json_dict
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from cvstudio.config import settings
from cvstudio.domain.accounts import onetime, security, sessions, users, ways
from cvstudio.domain.accounts.devices import device
from cvstudio.domain.accounts.faults import PasskeyInvalid, PasskeyNotFound, PasskeyRefused, fault
from cvstudio.domain.owned import ID
from cvstudio.errors import Conflict
from cvstudio.language import Language
from cvstudio.models import OneTimeToken, Passkey, User, utcnow

CHALLENGE_LIFE = onetime.LIVES["passkey"]
MAX_KEYS = 20
MAX_NAME = 60
SITE = "CV Studio"


@dataclass(frozen=True)
class Question:
    options: dict[str, Any]  # for navigator.credentials, bytes as base64url
    cookie: str


def owned(session: Session, user_id: str) -> list[Passkey]:
    """One's own, the oldest first."""
    return list(session.exec(select(Passkey).where(Passkey.user_id == user_id).order_by(col(Passkey.created_at))))


def ask_new(session: Session, user: User) -> Question:
    challenge = secrets.token_bytes(32)
    options = webauthn.generate_registration_options(
        rp_id=_site_id(),
        rp_name=SITE,
        user_id=user.id.encode(),
        user_name=user.email,
        user_display_name=user.name or user.email,
        challenge=challenge,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=[
            PublicKeyCredentialDescriptor(id=base64url_to_bytes(key.credential_id)) for key in owned(session, user.id)
        ],
    )
    return Question(options_to_json_dict(options), _sealed(challenge, user.id))


def add(
    session: Session, user: User, cookie: str | None, credential: dict[str, Any], name: str, user_agent: str = ""
) -> Passkey:
    """Raises PasskeyInvalid; Conflict for one more than MAX_KEYS."""
    challenge = _asked(cookie, user.id)
    if challenge is None:
        raise PasskeyInvalid
    try:
        made = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=_site_id(),
            expected_origin=settings().public_url,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, TypeError, KeyError) as refused:
        raise PasskeyInvalid from refused
    if not _spend(session, challenge, user):
        raise PasskeyInvalid
    if len(owned(session, user.id)) >= MAX_KEYS:
        raise Conflict
    key = Passkey(
        user_id=user.id,
        credential_id=bytes_to_base64url(made.credential_id),
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
        name=_name(name) or device(user_agent) or SITE,
        transports=",".join(_transports(credential)),
        created_at=utcnow(),
    )
    try:
        with session.begin_nested():
            session.add(key)
    except IntegrityError:  # registered before, by whomever
        raise PasskeyInvalid from None
    security.notify(session, user, "passkey_added", user_agent)
    return key


def rename(session: Session, user_id: str, key_id: str, name: str, language: Language) -> Passkey:
    """Raises PasskeyNotFound, InvalidInput."""
    key = _own(session, user_id, key_id)
    if not (given := _name(name)):
        raise fault("name", "passkey_name", language)
    key.name = given
    session.add(key)
    return key


def remove(session: Session, user_id: str, key_id: str, user_agent: str = "") -> None:
    """Raises PasskeyNotFound, LastWayIn."""
    key = _own(session, user_id, key_id)
    user = ways.may_remove(session, user_id, f"passkey:{key.id}")
    session.delete(key)
    session.flush()
    security.notify(session, user, "passkey_removed", user_agent)


def ask() -> Question:
    """For whoever comes: which key, and so whose, only the answer tells. Nothing is stored."""
    challenge = secrets.token_bytes(32)
    options = webauthn.generate_authentication_options(
        rp_id=_site_id(), challenge=challenge, user_verification=UserVerificationRequirement.REQUIRED
    )
    return Question(options_to_json_dict(options), _sealed(challenge, ""))


def answered(session: Session, cookie: str | None, credential: dict[str, Any]) -> User:
    """Whose key answered. Raises PasskeyRefused, alike for whatever is wrong."""
    challenge, given = _asked(cookie, ""), credential.get("id")
    if challenge is None or not isinstance(given, str) or not 0 < len(given) <= 2_000:
        raise PasskeyRefused
    key = session.exec(select(Passkey).where(Passkey.credential_id == given.rstrip("="))).first()
    user = users.get(session, key.user_id) if key else None
    if key is None or user is None or not _is_theirs(credential, user):
        raise PasskeyRefused
    try:
        found = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=_site_id(),
            expected_origin=settings().public_url,
            credential_public_key=key.public_key,
            credential_current_sign_count=key.sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, TypeError, KeyError) as refused:
        raise PasskeyRefused from refused
    won = session.exec(
        update(Passkey)
        .where(col(Passkey.id) == key.id, col(Passkey.sign_count) == key.sign_count)
        .values(sign_count=found.new_sign_count, used_at=utcnow())
    )
    if won.rowcount != 1 or not _spend(session, challenge, user):
        raise PasskeyRefused
    return user


def _own(session: Session, user_id: str, key_id: str) -> Passkey:
    key = session.get(Passkey, key_id) if ID.fullmatch(key_id) else None
    if key is None or key.user_id != user_id:
        raise PasskeyNotFound
    return key


def _name(given: str) -> str:
    return users.one_line(given)[:MAX_NAME]


def _transports(credential: dict[str, Any]) -> list[str]:
    """How the browser says it can be reached; other words are overlooked."""
    response = credential.get("response")
    told = response.get("transports") if isinstance(response, dict) else None
    known = {transport.value for transport in AuthenticatorTransport}
    return sorted({word for word in told if isinstance(word, str) and word in known}) if isinstance(told, list) else []


def _is_theirs(credential: dict[str, Any], user: User) -> bool:
    """A discoverable key says whom it was made for."""
    response = credential.get("response")
    handle = response.get("userHandle") if isinstance(response, dict) else None
    return isinstance(handle, str) and handle.rstrip("=") == bytes_to_base64url(user.id.encode())


def _site_id() -> str:
    return urlsplit(settings().public_url).hostname or "localhost"


# ---------------------------------------------------------------------------- the question


def _sealed(challenge: bytes, user_id: str) -> str:
    """<challenge>.<until>.<mac>: for this purpose, and this person."""
    until = int((utcnow() + CHALLENGE_LIFE).timestamp())
    text = f"{challenge.hex()}.{until}"
    return f"{text}.{_mac(text, user_id)}"


def _asked(cookie: str | None, user_id: str) -> bytes | None:
    text, _, mac = (cookie or "").rpartition(".")
    if not cookie or not cookie.isascii() or not hmac.compare_digest(mac, _mac(text, user_id)):
        return None
    challenge, _, until = text.partition(".")
    return bytes.fromhex(challenge) if int(until) > utcnow().timestamp() else None


def _mac(text: str, user_id: str) -> str:
    key = hmac.digest(settings().secret_key.encode(), b"cvstudio.passkey-challenge", sha256)
    return hmac.digest(key, f"{user_id}:{text}".encode(), sha256).hex()


def _spend(session: Session, challenge: bytes, user: User) -> bool:
    """Whether this answer is the first to the question."""
    spent = OneTimeToken(
        purpose="passkey",
        user_id=user.id,
        email=user.email,
        token_hash=sessions.digest(f"passkey {challenge.hex()}"),
        created_at=utcnow(),
        expires_at=utcnow() + CHALLENGE_LIFE,
        used_at=utcnow(),
    )
    try:
        with session.begin_nested():
            session.add(spent)
    except IntegrityError:
        return False
    return True
