"""What changed between two versions of a CV, as a person reads it: by section and entry, in the page's language."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any

from cvstudio.document import CUSTOM, Document
from cvstudio.document.changes import NAMES, Change
from cvstudio.language import Language
from cvstudio.locales import text
from cvstudio.models import CvVersion, Json
from cvstudio.render import dates, fonts, themes, view
from cvstudio.render.labels import LABELS, LANGUAGE_NAMES

MOST = 300  # lines shown
LONGEST = 800  # words compared one by one; of longer texts the whole is shown as it was and as it is
ALIKE = 0.25  # texts less alike than this are shown whole
LONG = 2_000  # characters shown of a text

WHYS = ("auto", "manual", "template", "restore", "changes", "ai", "import", "cleared")
DATES = ("startDate", "endDate", "date", "releaseDate")
JOINED = ("keywords", "roles")  # lists that read as one line
OURS = ("translation", "canonical", "version", "lastModified")  # in meta: nothing a person set

# What the editor calls a field: in every section, and where one has another word for it.
FIELDS = {
    "name": "name",
    "label": "label",
    "email": "email",
    "phone": "phone",
    "url": "link",
    "address": "address",
    "postalCode": "postal_code",
    "city": "city",
    "region": "region",
    "countryCode": "country_code",
    "summary": "summary",
    "position": "position",
    "location": "place",
    "startDate": "start",
    "endDate": "end",
    "date": "date",
    "releaseDate": "date",
    "highlights": "highlights",
    "description": "description",
    "studyType": "degree",
    "area": "area",
    "institution": "school",
    "score": "score",
    "courses": "courses",
    "level": "level",
    "keywords": "keywords",
    "language": "language",
    "fluency": "fluency",
    "entity": "entity",
    "roles": "roles",
    "issuer": "issuer",
    "organization": "organization",
    "title": "entry",
    "awarder": "awarder",
    "publisher": "publisher",
    "reference": "reference",
    "subtitle": "subtitle",
    "network": "network",
    "username": "username",
}
OWN_WORDS = {
    "basics/summary": "profile",
    "basics/url": "url",
    "work/name": "employer",
    "work/description": "about_employer",
    "skills/name": "skill",
    "projects/name": "project",
    "projects/keywords": "technologies",
    "certificates/name": "certificate",
    "volunteer/position": "volunteer",
    "awards/title": "award",
    "publications/name": "publication",
    "interests/name": "interest",
    "references/name": "reference_name",
}
KNOBS = ("font", "size", "density", "margins", "page", "photo", "dates", "language")
IN_WORDS = ("density", "margins", "photo", "dates")  # knobs whose values the editor has words for


@dataclass
class VersionRow:
    number: int
    at: str  # ISO 8601
    why: str
    note: str


@dataclass
class Piece:
    kind: str  # same, gone, new
    text: str


@dataclass
class Line:
    kind: str  # added, removed, changed, moved
    name: str  # of the field
    pieces: list[Piece] = field(default_factory=list)


@dataclass
class Entry:
    name: str  # blank: the section's own fields
    lines: list[Line] = field(default_factory=list)


@dataclass
class Group:
    title: str
    parts: list[Entry] = field(default_factory=list)


def version(row: CvVersion, language: Language) -> VersionRow:
    known = row.change_type in WHYS
    why = text(f"history.why_{row.change_type}", language) if known else row.change_type
    return VersionRow(row.number, row.created_at.isoformat(), why, row.changelog)


def groups(found: Iterable[Change], before: Json, after: Json, language: Language) -> tuple[list[Group], int]:
    """In the order of the document, and how many lines more there are than those shown."""
    reader = _Reader(before, after, language)
    made: dict[str, dict[str, Entry]] = {}
    titles: dict[str, str] = {}
    shown = more = 0
    for change in found:
        for section, entry, name, line in reader.lines(change):
            if shown >= MOST:
                more += 1
                continue
            shown += 1
            titles.setdefault(section, reader.title(section))
            made.setdefault(section, {}).setdefault(entry, Entry(name)).lines.append(line)
    return [Group(titles[section], list(entries.values())) for section, entries in made.items()], more


class _Reader:
    def __init__(self, before: Json, after: Json, language: Language) -> None:
        self.before, self.after, self.language = before, after, language

    def lines(self, change: Change) -> Iterator[tuple[str, str, str, Line]]:
        """(section, entry's id, entry's name, line) of each field that the change is about."""
        steps = [step.replace("~1", "/").replace("~0", "~") for step in change.path.split("/")]
        yield from self._below(steps, change.kind, change.before, change.after)

    def title(self, section: str) -> str:
        if section.startswith("custom/"):
            found = self._at(section.split("/"))
            return str(found.get("title") or "") or LABELS["custom"][self.language]
        if section in LABELS:
            return LABELS[section][self.language]
        if section in ("basics", "profiles"):
            return text("editor.identity" if section == "basics" else "editor.profiles", self.language)
        return text("history.looks" if section == "meta" else "history.others", self.language)

    def _below(self, steps: list[str], kind: str, before: Any, after: Any) -> Iterator[tuple[str, str, str, Line]]:
        if steps[-1] in ("id", "$schema") or (steps[0] == "meta" and steps[-1] in OURS):
            return
        if steps[-1] == "templateVersion" and not (before and after):
            return  # noted for the first time: nothing looks other than before
        if kind == "moved":
            yield self._line(steps, Line("moved", text("history.order", self.language), self._order(steps, after)))
        elif steps[:3] in (["meta", "studio", "sections"], ["meta", "studio", "hidden"]):
            yield from self._arranged(steps, before, after)
        elif isinstance(before, dict) or isinstance(after, dict):
            old, new = (value if isinstance(value, dict) else {} for value in (before, after))
            for key in dict.fromkeys((*old, *new)):
                if old.get(key) != new.get(key):
                    yield from self._below([*steps, key], kind, old.get(key), new.get(key))
        elif _holds_entries(before) or _holds_entries(after):  # of a custom section that came or went whole
            held = (value if _holds_entries(value) else [] for value in (before, after))
            old, new = ({one["id"]: one for one in value} for value in held)
            for name in dict.fromkeys((*old, *new)):
                yield from self._below([*steps, name], kind, old.get(name), new.get(name))
        else:
            for line in self._compared(steps, before, after):
                yield self._line(steps, line)

    def _line(self, steps: list[str], line: Line) -> tuple[str, str, str, Line]:
        """Under which section and entry it stands."""
        section, entry = steps[0], steps[1:2] if len(steps) > 2 else []
        if section == "basics":
            section, entry = ("profiles", steps[2:3]) if steps[1:2] == ["profiles"] else ("basics", [])
            path = steps[:3]
        elif section == "custom":
            section, entry, path = "/".join(steps[:2]), steps[3:4] if len(steps) > 4 else [], steps[:4]
        elif section == "meta" or section not in LABELS:
            return ("meta" if section == "meta" else "others"), "", "", line
        else:
            path = steps[:2]
        if not entry:
            return section, "", "", line
        return section, entry[0], self._called(self._at(path)), line

    # ---- one field -----------------------------------------------------------------------------------------

    def _compared(self, steps: list[str], before: Any, after: Any) -> Iterator[Line]:
        name, key = self._name(steps), steps[-1]
        if isinstance(before, list) or isinstance(after, list):
            old, new = ([self._said(steps, one) for one in _several(value)] for value in (before, after))
            if key in JOINED:
                yield from _texts(name, ", ".join(old), ", ".join(new))
            else:
                yield from _listed(name, old, new)
            return
        yield from _texts(name, self._said(steps, before), self._said(steps, after))

    def _name(self, steps: list[str]) -> str:
        key = steps[-1]
        if steps[0] == "meta":
            if key == "template":
                return text("history.template", self.language)
            if key == "templateVersion":
                return text("history.template_version", self.language)
            if key == "accent":
                return text("history.accent", self.language)
            if key in KNOBS:
                return text(f"editor.{'cv_language' if key == 'language' else key}", self.language)
        elif steps[:2] == ["basics", "image"]:
            return text("editor.photo", self.language)
        elif steps[0] == "custom" and len(steps) == 3:
            return text("history.section_title", self.language)
        elif (own := f"{steps[0]}/{key}") in OWN_WORDS and steps[1:2] != ["profiles"]:
            return text(f"editor.f_{OWN_WORDS[own]}", self.language)
        elif steps[0] == "custom" and key == "name":
            return text("editor.f_entry", self.language)
        elif key in FIELDS and (steps[0] in LABELS or steps[0] in ("basics", "custom")):
            return text(f"editor.f_{FIELDS[key]}", self.language)
        return " › ".join(step for step in steps if step not in ("meta", "studio"))

    def _said(self, steps: list[str], value: Any) -> str:
        """A value in words."""
        key = steps[-1]
        if value is None or value == "":
            return ""
        if not isinstance(value, str):
            number = isinstance(value, int | float) and not isinstance(value, bool)
            return f"{value:g}" if number else json.dumps(value, ensure_ascii=False)[:LONG]
        if steps[0] == "meta":
            return self._chosen(key, value)
        if steps[:2] == ["basics", "image"]:
            return text("history.photo", self.language)
        return dates.format_date(value, "long", self.language) if key in DATES else value[:LONG]

    def _chosen(self, key: str, value: str) -> str:
        if key == "template":
            return next((theme.name[self.language] for theme in themes.all() if theme.slug == value), value)
        if key == "font":
            return fonts.families()[value].name if value in fonts.families() else value
        if key == "language":
            return next((name for code, name in LANGUAGE_NAMES.items() if code == value), value)
        return text(f"editor.{key}_{value}", self.language) if key in IN_WORDS else value[:LONG]

    # ---- what stands where ---------------------------------------------------------------------------------

    def _order(self, steps: list[str], ids: Any) -> list[Piece]:
        entries = _at(self.after, steps)
        named = {one["id"]: one for one in entries} if _holds_entries(entries) else {}
        return [Piece("same", " · ".join(self._called(named[name]) for name in ids if name in named)[:LONG])]

    def _arranged(self, steps: list[str], before: Any, after: Any) -> Iterator[tuple[str, str, str, Line]]:
        if steps[2] == "hidden":
            for one in dict.fromkeys((*(before or []), *(after or []))):
                if (one in (before or [])) != (one in (after or [])):
                    entries = (entry for tree in (self.after, self.before) for entry in _with(tree, one))
                    yield self._line(steps, self._seen(self._called(next(entries, None)), hidden=one in (after or [])))
            return
        old, new = ({str(one.get("key")): one for one in value or []} for value in (before, after))
        ordered, earlier = _ordered(self.after), _ordered(self.before)
        if [key for key in ordered if key in earlier] != [key for key in earlier if key in ordered]:
            names = " · ".join(self.title(_place(key)) for key in ordered)
            yield self._line(steps, Line("moved", text("history.sections", self.language), [Piece("same", names)]))
        for key, setting in new.items():
            was = old.get(key, {})
            if bool(setting.get("hidden")) != bool(was.get("hidden")):
                yield self._line(steps, self._seen(self.title(_place(key)), hidden=bool(setting.get("hidden"))))
            titled = text("history.title_of", self.language, section=self.title(_place(key)))
            for line in _texts(titled, str(was.get("title") or ""), str(setting.get("title") or "")):
                yield self._line(steps, line)

    def _seen(self, name: str, *, hidden: bool) -> Line:
        words = text("history.now_hidden" if hidden else "history.now_shown", self.language)
        return Line("changed", name, [Piece("same", words)])

    def _at(self, steps: list[str]) -> Any:
        found = _at(self.after, steps)
        return found if found is not None else _at(self.before, steps) or {}

    def _called(self, entry: Any) -> str:
        found = (entry.get(name) for name in NAMES) if isinstance(entry, dict) else ()
        return next((one for one in found if isinstance(one, str) and one), "")[:120] or text(
            "editor.untitled", self.language
        )


def _texts(name: str, before: str, after: str) -> Iterator[Line]:
    if before == after:
        return
    if not before or not after:
        kind = "added" if after else "removed"
        yield Line(kind, name, [Piece("new" if after else "gone", after or before)])
    else:
        yield Line("changed", name, pieces(before, after))


def _listed(name: str, before: list[str], after: list[str]) -> Iterator[Line]:
    """Lists of lines: those that went, came and changed."""
    for what, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if what == "equal":
            continue
        paired = min(j - i, m - k)
        for old, new in zip(before[i : i + paired], after[k : k + paired], strict=True):
            yield from _texts(name, old[:LONG], new[:LONG])
        for old in before[i + paired : j]:
            yield from _texts(name, old[:LONG], "")
        for new in after[k + paired : m]:
            yield from _texts(name, "", new[:LONG])


def pieces(before: str, after: str) -> list[Piece]:
    """Word by word; put together without those gone it is `after`, without those new `before`."""
    old, new = re.findall(r"\s+|\S+", before), re.findall(r"\s+|\S+", after)
    whole = [Piece("gone", before), Piece("new", after)]
    if max(len(old), len(new)) > LONGEST:
        return whole
    matcher = SequenceMatcher(str.isspace, old, new, autojunk=False)
    if matcher.ratio() < ALIKE:
        return whole
    found: list[Piece] = []
    for what, i, j, k, m in matcher.get_opcodes():
        if what == "equal":
            found.append(Piece("same", "".join(old[i:j])))
        else:
            parts = (Piece("gone", "".join(old[i:j])), Piece("new", "".join(new[k:m])))
            found += [part for part in parts if part.text]
    return found


def _ordered(dump: Json) -> list[str]:
    """The keys of the sections that hold something, as they stand on the page."""
    document = Document.load(dump)
    keys = [setting.key for setting in view.ordered(document, themes.of(document))]
    return [key for key in keys if (document.basics.summary if key == "summary" else document.section(key))]


def _place(key: str) -> str:
    """A section's key as the beginning of a path."""
    return f"custom/{key.removeprefix(CUSTOM)}" if key.startswith(CUSTOM) else key


def _several(value: Any) -> list[Any]:
    """What a key that we do not know holds may have been one thing, and be many now."""
    return value if isinstance(value, list) else [] if value is None else [value]


def _holds_entries(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, dict) and "id" in one for one in value)


def _at(tree: Any, steps: list[str]) -> Any:
    for step in steps:
        if isinstance(tree, list):
            tree = next((one for one in tree if isinstance(one, dict) and one.get("id") == step), None)
        else:
            tree = tree.get(step) if isinstance(tree, dict) else None
    return tree


def _with(tree: Any, name: str) -> Iterator[Any]:
    """The entries of this id, wherever they stand."""
    if isinstance(tree, dict):
        if tree.get("id") == name:
            yield tree
        for value in tree.values():
            yield from _with(value, name)
    elif isinstance(tree, list):
        for one in tree:
            yield from _with(one, name)
