"""Administrators' words in place of ours: one template at a time speaks for a trigger.

The active one; else the default, which is ours unless another was made it. Ours can be neither changed nor deleted.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from sqlmodel import Session, col, delete, func, select, update

from cvstudio.domain.mailing import markup, rendering, triggers, values
from cvstudio.domain.mailing.markup import BadWords, Source
from cvstudio.domain.mailing.rendering import Rendered
from cvstudio.domain.mailing.triggers import Trigger, TriggerNotFound
from cvstudio.errors import Conflict, InvalidInput, NotFound
from cvstudio.language import LANGUAGES, Language, known
from cvstudio.models import Json, MailTemplate, MailTrigger, utcnow

BUILT_IN = "builtin-"  # and the trigger: the id of our own template
MAX_NAME = 80
MAX_TEMPLATES = 50  # of a trigger
MAX_TRIGGERS = 100
CUSTOM_KINDS = ("text", "link", "number")

_ID = re.compile(r"[A-Za-z0-9]{1,64}")


class MailTemplateNotFound(NotFound):
    code: ClassVar[str] = "MAIL_TEMPLATE_NOT_FOUND"
    messages: ClassVar[dict[str, str]] = {
        "fr": "Ce modèle d’e-mail n’existe pas, ou plus.",
        "en": "This mail template does not exist, or no longer.",
    }


class BuiltInTemplate(Conflict):
    code: ClassVar[str] = "BUILT_IN_TEMPLATE"
    messages: ClassVar[dict[str, str]] = {
        "fr": "Le modèle d’origine reste tel qu’il est. Créez-en un autre à partir de lui, puis activez-le.",
        "en": "The built-in template stays as it is. Make another one from it, then activate that.",
    }


class TooMany(Conflict):
    code: ClassVar[str] = "TOO_MANY_MAIL_TEMPLATES"
    messages: ClassVar[dict[str, str]] = {
        "fr": "Il y en a déjà {limit}. Supprimez-en avant d’en créer.",
        "en": "There are already {limit}. Delete some before making more.",
    }


class TriggerExists(Conflict):
    code: ClassVar[str] = "MAIL_TRIGGER_EXISTS"
    messages: ClassVar[dict[str, str]] = {
        "fr": "Un déclencheur porte déjà ce nom.",
        "en": "There is already a trigger of this name.",
    }


class NoTemplate(Conflict):
    code: ClassVar[str] = "NO_MAIL_TEMPLATE"
    messages: ClassVar[dict[str, str]] = {
        "fr": "Ce déclencheur n’a pas encore de modèle actif.",
        "en": "This trigger has no active template yet.",
    }


@dataclass(frozen=True)
class Template:
    id: str
    trigger: str
    name: str
    built_in: bool
    active: bool
    default: bool
    content: dict[Language, Source]
    created_at: datetime | None = None
    updated_at: datetime | None = None
    updated_by: str | None = None


# ---------------------------------------------------------------------------- triggers


def find_trigger(session: Session, name: str) -> Trigger:
    """Raises TriggerNotFound."""
    if name in triggers.BUILT_IN:
        return triggers.BUILT_IN[name]
    row = session.get(MailTrigger, name) if markup.NAME.fullmatch(name) else None
    if row is None or not row.custom:
        raise TriggerNotFound
    return triggers.of_row(row)


def list_triggers(session: Session) -> list[tuple[Trigger, str | None, int]]:
    """Each with the id of the template that speaks for it, None when none does, and how many there are."""
    rows = {row.name: row for row in session.exec(select(MailTrigger).order_by(col(MailTrigger.name)))}
    counted = session.exec(select(MailTemplate.trigger, func.count()).group_by(col(MailTemplate.trigger)))
    own = dict(counted.all())
    every = [*triggers.BUILT_IN.values(), *(triggers.of_row(row) for row in rows.values() if row.custom)]
    return [
        (
            trigger,
            _speaking(rows.get(trigger.name)) or (None if trigger.custom else BUILT_IN + trigger.name),
            own.get(trigger.name, 0) + (not trigger.custom),
        )
        for trigger in every
    ]


def create_trigger(session: Session, name: str, label: str, about: str, placeholders: list[Json]) -> Trigger:
    """One of the administrators' own, for mails that only they send. Raises InvalidInput, TriggerExists."""
    if not markup.NAME.fullmatch(name):
        raise InvalidInput(fields={"name": ["lower-case letters, digits and _, at most 40, a letter first"]})
    if name in triggers.BUILT_IN or session.get(MailTrigger, name) is not None:
        raise TriggerExists
    if session.exec(select(func.count()).select_from(MailTrigger)).one() >= MAX_TRIGGERS:
        raise TooMany(limit=MAX_TRIGGERS)
    described: Json = {}
    for position, given in enumerate(placeholders):
        at = f"placeholders.{position}"
        if not markup.NAME.fullmatch(given["name"]) or given["name"] in described:
            raise InvalidInput(fields={f"{at}.name": ["a name of lower-case letters, digits and _, given once"]})
        if given["kind"] not in CUSTOM_KINDS:
            raise InvalidInput(fields={f"{at}.kind": [f"one of {', '.join(CUSTOM_KINDS)}"]})
        try:
            sample: Any = int(given["sample"]) if given["kind"] == "number" else given["sample"]
            values.pack(given["kind"], sample)
        except ValueError as error:
            raise InvalidInput(fields={f"{at}.sample": [str(error)]}) from None
        described[given["name"]] = {"kind": given["kind"], "about": values.clean(given["about"]), "sample": sample}
    row = MailTrigger(
        name=name, custom=True, label=values.clean(label), about=values.clean(about, 300), placeholders=described
    )
    session.add(row)
    session.flush()
    return triggers.of_row(row)


