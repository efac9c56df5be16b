"""From a profile and an offer to the envelope: code selects and scores, an engine phrases, gates judge what it said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from pydantic import BaseModel, ConfigDict

from cvstudio.tailoring.engine import Engine, LineAsked, Question, given
from cvstudio.tailoring.gates import Refused, gated, gated_pitch
from cvstudio.tailoring.grounding import Gate
from cvstudio.tailoring.match import Match, match
from cvstudio.tailoring.numbers import numbers
from cvstudio.tailoring.offer import Offer
from cvstudio.tailoring.offline import Offline, tidy
from cvstudio.tailoring.profile import Fact, Profile
from cvstudio.tailoring.scoring import Score, scores
from cvstudio.tailoring.widgets import (
    AIWidget,
    AIWidgetsEnvelope,
    JobContext,
    JobOfferContext,
    Meta,
    ProfilSummary,
    Quality,
    Section,
    place_of,
    sources_of,
)

VERSION = "1"
SENTENCES = frozenset({"realisation", "summary"})  # what an engine may phrase: names and titles stay as they are
MAX_PHRASED = 60  # lines one question holds
KEYWORDS = 20
SECTION_ORDER: tuple[Section, ...] = (
    "header",
    "summary",
    "experiences",
    "projects",
    "education",
    "skills",
    "languages",
    "references",
    "meta",
)
LOWEST, USUAL, HIGHEST, STEP = 20, 40, 70, 5  # of the score from which a line matters
LEAST = 5  # that we recommend: to an offer of another trade little of a career answers, and it still is one
FEW, MANY = 12, 28  # widgets: a thin page, a full one
FEW_LINES, FEWEST_LINES = 6, 3  # of jobs


class Tailored(BaseModel):
    """The envelope and all that explains it; `scores` by widget id."""

    model_config = ConfigDict(frozen=True)

    envelope: AIWidgetsEnvelope
    scores: Mapping[str, Score]
    match: Match
    context: JobOfferContext
    optimal_min_score: int
    refused: tuple[Refused, ...] = ()


def widgets(profile: Profile, offer: Offer, engine: Engine | None = None) -> AIWidgetsEnvelope:
    return tailor(profile, offer, engine).envelope


def tailor(
    profile: Profile, offer: Offer, engine: Engine | None = None, *, description: str = "", now: datetime | None = None
) -> Tailored:
    """Every fact becomes a widget. Without an engine the offline one; without `now` no time is written."""
    engine = engine or Offline()
    scored = scores(profile, offer)
    facts = _in_order(profile, scored)
    question = _question(profile, offer, facts, scored)
    answer = engine.phrase(question)
    gate = Gate(profile)
    texts, refused = gated(gate, question, answer)
    made = [_widget(fact, gate, scored[fact.id], texts.get(widget_id(fact))) for fact in facts]
    matched = match(profile, offer)
    pitch, more = gated_pitch(gate, question, answer)
    envelope = AIWidgetsEnvelope(
        profil_summary=_summary(profile, pitch),
        job_context=JobContext(
            company=offer.company or None,
            job_title=offer.title or None,
            match_score=matched.score,
            keywords=_keywords(offer),
        ),
        widgets=made,
        meta=Meta(
            model=engine.name,
            created_at=now.isoformat() if now else None,
            locale=profile.language,
            version=VERSION,
        ),
    )
    return Tailored(
        envelope=envelope,
        scores={widget_id(fact): scored[fact.id] for fact in facts},
        match=matched,
        context=_context(offer, matched, description),
        optimal_min_score=optimal_min_score(envelope),
        refused=(*refused, *more),
    )


def widget_id(fact: Fact) -> str:
    """From the fact's own id, so that a widget is known again after the profile or the offer has changed."""
    return f"widget_{fact.id}"


def optimal_min_score(envelope: AIWidgetsEnvelope) -> int:
    """What `minScore` should start at: `mattering`, or less where jobs would have little to say."""
    threshold = mattering(envelope)
    lines = [widget.relevance_score for widget in envelope.widgets if widget.type == "experience_bullet"]
    while threshold > LEAST and sum(score >= threshold for score in lines) < min(FEW_LINES, len(lines)):
        threshold -= STEP
    # Where next to nothing answers, jobs without a line would say less than lines beside the point.
    return threshold if sum(score >= threshold for score in lines) >= min(FEWEST_LINES, len(lines)) else 0


