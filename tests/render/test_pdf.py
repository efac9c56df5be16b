"""What a finished file says of itself, that it stays a sound PDF, and that it holds no clock."""

import io
import re
import time
from pathlib import Path

import pikepdf
import pypdf
import pytest
from PIL import Image

from cvstudio.render import pdf
from cvstudio.render.cdp import Browser, Page
from cvstudio.render.chromium import Chromium

HTML = (
    '<!doctype html><html lang="en"><title>x</title><style>@page{size:A4;margin:15mm}body{font:11pt Lato}</style>'
    "<h1>Zoé</h1><h2>Expérience</h2>" + "<p>Une ligne (avec) <a href='https://a.example/(b)'>lien</a>" * 120
)
SAYS = {"title": "Zoé (Martin) – Ingénieure \\", "author": "Zoé Martin", "lang": "fr-FR"}


@pytest.fixture(scope="module")
def raw(executable: Path, fontconfig: Path, tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    """The same document as Chromium writes it, twice, in different seconds."""
    browser = Browser(executable, fontconfig=fontconfig, temp=tmp_path_factory.mktemp("raw"), sandbox=False, timeout=30)
    try:
        page = Page(browser, deadline=time.monotonic() + 60)
        first = page.pdf(HTML, deadline=time.monotonic() + 60)
        later = first
        while later == first:
            later = page.pdf(HTML, deadline=time.monotonic() + 60)
        return [first, later]
    finally:
        browser.close()


@pytest.fixture(params=["patched", "rewritten"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both ways of finishing: our own, and the library's for a shape we do not know."""
    if request.param == "rewritten":
        monkeypatch.setattr(pdf, "_TAIL", re.compile(b"never"))
    else:
        monkeypatch.delattr(pdf, "_rewrite")
    return str(request.param)


@pytest.mark.usefixtures("way")
def test_three_readers_agree_on_what_it_says(raw: list[bytes]) -> None:
    data = pdf.finish(raw[0], **SAYS, subject="CV", keywords=("python", "œuvre"))
    with pikepdf.open(io.BytesIO(data)) as document:
        assert {key: str(value) for key, value in document.docinfo.items()} == {
            "/Title": SAYS["title"],
            "/Author": SAYS["author"],
            "/Subject": "CV",
            "/Keywords": "python, œuvre",
            "/Creator": "CV Studio",
            "/Producer": "CV Studio",
        }
        assert str(document.Root.Lang) == "fr-FR"
        assert document.check_pdf_syntax() == []
        assert len(document.pages) == 4
    read = pypdf.PdfReader(io.BytesIO(data), strict=True)
    assert read.metadata
    assert (read.metadata.title, read.metadata.author) == (SAYS["title"], SAYS["author"])
    found = pdf.pypdfium2.PdfDocument(data)
    assert found.get_metadata_dict()["Title"] == SAYS["title"]
    found.close()


@pytest.mark.usefixtures("way")
def test_no_clock_is_left(raw: list[bytes]) -> None:
    assert raw[0] != raw[1]
    assert b"/CreationDate" in raw[0]
    first, later = (pdf.finish(data, **SAYS) for data in raw)
    assert first == later
    assert b"Date" not in first
    assert b"D:20" not in first
    assert pdf.finish(raw[0], **SAYS | {"author": "Other"}) != first


def test_every_other_object_is_as_chromium_wrote_it(raw: list[bytes]) -> None:
    def written(thing: pikepdf.Object) -> bytes:
        if isinstance(thing, pikepdf.Stream):
            return repr(thing.stream_dict).encode() + thing.read_raw_bytes()
        return thing.unparse(resolved=True)

    with (
        pikepdf.open(io.BytesIO(raw[0])) as before,
        pikepdf.open(io.BytesIO(pdf.finish(raw[0], **SAYS))) as after,
    ):
        pairs = zip(before.objects, after.objects, strict=True)
        changed = {old.objgen[0] for old, new in pairs if written(old) != written(new)}
        assert changed == {before.docinfo.objgen[0], before.Root.objgen[0]}
        assert len(after.trailer.ID) == 2


@pytest.mark.parametrize("text", ["", "plain", "(((", "a\\", "é", "日本語", "😀", "\x00\n", "\ud800", "x" * 5000])
def test_any_text_survives(raw: list[bytes], text: str) -> None:
    data = pdf.finish(raw[0], title=text, author=text, lang="fr")
    with pikepdf.open(io.BytesIO(data)) as document:
        assert document.check_pdf_syntax() == []
        assert str(document.docinfo.get("/Title", "")) == text.replace("\ud800", "?")


def test_a_file_of_another_shape_is_finished_too(raw: list[bytes]) -> None:
    with pikepdf.open(io.BytesIO(raw[0])) as document:
        out = io.BytesIO()
        document.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    data = pdf.finish(out.getvalue(), **SAYS)
    with pikepdf.open(io.BytesIO(data)) as document:
        assert str(document.docinfo.Title) == SAYS["title"]
        assert document.check_pdf_syntax() == []


def test_what_is_no_pdf_is_an_error() -> None:
    with pytest.raises(pikepdf.PdfError):
        pdf.finish(b"%PDF-1.4 nothing", **SAYS)


def test_each_page_becomes_a_picture_of_the_very_file(chromium: Chromium) -> None:
    style = "<style>@page{size:A4;margin:0}div{height:290mm;break-after:page;background:#c00}</style>"
    data = chromium.pdf(f"<!doctype html>{style}<div></div><p>b", title="", author="", lang="fr")
    pictures = [Image.open(io.BytesIO(picture)) for picture in pdf.png(data, scale=1)]
    assert len(pictures) == 2
    assert all(abs(picture.width - 595) <= 1 and abs(picture.height - 842) <= 1 for picture in pictures)
    red = pictures[0].convert("RGB").getpixel((300, 400))
    assert isinstance(red, tuple)
    assert red[0] > 180 > red[1] + 100
    assert pictures[1].convert("RGB").getpixel((300, 400)) == (255, 255, 255)
