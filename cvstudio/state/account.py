"""/account: what the account holds; every event asks again who is there."""

from dataclasses import dataclass

import reflex as rx
from reflex.event import EventSpec

from cvstudio import db
from cvstudio.domain import consents, onboarding
from cvstudio.domain.accounts import Principal, sessions, users
from cvstudio.domain.accounts.devices import device
from cvstudio.errors import Unauthorized
from cvstudio.language import known
from cvstudio.models import Consent, LoginSession, User
from cvstudio.state.session import Session

SIGN_IN = "/login?error=SessionRequired&callbackUrl=%2Faccount"
SHOWN_CONSENTS = 50


@dataclass
class SignIn:
    """One of the places where one is signed in, as shown; times ISO 8601."""

    id: str
    current: bool
    device: str  # "Firefox · Linux"; blank when it cannot be told
    method: str
    address: str
    seen_at: str


@dataclass
class Choice:
    """One entry of the consents' history, as shown."""

    action: str
    purposes: list[str]  # those agreed to
    at: str


class Account(rx.State):
    ready: bool = False
    name: str = ""
    email: str = ""
    verified: bool = False
    has_password: bool = False
    tour: bool = False  # whether there is one to be shown again
    sign_ins: rx.Field[list[SignIn]] = rx.field(default_factory=list)
    choices: rx.Field[list[Choice]] = rx.field(default_factory=list)

    @rx.event
    async def load(self) -> EventSpec | None:
        """Also after each change; someone who is not signed in is led to where they can be."""
        principal = await self._principal()
        if principal.user is None or principal.login is None:
            return self._leave()
        self._show(principal.user, principal.login)
        return None

    @rx.event
    async def choose_language(self, lang: str) -> None:
        """Of the pages and of the mails. Raises Unauthorized."""
        user, login = await self._known()
        if language := known(lang):
            with db.session() as session:
                users.change_profile(session, session.get_one(User, user.id), language, locale=language)
            page = await self.get_state(Session)
            page.chosen = language
            self._show(user, login)

    @rx.event
    async def end_sign_in(self, login_id: str) -> EventSpec | None:
        """Raises Unauthorized, SessionNotFound."""
        user, login = await self._known()
        with db.session() as session:
            sessions.revoke(session, user.id, login_id)
        if login_id == login.id:
            return self._leave()
        self._show(user, login)
        return None

    def _leave(self) -> EventSpec:
        """Nothing of the account stays in the tab."""
        self.ready = False
        self.name = self.email = ""
        self.sign_ins, self.choices = [], []
        # A whole page load: the tab's socket knows its cookies only as they were when it connected.
        leave: EventSpec = rx.call_script(f"window.location.replace('{SIGN_IN}')")
        return leave

    async def _principal(self) -> Principal:
        session = await self.get_state(Session)
        return session.principal()

    async def _known(self) -> tuple[User, LoginSession]:
        principal = await self._principal()
        if principal.user is None or principal.login is None:
            raise Unauthorized
        return principal.user, principal.login

    def _show(self, user: User, login: LoginSession) -> None:
        with db.session(write=False) as session:
            living = sessions.living(session, user.id)
            chosen = consents.history(session, user.id, limit=SHOWN_CONSENTS)
            self.tour = onboarding.is_on(session)
        self.name, self.email = user.name, user.email
        self.verified, self.has_password = user.email_verified_at is not None, user.password_hash is not None
        self.sign_ins = [_sign_in(one, login.id) for one in sorted(living, key=lambda one: one.id != login.id)]
        self.choices = [_choice(one) for one in chosen]
        self.ready = True


def _sign_in(login: LoginSession, current: str) -> SignIn:
    return SignIn(
        id=login.id,
        current=login.id == current,
        device=device(login.user_agent),
        method=login.method,
        address=login.address,
        seen_at=login.seen_at.isoformat(),
    )


def _choice(consent: Consent) -> Choice:
    agreed = [name for name, value in consent.preferences.items() if value is True]
    return Choice(action=consent.action, purposes=agreed, at=consent.created_at.isoformat())
