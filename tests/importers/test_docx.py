import io
import zipfile
from xml.sax.saxutils import escape

import pytest

from cvstudio.importers import read
from cvstudio.importers.failures import BrokenFile, DangerousFile, NotACV, TooMuchWork, UnreadableFile
from cvstudio.importers.markup import MAX_TAGS

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STYLES = f"""<w:styles xmlns:w="{W}">
<w:style w:styleId="Titre1"><w:name w:val="heading 1"/></w:style>
<w:style w:styleId="T"><w:name w:val="Title"/></w:style>
<w:style w:styleId="Mine"><w:name w:val="Mine"/><w:basedOn w:val="Titre1"/></w:style>
</w:styles>"""


def p(
    text: str = "", *, style: str = "", bold: bool = False, item: bool = False, size: int = 0, inside: str = ""
) -> str:
    properties = (f'<w:pStyle w:val="{style}"/>' if style else "") + ("<w:numPr/>" if item else "")
    look = ("<w:b/>" if bold else "") + (f'<w:sz w:val="{size}"/>' if size else "")
    words = "<w:tab/>".join(f"<w:t>{escape(part)}</w:t>" for part in text.split("\t"))
    words = words.replace("\n", "</w:t><w:br/><w:t>")
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:rPr>{look}</w:rPr>{words}</w:r>{inside}</w:p>"


def table(*rows: tuple[str, ...]) -> str:
    cells = ("".join(f"<w:tc>{cell}</w:tc>" for cell in row) for row in rows)
    return "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in cells) + "</w:tbl>"


