"""The API, put together; it opens nothing until it is asked something."""

from collections.abc import Iterable, Iterator
from typing import Any

from fastapi import FastAPI, Request
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

from cvstudio.api import (
    account,
    account_data,
    account_factors,
    account_passkeys,
    admin_feedback,
    admin_mail,
    admin_mail_log,
    admin_models,
    admin_onboarding,
    admin_settings,
    admin_tiers,
    auth,
    auth_factors,
    auth_nextauth,
    auth_oauth,
    background_tasks,
    consent,
    credits,
    cv_shares,
    cvs,
    docs,
    errors,
    events_stream,
    exports,
    feedback,
    fonts,
    health,
    improve,
    internal,
    jobs,
    matching,
    middleware,
    offers,
    onboarding,
    photos,
    profile,
    recaptcha,
    resumes,
    settings,
    shares,
    telemetry,
    templates,
    webhooks,
    widgets,
)
from cvstudio.errors import NotFound

ROUTERS = (
    templates.router,
    jobs.router,
    exports.router,
    cvs.router,
    cv_shares.router,
    resumes.router,
    feedback.router,
    photos.router,
    profile.router,
    offers.router,
    widgets.router,
    matching.router,
    improve.router,
    background_tasks.router,
    events_stream.router,
    telemetry.router,
    auth.router,
    auth_nextauth.router,
    auth_oauth.router,
    auth_factors.router,
    account.router,
    account_factors.router,
    account_passkeys.router,
    credits.router,
    account_data.router,
    consent.router,
    onboarding.router,
    admin_settings.router,
    admin_onboarding.router,
    admin_feedback.router,
    admin_mail.router,
    admin_mail_log.router,
    admin_tiers.router,
    admin_models.router,
    webhooks.router,
    settings.router,
    shares.router,
    recaptcha.router,
    fonts.router,
    health.router,
    internal.router,
)

VERSION = "1.0"  # of the API; grows when something is added, never takes away

DESCRIPTION = """
CV Studio turns a person's career into a CV that prints exactly as previewed; this is the whole of it, for programs.

- **Who you are**: an account, by `Authorization: Bearer <access>` (`POST /api/auth/login`) or by the cookie of a
  browser that signed in; else 401 `UNAUTHORIZED`. Where no account is needed, an anonymous session owns what it makes:
  the first answer sets the cookie `cvstudio_session`. Signing in with it adopts that work. What belongs to another
  is 404.
- **Errors** have one body (`ErrorBody`), always: a stable `errorCode`, `error` for programs, `userMessage` for people.
- **Sent twice, done once**: where a POST makes, sends or spends something, it takes an `Idempotency-Key`; the same
  request with the same key is safe to repeat for 24 hours.
- **Languages**: French and English, by `Accept-Language`.
- **Limits**: 10, 50 or 200 generations an hour, by tier (429 `RATE_LIMIT_EXCEEDED` with `Retry-After`). A Free account
  has 50 files a day for nothing; then one costs a credit (403 `INSUFFICIENT_CREDITS`), returned if the work fails.
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
            for model in _models(BaseModel):  # FastAPI drops the nulls of their examples
                extra = model.model_config.get("json_schema_extra")
                long_name = f"{model.__module__}.{model.__name__}".replace(".", "__")
                schema = schemas.get(long_name) or schemas.get(model.__name__)
                if schema and "example" in schema and isinstance(extra, dict):
                    schema["example"] = extra["example"]
            self.openapi_schema = document
        return self.openapi_schema


def _models(kind: type[BaseModel]) -> Iterator[type[BaseModel]]:
    """The API's own schemas."""
    for child in kind.__subclasses__():
        if child.__module__.startswith("cvstudio.api."):
            yield child
        yield from _models(child)


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
    # As if each stood here by itself: a router within a router is searched twice for every request.
    routes = [route for router in (*ROUTERS, docs.router) for route in router.routes]
    app.router.routes += [Exact(routes), *routes]
    # Last: behind us are the pages, which would answer with theirs.
    for prefix in ("api", "internal"):
        app.add_api_route(f"/{prefix}/{{path:path}}", _unknown, methods=METHODS, include_in_schema=False)
        app.add_api_route(f"/{prefix}", _unknown, methods=METHODS, include_in_schema=False)
    return app


class Exact(BaseRoute):
    """The routes whose addresses have no parameters, found by address: no need to try a hundred patterns first."""

    def __init__(self, routes: Iterable[BaseRoute]) -> None:
        self._routes: dict[str, list[APIRoute]] = {}
        for route in routes:
            if isinstance(route, APIRoute) and not route.param_convertors:
                self._routes.setdefault(route.path, []).append(route)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        for route in self._routes.get(scope["path"], ()) if scope["type"] == "http" else ():
            match, found = route.matches(scope)
            if match is Match.FULL:
                return match, found
        return Match.NONE, {}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        await scope["route"].handle(scope, receive, send)


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
