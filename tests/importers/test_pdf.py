import io
from functools import cache

import pikepdf
import pytest
import typst

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
from tests import documents
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


@pytest.mark.parametrize(
    ("theme", "tagged"),
    [("creative", True), ("creative", False), ("tech", True), ("tech", False), ("atelier", True), ("spacious", True)],
)
def test_addresses_that_take_more_lines_than_one(theme, tagged, printed: Print):
    document = sample("en", theme).model_copy(deep=True)
    document.basics.email = "isla.ferreira-grant-mackenzie@analytics.public-health.example.org"
    document.basics.profiles[0].url = "https://www.linkedin.com/in/isla-ferreira-grant-mackenzie-8a3b51247"
    pdf = printed(render.html(document), document)
    found = read(pdf if tagged else imports.untagged(pdf), "cv.pdf").document.basics
    assert (found.email, found.profiles[0].url) == (document.basics.email, document.basics.profiles[0].url)


@pytest.mark.parametrize("tagged", [True, False])
def test_a_space_behind_a_letter_that_leans_over_it(tagged, printed: Print):
    document = people.person(3, "en")
    document.studio.template = "classic"
    document.education[0].institution = "University of Leeds"
    document.studio.design.font = "eb-garamond"
    pdf = printed(render.html(document), document)
    found = render.text(read(pdf if tagged else imports.untagged(pdf), "cv.pdf").document)
    assert "University of Leeds" in found
    assert "ofLeeds" not in found


@pytest.mark.parametrize("name", ["europass", "linkedin", "moderncv", "reversed", "table", "wide"])
def test_layouts_that_are_not_ours(name, printed: Print):
    language: people.Language = "fr" if name in ("europass", "reversed") else "en"
    document = people.person(HELD, language, rich=False)
    found = read(imports.untagged(printed(layouts.html(name, document), document)), "cv.pdf")
    result = score(layouts.shown(name, document), found.document, layouts.without(name))
    assert result.f1() >= 0.85, result.faults
    assert found.kind == ("linkedin_pdf" if name == "linkedin" else "pdf")


@pytest.mark.parametrize("name", ["sidebar", "wrapped"])
def test_layouts_that_are_not_ours_with_their_tags(name, printed: Print):
    document = people.person(HELD, "en", rich=False)
    found = read(printed(layouts.html(name, document), document), "cv.pdf")
    result = score(layouts.shown(name, document), found.document, layouts.without(name))
    assert result.f1() >= 0.95, result.faults


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


# As many web pages are made: lines that are no paragraphs, entries that are items with lists of their own,
# the person's title and the employers marked as high as the sections.
WEB_PAGE = """<html lang="en"><body style="font: 14px sans-serif; margin: 12mm"><h1>Abigail Fairweather</h1>
<h3 style="font-size: 14px">Ward Manager</h3>
<ul style="list-style: none"><li>LS1 4DY, Leeds</li><li>abigail@example.org</li><li>+44 7700 900311</li>
<li><a href="https://www.linkedin.com/in/abigail-fairweather">abigail-fairweather</a></li></ul>
<h3 style="font-size: 22px">My skills</h3><ul><li>Triage</li><li>Rostering</li></ul>
<h3 style="font-size: 22px">Work</h3><ul>
<li><div><span style="float: right"><i>Jun 2021</i> <b>- Present</b></span><b>Ward Manager</b>, Copperfield Trust</div>
<div><b>Responsibilities</b></div>
<ul><li><p>Led a team of 14.</p></li><li><p>Cut waiting times by 53%.</p></li></ul></li>
<li><div><span style="float: right">Feb 2018 - May 2021</span><b>Staff Nurse</b>, Marlowe Clinic</div>
<ul><li><p>Trained 11 colleagues.</p></li></ul></li></ul>
<h3 style="font-size: 22px">Education</h3>
<div><div>BSc Nursing, University of Leeds</div><div>2013 - 2016</div></div>
<div><div>A Levels, Bristol College</div><div>2011 - 2013</div></div></body></html>"""


