"""What language models cost us: every call written down, summed by day and feature, watched by alerts.

Money is whole micro-USD, days are UTC.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import ClassVar, Literal

import structlog
from sqlalchemy import ColumnElement, case, true
from sqlalchemy import select as select_columns
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, func, select

from cvstudio.domain import mailing, model_prices
from cvstudio.domain.accounts import users
from cvstudio.errors import NotFound
from cvstudio.models import LlmCall, Owner, SpendAlert, SpendAlertHit, utcnow

Kind = Literal["daily", "weekly", "monthly"]
KINDS: dict[str, Kind] = {"daily": "daily", "weekly": "weekly", "monthly": "monthly"}
OK = "ok"  # of a call's outcome
# In the order of Spent.
SUMS = (
    func.count(),
    func.coalesce(func.sum(case((col(LlmCall.outcome) != OK, 1), else_=0)), 0),
    func.coalesce(func.sum(col(LlmCall.tokens_in)), 0),
    func.coalesce(func.sum(col(LlmCall.tokens_out)), 0),
    func.coalesce(func.sum(col(LlmCall.cost)), 0),
    func.coalesce(func.sum(case((col(LlmCall.cost).is_(None), 1), else_=0)), 0),
)

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
    failed: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cost: int = 0
    unpriced: int = 0  # calls to a model whose price nobody said


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
    """Writes down a call that just ended, at the price that holds now, and triggers the alerts that it reaches."""
    now = utcnow()
    price = model_prices.at(session, model, now)
    if price is None:
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
        cost=price.of(tokens_in, tokens_out) if price else None,
        outcome=outcome,
        ms=ms,
    )
    session.add(call)
    session.flush()
    if call.cost:
        _watch(session, now.date())
    return call


def usage(session: Session, since: date | None = None) -> list[Used]:
    """By day, feature and model, the newest day first."""
    by = (col(LlmCall.day), col(LlmCall.feature), col(LlmCall.model))
    wanted = select_columns(*by, *SUMS).where(_from(since)).group_by(*by).order_by(by[0].desc(), by[1], by[2])
    return [
        Used(date.fromisoformat(row[0]), row[1], row[2], Spent(*map(int, row[3:]))) for row in session.execute(wanted)
    ]


def spent(session: Session, since: date | None = None) -> Spent:
    return Spent(*map(int, session.execute(select_columns(*SUMS).where(_from(since))).one()))


def start_of(kind: Kind, day: date) -> date:
    """The first day of its day, its week (from Monday) or its month."""
    if kind == "weekly":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if kind == "monthly" else day


# ---------------------------------------------------------------------------- alerts


def alerts(session: Session) -> list[SpendAlert]:
    standing = select(SpendAlert).where(col(SpendAlert.removed_at).is_(None))
    return list(session.exec(standing.order_by(col(SpendAlert.created_at), SpendAlert.id)))


def add_alert(session: Session, kind: Kind, threshold: int, name: str, by: str | None) -> SpendAlert:
    """One that its period has already reached is triggered at once."""
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
    return col(LlmCall.day) >= since.isoformat() if since else true()
