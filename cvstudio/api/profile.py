"""One's career profile: facts in one's own words, how complete they are, and what seems told twice."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from cvstudio import db
from cvstudio.api.answers import errors, iso, sent
from cvstudio.api.deps import AccountId, IdempotencyKey, Lang, json_only
from cvstudio.document import Document
from cvstudio.domain import idempotency, profiles
from cvstudio.domain.idempotency import Answer
from cvstudio.domain.profiles import Changes, FactGiven, Stored
from cvstudio.errors import InvalidInput
from cvstudio.language import Language
from cvstudio.models import Json
from cvstudio.tailoring.completeness import CompletenessPart
from cvstudio.tailoring.pasted import MAX_PASTED
from cvstudio.tailoring.profile import MAX_FACTS, Kind

router = APIRouter(prefix="/api/profile", tags=["Career profile"])

FACTS: list[dict[str, str]] = [
    {
        "id": "exp_0",
        "kind": "experience",
        "text": "Développeuse principale, Atelier Numérique",
        "of": "",
        "title": "Développeuse principale",
        "employer": "Atelier Numérique",
        "place": "Lyon",
        "start": "2020-01",
        "end": "",
        "level": "",
        "group": "",
        "url": "",
        "about": "",
        "source": "cv:b7XvPq2LhS5dRtYe",
    },
    {
        "id": "real_0",
        "kind": "realisation",
        "text": "Refonte du site : 40 % de ventes en plus",
        "of": "exp_0",
        "title": "",
        "employer": "",
        "place": "",
        "start": "",
        "end": "",
        "level": "",
        "group": "",
        "url": "",
        "about": "",
        "source": "cv:b7XvPq2LhS5dRtYe",
    },
]
PARTS: list[dict[str, Any]] = [
    {"key": "realisations", "name": "Réalisations", "points": 2, "worth": 15, "missing": 13},
    {"key": "contact", "name": "E-mail et téléphone", "points": 5, "worth": 10, "missing": 5},
]
PROFILE: dict[str, Any] = {
    "revision": 3,
    "updatedAt": "2026-11-21T10:00:00Z",
    "ragCompletenessScore": 78,
    "parts": PARTS,
    "missing": PARTS,
    "identity": {"name": "Marie Dupont", "label": "Développeuse web", "email": "marie.dupont@example.org"},
    "language": "fr",
    "facts": FACTS,
    "duplicates": [{"keep": "comp_1", "drop": "comp_7"}],
}

Short = Annotated[str, Field(max_length=500)]
Name = Annotated[str, Field(max_length=40)]
Identity = Annotated[
    dict[str, Any] | None, Field(description="JSON Resume's `basics`, without a summary: its sentences are facts")
]
Revision = Annotated[
    int | None, Field(ge=0, le=2**31 - 1, description="the one you started from: 409 `STALE_PROFILE` if it has changed")
]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Context(_Body):
    title: Short = Field("", description="of the job, degree, project, certificate")
    employer: Short = Field("", description="company, school, issuer")
    place: Short = ""
    start: Short = Field("", description="YYYY, YYYY-MM or YYYY-MM-DD")
    end: Short = Field("", description="blank with a start: it goes on")
    level: Short = Field("", description="of a language or a skill; the mark of a degree")
    group: Short = Field("", description="the heading a skill stands under")
    url: Annotated[str, Field(max_length=2_000)] = ""
    about: Annotated[str, Field(max_length=5_000)] = Field(
        "", description="what the company does, what the prize was for: said beside it, no line of its own"
    )


class FactBody(_Context):
    """A fact. `id`: the profile's own, or a name of yours that lines of the same request say in `of`."""

    id: Name = ""
    kind: Kind
    text: Annotated[str, Field(max_length=5_000)] = Field(
        "", description="in the person's own words; blank: title and employer"
    )
    of: Name = Field("", description="the job, degree or project that a line stands below")


