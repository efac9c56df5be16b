"""People who do not exist, with CVs of varied length and content: the same for the same seed and language."""

from __future__ import annotations

import random
import re
import unicodedata
from typing import Any, Literal

from cvstudio.document import Document

Language = Literal["fr", "en"]

FIRST = {
    "fr": [
        "Aïcha",
        "Bastien",
        "Célia",
        "Dorian",
        "Élise",
        "Fabrice",
        "Gwenaëlle",
        "Hugo",
        "Inès",
        "Jérémy",
        "Karim",
        "Léonie",
        "Marius",
        "Nadège",
        "Oscar",
    ],
    "en": [
        "Abigail",
        "Barnaby",
        "Caitlin",
        "Desmond",
        "Eleanor",
        "Fergus",
        "Georgina",
        "Harriet",
        "Imran",
        "Jocelyn",
        "Keiran",
        "Lydia",
        "Marcus",
    ],
}
LAST = {
    "fr": [
        "Abadie",
        "Berthelot",
        "Chauvin",
        "Delorme",
        "Estève",
        "Fauconnier",
        "Guérin",
        "Huchet",
        "Jaouen",
        "Kermarrec",
        "Le-Goff",
        "Morvan",
        "Nogaret",
        "Pélissier",
        "Quéméneur",
        "Roussel",
        "de-la-Tour",
    ],
    "en": [
        "Ashworth",
        "Blakemore",
        "Carrington",
        "Dunleavy",
        "Ellsworth",
        "Fairweather",
        "Goodacre",
        "Hollis",
        "Ingleby",
        "Jarrow",
        "Kettering",
        "Loxley",
        "Mayhew",
        "O'Connor",
        "Pemberton",
    ],
}
TOWNS = {
    "fr": ["Nantes", "Rennes", "Lyon", "Lille", "Grenoble", "Vitré (35)", "Roubaix (59)", "Clisson (44)", "Tours"],
    "en": ["London", "Leeds", "Bristol", "Glasgow", "Manchester", "Cardiff", "York", "Sheffield", "Exeter"],
}
HOMES = {
    "fr": [("44000", "Nantes"), ("35000", "Rennes"), ("69003", "Lyon"), ("59000", "Lille"), ("29200", "Brest")],
    "en": [("LS1 4DY", "Leeds"), ("BS1 5TR", "Bristol"), ("M4 2AH", "Manchester"), ("G2 1DU", "Glasgow"), ("", "York")],
}
TRADES: dict[str, list[dict[str, Any]]] = {
    "fr": [
        {
            "titles": [
                "Responsable logistique",
                "Chef d’équipe quai",
                "Gestionnaire de stock",
                "Préparateur de commandes",
            ],
            "area": [
                "Gestion logistique et transport",
                "Management de la chaîne logistique",
                "Transport et prestations",
            ],
            "skills": {
                "Entrepôt": ["Inventaires tournants", "Préparation vocale", "FEFO", "Implantation", "Caces 1, 3 et 5"],
                "Outils": ["SAP MM", "Reflex WMS", "Excel (Power Query)", "Power BI"],
                "Pilotage": ["Budget d’exploitation", "Animation d’équipe", "Conduite du changement"],
            },
        },
        {
            "titles": ["Développeuse web", "Ingénieure logiciel", "Architecte technique", "Développeuse stagiaire"],
            "area": ["Informatique", "Génie logiciel", "Réseaux et télécommunications"],
            "skills": {
                "Langages": ["Python", "TypeScript", "SQL", "Go"],
                "Infrastructure": ["PostgreSQL", "Docker", "Kubernetes", "Terraform"],
                "Méthodes": ["Revue de code", "Tests automatisés", "Agilité (Scrum, Kanban)"],
            },
        },
        {
            "titles": ["Infirmier coordinateur", "Infirmier de nuit", "Aide-soignant", "Cadre de santé"],
            "area": ["Soins infirmiers", "Management des organisations de santé"],
            "skills": {
                "Soins": ["Voies veineuses", "Pansements complexes", "Soins palliatifs", "Triage"],
                "Organisation": ["Plannings", "Tutorat d’étudiants", "Dossier de soins informatisé"],
            },
        },
        {
            "titles": [
                "Chargée de communication",
                "Cheffe de projet éditorial",
                "Rédactrice",
                "Assistante de communication",
            ],
            "area": ["Information et communication", "Lettres modernes", "Marketing"],
            "skills": {
                "Rédaction": ["Communiqués", "Newsletters", "Relecture", "Entretiens"],
                "Numérique": ["WordPress", "Référencement naturel", "Adobe InDesign", "Canva"],
            },
        },
    ],
    "en": [
        {
            "titles": ["Software Engineer", "Senior Backend Developer", "Platform Engineer", "Junior Developer"],
            "area": ["Computer Science", "Software Engineering", "Mathematics"],
            "skills": {
                "Programming": ["Python", "Go", "SQL", "TypeScript"],
                "Cloud": ["PostgreSQL", "Docker", "Kubernetes", "Terraform (modules)"],
                "Practice": ["Code review", "Incident response", "Pair programming"],
            },
        },
        {
            "titles": ["Operations Manager", "Warehouse Supervisor", "Logistics Coordinator", "Stock Clerk"],
            "area": ["Supply Chain Management", "Business Administration", "Logistics"],
            "skills": {
                "Warehouse": ["Cycle counting", "Voice picking", "Slotting", "Reach truck licence"],
                "Systems": ["SAP", "Manhattan WMS", "Excel (Power Query)", "Power BI"],
            },
        },
        {
            "titles": ["Ward Manager", "Staff Nurse", "Charge Nurse", "Healthcare Assistant"],
            "area": ["Adult Nursing", "Health Studies", "Nursing Leadership"],
            "skills": {
                "Clinical": ["Triage", "Wound care", "Venepuncture", "Palliative care"],
                "Leadership": ["Rostering", "Mentoring", "Audit", "Safeguarding"],
            },
        },
        {
            "titles": ["Marketing Manager", "Content Strategist", "Copywriter", "Marketing Assistant"],
            "area": ["Marketing", "English Literature", "Journalism"],
            "skills": {
                "Writing": ["Long-form articles", "Newsletters", "Editing", "Interviews"],
                "Digital": ["WordPress", "Search engine optimisation", "Google Analytics", "Figma"],
            },
        },
    ],
}
EMPLOYERS = {
    "fr": [
        "Ormeau Distribution",
        "Transports Kerivel",
        "Groupe Saltane",
        "Clinique des Tilleuls",
        "Mairie de Plédran",
        "Hôpital Sainte-Brune",
        "Logivia",
        "Atelier Mordelle",
        "Société Brévenne",
        "Institut Calvex",
        "Nérolia",
        "Vanhove & Fils",
    ],
    "en": [
        "Harrow & Finch Ltd",
        "Northgate Foods",
        "Calder Systems",
        "St Brannock Hospital",
        "Penrose Group",
        "Tidewell",
        "Marlowe Logistics",
        "Ashdown Media",
        "Quayside Council",
        "Brightwater Labs",
        "Copperfield Trust",
        "Vexley",
    ],
}
SCHOOLS = {
    "fr": [
        "Université de Nantes",
        "IUT de Saint-Nazaire",
        "Lycée Jean-Moulin",
        "École des Mines d’Alès",
        "IAE de Lyon",
        "Université Rennes 2",
        "Institut de formation de Quimper",
    ],
    "en": [
        "University of Leeds",
        "Bristol Polytechnic",
        "Kingsmead College",
        "University of Glasgow",
        "Ashford School",
        "Open University",
        "York Institute of Technology",
    ],
}
DEGREES = {
    "fr": ["Master", "Licence", "BTS", "DUT", "Baccalauréat", "Licence professionnelle", "Diplôme d’État"],
    "en": ["MSc", "BSc", "BA", "Foundation Degree", "A Levels", "Postgraduate Diploma", "HND"],
}
GRADES = {
    "fr": ["Mention bien", "Mention très bien", "Major de promotion"],
    "en": ["First-class honours", "2:1", "GPA 3.8"],
}
COURSES = {
    "fr": ["Prévision de la demande", "Droit du travail", "Statistiques", "Gestion de projet", "Anglais professionnel"],
    "en": ["Algorithms", "Employment law", "Statistics", "Project management", "Research methods"],
}
DID = {
    "fr": [
        "Réduction de {n} % {what}, grâce à {how}.",
        "Encadrement de {k} personnes et suivi {what} chaque semaine.",
        "Mise en place {what} : {n} % de gain en {k} mois.",
        "Création de {how}, adoptée par {k} équipes sur trois sites ; "
        "les délais sont passés de {n} à {k} jours sans embauche supplémentaire.",
        "Participation au suivi {what}",
        "Formation de {k} collègues à {how}.",
        "Négociation avec {k} fournisseurs ({n} k€ par an) et suivi {what}.",
    ],
    "en": [
        "Cut {what} by {n}% through {how}.",
        "Led a team of {k} and reviewed {what} every week.",
        "Introduced {how}, saving {n} hours a month across {k} sites.",
        "Built {how} that {k} teams now rely on; lead times "
        "fell from {n} to {k} days with no additional headcount and no overtime.",
        "Supported the reporting of {what}",
        "Trained {k} colleagues in {how}.",
        "Negotiated with {k} suppliers (£{n}k a year) and tracked {what}.",
    ],
}
WHAT = {
    "fr": [
        "des coûts de transport",
        "des réclamations",
        "des temps d’attente",
        "du taux de service",
        "des incidents",
        "des stocks",
    ],
    "en": [
        "shipping costs",
        "customer complaints",
        "waiting times",
        "service levels",
        "incidents in production",
        "stock losses",
    ],
}
HOW = {
    "fr": [
        "une nouvelle grille de contrôle",
        "un tableau de bord partagé",
        "la refonte des plannings",
        "un outil de suivi interne",
    ],
    "en": [
        "a new checklist",
        "a shared dashboard",
        "a redesigned rota",
        "an in-house tracking tool",
        "weekly stand-ups",
    ],
}
ABOUT = {
    "fr": [
        "Organisation et sens du service.",
        "J’aime les équipes qui savent pourquoi elles font les choses.",
        "Quinze ans de terrain, du quai à la direction.",
        "À l’aise avec les chiffres comme avec les personnes.",
        "Je cherche un poste où les résultats se mesurent et où l’on prend le temps d’apprendre.",
    ],
    "en": [
        "Organised and calm under pressure.",
        "I like teams that know why they do what they do.",
        "Ten years of hands-on work, from the shop floor to the board room.",
        "At ease with figures and with people.",
        "Looking for a role where results are measured and there is time to learn.",
    ],
}
SPOKEN = {
    "fr": [
        ("Français", "Langue maternelle"),
        ("Anglais", "Courant (C1)"),
        ("Espagnol", "Intermédiaire (B1)"),
        ("Allemand", "Notions"),
    ],
    "en": [("English", "Native"), ("French", "Fluent"), ("German", "Intermediate (B1)"), ("Spanish", "Basic")],
}
LIKES = {
    "fr": ["Randonnée", "Chant choral", "Photographie argentique", "Voile", "Jardinage", "Échecs"],
    "en": ["Hill walking", "Choral singing", "Film photography", "Sailing", "Gardening", "Chess"],
}
CERTIFICATES = {
    "fr": [
        ("Habilitation électrique B1V", "Apave"),
        ("CPIM", "ASCM"),
        ("Sauveteur secouriste du travail", "INRS"),
        ("PRINCE2", "Axelos"),
    ],
    "en": [
        ("Certified ScrumMaster", "Scrum Alliance"),
        ("First Aid at Work", "Red Cross"),
        ("PRINCE2 Practitioner", "Axelos"),
    ],
}
PROJECTS = {
    "fr": [
        ("Livraison à vélo-cargo", "Expérimentation d’un an pour douze magasins."),
        ("Portail des stages", "Site de mise en relation."),
    ],
    "en": [
        ("Open Timetable", "A free rota planner used by forty charities."),
        ("Parcel Bike", "A year-long trial with twelve shops."),
    ],
}
CAUSES = {"fr": ("Banque alimentaire", "Bénévole logistique"), "en": ("Riverside Food Bank", "Volunteer driver")}


