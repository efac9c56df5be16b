"""Signing in with a provider, and linking one to an account: there with a state, back with a code.

The state works once, for ten minutes, and only in the browser that was sent there. Who a provider's person is here
follows from its name for them alone; from their e-mail address only the first time, and only when both the provider
and we have seen that the mailbox is theirs: else whoever registers an address first would wait for its owner.
"""

import hmac
from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from cvstudio import db
from cvstudio.clients import oauth
from cvstudio.clients.oauth import Identity, NotProven, ProviderUnavailable
from cvstudio.domain import site_settings
from cvstudio.domain.accounts import door, letters, onetime, security, sessions, users, ways
from cvstudio.domain.accounts.door import Entered, Visit
from cvstudio.domain.accounts.faults import InvalidLink, RegistrationClosed
from cvstudio.errors import Conflict, Forbidden, InvalidInput, NotFound
from cvstudio.language import Language, known
from cvstudio.models import LinkedAccount, OneTimeToken, User

__all__ = ["ProviderUnavailable"]


class StateInvalid(InvalidLink):
    """Used, too old, or of another browser."""

    code: ClassVar[str] = "SIGN_IN_STATE_INVALID"
    messages: ClassVar[dict[str, str]] = {
        "fr": "Cette connexion a été commencée ailleurs ou il y a trop longtemps. Recommencez.",
        "en": "This sign-in was begun elsewhere or too long ago. Please start again.",
    }


class EmailNotVerified(Forbidden):
    code: ClassVar[str] = "EMAIL_NOT_VERIFIED"
    messages: ClassVar[dict[str, str]] = {
        "fr": "{provider} ne confirme pas votre adresse e-mail. Confirmez-la là-bas, ou choisissez un autre moyen.",
        "en": "{provider} does not confirm your e-mail address. Confirm it there, or choose another way.",
    }


class AccountNotLinked(Conflict):
    code: ClassVar[str] = "ACCOUNT_NOT_LINKED"
    messages: ClassVar[dict[str, str]] = {
        "fr": "Un compte a déjà cette adresse. Connectez-vous autrement, puis liez {provider} dans « Mon compte ».",
        "en": "An account has this address already. Sign in another way, then link {provider} under “My account”.",
    }


class IdentityTaken(Conflict):
    code: ClassVar[str] = "IDENTITY_TAKEN"
    messages: ClassVar[dict[str, str]] = {
        "fr": "Ce compte {provider} est déjà lié à un autre compte.",
        "en": "This {provider} account is already linked to another account.",
    }


class AlreadyLinked(Conflict):
    code: ClassVar[str] = "PROVIDER_ALREADY_LINKED"
    messages: ClassVar[dict[str, str]] = {
        "fr": "Un compte {provider} est déjà lié. Déliez-le d’abord.",
        "en": "A {provider} account is already linked. Unlink it first.",
    }


class NotLinked(NotFound):
    code: ClassVar[str] = "PROVIDER_NOT_LINKED"
    messages: ClassVar[dict[str, str]] = {
        "fr": "Ce fournisseur n’est pas lié à votre compte.",
        "en": "This provider is not linked to your account.",
    }


@dataclass(frozen=True)
class Start:
    url: str  # at the provider
    binding: str  # for a cookie of the browser that goes there


@dataclass(frozen=True)
class Way:
    """What was kept of someone who was sent to a provider, and came back in the same browser."""

    provider: str
    callback: str  # a path of ours
    language: Language
    nonce: str
    verifier: str
    user_id: str | None  # who links; None: they sign in


def offered() -> list[tuple[str, str, str]]:
    """(name, label, "oidc" or "oauth") of each provider that is set up."""
    return [(one.name, one.label, one.kind) for one in oauth.providers()]


def offers(provider: str) -> None:
    """Raises ProviderNotFound."""
    oauth.get(provider)


def begin(provider: str, callback: str, language: Language, user_id: str | None = None) -> Start:
    """Raises ProviderNotFound, ProviderUnavailable. Takes no session: no transaction waits for a provider."""
    there = oauth.get(provider)
    binding, kept = sessions.new_token()
    nonce, verifier = sessions.new_token()[0], sessions.new_token()[0]
    data = {
        "provider": provider,
        "callback": callback,
        "locale": language,
        "binding": kept,
        "nonce": nonce,
        "verifier": verifier,
    }
    with db.session() as session:
        state = onetime.issue(session, "oauth", "", user_id, data).token
    return Start(oauth.authorization_url(there, state=state, nonce=nonce, verifier=verifier), binding)


