"""fitmycv's mail administration: the words and the occasions."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from cvstudio import db
from cvstudio.api.answers import errors, iso, sent
from cvstudio.api.deps import Admin, IdempotencyKey, Lang, admin_only, json_only
from cvstudio.domain import idempotency
from cvstudio.domain.idempotency import Answer
from cvstudio.domain.mailing import markup, overrides, triggers
from cvstudio.domain.mailing.overrides import Template
from cvstudio.domain.mailing.rendering import Rendered
from cvstudio.language import LANGUAGES, Language

router = APIRouter(prefix="/api/admin", tags=["Administration: mail"], dependencies=[admin_only])

WORDS: dict[str, Any] = {
    "subject": "Votre lien de connexion",
    "preheader": "Il ne sert qu’une fois.",
    "body": "# Bonjour\n\nVoici votre lien.\n\n[Me connecter]({{link}})\n\n> Il est valable {{valid_for}}.",
}
TEMPLATE: dict[str, Any] = {
    "id": "q3ZkT0xYw81LmNcb",
    "trigger": "magic_link",
    "name": "Plus court",
    "builtIn": False,
    "isActive": True,
    "isDefault": False,
    "content": {"fr": WORDS, "en": None},
    "createdAt": "2026-11-21T10:00:00Z",
    "updatedAt": "2026-11-21T10:00:00Z",
    "updatedBy": "b7XvPq2LhS5dRtYe",
}

TemplateId = Annotated[str, Path(description="`builtin-` and a trigger's name for our own words")]
TriggerName = Annotated[str, Path(description="e.g. magic_link")]
Short = Annotated[str, Field(max_length=300)]


class Words(BaseModel):
    """A mail as written, in one language; `body` has the few marks that the list of templates tells."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": WORDS})

    subject: str = Field(max_length=1_000, description=f"one line, at most {markup.MAX_SUBJECT} characters")
    preheader: str = Field("", max_length=1_000, description="shown beside the subject in a list of mails")
    body: str = Field(max_length=20_000, description=f"at most {markup.MAX_BODY} characters")


class Content(BaseModel):
    model_config = ConfigDict(extra="forbid")

    fr: Words | None = None
    en: Words | None = None


class TemplateResponse(BaseModel):
    model_config = ConfigDict(json_schema_extra={"example": TEMPLATE})

    id: str
    trigger: str
    name: str
    builtIn: bool = Field(description="ours: it cannot be changed or deleted")
    isActive: bool = Field(description="what is sent now")
    isDefault: bool = Field(description="what is sent while no other is active")
    content: Content
    createdAt: str | None
    updatedAt: str | None
    updatedBy: str | None


class Preview(BaseModel):
    subject: str
    text: str
    html: str


class OneTemplate(BaseModel):
    template: TemplateResponse


class MailTemplateDetail(OneTemplate):
    preview: dict[Language, Preview] = Field(description="filled with samples")


class Templates(BaseModel):
    templates: list[TemplateResponse]


class Wording(BaseModel):
    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"name": "Plus court", "content": {"fr": WORDS}}}
    )

    name: Short
    content: Content = Field(description="in a language left out, ours are sent")


class NewTemplate(Wording):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"trigger": "magic_link", "name": "Plus court", "content": {"fr": WORDS}}},
    )
    trigger: Short


class TemplateChange(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"name": "Plus court"}})

    name: Short | None = None
    content: Content | None = Field(None, description="replaces what there is, in both languages")


class PreviewRequest(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"trigger": "magic_link", "language": "fr", "content": {"fr": WORDS}}},
    )
    trigger: Short
    language: Language
    content: Content


class Success(BaseModel):
    success: bool = True


class PlaceholderResponse(BaseModel):
    name: str
    kind: str
    description: str
    required: bool = Field(description="no template does without it")
    sample: str


