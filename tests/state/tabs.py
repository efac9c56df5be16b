"""A browser's tab as the server knows it."""

from typing import Any

from reflex.istate.data import HeaderData, RouterData
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