def test_a_web_page_whose_lines_are_no_paragraphs(printed: Print):
    found = read(printed(WEB_PAGE, documents.blank()), "cv.pdf").document
    assert (found.basics.name, found.basics.label) == ("Abigail Fairweather", "Ward Manager")
    assert (found.basics.email, found.basics.location.city) == ("abigail@example.org", "Leeds")
    assert [one.url for one in found.basics.profiles] == ["https://www.linkedin.com/in/abigail-fairweather"]
    assert [(job.position, job.name, job.start_date, job.end_date) for job in found.work] == [
        ("Ward Manager", "Copperfield Trust", "2021-06", ""),
        ("Staff Nurse", "Marlowe Clinic", "2018-02", "2021-05"),
    ]
    assert found.work[0].highlights == ["Led a team of 14.", "Cut waiting times by 53%."]
    assert [(one.institution, one.end_date) for one in found.education] == [
        ("University of Leeds", "2016"),
        ("Bristol College", "2013"),
    ]
    assert [skill.name for skill in found.skills] == ["Triage", "Rostering"]


# Word processors hang a bullet's text far behind it, and write no tags unless asked.
HANGING = """<html lang="en"><body style="font: 10pt sans-serif; margin: 15mm"><h1>Abigail Fairweather</h1>
<style>p {{ margin: 0 0 0 24px; text-indent: -24px }} i {{ display: inline-block; width: 20px }}</style>
<div>abigail@example.org</div><h2>Work experience</h2>{jobs}<h2>Skills</h2>
<p>•<i></i>Triage</p><p>•<i></i>Rostering</p></body></html>"""
JOB = """<div><b>Ward Manager</b>, {name}, {years}</div>
<p>•<i></i>Led a team of 14 nurses.</p><p>•<i></i>Cut waiting times by 53%.</p><p>•<i></i>Trained 11 colleagues.</p>"""


def test_bullets_that_hang_far_out_are_no_column(printed: Print):
    jobs = "".join(
        JOB.format(name=name, years=years) for name, years in (("Marlowe", "2018 - 2021"), ("Quayside", "2014 - 2018"))
    )
    found = read(imports.untagged(printed(HANGING.format(jobs=jobs), documents.blank())), "cv.pdf").document
    assert [len(job.highlights) for job in found.work] == [3, 3]
    assert [skill.name for skill in found.skills] == ["Triage", "Rostering"]


# As LaTeX classes set it, dates in a narrow margin; Typst tags what it writes, and a block is not always a paragraph.
MARGIN = """#set page(margin: 2cm)
#let row(a, b) = grid(columns: (2.6cm, 1fr), column-gutter: 10pt, align(right, a), b)
#grid(columns: (1fr, auto), [#text(size: 30pt)[Karim Guérin] \\ #text(size: 16pt)[Infirmier coordinateur]],
  align(right)[35000 Rennes \\ 06 58 39 63 82 \\ karim\\@example.org])
= Expérience
#row([sept. 2020 – oct. 2024], [*Infirmier de nuit*, _Atelier Mordelle_, Rennes.
- Réduction de 30 % des incidents.
- Formation de 6 collègues.])
#row([déc. 2016 – août 2020], [*Aide-soignant*, _Mairie de Plédran_, Lille.
- Participation au suivi des stocks.])
= Formation
#row([2012 – 2015], [*DUT, Soins infirmiers*, _Université de Rennes_.])
= Langues
Anglais (courant), Espagnol (notions)"""


def test_a_typst_cv_with_dates_in_its_margin():
    found = read(typst.compile(MARGIN.encode()), "cv.pdf").document
    basics = found.basics
    assert (basics.name, basics.label, basics.email) == (
        "Karim Guérin",
        "Infirmier coordinateur",
        "karim@example.org",
    )
    assert [(job.position, job.name, job.location, job.start_date, job.end_date) for job in found.work] == [
        ("Infirmier de nuit", "Atelier Mordelle", "Rennes", "2020-09", "2024-10"),
        ("Aide-soignant", "Mairie de Plédran", "Lille", "2016-12", "2020-08"),
    ]
    assert [len(job.highlights) for job in found.work] == [2, 1]
    assert [(one.institution, one.end_date) for one in found.education] == [("Université de Rennes", "2015")]


