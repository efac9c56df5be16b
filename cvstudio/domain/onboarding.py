"""The first-run tour: its steps, and how far each account is. It can be skipped, and begun anew."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from statistics import median
from typing import Any, ClassVar, Literal, TypeAlias

from sqlmodel import Session, col, func, select

from cvstudio import db, events
from cvstudio.domain import site_settings
from cvstudio.domain.owned import ID
from cvstudio.errors import InvalidInput, NotFound
from cvstudio.language import Language
from cvstudio.models import Json, User, utcnow
from cvstudio.models.fields import storable

STEPS = ("welcome", "cv", "template", "preview", "download")
MAX_DATA = 4_000  # characters of JSON, of all steps together

Action = Literal["start", "skip", "complete", "reset"]
Status = Literal["new", "started", "skipped", "completed"]
StepName: TypeAlias = str | int  # the step, or its number from 1

UNKNOWN: dict[Language, str] = {
    "fr": "Étapes : {steps}, ou leur numéro.",
    "en": "Steps: {steps}, or their number.",
}
FULL: dict[Language, str] = {
    "fr": "Au plus {maximum} caractères d’Unicode valable en tout.",
    "en": "At most {maximum} characters of valid Unicode in all.",
}


class AccountNotFound(NotFound):
    code: ClassVar[str] = "ACCOUNT_NOT_FOUND"
    messages: ClassVar[dict[str, str]] = {
        "fr": "Ce compte n’existe pas, ou plus.",
        "en": "This account does not exist, or no longer.",
    }


@dataclass
class State:
    """How far someone is. `current` is None once the tour is over."""

    current: str | None = STEPS[0]
    completed: list[str] = field(default_factory=list)  # in the tour's order
    skipped: bool = False
    started_at: str | None = None
    completed_at: str | None = None
    data: dict[str, Any] = field(default_factory=dict)  # step → what the client keeps with it

    @property
    def status(self) -> Status:
        if self.completed_at:
            return "completed"
        if self.skipped:
            return "skipped"
        return "started" if self.started_at else "new"

    @property
    def shown(self) -> str | None:
        """The step to show; None once the tour was finished or skipped."""
        return self.current if self.status in ("new", "started") else None


def state(user: User) -> State:
    return _read(user.onboarding)


def is_on(session: Session) -> bool:
    """Whether administrators let it be offered."""
    return bool(site_settings.get(session, "onboarding_tour"))


def _read(kept: Mapping[str, Any]) -> State:
    """As stored; steps that the tour no longer has are left out."""
    found = State(
        current=kept.get("currentStep", STEPS[0]),
        completed=_in_order(kept.get("completedSteps", [])),
        skipped=bool(kept.get("skipped")),
        started_at=kept.get("startedAt"),
        completed_at=kept.get("completedAt"),
        data=kept.get("data", {}),
    )
    if found.status not in ("completed", "skipped") and found.current not in STEPS:
        found.current = _next(found)
    return found


def go_to(session: Session, user_id: str, step: StepName, data: Any, language: Language) -> State:
    """The step someone is at now, and what the client wants to keep with it. Raises InvalidInput."""
    name = _step(step, language, "step")
    user = _locked(session, user_id)
    found = state(user)
    found.current, found.skipped, found.completed_at = name, False, None
    found.started_at = found.started_at or _now()
    if data is not None:
        found.data = found.data | {name: data}
        if not storable(found.data) or len(repr(found.data)) > MAX_DATA:
            raise InvalidInput("too much data", fields={"data": [FULL[language].format(maximum=MAX_DATA)]})
    return _store(session, user, found)


def complete(session: Session, user_id: str, steps: Sequence[StepName], language: Language) -> State:
    """These steps are done, besides those that were: two tabs add up. Raises InvalidInput."""
    names = [_step(step, language, "completedSteps") for step in steps]
    user = _locked(session, user_id)
    return _store(session, user, _completed(state(user), names))


def act(session: Session, user_id: str, action: Action, step: StepName | None, language: Language) -> State:
    """start (at `step`), skip, complete (`step`, or the whole tour), reset. Raises InvalidInput."""
    name = _step(step, language, "payload.step") if step is not None else None
    user = _locked(session, user_id)
    found = state(user)
    match action:
        case "reset":
            found = State()
        case "skip":
            found.skipped, found.current = True, None
        case "start":
            found.skipped, found.completed_at = False, None
            found.started_at, found.current = found.started_at or _now(), name or _next(found) or STEPS[0]
        case "complete":
            found = _completed(found, STEPS if name is None else [name])
    return _store(session, user, found)


def reset(session: Session, user_id: str) -> State:
    """For administrators. Raises AccountNotFound."""
    return act(session, user_id, "reset", None, "en")


def people(session: Session, *, limit: int, offset: int) -> tuple[list[User], int]:
    """(accounts, the newest first; how many there are)"""
    total = session.exec(select(func.count()).select_from(User)).one()
    page = select(User).order_by(col(User.created_at).desc(), User.id).limit(limit).offset(offset)
    return list(session.exec(page)), total


@dataclass(frozen=True)
class Analytics:
    total: int
    by_status: dict[Status, int]
    by_step: dict[str, int]  # how many have done it, in the tour's order
    median_seconds: float | None  # from start to completion


def analytics(session: Session) -> Analytics:
    statuses: Counter[Status] = Counter()
    steps: Counter[str] = Counter()
    durations: list[float] = []
    rows = session.exec(select(User.onboarding).execution_options(yield_per=1_000))
    for kept in rows:
        found = _read(kept)
        statuses[found.status] += 1
        steps.update(found.completed)
        if found.started_at and found.completed_at:
            taken = datetime.fromisoformat(found.completed_at) - datetime.fromisoformat(found.started_at)
            durations.append(taken.total_seconds())
    every: tuple[Status, ...] = ("new", "started", "skipped", "completed")
    return Analytics(
        statuses.total(),
        {status: statuses[status] for status in every},
        {step: steps[step] for step in STEPS},
        median(durations) if durations else None,
    )


def _completed(found: State, names: Sequence[str]) -> State:
    found.completed = _in_order([*found.completed, *names])
    found.started_at = found.started_at or _now()
    if len(found.completed) == len(STEPS):
        found.completed_at, found.skipped = found.completed_at or _now(), False
    if found.skipped:
        return found
    if found.current is None or found.current in found.completed:
        found.current = _next(found)
    return found


def _next(found: State) -> str | None:
    return next((step for step in STEPS if step not in found.completed), None)


def _in_order(names: Sequence[str]) -> list[str]:
    return [step for step in STEPS if step in names]


def _step(step: StepName, language: Language, where: str) -> str:
    if isinstance(step, int) and not isinstance(step, bool) and 1 <= step <= len(STEPS):
        return STEPS[step - 1]
    if isinstance(step, str) and step in STEPS:
        return step
    words = UNKNOWN[language].format(steps=", ".join(STEPS))
    raise InvalidInput(f"there is no step {str(step)[:80]!r}", fields={where: [words]})


def _locked(session: Session, user_id: str) -> User:
    known = ID.fullmatch(user_id)
    user = session.get(User, user_id, with_for_update={"key_share": True}, populate_existing=True) if known else None
    if user is None:
        raise AccountNotFound
    return user


def _store(session: Session, user: User, found: State) -> State:
    """Every open tab is told."""
    kept: Json = {
        "currentStep": found.current,
        "completedSteps": found.completed,
        "skipped": found.skipped,
        "startedAt": found.started_at,
        "completedAt": found.completed_at,
        "data": found.data,
    }
    user.onboarding = {} if found == State() else kept
    session.add(user)
    session.flush()
    db.after_commit(session, lambda: events.publish(events.owner_topic(user.id), {"kind": "onboarding", "id": user.id}))
    return found


def _now() -> str:
    return utcnow().strftime("%Y-%m-%dT%H:%M:%SZ")
