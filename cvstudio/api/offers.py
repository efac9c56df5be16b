"""Job offers: given as a link, text, a job's title or a PDF, and answered taken apart."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, File, Form, Path, Query, UploadFile
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from cvstudio import db
from cvstudio.api.answers import errors, iso, sent
from cvstudio.api.deps import AccountId, IdempotencyKey, Lang, json_only
from cvstudio.domain import idempotency, offers, turns
from cvstudio.domain.idempotency import Answer
from cvstudio.errors import InvalidInput, TooLarge
from cvstudio.language import Language
from cvstudio.models import Offer
from cvstudio.tailoring.offer import Offer as Analysis

router = APIRouter(prefix="/api/offers", tags=["Job offers"])

TEXT = """Soudeur TIG (H/F), CDI

Atelier Ferro recrute un soudeur pour son site de Nantes (44).

Vos missions
- Réaliser des assemblages en soudure TIG
- Lire les plans industriels

Profil recherché
- CAP ou titre professionnel en soudage exigé
- 3 ans d'expérience en chaudronnerie
- L'anglais serait un plus"""
ANALYSIS: dict[str, Any] = {
    "title": "Soudeur TIG",
    "company": "",
    "place": "Nantes",
    "contract": "permanent",
    "hours": "",
    "language": "fr",
    "seniority": "",
    "years": 3,
    "requirements": [
        {
            "id": "req_0",
            "text": "Réaliser des assemblages en soudure TIG",
            "sentence": "Réaliser des assemblages en soudure TIG",
            "need": "must",
            "kind": "duty",
            "skills": [{"uri": "http://data.europa.eu/esco/skill/…", "label": "soudure TIG", "said": "soudure TIG"}],
            "years": None,
        }
    ],
    "skills": [{"uri": "http://data.europa.eu/esco/skill/…", "label": "soudure TIG", "said": "soudure TIG"}],
    "keywords": [{"text": "soudure TIG", "sentence": "Réaliser des assemblages en soudure TIG", "weight": 0.9}],
    "occupation": "http://data.europa.eu/esco/occupation/…",
    "noise": [],
    "source": "text",
}
OFFER: dict[str, Any] = {
    "analysisId": "Jx8TnW8sQe1VbK6m",
    "source": "text",
    "url": None,
    "createdAt": "2026-11-21T10:00:00Z",
    "analysis": ANALYSIS,
}

AnalysisId = Annotated[str, Path(description="opaque; `analysisId` of the answer to the POST")]


