"""Portraits: sent by their owner, shown to nobody else."""

from typing import Annotated, Any

from fastapi import APIRouter, File, UploadFile
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from cvstudio import db
from cvstudio.api.answers import errors, sent
from cvstudio.api.deps import IdempotencyKey, Lang, OwnerId
from cvstudio.domain import idempotency, owners, photos
from cvstudio.domain.idempotency import Answer

router = APIRouter(prefix="/api/photos", tags=["Photos"])

PHOTO: dict[str, Any] = {
    "id": "Zr4TnW8sQe1VbK6m",
    "url": "/api/photos/Zr4TnW8sQe1VbK6m",
    "reference": "photo:Zr4TnW8sQe1VbK6m",
    "width": 640,
    "height": 800,
}


class PhotoResponse(BaseModel):
    model_config = ConfigDict(json_schema_extra={"example": PHOTO})

    id: str
    url: str = Field(description="answers its owner alone")
    reference: str = Field(description="what a CV's basics.image holds to show it")
    width: int = Field(description="pixels")
    height: int


@router.post("", status_code=201, response_model=PhotoResponse, responses=errors(400, 409, 413))
def upload_photo(
    owner_id: OwnerId,
    language: Lang,
    file: Annotated[UploadFile, File(description="JPEG, PNG, WebP or GIF, up to 10 MB and 50 megapixels")],
    key: IdempotencyKey = None,
) -> JSONResponse:
    """Keep a portrait: turned upright, at most 800 pixels a side, stripped of all metadata."""
    data = file.file.read(photos.MAX_BYTES + 1)

    def work() -> Answer:
        photo = photos.store(session, owner_id, data)
        response = PhotoResponse(
            id=photo.id,
            url=photos.ADDRESS + photo.id,
            reference=photos.reference(photo),
            width=photo.width,
            height=photo.height,
        )
        return Answer(201, response.model_dump())

    with db.session() as session:
        owners.ensure(session, owner_id, language)
        answer = idempotency.once(session, owner_id, key, "POST /api/photos", data, work)
    return sent(answer, Location=answer.body["url"])


@router.get(
    "/{photo_id}",
    response_class=Response,
    responses=errors(404) | {200: {"content": {"image/jpeg": {}}, "description": "The picture"}},
)
def get_photo(photo_id: str, owner_id: OwnerId) -> Response:
    """One's own portrait."""
    with db.session(write=False) as session:
        data, media_type = photos.read(session, owner_id, photo_id)
    return Response(data, media_type=media_type, headers={"Cache-Control": "private, max-age=86400", "Vary": "Cookie"})