# Headings set wide in small capitals in the left margin, and the dates beneath the first of them pushed down by it.
SET_WIDE = """<html lang="en"><body style="font: 12px 'Open Sans'; margin: 12mm"><style>
.row {{ display: grid; grid-template-columns: 180px 1fr; margin-top: 18px }} p {{ margin: 0 }}
.row > :first-child {{ font: small-caps 17px 'Open Sans'; letter-spacing: 1.3px }}
small {{ font: bold 10px 'Open Sans'; display: block; line-height: 17px }}
dl {{ display: grid; grid-template-columns: 120px 1fr; margin: 0; row-gap: 6px }} dd {{ margin: 0 }}</style>
<p style="font-size: 24px">Abigail Fairweather</p><p>Ward Manager</p>
<div class="row"><div>Contact</div><dl><dt>Email</dt><dd>abigail@example.org</dd><dt>Phone</dt>
<dd>+44 7700 900311</dd></dl></div>{parts}</body></html>"""
MARGINAL = '<div class="row"><div>{heading}<small>{dates}</small></div><div>{text}</div></div>'


def test_headings_set_wide_in_the_margin_with_dates_beneath_them(printed: Print):
    led = "<ul><li>Led a team of 14 and reviewed the rota every week.</li><li>Cut waiting times by 53%.</li></ul>"
    rows = (
        ("Work Experience", "2020-10-01 to Present", f"<b>Ward Manager</b> at <b>Copperfield Trust</b>{led}"),
        ("", "2015-10-01 to 2020-09-01", f"<b>Staff Nurse</b> at <b>Marlowe Clinic</b>{led}"),
        ("Education", "2012-01-01 to 2015-01-01", "<b>University of Leeds</b><ul><li>BSc: Adult Nursing</li></ul>"),
        ("", "2010-01-01 to 2012-01-01", "<b>Bristol College</b><ul><li>A Levels: Health Studies</li></ul>"),
        ("Languages", "", "English (native)"),
        ("Interests", "", "Sailing"),
    )
    parts = "".join(MARGINAL.format(heading=heading, dates=dates, text=text) for heading, dates, text in rows)
    found = read(imports.untagged(printed(SET_WIDE.format(parts=parts), documents.blank())), "cv.pdf").document
    assert (found.basics.email, found.basics.phone) == ("abigail@example.org", "+44 7700 900311")
    assert [(job.position, job.name, job.start_date, job.end_date, len(job.highlights)) for job in found.work] == [
        ("Ward Manager", "Copperfield Trust", "2020-10-01", "", 2),
        ("Staff Nurse", "Marlowe Clinic", "2015-10-01", "2020-09-01", 2),
    ]
    assert [(one.study_type, one.area, one.institution, one.start_date[:4]) for one in found.education] == [
        ("BSc", "Adult Nursing", "University of Leeds", "2012"),
        ("A Levels", "Health Studies", "Bristol College", "2010"),
    ]
    assert [one.language for one in found.languages] == ["English"]


