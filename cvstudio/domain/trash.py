"""The trash: what is in it can be brought back for a month, unless its owner empties it; then it is gone for good.

And the sweep of whatever else is kept for a while only.
"""

from datetime import timedelta

from sqlalchemy import ColumnElement, delete
from sqlmodel import Session, col, select

from cvstudio.domain import files, generation, owners, pictures, shares, spending
from cvstudio.models import Cv, Job, Share, utcnow

KEPT = timedelta(days=30)
AT_ONCE = 200  # rows of one sweep


def empty(session: Session, owner_id: str) -> int:
    """How many CVs it was."""
    owners.lock(session, owner_id)
    return _purge(session, col(Cv.owner_id) == owner_id, col(Cv.deleted_at).is_not(None))


def sweep(session: Session) -> int:
    """What has been in anyone's trash for long enough, and what it leaves behind; how many rows it was."""
    overdue = col(Cv.deleted_at) < utcnow() - KEPT
    due = select(Cv.id).where(overdue).order_by(col(Cv.deleted_at)).limit(AT_ONCE).with_for_update(skip_locked=True)
    found = session.exec(due).all()
    gone = _purge(session, col(Cv.id).in_(found), overdue)
    left = _forget_prints(session) + _forget_drawing(session) + _forget_expired(session)
    return gone + left + spending.forget(session)


def _purge(session: Session, *wanted: ColumnElement[bool]) -> int:
    """The rows with all that hangs on them, and their pictures."""
    linked = select(Share.picture).join(Cv, col(Cv.id) == Share.cv_id).where(*wanted)
    shown = {key for key in (*session.exec(select(Cv.picture).where(*wanted)), *session.exec(linked)) if key}
    gone = int(session.connection().execute(delete(Cv).where(*wanted)).rowcount)
    pictures.drop(session, shown)
    return gone


def _forget_prints(session: Session) -> int:
    """Files of CVs that are gone, once they no longer count for their owner's quota."""
    orphans = select(Job).where(
        col(Job.kind).in_((generation.KIND, shares.JOB)),
        col(Job.finished_at) < utcnow() - generation.QUOTA_WINDOW,
        col(Job.cv_id).is_(None),
    )
    oldest = orphans.order_by(col(Job.finished_at)).limit(AT_ONCE)
    jobs = session.exec(oldest.with_for_update(skip_locked=True)).all()
    keys = {str(job.result["file"]) for job in jobs if "file" in job.result}
    for job in jobs:
        session.delete(job)
    session.flush()
    file = col(Job.result)["file"].as_string()
    for key in keys.difference(session.exec(select(file).where(file.in_(keys)))):
        files.remove(session, key)
    return len(jobs)


def _forget_drawing(session: Session) -> int:
    """Jobs that drew pictures: nobody looks at them again."""
    old = delete(Job).where(col(Job.kind) == pictures.KIND, col(Job.finished_at) < utcnow() - generation.QUOTA_WINDOW)
    return int(session.connection().execute(old).rowcount)


def _forget_expired(session: Session) -> int:
    """Pictures of links that open nothing any more; given more time, one is drawn again when asked for."""
    over = select(Share).where(col(Share.expires_at) <= utcnow(), Share.picture != "")
    expired = session.exec(over.limit(AT_ONCE).with_for_update(skip_locked=True)).all()
    keys = {share.picture for share in expired}
    for share in expired:
        share.picture = ""
        session.add(share)
    session.flush()
    pictures.drop(session, keys)
    return len(expired)
