"""A CV behind a link: shown as it stands, gone the moment it is withdrawn."""

import io
from datetime import timedelta

import pypdfium2
import pytest
from sqlmodel import col, select, update

from cvstudio import db
from cvstudio.document import Document
from cvstudio.domain import cvs, rendering, shares
from cvstudio.domain.accounts import passwords
from cvstudio.domain.cvs import CvNotFound
from cvstudio.domain.shares import ShareNotFound, WrongPassword
from cvstudio.errors import InvalidInput, RateLimited
from cvstudio.models import Cv, Job, Share, utcnow
from tests.conftest import make_owner


def shared(cv: Cv, **how) -> Share:
    with db.session() as session:
        return shares.share(session, cv.owner_id, cv.id, **how)


def opened(token: str) -> shares.Shown:
    with db.session(write=False) as session:
        return shares.open_link(session, token)


def test_off_until_it_is_shared_and_then_as_the_cv_stands(cv):
    with db.session(write=False) as session:
        assert shares.of(session, cv.owner_id, cv.id) is None
    made = shared(cv)
    assert len(made.token) == 22
    assert shared(cv, listed=True).token == made.token
    with db.session() as session:
        document = Document.load(cv.document)
        document.basics.name = "Ada"
        cvs.save(session, cv.owner_id, cv.id, document, expected_revision=1)
    found = opened(made.token)
    assert (found.owner_id, found.document.basics.name, found.share.listed) == (cv.owner_id, "Ada", True)


@pytest.mark.parametrize("token", ["", "x", "A" * 22, "A" * 21 + "\x00", "é" * 22, "x" * 5000])
def test_what_never_was_is_not_found(cv, token):
    shared(cv)
    with pytest.raises(ShareNotFound):
        opened(token)


def test_withdrawn_expired_or_in_the_trash_it_is_not_found_either(cv):
    token = shared(cv, expires_at=utcnow() + timedelta(days=1)).token
    with db.session() as session:
        cvs.delete(session, cv.owner_id, cv.id)
    with pytest.raises(ShareNotFound):
        opened(token)
    with db.session() as session:
        cvs.restore(session, cv.owner_id, cv.id)
    assert opened(token).document
    with db.session() as session:
        session.exec(update(Share).values(expires_at=utcnow() - timedelta(seconds=1)))
    with pytest.raises(ShareNotFound):
        opened(token)
    with db.session() as session:
        shares.share(session, cv.owner_id, cv.id)
        shares.withdraw(session, cv.owner_id, cv.id)
        shares.withdraw(session, cv.owner_id, cv.id)
    with pytest.raises(ShareNotFound):
        opened(token)
    assert shared(cv).token != token


def test_it_is_its_owner_s_to_share(cv):
    with db.session() as session:
        stranger = make_owner(session)
        for refused in (shares.of, shares.share, shares.withdraw):
            with pytest.raises(CvNotFound):
                refused(session, stranger.id, cv.id)
        with pytest.raises(InvalidInput):
            shares.share(session, cv.owner_id, cv.id, expires_at=utcnow())


def test_a_password_opens_it_until_there_is_another(cv):
    first = shared(cv, password_hash=passwords.hashed("trois mots longs"), listed=True)
    assert not first.listed  # a search engine has no password
    assert not shares.is_open(first, "")
    with pytest.raises(WrongPassword):
        shares.unlock(first.token, "deux mots", "192.0.2.1")
    proof = shares.unlock(first.token, "trois mots longs", "192.0.2.1")
    assert shares.is_open(first, proof)
    assert not shares.is_open(first, proof + "é")
    assert not shares.is_open(first, proof[:-1])
    assert not shares.is_open(shared(cv, password_hash=passwords.hashed("autre chose ici")), proof)
    assert shares.is_open(shared(cv), "")


def test_passwords_are_not_guessed_for_long(cv):
    made = shared(cv, password_hash=passwords.hashed("trois mots longs"))
    for _ in range(5):
        with pytest.raises(WrongPassword):
            shares.unlock(made.token, "x", "192.0.2.1")
    with pytest.raises(RateLimited):
        shares.unlock(made.token, "trois mots longs", "192.0.2.9")  # of the same network
    assert shares.unlock(made.token, "trois mots longs", "198.51.100.1")


def test_views_and_downloads_are_counted_and_a_file_is_printed_once(cv, monkeypatch):
    printed = []

    def fake(html: str, _document: Document) -> bytes:
        printed.append(html)
        out, made = io.BytesIO(), pypdfium2.PdfDocument.new()
        made.new_page(100, 100)
        made.save(out)
        return out.getvalue()

    monkeypatch.setattr(rendering, "printed", fake)
    monkeypatch.setattr(rendering, "renderer", lambda: "test")
    found = opened(shared(cv).token)
    with db.session() as session:
        shares.seen(session, found.share)
        shares.seen(session, found.share)
    data, name = shares.pdf(found)
    assert shares.pdf(found) == (data, name)
    assert (len(printed), data[:4], name[-4:]) == (1, b"%PDF", ".pdf")
    with db.session() as session:
        now = shares.of(session, cv.owner_id, cv.id)
        assert (now.views, now.downloads) == (2, 2)
        # It goes with its owner's account, and is none of the files that they asked for.
        (job,) = session.exec(select(Job).where(col(Job.owner_id) == cv.owner_id))
        assert (job.kind, job.status, bool(job.result["file"])) == (shares.JOB, "done", True)
        shares.withdraw(session, cv.owner_id, cv.id)
    with pytest.raises(ShareNotFound):
        shares.pdf(found)