# ---------------------------------------------------------------------------- templates


def list_templates(session: Session, trigger: str | None = None) -> list[Template]:
    """Ours and theirs. Raises TriggerNotFound."""
    wanted = select(MailTemplate).order_by(col(MailTemplate.trigger), col(MailTemplate.created_at))
    names = list(triggers.BUILT_IN)
    if trigger is not None:
        names = [] if find_trigger(session, trigger).custom else [trigger]
        wanted = wanted.where(MailTemplate.trigger == trigger)
    rows = {row.name: row for row in session.exec(select(MailTrigger))}
    ours = [_ours(name, rows.get(name)) for name in names]
    return [*ours, *(_theirs(row, rows.get(row.trigger)) for row in session.exec(wanted))]


def get(session: Session, template_id: str) -> Template:
    """Raises MailTemplateNotFound."""
    name = template_id.removeprefix(BUILT_IN)
    if name != template_id and name in triggers.BUILT_IN:
        return _ours(name, session.get(MailTrigger, name))
    row = _row(session, template_id)
    return _theirs(row, session.get(MailTrigger, row.trigger))


def create(session: Session, trigger: str, name: str, content: Mapping[str, Json], by: str | None) -> Template:
    """Raises TriggerNotFound, TooMany, and what markup.check does."""
    found = find_trigger(session, trigger)
    if session.exec(select(func.count()).where(MailTemplate.trigger == trigger)).one() >= MAX_TEMPLATES:
        raise TooMany(limit=MAX_TEMPLATES)
    row = MailTemplate(trigger=trigger, name=_name(name), content=_checked(found, content), updated_by=by)
    session.add(row)
    session.flush()
    return get(session, row.id)


def change(
    session: Session, template_id: str, name: str | None, content: Mapping[str, Json] | None, by: str | None
) -> Template:
    """What is None stays. Raises MailTemplateNotFound, BuiltInTemplate, and what markup.check does."""
    row = _own_row(session, template_id)
    if name is not None:
        row.name = _name(name)
    if content is not None:
        row.content = _checked(find_trigger(session, row.trigger), content)
    row.updated_at, row.updated_by = utcnow(), by
    session.flush()
    return get(session, row.id)


def remove(session: Session, template_id: str) -> None:
    """If it spoke for its trigger, the default does again. Raises MailTemplateNotFound, BuiltInTemplate."""
    row = _own_row(session, template_id)
    for slot in ("active_id", "default_id"):  # before the foreign key does it behind the session's back
        session.exec(update(MailTrigger).where(getattr(MailTrigger, slot) == row.id).values({slot: None}))
    session.exec(delete(MailTemplate).where(col(MailTemplate.id) == row.id))


def activate(session: Session, template_id: str) -> Template:
    """From now on this one speaks for its trigger. Raises MailTemplateNotFound."""
    template = get(session, template_id)
    decided = _decided(session, template.trigger)
    decided.active_id = None if template.built_in else template.id
    if template.built_in:
        decided.default_id = None
    session.flush()
    return get(session, template_id)


