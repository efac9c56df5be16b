"""The CV on the landing page: an invented person's, following the visitor's name, role, template and colour."""

import re

import reflex as rx
from reflex.event import Event

from cvstudio import render
from cvstudio.document import Document, samples
from cvstudio.render import themes
from cvstudio.state.preview import show
from cvstudio.state.session import Session

FRAME = "landing-cv"
SHOWN_FIRST = "modern"
MAX_TYPED = 80  # characters
COLOUR = re.compile(r"#[0-9a-f]{6}")


class Landing(rx.State):
    template: str = SHOWN_FIRST
    accent: str = themes.get(SHOWN_FIRST).defaults.accent
    pages: int = 0
    _name: str | None = None
    _role: str | None = None

    @rx.var
    def accents(self) -> list[str]:
        return list(themes.get(self.template).accents)

    @rx.event
    async def show(self) -> Event:
        """Also when the page opens or its language changes: the whole CV in that language."""
        return await self._shown()

    @rx.event
    async def set_name(self, name: str) -> Event:
        self._name = name[:MAX_TYPED]
        return await self._shown(styles=False)

    @rx.event
    async def set_role(self, role: str) -> Event:
        self._role = role[:MAX_TYPED]
        return await self._shown(styles=False)

    @rx.event
    async def choose_template(self, slug: str) -> Event:
        """Raises TemplateNotFound."""
        theme = themes.get(slug)
        self.template, self.accent = theme.slug, theme.defaults.accent
        return await self._shown()

    @rx.event
    async def choose_accent(self, accent: str) -> Event | None:
        if not COLOUR.fullmatch(accent):
            return None
        self.accent = accent
        return await self._shown()

    @rx.event
    def set_pages(self, pages: int, _overflow: bool) -> None:
        self.pages = min(max(int(pages), 0), 99)

    @rx.event
    async def restart(self) -> Event:
        """The language was changed: the fields stand empty of what was typed, and show the other person."""
        self._name = self._role = None
        return await self._shown()

    async def _shown(self, *, styles: bool = True) -> Event:
        session = await self.get_state(Session)
        document = self._document(samples.load(session.language()))
        return show(FRAME, render.preview(document), styles=styles)

    def _document(self, document: Document) -> Document:
        if self._name is not None:
            document.basics.name = self._name
        if self._role is not None:
            document.basics.label = self._role
        document.studio.template = self.template
        document.studio.design.accent = self.accent
        return document
