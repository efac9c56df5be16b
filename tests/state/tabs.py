"""A browser's tab as the server knows it."""

from dataclasses import replace
from typing import Any

from reflex.event import Event
from reflex.istate.data import HeaderData, ReflexURL, RouterData
from reflex.state import State

from cvstudio import db
from cvstudio.domain import accounts, owners
from cvstudio.models import User


def tab(user: User | None, accept_language: str = "", *, visitor_id: str = "") -> Any:
    """The states of a tab in which this account is signed in; without one, of this visitor."""
    cookie = f"{owners.COOKIE}={owners.to_cookie(visitor_id)}" if visitor_id else ""
    if user is not None:
        with db.session() as session:
            signed = accounts.sign_in(session, session.get_one(User, user.id), None, "password")
            cookie = f"{accounts.COOKIE}={signed.token}"
    root: Any = State(_reflex_internal_init=True)  # type: ignore[call-arg]
    headers = HeaderData(cookie=cookie, accept_language=accept_language)
    object.__setattr__(root, "router", RouterData(headers=headers))
    return root


def visited(root: Any, address: str) -> None:
    """The tab's address is now this one."""
    object.__setattr__(root, "router", replace(root.router, url=ReflexURL(address)))


def script(said: Any) -> str:
    """The frontend code among what a handler returned, or several did."""
    each = said if isinstance(said, list) else [said]
    flat = [one for several in each for one in (several if isinstance(several, list) else [several])]
    events = [event for one in flat if one is not None for event in Event.from_event_type(one)]
    return " ".join(str(event.payload["javascript_code"]) for event in events if event.name == "_call_script")
