"""What an import gives: a document, and for every field in it how sure we are and where it stood in the source."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal, get_args

from cvstudio.document import Document
from cvstudio.document.model import MAX_ITEMS, MAX_TEXT, CvLanguage, Language, clean
from cvstudio.importers.failures import TooMuchWork

Kind = Literal["pdf", "linkedin_pdf", "linkedin_zip", "json_resume", "europass", "docx", "markdown", "text"]
KINDS: tuple[Kind, ...] = get_args(Kind)

Box = tuple[float, float, float, float]  # left, top, right, bottom: points from the page's upper left corner

MAX_ENTRIES = 5_000  # begun in a whole document; a file with more of them is no CV
DOUBTFUL = 0.7  # below: ask the person to look


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the source: a page and a box, or a line, or a file of an archive and its row. All count from 1.

    `text` is what stands there, cut when long; blank where the value is all of it.
    """

    page: int | None = None
    box: Box | None = None
    line: int | None = None
    file: str = ""
    row: int | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """`path` is that of document.edit ("basics.name", "work/<id>/position"); lines of a list each have their own,
    with the number of the line behind ("work/<id>/highlights/0")."""

    path: str
    value: str
    confidence: float
    place: Place

    @property
    def doubtful(self) -> bool:
        return self.confidence < DOUBTFUL


@dataclass(frozen=True)
class Imported:
    document: Document
    fields: tuple[Field, ...]
    kind: Kind
    language: Language
    warnings: tuple[str, ...] = ()  # codes; the doors have the sentences

    def dump(self) -> dict[str, Any]:
        """As plain JSON, for the way out of the child process."""
        return {
            "document": self.document.dump(),
            "fields": [asdict(one) for one in self.fields],
            "kind": self.kind,
            "language": self.language,
            "warnings": list(self.warnings),
        }

    @classmethod
    def load(cls, data: dict[str, Any]) -> Imported:
        """What `dump` gave. Raises KeyError, TypeError, ValueError or InvalidInput for anything else."""
        if data["kind"] not in KINDS or data["language"] not in get_args(Language):
            raise ValueError("not an import")
        fields = tuple(_field(**one) for one in data["fields"])
        return cls(Document.load(data["document"]), fields, data["kind"], data["language"], tuple(data["warnings"]))


def _field(path: str, value: str, confidence: float, place: dict[str, Any]) -> Field:
    box = place.pop("box")
    return Field(path, value, float(confidence), Place(**place, box=tuple(box) if box else None))


@dataclass
class Draft:
    """A document under construction: every value goes in together with its evidence."""

    language: Language = "fr"  # of the two that we speak
    written: CvLanguage | None = None  # the CV's own, where it is another
    tree: dict[str, Any] = field(default_factory=dict)
    fields: list[Field] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    entries: int = 0  # begun so far

    def basics(self, name: str, value: str, confidence: float, place: Place) -> None:
        """`name` in JSON Resume's words: "label", "location.city". The first value stays."""
        target = self.tree.setdefault("basics", {})
        *above, key = name.split(".")
        for step in above:
            target = target.setdefault(step, {})
        if (value := self._text(value)) and key not in target:
            target[key] = value
            self.fields.append(Field(f"basics.{_snake(name)}", value, _share(confidence), place))

    def profile(self, network: str, username: str, url: str, confidence: float, place: Place) -> None:
        profiles = self.tree.setdefault("basics", {}).setdefault("profiles", [])
        if any(one.get("url") == url and one.get("username") == username for one in profiles):
            return
        entry = Entry(self, "profiles", profiles)
        entry.set("network", network, confidence, place)
        entry.set("username", username, confidence, place)
        entry.set("url", url, confidence, place)

    def entry(self, section: str) -> Entry:
        """A new entry at the end of a section; it is kept once something is set. Raises TooMuchWork."""
        self.entries += 1
        if self.entries > MAX_ENTRIES:
            raise TooMuchWork("more entries than a CV has")
        return Entry(self, section, self.tree.setdefault(section, []))

    def custom(self, title: str) -> Entry:
        """A new entry in the free section of this title."""
        sections = self.tree.setdefault("custom", [])
        found = next((one for one in sections if one["title"] == title), None)
        if found is None:
            found = {"id": f"custom-{len(sections) + 1}", "title": title[:120], "items": []}
            sections.append(found)
        return Entry(self, f"custom:{found['id']}", found["items"])

    def warn(self, code: str) -> None:
        if code not in self.warnings:
            self.warnings.append(code)

    def finish(self, kind: Kind) -> Imported:
        tree = {key: value for key, value in self.tree.items() if value}
        if "custom" in tree:
            tree["custom"] = [section for section in tree["custom"] if section["items"]]
        tree["meta"] = {"studio": {"language": self.written or self.language}}
        return Imported(Document.load(tree), tuple(self.fields), kind, self.language, tuple(self.warnings))

    def _text(self, value: str) -> str:
        value = clean(value).strip()
        if len(value) > MAX_TEXT:
            self.warn("text_cut")
            value = value[:MAX_TEXT]
        return value


@dataclass
class Entry:
    draft: Draft
    section: str
    home: list[dict[str, Any]]
    tree: dict[str, Any] = field(default_factory=dict)

    def set(self, name: str, value: str, confidence: float, place: Place) -> None:
        """`name` in JSON Resume's words ("startDate"). The first value stays."""
        if (value := self.draft._text(value)) and name not in self.tree and self._at_home():
            self.tree[name] = value
            self.draft.fields.append(Field(self._path(name), value, _share(confidence), place))

    def more(self, name: str, value: str, confidence: float, place: Place) -> None:
        """Text added to what is there, as a paragraph of its own."""
        if name not in self.tree:
            self.set(name, value, confidence, place)
        elif (value := self.draft._text(f"{self.tree[name]}\n{value}")) != self.tree[name]:
            self.tree[name] = value
            path = self._path(name)
            at = next(n for n, one in enumerate(self.draft.fields) if one.path == path)
            old = self.draft.fields[at]
            self.draft.fields[at] = Field(path, value, min(old.confidence, _share(confidence)), old.place)

    def add(self, name: str, value: str, confidence: float, place: Place) -> None:
        """One more line of a list: "highlights", "keywords"."""
        if not (value := self.draft._text(value)) or not self._at_home():
            return
        lines = self.tree.setdefault(name, [])
        if len(lines) >= MAX_ITEMS:
            self.draft.warn("list_cut")
            return
        lines.append(value)
        path = f"{self._path(name)}/{len(lines) - 1}"
        self.draft.fields.append(Field(path, value, _share(confidence), place))

    def get(self, name: str) -> str:
        return str(self.tree.get(name, ""))

    def _path(self, name: str) -> str:
        return f"{self.section}/{self.tree['id']}/{_snake(name)}"

    def _at_home(self) -> bool:
        """In its section from the first value on."""
        if not self.tree:
            if len(self.home) >= MAX_ITEMS:
                self.draft.warn("list_cut")
                return False
            self.tree["id"] = f"{self.section.removeprefix('custom:')}-{len(self.home) + 1}"
            self.home.append(self.tree)
        return True


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)


def _share(confidence: float) -> float:
    return round(max(0.0, min(1.0, confidence)), 2)
