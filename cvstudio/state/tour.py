"""The first-run tour on /generate: where the account's reader is in it, kept with the account."""

import reflex as rx
from reflex.event import EventSpec

from cvstudio import db
from cvstudio.domain import onboarding
from cvstudio.domain.onboarding import STEPS, Action, State
from cvstudio.errors import Unauthorized
from cvstudio.models import User
from cvstudio.state.session import Session


class Tour(rx.State):
    step: str = ""  # the card that is shown; blank: none

    @rx.event
    async def open(self) -> None:
        """Shows what is left of it to an account that has neither finished nor skipped it."""
        session = await self.get_state(Session)
        user = session.user()
        self.step = ""
        if user is not None:
            with db.session(write=False) as opened:
                self._show(onboarding.state(user) if onboarding.is_on(opened) else None)

    @rx.event
    async def next(self) -> None:
        """With the last card it is finished. Raises Unauthorized."""
        await self._act("complete", self.step)

    @rx.event
    async def back(self) -> None:
        """Raises Unauthorized."""
        user, session = await self._user(), await self.get_state(Session)
        before = max(STEPS.index(self.step) - 1, 0) if self.step in STEPS else 0
        with db.session() as opened:
            self._show(onboarding.go_to(opened, user.id, STEPS[before], None, session.language()))

    @rx.event
    async def skip(self) -> None:
        """Raises Unauthorized."""
        await self._act("skip")

    @rx.event
    async def again(self) -> EventSpec:
        """From the account: as if it had never been seen. Raises Unauthorized."""
        await self._act("reset")
        leave: EventSpec = rx.redirect("/generate")
        return leave

    async def _act(self, action: Action, step: str | None = None) -> None:
        user, session = await self._user(), await self.get_state(Session)
        with db.session() as opened:
            self._show(onboarding.act(opened, user.id, action, step or None, session.language()))

    async def _user(self) -> User:
        session = await self.get_state(Session)
        user = session.user()
        if user is None:
            raise Unauthorized
        return user

    def _show(self, state: State | None) -> None:
        self.step = (state.shown if state else None) or ""
