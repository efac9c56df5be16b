"""/admin/emails: which mails are sent when, and in whose words."""

import json
from dataclasses import dataclass
from typing import Any

import reflex as rx
from reflex.event import EventSpec
from sqlmodel import Session as DbSession

from cvstudio import db
from cvstudio.domain.mailing import delivery, overrides
from cvstudio.domain.mailing.overrides import Template
from cvstudio.domain.mailing.triggers import Trigger
from cvstudio.errors import StudioError
from cvstudio.language import LANGUAGES, NATIVE_NAMES, Language, known
from cvstudio.locales import text
from cvstudio.models import Json
from cvstudio.state.admin import administrator, for_administrators
from cvstudio.state.focus import focus
from cvstudio.state.session import language_of

PARTS = ("subject", "preheader", "body")
LONGEST = 20_000  # characters of a field


@dataclass
class TriggerRow:
    name: str
    label: str
    speaking: str  # the name of the template that is sent; blank: nothing is
    languages: list[str]  # those that it is written in


@dataclass
class TemplateRow:
    id: str
    name: str
    built_in: bool
    active: bool
    default: bool
    languages: list[str]


@dataclass
class PlaceholderRow:
    name: str
    about: str
    sample: str
    required: bool


@for_administrators
class AdminEmails(rx.State):
    ready: bool = False
    triggers: rx.Field[list[TriggerRow]] = rx.field(default_factory=list)
    trigger: str = ""
    label: str = ""
    about: str = ""
    placeholders: rx.Field[list[PlaceholderRow]] = rx.field(default_factory=list)
    templates: rx.Field[list[TemplateRow]] = rx.field(default_factory=list)
    template: rx.Field[TemplateRow] = rx.field(default_factory=lambda: TemplateRow("", "", True, False, False, []))
    written_in: str = "fr"  # the language looked at and written in
    subject: str = ""
    preheader: str = ""
    body: str = ""
    shown_subject: str = ""
    shown_html: str = ""
    fault: str = ""  # what is not said at a field
    faults: rx.Field[dict[str, str]] = rx.field(default_factory=dict)  # field → what is wrong with it
    said: str = ""  # "saved", "tested", …
    removing: bool = False
    _draft: rx.Field[dict[str, dict[str, str]]] = rx.field(default_factory=dict)  # language → part → words

    @rx.event
    async def load(self) -> None:
        """The page was opened."""
        language = await language_of(self)
        self.written_in = language
        with db.session(write=False) as session:
            self._list(session, language)
            names = [row.name for row in self.triggers]
            self._choose(session, self.trigger if self.trigger in names else names[0], language)
        self.ready = True

    @rx.event
    async def language_changed(self) -> None:
        """Of the page: what is being written stays."""
        language = await language_of(self)
        self.said = self.fault = ""
        with db.session(write=False) as session:
            self._list(session, language)
            self._describe(overrides.find_trigger(session, self.trigger), language)
            self._preview(session, language)

    @rx.event
    async def choose(self, name: str) -> EventSpec:
        """Raises TriggerNotFound."""
        language = await language_of(self)
        with db.session(write=False) as session:
            self._choose(session, _name(name), language)
        return focus("#mail-title")

    @rx.event
    async def open(self, template_id: str) -> EventSpec:
        """Raises MailTemplateNotFound."""
        with db.session(write=False) as session:
            self._open(session, overrides.get(session, _name(template_id)))
        return focus("#template-title")

    @rx.event
    async def write_in(self, language: str) -> None:
        """Look at the words of this language; those of the other stay as they were typed."""
        self.written_in = known(language) or self.written_in
        self.said = self.fault = ""
        with db.session(write=False) as session:
            self._look(session)

    @rx.event
    async def edit(self, language: str, part: str, words: str) -> None:
        """While one types: the preview follows, nothing is stored."""
        if language in LANGUAGES and part in PARTS and isinstance(words, str) and not self.template.built_in:
            self._draft.setdefault(language, dict.fromkeys(PARTS, ""))[part] = words[:LONGEST]
            said_in = await language_of(self)
            with db.session(write=False) as session:
                self._preview(session, said_in)

    @rx.event
    async def copy(self) -> EventSpec:
        """Another template in the same words, to be changed. Raises what overrides.create does."""
        admin, language = await administrator(self), await language_of(self)
        with db.session() as session:
            origin = overrides.get(session, self.template.id)
            made = overrides.create(session, origin.trigger, _copied(origin, language), _content(origin), admin.id)
            self._list(session, language)
            self._choose(session, made.trigger, language, made)
        self.said = "copied"
        return focus(f"#template-name[data-template={json.dumps(made.id)}]")

    @rx.event
    async def save(self, form: dict[str, Any]) -> EventSpec | None:
        """What is refused is said where it is, and nothing typed is lost."""
        admin, language = await administrator(self), await language_of(self)
        self.said = ""
        form = form if isinstance(form, dict) else {}
        written = known(str(form.get("language"))) or self.written_in
        draft = {**self._draft, written: {part: str(form.get(part) or "")[:LONGEST] for part in PARTS}}
        content = {name: dict(parts) for name, parts in draft.items() if any(parts.values())}
        name = str(form.get("name") or "")[:LONGEST]
        try:
            with db.session() as session:
                changed = overrides.change(session, self.template.id, name, content, admin.id)
                self._list(session, language)
                self._choose(session, changed.trigger, language, changed)
        except StudioError as error:
            self._draft = draft
            return self._tell(error, language)
        self.said = "saved"
        return None

    @rx.event
    async def activate(self) -> EventSpec:
        return await self._decide("activate")

    @rx.event
    async def deactivate(self) -> EventSpec:
        return await self._decide("deactivate")

    @rx.event
    async def set_default(self) -> EventSpec:
        return await self._decide("set_default")

    @rx.event
    async def ask_removal(self, asked: bool) -> EventSpec:
        self.removing = bool(asked)
        return focus("#do-remove_sure" if self.removing else "#do-remove")

    @rx.event
    async def remove(self) -> EventSpec:
        """Raises MailTemplateNotFound, BuiltInTemplate."""
        language = await language_of(self)
        with db.session() as session:
            overrides.remove(session, self.template.id)
            self._list(session, language)
            self._choose(session, self.trigger, language)
        return focus("#mail-title")

    @rx.event
    async def test(self, form: dict[str, Any]) -> EventSpec | None:
        """The stored words, in the language looked at, to an address."""
        self.said = ""
        self.faults.pop("email", None)
        to = str(form.get("email") or "").strip()[:320] if isinstance(form, dict) else ""
        admin, language = await administrator(self), await language_of(self)
        try:
            with db.session() as session:
                delivery.send_test(session, self.template.id, to, known(self.written_in) or language, admin.id)
        except StudioError as error:
            self.faults["email"] = error.message(language)
            return focus("#test-email")
        self.said = "tested"
        return None

    async def _decide(self, action: str) -> EventSpec:
        """activate, deactivate or set_default what is open: the button for it goes, the title takes the focus."""
        decide = {
            "activate": overrides.activate,
            "deactivate": overrides.deactivate,
            "set_default": overrides.set_default,
        }[action]
        language = await language_of(self)
        with db.session() as session:
            template = decide(session, self.template.id)
            self._list(session, language)
            self.templates = [_template(each) for each in overrides.list_templates(session, template.trigger)]
        self.template = _template(template)
        self.said, self.fault = action, ""
        return focus("#template-title")

    def _list(self, session: DbSession, language: Language) -> None:
        by_id = {each.id: each for each in overrides.list_templates(session)}
        self.triggers = [
            TriggerRow(
                name=trigger.name,
                label=trigger.label[language],
                speaking=by_id[active].name if active in by_id else "",
                languages=sorted(by_id[active].content) if active in by_id else [],
            )
            for trigger, active, _ in overrides.list_triggers(session)
        ]

    def _choose(self, session: DbSession, name: str, language: Language, template: Template | None = None) -> None:
        """Raises TriggerNotFound."""
        self._describe(overrides.find_trigger(session, name), language)
        found = overrides.list_templates(session, name)
        self.templates = [_template(each) for each in found]
        shown = template or next((each for each in found if each.active), found[0] if found else None)
        self._open(session, shown)

    def _describe(self, trigger: Trigger, language: Language) -> None:
        samples = trigger.say(trigger.samples(language), language)
        self.trigger, self.label, self.about = trigger.name, trigger.label[language], trigger.about[language]
        self.placeholders = [
            PlaceholderRow(each.name, each.about[language], samples[each.name], each.required)
            for each in trigger.placeholders
        ]

    def _open(self, session: DbSession, template: Template | None) -> None:
        """None: the trigger has no template."""
        self.said = self.fault = ""
        self.faults = {}
        self.removing = False
        self.template = _template(template) if template else TemplateRow("", "", True, False, False, [])
        self._draft = {name: dict(parts) for name, parts in _content(template).items()} if template else {}
        self._look(session)

    def _look(self, session: DbSession) -> None:
        words = self._draft.get(self.written_in) or dict.fromkeys(PARTS, "")
        self.subject, self.preheader, self.body = (words[part] for part in PARTS)
        self._preview(session, known(self.written_in) or "en")

    def _preview(self, session: DbSession, said_in: Language) -> None:
        """What is wrong is said in `said_in`, and the last good preview stays."""
        if not self.template.id:
            self.shown_subject = self.shown_html = ""
            return
        content = {name: dict(parts) for name, parts in self._draft.items() if any(parts.values())}
        try:
            seen = overrides.preview(session, self.trigger, content, known(self.written_in) or "en")
        except StudioError as error:
            self._tell(error, said_in)
        else:
            self.shown_subject, self.shown_html = seen.subject, seen.html
            self.fault, self.faults = "", {}

    def _tell(self, error: StudioError, said_in: Language) -> EventSpec | None:
        """At the field, which is to take the focus; above all of them what is of the other language, or of none."""
        message, field = error.message(said_in), next(iter(error.fields), "")
        language, _, part = field.removeprefix("content.").rpartition(".")
        self.fault, self.faults = "", {}
        if field == "name" or (language == self.written_in and part in PARTS):
            self.faults[part] = message
            return focus(f"#template-{part}")
        where = known(language)
        if where and part in PARTS:
            message = f"{NATIVE_NAMES[where]} – {text(f'admin_emails.{part}', said_in)} – {message}"
        self.fault = message
        return None


def _name(given: Any) -> str:
    return str(given)[:100]


def _template(template: Template) -> TemplateRow:
    return TemplateRow(
        id=template.id,
        name=template.name,
        built_in=template.built_in,
        active=template.active,
        default=template.default,
        languages=sorted(template.content),
    )


def _content(template: Template) -> dict[str, Json]:
    return {
        language: {"subject": source.subject, "preheader": source.preheader, "body": source.body}
        for language, source in template.content.items()
    }


def _copied(template: Template, language: Language) -> str:
    return text("admin_emails.copy_name", language, name=template.name)[: overrides.MAX_NAME]
