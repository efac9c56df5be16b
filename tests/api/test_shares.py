"""CVs behind links, as a browser gets them: whole pages, no script, and nothing that tells one absence from another."""

from __future__ import annotations

from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from sqlmodel import update

from cvstudio import db
from cvstudio.document import samples
from cvstudio.domain import cvs, owners, share_pictures, shares
from cvstudio.domain.accounts import passwords
from cvstudio.models import Cv, Owner, Share, utcnow
from cvstudio.render import themes
from cvstudio.render.chromium import BrowserUnavailable
from tests.api.conftest import visitor

ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def cv(sqlite) -> Cv:
    with db.session() as session:
        owner = Owner(locale="fr")
        session.add(owner)
        session.flush()
        return cvs.create(session, owner.id, samples.load("fr"))


def address(cv: Cv, **how) -> str:
    with db.session() as session:
        return f"/s/{shares.share(session, cv.owner_id, cv.id, **how).token}"


def counted(cv: Cv) -> int:
    with db.session(write=False) as session:
        found = shares.of(session, cv.owner_id, cv.id)
        assert found
        return found.views


def test_the_cv_with_its_own_title_and_no_script(cv: Cv):
    shown = visitor().get(address(cv), headers=ENGLISH)
    assert (shown.status_code, shown.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert shown.headers["cache-control"] == "no-store"
    assert shown.headers["x-robots-tag"] == "noindex, nofollow"
    policy = shown.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script" not in policy
    assert "<script" not in shown.text
    assert "<title>Maëlle Tanguy – Responsable logistique et transport</title>" in shown.text
    assert '<meta property="og:description" content="Quinze ans en entrepôt' in shown.text
    assert '<html lang="fr">' in shown.text
    assert "Download the PDF" in shown.text
    assert "Ormeau Distribution" in shown.text


def test_sites_that_show_the_link_find_its_picture(cv: Cv, configure, monkeypatch):
    configure(public_url="https://cv.example.org/")
    shared = address(cv)
    shown = visitor().get(shared, headers={"User-Agent": "Mozilla/5.0 (compatible; LinkedInBot/1.0)"}).text
    whole = f"https://cv.example.org{shared}"
    assert f'<link rel="canonical" href="{whole}">' in shown
    assert f'<meta property="og:image" content="{whole}/picture.png?v={cv.revision}">' in shown
    assert '<meta name="twitter:card" content="summary_large_image">' in shown
    assert '<meta property="og:title" content="Maëlle Tanguy – Responsable logistique et transport">' in shown
    assert visitor().head(shared).status_code == 200
    assert counted(cv) == 0  # nobody has read it yet

    picture = visitor().get(f"{shared}/picture.png?v=1")
    assert (picture.status_code, picture.headers["content-type"]) == (200, "image/png")
    assert picture.headers["x-robots-tag"] == "noindex"
    assert picture.headers["cache-control"] == "no-store"  # withdrawn, it is gone at once

    def broken(_shown):
        raise BrowserUnavailable

    monkeypatch.setattr(share_pictures, "of", broken)
    ours = visitor().get(f"{shared}/picture.png", headers=ENGLISH)
    assert (ours.status_code, ours.headers["location"]) == (307, "/og-en.png")


def test_a_locked_cv_has_no_picture_even_for_who_has_the_password(cv: Cv):
    shared, reader = address(cv, password_hash=passwords.hashed("trois mots longs")), visitor()
    reader.post(shared, data={"password": "trois mots longs"})
    assert "og:image" not in reader.get(shared).text
    assert "picture.png" not in visitor().get(shared).text
    assert said(reader, f"{shared}/picture.png") == said(visitor(), f"/s/{'A' * 22}/picture.png")


def test_search_engines_only_where_the_owner_says_so(cv: Cv):
    shown = visitor().get(address(cv, listed=True))
    assert "x-robots-tag" not in shown.headers
    assert "noindex" not in shown.text


def test_every_template_can_be_shared(cv: Cv):
    for theme in themes.all():
        with db.session() as session:
            document = samples.load("en")
            document.studio.template = theme.slug
            made = cvs.create(session, cv.owner_id, document)
        shown = visitor().get(address(made))
        assert shown.status_code == 200
        assert ("watermark" in shown.text.rpartition("</style>")[2]) == theme.premium


def test_views_of_others_are_counted(cv: Cv):
    shared, owner = address(cv), visitor()
    owner.cookies.set(owners.COOKIE, owners.to_cookie(cv.owner_id), domain="testserver.local")
    owner.get(shared)
    assert counted(cv) == 0
    visitor().get(shared)
    visitor().get(shared)
    assert counted(cv) == 2


def test_absent_is_absent_whatever_the_reason(cv: Cv):
    shared = address(cv, password_hash=passwords.hashed("trois mots longs"))
    never = [said(visitor(), f"/s/{'A' * 22}{part}") for part in ("", "/pdf", "/picture.png")]
    with db.session() as session:
        session.exec(update(Share).values(expires_at=utcnow() - timedelta(days=1)))
    assert [said(visitor(), shared + part) for part in ("", "/pdf", "/picture.png")] == never
    with db.session() as session:
        shares.withdraw(session, cv.owner_id, cv.id)
    assert [said(visitor(), shared + part) for part in ("", "/pdf", "/picture.png")] == never
    assert never[0][0] == 404
    posted = [visitor().post(one, data={"password": "x"}) for one in (shared, f"/s/{'A' * 22}")]
    assert [one.status_code for one in posted] == [404, 404]
    assert posted[0].text == posted[1].text
    for strange in ("%00", "..%2fapi", "é", "x" * 3000):
        assert visitor().get(f"/s/{strange}").status_code == 404


def said(client: TestClient, path: str) -> tuple[int, str, dict[str, str]]:
    answer = client.get(path)
    own = ("x-request-id", "set-cookie", "date")
    return answer.status_code, answer.text, {name: value for name, value in answer.headers.items() if name not in own}


def test_a_password_is_asked_for_and_opens_this_browser(cv: Cv):
    shared, reader = address(cv, password_hash=passwords.hashed("trois mots longs")), visitor()
    locked = reader.get(shared)
    assert locked.status_code == 403
    assert "Tanguy" not in locked.text
    assert reader.get(f"{shared}/pdf").headers["location"] == shared
    wrong = reader.post(shared, data={"password": "<b>deux"}, headers=ENGLISH)
    assert wrong.status_code == 403
    assert "not the right password" in wrong.text
    right = reader.post(shared, data={"password": "trois mots longs"})
    assert (right.status_code, right.headers["location"]) == (303, shared)
    assert "HttpOnly" in right.headers["set-cookie"]
    assert "Tanguy" in reader.get(shared).text
    assert "Tanguy" not in visitor().get(shared).text
    assert counted(cv) == 1


def test_guesses_end(cv: Cv):
    shared, reader = address(cv, password_hash=passwords.hashed("trois mots longs")), visitor()
    statuses = [reader.post(shared, data={"password": str(number)}).status_code for number in range(6)]
    assert statuses == [403] * 5 + [429]
    assert int(reader.post(shared, data={"password": "x"}).headers["retry-after"]) > 0
