"""A tagged PDF says itself what is a heading, a paragraph, a list item, and in which order they are read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from typing import Any

import pikepdf

from cvstudio.importers import contacts, pdf_blocks
from cvstudio.importers import words as vocabulary
from cvstudio.importers.blocks import Block
from cvstudio.importers.model import Place
from cvstudio.importers.pdf_words import Page, Word, as_read, box, pieces

HOLDERS = {"P", "LI", "H", "H1", "H2", "H3", "H4", "H5", "H6", "TD", "TH", "Caption", "BlockQuote", "Title"}
MAX_ELEMENTS = 50_000
MAX_DEPTH = 60
LOOSE = ""  # of what stands in no paragraph, title or item
ENOUGH = 0.9  # share of the words that tags must reach before we go by them

CLEAR = 0.98  # share of marks that one element alone may claim

Mark = tuple[int, int]  # (page from 1, marked content id)


@dataclass
class Element:
    kind: str
    marks: list[Mark] = field(default_factory=list)


def read(file: pikepdf.Pdf, pages: list[Page]) -> list[Block]:
    """The blocks by their tags; none when the file has no tags worth following."""
    root = file.Root.get("/StructTreeRoot")
    if not isinstance(root, pikepdf.Dictionary):
        return []
    numbers = {sheet.obj.objgen: number for number, sheet in enumerate(file.pages, start=1)}
    elements = _elements(root, numbers)
    marks = [mark for element in elements for mark in element.marks]
    if len(set(marks)) < CLEAR * len(marks):  # drawings inside the page count anew: no telling which is meant
        return []
    at: dict[Mark, list[Word]] = {}
    drawn = {page.number: [word for word in page.words if word.drawn] for page in pages}
    total = 0
    for page in pages:
        for word in page.words:
            if not word.drawn:
                total += 1
                at.setdefault((page.number, word.mark), []).append(word)
    reached = sum(len(at.get(mark, ())) for element in elements for mark in element.marks)
    sizes = {page.number: page for page in pages}
    blocks: list[Block] = []
    for element in elements:
        if element.kind == LOOSE or (element.kind == "P" and (_of_sizes(element, at) or _of_contacts(element, at))):
            blocks += _loose(element, at, sizes)
        elif block := _block(element, at, drawn):
            blocks.append(block)
    headings = sum(1 for block in blocks if block.level and vocabulary.heading(block.flat))
    return blocks if total and reached >= ENOUGH * total and headings >= 2 else []


def _elements(root: pikepdf.Dictionary, pages: dict[tuple[int, int], int]) -> list[Element]:
    found: list[Element] = []
    for kind, mark in _walk(root, pages):
        if mark is None:
            found.append(Element(kind))
        elif found:
            found[-1].marks.append(mark)
    return [element for element in found if element.marks]


def _walk(root: pikepdf.Dictionary, pages: dict[tuple[int, int], int]) -> Iterator[tuple[str, Mark | None]]:
    """In reading order: (kind, None) where a holder of text opens, ("", mark) for text in it."""
    stack: list[tuple[Any, str, int | None, int]] = [(root, "", None, 0)]
    seen = 0
    open_holder: str | None = None
    while stack:
        node, holder, page, depth = stack.pop()
        seen += 1
        if seen > MAX_ELEMENTS or depth > MAX_DEPTH:
            return
        if isinstance(node, int):
            if page is not None:
                if holder != open_holder:
                    open_holder = holder
                    yield holder.split("#")[0] or LOOSE, None
                yield "", (page, node)
            continue
        if isinstance(node, pikepdf.Array):
            stack.extend((child, holder, page, depth + 1) for child in reversed(list(node)))
            continue
        if not isinstance(node, pikepdf.Dictionary):
            continue
        own = node.get("/Pg")
        if own is not None and own.objgen in pages:
            page = pages[own.objgen]
        if "/MCID" in node and "/S" not in node:
            stack.append((int(node["/MCID"]), holder, page, depth + 1))
            continue
        kind = str(node.get("/S", "")).lstrip("/")
        if holder.startswith("LI#"):
            kind = ""  # a paragraph that is all of a list's item is the item
        elif kind == "LI" and not _is_line(node):
            kind, holder = "", ""  # an entry, with lines and a list of its own
        if kind in HOLDERS:
            holder = f"{kind}#{seen}"
        children = node.get("/K")
        if children is not None:
            stack.append((children, holder, page, depth + 1))


def _is_line(item: pikepdf.Dictionary) -> bool:
    """Whether a list's item is one line or paragraph, with no list or heading inside."""
    paragraphs = 0
    stack: list[tuple[Any, int]] = [(item.get("/K"), 0)]
    while stack:
        node, depth = stack.pop()
        if isinstance(node, pikepdf.Array) and depth < MAX_DEPTH:
            stack.extend((child, depth + 1) for child in list(node)[:100])
        elif isinstance(node, pikepdf.Dictionary) and depth < MAX_DEPTH:
            kind = str(node.get("/S", "")).lstrip("/")
            paragraphs += kind == "P"
            if kind == "L" or paragraphs > 1 or (kind in HOLDERS and kind != "P"):
                return False
            if (children := node.get("/K")) is not None:
                stack.append((children, depth + 1))
    return True


