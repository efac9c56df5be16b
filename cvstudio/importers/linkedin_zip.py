"""The archive of one's own data that LinkedIn gives: CSV files, read by the names of their columns. Never messages."""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Iterator

from cvstudio.document.dates import normalise
from cvstudio.importers import contacts, words
from cvstudio.importers.archive import Archive
from cvstudio.importers.failures import BrokenFile, NotACV
from cvstudio.importers.markup import lines
from cvstudio.importers.model import Draft, Entry, Imported, Place

FILES = {
    "profile": "Profile.csv",
    "positions": "Positions.csv",
    "education": "Education.csv",
    "skills": "Skills.csv",
    "languages": "Languages.csv",
    "certifications": "Certifications.csv",
    "projects": "Projects.csv",
    "emails": "Email Addresses.csv",
    "phones": "PhoneNumbers.csv",
    "volunteering": "Volunteering.csv",
    "honors": "Honors.csv",
    "publications": "Publications.csv",
    "recommendations": "Recommendations_Received.csv",
}
MAX_ROWS = 2_000
NESTED = 2  # archives within archives
PROFICIENCY = {  # LinkedIn's own five steps
    "fr": {
        "elementary": "Notions",
        "limited working": "Compétence professionnelle limitée",
        "professional working": "Compétence professionnelle",
        "full professional": "Capacité professionnelle complète",
        "native or bilingual": "Langue maternelle ou bilingue",
    }
}


class Row(dict[str, str]):
    place: Place = Place()


def looks_like(archive: Archive) -> bool:
    return bool(_members(archive)) or any(name.casefold().endswith(".zip") for name in archive.names)


def read(archive: Archive) -> Imported:
    """Raises NotACV for an archive without a profile, and what Archive raises."""
    tables = _tables(archive, NESTED)
    if not tables:
        raise NotACV("an archive without LinkedIn's files")
    draft = Draft()
    _profile(draft, tables)
    _jobs(draft, tables.get("positions", []))
    _rest(draft, tables)
    texts = " ".join(value for rows in tables.values() for row in rows for value in row.values())
    if not draft.fields:
        raise NotACV("an archive with nothing in it")
    draft.language = words.language_of(texts)
    for entry in draft.tree.get("languages", []):
        level = PROFICIENCY.get(draft.language, {})
        bare = entry.get("fluency", "").casefold().removesuffix(" proficiency")
        entry["fluency"] = level.get(bare, entry.get("fluency", ""))
    missing = [name for name in ("profile", "positions") if name not in tables]
    if missing:
        draft.warn("linkedin_files_missing")
    return draft.finish("linkedin_zip")


def _members(archive: Archive) -> dict[str, str]:
    """Our name for a file → its name in the archive, in whatever folder it lies."""
    wanted = {name.casefold().replace(" ", "").replace("_", ""): key for key, name in FILES.items()}
    found: dict[str, str] = {}
    for name in archive.names:
        last = name.rsplit("/", 1)[-1].casefold().replace(" ", "").replace("_", "")
        if (key := wanted.get(last)) and not name.startswith("__MACOSX"):
            found.setdefault(key, name)
    return found


def _tables(archive: Archive, depth: int) -> dict[str, list[Row]]:
    tables = {key: list(_rows(archive.read(name), name)) for key, name in _members(archive).items()}
    if depth:
        inner = [name for name in archive.names if name.casefold().endswith(".zip")]
        for name in inner[:5]:
            for key, rows in _tables(Archive(archive.read(name)), depth - 1).items():
                tables.setdefault(key, rows)
    return tables


def _rows(data: bytes, name: str) -> Iterator[Row]:
    """Rows that are not blank, each once; LinkedIn puts notes above some tables, and a BOM before them."""
    text = _decoded(data).replace("\0", "")
    known = {"firstname", "companyname", "schoolname", "name", "emailaddress", "number", "title", "language"}
    known |= {"first name", "company name", "school name", "email address"}
    header: list[str] = []
    seen: set[tuple[str, ...]] = set()
    csv.field_size_limit(1_000_000)
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(text, newline="")), start=1):
            if number > MAX_ROWS:
                return
            if not header:
                names = [cell.strip("\ufeff \t").casefold() for cell in cells]
                header = names if known & set(names) else []
                continue
            values = tuple(html.unescape(html.unescape(cell)).strip() for cell in cells)
            if any(values) and values not in seen:
                seen.add(values)
                row = Row(zip(header, values, strict=False))
                row.place = Place(file=name, row=number)
                yield row
    except csv.Error as fault:
        raise BrokenFile(f"{name[:80]} is not CSV") from fault


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _profile(draft: Draft, tables: dict[str, list[Row]]) -> None:
    for row in tables.get("profile", [])[:1]:
        at = row.place
        name = f"{row.get('first name', '')} {row.get('last name', '')}"
        draft.basics("name", " ".join(name.split()), 1.0, at)
        draft.basics("label", row.get("headline", ""), 1.0, at)
        draft.basics("summary", "\n".join(line for line, _ in lines(row.get("summary", ""))), 1.0, at)
        if address := row.get("address", ""):
            contacts.location(draft, address, 0.9, at)
        if place := row.get("geo location", "") or row.get("location", ""):
            contacts.location(draft, place, 0.9, at)
        draft.basics("location.postalCode", row.get("zip code", ""), 1.0, at)
        for match in contacts.LINK.findall(row.get("websites", "").replace("[", " ").replace("]", " ")):
            contacts.link(draft, match, {}, 0.9, at)
        for user in re.findall(r"[\w]{2,30}", row.get("twitter handles", "")):
            draft.profile("Twitter", user, f"https://twitter.com/{user}", 0.9, at)
    mails = sorted(tables.get("emails", []), key=lambda row: row.get("primary", "").casefold() != "yes")
    for row in mails[:1]:
        draft.basics("email", row.get("email address", ""), 1.0, row.place)
    for row in tables.get("phones", [])[:1]:
        draft.basics("phone", row.get("number", ""), 1.0, row.place)


