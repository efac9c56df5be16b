"""Markdown and plain text → blocks."""

from __future__ import annotations

import html
import re

from cvstudio.importers import contacts, when, words
from cvstudio.importers.blocks import BULLET, GLYPHS, Block, Piece
from cvstudio.importers.model import Imported, Place
from cvstudio.importers.pdf_lines import PAGE_NUMBER
from cvstudio.importers.recognise import recognise
from cvstudio.importers.sections import LISTS

MAX_LINES = 3_000
MAX_LINE = 5_000  # characters; the rest of a longer one counts as another
HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*#*\s*$")
LINK = re.compile(r"!?\[((?:\\.|[^\]\[\\]){0,300})\]\(\s*<?([^)>\s]{0,500})>?[^)]{0,300}\)")
STYLED = re.compile(r"(\*\*\*|___|\*\*|__|\*|_)(?=\S)(.{1,500}?)(?<=\S)\1")
ESCAPE = re.compile(r"\\([\\`*_\[\]<>|~$#+=.)&!{}(-])")
RULE = re.compile(r"^\s*([-=*_~#])\s*(?:\1\s*){2,}$")
FRONT = re.compile(r"\A---\n(?:[\w-]+:.*\n|[ \t]+.*\n|- .*\n){0,50}---\n")  # what site generators keep above the page
ROW, RULED = re.compile(r"^\|(.*)\|$"), re.compile(r"^\|(?:\s*:?-+:?\s*\|)+$")
QUOTED = re.compile(r"^\s*(?:>\s?)+")
LONE_BULLET = re.compile(rf"^[ \t]*([{GLYPHS}])[ \t]*\n(?=\s*\S)", re.MULTILINE)
# Digits that the reading of a scan took for letters: in telephone numbers and in years.
SCANNED = re.compile(r"\b[O0][1-9OIl](?:[ .-]?[\dOIl]{2}){4}\b|\b(?:19|2[O0])[\dOIl]{2}\b")
DIGITS = str.maketrans("OIl", "011")
GROUP = re.compile(r"[^\W\d][^:.]{1,40}:\s+\S")
HIDDEN = "\ue000"  # stands before a character that was escaped, while marks are looked for
SURE = 0.9


def looks_like_markdown(text: str) -> bool:
    return bool(
        re.search(r"^#{1,3} \S", text, re.MULTILINE) or re.search(r"^\S.*\n(?:===+|---+)\s*$", text, re.MULTILINE)
    )


def _lines(text: str) -> list[str]:
    lines = text.split("\n")[:MAX_LINES]
    return [line[at : at + MAX_LINE] for line in lines for at in range(0, max(1, len(line)), MAX_LINE)][:MAX_LINES]


def markdown(text: str) -> Imported:
    blocks: list[Block] = []
    links: dict[str, str] = {}
    open_paragraph = False
    front = FRONT.match(text)
    skipped = front[0].count("\n") if front else 0
    lines = _lines(text)
    for number, line in enumerate(lines[skipped:], start=skipped + 1):
        bare = line.strip()
        if row := ROW.match(bare):
            below = lines[number].strip() if number < len(lines) else ""
            if not RULED.match(bare) and not RULED.match(below):  # the columns' names name nothing of the person
                cells = "\t".join(filter(None, (cell.strip() for cell in row[1].split("|"))))
                blocks.append(Block(_pieces(cells, links), Place(line=number)))
            open_paragraph = False
            continue
        if not bare or bare.startswith(("```", "<!--")):
            open_paragraph = False
            continue
        if RULE.match(bare):
            if open_paragraph and bare[0] in "=-" and blocks:
                blocks[-1].level = 1 if bare[0] == "=" else 2
            open_paragraph = False
            continue
        heading = HEADING.match(bare)
        bullet = None if heading else re.match(r"^(?:[-*+]|\d{1,3}[.)])\s+", bare)
        content = heading[2] if heading else bare[bullet.end() :] if bullet else bare.lstrip("> ")
        pieces = _pieces(content, links)
        if (
            open_paragraph
            and not heading
            and not bullet
            and blocks
            and not _breaks(blocks[-1], lines[number - 2], pieces)
        ):
            pieces[0].joint = " "
            blocks[-1] = _longer(blocks[-1], pieces)
            continue
        level = len(heading[1]) if heading else 0
        blocks.append(Block(pieces, Place(line=number), level, item=bool(bullet)))
        open_paragraph = not heading
    return recognise(blocks, "markdown", links=links, sure=SURE)


def _breaks(block: Block, above: str, pieces: list[Piece]) -> bool:
    """Lines that people set one beneath the other, though Markdown makes a paragraph of them: dates or a title in bold
    before what is not, "Tools: …" under "Skills: …", and what two spaces or a backslash end."""
    text = "".join(piece.text for piece in pieces)
    if above.endswith(("  ", "\\")):
        return True
    if block.lines == 1 and (when.is_dates(block.flat) or when.is_dates(text)):
        return True
    if block.lines == 1 and all(piece.bold or piece.italic for piece in block.pieces) and not pieces[0].bold:
        return True
    return bool(GROUP.match(block.flat) and GROUP.match(text))


