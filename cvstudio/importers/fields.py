"""Entries of a section → fields of the document: which part of a head is the title, the employer, the school …"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from cvstudio.importers import contacts, entries, words
from cvstudio.importers.blocks import Block, commas
from cvstudio.importers.entries import Atom, Raw, is_link
from cvstudio.importers.model import Draft, Entry
from cvstudio.importers.sections import Section

AT = re.compile(r"\s+(?:chez|at|@|auprès de|auprès d’)\s+", re.IGNORECASE)
SCORE = re.compile(
    r"\bmention\b|\bgpa\b|\b\d{1,2}(?:[.,]\d+)?\s?/\s?(?:20|4|10|100)\b|\bfirst[- ]class\b|\b2[:.][12]\b|honou?rs|"
    r"cum laude|\bgrade\b|\bdistinction\b|\bmajor[e]? de promo|félicitations|\bmerit\b|\bpass\b|\brang\b|"
    r"\bnote\s*:?\s*\d",
    re.IGNORECASE,
)
ISSUER = re.compile(
    r"^(?:(?:issued|awarded|delivered|granted) by|délivrée? par|émise? par|by|par)\s*:?\s+", re.IGNORECASE
)
ON_REQUEST = re.compile(r"\b(?:request|demande|anfrage|richiesta|solicitud|pedido)\W*$", re.IGNORECASE)
PARTS = ("titles", "employers")
LONGEST_LINE = 250  # characters of one that could be a bullet
GUESSED = 0.6  # what only the commas tell: to be looked at
CITED = re.compile(
    r"(?:\[?\d{1,3}[.\])]\s+)?(?P<who>[^()]{3,200}) \((?P<year>(?:19|20)\d{2})[a-z]?\)[.,:]?\s+"
    r"(?P<title>[^.?!]{5,250}[?!]?)(?:\.\s*|\s+|$)(?P<where>.*)$"
)
YEAR_FIRST = re.compile(r"((?:19|20)\d{2})\s+(?=[^\W\d_])")
DEGREE_JOINT = re.compile(r"^\s*(?:(?:(?:en|in|of|de|du|des)\s|d[’']|–|—|-|:|,|\()\s*)+", re.IGNORECASE)


def fill(
    draft: Draft, section: Section, links: Mapping[str, str], sure: float, *, employer_first: bool = False
) -> None:
    """One section's entries into the draft. `employer_first`: this layout is known to have it so."""
    listed = section.key in ("certificates", "awards", "publications")
    blocks = _cited(draft, section.blocks, sure) if section.key == "publications" else section.blocks
    raws = entries.split(blocks, listed=listed)
    heads = [_joined_titles(raw.atoms()) for raw in raws]
    if section.key == "work":
        _jobs(draft, ("work", "name"), raws, heads, links, sure, employer_first)
    elif section.key == "volunteer":
        _jobs(draft, ("volunteer", "organization"), raws, heads, links, sure, employer_first)
    elif section.key == "education":
        _schools(draft, raws, heads, links, sure, employer_first)
    elif section.key == "projects":
        _projects(draft, raws, heads, links, sure)
    elif section.key == "certificates":
        _named(draft, "certificates", ("name", "issuer", "date"), raws, heads, links, sure)
    elif section.key == "awards":
        _named(draft, "awards", ("title", "awarder", "date"), raws, heads, links, sure)
    elif section.key == "publications":
        _named(draft, "publications", ("name", "publisher", "releaseDate"), raws, heads, links, sure)
    elif section.key == "references":
        _references(draft, section, sure)
    else:
        _custom(draft, section.title, raws, heads, links, sure)


def _joined_titles(atoms: list[Atom]) -> list[Atom]:
    """A title that wrapped over two lines of the same weight is one."""
    return [atom for atom in atoms if atom.text and not contacts.MAIL.fullmatch(atom.text)]


