"""What every format is first made into: blocks in reading order, each a line, a paragraph, a bullet or a heading."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property

from cvstudio.importers import when, words
from cvstudio.importers.model import Place

LONGEST_PLACE = 300  # characters of the source kept with a value
GLYPHS = "›❯➔→⁃•●○◦▪■‣◆◇❖➢➤▸►✓✔·∙\uf0b7\uf0a7\uf0d8\uf076\u2023\u25aa\u2219\u25e6"
BULLET = re.compile(rf"^\s*(?:[{GLYPHS}]|[-–—*+o](?=\s))\s*")
ABBREVIATED = re.compile(
    r"^((?:[^.]|\.(?=\S))*[^.](?<!\bInc)(?<!\bLtd)(?<!\bCo)(?<!\bCorp))\.$"
)  # a last full stop, if it is one
JOINT = re.compile(r"\s(?:in|en|of|de|du|des|and|et|&)\s*$")  # a name goes on behind it, whatever its style
LINKING = re.compile(r"at|chez|by|par|with|for|pour|in|@|(?:issued|awarded) by|(?:délivrée?|émise?) par", re.IGNORECASE)
NUMBERS = r"(?<=\d), ?(?=\d{1,2}(?:,| et | and | & |\s*$))"  # "CACES 1, 3 et 5"
SEPARATORS = re.compile(r"\t+|\s+[|–—·•∙⋅◆■●▪]\s+|\s+-{1,3}\s+|\s*[|•●■▪]\s*|\s+/\s+(?=[A-ZÀ-Þ])")


@dataclass(slots=True)
class Piece:
    """Words in one style. `joint` stands between it and the piece before: "", " " or, for a wide gap, a tab."""

    text: str
    joint: str = " "
    bold: bool = False
    italic: bool = False
    size: float = 0.0
    mark: int = -1  # the tag it belongs to

    def like(self, other: Piece) -> bool:
        """In the same style, and under the same tag."""
        close = abs(self.size - other.size) < 0.06 * max(self.size, 1)
        return close and (self.bold, self.italic, self.mark) == (other.bold, other.italic, other.mark)


@dataclass
class Block:
    pieces: list[Piece]
    place: Place
    level: int = 0  # of a heading that the source marks as such: 1 to 6
    item: bool = False  # a bullet
    first: bool = False  # of a column, or of the page
    space: float = 0.0  # blank above it, in lines
    indent: float = 0.0  # left edge, points
    lines: int = 1
    section: str = ""  # the section its heading opens, once known
    terms: bool = False  # each in a frame of its own: a list, whatever stands in it

    def __post_init__(self) -> None:
        if not self.place.text:
            self.place = replace(self.place, text=" ".join(self._whole().split())[:LONGEST_PLACE])

    def _whole(self) -> str:
        return "".join(f"{piece.joint if number else ''}{piece.text}" for number, piece in enumerate(self.pieces))

    @cached_property
    def text(self) -> str:
        joined = self._whole()
        return BULLET.sub("", joined).strip() if self.item else joined.strip()

    @cached_property
    def flat(self) -> str:
        """The text on one line with single spaces."""
        return " ".join(self.text.split())

    @property
    def size(self) -> float:
        return max((piece.size for piece in self.pieces), default=0.0)

    @property
    def bold(self) -> bool:
        return bool(self.pieces) and all(piece.bold for piece in self.pieces if piece.text.strip())

    @property
    def caps(self) -> bool:
        letters = [letter for letter in self.text if letter.isalpha()]
        return len(letters) > 2 and all(letter.isupper() for letter in letters)

    @cached_property
    def dates(self) -> when.Span | None:
        return when.find(self.text) if len(self.text) < 200 and not self.terms else None

    def cells(self) -> list[Block]:
        """Blocks of their own for what wide gaps part."""
        found: list[list[Piece]] = []
        for piece in self.pieces:
            if found and piece.joint != "\t":
                found[-1].append(piece)
            else:
                found.append([piece])
        if len(found) == 1:
            return [self]
        return [Block(part, self.place, self.level, self.item, self.first, self.space, self.indent) for part in found]

    def groups(self) -> list[str]:
        """The text apart where a wide gap or a change of style stands."""
        groups: list[str] = []
        for number, piece in enumerate(self.pieces):
            goes_on = groups and (piece.like(self.pieces[number - 1]) or JOINT.search(groups[-1]))
            if goes_on and piece.joint != "\t":
                groups[-1] += piece.joint + piece.text
            else:
                groups.append(piece.text)
        if self.item and groups:
            groups[0] = BULLET.sub("", groups[0])
        return [group for group in groups if group.strip()]

    def atoms(self) -> list[str]:
        """The groups, apart at separators as well."""
        return [atom for group in self.groups() for atom in parts(group)]

    def head(self) -> tuple[list[str], when.Span | None]:
        """The atoms without the dates, and the dates."""
        span: when.Span | None = None
        atoms: list[str] = []
        groups = _whole_dates(self.groups(), self.dates)
        if not any(when.find(group) for group in groups) and self.dates:
            groups = [self.text]
        for group in groups:
            found = when.find(group) if span is None else None
            if found is None:
                atoms += parts(group)
            else:
                span = found
                atoms += [*parts(found.before), *parts(found.after)]
        return [atom for atom in atoms if not (span and when.is_length(atom)) and not LINKING.fullmatch(atom)], span

    def is_prose(self) -> bool:
        """A sentence or several, not a name, a place or a title."""
        text = self.flat
        if re.search(r"\S\s+[·|]\s+\S|\t", self.text) and len(text) < 250 and not text.endswith("."):
            return False
        if len(text) > 130 or (self.lines > 2 and len(text) > 100):
            return True
        if self.bold and not text.endswith("."):
            return False
        if (
            len(self.pieces) > 1
            and self.pieces[0].bold
            and ("," in self.pieces[0].text[-1:] or self.pieces[1].text.lstrip()[:1] in ",–—-|·")
        ):
            return False  # "**Analyst**, *Acme*, Leeds."
        ends = text.endswith((".", "!", "…", ";")) and not text.endswith(("Inc.", "Ltd.", "Co.", "Corp.", "S.A."))
        if ends and len(text.split()) >= 4:
            return True
        return len(text.split()) >= 9 and words.share(text, "titles") < 0.3 and self.dates is None


def _whole_dates(groups: list[str], dates: when.Span | None) -> list[str]:
    """Both ends of a period in one group, where each has a style or a tag of its own."""
    if dates is None or dates.single:
        return groups
    for width in range(1, 5):
        for at in range(len(groups) - width + 1):
            joined = " ".join(groups[at : at + width])
            span = when.find(joined)
            if span is not None and (span.start, span.end) == (dates.start, dates.end):
                return [*groups[:at], joined, *groups[at + width :]]
    return groups


def parts(text: str) -> list[str]:
    """Apart at separators, without stray marks at either end."""
    pieces = (piece.strip(f" \t\n,;|–—:{GLYPHS}").lstrip(". ") for piece in SEPARATORS.split(f" {text} "))
    pieces = (ABBREVIATED.sub(r"\1", piece) for piece in pieces)
    return [piece for piece in pieces if piece and any(letter.isalnum() for letter in piece)]


def commas(text: str) -> list[str]:
    """Apart at semicolons or, without any, at commas; brackets hold."""
    mark = ";" if ";" in text else ","
    found = re.findall(rf"(?:\([^()]*\)|\[[^\[\]]*\]|{NUMBERS}|[^{mark}])+", text)
    return [piece for one in found if (piece := one.strip(f" \t\n.{GLYPHS}"))]
