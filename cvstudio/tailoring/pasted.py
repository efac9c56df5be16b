"""A career told in pasted text, taken apart into facts; the words stay as they are.

Lines under a heading we know ("Expériences", "Skills") become facts of that kind; a line with dates opens a job, lines
below it belong to it. Prose without any form becomes one fact a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from cvstudio.document.dates import is_present, normalise
from cvstudio.document.model import DATE, Basics
from cvstudio.errors import InvalidInput
from cvstudio.tailoring.profile import Fact, Kind, Profile, add_facts, draft
from cvstudio.tailoring.words import clean, fold, sentences

MAX_PASTED = 60_000  # characters
HEADINGS: dict[str, Kind] = {
    **dict.fromkeys(
        ("work", "experience", "experiences", "experience professionnelle", "experiences professionnelles", "emplois",
         "parcours", "parcours professionnel", "work experience", "professional experience", "employment",
         "employment history", "work history", "career"),
        "experience",
    ),
    **dict.fromkeys(
        ("formation", "formations", "etudes", "diplomes", "education", "studies", "formation initiale", "training",
         "education and training", "diplomes et formations", "qualifications"),
        "education",
    ),
    **dict.fromkeys(
        ("competences", "competences techniques", "savoir-faire", "outils", "logiciels", "skills", "technical skills",
         "key skills", "tools", "software", "expertise"),
        "skill",
    ),
    **dict.fromkeys(("langues", "languages", "langues etrangeres"), "language"),
    **dict.fromkeys(("projets", "projects", "realisations personnelles"), "project"),
    **dict.fromkeys(("certifications", "certificats", "certificates", "licences", "permis", "habilitations"),
                    "certificate"),
    **dict.fromkeys(("benevolat", "engagement associatif", "engagements", "volunteering", "volunteer work"),
                    "volunteer"),
    **dict.fromkeys(("centres d'interet", "loisirs", "interets", "interests", "hobbies"), "interest"),
    **dict.fromkeys(("profil", "a propos", "presentation", "resume", "summary", "profile", "about me", "about"),
                    "summary"),
}  # fmt: skip
LISTED: frozenset[Kind] = frozenset({"skill", "language", "certificate", "interest"})
OPENED: frozenset[Kind] = frozenset({"experience", "education", "project", "volunteer"})
DATED = r"(?:(?:\d{1,2}[/.])?(?:19|20)\d\d|[^\W\d_]{3,9}\.? (?:19|20)\d\d)"
PERIOD = re.compile(
    rf"\(?\b(?:depuis|since|from|de|du)?\s*({DATED})"
    rf"(?:\s*(?:[-–—]|à|au|to|until)\s*({DATED}|[^\W\d_' ]+(?:['’ ][^\W\d_]+)?))?\)?"
)
BULLET = re.compile(r"^\s*(?:[-–—•·*▪◦●]|\d{1,2}[.)])\s+")
BETWEEN = re.compile(r"\s*(?:[,;|•·]|\s/\s)\s*(?![^()]*\))")
NAME = re.compile(r"[^\W\d_][\w'’.-]*(?: [^\W\d_][\w'’.-]*){1,4}")
NAME_END = re.compile(r"\s+[-–—|•·]\s+|, ")  # "Claire Vasseur - Clerc de notaire"
EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64}){1,4}")
PHONE = re.compile(r"(?<!\d)\+?\(?\d(?:[ .()/-]{0,2}\d){7,14}(?!\d)")
CELLS = re.compile(r"\s+[-–—|•·]\s+|\s*[|•·,;]\s*")
TOWN = re.compile(r"(?:\d{5} )?[A-ZÀ-Þ][\w'’-]+(?: [\w'’-]+){0,3}(?: \(?\d{2,5}\)?)?")
REACHED = {"tel", "telephone", "email", "e-mail", "mail", "phone", "mobile", "portable", "uk", "france", "courriel"}
MAX_TOWN = 3  # words of one that stands alone
LEVEL = re.compile(
    r"([^\W\d_]+)\s+([ABC][12]\b.*|native|fluent|basic|intermediate|advanced|bilingual|langue maternelle|maternel"
    r"|courant|bilingue|notions|scolaire|interm[ée]diaire|d[ée]butant|avanc[ée]|lu, [ée]crit.*)",
    re.IGNORECASE,
)
MAX_LABEL = 80  # characters of a headline
PARTS = re.compile(r"\s+[-–—|@]\s+|\s*,\s*|\s+chez\s+|\s+at\s+")


def add_text(current: Profile, text: str, source: str) -> Profile:
    """The profile with what the text tells. Raises InvalidInput when it is blank or beyond all measure."""
    text = clean(text)
    if not text:
        raise InvalidInput("nothing was pasted", fields={"text": ["must not be blank"]})
    if len(text) > MAX_PASTED:
        raise InvalidInput("the text is too long", fields={"text": [f"at most {MAX_PASTED} characters"]})
    head, rest = _head([line for line in text.split("\n") if line.strip()])
    summary = [[draft("summary", sentence)] for line in head.said for sentence in sentences(line)]
    added = add_facts(current, [*summary, *_groups(rest)], source)
    return added.model_copy(update={"identity": _identified(added.identity, head)})


@dataclass
class _Head:
    """What a CV says before its first heading: who the person is, and a few sentences of them."""

    name: str = ""
    label: str = ""
    city: str = ""
    email: str = ""
    phone: str = ""
    said: list[str] = field(default_factory=list)


def _head(lines: list[str]) -> tuple[_Head, list[str]]:
    """The head and what follows it; an empty one where the text does not begin as a CV does."""
    end = next((at for at, line in enumerate(lines) if _heading(line)), 0)
    name, _, label = (part.strip() for part in NAME_END.sub("\n", lines[0], count=1).partition("\n"))
    if not end or not NAME.fullmatch(name):
        return _Head(), lines
    head = _Head(name=name, label=label)
    for at, line in enumerate(lines[1:end], 1):
        if EMAIL.search(line) or PHONE.search(line):
            _reach(head, line)
        elif BULLET.match(line) or PERIOD.search(line):
            return head, lines[at:]  # a job that stands under no heading
        elif head.label and not head.city and TOWN.fullmatch(line.strip()) and len(line.split()) <= MAX_TOWN:
            head.city = line.strip()
        elif not head.label and len(line) <= MAX_LABEL and not line.rstrip().endswith("."):
            head.label = line.strip()
        else:
            head.said.append(line)
    return head, lines[end:]


def _reach(head: _Head, line: str) -> None:
    """Address, number and place of one line; what it says besides is kept as a sentence."""
    for found, what in ((EMAIL.search(line), "email"), (PHONE.search(line), "phone")):
        if found and not getattr(head, what):
            setattr(head, what, found[0].strip())
    rest = PHONE.sub("", EMAIL.sub("", line))
    for cell in filter(None, (cell.strip(" ,;:.-–—|•·") for cell in CELLS.split(rest))):
        if not head.city and TOWN.fullmatch(cell):
            head.city = cell
        elif any(sign.isalpha() for sign in cell) and fold(cell) not in REACHED:
            head.said.append(cell)


def _identified(known: Basics, head: _Head) -> Basics:
    """With what the head knows and the profile does not."""
    told = known.model_copy(deep=True)
    told.name, told.label = told.name or head.name, told.label or head.label
    told.email, told.phone = told.email or head.email, told.phone or head.phone
    told.location.city = told.location.city or head.city
    return told


def _groups(lines: list[str]) -> Iterator[list[Fact]]:
    kind: Kind | None = None
    group: list[Fact] = []
    for at, line in enumerate(lines):
        heading = _heading(line)
        if heading:
            if group:
                yield group
            kind, group = heading, []
        elif kind in LISTED:
            for piece in BETWEEN.split(BULLET.sub("", line).strip()):
                if piece:
                    yield [_listed(kind, piece)]
        elif kind in OPENED and not BULLET.match(line) and _opens(line, bool(group)):
            if group:
                yield group
            group = [_opened(kind, line.strip())]
        elif kind is None and _is_job(line, lines[at + 1 : at + 2]):
            if group:
                yield group
            group = [_opened("experience", line.strip())]
        else:
            told: Kind = "summary" if kind == "summary" else "realisation"
            facts = [draft(told, sentence) for sentence in sentences(line)]
            if group:
                group += facts
            else:
                yield from ([fact] for fact in facts)
    if group:
        yield group


def _heading(line: str) -> Kind | None:
    plain = re.sub(r"[^\w' -]", " ", fold(line)).strip(" -_")
    return HEADINGS.get(" ".join(plain.split()))


def _opens(line: str, below: bool) -> bool:
    """A job's own line carries its dates; the first line under a heading is one whatever it carries."""
    return bool(PERIOD.search(line)) or (not below and len(line) < 90 and not line.rstrip().endswith("."))


