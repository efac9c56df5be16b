"""A job offer, read: what it asks for, how badly, and the sentence that says so."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from cvstudio.language import Language

Need = Literal["must", "nice"]
Kind = Literal["skill", "experience", "education", "language", "certificate", "quality", "duty"]
Source = Literal["link", "pdf", "text", "title"]
Contract = Literal["", "permanent", "fixed_term", "interim", "apprenticeship", "internship", "freelance", "seasonal"]
Hours = Literal["", "full", "part"]
Seniority = Literal["", "intern", "junior", "confirmed", "senior", "lead", "director"]


class _Read(BaseModel):
    model_config = ConfigDict(frozen=True)


class Skill(_Read):
    uri: str  # ESCO's; blank when ESCO does not know it
    label: str  # in the offer's language where one is known


class Requirement(_Read):
    id: str  # "req_0" …, in the offer's order
    text: str  # without its bullet and cue words
    sentence: str  # as written
    need: Need
    kind: Kind
    skills: tuple[Skill, ...] = ()
    years: int | None = None  # of experience asked for here


class Keyword(_Read):
    text: str  # as the offer writes it
    sentence: str
    weight: float = Field(ge=0, le=1)  # how much the offer makes of it


class Offer(_Read):
    title: str
    company: str = ""
    place: str = ""
    contract: Contract = ""
    hours: Hours = ""
    language: Language
    seniority: Seniority = ""
    years: int | None = None  # the most that a must-have asks for
    requirements: tuple[Requirement, ...] = ()
    skills: tuple[Skill, ...] = ()  # of the requirements first, each once
    keywords: tuple[Keyword, ...] = ()  # the weightiest first
    occupation: str = ""  # ESCO's URI
    noise: tuple[str, ...] = ()  # sentences left out: perks, company talk, how to apply
    source: Source = "text"
