"""A CV in another language: what is certain by itself, the sentences by a translator where there is one.

    made = translate(document, "de")            # labels, dates, levels, names of languages, known skills
    made = translate(document, "de", translator)
    made.untouched                              # paths of the texts that stayed as they were

Names, places, dates, addresses and links are never touched. A translated document remembers, in `meta.studio`, which
words of the original each field rests on and which words it was given: so it can tell what has become stale, and
what the person has rewritten since.

A path is that of document.edit ("work/<id>/position"); lines of a list have their number behind it in `untouched`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from cvstudio.document import CUSTOM, SECTIONS, Document, Item
from cvstudio.document.model import CustomSection, CvLanguage, Part, Translation, clean
from cvstudio.tailoring import translation_gate, translation_words
from cvstudio.tailoring.translation_words import Role

ROLES: dict[str, dict[str, Role]] = {
    "basics": {"label": "title", "summary": "prose"},
    "work": {"position": "title", "description": "prose", "summary": "prose", "highlights": "prose"},
    "volunteer": {"position": "title", "summary": "prose", "highlights": "prose"},
    "education": {
        **dict.fromkeys(("study_type", "area"), "title"),
        **dict.fromkeys(("score", "summary", "courses"), "prose"),
    },
    "projects": {"description": "prose", "highlights": "prose", "keywords": "skill", "roles": "title", "type": "prose"},
    "awards": {"title": "prose", "summary": "prose"},
    "certificates": {"name": "skill"},
    "publications": {"summary": "prose"},
    "skills": {"name": "skill", "level": "level", "keywords": "skill"},
    "languages": {"language": "language", "fluency": "level"},
    "interests": {"name": "skill", "keywords": "skill"},
    "references": {"reference": "prose"},
    "custom": {"name": "prose", "subtitle": "prose", "summary": "prose", "highlights": "prose"},
    "title": {"title": "prose"},
}
NAMES: dict[str, tuple[str, ...]] = {  # kept as they are, also inside of sentences
    "work": ("name",),
    "volunteer": ("organization",),
    "education": ("institution",),
    "projects": ("name", "entity"),
    "awards": ("awarder",),
    "certificates": ("issuer",),
    "publications": ("name", "publisher"),
    "references": ("name",),
}
DIGEST = 6  # bytes of a text's fingerprint


class Translator(Protocol):
    def translate(self, texts: Sequence[str], source: CvLanguage, target: CvLanguage, keep: Sequence[str]) -> list[str]:
        """Each text in the target language, in order; `keep` are names to leave. What it gives is checked."""


@dataclass(frozen=True)
class Translated:
    document: Document
    untouched: tuple[str, ...]  # in the document's order


@dataclass(frozen=True)
class Stale:
    """A field whose original has changed since, or an entry that is new there or no longer there ("work/<id>")."""

    path: str
    text: str  # the original's, now; of what is gone there, the translation's
    edited: bool = False  # the person has rewritten it in the translation
    gone: bool = False


@dataclass(frozen=True)
class _Slot:
    path: str
    part: Part
    name: str
    role: Role | None  # None: never translated

    def texts(self) -> list[str]:
        value = getattr(self.part, self.name)
        return list(value) if isinstance(value, list) else [value]

    def write(self, texts: Sequence[str]) -> None:
        setattr(self.part, self.name, list(texts) if isinstance(getattr(self.part, self.name), list) else texts[0])

    def paths(self) -> list[str]:
        """One of each text."""
        listed = isinstance(getattr(self.part, self.name), list)
        return [f"{self.path}/{at}" for at in range(len(self.texts()))] if listed else [self.path]


def translate(
    document: Document,
    target: CvLanguage,
    translator: Translator | None = None,
    *,
    only: Collection[str] | None = None,
) -> Translated:
    """A translated copy; with `only`, the translator is asked for those fields and no others."""
    source = document.studio.language
    made = document.model_copy(deep=True)
    made.studio.language = target
    asked: list[tuple[_Slot, int]] = []
    slots = [(slot, slot.role) for slot in _slots(made) if slot.role]
    for slot, role in slots:
        texts = slot.texts()
        for at, text in enumerate(texts):
            certain = translation_words.known(role, text, source, target) if source != target else text
            if certain is None:
                asked.append((slot, at))
            else:
                texts[at] = certain
        slot.write(texts)
    wanted = [one for one in asked if only is None or one[0].path in only]
    done = _ask(translator, wanted, source, target, _names(document)) if translator and wanted else set()
    left = {(slot.path, at) for slot, at in asked} - done
    _forget_typed(made)
    made.studio.translation = _record(document, made)
    untouched = [path for slot, _ in slots for at, path in enumerate(slot.paths()) if (slot.path, at) in left]
    return Translated(made, tuple(untouched))


def untouched_texts(document: Document, target: CvLanguage) -> list[str]:
    """What would stay as it is without a translator, the person's own words."""
    left = set(translate(document, target).untouched)
    return [
        text for slot in _slots(document) for path, text in zip(slot.paths(), slot.texts(), strict=True) if path in left
    ]


