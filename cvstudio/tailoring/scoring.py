"""How much each fact matters to an offer: 0 to 100, in parts that add up, with the offer's words that caused each.

Four things count: what the line answers of the offer's requirements, the offer's keywords it holds, how near its job
is to the trade asked for, and how recent it is. Rules and arithmetic only: no order of facts, no repetition of words
and no name of a person or an employer has any part in it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Literal

from pydantic import BaseModel, ConfigDict

from cvstudio.document.model import Language
from cvstudio.tailoring import esco, skills_meant
from cvstudio.tailoring.likeness import Likeness, Term, Terms, likeness, terms
from cvstudio.tailoring.offer import Offer, Requirement, Skill
from cvstudio.tailoring.profile import Fact, Kind, Profile

PartName = Literal["answers", "keywords", "trade", "recency"]

# The most that each part can give. A line has 100 before it has all of them: what goes beyond is taken off the answers.
ANSWERS, KEYWORDS, TRADE, RECENCY = 60.0, 5.0, 40.0, 6.0
NICE = 0.6  # of what a must-have counts
REQUIREMENT_WEIGHT: Mapping[str, float] = {"quality": 0.5, "experience": 0.9}
# A line says less about a requirement of another kind: a language asked for is answered by a language.
WRONG_KIND = 0.6
ANSWERED_BY: Mapping[str, frozenset[Kind]] = {
    "education": frozenset({"education", "certificate"}),
    "language": frozenset({"language"}),
    "certificate": frozenset({"certificate", "education", "skill"}),
}
KIND_WEIGHT: Mapping[Kind, float] = {"interest": 0.4, "reference": 0.5, "summary": 0.9}
HALF = 1.1  # telling words that give half of a full answer
KNOWN = 0.6  # of a full answer, what the very skill asked for gives
AKIN, RELATED = 0.6, 0.3  # nearness from which another skill counts, and the most it gives
OF_TRADE = 0.3  # of its trade, what a skill of the occupation gives a line outside any job of it
VOCABULARY = 1.2  # what the words of the occupation's skills count beside the skills themselves
HELD = 0.7  # of a skill's words, in a line that names it
SECOND = 0.3  # what each further requirement adds, of what is left
INHERITED, COMPLEMENT = 0.9, 0.6  # of its lines' worth: what a job has without, and besides, a telling title
ASKED = 0.9  # of the trade, what the words of the whole title asked for give
# How much of the career's nearness a fact outside any job has, by its kind.
UNPLACED: Mapping[Kind, float] = {"skill": 0.6, "certificate": 0.4, "award": 0.5, "summary": 0.8, "publication": 0.5}
UNPLACED_OTHER = 0.1
LATEST = 0.5  # how much the newest job's own title counts in the match, beside the best one's
FADED = 0.6  # what an old title loses when the whole career is matched
YEARS = 12.0  # after which a job counts as old


class Part(BaseModel):
    model_config = ConfigDict(frozen=True)

    name: PartName
    points: int
    words: tuple[str, ...] = ()  # of the offer, as it writes them
    requirements: tuple[str, ...] = ()  # ids of those answered


class Score(BaseModel):
    """`value` is the sum of the parts' points."""

    model_config = ConfigDict(frozen=True)

    value: int
    parts: tuple[Part, ...]

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(word for part in self.parts for word in part.words))


@dataclass(frozen=True)
class Answer:
    """How well one line answers one requirement, 0 to 1, and by which of the offer's words."""

    requirement: Requirement
    fit: float
    words: tuple[str, ...]


@dataclass(frozen=True)
class Asked:
    requirement: Requirement
    terms: Terms
    skills: tuple[tuple[str, str], ...]  # URI, and the offer's words for it