class TriggerResponse(BaseModel):
    name: str
    label: str
    description: str
    custom: bool = Field(description="invented by an administrator; nothing sends it by itself")
    placeholders: list[PlaceholderResponse]
    activeTemplateId: str | None = Field(description="what is sent now; null: nothing, for want of a template")
    templateCount: int


class OneTrigger(BaseModel):
    trigger: TriggerResponse


class Triggers(BaseModel):
    triggers: list[TriggerResponse]


class NewPlaceholder(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Short
    kind: Literal["text", "link", "number"] = "text"
    description: Short = ""
    sample: Short


class NewTrigger(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "name": "spring_news",
                "label": "Nouvelles du printemps",
                "placeholders": [{"name": "title", "kind": "text", "sample": "Trois nouveaux modèles"}],
            }
        },
    )
    name: Short
    label: Short = ""
    description: Short = ""
    placeholders: list[NewPlaceholder] = Field(default_factory=list, max_length=20)


# ---------------------------------------------------------------------------- templates


@router.get("/email-templates", responses=errors(404))
def list_templates(trigger: Annotated[str | None, Query(description="of this one only")] = None) -> Templates:
    """Every template: ours, then the administrators'.

    A body is paragraphs, a blank line between them. `# heading`, `- item`, `> small print`, `| Label | value |` for a
    row of facts, `**strong**`, `[label](target)` for a link, or alone in its paragraph for a button. A target is a
    placeholder, `https://…` or `mailto:…`. `{{name}}` stands for a placeholder of the trigger. Text and HTML are both
    made of it.
    """
    with db.session(write=False) as session:
        return Templates(templates=[_template(each) for each in overrides.list_templates(session, trigger)])


@router.post(
    "/email-templates",
    status_code=201,
    response_model=OneTemplate,
    dependencies=[json_only],
    responses=errors(400, 404, 409),
)
def create_template(body: NewTemplate, admin: Admin, key: IdempotencyKey = None) -> JSONResponse:
    """Another template for a trigger; it is sent once it is activated."""

    def work() -> Answer:
        made = overrides.create(session, body.trigger, body.name, _content(body.content), admin.id)
        return Answer(201, OneTemplate(template=_template(made)).model_dump())

    with db.session() as session:
        given = body.model_dump_json().encode()
        return sent(idempotency.once(session, admin.id, key, "POST /api/admin/email-templates", given, work))


@router.post("/email-templates/preview", dependencies=[json_only], responses=errors(400, 404))
def preview(body: PreviewRequest) -> Preview:
    """What a mail would look like, filled with samples; nothing is stored."""
    with db.session(write=False) as session:
        return preview_response(overrides.preview(session, body.trigger, _content(body.content), body.language))


@router.get("/email-templates/{template_id}", responses=errors(404))
def get_template(template_id: TemplateId) -> MailTemplateDetail:
    """One template, and what its mail looks like."""
    with db.session(write=False) as session:
        found = overrides.get(session, template_id)
        looks = {language: preview_response(overrides.preview_of(session, found, language)) for language in LANGUAGES}
        return MailTemplateDetail(template=_template(found), preview=looks)


@router.put("/email-templates/{template_id}", dependencies=[json_only], responses=errors(400, 404, 409))
def change_template(template_id: TemplateId, body: TemplateChange, admin: Admin) -> OneTemplate:
    """Other words. 409 `BUILT_IN_TEMPLATE` for ours."""
    content = None if body.content is None else _content(body.content)
    with db.session() as session:
        return OneTemplate(template=_template(overrides.change(session, template_id, body.name, content, admin.id)))


@router.delete("/email-templates/{template_id}", responses=errors(404, 409))
def delete_template(template_id: TemplateId) -> Success:
    """If it was active, the default is sent again. 409 `BUILT_IN_TEMPLATE` for ours."""
    with db.session() as session:
        overrides.remove(session, template_id)
    return Success()


@router.post("/email-templates/{template_id}/activate", responses=errors(404))
def activate_template(template_id: TemplateId) -> OneTemplate:
    """From now on this is what its trigger sends, and no other."""
    with db.session() as session:
        return OneTemplate(template=_template(overrides.activate(session, template_id)))


