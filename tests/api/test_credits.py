from concurrent.futures import ThreadPoolExecutor

import pytest

from cvstudio import db, jobs
from cvstudio.document import samples
from cvstudio.domain import credits, cvs, generation, rate, tiers
from cvstudio.models import Job, utcnow
from tests.api.conftest import body, is_error, member, visitor

ROUTES = [
    ("GET", "/api/cv/can-create"),
    ("GET", "/api/cv/can-edit?file=x"),
    ("POST", "/api/cv/debit-edit"),
    ("GET", "/api/credits/balance"),
    ("GET", "/api/credits/transactions"),
]


@pytest.fixture
def me(client) -> str:
    """The client's id."""
    return str(client.get("/api/auth/profile").json()["id"])


@pytest.fixture
def filename(client, me) -> str:
    with db.session() as session:
        return cvs.create(session, me, samples.load("fr")).filename


def give(owner_id: str, amount: int) -> None:
    with db.session() as session:
        credits.grant(session, owner_id, "gift", f"test {owner_id}", amount)


def use_up_files(owner_id: str) -> None:
    with db.session() as session:
        for _ in range(tiers.TIERS["free"].free_files or 0):
            session.add(Job(kind=generation.KIND, owner_id=owner_id, status="done", created_at=utcnow()))


def free_edits(number: int) -> None:
    with db.session() as session:
        tiers.change(session, "free", {"free_edits": number}, None)


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_they_want_an_account(sqlite, method, path):
    is_error(visitor().request(method, path, json={"filename": "x"}), 401, "UNAUTHORIZED")


def test_costs_are_open_to_everyone(sqlite):
    costs = visitor().get("/api/credits/costs").json()["costs"]
    assert (costs["gpt_cv_generation"], costs["pdf_import"]) == (1, 1)


# ---------------------------------------------------------------------------- files


def test_a_file_is_free_then_costs_a_credit_then_waits(client, me):
    assert client.get("/api/cv/can-create").json() == {"canCreate": True, "needsCredit": False}
    use_up_files(me)
    refused = client.get("/api/cv/can-create", headers={"Accept-Language": "fr"}).json()
    assert (refused["canCreate"], refused["needsCredit"]) == (False, True)
    assert (refused["errorCode"], refused["reason"][:8]) == ("INSUFFICIENT_CREDITS", "Crédits ")
    found = is_error(client.post("/api/cv/jobs", json=body()), 403, "INSUFFICIENT_CREDITS")
    assert found["details"] == {"need": 1, "balance": 0}
    give(me, 1)
    assert client.get("/api/cv/can-create").json() == {"canCreate": True, "needsCredit": True}
    job_id = client.post("/api/cv/jobs", json=body()).json()["job_id"]
    assert client.get("/api/credits/balance").json()["balance"] == 0

    def fail(ctx: jobs.Context):
        raise generation.NotReady

    jobs.run(job_id, {generation.KIND: fail})
    assert client.get("/api/credits/balance").json() == {
        "balance": 1,
        "totalPurchased": 0,
        "totalUsed": 1,
        "totalRefunded": 1,
        "totalGifted": 1,
    }
    ledger = client.get("/api/credits/transactions", params={"limit": 2}).json()
    assert ledger["total"] == 3
    assert [(entry["type"], entry["amount"], entry["featureName"]) for entry in ledger["transactions"]] == [
        ("release", 1, "pdf_export"),
        ("hold", -1, "pdf_export"),
    ]
    rest = client.get("/api/credits/transactions", params={"limit": 2, "offset": 2}).json()["transactions"]
    assert [entry["type"] for entry in rest] == ["gift"]
    for strange in ({"limit": 0}, {"limit": 201}, {"offset": -1}, {"limit": "x"}):
        is_error(client.get("/api/credits/transactions", params=strange), 400, "INVALID_INPUT")


def test_credits_are_looked_at_before_the_rate(client, me):
    with db.session() as session:
        for _ in range(10):
            rate.hit(session, "generation", me, tiers.TIERS["free"].limit)
    refused = client.get("/api/cv/can-create").json()
    assert (refused["canCreate"], refused["errorCode"]) == (False, "RATE_LIMIT_EXCEEDED")
    response = client.post("/api/cv/jobs", json=body())
    found = is_error(response, 429, "RATE_LIMIT_EXCEEDED")
    assert int(response.headers["retry-after"]) == found["retryAfter"] > 3000
    assert found["resetAt"].endswith("Z")
    use_up_files(me)
    is_error(client.post("/api/cv/jobs", json=body()), 403, "INSUFFICIENT_CREDITS")
    give(me, 1)
    is_error(client.post("/api/cv/jobs", json=body()), 429, "RATE_LIMIT_EXCEEDED")
    assert client.get("/api/credits/balance").json()["balance"] == 1  # nothing is held by what was refused


def test_twenty_at_once_are_ten(client, me):
    def ask(_: int) -> int:
        other = visitor()
        other.cookies.update(client.cookies)
        return other.post("/api/cv/jobs", json=body()).status_code

    with ThreadPoolExecutor(10) as pool:
        assert sorted(pool.map(ask, range(20))) == [202] * 10 + [429] * 10


