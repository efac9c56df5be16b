import pytest

from bench.import_score import score
from cvstudio import render
from cvstudio.document import samples
from cvstudio.importers import read
from cvstudio.importers.blocks import Block, Piece, commas
from cvstudio.importers.lists import skills
from cvstudio.importers.model import Draft, Place

WRITTEN = """JEANNE MARTIN
Comptable
jeanne.martin@example.org | 06 39 98 41 07 | 44000 Nantes

PROFIL
Dix ans de cabinet et d'entreprise, de la saisie au bilan. J'aime les comptes justes et les clôtures qui
ne durent pas.

EXPÉRIENCE PROFESSIONNELLE

Comptable - Ormeau Distribution, Nantes (janv. 2020 - présent)
* Clôture mensuelle ramenée de 12 à 5 jours, avec une équipe
  de trois personnes.
* Formation de deux collègues.

Aide-comptable - Logivia, Rennes (09/2015 - 12/2019)
* Saisie et rapprochements.

FORMATION
2013-2015   Master Finance, Université de Nantes

COMPÉTENCES
Excel, SAP, Sage

LANGUES
Français : langue maternelle
Anglais (B2)
"""


def test_a_text_as_people_write_it():
    document = read(WRITTEN.encode("cp1252"), "cv").document
    basics = document.basics
    assert (basics.name, basics.label) == ("Jeanne Martin", "Comptable")
    assert (basics.email, basics.phone) == ("jeanne.martin@example.org", "06 39 98 41 07")
    assert (basics.location.postal_code, basics.location.city) == ("44000", "Nantes")
    assert basics.summary.endswith("les clôtures qui ne durent pas.")
    first, second = document.work
    assert (first.position, first.name, first.location) == ("Comptable", "Ormeau Distribution", "Nantes")
    assert (first.start_date, first.end_date) == ("2020-01", "")
    assert first.highlights == [
        "Clôture mensuelle ramenée de 12 à 5 jours, avec une équipe de trois personnes.",
        "Formation de deux collègues.",
    ]
    assert (second.start_date, second.end_date) == ("2015-09", "2019-12")
    school = document.education[0]
    assert (school.study_type, school.area, school.institution) == ("Master", "Finance", "Université de Nantes")
    assert [skill.name for skill in document.skills] == ["Excel", "SAP", "Sage"]
    assert [(one.language, one.fluency) for one in document.languages] == [
        ("Français", "langue maternelle"),
        ("Anglais", "B2"),
    ]


def test_each_value_names_its_line():
    found = read(WRITTEN.encode(), "cv.txt")
    by_path = {field.path: field for field in found.fields}
    assert by_path["basics.email"].place.line == 3
    assert by_path["work/work-1/position"].place.line == 11
    assert found.kind == "text"


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize(("form", "least"), [("markdown", 0.97), ("text", 0.93)])
def test_our_own_exports_come_back(language, form, least):
    document = samples.load(language)
    written = {"markdown": render.markdown, "text": render.text}[form](document)
    found = read(written.encode(), "cv")
    assert (found.kind, found.language) == (form, language)
    result = score(document, found.document)
    assert result.f1() >= least, result.faults


def test_a_skill_with_its_level_in_brackets_is_no_level_of_the_one_before():
    text = "Ann Lee\n\nCOMPÉTENCES\nExcel, soudure (notions), vente\n\nFORMATION\n2018 CAP Soudure, Lycée Eiffel\n"
    skills = read(text.encode(), "cv.txt").document.skills
    assert [(skill.name, skill.level) for skill in skills] == [("Excel", ""), ("soudure", "notions"), ("vente", "")]


def test_markdown_with_rules_links_and_escapes():
    text = """Ann \\*Lee\\*
=======

[ann@example.org](mailto:ann@example.org) · [site](<https://ann.example.org>)

Skills
------

- **Data**: SQL, R

Languages
---------

1. English (Native)
"""
    document = read(text.encode(), "x").document
    assert document.basics.name == "Ann *Lee*"
    assert document.basics.email == "ann@example.org"
    assert (document.skills[0].name, document.skills[0].keywords) == ("Data", ["SQL", "R"])
    assert (document.languages[0].language, document.languages[0].fluency) == ("English", "Native")