def docx(*body: str, **more: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("[Content_Types].xml", "<Types/>")
        file.writestr("word/document.xml", f'<w:document xmlns:w="{W}"><w:body>{"".join(body)}</w:body></w:document>')
        file.writestr("word/styles.xml", STYLES)
        for name, content in more.items():
            file.writestr(f"word/{name}.xml", content)
    return out.getvalue()


def test_with_heading_styles():
    found = read(
        docx(
            p("Jeanne Martin", style="T"),
            p("Comptable"),
            p("jeanne@example.org\t06 39 98 41 07\n44000 Nantes"),
            p("Expérience", style="Titre1"),
            p("Comptable\tjanv. 2020 – présent", bold=True),
            p("Ormeau Distribution, Nantes"),
            p("Clôture en 5 jours.", item=True),
            p("Formation de deux collègues.", item=True),
            p("Formation", style="Mine"),
            p("Master, Finance\t2013 – 2015", bold=True),
            p("Université de Nantes"),
            p("Langues", style="Mine"),
            p("Anglais : courant (C1)", item=True),
        ),
        "cv.doc",
    )
    document, basics = found.document, found.document.basics
    assert found.kind == "docx"
    assert (basics.name, basics.label, basics.email, basics.phone) == (
        "Jeanne Martin",
        "Comptable",
        "jeanne@example.org",
        "06 39 98 41 07",
    )
    assert basics.location.city == "Nantes"
    job = document.work[0]
    assert (job.position, job.name, job.location, job.start_date) == (
        "Comptable",
        "Ormeau Distribution",
        "Nantes",
        "2020-01",
    )
    assert job.highlights == ["Clôture en 5 jours.", "Formation de deux collègues."]
    school = document.education[0]
    assert (school.study_type, school.area, school.institution) == ("Master", "Finance", "Université de Nantes")
    assert (document.languages[0].language, document.languages[0].fluency) == ("Anglais", "courant (C1)")
    field = next(field for field in found.fields if field.value == "Clôture en 5 jours.")
    assert field.place.line == 7
    assert field.value in field.place.text


def test_with_bold_headings_in_tables():
    document = read(
        docx(
            p("Ann Lee", size=40),
            p("Accountant"),
            p("ann@example.org"),
            p("EXPERIENCE", bold=True, size=26),
            table(
                (
                    p("2020 – Present"),
                    p("Accountant", bold=True) + p("Tidewell, Leeds") + p("Closed in 5 days.", item=True),
                ),
                (p("2015 – 2019"), p("Clerk", bold=True) + p("Vexley, York") + p("Filed.", item=True)),
            ),
            p("SKILLS", bold=True, size=26),
            p("Excel, SAP"),
        ),
        "x",
    ).document
    assert document.basics.name == "Ann Lee"
    assert [(job.position, job.name, job.start_date, job.end_date) for job in document.work] == [
        ("Accountant", "Tidewell", "2020", ""),
        ("Clerk", "Vexley", "2015", "2019"),
    ]
    assert [job.highlights for job in document.work] == [["Closed in 5 days."], ["Filed."]]
    assert [skill.name for skill in document.skills] == ["Excel", "SAP"]


def test_text_boxes_are_read_once_and_deleted_text_not_at_all():
    box = f"<w:r><w:txbxContent>{p('Langues', bold=True, size=28)}{p('Anglais')}</w:txbxContent></w:r>"
    fallback = f'<Fallback><w:txbxContent xmlns:w="{W}">{p("Langues")}{p("Breton")}</w:txbxContent></Fallback>'
    deleted = "<w:del><w:r><w:t>Secret</w:t></w:r></w:del>"
    document = read(
        docx(
            p("Jeanne Martin", size=40, inside=deleted),
            p("Compétences", bold=True, size=28),
            p("Excel, SAP, et la comptabilité générale des entreprises", inside=box + fallback),
        ),
        "x",
    ).document
    assert [one.language for one in document.languages].count("Anglais") == 1
    assert not any("Secret" in text or "Breton" in text for text in document.texts())


def test_macros_broken_and_foreign_files():
    with_macros = io.BytesIO(docx(p("x")))
    with zipfile.ZipFile(with_macros, "a") as file:
        file.writestr("word/vbaProject.bin", "x")
    with pytest.raises(DangerousFile):
        read(with_macros.getvalue(), "x")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("word/document.xml", "<w:document")
    with pytest.raises(BrokenFile):
        read(out.getvalue(), "x")
    with pytest.raises(NotACV):
        read(docx(p("Préchauffer le four, éplucher six pommes et les couper en lamelles.")), "x")


def test_what_lies_inside_a_table_or_a_box_is_read_once():
    """Once for every table around it would be a billion times, thirty deep."""
    deep = p("Deep")
    for _ in range(30):
        deep = table((deep,))
    for _ in range(20):
        deep = f"<w:p><w:r><w:txbxContent>{deep}</w:txbxContent></w:r></w:p>"
    cv = docx(
        p("Marie Dupont", style="T"),
        p("marie@example.org"),
        p("Expérience", style="Titre1"),
        f"<w:tbl><w:sdt><w:sdtContent><w:tr><w:tc>{p('Cheffe de projet', bold=True)}</w:tc></w:tr></w:sdtContent>"
        "</w:sdt></w:tbl>",
        p("2019 - 2021"),
        p("Compétences", style="Titre1"),
        p("Deux"),
        deep,
    )
    found = read(cv, "cv.docx").document
    assert found.work[0].position == "Cheffe de projet"
    assert [skill.name for skill in found.skills] == ["Deux", "Deep"]


def test_a_row_has_no_more_cells_than_a_document_blocks():
    with pytest.raises(UnreadableFile):
        read(docx(table(tuple(p("Marie") for _ in range(30_000)))), "cv.docx")


def test_more_markup_than_a_cv_needs():
    with pytest.raises(TooMuchWork):
        read(docx("<w:p/>" * MAX_TAGS), "cv.docx")


def test_the_name_told_after_a_text_box_at_the_side_is_no_part_of_what_the_box_ends_with():
    inner = p("CONTACT", bold=True) + p("yanis.benali@example.org") + p("LANGUES", bold=True) + p("Français, arabe")
    document = read(
        docx(
            p(inside=f"<w:r><w:txbxContent>{inner}</w:txbxContent></w:r>"),
            p("Yanis BENALI", size=48),
            p("Chauffeur poids lourd"),
            p("EXPÉRIENCES", bold=True),
            p("Chauffeur SPL – Geodis – 2019 à aujourd’hui"),
            p("Tournées régionales, 12 à 15 points par jour"),
            p("Chauffeur-livreur – Transports Rocher – 2016/2019"),
            p("Livraisons de matériaux en ville"),
        ),
        "x",
    ).document
    assert (document.basics.name, document.basics.label) == ("Yanis BENALI", "Chauffeur poids lourd")
    assert [one.language for one in document.languages] == ["Français", "arabe"]
    assert [(job.name, job.location) for job in document.work] == [("Geodis", ""), ("Transports Rocher", "")]
    assert document.work[0].summary == "Tournées régionales, 12 à 15 points par jour"


def test_the_name_is_what_the_address_is_made_of_though_a_title_is_set_larger():
    document = read(
        docx(
            p("Négociatrice immobilière", bold=True, size=32),
            p("15, avenue Jean-Jaurès – 69007 Lyon – Permis B, véhicule personnel"),
            p("EXPÉRIENCES", bold=True),
            p("Négociatrice – Century 21 – 2019 à 2024"),
            header=f'<w:hdr xmlns:w="{W}">{p("Sandrine PELLETIER-ROUX")}{p("sandrine.pelletier@example.org")}</w:hdr>',
        ),
        "x",
    ).document
    place = document.basics.location
    assert (document.basics.name, document.basics.label) == ("Sandrine PELLETIER-ROUX", "Négociatrice immobilière")
    assert (place.address, place.postal_code, place.city, place.region) == (
        *("15, avenue Jean-Jaurès", "69007", "Lyon", ""),
    )
