"""XML and HTML from strangers: no document types, so no entities, and nothing fetched."""

from __future__ import annotations

import html
import re
from typing import Any, TypeAlias

from lxml import etree

from cvstudio.importers.failures import BrokenFile, DangerousFile, TooMuchWork

Node: TypeAlias = Any  # an element; lxml carries no types

MAX_TAGS = 400_000  # a tree takes some seventy bytes of memory for each; ten pages of Word have 40,000


def parse(data: bytes) -> Node:
    """Raises DangerousFile for a document type, BrokenFile for what is not well-formed, TooMuchWork."""
    if data.count(b"<") > MAX_TAGS:
        raise TooMuchWork("more markup than a CV needs")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False, remove_pis=True
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as fault:
        if re.search(rb"<!(?:DOCTYPE|ENTITY)", data.replace(b"\0", b"")[:100_000], re.IGNORECASE):
            raise DangerousFile("XML with a document type") from fault
        raise BrokenFile("XML that is not well-formed") from fault
    if root.getroottree().docinfo.doctype or root.getroottree().docinfo.internalDTD is not None:
        raise DangerousFile("XML with a document type")
    return root


def local(node: Node) -> str:
    """The name without its namespace."""
    return node.tag.rpartition("}")[2] if isinstance(node.tag, str) else ""


def lines(text: str) -> list[tuple[str, bool]]:
    """(line, whether it is a bullet) of a text that may be HTML."""
    text = re.sub(r"(?i)<li\b[^>]*>", "\n\u2022 ", text)
    text = re.sub(r"(?i)<(?:br|/?p|/?div|/?ul|/?ol|/li|/?h\d)\b[^>]*>", "\n", text)
    text = html.unescape(html.unescape(re.sub(r"<[^<>]*>", "", text)))
    found = []
    for line in re.split(r"[\n\r\u2028]+", text):
        bare = " ".join(line.split())
        bullet = re.match(r"^(?:[•●▪◦‣*]|[-–](?=\s))\s*", bare)
        bare = bare[bullet.end() :] if bullet else bare
        if bare:
            found.append((bare, bool(bullet)))
    return found
