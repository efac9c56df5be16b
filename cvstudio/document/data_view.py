"""widgets-v2's CVData: the document in that door's words, read only.

| CVData | document |
|---|---|
| profil: prenom, nom, titre, email, telephone, localisation, site, photo, elevator_pitch | basics |
| experiences: poste, entreprise, lieu, dates, realisations | work |
| competences: techniques, groupes | skills: names and keywords, the groups they stand in |
| formations, langues, certifications, projets | education, languages, certificates, projects |
| benevolat, distinctions, publications, interets, references | volunteer, awards, publications, interests, references |
| rubriques | custom |

Dates are the document's own; a blank `date_fin` beside a `date_debut` says that it goes on. Hidden entries stay out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from pydantic import BaseModel, ConfigDict

from cvstudio.document.model import Document, Item

SomeItem = TypeVar("SomeItem", bound=Item)


class _View(BaseModel):
    model_config = ConfigDict(frozen=True)


class Profil(_View):
    prenom: str
    nom: str
    titre: str
    email: str
    telephone: str
    localisation: str
    site: str
    photo: str
    elevator_pitch: str


class Dates(_View):
    id: str
    date_debut: str
    date_fin: str
    url: str


class Experience(Dates):
    poste: str
    entreprise: str
    lieu: str
    realisations: list[str]


class Groupe(_View):
    nom: str
    niveau: str
    elements: list[str]


class Competences(_View):
    techniques: list[str]
    groupes: list[Groupe]


class Formation(Dates):
    diplome: str
    ecole: str
    lieu: str
    mention: str
    details: list[str]


class Langue(_View):
    langue: str
    niveau: str


class Titre(_View):
    """A certificate, an award or a publication."""

    nom: str
    organisme: str
    date: str


class Projet(Dates):
    nom: str
    organisme: str
    realisations: list[str]


class Rubrique(_View):
    titre: str
    elements: list[Projet]


class Reference(_View):
    nom: str
    texte: str


class CVData(_View):
    profil: Profil
    experiences: list[Experience]
    competences: Competences
    formations: list[Formation]
    langues: list[Langue]
    certifications: list[Titre]
    projets: list[Projet]
    benevolat: list[Experience]
    distinctions: list[Titre]
    publications: list[Titre]
    interets: list[str]
    references: list[Reference]
    rubriques: list[Rubrique]


def read(document: Document) -> CVData:
    hidden = set(document.studio.hidden)

    def shown(items: Sequence[SomeItem]) -> list[SomeItem]:
        return [item for item in items if item.id not in hidden]

    skills = shown(document.skills)
    return CVData(
        profil=_profil(document),
        experiences=[
            Experience(
                id=job.id,
                poste=job.position,
                entreprise=job.name,
                lieu=job.location,
                date_debut=job.start_date,
                date_fin=job.end_date,
                url=job.url,
                realisations=_lines(job.summary, job.highlights),
            )
            for job in shown(document.work)
        ],
        competences=Competences(
            techniques=[word for skill in skills for word in (skill.keywords or [skill.name])],
            groupes=[Groupe(nom=skill.name, niveau=skill.level, elements=list(skill.keywords)) for skill in skills],
        ),
        formations=[
            Formation(
                id=degree.id,
                diplome=" ".join(filter(None, (degree.study_type, degree.area))),
                ecole=degree.institution,
                lieu=degree.location,
                mention=degree.score,
                date_debut=degree.start_date,
                date_fin=degree.end_date,
                url=degree.url,
                details=_lines(degree.summary, degree.courses),
            )
            for degree in shown(document.education)
        ],
        langues=[Langue(langue=one.language, niveau=one.fluency) for one in shown(document.languages)],
        certifications=[
            Titre(nom=one.name, organisme=one.issuer, date=one.date) for one in shown(document.certificates)
        ],
        projets=[
            Projet(
                id=one.id,
                nom=one.name,
                organisme=one.entity,
                date_debut=one.start_date,
                date_fin=one.end_date,
                url=one.url,
                realisations=_lines(one.description, one.highlights),
            )
            for one in shown(document.projects)
        ],
        benevolat=[
            Experience(
                id=post.id,
                poste=post.position,
                entreprise=post.organization,
                lieu="",
                date_debut=post.start_date,
                date_fin=post.end_date,
                url=post.url,
                realisations=_lines(post.summary, post.highlights),
            )
            for post in shown(document.volunteer)
        ],
        distinctions=[Titre(nom=one.title, organisme=one.awarder, date=one.date) for one in shown(document.awards)],
        publications=[
            Titre(nom=one.name, organisme=one.publisher, date=one.release_date) for one in shown(document.publications)
        ],
        interets=[word for one in shown(document.interests) for word in (one.keywords or [one.name])],
        references=[Reference(nom=one.name, texte=one.reference) for one in shown(document.references)],
        rubriques=[
            Rubrique(
                titre=section.title,
                elements=[
                    Projet(
                        id=one.id,
                        nom=one.name,
                        organisme=one.subtitle,
                        date_debut=one.start_date,
                        date_fin=one.end_date,
                        url=one.url,
                        realisations=_lines(one.summary, one.highlights),
                    )
                    for one in shown(section.items)
                ],
            )
            for section in shown(document.custom)
        ],
    )


def _profil(document: Document) -> Profil:
    basics = document.basics
    first, _, last = basics.name.strip().partition(" ")
    return Profil(
        prenom=first,
        nom=last.strip(),
        titre=basics.label,
        email=basics.email,
        telephone=basics.phone,
        localisation=", ".join(filter(None, (basics.location.city, basics.location.region))),
        site=basics.url,
        photo=basics.image,
        elevator_pitch=basics.summary,
    )


def _lines(summary: str, highlights: Sequence[str]) -> list[str]:
    return [*([summary] if summary else []), *highlights]