@pytest.mark.parametrize(
    ("head", "position", "name", "location", "doubtful"),
    [
        ("Aide-soignante, EHPAD Les Tilleuls, Lyon", "Aide-soignante", "EHPAD Les Tilleuls", "Lyon", True),
        ("Cariste, Logidis, Trifouillis", "Cariste", "Logidis", "Trifouillis", True),
        ("Barista, Costa, Northwich", "Barista", "Costa", "Northwich", True),
        ("Plombier, Dupuis SARL, Saint-Cyr-sur-Loire", "Plombier", "Dupuis SARL", "Saint-Cyr-sur-Loire", False),
        ("Vendeur, Boulangerie Paul", "Vendeur", "Boulangerie Paul", "", False),
        (
            "Achats, logistique et qualité, Dubrac, Aurillac",
            "Achats, logistique et qualité",
            "Dubrac",
            "Aurillac",
            True,
        ),
        ("Achats, logistique et qualité", "Achats, logistique et qualité", "", "", False),
    ],
)
def test_a_heading_that_only_commas_part(head, position, name, location, doubtful):
    """Title, employer and place are told apart; what only the commas say is to be looked at."""
    imported = read(
        f"# Léa Martin\n\nlea@example.org\n\n## Expérience professionnelle\n\n### {head}\n\n2019 – 2021\n\n"
        "- Soins quotidiens auprès de 40 résidents.\n\n## Formation\n\n### CAP, Lycée Guimard\n\n2015\n".encode(),
        "cv.md",
    )
    (job,) = imported.document.work
    assert (job.position, job.name, job.location) == (position, name, location)
    (field,) = [field for field in imported.fields if field.path.endswith("/position")]
    assert field.doubtful is doubtful
    assert field.place.text == head


GENERATED = """---
title: CV
layout: page
---
Jane Doe
========

> Senior Data Engineer

*jane@doe.example* · Leeds, UK

Experience
----------

**Senior Data Engineer** | *Acme Ltd*, London | Jan 2020 -- Present

1. Built pipelines for **12 teams**.

**Data Analyst** | *Globex*, Leeds | 2016 --- 2019

* Reporting.

Education
---------

| Degree         | School              | Year |
|:---------------|---------------------|-----:|
| MSc Statistics | University of Leeds | 2016 |
| BSc Maths      | University of York  | 2014 |

Skills
------
`Python` `SQL` `Airflow`
"""


def test_markdown_of_a_site_generator():
    found = read(GENERATED.encode(), "index.md").document
    assert (found.basics.name, found.basics.email) == ("Jane Doe", "jane@doe.example")
    assert [(job.position, job.name, job.start_date, job.end_date) for job in found.work] == [
        ("Senior Data Engineer", "Acme Ltd", "2020-01", ""),
        ("Data Analyst", "Globex", "2016", "2019"),
    ]
    assert [(one.study_type, one.area, one.institution, one.end_date) for one in found.education] == [
        ("MSc", "Statistics", "University of Leeds", "2016"),
        ("BSc", "Maths", "University of York", "2014"),
    ]
    assert [skill.name for skill in found.skills] == ["Python", "SQL", "Airflow"]


def test_numbers_that_a_comma_parts_are_one_with_what_they_number() -> None:
    assert commas("CACES 1, 3 et 5, permis B") == ["CACES 1, 3 et 5", "permis B"]
    assert commas("Excel, 5 ans, PHP 7, 8") == ["Excel", "5 ans", "PHP 7, 8"]
    assert commas("2019, 2020") == ["2019", "2020"]


def test_two_headings_of_one_kind_are_read_each_for_itself() -> None:
    text = """Maëlys Kerbrat
⌂ 4 bis impasse du Four 29200 Brest

FORMATION

Diplôme d'État de sage-femme, 2010 – 2014
École de sages-femmes de Brest

FORMATIONS COMPLÉMENTAIRES

- 2022 : DU Lactation humaine
- 2018 : Gestes et soins d'urgence

LANGUES

Français, anglais

RÉFÉRENCES

Sur demande.
"""
    imported = read(text.encode(), "cv.txt")
    document = imported.document
    assert [school.end_date for school in document.education] == ["2014", "2022", "2018"]
    place = document.basics.location
    assert (place.address, place.postal_code, place.city) == ("4 bis impasse du Four", "29200", "Brest")
    assert not document.references


