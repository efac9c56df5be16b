import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlmodel import Session, func, select

from cvstudio import db, jobs, tasks
from cvstudio.document import Document
from cvstudio.document.form_view import CVFormData
from cvstudio.domain import billing, credits, cvs, files, generation, rate, tiers
from cvstudio.domain.tiers import ANONYMOUS
from cvstudio.errors import InvalidInput, RateLimited, StudioError
from cvstudio.models import CreditEntry, Job, User, utcnow
from cvstudio.render import themes
from tests.domain.people import make_user

FORM = CVFormData(first_name="Marie", last_name="Dupont", title="Chimiste", summary="Résumé.")


def start(owner, cv) -> Job:
    with db.session() as session:
        return generation.start(session, owner.id, cv)


def asked(session: Session, owner, number: int, ago: timedelta, status: str = "done") -> None:
    for _ in range(number):
        session.add(Job(kind=generation.KIND, owner_id=owner.id, status=status, created_at=utcnow() - ago))


def test_a_job_holds_the_cv_as_it_was(cv, owner, document):
    job = start(owner, cv)
    assert (job.kind, job.status, job.cv_id, job.owner_id) == ("render_pdf", "queued", cv.id, owner.id)
    assert job.payload["watermark"] is False
    with db.session() as session:
        cvs.save(session, owner.id, cv.id, Document(), expected_revision=1)
        assert generation.snapshot(generation.get_job(session, owner.id, job.id)).dump() == document.dump()
        assert generation.latest_job(session, owner.id, cv.id).id == job.id


def test_a_premium_template_is_marked_until_it_is_paid_for(engine, owner, document, monkeypatch):
    premium = themes.get("modern").model_copy(update={"premium": True})
    monkeypatch.setattr(themes, "get", lambda name: premium)
    with db.session() as session:
        assert not billing.may_export_clean(session, owner.id, premium)
        job = generation.start(session, owner.id, cvs.create(session, owner.id, document))
        assert job.payload["watermark"] is True
        assert 'class="watermark"' in generation.page(session, job)
        assert 'class="watermark"' in generation.printable(session, owner.id, document)


def test_nobody_generates_or_watches_anothers_cv(cv, owner, stranger):
    with pytest.raises(cvs.CvNotFound):
        start(stranger, cv)
    job = start(owner, cv)
    with db.session() as session:
        for act in (generation.get_job, generation.file):
            for job_id in (job.id, "nothing", "x\x00"):
                with pytest.raises(generation.JobNotFound):
                    act(session, stranger.id, job_id)
        assert generation.latest_job(session, stranger.id, cv.id) is None


def test_the_quota_is_of_a_day_and_failures_do_not_count(cv, owner, stranger):
    with db.session() as session:
        asked(session, owner, ANONYMOUS.free_files - 1, timedelta(hours=23))
        asked(session, owner, 30, timedelta(hours=1), "failed")
        asked(session, owner, 30, timedelta(hours=25))
        asked(session, stranger, 60, timedelta(hours=2))
    start(owner, cv)
    with pytest.raises(generation.QuotaReached) as error:
        start(owner, cv)
    assert (error.value.code, error.value.status) == ("QUOTA_REACHED", 403)
    expected = utcnow() + timedelta(hours=1)
    assert error.value.params["reset_at"] in {
        (expected + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ") for seconds in range(-5, 2)
    }


def test_the_rate_is_of_an_hour_and_says_when_to_come_back(cv, owner, monkeypatch):
    now = time.time()
    for seconds in (3590, *[10] * (ANONYMOUS.generations - 2)):
        monkeypatch.setattr(time, "time", lambda ago=seconds: now - ago)
        start(owner, cv)
    monkeypatch.setattr(time, "time", lambda: now)
    start(owner, cv)
    with pytest.raises(RateLimited) as error:
        start(owner, cv)
    assert error.value.code == "RATE_LIMIT_EXCEEDED"
    assert 1 <= error.value.params["retry_after"] <= 11


def test_the_quota_is_asked_before_the_rate(cv, owner):
    with db.session() as session:
        asked(session, owner, ANONYMOUS.free_files, timedelta(seconds=1))
        for _ in range(ANONYMOUS.generations):
            rate.hit(session, "generation", owner.id, ANONYMOUS.limit)
    with pytest.raises(generation.QuotaReached):
        start(owner, cv)
    with db.session() as session, pytest.raises(generation.QuotaReached):
        generation.price(session, owner.id)


def test_the_limit_is_exact_for_requests_at_once(cv, owner):
    def admitted(_: int) -> bool:
        try:
            start(owner, cv)
        except StudioError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(admitted, range(30))) == ANONYMOUS.generations


