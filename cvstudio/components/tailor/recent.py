"""The offers that one used before: one click reads one again."""

from __future__ import annotations

from typing import Any, TypeAlias

import reflex as rx

from cvstudio.components.forms import when
from cvstudio.locales import count, t
from cvstudio.state.recent_offers import RecentOffers
from cvstudio.state.tailor import Tailor

# A var of state.recent_offers.LinkRow: Reflex finds its fields when the page is built, a type checker cannot.
Row: TypeAlias = Any


def recent() -> rx.Component:
    """Read again whenever an offer has been: the key changes, and what is mounted anew asks."""
    return rx.el.div(
        rx.cond(
            RecentOffers.rows.length() > 0,
            rx.el.details(
                rx.el.summary(count("recent.title", RecentOffers.rows.length()), id="recent-offers"),
                rx.el.ul(rx.foreach(RecentOffers.rows, _row), class_name="recent-list", role="list"),
                rx.el.button(
                    t("recent.forget_all"),
                    type="button",
                    class_name="button quiet small",
                    on_click=RecentOffers.forget_all,
                ),
                class_name="recent card",
            ),
        ),
        key=Tailor.read.to_string(),
        on_mount=RecentOffers.load,
    )


def _row(row: Row) -> rx.Component:
    return rx.el.li(
        rx.el.button(
            rx.el.b(row.title),
            rx.el.span(row.site, " · ", when(row.at), class_name="note"),
            type="button",
            on_click=[Tailor.come_by("link"), Tailor.read_offer({"link": row.url})],
            custom_attrs={"aria-disabled": rx.cond(Tailor.reading != "", "true", "false")},
        ),
        rx.el.button(
            rx.icon("x", size=16, aria_hidden="true"),
            type="button",
            class_name="button quiet icon small",
            aria_label=t("recent.forget", title=row.title),
            on_click=RecentOffers.forget(row.id),
        ),
        key=row.id,
    )