def _dates(entry: Entry, raw: Raw, sure: float, *, twice: bool = False) -> None:
    found = raw.dates()
    if not found:
        return
    span, place = found
    if span.single:
        if twice:
            entry.set("startDate", span.end, 0.7 * sure, place)
        entry.set("endDate", span.end, 0.8 * sure, place)
    else:
        entry.set("startDate", span.start, sure, place)
        entry.set("endDate", span.end, sure, place)


def _link(entry: Entry, raw: Raw, links: Mapping[str, str], sure: float) -> None:
    block = raw.link()
    match = contacts.LINK.search(block.flat) if block else None
    if block and match:
        entry.set("url", contacts.full(match[0], links), sure, block.place)


def _bullets(entry: Entry, raw: Raw, sure: float) -> None:
    for block in raw.bullets:
        entry.add("highlights", block.flat, sure, block.place)


def _jobs(
    draft: Draft,
    names: tuple[str, str],
    raws: Sequence[Raw],
    heads: list[list[Atom]],
    links: Mapping[str, str],
    sure: float,
    employer_first: bool,
) -> None:
    section, where = names
    raws = _as_bullets(raws)
    parts = [_one_line(*entries.without_places(atoms)) for atoms in heads]
    title_first, clear = entries.order([atoms for atoms, _ in parts], "titles", "employers")
    if employer_first:
        title_first, clear = False, 1.0
    guess = sure * (0.75 + 0.25 * clear)
    for raw, (atoms, town) in zip(raws, parts, strict=True):
        entry = draft.entry(section)
        named = (("position", where) if title_first else (where, "position")) if len(atoms) > 1 else _lone(atoms, where)
        for name, atom in zip(named, atoms, strict=False):
            trust = guess if len(atoms) > 1 else 0.8 * sure
            entry.set(name, atom.text, min(trust, GUESSED) if atom.unsure else trust, atom.place)
        for atom in atoms[2:]:
            if told := _told(raw, atom):
                entry.more("summary", told, 0.8 * sure, atom.place)
            else:
                _rest_of_job(entry, section, atom, town, sure)
        if town and section == "work":
            entry.set("location", town.text, GUESSED if town.unsure else 0.9 * sure, town.place)
        _dates(entry, raw, sure, twice=True)
        for block in raw.paragraphs:
            entry.more("summary", block.flat, sure, block.place)
        _bullets(entry, raw, sure)
        _link(entry, raw, links, sure)


def _as_bullets(raws: Sequence[Raw]) -> list[Raw]:
    """Where no entry has bullets and most have several short paragraphs, these are its list, unmarked."""
    paragraphs = [raw.paragraphs for raw in raws]
    if any(raw.bullets for raw in raws) or sum(map(len, paragraphs)) < 2 * len(raws):
        return list(raws)
    if any(len(block.flat) > LONGEST_LINE for found in paragraphs for block in found):
        return list(raws)
    return [
        Raw(raw.head, [block if is_link(block) else replace(block, item=True) for block in raw.body]) for raw in raws
    ]


def _lone(atoms: Sequence[Atom], where: str) -> tuple[str, ...]:
    """A head of one part: a title, unless it is rather an employer's name."""
    if not atoms:
        return ()
    text = atoms[0].text
    return (where,) if words.share(text, "employers") > words.share(text, "titles") else ("position",)


def _rest_of_job(entry: Entry, section: str, atom: Atom, town: Atom | None, sure: float) -> None:
    if section != "work":
        entry.more("summary", atom.text, 0.7 * sure, atom.place)
    elif not town and "location" not in entry.tree and len(atom.text.split()) <= 4:
        entry.set("location", atom.text, 0.7 * sure, atom.place)
    else:
        entry.set("description", atom.text, 0.8 * sure, atom.place)


