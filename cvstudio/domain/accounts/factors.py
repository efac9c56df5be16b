"""The second factor: codes of an authenticator app (RFC 6238), and recovery codes for when it is lost.

Where one is confirmed, whoever came in by one means gets a pending token instead of a session; with a code it becomes
the session. A passkey is both factors at once and passes by this.
"""

import base64
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

import pyotp
import segno
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlmodel import Session, col, delete, func, select, update

from cvstudio import db
from cvstudio.config import settings
from cvstudio.domain import attempts
from cvstudio.domain.accounts import onetime, passwords, security
from cvstudio.domain.accounts.faults import (
    PendingSignInOver,
    ProofRequired,
    SecondFactorOff,
    SecondFactorOn,
    fault,
    wrong_code,
)
from cvstudio.language import Language
from cvstudio.models import OneTimeToken, RecoveryCode, SecondFactor, User, utcnow

ISSUER = "CV Studio"
STEP = 30  # seconds
WINDOW = (0, -1, 1)  # steps that a clock may be off
RECOVERY_CODES = 10
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # no letter is taken for another
_NONCE = 12  # bytes


@dataclass(frozen=True)
class Setup:
    """What an app is told: by the picture, or typed."""

    secret: str  # base32
    uri: str  # otpauth://…
    qr: str  # data:image/svg+xml,…


@dataclass(frozen=True)
class Status:
    confirmed_at: datetime | None
    codes_left: int


def status(session: Session, user_id: str) -> Status:
    factor = session.get(SecondFactor, user_id)
    left = select(func.count()).where(RecoveryCode.user_id == user_id, col(RecoveryCode.used_at).is_(None))
    return Status(factor.confirmed_at if factor else None, session.exec(left).one())


def wanted(session: Session, user_id: str) -> bool:
    """Whether this account asks for a code, too."""
    factor = session.get(SecondFactor, user_id)
    return factor is not None and factor.confirmed_at is not None


# ---------------------------------------------------------------------------- turned on and off


def begin(session: Session, user: User) -> Setup:
    """A new secret; nothing is asked for before it is confirmed. Raises SecondFactorOn."""
    factor = session.get(SecondFactor, user.id, with_for_update=True)
    if factor is not None and factor.confirmed_at is not None:
        raise SecondFactorOn
    secret = pyotp.random_base32()
    if factor is None:
        factor = SecondFactor(user_id=user.id, secret="")
    factor.secret, factor.created_at, factor.last_step = _sealed(secret, user.id), utcnow(), 0
    session.add(factor)
    session.flush()
    uri = pyotp.TOTP(secret, interval=STEP).provisioning_uri(name=user.email, issuer_name=ISSUER)
    return Setup(secret, uri, segno.make(uri, error="m").svg_data_uri(scale=4, border=4, light="#fff"))


def confirm(user: User, code: str, language: Language, *, address: str = "", user_agent: str = "") -> list[str]:
    """On from now on; the recovery codes, which nobody sees again.

    Raises InvalidInput, SecondFactorOff when none was begun, SecondFactorOn, RateLimited. Takes no session: an attempt
    counts even if it fails.
    """
    attempts.check(None, "second_factor", address, user.id)
    with db.session() as session:
        factor = session.get(SecondFactor, user.id, with_for_update=True)
        if factor is None:
            raise SecondFactorOff
        if factor.confirmed_at is not None:
            raise SecondFactorOn
        if not _take(session, user.id, code):
            raise wrong_code(language)
        factor.confirmed_at = utcnow()
        session.add(factor)
        attempts.succeeded(session, "second_factor", address, user.id)
        security.notify(session, user, "totp_enabled", user_agent)
        return _new_codes(session, user.id)


def disable(
    user: User, password: str, code: str, language: Language, *, address: str = "", user_agent: str = ""
) -> None:
    """Raises SecondFactorOff, ProofRequired, InvalidInput, RateLimited."""
    _prove(user, password, code, language, address)
    with db.session() as session:
        remove(session, user.id)
        security.notify(session, user, "totp_disabled", user_agent)


def renew_codes(
    user: User, password: str, code: str, language: Language, *, address: str = "", user_agent: str = ""
) -> list[str]:
    """New ones; the old work no more. Raises like `disable`."""
    _prove(user, password, code, language, address)
    with db.session() as session:
        codes = _new_codes(session, user.id)
        security.notify(session, user, "recovery_codes_renewed", user_agent)
        return codes


