"""CV layouts that are not ours: other habits of heading, dating, ordering and placing. One Jinja template each."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from cvstudio.document import Document
from cvstudio.document.model import Skill
from cvstudio.render.dates import format_range

FOLDER = Path(__file__).parent
NAMES = tuple(sorted(path.name.removesuffix(".html.j2") for path in FOLDER.glob("*.html.j2")))

# What a layout does not show.
WITHOUT: dict[str, frozenset[str]] = {
    "linkedin": frozenset(
        {"basics.phone", "basics.location.postalCode", "skills.keywords", "interests.name", "basics.url"}
        | {"projects.name", "projects.description", "projects.startDate", "projects.endDate", "projects.highlights"}
        | {"certificates.issuer", "certificates.date"}
    ),
}
UNGROUPED = {"sidebar", "halves"}
HEADINGS: dict[str, dict[str, list[str]]] = {
    "fr": {
        "summary": ["Profil professionnel", "À propos", "Résumé", "Objectif"],
        "work": ["Expériences professionnelles", "Parcours professionnel", "Expérience", "Emplois et stages"],
        "education": ["Formation et diplômes", "Études", "Formations", "Diplômes"],
        "skills": ["Compétences clés", "Compétences", "Savoir-faire", "Compétences techniques"],
        "languages": ["Langues", "Langues étrangères", "Langues parlées", "Compétences linguistiques"],
        "projects": ["Projets", "Réalisations", "Projets personnels", "Projets marquants"],
        "certificates": ["Certifications", "Certificats", "Habilitations", "Licences et certifications"],
        "interests": ["Centres d’intérêt", "Loisirs", "Activités et loisirs", "Passions"],
        "contact": ["Coordonnées", "Contact", "Informations personnelles", "Me contacter"],
    },
    "en": {
        "summary": ["Professional Summary", "About me", "Summary", "Objective"],
        "work": ["Employment History", "Professional Experience", "Experience", "Career History"],
        "education": ["Education & Training", "Academic Background", "Education", "Qualifications"],
        "skills": ["Key Skills", "Skills", "Core Competencies", "Technical Skills"],
        "languages": ["Languages", "Language Skills", "Languages", "Languages"],
        "projects": ["Projects", "Selected Projects", "Key Projects", "Personal Projects"],
        "certificates": ["Certifications", "Certificates", "Licenses & Certifications", "Certifications"],
        "interests": ["Interests", "Hobbies", "Hobbies & Interests", "Personal Interests"],
        "contact": ["Contact", "Contact Details", "Personal Information", "Contact"],
    },
}


def html(name: str, document: Document) -> str:
    language = document.studio.language
    variant = NAMES.index(name) % 4
    basics = document.basics
    town = " ".join(part for part in (basics.location.postal_code, basics.location.city) if part)
    return (
        _environment()
        .get_template(f"{name}.html.j2")
        .render(
            d=document,
            b=basics,
            language=language,
            town=town,
            site=basics.url.removeprefix("https://"),
            linkedin=basics.profiles[0].url.removeprefix("https://www."),
            h={key: words[variant] for key, words in HEADINGS[language].items()},
            dates=lambda item, style="short": format_range(item.start_date, item.end_date, style, language),
            fr=language == "fr",
        )
    )


def shown(name: str, document: Document) -> Document:
    """The document as a reader of this layout sees it: some have no names for groups of skills."""
    seen = document.model_copy(deep=True)
    if name == "linkedin":
        seen.skills = seen.skills[:3]
    if name not in UNGROUPED:
        return seen
    seen.skills = [Skill(name=word) for skill in document.skills for word in skill.keywords or [skill.name]]
    return seen


def without(name: str) -> frozenset[str]:
    return WITHOUT.get(name, frozenset())


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
