"""What is refused about an account, in words that tell nobody whether an address is known."""

from typing import ClassVar

from cvstudio.errors import Conflict, Forbidden, InvalidInput, NotFound, Unauthorized
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


class SecondFactorRequired(Unauthorized):
    """The password is right; `pending_token` goes to POST /api/auth/second-factor with a code."""

    code: ClassVar[str] = "SECOND_FACTOR_REQUIRED"
    messages: ClassVar[dict[str, str]] = {
        "fr": "Donnez aussi le code de votre application.",
        "en": "Please give the code of your app, too.",
    }


class PendingSignInOver(Unauthorized):
    code: ClassVar[str] = "SIGN_IN_EXPIRED"
    messages: ClassVar[dict[str, str]] = {
        "fr": "Cette connexion a trop attendu, ou a déjà servi. Recommencez.",
        "en": "This sign-in waited too long, or was already used. Please begin again.",
    }


class WrongCode(InvalidInput):
    code: ClassVar[str] = "INVALID_CODE"


class SecondFactorOn(Conflict):
    code: ClassVar[str] = "SECOND_FACTOR_ON"
    messages: ClassVar[dict[str, str]] = {
        "fr": "La validation en deux étapes est déjà activée.",
        "en": "Two-step verification is already on.",
    }


class SecondFactorOff(Conflict):
    code: ClassVar[str] = "SECOND_FACTOR_OFF"
    messages: ClassVar[dict[str, str]] = {
        "fr": "La validation en deux étapes n’est pas activée.",
        "en": "Two-step verification is not on.",
    }


class ProofRequired(Forbidden):
    code: ClassVar[str] = "PROOF_REQUIRED"
    messages: ClassVar[dict[str, str]] = {
        "fr": "Donnez votre mot de passe ou un code.",
        "en": "Please give your password or a code.",
    }


class PasskeyRefused(Unauthorized):
    """Unknown, removed, not verified by the person, a copy, or an answer to another question: all alike."""

    code: ClassVar[str] = "PASSKEY_REFUSED"
    messages: ClassVar[dict[str, str]] = {
        "fr": "Cette clé d’accès n’ouvre aucun compte. Réessayez, ou choisissez un autre moyen.",
        "en": "This passkey opens no account. Try again, or choose another way.",
    }


class PasskeyInvalid(InvalidInput):
    code: ClassVar[str] = "PASSKEY_INVALID"
    messages: ClassVar[dict[str, str]] = {
        "fr": "La clé d’accès n’a pas pu être ajoutée. Réessayez.",
        "en": "The passkey could not be added. Please try again.",
    }


class PasskeyNotFound(NotFound):
    code: ClassVar[str] = "PASSKEY_NOT_FOUND"
    messages: ClassVar[dict[str, str]] = {
        "fr": "Cette clé d’accès n’existe pas, ou plus.",
        "en": "This passkey does not exist, or no longer.",
    }


class LastWayIn(Conflict):
    code: ClassVar[str] = "LAST_WAY_IN"
    messages: ClassVar[dict[str, str]] = {
        "fr": "C’est votre seul moyen de vous connecter. Choisissez d’abord un mot de passe.",
        "en": "It is your only way to sign in. Choose a password first.",
    }


WORDS: dict[str, dict[Language, str]] = {
    "email": {"fr": "Ce n’est pas une adresse e-mail.", "en": "This is not an e-mail address."},
    "email_missing": {"fr": "Indiquez votre adresse e-mail.", "en": "Enter your e-mail address."},
    "username": {
        "fr": "De 3 à 40 lettres, chiffres, points, tirets ou soulignés.",
        "en": "3 to 40 letters, digits, dots, hyphens or underscores.",
    },
    "username_taken": {"fr": "Ce nom d’utilisateur est déjà pris.", "en": "This username is already taken."},
    "passwords_differ": {"fr": "Les mots de passe ne sont pas les mêmes.", "en": "Passwords must match."},
    "wrong_password": {"fr": "Ce n’est pas le bon mot de passe.", "en": "Wrong password."},
    "wrong_code": {
        "fr": "Ce n’est pas le bon code, ou il a déjà servi.",
        "en": "This is not the right code, or it was already used.",
    },
    "passkey_name": {"fr": "Donnez-lui un nom.", "en": "Give it a name."},
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


def wrong_code(language: Language) -> WrongCode:
    return WrongCode(fields={"code": [WORDS["wrong_code"][language]]})
