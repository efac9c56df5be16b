"""/admin/models: what language models were used for and cost, what they are said to cost, when to be told."""

import json
from typing import Any

import reflex as rx
from reflex.event import EventSpec

from cvstudio import db
from cvstudio.domain import model_prices, spending
from cvstudio.domain.model_prices import amount
from cvstudio.domain.spending import Period
from cvstudio.errors import InvalidInput
from cvstudio.language import Language
from cvstudio.state import admin_models_rows as rows
from cvstudio.state.admin import administrator, for_administrators
from cvstudio.state.admin_models_rows import AlertRow, BarRow, EngineRow, HitRow, PriceRow, UseRow
from cvstudio.state.focus import focus
from cvstudio.state.session import language_of

PERIODS: tuple[Period, ...] = ("24h", "7d", "30d")
LONGEST = 500  # characters of a field


@for_administrators
class AdminModels(rx.State):
    ready: bool = False
    engine: rx.Field[EngineRow] = rx.field(default_factory=EngineRow)
    period: Period = "7d"
    total: rx.Field[UseRow] = rx.field(default_factory=UseRow)
    features: rx.Field[list[UseRow]] = rx.field(default_factory=list)
    models: rx.Field[list[UseRow]] = rx.field(default_factory=list)
    bars: rx.Field[list[BarRow]] = rx.field(default_factory=list)
    highest: str = ""
    prices: rx.Field[list[PriceRow]] = rx.field(default_factory=list)
    alerts: rx.Field[list[AlertRow]] = rx.field(default_factory=list)
    hits: rx.Field[list[HitRow]] = rx.field(default_factory=list)
    faults: rx.Field[dict[str, str]] = rx.field(default_factory=dict)  # field → what is wrong with it
    said: str = ""  # what was done: "priced", "withdrawn", "added", "removed"
    removing: str = ""  # the model or the alert of which is asked whether it is meant
    # What the form for a price is filled with; another revision fills it anew, over what was typed.
    priced: rx.Field[dict[str, str]] = rx.field(default_factory=lambda: {"model": "", "in": "", "out": ""})
    price_revision: int = 0
    alert_revision: int = 0

    @rx.event
    async def load(self) -> None:
        """What there is now, also when the page's language was changed; what was typed stays."""
        self.said, self.removing, self.faults = "", "", {}
        await self._show()
        self.ready = True

    @rx.event
    async def choose_period(self, period: str) -> None:
        self.period = next((known for known in PERIODS if known == period), self.period)
        await self._show()

    @rx.event
    async def fill_price(self, model: str) -> EventSpec:
        """The form, with what this model costs now."""
        language = await language_of(self)
        with db.session(write=False) as session:
            price = next((price for price in model_prices.all_now(session) if price.model == model), None)
        paid = (price.price_in, price.price_out) if price else ()
        told = dict(zip(("in", "out"), (rows.written(micro, language) for micro in paid), strict=False))
        return self._fill({"model": str(model)[: model_prices.MOST_NAME], "in": "", "out": "", **told}, "inputPrice")

    @rx.event
    async def set_price(self, form: dict[str, Any]) -> EventSpec:
        """From now on. What was typed stays until it is taken."""
        admin, language = await administrator(self), await language_of(self)
        price_in, price_out = (amount(_text(form, name), language) for name in ("inputPrice", "outputPrice"))
        try:
            with db.session() as session:
                model_prices.change(session, _text(form, "modelName"), price_in, price_out, admin.id, language)
        except InvalidInput as error:
            return self._refused(error)
        await self._done("priced")
        return self._fill({"model": "", "in": "", "out": ""}, "modelName")

    @rx.event
    async def ask_withdrawal(self, model: str, asked: bool) -> EventSpec:
        return self._ask(str(model), bool(asked))

    @rx.event
    async def withdraw(self, model: str) -> EventSpec:
        """Raises PriceNotFound."""
        admin = await administrator(self)
        with db.session() as session:
            model_prices.withdraw(session, str(model), admin.id)
        await self._done("withdrawn")
        return focus("#prices-title")

    @rx.event
    async def add_alert(self, form: dict[str, Any]) -> EventSpec:
        admin, language = await administrator(self), await language_of(self)
        kind, name, most = (_text(form, field) for field in ("type", "name", "threshold"))
        try:
            with db.session() as session:
                spending.add_alert(session, kind, amount(most, language), name, admin.id, language)
        except InvalidInput as error:
            return self._refused(error)
        await self._done("added")
        self.alert_revision += 1
        return focus(_field("name", self.alert_revision))

    @rx.event
    async def ask_removal(self, alert_id: str, asked: bool) -> EventSpec:
        return self._ask(str(alert_id), bool(asked))

    @rx.event
    async def remove_alert(self, alert_id: str) -> EventSpec:
        """Raises AlertNotFound."""
        admin = await administrator(self)
        with db.session() as session:
            spending.remove_alert(session, str(alert_id), admin.id)
        await self._done("removed")
        return focus("#alerts-title")

    def _ask(self, what: str, asked: bool) -> EventSpec:
        """Whether it is meant; the focus stays at the question."""
        self.removing = what[: model_prices.MOST_NAME] if asked else ""
        return focus(f"[data-remove={json.dumps(what[: model_prices.MOST_NAME])}]")

    def _fill(self, price: dict[str, str], field: str) -> EventSpec:
        self.priced, self.faults = price, {}
        self.price_revision += 1
        return focus(_field(field, self.price_revision))

    def _refused(self, error: InvalidInput) -> EventSpec:
        self.said = ""
        self.faults = {field: " ".join(faults) for field, faults in error.fields.items()}
        return focus(f"[name={json.dumps(next(iter(self.faults)))}]")

    async def _done(self, said: str) -> None:
        self.said, self.removing, self.faults = said, "", {}
        await self._show()

    async def _show(self) -> None:
        """All of it anew. Beside the event loop: a month of a large service's calls takes its time to add up."""
        language, period = await language_of(self), self.period
        found = await rx.run_in_thread(lambda: _read(period, language))
        for name, value in found.items():
            setattr(self, name, value)


def _read(period: Period, language: Language) -> dict[str, Any]:
    """Vars of the state that are the database's."""
    with db.session(write=False) as session:
        use, models = rows.shown(session, period, language)
        return {
            "engine": rows.engine(session),
            **vars(use),
            "prices": rows.prices(session, models, language),
            "alerts": rows.alerts(session, language),
            "hits": rows.hits(session, language),
        }


def _field(name: str, revision: int) -> str:
    """The selector of a form's field as it is filled at this revision."""
    return f'[name={json.dumps(name)}][data-revision="{revision}"]'


def _text(form: dict[str, Any], field: str) -> str:
    value = form.get(field) if isinstance(form, dict) else None
    return str(value or "").strip()[:LONGEST]