class FactEdit(_Context):
    """Only the fields that are sent change."""

    id: Name
    text: Annotated[str, Field(max_length=5_000)] = ""


class Pair(_Body):
    """Two facts that tell the same: `keep` stays, with what only `drop` knew, and answers to both ids."""

    keep: Name
    drop: Name


class ProfileReplaceRequest(_Body):
    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "revision": 3,
                "language": "fr",
                "identity": {"name": "Marie Dupont", "email": "marie.dupont@example.org"},
                "facts": [
                    {"id": "job", "kind": "experience", "title": "Développeuse", "employer": "Atelier Numérique"},
                    {"kind": "realisation", "of": "job", "text": "Refonte du site : 40 % de ventes en plus"},
                ],
            }
        }
    )

    revision: Revision = None
    identity: Identity = None
    language: Language | None = None
    facts: list[FactBody] = Field(max_length=MAX_FACTS)


class ProfileChangeRequest(_Body):
    """All of it is done, in this order, or nothing."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "revision": 3,
                "add": [{"kind": "skill", "text": "PostgreSQL"}],
                "edit": [{"id": "exp_0", "end": "2024-06"}],
                "remove": ["inte_0"],
                "merge": [{"keep": "comp_1", "drop": "comp_7"}],
            }
        }
    )

    revision: Revision = None
    identity: Identity = None
    language: Language | None = None
    add: list[FactBody] = Field(default_factory=list, max_length=MAX_FACTS)
    edit: list[FactEdit] = Field(default_factory=list, max_length=MAX_FACTS)
    remove: list[Name] = Field(default_factory=list, max_length=MAX_FACTS)
    merge: list[Pair] = Field(default_factory=list, max_length=MAX_FACTS)


class ProfileImportRequest(_Body):
    model_config = ConfigDict(json_schema_extra={"example": {"cvIds": ["b7XvPq2LhS5dRtYe"]}})

    cvIds: list[Annotated[str, Field(max_length=64)]] = Field(default_factory=list, max_length=50)
    text: str | None = Field(None, description=f"a career told in words, up to {MAX_PASTED} characters")
    resume: dict[str, Any] | None = Field(None, description="a JSON Resume document")


class ProfilePart(BaseModel):
    key: str
    name: str = Field(description="in the caller's language")
    points: int
    worth: int
    missing: int = Field(description="what is left to gain")


class FactOut(BaseModel):
    id: str = Field(description="given once: it never changes, and never comes back for another fact")
    kind: Kind
    text: str
    of: str
    title: str
    employer: str
    place: str
    start: str
    end: str
    level: str
    group: str
    url: str
    about: str
    source: str = Field(description="cv:<id>, text:<checksum>, file:<checksum>, resume or hand")


class CareerProfileResponse(BaseModel):
    model_config = ConfigDict(json_schema_extra={"example": PROFILE})

    revision: int = Field(description="grows with every change; 0: there is no profile yet")
    updatedAt: str | None
    ragCompletenessScore: int = Field(ge=0, le=100, description="the sum of the parts' points")
    parts: list[ProfilePart] = Field(description="their worths add up to 100")
    missing: list[ProfilePart] = Field(description="those not complete, the worthiest first")
    identity: dict[str, Any]
    language: Language
    facts: list[FactOut]
    duplicates: list[Pair] = Field(description="proposed, never merged unasked: send them in `merge` to agree")


class ProfileImportResponse(CareerProfileResponse):
    model_config = ConfigDict(json_schema_extra={"example": {**PROFILE, "added": 2}})

    added: int = Field(description="facts that were not there before")


@router.get("", responses=errors(401))
def get_profile(owner_id: AccountId, language: Lang) -> CareerProfileResponse:
    """One's facts, how complete they are, and which seem to be told twice. Empty where there is none yet."""
    with db.session(write=False) as session:
        return CareerProfileResponse(**_shown(profiles.load(session, owner_id), language))


