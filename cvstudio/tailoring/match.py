"""How far a CV answers an offer: 0 to 100, in parts that add up, each naming the offer's words and the CV's lines.

A part is worth what the offer makes of it. What answers a requirement are the best lines, so a line more never lowers
the score, and neither order nor repetition changes it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict

from cvstudio.document.model import Language
from cvstudio.tailoring import degrees, esco, words
from cvstudio.tailoring.likeness import terms
from cvstudio.tailoring.numbers import numbers
from cvstudio.tailoring.offer import Offer, Requirement, Skill
from cvstudio.tailoring.profile import Fact, Profile
from cvstudio.tailoring.scoring import Answer, Matcher
from cvstudio.tailoring.skills_meant import is_name

PartName = Literal["requirements", "nice_to_have", "trade", "experience", "education", "languages"]
TRADE_WEIGHT, YEARS_WEIGHT = 0.55, 0.1  # shares of the whole, where the offer says what they are measured by
NEED_WEIGHT = {"must": 1.0, "nice": 0.4}
KIND_WEIGHT = {"quality": 0.3}
LINES = (1.0, 0.4, 0.2)  # what the best line counts, and the next ones, that answer one requirement
AGED = 0.4  # what a line of long ago loses beside one of today
FULL = 0.65  # a fit from which a requirement counts as met
MET, NEAR = 0.5, 0.2  # shares of `FULL`: met; worth a better sentence
COVERED = 0.3  # of a requirement's words, in the lines that are said to meet it
SUGGESTIONS = 8

MESSAGES: dict[str, dict[Language, str]] = {
    "missing": {
        "fr": "L’offre demande « {asked} ». Rien ne le dit dans votre profil : ajoutez-le si c’est vrai.",
        "en": "The offer asks for “{asked}”. Nothing in your profile says so: add it if it is true.",
    },
    "sharpen": {
        "fr": "L’offre demande « {asked} ». « {line} » s’en approche : dites-le plus précisément.",
        "en": "The offer asks for “{asked}”. “{line}” comes near: say it more precisely.",
    },
    "figures": {
        "fr": "« {line} » répond à l’offre sans chiffre : dites combien, si vous le savez.",
        "en": "“{line}” answers the offer without a figure: say how much, if you know.",
    },
    "years": {
        "fr": "L’offre demande {asked} ans d’expérience ; vos dates en montrent {line}.",
        "en": "The offer asks for {asked} years of experience; your dates show {line}.",
    },
}


class MatchPart(BaseModel):
    """`points` of `of`: both whole; `words` are the offer's, `facts` the ids of the lines that answer."""

    model_config = ConfigDict(frozen=True)

    name: PartName
    points: int
    of: int
    words: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()


class MatchedSkill(BaseModel):
    model_config = ConfigDict(frozen=True)

    label: str
    need: Literal["must", "nice"]
    sentence: str  # of the offer
    facts: tuple[str, ...] = ()


class Suggestion(BaseModel):
    model_config = ConfigDict(frozen=True)

    kind: Literal["missing", "sharpen", "figures", "years"]
    asked: str  # the offer's words
    line: str = ""  # the CV's
    fact: str = ""

    def message(self, language: Language) -> str:
        return MESSAGES[self.kind][language].format(asked=self.asked, line=self.line)


class Match(BaseModel):
    """`score` is the sum of the parts' points; the parts' `of` add up to 100."""

    model_config = ConfigDict(frozen=True)

    score: int
    breakdown: tuple[MatchPart, ...]
    matching: tuple[MatchedSkill, ...]
    missing: tuple[MatchedSkill, ...]
    suggestions: tuple[Suggestion, ...]


class _Share:
    """A part under way: what it could give, what it gives."""

    def __init__(self, name: PartName) -> None:
        self.name = name
        self.weight = self.got = 0.0
        self.words: list[str] = []
        self.facts: list[str] = []

    def add(self, weight: float, met: float, words: tuple[str, ...], facts: tuple[str, ...]) -> None:
        self.weight += weight
        self.got += weight * met
        if met:
            self.words += words
            self.facts += facts


