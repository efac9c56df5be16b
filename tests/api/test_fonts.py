import pytest

from cvstudio.render import fonts
from tests.api.conftest import is_error


def test_every_face_of_the_preview_is_served(caller):
    css = fonts.face_css(list(fonts.families()), "/api/fonts")
    addresses = {part.split('"')[0] for part in css.split('url("')[1:]}
    assert len(addresses) > 20
    for address in sorted(addresses)[::5]:
        response = caller.get(address)
        assert response.status_code == 200, address
        assert response.headers["content-type"] == "font/ttf"
        assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert response.content == fonts.path(address.rpartition("/")[2]).read_bytes()


@pytest.mark.parametrize("name", ["nope.ttf", "..%2f..%2fetc%2fpasswd", "lato-bold", "Lato-Bold.ttf"])
def test_no_other_file_is(caller, name):
    assert caller.get(f"/api/fonts/{name}").status_code == 404


def test_an_unknown_face(caller):
    is_error(caller.get("/api/fonts/nope.ttf"), 404, "FONT_NOT_FOUND")
