"""The templates, for programs of every generation: one shape that answers all their specifications."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import FileResponse
from pydantic import BaseModel, ConfigDict, Field

from cvstudio import db
from cvstudio.api.answers import errors
from cvstudio.api.deps import Lang
from cvstudio.config import settings
from cvstudio.domain import thumbnails
from cvstudio.language import Language
from cvstudio.render import themes
from cvstudio.render.themes import Theme

router = APIRouter(tags=["Templates"])

FOREVER = "public, max-age=31536000, immutable"
A_WHILE = "public, max-age=300"

SUMMARY: dict[str, Any] = {
    "id": "modern",
    "number": 1,
    "name": "Moderne",
    "description": "Une colonne nette, dates en marge, une touche de couleur.",
    "preview_url": "https://cv.example.org/api/templates/modern/thumbnail.png?lang=fr&v=1f0c9ad2b7e4",
    "thumbnail": "https://cv.example.org/api/templates/modern/thumbnail.png?lang=fr&v=1f0c9ad2b7e4",
    "style": "modern",
    "pages": 2,
    "ats_friendly": True,
    "is_premium": False,
    "is_active": True,
    "created_at": "2026-11-21T00:00:00Z",
}
DETAIL = SUMMARY | {
    "supported_sections": ["summary", "work", "education", "skills", "languages"],
    "limits": {"experiences": 8, "highlights": 6, "skills": 40},
    "template_html": "{% import 'macros.html.j2' as m with context %}…",
    "template_css": ".head { … }",
}


class TemplateSummary(BaseModel):
    model_config = ConfigDict(json_schema_extra={"example": SUMMARY})

    id: str = Field(description="the slug; wherever a template is named, its number will do as well")
    number: int
    name: str
    description: str
    preview_url: str
    thumbnail: str = Field(description="the same picture as `preview_url`")
    style: str = Field(description="modern, classic, creative or minimal")
    pages: int = Field(description="the length it is at its best in")
    ats_friendly: bool
    is_premium: bool
    is_active: bool
    created_at: str


class TemplateDetail(TemplateSummary):
    model_config = ConfigDict(json_schema_extra={"example": DETAIL})

    supported_sections: list[str]
    limits: dict[str, int] = Field(description="what the design carries well, e.g. experiences, highlights for each")
    template_html: str
    template_css: str


@router.get("/api/templates")
def list_templates(language: Lang) -> list[TemplateSummary]:
    """Every template, in the caller's language."""
    return [TemplateSummary(**_summary(theme, language)) for theme in themes.all()]


@router.get("/api/templates/free")
def list_free_templates(language: Lang) -> list[TemplateSummary]:
    """Those that cost nothing."""
    return [TemplateSummary(**_summary(theme, language)) for theme in themes.all() if not theme.premium]


@router.get("/api/templates/premium")
def list_premium_templates(language: Lang) -> list[TemplateSummary]:
    """Those whose files carry a watermark until the CV is paid for, or its owner subscribes."""
    return [TemplateSummary(**_summary(theme, language)) for theme in themes.all() if theme.premium]


@router.get("/api/templates/{template_id}", responses=errors(404))
def get_template(template_id: str, language: Lang) -> TemplateDetail:
    """One template with what it can do, by slug or by number."""
    theme = themes.get(template_id)
    return TemplateDetail(
        **_summary(theme, language),
        supported_sections=list(theme.supported_sections),
        limits=theme.limits,
        template_html=theme.template_html,
        template_css=theme.template_css,
    )


@router.get(
    "/api/templates/{template_id}/thumbnail.png",
    response_class=FileResponse,
    responses=errors(404, 503) | {200: {"content": {"image/png": {}}}},
)
def get_thumbnail(
    template_id: str,
    language: Lang,
    lang: Annotated[Language | None, Query(description="language of the sample; by default the caller's")] = None,
    v: Annotated[
        str, Query(description="version of the picture, as in `preview_url`: then it is cached for ever")
    ] = "",
) -> FileResponse:
    """The first page of a sample CV in this template, as it really prints."""
    theme, language = themes.get(template_id), lang or language
    with db.session(write=False) as session:
        path = thumbnails.find(session, theme, language)
    if path is None:
        png = thumbnails.draw(theme, language)
        with db.session() as session:
            path = thumbnails.keep(session, theme, language, png)
    version = _version(theme, language)
    caching = FOREVER if v == version and lang else A_WHILE
    headers = {"Cache-Control": caching, "ETag": f'"{version}"'}
    if lang is None:
        headers["Vary"] = "Accept-Language, Cookie"
    return FileResponse(path, media_type=thumbnails.MEDIA_TYPE, headers=headers)


def _summary(theme: Theme, language: Language) -> dict[str, Any]:
    path = f"/api/templates/{theme.slug}/thumbnail.png?lang={language}&v={_version(theme, language)}"
    picture = settings().public_url.rstrip("/") + path
    return {
        "id": theme.slug,
        "number": theme.number,
        "name": theme.name[language],
        "description": theme.description[language],
        "preview_url": picture,
        "thumbnail": picture,
        "style": theme.style,
        "pages": theme.pages,
        "ats_friendly": theme.ats_friendly,
        "is_premium": theme.premium,
        "is_active": True,
        "created_at": f"{theme.created}T00:00:00Z",
    }


def _version(theme: Theme, language: Language) -> str:
    return thumbnails.key(theme, language)[:12]
