"""What headings, sentences and clauses of offers give themselves away by: data/offer_cues.toml, compiled."""

import re
import tomllib
from pathlib import Path
from typing import Final

_TABLES: Final = tomllib.loads((Path(__file__).parent / "data" / "offer_cues.toml").read_text())


def patterns(table: str) -> dict[str, re.Pattern[str]]:
    """One pattern a name, in the file's order; each fits if one of its parts does."""
    return {name: re.compile(_either(parts)) for name, parts in _TABLES[table].items()}


def _either(parts: list[str]) -> str:
    """Parts that begin at a word, or at the text, are tried there only: a third of the time."""
    words = [part.removeprefix(r"\b") for part in parts if part.startswith(r"\b")]
    first = [part.removeprefix("^") for part in parts if part.startswith("^")]
    rest = [part for part in parts if not part.startswith((r"\b", "^"))]
    begun = [f"{sign}(?:{'|'.join(some)})" for sign, some in (("^", first), (r"\b", words)) if some]
    return f"(?:{'|'.join([*begun, *rest])})"


def parts(table: str, name: str) -> list[str]:
    return list(_TABLES[table][name])


def text(table: str, name: str) -> str:
    return str(_TABLES[table][name])
