"""Anonymous work becomes the account's at sign-in: every row moves, once, and nothing is copied.

New tables join by themselves: whatever has a column `owner_id` moves. One that allows something only once for each
owner must say in CLASHES what happens when both have it; a test asks for it.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

from sqlalchemy import update as update_rows
from sqlmodel import Session, col, select

from cvstudio.domain import cvs, owners, profiles
from cvstudio.models import IdempotencyKey, Owner, metadata, utcnow

# The ledger never changes, and only accounts have entries in it.
STAYS = {"credit_entry"}
# A request that was under way while its owner was adopted may have written a moment later: the next sign-in looks.
LOOK_BACK = timedelta(days=2)


def adopt(session: Session, user_id: str, anonymous_id: str) -> None:
    """The anonymous owner's work is the account's from now on; its cookie names nobody any more.

    Does nothing for an owner that is an account, or was adopted before, by whomever.
    """
    only_looked = session.get(Owner, anonymous_id) is None  # made for later: a tab still open finds out by it
    owners.ensure(session, anonymous_id)
    owners.lock(session, user_id)  # two devices take turns: filenames stay unique
    anonymous = session.get_one(Owner, anonymous_id, with_for_update=True, populate_existing=True)
    if anonymous.kind == "anonymous" and anonymous.adopted_by is None:
        anonymous.adopted_by, anonymous.seen_at = user_id, utcnow()
        session.add(anonymous)
        session.flush()
    recent = select(Owner.id).where(Owner.adopted_by == user_id, Owner.seen_at > utcnow() - LOOK_BACK)
    if arriving := [owner_id for owner_id in session.exec(recent) if owner_id != anonymous_id or not only_looked]:
        _move(session, user_id, arriving)


def _move(session: Session, user_id: str, arriving: Sequence[str]) -> None:
    for make_room in CLASHES.values():
        make_room(session, user_id, arriving)
    session.flush()
    for table in metadata.sorted_tables:
        if "owner_id" in table.c and table.name not in STAYS:
            session.connection().execute(
                update_rows(table).where(table.c.owner_id.in_(arriving)).values(owner_id=user_id)
            )
    session.expire_all()


def _answers(session: Session, user_id: str, arriving: Sequence[str]) -> None:
    """Of two answers under one key the account's stands."""
    mine = select(IdempotencyKey).where(IdempotencyKey.owner_id == user_id)
    theirs = select(IdempotencyKey).where(col(IdempotencyKey.owner_id).in_(arriving))
    taken = {(kept.key, kept.route) for kept in session.exec(mine)}
    for kept in session.exec(theirs).all():
        if (kept.key, kept.route) in taken:
            session.delete(kept)
        taken.add((kept.key, kept.route))


CLASHES: Mapping[str, Callable[[Session, str, Sequence[str]], None]] = {
    "career_profile": profiles.make_room,
    "cv": cvs.make_room,
    "idempotency_key": _answers,
}
