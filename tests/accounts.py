"""Accounts to test with, a clock to travel with, and the links that mails carry."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlmodel import col, select

from cvstudio import db
from cvstudio.domain.accounts import adoption, factors, letters, onetime, passkeys, passwords, sessions, tokens, users
from cvstudio.models import MailLog, User, utcnow

Travel = Callable[[timedelta], None]
PASSWORD = "trois-mots-longs"


def make_account(email: str, *, password: str | None = PASSWORD, verified: bool = True, **values: Any) -> User:
    with db.session() as session:
        user = users.draft(email)
        user.password_hash = passwords.hashed(password) if password else None
        user.email_verified_at = utcnow() if verified else None
        for name, value in values.items():
            setattr(user, name, value)
        assert users.add(session, user)
        return user


def reload(user: User) -> User:
    with db.session(write=False) as session:
        return session.get_one(User, user.id)


def travelling(monkeypatch: pytest.MonkeyPatch) -> Travel:
    """`travel(timedelta(hours=1))`: it is an hour later, for all that has to do with accounts."""
    ahead = timedelta()

    def later() -> datetime:
        return utcnow() + ahead

    def travel(by: timedelta) -> None:
        nonlocal ahead
        ahead += by

    for module in (adoption, factors, letters, onetime, passkeys, sessions, tokens):
        if hasattr(module, "utcnow"):
            monkeypatch.setattr(module, "utcnow", later)
    return travel


def mails(to: str) -> list[tuple[str, dict[str, Any]]]:
    """(trigger, what it was given), oldest first."""
    with db.session(write=False) as session:
        wanted = select(MailLog).where(MailLog.recipient == to.lower()).order_by(col(MailLog.created_at))
        return [(mail.trigger, mail.given) for mail in session.exec(wanted)]


def last_link(to: str, trigger: str) -> str:
    """The newest link of such a mail, from its path."""
    link = next(given["link"] for name, given in reversed(mails(to)) if name == trigger)
    parts = urlsplit(str(link))
    return f"{parts.path}?{parts.query}"


def last_token(to: str, trigger: str) -> str:
    return parse_qs(urlsplit(last_link(to, trigger)).query)["token"][0]
