"""A career told in pasted text, taken apart into facts; the words stay as they are.

Lines under a heading we know ("Expériences", "Skills") become facts of that kind; a line with dates opens a job, lines
below it belong to it. Prose without any form becomes one fact a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cvstudio.document.dates import is_present, normalise
from cvstudio.document.model import DATE
from cvstudio.errors import InvalidInput
from cvstudio.tailoring.profile import Fact, Kind, Profile, add_facts, draft
from cvstudio.tailoring.words import clean, fold, sentences

MAX_PASTED = 60_000  # characters
HEADINGS: dict[str, Kind] = {
    **dict.fromkeys(
        ("experience", "experiences", "experience professionnelle", "experiences professionnelles", "emplois",
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
PARTS = re.compile(r"\s+[-–—|@]\s+|\s*,\s*|\s+chez\s+|\s+at\s+")


def add_text(current: Profile, text: str, source: str) -> Profile:
    """The profile with what the text tells. Raises InvalidInput when it is blank or beyond all measure."""
    text = clean(text)
    if not text:
        raise InvalidInput("nothing was pasted", fields={"text": ["must not be blank"]})
    if len(text) > MAX_PASTED:
        raise InvalidInput("the text is too long", fields={"text": [f"at most {MAX_PASTED} characters"]})
    return add_facts(current, _groups(text), source)


def _groups(text: str) -> Iterator[list[Fact]]:
    kind: Kind | None = None
    group: list[Fact] = []
    for line in text.split("\n"):
        if not line.strip():
            continue
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


def _listed(kind: Kind, piece: str) -> Fact:
    if kind == "language" and (found := re.fullmatch(r"([^:(]+)[:(]\s*(.*?)[\s).]*", piece)):
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
