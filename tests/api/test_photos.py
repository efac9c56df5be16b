import io

import pytest
from PIL import Image

from cvstudio import db
from cvstudio.document import Document
from cvstudio.domain import cvs, generation
from cvstudio.models import Photo
from tests.api.conftest import is_error


def jpeg(size: tuple[int, int] = (600, 800), colour: str = "red") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "JPEG")
    return out.getvalue()


def upload(client, data: bytes, name: str = "me.jpg", **options):
    return client.post("/api/photos/", files={"file": (name, data, "image/jpeg")}, **options)


def test_a_photo_is_kept_and_shown_to_its_owner(client):
    response = upload(client, jpeg((1200, 1600)), "../../etc/passwd")
    assert response.status_code == 201
    photo = response.json()
    assert photo["url"] == response.headers["location"] == f"/api/photos/{photo['id']}"
    assert (photo["reference"], photo["width"], photo["height"]) == (f"photo:{photo['id']}", 600, 800)
    shown = client.get(photo["url"])
    assert shown.headers["content-type"] == "image/jpeg"
    assert shown.headers["cache-control"] == "private, max-age=86400"
    assert Image.open(io.BytesIO(shown.content)).size == (600, 800)


def test_it_is_printed_inside_the_page(client):
    photo = upload(client, jpeg()).json()
    document = Document()
    document.basics.name, document.basics.image = "Marie Dupont", photo["reference"]
    document.studio.design.photo = "circle"
    with db.session() as session:
        owner_id = session.get_one(Photo, photo["id"]).owner_id
        job = generation.start(session, owner_id, cvs.create(session, owner_id, document))
        page = generation.page(session, job)
    assert "data:image/jpeg;base64," in page
    assert photo["url"] not in page


@pytest.mark.parametrize(
    "data", [b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>", jpeg()[:300], b"<html><script>alert(1)</script>"]
)
def test_a_bad_image_is_refused_and_the_old_one_stays(caller, data):
    old = upload(caller, jpeg()).json()
    found = is_error(upload(caller, data, headers={"Accept-Language": "fr"}), 400, "INVALID_IMAGE")
    assert "gardée" in found["userMessage"]
    assert caller.get(old["url"]).status_code == 200


def test_sizes(caller):
    is_error(upload(caller, b"x" * 10_000_001), 413, "TOO_LARGE")
    is_error(upload(caller, b"x" * 11_000_000), 413, "TOO_LARGE")


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"json": {"file": "x"}},
        {"data": {"file": "x"}},
        {"files": {"photo": ("a.jpg", b"x", "image/jpeg")}},
        {"content": b"x", "headers": {"Content-Type": "multipart/form-data"}},
        {"content": b"x", "headers": {"Content-Type": "multipart/form-data; boundary=y"}},
    ],
)
def test_no_file(caller, sent):
    response = caller.post("/api/photos", **sent)
    assert response.status_code == 400
    assert response.json()["errorCode"] in {"INVALID_INPUT", "MALFORMED_BODY"}


def test_sent_twice_kept_once(client):
    headers = {"Idempotency-Key": "p1"}
    first, again = upload(client, jpeg(), headers=headers), upload(client, jpeg(), headers=headers)
    assert first.json() == again.json()
    assert again.headers["idempotency-replayed"] == "true"
    is_error(upload(client, jpeg(colour="blue"), headers=headers), 409, "IDEMPOTENCY_CONFLICT")
