"""Profiles as LinkedIn prints them: a side column, several positions at one employer, pages that break anywhere."""

from pathlib import Path

import pytest
import typst

from cvstudio.importers import read
from cvstudio.importers.model import Imported

WORDS = {
    "fr": {
        "contact": "Coordonnées",
        "skills": "Principales compétences",
        "summary": "Résumé",
        "work": "Expérience",
        "education": "Formation",
        "page": "Page {} sur {}",
        "whole": "7 ans 3 mois",
        "one": "2 ans 1 mois",
        "dates": (
            *("janvier 2021 - Present", "mars 2019 - décembre 2020", "octobre 2016 - février 2019"),
            *("juillet 2012 - septembre 2016", "2009 - 2011"),
        ),
    },
    "en": {
        "contact": "Contact",
        "skills": "Top Skills",
        "summary": "Summary",
        "work": "Experience",
        "education": "Education",
        "page": "Page {} of {}",
        "whole": "7 years 3 months",
        "one": "2 years 1 month",
        "dates": (
            *("January 2021 - Present", "March 2019 - December 2020", "October 2016 - February 2019"),
            *("July 2012 - September 2016", "2009 - 2011"),
        ),
    },
    "de": {
        "contact": "Kontakt",
        "skills": "Top-Kenntnisse",
        "summary": "Zusammenfassung",
        "work": "Berufserfahrung",
        "education": "Ausbildung",
        "page": "Page {} of {}",
        "whole": "7 Jahre 3 Monate",
        "one": "2 Jahre 1 Monat",
        "dates": (
            *("Januar 2021 - Present", "März 2019 - Dezember 2020", "Oktober 2016 - Februar 2019"),
            *("Juli 2012 - September 2016", "2009 - 2011"),
        ),
    },
}
POSITIONS = ("Directrice des achats", "Responsable achats", "Acheteuse", "Assistante achats")
LINE = "Négociation de quarante contrats cadres par an avec des fournisseurs de six pays."


def printed(language: str, *, summary: bool, side: int, lines: int, tmp_path: Path) -> bytes:
    """`side`: certifications in the side column; `lines`: in each position's description."""
    said = WORDS[language]
    dates = said["dates"]
    body = "\n\n".join([LINE] * lines)

    def head(text: str) -> str:
        return f"#v(14pt)\n#text(15.75pt)[{text}]\n\n"

    def position(at: int) -> str:
        return (
            f"#text(11.5pt)[{POSITIONS[at]}]\n\n#text(10.5pt)[{dates[at]} #text(fill: gray)[({said['one']})]]\n\n"
            f"#text(10.5pt, fill: gray)[Nantes, Pays de la Loire, France]\n\n#text(10.5pt)[{body}]\n\n#v(6pt)\n"
        )

    def aside(text: str) -> str:
        return f"#v(10pt)\n#text(13pt)[{text}]\n\n"

    certificates = "\n\n".join(f"Certificat numéro {n} des achats responsables" for n in range(1, side + 1))
    column = (
        f"#text(13pt)[{said['contact']}]\n\njeanne.le-goff\\@example.org\n\nwww.linkedin.com/in/jeanne-le-goff-\\\n"
        "29a1b2c3 (LinkedIn)\n"
        f"{aside(said['skills'])}Achats\n\nNégociation\n\nAnglais des affaires\n"
        f"{aside('Languages')}Français (Native or Bilingual)\n\nAnglais (Full Professional)\n\n"
        "Portugais (Elementary)\n\nBreton (Limited Working)\n"
        f"{aside('Certifications')}{certificates}\n{aside('Honors-Awards')}Trophée de l’achat durable\n"
    )
    about = (
        f"{head(said['summary'])}#text(10.5pt)[J’achète depuis quinze ans, et j’aime que cela serve.]\n"
        if summary
        else ""
    )
    main = (
        "#text(26pt)[Jeanne Le Goff]\n\n#text(12pt)[Directrice des achats chez Ormeau Distribution]\n\n"
        f"#text(12pt, fill: gray)[Nantes, Pays de la Loire, France]\n{about}{head(said['work'])}"
        f"#text(12pt)[Ormeau Distribution]\n\n#text(10.5pt, fill: gray)[{said['whole']}]\n\n"
        f"{position(0)}{position(1)}{position(2)}#text(12pt)[Biscuiterie de la Sèvre]\n\n{position(3)}"
        f"{head(said['education'])}#text(12pt)[Université de Nantes]\n\n"
        f"#text(10.5pt)[Master, Achats internationaux · ({dates[4]})]\n"
    )
    page = said["page"].format("#context counter(page).display()", "#context counter(page).final().first()")
    source = tmp_path / "profile.typ"
    source.write_text(
        f"""#set text(10.5pt, font: "Open Sans")
#set par(spacing: 9pt, leading: 5pt)
#set page(width: 612pt, height: 792pt, margin: (left: 224pt, right: 36pt, top: 40pt, bottom: 48pt),
  footer: align(center, text(9pt, fill: gray)[{page}]),
  background: place(left + top, rect(width: 200pt, height: 100%, fill: rgb("#293e49"))))
#place(left + top, dx: -206pt, block(width: 170pt, text(fill: white)[{column}]))
{main}"""
    )
    return typst.compile(str(source))


def known(found: Imported) -> None:
    """What every one of them says."""
    document = found.document
    assert found.kind == "linkedin_pdf"
    assert (document.basics.name, document.basics.email) == ("Jeanne Le Goff", "jeanne.le-goff@example.org")
    assert document.basics.label == "Directrice des achats chez Ormeau Distribution"
    assert [one.url for one in document.basics.profiles] == ["https://www.linkedin.com/in/jeanne-le-goff-29a1b2c3"]
    assert [(job.position, job.name) for job in document.work] == [
        *((title, "Ormeau Distribution") for title in POSITIONS[:3]),
        (POSITIONS[3], "Biscuiterie de la Sèvre"),
    ]
    assert [(job.start_date, job.end_date) for job in document.work] == [
        *(("2021-01", ""), ("2019-03", "2020-12"), ("2016-10", "2019-02"), ("2012-07", "2016-09")),
    ]
    assert [job.location for job in document.work] == ["Nantes, Pays de la Loire, France"] * 4
    said = [f"{job.summary} {' '.join(job.highlights)}" for job in document.work]
    assert all(LINE in " ".join(text.split()) for text in said)
    assert not [text for text in document.texts() if "Page" in text or "(LinkedIn)" in text]
    (school,) = document.education
    assert (school.institution, school.study_type, school.area) == (
        "Université de Nantes",
        "Master",
        "Achats internationaux",
    )
    assert [skill.name for skill in document.skills] == ["Achats", "Négociation", "Anglais des affaires"]
    assert [one.language for one in document.languages] == ["Français", "Anglais", "Portugais", "Breton"]
    assert [one.title for one in document.awards] == ["Trophée de l’achat durable"]


@pytest.mark.parametrize("language", ["fr", "en", "de"])
@pytest.mark.parametrize(
    ("summary", "side", "lines"), [(True, 2, 2), (False, 2, 3), (True, 12, 1), (False, 14, 9), (True, 1, 7)]
)
def test_a_profile_in_any_language_and_length(language, summary, side, lines, tmp_path):
    found = read(printed(language, summary=summary, side=side, lines=lines, tmp_path=tmp_path), "Profile.pdf")
    known(found)
    certificates = [(one.name, one.issuer) for one in found.document.certificates]
    assert certificates == [(f"Certificat numéro {n} des achats responsables", "") for n in range(1, side + 1)]
    assert ("quinze ans" in found.document.basics.summary) == summary
