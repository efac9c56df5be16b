"""Errors as HTTP: one body for all, in the words of the caller's language."""

from collections.abc import Sequence
from typing import Any, ClassVar

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, Response
from starlette.types import Scope

from cvstudio.errors import InvalidInput, NotFound, StudioError
from cvstudio.language import COOKIE, Language, choose


class MethodNotAllowed(StudioError):
    code: ClassVar[str] = "METHOD_NOT_ALLOWED"
    status: ClassVar[int] = 405
    messages: ClassVar[dict[str, str]] = {
        "fr": "Cette adresse existe, mais n’accepte pas cette méthode.",
        "en": "This address exists, but does not take this method.",
    }


class UnsupportedMediaType(StudioError):
    code: ClassVar[str] = "UNSUPPORTED_MEDIA_TYPE"
    status: ClassVar[int] = 415
    messages: ClassVar[dict[str, str]] = {
        "fr": "Ce type de contenu n’est pas accepté ici ; attendu : {expected}.",
        "en": "This type of content is not accepted here; expected: {expected}.",
    }


class MalformedBody(InvalidInput):
    code: ClassVar[str] = "MALFORMED_BODY"
    messages: ClassVar[dict[str, str]] = {
        "fr": "Le corps de la requête est illisible : JSON ou formulaire mal formé.",
        "en": "The request body cannot be read: malformed JSON or form.",
    }


class ErrorBody(BaseModel):
    """Every error of the API. For bad input there is also one key per field at fault, with its messages."""

    model_config = ConfigDict(
        extra="allow",
        json_schema_extra={
            "example": {
                "error": "Some of the information needs correcting.",
                "errorCode": "INVALID_INPUT",
                "detail": "Some of the information needs correcting.",
                "userMessage": "Certaines informations sont à corriger.",
                "details": {"fields": {"data.first_name": ["Ce champ est obligatoire."]}},
                "data.first_name": ["Ce champ est obligatoire."],
            }
        },
    )
    error: str = Field(description="in English, for programs and their logs")
    errorCode: str = Field(description="stable; what a program decides by")
    detail: str = Field(description="the same as `error`")
    userMessage: str = Field(description="for people, in French or English, by Accept-Language")
    details: dict[str, Any] | None = None


# pydantic's kinds of fault, in our words; {…} is filled from the fault's context.
FAULTS: dict[str, dict[Language, str]] = {
    "missing": {"fr": "Ce champ est obligatoire.", "en": "This field is required."},
    "extra_forbidden": {"fr": "Ce champ est inconnu ici.", "en": "This field is not known here."},
    "string_type": {"fr": "Un texte est attendu.", "en": "This must be a text."},
    "string_unicode": {"fr": "Ce texte n’est pas de l’Unicode valable.", "en": "This is not valid Unicode."},
    "string_too_long": {"fr": "Au plus {max_length} caractères.", "en": "At most {max_length} characters."},
    "too_long": {"fr": "Au plus {max_length} éléments.", "en": "At most {max_length} items."},
    "list_type": {"fr": "Une liste est attendue.", "en": "This must be a list."},
    "model_attributes_type": {"fr": "Un objet est attendu.", "en": "This must be an object."},
    "dict_type": {"fr": "Un objet est attendu.", "en": "This must be an object."},
    "int_parsing": {"fr": "Un nombre entier est attendu.", "en": "This must be a whole number."},
    "enum": {"fr": "Valeurs possibles : {expected}.", "en": "Possible values: {expected}."},
    "literal_error": {"fr": "Valeurs possibles : {expected}.", "en": "Possible values: {expected}."},
}


def cookies(scope: Scope) -> dict[str, str]:
    return HTTPConnection(scope).cookies


def language_of(scope: Scope) -> Language:
    """The caller's: as chosen on our pages, else by Accept-Language."""
    return choose(cookies(scope).get(COOKIE, ""), Headers(scope=scope).get("accept-language", ""))


def answer(error: StudioError, language: Language, **more: str) -> JSONResponse:
    """The one body; `more` goes along at the top."""
    details: dict[str, Any] = {
        _camel(name): value if isinstance(value, int | float) else str(value) for name, value in error.params.items()
    }
    if error.fields:
        details["fields"] = error.fields
    own: dict[str, Any] = {
        "error": error.detail,
        "errorCode": error.code,
        "detail": error.detail,
        "userMessage": error.message(language),
    }
    if details:
        own["details"] = details
    # The limits' clients read these at the top.
    own |= {name: details[name] for name in ("retryAfter", "resetAt") if name in details}
    headers = {"WWW-Authenticate": "Bearer"} if error.status == 401 else {}
    if "retryAfter" in details:
        headers["Retry-After"] = str(details["retryAfter"])
    return JSONResponse(error.fields | own | more, error.status, headers)


def install(app: FastAPI) -> None:
    """The API's mapper: whatever an endpoint raises on purpose becomes the one body."""
    app.add_exception_handler(StudioError, _studio_error)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(HTTPException, _http_error)


def _studio_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, StudioError)  # noqa: S101 - installed for this class alone
    return answer(error, language_of(request.scope))


def _validation_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101
    language = language_of(request.scope)
    faults = error.errors()
    if any(fault["type"] == "json_invalid" for fault in faults):
        return answer(MalformedBody(), language)
    return answer(InvalidInput(fields=_by_field(faults, language)), language)


def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101
    kinds: dict[int, StudioError] = {404: NotFound(), 405: MethodNotAllowed(), 400: MalformedBody()}
    response = answer(kinds.get(error.status_code, StudioError()), language_of(request.scope))
    if error.headers:
        response.headers.update(error.headers)
    return response


def _by_field(faults: Sequence[Any], language: Language) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    for fault in faults:
        where = fault["loc"][1:] if fault["loc"][0] in ("body", "query", "path", "header") else fault["loc"]
        words = FAULTS.get(fault["type"])
        text = words[language].format(**fault.get("ctx", {})) if words else str(fault["msg"])
        fields.setdefault(".".join(str(step) for step in where) or "body", []).append(text)
    return fields


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(word.capitalize() for word in rest)