def stale(original: Document, translated: Document) -> list[Stale]:
    """What the original says otherwise than when it was translated, in the original's order."""
    kept = translated.studio.translation
    if not kept.origin:  # made before this was remembered, or elsewhere
        return []
    here = {slot.path: slot for slot in _slots(translated)}
    entries, seen = _entries(translated), {_entry(path) for path in kept.origin}
    found: dict[str, Stale] = {}
    for slot in _slots(original):
        entry = _entry(slot.path)
        mark, text = _mark(slot), "\n".join(slot.texts())
        if entry and entry not in entries:
            if entry not in seen and text.strip() and not entry.startswith("title:"):  # else the person took it out
                known = found.get(entry)
                found[entry] = Stale(entry, f"{known.text} · {text}" if known else text)
        elif mark != kept.origin.get(slot.path, _BLANK) and slot.path in here:
            edited = _mark(here[slot.path]) != kept.made.get(slot.path, _BLANK)
            found[slot.path] = Stale(slot.path, text, edited)
    return [*found.values(), *_gone(original, translated)]


def _gone(original: Document, translated: Document) -> Iterator[Stale]:
    """Entries that were translated and that the original no longer has, in the translation's order."""
    kept, there = translated.studio.translation, _entries(original)
    gone: dict[str, list[_Slot]] = {}
    for slot in _slots(translated):
        entry = _entry(slot.path)
        if entry and entry not in there and slot.path in kept.origin:
            gone.setdefault(entry, []).append(slot)
    for entry, slots in gone.items():
        edited = any(_mark(slot) != kept.made.get(slot.path, _BLANK) for slot in slots)
        yield Stale(entry, " · ".join(text for slot in slots for text in slot.texts() if text.strip()), edited, True)


def renewed(
    original: Document, translated: Document, paths: Collection[str], translator: Translator | None = None
) -> Translated:
    """The translation with these fields and entries made again from the original; all others stay.

    An entry that is gone there goes here too.
    """
    target = translated.studio.language
    whole = {slot.path for slot in _slots(original) if slot.path in paths or _entry(slot.path) in paths}
    fresh = translate(original, target, translator, only=whole)
    made = translated.model_copy(deep=True)
    for entry in sorted(_entries(original).intersection(paths)):
        whole |= _bring(entry, fresh.document, made)
    here = {slot.path: slot for slot in _slots(made)}
    for slot in _slots(fresh.document):
        if slot.path in whole and slot.path in here:
            here[slot.path].write(slot.texts())
    for entry in {one.path for one in _gone(original, translated)}.intersection(paths):
        whole |= _rested(translated, [entry])
        _take_out(entry, made)
    _remember(made, fresh.document.studio.translation, whole)
    return Translated(made, tuple(path for path in fresh.untouched if _field(path, whole)))


def settled(original: Document, translated: Document, paths: Collection[str]) -> Document:
    """The translation with these fields no longer stale: the person says that they are right as they are."""
    made = translated.model_copy(deep=True)
    whole = {slot.path for slot in _slots(original) if slot.path in paths or _entry(slot.path) in paths}
    _remember(made, _record(original, made), whole | _rested(translated, paths))
    return made


def unedited(original: Document, translated: Document) -> list[str]:
    """Fields that are as they were made, and that the original has changed or that were never translated."""
    kept = translated.studio.translation
    changed = {one.path for one in stale(original, translated) if not one.edited}
    there = {slot.path: _mark(slot) for slot in _slots(original) if slot.role}
    for slot in _slots(translated):
        mark = _mark(slot)
        if slot.role and mark != _BLANK and mark == kept.made.get(slot.path) == there.get(slot.path):
            changed.add(slot.path)
    return sorted(changed)


# ---- walking -----------------------------------------------------------------------------------------------------


def _slots(document: Document) -> Iterator[_Slot]:
    """Every text of the person's, section by section, also what is hidden."""
    basics = document.basics
    yield from _of(basics, "basics.", ROLES["basics"])
    yield from _of(basics.location, "basics.location.", {})
    for profile in basics.profiles:
        yield from _of(profile, f"profiles/{profile.id}/", {})
    for key in SECTIONS:
        for item in document.section(key):
            yield from _of(item, f"{key}/{item.id}/", ROLES[key])
    for section in document.custom:
        yield _Slot(f"title:{CUSTOM}{section.id}", section, "title", "prose")
        for entry in section.items:
            yield from _of(entry, f"{CUSTOM}{section.id}/{entry.id}/", ROLES["custom"])
    for setting in document.studio.sections:
        if not setting.key.startswith(CUSTOM):
            yield _Slot(f"title:{setting.key}", setting, "title", "prose")