@router.delete("/email-templates/{template_id}/activate", responses=errors(404))
def deactivate_template(template_id: TemplateId) -> OneTemplate:
    """The default is sent again."""
    with db.session() as session:
        return OneTemplate(template=_template(overrides.deactivate(session, template_id)))


@router.post("/email-templates/{template_id}/set-default", responses=errors(404))
def set_default_template(template_id: TemplateId) -> OneTemplate:
    """What its trigger sends while no other template is active."""
    with db.session() as session:
        return OneTemplate(template=_template(overrides.set_default(session, template_id)))


# ---------------------------------------------------------------------------- triggers


@router.get("/email-triggers")
def list_triggers(language: Lang) -> Triggers:
    """The occasions for a mail, with what each may say."""
    with db.session(write=False) as session:
        found = overrides.list_triggers(session)
        return Triggers(triggers=[_trigger(each, active, count, language) for each, active, count in found])


@router.post(
    "/email-triggers", status_code=201, response_model=OneTrigger, dependencies=[json_only], responses=errors(400, 409)
)
def create_trigger(body: NewTrigger, admin: Admin, language: Lang, key: IdempotencyKey = None) -> JSONResponse:
    """An occasion of the administrators' own."""
    placeholders = [each.model_dump() | {"about": each.description} for each in body.placeholders]

    def work() -> Answer:
        made = overrides.create_trigger(session, body.name, body.label, body.description, placeholders)
        return Answer(201, OneTrigger(trigger=_trigger(made, None, 0, language)).model_dump())

    with db.session() as session:
        given = body.model_dump_json().encode()
        return sent(idempotency.once(session, admin.id, key, "POST /api/admin/email-triggers", given, work))


@router.get("/email-triggers/{name}/templates", responses=errors(404))
def list_trigger_templates(name: TriggerName) -> Templates:
    """The templates of one trigger."""
    return list_templates(name)


@router.post(
    "/email-triggers/{name}/templates",
    status_code=201,
    response_model=OneTemplate,
    dependencies=[json_only],
    responses=errors(400, 404, 409),
)
def create_trigger_template(name: TriggerName, body: Wording, admin: Admin, key: IdempotencyKey = None) -> JSONResponse:
    """Another template for this trigger."""
    return create_template(NewTemplate(trigger=name[:300], name=body.name, content=body.content), admin, key)


# ---------------------------------------------------------------------------- shapes


def _content(content: Content) -> dict[str, dict[str, Any]]:
    return {name: words.model_dump() for name in LANGUAGES if (words := getattr(content, name)) is not None}


def _template(template: Template) -> TemplateResponse:
    words = {
        language: Words(subject=source.subject, preheader=source.preheader, body=source.body)
        for language, source in template.content.items()
    }
    return TemplateResponse(
        id=template.id,
        trigger=template.trigger,
        name=template.name,
        builtIn=template.built_in,
        isActive=template.active,
        isDefault=template.default,
        content=Content(fr=words.get("fr"), en=words.get("en")),
        createdAt=iso(template.created_at) if template.created_at else None,
        updatedAt=iso(template.updated_at) if template.updated_at else None,
        updatedBy=template.updated_by,
    )


def _trigger(trigger: triggers.Trigger, active: str | None, count: int, language: Language) -> TriggerResponse:
    samples = trigger.say(trigger.samples(language), language)
    return TriggerResponse(
        name=trigger.name,
        label=trigger.label[language],
        description=trigger.about[language],
        custom=trigger.custom,
        placeholders=[
            PlaceholderResponse(
                name=each.name,
                kind=each.kind,
                description=each.about[language],
                required=each.required,
                sample=samples[each.name],
            )
            for each in trigger.placeholders
        ],
        activeTemplateId=active,
        templateCount=count,
    )


def preview_response(rendered: Rendered) -> Preview:
    return Preview(subject=rendered.subject, text=rendered.text, html=rendered.html)
