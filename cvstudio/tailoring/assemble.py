"""Widgets become a CV document: those chosen, in their sections, with the identity of the profile untouched."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from pydantic import BaseModel, ConfigDict, Field

from cvstudio.document.model import (
    Award,
    Certificate,
    CustomItem,
    CustomSection,
    Document,
    Education,
    Interest,
    Project,
    Publication,
    Reference,
    Skill,
    SpokenLanguage,
    Volunteer,
    Work,
)
from cvstudio.tailoring.profile import HEADERS, Fact, Profile
from cvstudio.tailoring.widgets import AIWidget, AIWidgetsEnvelope

MIN_SCORE, MAX_EXPERIENCES, MAX_BULLETS = 50, 6, 6  # the defaults of generate-v2
BARE_LINES = {"fr": "Réalisations", "en": "Achievements"}  # over lines that stand below no job


class Choice(BaseModel):
    """Which widgets to take. `on` and `off` are widgets switched by hand: they win over the score.

    `short` has the texts of widgets shortened to save room; a blank one takes what is said about a company away.
    """

    model_config = ConfigDict(frozen=True)

    min_score: int = MIN_SCORE
    max_experiences: int = MAX_EXPERIENCES
    max_bullets: int = MAX_BULLETS
    include_photo: bool = False
    on: frozenset[str] = frozenset()
    off: frozenset[str] = frozenset()
    short: Mapping[str, str] = Field(default_factory=dict)


def chosen(profile: Profile, envelope: AIWidgetsEnvelope, choice: Choice) -> list[AIWidget]:
    """The widgets that make the CV, in the envelope's order.

    A header stays while one of its lines does; jobs, languages and the newest degree stay whatever their score, a job
    without a line with its title, employer and dates: without them a career has holes. Beyond the limits the least
    relevant give way.
    """
    facts = {widget.id: _fact(widget, profile) for widget in envelope.widgets}
    taken = {
        widget.id
        for widget in envelope.widgets
        if widget.id in choice.on or (widget.relevance_score >= choice.min_score and widget.id not in choice.off)
    }
    taken |= {widget_id for widget_id in _backbone(envelope, facts) if widget_id not in choice.off}
    headers = {fact.id: widget_id for widget_id, fact in facts.items() if fact and fact.kind in HEADERS}
    taken |= {headers[fact.of] for widget_id in taken if (fact := facts[widget_id]) and fact.of in headers}
    score = {widget.id: widget.relevance_score for widget in envelope.widgets}
    taken -= _beyond(taken, facts, score, choice)
    return [widget for widget in envelope.widgets if widget.id in taken and facts[widget.id]]


def _backbone(envelope: AIWidgetsEnvelope, facts: dict[str, Fact | None]) -> list[str]:
    kept: list[str] = []
    degree = ""
    for widget in envelope.widgets:
        fact = facts[widget.id]
        if fact and fact.kind == "education" and not degree:
            degree = widget.id  # the envelope has the newest first
            kept.append(widget.id)
        elif fact and fact.kind in ("experience", "language", "summary"):
            kept.append(widget.id)
    return kept


def _beyond(taken: set[str], facts: dict[str, Fact | None], score: dict[str, int], choice: Choice) -> set[str]:
    """What passes the limits: jobs by their best line, lines below a job by their own score."""
    below: dict[str, list[str]] = {}
    for widget_id in sorted(taken):
        if (fact := facts[widget_id]) and fact.of:
            below.setdefault(fact.of, []).append(widget_id)
    jobs = [
        (widget_id, fact) for widget_id in sorted(taken) if (fact := facts[widget_id]) and fact.kind == "experience"
    ]
    best = {widget_id: max(score[one] for one in (widget_id, *below.get(fact.id, ()))) for widget_id, fact in jobs}
    ranked = sorted(jobs, key=lambda pair: (pair[0] not in choice.on, -best[pair[0]], pair[0]))
    gone: set[str] = set()
    for widget_id, fact in ranked[choice.max_experiences :]:
        gone |= {widget_id, *below.get(fact.id, ())}
    for lines in below.values():
        by_worth = sorted(lines, key=lambda one: (one not in choice.on, -score[one], one))
        gone |= set(by_worth[choice.max_bullets :])
    return gone


def cv(profile: Profile, envelope: AIWidgetsEnvelope, choice: Choice | None = None) -> Document:
    """The document of the chosen widgets. Item ids are fact ids, so that a line is known again."""
    choice = choice or Choice()
    return document(profile, envelope, chosen(profile, envelope, choice), choice)


def document(profile: Profile, envelope: AIWidgetsEnvelope, widgets: Collection[AIWidget], choice: Choice) -> Document:
    made = Document()
    made.basics = profile.identity.model_copy(deep=True)
    if not choice.include_photo:
        made.basics.image = ""
    summary = envelope.profil_summary
    if summary and not made.basics.label:
        made.basics.label = summary.titre_principal or ""
    made.studio.language = profile.language
    short = choice.short
    texts = {fact.id: short.get(widget.id) or widget.text for widget in widgets if (fact := _fact(widget, profile))}
    facts = [fact for widget in widgets if (fact := _fact(widget, profile))]
    told = [texts[fact.id] for fact in facts if fact.kind == "summary"]
    own = [fact for fact in profile.facts if fact.kind == "summary"]
    whole = summary.elevator_pitch if summary and len(told) == len(own) else None
    made.basics.summary = whole or " ".join(told)
    lines: dict[str, list[str]] = {}
    degrees = {fact.id for fact in profile.facts if fact.kind == "education"}
    for fact in facts:
        if fact.kind == "realisation":
            text = texts[fact.id]
            if fact.of in degrees and not fact.text.endswith("."):
                text = text.removesuffix(".")  # courses are set one after the other, with commas
            lines.setdefault(fact.of, []).append(text)
    plain = {fact.id for widget in widgets if short.get(widget.id) == "" and (fact := _fact(widget, profile))}
    for fact in facts:
        below = lines.pop(fact.id, [])
        if fact.id in plain or (fact.kind == "experience" and not below):
            fact = fact.model_copy(update={"about": ""})
        _place(fact, texts[fact.id], below, made)
    bare = [text for left in lines.values() for text in left]
    if bare:
        section = CustomSection(id="lines", title=BARE_LINES[profile.language])
        section.items = [CustomItem(id="lines_0", highlights=bare)]
        made.custom.append(section)
    return made


def _place(fact: Fact, text: str, lines: list[str], made: Document) -> None:
    dated = {"id": fact.id, "start_date": fact.start, "end_date": fact.end, "url": fact.url}
    match fact.kind:
        case "experience":
            name = fact.title or (fact.text if not fact.employer else "")
            job = Work(position=name, name=fact.employer, location=fact.place, highlights=lines, **dated)
            job.description = fact.about
            made.work.append(job)
        case "volunteer":
            made.volunteer.append(Volunteer(position=fact.title, organization=fact.employer, highlights=lines, **dated))
        case "education":
            made.education.append(
                Education(
                    area=fact.title,
                    institution=fact.employer,
                    location=fact.place,
                    score=fact.level,
                    courses=lines,
                    **dated,
                )
            )
        case "project":
            made.projects.append(
                Project(
                    id=fact.id,
                    name=fact.title or fact.text,
                    entity=fact.employer,
                    start_date=fact.start,
                    end_date=fact.end,
                    url=fact.url,
                    highlights=lines,
                )
            )
        case "skill":
            _skill(fact, text, made)
        case "language":
            made.languages.append(SpokenLanguage(id=fact.id, language=fact.text, fluency=fact.level))
        case "certificate":
            made.certificates.append(
                Certificate(id=fact.id, name=fact.text, issuer=fact.employer, date=fact.start, url=fact.url)
            )
        case "award":
            made.awards.append(
                Award(id=fact.id, title=fact.text, awarder=fact.employer, date=fact.start, summary=fact.about)
            )
        case "publication":
            made.publications.append(
                Publication(
                    id=fact.id,
                    name=fact.text,
                    publisher=fact.employer,
                    release_date=fact.start,
                    url=fact.url,
                    summary=fact.about,
                )
            )
        case "interest":
            made.interests.append(Interest(id=fact.id, name=fact.text))
        case "reference":
            made.references.append(Reference(id=fact.id, name=fact.title, reference=fact.text))
        case "other":
            _other(fact, lines, made)


def _skill(fact: Fact, text: str, made: Document) -> None:
    for group in made.skills:
        if fact.group and group.name == fact.group:
            group.keywords.append(text)
            return
    if fact.group:
        made.skills.append(Skill(id=fact.id, name=fact.group, level=fact.level, keywords=[text]))
    else:
        made.skills.append(Skill(id=fact.id, name=text, level=fact.level))


def _other(fact: Fact, lines: list[str], made: Document) -> None:
    item = CustomItem(
        id=fact.id,
        name=fact.title,
        subtitle=fact.employer,
        start_date=fact.start,
        end_date=fact.end,
        url=fact.url,
        highlights=lines,
    )
    for section in made.custom:
        if section.title == fact.group:
            section.items.append(item)
            return
    made.custom.append(CustomSection(id=f"custom_{fact.id}", title=fact.group, items=[item]))


def _fact(widget: AIWidget, profile: Profile) -> Fact | None:
    ids = widget.sources.ids() if widget.sources else []
    own = widget.id.removeprefix("widget_")
    return profile.find(own) or (profile.find(ids[-1]) if ids else None)
