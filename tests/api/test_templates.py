import io

import pytest
from PIL import Image, ImageChops

from cvstudio import db
from cvstudio.config import settings
from cvstudio.domain import rendering, thumbnails
from cvstudio.render import themes
from tests.api.conftest import is_error, visitor

SUMMARY = {
    "id": str,
    "number": int,
    "name": str,
    "description": str,
    "preview_url": str,
    "thumbnail": str,
    "style": str,
    "pages": int,
    "ats_friendly": bool,
    "is_premium": bool,
    "is_active": bool,
    "created_at": str,
}
DETAIL = SUMMARY | {"supported_sections": list, "limits": dict, "template_html": str, "template_css": str}


def shape(found: dict) -> dict:
    return {name: type(value) for name, value in found.items()}


def test_every_theme_is_listed(caller):
    listed = caller.get("/api/templates").json()
    assert [item["id"] for item in listed] == [theme.slug for theme in themes.all()]
    for item in listed:
        assert shape(item) == SUMMARY
        assert item["thumbnail"] == item["preview_url"]
        assert item["style"] in {"modern", "classic", "creative", "minimal"}
        assert item["created_at"].endswith("Z")


def test_free_and_premium_ones_make_up_the_list(caller):
    every = caller.get("/api/templates").json()
    for kind, premium in (("free", False), ("premium", True)):
        listed = caller.get(f"/api/templates/{kind}/").json()
        assert listed == [item for item in every if item["is_premium"] is premium]
        assert listed


def test_pictures_have_whole_addresses(caller):
    item = caller.get("/api/templates").json()[0]
    assert item["thumbnail"].startswith(f"{settings().public_url.rstrip('/')}/api/templates/")


def test_names_are_in_the_callers_language(caller):
    theme = themes.get("modern")
    for language in ("fr", "en"):
        item = caller.get("/api/templates/modern", headers={"Accept-Language": language}).json()
        assert (item["name"], item["description"]) == (theme.name[language], theme.description[language])


def test_a_template_by_slug_and_by_number(caller):
    by_slug, by_number = caller.get("/api/templates/modern").json(), caller.get("/api/templates/1/").json()
    assert by_slug == by_number
    assert shape(by_slug) == DETAIL
    assert "work" in by_slug["supported_sections"]
    assert by_slug["template_css"] == themes.get("modern").template_css


@pytest.mark.parametrize("name", ["nope", "0", "-1", "01", "MODERN"])
def test_an_unknown_template(caller, name):
    for path in (f"/api/templates/{name}", f"/api/templates/{name}/thumbnail.png"):
        is_error(caller.get(path), 404, "TEMPLATE_NOT_FOUND")


def test_a_thumbnail_is_the_printed_page(client, monkeypatch):
    address = client.get("/api/templates/modern").json()["thumbnail"]
    first = client.get(address)
    assert first.headers["content-type"] == "image/png"
    assert first.headers["cache-control"] == "public, max-age=31536000, immutable"
    picture = Image.open(io.BytesIO(first.content)).convert("RGB")
    assert 700 < picture.width < 800
    assert 1.40 < picture.height / picture.width < 1.42
    assert ImageChops.invert(picture).getbbox()  # there is ink
    monkeypatch.setattr(thumbnails, "draw", lambda *_: pytest.fail("drawn again"))
    assert client.get(address).content == first.content
    english = "/api/templates/modern/thumbnail.png"
    monkeypatch.undo()
    other = client.get(english, params={"lang": "en"})
    assert other.content != first.content
    assert "immutable" not in other.headers["cache-control"]
    assert "immutable" not in client.get(address.replace("v=", "v=0")).headers["cache-control"]
    is_error(client.get(english, params={"lang": "de"}), 400, "INVALID_INPUT")


def test_without_a_browser_the_thumbnail_is_unavailable(sqlite, configure, tmp_path, monkeypatch):
    configure(chromium_path=tmp_path / "nothing")
    monkeypatch.setattr(rendering, "chromium", rendering.chromium.__wrapped__)
    monkeypatch.setattr(rendering, "executable", rendering.executable.__wrapped__)
    response = visitor().get("/api/templates/modern/thumbnail.png")
    is_error(response, 503, "BROWSER_UNAVAILABLE")
    assert str(tmp_path) not in response.text
    with db.session(write=False) as session:
        assert thumbnails.find(session, themes.get("modern"), "fr") is None
