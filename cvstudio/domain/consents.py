"""What people agreed to, and when: every choice is added to their history, none is changed."""

from typing import TypeAlias

from sqlmodel import Session, col, func, select

from cvstudio.domain import owners
from cvstudio.errors import InvalidInput
from cvstudio.language import Language
from cvstudio.models import Consent
from cvstudio.models.fields import storable

KEPT = 500  # choices of one owner; the oldest go
UNREADABLE: dict[Language, str] = {
    "fr": "Ce texte n’est pas de l’Unicode valable.",
    "en": "This is not valid Unicode.",
}
Preferences: TypeAlias = dict[str, bool | int | float | str]


def record(session: Session, owner_id: str, action: str, preferences: Preferences, language: Language) -> Consent:
    """The choice as it is kept; one that says the same again as the last is that one. Raises InvalidInput."""
    if not storable(preferences):
        raise InvalidInput(fields={"preferences": [UNREADABLE[language]]})
    owners.ensure(session, owner_id, language)
    owners.lock(session, owner_id)
    before = history(session, owner_id, limit=1)
    if before and before[0].action == action and before[0].preferences == preferences:
        return before[0]
    made = Consent(owner_id=owner_id, action=action, preferences=dict(preferences), locale=language)
    session.add(made)
    session.flush()
    _drop_oldest(session, owner_id)
    return made


def history(session: Session, owner_id: str, *, limit: int = KEPT) -> list[Consent]:
    """The last first."""
    wanted = select(Consent).where(Consent.owner_id == owner_id)
    return list(session.exec(wanted.order_by(col(Consent.created_at).desc(), Consent.id).limit(limit)))


def _drop_oldest(session: Session, owner_id: str) -> None:
    """So that nobody can fill the table by changing their mind."""
    many = select(func.count()).select_from(Consent).where(Consent.owner_id == owner_id)
    for old in history(session, owner_id, limit=session.exec(many).one())[KEPT:]:
        session.delete(old)