def _of(part: Part, prefix: str, roles: dict[str, Role]) -> Iterator[_Slot]:
    for name, field in type(part).model_fields.items():
        if name not in ("id", "image") and field.annotation in (str, list[str]):
            yield _Slot(prefix + name, part, name, roles.get(name))


def _entry(path: str) -> str:
    """ "work/<id>" of "work/<id>/position"; blank for the person's own fields and for headings."""
    return path.rpartition("/")[0]


def _entries(document: Document) -> set[str]:
    return {entry for slot in _slots(document) if (entry := _entry(slot.path))}


def _field(path: str, whole: Collection[str]) -> bool:
    return path in whole or path.rpartition("/")[0] in whole


def _names(document: Document) -> list[str]:
    """Longest first."""
    found = {document.basics.name, document.basics.location.city}
    for key, fields in NAMES.items():
        for item in document.section(key):
            found |= {getattr(item, name) for name in fields}
    return sorted((name.strip() for name in found if len(name.strip()) > 1), key=lambda name: (-len(name), name))


# ---- asking ------------------------------------------------------------------------------------------------------


def _ask(
    translator: Translator,
    wanted: Sequence[tuple[_Slot, int]],
    source: CvLanguage,
    target: CvLanguage,
    names: Sequence[str],
) -> set[tuple[str, int]]:
    """Writes what passes the gate, and says which those are."""
    said = [slot.texts()[at] for slot, at in wanted]
    given = translator.translate(said, source, target, [name for name in names if any(name in one for one in said)])
    if len(given) != len(said):
        return set()
    done = set()
    for (slot, at), before, now in zip(wanted, said, given, strict=True):
        now = clean(now).strip()
        if now != before.strip() and translation_gate.passes(
            before.strip(), now, source, target, names, title=slot.role != "prose"
        ):
            texts = slot.texts()
            texts[at] = now
            slot.write(texts)
            done.add((slot.path, at))
    return done


def _forget_typed(document: Document) -> None:
    """Dates as typed ("Présent") were in the other language."""
    for item in (*document.work, *document.education):
        typed = (item.model_extra or {}).get("asGiven")
        if isinstance(typed, dict) and item.model_extra is not None:
            kept = {key: value for key, value in typed.items() if key not in ("startDate", "endDate", "year")}
            item.model_extra.pop("asGiven")
            if kept:
                item.model_extra["asGiven"] = kept


# ---- remembering -------------------------------------------------------------------------------------------------


def _fingerprint(texts: Sequence[str]) -> str:
    return hashlib.blake2b("\n".join(texts).strip().encode(), digest_size=DIGEST).hexdigest()


_BLANK = _fingerprint([""])  # not kept


def _mark(slot: _Slot) -> str:
    return _fingerprint(slot.texts())


def _record(original: Document, made: Document) -> Translation:
    there, here = ({slot.path: _mark(slot) for slot in _slots(one)} for one in (original, made))
    return Translation(
        origin={path: mark for path, mark in there.items() if mark != _BLANK},
        made={path: mark for path, mark in here.items() if mark != _BLANK},
    )


def _remember(document: Document, fresh: Translation, paths: Collection[str]) -> None:
    kept = document.studio.translation
    for mine, new in ((kept.origin, fresh.origin), (kept.made, fresh.made)):
        for path in paths:
            if path in new:
                mine[path] = new[path]
            else:
                mine.pop(path, None)


def _rested(translated: Document, entries: Collection[str]) -> set[str]:
    """The fields of these entries that were translated."""
    return {path for path in translated.studio.translation.origin if _entry(path) in entries}


def _take_out(entry: str, made: Document) -> None:
    key, _, item_id = entry.rpartition("/")
    home = _items(made, key) or []
    home[:] = [item for item in home if item.id != item_id]


def _bring(entry: str, fresh: Document, made: Document) -> set[str]:
    """A new entry, at the place that it has in the original; gives the path of its section's title if that is new."""
    new = set()
    key, _, item_id = entry.rpartition("/")
    source: list[Any] = _items(fresh, key) or []
    home = _items(made, key)
    if home is None:
        section = fresh.custom_section(key)
        made.custom.append(CustomSection(id=section.id, title=section.title))
        home = made.section(key)
        new = {f"title:{key}"}
    at = next(place for place, item in enumerate(source) if item.id == item_id)
    if all(item.id != item_id for item in home):
        home.insert(min(at, len(home)), source[at].model_copy(deep=True))
    return new


def _items(document: Document, key: str) -> list[Item] | None:
    if key == "profiles":
        return document.basics.profiles  # type: ignore[return-value]  # a list of profiles is one of items
    try:
        return document.section(key)
    except KeyError:
        return None