def match(profile: Profile, offer: Offer) -> Match:
    """Of a profile; for a CV alone, of the profile of that one document."""
    matcher = Matcher(profile, offer, rarity={})
    answered = _answered(matcher)
    near, title_words, title_fact = matcher.best_title()
    years = _years(profile, matcher)
    shares: dict[PartName, _Share] = {}
    for requirement in offer.requirements:
        found = answered.get(requirement.id, [])
        weight = NEED_WEIGHT[requirement.need] * KIND_WEIGHT.get(requirement.kind, 1.0)
        met = _met(found)
        if requirement.kind == "experience" and requirement.years:
            met = max(met, near * min(1.0, years / requirement.years))
        said = tuple(dict.fromkeys(word for _, answer in found for word in answer.words)) or (requirement.text,)
        share = shares.setdefault(_part(requirement), _Share(_part(requirement)))
        share.add(weight, met, said, tuple(fact.id for fact, _ in found))
    asked = sum(share.weight for share in shares.values()) or 1.0
    trade = shares["trade"] = _Share("trade")
    trade.add(asked * TRADE_WEIGHT, near, title_words, (title_fact,) if title_fact else ())
    if offer.years and not any(one.kind == "experience" and one.years for one in offer.requirements):
        share = shares.setdefault("experience", _Share("experience"))
        share.add(asked * YEARS_WEIGHT, min(1.0, years / offer.years), (str(offer.years),), ())
    parts = _whole(list(shares.values()))
    matching, missing = _skills(matcher, answered)
    return Match(
        score=sum(part.points for part in parts),
        breakdown=parts,
        matching=matching,
        missing=missing,
        suggestions=_suggestions(matcher, answered, years),
    )


Answered = Mapping[str, list[tuple[Fact, Answer]]]


def _answered(matcher: Matcher) -> Answered:
    """By requirement id the lines that answer it best, at most LINES, the lower id first where two answer alike."""
    found: dict[str, list[tuple[Fact, Answer]]] = {}
    last_first = sorted(matcher.profile.facts, key=lambda fact: fact.id, reverse=True)
    once = {(fact.kind, matcher.terms(fact)): fact for fact in last_first}
    for fact in once.values():  # the same words said twice are one line
        age = 1 - matcher.recency(matcher.profile.find(fact.of) or fact) if fact.of or fact.start else 0.0
        for answer in matcher.answers(fact):
            answer = replace(answer, fit=answer.fit * (1 - AGED * age))
            found.setdefault(answer.requirement.id, []).append((fact, answer))
    for requirement in matcher.offer.requirements:
        least = degrees.asked(requirement)
        held = [] if least is None else degrees.holding(matcher.profile, least)
        if not held:  # else a degree that is high enough answers, however it is called
            continue
        others = [pair for pair in found.get(requirement.id, []) if pair[0] not in held]
        found[requirement.id] = [(fact, Answer(requirement, 1.0, (requirement.text,))) for fact in held] + others
    return {
        key: sorted(pairs, key=lambda pair: (-pair[1].fit, pair[0].id))[: len(LINES)] for key, pairs in found.items()
    }


def _met(found: Sequence[tuple[Fact, Answer]]) -> float:
    """How far the lines together meet a requirement; a better or a further line only adds."""
    left = 1.0
    for (_, answer), share in zip(found, LINES, strict=False):
        left *= 1 - share * answer.fit
    return min(1.0, (1 - left) / FULL)


def _is_met(matcher: Matcher, requirement: Requirement, found: Sequence[tuple[Fact, Answer]]) -> bool:
    """Whether one may say so: one word of many in common ("funéraire") does not make a task one has done."""
    if _met(found) < MET:
        return False
    said = frozenset(word for _, answer in found for part in answer.words for word in words.tokens(part))
    asked = terms(requirement.text, matcher.offer.language)
    held = sum(term.weight for term in asked if term.folded in said)
    return held >= COVERED * sum(term.weight for term in asked)


def _part(requirement: Requirement) -> PartName:
    if requirement.kind == "education":
        return "education"
    if requirement.kind == "language":
        return "languages"
    if requirement.kind == "experience":
        return "experience"
    return "requirements" if requirement.need == "must" else "nice_to_have"


def _years(profile: Profile, matcher: Matcher) -> int:
    """Whole years that the jobs cover, counted once; a job that goes on ends with the profile's newest date."""
    latest = matcher.newest_year()
    covered: set[int] = set()
    for fact in profile.of_kind("experience"):
        first, last = _month(fact.start, 1), _month(fact.end, 12) or _month(str(latest), 12)
        if first and last:
            covered.update(range(first, min(last, first + 12 * 60) + 1))
    return (len(covered) + 1) // 12


def _month(iso: str, default: int) -> int:
    if not iso[:4].isdigit() or int(iso[:4]) > date.max.year:
        return 0
    return int(iso[:4]) * 12 + (int(iso[5:7]) if iso[5:7].isdigit() else default)


