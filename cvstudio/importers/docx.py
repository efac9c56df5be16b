"""Word documents → blocks: paragraphs, lists, tables and text boxes in the order of the file."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cvstudio.importers import when, words
from cvstudio.importers.archive import Archive
from cvstudio.importers.blocks import BULLET, Block, Piece
from cvstudio.importers.contacts import bare
from cvstudio.importers.failures import BrokenFile, DangerousFile
from cvstudio.importers.markup import Node, local, parse
from cvstudio.importers.model import Imported, Place
from cvstudio.importers.recognise import recognise

MAIN = "word/document.xml"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
SURE = 0.92
MAX_BLOCKS = 5_000
BODY_SIZE = 11.0
AROUND = ("sdt", "sdtContent", "ins", "smartTag", "customXml")  # what may stand around a paragraph, a row or a cell


def looks_like(archive: Archive) -> bool:
    return MAIN in archive.names


def read(archive: Archive) -> Imported:
    """Raises UnreadableFile's kinds."""
    if any(name.casefold().endswith("vbaproject.bin") for name in archive.names):
        raise DangerousFile("a document with macros")
    body = _child(parse(archive.read(MAIN)), "body")
    if body is None:
        raise BrokenFile("a Word file without a body")
    reader = _Reader(_styles(archive), _numbers(archive))
    for name in sorted(archive.names):
        if re.fullmatch(r"word/header\d*\.xml", name):
            reader.walk(parse(archive.read(name)))
    reader.walk(body)
    return recognise(_levelled(reader.blocks), "docx", links=_links(archive), sure=SURE)


def _child(node: Node, name: str) -> Node | None:
    return next((child for child in node if local(child) == name), None)


def _styles(archive: Archive) -> dict[str, tuple[int, bool, float]]:
    """Style id → (heading level, bold, size), inherited from the style it is based on."""
    if "word/styles.xml" not in archive.names:
        return {}
    root = parse(archive.read("word/styles.xml"))
    raw: dict[str, tuple[str, int, bool | None, float]] = {}
    for style in root.iter(f"{W}style"):
        name = _value(style, "name").casefold()
        match = re.fullmatch(r"(?:heading|titre|überschrift) ?(\d)", name)
        level = int(match[1]) + 1 if match else 1 if name in ("title", "titre") else 0
        based = _value(style, "basedOn")
        bold = next((_on(node) for node in style.iter(f"{W}b")), None)
        size = next((_number(node) / 2 for node in style.iter(f"{W}sz")), 0.0)
        raw[style.get(f"{W}styleId", "")] = (based, level, bold, size)
    found: dict[str, tuple[int, bool, float]] = {}
    for name in raw:
        level, bold, size = 0, None, 0.0
        at: str = name
        for _ in range(10):
            if at not in raw:
                break
            based, own, heavy, points = raw[at]
            level, bold, size = level or own, heavy if bold is None else bold, size or points
            at = based
        found[name] = (level, bool(bold), size)
    return found


def _numbers(archive: Archive) -> bool:
    return "word/numbering.xml" in archive.names


def _value(node: Node, name: str) -> str:
    found = node.find(f"{W}{name}")
    return found.get(f"{W}val", "") if found is not None else ""


def _number(node: Node) -> float:
    try:
        return float(node.get(f"{W}val", "0"))
    except ValueError:
        return 0.0


def _on(node: Node) -> bool:
    return node.get(f"{W}val", "1") not in ("0", "false", "none")


def _links(archive: Archive) -> dict[str, str]:
    name = "word/_rels/document.xml.rels"
    if name not in archive.names:
        return {}
    targets = (node.get("Target", "") for node in parse(archive.read(name)))
    return {bare(url): url for url in targets if url.startswith(("http://", "https://"))}


def _levelled(blocks: list[Block]) -> list[Block]:
    """Heading styles count when the sections have them; one that only bolds its headings is told by its looks."""
    marked = [block for block in blocks if block.level and words.heading(block.flat.rstrip(" :"))]
    if len(marked) < 2:
        for block in blocks:
            block.level = 0
    return blocks


