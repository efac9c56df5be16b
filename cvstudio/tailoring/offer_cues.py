"""What headings, sentences and clauses of offers give themselves away by: data/offer_cues.toml, compiled."""

import re
import tomllib
from pathlib import Path
from typing import Final

_TABLES: Final = tomllib.loads((Path(__file__).parent / "data" / "offer_cues.toml").read_text())


def patterns(table: str) -> dict[str, re.Pattern[str]]:
    """One pattern a name, in the file's order; each fits if one of its parts does."""
    return {name: re.compile(f"(?:{'|'.join(parts)})") for name, parts in _TABLES[table].items()}


def parts(table: str, name: str) -> list[str]:
    return list(_TABLES[table][name])
