"""What language models cost us: every call written down, summed by day and feature, watched by alerts.

Money is whole micro-USD, days are UTC.
"""

from collections.abc import Callable, Iterable
from dataclasses import astuple, dataclass
from datetime import date, datetime, timedelta
from typing import ClassVar, Literal, TypeVar

import structlog
from sqlalchemy import ColumnElement, and_, case, delete, true
from sqlalchemy import select as select_columns
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, func, select

from cvstudio.config import settings
from cvstudio.domain import mailing, model_prices
from cvstudio.domain.accounts import users
from cvstudio.domain.model_prices import MILLION, MOST_DOLLARS
from cvstudio.errors import InvalidInput, NotFound
from cvstudio.language import Language
from cvstudio.models import LlmCall, Owner, SpendAlert, SpendAlertHit, utcnow
from cvstudio.models.fields import storable

Kind = Literal["daily", "weekly", "monthly"]
KINDS: dict[str, Kind] = {"daily": "daily", "weekly": "weekly", "monthly": "monthly"}
Period = Literal["24h", "7d", "30d", "90d", "all"]
DAYS: dict[Period, int] = {"7d": 7, "30d": 30, "90d": 90}
HOURS = 24
MOST_NAME = 120
AT_ONCE = 5_000  # calls of one sweep

# A call's outcome: OK, a reason of cvstudio.clients.llm, BESIDE, or one of UNASKED.
OK = "ok"
BESIDE = "beside"  # well formed, but to another question
LONG, RESTING, CROWDED = "long", "resting", "crowded"
# The question was not put: it was too long, the service was left alone, or too many were being asked.
UNASKED = (LONG, RESTING, CROWDED)

FAULTS: dict[str, dict[Language, str]] = {
    "type": {
        "fr": "Un jour, une semaine ou un mois est attendu.",
        "en": "This must be daily, weekly or monthly.",
    },
    "threshold": {
        "fr": "Un montant de plus de 0 dollar est attendu, d’au plus 1 000 000, comme 5 ou 2,50.",
        "en": "This must be more than 0 dollars and at most 1000000, without commas, such as 5 or 2.50.",
    },
    "name": {
        "fr": "Un nom de 1 à 120 caractères est attendu : il est dit dans l’e-mail.",
        "en": "This must be a name of 1 to 120 characters: the e-mail says it.",
    },
}


def _sum(counted: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((counted, 1), else_=0)), 0)


_asked = col(LlmCall.outcome).not_in(UNASKED)
# In the order of Spent.
SUMS = (
    _sum(_asked),
    _sum(and_(_asked, col(LlmCall.outcome) != OK)),
    func.coalesce(func.sum(col(LlmCall.tokens_in)), 0),
    func.coalesce(func.sum(col(LlmCall.tokens_out)), 0),
    func.coalesce(func.sum(col(LlmCall.cost)), 0),
    _sum(and_(_asked, col(LlmCall.cost).is_(None))),
    _sum(col(LlmCall.outcome) != OK),
)

Key = TypeVar("Key")

log = structlog.get_logger(__name__)


class AlertNotFound(NotFound):
    code: ClassVar[str] = "SPEND_ALERT_NOT_FOUND"
    messages: ClassVar[dict[str, str]] = {
        "fr": "Cette alerte n’existe pas, ou plus.",
        "en": "This alert does not exist, or no longer.",
    }


@dataclass(frozen=True)
class Spent:
    calls: int = 0
    failed: int = 0  # of them
    tokens_in: int = 0
    tokens_out: int = 0
    cost: int = 0
    unpriced: int = 0  # calls to a model whose price nobody said
    fallbacks: int = 0  # questions without the model's answer: after a call that failed, or without one

    def __add__(self, other: "Spent") -> "Spent":
        return Spent(*(one + two for one, two in zip(astuple(self), astuple(other), strict=True)))


@dataclass(frozen=True)
class Used:
    """One day's calls of one feature to one model."""

    day: date
    feature: str
    model: str
    spent: Spent


