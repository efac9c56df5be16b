"""fitmycv's feedback, and the links to offers that one used."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from cvstudio import db
from cvstudio.api.answers import errors, iso, sent
from cvstudio.api.deps import AccountId, IdempotencyKey, json_only
from cvstudio.domain import feedback, idempotency, links
from cvstudio.domain.idempotency import Answer
from cvstudio.models import Feedback, KeptLink

router = APIRouter(prefix="/api", tags=["Feedback"])

LINK: dict[str, Any] = {
    "id": "q3ZkT0xYw81LmNcb",
    "url": "https://example.org/offres/1234",
    "site": "example.org",
    "title": "Soudeuse – Ormeau",
    "createdAt": "2026-11-21T10:00:00Z",
    "usedAt": "2026-11-21T10:04:00Z",
}
GIVEN: dict[str, Any] = {
    "id": "b7XvPq2LhS5dRtYe",
    "rating": 4,
    "comment": "L’aperçu est exactement le PDF.",
    "isBugReport": False,
    "currentCvFile": "cv-marie-dupont.json",
    "status": "new",
    "createdAt": "2026-11-21T10:00:00Z",
}


Status = Literal["new", "reviewed"]


class LinkRequest(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"url": LINK["url"]}})

    url: Annotated[str, Field(min_length=1, max_length=links.MAX_URL)]


class LinkOut(BaseModel):
    model_config = ConfigDict(json_schema_extra={"example": LINK})

    id: str
    url: str
    site: str
    title: str = Field(description="of the offer, once it was read there; else blank")
    createdAt: str
    usedAt: str


class LinkAnswer(BaseModel):
    link: LinkOut


class LinkList(BaseModel):
    links: list[LinkOut]


class FeedbackRequest(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {name: GIVEN[name] for name in ("rating", "comment", "isBugReport", "currentCvFile")}
        },
    )

    rating: Annotated[int, Field(ge=1, le=5)]
    comment: Annotated[str, Field(max_length=feedback.MAX_COMMENT)]
    isBugReport: bool = False
    currentCvFile: Annotated[str, Field(max_length=200)] | None = Field(None, description="`filename` of a CV")


class FeedbackOut(BaseModel):
    model_config = ConfigDict(json_schema_extra={"example": GIVEN})

    id: str
    rating: int
    comment: str
    isBugReport: bool
    currentCvFile: str | None
    status: Status
    createdAt: str


class FeedbackAnswer(BaseModel):
    feedback: FeedbackOut


@router.get("/link-history", responses=errors(401))
def list_links(owner_id: AccountId) -> LinkList:
    """The addresses of offers that one used, the last first; 50 are kept."""
    with db.session(write=False) as session:
        return LinkList(links=[_link(link) for link in links.of(session, owner_id)])


@router.post("/link-history", status_code=201, dependencies=[json_only], responses=errors(400, 401, 415, 429))
def keep_link(body: LinkRequest, owner_id: AccountId) -> LinkAnswer:
    """Keep an address, or bring it to the top."""
    with db.session() as session:
        return LinkAnswer(link=_link(links.keep(session, owner_id, body.url)))


@router.delete("/link-history/{link_id}", status_code=204, responses=errors(401, 404))
def forget_link(link_id: str, owner_id: AccountId) -> Response:
    """Take an address out of the list."""
    with db.session() as session:
        links.forget(session, owner_id, link_id)
    return Response(status_code=204)


@router.post(
    "/feedback",
    status_code=201,
    response_model=FeedbackAnswer,
    dependencies=[json_only],
    responses=errors(400, 401, 404, 409, 415, 429),
)
def give_feedback(body: FeedbackRequest, owner_id: AccountId, key: IdempotencyKey = None) -> JSONResponse:
    """Say what is good or broken: 10 times an hour at most."""

    def work() -> Answer:
        given = feedback.give(
            session, owner_id, body.rating, body.comment, bug=body.isBugReport, filename=body.currentCvFile or ""
        )
        return Answer(201, FeedbackAnswer(feedback=shown(given)).model_dump())

    with db.session() as session:
        request = body.model_dump_json().encode()
        return sent(idempotency.once(session, owner_id, key, "POST /api/feedback", request, work))


def shown(given: Feedback) -> FeedbackOut:
    return FeedbackOut.model_validate(
        {
            "id": given.id,
            "rating": given.rating,
            "comment": given.comment,
            "isBugReport": given.is_bug_report,
            "currentCvFile": given.cv_file or None,
            "status": given.status,
            "createdAt": iso(given.created_at),
        }
    )


def _link(link: KeptLink) -> LinkOut:
    return LinkOut(
        id=link.id,
        url=link.url,
        site=links.site(link),
        title=link.title,
        createdAt=iso(link.created_at),
        usedAt=iso(link.used_at),
    )