# Employers and schools as high as the sections, numbers beneath what is said of the person, skills in lists of lists,
# and the dates in a narrow cell, where they break, behind all of the entry.
AS_HIGH = """<html lang="en"><body style="font: 13px 'Open Sans'; margin: 12mm"><style>
.job { display: grid; grid-template-columns: 1fr 90px; column-gap: 20px }
h3 { font-size: 16px; margin: 12px 0 4px } p { margin: 3px 0 } .when { text-align: center }</style>
<h1>Abigail Fairweather</h1><h3>About</h3><p>Ten years of hands-on work, from the shop floor to the board room.</p>
<p><b>Phone:</b> +44 7700 900311<br><b>Email:</b> abigail@example.org</p>
<h3>Work Experience</h3>
<div class="job"><div><h3>Copperfield Trust</h3><p><b>Ward Manager</b></p><ul><li>Led a team of 14 nurses.</li>
<li>Cut waiting times by 53%.</li></ul></div><div class="when"><p>September 2020 — November 2025</p><p>5 years</p></div>
</div>
<div class="job"><div><h3>Marlowe Clinic</h3><p><b>Staff Nurse</b></p><ul><li>Trained 11 colleagues.</li>
<li>Kept the rota.</li></ul></div><div class="when"><p>September 2015 — August 2020</p><p>4 years</p></div></div>
<h3>Education</h3><h3>University of Leeds</h3><p>2012 - 2015</p><p>BSc</p><p><b>Adult Nursing</b></p>
<h3>Bristol College</h3><p>2010 - 2012</p><p>A Levels</p><p><b>Health Studies</b></p>
<h3>Skills</h3><ul><li><b>Clinical</b><ul><li>Triage</li><li>Venepuncture</li></ul></li>
<li><b>Leadership</b><ul><li>Rostering</li></ul></li></ul></body></html>"""


@pytest.mark.parametrize("tagged", [True, False])
def test_entries_set_as_high_as_the_sections(tagged, printed: Print):
    pdf = printed(AS_HIGH, documents.blank())
    found = read(pdf if tagged else imports.untagged(pdf), "cv.pdf").document
    assert (found.basics.phone, found.basics.email) == ("+44 7700 900311", "abigail@example.org")
    assert found.basics.summary == "Ten years of hands-on work, from the shop floor to the board room."
    assert [(job.position, job.name, job.start_date, job.end_date, len(job.highlights)) for job in found.work] == [
        ("Ward Manager", "Copperfield Trust", "2020-09", "2025-11", 2),
        ("Staff Nurse", "Marlowe Clinic", "2015-09", "2020-08", 2),
    ]
    assert [(one.study_type, one.area, one.institution, one.end_date) for one in found.education] == [
        ("BSc", "Adult Nursing", "University of Leeds", "2015"),
        ("A Levels", "Health Studies", "Bristol College", "2012"),
    ]
    assert [(skill.name, skill.keywords) for skill in found.skills] == [
        ("Clinical", ["Triage", "Venepuncture"]),
        ("Leadership", ["Rostering"]),
    ]


# Places above dates at the right, where a job has one; degrees in a column before the schools, their fields behind.
TWO_LINES = """#set page(margin: 2cm)
#let two(a, b, c, d) = grid(columns: (1fr, auto), row-gutter: 6pt, strong(a), b, emph(c), d)
#let school(a, b, c, d) = grid(columns: (1.6cm, 1fr, auto), strong(a), [*#b*, #c], d)
#align(center)[#text(size: 26pt)[Abigail Fairweather] \\ Leeds | abigail\\@example.org]
= Experience
#two[Ward Manager][June 2023 – Nov 2025][Copperfield Trust][]
- Led a team of 14 nurses.
#two[Charge Nurse][London][Quayside Council][July 2018 – Jan 2021]
- Trained 11 colleagues.
#two[Staff Nurse][][Marlowe Clinic][Apr 2014 – June 2018]
- Kept the rota.
= Education
#school[BSc][University of Leeds][Adult Nursing][2010 – 2013]
#school[BA][Bristol College][Health Studies][2008 – 2010]
= Skills
*Clinical:* Triage, Venepuncture"""


def test_a_typst_cv_with_two_lines_over_every_job():
    found = read(typst.compile(TWO_LINES.encode()), "cv.pdf").document
    assert [(job.position, job.name, job.location, job.start_date, job.end_date) for job in found.work] == [
        ("Ward Manager", "Copperfield Trust", "", "2023-06", "2025-11"),
        ("Charge Nurse", "Quayside Council", "London", "2018-07", "2021-01"),
        ("Staff Nurse", "Marlowe Clinic", "", "2014-04", "2018-06"),
    ]
    assert [(one.study_type, one.area, one.institution, one.end_date) for one in found.education] == [
        ("BSc", "Adult Nursing", "University of Leeds", "2013"),
        ("BA", "Health Studies", "Bristol College", "2010"),
    ]
