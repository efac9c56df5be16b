"""fitmycv's look at language models, for administrators: what they cost, what they were used for, when to be told."""

from decimal import Decimal
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from cvstudio import db
from cvstudio.api.answers import errors, iso, sent
from cvstudio.api.deps import Admin, IdempotencyKey, admin_only, json_only
from cvstudio.domain import engines, idempotency, model_prices, spending
from cvstudio.domain.idempotency import Answer
from cvstudio.domain.model_prices import DECIMALS, MOST_DOLLARS, MOST_NAME, NAME, Price, micro
from cvstudio.domain.spending import Kind, Period, Spent, Used
from cvstudio.models import SpendAlert, SpendAlertHit, utcnow

router = APIRouter(tags=["Administration: language models"], dependencies=[admin_only])

PRICE: dict[str, Any] = {"modelName": "gpt-5-mini", "inputPrice": 0.25, "outputPrice": 2.0}
ALERT: dict[str, Any] = {"type": "daily", "threshold": 5.0, "name": "Five dollars a day"}

ModelName = Annotated[str, Field(max_length=MOST_NAME, pattern=f"^{NAME}$", description="as it is asked")]
Dollars = Annotated[Decimal, Field(ge=0, le=MOST_DOLLARS, decimal_places=DECIMALS)]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NewPrice(Strict):
    model_config = ConfigDict(json_schema_extra={"example": PRICE})

    modelName: ModelName
    inputPrice: Dollars = Field(description="US dollars for a million tokens")
    outputPrice: Dollars = Field(description="the same; thoughts are output")


class ModelNamed(Strict):
    model_config = ConfigDict(json_schema_extra={"example": {"modelName": "gpt-5-mini"}})

    modelName: ModelName


class PriceEntry(BaseModel):
    inputPrice: float
    outputPrice: float
    validFrom: str
    builtIn: bool = Field(description="ours; else an administrator's, which goes first")
    changedBy: str | None = Field(description="an account's id")


class PriceData(PriceEntry):
    modelName: str
    history: list[PriceEntry] = Field(description="all that ever held, the newest first")


class PriceAnswer(BaseModel):
    pricing: PriceData


class PriceList(BaseModel):
    pricing: list[PriceData]
    currency: Literal["USD"] = "USD"
    per: Literal["1M tokens"] = "1M tokens"


class PriceWithdrawn(BaseModel):
    success: Literal[True] = True
    pricing: PriceData | None = Field(description="the built-in one that holds again, if there is one")


class NewAlert(Strict):
    model_config = ConfigDict(json_schema_extra={"example": ALERT})

    type: Kind = Field(description="a day, a week from Monday, a month; in UTC")
    threshold: Dollars = Field(gt=0, description="US dollars")
    name: str = Field(min_length=1, max_length=spending.MOST_NAME)


class AlertNamed(Strict):
    model_config = ConfigDict(json_schema_extra={"example": {"id": "q3ZkT0xYw81LmNcb"}})

    id: str = Field(max_length=80)


class AlertData(BaseModel):
    id: str
    type: str
    threshold: float
    name: str
    createdAt: str
    createdBy: str | None = Field(description="an account's id")


class AlertAnswer(BaseModel):
    alert: AlertData


class AlertList(BaseModel):
    alerts: list[AlertData]


class AlertRemoved(BaseModel):
    success: Literal[True] = True


class TriggeredData(BaseModel):
    id: str
    alertId: str
    type: str
    name: str
    threshold: float
    period: str = Field(description="the first day of the period that reached it")
    spent: float = Field(description="US dollars, when it was reached")
    triggeredAt: str


class TriggeredList(BaseModel):
    triggered: list[TriggeredData]


class SpentData(BaseModel):
    cost: float = Field(description="US dollars, at the prices of the time of each call")
    calls: int
    failed: int = Field(description="of them: no answer, or none that could be used")
    tokens: int
    unpriced: int = Field(description="of them: to a model without a price, counted at nothing")
    fallbacks: int = Field(description="questions without the model's answer: after a failed call, or none was made")


class Balance(BaseModel):
    engine: str = Field(description="offline, openai or gemini")
    model: str | None
    state: Literal["off", "closed", "open", "half-open"] = Field(
        description="of this process: closed: asked; open: left alone after failures, the offline engine stands in"
    )
    balance: float | None = Field(description="null: neither vendor tells it to a key that may only ask its models")
    currency: Literal["USD"] = "USD"
    today: SpentData
    week: SpentData
    month: SpentData
    total: SpentData


class UsageRow(BaseModel):
    date: str
    feature: str
    model: str
    tokens: int
    tokensIn: int
    tokensOut: int
    calls: int
    failed: int
    fallbacks: int
    cost: float = Field(description="US dollars")


class UsageAnswer(BaseModel):
    period: str
    usage: list[UsageRow] = Field(description="by day, feature and model; the newest day first")


@router.get("/api/admin/openai-balance", responses=errors(401, 403))
def get_balance() -> Balance:
    """Which model is asked, how it does, and what was spent on models so far, of either vendor."""
    today = utcnow().date()
    engine = engines.status()
    with db.session(write=False) as session:
        kinds: tuple[Kind, ...] = ("daily", "weekly", "monthly")
        day, week, month = (spending.spent(session, spending.start_of(kind, today)) for kind in kinds)
        total = spending.spent(session)
    return Balance(
        engine=engine.engine,
        model=engine.model,
        state=engine.state,
        balance=None,
        today=_spent(day),
        week=_spent(week),
        month=_spent(month),
        total=_spent(total),
    )