def test_a_form_becomes_a_cv_of_its_own(engine, owner):
    with db.session() as session:
        job = generation.start_form(session, owner.id, "1", FORM, "en")
        cv = cvs.get_owned(session, owner.id, job.cv_id)
    document = Document.load(cv.document)
    assert (cv.source, cv.template, cv.filename) == ("api", "modern", "cv-marie-dupont-chimiste.json")
    assert (document.basics.name, document.studio.language) == ("Marie Dupont", "en")


@pytest.mark.parametrize(
    ("template", "form", "error"),
    [
        ("nope", FORM, themes.TemplateNotFound),
        ("modern", FORM.model_copy(update={"skills": ["x" * 20_000] * 60}), InvalidInput),
    ],
)
def test_a_bad_form_leaves_nothing(engine, owner, template, form, error):
    with pytest.raises(error), db.session() as session:
        generation.start_form(session, owner.id, template, form)
    with db.session() as session:
        assert cvs.latest(session, owner.id) is None


def test_over_the_limit_no_cv_is_made(engine, owner):
    with db.session() as session:
        asked(session, owner, ANONYMOUS.free_files, timedelta(hours=1))
    with pytest.raises(generation.QuotaReached), db.session() as session:
        generation.start_form(session, owner.id, "modern", FORM)
    with db.session() as session:
        assert cvs.latest(session, owner.id) is None


def test_the_file_is_there_when_done_and_made_again_when_lost(cv, owner):
    job = start(owner, cv)

    def file():
        with db.session() as session:
            return generation.file(session, owner.id, job.id)

    assert file() is None
    jobs.run(job.id, tasks.HANDLERS)
    path, name = file()
    first = path.read_bytes()
    assert name == "CV Maëlle Tanguy.pdf"
    path.write_bytes(first[:1000])
    assert file() is None
    with db.session() as session:
        assert generation.get_job(session, owner.id, job.id).status == "queued"
    assert jobs.reap() == 1
    jobs.run(job.id, tasks.HANDLERS)
    path, _ = file()
    assert path.read_bytes() == first


def test_a_failed_job_has_no_file_and_says_why(cv, owner):
    job = start(owner, cv)

    def fail(ctx: jobs.Context):
        raise generation.NotReady

    jobs.run(job.id, {generation.KIND: fail})
    with db.session() as session:
        failed = generation.get_job(session, owner.id, job.id)
        assert "instant" in generation.failure(failed, "fr")
        with pytest.raises(generation.GenerationFailed):
            generation.file(session, owner.id, job.id)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Marie Dupont", "CV Marie Dupont.pdf"),
        ("", "CV.pdf"),
        ("a/../..\\b:c\r\nSet-Cookie: x", "CV a .. .. b c Set-Cookie x.pdf"),
        ("山田太郎", "CV 山田太郎.pdf"),
        ("x" * 500, "CV " + "x" * 97 + ".pdf"),
    ],
)
def test_names_to_save_under(name, expected):
    job = Job(kind="render_pdf", owner_id="x", payload={"document": {"basics": {"name": name}}})
    assert generation.filename(job) == expected


def test_a_stored_file_is_served_without_printing(cv, owner, monkeypatch):
    first, second = start(owner, cv), start(owner, cv)
    jobs.run(first.id, tasks.HANDLERS)
    monkeypatch.setattr("cvstudio.domain.rendering.printed", lambda *_: pytest.fail("printed again"))
    jobs.run(second.id, tasks.HANDLERS)
    with db.session(write=False) as session:
        one, two = (generation.get_job(session, owner.id, job.id) for job in (first, second))
        assert one.result == two.result
        assert one.result["pages"] == 2
        assert one.result["bytes"] == files.find(session, one.result["file"]).stat().st_size


