"""A person and an offer for the tests of tailoring."""

from cvstudio.document import Document
from cvstudio.tailoring.offer import Keyword, Offer, Requirement, Skill

CV = {
    "basics": {
        "name": "Samir Ben Ali",
        "label": "Chef de partie",
        "email": "samir@example.org",
        "phone": "+33 6 00 00 00 00",
        "location": {"city": "Lyon"},
        "summary": "Cuisinier depuis neuf ans. J'aime les produits de saison.",
    },
    "work": [
        {
            "id": "w1",
            "position": "Chef de partie",
            "name": "Le Comptoir",
            "startDate": "2020-03",
            "highlights": [
                "responsable du poste chaud, 90 couverts par service",
                "Formation de deux commis",
                "Aide à la gestion des stocks avec Excel",
            ],
        },
        {
            "id": "w2",
            "position": "Serveur",
            "name": "Camping des Pins",
            "startDate": "2016-06",
            "endDate": "2016-08",
            "highlights": ["Prise de commande en terrasse"],
        },
    ],
    "education": [{"id": "e1", "studyType": "CAP", "area": "Cuisine", "institution": "Lycée Rabelais"}],
    "skills": [
        {"id": "s1", "name": "Cuisine", "keywords": ["Dressage", "Cuisson sous vide"]},
        {"id": "s2", "name": "Excel"},
    ],
    "languages": [{"id": "l1", "language": "Anglais", "fluency": "B1"}],
    "certificates": [{"id": "c1", "name": "HACCP", "issuer": "Umih"}],
    "meta": {"studio": {"language": "fr"}},
}


def document(**changes: object) -> Document:
    return Document.load({**CV, **changes})


def requirement(number: int, text: str, need: str = "must", kind: str = "duty", **more: object) -> Requirement:
    return Requirement(id=f"req_{number}", text=text, sentence=f"{text}.", need=need, kind=kind, **more)


def offer(*more: Requirement, **changes: object) -> Offer:
    asked = (
        requirement(0, "Envoyer les plats du poste chaud"),
        requirement(1, "Former les commis"),
        requirement(2, "CAP cuisine", kind="education"),
        requirement(3, "Anglais", "nice", "language"),
        requirement(4, "GraphQL", kind="skill", skills=(Skill(uri="", label="GraphQL"),)),
        *more,
    )
    fields = {
        "title": "Chef de partie",
        "company": "La Verrière",
        "place": "Villeurbanne",
        "language": "fr",
        "years": 3,
        "requirements": asked,
        "skills": (Skill(uri="", label="GraphQL"),),
        "keywords": (Keyword(text="HACCP", sentence="HACCP exigé.", weight=0.5),),
    }
    return Offer.model_validate({**fields, **changes})
