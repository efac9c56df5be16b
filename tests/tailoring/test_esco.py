import gzip
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench.esco import vocabulary
from cvstudio.tailoring import esco

ROOT = Path(__file__).resolve().parents[2]
SKILLS = vocabulary.entries(ROOT / "bench/esco/skills.txt")
OCCUPATIONS = vocabulary.entries(ROOT / "bench/esco/occupations.txt")


def names(text: str, language: str) -> list[str]:
    return [found.label for found in esco.find(text, language)]


def test_the_tables_are_whole():
    lines = gzip.decompress((esco.DATA / "esco.tsv.gz").read_bytes()).decode().split("\n")
    kinds = [line.split("\t")[1] for line in lines]
    assert len(lines) == len({line.split("\t")[0] for line in lines})
    assert kinds.count("occupation") > 3_000
    assert len(kinds) - kinds.count("occupation") > 11_000
    assert len(gzip.decompress((esco.DATA / "esco_vectors.gz").read_bytes())) == len(lines) * esco.DIMENSIONS
    assert sum(path.stat().st_size for path in esco.DATA.glob("esco*.gz")) < 3_000_000


def test_the_vocabulary_is_broad():
    assert len(SKILLS) >= 390
    assert len(OCCUPATIONS) >= 290
    assert len({entry.trade for entry in OCCUPATIONS}) >= 17


def test_a_name_stands_for_what_its_first_line_says():
    """Every French label is found again, as its own concept or as one that claimed the same words first."""
    missed = [entry.label for entry in SKILLS if not esco.find(entry.french[0], "fr")]
    assert missed == []


def test_every_french_occupation_is_known_by_its_label():
    missed = [entry.label for entry in OCCUPATIONS if esco.occupation(entry.french[0], "fr") is None]
    assert missed == []


@pytest.mark.parametrize(
    ("text", "language", "found"),
    [
        ("Vous maîtrisez la gestion des stocks.", "fr", ["gestion de stock"]),
        ("Gérer le stock et les inventaires", "fr", ["gestion de stock", "gestion de stock"]),
        ("Titulaire du CACES 1 et du permis B", "fr", ["CACES", "permis B"]),
        ("Soudage TIG et lecture de plans", "fr", ["soudure TIG", "lecture de plans"]),
        ("preparation de commandes", "fr", ["préparation de commandes"]),
        ("Fluent French, drive a forklift", "en", ["French", "operate forklift"]),
        ("Care plans for older people", "en", ["care plan", "geriatric care"]),
        ("React et Node.js", "fr", ["React", "Node.js"]),
        ("C# / C++ / .NET", "en", ["C#", "C++", "C#"]),
        ("Rien à signaler.", "fr", []),
    ],
)
def test_skills_are_found_in_any_inflection(text, language, found):
    assert names(text, language) == found


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("You will react well and excel in your word.", "en"),
        ("Votre chef est sage sous un ciel bleu, cap au large.", "fr"),
        ("As the rest of us go swift.", "en"),
    ],
)
def test_plain_words_are_no_tools(text, language):
    assert names(text, language) == []


def test_the_longer_reading_stands_and_places_are_true():
    text = "Bonne maîtrise de la comptabilité fournisseurs, et d'Excel."
    found = esco.find(text, "fr")
    assert [text[one.start : one.end] for one in found] == ["comptabilité fournisseurs", "Excel"]
    assert [one.kind for one in esco.find("Anglais, BTS, permis B, rigueur", "fr")] == [
        "language",
        "education",
        "certificate",
        "quality",
    ]


@pytest.mark.parametrize(
    ("title", "language", "label"),
    [
        ("Aide-soignant·e (H/F) - CDI - Lyon", "fr", "aide-soignant"),
        ("AS de nuit en EHPAD", "fr", "aide-soignant"),
        ("Infirmier·ère DE", "fr", "infirmier"),
        ("IDE bloc opératoire", "fr", "infirmier"),
        ("Vendeur/vendeuse", "fr", "vendeur"),
        ("ASSISTANTE ADV EXPORT", "fr", "assistant commercial"),
        ("Technicienne de maintenance industrielle", "fr", "mécanicien industriel"),
        ("Chargé(e) de recrutement RH", "fr", "chargé de recrutement"),
        ("Employé(e) polyvalent(e) de restauration", "fr", "aide de cuisine"),
        ("Conductrice de travaux TP", "fr", "conducteur de travaux"),
        ("Maçonne", "fr", "maçon"),
        ("Senior Java Software Engineer (m/f/d)", "en", "software developer"),
        ("HGV Class 1 Driver", "en", "cargo vehicle driver"),
        ("Registered Nurse - Night Shift", "en", "nurse responsible for general care"),
        ("Care Assistants", "en", "healthcare assistant"),
        ("Software engineer", "fr", "développeur"),  # an English title in a French offer
        ("Manager", "en", None),
        ("Ninja du bonheur", "fr", None),
        ("", "fr", None),
    ],
)
def test_titles_name_occupations(title, language, label):
    found = esco.occupation(title, language)
    assert (found and found.label) == label


def test_an_occupation_has_skills_of_its_trade():
    for title, near, far in (("maçon", "pose de briques", "cuisine"), ("cuisinier", "cuisine", "pose de briques")):
        skills = esco.skills_of(esco.occupation(title, "fr").uri)
        labels = [esco.label(uri, "fr") for uri in (*skills.essential, *skills.optional)]
        assert near in labels
        assert far not in labels
    assert esco.skills_of("http://data.europa.eu/esco/skill/unknown") == ((), ())


def uri(name: str) -> str:
    return esco.find(name, "en")[0].uri


def test_relatedness():
    assert esco.near(uri("welding"), uri("welding")) == 1.0
    assert esco.near(uri("welding"), uri("TIG welding")) > esco.near(uri("welding"), uri("patient care"))
    assert esco.near(uri("bookkeeping"), uri("accounts payable")) > 0.3
    assert esco.near(uri("driving"), uri("cooking")) == 0.0
    assert esco.near(uri("French"), uri("German")) == 0.0
    assert esco.near("nobody knows", uri("welding")) == 0.0
    assert esco.near(uri("laundry"), uri("cleaning")) == esco.near(uri("cleaning"), uri("laundry"))


def test_labels_and_kinds():
    assert esco.label(uri("forklift"), "fr") == "conduite de chariots élévateurs"
    assert esco.label("nobody knows", "fr") == ""
    assert esco.kind(uri("French")) == "language"
    assert esco.kind("nobody knows") is None
    assert esco.labelled(uri("forklift"), "fr")
    untranslated = "http://data.europa.eu/esco/skill/0005c151-5b5a-4a66-8aac-60e734beb1ab"
    assert esco.label(untranslated, "fr") == "manage musical staff"
    assert not esco.labelled(untranslated, "fr")


PROGRAM = """
from cvstudio.tailoring.offer_analysis import analyse, offer_for
text = "Cuisinier (H/F)\\nMissions : préparer les plats, HACCP, plonge.\\nProfil : CAP cuisine, 2 ans d'expérience, "
text += "anglais apprécié."
print(analyse(text).model_dump_json(), offer_for("nurse", "en").model_dump_json())
"""


def test_every_process_reads_the_same():
    found = {
        subprocess.run(
            [sys.executable, "-c", PROGRAM],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("0", "1", "4711")
    }
    assert len(found) == 1
    assert "HACCP" in found.pop()