def _of_sizes(element: Element, at: dict[Mark, list[Word]]) -> bool:
    """Lines of different sizes are no paragraph, whatever it says: a name above the person's title."""
    lines: dict[int, float] = {}
    for mark in element.marks:
        for word in at.get(mark, ()):
            base = round(word.base)
            lines[base] = max(lines.get(base, 0.0), word.size)
    return len(lines) > 1 and max(lines.values()) > 1.3 * min(lines.values())


def _of_contacts(element: Element, at: dict[Mark, list[Word]]) -> bool:
    """ "Phone: …" above "Email: …": lines that each say how to reach someone are no paragraph either."""
    lines: dict[int, list[str]] = {}
    for mark in element.marks:
        for word in at.get(mark, ()):
            lines.setdefault(round(word.base), []).append(word.text)
    texts = [contacts.LABEL.sub("", " ".join(line)) for line in lines.values()]
    return sum(map(contacts.reaches, texts)) > 1


def _loose(element: Element, at: dict[Mark, list[Word]], sizes: dict[int, Page]) -> list[Block]:
    """Text in no paragraph of its own is cut into lines and paragraphs by where it stands."""
    here: dict[int, list[Word]] = {}
    for number, mark in element.marks:
        here.setdefault(number, []).extend(at.get((number, mark), ()))
    pages = [Page(number, sizes[number].width, sizes[number].height, words) for number, words in here.items() if words]
    blocks = pdf_blocks.read(pages) if pages else []
    for block in blocks:
        block.first = False  # the tags say the order of columns
    return blocks


def _block(element: Element, at: dict[Mark, list[Word]], drawn: dict[int, list[Word]]) -> Block | None:
    words = [(page, word) for page, mark in element.marks for word in at.get((page, mark), ())]
    if not words:
        return None
    page = words[0][0]
    here = [word for number, word in words if number == page]
    level = int(element.kind[1:]) if element.kind in ("H1", "H2", "H3", "H4", "H5", "H6") else 0
    place = Place(page=page, box=box(here))
    lines = 1 + sum(1 for a, b in pairwise(here) if b.base - a.base > 0.6 * b.size)
    dots = drawn[page] if element.kind != "LI" else [dot for dot in drawn[page] if dot.x0 > here[0].x0]
    # What the tags part, they have in order already.
    runs = [list(run) for _, run in groupby((word for _, word in words), key=lambda word: word.mark)]
    found = pieces([word for run in runs for word in as_read(run)], dots)
    return Block(found, place, level, item=element.kind == "LI", indent=here[0].x0, lines=lines)
