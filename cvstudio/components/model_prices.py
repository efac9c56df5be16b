"""What language models are said to cost, and when to tell administrators of it: a part of /admin/models."""

from collections.abc import Sequence
from typing import Any

import reflex as rx

from cvstudio.components.administration import done, fault, table, wrong
from cvstudio.components.forms import when
from cvstudio.locales import count, t
from cvstudio.state.admin_models import AdminModels
from cvstudio.state.admin_models_rows import AlertRow, HitRow, PastPrice, PriceRow

KINDS = ("daily", "weekly", "monthly")


def prices() -> rx.Component:
    return rx.el.section(
        rx.el.h2(t("admin_models.prices"), id="prices-title", tab_index=-1, class_name="title"),
        rx.el.p(t("admin_models.prices_text"), class_name="note"),
        rx.el.ul(rx.foreach(AdminModels.prices, price), class_name="prices"),
        done(AdminModels.said == "withdrawn", t("admin_models.said_withdrawn")),
        rx.el.form(
            rx.el.h3(t("admin_models.set_price"), id="price-form"),
            rx.el.div(
                _field("modelName", t("admin_models.model"), AdminModels.price_revision, AdminModels.priced["model"]),
                _field("inputPrice", t("admin_models.price_in"), AdminModels.price_revision, AdminModels.priced["in"]),
                _field(
                    "outputPrice", t("admin_models.price_out"), AdminModels.price_revision, AdminModels.priced["out"]
                ),
                class_name="tier-fields",
            ),
            rx.el.div(
                rx.el.button(t("account.save"), type="submit", class_name="button primary"),
                class_name="setting-actions",
            ),
            done(AdminModels.said == "priced", t("admin_models.said_priced")),
            on_submit=AdminModels.set_price,
            class_name="setting own",
            aria_labelledby="price-form",
            custom_attrs={"noValidate": True},
        ),
        class_name="admin-part",
        aria_labelledby="prices-title",
    )


def _field(name: str, label: rx.Var[str], revision: rx.Var[int], filled: Any = "", **props: Any) -> rx.Component:
    """Filled anew with each revision; whatever is typed stays until then."""
    kind = {"input_mode": "decimal"} if name not in ("modelName", "name") else {"spell_check": False}
    return rx.el.div(
        rx.el.label(label, html_for=f"field-{name}"),
        rx.el.input(
            name=name,
            id=f"field-{name}",
            key=revision.to_string(),
            default_value=filled,
            auto_complete="off",
            max_length=120,
            custom_attrs={"data-revision": revision},
            **kind,
            **wrong(AdminModels.faults, name),
            **props,
        ),
        fault(AdminModels.faults, name),
        class_name="field",
    )


def price(row: rx.Var[PriceRow]) -> rx.Component:
    unknown = row.price_in == ""
    return _listed(
        row.model,
        [
            rx.el.code(row.model),
            rx.cond(row.asked, rx.el.span(t("admin_models.is_asked"), class_name="badge accent")),
            rx.cond(
                unknown,
                rx.el.span(t("admin_models.no_price"), class_name="badge warn"),
                rx.cond(
                    row.built_in,
                    rx.el.span(t("admin_models.built_in"), class_name="badge"),
                    rx.el.span(t("admin_models.own"), class_name="badge good"),
                ),
            ),
        ],
        rx.cond(unknown, rx.el.p(t("admin_models.no_price_text"), class_name="note"), _paid(row)),
        [
            rx.el.button(
                rx.cond(unknown, t("admin_models.set_price"), t("admin_models.change")),
                type="button",
                class_name="button small",
                aria_label=rx.cond(
                    unknown,
                    t("admin_models.set_price_of", model=row.model),
                    t("admin_models.change_of", model=row.model),
                ),
                on_click=AdminModels.fill_price(row.model),
            ),
            rx.cond(
                row.built_in | unknown,
                rx.fragment(),
                _removal(
                    row.model,
                    (t("admin_models.withdraw"), t("admin_models.withdraw_of", what=row.model)),
                    AdminModels.withdraw(row.model),
                    AdminModels.ask_withdrawal,
                ),
            ),
        ],
    )


def _listed(
    key: rx.Var[str], name: Sequence[rx.Component], said: rx.Component, actions: Sequence[rx.Component]
) -> rx.Component:
    """What it is and what is said of it, and beside them what one can do with it."""
    return rx.el.li(
        rx.el.div(rx.el.p(*name, class_name="price-name"), said, class_name="price-words"),
        rx.el.div(*actions, class_name="setting-actions"),
        key=key,
    )


def _paid(row: rx.Var[PriceRow]) -> rx.Component:
    """How much, since when, said by whom, and what it was before."""
    own = rx.cond(
        row.by == "",
        t("admin_models.own_since", since=row.since),
        t("admin_models.own_since_by", since=row.since, by=row.by),
    )
    return rx.el.div(
        rx.el.p(t("admin_models.paid", price_in=row.price_in, price_out=row.price_out)),
        rx.el.p(rx.cond(row.built_in, t("admin_models.built_in_since", since=row.since), own), class_name="note"),
        rx.cond(
            row.past.length() > 0,
            rx.el.details(
                rx.el.summary(count("admin_models.past", row.past.length())), rx.el.ul(rx.foreach(row.past, _past))
            ),
        ),
    )


