"""/admin/models: which language model answers, what it was used for, what it costs, when to be told."""

from typing import Any

import reflex as rx

from cvstudio.components.administration import admin_page, table
from cvstudio.components.forms import when
from cvstudio.components.model_prices import alerts, prices
from cvstudio.locales import count, t
from cvstudio.state.admin_models import PERIODS, AdminModels
from cvstudio.state.admin_models_rows import BarRow, EngineRow, UseRow

FEATURES = ("gpt_cv_generation", "tailor", "improve", "cv_job", "translate_cv")
USE = ("cost", "calls", "failed", "fallbacks", "tokens_in", "tokens_out")
VENDORS = {"openai": "OpenAI", "gemini": "Gemini"}
# Why a question has no answer: of cvstudio.clients.llm, and of cvstudio.domain.spending.
OUTCOMES = (
    *("silent", "busy", "broken", "barred", "rejected", "refused", "cut", "invalid"),
    *("beside", "long", "resting", "crowded"),
)


def admin_models() -> rx.Component:
    return admin_page(
        "models",
        AdminModels.ready,
        engine(AdminModels.engine),
        use(),
        prices(),
        alerts(),
        on_language=AdminModels.load,
    )


def engine(now: rx.Var[EngineRow]) -> rx.Component:
    vendor = rx.match(now.engine, *VENDORS.items(), now.engine)
    return rx.el.section(
        rx.el.h2(t("admin_models.engine"), id="engine-title", class_name="title"),
        rx.cond(
            now.model == "",
            rx.el.p(t("admin_models.offline"), class_name="notice"),
            rx.fragment(
                rx.el.p(
                    rx.el.b(now.model),
                    f" ({vendor}) ",
                    rx.match(
                        now.state,
                        ("open", rx.el.span(t("admin_models.is_open"), class_name="badge bad")),
                        ("half-open", rx.el.span(t("admin_models.is_half_open"), class_name="badge warn")),
                        rx.el.span(t("admin_models.is_closed"), class_name="badge good"),
                    ),
                ),
                rx.el.p(
                    rx.match(
                        now.state,
                        ("open", t("admin_models.open")),
                        ("half-open", t("admin_models.half_open")),
                        t("admin_models.closed"),
                    )
                ),
                rx.el.p(t("admin_models.each_process"), class_name="note"),
                rx.el.dl(
                    _last(t("admin_models.answered"), now.answered_at),
                    _last(
                        t("admin_models.unanswered"),
                        now.failed_at,
                        rx.match(
                            now.outcome, *((name, t(f"admin_models.outcome_{name}")) for name in OUTCOMES), now.outcome
                        ),
                    ),
                    class_name="facts",
                ),
            ),
        ),
        rx.el.button(t("admin_models.refresh"), type="button", class_name="button small", on_click=AdminModels.load),
        class_name="admin-part engine",
        aria_labelledby="engine-title",
    )


def _last(name: rx.Var[str], moment: rx.Var[str], why: Any = None) -> rx.Component:
    said = when(moment) if why is None else rx.fragment(when(moment), " ", why)
    return rx.el.div(rx.el.dt(name), rx.el.dd(rx.cond(moment == "", t("admin_models.not_today"), said)))


def use() -> rx.Component:
    return rx.el.section(
        rx.el.h2(t("admin_models.use"), id="use-title", class_name="title"),
        rx.el.fieldset(
            rx.el.legend(t("admin_models.period"), class_name="visually-hidden"),
            *(
                rx.el.label(
                    rx.el.input(
                        type="radio",
                        name="period",
                        value=period,
                        checked=AdminModels.period == period,
                        on_change=AdminModels.choose_period(period),
                    ),
                    rx.el.span(t(f"admin_models.period_{period}")),
                    class_name="chip",
                )
                for period in PERIODS
            ),
            class_name="chips",
        ),
        rx.el.dl(*(_number(name) for name in USE), class_name="numbers"),
        rx.cond(
            AdminModels.total.unpriced > 0,
            rx.el.p(count("admin_models.unpriced", AdminModels.total.unpriced), class_name="notice warn"),
        ),
        rx.cond(
            AdminModels.models.length() > 0,
            rx.fragment(
                rx.cond(AdminModels.highest == "", rx.fragment(), chart()),
                _used("features", AdminModels.features),
                _used("models", AdminModels.models),
            ),
            rx.el.p(t("admin_models.unused"), class_name="note"),
        ),
        rx.el.p(t("admin_models.fallbacks_note"), class_name="note"),
        class_name="admin-part",
        aria_labelledby="use-title",
    )


def _number(name: str) -> rx.Component:
    return rx.el.div(rx.el.dt(t(f"admin_models.{name}")), rx.el.dd(getattr(AdminModels.total, name)))


def chart() -> rx.Component:
    """Bars to be looked at; the same in figures behind them."""
    hourly = AdminModels.period == "24h"
    title = rx.cond(hourly, t("admin_models.by_hour"), t("admin_models.by_day"))
    return rx.el.figure(
        rx.el.figcaption(title, rx.el.span(t("admin_models.highest", cost=AdminModels.highest), class_name="note")),
        rx.el.div(
            rx.foreach(AdminModels.bars, _bar),
            role="img",
            aria_label=t("admin_models.chart", title=title, cost=AdminModels.highest),
            class_name="bars",
        ),
        rx.el.details(
            rx.el.summary(t("admin_models.figures")),
            table(
                (rx.cond(hourly, t("admin_models.hour"), t("admin_models.day")), *map(_named, ("cost", "calls"))),
                rx.foreach(
                    AdminModels.bars,
                    lambda bar: rx.el.tr(rx.el.th(bar.day, scope="row"), rx.el.td(bar.cost), rx.el.td(bar.calls)),
                ),
                aria_label=title,
                class_name="table figures",
            ),
        ),
        class_name="chart",
    )


def _bar(bar: rx.Var[BarRow]) -> rx.Component:
    return rx.el.div(
        rx.el.span(style={"height": bar.height}, title=f"{bar.day}: {bar.cost}"),
        rx.cond(bar.tick, rx.el.small(bar.day)),
    )


def _named(column: str) -> rx.Var[str]:
    return t(f"admin_models.{column}")


def _used(by: str, found: rx.Var[list[UseRow]]) -> rx.Component:
    """By feature or by model, the dearest first."""
    return rx.el.div(
        rx.el.h3(t(f"admin_models.by_{by}"), id=f"by-{by}"),
        table(
            (t(f"admin_models.column_{by}"), *map(_named, USE)),
            rx.foreach(found, lambda row: _use_row(row, by)),
            aria_labelledby=f"by-{by}",
            class_name="table figures",
        ),
        class_name="used",
    )


def _use_row(row: rx.Var[UseRow], by: str) -> rx.Component:
    feature = rx.match(row.name, *((name, t(f"admin_models.feature_{name}")) for name in FEATURES), row.name)
    return rx.el.tr(
        rx.el.th(feature if by == "features" else rx.el.code(row.name), scope="row"),
        rx.el.td(
            rx.cond(row.unpriced > 0, rx.el.span(t("admin_models.without", n=row.unpriced), class_name="badge warn")),
            row.cost,
        ),
        *(rx.el.td(getattr(row, column)) for column in USE[1:]),
    )
