"""Notices to an account's owner about what opens it."""

from sqlmodel import Session

from cvstudio.domain import mailing
from cvstudio.models import User, utcnow

# What a user agent says, most telling first: a browser's string names those it descends from too.
BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


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


def device(user_agent: str) -> str:
    """Browser and system, as far as a user agent tells them; blank when it does not."""
    found = (next((name for sign, name in signs if sign in user_agent), "") for signs in (BROWSERS, SYSTEMS))
    return " · ".join(filter(None, found))