def _past(past: rx.Var[PastPrice]) -> rx.Component:
    paid = t("admin_models.paid", price_in=past.price_in, price_out=past.price_out)
    since = rx.cond(
        past.built_in,
        t("admin_models.built_in_since", since=past.since),
        t("admin_models.own_since", since=past.since),
    )
    return rx.el.li(paid, " – ", since)


def _removal(what: rx.Var[str], words: tuple[Any, Any], remove: Any, ask: Any) -> rx.Component:
    """A button that asks whether it is meant; `words` are what it says, and says of what."""
    return rx.cond(
        AdminModels.removing == what,
        rx.fragment(
            rx.el.button(
                t("admin_models.sure"),
                type="button",
                class_name="button small danger",
                on_click=remove,
                custom_attrs={"data-remove": what},
            ),
            rx.el.button(
                t("admin_models.keep"), type="button", class_name="button small quiet", on_click=ask(what, False)
            ),
        ),
        rx.el.button(
            words[0],
            type="button",
            class_name="button small quiet",
            aria_label=words[1],
            on_click=ask(what, True),
            custom_attrs={"data-remove": what},
        ),
    )


# ---- alerts --------------------------------------------------------------------------------------------------------


def alerts() -> rx.Component:
    return rx.el.section(
        rx.el.h2(t("admin_models.alerts"), id="alerts-title", tab_index=-1, class_name="title"),
        rx.el.p(t("admin_models.alerts_text"), class_name="note"),
        rx.cond(
            AdminModels.alerts.length() > 0,
            rx.el.ul(rx.foreach(AdminModels.alerts, alert), class_name="prices"),
            rx.el.p(t("admin_models.no_alerts"), class_name="note"),
        ),
        done(AdminModels.said == "removed", t("admin_models.said_removed")),
        rx.el.form(
            rx.el.h3(t("admin_models.add_alert"), id="alert-form"),
            rx.el.div(
                _field("name", t("admin_models.name"), AdminModels.alert_revision),
                rx.el.div(
                    rx.el.label(t("admin_models.type"), html_for="field-type"),
                    rx.el.select(
                        *(rx.el.option(t(f"admin_models.kind_{kind}"), value=kind) for kind in KINDS),
                        name="type",
                        id="field-type",
                        **wrong(AdminModels.faults, "type"),
                    ),
                    fault(AdminModels.faults, "type"),
                    class_name="field",
                ),
                _field("threshold", t("admin_models.threshold"), AdminModels.alert_revision),
                class_name="tier-fields",
            ),
            rx.el.div(
                rx.el.button(t("admin_models.add"), type="submit", class_name="button primary"),
                class_name="setting-actions",
            ),
            done(AdminModels.said == "added", t("admin_models.said_added")),
            on_submit=AdminModels.add_alert,
            class_name="setting own",
            aria_labelledby="alert-form",
            custom_attrs={"noValidate": True},
        ),
        rx.el.h3(t("admin_models.triggered"), id="triggered-title"),
        rx.cond(
            AdminModels.hits.length() > 0,
            table(
                (t(f"admin_models.{name}") for name in ("at", "alert", "threshold", "spent_then")),
                rx.foreach(AdminModels.hits, _hit),
                aria_labelledby="triggered-title",
            ),
            rx.el.p(t("admin_models.none_triggered"), class_name="note"),
        ),
        class_name="admin-part",
        aria_labelledby="alerts-title",
    )


def alert(row: rx.Var[AlertRow]) -> rx.Component:
    def so_far(kind: str) -> rx.Var[str]:
        return t(f"admin_models.so_far_{kind}", spent=row.spent, threshold=row.threshold)

    return _listed(
        row.id,
        [
            rx.el.b(row.name),
            rx.cond(row.reached, rx.el.span(t("admin_models.reached"), class_name="badge bad")),
        ],
        rx.el.p(rx.match(row.kind, *((kind, so_far(kind)) for kind in KINDS), row.kind)),
        [
            _removal(
                row.id,
                (t("admin_models.remove"), t("admin_models.remove_of", what=row.name)),
                AdminModels.remove_alert(row.id),
                AdminModels.ask_removal,
            )
        ],
    )


def _hit(row: rx.Var[HitRow]) -> rx.Component:
    since = rx.match(row.kind, *((kind, t(f"admin_models.since_{kind}", day=row.period)) for kind in KINDS), row.period)
    return rx.el.tr(
        rx.el.td(when(row.at), class_name="still"),
        rx.el.td(row.name, rx.el.span(since, class_name="note")),
        rx.el.td(row.threshold),
        rx.el.td(row.spent),
    )
