import io

import pikepdf
import pytest

from cvstudio.importers import read
from cvstudio.importers.failures import NotACV

PASSPORT = """<?xml version="1.0" encoding="UTF-8"?>
<SkillsPassport xmlns="http://europass.cedefop.europa.eu/Europass" locale="fr"><LearnerInfo>
<Identification><PersonName><FirstName>Jeanne</FirstName><Surname>Martin</Surname></PersonName>
<ContactInfo><Address><Contact><AddressLine>12 rue des Lilas</AddressLine><PostalCode>44000</PostalCode>
<Municipality>Nantes</Municipality><Country><Code>FR</Code><Label>France</Label></Country></Contact></Address>
<Email><Contact>jeanne@example.org</Contact></Email>
<TelephoneList><Telephone><Contact>+33 639984107</Contact></Telephone></TelephoneList>
<WebsiteList><Website><Contact>https://jeanne.example.org</Contact></Website></WebsiteList></ContactInfo></Identification>
<Headline><Type><Code>position</Code></Type><Description><Label>Comptable</Label></Description></Headline>
<WorkExperienceList>
<WorkExperience><Period><From year="2020" month="--03" day="---14"/><Current>true</Current></Period>
<Position><Label>Comptable</Label></Position>
<Activities>&lt;p&gt;Tenue des comptes.&lt;/p&gt;&lt;ul&gt;&lt;li&gt;Clôture en 5 jours&lt;/li&gt;&lt;/ul&gt;
</Activities>
<Employer><Name>Ormeau</Name><ContactInfo><Address><Contact><Municipality>Nantes</Municipality></Contact></Address>
</ContactInfo></Employer></WorkExperience>
<WorkExperience><Period><From year="2015"/><To year="2019" month="--12"/></Period>
<Position><Label>Aide-comptable</Label></Position><Employer><Name>Logivia</Name></Employer></WorkExperience>
</WorkExperienceList>
<EducationList><Education><Period><From year="2013"/><To year="2015"/></Period><Title>Master Finance</Title>
<Organisation><Name>IAE de Nantes</Name></Organisation></Education></EducationList>
<Skills><Linguistic><MotherTongueList><MotherTongue><Description><Label>français</Label></Description></MotherTongue>
</MotherTongueList><ForeignLanguageList><ForeignLanguage><Description><Label>anglais</Label></Description>
<ProficiencyLevel><Listening>C1</Listening><Reading>C1</Reading><SpokenInteraction>B2</SpokenInteraction>
<SpokenProduction>B2</SpokenProduction><Writing>B2</Writing></ProficiencyLevel></ForeignLanguage></ForeignLanguageList>
</Linguistic><Computer><Description>Excel&lt;br/&gt;SAP</Description></Computer></Skills>
</LearnerInfo></SkillsPassport>"""

CANDIDATE = """<?xml version="1.0" encoding="UTF-8"?>
<Candidate xmlns="http://www.europass.eu/1.0" xmlns:oa="http://www.openapplications.org/oagis/9"
 xmlns:hr="http://www.hr-xml.org/3" xmlns:eures="http://www.europass_eures.eu/1.0"><CandidatePerson>
<PersonName><oa:GivenName>Ann</oa:GivenName><hr:FamilyName>Lee</hr:FamilyName></PersonName>
<Communication><ChannelCode>Email</ChannelCode><oa:URI>ann@example.org</oa:URI></Communication>
<Communication><ChannelCode>Telephone</ChannelCode><CountryDialing>44</CountryDialing>
<oa:DialNumber>7700900123</oa:DialNumber></Communication>
<Communication><UseCode>home</UseCode><Address type="home"><oa:AddressLine>1 Mill Road</oa:AddressLine>
<oa:CityName>Leeds</oa:CityName><CountryCode>gb</CountryCode><oa:PostalCode>LS1 4DY</oa:PostalCode>
</Address></Communication>
<PrimaryLanguageCode name="NORMAL">en</PrimaryLanguageCode></CandidatePerson>
<CandidateProfile languageCode="en"><ExecutiveSummary>&lt;p&gt;Ten years of books.&lt;/p&gt;</ExecutiveSummary>
<EmploymentHistory><EmployerHistory><hr:OrganizationName>Tidewell</hr:OrganizationName><PositionHistory>
<PositionTitle typeCode="FREETEXT">Accountant</PositionTitle><eures:EmploymentPeriod><eures:StartDate>
<hr:FormattedDateTime>2020-03-01</hr:FormattedDateTime></eures:StartDate><hr:CurrentIndicator>true</hr:CurrentIndicator>
</eures:EmploymentPeriod><oa:Description>&lt;ul&gt;&lt;li&gt;Closed in 5 days&lt;/li&gt;&lt;/ul&gt;</oa:Description>
<City>York</City></PositionHistory></EmployerHistory></EmploymentHistory>
<EducationHistory><EducationOrganizationAttendance><hr:OrganizationName>University of Leeds</hr:OrganizationName>
<AttendancePeriod><StartDate><hr:FormattedDateTime>2008</hr:FormattedDateTime></StartDate><EndDate>
<hr:FormattedDateTime>2011</hr:FormattedDateTime></EndDate></AttendancePeriod><EducationDegree>
<hr:DegreeName>BSc Accounting</hr:DegreeName></EducationDegree></EducationOrganizationAttendance></EducationHistory>
<PersonQualifications><PersonCompetency><CompetencyID>fra</CompetencyID><hr:TaxonomyID>language</hr:TaxonomyID>
<CompetencyDimension><hr:CompetencyDimensionTypeCode>CEF-Understanding-Listening</hr:CompetencyDimensionTypeCode>
<eures:Score><hr:ScoreText>B1</hr:ScoreText></eures:Score></CompetencyDimension></PersonCompetency>
<PersonCompetency><CompetencyID>1</CompetencyID><hr:TaxonomyID>DIGITAL_SKILL</hr:TaxonomyID>
<hr:CompetencyName>Excel</hr:CompetencyName></PersonCompetency></PersonQualifications></CandidateProfile></Candidate>"""


