"""Word and Europass files: well-formed whatever a CV says, read back by our own importer, nothing hidden in them."""

import io
import zipfile

import docx
import pytest
from lxml import etree
from PIL import Image

from cvstudio import render
from cvstudio.document import Document, samples
from cvstudio.document import model as m
from cvstudio.importers import read
from tests import documents

LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
BUILDERS = (documents.blank, documents.long_words, documents.rtl, documents.cjk, documents.hostile, documents.letter)


def parts(data: bytes) -> dict[str, etree._Element]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: etree.fromstring(archive.read(name)) for name in archive.namelist()}


def plain(said):
    """Our importer reads a space that holds words together as a space."""
    if isinstance(said, list):
        return [plain(one) for one in said]
    if isinstance(said, dict):
        return {name: plain(one) for name, one in said.items() if name != "id"}
    return said.replace("\u00a0", " ").replace("\u202f", " ")


def words(root: etree._Element) -> str:
    return " ".join(" ".join(root.itertext()).split())


@pytest.mark.parametrize("build", BUILDERS, ids=lambda build: build.__name__)
def test_both_are_well_formed_whatever_the_cv_says(build):
    document = build()
    made = render.docx(document)
    assert made == render.docx(build())
    main = parts(made)["word/document.xml"]
    links = {node.get("Id"): node.get("Target") for node in parts(made)["word/_rels/document.xml.rels"]}
    used = [node.get(f"{{{LINKS}}}id") for node in main.iter(f"{W}hyperlink")]
    assert set(used) <= links.keys()
    assert not [target for target in links.values() if target.casefold().startswith(("javascript:", "data:"))]
    etree.fromstring(render.europass(document).encode())


def test_every_style_that_is_used_is_defined():
    made = parts(render.docx(samples.load("fr")))
    defined = {node.get(f"{W}styleId") for node in made["word/styles.xml"].iter(f"{W}style")}
    used = {node.get(f"{W}val") for kind in ("pStyle", "rStyle") for node in made["word/document.xml"].iter(W + kind)}
    assert used <= defined
    assert {"Title", "Heading1", "Heading2", "ListBullet", "Hyperlink"} <= used


@pytest.mark.parametrize("build", BUILDERS, ids=lambda build: build.__name__)
def test_another_reader_of_word_files_finds_titles_headings_and_lists(build):
    document = build()
    opened = docx.Document(io.BytesIO(render.docx(document)))
    about = opened.core_properties
    assert about.title == render.title(document)[:255]
    assert about.language.startswith(document.studio.language)
    assert (about.created.year, about.last_modified_by, about.comments) == (1980, "", "")
    found = [(paragraph.style.name, paragraph.text) for paragraph in opened.paragraphs]
    assert found[0] == ("Title", document.basics.name or "CV")
    if document.work:
        assert "Heading 1" in {style for style, _ in found}
    assert round(opened.sections[0].page_width.mm) == (216 if document.studio.design.page == "Letter" else 210)


def test_an_entry_that_is_nothing_but_its_head_is_not_tied_to_the_next():
    document = Document()
    document.certificates = [m.Certificate(name="AFGSU", issuer="CESU 29"), m.Certificate(name="Tutorat", date="2019")]
    document.work = [m.Work(position="Infirmière", name="CHU", highlights=["Dialyse"])]
    opened = docx.Document(io.BytesIO(render.docx(document)))
    tied = {line.text.partition("\t")[0]: line.paragraph_format.keep_with_next for line in opened.paragraphs}
    assert {
        "CESU 29": False,
        "Tutorat": False,
        "AFGSU": None,
        "CHU": None,
    }.items() <= tied.items()  # None: as its style
    assert opened.styles["Place"].paragraph_format.keep_with_next


def test_a_word_file_looks_like_its_design():
    document = samples.load("fr")
    document.studio.design = document.studio.design.model_copy(
        update={"accent": "#7c2d12", "font": "lato", "size": 9.5}
    )
    opened = docx.Document(io.BytesIO(render.docx(document)))
    styles = opened.styles
    assert styles["Normal"].font.name == "Lato"
    assert styles["Normal"].font.size.pt == 9.5
    assert str(styles["Heading 1"].font.color.rgb) == str(styles["Hyperlink"].font.color.rgb) == "7C2D12"
    section = opened.sections[0]
    (tab,) = styles["Heading 2"].paragraph_format.tab_stops
    assert tab.position == section.page_width - section.left_margin - section.right_margin
    points = [one for one in opened.paragraphs if one.style.name == "List Bullet"]
    assert len(points) > 10
    number = styles["List Bullet"].element.pPr.numPr.numId.val
    assert number in [one.numId for one in opened.part.numbering_part.element.num_lst]
    linked = {link.address for one in opened.paragraphs for link in one.hyperlinks}
    assert f"mailto:{document.basics.email}" in linked


