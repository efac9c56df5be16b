"""Verbs and the nouns of their acts as one: vérifier and vérification, rédigez and rédaction, restore and restoration.

What stems alike already (accompagner, accompagnement) needs nothing here. The pairs that differ are data; the endings
below are those that tell an act with hardly an exception.
"""

import tomllib
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from cvstudio.language import Language
from cvstudio.tailoring.words import stem

_FORMS: Final[dict[Language, tuple[str, ...]]] = {
    "fr": (
        *("er", "ez", "e", "es", "ee", "ees", "ent", "ant", "ons", "ait", "era", "erez"),
        *("ir", "i", "ie", "is", "ies", "issez", "issent", "re", "u", "ue", "us", "ues", "sez", "sent", "sant", "vez"),
    ),
    "en": ("", "e", "s", "es", "ed", "ing", "er", "ers", "or", "ors"),
}
# An ending of a noun, what the noun's stem loses, and the letters that must be left.
_NOUNS: Final[dict[Language, tuple[tuple[str, str, int], ...]]] = {
    "fr": (("ification", "ic", 4), ("sion", "ion", 5), ("ition", "it", 5)),
    "en": (("ation", "at", 6), ("sion", "ion", 5)),
}


@lru_cache(maxsize=65_536)
def family(token: str, language: Language) -> str:
    """What a word shares with those of its family; its stem where it has none. `token` is folded."""
    if known := _known(language).get(token):
        return known
    root = stem(token, language)
    single = token.removesuffix("s")
    for ending, lost, least in _NOUNS[language]:
        if single.endswith(ending) and root.endswith(lost) and len(root) - len(lost) >= least:
            root = root.removesuffix(lost)
            break
    if language == "fr":  # appliquer, application; élinguer, élingage
        root = f"{root[:-2]}{'c' if root.endswith('qu') else 'g'}" if root.endswith(("qu", "gu")) else root
    return root


@cache
def _known(language: Language) -> dict[str, str]:
    table = tomllib.loads((Path(__file__).parent / "data" / "families.toml").read_text())
    found: dict[str, str] = {}
    for line in table[language].strip().splitlines():
        words = line.split()
        name = f"~{words[0].rstrip('-')}"
        for word in words:
            forms = [word[:-1] + ending for ending in _FORMS[language]] if word.endswith("-") else [word, word + "s"]
            for form in forms:
                found.setdefault(form, name)
    return found
