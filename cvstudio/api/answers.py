"""What endpoints answer with, besides their own schemas."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from fastapi.responses import JSONResponse, Response

from cvstudio.api.errors import ErrorBody
from cvstudio.domain.idempotency import Answer


def errors(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """For OpenAPI: which errors a route answers, all in the one body."""
    body = {"application/json": {"schema": {"$ref": f"#/components/schemas/{ErrorBody.__name__}"}}}
    return {status: {"description": HTTPStatus(status).phrase, "content": body} for status in sorted(statuses)}


def sent(answer: Answer, **headers: str) -> JSONResponse:
    if answer.replayed:
        headers["Idempotency-Replayed"] = "true"
    return JSONResponse(answer.body, answer.status, headers)


def attachment(data: bytes | str, media_type: str, name: str) -> Response:
    """To be saved under this name, whatever its letters."""
    disposition = f"attachment; filename*=utf-8''{quote(name)}"
    return Response(data, media_type=media_type, headers={"Content-Disposition": disposition})


def pages(pictures: Sequence[bytes]) -> dict[str, bytes]:
    """Named by their numbers."""
    return {f"page-{number}.png": picture for number, picture in enumerate(pictures, 1)}


def archived(files: Mapping[str, bytes | str]) -> bytes:
    """All in one file, the same bytes for the same files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in files.items():
            info = zipfile.ZipInfo(name)
            packed = name.endswith((".png", ".pdf", ".docx"))
            info.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
            archive.writestr(info, data)
    return out.getvalue()


def iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