def person(seed: int, language: Language, *, rich: bool = True) -> Document:
    """`rich`: with the parts that only our own designs have a place for (descriptions, grades, courses, awards …)."""
    dice = random.Random(f"{seed}/{language}")
    trade = dice.choice(TRADES[language])
    first, last = (
        dice.choice(FIRST[language]),
        dice.choice(LAST[language]).replace("-", " " if dice.random() < 0.7 else "-"),
    )
    code, town = dice.choice(HOMES[language])
    slug = _slug(f"{first}-{last}")
    tree: dict[str, Any] = {
        "basics": {
            "name": f"{first} {last}",
            "label": trade["titles"][0],
            "email": f"{slug.replace('-', '.')}@example.org",
            "phone": _phone(dice, language),
            "location": {"postalCode": code, "city": town},
            "summary": " ".join(dice.sample(ABOUT[language], dice.randint(2, 4))),
            "profiles": [{"network": "LinkedIn", "username": slug, "url": f"https://www.linkedin.com/in/{slug}"}],
        },
        "work": _jobs(dice, language, trade, rich),
        "education": _schools(dice, language, trade, rich),
        "skills": _skills(dice, trade),
        "languages": [{"language": name, "fluency": level} for name, level in SPOKEN[language][: dice.randint(1, 4)]],
        "interests": [{"name": name} for name in dice.sample(LIKES[language], dice.randint(2, 4))],
        "meta": {"studio": {"language": language}},
    }
    if dice.random() < 0.5:
        tree["basics"]["url"] = f"https://{slug}.example.org"
    if dice.random() < 0.6:
        tree["certificates"] = [
            {"name": name, "issuer": issuer, "date": f"{dice.randint(2014, 2024)}-{dice.randint(1, 12):02d}"}
            for name, issuer in dice.sample(CERTIFICATES[language], dice.randint(1, 2))
        ]
    if dice.random() < 0.5:
        name, about = dice.choice(PROJECTS[language])
        tree["projects"] = [{"name": name, "description": about, "startDate": "2021-02", "endDate": "2022-01"}]
        tree["projects"][0]["highlights"] = [_did(dice, language)]
    if rich:
        _enrich(dice, language, tree)
    return Document.load(tree)