def _one_line(atoms: list[Atom], town: Atom | None) -> tuple[list[Atom], Atom | None]:
    """ "Développeuse chez Acme", "Analyst, Acme Ltd": two parts in one atom."""
    if not atoms:
        return atoms, town
    first = atoms[0]
    halves = AT.split(first.text, maxsplit=1)
    if len(halves) == 1 and len(atoms) == 2 and not town and ", " in first.text:
        left, _, right = first.text.rpartition(", ")  # "Analyst, Acme Ltd" over "Leeds"
        named = words.share(right, "employers") > 0 and not any(words.share(atoms[1].text, t) for t in PARTS)
        if words.share(left, "titles") > words.share(right, "titles") and (named or words.is_place(atoms[1].text)):
            return [replace(first, text=left), replace(first, text=right)], atoms[1]
    if len(halves) == 1 and len(atoms) == 1 and ", " in first.text:
        left, _, right = first.text.partition(", ")
        if words.share(left, "titles") > 0 or words.share(right, "employers") > 0 or words.share(right, "titles") > 0:
            halves = [left, right]
        if guessed := _by_capitals(first, town, known=len(halves) == 2):
            return guessed
    if len(halves) == 2:
        return [Atom(half, first.place, first.strong, first.block) for half in halves] + atoms[1:], town
    return atoms, town


def _by_capitals(head: Atom, town: Atom | None, *, known: bool) -> tuple[list[Atom], Atom | None] | None:
    """ "Aide-soignante, EHPAD Les Tilleuls, Lyon", by its commas alone: names begin with a capital, what else a title
    enumerates does not. `known`: the words have told the title from the employer, and only the place may be missing."""
    *titles, last = head.text.split(", ")
    if not last[:1].isupper():
        return None
    parts = [last]
    if not town and len(titles) > 1 and titles[-1][:1].isupper():
        parts = [titles.pop(), last]
    if known and len(parts) == 1:
        return None
    made = [Atom(text, head.place, head.strong, head.block, unsure=True) for text in (", ".join(titles), *parts)]
    return made[:2], made[2] if len(made) > 2 else town


def _schools(
    draft: Draft,
    raws: Sequence[Raw],
    heads: list[list[Atom]],
    links: Mapping[str, str],
    sure: float,
    school_first: bool,
) -> None:
    parts = []
    apart = [_courses_apart(raw, atoms) for raw, atoms in zip(raws, heads, strict=True)]
    for atoms in (_with_scores_apart(atoms) for _, atoms in apart):
        score = next((atom for atom in atoms[1:] if SCORE.search(atom.text)), None)
        kept, town = entries.without_places(_whole_degree([atom for atom in atoms if atom is not score]))
        if len(kept) == 1:
            kept = _degree_and_school(kept[0])
        parts.append((kept, town, score))
    degree_first, clear = entries.order([kept for kept, _, _ in parts], "degrees", "employers")
    if school_first:
        degree_first, clear = False, 1.0
    guess = sure * (0.75 + 0.25 * clear)
    for (raw, _), (atoms, town, score) in zip(apart, parts, strict=True):
        entry = draft.entry("education")
        degree, school = (0, 1) if degree_first else (1, 0)
        if len(atoms) == 1 and words.share(atoms[0].text, "employers") > words.share(atoms[0].text, "degrees"):
            degree, school = 1, 0
        elif len(atoms) == 1:
            degree, school = 0, 1
        if degree < len(atoms):
            _degree(entry, atoms[degree], guess)
        if school < len(atoms):
            entry.set("institution", atoms[school].text, guess, atoms[school].place)
        for atom in atoms[2:]:
            if not town and not entry.get("location") and len(atom.text.split()) <= 4:
                entry.set("location", atom.text, 0.7 * sure, atom.place)
            else:
                entry.set("score", atom.text, 0.6 * sure, atom.place)
        if town:
            entry.set("location", town.text, 0.9 * sure, town.place)
        if score:
            entry.set("score", score.text, 0.9 * sure, score.place)
        _dates(entry, raw, sure)
        above = raw.head[-1].flat if raw.head else ""
        for block in raw.body:
            _about_school(entry, block, above, sure)
            above = block.flat
        _link(entry, raw, links, sure)


