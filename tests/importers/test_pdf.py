import io
from functools import cache

import pikepdf
import pytest

from bench import imports, layouts, people
from bench.import_score import score
from cvstudio import render
from cvstudio.document import Document, samples
from cvstudio.importers import pdf, read
from cvstudio.importers.blocks import LONGEST_PLACE
from cvstudio.importers.failures import (
    AnInvoice,
    DangerousFile,
    EncryptedFile,
    NoText,
    TooManyPages,
    TooMuchWork,
)
from tests.importers.conftest import Print

HELD = 20_000  # seeds of this test alone


@cache
def sample(language: people.Language, theme: str) -> Document:
    document = samples.load(language)
    document.studio.template = theme
    return document


def blank(pages: int = 1) -> pikepdf.Pdf:
    file = pikepdf.new()
    for _ in range(pages):
        file.add_blank_page()
    return file


def saved(file: pikepdf.Pdf, **options: object) -> bytes:
    out = io.BytesIO()
    file.save(out, **options)
    return out.getvalue()


@pytest.mark.parametrize(
    ("language", "theme"), [("fr", "creative"), ("en", "tech"), ("fr", "minimal"), ("en", "atelier")]
)
def test_our_own_cvs_come_back(language, theme, printed: Print):
    document = sample(language, theme)
    found = read(printed(render.html(document), document), "cv.pdf")
    result = score(document, found.document, {"basics.location.countryCode", "projects.type"})
    assert result.f1() >= 0.97, result.faults
    assert (found.kind, found.language) == ("pdf", language)


def test_every_value_lies_where_it_says(printed: Print):
    document = sample("fr", "creative")
    found = read(printed(render.html(document), document), "cv.pdf")
    by_path = {field.path: field for field in found.fields}
    for field in found.fields:
        assert field.place.page in (1, 2)
        assert 0 < len(field.place.text) <= LONGEST_PLACE
        left, top, right, bottom = field.place.box or (0, 0, 0, 0)
        assert 0 <= left < right <= 596
        assert 0 <= top < bottom <= 843
        assert 0.3 < field.confidence <= 1
    name, email = by_path["basics.name"], by_path["basics.email"]
    assert name.place.box is not None
    assert email.place.box is not None
    assert name.place.box[0] > 200 > email.place.box[0]  # the name heads the wide column, the address the other


@pytest.mark.parametrize(("language", "theme"), [("fr", "modern"), ("en", "tech")])
def test_our_own_cvs_without_their_tags(language, theme, printed: Print):
    document = people.person(HELD, language)
    document.studio.template = theme
    found = read(imports.untagged(printed(render.html(document), document)), "cv.pdf")
    result = score(document, found.document)
    assert result.f1() >= 0.85, result.faults
    assert all(field.confidence < pdf.TAGGED for field in found.fields)


@pytest.mark.parametrize("name", ["europass", "linkedin", "moderncv", "reversed", "table"])
def test_layouts_that_are_not_ours(name, printed: Print):
    language: people.Language = "fr" if name in ("europass", "reversed") else "en"
    document = people.person(HELD, language, rich=False)
    found = read(imports.untagged(printed(layouts.html(name, document), document)), "cv.pdf")
    result = score(layouts.shown(name, document), found.document, layouts.without(name))
    assert result.f1() >= 0.85, result.faults
    assert found.kind == ("linkedin_pdf" if name == "linkedin" else "pdf")


def test_an_invoice_is_nobody(printed: Print):
    rows = "".join(f"<tr><td>Article {n}</td><td>{n} 200,00 €</td></tr>" for n in range(8))
    html = (
        "<h1>Atelier Mordelle</h1><p>12 rue des Lilas, 35000 Rennes</p><h2>Facture n° 2024-118</h2>"
        f"<table>{rows}</table><p>Total HT 1 200 €</p><p>TVA 20 %</p><p>Total TTC 1 440 €</p><p>IBAN FR76</p>"
    )
    with pytest.raises(AnInvoice):
        read(printed(html, Document()), "cv.pdf")


def test_a_scan():
    with pytest.raises(NoText):
        read(saved(blank()), "scan.pdf")


def test_five_thousand_pages():
    with pytest.raises(TooManyPages) as raised:
        read(saved(blank(5_000)), "cv.pdf")
    assert "5000" in raised.value.message("fr")


def test_a_password():
    locked = saved(blank(), encryption=pikepdf.Encryption(owner="owner", user="user"))
    with pytest.raises(EncryptedFile):
        read(locked, "cv.pdf")


@pytest.mark.parametrize("where", ["opening", "names", "page", "note"])
def test_scripts(where):
    file = blank()
    action = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)"))
    if where == "opening":
        file.Root.OpenAction = action
    elif where == "names":
        names = pikepdf.Dictionary(Names=pikepdf.Array([pikepdf.String("x"), action]))
        file.Root.Names = pikepdf.Dictionary(JavaScript=names)
    elif where == "page":
        file.pages[0].obj.AA = pikepdf.Dictionary(O=action)
    else:
        file.pages[0].obj.Annots = pikepdf.Array([pikepdf.Dictionary(Subtype=pikepdf.Name.Link, A=action)])
    with pytest.raises(DangerousFile):
        read(saved(file), "cv.pdf")


def test_a_page_that_unpacks_to_too_much():
    file = blank()
    file.pages[0].Contents = pikepdf.Stream(file, b"0 0 m " * 4_000_000)
    with pytest.raises(TooMuchWork):
        read(saved(file, compress_streams=True), "cv.pdf")
