"""Calls at the price of their time, sums by day, alerts once a period. All money is whole micro-USD."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import Session, select

from cvstudio import db
from cvstudio.config import InvalidSettings
from cvstudio.domain import model_prices, spending, trash
from cvstudio.domain.accounts import users
from cvstudio.domain.model_prices import MILLION, Price, PriceNotFound
from cvstudio.models import LlmCall, MailLog, ModelPrice, Owner, new_id, utcnow
from tests.conftest import make_owner

SINCE = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def session(engine: Engine):
    with db.session() as opened:
        yield opened


def record(session: Session, tokens_in: int = 1_000, tokens_out: int = 200, **values) -> LlmCall:
    told = {"owner_id": None, "feature": "widgets", "model": "gpt-5-mini", "outcome": "ok", "ms": 900} | values
    return spending.record(session, tokens_in=tokens_in, tokens_out=tokens_out, **told)


@pytest.mark.parametrize(
    ("tokens_in", "tokens_out", "cost"),
    [(0, 0, 0), (1_000_000, 0, 250_000), (0, 1_000_000, 2_000_000), (1_000, 200, 650), (1, 0, 0), (2, 0, 1), (3, 1, 3)],
)
def test_what_a_call_costs(tokens_in, tokens_out, cost):
    assert Price("m", 250_000, 2_000_000, SINCE).of(tokens_in, tokens_out) == cost


@given(*[st.integers(0, 10**9)] * 2, *[st.integers(0, 10**9)] * 2)
def test_a_cost_is_off_by_half_a_micro_dollar_at_most(price_in, price_out, tokens_in, tokens_out):
    exact = price_in * tokens_in + price_out * tokens_out
    cost = Price("m", price_in, price_out, SINCE).of(tokens_in, tokens_out)
    assert abs(2 * (cost * MILLION - exact)) <= MILLION


def test_a_price_holds_from_its_day_on(session):
    before = model_prices.PRICES[0].valid_from - timedelta(seconds=1)
    assert model_prices.at(session, model_prices.PRICES[0].model, before) is None
    session.add(ModelPrice(model="new", price_in=1, price_out=2, valid_from=SINCE))
    session.add(ModelPrice(model="new", price_in=3, price_out=4, valid_from=SINCE + timedelta(days=9)))
    session.flush()
    for day, price in ((-1, None), (0, 1), (8, 1), (9, 3), (99, 3)):
        found = model_prices.at(session, "new", SINCE + timedelta(days=day))
        assert (found.price_in if found else None) == price


def test_an_administrator_sets_and_withdraws_a_price(session):
    admin = users.ensure(session, "admin@example.org", "fr")
    built_in = model_prices.at(session, "gpt-5-mini", utcnow())
    first = record(session)
    model_prices.change(session, "gpt-5-mini", 1_000_000, 1_000_000, admin.id)
    second = record(session)
    assert (first.cost, second.cost) == (650, 1_200)
    assert model_prices.withdraw(session, "gpt-5-mini", admin.id) == built_in
    assert record(session).cost == 650
    assert [price.built_in for price in model_prices.history(session, "gpt-5-mini")] == [False, True]
    with pytest.raises(PriceNotFound):
        model_prices.withdraw(session, "gpt-5-mini", admin.id)


def test_a_model_without_a_price_costs_nothing_that_we_know(session):
    assert record(session, model="unheard-of").cost is None
    assert (spending.spent(session).cost, spending.spent(session).unpriced) == (0, 1)


def test_usage_is_by_day_feature_and_model(session):
    record(session)
    record(session, outcome="cut")
    record(session, feature="improve")
    record(session, model="gemini-3-pro-preview")
    old = record(session)
    old.day = "2026-10-01"
    session.flush()
    today = utcnow().date()
    found = spending.usage(session, today)
    assert [(used.feature, used.model, used.spent.calls, used.spent.failed, used.spent.cost) for used in found] == [
        ("improve", "gpt-5-mini", 1, 0, 650),
        ("widgets", "gemini-3-pro-preview", 1, 0, 4_400),
        ("widgets", "gpt-5-mini", 2, 1, 1_300),
    ]
    assert {used.day for used in found} == {today}
    assert [used.day for used in spending.usage(session)][-1] == date(2026, 10, 1)
    assert spending.spent(session, today).cost == 650 + 4_400 + 1_300
    assert spending.spent(session).calls == 5


def test_a_question_that_was_not_put_costs_nothing_and_is_no_call(session):
    for outcome in ("ok", "busy", *spending.UNASKED):
        record(session, model="unheard-of", outcome=outcome)
    found = spending.spent(session)
    assert (found.calls, found.failed, found.fallbacks, found.unpriced) == (2, 1, 4, 2)


@pytest.mark.parametrize(
    ("period", "first"),
    [
        ("24h", datetime(2026, 11, 21, 4, tzinfo=UTC)),
        ("7d", date(2026, 11, 16)),
        ("30d", date(2026, 10, 24)),
        ("90d", date(2026, 8, 25)),
        ("all", None),
    ],
)
def test_a_period_ends_with_the_hour_or_day_that_runs(period, first):
    assert spending.since(period, datetime(2026, 11, 22, 3, 59, 59, tzinfo=UTC)) == first


def test_hours_and_days_without_a_call_are_there_too(session):
    first = datetime(2026, 11, 21, 4, tzinfo=UTC)
    for minutes in (-1, 0, 59, 60, 23 * 60 + 59):
        call = record(session)
        call.at = first + timedelta(minutes=minutes)
        call.day = call.at.date().isoformat()
    session.flush()
    found = spending.by_hour(session, first)
    assert [spent.calls for spent in found.values()] == [2, 1, *[0] * 21, 1]
    assert list(found)[-1] == datetime(2026, 11, 22, 3, tzinfo=UTC)
    days = spending.by_day(spending.usage(session, first), date(2026, 11, 20), date(2026, 11, 22))
    assert {day.day: spent.calls for day, spent in days.items()} == {20: 0, 21: 3, 22: 1}


def test_a_call_outlives_its_owner_and_may_come_after_him(engine: Engine):
    with db.session() as session:
        owner = make_owner(session)
        record(session, owner_id=owner.id)
        record(session, owner_id=new_id())
        session.delete(session.get_one(Owner, owner.id))
    with db.session() as session:
        assert [call.asked_by for call in session.exec(select(LlmCall))] == [None, None]
        assert spending.spent(session).cost == 1_300


def test_old_days_are_forgotten_and_no_figure_that_is_shown_loses_one(engine: Engine, configure):
    kept = configure(text_engine_kept_days=92).text_engine_kept_days
    with db.session() as session:
        for days in (kept + 40, kept + 1, kept, 89, 0):
            call = record(session)
            call.at = utcnow() - timedelta(days=days)
            call.day = call.at.date().isoformat()
            session.add(call)
    with db.session() as session:
        before = spending.spent(session, spending.since("90d", utcnow()))
        assert trash.sweep(session) == 2
        assert trash.sweep(session) == 0
    with db.session(write=False) as session:
        assert spending.spent(session).calls == 3
        assert spending.spent(session, spending.since("90d", utcnow())) == before
        assert before.calls == 2


def test_a_quarter_of_calls_is_kept_at_least(configure):
    assert configure().text_engine_kept_days == 400
    with pytest.raises(InvalidSettings):
        configure(text_engine_kept_days=91)


@pytest.mark.parametrize(
    ("kind", "day", "start"),
    [
        ("daily", "2026-11-21", "2026-11-21"),
        ("weekly", "2026-11-22", "2026-11-16"),
        ("weekly", "2026-11-23", "2026-11-23"),
        ("weekly", "2026-01-01", "2025-12-29"),
        ("monthly", "2026-11-30", "2026-11-01"),
    ],
)
def test_when_a_period_starts(kind, day, start):
    assert spending.start_of(kind, date.fromisoformat(day)) == date.fromisoformat(start)


def test_an_alert_is_triggered_once_a_period_and_mailed_to_administrators(session):
    admin, other = users.ensure(session, "admin@example.org", "fr"), users.ensure(session, "other@example.org", "fr")
    admin.role = "admin"
    alert = spending.add_alert(session, "daily", 1_300, "Peu", admin.id)
    dear = spending.add_alert(session, "monthly", 10**12, "Beaucoup", admin.id)
    record(session)
    assert spending.triggered(session) == []
    for _ in range(3):
        record(session)
    ((hit, of),) = spending.triggered(session)
    assert (of.id, hit.period, hit.spent) == (alert.id, utcnow().date().isoformat(), 1_300)
    (mail,) = session.exec(select(MailLog)).all()
    assert (mail.trigger, mail.recipient, mail.owner_id) == ("spend_alert", admin.email, admin.id)
    assert mail.given["spent"] == [1, "USD"]
    spending.remove_alert(session, alert.id, other.id)
    with pytest.raises(spending.AlertNotFound):
        spending.remove_alert(session, alert.id, other.id)
    assert spending.alerts(session) == [dear]
    assert len(spending.triggered(session)) == 1


def test_a_new_period_triggers_anew_and_a_late_alert_at_once(session):
    record(session)
    alert = spending.add_alert(session, "daily", 600, "Tard", None)
    ((hit, _),) = spending.triggered(session)
    hit.period = "2026-10-01"
    session.flush()
    record(session)
    assert {each.period for each, of in spending.triggered(session) if of.id == alert.id} == {
        "2026-10-01",
        utcnow().date().isoformat(),
    }