def _courses_apart(raw: Raw, atoms: list[Atom]) -> tuple[Raw, list[Atom]]:
    """ "Statistics, Employment law", below the degree and the school: what was studied, no part of the head."""
    last = raw.head[-1] if len(raw.head) > 2 else None
    terms = commas(last.flat) if last and not last.dates else []
    if len(terms) < 2 or last is None or SCORE.search(last.flat) or words.is_place(last.flat):
        return raw, atoms
    if max(len(term.split()) for term in terms) > 5 or words.share(last.flat, "employers"):
        return raw, atoms
    return Raw(raw.head[:-1], [last, *raw.body]), [atom for atom in atoms if atom.block < len(raw.head) - 1]


def _with_scores_apart(atoms: list[Atom]) -> list[Atom]:
    """ "MEng Civil Engineering, First Class" is a degree and a mark."""
    apart: list[Atom] = []
    for atom in atoms:
        left, comma, right = atom.text.rpartition(", ")
        both = comma and SCORE.search(right) and not SCORE.search(left)
        apart += [replace(atom, text=left), replace(atom, text=right)] if both else [atom]
    return apart


def _whole_degree(atoms: list[Atom]) -> list[Atom]:
    """ "Master" and "Finance" apart, either before the other, and the school besides: one degree."""
    for at, two in enumerate(pairwise(atoms)):
        degrees = [atom for atom in two if words.plain(atom.text) in words.words("degrees")]
        if len(atoms) < 3 or len(degrees) != 1:
            continue
        degree, area = (two[0], two[1]) if two[0] is degrees[0] else (two[1], two[0])
        if not words.share(area.text, "employers") and not words.is_place(area.text):
            return [*atoms[:at], replace(degree, text=f"{degree.text}, {area.text}"), *atoms[at + 2 :]]
    if len(atoms) == 3 and words.plain(atoms[0].text) in words.words("degrees"):  # the school between the two
        degree, school, area = atoms
        if words.share(school.text, "employers") > words.share(area.text, "employers"):
            return [replace(degree, text=f"{degree.text}, {area.text}"), school]
    return atoms


def _about_school(entry: Entry, block: Block, above: str, sure: float) -> None:
    if entries.is_link(block):
        return
    if not entry.get("studyType") and not entry.get("area") and _opens_with_degree(block.flat):
        _degree(entry, Atom(block.flat.rstrip("."), block.place), 0.9 * sure)  # a line of its own under the school
        return
    text = re.sub(
        r"^(?:cours|courses|modules|coursework)(?: principaux| suivis)?\s*:\s*", "", block.flat, flags=re.IGNORECASE
    )
    terms = _terms(block, text)
    listed = len(terms) > 1 and not text.endswith(".") and max(len(t.split()) for t in terms) <= 7
    if block.terms or text != block.flat or listed:
        for term in terms:
            entry.add("courses", term, 0.85 * sure, block.place)
    elif not entry.get("studyType") and words.plain(text) in words.words("degrees"):
        entry.set("studyType", text, 0.8 * sure, block.place)
    elif SCORE.search(text) and len(text) < 40:
        entry.set("score", text, 0.8 * sure, block.place)
    elif above and above == entry.get("studyType") and not entry.get("area") and len(text) < 80:
        entry.set("area", text, 0.8 * sure, block.place)
    elif len(text.split()) <= 5 and not text.endswith(".") and not block.item:
        entry.add("courses", text, 0.7 * sure, block.place)
    else:
        entry.more("summary", text, sure, block.place)


def _opens_with_degree(text: str) -> bool:
    """ "BSc: Adult Nursing", "Licence de droit": a degree with its field, and no sentence."""
    pieces = text.split()
    known = (words.plain(" ".join(pieces[:count])).rstrip(".:,") in words.words("degrees") for count in (1, 2, 3))
    return 1 < len(pieces) <= 10 and any(known) and "," not in text.partition(", ")[2]


def _terms(block: Block, text: str) -> list[str]:
    """Of a list: set apart by their looks, else by commas."""
    atoms = block.atoms()
    return atoms if len(atoms) > 1 and text == block.flat and "," not in text else commas(text)


