"""The gallery: which templates pass the filters, and the one looked at closely."""

from typing import Literal

import reflex as rx
from reflex.event import Event

from cvstudio import render
from cvstudio.document import samples
from cvstudio.render import themes
from cvstudio.render.themes import Theme
from cvstudio.state.preview import show
from cvstudio.state.session import Session

FRAME = "template-cv"

Facet = Literal["style", "pages", "ats", "price"]
FACETS: dict[Facet, tuple[str, ...]] = {
    "style": ("modern", "classic", "creative", "minimal"),
    "pages": ("1", "2"),
    "ats": ("yes",),
    "price": ("free", "premium"),
}


def value(theme: Theme, facet: Facet) -> str:
    """What a theme is, by a facet."""
    match facet:
        case "style":
            return theme.style
        case "pages":
            return str(min(theme.pages, 2))
        case "ats":
            return "yes" if theme.ats_friendly else "no"
        case "price":
            return "premium" if theme.premium else "free"


class Templates(rx.State):
    style: str = ""  # blank: all of them
    pages: str = ""
    ats: str = ""
    price: str = ""
    opened: str = ""  # the slug of the template looked at closely

    @rx.var
    def shown(self) -> list[str]:
        return [theme.slug for theme in themes.all() if self._passes(theme)]

    @rx.var
    def counts(self) -> dict[str, int]:
        """How many would be left by each choice, the other filters staying as they are."""
        return {
            f"{facet}:{choice}": sum(
                self._passes(theme, without=facet) and choice == value(theme, facet) for theme in themes.all()
            )
            for facet, choices in FACETS.items()
            for choice in choices
        }

    @rx.var
    def filtered(self) -> bool:
        return any((self.style, self.pages, self.ats, self.price))

    @rx.event
    def choose(self, facet: str, choice: str) -> None:
        if facet in FACETS and choice in ("", *FACETS[facet]):
            setattr(self, facet, choice)

    @rx.event
    def clear(self) -> None:
        self.style = self.pages = self.ats = self.price = ""

    @rx.event
    async def open(self, slug: str) -> Event:
        """Raises TemplateNotFound."""
        self.opened = themes.get(slug).slug
        return await self._sample()

    @rx.event
    async def turn(self, key: str) -> Event | None:
        """To the next or previous one that passes the filters, around the end."""
        shown = [theme.slug for theme in themes.all() if self._passes(theme)]
        if self.opened not in shown:
            return None
        step = -1 if key == "ArrowLeft" else 1
        self.opened = shown[(shown.index(self.opened) + step) % len(shown)]
        return await self._sample()

    @rx.event
    def close(self) -> None:
        self.opened = ""

    @rx.event
    async def refresh(self) -> Event | None:
        """The language was changed."""
        return await self._sample() if self.opened else None

    async def _sample(self) -> Event:
        session = await self.get_state(Session)
        document = samples.load(session.language())
        document.studio.template = self.opened
        return show(FRAME, render.preview(document))

    def _passes(self, theme: Theme, without: Facet | None = None) -> bool:
        chosen: dict[Facet, str] = {"style": self.style, "pages": self.pages, "ats": self.ats, "price": self.price}
        return all(facet == without or choice in ("", value(theme, facet)) for facet, choice in chosen.items())
