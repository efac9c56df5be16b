"""Finishing a printed PDF: what it says of itself, no clock in it, the same bytes for the same input; and its pictures.

Chromium writes one plain revision: objects, one cross-reference table, one trailer. Replacing the document
information and shifting the table takes a fifth of a millisecond; a PDF library re-writing the file takes four.
Should a Chromium ever write another shape, the library does it.
"""

from __future__ import annotations

import hashlib
import io
import re
import threading
from collections.abc import Sequence
from itertools import islice

import pikepdf
import pypdfium2
from PIL.Image import Image

VERSION = 1  # part of a stored file's key: raise it when the same print would be finished differently
PRODUCER = "CV Studio"

_ENTRY = 20  # bytes of a line of the cross-reference table
_LANGUAGE = re.compile(rb"/Lang \((?:[^()\\]|\\.)*\)")
_TAIL = re.compile(
    rb"trailer\n<</Size (?P<size>\d+)\n/Root (?P<root>\d+) 0 R\n/Info (?P<info>\d+) 0 R>>\n"
    rb"startxref\n(?P<table>\d+)\n%%EOF\n?$"
)


_pdfium = threading.Lock()  # PDFium is not thread-safe


class _UnfamiliarShape(ValueError):
    """The file is not laid out as Chromium lays it out."""


def finish(
    data: bytes, *, title: str, author: str, lang: str, subject: str = "", keywords: Sequence[str] = ()
) -> bytes:
    """The print `data` with this title, author and BCP 47 language, without dates; equal input, equal bytes."""
    info = {
        "Title": title,
        "Author": author,
        "Subject": subject,
        "Keywords": ", ".join(keywords),
        "Creator": PRODUCER,
        "Producer": PRODUCER,
    }
    info = {key: value for key, value in info.items() if value}
    try:
        return _patch(data, info, lang)
    except _UnfamiliarShape:
        return _rewrite(data, info, lang)


def _patch(data: bytes, info: dict[str, str], lang: str) -> bytes:
    tail = _TAIL.search(data, max(0, len(data) - 1024))
    if not tail:
        raise _UnfamiliarShape
    size, table = int(tail["size"]), int(tail["table"])
    head = b"xref\n0 %d\n" % size
    first = table + len(head)
    if data[table:first] != head or first + size * _ENTRY != tail.start():
        raise _UnfamiliarShape
    lines = [data[at : at + _ENTRY] for at in range(first, tail.start(), _ENTRY)]

    entries = b"\n".join(b"/%s %s" % (key.encode(), _string(value)) for key, value in info.items())
    changes = [
        _object(data, lines, int(tail["info"]), b"<<" + entries + b">>"),
        _object(data, lines, int(tail["root"]), lang=lang),
    ]
    (start1, end1, body1), (start2, end2, body2) = sorted(changes)
    body = b"".join([data[:start1], body1, data[end1:start2], body2, data[end2:table]])
    shift1 = len(body1) - (end1 - start1)
    shift2 = len(body2) - (end2 - start2) + shift1

    moved = []
    for line in lines:
        offset = int(line[:10])
        shift = shift2 if offset > start2 else shift1 if offset > start1 else 0
        moved.append(b"%010d%s" % (offset + shift, line[10:]) if line[17:18] == b"n" else line)
    identity = hashlib.sha256(body).hexdigest()[:32].encode()
    return b"".join(
        [
            body,
            head,
            *moved,
            b"trailer\n<</Size %d\n/Root %d 0 R\n/Info %d 0 R\n" % (size, int(tail["root"]), int(tail["info"])),
            b"/ID [<%s> <%s>]>>\nstartxref\n%d\n%%%%EOF\n" % (identity, identity, len(body)),
        ]
    )


def _object(
    data: bytes, lines: list[bytes], number: int, body: bytes | None = None, *, lang: str = ""
) -> tuple[int, int, bytes]:
    """(start, end, replacement) of what lies between "N 0 obj" and "endobj": `body`, or the same with /Lang set."""
    offset = int(lines[number][:10])
    opening = b"%d 0 obj\n" % number
    if not data.startswith(opening, offset):
        raise _UnfamiliarShape
    start = offset + len(opening)
    end = data.find(b"\nendobj\n", start)
    old = data[start:end]
    # A string could hold any of these words; then let a real parser decide.
    if end < 0 or not old.startswith(b"<<") or not old.endswith(b">>") or b"obj" in old or b"stream" in old:
        raise _UnfamiliarShape
    if body is None:
        body = _LANGUAGE.sub(b"", old[:-2]).rstrip(b"\n") + b"\n/Lang " + _string(lang) + b">>"
    return start, end, body


def _string(text: str) -> bytes:
    """A PDF text string: plain when it is ASCII, else UTF-16 in hexadecimal."""
    if text.isascii() and text.isprintable():
        return b"(" + re.sub(rb"([\\()])", rb"\\\1", text.encode()) + b")"
    return b"<" + (b"\xfe\xff" + text.encode("utf-16-be", "replace")).hex().encode() + b">"


def _rewrite(data: bytes, info: dict[str, str], lang: str) -> bytes:
    with pikepdf.open(io.BytesIO(data)) as document:
        entries = {f"/{key}": pikepdf.String(value) for key, value in info.items()}
        document.trailer.Info = document.make_indirect(pikepdf.Dictionary(entries))
        document.Root.Lang = pikepdf.String(lang)
        out = io.BytesIO()
        document.save(out, deterministic_id=True)
    return out.getvalue()


def png(data: bytes, *, scale: float = 2.0, most: int | None = None) -> list[bytes]:
    """Each page of the very PDF as a PNG, or the first so many; `scale` 1 is 72 pixels per inch."""
    with _pdfium:
        document = pypdfium2.PdfDocument(data)
        try:
            pictures = [page.render(scale=scale).to_pil() for page in islice(document, most)]
        finally:
            document.close()
    return [_png(picture) for picture in pictures]


def _png(picture: Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()