def _degree_and_school(atom: Atom) -> list[Atom]:
    """ "Master Finance, Université de Lille" in one atom, or "BSc Nursing at Leeds University"."""
    halves = AT.split(atom.text, maxsplit=1)
    if len(halves) == 2:
        return [replace(atom, text=half) for half in halves]
    pieces = atom.text.split(", ")
    at = next((n for n, piece in enumerate(pieces) if n and words.share(piece, "employers") > 0), None)
    if at is None and len(pieces) > 1 and words.share(pieces[0], "employers") > words.share(pieces[0], "degrees"):
        at = 1
    if at is None:
        return [atom]
    return [replace(atom, text=half) for half in (", ".join(pieces[:at]), ", ".join(pieces[at:]))]


def _degree(entry: Entry, atom: Atom, sure: float) -> None:
    """ "Master, Finance" or "Master en finance" into the degree and its field."""
    kind, comma, area = atom.text.partition(", ")
    if comma and not words.share(kind, "degrees") and words.plain(area).rstrip(".") in words.words("degrees"):
        kind, area = area, kind  # "Nursing, BSc"
    if comma:
        entry.set("studyType", kind, sure, atom.place)
        entry.set("area", area, sure, atom.place)
        return
    known = words.words("degrees")
    pieces = atom.text.split()
    for count in range(min(4, len(pieces)), 0, -1):
        if words.plain(" ".join(pieces[:count])).rstrip(".:") in known:
            rest = " ".join(pieces[count:])
            kind = " ".join(pieces[:count]).rstrip(":")
            if honours := re.match(r"\([A-Za-z]{1,10}\.?\)(?=\s|$)", rest):  # "BA (Hons) Graphic Design"
                kind, rest = f"{kind} {honours[0]}", rest[honours.end() :]
            area = DEGREE_JOINT.sub("", rest).rstrip(")")
            entry.set("studyType", kind, 0.9 * sure, atom.place)
            entry.set("area", area, 0.9 * sure, atom.place)
            return
    entry.set("studyType" if words.share(atom.text, "degrees") else "area", atom.text, 0.7 * sure, atom.place)


def _projects(
    draft: Draft, raws: Sequence[Raw], heads: list[list[Atom]], links: Mapping[str, str], sure: float
) -> None:
    for raw, atoms in zip(raws, heads, strict=True):
        entry = draft.entry("projects")
        atoms = [atom for atom in atoms if not contacts.LINK.fullmatch(atom.text)]
        for number, atom in enumerate(atoms):
            if number == 0:
                entry.set("name", atom.text, sure, atom.place)
            elif len(atom.text.split()) > 7 or _sentence(atom.text) or _told(raw, atom):
                entry.more("description", _told(raw, atom) or atom.text, 0.8 * sure, atom.place)
            elif words.share(atom.text, "titles") > 0 or number > 1:
                for role in commas(atom.text):
                    entry.add("roles", role, 0.8 * sure, atom.place)
            else:
                entry.set("entity", atom.text, 0.75 * sure, atom.place)
        _dates(entry, raw, sure)
        for block in raw.paragraphs:
            text = re.sub(
                r"^(?:technologies|outils|tools|stack|environnement)[^:]{0,20}:\s*", "", block.flat, flags=re.IGNORECASE
            )
            terms = _terms(block, text)
            short = max((len(term.split()) for term in terms), default=9) <= 5 and not text.endswith(".")
            if block.terms or text != block.flat or (short and (len(terms) > 1 or entry.get("description"))):
                for term in terms:
                    entry.add("keywords", term, 0.85 * sure, block.place)
            else:
                entry.more("description", block.flat, sure, block.place)
        _bullets(entry, raw, sure)
        _link(entry, raw, links, sure)


def _told(raw: Raw, atom: Atom) -> str:
    """The whole line, where it is one short sentence with its full stop: "A free planner.", not "Acme Inc."."""
    block = raw.head[atom.block] if atom.block < len(raw.head) else None
    whole = block is not None and block.flat == f"{atom.text}." and not block.bold and " " in atom.text
    return block.flat if block and whole and not words.is_place(atom.text) else ""