class Matcher:
    """One offer against one profile: built once, asked for every line."""

    def __init__(self, profile: Profile, offer: Offer, rarity: Mapping[str, float] | None = None) -> None:
        self.profile, self.offer = profile, offer
        self.asked = [
            Asked(
                one,
                Terms([one.text], offer.language),
                tuple((skill.uri, skill.said or skill.label) for skill in one.skills if skill.uri),
            )
            for one in offer.requirements
        ]
        self.keywords = [(Terms([one.text], offer.language), one) for one in offer.keywords]
        self.title = Terms([offer.title], offer.language)
        self.vocabulary = _vocabulary(offer.occupation)
        self.rarity = _rarity(profile) if rarity is None else rarity
        self.newest = max((fact.end or "9999" for fact in profile.facts if fact.start), default="9999")

    def answers(self, fact: Fact) -> list[Answer]:
        """Requirements the line answers, the best first."""
        line, mine = self.terms(fact), self.skills(fact)
        found = []
        for asked in self.asked:
            fit, words = self._fit(line, mine, asked)
            wanted = ANSWERED_BY.get(asked.requirement.kind)
            if wanted and fact.kind not in wanted:
                fit *= WRONG_KIND
            if fit > 0.05:
                found.append(Answer(asked.requirement, round(fit, 6), words))
        return sorted(found, key=lambda answer: (-answer.fit * weight(answer.requirement), answer.requirement.id))

    def _fit(
        self, line: tuple[Term, ...], mine: tuple[tuple[str, float], ...], asked: Asked
    ) -> tuple[float, tuple[str, ...]]:
        found = likeness(line, asked.terms, self.rarity)
        lexical = strength(found)
        known, label = 0.0, ""
        for uri, name in asked.skills:
            for own, share in mine:
                near = KNOWN * akin(own, uri) * share
                if near > known:
                    known, label = near, name
        fit = 1 - (1 - lexical) * (1 - known)
        words = found.words if lexical > 0.1 or not label else ()
        if known > lexical:
            words = (*words, label)
        return fit, tuple(dict.fromkeys(words))

    def terms(self, fact: Fact) -> tuple[Term, ...]:
        return terms(spoken(fact), self.profile.language)

    def skills(self, fact: Fact) -> tuple[tuple[str, float], ...]:
        """ESCO's skills in the line, each with its share of the line, as likeness weighs words."""
        above = self.profile.find(fact.of) if fact.of else None
        return _skills_in(spoken(fact), above.title if above else "", self.profile.language)

    def holding(self, skill: Skill, by_name: bool) -> tuple[str, ...]:
        """Ids of the lines that name the very skill: in any words, or by its own name alone."""
        said = skill.said or skill.label
        wanted = Terms([said], self.offer.language)
        return tuple(
            fact.id
            for fact in self.profile.facts
            if (not by_name and any(uri == skill.uri for uri, _ in self.skills(fact)))
            or likeness(self.terms(fact), wanted, {}).asked >= HELD
        )

    def of_trade(self, fact: Fact) -> float:
        """How near the line's own skills are to the occupation asked for, 0 to 1."""
        if not self.offer.occupation:
            return 0.0
        known = max((_of_trade(uri, self.offer.occupation) * share for uri, share in self.skills(fact)), default=0.0)
        told = max(strength(likeness(self.terms(fact), words, self.rarity)) for words in self.vocabulary)
        return max(known, VOCABULARY * told)

    @cached_property
    def worth(self) -> dict[str, tuple[float, tuple[Answer, ...]]]:
        """By fact id: how far it answers the offer as a whole, 0 to 1, and what it answers."""
        return {fact.id: _worth(fact, self.answers(fact)) for fact in self.profile.facts}

    @cached_property
    def nearness(self) -> dict[str, tuple[float, tuple[str, ...]]]:
        """By id of a header: how near its trade is to the one asked for, 0 to 1, and the offer's words that say so."""
        found = {}
        for fact in self.profile.facts:
            if fact.kind not in ("experience", "education", "project", "volunteer", "other"):
                continue
            title, words = self._title(fact)
            lines = sorted((self.worth[line.id][0] for line in self.profile.lines(fact.id)), reverse=True)[:3]
            told = sum(lines) / (len(lines) + 0.5) if lines else 0.0
            found[fact.id] = (max(INHERITED * told, 1 - (1 - title) * (1 - COMPLEMENT * told)), words)
        return found

    def _title(self, fact: Fact) -> tuple[float, tuple[str, ...]]:
        like = likeness(terms(fact.title or fact.text, self.profile.language), self.title, self.rarity)
        lexical = max(strength(like), ASKED * like.asked)
        known = 0.0
        if self.offer.occupation and (mine := _work(fact.title, self.profile.language)):
            known = esco.near(mine.uri, self.offer.occupation)
        words = like.words or ((self.offer.title,) if known else ())
        return max(lexical, known), words

    @cached_property
    def career(self) -> float:
        """How near the person's jobs are to the trade: what a skill that stands alone may lean on."""
        jobs = [self.nearness[fact.id][0] for fact in self.profile.of_kind("experience", "education")]
        return max(jobs, default=0.0)

    def recency(self, fact: Fact) -> float:
        """1 for what goes on, falling to 0 over the years; by the profile's own newest date, never today's."""
        end = fact.end or ("9999" if fact.start else "")
        if not end[:4].isdigit():
            return 0.5
        if end >= self.newest:
            return 1.0
        newest = self.newest_year()
        return max(0.0, 1 - (newest - int(end[:4])) / YEARS)

    def best_title(self) -> tuple[float, tuple[str, ...], str]:
        """How near the titles are to the offer's, the newest job's most of all; the best one's words and id."""
        best: tuple[float, tuple[str, ...], str] = (0.0, (), "")
        last = ("", "", 0.0)
        for fact in self.profile.of_kind("experience", "education"):
            near, words = self._title(fact)
            if fact.kind == "experience":
                last = max(last, (fact.end or "9999" if fact.start else "", fact.start, near))
            near *= 1 - FADED * (1 - self.recency(fact))
            if (-near, fact.id) < (-best[0], best[2]):
                best = (near, words, fact.id)
        return (1 - LATEST) * best[0] + LATEST * last[2], best[1], best[2]

    def newest_year(self) -> int:
        years = [int(date[:4]) for fact in self.profile.facts for date in (fact.start, fact.end) if date[:4].isdigit()]
        return max(years, default=0)