def _is_job(line: str, following: list[str]) -> bool:
    """Under no heading: dates, and lines that belong to it."""
    return bool(
        PERIOD.search(line) and not BULLET.match(line) and len(line) < 90 and following and BULLET.match(following[0])
    )


def _listed(kind: Kind, piece: str) -> Fact:
    if kind == "language" and (found := re.fullmatch(r"([^:(]+)[:(]\s*(.*?)[\s).]*", piece)):
        return draft(kind, found[1], level=found[2])
    if kind == "language" and (found := LEVEL.fullmatch(piece)):
        return draft(kind, found[1], level=found[2])
    return draft(kind, piece, title=piece if kind == "certificate" else "")


def _opened(kind: Kind, line: str) -> Fact:
    start = end = ""
    rest = line
    if period := PERIOD.search(line):
        start, end = normalise(period[1]), period[2] or ""
        end = "" if is_present(end) else normalise(end)
        end = end if DATE.fullmatch(end) else ""
        if not period[2] and not re.search(r"\b(?:depuis|since)\b", line, re.IGNORECASE):
            end = start
        rest = (line[: period.start()] + " " + line[period.end() :]).strip(" ,;:|–—-()")
    title, *where = [part for part in PARTS.split(rest, maxsplit=2) if part] or [rest]
    return draft(
        kind,
        rest or line,
        title=title,
        employer=where[0] if where else "",
        place=where[1] if len(where) > 1 else "",
        start=start if DATE.fullmatch(start) else "",
        end=end,
    )
