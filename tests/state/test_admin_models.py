"""What administrators see of language models and say of them. Without a browser."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from cvstudio import db
from cvstudio.domain import engines, model_prices, spending
from cvstudio.models import LlmCall, ModelPrice, SpendAlert, utcnow
from cvstudio.state.admin_models import AdminModels
from tests.accounts import make_account
from tests.state.tabs import tab

PRICE = {"modelName": "acme/next:1", "inputPrice": "0,25", "outputPrice": "$2"}
ALERT = {"type": "weekly", "threshold": "2,50", "name": "  Budget   du mois "}


def opened(language: str = "fr") -> Any:
    root = tab(make_account("root@example.org", role="admin"), language)

    async def opening() -> Any:
        state = await root.get_state(AdminModels)
        await state.load()
        return state

    return asyncio.run(opening())


def called(session: Session, **values: Any) -> None:
    at = utcnow() - values.pop("ago", timedelta())
    told = {"feature": "improve", "model": "gpt-5-mini", "outcome": "ok", "cost": 650, "tokens_in": 1_000} | values
    session.add(LlmCall(at=at, day=at.date().isoformat(), **told))


def test_nothing_was_asked_and_nothing_is_set_up(sqlite: Engine):
    state = opened()
    assert (state.ready, state.engine.engine, state.engine.model, state.engine.state) == (True, "offline", "", "off")
    assert (state.total.calls, state.total.cost, state.highest) == ("0", "0,00\u00a0$", "")
    assert (state.features, state.models, state.alerts, state.hits) == ([], [], [], [])
    assert [row.model for row in state.prices] == sorted({price.model for price in model_prices.PRICES})
    assert all(row.built_in and row.since and row.price_in for row in state.prices)


def test_use_is_of_the_period_by_feature_and_model(engine: Engine):
    with db.session() as session:
        called(session, cost=1_500_000, feature="tailor")
        called(session, outcome="busy", cost=0, tokens_in=0)
        called(session, outcome="resting", cost=0, tokens_in=0)
        called(session, model="unheard-of", cost=None)
        called(session, ago=timedelta(days=2))
        called(session, ago=timedelta(days=20))
    state = opened("en")
    assert (state.period, state.total.cost, state.total.unpriced) == ("7d", "$1.50", 1)
    assert (state.total.calls, state.total.failed, state.total.fallbacks, state.total.tokens_in) == (
        *("4", "1", "2"),
        "3,000",
    )
    assert [(row.name, row.cost) for row in state.features] == [("tailor", "$1.50"), ("improve", "$0.00065")]
    assert [(row.name, row.calls) for row in state.models] == [("gpt-5-mini", "3"), ("unheard-of", "1")]
    assert (len(state.bars), state.highest) == (7, "$1.50")
    assert [bar.height for bar in state.bars] == ["0%", "0%", "0%", "0%", "2%", "0%", "100%"]
    for period, bars, calls in (("24h", 24, "3"), ("30d", 30, "5"), ("for ever", 30, "5")):
        asyncio.run(state.choose_period(period))
        assert (len(state.bars), state.total.calls) == (bars, calls)
    assert state.period == "30d"


def test_the_engine_in_force_and_what_it_said_last(sqlite: Engine, configure: Any):
    configure(text_engine="openai", openai_api_key="key", database_url=str(sqlite.url))
    engines.forget()
    with db.session() as session:
        called(session, ago=timedelta(hours=2))
        called(session, ago=timedelta(hours=1), outcome="busy")
        called(session, ago=timedelta(days=2), outcome="cut")
    for _ in range(engines.FAILURES):
        engines._service().breaker.failed()
    state = opened()
    engines.forget()
    assert (state.engine.engine, state.engine.model, state.engine.state) == ("openai", "gpt-5-mini", "open")
    assert state.engine.answered_at < state.engine.failed_at
    assert state.engine.outcome == "busy"
    assert [row.model for row in state.prices if row.asked] == ["gpt-5-mini"]


def test_a_price_is_said_changed_and_withdrawn(sqlite: Engine):
    with db.session() as session:
        called(session, model="acme/next:1", cost=None)
    state = opened()
    assert (state.prices[0].model, state.prices[0].price_in) == ("acme/next:1", "")
    asyncio.run(state.fill_price("acme/next:1"))
    assert (state.priced, state.price_revision) == ({"model": "acme/next:1", "in": "", "out": ""}, 1)
    asyncio.run(state.set_price(PRICE))
    row = next(row for row in state.prices if row.model == "acme/next:1")
    assert (row.price_in, row.price_out, row.built_in, row.by) == (
        *("0,25\u00a0$", "2,00\u00a0$"),
        *(False, "root@example.org"),
    )
    assert (state.said, state.faults, state.price_revision, state.priced["model"]) == ("priced", {}, 2, "")

    asyncio.run(state.fill_price("acme/next:1"))
    assert state.priced == {"model": "acme/next:1", "in": "0,25", "out": "2"}
    asyncio.run(state.ask_withdrawal("acme/next:1", True))
    assert state.removing == "acme/next:1"
    asyncio.run(state.withdraw("acme/next:1"))
    assert (state.said, state.removing, state.prices[0].price_in) == ("withdrawn", "", "")
    with pytest.raises(model_prices.PriceNotFound):
        asyncio.run(state.withdraw("gpt-5"))


def test_what_was_before_a_price_stays_to_be_read(sqlite: Engine):
    state = opened("en")
    asyncio.run(state.set_price({"modelName": "gpt-5", "inputPrice": "1", "outputPrice": "9.123456"}))
    row = next(row for row in state.prices if row.model == "gpt-5")
    assert (row.price_out, [(past.price_in, past.built_in) for past in row.past]) == ("$9.123456", [("$1.25", True)])


@pytest.mark.parametrize(
    ("language", "field", "value"),
    [
        ("fr", "modelName", ""),
        ("fr", "modelName", "two words"),
        ("fr", "modelName", "x" * 121),
        ("fr", "modelName", {"x": 1}),
        ("fr", "inputPrice", ""),
        ("fr", "inputPrice", "cher"),
        ("fr", "inputPrice", "-1"),
        ("fr", "inputPrice", "1e3"),
        ("fr", "inputPrice", "٣"),
        ("fr", "inputPrice", "1000001"),
        ("fr", "outputPrice", "0,0000001"),
        ("en", "outputPrice", "1,000"),
        ("en", "outputPrice", "NaN"),
    ],
)
def test_what_is_no_price_is_said_at_its_field_and_nothing_is_lost(
    sqlite: Engine, language: str, field: str, value: Any
):
    state = opened(language)
    asyncio.run(state.set_price(PRICE | {"inputPrice": "1", field: value}))
    assert list(state.faults) == [field]
    assert (state.said, state.price_revision) == ("", 0)
    with db.session(write=False) as session:
        assert session.exec(select(ModelPrice)).all() == []


@pytest.mark.parametrize(
    ("written", "language", "micro"),
    [
        ("0,25", "fr", 250_000),
        ("0.25", "fr", 250_000),
        ("1\u202f000,5 $", "fr", 1_000_500_000),
        ("$2", "en", 2_000_000),
        ("0", "en", 0),
        ("0.000001", "en", 1),
        ("1000000", "en", 10**12),
        ("1,5", "en", None),
    ],
)
def test_an_amount_is_read_as_people_write_it(written: str, language: Any, micro: int | None):
    assert model_prices.amount(written, language) == micro


def test_an_alert_is_added_reached_and_removed(sqlite: Engine):
    state = opened()
    asyncio.run(state.add_alert(ALERT))
    (row,) = state.alerts
    assert (row.name, row.kind, row.threshold, row.spent, row.reached) == (
        *("Budget du mois", "weekly", "2,50\u00a0$"),
        *("0,00\u00a0$", False),
    )
    assert (state.said, state.alert_revision) == ("added", 1)
    with db.session() as session:
        spending.record(
            session,
            owner_id=None,
            feature="improve",
            model="gpt-5.4",
            tokens_in=1_000_000,
            tokens_out=0,
            outcome="ok",
            ms=1,
        )
    asyncio.run(state.load())
    (hit,) = state.hits
    assert (state.alerts[0].reached, hit.name, hit.spent, state.said) == (True, "Budget du mois", "2,50\u00a0$", "")
    asyncio.run(state.ask_removal(row.id, True))
    asyncio.run(state.ask_removal(row.id, False))
    assert state.removing == ""
    asyncio.run(state.remove_alert(row.id))
    assert (state.alerts, len(state.hits), state.said) == ([], 1, "removed")
    with pytest.raises(spending.AlertNotFound):
        asyncio.run(state.remove_alert(row.id))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *[("type", value) for value in ("", "hourly", None)],
        *[("threshold", value) for value in ("", "0", "0,0", "-1", "beaucoup", "1000000,01")],
        *[("name", value) for value in ("", " ", "x" * 121, "a\u0000b", "\ud800")],
    ],
)
def test_what_is_no_alert_is_said_at_its_field(sqlite: Engine, field: str, value: Any):
    state = opened()
    asyncio.run(state.add_alert(ALERT | {field: value}))
    assert list(state.faults) == [field]
    assert (state.said, state.alert_revision) == ("", 0)
    with db.session(write=False) as session:
        assert session.exec(select(SpendAlert)).all() == []


def test_all_that_is_wrong_is_said_at_once(sqlite: Engine):
    state = opened()
    asyncio.run(state.set_price("not a form"))
    assert list(state.faults) == ["modelName", "inputPrice", "outputPrice"]
    asyncio.run(state.add_alert({}))
    assert list(state.faults) == ["type", "threshold", "name"]
    asyncio.run(state.load())
    assert state.faults == {}
