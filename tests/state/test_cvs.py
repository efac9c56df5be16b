"""/cvs without a browser: found, copied, renamed, thrown away and taken back."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from cvstudio import db
from cvstudio.document import samples
from cvstudio.domain import cvs, pictures
from cvstudio.errors import InvalidInput, Unauthorized
from cvstudio.locales import text
from cvstudio.models import Cv, Job, Owner
from cvstudio.state.cvs import PAGE, Shelf
from tests.state.tabs import tab
from tests.state.test_tasks import run


@pytest.fixture
def cv(cv: Cv) -> Cv:
    """It has a title of its own."""
    with db.session() as session:
        return cvs.rename(session, cv.owner_id, cv.id, "Premier")


@pytest.fixture
def shelf(cv: Cv) -> Any:
    return opened(cv.owner_id)


def opened(owner_id: str, language: str = "fr") -> Any:
    found = asyncio.run(tab(None, language, visitor_id=owner_id).get_state(Shelf))
    run(found.open())
    return found


def titles(shelf: Any) -> list[str]:
    return [row.title for row in shelf.rows]


def add(cv: Cv, title: str, **options: Any) -> Cv:
    with db.session() as session:
        return cvs.create(session, cv.owner_id, samples.load("en"), title=title, **options)


def test_what_is_said_of_each(shelf: Any, cv: Cv):
    (row,) = shelf.rows
    assert (row.title, row.source, row.link) == ("Premier", text("cvs.from_manual", "fr"), "")
    assert (row.language, row.template, row.score) == ("français", "Moderne", "")
    assert (shelf.found, shelf.kept, shelf.trashed, shelf.more, shelf.narrowed) == (1, 1, 0, False, False)
    (row,) = opened(cv.owner_id, "en").rows
    assert (row.template, row.source) == ("Modern", "Written here")


@pytest.mark.parametrize(
    ("made", "said", "link"),
    [
        ({"source": "offer", "source_value": "https://x.example/1"}, "Pour une offre", "https://x.example/1"),
        ({"source": "offer", "source_value": "javascript:alert(1)"}, "Pour une offre\u00a0: javascript:alert(1)", ""),
        ({"source": "title", "source_value": "Boulanger"}, "Pour un métier\u00a0: Boulanger", ""),
        ({"source": "translation", "source_value": "de", "origin": True}, "Traduction de « Premier »", "cv"),
        ({"source": "translation", "source_value": "de", "origin_id": "gone"}, "Traduction", ""),
        ({"origin": True}, "Tiré de « Premier »", "cv"),
        ({"source": "template"}, "CV à compléter", "/templates"),
        ({"source": "import", "source_value": "cv.pdf"}, "Importé\u00a0: cv.pdf", ""),
        ({"source": "unheard of", "source_value": "x"}, "Écrit ici", ""),
    ],
)
def test_what_it_was_made_of(shelf: Any, cv: Cv, made: dict[str, Any], said: str, link: str):
    if made.pop("origin", False):
        made["origin_id"] = cv.id
    add(cv, "Second", **made)
    run(shelf.open())
    row = shelf.rows[0]
    assert (row.source.replace("«\u00a0", "« ").replace("\u00a0»", " »"), row.link) == (
        said,
        f"/generate?cv={cv.id}" if link == "cv" else link,
    )
    assert row.elsewhere == link.startswith("http")


def test_an_original_in_the_trash_is_not_linked(shelf: Any, cv: Cv):
    add(cv, "Second", origin_id=cv.id)
    run(shelf.remove(cv.id))
    assert (shelf.rows[0].source, shelf.rows[0].link) == (text("cvs.from_manual", "fr"), "")


def test_searched_filtered_sorted(shelf: Any, cv: Cv):
    for title in ("Zoé", "Amélie"):
        add(cv, title, source="import")
    run(shelf.search(" ZOE "))
    assert (titles(shelf), shelf.found, shelf.kept, shelf.narrowed) == (["Zoé"], 1, 3, True)
    run(shelf.clear())
    assert (titles(shelf), shelf.narrowed) == (["Amélie", "Zoé", "Premier"], False)
    for name, value, found in (
        ("sort", "title", ["Amélie", "Premier", "Zoé"]),
        ("source", "import", ["Amélie", "Zoé"]),
        ("language", "fr", []),
        ("source", "", ["Premier"]),
        ("template", "nothing", []),
    ):
        run(shelf.choose(name, value))
        assert titles(shelf) == found
    run(shelf.clear())
    assert shelf.chosen == {"sort": "title", "language": "", "source": "", "template": ""}
    run(shelf.choose("sort", "unheard of"))
    assert len(titles(shelf)) == 3
    with pytest.raises(InvalidInput):
        run(shelf.choose("trashed", "1"))


def test_more_and_more(shelf: Any, cv: Cv):
    for number in range(PAGE + 3):
        add(cv, f"CV {number:02}")
    run(shelf.open())
    assert (len(shelf.rows), shelf.more, shelf.found) == (PAGE, True, PAGE + 4)
    run(shelf.load_more())
    assert (len(shelf.rows), shelf.more) == (PAGE + 4, False)
    assert len({row.id for row in shelf.rows}) == PAGE + 4
    run(shelf.load_more())
    run(shelf.happened("cv", cv.id, "elsewhere"))  # and all stay
    assert len(shelf.rows) == PAGE + 4


def test_copied_and_renamed(shelf: Any, cv: Cv):
    run(shelf.duplicate(cv.id))
    assert titles(shelf) == ["Premier (copie)", "Premier"]
    shelf.begin_rename(cv.id)
    run(shelf.rename({"id": cv.id, "title": " Nouveau\n nom "}))
    assert (titles(shelf), shelf.renaming) == (["Premier (copie)", "Nouveau nom"], "")
    shelf.begin_rename(cv.id)
    shelf.stop_renaming()
    assert shelf.renaming == ""
    run(shelf.rename({"id": cv.id, "title": ""}))
    assert titles(shelf)[1] == "Maëlle Tanguy – Responsable logistique et transport"


def test_a_picture_is_asked_for_and_comes_by_itself(shelf: Any, cv: Cv):
    assert shelf.rows[0].picture == ""
    with db.session(write=False) as session:
        (job,) = session.exec(select(Job)).all()
    assert (job.kind, job.payload) == (pictures.KIND, {"cvs": [cv.id]})
    with db.session() as session:
        drawn = cvs.get_owned(session, cv.owner_id, cv.id)
        drawn.picture, drawn.picture_of = "0123456789abcdef", drawn.revision
    run(shelf.happened("job", job.id, "elsewhere"))
    assert shelf.rows[0].picture == f"/api/cv/{cv.id}/picture.png?v=0123456789ab"
    run(shelf.open())
    with db.session(write=False) as session:
        assert len(session.exec(select(Job)).all()) == 1


def test_a_new_one(shelf: Any, cv: Cv):
    run(shelf.create())
    run(shelf.open())
    assert titles(shelf) == ["CV", "Premier"]


def test_a_visitor_s_first(sqlite: Engine):
    page = opened("FirstVisitor1234")
    assert (page.ready, page.found) == (True, 0)
    run(page.create())
    run(page.open())
    assert page.kept == 1


def test_thrown_away_taken_back_emptied(shelf: Any, cv: Cv):
    other = add(cv, "Second")
    run(shelf.open())
    run(shelf.remove(other.id))
    assert (titles(shelf), shelf.kept, shelf.trashed) == (["Premier"], 1, 1)
    run(shelf.restore(other.id))  # the toast's way back
    assert (titles(shelf), shelf.trashed) == (["Second", "Premier"], 0)
    for cv_id in (other.id, cv.id):
        run(shelf.remove(cv_id))
    assert (shelf.rows, shelf.kept, shelf.trashed) == ([], 0, 2)
    run(shelf.show_trash(True))
    assert titles(shelf) == ["Premier", "Second"]
    run(shelf.restore(cv.id))
    assert titles(shelf) == ["Second"]
    shelf.ask_emptying(True)
    run(shelf.empty())
    assert (shelf.rows, shelf.kept, shelf.trashed, shelf.emptying) == ([], 1, 0, False)
    with db.session(write=False) as session:
        assert session.get(Cv, other.id) is None
        assert session.get(Cv, cv.id) is not None


def test_several_as_one_zip(shelf: Any, cv: Cv):
    other = add(cv, "Second")
    run(shelf.open())
    for cv_id in (cv.id, other.id, cv.id):
        shelf.pick(cv_id, True)
    assert shelf.picked == [other.id, cv.id]
    shelf.pack_as("docx")
    sent = str(asyncio.run(shelf.pack()).args)
    assert f"/api/cv/archive.zip?format=docx&ids={other.id},{cv.id}" in sent
    run(shelf.remove(other.id))
    assert shelf.picked == [cv.id]
    shelf.pick(cv.id, False)
    with pytest.raises(InvalidInput):
        run(shelf.pack())
    shelf.pick("A" * 16, True)
    with pytest.raises(cvs.CvNotFound):
        run(shelf.pack())
    shelf.pick_none()
    assert shelf.picked == []


def test_another_tab_follows(shelf: Any, cv: Cv):
    run(opened(cv.owner_id).duplicate(cv.id))
    assert len(shelf.rows) == 1
    run(shelf.happened("cvs", cv.id, "another tab"))
    assert len(shelf.rows) == 2


def test_nothing_of_anothers(shelf: Any, cv: Cv):
    with db.session() as session:
        stranger = Owner(locale="fr")
        session.add(stranger)
    theirs = opened(stranger.id)
    assert theirs.rows == []
    for event in (theirs.duplicate, theirs.remove, theirs.restore):
        with pytest.raises(cvs.CvNotFound):
            run(event(cv.id))
    with pytest.raises(cvs.CvNotFound):
        run(theirs.rename({"id": cv.id, "title": "x"}))
    run(shelf.remove(cv.id))
    run(theirs.empty())
    with pytest.raises(cvs.CvNotFound):
        run(theirs.restore(cv.id))
    run(shelf.restore(cv.id))
    assert titles(shelf) == ["Premier"]


def test_without_cookies(sqlite: Engine):
    page = asyncio.run(tab(None, "fr").get_state(Shelf))
    run(page.open())
    assert (page.ready, page.rows) == (True, [])
    for event in (page.create(), page.remove("x"), page.empty()):
        with pytest.raises(Unauthorized):
            run(event)
