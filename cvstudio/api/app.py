"""The API, put together; it opens nothing until it is asked something."""

from typing import Any

from fastapi import FastAPI, Request
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.routing import Match

from cvstudio.api import docs, errors, exports, fonts, health, internal, jobs, middleware, photos, templates
from cvstudio.domain import generation
from cvstudio.errors import NotFound

ROUTERS = (templates.router, jobs.router, exports.router, photos.router, fonts.router, health.router, internal.router)

VERSION = "1.0"  # of the API; grows when something is added, never takes away

DESCRIPTION = f"""
CV Studio turns a person's career into a CV that prints exactly as previewed; this is the whole of it, for programs.

- **Who you are**: until accounts exist, the owner of what you make is an anonymous session. The first answer sets the
  cookie `cvstudio_session`; send it back with every request. What belongs to another session is 404.
- **Errors** have one body (`ErrorBody`), always: a stable `errorCode`, `error` for programs, `userMessage` for people.
- **Sent twice, done once**: add an `Idempotency-Key` to a POST and repeat it safely for 24 hours.
- **Languages**: French and English, by `Accept-Language`.
- **Limits** of an anonymous session: {generation.FREE_FILES} files a day (403 `QUOTA_REACHED`),
  {generation.MAX_REQUESTS} requests a minute (429 `RATE_LIMIT_EXCEEDED` with `Retry-After`).
- A slash at the end of an address makes no difference. Times are ISO 8601 in UTC.
"""


class Api(FastAPI):
    def openapi(self) -> dict[str, Any]:
        """FastAPI's document, with our errors in place of the 422 that we never answer."""
        if self.openapi_schema is None:
            document = super().openapi()
            for path in document["paths"].values():
                for operation in path.values():
                    operation["responses"].pop("422", None)
            schemas = document["components"]["schemas"]
            for unused in ("HTTPValidationError", "ValidationError"):
                schemas.pop(unused, None)
            schemas[errors.ErrorBody.__name__] = errors.ErrorBody.model_json_schema()
            schemas[jobs.CVJobResponse.__name__]["example"] = jobs.RESPONSE  # with its nulls, which FastAPI drops
            self.openapi_schema = document
        return self.openapi_schema


def create() -> FastAPI:
    app = Api(
        title="CV Studio",
        version=VERSION,
        description=DESCRIPTION,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    errors.install(app)
    for layer in reversed(middleware.LAYERS):
        app.add_middleware(layer)
    for router in (*ROUTERS, docs.router):
        app.include_router(router)
    # Last: behind us are the pages, which would answer with theirs.
    for prefix in ("api", "internal"):
        app.add_api_route(f"/{prefix}/{{path:path}}", _unknown, methods=METHODS, include_in_schema=False)
        app.add_api_route(f"/{prefix}", _unknown, methods=METHODS, include_in_schema=False)
    return app


METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


def _unknown(request: Request) -> None:
    """No such address, or none for this method."""
    routes = [route for router in (*ROUTERS, docs.router) for route in router.routes if isinstance(route, APIRoute)]
    allowed = {
        method for route in routes if route.matches(request.scope)[0] is Match.PARTIAL for method in route.methods or ()
    }
    if allowed:
        raise HTTPException(405, headers={"Allow": ", ".join(sorted(allowed))})
    raise NotFound(f"no address {request.url.path[:200]}")


api = create()