def test_a_scan_s_letters_among_digits_are_digits_and_what_stands_beside_is_no_address() -> None:
    text = """CURRICULUM VITAE
MARTINEZ Olivier
17 rue des Carmes                                       Tél : O6 52 11 48 09
54000 NANCY                                             olivier.martinez54@laposte.net

CHEF DE CUISINE

EXPERIENCE PROFESSIONNELLE

2018 - Auj.      Chef de cuisine - Brasserie Excelsior, Nancy
                 Brigade de 9 personnes

2OO9 - 2013      Chef de partie - Hôtel Royal, Evian-les-Bains

DIVERS
Anglais professionnel
Pêche à la mouche

Fait à Nancy, le 3 mars 2025
"""
    document = read(text.encode(), "cv.txt").document
    place = document.basics.location
    assert (document.basics.phone, place.address, place.postal_code, place.city) == (
        *("06 52 11 48 09", "17 rue des Carmes", "54000", "NANCY"),
    )
    assert [(job.start_date, job.end_date) for job in document.work] == [("2018", ""), ("2009", "2013")]
    assert [(one.language, one.fluency) for one in document.languages] == [("Anglais", "professionnel")]
    assert [one.name for one in document.interests] == ["Pêche à la mouche"]


def test_markdown_as_people_write_it_a_line_beneath_the_other() -> None:
    text = """# Tom van der Meer — Backend developer
Utrecht, NL · tom@vdmeer.dev

## Experience
### Freelance
**2016 – 2018**
Small web shops, mostly Django.

## Side projects
- **pgdoctor** – a tool that explains slow queries
- **fietsroute** – plans routes for bicycles

## Skills
Languages: Go, Python, SQL
Infra: Kubernetes, Terraform

## Languages
Dutch (native)
"""
    document = read(text.encode(), "cv.md").document
    (job,) = document.work
    assert (job.position, job.start_date, job.summary) == ("Freelance", "2016", "Small web shops, mostly Django.")
    assert [one.name for one in document.projects] == ["pgdoctor", "fietsroute"]
    assert [(one.name, one.keywords) for one in document.skills] == [
        ("Languages", ["Go", "Python", "SQL"]),
        ("Infra", ["Kubernetes", "Terraform"]),
    ]
    assert [one.language for one in document.languages] == ["Dutch"]


def test_a_cv_in_german_is_read_and_stays_german() -> None:
    text = """Lebenslauf

Persönliche Daten
Name: Jannik Brodersen
Geburtsdatum: 3. Juni 1988
Anschrift: Werftstraße 112, 24143 Kiel
E-Mail: j.brodersen@web.de

Berufserfahrung

seit 04/2017 Mechatroniker, Thyssen Marine Systems GmbH
- Wartung und Störungsbeseitigung an Kranen für die Werft

08/2011 bis 03/2017 Mechatroniker, Danfoss GmbH
- Montage von Umrichtern mit dem Team

Kenntnisse

EDV: SPS, EPLAN
Sprachen: Deutsch (Muttersprache), Englisch (B1)

Interessen

Segeln, Freiwillige Feuerwehr

Kiel, den 12.10.2025
"""
    document = read(text.encode(), "cv.txt").document
    basics = document.basics
    assert (basics.name, basics.location.address, basics.location.city) == (
        "Jannik Brodersen",
        "Werftstraße 112",
        "Kiel",
    )
    assert [(job.name, job.start_date, job.end_date) for job in document.work] == [
        ("Thyssen Marine Systems GmbH", "2017-04", ""),
        ("Danfoss GmbH", "2011-08", "2017-03"),
    ]
    assert [(one.language, one.fluency) for one in document.languages] == [
        ("Deutsch", "Muttersprache"),
        ("Englisch", "B1"),
    ]
    assert [one.name for one in document.interests] == ["Segeln", "Freiwillige Feuerwehr"]
    assert document.studio.language == "de"


def test_of_two_cvs_in_a_file_the_first_is_read_and_it_is_said() -> None:
    def cv(name: str, mail: str, employer: str) -> str:
        return (
            f"# {name}\nAccountant — York — {mail}\n\n## Experience\n**Accountant**, {employer}, 2015 – 2022\n"
            "- Month-end close in 4 days\n\n## Education\nBA Accounting, University of York, 2011 – 2014\n\n"
        )

    one, other = cv("Anna Kowalska", "anna@example.org", "Acme"), cv("Ben Achterberg", "ben@example.org", "Tidewell")
    found = read((one + "---\n\n" + other).encode(), "cv.md")
    assert found.warnings == ("second_cv",)
    assert (found.document.basics.name, [job.name for job in found.document.work]) == ("Anna Kowalska", ["Acme"])
    assert read(one.encode(), "cv.md").warnings == ()


