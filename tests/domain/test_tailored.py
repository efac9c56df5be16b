"""A CV made for an offer: what the switches, the threshold and the fit do to it, and what is kept."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import Engine

from cvstudio import db
from cvstudio.document import Document, samples
from cvstudio.domain import cvs, offers, profiles, tailored
from cvstudio.domain.tailored import CAREER, MAX_OFFER, Base, OfferTooLong, Tailoring
from cvstudio.domain.widgets import ProfileMissing
from cvstudio.errors import InvalidInput
from cvstudio.models import Cv, CvGeneration, Owner
from cvstudio.tailoring.fit import TRIES, Fitted, Removed
from cvstudio.tailoring.offer import UnreadableOffer
from cvstudio.tailoring.profile import profile

OFFER = """Responsable d'entrepôt (H/F) – CDI – Nantes

Missions
- Manager une équipe de 40 préparateurs et caristes
- Suivre le budget d'exploitation et les indicateurs de qualité de service
- Organiser les inventaires et fiabiliser les stocks

Profil recherché
- Formation bac+5 en logistique
- 5 ans d'expérience minimum en management d'entrepôt
- Maîtrise d'Excel
- La connaissance de Power BI est un plus

Avantages : tickets restaurant, mutuelle, télétravail deux jours par semaine.
"""


@pytest.fixture(scope="module")
def read() -> Tailoring:
    return tailoring(samples.load("fr"))


def tailoring(document: Document, text: str = OFFER) -> Tailoring:
    career = profile(tailored.without_hidden(document))
    return Tailoring(Base(career, document, "cv"), tailored.read_text(text))


@pytest.fixture
def work(read: Tailoring) -> Tailoring:
    """Nothing switched yet; the reading itself is done once."""
    read.choice = tailored.ALL.model_copy(update={"min_score": read.recommended})
    read.left_out, read.shortened = (), ()
    return read


def plain(text: str) -> str:
    return "".join(text.casefold().split()).rstrip(".")


def lines(document: Document) -> list[str]:
    return [line for job in document.work for line in job.highlights]


class Measured(dict[str, int]):
    """Stands for the frame: pages by how many texts there are."""

    def __init__(self, longest: int) -> None:
        super().__init__()
        self.longest, self.asked = longest, 0

    def measure(self, document: Document) -> None:
        self.asked += 1
        texts = sum(1 for _ in document.texts())
        self[tailored.fingerprint(document)] = 1 + texts // self.longest


def fitted(work: Tailoring, pages: int, longest: int) -> tuple[Fitted, int]:
    measured = Measured(longest)
    while not isinstance(answer := work.fit(pages, measured), Fitted):
        measured.measure(answer)
    return answer, measured.asked


# ---- reading -----------------------------------------------------------------------------------------------------


def test_an_offer_no_one_can_read_is_refused():
    with pytest.raises(UnreadableOffer):
        tailoring(samples.load("fr"), "Bonjour")
    with pytest.raises(OfferTooLong):
        tailoring(samples.load("fr"), OFFER + "x" * MAX_OFFER)


def test_what_is_hidden_is_no_fact(work: Tailoring):
    document = samples.load("fr")
    hidden, section = document.work[0], document.skills
    document.studio.hidden = [hidden.id]
    shown = tailored.without_hidden(document)
    assert [job.id for job in shown.work] == [job.id for job in document.work[1:]]
    assert shown.skills == section
    assert hidden in document.work  # the person's own stays as it is
    told = " ".join(fact.text for fact in tailoring(document).profile.facts)
    assert hidden.highlights[0] not in told
    assert hidden.highlights[0] in " ".join(fact.text for fact in work.profile.facts)


def test_the_cv_keeps_its_design_and_its_own_words(work: Tailoring):
    original = samples.load("fr")
    original.studio.template, original.studio.design.accent = "classic", "#123456"
    original.studio.sections = [
        item.model_copy(update={"title": "Mon parcours"}) if item.key == "work" else item
        for item in original.section_settings()
    ]
    made = tailoring(original)
    document = made.document()
    assert document.studio.template == "classic"
    assert document.studio.design.accent == "#123456"
    assert document.basics.name == original.basics.name
    assert {item.key: item.title for item in document.section_settings()}["work"] == "Mon parcours"
    assert {item.key for item in document.studio.sections} <= {item.key for item in document.section_settings()}
    told = {fact.text for fact in made.profile.facts}
    assert lines(document)
    assert {plain(line) for line in lines(document)} <= {plain(text) for text in told}


# ---- which lines -------------------------------------------------------------------------------------------------


def test_a_switch_wins_over_the_score(work: Tailoring):
    off = next(one for one in work.tailored.scores if one not in work.taken() and one.startswith("widget_real"))
    work.switch(off, True)
    assert off in work.taken()
    work.at_least(100)
    assert off in work.taken()
    work.switch(off, False)
    work.at_least(0)
    assert off not in work.taken()


def test_a_job_takes_its_lines_with_it(work: Tailoring):
    work.at_least(0)
    below = {f"widget_{line.id}" for line in work.profile.lines("exp_0")}
    assert below
    assert below <= set(work.taken())
    work.switch("widget_exp_0", False)
    assert not ({"widget_exp_0"} | below) & set(work.taken())
    work.switch(sorted(below)[0], True)  # a line brings its job back
    assert "widget_exp_0" in work.taken()


def test_the_match_follows_the_switches(work: Tailoring):
    work.at_least(0)
    whole = work.match()
    assert sum(part.points for part in whole.breakdown) == whole.score
    assert sum(part.of for part in whole.breakdown) == 100
    for widget_id in work.taken():
        work.switch(widget_id, False)
    assert work.taken() == []
    assert work.match().score < whole.score


@pytest.mark.parametrize("line", ["", "widget_", "widget_exp_99", "exp_0", "x" * 10_000])
def test_a_line_that_is_not_there_cannot_be_switched(work: Tailoring, line: str):
    before = work.choice
    with pytest.raises(InvalidInput):
        work.switch(line, True)
    assert work.choice == before


# ---- fewer pages -------------------------------------------------------------------------------------------------


def test_the_least_relevant_lines_leave_and_can_come_back(work: Tailoring):
    work.at_least(0)
    before = work.taken()
    answer, asked = fitted(work, 1, longest=100)
    assert answer.fits
    assert answer.pages == 1
    assert 2 < asked <= 8 + TRIES
    left = [one.widget_id for one in work.left_out]
    assert left
    assert set(before) - set(work.taken()) == set(left)
    scores = [one.relevance_score for one in work.left_out]
    assert max(scores) <= max(work.tailored.scores[one].value for one in work.taken())
    jobs = [f"widget_{fact.id}" for fact in work.profile.of_kind("experience")]
    assert set(jobs) <= set(work.taken())  # no gap in the career
    again, _ = fitted(work, 1, longest=100)
    assert again.removed == ()
    work.switch(left[0], True)
    assert left[0] in work.taken()
    assert left[0] not in [one.widget_id for one in work.left_out]
    work.put_all_back()
    assert work.taken() == before
    assert work.left_out == ()


def test_shortened_lines_are_listed_and_can_be_whole_again(work: Tailoring):
    work.at_least(0)
    worth = {one.id: 90 for one in work.tailored.envelope.widgets}
    widgets = [one.model_copy(update={"relevance_score": worth[one.id]}) for one in work.tailored.envelope.widgets]
    envelope = work.tailored.envelope.model_copy(update={"widgets": widgets})
    whole, work.lines = work.lines, replace(work.lines, envelope=envelope)
    before = work.document()
    size = sum(map(len, before.texts()))
    measured: dict[str, int] = {}
    while not isinstance(answer := work.fit(1, measured), Fitted):
        measured[tailored.fingerprint(answer)] = 1 if sum(map(len, answer.texts())) < size - 500 else 2
    assert answer.fits
    assert answer.removed == ()
    told = [one for one in work.shortened if one.short]
    assert len(told) > 2
    shown = " ".join(work.document().texts())
    assert all(one.short in shown and one.text not in shown for one in told)
    work.match()
    work.lengthen(told[0].widget_id)
    assert told[0].text in " ".join(work.document().texts())
    with pytest.raises(InvalidInput):
        work.lengthen(told[0].widget_id)
    work.put_all_back()
    assert work.document() == before
    assert work.shortened == ()
    work.lines = whole


def test_what_cannot_fit_is_left_whole(work: Tailoring):
    before = work.taken()
    answer, _ = fitted(work, 1, longest=3)
    assert not answer.fits
    assert work.taken() == before
    assert work.left_out == ()


# ---- keeping -----------------------------------------------------------------------------------------------------


def test_the_new_cv_names_the_offer_and_the_old_one_stays(engine: Engine, cv: Cv, owner: Owner):
    with db.session() as session:
        base = tailored.base(session, owner.id, cv.id)
    work = Tailoring(base, replace(tailored.read_text(OFFER), url="https://jobs.example/1"))
    work.left_out = (Removed(widget_id="widget_real_0", text="x", relevance_score=3),)
    with db.session() as session:
        kept = tailored.keep(session, owner.id, "fr", work)
    with db.session(write=False) as session:
        stored, old = cvs.get_owned(session, owner.id, kept.id), cvs.get_owned(session, owner.id, cv.id)
        assert stored.title == f"Maëlle Tanguy – {work.offer.title}"
        assert (stored.source, stored.source_value, stored.origin_id) == ("offer", "https://jobs.example/1", cv.id)
        assert Document.load(stored.document).dump() == work.document().dump()
        assert (old.revision, old.document) == (1, cv.document)
        made = session.get_one(CvGeneration, kept.id)
        assert made.removed["lines"] == [{"id": "widget_real_0", "text": "x", "relevanceScore": 3}]
        assert made.details["widgets_filtered"] == len(work.taken())
        offer = offers.get_owned(session, owner.id, str(made.offer_id))
        assert (offers.analysis(offer), offer.text) == (work.offer, work.read.text)


def test_a_career_is_a_base_too(engine: Engine, owner: Owner, stranger: Owner):
    with db.session() as session:
        with pytest.raises(ProfileMissing):
            tailored.base(session, owner.id, CAREER)
        profiles.add_document(session, owner.id, samples.load("fr"), "resume")
        base = tailored.base(session, owner.id, CAREER)
        with pytest.raises(ProfileMissing):
            tailored.base(session, stranger.id, CAREER)
    shown = tailored.whole(base)
    assert shown.basics.name == "Maëlle Tanguy"
    assert len(shown.work) == len(samples.load("fr").work)
    with db.session() as session:
        kept = tailored.keep(session, owner.id, "fr", Tailoring(base, tailored.read_text(OFFER)))
        assert (kept.source, kept.source_value, kept.origin_id) == ("offer", "", None)


def test_a_cv_of_someone_else_is_not_read(engine: Engine, cv: Cv, stranger: Owner):
    with db.session() as session, pytest.raises(cvs.CvNotFound):
        tailored.base(session, stranger.id, cv.id)
