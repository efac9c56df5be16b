"""How far a CV answers an offer: 0 to 100, in parts that add up, each naming the offer's words and the CV's lines.

A part is worth what the offer makes of it. What answers a requirement is the best line, so a line more never lowers
the score, and neither order nor repetition changes it.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict

from cvstudio.document.model import Language
from cvstudio.tailoring.offer import Offer, Requirement
from cvstudio.tailoring.profile import Fact, Profile
from cvstudio.tailoring.scoring import Answer, Matcher

PartName = Literal["requirements", "nice_to_have", "trade", "experience", "education", "languages"]
TRADE_WEIGHT, YEARS_WEIGHT = 0.18, 0.08  # shares of the whole, where the offer says what they are measured by
NEED_WEIGHT = {"must": 1.0, "nice": 0.4}
KIND_WEIGHT = {"quality": 0.3}
FULL = 0.62  # a fit from which a requirement counts as met
MET, NEAR = 0.55, 0.2  # shares of `FULL`: met; worth a better sentence
SUGGESTIONS = 8

MESSAGES: dict[str, dict[Language, str]] = {
    "missing": {
        "fr": "L'offre demande « {asked} ». Rien ne le dit dans votre profil : ajoutez-le si c'est vrai.",
        "en": "The offer asks for “{asked}”. Nothing in your profile says so: add it if it is true.",
    },
    "sharpen": {
        "fr": "L'offre demande « {asked} ». « {line} » s'en approche : dites-le plus précisément.",
        "en": "The offer asks for “{asked}”. “{line}” comes near: say it more precisely.",
    },
    "figures": {
        "fr": "« {line} » répond à l'offre sans chiffre : dites combien, si vous le savez.",
        "en": "“{line}” answers the offer without a figure: say how much, if you know.",
    },
    "years": {
        "fr": "L'offre demande {asked} ans d'expérience ; vos dates en montrent {line}.",
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
    best = _best(matcher)
    shares: dict[PartName, _Share] = {}
    for requirement in offer.requirements:
        fact, answer = best.get(requirement.id, (None, None))
        weight = NEED_WEIGHT[requirement.need] * KIND_WEIGHT.get(requirement.kind, 1.0)
        share = shares.setdefault(_part(requirement), _Share(_part(requirement)))
        share.add(
            weight,
            _met(answer),
            answer.words or (requirement.text,) if answer else (),
            (fact.id,) if fact else (),
        )
    asked = sum(share.weight for share in shares.values())
    base = asked or 1.0
    trade = shares["trade"] = _Share("trade")
    near, words, fact_id = matcher.best_title()
    trade.add(base * TRADE_WEIGHT, near, words, (fact_id,) if fact_id else ())
    years = _years(profile, matcher)
    if offer.years:
        share = shares["experience"] = _Share("experience")
        share.add(base * YEARS_WEIGHT, min(1.0, years / offer.years), (str(offer.years),), ())
    parts = _whole(list(shares.values()))
    matching, missing = _skills(offer, best)
    return Match(
        score=sum(part.points for part in parts),
        breakdown=parts,
        matching=matching,
        missing=missing,
        suggestions=_suggestions(offer, best, years),
    )


Best = dict[str, tuple[Fact, Answer]]


def _best(matcher: Matcher) -> Best:
    """By requirement id the line that answers it best; the lower id where two answer alike."""
    best: Best = {}
    for fact in matcher.profile.facts:
        for answer in matcher.answers(fact):
            known = best.get(answer.requirement.id)
            if known is None or (-answer.fit, fact.id) < (-known[1].fit, known[0].id):
                best[answer.requirement.id] = (fact, answer)
    return best


def _met(answer: Answer | None) -> float:
    return min(1.0, answer.fit / FULL) if answer else 0.0


def _part(requirement: Requirement) -> PartName:
    if requirement.kind == "education":
        return "education"
    if requirement.kind == "language":
        return "languages"
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


def _skills(offer: Offer, best: Best) -> tuple[tuple[MatchedSkill, ...], tuple[MatchedSkill, ...]]:
    """What the offer asks for by name, met and not met, must-haves first."""
    matching: dict[str, MatchedSkill] = {}
    missing: dict[str, MatchedSkill] = {}
    for requirement in sorted(offer.requirements, key=lambda one: one.need != "must"):
        if requirement.kind in ("experience", "quality"):
            continue
        fact, answer = best.get(requirement.id, (None, None))
        met = fact is not None and _met(answer) >= MET
        for label in [skill.label for skill in requirement.skills] or [requirement.text]:
            found = MatchedSkill(
                label=label,
                need=requirement.need,
                sentence=requirement.sentence,
                facts=(fact.id,) if met and fact else (),
            )
            (matching if met else missing).setdefault(label.casefold(), found)
    return tuple(matching.values()), tuple(one for key, one in missing.items() if key not in matching)


def _suggestions(offer: Offer, best: Best, years: int) -> tuple[Suggestion, ...]:
    found = []
    if offer.years and years < offer.years:
        found.append(Suggestion(kind="years", asked=str(offer.years), line=str(years)))
    for requirement in sorted(offer.requirements, key=lambda one: (one.need != "must", one.kind == "quality")):
        fact, answer = best.get(requirement.id, (None, None))
        met = _met(answer)
        if fact is None or met < NEAR:
            found.append(Suggestion(kind="missing", asked=requirement.text))
        elif met < MET:
            found.append(Suggestion(kind="sharpen", asked=requirement.text, line=fact.text, fact=fact.id))
    for fact, answer in sorted(best.values(), key=lambda pair: (-pair[1].fit, pair[0].id)):
        if fact.kind == "realisation" and _met(answer) >= MET and not any(sign.isdigit() for sign in fact.text):
            found.append(Suggestion(kind="figures", asked=answer.requirement.text, line=fact.text, fact=fact.id))
    return tuple({(one.kind, one.asked, one.fact): one for one in found}.values())[:SUGGESTIONS]
