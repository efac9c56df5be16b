"""Pictures of page one: drawn when asked for, once for what looks alike, and only for their owner."""

from io import BytesIO

import pytest
from PIL import Image

from cvstudio import db, jobs, tasks
from cvstudio.domain import cvs, files, library, pictures, rendering
from cvstudio.models import Cv, Job
from cvstudio.render.chromium import BrowserUnavailable


def ask(owner) -> Job | None:
    """What the list does."""
    with db.session(write=False) as session:
        missing = pictures.missing(library.page(session, owner.id)[0])
    with db.session() as session:
        return pictures.ask(session, owner.id, missing) if missing else None


def work(owner) -> Job:
    job = ask(owner)
    assert job is not None
    jobs.run(job.id, tasks.HANDLERS)
    with db.session(write=False) as session:
        return session.get_one(Job, job.id)


@pytest.fixture
def drawing(monkeypatch) -> list[str]:
    """Titles that were drawn, without a browser."""
    drawn: list[str] = []

    def draw(html, document):
        drawn.append(document.basics.name)
        return document.basics.name.encode()

    monkeypatch.setattr(pictures, "_drawn", draw)
    monkeypatch.setattr(rendering, "renderer", lambda: "renderer")
    return drawn


def named(owner, document, name: str) -> Cv:
    document.basics.name = name
    with db.session() as session:
        return cvs.create(session, owner.id, document)


def shown(owner, cv: Cv) -> bytes:
    with db.session(write=False) as session:
        return pictures.find(session, owner.id, cv.id).read_bytes()


def test_a_true_picture(sqlite, owner, document):
    with db.session() as session:
        cv = cvs.create(session, owner.id, document)
    assert work(owner).result == {"drawn": 1}
    with Image.open(BytesIO(shown(owner, cv))) as picture:
        assert picture.size == (298, 421)
        assert len(picture.convert("RGB").getcolors(100_000) or []) > 10
    assert ask(owner) is None


def test_drawn_once_and_again_after_a_change(engine, owner, document, drawing):
    first, twin, other = (named(owner, document, name) for name in ("Ada", "Ada", "Bob"))
    with db.session(write=False) as session, pytest.raises(pictures.PictureNotFound):
        pictures.find(session, owner.id, first.id)
    assert work(owner).result == {"drawn": 3}
    assert sorted(drawing) == ["Ada", "Bob"]
    assert [shown(owner, cv) for cv in (first, twin, other)] == [b"Ada", b"Ada", b"Bob"]
    document.basics.name = "Eve"
    with db.session() as session:
        old = cvs.get_owned(session, owner.id, other.id).picture
        cvs.save(session, owner.id, other.id, document, expected_revision=1)
    assert shown(owner, other) == b"Bob"  # till the new one is there
    assert work(owner).result == {"drawn": 1}
    assert shown(owner, other) == b"Eve"
    with db.session(write=False) as session:
        assert files.find(session, old) is None


def test_one_job_at_a_time_and_none_soon_after_a_failure(engine, owner, document, drawing, monkeypatch):
    named(owner, document, "Ada")
    job = ask(owner)
    assert job is not None
    assert ask(owner) is None

    def fail(html, document):
        raise BrowserUnavailable

    monkeypatch.setattr(pictures, "_drawn", fail)
    jobs.run(job.id, tasks.HANDLERS)
    assert ask(owner) is None
    with db.session() as session:
        failed = session.get_one(Job, job.id)
        assert failed.status == "failed"
        assert failed.finished_at is not None
        failed.finished_at -= 2 * pictures.PATIENCE
        session.add(failed)
    assert ask(owner) is not None


def test_what_changes_meanwhile_is_drawn_again(engine, owner, document, drawing, monkeypatch):
    cv = named(owner, document, "Ada")

    def change(html, found):
        document.basics.name = "Eve"
        with db.session() as session:
            cvs.save(session, owner.id, cv.id, document, expected_revision=1)
        return b"late"

    with monkeypatch.context() as patched:
        patched.setattr(pictures, "_drawn", change)
        work(owner)
    with db.session(write=False) as session, pytest.raises(pictures.PictureNotFound):
        pictures.find(session, owner.id, cv.id)
    work(owner)
    assert shown(owner, cv) == b"Eve"


def test_only_one_s_own(engine, owner, stranger, document, drawing):
    cv = named(owner, document, "Ada")
    with db.session() as session:
        job = pictures.ask(session, stranger.id, [cv.id])
    assert job is not None
    jobs.run(job.id, tasks.HANDLERS)
    assert drawing == []
    work(owner)
    with db.session(write=False) as session, pytest.raises(cvs.CvNotFound):
        pictures.find(session, stranger.id, cv.id)
    with db.session() as session:
        cvs.delete(session, owner.id, cv.id)
    assert shown(owner, cv) == b"Ada"


def test_a_remote_worker_draws_none(sqlite, owner, document, drawing, monkeypatch):
    named(owner, document, "Ada")
    monkeypatch.setattr(pictures, "settings", lambda: type("Remote", (), {"worker_mode": "remote"}))
    assert work(owner).status == "failed"
    assert drawing == []