def test_the_old_passport():
    found = read(PASSPORT.encode(), "cv.xml")
    document, basics = found.document, found.document.basics
    assert (found.kind, found.language) == ("europass", "fr")
    assert (basics.name, basics.label, basics.email) == ("Jeanne Martin", "Comptable", "jeanne@example.org")
    assert (basics.location.address, basics.location.city, basics.location.country_code) == (
        "12 rue des Lilas",
        "Nantes",
        "FR",
    )
    first, second = document.work
    assert (first.position, first.name, first.location) == ("Comptable", "Ormeau", "Nantes")
    assert (first.start_date, first.end_date, first.summary) == ("2020-03-14", "", "Tenue des comptes.")
    assert first.highlights == ["Clôture en 5 jours"]
    assert (second.start_date, second.end_date) == ("2015", "2019-12")
    assert document.education[0].institution == "IAE de Nantes"
    assert [(one.language, one.fluency) for one in document.languages] == [
        ("français", "Langue maternelle"),
        ("anglais", "B2"),
    ]
    assert [skill.name for skill in document.skills] == ["Excel", "SAP"]


def test_the_new_profile():
    found = read(CANDIDATE.encode(), "cv.xml")
    document, basics = found.document, found.document.basics
    assert (basics.name, basics.email, basics.phone) == ("Ann Lee", "ann@example.org", "+44 7700900123")
    assert (basics.location.city, basics.location.postal_code, basics.location.country_code) == (
        "Leeds",
        "LS1 4DY",
        "GB",
    )
    assert basics.summary == "Ten years of books."
    job = document.work[0]
    assert (job.position, job.name, job.location, job.start_date) == ("Accountant", "Tidewell", "York", "2020-03-01")
    assert job.highlights == ["Closed in 5 days"]
    assert (document.education[0].study_type, document.education[0].end_date) == ("BSc Accounting", "2011")
    assert [(one.language, one.fluency) for one in document.languages] == [("French", "B1")]
    assert [skill.name for skill in document.skills] == ["Excel"]
    assert found.language == "en"


def test_each_value_names_its_line():
    found = read(PASSPORT.encode(), "cv.xml")
    field = next(field for field in found.fields if field.path == "basics.email")
    assert PASSPORT.split("\n")[(field.place.line or 0) - 1].startswith("<Email>")


@pytest.mark.parametrize("text", [PASSPORT, CANDIDATE])
def test_a_pdf_with_the_xml_inside(text):
    with pikepdf.new() as file:
        file.add_blank_page()
        file.attachments["cv.xml"] = text.encode()
        out = io.BytesIO()
        file.save(out)
    found = read(out.getvalue(), "cv.pdf")
    assert found.kind == "europass"
    assert found.document.dump() == read(text.encode(), "cv.xml").document.dump()


def test_a_passport_of_nobody():
    with pytest.raises(NotACV):
        read(b"<SkillsPassport><LearnerInfo/></SkillsPassport>", "cv.xml")


def test_certificates_and_publications_of_europass_s_own_editor_are_what_they_are():
    """It has a line each, and no titles in bold."""
    told = """<AchievementList><Achievement><Title><Code>certifications</Code><Label>Certifications</Label></Title>
<Description>&lt;p&gt;Certificate in English Literature&lt;/p&gt;
&lt;p&gt;First aid, Red Cross, 2021&lt;/p&gt;</Description>
</Achievement></AchievementList></LearnerInfo>"""
    document = read(PASSPORT.replace("</LearnerInfo>", told).encode(), "cv.xml").document
    assert [one.name for one in document.certificates] == ["Certificate in English Literature", "First aid"]
    assert (document.certificates[1].issuer, document.certificates[1].date) == ("Red Cross", "2021")
    assert not document.custom


def test_europass_says_uk_where_iso_says_gb():
    document = read(PASSPORT.replace("<Code>FR</Code>", "<Code>UK</Code>").encode(), "cv.xml").document
    assert document.basics.location.country_code == "GB"
