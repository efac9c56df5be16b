"""Accounts themselves: found, made, changed. An address is compared casefolded."""

import re
import unicodedata

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, func, select

from cvstudio.domain.accounts.faults import fault
from cvstudio.language import Language
from cvstudio.models import Owner, User, new_id

MAX_EMAIL = 254
MAX_NAME = 120
MAX_PHONE = 40
# No commas, brackets or control characters: nothing that could make a mail go elsewhere.
EMAIL = re.compile(r"[^\s@<>()\[\]\\,;:\"'`|]{1,64}@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W_]{2,63}")
USERNAME = re.compile(r"[\w.-]{3,40}")


def normal_email(given: str, language: Language = "en", *, field: str = "email") -> str:
    """The address as we keep and compare it. Raises InvalidInput."""
    email = unicodedata.normalize("NFKC", given).strip().casefold()
    if not email:
        raise fault(field, "email_missing", language)
    if len(email) > MAX_EMAIL or not EMAIL.fullmatch(email) or not email.isprintable():
        raise fault(field, "email", language)
    return email


def by_email(session: Session, email: str) -> User | None:
    """`email` is normal."""
    return session.exec(select(User).where(User.email == email)).first()


def get(session: Session, user_id: str) -> User | None:
    return session.get(User, user_id)


def draft(
    email: str,
    locale: Language = "fr",
    *,
    name: str = "",
    first_name: str = "",
    last_name: str = "",
    phone: str = "",
) -> User:
    """An account as it would be; nothing is stored."""
    given = one_line(name) or f"{one_line(first_name)} {one_line(last_name)}".strip()
    first, _, last = given.partition(" ")
    return User(
        id=new_id(),
        email=email,
        name=given,
        first_name=one_line(first_name) or ("" if last_name else first),
        last_name=one_line(last_name) or ("" if first_name else last),
        phone=one_line(phone)[:MAX_PHONE],
        locale=locale,
    )


def add(session: Session, user: User) -> User | None:
    """Stores a draft with its owner; None when its address or username was taken meanwhile."""
    try:
        with session.begin_nested():
            session.add(Owner(id=user.id, kind="account", locale=user.locale))
            session.flush()
            session.add(user)
    except IntegrityError:
        return None
    return user


def ensure(session: Session, email: str, locale: Language) -> User:
    """The account of an address whose mailbox was just shown to be the caller's: found, or made; verified.

    What a stranger may have set before is not theirs to keep: see `prove`.
    """
    user = by_email(session, email) or add(session, draft(email, locale)) or by_email(session, email)
    assert user is not None  # noqa: S101 - either there, or added, or added by another at the same time
    return user


def by_referral_code(session: Session, code: str) -> User | None:
    return session.exec(select(User).where(User.referral_code == code)).first() if code else None


def username(session: Session, given: str, language: Language, *, but: str = "") -> str:
    """The name, if it may be taken by the account `but`. Raises InvalidInput."""
    wanted = unicodedata.normalize("NFKC", given.strip())
    if not USERNAME.fullmatch(wanted):
        raise fault("username", "username", language)
    taken = select(User.id).where(func.lower(col(User.username)) == wanted.lower(), col(User.id) != but)
    if session.exec(taken).first():
        raise fault("username", "username_taken", language)
    return wanted


def change_profile(
    session: Session,
    user: User,
    language: Language,
    *,
    name: str | None = None,
    first_name: str | None = None,
    last_name: str | None = None,
    phone: str | None = None,
    wanted_username: str | None = None,
    locale: Language | None = None,
) -> None:
    """What is None stays as it is. Raises InvalidInput."""
    if wanted_username is not None:
        user.username = username(session, wanted_username, language, but=user.id)
    if name is not None:
        user.name = one_line(name)
        user.first_name, _, user.last_name = user.name.partition(" ")
    if first_name is not None:
        user.first_name = one_line(first_name)
    if last_name is not None:
        user.last_name = one_line(last_name)
    if first_name is not None or last_name is not None:
        user.name = f"{user.first_name} {user.last_name}".strip()
    if phone is not None:
        user.phone = one_line(phone)[:MAX_PHONE]
    if locale is not None:
        user.locale = locale
        owner = session.get_one(Owner, user.id)
        owner.locale = locale
        session.add(owner)
    session.add(user)
    try:
        with session.begin_nested():
            session.flush()
    except IntegrityError:
        raise fault("username", "username_taken", language) from None


def make_admin(session: Session, email: str, locale: Language = "fr") -> User:
    """The operator says who: the account is made if need be."""
    user = ensure(session, email, locale)
    user.role = "admin"
    session.add(user)
    return user


def admins(session: Session) -> list[User]:
    return list(session.exec(select(User).where(User.role == "admin").order_by(User.email)))


def one_line(text: str) -> str:
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())[:MAX_NAME]
