"""How complete a profile is: 0 to 100 in named parts, what is missing and what each missing part is worth."""

from __future__ import annotations

from collections.abc import Callable

from pydantic import BaseModel, ConfigDict

from cvstudio.document.model import Language
from cvstudio.tailoring.numbers import numbers
from cvstudio.tailoring.profile import Profile


class CompletenessPart(BaseModel):
    """`points` of `worth`; `missing` is what is left to gain."""

    model_config = ConfigDict(frozen=True)

    key: str
    names: dict[Language, str]
    points: int
    worth: int

    @property
    def missing(self) -> int:
        return self.worth - self.points


class Completeness(BaseModel):
    """`score` is the sum of the parts' points; their worths add up to 100."""

    model_config = ConfigDict(frozen=True)

    score: int
    parts: tuple[CompletenessPart, ...]

    @property
    def missing(self) -> tuple[CompletenessPart, ...]:
        """What is not there yet, the worthiest first."""
        return tuple(sorted((part for part in self.parts if part.missing), key=lambda part: -part.missing))


def _contact(profile: Profile) -> float:
    return (bool(profile.identity.email) + bool(profile.identity.phone)) / 2


def _dated(profile: Profile) -> float:
    done = [fact for fact in profile.of_kind("experience", "education", "volunteer", "project") if fact.title]
    return sum(bool(fact.start or fact.end) for fact in done) / len(done) if done else 0.0


def _figures(profile: Profile) -> float:
    told = sum(bool(numbers(fact.text)) for fact in profile.of_kind("realisation"))
    return min(1.0, told / 3)


# Someone at the start of their working life has projects and volunteering to show, and loses nothing by it.
PARTS: tuple[tuple[str, int, str, str, Callable[[Profile], float]], ...] = (
    ("name", 5, "Nom", "Name", lambda one: bool(one.identity.name.strip())),
    ("title", 5, "Titre professionnel", "Professional title", lambda one: bool(one.identity.label.strip())),
    ("contact", 10, "E-mail et téléphone", "E-mail and phone", _contact),
    ("place", 5, "Ville", "City", lambda one: bool(one.identity.location.city)),
    ("summary", 5, "Présentation", "Summary", lambda one: bool(one.of_kind("summary"))),
    (
        "experience",
        20,
        "Expériences, projets ou bénévolat",
        "Experience, projects or volunteering",
        lambda one: min(1.0, len(one.of_kind("experience", "project", "volunteer")) / 2),
    ),
    (
        "realisations",
        15,
        "Réalisations",
        "Achievements",
        lambda one: min(1.0, len(one.of_kind("realisation")) / 6),
    ),
    ("figures", 5, "Réalisations chiffrées", "Achievements with figures", _figures),
    ("dates", 5, "Dates", "Dates", _dated),
    (
        "education",
        10,
        "Formations ou certifications",
        "Education or certificates",
        lambda one: bool(one.of_kind("education", "certificate")),
    ),
    ("skills", 10, "Compétences", "Skills", lambda one: min(1.0, len(one.of_kind("skill")) / 5)),
    ("languages", 5, "Langues", "Languages", lambda one: bool(one.of_kind("language"))),
)


def completeness(profile: Profile) -> Completeness:
    parts = tuple(
        CompletenessPart(key=key, names={"fr": fr, "en": en}, points=int(worth * measure(profile) + 1e-9), worth=worth)
        for key, worth, fr, en, measure in PARTS
    )
    return Completeness(score=sum(part.points for part in parts), parts=parts)


def score(profile: Profile) -> int:
    """ragCompletenessScore."""
    return completeness(profile).score
