"""What is asked for on a page and confirmed from a mailbox: registration, magic links, resets, changes of address.

No function here tells whether an address is known: each writes one token and one mail, whoever has the address, and
only the mail says which.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlencode

from sqlmodel import Session

from cvstudio import db
from cvstudio.domain import credits, mailing, site_settings
from cvstudio.domain.accounts import onetime, passwords, security, sessions, users, ways
from cvstudio.domain.accounts.faults import InvalidLink, RegistrationClosed, fault
from cvstudio.domain.accounts.onetime import LIVES, Purpose
from cvstudio.errors import InvalidInput
from cvstudio.language import Language, known
from cvstudio.models import OneTimeToken, User, utcnow

ADDRESSES: dict[Purpose, str] = {
    "magic": "/api/auth/callback/email",
    "verify": "/api/auth/verify-email",
    "reset": "/reset-password",
    "email_change": "/api/auth/verify-email-change",
}


@dataclass(frozen=True)
class Registration:
    """What both specifications' forms hold."""

    email: str
    password: str
    password2: str | None = None
    username: str | None = None
    name: str = ""
    first_name: str = ""
    last_name: str = ""
    phone: str = ""
    referral_code: str = ""


def register(given: Registration, language: Language, visitor: str | None = None) -> User:
    """The account as answered: for a known address it is made up, and the address's owner gets a mail about it.

    Raises InvalidInput, RegistrationClosed. Takes no session: hashing is slow, and no transaction waits for it.
    """
    email = given.email
    wrong: dict[str, list[str]] = {}
    with _noting(wrong):
        email = users.normal_email(given.email, language)
    with _noting(wrong):
        passwords.check(given.password, "password", language, known=(email, given.name, given.username or ""))
    if given.password2 is not None and given.password2 != given.password:
        wrong |= fault("password2", "passwords_differ", language).fields
    if wrong:
        raise InvalidInput("bad registration", fields=wrong)
    with db.session(write=False) as session:
        if not site_settings.may_register(session, email):  # asked of known addresses, too
            raise RegistrationClosed
    draft = users.draft(
        email, language, name=given.name, first_name=given.first_name, last_name=given.last_name, phone=given.phone
    )
    if given.username is not None:
        with db.session(write=False) as session:
            draft.username = users.username(session, given.username, language)
    draft.password_hash = passwords.hashed(given.password)
    answered = draft.model_copy()
    with db.session() as session:
        if referrer := users.by_referral_code(session, given.referral_code.strip()):
            draft.referred_by = referrer.id
        if users.by_email(session, email) or users.add(session, draft) is None:
            if draft.username:
                users.username(session, draft.username, language)  # someone took it a moment ago
            onetime.issue(session, "verify", email)
            _tell_owner(session, email, language)
        else:
            _ask_to_verify(session, draft, visitor)
    return answered


@contextmanager
def _noting(wrong: dict[str, list[str]]) -> Iterator[None]:
    """What is wrong with a field is said together with what is wrong with the others."""
    try:
        yield
    except InvalidInput as refused:
        wrong |= refused.fields


def resend_verification(session: Session, email: str, language: Language, visitor: str | None = None) -> None:
    """Raises InvalidInput; RateLimited when one was sent a moment ago."""
    email = users.normal_email(email, language)
    onetime.cool_down(session, "verify", email)
    user = users.by_email(session, email)
    if user is not None and user.email_verified_at is None:
        _ask_to_verify(session, user, visitor)
    else:
        onetime.issue(session, "verify", email)
        _tell_owner(session, email, language)


def ask_magic(session: Session, email: str, language: Language, callback: str, visitor: str | None = None) -> None:
    """A link to sign in with; `callback` is where it leads, a path of ours. Raises InvalidInput."""
    email = users.normal_email(email, language)
    issued = onetime.issue(session, "magic", email, data={"visitor": visitor, "locale": language})
    if users.by_email(session, email) is None and not site_settings.may_register(session, email):
        _tell_owner(session, email, language)
        return
    link = _link("magic", token=issued.token, email=email, callbackUrl=callback)
    mailing.send(session, "magic_link", email, language, link=link, valid_for=LIVES["magic"])


def admin_link(session: Session, email: str) -> str:
    """Makes an administrator of this address; a link, from its path, to sign in with. Raises InvalidInput."""
    user = users.make_admin(session, users.normal_email(email))
    proven(session, user)
    issued = onetime.issue(session, "magic", user.email, data={"locale": user.locale})
    return _link("magic", token=issued.token, email=user.email)


def ask_reset(session: Session, email: str, language: Language) -> None:
    """Raises InvalidInput."""
    email = users.normal_email(email, language)
    user = users.by_email(session, email)
    issued = onetime.issue(session, "reset", email, user.id if user else None)
    if user is None:
        _tell_owner(session, email, language)
    else:
        _write(session, user, "password_reset", link=_link("reset", token=issued.token), valid_for=LIVES["reset"])


