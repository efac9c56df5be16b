"""Who may administrate, asked once for every event: what a tab sends is untrusted, and being led away protects nothing.

A state declared with `@for_administrators` answers nobody else, whichever of its handlers is named.
"""

from typing import Any, TypeVar

import reflex as rx
from reflex.event import Event, EventSpec
from reflex.middleware.middleware import Middleware
from reflex.state import BaseState, StateUpdate
from reflex_base.registry import RegistrationContext

from cvstudio.errors import Forbidden
from cvstudio.models import User
from cvstudio.state.session import Session

# A whole page load: the tab's socket knows its cookies only as they were when it connected.
SIGN_IN = (
    "window.location.replace('/login?error=SessionRequired&callbackUrl=' + "
    "encodeURIComponent(window.location.pathname))"
)

Declared = TypeVar("Declared", bound=type[rx.State])
_declared: set[type[BaseState]] = set()


def for_administrators(state: Declared) -> Declared:
    """Declares all events of a state, and what it holds, to be an administrator's."""
    _declared.add(state)
    return state


def is_declared(event: str) -> bool:
    """Whether this event, by its full name, is one for administrators."""
    registered = RegistrationContext.ensure_context().event_handlers.get(event)
    return registered is not None and not _declared.isdisjoint(registered.states)


async def administrator(state: BaseState) -> User:
    """The one who asks, as the account is at this moment. Raises Forbidden."""
    session = await state.get_state(Session)
    user = session.user()
    if user is None or user.role != "admin":
        raise Forbidden
    return user


class Gate(rx.State):
    """What the pages of administrators show to everybody else: that there is no such page."""

    shut: bool = False

    @rx.event
    async def close(self) -> EventSpec | None:
        """After a refusal: nothing of what an administrator saw stays in the tab. Harmless, whoever sends it."""
        for declared in _declared:
            held: Any = await self.get_state(declared)
            held.reset()
        session = await self.get_state(Session)
        if session.user() is None:
            leave: EventSpec = rx.call_script(SIGN_IN)
            return leave
        self.shut = True
        return None


class Guard(Middleware):
    """Stands before every event of the app; lets those through that are not declared, or come from an administrator."""

    async def preprocess(self, app: rx.App, state: BaseState, event: Event) -> StateUpdate | None:
        if not is_declared(event.name):
            return None
        try:
            await administrator(state)
        except Forbidden:
            close: Any = Gate.close
            return StateUpdate(events=Event.from_event_type(close()))
        gate: Any = await state.get_state(Gate)
        gate.shut = False
        return None
