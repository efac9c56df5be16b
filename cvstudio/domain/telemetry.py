"""How long things take, and what people chose to tell of their use.

Durations come from the jobs themselves, whoever's they were: medians of times, about nobody. Events of pages are about
a person, so they are kept only while that person's last word on "analytics" is yes, and not for long.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from statistics import median

from sqlalchemy import delete as delete_rows
from sqlmodel import Session, col, func, select

from cvstudio.domain import background, consents, rate
from cvstudio.domain.rate import Limit
from cvstudio.models import Job, TelemetryEvent, utcnow

PURPOSE = "analytics"  # of the consent that it takes
KEPT = timedelta(days=90)
PER_HOUR = Limit(600, 3600)
SAMPLE = 200  # jobs: the newest
IMPORTS = "import_pdf"

Details = Mapping[str, bool | int | float | str]


def record(
    session: Session, owner_id: str, kind: str, category: str, details: Details, duration: int | None
) -> TelemetryEvent | None:
    """None, and nothing kept, without consent. Raises RateLimited."""
    if not consented(session, owner_id):
        return None
    rate.hit(session, "telemetry", owner_id, PER_HOUR)
    clean_up(session)
    event = TelemetryEvent(owner_id=owner_id, type=kind, category=category, details=dict(details), duration=duration)
    session.add(event)
    session.flush()
    return event


def consented(session: Session, owner_id: str) -> bool:
    """Whether their last choice allows it; who was never asked has not."""
    last = consents.history(session, owner_id, limit=1)
    return bool(last) and last[0].preferences.get(PURPOSE) is True


def clean_up(session: Session, older_than: timedelta = KEPT) -> int:
    """Forgets events: how many."""
    old = delete_rows(TelemetryEvent).where(col(TelemetryEvent.created_at) < utcnow() - older_than)
    return int(session.connection().execute(old).rowcount)


def kind_of(name: str) -> str | None:
    """The job's kind behind what clients call a type of task: "generate-cv", "generate_cv"; None: there is none."""
    wanted = name.strip().lower().replace("_", "-")
    kinds = {kind.replace("_", "-"): kind for kind in background.TYPES}
    return kinds.get(wanted) or next((kind for kind, known in background.TYPES.items() if known == wanted), None)


def usual(session: Session, kind: str) -> int | None:
    """Milliseconds from request to end, the median of the newest jobs of this kind; None: there is none yet."""
    wanted = select(Job.created_at, Job.finished_at).where(Job.kind == kind, Job.status == "done")
    return _median(session.exec(wanted.order_by(col(Job.finished_at).desc()).limit(SAMPLE)).all())


def first_import(session: Session) -> int | None:
    """The same for the first import of each person who made one."""
    firsts = (
        select(Job.owner_id, func.min(Job.finished_at).label("first"))
        .where(Job.kind == IMPORTS, Job.status == "done")
        .group_by(Job.owner_id)
        .subquery()
    )
    wanted = (
        select(Job.created_at, Job.finished_at)
        .join(firsts, (col(Job.owner_id) == firsts.c.owner_id) & (col(Job.finished_at) == firsts.c.first))
        .where(Job.kind == IMPORTS)
        .order_by(col(Job.finished_at).desc())
        .limit(SAMPLE)
    )
    return _median(session.exec(wanted).all())


def _median(spans: Sequence[tuple[datetime, datetime | None]]) -> int | None:
    took = [(ended - asked) / timedelta(milliseconds=1) for asked, ended in spans if ended]
    return round(median(took)) if took else None
