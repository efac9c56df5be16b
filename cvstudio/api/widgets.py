"""widgets-v2: a career and an offer become scored lines, or a saved CV at once."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session

from cvstudio import db
from cvstudio.api.answers import errors, iso, sent
from cvstudio.api.deps import AccountId, IdempotencyKey, json_only
from cvstudio.document import data_view
from cvstudio.document.data_view import CVData
from cvstudio.domain import idempotency, turns, widget_cvs, widgets
from cvstudio.domain.idempotency import Answer
from cvstudio.domain.widgets import Asked, Made
from cvstudio.render import themes
from cvstudio.tailoring.assemble import MAX_BULLETS, MAX_EXPERIENCES, MIN_SCORE, Choice
from cvstudio.tailoring.widgets import AIWidgetsEnvelope, JobOfferContext

router = APIRouter(prefix="/api/cv", tags=["Tailoring"])

REQUEST: dict[str, Any] = {"analysisId": "Jx8TnW8sQe1VbK6m"}
ENVELOPE: dict[str, Any] = {
    "profil_summary": {
        "prenom": "Jean",
        "nom": "Dupont",
        "titre_principal": "Développeur Full Stack Senior",
        "localisation": "Paris",
        "elevator_pitch": "Huit ans de développement web, du prototype à la production.",
    },
    "job_context": {
        "company": "Tech Corp",
        "job_title": "Développeur Full Stack",
        "match_score": 71,
        "keywords": ["React", "Node.js", "TypeScript"],
    },
    "widgets": [
        {
            "id": "widget_real_5",
            "type": "experience_bullet",
            "section": "experiences",
            "text": "Développement d'une application React pour 50 000 utilisateurs",
            "relevance_score": 85,
            "sources": {"rag_experience_id": "exp_0", "rag_realisation_id": "real_5", "rag_path": "exp_0/real_5"},
            "quality": {"has_numbers": True, "length": 62, "grounded": True},
        }
    ],
    "meta": {"model": "offline", "created_at": "2026-11-21T10:00:00Z", "locale": "fr", "version": "1"},
}
WIDGETS: dict[str, Any] = {
    "success": True,
    "widgets": ENVELOPE,
    "metadata": {
        "analysisId": "Jx8TnW8sQe1VbK6m",
        "generatedAt": "2026-11-21T10:00:00Z",
        "widgetsCount": 1,
        "model": "offline",
        "ragCompletenessScore": 78,
        "optimalMinScore": 40,
        "cached": False,
    },
    "jobOfferContext": {
        "title": "Développeur Full Stack",
        "company": "Tech Corp",
        "keywords": ["React", "Node.js", "TypeScript"],
        "missing_keywords": ["GraphQL"],
    },
}
METADATA: dict[str, Any] = {
    "generator_type": "v2_widgets",
    "widgets_total": 25,
    "widgets_filtered": 18,
    "generator_model": "offline",
    "generator_version": "1",
    "relevance_scoring_applied": True,
    "advanced_scoring_applied": True,
}

WidgetIds = Annotated[list[Annotated[str, Field(max_length=64)]], Field(max_length=1_000)]


class GenerateWidgetsRequest(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": REQUEST})

    analysisId: str | None = Field(None, max_length=200, description="required; of `POST /api/offers`")
    jobId: str | None = Field(None, max_length=200, description="a name of yours for the offer, given back")


class WidgetsMetadata(BaseModel):
    analysisId: str
    jobId: str | None = None
    generatedAt: str
    widgetsCount: int
    model: str = Field(description="the engine that wrote the lines; offline: none but the rules")
    ragCompletenessScore: int = Field(ge=0, le=100)
    optimalMinScore: int = Field(description="what `minScore` should start at")
    cached: bool = Field(description="true: as made for an earlier request, within 24 hours")


class GenerateWidgetsResponse(BaseModel):
    model_config = ConfigDict(json_schema_extra={"example": WIDGETS})

    success: Literal[True]
    widgets: AIWidgetsEnvelope
    metadata: WidgetsMetadata
    jobOfferContext: JobOfferContext


class GenerateV2Request(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {**REQUEST, "template": "tech", "includePhoto": True, "minScore": 60, "maxExperiences": 5}
        },
    )

    analysisId: str | None = Field(None, max_length=200, description="required; of `POST /api/offers`")
    template: Annotated[str, Field(max_length=80)] | int = Field("modern", description="slug or number of a template")
    includePhoto: bool = False
    minScore: int = Field(MIN_SCORE, ge=0, le=100, description="lines below it stay out")
    maxExperiences: int = Field(MAX_EXPERIENCES, ge=1, le=50)
    maxBulletsPerExperience: int = Field(MAX_BULLETS, ge=0, le=50)
    keep: WidgetIds = Field(default_factory=list, description="ids of lines that stay, whatever their score and place")
    drop: WidgetIds = Field(default_factory=list, description="ids of lines that stay out")


class GenerateV2Metadata(BaseModel):
    generator_type: Literal["v2_widgets"]
    widgets_total: int
    widgets_filtered: int = Field(description="those left after minScore and the limits")
    generator_model: str
    generator_version: str
    relevance_scoring_applied: bool
    advanced_scoring_applied: bool


class RemovedLine(BaseModel):
    id: str = Field(description="of the widget: in `keep` of another request it stays")
    text: str
    relevanceScore: int


class ShortenedLine(BaseModel):
    id: str = Field(description="of the widget: in `keep` of another request it stays whole")
    text: str = Field(description="whole")
    shortText: str = Field(description="what is left; blank: `text` was said about a company, and is left out")
    relevanceScore: int


class GenerateV2Response(BaseModel):
    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "success": True,
                "cvId": "b7XvPq2LhS5dRtYe",
                "filename": "cv-developpeur-full-stack-tech-corp.json",
                "cvData": {
                    "profil": {
                        "prenom": "Jean",
                        "nom": "Dupont",
                        "titre": "Développeur Full Stack Senior",
                        "email": "jean.dupont@example.org",
                        "telephone": "",
                        "localisation": "Paris",
                        "site": "",
                        "photo": "",
                        "elevator_pitch": "",
                    },
                    "experiences": [],
                    "competences": {"techniques": ["React"], "groupes": []},
                    "formations": [],
                    "langues": [{"langue": "Anglais", "niveau": "C1"}],
                    "certifications": [],
                    "projets": [],
                    "benevolat": [],
                    "distinctions": [],
                    "publications": [],
                    "interets": [],
                    "references": [],
                    "rubriques": [],
                },
                "metadata": METADATA,
                "template": "tech",
                "includePhoto": True,
                "pages": 2,
                "fits": True,
                "removed": [],
                "shortened": [],
            }
        }
    )

    success: Literal[True]
    cvId: str
    filename: str
    cvData: CVData
    metadata: GenerateV2Metadata
    template: str
    includePhoto: bool
    pages: int = Field(description="of the CV as it would be printed")
    fits: bool = Field(description="whether that is the template's best length, or less")
    removed: list[RemovedLine] = Field(description="left out to save room, the first to go first")
    shortened: list[ShortenedLine] = Field(description="cut to save room, in their own words, the least relevant first")


@router.post(
    "/generate-widgets",
    response_model=GenerateWidgetsResponse,
    dependencies=[json_only],
    responses=errors(400, 401, 403, 404, 409, 415, 429, 500),
)
async def generate_widgets(
    body: GenerateWidgetsRequest, owner_id: AccountId, key: IdempotencyKey = None
) -> JSONResponse:
    """Every fact of one's career as a line for this offer, scored and with its sources.

    400 `MISSING_ANALYSIS_ID`, `RAG_INCOMPLETE`; 404 `ANALYSIS_NOT_FOUND`, `RAG_PROFILE_NOT_FOUND`; 500
    `RAG_NORMALIZATION_FAILED`, `WIDGETS_GENERATION_FAILED`, `WIDGETS_GENERATION_ERROR`.
    """
    analysis_id = _named(body.analysisId)
    route, request = "POST /api/cv/generate-widgets", body.model_dump_json().encode()
    asked = await turns.admitted(lambda: _admitted(owner_id, key, route, request, analysis_id))
    if isinstance(asked, Answer):
        return sent(asked)
    made = await _made(asked)
    answer = Answer(200, _widgets(asked, made, body.jobId))
    if key is None:
        return sent(answer)
    return await run_in_threadpool(_kept, owner_id, key, route, request, lambda _: answer)


@router.post(
    "/generate-v2",
    response_model=GenerateV2Response,
    dependencies=[json_only],
    responses=errors(400, 401, 403, 404, 409, 415, 429, 500),
)
async def generate_v2(body: GenerateV2Request, owner_id: AccountId, key: IdempotencyKey = None) -> JSONResponse:
    """The same lines, chosen, fitted to the template and saved as a CV titled by the offer.

    The errors of generate-widgets, 404 `TEMPLATE_NOT_FOUND`, and 500 `WIDGETS_CONVERSION_ERROR`,
    `CV_TEMPLATE_FITTING_ERROR`, `CV_SAVE_ERROR`.
    """
    analysis_id = _named(body.analysisId)
    theme = themes.get(str(body.template))
    route, request = "POST /api/cv/generate-v2", body.model_dump_json().encode()
    choice = Choice(
        min_score=body.minScore,
        max_experiences=body.maxExperiences,
        max_bullets=body.maxBulletsPerExperience,
        include_photo=body.includePhoto,
        on=frozenset(body.keep),
        off=frozenset(body.drop),
    )
    asked = await turns.admitted(lambda: _admitted(owner_id, key, route, request, analysis_id))
    if isinstance(asked, Answer):
        return sent(asked)
    made = await _made(asked)
    composed = await turns.laid_out(lambda: widget_cvs.compose(asked, made, theme, choice))

    def saved(session: Session) -> Answer:
        cv = widget_cvs.save(session, asked, composed)
        response = GenerateV2Response(
            success=True,
            cvId=cv.id,
            filename=cv.filename,
            cvData=data_view.read(composed.fitted.document),
            metadata=GenerateV2Metadata.model_validate(composed.metadata),
            template=theme.slug,
            includePhoto=body.includePhoto,
            pages=composed.fitted.pages,
            fits=composed.fitted.fits,
            removed=[RemovedLine.model_validate(line) for line in composed.room["lines"]],
            shortened=[ShortenedLine.model_validate(line) for line in composed.room["shortened"]],
        )
        return Answer(200, response.model_dump())

    return await run_in_threadpool(_kept, owner_id, key, route, request, saved)


async def _made(asked: Asked) -> Made:
    return await turns.for_request(lambda: widgets.make(asked)) if asked.found is None else asked.found


def _admitted(owner_id: str, key: str | None, route: str, request: bytes, analysis_id: str) -> Answer | Asked:
    """The answer that an earlier request of this key had, or leave to work."""
    with db.session() as session:
        return idempotency.replay(session, owner_id, key, route, request) or widgets.ask(session, owner_id, analysis_id)


def _kept(
    owner_id: str, key: str | None, route: str, request: bytes, work: Callable[[Session], Answer]
) -> JSONResponse:
    with db.session() as session:
        return sent(idempotency.once(session, owner_id, key, route, request, lambda: work(session)))


def _named(analysis_id: str | None) -> str:
    if not (analysis_id or "").strip():
        raise widgets.MissingAnalysisId(fields={"analysisId": ["required"]})
    return str(analysis_id)


def _widgets(asked: Asked, made: Made, job_id: str | None) -> dict[str, Any]:
    metadata = WidgetsMetadata(
        analysisId=asked.analysis_id,
        jobId=job_id,
        generatedAt=iso(made.made_at),
        widgetsCount=len(made.envelope.widgets),
        model=made.model,
        ragCompletenessScore=asked.score,
        optimalMinScore=made.optimal_min_score,
        cached=made.cached,
    )
    return {
        "success": True,
        "widgets": made.lines,
        "metadata": metadata.model_dump(exclude_none=True),
        "jobOfferContext": made.context,
    }
