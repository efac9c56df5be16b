"""fitmycv's background tasks: promised, followed, done, cancelled, put away; nobody else's."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlmodel import select

from cvstudio import db, jobs, tasks
from cvstudio.api.app import api
from cvstudio.document import Document, samples
from cvstudio.domain import background, charges, credits, cvs, imports, offer_cvs, offers, tiers
from cvstudio.importers import reading
from cvstudio.models import BackgroundTask, Cv, CvGeneration, Job, Offer
from cvstudio.render import exports
from tests.api.conftest import is_error, member, visitor
from tests.api.test_widgets import CV, TEXT, account, prepared

HERE = "/api/background-tasks"
TITLE = {"jobTitle": "Cuisinier"}


@pytest.fixture(autouse=True)
def _no_printing(monkeypatch):
    """What a CV is printed for is tested with the widgets."""
    monkeypatch.setattr(offer_cvs.rendering, "printed", lambda html, document: b"")
    monkeypatch.setattr(offer_cvs.rendering, "page_count", lambda data: 1)


@pytest.fixture
def link(monkeypatch):
    """The web: every link leads to the offer."""
    monkeypatch.setattr(offers, "read_link", lambda url, language=None: replace(offers.read_text(TEXT), url=url))
    return "https://jobs.example.org/offres/chef-de-partie-lyon.html"


def own_cv(client, **values) -> str:
    with db.session() as session:
        return cvs.create(session, account(client), Document.load(CV), **values).filename


def by_title(client, **more):
    return client.post(f"{HERE}/generate-cv-from-job-title", json={**TITLE, **more})


def by_link(client, url, **more):
    return client.post(f"{HERE}/generate-cv", json={"jobUrl": url, **more})


def run(task_id: str) -> Job:
    jobs.run(task_id, tasks.HANDLERS)
    with db.session(write=False) as session:
        return session.get_one(Job, task_id)


def sync(client, **query):
    return client.get(f"{HERE}/sync", params=query, headers={"Accept-Language": "en"}).json()["tasks"]


def remove(client, task_id: str):
    return client.request("DELETE", f"{HERE}/sync", json={"taskId": task_id})


def balance(client) -> int:
    return int(client.get("/api/credits/balance").json()["balance"])


# ---------------------------------------------------------------------------- from an offer to a CV


def test_a_link_becomes_a_cv_of_ones_career_under_the_promised_name(client, link):
    prepared(client)
    started = by_link(client, link, deviceId="phone").json()
    assert started == {"taskId": started["taskId"], "filename": "cv-chef-de-partie-lyon.json"}
    (task,) = sync(client)
    assert (task["id"], task["type"], task["status"]) == (started["taskId"], "generate-cv", "queued")
    assert (task["title"], task["filename"]) == ("chef de partie lyon", started["filename"])
    assert (task["deviceId"], task["result"], task["expectedDuration"]) == ("phone", None, None)
    run(started["taskId"])
    (task,) = sync(client)
    assert (task["status"], task["progress"], task["error"]) == ("done", 100, None)
    assert task["result"]["filename"] == started["filename"]
    assert task["result"]["title"].startswith("Chef de partie")
    assert task["expectedDuration"] >= 0
    with db.session(write=False) as session:
        cv = cvs.by_filename(session, account(client), started["filename"])
        assert (cv.source, cv.source_value, cv.id) == ("offer", link, task["result"]["cvId"])
        assert session.get_one(CvGeneration, cv.id).offer_id == task["result"]["offerId"]
        assert session.get_one(Offer, task["result"]["offerId"]).url == link
        assert cv.document["basics"]["name"] == "Samir Ben Ali"


def test_a_cv_one_has_is_the_base_and_lends_its_design(client, link):
    base = own_cv(client)
    with db.session() as session:
        cv = cvs.by_filename(session, account(client), base)
        document = Document.load(cv.document)
        document.studio.template, document.studio.design.accent = "classic", "#123456"
        cvs.save(session, cv.owner_id, cv.id, document, expected_revision=cv.revision)
    started = by_link(client, link, baseCvFilename=base).json()
    assert run(started["taskId"]).status == "done"
    with db.session(write=False) as session:
        made = cvs.by_filename(session, account(client), started["filename"])
        assert made.origin_id == cv.id
    assert (made.template, made.document["meta"]["studio"]["design"]["accent"]) == ("classic", "#123456")


def test_a_job_title_and_a_pdf(client, monkeypatch):
    prepared(client)
    started = by_title(client).json()
    assert started["filename"] == "cv-cuisinier.json"
    assert run(started["taskId"]).status == "done"
    with db.session(write=False) as session:
        cv = cvs.by_filename(session, account(client), started["filename"])
    assert (cv.source, cv.source_value) == ("title", "Cuisinier")
    monkeypatch.setattr(offers, "_pdf_text", lambda data: TEXT)
    form = {"files": {"jobPdf": ("offre.pdf", b"%PDF-1.7", "application/pdf")}}
    started = client.post(f"{HERE}/generate-cv", data={"baseCvFilename": cv.filename}, **form).json()
    assert started["filename"].startswith("cv-chef-de-partie")
    assert run(started["taskId"]).status == "done"
    assert [task["type"] for task in sync(client)] == ["generate-cv", "generate-cv-from-job-title"]


def test_a_link_that_cannot_be_read_says_why_and_costs_nothing(client, monkeypatch):
    prepared(client)
    with db.session() as session:
        credits.grant(session, account(client), "gift", "g", 2)
    before = balance(client)
    monkeypatch.setattr(offers, "read_link", lambda url, language=None: offers.read_text("Connectez-vous"))
    paying(monkeypatch)
    task_id = by_link(client, "https://jobs.example.org/1").json()["taskId"]
    assert balance(client) == before - 1
    run(task_id)
    (task,) = sync(client)
    assert (task["status"], task["errorCode"]) == ("failed", "OFFER_UNREADABLE")
    assert "Paste the offer’s text" in task["error"]
    assert balance(client) == before


def test_killed_half_way_it_makes_one_cv(client, link, monkeypatch):
    prepared(client)
    task_id = by_link(client, link).json()["taskId"]
    real = offer_cvs._result
    monkeypatch.setattr(offer_cvs, "_result", lambda *_: (_ for _ in ()).throw(SystemExit))
    with pytest.raises(SystemExit):  # before the CV's transaction is over
        jobs.run(task_id, tasks.HANDLERS)
    finish = jobs.Context.finish
    monkeypatch.setattr(offer_cvs, "_result", real)
    monkeypatch.setattr(jobs.Context, "finish", lambda *_, **__: (_ for _ in ()).throw(SystemExit))
    again(task_id)
    with pytest.raises(SystemExit):  # after it
        jobs.run(task_id, tasks.HANDLERS)
    monkeypatch.setattr(jobs.Context, "finish", finish)
    again(task_id)
    assert run(task_id).status == "done"
    assert made() == ["cv-chef-de-partie-lyon.json"]


def again(task_id: str) -> None:
    """What the reaper does once the lease is over."""
    with db.session() as session:
        job = session.get_one(Job, task_id)
        job.status, job.worker = "queued", None
        session.add(job)


def made() -> list[str]:
    with db.session(write=False) as session:
        return sorted(session.exec(select(Cv.filename)))


# ---------------------------------------------------------------------------- names


def test_promised_names_are_nobody_elses(client, link):
    prepared(client)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: by_link(client, link).json(), range(4)))
    assert len({answer["filename"] for answer in answers}) == 4
    assert own_cv(client, title="Chef de partie Lyon") not in {answer["filename"] for answer in answers}
    for answer in answers:
        assert run(answer["taskId"]).result["filename"] == answer["filename"]
    assert len(made()) == 5


def test_a_name_is_free_again_when_its_task_ended_without_a_cv(client, link):
    prepared(client)
    first = by_link(client, link).json()
    assert remove(client, first["taskId"]).json() == {"success": True, "cancelled": True}
    assert by_link(client, link).json()["filename"] == first["filename"]


def test_the_same_key_asks_once(client, link):
    prepared(client)
    key = {"headers": {"Idempotency-Key": "k"}}
    first, twin = (client.post(f"{HERE}/generate-cv", json={"jobUrl": link}, **key) for _ in range(2))
    assert first.json() == twin.json()
    assert twin.headers["Idempotency-Replayed"] == "true"
    is_error(client.post(f"{HERE}/generate-cv", json={"jobUrl": link + "x"}, **key), 409, "IDEMPOTENCY_CONFLICT")
    assert len(sync(client)) == 1


# ---------------------------------------------------------------------------- credits


def paying(monkeypatch, free: int = 0, **limits):
    monkeypatch.setitem(tiers.TIERS, "free", replace(tiers.TIERS["free"], free_files=free, **limits))


def test_beyond_the_days_free_ones_it_costs_a_credit(client, link, monkeypatch):
    prepared(client)
    paying(monkeypatch, free=1)
    is_free = by_link(client, link).json()["taskId"]
    had = balance(client)
    with db.session() as session:
        credits.debit(session, account(client), "cv_edit", "all", had)
    is_error(by_link(client, link), 403, "INSUFFICIENT_CREDITS")  # the free one is taken, if not done yet
    remove(client, is_free)
    done = by_link(client, link).json()["taskId"]  # and now it is free again
    run(done)
    is_error(by_link(client, link), 403, "INSUFFICIENT_CREDITS")
    with db.session() as session:
        credits.grant(session, account(client), "gift", "g", 1)
    paid = by_link(client, link).json()["taskId"]
    assert balance(client) == 0
    run(paid)
    assert balance(client) == 0
    is_error(by_title(client), 403, "INSUFFICIENT_CREDITS")


def test_a_cancelled_task_gives_its_credits_back(client, link, monkeypatch):
    prepared(client)
    paying(monkeypatch)
    with db.session() as session:
        credits.grant(session, account(client), "gift", "g", 1)
    before = balance(client)
    task_id = by_link(client, link).json()["taskId"]
    assert balance(client) == before - 1
    assert remove(client, task_id).json()["cancelled"] is True
    assert balance(client) == before
    run(task_id)  # the queue still has it
    (task,) = sync(client)
    assert (task["status"], task["errorCode"], task["result"]) == ("cancelled", "TASK_CANCELLED", None)
    assert remove(client, task_id).json() == {"success": True, "cancelled": False}
    assert sync(client) == []
    assert balance(client) == before


def test_cancelled_while_it_runs_it_stops_at_its_next_step(client, link, monkeypatch):
    prepared(client)
    task_id = by_link(client, link).json()["taskId"]
    steps = []
    progress = jobs.Context.progress

    def cancelled(ctx, percent, step):
        steps.append(step)
        if step == "select":
            assert remove(client, task_id).json()["cancelled"] is True
        progress(ctx, percent, step)

    monkeypatch.setattr(jobs.Context, "progress", cancelled)
    job = run(task_id)
    assert steps == ["read", "select"]
    assert (job.status, job.error_code) == ("failed", "TASK_CANCELLED")
    assert made() == []


def test_what_has_made_its_cv_is_no_longer_cancelled(client, link, monkeypatch):
    prepared(client)
    task_id = by_link(client, link).json()["taskId"]
    finish = jobs.Context.finish

    def late(ctx, **outcome):
        assert remove(client, task_id).json()["cancelled"] is False
        finish(ctx, **outcome)

    monkeypatch.setattr(jobs.Context, "finish", late)
    assert run(task_id).status == "done"
    assert len(made()) == 1


def test_cancelling_and_ending_at_once_agree(client, link, monkeypatch):
    """Whichever is first, the ledger and the CV say the same."""
    prepared(client)
    paying(monkeypatch, generations=100)
    with db.session() as session:
        credits.grant(session, account(client), "gift", "g", 20)
    for _ in range(4):
        before, had = balance(client), len(made())
        task_id = by_link(client, link).json()["taskId"]
        with ThreadPoolExecutor(2) as pool:
            running = pool.submit(run, task_id)
            answer = pool.submit(remove, client, task_id).result()
            job = running.result()
        assert answer.status_code == 200, answer.text
        assert (job.status == "done") is (not answer.json()["cancelled"])
        assert balance(client) == before - (job.status == "done")
        assert len(made()) == had + (job.status == "done")


# ---------------------------------------------------------------------------- sync


def test_a_client_reports_and_forges_nothing(client, link):
    prepared(client)
    started = by_link(client, link).json()
    forged = {"taskId": started["taskId"], "status": "completed", "result": {"filename": "mine.json"}}
    assert client.post(f"{HERE}/sync", json=forged).json() == {"success": True}
    (task,) = sync(client)
    assert (task["status"], task["result"]) == ("queued", None)
    assert task["reported"] == {"status": "completed", "result": {"filename": "mine.json"}}
    assert run(started["taskId"]).result["filename"] == started["filename"]
    forged["result"] = "x" * 5_000
    is_error(client.post(f"{HERE}/sync", json=forged), 400, "INVALID_INPUT")
    forged["result"] = "\ud800"
    is_error(
        client.post(
            f"{HERE}/sync",
            content=b'{"taskId":"a","status":"b","result":"\\ud800"}',
            headers={"Content-Type": "application/json"},
        ),
        400,
        "INVALID_INPUT",
    )


def test_a_device_sees_its_own_and_what_no_device_asked_for(client):
    prepared(client)
    named = {by_title(client, deviceId=device).json()["taskId"]: device for device in ("phone", "desk", None)}
    assert {named[task["id"]] for task in sync(client)} == {"phone", "desk", None}
    assert {named[task["id"]] for task in sync(client, deviceId="phone")} == {"phone", None}
    assert {named[task["id"]] for task in sync(client, deviceId="new")} == {None}


def test_a_match_score_asked_for_elsewhere_is_a_task_too(client):
    filename, analysis_id = own_cv(client), prepared(client)
    asked = {"filename": filename, "jobOfferId": analysis_id}
    elsewhere = client.post("/api/cv/match-score", json=asked | {"deviceId": "phone"}).json()["taskId"]
    here = client.post(f"{HERE}/calculate-match-score", json=asked).json()["taskId"]
    run(here)
    found = {task["id"]: task for task in sync(client)}
    assert {task["type"] for task in found.values()} == {"calculate-match-score"}
    assert found[elsewhere]["title"] == found[here]["title"] != ""
    assert (found[elsewhere]["deviceId"], found[here]["deviceId"]) == ("phone", None)
    assert (
        found[here]["result"]["score"]
        == client.get("/api/cv/match-score", params={"file": filename}).json()["matchScore"]
    )
    assert remove(client, elsewhere).json()["cancelled"] is True
    assert remove(client, elsewhere).json()["cancelled"] is False
    assert set(found) - {task["id"] for task in sync(client)} == {elsewhere}
    with db.session(write=False) as session:
        assert session.get(BackgroundTask, elsewhere) is not None


def test_a_translation_is_a_task(client, stranger):
    filename = own_cv(client)
    wanted = {"filename": filename, "targetLanguage": "de"}
    started = client.post(f"{HERE}/translate-cv", json=wanted).json()
    assert run(started["taskId"]).status == "done"
    (task,) = sync(client)
    assert (task["type"], task["filename"]) == ("translate-cv", started["newFilename"])
    assert task["result"]["filename"] == started["newFilename"] != filename
    with db.session(write=False) as session:
        assert cvs.by_filename(session, account(client), started["newFilename"]).language == "de"
    again = client.post(f"{HERE}/translate-cv", json=wanted).json()
    assert again["newFilename"] == started["newFilename"]
    is_error(client.post(f"{HERE}/translate-cv", json=wanted | {"targetLanguage": "xx"}), 400, "INVALID_INPUT")
    is_error(client.post(f"{HERE}/translate-cv", json=wanted | {"targetLanguage": "fr"}), 400, "INVALID_INPUT")
    is_error(stranger.post(f"{HERE}/translate-cv", json=wanted), 404, "CV_NOT_FOUND")
    is_error(visitor().post(f"{HERE}/translate-cv", json=wanted), 401, "UNAUTHORIZED")


PDF = """Samir Ben Ali
Chef de partie
samir@example.org

