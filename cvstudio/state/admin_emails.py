"""/admin/emails: which mails are sent when, and in whose words."""

from dataclasses import dataclass
from typing import Any

import reflex as rx
from reflex.event import EventSpec
from sqlmodel import Session as DbSession

from cvstudio import db
from cvstudio.domain.mailing import delivery, overrides
from cvstudio.domain.mailing.overrides import Template
from cvstudio.errors import StudioError
from cvstudio.language import LANGUAGES, Language, known
from cvstudio.locales import text
from cvstudio.models import Json
from cvstudio.state.admin import administrator, for_administrators
from cvstudio.state.session import Session

PARTS = ("subject", "preheader", "body")
LONGEST = 20_000  # characters of a field
SHOW = "requestAnimationFrame(() => document.getElementById('{id}')?.focus())"


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
    fault: str = ""
    said: str = ""  # "saved", "tested", …
    removing: bool = False
    _draft: rx.Field[dict[str, dict[str, str]]] = rx.field(default_factory=dict)  # language → part → words

    @rx.event
    async def load(self) -> None:
        """Also when the page's language was changed: it is then the one that is looked at."""
        language = await self._language()
        self.written_in = language
        with db.session(write=False) as session:
            self._list(session, language)
            names = [row.name for row in self.triggers]
            self._choose(session, self.trigger if self.trigger in names else names[0], language)
        self.ready = True

    @rx.event
    async def choose(self, name: str) -> EventSpec:
        """Raises TriggerNotFound."""
        language = await self._language()
        with db.session(write=False) as session:
            self._choose(session, _name(name), language)
        return _focus("mail-title")

    @rx.event
    async def open(self, template_id: str) -> EventSpec:
        """Raises MailTemplateNotFound."""
        with db.session(write=False) as session:
            self._open(session, overrides.get(session, _name(template_id)))
        return _focus("template-title")

    @rx.event
    async def write_in(self, language: str) -> None:
        """Look at the words of this language; those of the other stay as they were typed."""
        self.written_in = known(language) or self.written_in
        with db.session(write=False) as session:
            self._look(session)

    @rx.event
    async def edit(self, language: str, part: str, words: str) -> None:
        """While one types: the preview follows, nothing is stored."""
        if language in LANGUAGES and part in PARTS and isinstance(words, str) and not self.template.built_in:
            self._draft.setdefault(language, dict.fromkeys(PARTS, ""))[part] = words[:LONGEST]
            said_in = await self._language()
            with db.session(write=False) as session:
                self._preview(session, said_in)

    @rx.event
    async def copy(self) -> EventSpec:
        """Another template in the same words, to be changed. Raises what overrides.create does."""
        admin, language = await administrator(self), await self._language()
        with db.session() as session:
            origin = overrides.get(session, self.template.id)
            made = overrides.create(session, origin.trigger, _copied(origin, language), _content(origin), admin.id)
            self._list(session, language)
            self._choose(session, made.trigger, language, made)
        self.said = "copied"
        return _focus("template-name")

    @rx.event
    async def save(self, form: dict[str, Any]) -> None:
        admin, language = await administrator(self), await self._language()
        self.said = self.fault = ""
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
            self.fault = told(error, language)
        else:
            self.said = "saved"

    @rx.event
    async def activate(self) -> None:
        await self._decide("activate")

    @rx.event
    async def deactivate(self) -> None:
        await self._decide("deactivate")

    @rx.event
    async def set_default(self) -> None:
        await self._decide("set_default")

    @rx.event
    async def ask_removal(self, asked: bool) -> None:
        self.removing = bool(asked)

    @rx.event
    async def remove(self) -> EventSpec:
        """Raises MailTemplateNotFound, BuiltInTemplate."""
        language = await self._language()
        with db.session() as session:
            overrides.remove(session, self.template.id)
            self._list(session, language)
            self._choose(session, self.trigger, language)
        return _focus("mail-title")

    @rx.event
    async def test(self, form: dict[str, Any]) -> None:
        """The stored words, in the language looked at, to an address."""
        self.said = self.fault = ""
        to = str(form.get("email") or "").strip()[:320] if isinstance(form, dict) else ""
        admin, language = await administrator(self), await self._language()
        try:
            with db.session() as session:
                delivery.send_test(session, self.template.id, to, known(self.written_in) or language, admin.id)
        except StudioError as error:
            self.fault = error.message(language)
        else:
            self.said = "tested"

    async def _decide(self, action: str) -> None:
        """activate, deactivate or set_default what is open."""
        decide = {
            "activate": overrides.activate,
            "deactivate": overrides.deactivate,
            "set_default": overrides.set_default,
        }[action]
        language = await self._language()
        with db.session() as session:
            template = decide(session, self.template.id)
            self._list(session, language)
            self.templates = [_template(each) for each in overrides.list_templates(session, template.trigger)]
        self.template = _template(template)
        self.said, self.fault = action, ""

    async def _language(self) -> Language:
        session = await self.get_state(Session)
        return session.language()

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
        trigger = overrides.find_trigger(session, name)
        samples = trigger.say(trigger.samples(language), language)
        found = overrides.list_templates(session, name)
        self.trigger, self.label, self.about = name, trigger.label[language], trigger.about[language]
        self.placeholders = [
            PlaceholderRow(each.name, each.about[language], samples[each.name], each.required)
            for each in trigger.placeholders
        ]
        self.templates = [_template(each) for each in found]
        shown = template or next((each for each in found if each.active), found[0] if found else None)
        self._open(session, shown)

    def _open(self, session: DbSession, template: Template | None) -> None:
        """None: the trigger has no template."""
        self.said = self.fault = ""
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
            self.fault = told(error, said_in)
        else:
            self.shown_subject, self.shown_html, self.fault = seen.subject, seen.html, ""


def told(error: StudioError, language: Language) -> str:
    """The sentence, and where: "… (body: {{link}} is missing)"."""
    where = [f"{field.rpartition('.')[2]}: {' '.join(faults)}" for field, faults in error.fields.items()]
    return " ".join([error.message(language), f"({'; '.join(where)})" if where else ""]).strip()


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


def _focus(element: str) -> EventSpec:
    focus: EventSpec = rx.call_script(SHOW.format(id=element))
    return focus