@lru_cache(maxsize=8_192)
def _skills_in(text: str, title: str, language: Language) -> tuple[tuple[str, float], ...]:
    """Of a line under that title, whose trade says what a plain word of it means."""
    telling = sum(term.weight for term in terms(text, language)) or 1.0
    found: dict[str, float] = {}
    named = esco.find(text, language)
    if named and (work := _work(title, language)):
        named = skills_meant.meant(text, named, work.uri, work.trade, language)
    for skill in named:
        own = sum(term.weight for term in terms(text[skill.start : skill.end], language))
        found[skill.uri] = max(found.get(skill.uri, 0.0), round(math.sqrt(min(1.0, own / telling)), 6))
    return tuple(sorted(found.items()))


@lru_cache(maxsize=1_024)
def _work(title: str, language: Language) -> esco.Occupation | None:
    return esco.occupation(title, language) if title else None


@lru_cache(maxsize=65_536)
def akin(mine: str, asked: str) -> float:
    """1 for the same skill; less for one near it. Languages, certificates and degrees are the same or not."""
    if mine == asked:
        return 1.0
    if esco.kind(mine) != "skill" or esco.kind(asked) != "skill":
        return 0.0
    return RELATED * max(0.0, (esco.near(mine, asked) - AKIN) / (1 - AKIN))


@lru_cache(maxsize=65_536)
def _of_trade(skill: str, occupation: str) -> float:
    if esco.kind(skill) not in ("skill", "certificate"):
        return 0.0
    linked = esco.skills_of(occupation)
    if skill in linked.essential:
        return 1.0
    return max(0.7 if skill in linked.optional else 0.0, (esco.near(skill, occupation) - AKIN) / (1 - AKIN))