def _sentence(text: str) -> bool:
    """Several words, few of them with a capital: what it is, not who it was for."""
    pieces = text.split()
    small = sum(piece[:1].islower() for piece in pieces)
    return len(pieces) >= 4 and small > 0.6 * len(pieces) and not words.share(text, "employers")


def _named(
    draft: Draft,
    section: str,
    names: tuple[str, str, str],
    raws: Sequence[Raw],
    heads: list[list[Atom]],
    links: Mapping[str, str],
    sure: float,
) -> None:
    """Certificates, awards, publications: what, by whom, when."""
    what, whom, date = names
    for raw, atoms in zip(raws, heads, strict=True):
        entry = draft.entry(section)
        year = YEAR_FIRST.match(atoms[0].text) if atoms and raw.dates() is None else None
        if year:
            entry.set(date, year[1], 0.9 * sure, atoms[0].place)
            atoms = [replace(atoms[0], text=atoms[0].text[year.end() :]), *atoms[1:]]
        if len(atoms) == 1 and ", " in atoms[0].text and not raw.head[0].level and not raw.body:
            left, _, right = atoms[0].text.rpartition(", ")
            atoms = [Atom(left, atoms[0].place), Atom(right, atoms[0].place)]
        match = re.fullmatch(r"(.+?) \(([^()]+)\)", atoms[0].text) if len(atoms) == 1 else None
        if match and not raw.head[0].level:
            atoms = [Atom(match[1], atoms[0].place), Atom(match[2], atoms[0].place)]
        atoms = [replace(atom, text=ISSUER.sub("", atom.text)) for atom in atoms]
        for name, atom in zip((what, whom), atoms, strict=False):
            entry.set(name, atom.text, sure if name == what else 0.9 * sure, atom.place)
        if found := raw.dates():
            entry.set(date, found[0].end or found[0].start, sure, found[1])
        for block in raw.body:
            if section != "certificates" and not entries.is_link(block):
                entry.more("summary", block.flat, sure, block.place)
        if section != "awards":
            _link(entry, raw, links, sure)


def _cited(draft: Draft, blocks: Sequence[Block], sure: float) -> list[Block]:
    """ "Lovelace, A. (1843). Notes on the engine. Scientific Memoirs, 3, 666–731.": takes those that are cited so out
    of the blocks."""
    rest = []
    for block in blocks:
        if cited := CITED.match(block.flat):
            entry = draft.entry("publications")
            entry.set("name", cited["title"], 0.9 * sure, block.place)
            entry.set("publisher", cited["where"].strip(" ."), 0.8 * sure, block.place)
            entry.set("releaseDate", cited["year"], sure, block.place)
            entry.set("summary", cited["who"].strip(" ,"), 0.8 * sure, block.place)
        else:
            rest.append(block)
    return rest


def _references(draft: Draft, section: Section, sure: float) -> None:
    for raw in entries.split(section.blocks):
        entry = draft.entry("references")
        first, *more = [*raw.head, *raw.body]
        if ON_REQUEST.search(first.flat) and not more:
            continue
        if first.is_prose() and not more:
            entry.set("reference", first.flat, 0.8 * sure, first.place)
            continue
        entry.set("name", first.flat, 0.9 * sure, first.place)
        for block in more:
            entry.more("reference", block.flat, sure, block.place)


def _custom(
    draft: Draft, title: str, raws: Sequence[Raw], heads: list[list[Atom]], links: Mapping[str, str], sure: float
) -> None:
    for raw, atoms in zip(raws, heads, strict=True):
        entry = draft.custom(title)
        for name, atom in zip(("name", "subtitle"), atoms, strict=False):
            entry.set(name, atom.text, 0.9 * sure, atom.place)
        _dates(entry, raw, sure)
        for block in raw.paragraphs:
            entry.more("summary", block.flat, sure, block.place)
        _bullets(entry, raw, sure)
        _link(entry, raw, links, sure)