def deactivate(session: Session, template_id: str) -> Template:
    """The default speaks again; nothing, if another spoke. Raises MailTemplateNotFound."""
    template = get(session, template_id)
    decided = _decided(session, template.trigger)
    if decided.active_id == template.id:
        decided.active_id = None
    session.flush()
    return get(session, template_id)


def set_default(session: Session, template_id: str) -> Template:
    """What speaks while no other is active. Raises MailTemplateNotFound."""
    template = get(session, template_id)
    _decided(session, template.trigger).default_id = None if template.built_in else template.id
    session.flush()
    return get(session, template_id)


def preview(session: Session, trigger: str, content: Mapping[str, Json], language: Language) -> Rendered:
    """What the mail would look like, with samples. Raises as create() does."""
    found = find_trigger(session, trigger)
    sources = _sources(_checked(found, content))
    return rendering.render(_in(language, sources, trigger), found, found.samples(language), language)


def preview_of(session: Session, template: Template, language: Language) -> Rendered:
    found = find_trigger(session, template.trigger)
    return rendering.render(_in(language, template.content, template.trigger), found, found.samples(language), language)


def source_for(session: Session, trigger: Trigger, language: Language, template_id: str | None = None) -> Source:
    """What speaks for the trigger, or the template asked for if it is still there. Raises NoTemplate."""
    chosen = template_id or _speaking(session.get(MailTrigger, trigger.name))
    row = session.get(MailTemplate, chosen) if chosen and not chosen.startswith(BUILT_IN) else None
    return _in(language, _sources(row.content) if row else {}, trigger.name)


def _in(language: Language, sources: Mapping[Language, Source], trigger: str) -> Source:
    """Theirs in this language, else ours, else theirs in the other language."""
    if language in sources:
        return sources[language]
    if trigger in triggers.BUILT_IN:
        return rendering.built_in(trigger, language)
    if not sources:
        raise NoTemplate
    return next(iter(sources.values()))


def _checked(trigger: Trigger, content: Mapping[str, Json]) -> Json:
    if not content:
        raise BadWords("language", "content")
    plain: Json = {}
    for name, parts in content.items():
        language = known(name)
        if language is None:
            raise InvalidInput(fields={f"content.{values.clean(name, 20)}": ["fr or en"]})
        body = str(parts.get("body", "")).replace("\r\n", "\n")
        source = Source(str(parts.get("subject", "")), str(parts.get("preheader") or ""), body)
        markup.check(source, trigger, language)
        plain[language] = {"subject": source.subject, "preheader": source.preheader, "body": source.body}
    return plain


def _sources(content: Json) -> dict[Language, Source]:
    return {language: Source(**content[language]) for language in LANGUAGES if language in content}


def _name(name: str) -> str:
    cleaned = values.clean(name, MAX_NAME)
    if not cleaned:
        raise BadWords("empty", "name")
    return cleaned


def _row(session: Session, template_id: str) -> MailTemplate:
    row = session.get(MailTemplate, template_id) if _ID.fullmatch(template_id) else None
    if row is None:
        raise MailTemplateNotFound
    return row


def _own_row(session: Session, template_id: str) -> MailTemplate:
    if get(session, template_id).built_in:
        raise BuiltInTemplate
    return _row(session, template_id)


def _decided(session: Session, trigger: str) -> MailTrigger:
    """The trigger's row, ours until the transaction ends: of two who decide at once the later one counts."""
    row = session.get(MailTrigger, trigger, with_for_update=True, populate_existing=True)
    if row is None:
        row = MailTrigger(name=trigger)
        session.add(row)
        session.flush()
    return row


def _speaking(row: MailTrigger | None) -> str | None:
    return (row.active_id or row.default_id) if row else None


def _ours(name: str, row: MailTrigger | None) -> Template:
    return Template(
        id=BUILT_IN + name,
        trigger=name,
        name="CV Studio",
        built_in=True,
        active=_speaking(row) is None,
        default=row is None or row.default_id is None,
        content={language: rendering.built_in(name, language) for language in LANGUAGES},
    )


def _theirs(template: MailTemplate, row: MailTrigger | None) -> Template:
    return Template(
        id=template.id,
        trigger=template.trigger,
        name=template.name,
        built_in=False,
        active=_speaking(row) == template.id,
        default=row is not None and row.default_id == template.id,
        content=_sources(template.content),
        created_at=template.created_at,
        updated_at=template.updated_at,
        updated_by=template.updated_by,
    )
