"""For load balancers and people on call."""

from typing import Any, Literal

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict

from cvstudio.domain import health

router = APIRouter(prefix="/api/health", tags=["Health"])

OK: dict[str, Any] = {"ok": True, "detail": "…"}


class Live(BaseModel):
    status: Literal["ok"] = "ok"


class Part(BaseModel):
    ok: bool
    detail: str


class Ready(BaseModel):
    model_config = ConfigDict(
        json_schema_extra={
            "example": {"status": "ok", "parts": {"database": {"ok": True, "detail": "sqlite"}, "worker": OK}}
        }
    )
    status: Literal["ok", "unavailable"]
    parts: dict[str, Part]


@router.get("/live")
async def live() -> Live:
    """The process answers."""
    return Live()


@router.get("", response_model=Ready, responses={503: {"model": Ready}})
@router.get("/ready", response_model=Ready, responses={503: {"model": Ready}})
def ready() -> JSONResponse:
    """Every part works: database, queue, bus, worker, Chromium, disk. 503 if one does not."""
    parts = health.parts()
    well = all(part["ok"] for part in parts.values())
    return JSONResponse({"status": "ok" if well else "unavailable", "parts": parts}, 200 if well else 503)
