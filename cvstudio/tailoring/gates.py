"""What an engine answered, judged line by line: what holds is taken, for the rest the person's own sentence stands."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import BaseModel, ConfigDict

from cvstudio.tailoring.engine import Answer, Question
from cvstudio.tailoring.grounding import Flaw, Gate
from cvstudio.tailoring.offline import Offline, tidy


class Refused(BaseModel):
    """A line that an engine wrote and the gates kept out, with what was wrong."""

    model_config = ConfigDict(frozen=True)

    line: str  # the id it was asked under, or "pitch"
    text: str
    flaws: tuple[str, ...]  # "number: 40 %"


def gated(gate: Gate, question: Question, answer: Answer) -> tuple[dict[str, str], list[Refused]]:
    """By line id the texts that hold, and what was refused; an answer nobody asked for is not heard."""
    asked = {line.id: line for line in question.lines}
    texts: dict[str, str] = {}
    refused = []
    for line in answer.lines:
        if line.id not in asked or line.id in texts:
            continue
        shown = [fact.id for fact in asked[line.id].facts]
        text = tidy(line.text, question.language)
        flaws = _flaws(text, line.fact_ids, shown, gate)
        if shown[-1] not in line.fact_ids:
            flaws.append(Flaw("source", "the line's own fact is not cited"))
        if flaws:
            refused.append(_refused(line.id, line.text, flaws))
        else:
            texts[line.id] = text
    return texts, refused


def gated_pitch(gate: Gate, question: Question, answer: Answer) -> tuple[str, list[Refused]]:
    """The engine's words about the person where they hold, else the person's own."""
    own = Offline().phrase(question).pitch
    if not answer.pitch or answer.pitch == own:
        return own, []
    text = tidy(answer.pitch, question.language)
    flaws = _flaws(text, answer.pitch_fact_ids, [fact.id for fact in question.pitch_facts], gate)
    return (own, [_refused("pitch", answer.pitch, flaws)]) if flaws else (text, [])


def _flaws(text: str, cited: Iterable[str], shown: Iterable[str], gate: Gate) -> list[Flaw]:
    cited = tuple(cited)
    if strangers := sorted(set(cited) - set(shown)):
        return [Flaw("source", fact_id) for fact_id in strangers]
    return gate.flaws(text, cited)


def _refused(line: str, text: str, flaws: Iterable[Flaw]) -> Refused:
    return Refused(line=line, text=text, flaws=tuple(f"{flaw.kind}: {flaw.word}" for flaw in flaws))
