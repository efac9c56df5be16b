"""Europass: the XML of the old CV ("SkillsPassport") and of the new profile ("Candidate"), by the names of elements."""

from __future__ import annotations

import re
from collections.abc import Iterator

from babel import Locale, UnknownLocaleError

from cvstudio.document.dates import normalise
from cvstudio.document.model import Language
from cvstudio.importers import contacts, fields, lists, words
from cvstudio.importers.blocks import Block, Piece
from cvstudio.importers.failures import NotACV
from cvstudio.importers.markup import Node, lines, local, parse
from cvstudio.importers.model import Draft, Entry, Imported, Place
from cvstudio.importers.sections import Section

ROOTS = ("SkillsPassport", "Candidate")
STRONG = re.compile(r"<p[^>]*>\s*<(?:strong|b)>", re.IGNORECASE)
TITLE = "\ue001"  # stands before a line that was in bold, while its tags are taken away
THEIR_CODES = {"UK": "GB", "EL": "GR"}
LISTED = ("certificates", "awards", "publications")  # a line each, where nothing is told of them
TOLD = ("projects", "volunteer", "certificates", "awards", "publications", "references")


def looks_like(data: bytes) -> bool:
    head = data[:4096].replace(b"\0", b"")
    return any(f"{root}".encode() in head for root in ROOTS)


def read(data: bytes) -> Imported:
    """Raises DangerousFile, BrokenFile or NotACV."""
    root = parse(data)
    draft = Draft(language=_language(root))
    if local(root) == "SkillsPassport":
        _passport(draft, root)
    elif local(root) == "Candidate":
        _candidate(draft, root)
    if not draft.fields:
        raise NotACV("XML without a person in it")
    return draft.finish("europass")


def _language(root: Node) -> Language:
    code = root.get("locale") or next((node.get("languageCode", "") for node in _all(root, "PrimaryLanguageCode")), "")
    code = code or next((_text(node) for node in _all(root, "PrimaryLanguageCode")), "")
    return (
        "fr"
        if code[:2] == "fr"
        else "en"
        if code[:2] == "en"
        else words.language_of(" ".join(root.itertext())[:50_000])
    )


def _all(node: Node, *path: str) -> Iterator[Node]:
    """Descendants by local names, each step anywhere below the one before."""
    if not path:
        yield node
        return
    for child in node.iter():
        if child is not node and local(child) == path[0]:
            yield from _all(child, *path[1:])


def _children(node: Node, name: str) -> Iterator[Node]:
    return (child for child in node if local(child) == name)


def _first(node: Node, *path: str) -> Node | None:
    return next(_all(node, *path), None)


def _get(node: Node | None, *path: str) -> tuple[str, Place]:
    """The text at a path, and where it stood."""
    found = _first(node, *path) if node is not None else None
    return ("", Place()) if found is None else (_text(found), _place(found))


def _text(node: Node) -> str:
    return " ".join("".join(str(text) for text in node.itertext()).split())


def _place(node: Node) -> Place:
    line = node.sourceline
    return Place(line=int(line) if line else None)


def _set(entry: Entry, name: str, found: tuple[str, Place]) -> None:
    entry.set(name, found[0], 1.0, found[1])


def _described(entry: Entry, found: tuple[str, Place], node: Node | None, points: str = "highlights") -> None:
    """A description: HTML inside XML, its bullets as bullets."""
    if node is None:
        return
    for line, bullet in lines("".join(str(text) for text in node.itertext())):
        if bullet:
            entry.add(points, line, 1.0, found[1])
        else:
            entry.more("summary", line, 1.0, found[1])


