"""The engine without a model: tidies a line and leaves its sentence alone. The same input gives the same bytes."""

from __future__ import annotations

import re
import unicodedata

from cvstudio.document.model import Language
from cvstudio.tailoring.engine import Answer, LinePhrased, Question

NAME = "offline"
SPACES = re.compile(r"\s{2,}|[^\S\u00a0\u202f]")  # "18 000 m²" keeps those that do not break
BEFORE_CLOSE = re.compile(r"\s+(?=[,.)\]])")
FRENCH_PAIR = re.compile(r"(?<=[^\s\d]) ?(?=[;:!?»](?:\s|$))")
ENDED = (".", "!", "?", "…", ":", "»")


class Offline:
    name = NAME

    def phrase(self, question: Question) -> Answer:
        language = question.language
        lines = tuple(
            LinePhrased(id=line.id, text=tidy(line.text, language), fact_ids=tuple(fact.id for fact in line.facts))
            for line in question.lines
        )
        pitch = " ".join(tidy(fact.text, language) for fact in question.pitch_facts)
        return Answer(lines=lines, pitch=pitch, pitch_fact_ids=tuple(fact.id for fact in question.pitch_facts))


def tidy(text: str, language: Language, *, point: bool = True) -> str:
    """One line of even spaces, with a capital first and a point last. Words and their order stay."""
    text = SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip()
    text = BEFORE_CLOSE.sub("", text)
    if language == "fr":
        text = FRENCH_PAIR.sub("\u00a0", text)
    first = text.split(" ", 1)[0]
    if first and first[0].islower() and first[1:] == first[1:].lower() and first.isalpha():
        text = text[0].upper() + text[1:]  # not "iOS", "e-commerce.fr" or "jQuery"
    text = text.rstrip(",; ") or text
    return text if not point or not text or text.endswith(ENDED) else text + "."
