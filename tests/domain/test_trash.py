"""Thrown away, taken back, gone for good; and what goes with it."""

from datetime import timedelta

import pytest

from cvstudio import db
from cvstudio.domain import cvs, files, pictures, shares, trash, versions
from cvstudio.models import Cv, CvVersion, Job, utcnow


def thrown(owner, document, days: float = 0, picture: bytes = b"") -> Cv:
    """A CV in the trash since then, with a version and perhaps a picture."""
    with db.session() as session:
        cv = cvs.create(session, owner.id, document)
        versions.keep(session, cv, versions.MANUAL)
        cv.deleted_at = utcnow() - timedelta(days=days)
        if picture:
            cv.picture = files.key("picture", picture)
            files.put(session, cv.picture, picture, "image/png")
        session.add(cv)
    return cv


def there(cv: Cv) -> bool:
    with db.session(write=False) as session:
        return session.get(Cv, cv.id) is not None


def sweep() -> int:
    with db.session() as session:
        return trash.sweep(session)


def test_one_empties_one_s_own(engine, owner, stranger, document):
    mine, theirs = thrown(owner, document), thrown(stranger, document)
    with db.session() as session:
        kept = cvs.create(session, owner.id, document)
    with db.session() as session:
        assert trash.empty(session, owner.id) == 1
    assert [there(cv) for cv in (mine, theirs, kept)] == [False, True, True]
    with db.session() as session, pytest.raises(cvs.CvNotFound):
        cvs.restore(session, owner.id, mine.id)


def test_it_is_kept_for_a_month(engine, owner, stranger, document):
    old, older, young = thrown(owner, document, 30.1), thrown(stranger, document, 400), thrown(owner, document, 29.9)
    with db.session() as session:
        used = cvs.create(session, owner.id, document)
    assert sweep() == 2
    assert [there(cv) for cv in (old, older, young, used)] == [False, False, True, True]
    assert sweep() == 0
    with db.session(write=False) as session:
        assert session.get(CvVersion, old.id) is None
        assert cvs.get_owned(session, owner.id, used.id)


def test_a_picture_goes_with_the_last_that_shows_it(engine, owner, stranger, document):
    one, twin = thrown(owner, document, 31, b"picture"), thrown(stranger, document, 0, b"picture")
    sweep()
    with db.session(write=False) as session:
        assert files.find(session, one.picture) is not None
    with db.session() as session:
        trash.empty(session, stranger.id)
    with db.session(write=False) as session:
        assert files.find(session, twin.picture) is None


def test_files_of_cvs_that_are_gone_go_once_they_no_longer_count(engine, owner, document):
    cv = thrown(owner, document, 31)
    with db.session() as session:
        alive = cvs.create(session, owner.id, document)
        for name, cv_id, days in (
            *(("old", cv.id, 31), ("new", cv.id, 0.5), ("kept", alive.id, 31), ("both", cv.id, 31)),
            ("link", cv.id, 31),
        ):
            key = files.key("pdf", name)
            files.put(session, key, name.encode(), "application/pdf")
            kind = shares.JOB if name == "link" else "render_pdf"
            job = Job(kind=kind, owner_id=owner.id, cv_id=cv_id, status="done", result={"file": key})
            job.finished_at = utcnow() - timedelta(days=days)
            session.add(job)
        again = Job(kind="render_pdf", owner_id=owner.id, cv_id=alive.id, status="done", finished_at=utcnow())
        again.result = {"file": files.key("pdf", "both")}
        drawn = Job(kind=pictures.KIND, owner_id=owner.id, status="done", finished_at=utcnow() - timedelta(days=2))
        other = Job(kind="match_score", owner_id=owner.id, status="done", finished_at=utcnow() - timedelta(days=2))
        session.add_all([again, drawn, other])
    assert sweep() == 1 + 3 + 1  # the CV, three files of it, what drew pictures
    with db.session(write=False) as session:
        found = {
            name: files.find(session, files.key("pdf", name)) is not None
            for name in ("old", "new", "kept", "both", "link")
        }
        assert session.get(Job, other.id) is not None
    assert found == {"old": False, "new": True, "kept": True, "both": True, "link": False}