def test_arabic_and_hebrew_begin_at_the_right():
    document = documents.rtl()
    opened = docx.Document(io.BytesIO(render.docx(document)))
    leftwards = {one.text.partition("\t")[0]: one._p.find(f"{W}pPr/{W}bidi") is not None for one in opened.paragraphs}
    assert leftwards[document.basics.name]
    assert leftwards[document.work[1].position]
    assert not leftwards["Work experience"]


A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"


@pytest.mark.parametrize(
    ("shape", "geometry"), [("square", "rect"), ("rounded", "roundRect"), ("circle", "ellipse"), ("none", None)]
)
def test_the_portrait_is_there_in_the_shape_that_was_asked_for(shape, geometry):
    document = samples.load("fr")
    document.studio.design = document.studio.design.model_copy(update={"photo": shape})
    made = render.docx(document, documents.photo_jpeg())
    assert made == render.docx(document, documents.photo_jpeg())
    opened = docx.Document(io.BytesIO(made))
    assert [node.get("prst") for node in opened.element.iter(f"{A}prstGeom")] == ([geometry] if geometry else [])
    assert opened.paragraphs[0].text == document.basics.name
    pictures = [part.blob for part in opened.part.related_parts.values() if part.content_type == "image/jpeg"]
    if geometry is None:
        assert not pictures
        return
    with Image.open(io.BytesIO(pictures[0])) as picture:
        assert picture.size == (160, 160), "cut by us: LibreOffice draws no round picture that Word is to cut"
    said = {node.get("descr") for node in opened.element.iter() if node.tag.endswith(("}docPr", "}cNvPr"))}
    assert said == {f"Photo\u00a0: {document.basics.name}"}
    assert read(made, "cv.docx").document.basics.name == document.basics.name


@pytest.mark.parametrize("build", BUILDERS, ids=lambda build: build.__name__)
def test_a_portrait_stands_beside_any_name(build):
    document = build()
    document.studio.design.photo = "circle"
    opened = docx.Document(io.BytesIO(render.docx(document, documents.photo_jpeg())))
    (side,) = [node.text for node in opened.element.iter() if node.tag.endswith("}align") and node.text != "top"]
    assert side == ("left" if build is documents.rtl else "right")


def test_nothing_of_the_librarys_own_blank_file_is_left():
    with zipfile.ZipFile(io.BytesIO(render.docx(documents.short()))) as archive:
        names = archive.namelist()
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert not [name for name in names if "thumbnail" in name or "custom" in name or "Effects" in name]
    assert sum(1 for _ in parts(render.docx(documents.short()))["word/styles.xml"].iter(f"{W}style")) < 16


@pytest.mark.parametrize("language", ["fr", "en"])
def test_word_reads_back(language):
    document = samples.load(language)
    found = read(render.docx(document), "cv.docx").document
    for section in ("education", "skills", "languages", "certificates", "awards", "interests", "volunteer"):
        for before, after in zip(document.section(section), found.section(section), strict=True):
            assert plain(before.dump()) == plain(after.dump()), section
    for before, after in zip(document.work, found.work, strict=True):
        assert (before.name, before.position, before.location) == (after.name, after.position, after.location)
        assert (before.start_date, before.end_date) == (after.start_date, after.end_date)
        assert plain(before.highlights) == plain(after.highlights)
    assert plain(found.basics.summary) == plain(document.basics.summary)
    assert found.basics.email == document.basics.email


# What Europass's schema 3.3 has in each element, in this order; "!": has to be there.
EUROPASS = {
    "SkillsPassport": "DocumentInfo! LearnerInfo!",
    "DocumentInfo": "DocumentType! CreationDate! LastUpdateDate! XSDVersion! Generator!",
    "LearnerInfo": "Identification Headline WorkExperienceList EducationList Skills AchievementList",
    "Identification": "PersonName ContactInfo",
    "ContactInfo": "Address Email TelephoneList WebsiteList",
    "Contact": "AddressLine PostalCode Municipality Country",
    "Country": "Code Label",
    "Headline": "Type Description",
    "WorkExperience": "Period Position Activities Employer",
    "Employer": "Name ContactInfo",
    "Education": "Period Title Activities Organisation Field",
    "Organisation": "Name ContactInfo",
    "Period": "From! To Current",
    "Skills": "Linguistic JobRelated",
    "Linguistic": "MotherTongueList ForeignLanguageList",
    "ForeignLanguage": "Description ProficiencyLevel",
    "ProficiencyLevel": "Listening Reading SpokenInteraction SpokenProduction Writing",
    "Achievement": "Title Description",
    "Title": "Code Label",
}


@pytest.mark.parametrize("build", [documents.short, documents.rtl, lambda: samples.load("en")])
def test_europass_has_what_its_schema_asks_for_in_its_order(build):
    root = etree.fromstring(render.europass(build()).encode())
    for node in root.iter():
        name, inner = etree.QName(node).localname, [etree.QName(child).localname for child in node]
        allowed = EUROPASS.get(name, "").split()
        assert {one.rstrip("!") for one in allowed if one.endswith("!")} <= {*inner}, name
        if allowed:
            order = [one.rstrip("!") for one in allowed]
            assert inner == sorted(inner, key=order.index), name


