"""What is refused about an account, in words that tell nobody whether an address is known."""

from typing import ClassVar

from cvstudio.errors import Forbidden, InvalidInput, NotFound, Unauthorized
from cvstudio.language import Language


class WrongCredentials(Unauthorized):
    code: ClassVar[str] = "INVALID_CREDENTIALS"
    messages: ClassVar[dict[str, str]] = {
        "fr": "L’adresse ou le mot de passe n’est pas le bon.",
        "en": "The e-mail address or the password is wrong.",
    }


class InvalidAccessToken(Unauthorized):
    """Forged, expired, or of a session that was ended."""

    code: ClassVar[str] = "INVALID_ACCESS_TOKEN"
    messages: ClassVar[dict[str, str]] = {
        "fr": "Votre session est terminée. Reconnectez-vous.",
        "en": "Your session has ended. Please sign in again.",
    }


class InvalidRefreshToken(InvalidAccessToken):
    code: ClassVar[str] = "INVALID_REFRESH_TOKEN"


class InvalidLink(InvalidInput):
    code: ClassVar[str] = "INVALID_LINK"
    messages: ClassVar[dict[str, str]] = {
        "fr": "Ce lien a déjà servi ou n’est plus valable. Demandez-en un nouveau.",
        "en": "This link was already used or is no longer valid. Ask for a new one.",
    }


class RegistrationClosed(Forbidden):
    """Says nothing about whether the address is known: it is asked of all alike."""

    code: ClassVar[str] = "REGISTRATION_CLOSED"
    messages: ClassVar[dict[str, str]] = {
        "fr": "Aucun compte ne peut être créé avec cette adresse en ce moment.",
        "en": "No account can be created with this address at the moment.",
    }


class SessionNotFound(NotFound):
    code: ClassVar[str] = "SESSION_NOT_FOUND"
    messages: ClassVar[dict[str, str]] = {
        "fr": "Cette session n’existe pas, ou plus.",
        "en": "This session does not exist, or no longer.",
    }


WORDS: dict[str, dict[Language, str]] = {
    "email": {"fr": "Ce n’est pas une adresse e-mail.", "en": "This is not an e-mail address."},
    "username": {
        "fr": "De 3 à 40 lettres, chiffres, points, tirets ou soulignés.",
        "en": "3 to 40 letters, digits, dots, hyphens or underscores.",
    },
    "username_taken": {"fr": "Ce nom d’utilisateur est déjà pris.", "en": "This username is already taken."},
    "passwords_differ": {"fr": "Les mots de passe ne sont pas les mêmes.", "en": "Passwords must match."},
    "wrong_password": {"fr": "Ce n’est pas le bon mot de passe.", "en": "Wrong password."},
    "short": {"fr": "Au moins 8 caractères.", "en": "At least 8 characters."},
    "long": {"fr": "Au plus 256 caractères.", "en": "At most 256 characters."},
    "common": {
        "fr": "Ce mot de passe est trop facile à deviner.",
        "en": "This password is too easy to guess.",
    },
}


def fault(field: str, words: str, language: Language) -> InvalidInput:
    """One field that needs correcting, said in the caller's language; `words` is a key of WORDS."""
    return InvalidInput(fields={field: [WORDS[words][language]]})
