"""A PDF → a CV: by its tags where it has good ones, else by geometry."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from typing import Any

import pikepdf
import pypdfium2

from cvstudio.importers import linkedin_pdf, pdf_blocks, pdf_lines, pdf_tags, pdf_words
from cvstudio.importers.blocks import Block
from cvstudio.importers.contacts import bare
from cvstudio.importers.failures import (
    BrokenFile,
    DangerousFile,
    EncryptedFile,
    NoText,
    TooManyPages,
    TooMuchWork,
    UnreadableFile,
)
from cvstudio.importers.model import Imported
from cvstudio.importers.recognise import recognise

MAX_PAGES = 30
MAX_LINKS = 500
MAX_DRAWING = 16_000_000  # bytes of all pages' drawing, unpacked
MAX_ATTACHMENT = 5_000_000  # bytes
BAD_PASSWORD = 4  # FPDF_ERR_PASSWORD
TAGGED, GEOMETRY = 0.97, 0.88  # how far the cut of the blocks can be trusted


def read(data: bytes) -> Imported:
    """Raises UnreadableFile's kinds."""
    document = _open(data)
    try:
        if len(document) > MAX_PAGES:
            raise TooManyPages(pages=len(document), limit=MAX_PAGES)
        with _structure(data) as file:
            _refuse_scripts(file)
            _refuse_floods(file)
            pages = pdf_words.pages(document)
            if not any(page.words for page in pages):
                raise NoText
            links = dict(_links(file))
            blocks = _without_page_numbers(pdf_tags.read(file, pages))
            if blocks:
                return recognise(blocks, "pdf", links=links, sure=TAGGED)
            blocks = pdf_blocks.read(pages)
            if linkedin_pdf.looks_like(blocks):
                return recognise(linkedin_pdf.unfolded(blocks), "linkedin_pdf", links=links, sure=GEOMETRY)
            return recognise(blocks, "pdf", links=links, sure=GEOMETRY)
    finally:
        document.close()


def page_count(data: bytes) -> int:
    """As far as we read; 0 for what is no PDF that opens."""
    if b"%PDF-" not in data[:1024]:
        return 0
    try:
        document = _open(data)
    except UnreadableFile:
        return 0
    try:
        return min(len(document), MAX_PAGES)
    finally:
        document.close()


def text(data: bytes) -> str:
    """What a PDF of any kind says, on its first MAX_PAGES pages. Raises EncryptedFile, BrokenFile, NoText."""
    document = _open(data)
    try:
        pages = [document[at].get_textpage().get_text_range() for at in range(min(len(document), MAX_PAGES))]
    except pypdfium2.PdfiumError as fault:
        raise BrokenFile from fault
    finally:
        document.close()
    if not any(page.strip() for page in pages):
        raise NoText
    return "\n\n".join(pages)


def _without_page_numbers(blocks: list[Block]) -> list[Block]:
    return [block for block in blocks if not pdf_lines.PAGE_NUMBER.match(block.flat)]


def attachments(data: bytes) -> Iterator[bytes]:
    """The files inside the PDF, small ones."""
    document = _open(data)
    try:
        for index in range(min(document.count_attachments(), 10)):
            content = bytes(document.get_attachment(index).get_data())
            if len(content) <= MAX_ATTACHMENT:
                yield content
    except pypdfium2.PdfiumError:
        return
    finally:
        document.close()


def _open(data: bytes) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as fault:
        if getattr(fault, "err_code", None) == BAD_PASSWORD or "password" in str(fault).casefold():
            raise EncryptedFile from fault
        raise BrokenFile from fault


def _structure(data: bytes) -> pikepdf.Pdf:
    try:
        return pikepdf.open(io.BytesIO(data))
    except pikepdf.PasswordError as fault:
        raise EncryptedFile from fault
    except pikepdf.PdfError as fault:
        raise BrokenFile from fault


def _refuse_scripts(file: pikepdf.Pdf) -> None:
    """No CV runs programs: JavaScript on opening, on pages or by name, and programs to launch, are refused."""
    root: Any = file.Root
    names = root.get("/Names")
    if names is not None and "/JavaScript" in names:
        raise DangerousFile("JavaScript by name")
    for holder in [root, *(page.obj for page in file.pages)]:
        if "/AA" in holder:
            raise DangerousFile("additional actions")
        for action in _actions(holder):
            if str(action.get("/S", "")) in ("/JavaScript", "/Launch", "/ImportData", "/SubmitForm"):
                raise DangerousFile("an action that runs something")


def _refuse_floods(file: pikepdf.Pdf) -> None:
    """Pages whose drawing unpacks to far more than any CV's: found by unpacking no more than the limit."""
    room = MAX_DRAWING
    for page in file.pages:
        drawing: Any = page.obj.get("/Contents")
        for stream in drawing if isinstance(drawing, pikepdf.Array) else [drawing]:
            if not isinstance(stream, pikepdf.Stream):
                continue
            packed = stream.read_raw_bytes()
            try:
                size = len(zlib.decompressobj().decompress(packed, room + 1))
            except zlib.error:  # packed in another way, or not at all
                size = len(packed)
            room -= size
            if room < 0:
                raise TooMuchWork("a page that unpacks to too much")


def _actions(holder: Any) -> Iterator[Any]:
    opening = holder.get("/OpenAction")
    if isinstance(opening, pikepdf.Dictionary):
        yield opening
    for note in _annotations(holder):
        action = note.get("/A")
        if isinstance(action, pikepdf.Dictionary):
            yield action


def _annotations(page: Any) -> Iterator[Any]:
    notes = page.get("/Annots")
    if isinstance(notes, pikepdf.Array):
        for note in list(notes)[:MAX_LINKS]:
            if isinstance(note, pikepdf.Dictionary):
                yield note


def _links(file: pikepdf.Pdf) -> Iterator[tuple[str, str]]:
    """Full addresses, by what a text shows of them."""
    for page in file.pages:
        for note in _annotations(page.obj):
            action = note.get("/A")
            url = str(action.get("/URI", "")) if isinstance(action, pikepdf.Dictionary) else ""
            if url.casefold().startswith(("http://", "https://")):
                yield bare(url), url
