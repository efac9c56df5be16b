"""What models cost, as administrators read it: amounts, days and names in the page's language."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal

from babel.dates import format_date
from babel.numbers import format_decimal
from sqlmodel import Session as DbSession

from cvstudio.domain import engines, model_prices, spending
from cvstudio.domain.accounts import users
from cvstudio.domain.model_prices import Price
from cvstudio.domain.spending import Period, Spent, Used
from cvstudio.language import Language
from cvstudio.models import SpendAlert, SpendAlertHit, utcnow

LOCALES: dict[Language, str] = {"fr": "fr_FR", "en": "en_GB"}
NOTHING = "–"
CENT = Decimal("0.01")
TICKS = 7  # of the chart, at most
LEAST_BAR = 2  # per cent: a cost that is not nothing can be seen


@dataclass
class UseRow:
    name: str = ""  # of a feature or a model
    calls: str = ""
    failed: str = ""  # "–" for none
    fallbacks: str = ""
    tokens_in: str = ""
    tokens_out: str = ""
    cost: str = ""
    unpriced: int = 0  # calls that the cost is without


@dataclass
class BarRow:
    day: str  # or hour
    height: str  # per cent of the highest
    cost: str
    calls: str
    tick: bool  # whether the day is written below it


@dataclass
class Shown:
    """What was used in a period."""

    total: UseRow
    features: list[UseRow]
    models: list[UseRow]
    bars: list[BarRow]
    highest: str  # cost of a bar; blank when nothing was spent


@dataclass
class EngineRow:
    engine: str = "offline"
    model: str = ""
    state: str = "off"
    answered_at: str = ""  # the last one of any process; blank: none within a day
    failed_at: str = ""
    outcome: str = ""  # of what failed


@dataclass
class PastPrice:
    price_in: str
    price_out: str
    since: str
    built_in: bool


@dataclass
class PriceRow:
    model: str
    price_in: str  # blank: nobody said
    price_out: str
    since: str
    built_in: bool
    by: str  # address; blank also when that account is gone
    asked: bool  # the engine in force asks this model
    past: list[PastPrice] = field(default_factory=list)


@dataclass
class AlertRow:
    id: str
    name: str
    kind: str
    threshold: str
    spent: str  # so far, in the period that runs
    reached: bool


@dataclass
class HitRow:
    id: str
    name: str
    kind: str
    threshold: str
    spent: str
    period: str  # its first day
    at: str


def usd(micro: int, language: Language, *, exact: bool = False) -> str:
    """To the cent from a dollar on, unless it is to be exact; less than a cent keeps its six decimals."""
    dollars = model_prices.dollars(micro)
    spared = "####" if exact or dollars < CENT else "00" if dollars < 1 else ""
    number = format_decimal(dollars, f"#,##0.00{spared}", locale=LOCALES[language])
    return f"${number}" if language == "en" else f"{number}\u00a0$"


def written(micro: int, language: Language) -> str:
    """As it is typed into a field."""
    plain = f"{model_prices.dollars(micro).normalize():f}"
    return plain.replace(".", ",") if language == "fr" else plain


def whole(number: int, language: Language) -> str:
    return format_decimal(Decimal(number), locale=LOCALES[language])


def day_of(moment: date, language: Language) -> str:
    return format_date(moment, "long", locale=LOCALES[language])


def engine(session: DbSession) -> EngineRow:
    status = engines.status()
    good, bad = spending.lately(session)
    return EngineRow(
        engine=status.engine,
        model=status.model or "",
        state=status.state,
        answered_at=good.at.isoformat() if good else "",
        failed_at=bad.at.isoformat() if bad else "",
        outcome=bad.outcome if bad else "",
    )


def shown(session: DbSession, period: Period, language: Language) -> tuple[Shown, set[str]]:
    """What was used, and the models that were."""
    now = utcnow()
    first = spending.since(period, now)
    used = spending.usage(session, first)
    by_feature = spending.summed(used, lambda each: each.feature)
    by_model = spending.summed(used, lambda each: each.model)
    if isinstance(first, datetime):
        bars, highest = _bars(spending.by_hour(session, first).items(), language)
    else:
        last = now.date()
        bars, highest = _bars(spending.by_day(used, first or _oldest(used, last), last).items(), language)
    found = Shown(
        total=_use("", sum(by_model.values(), Spent()), language),
        features=_dearest(by_feature, language),
        models=_dearest(by_model, language),
        bars=bars,
        highest=highest,
    )
    return found, set(by_model)


def prices(session: DbSession, used: set[str], language: Language) -> list[PriceRow]:
    """First the models that are used without a price, then all that have one."""
    asked = engines.status().model or ""
    without = [
        PriceRow(model=model, price_in="", price_out="", since="", built_in=False, by="", asked=model == asked)
        for model in model_prices.unpriced(session, {*used, asked} - {""})
    ]
    return [*without, *(_price(session, price, asked, language) for price in model_prices.all_now(session))]


def alerts(session: DbSession, language: Language) -> list[AlertRow]:
    today = utcnow().date()
    return [_alert(session, alert, today, language) for alert in spending.alerts(session)]


def hits(session: DbSession, language: Language) -> list[HitRow]:
    return [_hit(hit, alert, language) for hit, alert in spending.triggered(session, limit=50)]


def _use(name: str, spent: Spent, language: Language) -> UseRow:
    def some(number: int) -> str:
        return whole(number, language) if number else NOTHING

    return UseRow(
        name=name,
        calls=whole(spent.calls, language),
        failed=some(spent.failed),
        fallbacks=some(spent.fallbacks),
        tokens_in=whole(spent.tokens_in, language),
        tokens_out=whole(spent.tokens_out, language),
        cost=usd(spent.cost, language),
        unpriced=spent.unpriced,
    )


def _dearest(sums: dict[str, Spent], language: Language) -> list[UseRow]:
    """The dearest first."""
    ordered = sorted(sums.items(), key=lambda item: (-item[1].cost, -item[1].calls, item[0]))
    return [_use(name, spent, language) for name, spent in ordered]


def _bars(found: Iterable[tuple[date, Spent]], language: Language) -> tuple[list[BarRow], str]:
    """(from the oldest to the newest, the cost of the highest)"""
    spans = list(found)
    most = max(spent.cost for _, spent in spans)
    step = -(-len(spans) // TICKS)
    bars = [
        BarRow(
            day=_span(moment, language),
            height=f"{max(LEAST_BAR, round(100 * spent.cost / most)) if spent.cost else 0}%",
            cost=usd(spent.cost, language),
            calls=whole(spent.calls, language),
            tick=(len(spans) - 1 - place) % step == 0,  # the newest has one
        )
        for place, (moment, spent) in enumerate(spans)
    ]
    return bars, usd(most, language) if most else ""


def _span(moment: date, language: Language) -> str:
    if isinstance(moment, datetime):
        return f"{moment:%H}\u00a0h" if language == "fr" else f"{moment:%H}:00"
    return format_date(moment, "d MMM", locale=LOCALES[language])


def _oldest(used: list[Used], otherwise: date) -> date:
    return min((each.day for each in used), default=otherwise)


def _price(session: DbSession, price: Price, asked: str, language: Language) -> PriceRow:
    by = users.get(session, price.changed_by) if price.changed_by else None
    past = [each for each in model_prices.history(session, price.model) if each != price]
    return PriceRow(
        model=price.model,
        price_in=usd(price.price_in, language, exact=True),
        price_out=usd(price.price_out, language, exact=True),
        since=_since(price, language),
        built_in=price.built_in,
        by=by.email if by else "",
        asked=price.model == asked,
        past=[
            PastPrice(
                price_in=usd(each.price_in, language, exact=True),
                price_out=usd(each.price_out, language, exact=True),
                since=_since(each, language),
                built_in=each.built_in,
            )
            for each in past
        ],
    )


def _since(price: Price, language: Language) -> str:
    return day_of(price.valid_from.astimezone(UTC).date(), language)


def _alert(session: DbSession, alert: SpendAlert, today: date, language: Language) -> AlertRow:
    spent = spending.spent(session, spending.start_of(spending.KINDS[alert.kind], today)).cost
    return AlertRow(
        id=alert.id,
        name=alert.name,
        kind=alert.kind,
        threshold=usd(alert.threshold, language, exact=True),
        spent=usd(spent, language),
        reached=spent >= alert.threshold,
    )


def _hit(hit: SpendAlertHit, alert: SpendAlert, language: Language) -> HitRow:
    return HitRow(
        id=hit.id,
        name=alert.name,
        kind=alert.kind,
        threshold=usd(alert.threshold, language, exact=True),
        spent=usd(hit.spent, language),
        period=day_of(date.fromisoformat(hit.period), language),
        at=hit.at.isoformat(),
    )