# ---------------------------------------------------------------------------- edits


def test_an_edit_is_free_then_costs_a_credit(client, me, filename):
    edit = {"filename": filename}
    free_edits(1)
    assert client.get("/api/cv/can-edit", params={"file": filename}).json() == {"canEdit": True, "needsCredit": False}
    assert client.post("/api/cv/debit-edit", json=edit).json() == {"success": True, "creditUsed": False, "balance": 0}
    refused = client.get("/api/cv/can-edit", params={"file": filename}).json()
    assert (refused["canEdit"], refused["needsCredit"], refused["errorCode"]) == (False, True, "INSUFFICIENT_CREDITS")
    is_error(client.post("/api/cv/debit-edit", json=edit), 403, "INSUFFICIENT_CREDITS")
    give(me, 2)
    assert client.get("/api/cv/can-edit", params={"file": filename}).json() == {"canEdit": True, "needsCredit": True}
    key = {"Idempotency-Key": "edit 1"}
    first = client.post("/api/cv/debit-edit", json=edit, headers=key)
    assert first.json() == {"success": True, "creditUsed": True, "balance": 1}
    assert client.post("/api/cv/debit-edit", json=edit, headers=key).json() == first.json()
    assert client.get("/api/credits/balance").json()["balance"] == 1


def test_fifty_edits_of_ten_credits_at_once_and_ten_win(client, me, filename):
    free_edits(0)
    give(me, 10)

    def edit(_: int) -> int:
        other = visitor()
        other.cookies.update(client.cookies)
        return other.post("/api/cv/debit-edit", json={"filename": filename}).status_code

    with ThreadPoolExecutor(25) as pool:
        assert sorted(pool.map(edit, range(50))) == [200] * 10 + [403] * 40
    assert client.get("/api/credits/balance").json()["balance"] == 0


def test_another_tier_edits_for_nothing(sqlite):
    client = member(tier="pro")
    me = client.get("/api/auth/profile").json()["id"]
    with db.session() as session:
        filename = cvs.create(session, me, samples.load("fr")).filename
    assert client.post("/api/cv/debit-edit", json={"filename": filename}).json()["creditUsed"] is False


def test_only_ones_own_cv_and_none_in_the_trash(client, stranger, me, filename):
    def answers(who, name: str) -> tuple[dict, dict]:
        return (
            is_error(who.get("/api/cv/can-edit", params={"file": name}), 404, "CV_NOT_FOUND"),
            is_error(who.post("/api/cv/debit-edit", json={"filename": name}), 404, "CV_NOT_FOUND"),
        )

    assert answers(stranger, filename) == answers(stranger, "nothing.json")
    with db.session() as session:
        cvs.delete(session, me, cvs.by_filename(session, me, filename).id)
    answers(client, filename)
    is_error(client.get("/api/cv/can-edit"), 400, "INVALID_INPUT")
    is_error(client.post("/api/cv/debit-edit", json={}), 400, "INVALID_INPUT")


def test_the_ledger_is_ones_own(client, stranger, me):
    give(me, 5)
    assert stranger.get("/api/credits/transactions").json() == {"transactions": [], "total": 0}
    assert stranger.get("/api/credits/balance").json()["balance"] == 0


# ---------------------------------------------------------------------------- tiers


def test_an_administrator_sees_and_changes_the_tiers(engine):
    admin = member(role="admin")
    before = {tier["tier"]: tier for tier in admin.get("/api/admin/tiers").json()["tiers"]}
    assert {name: before[name]["generations"] for name in ("free", "pro", "team")} == {
        "free": 10,
        "pro": 50,
        "team": 200,
    }
    changed = admin.patch("/api/admin/tiers", json={"tier": "free", "generations": 1, "freeFiles": None})
    assert (changed.json()["generations"], changed.json()["default"]["generations"]) == (1, 10)
    (entry,) = changed.json()["history"]
    assert entry["changedBy"] == admin.get("/api/auth/profile").json()["id"]
    assert entry["changes"] == {"generations": 1, "freeFiles": None}
    client = member()
    assert client.post("/api/cv/jobs", json=body()).status_code == 202
    is_error(client.post("/api/cv/jobs", json=body()), 429, "RATE_LIMIT_EXCEEDED")


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"tier": "gold", "generations": 1}, 404),
        ({"tier": "free", "generations": -1}, 400),
        ({"tier": "free", "generations": None}, 400),
        ({"tier": "free", "generations": "5"}, 400),
        ({"tier": "free", "freeFiles": 10**9}, 400),
        ({"tier": "free", "seconds": 1}, 400),
        ({}, 400),
    ],
)
def test_strange_changes(sqlite, sent, status):
    assert member(role="admin").patch("/api/admin/tiers", json=sent).status_code == status


def test_tiers_are_for_administrators(sqlite):
    for who, status in ((visitor(), 401), (member(), 403)):
        assert who.get("/api/admin/tiers").status_code == status
        assert who.patch("/api/admin/tiers", json={"tier": "free", "generations": 1}).status_code == status
