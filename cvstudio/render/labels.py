"""The words a CV needs besides its owner's, in the CV's language."""

from __future__ import annotations

LABELS: dict[str, dict[str, str]] = {
    "summary": {"fr": "Profil", "en": "Profile"},
    "work": {"fr": "Expérience professionnelle", "en": "Work experience"},
    "education": {"fr": "Formation", "en": "Education"},
    "skills": {"fr": "Compétences", "en": "Skills"},
    "languages": {"fr": "Langues", "en": "Languages"},
    "projects": {"fr": "Projets", "en": "Projects"},
    "certificates": {"fr": "Certifications", "en": "Certifications"},
    "volunteer": {"fr": "Bénévolat", "en": "Volunteering"},
    "awards": {"fr": "Distinctions", "en": "Awards"},
    "publications": {"fr": "Publications", "en": "Publications"},
    "interests": {"fr": "Centres d’intérêt", "en": "Interests"},
    "references": {"fr": "Références", "en": "References"},
    "custom": {"fr": "Autre", "en": "More"},
    "contact": {"fr": "Contact", "en": "Contact"},
    "present": {"fr": "présent", "en": "Present"},
    "colon": {"fr": "\u00a0: ", "en": ": "},
    "cv": {"fr": "CV", "en": "CV"},
    "watermark": {"fr": "Aperçu CV Studio", "en": "CV Studio preview"},
}


def label(key: str, language: str) -> str:
    return LABELS[key][language]