def remove(session: Session, user_id: str) -> None:
    for kind in (RecoveryCode, SecondFactor):
        session.exec(delete(kind).where(col(kind.user_id) == user_id))
    onetime.void(session, "second_factor", user_id)


def _prove(user: User, password: str, code: str, language: Language, address: str) -> None:
    """That it is really the person, and not merely their open browser."""
    with db.session(write=False) as session:
        if not wanted(session, user.id):
            raise SecondFactorOff
    if not password and not code:
        raise ProofRequired
    attempts.check(None, "second_factor", address, user.id)
    if code:
        with db.session() as session:
            if not accept(session, user, code):
                raise wrong_code(language)
            attempts.succeeded(session, "second_factor", address, user.id)
    elif not passwords.verify(user.password_hash, password):
        raise fault("password", "wrong_password", language)


# ---------------------------------------------------------------------------- signing in


def pend(session: Session, user: User, method: str) -> str:
    """The token that, with a code, becomes the session that `method` began."""
    return onetime.issue(session, "second_factor", user.email, user.id, {"method": method}).token


def pending(session: Session, token: str) -> tuple[OneTimeToken, User]:
    """Whose sign-in waits for a code. Raises PendingSignInOver."""
    found = onetime.usable(session, "second_factor", token)
    user = session.get(User, found.user_id) if found and found.user_id else None
    if found is None or user is None or user.email != found.email:
        raise PendingSignInOver
    return found, user


def accept(session: Session, user: User, code: str, user_agent: str = "") -> bool:
    """Whether it is a code of the app, or a recovery code, that was not taken before; now it was."""
    if _take(session, user.id, code):
        return True
    typed = re.sub(r"[\s-]", "", code).lower()
    used = session.exec(
        update(RecoveryCode)
        .where(
            col(RecoveryCode.user_id) == user.id,
            col(RecoveryCode.code_hash) == _kept(user.id, typed),
            col(RecoveryCode.used_at).is_(None),
        )
        .values(used_at=utcnow())
    )
    if used.rowcount != 1:
        return False
    security.notify(session, user, "recovery_code_used", user_agent)
    return True


def _take(session: Session, user_id: str, code: str) -> bool:
    """Of any number that send the same code at once, one gets it; an older one than the last is no longer good."""
    typed = re.sub(r"\s", "", code)
    factor = session.get(SecondFactor, user_id)
    if factor is None or not re.fullmatch(r"[0-9]{6}", typed):
        return False
    secret = _opened(factor.secret, user_id)
    if secret is None:
        return False
    now = int(utcnow().timestamp()) // STEP
    made = pyotp.TOTP(secret, interval=STEP)
    step = next((now + off for off in WINDOW if hmac.compare_digest(made.generate_otp(now + off), typed)), None)
    if step is None:
        return False
    won = session.exec(
        update(SecondFactor)
        .where(col(SecondFactor.user_id) == user_id, col(SecondFactor.last_step) < step)
        .values(last_step=step)
    )
    return won.rowcount == 1


def _new_codes(session: Session, user_id: str) -> list[str]:
    session.exec(delete(RecoveryCode).where(col(RecoveryCode.user_id) == user_id))
    codes = ["".join(secrets.choice(_ALPHABET) for _ in range(16)) for _ in range(RECOVERY_CODES)]  # 79 bits each
    session.add_all(RecoveryCode(user_id=user_id, code_hash=_kept(user_id, code)) for code in codes)
    return ["-".join(code[at : at + 4] for at in range(0, 16, 4)) for code in codes]


def _kept(user_id: str, code: str) -> str:
    return sha256(f"{user_id} {code}".encode("utf-8", "surrogatepass")).hexdigest()


# ---------------------------------------------------------------------------- what is kept of the secret


def _sealed(secret: str, user_id: str) -> str:
    """Of no use without the secret key, nor in another account's row."""
    nonce = secrets.token_bytes(_NONCE)
    return base64.b64encode(nonce + AESGCM(_key()).encrypt(nonce, secret.encode(), user_id.encode())).decode()


def _opened(kept: str, user_id: str) -> str | None:
    """None when the secret key is another than it was sealed with: then only a recovery code opens."""
    sealed = base64.b64decode(kept)
    try:
        return AESGCM(_key()).decrypt(sealed[:_NONCE], sealed[_NONCE:], user_id.encode()).decode()
    except InvalidTag:
        return None


def _key() -> bytes:
    return hmac.digest(settings().secret_key.encode(), b"cvstudio.second-factor", sha256)
