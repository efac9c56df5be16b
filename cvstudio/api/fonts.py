"""The font files, for the live preview: the very files that the PDF is printed with."""

from fastapi import APIRouter
from fastapi.responses import FileResponse

from cvstudio.api.answers import errors
from cvstudio.render import fonts

router = APIRouter(tags=["Fonts"])


@router.get(
    "/api/fonts/{name}",
    response_class=FileResponse,
    responses=errors(404) | {200: {"content": {"font/ttf": {}}, "description": "The font"}},
)
def get_font(name: str) -> FileResponse:
    """A face by its public name, e.g. `lato-bold.ttf`."""
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    return FileResponse(fonts.path(name), media_type="font/ttf", headers=headers)
