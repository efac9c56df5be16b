"""Who is looking, and in which language: shared by every page."""

import time
from functools import lru_cache
from http.cookies import CookieError, SimpleCookie
from typing import NamedTuple

import reflex as rx
from reflex.event import Event
from reflex.middleware.middleware import Middleware
from reflex.state import BaseState
from sqlmodel import Session as DbSession

from cvstudio import db
from cvstudio.domain import accounts, owners, site_settings
from cvstudio.errors import Unauthorized
from cvstudio.language import COOKIE, COOKIE_SECONDS, Language, choose, known
from cvstudio.models import User

MESSAGE_SECONDS = 30


class Credentials(NamedTuple):
    """What a browser shows of itself, HttpOnly cookies included: their values, unchecked."""

    login: str | None
    anonymous: str | None

    @classmethod
    def read(cls, header: str) -> "Credentials":
        """From a Cookie header; none from one that cannot be read."""
        jar = SimpleCookie()
        try:
            jar.load(header)
        except CookieError:
            jar.clear()
        login, anonymous = (jar[name].value if name in jar else None for name in (accounts.COOKIE, owners.COOKIE))
        return cls(login, anonymous)

    def principal(self) -> accounts.Principal:
        """Whose they are at this moment; through the same door as the API."""
        with db.session(write=False) as session:
            return self.known_to(session)

    def known_to(self, session: DbSession) -> accounts.Principal:
        """The same, in the transaction of what they are shown for."""
        return accounts.identify(
            session,
            login_cookie=self.login,
            bearer=None,
            anonymous_owner_id=owners.from_cookie(self.anonymous),
        )


class Message(NamedTuple):
    """What administrators tell everyone; blank when there is nothing."""

    fr: str = ""
    en: str = ""


class Session(rx.State):
    chosen: str = rx.Cookie("", name=COOKIE, path="/", max_age=COOKIE_SECONDS, same_site="lax")
    _message: Message = Message()  # as this tab knows it (see `Crier`)
    _read_message: Message = Message()

    @rx.var(initial_value="")
    def lang(self) -> str:
        """ "fr" or "en"; blank only in the page as built, which then says itself what it is in."""
        return self.language()

    @rx.var(initial_value="")
    def signed_in_as(self) -> str:
        """The account's name, else its address; blank without an account."""
        user = self.user() if self.credentials().login else None
        return (user.name or user.email) if user else ""

    @rx.var(initial_value=False)
    def administers(self) -> bool:
        """Whether to show the way to the administrators' pages; it opens none of them."""
        user = self.user() if self.credentials().login else None
        return user is not None and user.role == "admin"

    @rx.var(initial_value="")
    def maintenance(self) -> str:
        """What administrators tell everyone, in the page's language; blank when there is nothing, or it was read."""
        if self._message == self._read_message:
            return ""
        return self._message.fr if self.language() == "fr" else self._message.en

    @rx.event
    def hide_maintenance(self) -> None:
        """Until there is another message."""
        self._read_message = self._message

    @rx.event
    def set_lang(self, lang: str) -> None:
        if language := known(lang):
            self.chosen = language

    def language(self) -> Language:
        """For server-side texts: `text(key, session.language())`."""
        return choose(self.chosen, self.router.headers.accept_language)

    def owner_id(self) -> str | None:
        """Whose work this visitor sees; None when cookies are off, or the tab is from before they signed in."""
        return self.principal().owner_id

    def user(self) -> User | None:
        """The account, when signed in. Asked at every event: a session ended elsewhere is ended here."""
        return self.principal().user

    def principal(self) -> accounts.Principal:
        """Who this visitor is, by the cookies the tab connected with."""
        return self.credentials().principal()

    def credentials(self) -> Credentials:
        """As they were when the tab connected."""
        return Credentials.read(self.router.headers.cookie)


async def owner_of(state: rx.State) -> str:
    """Whose things are shown to this tab: the account's or the visitor's; blank when cookies are off."""
    session = await state.get_state(Session)
    return session.owner_id() or ""


async def known_owner(state: rx.State) -> str:
    """The same for what changes something. Raises Unauthorized when cookies are off."""
    if owner_id := await owner_of(state):
        return owner_id
    raise Unauthorized


async def language_of(state: rx.State) -> Language:
    session = await state.get_state(Session)
    return session.language()


class Crier(Middleware):
    """Before every event: what administrators tell everyone goes out with the answer, where it is new to the tab."""

    async def preprocess(self, app: rx.App, state: BaseState, event: Event) -> None:
        message = _message(int(time.monotonic() / MESSAGE_SECONDS))
        session = await state.get_state(Session)
        if session._message != message:
            session._message = message


@lru_cache(maxsize=1)
def _message(_period: int) -> Message:
    """Asked for now and then, for all tabs together."""
    with db.session(write=False) as session:
        return Message(**site_settings.get(session, "maintenance_message"))