def _passport(draft: Draft, root: Node) -> None:
    person = _first(root, "Identification")
    if person is not None:
        first, at = _get(person, "PersonName", "FirstName")
        draft.basics("name", f"{first} {_get(person, 'PersonName', 'Surname')[0]}".strip(), 1.0, at)
        address = _first(person, "Address", "Contact")
        for name, element in (("address", "AddressLine"), ("postalCode", "PostalCode"), ("city", "Municipality")):
            draft.basics(f"location.{name}", *_sure(_get(address, element)))
        _country(draft, address)
        draft.basics("email", *_sure(_get(person, "Email", "Contact")))
        draft.basics("phone", *_sure(_get(person, "Telephone", "Contact")))
        for site in _all(person, "Website", "Contact"):
            contacts.link(draft, _text(site), {}, 1.0, _place(site))
    draft.basics("label", *_sure(_get(root, "Headline", "Description", "Label")))
    for job in _all(root, "WorkExperience"):
        entry = draft.entry("work")
        _set(entry, "position", _get(job, "Position", "Label"))
        _set(entry, "name", _get(job, "Employer", "Name"))
        _set(entry, "location", _get(job, "Employer", "Municipality"))
        _period(entry, job)
        _described(entry, _get(job, "Activities"), _first(job, "Activities"))
    for school in _all(root, "Education"):
        entry = draft.entry("education")
        _set(entry, "studyType", _get(school, "Title"))
        _set(entry, "area", _get(school, "Field", "Label"))
        _set(entry, "institution", _get(school, "Organisation", "Name"))
        _set(entry, "location", _get(school, "Organisation", "Municipality"))
        _period(entry, school, degree=True)
        _described(entry, _get(school, "Activities"), _first(school, "Activities"), "courses")
    _spoken(draft, root)
    for kind in ("Communication", "Organisational", "JobRelated", "Computer", "Other"):
        for node in _all(root, "Skills", kind, "Description"):
            said = lines("".join(str(text) for text in node.itertext()))
            lists.skills(draft, [Block([Piece(line)], _place(node), item=True) for line, _ in said], 0.9)
    for node in _all(root, "Driving", "Licence"):
        draft.entry("skills").set(
            "name", f"{'Permis' if draft.language == 'fr' else 'Driving licence'} {_text(node)}", 0.9, _place(node)
        )
    for node in _all(root, "Achievement"):
        title, at = _get(node, "Title", "Label")
        if _known(draft, words.heading(title), title, _first(node, "Description"), at):
            continue
        entry = draft.custom(title or ("Autre" if draft.language == "fr" else "More"))
        for line, _ in lines(_get(node, "Description")[0]):
            entry.add("highlights", line, 0.9, at)


def _country(draft: Draft, address: Node | None) -> None:
    """By Europass's code, which is ISO's but for two, or else by its name."""
    code, at = _get(address, "Country", "Code")
    label, where = _get(address, "Country", "Label")
    code = THEIR_CODES.get(code.upper(), code.upper())
    draft.basics("location.countryCode", code or words.country(label), 1.0, at if code else where)


def _known(draft: Draft, key: str, title: str, node: Node | None, at: Place) -> bool:
    """A section that Europass has no place for, under a title that we know: told by its titles in bold."""
    html = "".join(str(text) for text in node.itertext()) if node is not None else ""
    said = lines(STRONG.sub(f"\n{TITLE}", html))
    if key == "summary":
        draft.basics("summary", "\n".join(line.removeprefix(TITLE) for line, _ in said), 1.0, at)
    elif key == "interests":
        lists.interests(draft, [Block([Piece(line)], at, item=True) for line, _ in said], 0.9)
    elif key in LISTED and not any(line.startswith(TITLE) for line, _ in said):
        fields.fill(draft, Section(key, title, [Block([Piece(line)], at, item=True) for line, _ in said]), {}, 0.8)
    elif key in TOLD and any(line.startswith(TITLE) for line, _ in said):
        blocks = [
            Block([Piece(line.removeprefix(TITLE))], at, 3 if line.startswith(TITLE) else 0, item=bullet)
            for line, bullet in said
        ]
        fields.fill(draft, Section(key, title, blocks), {}, 0.9)
    else:
        return False
    return True


def _sure(found: tuple[str, Place]) -> tuple[str, float, Place]:
    return found[0], 1.0, found[1]


def _period(entry: Entry, node: Node, *, degree: bool = False) -> None:
    """`degree`: Europass has no end without a beginning, so that the date of one is both."""
    found = {}
    for name, element in (("startDate", "From"), ("endDate", "To")):
        date = _first(node, "Period", element)
        if date is not None:
            parts = (date.get("year", ""), date.get("month", "").strip("-"), date.get("day", "").strip("-"))
            found[name] = "-".join(part.zfill(2) for part in parts if part), 1.0, _place(date)
    if degree and len(found) == 2 and found["startDate"][0] == found["endDate"][0]:
        del found["startDate"]
    for name, said in found.items():
        entry.set(name, *said)


def _spoken(draft: Draft, root: Node) -> None:
    mother = "Langue maternelle" if draft.language == "fr" else "Native"
    for node in _all(root, "MotherTongue"):
        entry = draft.entry("languages")
        _set(entry, "language", _get(node, "Description", "Label"))
        entry.set("fluency", mother, 1.0, _place(node))
    for node in _all(root, "ForeignLanguage"):
        entry = draft.entry("languages")
        label, at = _get(node, "Description", "Label")
        levels = [_text(level) for skill in _all(node, "ProficiencyLevel") for level in skill]
        # A level that is none of Europass's six is said with the name.
        said = None if levels else re.fullmatch(r"(.*\S) \((.+)\)", label)
        entry.set("language", said[1] if said else label, 1.0, at)
        entry.set("fluency", said[2] if said else _overall(levels), 0.9, _place(node))