def record(
    session: Session,
    *,
    owner_id: str | None,
    feature: str,
    model: str,
    tokens_in: int,
    tokens_out: int,
    outcome: str,
    ms: int,
) -> LlmCall:
    """Writes down a call that just ended, at the price that holds now, and triggers the alerts that it reaches.

    A question that was not put is written down too: it cost nothing.
    """
    now, asked = utcnow(), outcome not in UNASKED
    price = model_prices.at(session, model, now)
    if price is None and asked:
        log.warning("llm.no_price", model=model)
    # Whose call it was may be gone by the time it is answered.
    held = select(Owner.id).where(Owner.id == owner_id).with_for_update(read=True, key_share=True)
    call = LlmCall(
        at=now,
        day=now.date().isoformat(),
        asked_by=session.exec(held).first(),
        feature=feature,
        model=model,
        tokens_in=tokens_in,
        tokens_out=tokens_out,
        cost=0 if not asked else price.of(tokens_in, tokens_out) if price else None,
        outcome=outcome,
        ms=ms,
    )
    session.add(call)
    session.flush()
    if call.cost:
        _watch(session, now.date())
    return call


def since(period: Period, now: datetime) -> date | None:
    """Its first hour (a datetime) or day: this one is its last. None: it has no beginning."""
    if period == "24h":
        return now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=HOURS - 1)
    return now.date() - timedelta(days=DAYS[period] - 1) if period in DAYS else None


def usage(session: Session, since: date | None = None) -> list[Used]:
    """By day, feature and model, the newest day first."""
    by = (col(LlmCall.day), col(LlmCall.feature), col(LlmCall.model))
    wanted = select_columns(*by, *SUMS).where(_from(since)).group_by(*by).order_by(by[0].desc(), by[1], by[2])
    return [
        Used(date.fromisoformat(row[0]), row[1], row[2], Spent(*map(int, row[3:]))) for row in session.execute(wanted)
    ]


def spent(session: Session, since: date | None = None) -> Spent:
    return Spent(*map(int, session.execute(select_columns(*SUMS).where(_from(since))).one()))


def summed(used: Iterable[Used], by: Callable[[Used], Key]) -> dict[Key, Spent]:
    """Under each key, in the order in which they come."""
    sums: dict[Key, Spent] = {}
    for each in used:
        sums[by(each)] = sums.get(by(each), Spent()) + each.spent
    return sums


def by_hour(session: Session, first: datetime) -> dict[datetime, Spent]:
    """The 24 hours from `first` on, those without a call too."""
    hours = [first + timedelta(hours=number) for number in range(HOURS)]
    at = col(LlmCall.at)
    number = case(*((at < end, place) for place, end in enumerate(hours[1:])), else_=HOURS - 1).label("number")
    wanted = select_columns(number, *SUMS).where(_from(first)).group_by("number")
    found = {row[0]: Spent(*map(int, row[1:])) for row in session.execute(wanted)}
    return {hour: found.get(place, Spent()) for place, hour in enumerate(hours)}


def by_day(used: Iterable[Used], first: date, last: date) -> dict[date, Spent]:
    """Every day from the first to the last, those without a call too."""
    sums = summed(used, lambda each: each.day)
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return {day: sums.get(day, Spent()) for day in days}


def lately(session: Session) -> tuple[LlmCall | None, LlmCall | None]:
    """The last call of any process that was answered, and the last question that was not, within 24 hours."""
    recent = _from(utcnow() - timedelta(hours=HOURS))
    good, bad = (
        session.exec(select(LlmCall).where(recent, such).order_by(col(LlmCall.at).desc(), LlmCall.id).limit(1)).first()
        for such in (col(LlmCall.outcome) == OK, col(LlmCall.outcome) != OK)
    )
    return good, bad


def start_of(kind: Kind, day: date) -> date:
    """The first day of its day, its week (from Monday) or its month."""
    if kind == "weekly":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if kind == "monthly" else day


