"""The gates: what an engine may say of a person is what the cited facts say.

A line passes when every word that tells something (every number, date, employer, title, degree, tool and name among
them) stands in its cited facts, in whatever form; words that only carry a sentence are free. Numbers must count the
same thing as before, words that limit a claim ("assisted", "basics", "not") must stay, and nothing may come from the
offer alone. The rules are strict on purpose: a line that fails costs a nicer wording, a lie that passes costs a job.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from cvstudio.document.dates import normalise
from cvstudio.document.model import Language
from cvstudio.tailoring.numbers import numbers
from cvstudio.tailoring.profile import Fact, Profile
from cvstudio.tailoring.words import STOP, fold, form, spans, stem

FlawKind = Literal["number", "name", "word", "limit", "count", "empty", "length", "source"]
MAX_GROWTH = 1.5  # times as long as the facts it rests on

# Words a sentence may need and that claim nothing by themselves.
FREE = """
ainsi assurer aussi afin avec concerne concernant dont effectuer effectue effectues grace lors notamment permettant
realiser realise realisee realisees realises
realisation selon suite travers visant also carry carried carrying out conduct conducted ensure ensured ensuring
including perform performed performing through toward towards using thanks while within work worked
working travail travaille travailler
"""
# Small words that make a claim larger: "over 90", "all the stocks".
RAISES = frozenset(
    (
        *("plus", "tout", "tous", "toute", "toutes", "tres", "toujours", "seul", "seule", "meilleur", "plusieurs"),
        *("all", "every", "each", "more", "most", "over", "above", "very", "only", "own", "several", "always"),
    )
)
# Said by the person, these must stay: without them the line claims more. Each row is one meaning.
LIMITS = """
aide aider aidant assistance assistant assistante assister help helped helping helper assist assisted assisting
participation participer participe participant contribution contribuer contribue contribute contributed
took take taken part partie partiel partielle
apprenti apprentie apprenticeship apprentice alternant alternante alternance stagiaire stage intern internship trainee
junior debutant debutante beginner entry
notion notions base bases basic basics initiation introduction elementaire elementary some
adjoint adjointe deputy second vice
sans aucun aucune non pas jamais ne ni without not no never nobody none
remplacement remplacante remplacant remplacer supply relief stand stood replacement
benevole benevolat volunteer voluntary
presque environ almost nearly about around approximately pres
ancien ancienne former formerly ex
futur future bientot soon prevu planned
projet draft drafts
sous under
""".strip()
LIMIT_OF = {word: row for row, line in enumerate(LIMITS.splitlines()) for word in line.split()}
# A word that may mean something plainer limits only beside its partner: "took part", "sous contrôle".
UNSURE = {"part", "partie", "take", "took", "taken", "some", "stand", "second", "base", "bases", "projet", "about",
          "around", "former", "sous", "under", "planned", "soon"}  # fmt: skip
# Who does something is a title: "contrôleur" is not carried by "contrôle".
DOERS: dict[Language, tuple[str, ...]] = {
    "fr": (
        "eur",
        "euse",
        "eurs",
        "euses",
        "rice",
        "rices",
        "iere",
        "ieres",
        "iste",
        "istes",
        "naire",
        "naires",
        "logue",
    ),
    "en": ("er", "ers", "or", "ors", "ist", "ists", "ian", "ians", "eer", "eers"),
}
YEAR_ENDS = re.compile(r"\s*(?:[.,;:)/–—-]|$|(?:à|au|to|and|et|until)\b)")  # a year, and not "2020 cooks"
PREFIX, SHARE = 5, 0.72  # developed / development: forms of one word


@dataclass(frozen=True)
class Flaw:
    kind: FlawKind
    word: str


class Ground:
    """What a set of facts says: built once, held against any number of texts."""

    def __init__(self, facts: Sequence[Fact], context: Sequence[Fact], language: Language) -> None:
        self.language = language
        said = [text for fact in facts for text in (fact.text, fact.level)]
        around = [text for fact in facts for text in (fact.title, fact.group)]
        # Of the job above a line only dates and whole names: with its words one could make up another title.
        names = [text for fact in (*facts, *context) for text in (fact.employer, fact.place)]
        self.names = {tuple(token.text for token in spans(name)) for name in names} - {()}
        self.tokens = {token.text for text in (*said, *around) for token in spans(text)}
        self.stems = {stem(token, language) for token in self.tokens}
        self.starts: dict[str, list[str]] = {}
        for token in sorted(self.tokens):
            self.starts.setdefault(token[:PREFIX], []).append(token)
        self.counted = {pair for text in said for pair in _counted(text, language)}
        self.canons = {number.canon for text in said for number in numbers(text)}
        self.order = {pair for text in said for pair in _pairs(text)}
        dates = [date for fact in (*facts, *context) for date in (fact.start, fact.end)]
        self.years = {date[:4] for date in dates if date[:4].isdigit()}
        self.months = {date[5:7] for date in dates if len(date) >= 7}
        self.limits = {row for text in said for row in _limits(text)}
        self.forms = {form(token, language) for token in self.tokens}
        self.length = sum(map(len, (*said, *around, *names)))

    def flaws(self, text: str) -> list[Flaw]:
        """What in the text the facts do not carry; none when it is grounded."""
        if not text.strip():
            return [Flaw("empty", "")]
        found = []
        if len(text) > MAX_GROWTH * self.length + 20:
            found.append(Flaw("length", str(len(text))))
        found += self._numbers(text)
        judged = [(number.start, number.end) for number in numbers(text)] + self._named(text)
        for token in spans(text):
            if any(start <= token.start and token.end <= end for start, end in judged):
                continue
            if not self._carries(token.text):
                written = text[token.start : token.end]
                named = not written.islower() or not written.isalpha()
                found.append(Flaw("name" if named else "word", written))
        missing = self.limits - _limits(text)
        return found + [Flaw("limit", LIMITS.splitlines()[row].split()[0]) for row in sorted(missing)]

    def _named(self, text: str) -> list[tuple[int, int]]:
        """Where an employer's or a place's whole name stands."""
        tokens = spans(text)
        found = []
        for name in sorted(self.names):
            for at in range(len(tokens) - len(name) + 1):
                if tuple(token.text for token in tokens[at : at + len(name)]) == name:
                    found.append((tokens[at].start, tokens[at + len(name) - 1].end))
        return found

    def _numbers(self, text: str) -> list[Flaw]:
        found = []
        pairs = _counted(text, self.language)
        for number in numbers(text):
            if number.canon in self.years and YEAR_ENDS.match(text, number.end):
                continue
            if number.canon not in self.canons:
                found.append(Flaw("number", text[number.start : number.end]))
                continue
            beside = {pair for pair in pairs if pair[0] == number.canon}
            if beside and not beside & self.counted:
                found.append(Flaw("count", text[number.start : number.end]))
        turned = {(two, one) for one, two in _pairs(text) - self.order} & self.order
        return found + [Flaw("count", f"{one} / {two}") for two, one in sorted(turned) if self._alike(one, two)]

    def _alike(self, one: str, two: str) -> bool:
        """Numbers of one unit, or that count one thing: "from 12% to 9%" cannot become "from 9% to 12%"."""
        if not one[-1].isdigit() or not two[-1].isdigit():
            return one[-1] == two[-1]
        return bool(
            {pair[1:] for pair in self.counted if pair[0] == one} & {p[1:] for p in self.counted if p[0] == two}
        )

    def _carries(self, token: str) -> bool:
        if token in self.tokens:
            return True
        if token in RAISES:
            return False
        if token in STOP[self.language] or token in _free():
            return True
        if not token.isalpha():
            return token.isdigit()  # judged as a number
        if form(token, self.language) in self.forms:
            return True
        if token.endswith(DOERS[self.language]):
            return False
        if len(token) > 3 and stem(token, self.language) in self.stems:
            return True
        month = normalise(f"{token} 2020")
        if len(month) == 7 and month[5:] in self.months:
            return True
        return any(_one_word(token, mine) for mine in self.starts.get(token[:PREFIX], ()) if len(token) >= PREFIX)


def ground(fact_ids: Iterable[str], profile: Profile, language: Language | None = None) -> Ground | None:
    """The ground that the cited ids make; a line's header gives context. None when an id is not the profile's."""
    facts, context = [], []
    for fact_id in fact_ids:
        fact = profile.find(fact_id)
        if fact is None:
            return None
        facts.append(fact)
    if not facts:
        return None
    lines = [fact for fact in facts if fact.of]
    if lines:  # the header of a cited line says where it happened, not how much
        context = [fact for fact in facts if not fact.of]
        facts = lines
    return Ground(facts, context, language or profile.language)


class Gate:
    """The ground of each set of cited facts of one profile, built once."""

    def __init__(self, profile: Profile) -> None:
        self.profile = profile
        self._built: dict[tuple[str, ...], Ground | None] = {}

    def flaws(self, text: str, cited: Iterable[str]) -> list[Flaw]:
        """What the cited facts do not carry; a citation that is none carries nothing."""
        ids = tuple(cited)
        if ids not in self._built:
            self._built[ids] = ground(ids, self.profile)
        held = self._built[ids]
        return [Flaw("source", ", ".join(ids) or "none")] if held is None else held.flaws(text)


@lru_cache(maxsize=1)
def _free() -> frozenset[str]:
    return frozenset(FREE.split())


def _one_word(one: str, two: str) -> bool:
    shared = 0
    for left, right in zip(one, two, strict=False):
        if left != right:
            break
        shared += 1
    return shared >= SHARE * max(len(one), len(two))


def _counted(text: str, language: Language) -> set[tuple[str, str, str]]:
    """Each number with the telling word just before and the one just after it: what it counts."""
    pairs = set()
    tokens = [token for token in spans(text) if token.text not in STOP["fr"] and token.text not in STOP["en"]]
    found = numbers(text)
    inside = [(number.start, number.end) for number in found]
    words = [
        token
        for token in tokens
        if not any(start < token.end and token.start < end for start, end in inside) and fold(token.text).isalpha()
    ]
    for number in found:
        before = [token.text for token in words if token.end <= number.start]
        after = [token.text for token in words if token.start >= number.end]
        pairs |= {(number.canon, "before", stem(word, language)) for word in before[-1:]}
        pairs |= {(number.canon, "after", stem(word, language)) for word in after[:1]}
    return pairs


def _pairs(text: str) -> set[tuple[str, str]]:
    """Numbers in the order in which they are told."""
    told = [number.canon for number in numbers(text)]
    return {(one, two) for at, one in enumerate(told) for two in told[at + 1 :] if one != two}


def _limits(text: str) -> set[int]:
    found = [token.text for token in spans(text)]
    rows = set()
    for word in found:
        if word in LIMIT_OF and word not in UNSURE:
            rows.add(LIMIT_OF[word])
    if "part" in found and {"took", "take", "taken", "taking"} & set(found):
        rows.add(LIMIT_OF["part"])
    return rows
