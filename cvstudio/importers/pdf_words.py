"""PDF pages → words with their boxes, through PDFium's glyphs."""

from __future__ import annotations

import ctypes
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import pairwise
from typing import Any
from unicodedata import combining

import pypdfium2
from pypdfium2 import raw

from cvstudio.importers import pdf_bidi
from cvstudio.importers.blocks import GLYPHS, Piece
from cvstudio.importers.failures import TooMuchWork
from cvstudio.importers.model import Box
from cvstudio.importers.pdf_drawn import FRAMES, Shapes, shapes

MAX_GLYPHS = 200_000  # of a whole document
LIGATURES = {0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl", 0xFB05: "st", 0xFB06: "st"}
BOLD = re.compile(r"bold|black|heavy|semibold|demi|-bd|,b|cmbx|bx\d|medi\b", re.IGNORECASE)
ITALIC = re.compile(r"ital|obli|slant|cmti|ti\d+$|-it\b", re.IGNORECASE)
SPACE = 0.13  # of the size: a gap that is a space
WIDE = 1.0  # of the size: a gap between columns
APART = 0.2  # of the size: a gap that is a space between letters set wide, beyond what parts them all
TRACKED = (0.04, 0.3)  # of the size: what letters set wide are apart, at least and at most
ENDINGS = {"com", "org", "net", "edu", "info", "fr", "io", "dev", "eu", "co.uk"}
ONE_KIND = ({"R"}, {"L"}, {"N"})  # letters of one direction, or digits: what a word is made of beside Arabic or Hebrew
LAM = "\u0644"  # an alef after it is drawn in one shape with it
HYPHEN = "\u00ad"  # a word goes on in the next line


@dataclass(slots=True)
class Word:
    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    base: float  # baseline, from the top of the page
    size: float
    bold: bool
    italic: bool
    mark: int = -1  # marked content id: which tag it belongs to
    spaced: bool = True  # a space stands before it
    tracking: float = 0.0  # points that its letters are set apart
    drawn: bool = False  # a small shape, not a glyph
    turned: bool = False  # read in a line that is not read from left to right throughout
    colour: int = 0  # red, green and blue
    frame: int = 0  # which of the page's frames is drawn around it
    mirror: float = 0.0  # width of the page, where x is counted from its right edge


@dataclass
class Page:
    number: int  # from 1
    width: float
    height: float
    words: list[Word] = field(default_factory=list)
    rules: list[Box] = field(default_factory=list)  # thin lines across


def pages(document: pypdfium2.PdfDocument) -> list[Page]:
    """Raises TooMuchWork when there is more text than a CV can have."""
    found, room = [], MAX_GLYPHS
    for number, sheet in enumerate(document, start=1):
        width, height = sheet.get_size()
        page = Page(number, width, height)
        text = sheet.get_textpage()
        count = text.count_chars()
        room -= count
        if room < 0:
            raise TooMuchWork(f"over {MAX_GLYPHS} glyphs")
        drawn = shapes(sheet, height)
        page.rules = drawn.rules
        glyphs = list(_glyphs(text, count, height, drawn.spaces))
        page.words = [word for word in _words(_as_seen(glyphs)) if _inside(word, page)]
        sizes = sorted(word.size for word in page.words)
        body = sizes[len(sizes) // 2] if sizes else 10.0
        _frame(page.words, drawn.frames(body))
        page.words += _bullets(body, drawn)
        found.append(page)
        text.close()
        sheet.close()
    return found


def _inside(word: Word, page: Page) -> bool:
    return word.x1 > 0 and word.x0 < page.width and word.bottom > 0 and word.top < page.height and word.size > 1


@dataclass(slots=True)
class _Style:
    size: float
    bold: bool
    italic: bool
    mark: int
    upright: bool
    colour: int = 0


Glyph = tuple[str, float, float, float, float, float, _Style]


def _glyphs(text: Any, count: int, height: float, lone: dict[int, tuple[float, float]]) -> Iterator[Glyph]:
    """(character, left, top, right, bottom, baseline, style); "" for a space, " " for one supposed."""
    styles: dict[int, _Style] = {}
    box = raw.FS_RECTF()
    x, y = ctypes.c_double(), ctypes.c_double()
    for index in range(count):
        code = raw.FPDFText_GetUnicode(text, index)
        letter = LIGATURES.get(code) or chr(code if code < 0x110000 else 0xFFFD)
        target = raw.FPDFText_GetTextObject(text, index)
        key = ctypes.cast(target, ctypes.c_void_p).value or 0
        if letter.isspace() and raw.FPDFText_IsGenerated(text, index) == 1:
            yield " ", 0, 0, 0, 0, 0, _BLANK
            continue
        if not key or letter.isspace() or _is_icon(letter):
            raw.FPDFText_GetCharOrigin(text, index, x, y)
            yield "", x.value, 0, x.value, 0, height - y.value, _BLANK
            continue
        if key not in styles:
            styles[key] = _style(text, index, target)
        style = styles[key]
        if not style.upright or code in (0, 0xFFFE, 0xFFFF):
            continue
        raw.FPDFText_GetLooseCharBox(text, index, box)
        raw.FPDFText_GetCharOrigin(text, index, x, y)
        if key in lone:
            at, base = lone.pop(key)
            if abs(base - y.value) < 1 and abs(at - x.value) < 2 * style.size:
                yield "", at, 0, at, 0, height - base, _BLANK
        shown = HYPHEN if code == 2 else letter
        # From the origin on, not from the ink: a J may reach back under the letter before it.
        yield shown, x.value, height - box.top, box.right, height - box.bottom, height - y.value, style


_BLANK = _Style(0, False, False, -1, True)


def _is_icon(letter: str) -> bool:
    """A picture that a font keeps where no letters are: an envelope before an address says nothing."""
    return "\ue000" <= letter <= "\uf8ff" and letter not in GLYPHS


def _style(text: Any, index: int, target: Any) -> _Style:
    name, flags = ctypes.create_string_buffer(128), ctypes.c_int()
    raw.FPDFText_GetFontInfo(text, index, name, 128, flags)
    matrix = raw.FS_MATRIX()
    raw.FPDFText_GetMatrix(text, index, matrix)
    scale = (matrix.c**2 + matrix.d**2) ** 0.5 or 1.0
    heavy, italic = _cut(name.value)
    heavy, italic = heavy or bool(flags.value & (1 << 18)), italic or bool(flags.value & (1 << 6))
    size = raw.FPDFText_GetFontSize(text, index) * scale
    mark = raw.FPDFPageObj_GetMarkedContentID(target)
    parts = [ctypes.c_uint() for _ in range(4)]
    raw.FPDFText_GetFillColor(text, index, *parts)
    colour = parts[0].value << 16 | parts[1].value << 8 | parts[2].value
    return _Style(round(size, 2), heavy, italic, mark, abs(matrix.b) < 0.2 * scale, colour)


@lru_cache(maxsize=256)
def _cut(name: bytes) -> tuple[bool, bool]:
    """Whether a font is bold, and whether it is italic, by its name; where letters are kerned, each asks for itself."""
    family = name.decode("utf-8", "replace").split("+")[-1]
    return bool(BOLD.search(family)), bool(ITALIC.search(family))


def _as_seen(glyphs: list[Glyph]) -> list[Glyph]:
    """Lines with letters that run from right to left, as they stand from left to right: files have them in any order,
    and PDFium turns some of it."""
    if not any(pdf_bidi.runs_left(glyph[0]) for glyph in glyphs):
        return glyphs
    found: list[Glyph] = []
    line: list[Glyph] = []
    for glyph in glyphs:
        if line and glyph[0].strip() and abs(line[0][5] - glyph[5]) > 0.3 * glyph[6].size:
            found += _from_left(line)
            line = []
        if line or glyph[0].strip():
            line.append(glyph)
    return found + _from_left(line)


def _from_left(line: list[Glyph]) -> list[Glyph]:
    """By where they stand; marks are put on the letters that carry them, and what one shape stands for is one."""
    if not any(pdf_bidi.runs_left(glyph[0]) for glyph in line):
        return line
    found: list[Glyph] = []
    letters = [glyph for glyph in line if glyph[0].strip()]
    spaces = [glyph[1] for glyph in line if not glyph[0] and abs(glyph[5] - letters[0][5]) < 1]
    marks = [glyph for glyph in letters if combining(glyph[0][0])]
    letters.reverse()
    for glyph in sorted(letters, key=lambda one: (round(one[1], 1), one[0] == LAM)):
        letter, x = glyph[0], glyph[1]
        if combining(letter[0]):
            continue
        if "\ufb1d" <= letter[0] <= "\ufefc":
            letter = unicodedata.normalize("NFKC", letter)
        last = found[-1] if found else None
        if last and abs(last[1] - x) < 0.05:
            found[-1] = (last[0] + letter, *last[1:3], max(last[3], glyph[3]), *last[4:])
            continue
        near = 0.1 * glyph[6].size  # PDFium moves spaces too
        if last and any(last[3] - near < space < x + near for space in spaces):
            found.append((" ", 0, 0, 0, 0, 0, _BLANK))
        found.append((letter, *glyph[1:]))
    for mark in marks:
        at = next((n for n, one in enumerate(found) if one[0] != " " and one[1] - 0.5 <= mark[1] < one[3]), None)
        if at is not None:
            found[at] = (found[at][0] + mark[0], *found[at][1:])
    return [("", 0, 0, 0, 0, 0, _BLANK), *found]  # apart from the line before


def as_read(words: Sequence[Word]) -> list[Word]:
    """Words of lines, each from left to right as it is seen, in the order and the spelling in which they are read."""
    if not any(pdf_bidi.runs_left(word.text) or word.text == "+" for word in words):
        return [word for line in _lines(words) for word in line] if words and words[0].mirror else list(words)
    lines = [list(_tokens(line)) for line in _lines(words)]
    left = pdf_bidi.leans_left([[text for text, _ in line] for line in lines], likely=words[0].mirror > 0)
    found: list[Word] = []
    for line in lines:
        start, spaced = len(found), True
        for at in pdf_bidi.order([text for text, _ in line], left=left):
            text, word = line[at]
            if word is not None:
                found.append(replace(word, text=pdf_bidi.read(text), spaced=spaced, turned=len(found) > start))
            spaced = word is None
    for word, text in zip(found, pdf_bidi.bracketed([word.text for word in found]), strict=True):
        word.text = text
    return found


def _tokens(line: Sequence[Word]) -> Iterator[tuple[str, Word | None]]:
    for number, word in enumerate(line):
        if number and word.spaced:
            yield " ", None
        yield word.text, word


def _lines(words: Sequence[Word]) -> Iterator[list[Word]]:
    line: list[Word] = []
    for word in words:
        # What has been put on a line from another one still has the place it came from.
        apart = line and abs(word.bottom - line[-1].bottom) > 0.8 * max(word.size, line[-1].size)
        if apart or (line and abs(word.base - line[0].base) > 0.5 * word.size):
            yield _from_the_left(line)
            line = []
        line.append(word)
    yield _from_the_left(line)


def _from_the_left(line: list[Word]) -> list[Word]:
    return sorted(line, key=lambda word: -word.x1 if word.mirror else word.x0)


def _steps(glyphs: Sequence[Glyph]) -> dict[tuple[str, float, bool, bool], float]:
    """How far each letter of a style moves on at least: from its origin to the next one's."""
    steps: dict[tuple[str, float, bool, bool], float] = {}
    for one, two in pairwise(glyphs):
        step = two[1] - one[1]
        if one[0] not in ("", " ") and two[0] not in ("", " ") and step > 0 and abs(one[5] - two[5]) < 1:
            key = _face(one)
            steps[key] = min(steps.get(key, step), step)
    return steps


def _face(glyph: Glyph) -> tuple[str, float, bool, bool]:
    style = glyph[6]
    return (glyph[0], style.size, style.bold, style.italic)


def _tracking(glyphs: Sequence[Glyph]) -> list[float]:
    """How far apart letters are set on purpose, for every glyph: what most in its line are at least, in one style;
    where too few stand together, as others in that style do: in that line, or else everywhere."""
    wide = [0.0] * len(glyphs)
    faces: dict[tuple[float | bool, ...], float] = {}
    short: list[list[int]] = []
    for run in _runs(glyphs):
        gaps = sorted(glyphs[at][1] - glyphs[before][3] for before, at in pairwise(run))
        if len(gaps) < 3:
            short.append(run)
            continue
        gap = gaps[len(gaps) // 5]
        style = glyphs[run[0]][6]
        tracked = TRACKED[0] * style.size < gap < TRACKED[1] * style.size
        for key in _line_and_face(glyphs[run[0]]):
            faces[key] = min(faces.get(key, gap), gap) if tracked else 0.0
        for at in run if tracked else ():
            wide[at] = gap
    for run in short:
        in_line, anywhere = _line_and_face(glyphs[run[0]])
        for at in run:
            wide[at] = faces.get(in_line, faces.get(anywhere, 0.0))
    return wide


def _line_and_face(glyph: Glyph) -> tuple[tuple[float | bool, ...], tuple[float | bool, ...]]:
    face = _face(glyph)[1:]
    return (*face, round(glyph[5])), face


def _runs(glyphs: Sequence[Glyph]) -> Iterator[list[int]]:
    """The letters that stand in one line and style, without a space that the file has between them."""
    run: list[int] = []
    for at, glyph in enumerate(glyphs):
        letter, left, _, _, _, base, style = glyph
        if letter == " ":
            continue
        last = glyphs[run[-1]] if run else None
        if last and (
            not letter or _face(last)[1:] != _face(glyph)[1:] or abs(last[5] - base) > 1 or left - last[3] > style.size
        ):
            yield run
            run = []
        if letter:
            run.append(at)
    if run:
        yield run


def _words(glyphs: Sequence[Glyph]) -> list[Word]:
    words: list[Word] = []
    steps = _steps(glyphs)
    tracking = _tracking(glyphs)
    turning = any(pdf_bidi.runs_left(glyph[0]) for glyph in glyphs)
    spaced, supposed = True, False
    before: Glyph | None = None
    for at, glyph in enumerate(glyphs):
        letter, left, top, right, bottom, base, style = glyph
        if letter in ("", " "):
            spaced, supposed = spaced or not letter, True
            continue
        last = words[-1] if words else None
        near = last is not None and abs(base - last.base) < 0.3 * style.size
        gap = left - last.x1 if last is not None else 0.0
        if last is not None and near and left - last.x0 < -0.5 * style.size:
            near = False  # back to the left: another line, or drawn over
        # PDFium supposes spaces where the text comes in pieces: a supposed one needs some room to be one.
        # Capitals are often set wide; Arabic letters that do not join leave room, too.
        wide = last is not None and last.text[-1:].isupper() and letter.isupper()
        room = ((0.125 if wide else 0.045) if supposed else (0.2 if wide else SPACE)) * style.size
        kinds = {pdf_bidi.kind(one) for one in (last.text, letter)} if turning and last else set()
        if "R" in kinds:
            room, wide = (0.16 if supposed else APART) * style.size, True
        if tracking[at]:
            room, wide = max(room, tracking[at] + APART * style.size), True
        # A letter that reaches over leaves a gap of nothing, but the next one starts later than usual after it.
        late = before is not None and left - before[1] > steps.get(_face(before), 1e9) + 0.1 * style.size
        if supposed and late and not wide:
            spaced = True
        supposed, before = False, glyph
        goes_on = near and not spaced and (not kinds or kinds in ONE_KIND)
        if last is not None and goes_on and -0.3 * style.size < gap < room and _alike(last, style):
            last.text += letter
            last.x1, last.top, last.bottom = max(last.x1, right), min(last.top, top), max(last.bottom, bottom)
            continue
        apart = not near or spaced or gap > room
        words.append(
            Word(
                letter,
                left,
                top,
                right,
                bottom,
                base,
                style.size,
                style.bold,
                style.italic,
                style.mark,
                apart,
                tracking[at],
                colour=style.colour,
            )
        )
        spaced = False
    return [word for word in words if word.text.strip()]


def _alike(word: Word, style: _Style) -> bool:
    same = (word.bold, word.italic, word.mark) == (style.bold, style.italic, style.mark)
    return same and abs(word.size - style.size) < 0.05 * style.size


def _bullets(body: float, drawn: Shapes) -> list[Word]:
    found = []
    for left, top, right, bottom in drawn.bullets(body):
        base = (top + bottom) / 2 + 0.3 * body
        found.append(Word("•", left, top, right, bottom, base, body, False, False, drawn=True))
    return found


def _frame(words: Sequence[Word], frames: Sequence[Box]) -> None:
    """Tells the words of each frame that holds some closely, on one line."""
    held: dict[int, list[Word]] = {}
    for number, (left, top, right, bottom) in enumerate(frames, start=1):
        inside = [w for w in words if left < (w.x0 + w.x1) / 2 < right and top < w.base - 0.3 * w.size < bottom]
        if not inside or max(w.base for w in inside) - min(w.base for w in inside) > 1:
            continue
        size, begin, end = inside[0].size, min(w.x0 for w in inside), max(w.x1 for w in inside)
        if -1 < begin - left < 1.5 * size and -1 < right - end < 1.5 * size:
            held[number] = inside
    if len({id(inside[0]) for inside in held.values()}) >= FRAMES:
        for number, inside in held.items():
            for word in inside:
                word.frame = number


def box(words: Sequence[Word]) -> Box:
    left, right = min(word.x0 for word in words), max(word.x1 for word in words)
    if width := words[0].mirror:
        left, right = width - right, width - left
    top, bottom = min(word.top for word in words), max(word.bottom for word in words)
    return round(left, 1), round(top, 1), round(right, 1), round(bottom, 1)


def pieces(words: Sequence[Word], dots: Sequence[Word] = ()) -> list[Piece]:
    """The words as pieces of one style each; wide gaps and drawn dots between words part them too."""
    found: list[Piece] = []
    last_word = ""  # in however many pieces
    for number, word in enumerate(words):
        before = words[number - 1] if number else None
        joint = _joint(before, word, last_word) if before is not None else ""
        last_word = (word.text if joint else last_word + word.text).rsplit(" ", 1)[-1]
        if before is not None and joint == " " and any(_between(before, word, dot) for dot in dots):
            joint = "\t"
        piece = Piece(word.text, joint, word.bold, word.italic, word.size, word.mark)
        if found and joint != "\t" and piece.like(found[-1]):
            last = found[-1]
            if last.text.endswith((HYPHEN, "-")) and joint == "":
                last.text = last.text.rstrip(HYPHEN + "-") + "-"
            last.text += joint + word.text
        else:
            found.append(piece)
    for piece in found:
        piece.text = piece.text.replace(HYPHEN, "-")
    return found


def _joint(before: Word, word: Word, last_word: str) -> str:
    if before.frame != word.frame:
        return "\t"
    if abs(before.base - word.base) > 0.5 * min(before.size, word.size):
        return "" if unbroken(last_word, word.text) else " "
    if word.x0 - before.x1 > WIDE * word.size and not word.turned:
        return "\t"
    return " " if word.spaced else ""


def _between(before: Word, word: Word, dot: Word) -> bool:
    level = dot.top < before.base and dot.bottom > before.base - before.size
    return level and before.x1 - 1 <= dot.x0 and dot.x1 <= word.x0 + 1


def unbroken(last: str, more: str) -> bool:
    """Whether the end of a line and the start of the next are one word: a hyphen, or an address broken at the edge."""
    if last.endswith((HYPHEN, "-")) and len(last) > 1 and more[:1].isalnum():
        return True
    if "@" in last[1:] and "." not in last.split("@", 1)[1] and re.fullmatch(r"(?!www\.)[\w-]+(?:\.[\w-]+)+", more):
        return True  # in capitals too
    if last.endswith(".") and re.fullmatch(r"[\w.+-]+@", more):
        return True  # the rest of a name before its "@", which ends that line
    if (
        last.endswith((",", ";", ")", ":"))
        or "@" in more
        or "://" in more
        or more[:1].isupper()
        or more[:1] in "(+•·|–—-"
    ):
        return False
    if "@" in last[1:] and "." not in last.split("@", 1)[1] and re.fullmatch(r"[\w.-]+", more):
        return True
    if re.match(r"[\w-]+(?:\.[\w-]+)*\.[a-z]{2,6}(?:/|$)", more) and not last.endswith((".", "/", "-")):
        return False  # an address of its own
    if "@" in last:
        host = last.split("@", 1)[1]
        split = host.rsplit(".", 1)[-1] + more in ENDINGS
        return "." not in host or host.endswith((".", "-")) or more.startswith(".") or split
    if "://" in last or last.startswith("www.") or ("/" in last and "." in last.split("/")[0]):
        return last.endswith(("/", "-", ".", "_", "=")) or bool(
            re.fullmatch(r"[\w./%=&?#~-]*[/.\d-][\w./%=&?#~-]*", more)
        )
    return False
