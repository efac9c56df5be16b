"""The text of an offer's page, as a person would see it, and what its JobPosting says (schema.org)."""

import html as entities
import json
import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, Final

import lxml.html
import trafilatura
from lxml.etree import ParserError

from cvstudio.tailoring import words

MAX_HTML = 3_000_000  # characters
MAX_SCRIPTS, MAX_SHEET = 30, 100_000  # of JSON-LD; characters of style sheets
MIN_DESCRIPTION = 200  # characters: a shorter one in the JobPosting is only a teaser

_UNSEEN_TAGS: Final = "script|style|noscript|template|iframe|svg|canvas|select|input|button|textarea|object|nav|footer"
_UNSEEN_STYLE: Final = re.compile(
    r"display:none|visibility:(?:hidden|collapse)|opacity:0(?:\.0+)?(?:;|$|%)|font-size:0(?:\.?0*)(?:px|pt|em|rem|%)?(?:;|$)"
    r"|font-size:1px|text-indent:-\d{3,}|left:-\d{3,}|top:-\d{3,}|clip:rect\(0|clip-path:inset\((?:50|100)%"
    r"|max-height:0|(?<!-)height:0(?:px)?;"
    r"|transform:scale\(0|color:transparent"
)
_COLOUR: Final = re.compile(r"(?<![-\w])color:([^;!]+)")
_GROUND: Final = re.compile(r"background(?:-color)?:([^;!]+)")
_WHITES: Final = frozenset({"white", "#fff", "#ffffff", "#fefefe", "rgb(255,255,255)", "rgba(255,255,255,1)"})
# Every repetition has an end: a hostile page must not cost the square of its length.
_POSTING_TAG: Final = re.compile(r"<script[^>]{0,300}?application/ld\+json[^>]{0,300}>", re.IGNORECASE)
_BLOCK_TAGS = "p div li ul ol br h1 h2 h3 h4 h5 h6 tr table section article header main dt dd dl blockquote pre hr"
_BLOCKS: Final = frozenset(_BLOCK_TAGS.split())


def read(html: str | bytes, url: str = "") -> tuple[str, dict[str, Any]]:
    """(the offer's text, its JobPosting's fields or nothing). A page without text gives a blank one."""
    page = html.decode("utf-8", "replace") if isinstance(html, bytes) else html
    page = page[:MAX_HTML].replace("\x00", "")
    if not page.strip():
        return "", {}
    hints = posting(page)
    try:
        tree = lxml.html.document_fromstring(page.encode("utf-8"), parser=lxml.html.HTMLParser(encoding="utf-8"))
    except (ParserError, ValueError):
        return "", hints
    _drop_unseen(tree)
    described = hints.get("description")
    if isinstance(described, str) and len(described) >= MIN_DESCRIPTION:
        body = _fragment(described)
        title = hints.get("title")
        return words.clean(f"{_plain(title)}\n\n{body}" if isinstance(title, str) else body), hints
    seen = lxml.html.tostring(tree, encoding="unicode")
    extracted = trafilatura.extract(
        seen, url=url or None, favor_recall=True, include_comments=False, include_tables=True, deduplicate=False
    )
    whole = words.clean("\n".join(_lines(tree)))
    text = words.clean(extracted or "")
    # Main-text extraction is meant for articles: where it threw most of the page away, the page itself is read.
    if len(text) < 0.4 * len(whole):
        text = whole
    heading = next((words.clean(one.text_content()) for one in tree.iter("h1") if one.text_content().strip()), "")
    return (f"{heading}\n\n{text}" if heading and heading not in text[:400] else text), hints


def posting(page: str) -> dict[str, Any]:
    """The first JobPosting among the page's JSON-LD."""
    for tag in islice(_POSTING_TAG.finditer(page), MAX_SCRIPTS):
        end = page.find("</", tag.end())
        while end >= 0 and page[end : end + 8].lower() != "</script":
            end = page.find("</", end + 2)
        if end < 0:
            break
        try:
            data = json.loads(page[tag.end() : end].strip().removeprefix("<!--").removesuffix("-->"), strict=False)
        except (json.JSONDecodeError, RecursionError):
            continue
        for node in _nodes(data):
            kinds = node.get("@type")
            if "JobPosting" in (kinds if isinstance(kinds, list) else [kinds]):
                return dict(node)
    return {}


def _nodes(data: Any, depth: int = 0) -> Iterator[Mapping[str, Any]]:
    if depth > 6:
        return
    if isinstance(data, list):
        for item in data:
            yield from _nodes(item, depth + 1)
    elif isinstance(data, Mapping):
        yield data
        for name in ("@graph", "mainEntity", "itemListElement", "item"):
            yield from _nodes(data.get(name), depth + 1)


def _plain(text: str) -> str:
    return re.sub(r"<[^>]{0,500}>", " ", entities.unescape(text))


