"""The one entry: what the bytes are, and the reader for it. Names and MIME types are hints that may lie."""

from __future__ import annotations

import json
import re

from cvstudio.document import SECTIONS, Document, Item
from cvstudio.document.model import Part
from cvstudio.document.portrait import take_out
from cvstudio.importers import docx, europass, linkedin_zip, markup, pdf, plain, words
from cvstudio.importers.archive import Archive
from cvstudio.importers.failures import (
    BrokenFile,
    EncryptedFile,
    FileTooLarge,
    NotACV,
    NoText,
    TooMuchWork,
    UnknownFormat,
)
from cvstudio.importers.model import Field, Imported, Place

MAX_BYTES = 20_000_000
MAX_TEXT_BYTES = 250_000  # of running text
MAX_STRUCTURED_BYTES = 8_000_000  # of JSON and XML, which may carry a photo
PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\x00", b"MM\x00*", b"BM", b"RIFF")
COMPOUND = b"\xd0\xcf\x11\xe0"  # what Word wrote before DOCX, and what it wraps an encrypted one in


def read(data: bytes, filename: str) -> Imported:
    """The CV in a file, with evidence for every field. Raises UnreadableFile's kinds, FileTooLarge or InvalidInput.

    `filename` is not believed: it only tells Markdown from plain text where the content leaves it open.
    """
    if len(data) > MAX_BYTES:
        raise FileTooLarge
    if not data.strip():
        raise BrokenFile("an empty file")
    if b"%PDF-" in data[:1024]:
        return _pdf(data)
    if data.startswith(b"PK"):
        return _zip(data)
    if data.startswith(COMPOUND):
        raise EncryptedFile if "EncryptedPackage".encode("utf-16-le") in data else UnknownFormat
    if data.startswith(PICTURES):
        raise NoText
    return _text(data, filename)


def _pdf(data: bytes) -> Imported:
    for content in pdf.attachments(data):
        if europass.looks_like(content):
            return europass.read(content)
    return pdf.read(data)


def _zip(data: bytes) -> Imported:
    archive = Archive(data)
    if docx.looks_like(archive):
        return docx.read(archive)
    if linkedin_zip.looks_like(archive):
        return linkedin_zip.read(archive)
    raise UnknownFormat


def _text(data: bytes, filename: str) -> Imported:
    structured = data[:200].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith((b"{", b"<"))
    if len(data) > (MAX_STRUCTURED_BYTES if structured else MAX_TEXT_BYTES):
        raise FileTooLarge
    text = _decoded(data).replace("\r\n", "\n").replace("\r", "\n")
    start = text.lstrip()[:200]
    if start.startswith("{\\rtf"):
        raise UnknownFormat
    if start.startswith("{"):
        return json_resume(text)
    if start.startswith("<"):
        if re.match(r"<(?:!doctype html|html|body|div|h1)\b", start, re.IGNORECASE):
            raise UnknownFormat
        if europass.looks_like(data):
            return europass.read(data)
        markup.parse(data)
        raise UnknownFormat
    if plain.looks_like_markdown(text) or filename.casefold().endswith((".md", ".markdown")):
        return plain.markdown(text)
    return plain.text(text)


def pasted(text: str) -> Imported | None:
    """The CV in a text that someone pasted, from wherever; None when it has no section of one."""
    if not text.strip():
        return None
    try:
        return plain.pasted(text)
    except NotACV:
        return None


def _decoded(data: bytes) -> str:
    """Raises UnknownFormat for what is no text."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = data.decode("utf-16", "replace")
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("cp1252", "replace")
    strange = sum(
        not letter.isprintable() and letter not in "\n\r\t\f\u00a0\u202f\u2028\ufeff\u00ad" for letter in text[:5000]
    )
    if strange > 0.02 * len(text[:5000]):
        raise UnknownFormat
    return text


def json_resume(text: str) -> Imported:
    """A JSON Resume as it is. Raises BrokenFile, NotACV, or InvalidInput naming what does not fit the schema."""
    try:
        tree = json.loads(text)
    except ValueError as fault:  # also a number of too many digits
        raise BrokenFile("not JSON") from fault
    except RecursionError as fault:
        raise TooMuchWork("JSON nested too deeply") from fault
    if not isinstance(tree, dict) or not {"basics", *SECTIONS} & tree.keys():
        raise NotACV("JSON that is no résumé")
    take_out(tree)  # pictures do not come this way
    document = Document.load(tree)
    fields = tuple(_fields(document))
    if not fields:
        raise NotACV("a résumé with nothing in it")
    meta = tree.get("meta")
    if not (isinstance(meta, dict) and isinstance(meta.get("studio"), dict) and "language" in meta["studio"]):
        document.studio.language = words.language_of("\n".join(document.texts()))
    return Imported(document, fields, "json_resume", document.read_in)


def _fields(document: Document) -> list[Field]:
    found = _of_part("basics.", document.basics) + _of_part("basics.location.", document.basics.location)
    places: list[tuple[str, list[Item]]] = [("profiles", list(document.basics.profiles))]
    places += [(key, document.section(key)) for key in SECTIONS]
    places += [(f"custom:{section.id}", list(section.items)) for section in document.custom]
    for key, items in places:
        for item in items:
            found += _of_part(f"{key}/{item.id}/", item)
    return found


def _of_part(path: str, part: Part) -> list[Field]:
    found = []
    for name in type(part).model_fields:
        value = getattr(part, name)
        if name != "id" and isinstance(value, str) and value:
            found.append(Field(f"{path}{name}", value, 1.0, Place()))
        elif isinstance(value, list) and all(isinstance(line, str) for line in value):
            found += [Field(f"{path}{name}/{n}", line, 1.0, Place()) for n, line in enumerate(value)]
    return found
