"""The providers on /account: those that open the account, and those that could."""

from dataclasses import dataclass

import reflex as rx

from cvstudio import db
from cvstudio.domain.accounts import linked
from cvstudio.state.session import Session


@dataclass
class Service:
    name: str  # "google"
    label: str  # "Google"
    linked: bool
    email: str  # as the provider knew it; blank when not linked


class LinkedServices(rx.State):
    services: rx.Field[list[Service]] = rx.field(default_factory=list)

    @rx.event
    async def load(self) -> None:
        """Also after each change. Nothing is shown to someone who is not signed in."""
        page = await self.get_state(Session)
        user = page.principal().user
        if user is None:
            self.services = []
            return
        with db.session(write=False) as session:
            mine = {one.provider: one.email for one in linked.of(session, user.id)}
        labels = {name: label for name, label, _ in linked.offered()}
        # One that is no longer offered can still be unlinked.
        self.services = [
            Service(name, labels.get(name, name), name in mine, mine.get(name, ""))
            for name in [*labels, *(name for name in mine if name not in labels)]
        ]