Expérience professionnelle
Chef de partie, Le Comptoir, Lyon
mars 2020 - présent
- Tenue du poste chaud, 80 couverts

Langues
Français, anglais"""


def test_a_pdf_becomes_a_cv(client, monkeypatch):
    imported = reading.read(PDF.encode(), "cv.txt")
    monkeypatch.setattr(imports.sandbox, "read", lambda data, filename, wall: imported)

    def post(data: bytes = b"%PDF-1.7", name: str = "Mon CV.pdf", **more):
        return client.post(f"{HERE}/import-pdf", files={"pdf": (name, data, "application/pdf")}, **more)

    is_error(visitor().post(f"{HERE}/import-pdf", files={"pdf": ("a.pdf", b"%PDF-")}), 401, "UNAUTHORIZED")
    is_error(post(b"PK"), 415, "IMPORT_NOT_A_PDF")
    is_error(client.post(f"{HERE}/import-pdf"), 400, "INVALID_INPUT")
    key = {"headers": {"Idempotency-Key": "k"}}
    started = post(data=b"%PDF-1.7", **key).json()
    assert started == post(**key).json()
    assert started["filename"] == "cv-mon-cv.json"
    assert run(started["taskId"]).status == "done"
    with db.session(write=False) as session:
        cv = cvs.by_filename(session, account(client), started["filename"])
    assert (cv.source, cv.source_value, cv.document["basics"]["name"]) == ("import", "Mon CV.pdf", "Samir Ben Ali")
    paying(monkeypatch)
    with db.session() as session:
        credits.debit(session, account(client), "cv_edit", "all", balance(client))
    is_error(post(), 403, "INSUFFICIENT_CREDITS")


def test_a_cv_from_a_pdf_stays_in_its_language(client, monkeypatch):
    english = reading.read(exports.markdown(samples.load("en")).encode(), "cv.md")
    monkeypatch.setattr(imports.sandbox, "read", lambda data, filename, wall: english)
    started = client.post(f"{HERE}/import-pdf", files={"pdf": ("cv.pdf", b"%PDF-1.7", "application/pdf")}).json()
    assert run(started["taskId"]).status == "done"
    with db.session(write=False) as session:
        cv = cvs.by_filename(session, account(client), started["filename"])
    assert cv.document["meta"]["studio"]["language"] == "en"


def test_what_failed_is_tried_again(client, monkeypatch, link):
    prepared(client)
    with monkeypatch.context() as patch:
        patch.setattr(offers, "read_link", lambda url, language=None: offers.read_text("x"))
        first = by_link(client, link).json()
        assert run(first["taskId"]).error_code == "OFFER_UNREADABLE"
    with db.session() as session:
        asked = offer_cvs.again(session, account(client), first["taskId"])
    assert asked.filename == first["filename"]
    assert run(asked.job.id).status == "done"
    assert [task["id"] for task in sync(client)] == [asked.job.id]
    with db.session() as session, pytest.raises(background.TaskNotFound):
        offer_cvs.again(session, account(client), asked.job.id)


def test_a_sample_in_ones_own_name_and_language(client):
    prepared(client)
    started = client.post(f"{HERE}/create-template-cv", json={"language": "en"}).json()
    assert started["filename"] == "cv-to-complete.json"
    assert client.post(f"{HERE}/create-template-cv").json()["filename"] == "cv-a-completer.json"
    assert run(started["taskId"]).status == "done"
    with db.session(write=False) as session:
        cv = cvs.by_filename(session, account(client), started["filename"])
    assert (cv.source, cv.language) == ("template", "en")
    assert cv.document["basics"]["name"] == "Samir Ben Ali"
    assert cv.document["basics"]["email"] == "samir@example.org"
    assert cv.document["work"]


# ---------------------------------------------------------------------------- who may, in which order


def test_requests_that_are_refused(client, stranger, link, monkeypatch):
    theirs = own_cv(stranger)
    is_error(by_link(visitor(), link), 401, "UNAUTHORIZED")
    is_error(visitor().get(f"{HERE}/sync"), 401, "UNAUTHORIZED")
    is_error(visitor().post(f"{HERE}/generate-cv", content=b"x"), 401, "UNAUTHORIZED")
    is_error(by_link(client, link), 404, "RAG_PROFILE_NOT_FOUND")
    is_error(by_link(client, link, baseCvFilename=theirs), 404, "CV_NOT_FOUND")
    is_error(by_title(client, baseCvFilename=theirs), 404, "CV_NOT_FOUND")
    is_error(client.post(f"{HERE}/calculate-match-score", json={"filename": theirs}), 404, "CV_NOT_FOUND")
    mine = own_cv(client)
    for url in ("file:///etc/passwd", "ftp://x.example", "https://", "http://[", "nonsense"):
        is_error(by_link(client, url, baseCvFilename=mine), 400, "LINK_NOT_ALLOWED")
    is_error(by_link(client, None, baseCvFilename=mine), 400, "INVALID_INPUT")
    is_error(by_title(client, jobTitle="Qzxqzx", baseCvFilename=mine), 400, "OFFER_UNREADABLE")
    is_error(by_link(client, link, nonsense=1), 400, "INVALID_INPUT")
    is_error(by_link(client, link, deviceId="a b"), 400, "INVALID_INPUT")
    is_error(
        client.post(f"{HERE}/generate-cv", content=b"{", headers={"Content-Type": "application/json"}),
        400,
        "MALFORMED_BODY",
    )
    is_error(
        client.post(f"{HERE}/generate-cv", content=b"x", headers={"Content-Type": "text/plain"}),
        415,
        "UNSUPPORTED_MEDIA_TYPE",
    )
    is_error(client.post(f"{HERE}/generate-cv", data={"jobPdf": "x"}, files={"other": b""}), 400, "INVALID_INPUT")
    # Quota before rate.
    paying(monkeypatch, generations=0)
    with db.session() as session:
        credits.debit(session, account(client), "cv_edit", "all", balance(client))
    is_error(by_link(client, link, baseCvFilename=mine), 403, "INSUFFICIENT_CREDITS")
    paying(monkeypatch, free=5, generations=0)
    limited = by_link(client, link, baseCvFilename=mine)
    is_error(limited, 429, "RATE_LIMIT_EXCEEDED")
    assert limited.headers["Retry-After"]
    assert sync(client) == []


def test_anothers_task_is_missing(client, stranger, link):
    prepared(client)
    task_id = by_link(client, link).json()["taskId"]
    for missing in (task_id, "AAAAAAAAAAAAAAAA", "' or 1=1"):
        is_error(remove(stranger, missing), 404, "TASK_NOT_FOUND")
        is_error(stranger.post(f"{HERE}/sync", json={"taskId": missing, "status": "done"}), 404, "TASK_NOT_FOUND")
    assert sync(stranger) == []
    with db.session() as session:  # nor is work of one's own that is no task
        mail = jobs.enqueue(session, "mail", account(client), {}).id
    is_error(remove(client, mail), 404, "TASK_NOT_FOUND")
    assert run(task_id).status == "done"


def test_the_examples_are_true(caller):
    prepared(caller)
    schemas = api.openapi()["components"]["schemas"]
    started = by_title(caller)
    assert started.json().keys() == schemas["StartedTask"]["example"].keys()
    run(started.json()["taskId"])
    (task,) = sync(caller)
    example = schemas["TasksResponse"]["example"]["tasks"][0]
    assert task.keys() == example.keys()
    assert task["result"].keys() == example["result"].keys()


def test_team_accounts_pay_nothing(engine, link):
    client = member(tier="pro")
    prepared(client)
    before = balance(client)
    run(by_link(client, link).json()["taskId"])
    assert balance(client) == before
    with db.session(write=False) as session:
        assert charges._price(session, account(client), "gpt_cv_generation") == 0
