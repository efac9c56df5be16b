"""A job offer, read: what it asks for, how badly, and the sentence that says so."""

from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from cvstudio.errors import StudioError
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
    said: str = ""  # the offer's words for it


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


class UnreadableOffer(StudioError):
    """No offer could be made out; `reason` is one of REASONS."""

    code: ClassVar[str] = "OFFER_UNREADABLE"
    status: ClassVar[int] = 400
    messages: ClassVar[dict[str, str]] = {
        "fr": "{why} Collez ici le texte de l’offre : copiez-le depuis la page ou le document où vous la lisez.",
        "en": "{why} Paste the offer’s text here: copy it from the page or document where you read it.",
    }
    REASONS: ClassVar[dict[str, dict[str, str]]] = {
        "empty": {
            "fr": "Nous n’y trouvons pas de texte : c’est peut-être une image ou un document scanné.",
            "en": "We find no text in it: it may be a picture or a scanned document.",
        },
        "locked": {
            "fr": "Ce fichier est protégé par un mot de passe.",
            "en": "This file is protected by a password.",
        },
        "heavy": {
            "fr": "Lire ce fichier demanderait trop de temps ou de mémoire.",
            "en": "Reading this file would take too much time or memory.",
        },
        "short": {
            "fr": "C’est trop court pour que nous sachions ce que l’offre demande.",
            "en": "This is too short to tell what the offer asks for.",
        },
        "login": {
            "fr": "Le site demande de se connecter avant de montrer l’offre.",
            "en": "The site asks people to sign in before it shows the offer.",
        },
        "cookies": {
            "fr": "Nous n’avons reçu que le bandeau de cookies du site.",
            "en": "All we received is the site’s cookie notice.",
        },
        "robots": {
            "fr": "Le site ne montre l’offre que dans un navigateur.",
            "en": "The site shows the offer in a browser only.",
        },
        "expired": {"fr": "L’offre n’est plus en ligne.", "en": "The offer is no longer online."},
        "not_an_offer": {
            "fr": "Ce texte ne ressemble pas à une offre d’emploi : ni missions, ni profil recherché.",
            "en": "This text does not look like a job offer: no duties, and nothing asked of the candidate.",
        },
        "language": {
            "fr": "L’offre n’est écrite ni en français ni en anglais, les deux langues que nous lisons.",
            "en": "The offer is written neither in English nor in French, the two languages that we read.",
        },
        "title": {
            "fr": "Nous ne connaissons pas ce métier sous ce nom.",
            "en": "We do not know an occupation by this name.",
        },
        "bare": {
            "fr": "Nous connaissons ce métier, mais trop peu de ce qu’il demande pour en faire une offre.",
            "en": "We know this occupation, but too little of what it asks for to make an offer of it.",
        },
    }

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason=reason)

    def message(self, lang: str) -> str:
        language = "fr" if lang == "fr" else "en"
        return self.messages[language].format(why=self.REASONS[self.reason][language])
