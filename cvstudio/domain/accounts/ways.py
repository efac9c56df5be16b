"""The ways into an account: there is always one left."""

from sqlmodel import Session, col, delete, select

from cvstudio.domain.accounts import factors
from cvstudio.domain.accounts.faults import LastWayIn
from cvstudio.models import LinkedAccount, Passkey, User


def ways_in(session: Session, user: User) -> list[str]:
    """ "password", the providers that are linked, and "passkey:<id>" for each. A link by mail is not counted: the
    mailbox may be lost one day."""
    linked = select(LinkedAccount.provider).where(LinkedAccount.user_id == user.id).order_by(LinkedAccount.provider)
    keys = session.exec(select(Passkey.id).where(Passkey.user_id == user.id).order_by(Passkey.id))
    password = ["password"] if user.password_hash else []
    return [*password, *session.exec(linked), *(f"passkey:{key}" for key in keys)]


def may_remove(session: Session, user_id: str, way: str) -> User:
    """The account, which nobody else changes before this transaction ends. Raises LastWayIn."""
    user = session.get_one(User, user_id, with_for_update=True, populate_existing=True)
    if not set(ways_in(session, user)) - {way}:
        raise LastWayIn
    return user


def strip(session: Session, user: User) -> None:
    """Nothing that was set by whoever had the account until now opens it any more."""
    user.password_hash = None
    session.add(user)
    factors.remove(session, user.id)
    for table in (Passkey, LinkedAccount):
        session.exec(delete(table).where(col(table.user_id) == user.id))
    session.flush()
