# ruff: noqa: E501 - CSV is written as it is

import pytest

from cvstudio.importers import Imported, read
from cvstudio.importers.failures import NotACV, UnknownFormat
from tests.documents import zipped

FILES = {
    "Profile.csv": "\ufeffFirst Name,Last Name,Headline,Summary,Geo Location,Zip Code,Websites\n"
    'Jeanne,"Martin &amp; Fils",Comptable,"Les comptes d&#39;abord.\n\nPuis le reste.","Nantes, Pays de la Loire, France",44000,'
    "[PERSONAL:https://jeanne.example.org]\n",
    "Positions.csv": "Company Name,Title,Description,Location,Started On,Finished On\n"
    'Ormeau,Comptable,"Tenue des comptes de 12 clients.\n• Clôture en 5 jours\n• Formation d&#8217;un collègue",Nantes,Jan 2020,\n'
    "Ormeau,Comptable,\"Tenue des comptes de 12 clients.\n• Clôture en 5 jours\n• Formation d&#8217;un collègue\",Nantes,Jan 2020,\n"
    "Logivia,Aide-comptable,,Rennes,2015-09,2019-12-31\n"
    ",,,,,\n",
    "Education.csv": "School Name,Start Date,End Date,Notes,Degree Name,Activities\nIAE de Nantes,2013,2015,,\"Master, Finance\",Ciné-club\n",
    "Skills.csv": "Name\nExcel\nSAP\nExcel\n",
    "Languages.csv": "Name,Proficiency\nFrançais,Native or bilingual proficiency\nAnglais,\n",
    "Certifications.csv": "Name,Url,Authority,Started On,Finished On,License Number\nDCG,,Rectorat,Jun 2013,,\n",
    "Email Addresses.csv": "Email Address,Confirmed,Primary,Updated On\nold@example.org,Yes,No,1/1/20\njeanne@example.org,Yes,Yes,1/1/24\n",
    "PhoneNumbers.csv": "Extension,Number,Type\n,06 39 98 41 07,Mobile\n",
    "messages.csv": "CONVERSATION ID,FROM,CONTENT\n1,Paul,Secret de famille\n",
    "Projects.csv": "Title,Description,Url,Started On,Finished On\nPaie,Refonte de la paie.,https://paie.example.org,Mar 2021,Apr 2021\n",
}  # fmt: skip


@pytest.fixture
def imported() -> Imported:
    return read(zipped(FILES), "linkedin.zip")


def test_the_person(imported):
    basics = imported.document.basics
    assert (basics.name, basics.label) == ("Jeanne Martin & Fils", "Comptable")
    assert basics.summary == "Les comptes d'abord.\nPuis le reste."
    assert (basics.email, basics.phone, basics.url) == (
        "jeanne@example.org",
        "06 39 98 41 07",
        "https://jeanne.example.org",
    )
    assert (basics.location.city, basics.location.postal_code, basics.location.country_code) == (
        "Nantes",
        "44000",
        "FR",
    )


def test_jobs_once_each_with_their_dates(imported):
    first, second = imported.document.work
    assert (first.name, first.position, first.start_date, first.end_date) == ("Ormeau", "Comptable", "2020-01", "")
    assert first.summary == "Tenue des comptes de 12 clients."
    assert first.highlights == ["Clôture en 5 jours", "Formation d’un collègue"]
    assert (second.start_date, second.end_date) == ("2015-09", "2019-12-31")


def test_the_rest(imported):
    document = imported.document
    assert [skill.name for skill in document.skills] == ["Excel", "SAP"]
    assert document.languages[0].fluency == "Langue maternelle ou bilingue"
    school = document.education[0]
    assert (school.institution, school.study_type, school.area, school.summary) == (
        "IAE de Nantes",
        "Master",
        "Finance",
        "Ciné-club",
    )
    assert (document.certificates[0].issuer, document.certificates[0].date) == ("Rectorat", "2013-06")
    assert (document.projects[0].start_date, document.projects[0].end_date) == ("2021-03", "2021-04")
    assert (imported.kind, imported.language, imported.warnings) == ("linkedin_zip", "fr", ())


def test_every_value_names_its_file_and_row(imported):
    field = next(field for field in imported.fields if field.value == "Logivia")
    assert (field.path, field.place.file) == ("work/work-2/name", "Positions.csv")
    assert field.place.row == 4
    assert not field.doubtful


def test_messages_are_never_read(imported):
    assert not any("Secret" in text for text in imported.document.texts())
    assert not any("messages" in field.place.file for field in imported.fields)


def test_an_archive_in_an_archive_and_in_folders():
    inner = zipped({f"Basic_LinkedIn/{name}": content for name, content in FILES.items()})
    assert read(zipped({"a/part.zip": inner}), "x.zip").document.basics.email == "jeanne@example.org"


def test_a_part_of_the_files_is_enough_and_said():
    found = read(zipped({"Skills.csv": FILES["Skills.csv"]}), "x.zip")
    assert [skill.name for skill in found.document.skills] == ["Excel", "SAP"]
    assert found.warnings == ("linkedin_files_missing",)


def test_other_encodings():
    latin = {"Profile.csv": "First Name,Last Name\nZoé,Gérard\n".encode("cp1252")}
    assert read(zipped(latin), "x.zip").document.basics.name == "Zoé Gérard"
    wide = {"Profile.csv": "First Name,Last Name\nZoé,Gérard\n".encode("utf-16")}
    assert read(zipped(wide), "x.zip").document.basics.name == "Zoé Gérard"


def test_archives_of_something_else():
    with pytest.raises(UnknownFormat):
        read(zipped({"photo.jpg": b"x"}), "linkedin.zip")
    with pytest.raises(NotACV):
        read(zipped({"inner.zip": zipped({"photo.jpg": b"x"})}), "linkedin.zip")
    with pytest.raises(NotACV):
        read(zipped({"Profile.csv": b"First Name,Last Name\n"}), "linkedin.zip")


def test_what_others_say_and_the_name_on_twitter():
    said = "First Name,Last Name,Company,Job Title,Text,Creation Date,Status\n"
    files = FILES | {
        "Profile.csv": "First Name,Last Name,Headline,Twitter Handles\nJeanne,Martin,Comptable,[jeannecompte]\n",
        "Recommendations_Received.csv": said
        + "Omar,Haddad,Monzo,Design lead,Jeanne is great.,2022,VISIBLE\nEve,Lee,Acme,Boss,Secret.,2021,HIDDEN\n",
    }
    document = read(zipped(files), "linkedin.zip").document
    assert [(one.name, one.reference) for one in document.references] == [
        ("Omar Haddad (Design lead, Monzo)", "Jeanne is great.")
    ]
    assert [one.url for one in document.basics.profiles] == ["https://twitter.com/jeannecompte"]
