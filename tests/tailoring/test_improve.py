"""Proposals stand beside the lines they are for, and only what holds is proposed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cvstudio.document import Document, samples
from cvstudio.tailoring.engine import Answer, LinePhrased, Question
from cvstudio.tailoring.improve import Proposal, accept, improve, marked
from tests.tailoring import people


class Said:
    """Says one thing of every line."""

    name = "said"

    def __init__(self, text: str) -> None:
        self.text = text

    def phrase(self, question: Question) -> Answer:
        return Answer(
            lines=tuple(
                LinePhrased(id=line.id, text=self.text, fact_ids=tuple(fact.id for fact in line.facts))
                for line in question.lines
            ),
            pitch="",
            pitch_fact_ids=(),
        )


def test_offline_tidies_and_touches_nothing_else():
    document = people.document()
    found = improve(document)
    assert found.model == "offline"
    first = next(one for one in found.proposals if one.path == "work/w1/highlights/0")
    assert first.before == "responsable du poste chaud, 90 couverts par service"
    assert first.after == "Responsable du poste chaud, 90 couverts par service."
    made, late = accept(document, found.proposals)
    assert late == ()
    assert made.work[0].highlights[0] == first.after
    assert improve(made).proposals == ()
    assert [job.position for job in made.work] == [job.position for job in document.work]
    assert document == people.document()


def test_each_is_accepted_or_refused_by_itself():
    document = people.document()
    one = improve(document).proposals[0]
    made, _ = accept(document, [one])
    assert len([line for line in made.texts() if line not in set(document.texts())]) == 1


def test_a_line_that_changed_meanwhile_is_left_alone():
    document = people.document()
    found = improve(document).proposals
    document.work[0].highlights[0] = "Autre chose"
    made, late = accept(document, found)
    assert made.work[0].highlights[0] == "Autre chose"
    assert [one.path for one in late] == ["work/w1/highlights/0"]


def test_what_does_not_hold_is_not_proposed():
    found = improve(people.document(), Said("Formation de deux commis, PhD de Stanford"), people.offer())
    assert found.proposals == ()
    assert found.refused


def test_what_holds_is_proposed_for_its_own_line_alone():
    found = improve(people.document(), Said("Deux commis formés"), people.offer())
    assert found.proposals == (
        Proposal(path="work/w1/highlights/1", before="Formation de deux commis", after="Deux commis formés."),
    )


def test_paths_that_are_not_ours_do_no_harm():
    document = people.document()
    wild = ["", "basics/name", "work/w1/position", "work/w1/highlights/99", "work/w1/highlights/x", "skills/s1/name",
            "meta/studio/language", "work/nobody/highlights/0"]  # fmt: skip
    made, late = accept(document, [Proposal(path=path, before="", after="x") for path in wild])
    assert made == document
    assert len(late) == len(wild)


def test_samples_and_custom_sections():
    for language in ("fr", "en"):
        document = samples.load(language)
        made, late = accept(document, improve(document).proposals)
        assert late == ()
        assert Document.load(made.dump()) == made
    custom = people.document(
        custom=[{"id": "mine", "title": "Scène", "items": [{"id": "i1", "highlights": ["chant"]}]}]
    )
    assert "custom:mine/i1/highlights/0" in {one.path for one in improve(custom).proposals}


def test_what_differs_is_marked_and_nothing_else():
    before, after = marked("tenue du poste  chaud", "Tenue du poste chaud.")
    assert [piece.text for piece in before if piece.changed] == ["tenue", "  "]
    assert [piece.text for piece in after if piece.changed] == ["Tenue", " ", "."]
    assert [piece.changed for side in marked("même", "même") for piece in side] == [False, False]
    assert [piece.changed for side in marked("a " * 2_000, "b " * 2_000) for piece in side] == [True, True]


@given(st.text(max_size=60), st.text(max_size=60))
def test_the_pieces_are_both_texts(before, after):
    left, right = marked(before, after)
    assert ("".join(piece.text for piece in left), "".join(piece.text for piece in right)) == (before, after)
    same = ["".join(piece.text for piece in side if not piece.changed) for side in (left, right)]
    assert same[0] == same[1]


def test_spaces_that_hold_words_together_stay():
    document = Document()
    document.basics.summary = "Plateforme de 18\u202f000\u00a0m², 94,1\u202f% de service."
    assert improve(document).proposals == ()