def _jobs(dice: random.Random, language: Language, trade: dict[str, Any], rich: bool) -> list[dict[str, Any]]:
    jobs = []
    year, month = 2025, dice.randint(1, 12)
    ongoing = dice.random() < 0.7
    months = dice.random() < 0.85
    for number in range(dice.randint(2, 5)):
        length = dice.randint(1, 5)
        start_month = dice.randint(1, 12)
        job = {
            "position": trade["titles"][min(number, 3)],
            "name": dice.choice(EMPLOYERS[language]),
            "startDate": _date(year - length, start_month, months),
            "highlights": [_did(dice, language) for _ in range(dice.randint(1, 5))],
        }
        if number or not ongoing:
            job["endDate"] = _date(year, month, months)
        if dice.random() < 0.75:
            job["location"] = dice.choice(TOWNS[language])
        if rich and dice.random() < 0.3:
            job["summary"] = dice.choice(ABOUT[language])
        jobs.append(job)
        year, month = year - length, max(1, start_month - 1)
    return jobs


def _schools(dice: random.Random, language: Language, trade: dict[str, Any], rich: bool) -> list[dict[str, Any]]:
    schools = []
    end = dice.randint(2004, 2012)
    for degree in dice.sample(DEGREES[language], dice.randint(1, 3)):
        school: dict[str, Any] = {"institution": dice.choice(SCHOOLS[language]), "studyType": degree}
        school["area"] = dice.choice(trade["area"])
        if dice.random() < 0.7:
            school["startDate"] = str(end - 2)
        school["endDate"] = str(end)
        if rich and dice.random() < 0.3:
            school["location"] = dice.choice(TOWNS[language])
        if rich and dice.random() < 0.3:
            school["score"] = dice.choice(GRADES[language])
        if rich and dice.random() < 0.3:
            school["courses"] = dice.sample(COURSES[language], dice.randint(2, 4))
        schools.append(school)
        end -= dice.randint(2, 3)
    return schools


