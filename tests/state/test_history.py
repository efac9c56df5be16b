"""/history without a browser: what is listed, what differs in words, kept, restored, taken back."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from cvstudio import db
from cvstudio.document import Document, samples
from cvstudio.document.changes import changes
from cvstudio.document.model import CustomItem, CustomSection, SectionSetting, Skill
from cvstudio.domain import cvs, versions
from cvstudio.domain.cvs import CvNotFound
from cvstudio.domain.versions import VersionNotFound
from cvstudio.errors import InvalidInput, Unauthorized
from cvstudio.locales import text
from cvstudio.models import Cv, Owner
from cvstudio.state import history_rows
from cvstudio.state.history import AFTER, BEFORE, NOW, History
from cvstudio.state.history_rows import Line
from tests.document.generated import documents
from tests.state.tabs import tab

WORK = "Expérience professionnelle"


def run(handler: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(handler)


def opened(owner_id: str, cv_id: str = "", language: str = "fr") -> tuple[Any, Any]:
    """The page of this owner, and what the browser was told as it opened."""
    root = tab(None, language, visitor_id=owner_id)
    page = run(root.get_state(History))
    page.cv_id = cv_id  # as the address says it
    told = run(page._read(owner_id, cv_id)) if cv_id else run(page.open())
    return page, told


@pytest.fixture
def cv(cv: Cv) -> Cv:
    """It has a version 1, and since then another first job."""
    with db.session() as session:
        versions.keep(session, cv, "manual", "Envoyé à Ormeau")
        document = Document.load(cv.document)
        document.work[0].position = "Directrice"
        return cvs.save(session, cv.owner_id, cv.id, document, expected_revision=1)


def test_the_newest_version_beside_the_cv_as_it_is(cv: Cv):
    page, told = opened(cv.owner_id)
    (row,) = page.versions
    assert (row.number, row.why, row.note) == (1, text("history.why_manual", "fr"), "Envoyé à Ormeau")
    assert (page.ready, page.cv_id, page.title) == (True, cv.id, cv.title)
    assert (page.before, page.after) == (1, NOW)
    (group,) = page.groups
    (entry,) = group.parts
    (line,) = entry.lines
    assert (group.title, entry.name, line.kind, line.name) == (WORK, "Directrice", "changed", "Poste")
    assert [frame in str(one) for one, frame in zip(told, (BEFORE, AFTER), strict=True)] == [True, True]


def test_kept_compared_restored_and_taken_back(cv: Cv):
    page, _ = opened(cv.owner_id)
    run(page.keep({"note": " Mieux "}))
    assert [(row.number, row.note) for row in page.versions] == [(2, "Mieux"), (1, "Envoyé à Ormeau")]
    assert (page.before, page.groups) == (2, [])
    run(page.choose(1))
    run(page.against("2"))
    assert (page.before, page.after, len(page.groups)) == (1, 2, 1)
    run(page.choose(2))
    assert (page.before, page.after) == (2, NOW)

    run(page.restore(1))
    assert page.replaced in [row.number for row in page.versions]
    assert str(page.replaced) in page.said
    assert position(cv) == samples.load("fr").work[0].position
    run(page.restore(page.replaced))
    assert position(cv) == "Directrice"
    run(page.restore(2))
    assert (page.replaced, position(cv)) == (NOW, "Directrice")
    assert page.said == text("history.already", "fr", number=2)


def position(cv: Cv) -> str:
    with db.session(write=False) as session:
        return Document.load(cvs.get_owned(session, cv.owner_id, cv.id).document).work[0].position


def test_it_follows_what_is_saved_elsewhere(cv: Cv):
    page, _ = opened(cv.owner_id)
    with db.session() as session:
        document = Document.load(cv.document)
        document.basics.phone = "07 00"
        cvs.save(session, cv.owner_id, cv.id, document, expected_revision=2)
    assert run(page.happened("cv", "another", "")) is None
    assert len(page.groups) == 1
    assert run(page.happened("cv", cv.id, ""))
    assert [group.title for group in page.groups] == [text("editor.identity", "fr"), WORK]


def test_a_long_list_comes_in_parts(cv: Cv):
    with db.session() as session:
        found = cvs.locked(session, cv.owner_id, cv.id)
        for number in range(40):
            versions.keep(session, found, "manual", str(number))
    page, _ = opened(cv.owner_id)
    assert (len(page.versions), page.count) == (30, 41)
    run(page.older())
    assert len(page.versions) == 41


def test_a_cv_without_versions_and_no_cv(sqlite: Engine):
    with db.session() as session:
        owner = Owner(locale="fr")
        session.add(owner)
        session.flush()
        fresh = cvs.create(session, owner.id, samples.load("fr"))
    page, told = opened(owner.id)
    assert (page.cv_id, page.count, told) == (fresh.id, 0, [])
    page, told = opened(owner.id, "nothing")
    assert (page.ready, page.cv_id, told) == (True, "", [])
    page = run(tab(None, "fr").get_state(History))
    run(page.open())
    assert (page.ready, page.cv_id) == (True, "")
    with pytest.raises(Unauthorized):
        run(page.keep({}))


def test_nothing_of_anothers_and_no_version_that_is_not(cv: Cv):
    with db.session() as session:
        stranger = Owner(locale="fr")
        session.add(stranger)
    theirs, _ = opened(stranger.id, cv.id)
    assert (theirs.cv_id, theirs.versions, theirs.groups) == ("", [], [])
    theirs.cv_id = cv.id
    for event in (theirs.keep({"note": "x"}), theirs.restore(1)):
        with pytest.raises(CvNotFound):
            run(event)
    page, _ = opened(cv.owner_id)
    for event in (page.choose(9), page.against("9"), page.restore(9)):
        with pytest.raises(VersionNotFound):
            run(event)
    for number in (-1, "x", 2**40, None, 1.5):
        with pytest.raises(InvalidInput):
            run(page.choose(number))
    assert (page.before, page.after) == (1, NOW)


# ---- in words ----------------------------------------------------------------------------------------------------


def lines(before: Document, after: Document, language: Any = "fr") -> dict[tuple[str, str, str], Line]:
    old, new = before.dump(), after.dump()
    found, more = history_rows.groups(changes(old, new), old, new, language)
    assert more == 0
    return {
        (group.title, entry.name, line.name): line for group in found for entry in group.parts for line in entry.lines
    }


def said(line: Line) -> tuple[str, list[tuple[str, str]]]:
    return line.kind, [(piece.kind, piece.text) for piece in line.pieces]


def test_fields_are_called_what_the_editor_calls_them():
    before, after = samples.load("fr"), samples.load("fr")
    after.basics.location.city = ""
    after.basics.profiles[0].username = "mt"
    after.work[0].name = "Ormeau Frais"
    after.work[0].start_date = "2020-04"
    after.work[0].highlights = [*after.work[0].highlights[1:], "Une de plus"]
    after.skills.append(Skill(name="Grues", keywords=["R489", "R485"]))
    gone = after.education.pop(0)
    found = lines(before, after)
    work, you = after.work[0].position, text("editor.identity", "fr")
    assert said(found[you, "", "Ville"]) == ("removed", [("gone", "Nantes")])
    assert ("Profils en ligne", "LinkedIn", "Identifiant") in found
    assert said(found[WORK, work, "Employeur"])[1] == [("same", "Ormeau "), ("gone", "Distribution"), ("new", "Frais")]
    assert said(found[WORK, work, "Début"])[1] == [("gone", "mars"), ("new", "avril"), ("same", " 2020")]
    assert said(found[WORK, work, "Réalisations"]) == ("added", [("new", "Une de plus")])
    assert said(found["Compétences", "Grues", "Détails"]) == ("added", [("new", "R489, R485")])
    assert said(found["Formation", gone.institution, "Établissement"])[0] == "removed"


def test_looks_order_and_what_is_hidden():
    before, after = samples.load("en"), samples.load("en")
    studio = after.studio
    studio.template, studio.design.accent, studio.design.size = "classic", "#123456", 10.5
    studio.design.density, studio.language = "airy", "de"
    studio.hidden = [after.work[0].id]
    keys = [setting.key for setting in after.section_settings()]
    studio.sections = [SectionSetting(key=key, hidden=key == "skills") for key in reversed(keys)]
    after.work.reverse()
    found = lines(before, after, "en")
    looks = {name: said(line) for (title, _, name), line in found.items() if title == "Looks"}
    assert looks["Template"] == ("changed", [("gone", "Modern"), ("new", "Classic")])
    assert looks["Density"] == ("added", [("new", text("editor.density_airy", "en"))])
    assert looks["Text size"] == ("added", [("new", "10.5")])
    assert looks["Language of the CV"] == ("changed", [("gone", "English"), ("new", "Deutsch")])
    assert looks["Skills"][1] == looks[before.work[0].position][1] == [("same", "no longer in the CV")]
    assert looks["Order of the sections"][0] == "moved"
    kind, ((_, order),) = said(found["Work experience", "", "Order"])
    assert (kind, order.split(" · ")[0]) == ("moved", after.work[0].position)


@pytest.mark.parametrize(
    ("before", "after", "told"), [(1, 2, [("gone", "1"), ("new", "2")]), (None, 2, []), (2, 2, [])]
)
def test_another_version_of_the_template_is_said_and_its_first_note_is_not(before, after, told):
    old, new = samples.load("fr"), samples.load("fr")
    old.studio.template_version, new.studio.template_version = before, after
    found = [said(line) for line in lines(old, new).values()]
    assert [piece for _, pieces in found for piece in pieces] == told


def test_sections_of_ones_own_and_keys_that_nobody_knows():
    before, after = Document(), Document()
    after.custom.append(CustomSection(title="Brevets", items=[CustomItem(name="Vis", summary="EP 1")]))
    after.__pydantic_extra__ = {"x/y": {"z": [1, {"a": None}]}}
    found = lines(before, after)
    own = {(name, field): said(line)[1] for (title, name, field), line in found.items() if title == "Brevets"}
    assert own["", "Titre de la section"] == [("new", "Brevets")]
    assert own["Vis", "Intitulé"] == [("new", "Vis")]
    assert lines(after, before).keys() == found.keys()
    assert ("Autres données", "", "x/y › z") in found


@given(st.text(max_size=80), st.text(max_size=80))
def test_pieces_make_up_both_texts(before: str, after: str):
    found = history_rows.pieces(before, after)
    assert "".join(piece.text for piece in found if piece.kind != "new") == before
    assert "".join(piece.text for piece in found if piece.kind != "gone") == after


@given(documents(), documents())
def test_any_two_documents_can_be_compared(before: Document, after: Document):
    old, new = before.dump(), after.dump()
    found, _ = history_rows.groups(changes(old, new), old, new, "fr")
    for group in found:
        assert group.title
        for entry in group.parts:
            assert all(line.name and line.pieces for line in entry.lines)
