import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cvstudio.document import samples
from cvstudio.document.edit import get_field
from cvstudio.errors import InvalidInput, StudioError
from cvstudio.importers import Imported, failures, read, reading
from cvstudio.importers.failures import (
    ALetter,
    AnInvoice,
    AnOffer,
    BrokenFile,
    DangerousFile,
    EncryptedFile,
    FileTooLarge,
    NotACV,
    NoText,
    TooMuchWork,
    UnknownFormat,
    UnreadableFile,
)

FIXTURES = Path(__file__).parents[1] / "document" / "jsonresume"

INVOICE = """Atelier Mordelle SARL
12 rue des Lilas, 35000 Rennes
Facture n° 2024-118
Date d'échéance : 30/04/2024
Désignation Quantité Prix unitaire Montant
Pose de fenêtres 4 320,00 1 280,00
Total HT 1 280,00
TVA 20 % 256,00
Total TTC 1 536,00
IBAN FR76 1234
"""
LETTER = """Jeanne Martin
12 rue des Lilas, 35000 Rennes

Objet : candidature au poste de comptable

Madame, Monsieur,

Votre annonce a retenu toute mon attention. Forte de dix ans d'expérience, je souhaite rejoindre votre cabinet.

Dans l'attente de vous rencontrer, je vous prie d'agréer, Madame, Monsieur, mes salutations distinguées.

Jeanne Martin
"""
COVER = """Dear Hiring Manager,

I am writing to apply for the post of accountant. I have ten years of experience and enjoy my work.

Yours sincerely,
Jane Martin
"""
OFFER = """Senior Data Engineer
London, hybrid

About us
We are a fintech of 200 people.

Responsibilities
- Build data pipelines
- Mentor juniors

Requirements
- 5+ years of experience with Python and SQL
- Degree in computer science

Skills
- Python, SQL, dbt

Languages
- English

Benefits
- 25 days of holiday

How to apply
Send your CV to jobs@fin.example.
"""
OFFRE = """Responsable logistique H/F
CDI – Nantes

Vos missions
- Encadrer une équipe de 12 personnes

Votre profil
- 5 ans d'expérience

Compétences
- Excel, SAP

Langues
- Anglais courant

Nous offrons
- Télétravail

Postulez avant le 30 juin 2026 : rh@ormeau.example
"""
BILL = "FACTURE n° 2024-118\nTotal TTC 1 200,00 EUR\nTVA 20 %\nEchéance 30/06/2024\nIBAN FR76 3000 4000"  # few letters
RECIPE = (
    "Tarte aux pommes\n\nPréchauffer le four. Éplucher six pommes et les couper en lamelles fines, puis servir tiède.\n"
)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (INVOICE, AnInvoice),
        (LETTER, ALetter),
        (COVER, ALetter),
        (OFFER, AnOffer),
        (OFFRE, AnOffer),
        (RECIPE, NotACV),
        (BILL, AnInvoice),
        ("Bonjour", NotACV),
    ],
)
def test_other_papers_are_named_and_nobody_is_invented(text, kind):
    with pytest.raises(kind):
        read(text.encode(), "cv.txt")


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", BrokenFile),
        (b" \n ", BrokenFile),
        (b"\x89PNG\r\n\x1a\n" + b"0" * 64, NoText),
        (b"\xff\xd8\xff\xe0" + b"0" * 64, NoText),
        (b"%PDF-1.7\nnothing more", BrokenFile),
        (b"PK\x03\x04" + b"0" * 64, BrokenFile),
        (b"\xd0\xcf\x11\xe0" + b"0" * 64, UnknownFormat),
        (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), EncryptedFile),
        (b"{\\rtf1 hello}", UnknownFormat),
        (b"<!DOCTYPE html><html><body>CV</body></html>", UnknownFormat),
        (b"<note>hello</note>", UnknownFormat),
        (b"\x00\x01\x02\x03" * 50, UnknownFormat),
        (b'{"basics":', BrokenFile),
        (b'{"menu": {"id": 1}}', NotACV),
        (b'{"basics": {}}', NotACV),
        (b'{"basics":' * 50_000, TooMuchWork),
        (b'{"basics": {"name": 5}}', InvalidInput),
        (b"a" * (reading.MAX_TEXT_BYTES + 1), FileTooLarge),
        (b"%PDF-" + b"0" * reading.MAX_BYTES, FileTooLarge),
    ],
)
@pytest.mark.parametrize("name", ["cv.pdf", "cv.json"])
def test_what_cannot_be_read_says_why_whatever_its_name(data, kind, name):
    with pytest.raises(kind) as raised:
        read(data, name)
    assert 400 <= raised.value.status < 500


LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE SkillsPassport [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    "<SkillsPassport><x>&b;</x></SkillsPassport>"
)
OUTSIDE = (
    '<?xml version="1.0"?><!DOCTYPE SkillsPassport [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    "<SkillsPassport>&x;</SkillsPassport>"
)


@pytest.mark.parametrize(
    "text", [LAUGHS, OUTSIDE, '<!DOCTYPE SkillsPassport SYSTEM "http://127.0.0.1:9/x.dtd"><SkillsPassport/>']
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_xml_with_a_document_type_is_refused(text, encoding):
    with pytest.raises(DangerousFile):
        read(text.encode(encoding), "europass.xml")


@pytest.mark.parametrize("language", ["fr", "en"])
def test_our_own_json_comes_back_whole(language):
    document = samples.load(language)
    found = read(json.dumps(document.dump()).encode(), "cv.pdf")
    assert found.document.dump() == document.dump()
    assert (found.kind, found.language) == ("json_resume", language)


def test_a_portrait_in_a_resume_does_not_keep_it_from_being_read():
    resume = {"basics": {"name": "Lou Martin", "image": f"data:image/png;base64,{'A' * 50_000}"}}
    found = read(json.dumps(resume).encode(), "cv.json").document
    assert (found.basics.name, found.basics.image) == ("Lou Martin", "")


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("*.resume.json")), ids=lambda path: path.name)
def test_published_resumes(path):
    found = read(path.read_bytes(), path.name)
    assert found.document.basics.name
    assert found.language == "en"


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_field_lies_where_it_says(language):
    found = read(json.dumps(samples.load(language).dump()).encode(), "cv.json")
    for field in found.fields:
        head, _, number = field.path.rpartition("/")
        if number.isdigit():
            assert field.value in get_field(found.document, head)
        else:
            assert get_field(found.document, field.path) == field.value


def test_an_import_survives_the_way_out_of_the_child():
    found = read(json.dumps(samples.load("fr").dump()).encode(), "cv.json")
    again = Imported.load(json.loads(json.dumps(found.dump())))
    assert again.dump() == found.dump()


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.text(max_size=400) | st.text("# \n-*_[]()<>:•|,é1\t\\", max_size=200), st.sampled_from(["x.md", "x.txt"]))
def test_any_text_is_refused_or_read(text, name):
    sections = "\n\n# Langues\n\n- Anglais\n\n# Compétences\n\n- Excel\n"
    for whole in (text, text + sections):
        try:
            found = read(whole.encode("utf-8", "replace"), name)
        except StudioError as fault:
            outcome = fault.status < 500
        else:
            outcome = bool(found.fields)
        assert outcome


def test_every_refusal_speaks_both_languages():
    kinds = [kind for kind in vars(failures).values() if isinstance(kind, type) and issubclass(kind, StudioError)]
    assert len(kinds) > 10
    for kind in kinds:
        assert set(kind.messages) == {"fr", "en"}
        assert issubclass(kind, UnreadableFile) or kind.status in (413, 500)