def _dates(entry: Entry, row: Row, start: str, end: str) -> None:
    for name, column in (("startDate", start), ("endDate", end)):
        if value := row.get(column, ""):
            entry.set(name, normalise(value), 1.0, row.place)


def _jobs(draft: Draft, rows: list[Row]) -> None:
    for row in rows:
        entry = draft.entry("work")
        for name, column in (("name", "company name"), ("position", "title"), ("location", "location")):
            entry.set(name, row.get(column, ""), 1.0, row.place)
        _dates(entry, row, "started on", "finished on")
        _described(entry, row.get("description", ""), "summary", row.place)


def _described(entry: Entry, text: str, name: str, place: Place) -> None:
    for line, bullet in lines(text):
        if bullet:
            entry.add("highlights", line, 1.0, place)
        else:
            entry.more(name, line, 1.0, place)


def _rest(draft: Draft, tables: dict[str, list[Row]]) -> None:
    for row in tables.get("education", []):
        entry = draft.entry("education")
        entry.set("institution", row.get("school name", ""), 1.0, row.place)
        degree, _, area = row.get("degree name", "").partition(", ")
        entry.set("studyType", degree, 1.0, row.place)
        entry.set("area", area or row.get("field of study", ""), 0.9, row.place)
        _dates(entry, row, "start date", "end date")
        for column in ("notes", "activities"):
            for line, _ in lines(row.get(column, "")):
                entry.more("summary", line, 0.9, row.place)
    simple = (
        ("skills", "skills", {"name": "name"}),
        ("languages", "languages", {"language": "name", "fluency": "proficiency"}),
        ("certifications", "certificates", {"name": "name", "issuer": "authority", "url": "url"}),
        ("honors", "awards", {"title": "title", "summary": "description"}),
        (
            "publications",
            "publications",
            {"name": "name", "publisher": "publisher", "url": "url", "summary": "description"},
        ),
    )
    for table, section, columns in simple:
        for row in tables.get(table, []):
            entry = draft.entry(section)
            for name, column in columns.items():
                entry.set(name, row.get(column, ""), 1.0, row.place)
    _dated(draft, tables)
    for row in tables.get("projects", []):
        entry = draft.entry("projects")
        entry.set("name", row.get("title", ""), 1.0, row.place)
        entry.set("url", row.get("url", ""), 1.0, row.place)
        _dates(entry, row, "started on", "finished on")
        _described(entry, row.get("description", ""), "description", row.place)
    for row in tables.get("recommendations", []):
        if row.get("status", "VISIBLE").upper() != "VISIBLE":
            continue  # hidden by who it is about, or not answered yet
        entry = draft.entry("references")
        name = " ".join(f"{row.get('first name', '')} {row.get('last name', '')}".split())
        who = [part for part in (row.get("job title", ""), row.get("company", "")) if part]
        entry.set("name", f"{name} ({', '.join(who)})" if name and who else name, 1.0, row.place)
        entry.set("reference", "\n".join(line for line, _ in lines(row.get("text", ""))), 1.0, row.place)
    for row in tables.get("volunteering", []):
        entry = draft.entry("volunteer")
        entry.set("organization", row.get("company name", ""), 1.0, row.place)
        entry.set("position", row.get("role", ""), 1.0, row.place)
        _dates(entry, row, "started on", "finished on")
        _described(entry, row.get("description", ""), "summary", row.place)


def _dated(draft: Draft, tables: dict[str, list[Row]]) -> None:
    """Dates of what has one: the entries stand in the order of their rows."""
    for table, section, name, column in (
        ("certifications", "certificates", "date", "started on"),
        ("honors", "awards", "date", "issued on"),
        ("publications", "publications", "releaseDate", "published on"),
    ):
        homes = draft.tree.get(section, [])
        rows = [row for row in tables.get(table, []) if row.get("name") or row.get("title")]
        for row, tree in zip(rows, homes, strict=False):
            if value := row.get(column, ""):
                Entry(draft, section, homes, tree).set(name, normalise(value), 1.0, row.place)
