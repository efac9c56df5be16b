"""/admin/emails: the mails, in whose words they are sent, and what became of them."""

from typing import Any

import reflex as rx

from cvstudio.components.administration import admin_page, done, fault, refused, table, wrong
from cvstudio.components.forms import when
from cvstudio.language import LANGUAGES, NATIVE_NAMES
from cvstudio.locales import t
from cvstudio.state.admin_emails import AdminEmails, PlaceholderRow, TemplateRow, TriggerRow
from cvstudio.state.admin_mail_log import DAYS, NUMBERS, AdminMailLog, MailRow

DECIDED = ("copied", "activate", "deactivate", "set_default")
STATUSES = ("queued", "sent", "delayed", "delivered", "bounced", "complained", "failed")
TYPING_MS = 400

ON_LOAD = [AdminEmails.load, AdminMailLog.load]


def admin_emails() -> rx.Component:
    return admin_page(
        "emails",
        AdminEmails.ready & AdminMailLog.ready,
        rx.el.section(
            rx.el.h2(t("admin_emails.mails"), class_name="visually-hidden", id="mails-title"),
            rx.el.div(triggers(), mail(), class_name="mails"),
            class_name="admin-part",
            aria_labelledby="mails-title",
        ),
        log(),
        on_language=AdminEmails.language_changed,
    )


def triggers() -> rx.Component:
    return rx.el.ul(rx.foreach(AdminEmails.triggers, _trigger), class_name="triggers", aria_labelledby="mails-title")


def _trigger(row: rx.Var[TriggerRow]) -> rx.Component:
    return rx.el.li(
        rx.el.button(
            rx.el.b(row.label),
            rx.el.span(
                rx.cond(row.speaking == "", t("admin_emails.no_template"), row.speaking),
                " · ",
                row.languages.join(", "),
                class_name="note",
            ),
            type="button",
            aria_pressed=AdminEmails.trigger == row.name,
            on_click=AdminEmails.choose(row.name),
        ),
        key=row.name,
    )


def mail() -> rx.Component:
    """One trigger: its templates, and the one that is open."""
    return rx.el.div(
        rx.el.div(
            rx.el.h3(AdminEmails.label, id="mail-title", tab_index=-1, class_name="title"),
            rx.el.p(AdminEmails.about),
            class_name="mail-head",
        ),
        rx.el.ul(
            rx.foreach(AdminEmails.templates, _template), class_name="chips", aria_label=t("admin_emails.templates")
        ),
        rx.cond(AdminEmails.template.id == "", rx.fragment(), template()),
        class_name="mail",
    )


def _template(row: rx.Var[TemplateRow]) -> rx.Component:
    return rx.el.li(
        rx.el.button(
            row.name,
            rx.cond(row.active, rx.fragment(" · ", t("admin_emails.active"))),
            type="button",
            class_name="chip",
            aria_pressed=AdminEmails.template.id == row.id,
            on_click=AdminEmails.open(row.id),
        ),
        key=row.id,
    )


def template() -> rx.Component:
    shown = AdminEmails.template
    return rx.el.div(
        rx.el.div(
            rx.el.h4(shown.name, id="template-title", tab_index=-1),
            rx.el.ul(
                rx.cond(shown.active, rx.el.li(t("admin_emails.active"), class_name="badge good")),
                rx.cond(shown.default, rx.el.li(t("admin_emails.default"), class_name="badge accent")),
                rx.cond(shown.built_in, rx.el.li(t("admin_emails.built_in"), class_name="badge")),
                rx.foreach(shown.languages, lambda name: rx.el.li(name, class_name="badge")),
                class_name="badges",
            ),
            class_name="template-head",
        ),
        rx.el.div(
            rx.cond(
                shown.active,
                rx.cond(shown.built_in, rx.fragment(), _action("deactivate", AdminEmails.deactivate)),
                _action("activate", AdminEmails.activate, "primary"),
            ),
            rx.cond(shown.default, rx.fragment(), _action("set_default", AdminEmails.set_default)),
            _action("copy", AdminEmails.copy),
            rx.cond(shown.built_in, rx.fragment(), removal()),
            class_name="setting-actions",
        ),
        done(
            rx.Var.create(list(DECIDED)).contains(AdminEmails.said),
            rx.match(AdminEmails.said, *((name, t(f"admin_emails.said_{name}")) for name in DECIDED), ""),
        ),
        rx.el.fieldset(
            rx.el.legend(t("account.language"), class_name="visually-hidden"),
            *(
                rx.el.label(
                    rx.el.input(
                        type="radio",
                        name="written-in",
                        value=lang,
                        checked=AdminEmails.written_in == lang,
                        on_change=AdminEmails.write_in(lang),
                    ),
                    rx.el.span(NATIVE_NAMES[lang], custom_attrs={"lang": lang}),
                    class_name="chip",
                )
                for lang in LANGUAGES
            ),
            class_name="chips",
        ),
        rx.el.div(editor(), preview(), class_name="words"),
        class_name="template",
    )


