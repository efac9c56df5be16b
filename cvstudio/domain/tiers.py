"""What a tier allows. The data is here; what an administrator changes of it is kept in the database."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from cvstudio.domain.rate import Limit
from cvstudio.errors import InvalidInput, NotFound
from cvstudio.models import TierChange, User

HOUR = 3600
MOST = 1_000_000


@dataclass(frozen=True)
class Tier:
    name: str
    generations: int  # that may be asked for within `seconds`
    seconds: int
    free_files: int | None  # a day that cost no credits; None: all of them
    free_edits: int | None  # the same, of edits that an API client reports

    @property
    def limit(self) -> Limit:
        """For rate.hit(session, "generation", owner_id, …): one count for every kind of generation."""
        return Limit(self.generations, self.seconds)


ANONYMOUS = Tier("anonymous", generations=10, seconds=HOUR, free_files=50, free_edits=0)  # as Free, without credits
TIERS = {
    tier.name: tier
    for tier in (
        Tier("free", generations=10, seconds=HOUR, free_files=50, free_edits=100),
        Tier("pro", generations=50, seconds=HOUR, free_files=None, free_edits=None),
        Tier("team", generations=200, seconds=HOUR, free_files=None, free_edits=None),
        ANONYMOUS,
    )
}
CHANGEABLE = ("generations", "free_files", "free_edits")


class TierNotFound(NotFound):
    code = "TIER_NOT_FOUND"


def of(session: Session, owner_id: str) -> Tier:
    """The owner's, as it is today."""
    found = session.exec(_OF_ACCOUNT, params={"id": owner_id}).first()
    return _changed(found[0], found[1]) if found else named(session, ANONYMOUS.name)


def named(session: Session, name: str) -> Tier:
    """Raises TierNotFound."""
    if name not in TIERS:
        raise TierNotFound
    newest = history(session, name, limit=1)
    return _changed(name, newest[0].changes if newest else None)


def every(session: Session) -> list[Tier]:
    return [named(session, name) for name in TIERS]


def history(session: Session, name: str, limit: int = 100) -> list[TierChange]:
    """The newest change first."""
    changes = select(TierChange).where(TierChange.tier == name)
    return list(session.exec(changes.order_by(col(TierChange.changed_at).desc()).limit(limit)))


def change(session: Session, name: str, changes: dict[str, int | None], by: str | None) -> Tier:
    """Sets fields of CHANGEABLE, from now on and in every process. Raises TierNotFound, InvalidInput."""
    before = named(session, name)
    fields = {field: fault for field, value in changes.items() if (fault := _fault(field, value))}
    if fields:
        raise InvalidInput(fields={field: [fault] for field, fault in fields.items()})
    given: dict[str, Any] = dict(changes)
    after = replace(before, **given)
    kept = {field: value for field, value in asdict(after).items() if value != getattr(TIERS[name], field)}
    if after != before:
        session.add(TierChange(tier=name, changed_by=by, changes=kept))
        session.flush()
    return after


def _changed(name: str, changes: Mapping[str, Any] | None) -> Tier:
    return replace(TIERS[name], **changes) if changes else TIERS[name]


# Asked at every generation: put together once.
_OF_ACCOUNT = (
    select(User.tier, TierChange.changes)
    .join(TierChange, col(TierChange.tier) == User.tier, isouter=True)
    .where(User.id == bindparam("id"))
    .order_by(col(TierChange.changed_at).desc())
    .limit(1)
)


def _fault(field: str, value: int | None) -> str:
    if field not in CHANGEABLE:
        return "unknown"
    if value is None:
        return "" if field != "generations" else "a number"
    return "" if type(value) is int and 0 <= value <= MOST else f"a whole number from 0 to {MOST}"