# ---------------------------------------------------------------------------- accounts


@pytest.fixture
def user(engine, owner) -> User:
    return make_user(owner)


@pytest.mark.parametrize(("tier", "an_hour"), [("free", 10), ("pro", 50), ("team", 200)])
def test_an_account_generates_as_often_as_its_tier_says(sqlite, owner, document, tier, an_hour):
    make_user(owner, tier=tier)
    with db.session() as session:
        cv = cvs.create(session, owner.id, document)
        for _ in range(an_hour - 1):
            rate.hit(session, "generation", owner.id, tiers.TIERS[tier].limit)
    start(owner, cv)
    with pytest.raises(RateLimited) as error:
        start(owner, cv)
    assert 3500 < error.value.params["retry_after"] <= 3600


def test_an_administrator_changes_a_tier_for_everyone(cv, user):
    with db.session() as session:
        assert tiers.change(session, "free", {"generations": 1}, user.id).limit == rate.Limit(1, 3600)
    start(user, cv)
    with pytest.raises(RateLimited):
        start(user, cv)
    with db.session() as session:
        tiers.change(session, "free", {"generations": 2}, user.id)
    start(user, cv)  # what was counted still counts
    with pytest.raises(RateLimited):
        start(user, cv)


def test_beyond_the_free_files_one_costs_a_credit_held_then_spent(cv, user):
    with db.session() as session:
        credits.grant(session, user.id, "gift", "g", 2)
        asked(session, user, tiers.TIERS["free"].free_files - 1, timedelta(hours=1))
    start(user, cv)
    with db.session() as session:
        assert credits.balance(session, user.id) == 2
        assert generation.price(session, user.id) == 1
    done, failing = start(user, cv), start(user, cv)
    with pytest.raises(credits.InsufficientCredits) as error:
        start(user, cv)
    assert error.value.params == {"need": 1, "balance": 0}
    with db.session() as session:
        found = session.exec(select(func.count()).select_from(Job).where(Job.cv_id == cv.id)).one()
    assert found == 3  # the refused one left nothing

    jobs.run(done.id, {generation.KIND: lambda ctx: {}})
    with db.session() as session:
        assert credits.balance(session, user.id) == 0

    def fail(ctx: jobs.Context):
        raise generation.NotReady

    jobs.run(failing.id, {generation.KIND: fail})
    with db.session() as session:
        assert credits.balance(session, user.id) == 1
        assert credits.totals(session, user.id) == credits.Totals(balance=1, purchased=0, used=2, returned=1, given=2)


def test_the_price_comes_back_when_the_job_crashed_for_good_or_took_its_workers_down(cv, user):
    with db.session() as session:
        credits.grant(session, user.id, "gift", "g", 2)
        asked(session, user, tiers.TIERS["free"].free_files, timedelta(hours=1))
    crashing, lost = start(user, cv), start(user, cv)

    def crash(ctx: jobs.Context):
        raise ZeroDivisionError

    for attempt in range(jobs.MAX_ATTEMPTS):
        with db.session() as session:
            assert credits.balance(session, user.id) == 0, attempt  # still held
        jobs.run(crashing.id, {generation.KIND: crash})
    with db.session() as session:
        assert credits.balance(session, user.id) == 1
        row = session.get_one(Job, lost.id)
        row.status, row.attempt, row.lease_until = "running", jobs.MAX_LOST, utcnow() - timedelta(hours=1)
    assert jobs.reap() >= 1
    with db.session() as session:
        assert session.get_one(Job, lost.id).error_code == "WORKER_LOST"
        assert credits.balance(session, user.id) == 2


def test_who_lost_the_lease_settles_nothing(cv, user):
    with db.session() as session:
        credits.grant(session, user.id, "gift", "g", 1)
        asked(session, user, tiers.TIERS["free"].free_files, timedelta(hours=1))
    job = start(user, cv)

    def overtaken(ctx: jobs.Context):
        with db.session() as session:
            session.get_one(Job, ctx.job_id).attempt += 1
        return {}

    jobs.run(job.id, {generation.KIND: overtaken})
    with db.session() as session:
        assert not session.exec(select(CreditEntry).where(CreditEntry.kind == "settle")).all()
        assert credits.release(session, job.id)