def test_a_town_that_nobody_knows_beside_an_address_is_one_in_letters_without_capitals_too() -> None:
    for town in ("الدار البيضاء", "Wednesbury"):
        head = f"Layla Mansour\nlayla@example.org     +212 600 000 000     {town}\n"
        document = read(f"{head}\nSKILLS\n\nBGP, Cisco\n\nLANGUAGES\n\nEnglish\n".encode(), "cv.txt").document
        assert document.basics.location.city == town


def test_cells_told_one_after_the_other_are_a_group_and_what_is_in_it() -> None:
    def cell(text: str, left: float, top: float) -> Block:
        return Block([Piece(text)], Place(page=1, box=(left, top, left + 5 * len(text), top + 10)))

    draft = Draft()
    rows = (("Clinical", "Triage, Wound care"), ("Leadership", "Mentoring, Rostering"))
    told = [cell(text, 57 + 128 * side, 100 + 12 * n) for n, row in enumerate(rows) for side, text in enumerate(row)]
    skills(draft, told, 0.9)
    assert [(one["name"], one["keywords"]) for one in draft.tree["skills"]] == [
        ("Clinical", ["Triage", "Wound care"]),
        ("Leadership", ["Mentoring", "Rostering"]),
    ]


SCHOLAR = """Tobias Lindqvist — tobias.lindqvist@example.ac.uk — 06 12 45 78 90

Lecturer

⌂ 14 rue des Lilas

31000 Toulouse

Education
2006 - 2011   Diplom Geology, Uppsala University, Note 1,7
2003 - 2006   BA (Hons) Graphic Design, Leeds Arts University

Publications
1. Lindqvist, T., & Marsh, A. (2023). Isotopes of the deep mantle. Nature Geoscience, 16, 221–229.
2. Lindqvist, T. (2019b). Are zircons old? Earth Letters.
The age of granite, 2017

Awards
2022 Starting Grant
2017 Best Poster, Goldschmidt Conference
"""


def test_a_scholar_s_cv():
    document = read(SCHOLAR.encode(), "cv.txt").document
    basics = document.basics
    assert (basics.name, basics.email) == ("Tobias Lindqvist", "tobias.lindqvist@example.ac.uk")
    assert basics.phone == "06 12 45 78 90"
    address = basics.location
    assert (address.address, address.postal_code, address.city) == ("14 rue des Lilas", "31000", "Toulouse")
    first, second = document.education
    assert (first.institution, first.score) == ("Uppsala University", "Note 1,7")
    assert (second.study_type, second.area) == ("BA (Hons)", "Graphic Design")
    cited = [(one.name, one.publisher, one.release_date, one.summary) for one in document.publications]
    assert cited[:2] == [
        ("Isotopes of the deep mantle", "Nature Geoscience, 16, 221–229", "2023", "Lindqvist, T., & Marsh, A."),
        ("Are zircons old?", "Earth Letters", "2019", "Lindqvist, T."),
    ]
    assert cited[2][0] == "The age of granite"
    assert [(one.title, one.date) for one in document.awards] == [("Starting Grant", "2022"), ("Best Poster", "2017")]


def test_dashes_typed_twice_part_what_stands_on_a_line():
    text = (
        "# Hélène Vasseur\n*Traductrice* -- <helene@example.org> -- Lille\n\n## Langues\nAnglais\n\n## Études\nMaster"
    )
    basics = read(text.encode(), "cv.md").document.basics
    assert (basics.name, basics.label, basics.location.city) == ("Hélène Vasseur", "Traductrice", "Lille")


def test_a_short_sentence_under_a_head_is_no_town_and_no_customer():
    text = """# Léa Roux\nlea@example.org\n\n## Work experience\n\n### Consultant\nAcme · 2015 – 2016\n
Short mission.\n\n## Projects\n\n### pgdoctor\n\nOne tool.\n\nSQL\n\n## Languages\nEnglish\n"""
    document = read(text.encode(), "cv.md").document
    (job,) = document.work
    assert (job.name, job.location, job.summary) == ("Acme", "", "Short mission.")
    (project,) = document.projects
    assert (project.entity, project.description, project.keywords) == ("", "One tool.", ["SQL"])