def _longer(block: Block, pieces: list[Piece]) -> Block:
    return Block([*block.pieces, *pieces], block.place, block.level, block.item, lines=block.lines + 1)


def _pieces(text: str, links: dict[str, str]) -> list[Piece]:
    """The styles of a line of Markdown: bold and italic; links become their text."""

    def linked(match: re.Match[str]) -> str:
        if match[2].startswith(("http://", "https://")):
            links[contacts.bare(ESCAPE.sub(r"\1", match[2]))] = ESCAPE.sub(r"\1", match[2])
            shown = ESCAPE.sub(r"\1", match[1])
            links.setdefault(contacts.bare(shown), match[2])
        return match[1]

    text = ESCAPE.sub(lambda match: HIDDEN + chr(ord(match[1]) + 0xE100), LINK.sub(linked, text))
    text = re.sub(r"`\s+`", ", ", text).replace("`", "")
    pieces: list[Piece] = []
    at = 0
    for match in STYLED.finditer(text):
        if match.start() > at:
            pieces.append(Piece(_shown(text[at : match.start()]), ""))
        pieces.append(Piece(_shown(match[2]), "", bold=len(match[1]) != 1, italic=len(match[1]) != 2))
        at = match.end()
    if at < len(text):
        pieces.append(Piece(_shown(text[at:]), ""))
    return pieces or [Piece("")]


def _shown(text: str) -> str:
    return html.unescape(re.sub(rf"{HIDDEN}(.)", lambda match: chr(ord(match[1]) - 0xE100), text))


def pasted(text: str) -> Imported:
    """From a mail with its "> ", a PDF viewer with its bullets on lines of their own, LinkedIn, a word processor.

    Raises NotACV for what has no section of a CV.
    """
    lines = text.split("\n")
    if 2 * sum(bool(QUOTED.match(line)) for line in lines) > sum(bool(line.strip()) for line in lines):
        lines = [QUOTED.sub("", line) for line in lines]
    joined = LONE_BULLET.sub(r"\1 ", "\n".join(lines))
    return markdown(joined) if looks_like_markdown(joined) else _plain(joined, judged=False)


def text(text: str) -> Imported:
    return _plain(SCANNED.sub(lambda found: found[0].translate(DIGITS), text))


def _plain(text: str, *, judged: bool = True) -> Imported:
    """Headings are known words in capitals, with a colon, underlined, or alone between blank lines."""
    lines = _opened(_lines(text.expandtabs(4)))
    blocks: list[Block] = []
    # Out of a PDF viewer no blank line comes along: then a heading is what stands alone on its line.
    dense = not judged or sum(not line.strip() for line in lines) * 10 < len(lines)
    for number, line in enumerate(lines):
        bare = line.strip()
        if not bare or RULE.match(bare) or PAGE_NUMBER.match(bare):
            continue
        blank_above = number == 0 or not lines[number - 1].strip() or bool(RULE.match(lines[number - 1]))
        below = lines[number + 1] if number + 1 < len(lines) else ""
        level = _level(bare, blank_above or (dense and bare[:1].isupper()), below)
        bullet = BULLET.match(bare) if not level else None
        words_here = re.sub(r" {3,}", "\t", bare[bullet.end() :] if bullet else bare)
        piece = Piece(words_here)
        before = blocks[-1] if blocks else None
        if before and not bullet and not level and not blank_above and _goes_on(before, lines[number - 1], line):
            piece.joint = " "
            blocks[-1] = _longer(before, [piece])
            continue
        block = Block([piece], Place(line=number + 1), level, item=bullet is not None)
        block.space = 1.0 if blank_above else 0.0
        blocks.append(block)
    return recognise(blocks, "text", sure=SURE, judged=judged)


def _opened(lines: list[str]) -> list[str]:
    """ "Languages: English (native)" in two lines, but where it names a group in a list of the same kind."""
    found: list[str] = []
    inside = ""
    for line in lines:
        name, colon, rest = line.partition(":")
        key = words.heading(name.strip()) if colon and rest.strip() and not BULLET.match(line) else ""
        if key in LISTS and key != inside:
            found += ["", f"{name.strip()}:", rest]
        else:
            found.append(line)
        inside = key or words.heading(line.strip().rstrip(" :")) or inside
    return found


def _level(bare: str, blank_above: bool, below: str) -> int:
    key = words.heading(bare.rstrip(" :"))
    capitals = bare.isupper() and len(bare) > 3
    underlined = bool(RULE.match(below.strip()))
    if key and (capitals or underlined or bare.endswith(":") or blank_above):
        return 2
    plain = not any(letter.isdigit() or letter in "@,." for letter in bare)
    return 2 if capitals and underlined and plain else 0


def _goes_on(before: Block, above: str, line: str) -> bool:
    """A line wrapped by hand: the one above is long, or this one hangs under its bullet."""
    if before.level or when.is_dates(line.strip()):
        return False
    bare = line.strip()
    hanging = before.item and line.startswith("  ")
    full = len(above.rstrip()) > 60 and not above.rstrip().endswith((".", ":", ";"))
    grouped = ": " in bare[:40] or contacts.LINK.match(bare)
    return (
        hanging
        or (len(above.rstrip()) > 60 and bare[:1].islower() and not grouped)
        or (full and before.is_prose() and not grouped)
    )
