"""The picture of a shared CV: of its page one as it stands, drawn once, gone with the link, none behind a password."""

from datetime import timedelta
from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import update

from cvstudio import db
from cvstudio.document import Document
from cvstudio.domain import account_data, cvs, files, rendering, share_pictures, shares, trash
from cvstudio.domain.accounts import passwords
from cvstudio.domain.rate import Limit
from cvstudio.domain.shares import ShareNotFound, Shown
from cvstudio.errors import RateLimited
from cvstudio.models import Cv, Share, utcnow
from tests.accounts import make_account


def opened(cv: Cv, **how) -> Shown:
    with db.session() as session:
        token = shares.share(session, cv.owner_id, cv.id, **how).token
    with db.session(write=False) as session:
        return shares.open_link(session, token)


def renamed(cv: Cv, name: str) -> None:
    with db.session() as session:
        now = cvs.get_owned(session, cv.owner_id, cv.id)
        document = Document.load(now.document)
        document.basics.name = name
        cvs.save(session, cv.owner_id, cv.id, document, expected_revision=now.revision)


def kept(cv: Cv) -> str:
    with db.session(write=False) as session:
        found = shares.of(session, cv.owner_id, cv.id)
        return found.picture if found else ""


def there(key: str) -> bool:
    with db.session(write=False) as session:
        return files.find(session, key) is not None


@pytest.fixture
def drawing(monkeypatch) -> list[str]:
    """What was printed, without a browser."""
    printed: list[str] = []

    def draw(html: str, document: Document) -> bytes:
        printed.append(document.basics.name)
        return document.basics.name.encode()

    monkeypatch.setattr(rendering, "printed", draw)
    monkeypatch.setattr(rendering, "renderer", lambda: "renderer")
    monkeypatch.setattr(share_pictures, "_drawn", bytes)
    return printed


def test_a_true_picture(sqlite, owner, document):
    with db.session() as session:
        cv = cvs.create(session, owner.id, document)
    data = share_pictures.of(opened(cv))
    with Image.open(BytesIO(data)) as picture:
        assert (picture.format, picture.size) == ("PNG", share_pictures.SIZE)
        seen = picture.convert("RGB")
        assert len(seen.getcolors(1_000_000) or []) > 20
        middle = [seen.getpixel((600, y)) for y in range(share_pictures.EDGE, 630)]
    assert len(data) < 300_000  # sites refuse large ones
    assert middle.count((255, 255, 255)) > 100  # the sheet goes on below


def test_drawn_once_and_again_after_a_change(cv, drawing):
    renamed(cv, "Ada")
    assert [share_pictures.of(opened(cv)) for _ in range(2)] == [b"Ada", b"Ada"]
    before = kept(cv)
    renamed(cv, "Eve")
    assert share_pictures.of(opened(cv)) == b"Eve"
    assert drawing == ["Ada", "Eve"]
    assert (there(before), there(kept(cv))) == (False, True)


def test_what_looks_alike_is_drawn_once_and_stays_while_it_is_shown(cv, drawing):
    with db.session() as session:
        twin = cvs.create(session, cv.owner_id, Document.load(cv.document))
    for one in (cv, twin):
        share_pictures.of(opened(one))
    assert len(drawing) == 1
    with db.session() as session:
        shares.withdraw(session, cv.owner_id, cv.id)
    assert there(kept(twin))
    with db.session() as session:
        cvs.delete(session, twin.owner_id, twin.id)
        key = session.exec(Share.__table__.select()).one().picture
        trash.empty(session, twin.owner_id)
    assert not there(key)


def expire(cv: Cv) -> None:
    with db.session() as session:
        session.execute(update(Share).where(Share.cv_id == cv.id).values(expires_at=utcnow() - timedelta(minutes=1)))


def sweep() -> int:
    with db.session() as session:
        return trash.sweep(session)


def test_it_goes_with_the_link(cv, drawing):
    share_pictures.of(opened(cv))
    key = kept(cv)
    with db.session() as session:
        shares.withdraw(session, cv.owner_id, cv.id)
    assert not there(key)


def test_it_goes_once_the_link_has_expired_unless_another_shows_it(cv, drawing):
    with db.session() as session:
        twin = cvs.create(session, cv.owner_id, Document.load(cv.document))
    for one in (cv, twin):
        share_pictures.of(opened(one, expires_at=utcnow() + timedelta(days=1)))
    key = kept(cv)
    assert sweep() == 0
    expire(cv)
    assert sweep() == 1
    assert (kept(cv), kept(twin), there(key)) == ("", key, True)
    expire(twin)
    assert [sweep(), sweep()] == [1, 0]
    assert not there(key)
    share_pictures.of(opened(cv))  # its owner has given it more time
    assert there(kept(cv))


def test_none_behind_a_password_and_none_that_was_drawn_before(cv, drawing):
    open_to_all = opened(cv)
    share_pictures.of(open_to_all)
    before = kept(cv)
    locked = opened(cv, password_hash=passwords.hashed("trois mots longs"))
    renamed(cv, "Ada")
    for shown in (locked, open_to_all):  # the second was opened before there was a password
        with pytest.raises(ShareNotFound):
            share_pictures.of(shown)
    assert (kept(cv), there(before)) == ("", False)
    again = opened(cv)
    with db.session() as session:
        shares.withdraw(session, cv.owner_id, cv.id)
    with pytest.raises(ShareNotFound):
        share_pictures.of(again)


def test_it_goes_with_its_owner_s_account(engine, document, drawing):
    user = make_account("ada@example.org")
    with db.session() as session:
        cv = cvs.create(session, user.id, document)
    share_pictures.of(opened(cv))
    key = kept(cv)
    assert there(key)
    with db.session() as session:
        account_data.erase(session, user.id)
    assert not there(key)


def test_drawing_is_limited(cv, drawing, monkeypatch):
    monkeypatch.setattr(share_pictures, "DRAWN", Limit(1, 3600))
    share_pictures.of(opened(cv))
    renamed(cv, "Ada")
    with pytest.raises(RateLimited):
        share_pictures.of(opened(cv))
