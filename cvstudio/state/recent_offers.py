"""/tailor: the offers' addresses that one used, to pick one again or forget it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import reflex as rx

from cvstudio import db
from cvstudio.domain import links
from cvstudio.models import KeptLink
from cvstudio.state.focus import focus
from cvstudio.state.session import known_owner, owner_of


@dataclass
class LinkRow:
    id: str
    url: str
    title: str  # of the offer, else its address without what all have in common
    site: str
    at: str


class RecentOffers(rx.State):
    rows: rx.Field[list[LinkRow]] = rx.field(default_factory=list)  # the last used first

    @rx.event
    async def load(self) -> None:
        owner_id = await owner_of(self)
        self.rows = await rx.run_in_thread(lambda: _rows(owner_id))

    @rx.event
    async def forget(self, link_id: str) -> Any:
        """Raises LinkNotFound."""
        owner_id, wanted = await known_owner(self), str(link_id)[:80]
        await rx.run_in_thread(lambda: _forget(owner_id, wanted))
        self.rows = await rx.run_in_thread(lambda: _rows(owner_id))
        return focus("#recent-offers" if self.rows else "#link-offer")

    @rx.event
    async def forget_all(self) -> Any:
        owner_id = await known_owner(self)
        await rx.run_in_thread(lambda: _forget(owner_id, None))
        self.rows = []
        return focus("#link-offer")


def _rows(owner_id: str) -> list[LinkRow]:
    if not owner_id:
        return []
    with db.session(write=False) as session:
        return [_row(link) for link in links.of(session, owner_id)]


def _row(link: KeptLink) -> LinkRow:
    plain = link.url.partition("://")[2].removeprefix("www.").rstrip("/")
    return LinkRow(link.id, link.url, link.title or plain, links.site(link), link.used_at.isoformat())


def _forget(owner_id: str, link_id: str | None) -> None:
    with db.session() as session:
        if link_id is None:
            links.forget_all(session, owner_id)
        else:
            links.forget(session, owner_id, link_id)
