"""The API described for people: one page, written on the server, without scripts or anything from elsewhere."""

import json
import re
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

router = APIRouter(include_in_schema=False)

POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"


@router.get("/api/docs")
def docs(request: Request) -> HTMLResponse:
    page = _template().get_template("docs.html.j2").render(api=request.app.openapi(), tags=_by_tag(request))
    return HTMLResponse(page, headers={"Content-Security-Policy": POLICY, "Cache-Control": "no-cache"})


def _by_tag(request: Request) -> dict[str, list[dict[str, Any]]]:
    document = request.app.openapi()
    tags: dict[str, list[dict[str, Any]]] = {}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            tags.setdefault(operation["tags"][0], []).append(
                {
                    "id": operation["operationId"],
                    "method": method.upper(),
                    "path": path,
                    "summary": operation["summary"],
                    "description": operation.get("description", ""),
                    "parameters": operation.get("parameters", []),
                    "body": _body(operation.get("requestBody", {}), document),
                    "answers": [_answer(status, given, document) for status, given in operation["responses"].items()],
                }
            )
    return tags


def _answer(status: str, given: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    shown = "" if int(status) >= 400 else _body(given, document)
    return {"status": status, "phrase": HTTPStatus(int(status)).phrase, "example": shown}


def _body(given: dict[str, Any], document: dict[str, Any]) -> str:
    """The example of the first media type, or the media types."""
    content = given.get("content", {})
    for media in content.values():
        example = _example(media.get("schema", {}), document)
        if example is not None:
            return json.dumps(example, ensure_ascii=False, indent=2)
    return ", ".join(content)


def _example(schema: dict[str, Any], document: dict[str, Any]) -> Any:
    if schema.get("type") == "array":
        item = _example(schema["items"], document)
        return None if item is None else [item]
    name = schema.get("$ref", "").rpartition("/")[2]
    return document["components"]["schemas"].get(name, {}).get("example")


@cache
def _template() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters["prose"] = _prose
    return environment


def _prose(text: str) -> Markup:
    """Paragraphs, lists, **strong** and `code`."""
    plain = str(escape(text.strip()))
    plain = re.sub(r"`([^`]+)`", r"<code>\1</code>", re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", plain))
    blocks = []
    for block in re.split(r"\n\s*\n", plain):
        if block.startswith("- "):
            items = re.split(r"\n?- ", block)[1:]
            blocks.append("<ul>" + "".join(f"<li>{item}</li>" for item in items) + "</ul>")
        else:
            blocks.append(f"<p>{block}</p>")
    return Markup("".join(blocks))  # noqa: S704 - escaped above
