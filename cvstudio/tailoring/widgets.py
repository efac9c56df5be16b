"""The envelope of scored lines, key for key as widgets-v2 writes it. None stands for a key that is not there."""

from __future__ import annotations

import re
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from cvstudio.tailoring.profile import Fact, Profile
from cvstudio.tailoring.profile import Kind as FactKind

WidgetType = Literal[
    "summary_block",
    "experience_bullet",
    "experience_header",
    "skill_item",
    "skill_group",
    "education_item",
    "project_item",
    "language_item",
    "meta_note",
]
Section = Literal[
    "header", "summary", "experiences", "skills", "education", "projects", "languages", "references", "meta"
]
PLACES: dict[FactKind, tuple[WidgetType, Section]] = {
    "summary": ("summary_block", "summary"),
    "experience": ("experience_header", "experiences"),
    "realisation": ("experience_bullet", "experiences"),
    "education": ("education_item", "education"),
    "skill": ("skill_item", "skills"),
    "language": ("language_item", "languages"),
    "project": ("project_item", "projects"),
    "certificate": ("education_item", "education"),
    "volunteer": ("experience_header", "experiences"),
    "award": ("meta_note", "meta"),
    "publication": ("project_item", "projects"),
    "interest": ("meta_note", "meta"),
    "reference": ("meta_note", "references"),
    "other": ("meta_note", "meta"),
}
FACT_ID = re.compile(r"[a-z]{3,4}_\d+")


class Exact(BaseModel):
    """Nothing but the keys of the specification."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    def dump(self) -> dict[str, Any]:
        return self.model_dump(mode="json", exclude_none=True)


class ProfilSummary(Exact):
    prenom: str | None = None
    nom: str | None = None
    titre_principal: str | None = None
    localisation: str | None = None
    elevator_pitch: str | None = None


class JobContext(Exact):
    company: str | None = None
    job_title: str | None = None
    match_score: int | None = Field(default=None, ge=0, le=100)
    keywords: list[str] | None = None


class Sources(Exact):
    """`rag_path` names every fact the widget rests on, header first: "exp_0/real_5", "comp_2"."""

    rag_experience_id: str | None = None
    rag_realisation_id: str | None = None
    rag_path: str | None = None

    def ids(self) -> list[str]:
        """The ids of the facts cited, each once."""
        named = [self.rag_experience_id or "", self.rag_realisation_id or "", *FACT_ID.findall(self.rag_path or "")]
        return [fact_id for fact_id in dict.fromkeys(named) if fact_id]


class Quality(Exact):
    has_numbers: bool | None = None
    length: int | None = None
    grounded: bool | None = None


class AIWidget(Exact):
    id: str
    type: WidgetType
    section: Section
    text: str
    relevance_score: int = Field(ge=0, le=100)
    sources: Sources | None = None
    quality: Quality | None = None


class Meta(Exact):
    model: str | None = None
    created_at: str | None = None  # ISO 8601
    locale: str | None = None
    version: str | None = None


class AIWidgetsEnvelope(Exact):
    profil_summary: ProfilSummary | None = None
    job_context: JobContext | None = None
    widgets: list[AIWidget]
    meta: Meta | None = None


class JobOfferContext(Exact):
    title: str | None = None
    company: str | None = None
    location: str | None = None
    keywords: list[str]
    missing_keywords: list[str] | None = None
    description: str | None = None


def place_of(fact: Fact, profile: Profile) -> tuple[WidgetType, Section]:
    """Where a fact stands; a line stands in its header's section."""
    if fact.kind == "realisation" and (above := profile.find(fact.of)):
        if above.kind in ("education", "project"):
            return PLACES[above.kind]
        return ("experience_bullet", PLACES[above.kind][1])
    return PLACES[fact.kind]


def sources_of(fact: Fact, profile: Profile) -> Sources:
    above = profile.find(fact.of) if fact.of else None
    job = fact if fact.kind in ("experience", "volunteer") else above
    return Sources(
        rag_experience_id=job.id if job and job.kind in ("experience", "volunteer") else None,
        rag_realisation_id=fact.id if fact.kind == "realisation" else None,
        rag_path="/".join(one.id for one in (above, fact) if one),
    )