def back(provider: str, state: str, binding: str | None) -> Way:
    """The state is used up, whatever comes of it. Raises StateInvalid."""
    with db.session() as session:
        found = onetime.usable(session, "oauth", state)
        if found is None or not _same(found, provider, binding) or onetime.consume(session, "oauth", state) is None:
            raise StateInvalid
        data = found.data
        return Way(
            provider=provider,
            callback=str(data["callback"]),
            language=known(str(data["locale"])) or "fr",
            nonce=str(data["nonce"]),
            verifier=str(data["verifier"]),
            user_id=found.user_id,
        )


def _same(found: OneTimeToken, provider: str, binding: str | None) -> bool:
    kept = str(found.data["binding"])
    return found.data["provider"] == provider and hmac.compare_digest(kept, sessions.digest(binding or ""))


def identify(way: Way, code: str) -> Identity:
    """Raises NotProven, ProviderNotFound, ProviderUnavailable."""
    provider = oauth.get(way.provider)
    if not code:
        raise NotProven("no code", provider=provider.label)
    return oauth.identify(provider, code=code, nonce=way.nonce, verifier=way.verifier)


# ---------------------------------------------------------------------------- who they are here


def sign_in(session: Session, identity: Identity, language: Language, visit: Visit) -> Entered:
    """Raises EmailNotVerified, AccountNotLinked, RegistrationClosed."""
    user = _by_identity(session, identity) or _by_email(session, identity, language, visit)
    return door.enter(session, user, identity.provider, visit)


def _by_identity(session: Session, identity: Identity) -> User | None:
    wanted = (
        select(User)
        .join(LinkedAccount, col(LinkedAccount.user_id) == User.id)
        .where(LinkedAccount.provider == identity.provider, LinkedAccount.subject == identity.subject)
    )
    return session.exec(wanted).first()


def _by_email(session: Session, identity: Identity, language: Language, visit: Visit) -> User:
    label = oauth.get(identity.provider).label
    try:
        email = users.normal_email(identity.email, language) if identity.email_verified else ""
    except InvalidInput:
        email = ""
    if not email:
        raise EmailNotVerified(provider=label)
    user = users.by_email(session, email)
    if user is None:
        if not site_settings.may_register(session, email):
            raise RegistrationClosed
        draft = users.draft(email, language, name=identity.name)
        user = users.add(session, draft)
        if user is not None and _add(session, user, identity):
            letters.proven(session, user)
            return user
        user = users.by_email(session, email)  # another of their tabs was first
    if user is None or user.email_verified_at is None:
        raise AccountNotLinked(provider=label)
    if _add(session, user, identity):
        security.notify(session, user, "provider_linked", visit.user_agent)
    elif _by_identity(session, identity) != user:
        raise AccountNotLinked(provider=label)
    return user


def link(session: Session, identity: Identity, user: User, user_agent: str) -> None:
    """Raises IdentityTaken, AlreadyLinked. Linked twice is linked."""
    label = oauth.get(identity.provider).label
    if not _add(session, user, identity):
        whose = _by_identity(session, identity)
        if whose is None:
            raise AlreadyLinked(provider=label)
        if whose.id != user.id:
            raise IdentityTaken(provider=label)
        return
    security.notify(session, user, "provider_linked", user_agent)


def _add(session: Session, user: User, identity: Identity) -> bool:
    """Not when the identity is someone's already, or the account has another one of this provider."""
    added = LinkedAccount(
        user_id=user.id, provider=identity.provider, subject=identity.subject, email=identity.email[: users.MAX_EMAIL]
    )
    try:
        with session.begin_nested():
            session.add(added)
    except IntegrityError:
        return False
    return True


def of(session: Session, user_id: str) -> list[LinkedAccount]:
    wanted = select(LinkedAccount).where(LinkedAccount.user_id == user_id)
    return list(session.exec(wanted.order_by(LinkedAccount.provider)))


def unlink(session: Session, user_id: str, provider: str, user_agent: str) -> None:
    """Raises NotLinked, LastWayIn."""
    user = ways.may_remove(session, user_id, provider)  # two of them take turns
    found = next((one for one in of(session, user_id) if one.provider == provider), None)
    if found is None:
        raise NotLinked
    session.delete(found)
    security.notify(session, user, "provider_unlinked", user_agent)
