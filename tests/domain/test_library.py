"""The list of one's CVs: found, sorted, page by page."""

import pytest
from sqlalchemy import text
from sqlmodel import select

from cvstudio import db, jobs
from cvstudio.document import Document
from cvstudio.domain import cvs, library, matching
from cvstudio.domain.library import Wanted
from cvstudio.errors import InvalidInput
from cvstudio.models import Cv, Job


def about(name: str, role: str = "", language: str = "fr", template: str = "modern") -> Document:
    document = Document()
    document.basics.name, document.basics.label = name, role
    document.studio.language, document.studio.template = language, template  # type: ignore[assignment]
    return document


def make(owner, document, **options) -> Cv:
    with db.session() as session:
        return cvs.create(session, owner.id, document, **options)


@pytest.fixture
def shelf(engine, owner) -> list[Cv]:
    """In this order; the last is the last changed."""
    return [
        make(owner, about("Maëlle Tanguy", "Logisticienne")),
        make(owner, about("Maëlle Tanguy", "Logistics lead", "en", "classic"), source="translation"),
        make(owner, about("Élodie Œuvrard", "Soudeuse 100 % TIG"), title="Zinc & Cie", source="offer"),
        make(owner, about("Bob", "Boulanger_pâtissier", template="tech")),
    ]


def scored(cv: Cv, *scores: int) -> None:
    for score in scores:
        with db.session() as session:
            job = jobs.enqueue(session, matching.KIND, cv.owner_id, {}, cv.id)
        jobs.run(job.id, {matching.KIND: lambda ctx, score=score: {"score": score}})


def read(owner, wanted: Wanted, limit: int) -> list[str]:
    """All pages: ids."""
    found: list[str] = []
    cursor = ""
    with db.session(write=False) as session:
        while True:
            rows, cursor = library.page(session, owner.id, limit, cursor, wanted)
            assert len(rows) <= limit
            found += [row.id for row in rows]
            if not cursor:
                assert library.count(session, owner.id, wanted) == len(found)
                return found


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("", [3, 2, 1, 0]),
        ("maelle", [1, 0]),
        ("TANGUY logisticienne", [0]),
        ("zinc elodie", [2]),
        ("soud", [2]),
        ("100 %", [2]),
        ("r_p", [3]),
        ("%", [2]),
        ("nobody", []),
        ("\x00\ud800 bob", [3]),
    ],
)
def test_found_by_title_person_and_role(shelf, owner, words, found):
    assert read(owner, Wanted(words), 50) == [shelf[number].id for number in found]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Wanted(language="en"), [1]),
        (Wanted(language="fr", template="modern"), [2, 0]),
        (Wanted(source="manual"), [3, 0]),
        (Wanted("maelle", source="translation"), [1]),
        (Wanted(template="\ud800"), []),
    ],
)
def test_filtered(shelf, owner, wanted, found):
    assert read(owner, wanted, 50) == [shelf[number].id for number in found]


@pytest.mark.parametrize("limit", [1, 2, 3, 50])
def test_page_by_page_in_every_order(shelf, owner, stranger, limit):
    make(stranger, about("Someone else"))
    scored(shelf[1], 90, 40)
    scored(shelf[2], 70)
    scored(shelf[0], 70)
    first, second, third, fourth = (cv.id for cv in shelf)
    assert read(owner, Wanted(), limit) == [fourth, third, second, first]
    # By what they are called: "Bob …", "Maëlle … Logisticienne", "Maëlle … Logistics", "Zinc".
    assert read(owner, Wanted(sort="title"), limit) == [fourth, first, second, third]
    assert read(owner, Wanted(sort="score"), limit) == [*sorted([first, third]), second, fourth]
    assert read(owner, Wanted("maelle", sort="score"), limit) == [first, second]


def test_what_was_made_at_one_moment_is_on_one_page_only(shelf, owner):
    with db.session() as session:
        for cv in session.exec(select(Cv)):
            cv.updated_at = shelf[0].updated_at
    assert sorted(read(owner, Wanted(), 3)) == sorted(cv.id for cv in shelf)


def test_the_trash_is_a_list_of_its_own(shelf, owner):
    for cv in (shelf[2], shelf[0]):
        with db.session() as session:
            cvs.delete(session, owner.id, cv.id)
    assert read(owner, Wanted(), 50) == [shelf[3].id, shelf[1].id]
    for limit in (1, 50):
        assert read(owner, Wanted(trashed=True), limit) == [shelf[0].id, shelf[2].id]
    assert read(owner, Wanted("zinc", trashed=True), 50) == [shelf[2].id]


def test_what_it_is_found_by_follows_the_cv(shelf, owner):
    with db.session() as session:
        cvs.rename(session, owner.id, shelf[0].id, "Pour l’été")
    assert read(owner, Wanted("ete"), 50) == [shelf[0].id]
    with db.session() as session:
        cvs.save(session, owner.id, shelf[3].id, about("Bob", "Fromager"), expected_revision=1)
    assert read(owner, Wanted("fromager"), 50) == [shelf[3].id]
    assert read(owner, Wanted("boulanger"), 50) == []


def test_a_copy_says_of_what(shelf, owner, stranger):
    with db.session() as session:
        copy = cvs.duplicate(session, owner.id, shelf[1].id, "Copie")
    assert (copy.title, copy.origin_id, copy.source, copy.language) == ("Copie", shelf[1].id, "manual", "en")
    assert copy.document == shelf[1].document
    assert copy.filename != shelf[1].filename
    with db.session() as session, pytest.raises(cvs.CvNotFound):
        cvs.duplicate(session, stranger.id, shelf[1].id, "Copie")


@pytest.mark.parametrize("wanted", [Wanted(), Wanted(sort="title"), Wanted(sort="score"), Wanted(trashed=True)])
@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "é",
        "bnVsbA==",
        "WzEsMl0=",
        "WyIyMDI2LTAxLTAxVDAwOjAwOjAwKzAwOjAwIiwgNV0=",
        "WzFlOTk5LCAieCJd",
        "WyJcdTAwMDAiLCAieCJd",
    ],
)
def test_a_cursor_that_is_not_ours(sqlite, owner, wanted, cursor):
    with db.session(write=False) as session, pytest.raises(InvalidInput):
        library.page(session, owner.id, 10, cursor, wanted)


def test_the_first_page_of_many_is_read_from_an_index(sqlite):
    """5,000 CVs must not mean to read 5,000 rows."""
    with db.session(write=False) as session:
        steps = ""
        for order in ("updated_at desc, id", "search, id"):
            mine = f"select id from cv where owner_id = 'x' and deleted_at is null order by {order} limit 25"
            steps += str(session.connection().execute(text(f"explain query plan {mine}")).all())
    assert "ix_cv_owner_id_deleted_at_updated_at" in steps
    assert "ix_cv_owner_id_deleted_at_search" in steps


def test_no_score_of_another_kind_or_state_counts(shelf, owner):
    with db.session() as session:
        jobs.enqueue(session, matching.KIND, owner.id, {}, shelf[0].id)
        session.add(Job(kind="other", owner_id=owner.id, cv_id=shelf[0].id, status="done", result={"score": 99}))
    scored(shelf[1], 5)
    with db.session(write=False) as session:
        rows, _ = library.page(session, owner.id, wanted=Wanted(sort="score"))
    assert (rows[0].id, rows[0].score) == (shelf[1].id, 5)
    assert {row.score for row in rows[1:]} == {None}