class OfferRequest(BaseModel):
    """One of url, text and title."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"text": TEXT}})

    url: str | None = Field(None, max_length=2_000, description="a public page or PDF, http or https")
    text: str | None = Field(None, max_length=offers.MAX_TEXT)
    title: str | None = Field(None, max_length=200, description="of a job: a generic offer, made of ESCO's occupation")
    language: Language | None = Field(None, description="of the offer; found out without it")


class OfferResponse(BaseModel):
    model_config = ConfigDict(json_schema_extra={"example": OFFER})

    analysisId: str
    source: str = Field(description="link, pdf, text or title")
    url: str | None
    createdAt: str
    analysis: Analysis


class OfferDetail(OfferResponse):
    model_config = ConfigDict(json_schema_extra={"example": {**OFFER, "text": TEXT}})

    text: str = Field(description="the offer as it was read")


class OfferSummary(BaseModel):
    analysisId: str
    title: str
    company: str
    place: str
    source: str
    url: str | None
    createdAt: str


class OffersResponse(BaseModel):
    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "offers": [
                    {name: ANALYSIS[name] for name in ("title", "company", "place")}
                    | {name: OFFER[name] for name in ("analysisId", "source", "url", "createdAt")}
                ],
                "total": 1,
            }
        }
    )

    offers: list[OfferSummary] = Field(description="the newest first")
    total: int


@router.post(
    "",
    status_code=201,
    response_model=OfferResponse,
    dependencies=[json_only],
    responses=errors(400, 401, 409, 413, 415, 429, 502, 503, 504),
)
async def add_offer(
    body: OfferRequest, owner_id: AccountId, language: Lang, key: IdempotencyKey = None
) -> JSONResponse:
    """Read an offer. One that cannot be read says why and asks for its text: 400 `OFFER_UNREADABLE`.

    A link is fetched once, from public addresses alone, in 10 seconds and 3 MB at most: 400 `LINK_NOT_ALLOWED`,
    502 `LINK_UNREACHABLE`, 504 `LINK_TOO_SLOW`, 413 `LINK_TOO_LARGE`, 415 `LINK_NOT_READABLE`.
    """
    given = [name for name in ("url", "text", "title") if (getattr(body, name) or "").strip()]
    if len(given) != 1:
        raise InvalidInput(
            "one of url, text, title", fields={name: ["url | text | title"] for name in given or ["url"]}
        )

    def read() -> offers.Read:
        if body.url:
            return offers.read_link(body.url, body.language)
        if body.text:
            return offers.read_text(body.text, body.language)
        return offers.read_title(body.title or "", body.language or language)

    def work() -> JSONResponse:
        return _added(owner_id, key, "POST /api/offers", body.model_dump_json().encode(), read)

    return await (turns.waited(work) if body.url else turns.for_request(work))


@router.post(
    "/pdf",
    status_code=201,
    response_model=OfferResponse,
    responses=errors(400, 401, 409, 413, 429, 503),
)
def add_pdf(
    owner_id: AccountId,
    file: Annotated[UploadFile, File(description="a PDF with text in it, up to 5 MB")],
    language: Annotated[Language | None, Form(description="of the offer; found out without it")] = None,
    key: IdempotencyKey = None,
) -> JSONResponse:
    """Read an offer from a PDF. 503 `IMPORT_BUSY` while too many files are being read: try again."""
    data = file.file.read(offers.MAX_PDF + 1)
    if len(data) > offers.MAX_PDF:
        raise TooLarge(f"the PDF is over {offers.MAX_PDF} bytes")
    return _added(owner_id, key, "POST /api/offers/pdf", data, lambda: offers.read_pdf(data, language))


@router.get("", responses=errors(400, 401))
def get_offers(
    owner_id: AccountId,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> OffersResponse:
    """One's offers."""
    with db.session(write=False) as session:
        found, total = offers.all_of(session, owner_id, limit, offset)
    return OffersResponse(offers=[_summary(offer) for offer in found], total=total)


@router.get("/{analysis_id}", responses=errors(401, 404))
def get_offer(analysis_id: AnalysisId, owner_id: AccountId) -> OfferDetail:
    """One offer, with its text."""
    with db.session(write=False) as session:
        offer = offers.get_owned(session, owner_id, analysis_id)
    return OfferDetail(**_shown(offer), text=offer.text)


@router.delete("/{analysis_id}", status_code=204, responses=errors(401, 404))
def delete_offer(analysis_id: AnalysisId, owner_id: AccountId) -> Response:
    """For good; CVs made for it stay."""
    with db.session() as session:
        offers.delete(session, owner_id, analysis_id)
    return Response(status_code=204)


def _added(owner_id: str, key: str | None, route: str, request: bytes, read: Callable[[], offers.Read]) -> JSONResponse:
    """Admitted, read while no transaction is open, kept."""
    with db.session() as session:
        if answered := idempotency.replay(session, owner_id, key, route, request):
            return sent(answered)
        offers.admit(session, owner_id)
    found = read()

    def work() -> Answer:
        return Answer(201, OfferResponse(**_shown(offers.keep(session, owner_id, found))).model_dump(mode="json"))

    with db.session() as session:
        answer = idempotency.once(session, owner_id, key, route, request, work)
    return sent(answer, Location=f"/api/offers/{answer.body['analysisId']}")


def _shown(offer: Offer) -> dict[str, Any]:
    return {
        "analysisId": offer.id,
        "source": offer.source,
        "url": offer.url or None,
        "createdAt": iso(offer.created_at),
        "analysis": offers.analysis(offer),
    }


def _summary(offer: Offer) -> OfferSummary:
    about = {name: offer.analysis.get(name, "") for name in ("title", "company", "place")}
    return OfferSummary(
        analysisId=offer.id,
        source=offer.source,
        url=offer.url or None,
        createdAt=iso(offer.created_at),
        **about,
    )