def _action(name: str, on_click: Any, kind: str = "") -> rx.Component:
    return rx.el.button(
        t(f"admin_emails.{name}"),
        type="button",
        id=f"do-{name}",
        class_name=f"button small {kind}".strip(),
        on_click=on_click,
    )


def removal() -> rx.Component:
    return rx.cond(
        AdminEmails.removing,
        rx.fragment(
            _action("remove_sure", AdminEmails.remove, "danger"),
            _action("keep", AdminEmails.ask_removal(False), "quiet"),
        ),
        _action("remove", AdminEmails.ask_removal(True), "quiet"),
    )


def editor() -> rx.Component:
    """Ours can be read here, theirs be written."""
    return rx.el.div(
        rx.el.form(
            rx.el.input(type="hidden", name="language", value=AdminEmails.written_in, read_only=True),
            rx.cond(
                AdminEmails.template.built_in,
                rx.el.p(t("admin_emails.built_in_text"), class_name="note"),
                rx.el.div(
                    rx.el.label(t("admin_emails.name"), html_for="template-name"),
                    rx.el.input(
                        name="name",
                        id="template-name",
                        key=AdminEmails.template.id,
                        default_value=AdminEmails.template.name,
                        max_length=80,
                        auto_complete="off",
                        custom_attrs={"data-template": AdminEmails.template.id},
                        **wrong(AdminEmails.faults, "name"),
                    ),
                    fault(AdminEmails.faults, "name"),
                    class_name="field",
                ),
            ),
            _words("subject", AdminEmails.subject),
            _words("preheader", AdminEmails.preheader),
            _words("body", AdminEmails.body),
            rx.cond(
                AdminEmails.template.built_in,
                rx.fragment(),
                rx.el.button(t("account.save"), type="submit", class_name="button primary"),
            ),
            refused(AdminEmails.fault),
            done(AdminEmails.said == "saved", t("admin_emails.said_saved")),
            on_submit=AdminEmails.save,
            class_name="api-form",
        ),
        rx.el.details(
            rx.el.summary(t("admin_emails.placeholders")),
            rx.el.p(t("admin_emails.marks"), class_name="note"),
            rx.el.dl(rx.foreach(AdminEmails.placeholders, _placeholder)),
            class_name="placeholders",
        ),
    )


def _words(part: str, written: rx.Var[str]) -> rx.Component:
    given: dict[str, Any] = {
        "name": part,
        "id": f"template-{part}",
        "key": AdminEmails.template.id + AdminEmails.written_in,
        "default_value": written,
        "read_only": AdminEmails.template.built_in,
        "on_change": AdminEmails.edit(AdminEmails.written_in, part).debounce(TYPING_MS),
        "custom_attrs": {"lang": AdminEmails.written_in},
        **wrong(AdminEmails.faults, part),
    }
    field = rx.el.textarea(rows=14, **given) if part == "body" else rx.el.input(auto_complete="off", **given)
    return rx.el.div(
        rx.el.label(t(f"admin_emails.{part}"), html_for=f"template-{part}"),
        field,
        fault(AdminEmails.faults, part),
        class_name="field",
    )


def _placeholder(row: rx.Var[PlaceholderRow]) -> rx.Component:
    return rx.el.div(
        rx.el.dt(
            rx.el.code("{{" + row.name + "}}"),
            rx.cond(row.required, rx.el.span(t("admin_emails.required"), class_name="badge accent")),
        ),
        rx.el.dd(row.about, " – ", rx.el.i(row.sample)),
    )


def preview() -> rx.Component:
    """Without scripts, forms or a place of its own: the frame may only be looked at."""
    return rx.el.div(
        rx.el.p(rx.el.b(AdminEmails.shown_subject), class_name="shown-subject"),
        rx.el.iframe(
            src_doc=AdminEmails.shown_html,
            title=t("admin_emails.preview"),
            custom_attrs={"sandbox": ""},
            class_name="mail-frame",
        ),
        rx.el.form(
            rx.el.div(
                rx.el.label(t("admin_emails.test_to"), html_for="test-email"),
                rx.el.input(
                    name="email",
                    id="test-email",
                    type="email",
                    auto_complete="email",
                    max_length=254,
                    **wrong(AdminEmails.faults, "email"),
                ),
                class_name="field",
            ),
            rx.el.button(t("admin_emails.test"), type="submit", class_name="button"),
            on_submit=AdminEmails.test,
            custom_attrs={"noValidate": True},
            class_name="one-line",
        ),
        fault(AdminEmails.faults, "email"),
        done(AdminEmails.said == "tested", t("admin_emails.said_tested")),
        rx.el.p(t("admin_emails.test_hint"), class_name="note"),
        class_name="mail-preview",
    )


