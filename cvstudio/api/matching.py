"""fitmycv's match score: how far a CV answers an offer, in parts that add up."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from cvstudio import db
from cvstudio.api.answers import errors, sent
from cvstudio.api.deps import AccountId, Device, IdempotencyKey, Lang, json_only
from cvstudio.domain import cvs, idempotency, matching
from cvstudio.domain.idempotency import Answer
from cvstudio.tailoring.match import Suggestion

router = APIRouter(prefix="/api/cv/match-score", tags=["Tailoring"])

SKILL: dict[str, Any] = {
    "label": "soudage TIG",
    "need": "must",
    "sentence": "Réaliser des assemblages en soudure TIG",
    "lines": ["Soudure TIG de 400 pièces par mois"],
}
SCORE: dict[str, Any] = {
    "matchScore": 71,
    "scoreBreakdown": [
        {"name": "requirements", "points": 71, "of": 100, "words": ["soudure TIG"], "lines": SKILL["lines"]}
    ],
    "improvementSuggestions": [
        {
            "kind": "missing",
            "message": "L’offre demande « Permis B ». Rien ne le dit dans votre profil : ajoutez-le si c’est vrai.",
            "asked": "Permis B",
            "line": "",
        }
    ],
    "missingSkills": [{**SKILL, "label": "Permis B", "sentence": "Permis B", "lines": []}],
    "matchingSkills": [SKILL],
    "jobOfferId": "Jx8TnW8sQe1VbK6m",
    "scoredAt": "2026-11-21T10:00:00Z",
    "stale": False,
}


class MatchScoreRequest(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"filename": "cv-soudeur-tig.json", "jobOfferId": "Jx8TnW8sQe1VbK6m"}},
    )

    filename: Annotated[str, Field(max_length=200)]
    jobOfferId: str | None = Field(
        None, max_length=64, description="`analysisId` of the offer; without it, the one that the CV was made for"
    )
    deviceId: Device = None


class TaskResponse(BaseModel):
    model_config = ConfigDict(json_schema_extra={"example": {"taskId": "q3ZkT0xYw81LmNcb"}})

    taskId: str


class ScorePart(BaseModel):
    name: str = Field(description="requirements, nice_to_have, trade, experience, education or languages")
    points: int
    of: int
    words: list[str] = Field(description="the offer's")
    lines: list[str] = Field(description="the CV's that answer them")


class ScoredSkill(BaseModel):
    label: str = Field(description="the offer’s words for it")
    need: Literal["must", "nice"]
    sentence: str = Field(description="of the offer")
    lines: list[str]


class SuggestionOut(BaseModel):
    kind: str
    message: str = Field(description="for people, in the caller's language")
    asked: str
    line: str


class MatchScoreResponse(BaseModel):
    model_config = ConfigDict(json_schema_extra={"example": SCORE})

    matchScore: int = Field(ge=0, le=100, description="the sum of the parts' points")
    scoreBreakdown: list[ScorePart] = Field(description="their `of` add up to 100")
    improvementSuggestions: list[SuggestionOut]
    missingSkills: list[ScoredSkill]
    matchingSkills: list[ScoredSkill]
    jobOfferId: str
    scoredAt: str
    stale: bool = Field(description="whether the CV was changed since")


@router.post(
    "",
    response_model=TaskResponse,
    dependencies=[json_only],
    responses=errors(400, 401, 404, 409, 415, 429),
)
def ask_match_score(body: MatchScoreRequest, owner_id: AccountId, key: IdempotencyKey = None) -> JSONResponse:
    """Compare a CV with an offer, in the background; the GET has the score once it is there."""

    def work() -> Answer:
        cv = cvs.by_filename(session, owner_id, body.filename)
        job = matching.start(session, owner_id, cv, body.jobOfferId, body.deviceId or "")
        return Answer(200, TaskResponse(taskId=job.id).model_dump())

    with db.session() as session:
        given = body.model_dump_json().encode()
        return sent(idempotency.once(session, owner_id, key, "POST /api/cv/match-score", given, work))


@router.get("", responses=errors(400, 401, 404, 409))
def get_match_score(
    owner_id: AccountId, language: Lang, file: Annotated[str, Query(max_length=200)]
) -> MatchScoreResponse:
    """The CV's newest score. 404 `MATCH_SCORE_NOT_FOUND` before it was asked for, 409 while it is being made."""
    with db.session(write=False) as session:
        cv = cvs.by_filename(session, owner_id, file)
        found = matching.latest(session, cv)
    suggestions = [Suggestion.model_validate(one) for one in found["suggestions"]]
    return MatchScoreResponse(
        matchScore=found["score"],
        scoreBreakdown=found["breakdown"],
        improvementSuggestions=[
            SuggestionOut(kind=one.kind, message=one.message(language), asked=one.asked, line=one.line)
            for one in suggestions
        ],
        missingSkills=found["missing"],
        matchingSkills=found["matching"],
        jobOfferId=found["offer_id"],
        scoredAt=found["scored_at"],
        stale=found["revision"] != cv.revision,
    )