def reset_password(token: str, password: str, language: Language, *, user_agent: str = "") -> User:
    """Ends all of the account's sessions. Raises InvalidInput, InvalidLink. Takes no session, like `register`."""
    passwords.check(password, "password", language)
    with db.session(write=False) as session:
        if onetime.usable(session, "reset", token) is None:
            raise InvalidLink
    renewed = passwords.hashed(password)
    with db.session() as session:
        used = onetime.consume(session, "reset", token)
        user = users.get(session, used.user_id) if used and used.user_id else None
        if used is None or user is None or user.email != used.email:
            raise InvalidLink
        sessions.end_all(session, user.id)
        onetime.void(session, "second_factor", user.id)
        if user.email_verified_at is None:  # see use_magic
            ways.strip(session, user)
        user.password_hash = renewed
        proven(session, user)
        session.add(user)
        security.notify(session, user, "password_changed", user_agent)
        return user


def change_password(
    user: User,
    old: str,
    new: str,
    language: Language,
    *,
    keep: str,
    old_field: str,
    new_field: str,
    user_agent: str = "",
) -> None:
    """Ends all sessions but `keep`. Someone without a password sets their first. Raises InvalidInput.

    Takes no session, like `register`.
    """
    if user.password_hash is not None and not passwords.verify(user.password_hash, old):
        raise fault(old_field, "wrong_password", language)
    passwords.check(new, new_field, language, known=(user.email, user.name, user.username or ""))
    renewed = passwords.hashed(new)
    with db.session() as session:
        current = session.get_one(User, user.id, with_for_update=True)
        if current.password_hash != user.password_hash:  # changed meanwhile: the old one was not the old one
            raise fault(old_field, "wrong_password", language)
        current.password_hash = renewed
        session.add(current)
        sessions.end_all(session, user.id, but=keep)
        onetime.void(session, "second_factor", user.id)
        security.notify(session, current, "password_changed", user_agent)


def use_magic(session: Session, token: str) -> User:
    """The account to sign in, made if need be. Raises InvalidLink."""
    used = onetime.consume(session, "magic", token)
    if used is None:
        raise InvalidLink
    if users.by_email(session, used.email) is None and not site_settings.may_register(session, used.email):
        raise RegistrationClosed
    user = users.ensure(session, used.email, known(str(used.data.get("locale"))) or "fr")
    if user.email_verified_at is None:
        # Whoever registered this address had not shown that it is theirs: what they set opens nothing any more.
        ways.strip(session, user)
        sessions.end_all(session, user.id)
    proven(session, user)
    return user


def use_verification(session: Session, token: str) -> User:
    """The account to sign in. Raises InvalidLink."""
    used = onetime.consume(session, "verify", token)
    user = users.get(session, used.user_id) if used and used.user_id else None
    if used is None or user is None or user.email != used.email:
        raise InvalidLink
    proven(session, user)
    return user


def ask_email_change(session: Session, user: User, email: str, language: Language) -> None:
    """A mail to the new address; nothing changes until it is answered. Raises InvalidInput."""
    email = users.normal_email(email, language)
    if email == user.email:
        return
    if users.by_email(session, email):
        onetime.issue(session, "email_change", email)
        _tell_owner(session, email, language)
    else:
        issued = onetime.issue(session, "email_change", email, user.id)
        link = _link("email_change", token=issued.token)
        _write(session, user, "email_change", to=email, link=link, valid_for=LIVES["email_change"])


def use_email_change(session: Session, token: str) -> User:
    """The account under its new address; the old one is told. Raises InvalidLink. Confirmed twice is confirmed."""
    found = onetime.find(session, "email_change", token)
    user = users.get(session, found.user_id) if found and found.user_id else None
    if found is None or user is None:
        raise InvalidLink
    if found.used_at is not None and user.email == found.email:
        return user
    if onetime.consume(session, "email_change", token) is None or users.by_email(session, found.email):
        raise InvalidLink
    old, user.email = user.email, found.email
    user.email_verified_at = utcnow()
    session.add(user)
    session.flush()
    onetime.forget(session, old)
    _write(session, user, "email_changed_notice", to=old, new_email=user.email)
    return user


def opens_here(link: OneTimeToken | None, visitor: str | None) -> bool:
    """Whether the link was asked for in this very browser: then no mail scanner follows it."""
    return link is not None and visitor is not None and link.data.get("visitor") == visitor


def proven(session: Session, user: User) -> None:
    """Whoever acts here reads the mail of the account's address."""
    if user.email_verified_at is not None:
        return
    user.email_verified_at = utcnow()
    session.add(user)
    session.flush()
    credits.welcome(session, user.id)
    credits.reward_referral(session, user.id)
    _write(session, user, "welcome", name=user.first_name)


def _ask_to_verify(session: Session, user: User, visitor: str | None) -> None:
    issued = onetime.issue(session, "verify", user.email, user.id, {"visitor": visitor})
    _write(session, user, "verify_email", link=_link("verify", token=issued.token), valid_for=LIVES["verify"])


def _tell_owner(session: Session, email: str, language: Language) -> None:
    """To an address of which something was asked that does not apply to it: that there is, or is no, account."""
    if user := users.by_email(session, email):
        _write(session, user, "account_exists")
    else:
        mailing.send(session, "no_account", email, language)


def _write(session: Session, user: User, trigger: str, *, to: str = "", **given: object) -> None:
    mailing.send(session, trigger, to or user.email, user.locale, owner_id=user.id, **given)


def _link(purpose: Purpose, **query: str) -> str:
    return f"{ADDRESSES[purpose]}?{urlencode(query)}"