@router.put("", dependencies=[json_only], responses=errors(400, 401, 409, 415))
def replace_profile(body: ProfileReplaceRequest, owner_id: AccountId, language: Lang) -> CareerProfileResponse:
    """These facts and no others: known ids are edited, new ones added, all others removed."""
    with db.session() as session:
        stored = profiles.replace(
            session,
            owner_id,
            [_given(fact) for fact in body.facts],
            identity=body.identity,
            language=body.language,
            expected_revision=body.revision,
        )
    return CareerProfileResponse(**_shown(stored, language))


@router.patch("", dependencies=[json_only], responses=errors(400, 401, 409, 415))
def change_profile(body: ProfileChangeRequest, owner_id: AccountId, language: Lang) -> CareerProfileResponse:
    """Add, edit, remove and merge facts by hand."""
    changes = Changes(
        identity=body.identity,
        language=body.language,
        add=[_given(fact) for fact in body.add],
        edit=[(fact.id, fact.model_dump(exclude_unset=True, exclude={"id"})) for fact in body.edit],
        remove=body.remove,
        merge=[(pair.keep, pair.drop) for pair in body.merge],
    )
    with db.session() as session:
        stored = profiles.change(session, owner_id, changes, expected_revision=body.revision)
    return CareerProfileResponse(**_shown(stored, language))


@router.post(
    "/import",
    response_model=ProfileImportResponse,
    dependencies=[json_only],
    responses=errors(400, 401, 404, 409, 415),
)
def import_profile(
    body: ProfileImportRequest, owner_id: AccountId, language: Lang, key: IdempotencyKey = None
) -> JSONResponse:
    """Take facts out of one's CVs, pasted text or a JSON Resume document. What one source told is not told twice."""
    if not (body.cvIds or body.text or body.resume):
        raise InvalidInput("nothing to import", fields={"cvIds": ["cvIds, text or resume"]})

    def work() -> Answer:
        stored = profiles.load(session, owner_id)
        before = len(stored.profile.facts)
        if body.cvIds:
            stored = profiles.add_cvs(session, owner_id, body.cvIds)
        if body.resume:
            stored = profiles.add_document(session, owner_id, Document.load(body.resume), "resume")
        if body.text:
            stored = profiles.add_text(session, owner_id, body.text)
        added = len(stored.profile.facts) - before
        return Answer(200, ProfileImportResponse(**_shown(stored, language), added=added).model_dump())

    with db.session() as session:
        given = body.model_dump_json().encode()
        return sent(idempotency.once(session, owner_id, key, "POST /api/profile/import", given, work))


@router.delete("", status_code=204, responses=errors(401))
def delete_profile(owner_id: AccountId) -> Response:
    """All facts, for good. CVs made of them stay."""
    with db.session() as session:
        profiles.delete_all(session, owner_id)
    return Response(status_code=204)


def _given(fact: FactBody) -> FactGiven:
    context = fact.model_dump(include=set(profiles.CONTEXT))
    return FactGiven(kind=fact.kind, text=fact.text, id=fact.id, of=fact.of, context=context)


def _shown(stored: Stored, language: Language) -> Json:
    complete = stored.completeness
    return {
        "revision": stored.revision,
        "updatedAt": iso(stored.updated_at) if stored.updated_at else None,
        "ragCompletenessScore": complete.score,
        "parts": [_part(part, language) for part in complete.parts],
        "missing": [_part(part, language) for part in complete.missing],
        "identity": stored.profile.identity.dump(),
        "language": stored.profile.language,
        "facts": [FactOut.model_validate(fact.model_dump()) for fact in stored.profile.facts],
        "duplicates": [Pair(keep=keep, drop=drop) for keep, drop in stored.duplicates],
    }


def _part(part: CompletenessPart, language: Literal["fr", "en"]) -> ProfilePart:
    return ProfilePart(
        key=part.key, name=part.names[language], points=part.points, worth=part.worth, missing=part.missing
    )