def mattering(envelope: AIWidgetsEnvelope) -> int:
    """The score from which a line matters: lower where few answer the offer, higher where they fill pages."""
    kept = [widget.relevance_score for widget in envelope.widgets]
    threshold = USUAL
    while threshold > LOWEST and sum(score >= threshold for score in kept) < FEW:
        threshold -= STEP
    while threshold < HIGHEST and sum(score >= threshold for score in kept) > MANY:
        threshold += STEP
    return threshold


def _in_order(profile: Profile, scored: Mapping[str, Score]) -> list[Fact]:
    """By section; jobs from the newest, each followed by its lines from the best; the rest from the best."""
    placed: dict[Section, list[Fact]] = {section: [] for section in SECTION_ORDER}
    for fact in profile.facts:
        if not fact.of or profile.find(fact.of) is None:
            placed[place_of(fact, profile)[1]].append(fact)
    ordered: list[Fact] = []
    for section in SECTION_ORDER:
        tops = placed[section]
        if section == "summary":
            pass  # sentences of one text keep their order
        elif section in ("experiences", "education"):
            tops = sorted(tops, key=lambda fact: (fact.end or "9999", fact.start), reverse=True)
        else:
            tops = sorted(tops, key=lambda fact: -scored[fact.id].value)
        for fact in tops:
            lines = sorted(profile.lines(fact.id), key=lambda line: -scored[line.id].value)
            ordered += [fact, *lines]
    return ordered


def _question(profile: Profile, offer: Offer, facts: Iterable[Fact], scored: Mapping[str, Score]) -> Question:
    lines = [fact for fact in facts if fact.kind in SENTENCES]
    best = {fact.id for fact in sorted(lines, key=lambda fact: -scored[fact.id].value)[:MAX_PHRASED]}
    asked = tuple(
        LineAsked(
            id=widget_id(fact),
            text=fact.text,
            facts=tuple(given(one) for one in _cited(fact, profile)),
            relevance=scored[fact.id].value,
            answers=scored[fact.id].parts[0].words,
        )
        for fact in lines
        if fact.id in best
    )
    told = (offer.title, *dict.fromkeys(requirement.sentence for requirement in offer.requirements))
    return Question(
        language=profile.language,
        lines=asked,
        pitch_facts=tuple(given(fact) for fact in profile.of_kind("summary")),
        offer="\n".join(told),
    )


def _cited(fact: Fact, profile: Profile) -> tuple[Fact, ...]:
    above = profile.find(fact.of) if fact.of else None
    return (above, fact) if above else (fact,)


def _widget(fact: Fact, gate: Gate, score: Score, phrased: str | None) -> AIWidget:
    profile = gate.profile
    kind, section = place_of(fact, profile)
    text = phrased or tidy(own_words(fact), profile.language, point=fact.kind in SENTENCES)
    sources = sources_of(fact, profile)
    return AIWidget(
        id=widget_id(fact),
        type=kind,
        section=section,
        text=text,
        relevance_score=score.value,
        sources=sources,
        quality=Quality(
            has_numbers=bool(numbers(text)),
            length=len(text),
            # The fact's own words need no judge, who may see a number's sign in two words put side by side.
            grounded=phrased is None or not gate.flaws(text, sources.ids()),
        ),
    )


def own_words(fact: Fact) -> str:
    """The fact as a line: a language with its level, a certificate with who gave it."""
    if fact.kind == "language" and fact.level:
        return f"{fact.text} ({fact.level})"
    if fact.kind in ("certificate", "award", "publication") and fact.employer:
        return f"{fact.text}, {fact.employer}"
    return fact.text


def _summary(profile: Profile, pitch: str) -> ProfilSummary:
    """Identity byte for byte as the person gave it: no engine has a hand in it."""
    first, _, last = profile.identity.name.strip().partition(" ")
    jobs = sorted(profile.of_kind("experience"), key=lambda fact: (fact.end or "9999", fact.start), reverse=True)
    title = profile.identity.label or next((fact.title for fact in jobs if fact.title), "")
    place = profile.identity.location
    return ProfilSummary(
        prenom=first or None,
        nom=last.strip() or None,
        titre_principal=title or None,
        localisation=", ".join(filter(None, (place.city, place.region))) or None,
        elevator_pitch=pitch or None,
    )


def _keywords(offer: Offer) -> list[str]:
    named = [keyword.text for keyword in offer.keywords] + [skill.label for skill in offer.skills]
    return list({word.casefold(): word for word in reversed(named)}.values())[::-1][:KEYWORDS]


def _context(offer: Offer, matched: Match, description: str) -> JobOfferContext:
    return JobOfferContext(
        title=offer.title or None,
        company=offer.company or None,
        location=offer.place or None,
        keywords=_keywords(offer),
        missing_keywords=[skill.label for skill in matched.missing],
        description=description or None,
    )
