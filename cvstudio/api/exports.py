"""One's CV in the formats that need no printing; PDF and PNG are made by a job (POST /api/cv/jobs)."""

from collections.abc import Callable
from typing import Annotated, Literal

from fastapi import APIRouter, Path
from fastapi.responses import Response

from cvstudio import db, render
from cvstudio.api.answers import attachment, errors
from cvstudio.api.deps import OwnerId
from cvstudio.document import Document
from cvstudio.domain import cvs, generation

router = APIRouter(prefix="/api/cv", tags=["CVs"])

Format = Literal["json", "md", "txt", "html"]
PLAIN: dict[str, tuple[str, Callable[[Document], str]]] = {
    "json": ("application/json", render.json_resume),
    "md": ("text/markdown; charset=utf-8", render.markdown),
    "txt": ("text/plain; charset=utf-8", render.text),
}
SANDBOX = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"


@router.get(
    "/{cv_id}/export/{format}",
    response_class=Response,
    responses=errors(400, 404)
    | {
        200: {
            "description": "The file",
            "content": {kind.partition(";")[0]: {} for kind, _ in PLAIN.values()} | {"text/html": {}},
        }
    },
)
def export_cv(
    cv_id: str,
    format: Annotated[Format, Path(description="json (JSON Resume), md, txt or html (the printable page)")],
    owner_id: OwnerId,
) -> Response:
    """One's CV as a file to keep."""
    with db.session(write=False) as session:
        cv = cvs.get_owned(session, owner_id, cv_id)
        document = Document.load(cv.document)
        name = f"{cv.filename.removesuffix('.json')}.{format}"
        if format == "html":
            response = attachment(generation.printable(session, owner_id, document), "text/html; charset=utf-8", name)
            response.headers["Content-Security-Policy"] = SANDBOX
            return response
    media_type, write = PLAIN[format]
    return attachment(write(document), media_type, name)
