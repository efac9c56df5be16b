"""Notices to an account's owner about what opens it."""

from sqlmodel import Session

from cvstudio.domain import mailing
from cvstudio.domain.accounts.devices import device
from cvstudio.models import User, utcnow


def notify(session: Session, user: User, event: str, user_agent: str = "") -> None:
    """A mail that says what happened (a key of `mailing.values.EVENTS`), when, and from which device."""
    mailing.send(
        session,
        "security_notice",
        user.email,
        user.locale,
        owner_id=user.id,
        event=event,
        when=utcnow(),
        device=device(user_agent) or "—",
    )