def _fragment(markup: str) -> str:
    """A description's text: markup, escaped markup or plain lines."""
    opened = entities.unescape(markup) if "&lt;" in markup else markup
    if not re.search(r"<[a-zA-Z/]", opened):
        return entities.unescape(opened)
    try:
        tree = lxml.html.fragment_fromstring(opened, create_parent="div")
    except (ParserError, ValueError):
        return _plain(opened)
    _drop_unseen(tree)
    return "\n".join(_lines(tree))


def _drop_unseen(tree: Any) -> None:
    """Take out what a browser would not show: by tag, attribute, style, and the page's own simple style rules."""
    hidden = _hidden_names(tree)
    grounded = any("background" in style for style in tree.xpath("//body/@style | //html/@style"))
    for element in list(tree.iter()):
        markup = isinstance(element.tag, str)  # else a comment or an instruction
        if not markup or re.fullmatch(_UNSEEN_TAGS, element.tag) or _is_unseen(element, hidden, grounded):
            _take_out(element)


def _is_unseen(element: Any, hidden: set[str], grounded: bool) -> bool:
    if element.get("hidden") is not None or (element.get("aria-hidden") or "").strip().lower() == "true":
        return True
    names = {f".{name}" for name in (element.get("class") or "").split()} | {f"#{element.get('id')}"}
    if names & hidden:
        return True
    style = re.sub(r"\s+", "", element.get("style") or "").lower()
    return bool(style) and (bool(_UNSEEN_STYLE.search(style)) or _white_on_white(element, style, grounded))


def _white_on_white(element: Any, style: str, grounded: bool) -> bool:
    """Text in its background's colour; a page that sets none is white."""
    colour = _COLOUR.search(style)
    if colour is None:
        return False
    for around in [element, *element.iterancestors()]:
        given = re.sub(r"\s+", "", around.get("style") or "").lower()
        if ground := _GROUND.search(given):
            return ground[1] == colour[1] or (ground[1] in _WHITES and colour[1] in _WHITES)
        if around.get("class") or around.get("bgcolor"):  # a style sheet may have set another one
            return False
    return colour[1] in _WHITES and not grounded


def _hidden_names(tree: Any) -> set[str]:
    """ ".class" and "#id" that the page's own style sheet hides outright."""
    names: set[str] = set()
    rules = _uncommented("".join(sheet.text or "" for sheet in tree.iter("style"))[:MAX_SHEET])
    for selectors, body in _rules(rules):
        if _UNSEEN_STYLE.search(re.sub(r"\s+", "", body).lower()):
            names |= {name.strip() for name in selectors.split(",") if re.fullmatch(r"\s*[.#][\w-]+\s*", name)}
    return names


def _rules(sheet: str) -> Iterator[tuple[str, str]]:
    """Selectors and declarations, but for those inside @media and the like, which may not hold on a screen."""
    depth = start = opened = 0
    for brace in re.finditer(r"[{}]", sheet):
        if brace[0] == "{":
            depth += 1
            opened = brace.end() if depth == 1 else -1  # -1: what it holds is nested
        else:
            if depth == 1 and opened > 0:
                yield sheet[start : opened - 1], sheet[opened : brace.start()]
            depth = max(0, depth - 1)
            start = brace.end() if depth == 0 else start


def _uncommented(sheet: str) -> str:
    kept, rest = [], sheet
    while True:
        before, opened, after = rest.partition("/*")
        kept.append(before)
        if not opened:
            return "".join(kept)
        rest = after.partition("*/")[2]


def _take_out(element: Any) -> None:
    """Without what follows it."""
    parent = element.getparent()
    if parent is None:
        return
    if element.tail:
        before = element.getprevious()
        if before is not None:
            before.tail = (before.tail or "") + element.tail
        else:
            parent.text = (parent.text or "") + element.tail
    parent.remove(element)


def _lines(tree: Any) -> Iterator[str]:
    """The text of its blocks, one a line, list items with a dash."""
    line: list[str] = []
    for event, element in _walk(tree):
        if event == "text":
            line.append(element)
        elif element in _BLOCKS:
            yield "".join(line).replace("\n", " ")
            line = ["- "] if event == "start" and element == "li" else []
            if element in {"p", "div", "ul", "ol", "h1", "h2", "h3", "h4", "section", "table"} and event == "start":
                yield ""
    yield "".join(line).replace("\n", " ")


def _walk(tree: Any) -> Iterator[tuple[str, str]]:
    """Tags and texts in document order, without recursion: pages may be nested as deep as they like."""
    waiting: list[tuple[str, Any]] = [("open", tree)]
    while waiting:
        step, element = waiting.pop()
        if step == "text":
            yield "text", element
        elif step == "close":
            yield "end", element
        else:
            yield "start", element.tag
            if element.text:
                yield "text", element.text
            waiting.append(("close", element.tag))
            for child in reversed(element):
                if child.tail:
                    waiting.append(("text", child.tail))
                if isinstance(child.tag, str):
                    waiting.append(("open", child))