def _skills(dice: random.Random, trade: dict[str, Any]) -> list[dict[str, Any]]:
    groups = [
        {"name": name, "keywords": dice.sample(words, dice.randint(2, len(words)))}
        for name, words in trade["skills"].items()
    ]
    if dice.random() < 0.3:
        return [{"name": word} for group in groups for word in group["keywords"]]
    return groups


def _enrich(dice: random.Random, language: Language, tree: dict[str, Any]) -> None:
    if dice.random() < 0.4:
        name, role = CAUSES[language]
        tree["volunteer"] = [
            {"organization": name, "position": role, "startDate": "2018-10", "highlights": [_did(dice, language)]}
        ]
    if dice.random() < 0.3:
        tree["awards"] = [
            {"title": "Prix Lumen" if language == "fr" else "Lumen Prize", "awarder": "Calvex", "date": "2023-05"}
        ]
    if dice.random() < 0.3:
        title = "Tout mesurer, ou presque" if language == "fr" else "Measuring almost everything"
        tree["publications"] = [{"name": title, "publisher": "Nérolia Editions", "releaseDate": "2020-09"}]
    if dice.random() < 0.3 and (job := tree["work"][0]).get("location"):
        job["description"] = {
            "fr": "Distribution de produits frais, 210 magasins livrés",
            "en": "Fresh food distribution to 210 stores",
        }[language]
    if dice.random() < 0.3:
        tree["interests"][0]["keywords"] = [{"fr": "dix ans de pratique", "en": "ten years of practice"}[language]]


def _did(dice: random.Random, language: Language) -> str:
    line = dice.choice(DID[language])
    return line.format(
        n=dice.randint(5, 60), k=dice.randint(2, 14), what=dice.choice(WHAT[language]), how=dice.choice(HOW[language])
    )


def _date(year: int, month: int, months: bool) -> str:
    return f"{year}-{month:02d}" if months else str(year)


def _phone(dice: random.Random, language: Language) -> str:
    pairs = [f"{dice.randint(0, 99):02d}" for _ in range(4)]
    if language == "fr":
        return " ".join(["06", *pairs]) if dice.random() < 0.6 else " ".join(["+33 6", *pairs])
    return f"07700 900{dice.randint(100, 999)}" if dice.random() < 0.6 else f"+44 7700 900{dice.randint(100, 999)}"


def _slug(text: str) -> str:
    bare = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", bare).strip("-")