def forget(session: Session) -> int:
    """Calls of days longer ago than the settings keep: whole days, so that a day's figures stand or are gone."""
    first = (utcnow().date() - timedelta(days=settings().text_engine_kept_days)).isoformat()
    due = select(LlmCall.id).where(col(LlmCall.day) < first).order_by(col(LlmCall.day), LlmCall.id).limit(AT_ONCE)
    old = session.exec(due.with_for_update(skip_locked=True)).all()
    return int(session.connection().execute(delete(LlmCall).where(col(LlmCall.id).in_(old))).rowcount)


# ---------------------------------------------------------------------------- alerts


def alerts(session: Session) -> list[SpendAlert]:
    standing = select(SpendAlert).where(col(SpendAlert.removed_at).is_(None))
    return list(session.exec(standing.order_by(col(SpendAlert.created_at), SpendAlert.id)))


def add_alert(
    session: Session, kind: str, threshold: int | None, name: str, by: str | None, language: Language = "en"
) -> SpendAlert:
    """One that its period has already reached is triggered at once. Raises InvalidInput; None: it was no amount."""
    name = " ".join(name.split())
    wrong = {
        "type": kind not in KINDS,
        "threshold": threshold is None or not 0 < threshold <= MOST_DOLLARS * MILLION,
        "name": not 0 < len(name) <= MOST_NAME or not storable(name),
    }
    if threshold is None or any(wrong.values()):
        raise InvalidInput(fields={field: [FAULTS[field][language]] for field, is_wrong in wrong.items() if is_wrong})
    alert = SpendAlert(kind=kind, threshold=threshold, name=name, created_by=by)
    session.add(alert)
    session.flush()
    _watch(session, utcnow().date())
    return alert


def remove_alert(session: Session, alert_id: str, by: str | None) -> None:
    """What it triggered stays to be read. Raises AlertNotFound."""
    alert = session.get(SpendAlert, alert_id, with_for_update=True)
    if alert is None or alert.removed_at is not None:
        raise AlertNotFound
    alert.removed_at, alert.removed_by = utcnow(), by
    session.add(alert)


def triggered(session: Session, *, limit: int = 100) -> list[tuple[SpendAlertHit, SpendAlert]]:
    """The last first."""
    wanted = select(SpendAlertHit, SpendAlert).join(SpendAlert)
    return list(session.exec(wanted.order_by(col(SpendAlertHit.at).desc(), SpendAlertHit.id).limit(limit)))


def _watch(session: Session, day: date) -> None:
    sums: dict[date, int] = {}
    for alert in alerts(session):
        start = start_of(KINDS[alert.kind], day)
        if start not in sums:
            sums[start] = spent(session, start).cost
        if sums[start] >= alert.threshold:
            _trigger(session, alert, start.isoformat(), sums[start])


def _trigger(session: Session, alert: SpendAlert, period: str, amount: int) -> None:
    """Once a period, whoever is first."""
    there = select(SpendAlertHit.id).where(SpendAlertHit.alert_id == alert.id, SpendAlertHit.period == period)
    if session.exec(there).first():
        return
    try:
        with session.begin_nested():
            session.add(SpendAlertHit(alert_id=alert.id, period=period, spent=amount))
    except IntegrityError:
        return  # a twin was first
    for admin in users.admins(session):
        told = {"threshold": (_cents(alert.threshold), "USD"), "spent": (_cents(amount), "USD")}
        since = date.fromisoformat(period)
        mailing.send(
            session, "spend_alert", admin.email, admin.locale, owner_id=admin.id, alert=alert.name, since=since, **told
        )
    log.warning("llm.spend_alert", alert_id=alert.id, kind=alert.kind, period=period, micro_usd=amount)


def _cents(micro: int) -> int:
    """Rounded up: an amount that is not nothing does not look like it."""
    return -(-micro // 10_000)


def _from(since: date | None) -> ColumnElement[bool]:
    if since is None:
        return true()
    if isinstance(since, datetime):  # the day has the index
        return and_(col(LlmCall.day) >= since.date().isoformat(), col(LlmCall.at) >= since)
    return col(LlmCall.day) >= since.isoformat()
