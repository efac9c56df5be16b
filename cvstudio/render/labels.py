"""The words a CV needs besides its owner's, in the CV's language."""

from __future__ import annotations

from cvstudio.document.model import CvLanguage

LABELS: dict[str, dict[CvLanguage, str]] = {
    "summary": {
        "fr": "Profil",
        "en": "Profile",
        "de": "Profil",
        "es": "Perfil",
        "it": "Profilo",
        "pt": "Perfil",
    },
    "work": {
        "fr": "Expérience professionnelle",
        "en": "Work experience",
        "de": "Berufserfahrung",
        "es": "Experiencia profesional",
        "it": "Esperienza professionale",
        "pt": "Experiência profissional",
    },
    "education": {
        "fr": "Formation",
        "en": "Education",
        "de": "Ausbildung",
        "es": "Formación",
        "it": "Istruzione e formazione",
        "pt": "Formação",
    },
    "skills": {
        "fr": "Compétences",
        "en": "Skills",
        "de": "Kenntnisse",
        "es": "Competencias",
        "it": "Competenze",
        "pt": "Competências",
    },
    "languages": {
        "fr": "Langues",
        "en": "Languages",
        "de": "Sprachen",
        "es": "Idiomas",
        "it": "Lingue",
        "pt": "Idiomas",
    },
    "projects": {
        "fr": "Projets",
        "en": "Projects",
        "de": "Projekte",
        "es": "Proyectos",
        "it": "Progetti",
        "pt": "Projetos",
    },
    "certificates": {
        "fr": "Certifications",
        "en": "Certifications",
        "de": "Zertifikate",
        "es": "Certificaciones",
        "it": "Certificazioni",
        "pt": "Certificações",
    },
    "volunteer": {
        "fr": "Bénévolat",
        "en": "Volunteering",
        "de": "Ehrenamt",
        "es": "Voluntariado",
        "it": "Volontariato",
        "pt": "Voluntariado",
    },
    "awards": {
        "fr": "Distinctions",
        "en": "Awards",
        "de": "Auszeichnungen",
        "es": "Distinciones",
        "it": "Riconoscimenti",
        "pt": "Distinções",
    },
    "publications": {
        "fr": "Publications",
        "en": "Publications",
        "de": "Veröffentlichungen",
        "es": "Publicaciones",
        "it": "Pubblicazioni",
        "pt": "Publicações",
    },
    "interests": {
        "fr": "Centres d’intérêt",
        "en": "Interests",
        "de": "Interessen",
        "es": "Intereses",
        "it": "Interessi",
        "pt": "Interesses",
    },
    "references": {
        "fr": "Références",
        "en": "References",
        "de": "Referenzen",
        "es": "Referencias",
        "it": "Referenze",
        "pt": "Referências",
    },
    "custom": {
        "fr": "Autre",
        "en": "More",
        "de": "Sonstiges",
        "es": "Otros",
        "it": "Altro",
        "pt": "Outros",
    },
    "contact": {
        "fr": "Contact",
        "en": "Contact",
        "de": "Kontakt",
        "es": "Contacto",
        "it": "Contatti",
        "pt": "Contato",
    },
    "present": {
        "fr": "présent",
        "en": "Present",
        "de": "heute",
        "es": "actualidad",
        "it": "presente",
        "pt": "presente",
    },
    "colon": {
        "fr": "\u00a0: ",
        "en": ": ",
        "de": ": ",
        "es": ": ",
        "it": ": ",
        "pt": ": ",
    },
    "cv": {
        "fr": "CV",
        "en": "CV",
        "de": "Lebenslauf",
        "es": "CV",
        "it": "CV",
        "pt": "CV",
    },
    "watermark": {
        "fr": "Aperçu CV Studio",
        "en": "CV Studio preview",
        "de": "Vorschau CV Studio",
        "es": "Vista previa CV Studio",
        "it": "Anteprima CV Studio",
        "pt": "Prévia CV Studio",
    },
    "photo": {
        "fr": "Photo",
        "en": "Photo",
        "de": "Foto",
        "es": "Foto",
        "it": "Foto",
        "pt": "Foto",
    },
}

# As each calls itself.
LANGUAGE_NAMES: dict[CvLanguage, str] = {
    "fr": "Français",
    "en": "English",
    "de": "Deutsch",
    "es": "Español",
    "it": "Italiano",
    "pt": "Português",
}


def label(key: str, language: CvLanguage) -> str:
    return LABELS[key][language]
