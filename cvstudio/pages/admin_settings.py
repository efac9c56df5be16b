"""/admin/settings: the service as it runs, changed one setting at a time."""

from typing import Any

import reflex as rx

from cvstudio.components.administration import admin_page, done, refused, table
from cvstudio.components.forms import when
from cvstudio.language import NATIVE_NAMES, Language
from cvstudio.locales import count, t
from cvstudio.state.admin_settings import AdminSettings, Category, ChangeRow, SettingRow, TierRow

CATEGORIES = ("accounts", "credits", "security", "site")
TIERS = ("free", "pro", "team", "anonymous")
TIER_FIELDS = ("generations", "free_files", "free_edits")


def admin_settings() -> rx.Component:
    return admin_page(
        "settings",
        AdminSettings.ready,
        rx.foreach(AdminSettings.categories, category),
        tiers(),
        history(),
        on_language=AdminSettings.load,
    )


def category(given: rx.Var[Category]) -> rx.Component:
    return rx.el.section(
        rx.el.div(
            rx.el.h2(
                rx.match(
                    given.name, *((name, t(f"admin_settings.category_{name}")) for name in CATEGORIES), given.name
                ),
                id="category-" + given.name,
                class_name="title",
            ),
            class_name="account-head",
        ),
        rx.el.div(rx.foreach(given.rows, setting), class_name="settings"),
        aria_labelledby="category-" + given.name,
        class_name="account-part",
    )


def setting(row: rx.Var[SettingRow]) -> rx.Component:
    field = "setting-" + row.name
    return rx.el.form(
        rx.el.input(type="hidden", name="setting", value=row.name, read_only=True),
        rx.match(
            row.kind,
            ("switch", _switch(row, field)),
            ("texts", _texts(row, field)),
            ("domains", _domains(row, field)),
            _number(row, field),
        ),
        refused(row.fault, id="fault-" + row.name),
        rx.el.div(
            rx.el.button(
                t("account.save"), type="submit", class_name="button small", aria_label=_of("save", row.about)
            ),
            rx.cond(
                row.is_default,
                rx.el.span(t("admin_settings.is_default"), class_name="note"),
                rx.el.button(
                    t("admin_settings.reset"),
                    type="button",
                    class_name="button quiet small",
                    aria_label=_of("reset", row.about),
                    on_click=AdminSettings.reset_setting(row.name),
                ),
            ),
            class_name="setting-actions",
        ),
        done(row.said, t("account.saved")),
        on_submit=AdminSettings.save,
        key=row.name,
        class_name="setting",
        custom_attrs={"noValidate": True},
    )


def _of(action: str, about: rx.Var[str]) -> rx.Var[str]:
    return t(f"admin_settings.{action}_of", about=about)


def _fills(row: rx.Var[SettingRow]) -> dict[str, Any]:
    """What all of a setting's fields have in common."""
    return {
        "key": row.revision.to_string(),
        "aria_invalid": row.fault != "",
        "custom_attrs": {"data-setting": row.name, "data-revision": row.revision},
    }


def _switch(row: rx.Var[SettingRow], field: rx.Var[str]) -> rx.Component:
    return rx.el.label(
        rx.el.input(type="checkbox", role="switch", name="value", id=field, default_checked=row.on, **_fills(row)),
        rx.el.span(row.about),
        class_name="switch",
    )


def _number(row: rx.Var[SettingRow], field: rx.Var[str]) -> rx.Component:
    return rx.el.div(
        rx.el.label(row.about, html_for=field),
        rx.el.input(
            name="value",
            id=field,
            default_value=row.written,
            input_mode=rx.cond(row.kind == "whole", "numeric", "decimal"),
            auto_complete="off",
            aria_describedby="fault-" + row.name,
            class_name="short",
            **_fills(row),
        ),
        class_name="field",
    )