@lru_cache(maxsize=256)
def _vocabulary(occupation: str) -> tuple[Terms, ...]:
    """The words that name the occupation's skills, in English and as far as known in French."""
    linked = esco.skills_of(occupation)
    uris = (*linked.essential, *linked.optional)
    return tuple(
        Terms((esco.label(uri, language) for uri in uris if esco.labelled(uri, language)), language)
        for language in ("en", "fr")
    )


def spoken(fact: Fact) -> str:
    """What of a fact is compared: its words, without the employer's name."""
    return fact.title if fact.title and fact.kind != "realisation" else fact.text


def strength(found: Likeness) -> float:
    """From the words matched: how many tell, and how much of the line they are."""
    return found.mass / (found.mass + HALF) * math.sqrt(found.own)


def weight(requirement: Requirement) -> float:
    return REQUIREMENT_WEIGHT.get(requirement.kind, 1.0) * (1.0 if requirement.need == "must" else NICE)


def scores(profile: Profile, offer: Offer) -> dict[str, Score]:
    """By fact id, in the profile's order."""
    matcher = Matcher(profile, offer)
    return {fact.id: score(fact, matcher) for fact in profile.facts}


def score(fact: Fact, matcher: Matcher) -> Score:
    worth, answered = matcher.worth[fact.id]
    own, title_words = matcher.nearness.get(fact.id, (0.0, ()))
    above = matcher.profile.find(fact.of) if fact.of else None
    if above:
        near, title_words = matcher.nearness[above.id]
        when = matcher.recency(above)
    elif fact.id in matcher.nearness:
        near, when = own, matcher.recency(fact)
    else:
        near, when = UNPLACED.get(fact.kind, UNPLACED_OTHER) * matcher.career, 0.5
    near = 1 - (1 - near) * (1 - OF_TRADE * matcher.of_trade(fact))
    scale = KIND_WEIGHT.get(fact.kind, 1.0)
    held, key_words = _keywords(fact, matcher)
    best = tuple(answer for answer in answered if answer.fit >= 0.15)[:4]
    trade, recent = _points(TRADE * near * scale), _points(RECENCY * when * near * scale)
    keywords = _points(KEYWORDS * held * scale)
    parts = (
        Part(
            name="answers",
            points=min(_points(ANSWERS * worth * scale), 100 - trade - recent - keywords),
            words=tuple(dict.fromkeys(word for answer in best for word in answer.words)),
            requirements=tuple(answer.requirement.id for answer in best),
        ),
        Part(name="keywords", points=keywords, words=key_words),
        Part(name="trade", points=trade, words=title_words),
        Part(name="recency", points=recent),
    )
    return Score(value=sum(part.points for part in parts), parts=parts)


def _worth(fact: Fact, answered: list[Answer]) -> tuple[float, tuple[Answer, ...]]:
    left = 1.0
    for number, answer in enumerate(answered[:4]):
        left *= 1 - answer.fit * weight(answer.requirement) * (1.0 if number == 0 else SECOND)
    return round(1 - left, 6), tuple(answered)


def _keywords(fact: Fact, matcher: Matcher) -> tuple[float, tuple[str, ...]]:
    line = matcher.terms(fact)
    total, words = 0.0, []
    for looked, keyword in matcher.keywords:
        found = likeness(line, looked, matcher.rarity)
        if found.asked >= 0.6 and found.words:
            total += keyword.weight
            words.append(keyword.text)
    return min(1.0, total), tuple(words)


def _rarity(profile: Profile) -> dict[str, float]:
    """Words that stand in many of the person's lines tell less."""
    texts: list[Iterable[str]] = [
        {term.key for term in terms(spoken(fact), profile.language)} for fact in profile.facts
    ]
    counts: dict[str, int] = {}
    for words in texts:
        for word in words:
            counts[word] = counts.get(word, 0) + 1
    size = max(len(texts), 2)
    usual = math.log((size + 1) / 2.5)
    return {word: min(1.0, math.log((size + 1) / (count + 0.5)) / usual) for word, count in counts.items()}


def _points(value: float) -> int:
    return int(value + 0.5)