@router.get("/api/admin/openai-pricing", responses=errors(401, 403))
def list_prices() -> PriceList:
    """What every model that has a price costs, and did."""
    with db.session(write=False) as session:
        return PriceList(
            pricing=[
                _priced(price, model_prices.history(session, price.model)) for price in model_prices.all_now(session)
            ]
        )


@router.post(
    "/api/admin/openai-pricing",
    status_code=201,
    response_model=PriceAnswer,
    dependencies=[json_only],
    responses=errors(400, 401, 403, 409, 415),
)
def set_price(body: NewPrice, admin: Admin, key: IdempotencyKey = None) -> JSONResponse:
    """From now on; calls that were made keep what they cost."""

    def work() -> Answer:
        price = model_prices.change(session, body.modelName, micro(body.inputPrice), micro(body.outputPrice), admin.id)
        answer = PriceAnswer(pricing=_priced(price, model_prices.history(session, price.model)))
        return Answer(201, answer.model_dump())

    with db.session() as session:
        given = body.model_dump_json().encode()
        return sent(idempotency.once(session, admin.id, key, "POST /api/admin/openai-pricing", given, work))


@router.delete("/api/admin/openai-pricing", dependencies=[json_only], responses=errors(400, 401, 403, 404, 415))
def withdraw_price(body: ModelNamed, admin: Admin) -> PriceWithdrawn:
    """Back to the built-in price from now on, or to none."""
    with db.session() as session:
        price = model_prices.withdraw(session, body.modelName, admin.id)
        return PriceWithdrawn(pricing=_priced(price, model_prices.history(session, price.model)) if price else None)


@router.get("/api/admin/openai-alerts", responses=errors(401, 403))
def list_alerts() -> AlertList:
    """The amounts that administrators want to hear of."""
    with db.session(write=False) as session:
        return AlertList(alerts=[_alert(alert) for alert in spending.alerts(session)])


@router.post(
    "/api/admin/openai-alerts",
    status_code=201,
    response_model=AlertAnswer,
    dependencies=[json_only],
    responses=errors(400, 401, 403, 409, 415),
)
def add_alert(body: NewAlert, admin: Admin, key: IdempotencyKey = None) -> JSONResponse:
    """Once the spending of a period reaches it, every administrator gets a mail: once a period."""

    def work() -> Answer:
        alert = spending.add_alert(session, body.type, micro(body.threshold), body.name, admin.id)
        return Answer(201, AlertAnswer(alert=_alert(alert)).model_dump())

    with db.session() as session:
        given = body.model_dump_json().encode()
        return sent(idempotency.once(session, admin.id, key, "POST /api/admin/openai-alerts", given, work))


@router.delete("/api/admin/openai-alerts", dependencies=[json_only], responses=errors(400, 401, 403, 404, 415))
def remove_alert(body: AlertNamed, admin: Admin) -> AlertRemoved:
    """What it triggered stays in the list."""
    with db.session() as session:
        spending.remove_alert(session, body.id, admin.id)
    return AlertRemoved()


@router.get("/api/admin/openai-alerts/triggered", responses=errors(400, 401, 403))
def list_triggered(limit: Annotated[int, Query(ge=1, le=500)] = 100) -> TriggeredList:
    """The alerts that were reached, the last first."""
    with db.session(write=False) as session:
        return TriggeredList(triggered=[_triggered(*each) for each in spending.triggered(session, limit=limit)])


@router.get("/api/analytics/openai-usage", responses=errors(400, 401, 403))
def get_usage(period: Period = "7d") -> UsageAnswer:
    """What was asked of language models, of either vendor: so many hours or days in UTC, this one included."""
    since = spending.since(period, utcnow())
    with db.session(write=False) as session:
        return UsageAnswer(period=period, usage=[_used(used) for used in spending.usage(session, since)])


def _dollars(amount: int) -> float:
    return float(model_prices.dollars(amount))


def _entry(price: Price) -> dict[str, Any]:
    return {
        "inputPrice": _dollars(price.price_in),
        "outputPrice": _dollars(price.price_out),
        "validFrom": iso(price.valid_from),
        "builtIn": price.built_in,
        "changedBy": price.changed_by,
    }


def _priced(price: Price, history: list[Price]) -> PriceData:
    return PriceData(modelName=price.model, history=[PriceEntry(**_entry(each)) for each in history], **_entry(price))


def _alert(alert: SpendAlert) -> AlertData:
    return AlertData(
        id=alert.id,
        type=alert.kind,
        threshold=_dollars(alert.threshold),
        name=alert.name,
        createdAt=iso(alert.created_at),
        createdBy=alert.created_by,
    )


def _triggered(hit: SpendAlertHit, alert: SpendAlert) -> TriggeredData:
    return TriggeredData(
        id=hit.id,
        alertId=alert.id,
        type=alert.kind,
        name=alert.name,
        threshold=_dollars(alert.threshold),
        period=hit.period,
        spent=_dollars(hit.spent),
        triggeredAt=iso(hit.at),
    )


def _spent(spent: Spent) -> SpentData:
    return SpentData(
        cost=_dollars(spent.cost),
        calls=spent.calls,
        failed=spent.failed,
        tokens=spent.tokens_in + spent.tokens_out,
        unpriced=spent.unpriced,
        fallbacks=spent.fallbacks,
    )


def _used(used: Used) -> UsageRow:
    return UsageRow(
        date=used.day.isoformat(),
        feature=used.feature,
        model=used.model,
        tokens=used.spent.tokens_in + used.spent.tokens_out,
        tokensIn=used.spent.tokens_in,
        tokensOut=used.spent.tokens_out,
        calls=used.spent.calls,
        failed=used.spent.failed,
        fallbacks=used.spent.fallbacks,
        cost=_dollars(used.spent.cost),
    )
