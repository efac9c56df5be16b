"""Prose about a career that someone pasted: one fact a sentence, the words as they are.

What has the sections of a CV is an import's: cvstudio.importers.pasted.
"""

from __future__ import annotations

from cvstudio.errors import InvalidInput
from cvstudio.tailoring.profile import Profile, add_facts, draft
from cvstudio.tailoring.words import clean, sentences

MAX_PASTED = 60_000  # characters


def add_text(current: Profile, text: str, source: str) -> Profile:
    """The profile with what the text tells. Raises InvalidInput when it is blank or beyond all measure."""
    text = clean(text)
    if not text:
        raise InvalidInput("nothing was pasted", fields={"text": ["must not be blank"]})
    if len(text) > MAX_PASTED:
        raise InvalidInput("the text is too long", fields={"text": [f"at most {MAX_PASTED} characters"]})
    return add_facts(current, [[draft("realisation", sentence)] for sentence in sentences(text)], source)