class _Reader:
    def __init__(self, styles: dict[str, tuple[int, bool, float]], numbered: bool) -> None:
        self.styles = styles
        self.numbered = numbered
        self.blocks: list[Block] = []
        self.line = 0

    def walk(self, node: Node) -> None:
        for child in node:
            if len(self.blocks) >= MAX_BLOCKS:
                return
            name = local(child)
            if name == "p":
                self.blocks += self._paragraph(child)
                for box in self._boxes(child):
                    self.walk(box)
            elif name == "tbl":
                for row in _own(child, "tr"):
                    self._row(row)
            elif name == "body" or name in AROUND:
                self.walk(child)

    def _boxes(self, node: Node) -> Iterator[Node]:
        """Of this paragraph: those inside of one come with it."""
        for box in node.iter(f"{W}txbxContent"):
            above = next(one for one in box.iterancestors() if one is node or local(one) in ("txbxContent", "Fallback"))
            if above is node:
                yield box

    def _row(self, row: Node) -> None:
        """A label or dates beside one text: one line. Else cell after cell."""
        cells = []
        count = len(self.blocks)
        for cell in _own(row, "tc"):
            if count >= MAX_BLOCKS:
                break
            inner = _Reader(self.styles, self.numbered)
            inner.line = self.line
            inner.walk(cell)
            self.line = inner.line
            count += len(inner.blocks)
            cells.append(inner.blocks)
        full = [cell for cell in cells if cell]
        label = full[0][0] if full else None
        if len(full) == 2 and label and len(full[0]) == 1 and _labels(label, full[1][0]):
            first, *rest = full[1]
            first.pieces[0].joint = "\t"
            self.blocks += [Block([*label.pieces, *first.pieces], label.place), *rest]
        else:
            self.blocks += [block for cell in full for block in cell]

    def _paragraph(self, node: Node) -> list[Block]:
        self.line += 1
        properties = node.find(f"{W}pPr")
        style = _value(properties, "pStyle") if properties is not None else ""
        level, bold, size = self.styles.get(style, (0, False, 0.0))
        listed = properties is not None and properties.find(f"{W}numPr") is not None
        listed = listed or bool(re.match(r"list|liste|puce", style, re.IGNORECASE))
        found: list[Block] = []
        for number, pieces in enumerate(self._lines(node, bold, size)):
            text = "".join(piece.text for piece in pieces).strip()
            if text:
                item = listed or bool(BULLET.match(text))
                found.append(Block(pieces, Place(line=self.line), level, item and not level))
                found[-1].space = 0.0 if number else 1.0
        return found

    def _lines(self, node: Node, bold: bool, size: float) -> list[list[Piece]]:
        """The runs of a paragraph; a line break inside begins another line."""
        lines: list[list[Piece]] = [[]]
        joint = ""
        for run in node.iter(f"{W}r"):
            above = next(
                (one for one in run.iterancestors() if local(one) in ("txbxContent", "Fallback", "del", "p")), None
            )
            if above is not node:
                continue
            properties = run.find(f"{W}rPr")
            heavy, italic, points = bold, False, size or BODY_SIZE
            if properties is not None:
                heavy = next((_on(one) for one in properties.iterchildren(f"{W}b")), heavy)
                italic = any(_on(one) for one in properties.iterchildren(f"{W}i"))
                points = next((_number(one) / 2 for one in properties.iterchildren(f"{W}sz")), points)
            for part in run:
                name = local(part)
                if name == "t" and part.text:
                    lines[-1].append(Piece(part.text, joint, heavy, italic, points))
                    joint = ""
                elif name in ("tab", "ptab"):
                    joint = "\t"
                elif name in ("br", "cr"):
                    lines.append([])
                    joint = ""
                elif name == "noBreakHyphen":
                    lines[-1].append(Piece("-", joint, heavy, italic, points))
        return lines


def _own(node: Node, name: str) -> Iterator[Node]:
    """A table's rows, a row's cells; those of a table inside are that one's."""
    for child in node:
        if local(child) == name:
            yield child
        elif local(child) in AROUND:
            yield from _own(child, name)


def _labels(label: Block, first: Block) -> bool:
    return when.is_dates(label.flat) or (
        len(label.flat.split()) <= 3 and not words.heading(label.flat) and not first.item
    )