def _whole(shares: list[_Share]) -> tuple[MatchPart, ...]:
    """Whole points: first the total is rounded, then what is lacking goes where most was cut."""
    everything = sum(share.weight for share in shares) or 1.0
    of = _spread([share.weight / everything * 100 for share in shares], 100)
    exact = [share.got / everything * 100 for share in shares]
    points = _spread(exact, int(sum(exact) + 0.5), of)
    return tuple(
        MatchPart(
            name=share.name,
            points=got,
            of=most,
            words=tuple(dict.fromkeys(share.words)),
            facts=tuple(dict.fromkeys(share.facts)),
        )
        for share, got, most in zip(shares, points, of, strict=True)
    )


def _spread(exact: list[float], total: int, most: list[int] | None = None) -> list[int]:
    """Whole numbers near the exact ones that add up to the total, none above its `most`."""
    room = most or [total] * len(exact)
    whole = [min(int(value), limit) for value, limit in zip(exact, room, strict=True)]
    by_rest = sorted(range(len(exact)), key=lambda index: (whole[index] - exact[index], index))
    while sum(whole) < total:
        for index in by_rest:
            if whole[index] < room[index] and sum(whole) < total:
                whole[index] += 1
    return whole


def _skills(matcher: Matcher, answered: Answered) -> tuple[tuple[MatchedSkill, ...], tuple[MatchedSkill, ...]]:
    """What the offer asks for by name, in its own words, met and not met, must-haves first."""
    matching: dict[str, MatchedSkill] = {}
    missing: dict[str, MatchedSkill] = {}
    for requirement in sorted(matcher.offer.requirements, key=lambda one: one.need != "must"):
        if requirement.kind == "quality" or (requirement.years and not requirement.skills):
            continue
        found = answered.get(requirement.id, [])
        lines = tuple(fact.id for fact, _ in found) if _is_met(matcher, requirement, found) else ()
        # A degree is one with its subject: "CAP" alone is not "CAP lutherie", nor "licence" a "licence pro notariat".
        asked = [skill for skill in requirement.skills if esco.kind(skill.uri) != "education"]
        whole = requirement.kind == "education" or not asked
        named = [requirement.text] if whole else [skill.said or skill.label for skill in asked]
        for label, skill in zip(named, asked or (None,), strict=False):
            own = lines
            # Who knows Excel need not know Sage, though one line asks for both, nor Cegid who knows Sage.
            by_name = skill is not None and _by_name(skill, requirement)
            if skill and not whole and (len(requirement.skills) > 1 or by_name):
                own = matcher.holding(skill, by_name)
            one = MatchedSkill(label=label, need=requirement.need, sentence=requirement.sentence, facts=own)
            (matching if own else missing).setdefault(words.fold(label), one)
    return tuple(matching.values()), tuple(one for key, one in missing.items() if key not in matching)


def _by_name(skill: Skill, requirement: Requirement) -> bool:
    """Whether it is a tool that the offer calls by its name."""
    at = requirement.text.find(skill.said) if skill.said and esco.kind(skill.uri) == "skill" else -1
    return at >= 0 and is_name(requirement.text, at, at + len(skill.said))


def _suggestions(matcher: Matcher, answered: Answered, years: int) -> tuple[Suggestion, ...]:
    found, offer = [], matcher.offer
    if offer.years and years < offer.years:
        found.append(Suggestion(kind="years", asked=str(offer.years), line=str(years)))
    for requirement in sorted(offer.requirements, key=lambda one: (one.need != "must", one.kind == "quality")):
        if requirement.kind == "experience" and requirement.years:
            continue  # said once, by the years
        lines = answered.get(requirement.id, [])
        if _met(lines) < NEAR:
            found.append(Suggestion(kind="missing", asked=requirement.text))
        elif not _is_met(matcher, requirement, lines):
            fact = lines[0][0]
            found.append(Suggestion(kind="sharpen", asked=requirement.text, line=fact.text, fact=fact.id))
    tops = sorted((lines[0] for lines in answered.values()), key=lambda pair: (-pair[1].fit, pair[0].id))
    named = {one.fact for one in found}
    for fact, answer in tops:
        if fact.id in named:
            continue  # of one line one thing is said
        if fact.kind == "realisation" and answer.fit >= FULL / 2 and not numbers(fact.text):
            found.append(Suggestion(kind="figures", asked=answer.requirement.text, line=fact.text, fact=fact.id))
            named.add(fact.id)
    return tuple({(one.kind, one.asked, one.fact): one for one in found}.values())[:SUGGESTIONS]
