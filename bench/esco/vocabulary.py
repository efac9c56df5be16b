"""The hand-written French and English names: one concept a line, `ESCO's label = French; … = English; …`."""

from dataclasses import dataclass
from pathlib import Path

MARKS = {"*": "certificate", "~": "quality", "@": "language", "^": "education"}


@dataclass
class Entry:
    label: str  # ESCO's in English, or ours
    ours: bool  # ESCO lacks it
    kind: str  # of MARKS, or "skill"
    trade: str
    french: list[str]  # the first one is the label
    english: list[str]


def entries(path: Path) -> list[Entry]:
    found, trade = [], ""
    for line in path.read_text().splitlines():
        if line.startswith("["):
            trade = line.strip("[]")
        elif line and not line.startswith("#"):
            label, french, *english = line.split(" = ")
            kind = MARKS.get(label[:2].strip(), "skill") if label[1:2] == " " else "skill"
            label = label[2:] if label[1:2] == " " else label
            found.append(
                Entry(label.lstrip("+"), label.startswith("+"), kind, trade, names(french), names("; ".join(english)))
            )
    return found


def names(cell: str) -> list[str]:
    return [name.strip() for name in cell.split(";") if name.strip()]
