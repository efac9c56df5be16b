"""What can go wrong, said once: a stable code, an HTTP status, a sentence for the person."""

from typing import Any, ClassVar

MINUTE = 60  # seconds


class StudioError(Exception):
    """An expected failure; `messages` hold one template per language, filled from `params`.

    `detail` is English, for logs and API clients, and never holds personal data; without one it
    is the English message. `fields` maps an input's name to what is wrong with it.
    """

    code: ClassVar[str] = "INTERNAL_ERROR"
    status: ClassVar[int] = 500
    messages: ClassVar[dict[str, str]] = {
        "fr": "Un problème est survenu de notre côté. Votre travail est gardé ; réessayez dans un instant.",
        "en": "Something went wrong on our side. Your work is kept; please try again in a moment.",
    }

    def __init__(self, detail: str = "", *, fields: dict[str, list[str]] | None = None, **params: object) -> None:
        self.params = params
        self.fields = fields or {}
        self.detail = detail or self.message("en")
        super().__init__(self.detail)

    def message(self, lang: str) -> str:
        """The sentence to show, in "fr" or, for any other language, "en"."""
        return self.messages["fr" if lang == "fr" else "en"].format(**self.params)


class InvalidInput(StudioError):
    code = "INVALID_INPUT"
    status = 400
    messages: ClassVar[dict[str, str]] = {
        "fr": "Certaines informations sont à corriger.",
        "en": "Some of the information needs correcting.",
    }


class Unauthorized(StudioError):
    code = "UNAUTHORIZED"
    status = 401
    messages: ClassVar[dict[str, str]] = {
        "fr": "Connectez-vous pour continuer.",
        "en": "Please sign in to continue.",
    }


class Forbidden(StudioError):
    code = "FORBIDDEN"
    status = 403
    messages: ClassVar[dict[str, str]] = {
        "fr": "Cette action ne vous est pas ouverte.",
        "en": "You are not allowed to do this.",
    }


class NotFound(StudioError):
    code = "NOT_FOUND"
    status = 404
    messages: ClassVar[dict[str, str]] = {
        "fr": "Nous ne trouvons pas ce que vous demandez.",
        "en": "We cannot find what you asked for.",
    }


class Conflict(StudioError):
    code = "CONFLICT"
    status = 409
    messages: ClassVar[dict[str, str]] = {
        "fr": "Cela a changé entre-temps. Rechargez, puis réessayez.",
        "en": "This has changed in the meantime. Reload, then try again.",
    }


class TooLarge(StudioError):
    code = "TOO_LARGE"
    status = 413
    messages: ClassVar[dict[str, str]] = {
        "fr": "C'est trop volumineux pour être accepté.",
        "en": "This is too large to be accepted.",
    }


class RateLimited(StudioError):
    code = "RATE_LIMIT_EXCEEDED"
    status = 429
    messages: ClassVar[dict[str, str]] = {
        "fr": "Trop de demandes à la fois. Attendez un instant, puis réessayez.",
        "en": "Too many requests at once. Wait a moment, then try again.",
    }
    later: ClassVar[dict[str, str]] = {
        "fr": "Trop de demandes en peu de temps. Vous pourrez réessayer dans {wait}.",
        "en": "Too many requests in a short time. You can try again in {wait}.",
    }

    def message(self, lang: str) -> str:
        """How long to wait, where that is more than a moment: `retry_after`, in seconds."""
        seconds = self.params.get("retry_after")
        if not isinstance(seconds, int) or seconds < 2 * MINUTE:
            return super().message(lang)
        language = "fr" if lang == "fr" else "en"
        hours, minutes = -(-seconds // (60 * MINUTE)), -(-seconds // MINUTE)
        hour = "heures" if language == "fr" else "hours"
        return self.later[language].format(wait=f"{minutes} minutes" if minutes <= 90 else f"{hours} {hour}")


class Unavailable(StudioError):
    code = "UNAVAILABLE"
    status = 503
    messages: ClassVar[dict[str, str]] = {
        "fr": "Ce service ne répond pas pour l'instant. Réessayez dans quelques minutes.",
        "en": "This service is not answering right now. Please try again in a few minutes.",
    }


def kinds(root: type[StudioError] = StudioError) -> dict[str, type[StudioError]]:
    """Every error defined so far, by code."""
    found = {root.code: root}
    for child in root.__subclasses__():
        # A subclass that keeps its parent's code is the same error to the outside.
        found = kinds(child) | found
    return found


def restored(code: str, params: dict[str, Any]) -> StudioError:
    """An error of which code and params were kept, to say its message again."""
    kind = kinds().get(code, StudioError)
    error = kind.__new__(kind)  # what it was raised with besides is not kept
    error.__dict__ |= {**params, "params": params}
    return error