def _overall(levels: list[str]) -> str:
    """Of the levels for hearing, reading, speaking and writing, the one in the middle."""
    known = sorted(level for level in levels if level)
    return known[len(known) // 2] if known else ""


def _candidate(draft: Draft, root: Node) -> None:
    person = _first(root, "CandidatePerson")
    if person is not None:
        first, at = _get(person, "PersonName", "GivenName")
        draft.basics("name", f"{first} {_get(person, 'PersonName', 'FamilyName')[0]}".strip(), 1.0, at)
        for channel in _all(person, "Communication"):
            _channel(draft, channel)
    summary = _first(root, "ExecutiveSummary")
    if summary is not None:
        text = "\n".join(line for line, _ in lines("".join(str(t) for t in summary.itertext())))
        draft.basics("summary", text, 1.0, _place(summary))
    for employer in _all(root, "EmployerHistory"):
        for job in _all(employer, "PositionHistory"):
            entry = draft.entry("work")
            _set(entry, "position", _get(job, "PositionTitle"))
            _set(entry, "name", _get(employer, "OrganizationName"))
            city = _get(job, "City")
            _set(entry, "location", city if city[0] else _get(employer, "CityName"))
            _attended(entry, job, "EmploymentPeriod")
            _described(entry, _get(job, "Description"), _first(job, "Description"))
    for school in _all(root, "EducationOrganizationAttendance"):
        entry = draft.entry("education")
        _set(entry, "institution", _get(school, "OrganizationName"))
        _set(entry, "studyType", _get(school, "DegreeName"))
        _set(entry, "area", _get(school, "EducationDegree", "DegreeMajor", "Name"))
        _set(entry, "location", _get(school, "CityName"))
        _attended(entry, school, "AttendancePeriod")
        covered = "OccupationalSkillsCovered"
        _described(entry, _get(school, covered), _first(school, covered), "courses")
    for skill in _all(root, "PersonCompetency"):
        _competency(draft, skill)
    for node in _all(root, "Certification"):
        entry = draft.entry("certificates")
        name = _get(node, "CertificationName")
        _set(entry, "name", name if name[0] else _get(node, "Name"))
        _set(entry, "issuer", _get(node, "IssuingAuthority"))


def _channel(draft: Draft, channel: Node) -> None:
    kind = _get(channel, "ChannelCode")[0].casefold()
    uri, at = _get(channel, "URI")
    if kind == "email" or "@" in uri:
        draft.basics("email", uri, 1.0, at)
    elif uri:
        contacts.link(draft, uri, {}, 1.0, at)
    number, where = _get(channel, "DialNumber")
    if number:
        code = _get(channel, "CountryDialing")[0].lstrip("+")
        draft.basics("phone", f"+{code} {number}" if code else number, 1.0, where)
    if (address := _first(channel, "Address")) is not None:
        for name, element in (("address", "AddressLine"), ("postalCode", "PostalCode"), ("city", "CityName")):
            draft.basics(f"location.{name}", *_sure(_get(address, element)))
        code, place = _get(address, "CountryCode")
        draft.basics("location.countryCode", code.upper(), 1.0, place)


def _attended(entry: Entry, node: Node, period: str) -> None:
    for name, element in (("startDate", "StartDate"), ("endDate", "EndDate")):
        text, at = _get(node, period, element)
        entry.set(name, normalise(text), 1.0, at)


def _competency(draft: Draft, node: Node) -> None:
    name, at = _get(node, "CompetencyID")
    taxonomy = _get(node, "TaxonomyID")[0].casefold()
    label = _get(node, "CompetencyName")[0] or name
    if "language" not in taxonomy:
        draft.entry("skills").set("name", label, 1.0, at)
        return
    try:
        spoken = Locale(draft.language).languages.get(Locale.parse(name[:2]).language, name)
    except (UnknownLocaleError, ValueError):
        spoken = name
    entry = draft.entry("languages")
    entry.set("language", spoken[:1].upper() + spoken[1:], 1.0, at)
    levels = [
        _text(level) for dimension in _children(node, "CompetencyDimension") for level in _all(dimension, "ScoreText")
    ]
    entry.set("fluency", _overall(levels), 0.9, at)
