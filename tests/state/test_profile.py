"""/profile without a browser: what is kept, refused, taken back, and what two tabs at once do to each other."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import reflex as rx
from sqlalchemy import Engine

from cvstudio import db
from cvstudio.document import samples
from cvstudio.domain import cvs, imports, owners, profiles
from cvstudio.domain.accounts import sessions
from cvstudio.errors import InvalidInput, Unauthorized
from cvstudio.importers import reading
from cvstudio.importers.failures import EncryptedFile
from cvstudio.locales import text
from cvstudio.models import User
from cvstudio.render import exports
from cvstudio.state.profile import Career
from tests.accounts import make_account
from tests.state.tabs import tab

JOB = {"title": "Soudeuse", "employer": "Chantiers du Nord", "start": "mars 2019"}


def opened(user: User | None, visitor_id: str = "") -> Any:
    found = asyncio.run(tab(user, "fr", visitor_id=visitor_id).get_state(Career))
    do(found.open())
    return found


def do(handler: Any) -> Any:
    """What a handler says; of one that speaks more than once, the last."""

    async def running() -> Any:
        if isinstance(handler, AsyncIterator):
            return [said async for said in handler][-1]
        return await handler

    return asyncio.run(running())


@pytest.fixture
def lou(sqlite: Engine) -> User:
    return make_account("lou@example.org")


@pytest.fixture
def page(lou: User) -> Any:
    """With one job and one line below it."""
    found = opened(lou)
    do(found.add("experience", JOB))
    do(found.add_line({"of": "exp_0", "text": "Soudure TIG de 400 pièces par mois"}))
    return found


def kept(user: User) -> dict[str, str]:
    with db.session(write=False) as session:
        return {fact.id: fact.text for fact in profiles.load(session, user.id).profile.facts}


def stored(user: User) -> Any:
    with db.session(write=False) as session:
        return profiles.load(session, user.id).profile


def bring(state: Any, data: bytes, name: str) -> None:
    do(state.add_file([rx.UploadFile(file=io.BytesIO(data), path=Path(name))]))


def test_what_is_told_reads_without_being_opened(page: Any):
    (job,) = page.rows["experience"]
    assert (job.head, job.where, job.when) == ("Soudeuse", "Chantiers du Nord", "mars 2019 – présent")
    do(page.write(job.id, "place", "Brest"))
    do(page.write(job.id, "title", ""))
    (job,) = page.rows["experience"]
    assert (job.head, job.where) == ("Chantiers du Nord", "Brest")
    do(page.add("education", {"title": "CAP", "level": "mention bien", "end": "2011"}))
    (degree,) = page.rows["education"]
    assert (degree.head, degree.where, degree.when) == ("CAP", "mention bien", "2011")


def test_an_empty_career_says_what_each_part_is_worth_and_where(lou: User):
    state = opened(lou)
    assert state.ready
    assert state.score == 0
    assert sum(part.missing for part in state.missing) == 100
    assert {part.place for part in state.missing} >= {"#me-name", "#add-experience-title", "#add-skill-text"}


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_career_without_a_word_is_in_the_page_s_language(sqlite: Engine, language: str):
    page = asyncio.run(tab(None, language).get_state(Career))
    do(page.open())
    assert page.me.language == language


def test_a_visitor_without_an_account_has_one_too(sqlite: Engine):
    visitor_id, _ = owners.new_cookie()
    state = opened(None, visitor_id)
    do(state.add("skill", {"text": "TIG, MIG (aluminium, inox), ARC"}))
    assert [row.text for row in opened(None, visitor_id).rows["skill"]] == ["TIG", "MIG (aluminium, inox)", "ARC"]


def test_what_is_added_is_kept_and_worth_points(lou: User, page: Any):
    assert kept(lou) == {
        "exp_0": "Soudeuse, Chantiers du Nord",
        "real_0": "Soudure TIG de 400 pièces par mois",
    }
    (row,) = page.rows["experience"]
    assert (row.start, row.end) == ("mars 2019", "")
    assert [line.text for line in row.lines] == ["Soudure TIG de 400 pièces par mois"]
    assert page.score > 0
    assert next(part for part in page.missing if part.name_en == "Achievements").place == "#exp_0-line"
    assert page.forms == {"add-experience": 1, "add-exp_0": 1}  # emptied, as all of it was kept


def test_fields_are_kept_as_they_are_typed(lou: User, page: Any):
    do(page.write("exp_0", "title", "Chaudronnière"))
    do(page.write("exp_0", "end", "06/2024"))
    do(page.write("real_0", "text", " Soudure TIG de 450 pièces par mois "))
    do(page.write("me", "name", "Lou Martin"))
    do(page.write("me", "city", "Lille"))
    told = stored(lou)
    assert told.fact("exp_0").text == "Chaudronnière, Chantiers du Nord"
    assert told.fact("exp_0").end == "2024-06"
    assert told.fact("real_0").text == "Soudure TIG de 450 pièces par mois"
    assert (told.identity.name, told.identity.location.city) == ("Lou Martin", "Lille")
    before = told.model_dump()
    do(page.write("exp_0", "end", "juin 2024"))  # the same once more, as when one leaves the field
    assert stored(lou).model_dump() == before
    do(page.write("exp_9", "text", "…"))  # typed just before it was removed
    assert stored(lou).model_dump() == before


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("start", "jamais", "no_date"),
        ("end", "2018", "ends_first"),
        ("title", "", ""),
    ],
)
def test_what_cannot_be_kept_is_said_at_its_field(lou: User, page: Any, name: str, value: str, said: str):
    before = stored(lou)
    do(page.write("exp_0", name, value))
    assert page.wrong_at == (f"exp_0-{name}" if said else "")
    if said:
        assert page.wrong == text(f"profile.{said}", "fr")
        assert stored(lou) == before
        do(page.write("exp_0", name, ""))
        assert page.wrong_at == ""


def test_no_fact_without_words(lou: User, page: Any):
    do(page.write("exp_0", "title", ""))
    do(page.write("exp_0", "employer", ""))
    do(page.write("real_0", "text", " "))
    assert page.wrong_at == "real_0-text"
    assert kept(lou) == {"exp_0": "Chantiers du Nord", "real_0": "Soudure TIG de 400 pièces par mois"}
    do(page.add("skill", {"text": " "}))
    assert (page.wrong_at, page.forms.get("add-skill")) == ("add-skill", None)


def test_removed_and_taken_back(lou: User, page: Any):
    before = kept(lou)
    do(page.remove("exp_0"))
    assert kept(lou) == {}
    assert "Soudeuse" in page.said
    do(page.undo())
    assert kept(lou) == before
    do(page.undo())
    do(page.undo())
    do(page.undo())
    assert kept(lou) == {}
    assert not page.undoable


def test_two_tabs_write_beside_each_other(lou: User, page: Any):
    other = opened(lou)
    do(other.write("exp_0", "place", "Dunkerque"))
    do(page.write("exp_0", "employer", "Ateliers"))
    fact = stored(lou).fact("exp_0")
    assert (fact.place, fact.employer) == ("Dunkerque", "Ateliers")
    do(other.add("skill", {"text": "TIG"}))
    assert kept(lou).keys() == {"exp_0", "real_0", "comp_0"}
    before = kept(lou)
    do(page.undo())  # would take back what the other tab did
    assert kept(lou) == before
    assert page.problem == text("profile.undo_stale", "fr")
    assert [row.text for row in page.rows["skill"]] == ["TIG"]


@pytest.mark.parametrize("mine", [True, False])
def test_the_same_field_in_two_tabs_is_the_persons_choice(lou: User, page: Any, mine: bool):
    other = opened(lou)
    do(other.write("real_0", "text", "Soudure de l’autre onglet"))
    do(page.write("real_0", "text", "Soudure d’ici"))
    assert (page.clash, page.mine, page.theirs) == ("changed", "Soudure d’ici", "Soudure de l’autre onglet")
    assert kept(lou)["real_0"] == "Soudure de l’autre onglet"
    do(page.settle(mine))
    assert kept(lou)["real_0"] == ("Soudure d’ici" if mine else "Soudure de l’autre onglet")
    assert page.clash == ""


def test_what_was_typed_into_what_is_gone_is_still_shown(lou: User, page: Any):
    other = opened(lou)
    do(other.remove("exp_0"))
    do(page.write("real_0", "text", "Soudure d’ici"))
    assert (page.clash, page.mine) == ("gone", "Soudure d’ici")
    do(page.settle(True))
    assert kept(lou) == {}
    do(other.undo())
    do(page.open())
    do(other.remove("exp_0"))
    do(page.remove("exp_0"))  # twice is once
    assert kept(lou) == {}


def test_what_seems_told_twice_is_merged_only_with_a_yes(lou: User):
    with db.session() as session:
        owners.ensure(session, lou.id)
        first, second = (cvs.create(session, lou.id, samples.load("fr")).id for _ in range(2))
    state = opened(lou)
    do(state.add_cv(first))
    once = kept(lou)
    assert state.pairs == []
    do(state.add_cv(second))
    assert len(kept(lou)) == 2 * len(once)
    assert [row.told for row in state.cvs] == [True, True]
    jobs = [pair for pair in state.pairs if pair.one.id.startswith("exp_")]
    assert jobs
    before = len(state.pairs)
    do(state.merge(jobs[0].two.id, jobs[0].one.id))
    assert jobs[0].one.id not in kept(lou)
    do(state.undo())
    assert len(state.pairs) == before
    do(state.keep_apart(jobs[0].one.id, jobs[0].two.id))
    assert jobs[0] not in state.pairs
    assert len(kept(lou)) == 2 * len(once)


def test_text_files_and_their_doubts(lou: User, page: Any, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(imports.sandbox, "read", lambda data, filename, *, wall: reading.read(data, filename))
    before = kept(lou)
    bring(page, json.dumps(samples.load("fr").dump()).encode(), "cv.json")
    first = kept(lou)
    assert len(first) > len(before) + 30
    assert page.said.startswith("cv.json")
    do(page.undo())
    assert kept(lou) == before
    bring(page, exports.markdown(samples.load("fr")).encode(), "cv.md")
    assert len(kept(lou)) > len(before) + 20
    (doubtful,) = [row for rows in page.rows.values() for row in rows if row.check]
    assert doubtful.employer == "Ormeau Distribution et Nantes Métropole"
    do(page.write(doubtful.id, "employer", "Nantes Métropole"))
    assert not any(row.check for rows in page.rows.values() for row in rows)
    do(page.add_text({"text": "Compétences\nSoudure plasma, Lecture de plans"}))
    assert "Soudure plasma" in kept(lou).values()
    assert page.forms["add-text"] == 1


def test_a_file_that_cannot_be_read_changes_nothing(lou: User, page: Any, monkeypatch: pytest.MonkeyPatch):
    def encrypted(data: bytes, filename: str, *, wall: float) -> Any:
        raise EncryptedFile

    monkeypatch.setattr(imports.sandbox, "read", encrypted)
    before = kept(lou)
    bring(page, b"%PDF-1.7", "cv.pdf")
    assert page.problem == EncryptedFile().message("fr")
    bring(page, b"{", "cv.json")
    assert page.problem == text("editor.not_json", "fr", line=1, column=2)
    assert (kept(lou), page.reading) == (before, "")


@pytest.mark.parametrize(
    "strange",
    [
        lambda page: page.write("exp_0", "id", "x"),
        lambda page: page.write("exp_0", "source", "x"),
        lambda page: page.write("exp_0", 7, "x"),
        lambda page: page.write("exp_0", "title", ["x"]),
        lambda page: page.write("exp_0", "title", "x" * 501),
        lambda page: page.write("me", "summary", "x"),
        lambda page: page.add("boss", {"text": "x"}),
        lambda page: page.add("skill", {"text": {"x": 1}}),
        lambda page: page.add_line({"of": "comp_0", "text": "x"}),
        lambda page: page.remove("exp_7"),
        lambda page: page.merge("exp_0", "real_0"),
        lambda page: page.speak(3),
        lambda page: page.add_text({"text": None}),
    ],
)
def test_what_no_page_of_ours_sends_is_refused(lou: User, page: Any, strange: Any):
    before = stored(lou)
    with pytest.raises(InvalidInput):
        do(strange(page))
    assert stored(lou) == before


def test_nothing_is_kept_once_the_session_has_ended(lou: User, page: Any):
    with db.session() as session:
        sessions.end_all(session, lou.id)
    before = stored(lou)
    with pytest.raises(Unauthorized):
        do(page.write("exp_0", "title", "Autre"))
    assert stored(lou) == before
    do(page.open())
    assert page.rows["experience"] == []