# ---- what was sent -------------------------------------------------------------------------------------------------


def log() -> rx.Component:
    return rx.el.section(
        rx.el.h2(t("admin_emails.log"), id="log-title", class_name="title"),
        statistics(),
        filters(),
        rx.cond(
            AdminMailLog.mails.length() > 0,
            table(
                (t(f"admin_emails.column_{name}") for name in ("at", "recipient", "mail", "status")),
                rx.foreach(AdminMailLog.mails, _mail),
                aria_labelledby="log-title",
            ),
            rx.el.p(t("admin_emails.log_empty"), class_name="note", role="status"),
        ),
        rx.cond(
            AdminMailLog.more,
            rx.el.button(t("admin_emails.older"), type="button", class_name="button", on_click=AdminMailLog.older),
        ),
        class_name="admin-part",
    )


def statistics() -> rx.Component:
    return rx.el.div(
        rx.el.fieldset(
            rx.el.legend(t("admin_emails.days"), class_name="visually-hidden"),
            *(
                rx.el.label(
                    rx.el.input(
                        type="radio",
                        name="days",
                        value=str(days),
                        checked=AdminMailLog.days == days,
                        on_change=AdminMailLog.count_since(days),
                    ),
                    rx.el.span(t("admin_emails.last_days", days=days)),
                    class_name="chip",
                )
                for days in DAYS
            ),
            class_name="chips",
        ),
        rx.el.dl(
            *(_number(t(f"admin_emails.number_{name}"), AdminMailLog.numbers[name]) for name in NUMBERS),
            _number(t("admin_emails.rate"), rx.cond(AdminMailLog.rate < 0, "–", f"{AdminMailLog.rate} %")),
            class_name="numbers",
        ),
        class_name="statistics",
    )


def _number(name: rx.Var[str], number: Any) -> rx.Component:
    return rx.el.div(rx.el.dt(name), rx.el.dd(number))


def filters() -> rx.Component:
    return rx.el.form(
        rx.el.div(
            rx.el.label(t("admin_emails.column_mail"), html_for="log-trigger"),
            rx.el.select(
                rx.el.option(t("admin_emails.all"), value=""),
                rx.foreach(AdminEmails.triggers, lambda row: rx.el.option(row.label, value=row.name)),
                name="trigger",
                id="log-trigger",
            ),
            class_name="field",
        ),
        rx.el.div(
            rx.el.label(t("admin_emails.column_status"), html_for="log-status"),
            rx.el.select(
                rx.el.option(t("admin_emails.all"), value=""),
                *(rx.el.option(t(f"admin_emails.status_{status}"), value=status) for status in STATUSES),
                name="status",
                id="log-status",
            ),
            class_name="field",
        ),
        rx.el.div(
            rx.el.label(t("admin_emails.column_recipient"), html_for="log-recipient"),
            rx.el.input(name="recipient", id="log-recipient", auto_complete="off", max_length=320),
            class_name="field",
        ),
        rx.el.button(t("admin_emails.filter"), type="submit", class_name="button"),
        on_submit=AdminMailLog.filter,
        class_name="log-filters",
    )


def _mail(row: rx.Var[MailRow]) -> rx.Component:
    status = rx.match(row.status, *((name, t(f"admin_emails.status_{name}")) for name in STATUSES), row.status)
    kind = rx.match(
        row.status,
        ("delivered", "badge good"),
        ("failed", "badge bad"),
        ("bounced", "badge bad"),
        ("complained", "badge bad"),
        "badge",
    )
    return rx.el.tr(
        rx.el.td(when(row.at), class_name="still"),
        rx.el.td(row.recipient),
        rx.el.td(
            row.subject,
            " ",
            rx.el.code(row.trigger),
            rx.cond(row.test, rx.el.span(t("admin_emails.is_test"), class_name="badge")),
            rx.cond(
                row.kept != "",
                rx.el.details(rx.el.summary(t("admin_emails.kept")), rx.el.p(row.kept), class_name="mail-kept"),
            ),
        ),
        rx.el.td(rx.el.span(status, class_name=kind), rx.cond(row.error != "", rx.el.p(row.error, class_name="note"))),
        key=row.id,
    )