@pytest.mark.parametrize(
    ("code", "theirs", "label"),
    [("FR", "FR", "France"), ("GB", "UK", "United Kingdom"), ("GR", "EL", "Greece"), ("MQ", None, "Martinique")],
)
def test_europass_has_codes_of_its_own_for_countries(code, theirs, label):
    document = samples.load("en")
    document.basics.location.country_code = code
    text = render.europass(document)
    country = next(etree.fromstring(text.encode()).iter("{*}Country"))
    assert (country.findtext("{*}Code"), country.findtext("{*}Label")) == (theirs, label)
    assert read(text.encode(), "cv.xml").document.basics.location.country_code == code


def test_europass_leaves_nothing_out_that_it_has_no_form_for():
    """Dates in words go among the tasks; what is no address is no address there either."""
    document = documents.short()
    document.basics.email = "noe.lambert(at)example.org"
    document.work = [m.Work(name="Vanhove", position="Menuisier", startDate="vers 2012", endDate="2014")]
    document.education = [m.Education(institution="Lycée", studyType="CAP", endDate="2018-06")]
    text = render.europass(document)
    root = etree.fromstring(text.encode())
    assert next(root.iter("{*}Activities")).text == "<p>vers 2012 – 2014</p>"
    assert not [*root.iter("{*}Email")]
    (school,) = read(text.encode(), "cv.xml").document.education
    assert (school.start_date, school.end_date) == ("", "2018-06")


@pytest.mark.parametrize("language", ["fr", "en"])
def test_europass_reads_back(language):
    document = samples.load(language)
    text = render.europass(document)
    found = read(text.encode(), "cv.xml").document
    for before, after in zip(document.work, found.work, strict=True):
        assert (before.name, before.position, before.location) == (after.name, after.position, after.location)
        assert (before.start_date, before.end_date) == (after.start_date, after.end_date)
        assert plain(before.highlights) == plain(after.highlights)
    assert [school.institution for school in found.education] == [one.institution for one in document.education]
    assert [one.language for one in found.languages] == [one.language for one in document.languages]
    said = words(etree.fromstring(text.encode()))
    for item in (*document.certificates, *document.awards, *document.interests, *document.projects):
        assert (getattr(item, "name", "") or item.title) in said


def test_what_is_hidden_is_in_neither():
    document = samples.load("fr")
    document.studio.hidden = [document.work[0].id]
    document.studio.sections = [*document.section_settings()]
    for setting in document.studio.sections:
        setting.hidden = setting.key in ("skills", "projects")
    document = Document.load(document.dump())
    gone = (document.work[0].highlights[0][:30], document.skills[0].keywords[0], document.projects[0].name)
    for said in (
        words(parts(render.docx(document))["word/document.xml"]),
        words(etree.fromstring(render.europass(document).encode())),
    ):
        assert document.work[1].highlights[0][:30] in said
        assert not [text for text in gone if text in said]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_europass_keeps_what_was_said_apart(language):
    document = samples.load(language)
    found = read(render.europass(document).encode(), "cv.xml").document
    assert plain(found.basics.summary) == plain(document.basics.summary)
    for before, after in zip(document.education, found.education, strict=True):
        assert plain([before.study_type, before.area]) == plain([after.study_type, after.area])
        assert plain(before.courses) == plain(after.courses)
    for before, after in zip(document.skills, found.skills, strict=True):
        assert plain([before.name, before.keywords]) == plain([after.name, after.keywords])


@pytest.mark.parametrize("language", ["fr", "en"])
def test_sections_that_europass_has_no_place_for_come_back_as_what_they_were(language):
    document = samples.load(language)
    found = read(render.europass(document).encode(), "cv.xml").document
    for section in ("certificates", "awards", "volunteer", "interests", "publications"):
        for before, after in zip(document.section(section), found.section(section), strict=True):
            assert plain(before.dump()) == plain(after.dump()), section
    for before, after in zip(document.projects, found.projects, strict=True):
        assert plain([before.name, before.start_date, before.end_date, before.highlights]) == plain(
            [after.name, after.start_date, after.end_date, after.highlights]
        )
    assert [section.title for section in found.custom] == [section.title for section in document.custom]


def test_a_language_without_a_level_of_europass_keeps_its_own():
    document = documents.rtl()
    found = read(render.europass(document).encode(), "cv.xml").document
    assert [one.dump() | {"id": ""} for one in found.languages] == [
        one.dump() | {"id": ""} for one in document.languages
    ]
    for made in (render.docx(document), render.markdown(document).encode()):
        assert len(read(made, "cv.md").document.languages) == 2, "the second is not taken for more about the first"
