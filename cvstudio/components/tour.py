"""The cards of the first-run tour: beside the work, and gone at a click."""

import reflex as rx

from cvstudio.locales import t
from cvstudio.state.tour import STEPS, Tour


class Card(rx.Component):
    """See assets/studio.jsx."""

    library = "$/public/studio.jsx"
    tag = "Card"

    label: rx.Var[str]

    on_dismiss: rx.EventHandler[rx.event.no_args_event_spec]


def tour() -> rx.Component:
    """Stands outside of the page's flow: nothing moves when it comes or goes."""
    return rx.el.div(
        rx.cond(
            Tour.step == "",
            rx.fragment(),
            Card.create(
                rx.el.div(
                    rx.match(Tour.step, *((name, _card(number, name)) for number, name in enumerate(STEPS, 1))),
                ),
                rx.el.div(
                    rx.el.button(t("tour.skip"), type="button", class_name="button quiet small", on_click=Tour.skip),
                    rx.el.button(
                        t("tour.back"),
                        type="button",
                        class_name="button small",
                        on_click=Tour.back,
                        aria_disabled=Tour.step == STEPS[0],  # unlike disabled it keeps the focus
                    ),
                    rx.el.button(
                        rx.cond(Tour.step == STEPS[-1], t("tour.finish"), t("tour.next")),
                        type="button",
                        class_name="button primary small",
                        on_click=Tour.next,
                    ),
                    class_name="tour-actions",
                ),
                label=t("tour.label"),
                on_dismiss=Tour.skip,
                class_name="tour",
            ),
        ),
        aria_live="polite",
    )


def _card(number: int, name: str) -> rx.Component:
    return rx.el.div(
        rx.el.p(t("tour.position", n=number, total=len(STEPS)), class_name="note"),
        rx.el.h2(t(f"tour.{name}_title"), class_name="title"),
        rx.el.p(t(f"tour.{name}_text")),
        class_name="tour-card",
    )
