"""Which of our two languages to speak: the one chosen before, else the browser's, else French."""

from typing import Literal, get_args

Language = Literal["fr", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
NATIVE_NAMES: dict[Language, str] = {"fr": "Français", "en": "English"}
DEFAULT: Language = "fr"
COOKIE = "cvstudio_lang"
COOKIE_SECONDS = 365 * 24 * 3600


def known(value: str) -> Language | None:
    """The language named by `value`, when it is one of ours."""
    return next((language for language in LANGUAGES if value == language), None)


def choose(chosen: str, accept_language: str) -> Language:
    """`chosen` is what a cookie or address said, maybe blank or forged; `accept_language` is the HTTP header."""
    return known(chosen) or _preferred(accept_language)


def _preferred(header: str) -> Language:
    best, weight = DEFAULT, 0.0
    for entry in header.split(","):
        name, *parameters = entry.strip().lower().split(";")
        language = known(name.strip().split("-")[0])
        quality = _quality(parameters)
        if language and quality > weight:
            best, weight = language, quality
    # Someone who asks for neither is likelier to read English.
    return best if weight or not header.strip(" *") else "en"


def _quality(parameters: list[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.strip().partition("=")
        if name == "q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0