def _domains(row: rx.Var[SettingRow], field: rx.Var[str]) -> rx.Component:
    return rx.el.div(
        rx.el.label(row.about, html_for=field),
        rx.el.textarea(
            name="value",
            id=field,
            default_value=row.written,
            rows=3,
            spell_check=False,
            aria_describedby=field + "-hint fault-" + row.name,
            **_fills(row),
        ),
        rx.el.p(t("admin_settings.one_a_line"), id=field + "-hint", class_name="note"),
        class_name="field",
    )


def _texts(row: rx.Var[SettingRow], field: rx.Var[str]) -> rx.Component:
    def one(lang: Language, written: rx.Var[str]) -> rx.Component:
        return rx.el.div(
            rx.el.label(NATIVE_NAMES[lang], html_for=field + f"-{lang}", custom_attrs={"lang": lang}),
            rx.el.textarea(
                name=lang,
                id=field + f"-{lang}",
                default_value=written,
                rows=2,
                lang=lang,
                aria_describedby="fault-" + row.name,
                **_fills(row),
            ),
            class_name="field",
        )

    return rx.el.fieldset(rx.el.legend(row.about), one("fr", row.fr), one("en", row.en), class_name="texts")


def tiers() -> rx.Component:
    return rx.el.section(
        rx.el.div(
            rx.el.h2(t("admin_settings.tiers"), id="tiers-title", class_name="title"),
            rx.el.p(t("admin_settings.tiers_text")),
            class_name="account-head",
        ),
        rx.el.div(rx.foreach(AdminSettings.plans, tier), class_name="settings"),
        aria_labelledby="tiers-title",
        class_name="account-part",
    )


def tier(row: rx.Var[TierRow]) -> rx.Component:
    written = {"generations": row.generations, "free_files": row.free_files, "free_edits": row.free_edits}
    name = rx.match(row.name, *((name, t(f"admin_settings.tier_{name}")) for name in TIERS), row.name)
    return rx.el.form(
        rx.el.h3(name),
        rx.el.input(type="hidden", name="tier", value=row.name, read_only=True),
        rx.el.div(
            *(
                rx.el.div(
                    rx.el.label(
                        rx.cond(
                            row.seconds == 3600,
                            t("admin_settings.field_generations"),
                            t("admin_settings.field_generations_minute"),
                        )
                        if field == "generations"
                        else t(f"admin_settings.field_{field}"),
                        html_for=f"{field}-" + row.name,
                    ),
                    rx.el.input(
                        name=field,
                        id=f"{field}-" + row.name,
                        key=row.revision.to_string(),
                        default_value=written[field],
                        input_mode="numeric",
                        auto_complete="off",
                        placeholder="∞" if field != "generations" else "",
                        aria_invalid=row.faults.contains(field),
                        aria_describedby="fault-" + row.name,
                    ),
                    class_name="field",
                )
                for field in TIER_FIELDS
            ),
            class_name="tier-fields",
        ),
        refused(rx.cond(row.faults.length() > 0, t("admin_settings.tier_fault"), ""), id="fault-" + row.name),
        rx.el.div(
            rx.el.button(
                t("account.save"), type="submit", class_name="button small", aria_label=_of("save", name.to(str))
            ),
            class_name="setting-actions",
        ),
        done(row.said, t("account.saved")),
        on_submit=AdminSettings.save_tier,
        key=row.name,
        class_name="setting",
    )


def history() -> rx.Component:
    return rx.el.section(
        rx.el.div(
            rx.el.h2(t("admin_settings.history"), id="history-title", class_name="title"),
            rx.el.p(count("admin_settings.changes", AdminSettings.total)),
        ),
        rx.cond(
            AdminSettings.changes.length() > 0,
            table(
                (t(f"admin_settings.column_{name}") for name in ("at", "by", "setting", "before", "after")),
                rx.foreach(AdminSettings.changes, _change),
                aria_labelledby="history-title",
            ),
        ),
        class_name="admin-part",
    )


def _change(row: rx.Var[ChangeRow]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(when(row.at), class_name="still"),
        rx.el.td(rx.cond(row.by == "", t("admin_settings.somebody"), row.by)),
        rx.el.td(rx.el.code(row.name)),
        rx.el.td(row.before),
        rx.el.td(row.after),
    )
