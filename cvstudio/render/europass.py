"""Document → Europass XML (SkillsPassport 3.3): what Europass has a place for in its places, the rest as achievements.

The order of elements and their values are as the schema that Europass published has them (SCHEMA).
What is hidden on the page is hidden here too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from xml.sax.saxutils import escape

from babel import Locale

from cvstudio.document import Document
from cvstudio.document.model import DATE, URI, Dated, Education, SpokenLanguage, Work
from cvstudio.render import themes
from cvstudio.render.exports import about, in_one_line
from cvstudio.render.view import Entry, Section, View, build

SPACE = "http://europass.cedefop.europa.eu/Europass"
SCHEMA = "http://europass.cedefop.europa.eu/xml/v3.3.0/EuropassSchema.xsd"
# Europass's own list: ISO 3166, but for Greece and the United Kingdom, and without what belongs to another country.
COUNTRIES = (
    "AD AE AF AG AL AM AO AR AT AU AZ BA BB BD BE BF BG BH BI BJ BN BO BR BS BT BW BY BZ CA CD CF CG CH CI CL CM CN CO "
    "CR CU CV CY CZ DE DJ DK DM DO DZ EC EE EG EL ER ES ET FI FJ FM FR GA GD GE GH GL GM GN GQ GT GW GY HN HR HT HU ID "
    "IE IL IN IQ IR IS IT JM JO JP KE KG KH KI KM KN KP KR KW KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MG MH MK "
    "ML MM MN MR MT MU MV MW MX MY MZ NA NE NG NI NL NO NP NR NU NZ OM PA PE PG PH PK PL PS PT PW PY QA RO RS RU RW SA "
    "SB SC SD SE SG SI SK SL SM SN SO SR SS ST SV SY SZ TD TG TH TJ TL TM TN TO TR TT TV TZ UA UG UK US UY UZ VA VC VE "
    "VN VU WS XK YE ZA ZM ZW"
)
THEIR_CODES = {"GB": "UK", "GR": "EL"}
MAIL = re.compile(r"[^@]+@[^.]+\..+")
ACHIEVEMENTS = {  # our section → Europass's code for what it calls an achievement
    "projects": "projects",
    "publications": "publications",
    "awards": "honors_awards",
    "references": "references",
    "certificates": "certifications",
}
SPACES = re.compile(r"[ \t\r\n]+")  # those that hold words together stay
CEFR = re.compile(r"\b([ABC][12])\b")
MOTHER = re.compile(r"maternelle|natif|native|natale|mother tongue|bilingu", re.IGNORECASE)
SKILLS = ("Listening", "Reading", "SpokenInteraction", "SpokenProduction", "Writing")
OWN_PLACES = ("work", "education", "languages", "skills")


def europass(document: Document) -> str:
    """Raises TemplateNotFound."""
    view = build(document, themes.of(document))
    shown = {section.key: section for section in view.sections}
    ids = {entry.path.rpartition("/")[2] for section in view.sections for entry in section.entries}
    work = [_work(item) for item in document.work if "work" in shown and item.id in ids]
    schools = [_school(item) for item in document.education if "education" in shown and item.id in ids]
    tongues = [item for item in document.languages if "languages" in shown and item.id in ids]
    body = [
        _identification(document),
        _element("Headline", _element("Type", _code("position")) + _label(view.role)) if view.role else "",
        _list("WorkExperienceList", work),
        _list("EducationList", schools),
        _skills(tongues, shown.get("skills"), view),
        _list("AchievementList", [text for text in _achievements(view) if text]),
    ]
    today = f"{datetime.now(UTC):%Y-%m-%d}T00:00:00Z"  # what is exported twice a day is the same
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<SkillsPassport xmlns="{SPACE}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
        f' xsi:schemaLocation="{SPACE} {SCHEMA}" locale="{view.language}">'
        f"<DocumentInfo><DocumentType>ECV</DocumentType><CreationDate>{today}</CreationDate>"
        f"<LastUpdateDate>{today}</LastUpdateDate><XSDVersion>V3.3</XSDVersion>"
        "<Generator>CV Studio</Generator></DocumentInfo>"
        f"<LearnerInfo>{''.join(body)}</LearnerInfo></SkillsPassport>\n"
    )


def _identification(document: Document) -> str:
    basics, place = document.basics, document.basics.location
    first, _, last = basics.name.partition(" ")
    address = (
        _element("AddressLine", _text(place.address))
        + _element("PostalCode", _text(place.postal_code))
        + _element("Municipality", _text(", ".join(part for part in (place.city, place.region) if part)))
        + _element("Country", _country(place.country_code, document.studio.language))
    )
    hidden = set(document.studio.hidden)
    sites = [basics.url, *(profile.url for profile in basics.profiles if profile.id not in hidden)]
    sites = [site for site in sites if URI.fullmatch(site)]
    email = basics.email if MAIL.fullmatch(basics.email) else ""
    contacts = (
        _element("Address", _element("Contact", address))
        + _element("Email", _element("Contact", _text(email)))
        + _list("TelephoneList", [_element("Telephone", _element("Contact", _text(basics.phone)))])
        + _list("WebsiteList", [_element("Website", _element("Contact", _text(site))) for site in sites])
    )
    name = _element("FirstName", _text(first)) + _element("Surname", _text(last))
    return _element("Identification", _element("PersonName", name) + _element("ContactInfo", contacts))


def _country(code: str, language: str) -> str:
    """Its code, if Europass has it, and its name."""
    known = THEIR_CODES.get(code.upper(), code.upper())
    label = Locale(language).territories.get(code.upper(), code)
    return (_code(known) if known in COUNTRIES.split() else "") + _element("Label", _text(label))


def _work(item: Work) -> str:
    employer = _element("Name", _text(item.name)) + _municipality(item.location)
    return _element(
        "WorkExperience",
        _period(item)
        + _element("Position", _element("Label", _text(item.position)))
        + _element("Activities", _rich([_in_words(item), item.description, *item.summary.split("\n")], item.highlights))
        + _element("Employer", employer),
    )


def _school(item: Education) -> str:
    grade = [item.score] if item.score else []
    return _element(
        "Education",
        _period(item)
        + _element("Title", _text(item.study_type or item.area))
        + _element("Activities", _rich([_in_words(item), *grade, *item.summary.split("\n")], item.courses))
        + _element("Organisation", _element("Name", _text(item.institution)) + _municipality(item.location))
        + (_element("Field", _element("Label", _text(item.area))) if item.study_type else ""),
    )


def _municipality(place: str) -> str:
    inner = _element("Municipality", _text(place))
    for name in ("Contact", "Address", "ContactInfo"):
        inner = _element(name, inner)
    return inner


def _period(item: Dated) -> str:
    start, end = _date("From", item.start_date), _date("To", item.end_date)
    if not item.start_date:
        start = _date("From", item.end_date)  # Europass has no end without a beginning
    elif not start:
        return ""
    return _element("Period", start + (end or (_element("Current", "true") if start and not item.end_date else "")))


def _in_words(item: Dated) -> str:
    """The dates, where one is none that Europass can hold: "vers 2012"."""
    dates = [date for date in (item.start_date, item.end_date) if date]
    return "" if all(DATE.fullmatch(date) for date in dates) else " – ".join(dates)


def _date(name: str, text: str) -> str:
    if not DATE.fullmatch(text):
        return ""
    year, month, day = (*text.split("-"), "", "")[:3]
    parts = f' year="{year}"' + (f' month="--{month}"' if month else "") + (f' day="---{day}"' if day else "")
    return f"<{name}{parts}/>"


def _skills(tongues: list[SpokenLanguage], skills: Section | None, view: View) -> str:
    mother = [item for item in tongues if MOTHER.search(item.fluency)]
    foreign = [item for item in tongues if item not in mother]
    spoken = _list(
        "MotherTongueList",
        [_element("MotherTongue", _label(item.language)) for item in mother],
    ) + _list("ForeignLanguageList", [_element("ForeignLanguage", _foreign(item)) for item in foreign])
    lines = [in_one_line(entry, view) for entry in skills.entries] if skills else []
    return _element(
        "Skills",
        _element("Linguistic", spoken) + _element("JobRelated", _element("Description", _rich([], lines))),
    )


def _foreign(item: SpokenLanguage) -> str:
    level = CEFR.search(item.fluency)
    if level is None:
        return _label(f"{item.language} ({item.fluency})" if item.fluency else item.language)
    return _label(item.language) + _element("ProficiencyLevel", "".join(_element(one, level[1]) for one in SKILLS))


def _achievements(view: View) -> Iterator[str]:
    for section in view.sections:
        if section.key in OWN_PLACES:
            continue
        if section.kind in ("entries", "references"):
            said = "".join(_told(entry) for entry in section.entries)
        else:
            said = _html(section.paragraphs, [in_one_line(entry, view) for entry in section.entries])
        code = _code(ACHIEVEMENTS.get(section.key, ""))
        title = _element("Title", code + _element("Label", _text(section.title)))
        yield _element("Achievement", title + _element("Description", escape(said)))


def _told(entry: Entry) -> str:
    """Its title stands out, so that whoever reads it knows where the next begins."""
    title = _element("p", _element("strong", _text(entry.title)))
    last = [", ".join(entry.tags), entry.link.text if entry.link else ""]
    return title + _html([" · ".join(about(entry)), *entry.paragraphs], entry.bullets) + _html(last, [])


# ---------------------------------------------------------------------------- writing XML


def _element(name: str, inner: str) -> str:
    """Nothing where there is nothing inside."""
    return f"<{name}>{inner}</{name}>" if inner else ""


def _list(name: str, entries: Iterable[str]) -> str:
    return _element(name, "".join(entries))


def _label(text: str) -> str:
    return _element("Description", _element("Label", _text(text)))


def _code(code: str) -> str:
    return _element("Code", code)


def _text(text: str) -> str:
    return escape(" ".join(SPACES.split(text.strip())))


def _rich(paragraphs: Iterable[str], bullets: Iterable[str]) -> str:
    """HTML inside XML, as Europass has it."""
    return escape(_html(paragraphs, bullets))


def _html(paragraphs: Iterable[str], bullets: Iterable[str]) -> str:
    made = "".join(f"<p>{_text(text)}</p>" for text in paragraphs if text.strip())
    items = "".join(f"<li>{_text(text)}</li>" for text in bullets if text.strip())
    return made + (f"<ul>{items}</ul>" if items else "")
