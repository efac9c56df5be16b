"""/tailor without a browser: what is read, refused, switched, measured and kept."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterator, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import reflex as rx
from sqlalchemy import Engine

from cvstudio import db
from cvstudio.clients.web import LinkNotAllowed
from cvstudio.document import samples
from cvstudio.domain import cvs, offers, profiles
from cvstudio.domain.cvs import CvNotFound
from cvstudio.domain.offers import Read
from cvstudio.errors import InvalidInput, Unauthorized
from cvstudio.locales import text
from cvstudio.models import Cv
from cvstudio.state.tailor import BASE, PASTED_MOST, Tailor
from cvstudio.tailoring.fit import TRIES
from tests.domain.test_tailored import OFFER
from tests.state.tabs import script, tab


@pytest.fixture
def state(cv: Cv) -> Any:
    """The open page of a visitor who has one CV."""
    return opened(cv.owner_id)


def opened(owner_id: str) -> Any:
    found = asyncio.run(tab(None, "fr", visitor_id=owner_id).get_state(Tailor))
    run(found.open())
    return found


def run(handler: AsyncIterator[Any] | Coroutine[Any, Any, Any]) -> list[Any]:
    """All that a handler says, in order."""

    async def running() -> list[Any]:
        if hasattr(handler, "__aiter__"):
            return [said async for said in handler]
        return [await handler]

    return asyncio.run(running())


def read(state: Any, offer: str = OFFER) -> list[Any]:
    state.come_by("text")
    return run(state.read_offer({"offer": offer}))


def test_a_visitor_without_a_cv_is_told(sqlite: Engine):
    state = opened("0123456789abcdef0123456789abcdef")
    assert state.ready
    assert (state.choices, state.cv_id) == ([], "")


def test_the_newest_cv_is_chosen_and_shown(cv: Cv, state: Any):
    with db.session() as session:
        document = samples.load("fr")
        document.basics.name = "Une Autre"
        newer = cvs.create(session, cv.owner_id, document)
    again = opened(cv.owner_id)
    assert [row.id for row in again.choices] == [newer.id, cv.id]
    assert again.cv_id == newer.id
    assert "Maëlle Tanguy" in script(run(again.choose_cv(cv.id)))
    assert again.cv_id == cv.id
    with db.session() as session:
        made = cvs.create(session, cv.owner_id, document, source="translation", source_value="de", origin_id=cv.id)
    assert [row.id for row in opened(cv.owner_id).choices] == [newer.id, cv.id, made.id]


def test_an_offer_is_read_scored_and_shown(state: Any):
    said = read(state)
    assert "tailor-preview" in script(said)
    assert state.offer.title == "Responsable d'entrepôt"
    assert state.offer.contract == "permanent"
    assert state.offer.years == 5
    assert any("Power BI" in row.text for row in state.nices)
    assert any("tickets restaurant" in line for line in state.noise)
    assert sum(part.points for part in state.parts) == state.score
    assert sum(part.of for part in state.parts) == 100
    assert state.min_score == state.recommended
    rows = [line for section in state.sections for line in section.lines]
    assert set(state.taken) <= {line.id for line in rows}
    for line in rows:
        assert sum(part.points for part in line.parts) == line.score
    assert any(part.words for line in rows for part in line.parts)
    assert any(row.met for row in state.skills)
    assert state.reading == ""
    assert {piece.need for piece in state.pieces} == {"", "must", "nice"}
    assert "".join(piece.text for piece in state.pieces) == state.offer_text


@pytest.mark.parametrize("offer", ["", "   ", "bonjour", "x " * (PASTED_MOST // 2)])
def test_an_offer_that_cannot_be_read_is_said_at_its_field(state: Any, offer: str):
    read(state)
    before, score = state.read, state.score
    said = read(state, offer)
    assert state.wrong_fr
    assert state.wrong_en
    assert "#offer" in script(said)
    assert (state.read, state.score, state.reading) == (before, score, "")  # what was read stays
    read(state)
    assert (state.wrong_fr, state.wrong_en) == ("", "")


def test_an_offer_that_was_not_read_yet_is_there_when_one_comes_back(state: Any):
    state.hold("Recherche soudeuse" + "x" * PASTED_MOST)
    run(state.open())
    assert state.offer_text.startswith("Recherche soudeuse")
    assert (len(state.offer_text), state.read) == (PASTED_MOST, 0)
    read(state)
    assert state.offer_text == "".join(piece.text for piece in state.pieces)


@pytest.mark.parametrize(("way", "field"), [("link", "#link-offer"), ("text", "#offer")])
def test_who_gave_nothing_is_asked_for_it_where_they_are(state: Any, way: str, field: str):
    state.come_by(way)
    said = run(state.read_offer({"link": " ", "offer": "\n"}))
    assert (state.way, state.reading, state.read) == (way, "", 0)
    assert (state.wrong_fr, state.wrong_en) == (text(f"tailor.no_{way}", "fr"), text(f"tailor.no_{way}", "en"))
    assert field in script(said)


def test_a_link_that_cannot_be_read_asks_for_the_text(state: Any):
    said = run(state.read_offer({"link": "http://127.0.0.1:1/offer"}))
    assert state.wrong_fr == LinkNotAllowed().message("fr")
    assert (state.way, state.reading, state.read) == ("text", "", 0)
    assert "#offer" in script(said)


def test_a_link_is_kept_with_the_cv_made_for_it(cv: Cv, state: Any, monkeypatch: pytest.MonkeyPatch):
    asked: list[str] = []

    def fetched(url: str, *, seconds: float) -> Read:
        asked.append(url)
        return replace(offers.read_text(OFFER), url=url)

    monkeypatch.setattr(offers, "read_link", fetched)
    run(state.read_offer({"link": " jobs.example/7 "}))
    assert asked == ["https://jobs.example/7"]
    assert (state.link, state.read) == ("https://jobs.example/7", 1)
    run(state.keep())
    with db.session(write=False) as session:
        newest = cvs.all_of(session, cv.owner_id)[0]
    assert (newest.source_value, newest.origin_id) == ("https://jobs.example/7", cv.id)


def test_an_offer_may_come_as_a_pdf(state: Any, monkeypatch: pytest.MonkeyPatch):
    def upload(data: bytes) -> list[rx.UploadFile]:
        return [rx.UploadFile(file=io.BytesIO(data), path=Path("offre.pdf"))]

    run(state.read_pdf(upload(b"not a pdf")))
    assert state.wrong_fr.startswith("Nous n’y trouvons pas de texte")
    assert state.way == "text"
    monkeypatch.setattr(offers.sandbox, "pdf_text", lambda data, *, wall: OFFER)
    run(state.read_pdf(upload(b"%PDF-1.7")))
    assert (state.way, state.file, state.wrong_fr, state.read) == ("pdf", "offre.pdf", "", 1)
    assert state.offer.title == "Responsable d'entrepôt"


def test_one_s_career_is_tailored_too(cv: Cv):
    with db.session() as session:
        profiles.add_document(session, cv.owner_id, samples.load("en"), "resume")
    state = opened(cv.owner_id)
    assert state.career > 50
    assert "Isla Ferreira-Grant" in script(run(state.choose_cv(BASE)))
    read(state)
    (redirect,) = run(state.keep())
    with db.session(write=False) as session:
        newest = cvs.all_of(session, cv.owner_id)[0]
    assert f"/generate?cv={newest.id}" in str(redirect.args)
    assert (newest.origin_id, newest.source) == (None, "offer")


@pytest.mark.parametrize("offer", [None, 7, ["x"], {"$ne": 1}])
def test_an_offer_is_a_text(state: Any, offer: Any):
    with pytest.raises(InvalidInput):
        read(state, offer)


def test_a_switch_changes_the_cv_and_the_match(state: Any):
    read(state)
    run(state.at_least(0))
    everything, score = list(state.taken), state.score
    assert "Ormeau Distribution" in script(run(state.switch("widget_exp_0", False)))
    document = state._work.document()
    assert all(job.id != "exp_0" for job in document.work)
    assert len(state.taken) < len(everything)
    assert state.score <= score
    asked = [row.label for row in state.skills]
    run(state.switch("widget_exp_0", True))
    assert "widget_exp_0" in state.taken
    for line in list(state.taken):
        run(state.switch(line, False))
    assert [row.label for row in state.skills] == asked  # where they were
    assert not any(row.met for row in state.skills)


@pytest.mark.parametrize("score", ["", "many", None, float("nan"), float("inf"), [1]])
def test_a_threshold_is_a_number(state: Any, score: Any):
    read(state)
    before = state.taken
    with pytest.raises(InvalidInput):
        run(state.at_least(score))
    assert state.taken == before
    for far in (-5, 900):
        run(state.at_least(far))
        assert 0 <= state.min_score <= 100


def test_nothing_can_be_switched_before_an_offer_was_read(state: Any):
    for handler in (state.switch("widget_exp_0", True), state.at_least(3), state.one_page(), state.put_all_back()):
        with pytest.raises(InvalidInput):
            run(handler)
    with pytest.raises(InvalidInput):
        run(state.keep())


def test_one_page_is_asked_of_the_frame_until_it_fits(state: Any):
    read(state)
    run(state.at_least(0))
    said = run(state.one_page())
    rounds = 0
    while state._asked:
        asked = json.loads(script(said).partition(".push(")[2].rstrip(")"))
        (attempt,) = asked["attempts"]
        assert (asked["type"], asked["goal"]) == ("cv:fit", 1)
        said = run(state.measured(-1, 1 if len(attempt["body"]) < 9_000 else 2))
        rounds += 1
        assert rounds < 12 + TRIES
    assert state.fitted == "done"
    assert state.left_out
    assert not {row.id for row in state.left_out} & set(state.taken)
    run(state.switch(state.left_out[0].id, True))
    run(state.put_all_back())
    assert state.left_out == []


def test_an_answer_nobody_asked_for_is_nothing(state: Any):
    run(state.measured(0, 1))
    read(state)
    before = list(state.taken)
    run(state.measured(0, 1))
    assert (state.taken, state.fitted) == (before, "")


def test_what_is_kept_is_a_new_cv(cv: Cv, state: Any):
    read(state)
    (redirect,) = run(state.keep())
    with db.session(write=False) as session:
        newest, old = cvs.all_of(session, cv.owner_id)
    assert (old.id, old.revision) == (cv.id, 1)
    assert "entrepôt" in newest.title
    assert f"/generate?cv={newest.id}" in str(redirect.args)


def test_no_one_reads_another_s_cv(cv: Cv, sqlite: Engine):
    stranger = opened("0123456789abcdef0123456789abcdef")
    with pytest.raises(CvNotFound):
        run(stranger.choose_cv(cv.id))
    stranger.cv_id = cv.id
    with pytest.raises(CvNotFound):
        read(stranger)
    assert stranger._work is None


def test_a_tab_that_is_nobody_s_reads_nothing(sqlite: Engine):
    state = asyncio.run(tab(None).get_state(Tailor))
    run(state.open())
    with pytest.raises(Unauthorized):
        read(state)
