"""Credits: what there is, what things cost, and fitmycv's three questions before making and changing a CV."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from cvstudio import db
from cvstudio.api.answers import errors, iso, sent
from cvstudio.api.deps import AccountId, IdempotencyKey, Lang, json_only
from cvstudio.domain import credits, cvs, edits, generation, idempotency
from cvstudio.domain.idempotency import Answer
from cvstudio.errors import Forbidden, RateLimited

router = APIRouter(prefix="/api", tags=["Credits"])

Filename = Annotated[str, Field(max_length=200)]


class BalanceResponse(BaseModel):
    model_config = ConfigDict(
        json_schema_extra={
            "example": {"balance": 12, "totalPurchased": 5, "totalUsed": 4, "totalRefunded": 1, "totalGifted": 10}
        }
    )

    balance: int = Field(description="totalPurchased + totalGifted + totalRefunded - totalUsed")
    totalPurchased: int
    totalUsed: int = Field(description="prices of work under way included")
    totalRefunded: int = Field(description="returned, because work failed or cost less")
    totalGifted: int


class CostsResponse(BaseModel):
    model_config = ConfigDict(json_schema_extra={"example": {"costs": {**credits.PRICES}}})

    costs: dict[str, int] = Field(
        description="credits by feature; files and edits cost theirs beyond the day's free ones"
    )


class Transaction(BaseModel):
    id: str
    amount: int = Field(description="credits; what was spent is negative")
    type: str = Field(description="hold, release, debit, settle, welcome, referral, purchase, …")
    featureName: str | None
    createdAt: str


class TransactionsResponse(BaseModel):
    transactions: list[Transaction]
    total: int


class CanCreateResponse(BaseModel):
    model_config = ConfigDict(json_schema_extra={"example": {"canCreate": True, "needsCredit": False}})

    canCreate: bool
    reason: str | None = Field(None, description="why not, for people, in the caller's language")
    errorCode: str | None = Field(None, description="what asking all the same would answer")
    needsCredit: bool = Field(False, description="whether it costs credits, there or not")


class CanEditResponse(BaseModel):
    model_config = ConfigDict(json_schema_extra={"example": {"canEdit": True, "needsCredit": False}})

    canEdit: bool
    reason: str | None = None
    errorCode: str | None = None
    needsCredit: bool = False


class DebitEditRequest(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"filename": "cv-marie-dupont.json"}})

    filename: Filename


class DebitEditResponse(BaseModel):
    model_config = ConfigDict(json_schema_extra={"example": {"success": True, "creditUsed": False, "balance": 12}})

    success: bool
    creditUsed: bool = Field(description="false while the day's free edits last")
    balance: int


@router.get("/credits/balance", responses=errors(401))
def get_balance(owner_id: AccountId) -> BalanceResponse:
    """What there is, and where it came from."""
    with db.session(write=False) as session:
        totals = credits.totals(session, owner_id)
    return BalanceResponse(
        balance=totals.balance,
        totalPurchased=totals.purchased,
        totalUsed=totals.used,
        totalRefunded=totals.returned,
        totalGifted=totals.given,
    )


@router.get("/credits/costs")
def get_costs() -> CostsResponse:
    """What things cost; open to everyone."""
    return CostsResponse(costs=credits.PRICES)


@router.get("/credits/transactions", responses=errors(400, 401))
def get_transactions(
    owner_id: AccountId,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> TransactionsResponse:
    """The ledger, the newest first."""
    with db.session(write=False) as session:
        entries, total = credits.transactions(session, owner_id, limit, offset)
    return TransactionsResponse(
        transactions=[
            Transaction(
                id=entry.id,
                amount=entry.amount,
                type=entry.kind,
                featureName=entry.feature or None,
                createdAt=iso(entry.created_at),
            )
            for entry in entries
        ],
        total=total,
    )


@router.get("/cv/can-create", response_model_exclude_none=True, responses=errors(401))
def can_create(owner_id: AccountId, language: Lang) -> CanCreateResponse:
    """Whether a CV's file could be asked for now. Nothing is counted or charged."""
    try:
        with db.session(write=False) as session:
            cost = generation.price(session, owner_id)
    except (Forbidden, RateLimited) as error:
        return CanCreateResponse(canCreate=False, **_why_not(error, language))
    return CanCreateResponse(canCreate=True, needsCredit=cost > 0)


@router.get("/cv/can-edit", response_model_exclude_none=True, responses=errors(400, 401, 404))
def can_edit(owner_id: AccountId, language: Lang, file: Annotated[str, Query(max_length=200)]) -> CanEditResponse:
    """Whether an edit of this CV could be debited now. Nothing is counted or charged."""
    try:
        with db.session(write=False) as session:
            cvs.by_filename(session, owner_id, file)
            cost = edits.price(session, owner_id)
    except Forbidden as error:
        return CanEditResponse(canEdit=False, **_why_not(error, language))
    return CanEditResponse(canEdit=True, needsCredit=cost > 0)


@router.post(
    "/cv/debit-edit",
    response_model=DebitEditResponse,
    dependencies=[json_only],
    responses=errors(400, 401, 403, 404, 409, 415),
)
def debit_edit(body: DebitEditRequest, owner_id: AccountId, key: IdempotencyKey = None) -> JSONResponse:
    """Count an edit: one of the day's free ones, or its price in credits."""

    def work() -> Answer:
        cvs.by_filename(session, owner_id, body.filename)
        cost = edits.charge(session, owner_id)
        left = credits.balance(session, owner_id)
        return Answer(200, DebitEditResponse(success=True, creditUsed=cost > 0, balance=left).model_dump())

    with db.session() as session:
        given = body.model_dump_json().encode()
        return sent(idempotency.once(session, owner_id, key, "POST /api/cv/debit-edit", given, work))


def _why_not(error: Forbidden | RateLimited, language: Lang) -> dict[str, Any]:
    return {
        "reason": error.message(language),
        "errorCode": error.code,
        "needsCredit": isinstance(error, credits.InsufficientCredits),
    }
