"""What people, phones and attackers send as a portrait."""

import struct
import zlib
from contextlib import suppress
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from cvstudio import db
from cvstudio.document import Document
from cvstudio.domain import files, photos
from cvstudio.errors import StudioError


def picture(mode: str = "RGB", size: tuple[int, int] = (300, 400), fill: object = None) -> Image.Image:
    return Image.new(mode, size, fill if fill is not None else {"RGB": (180, 60, 40)}.get(mode, 0))


def encoded(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def opened(data: bytes) -> Image.Image:
    image = Image.open(BytesIO(photos.redraw(data)[0]))
    assert (image.format, image.mode) == ("JPEG", "RGB")
    return image


def near(pixel: object, expected: tuple[int, int, int], by: int = 6) -> bool:
    return all(abs(a - b) <= by for a, b in zip(pixel, expected, strict=True))  # type: ignore[call-overload]


def png_chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_bomb(width: int, height: int, color: int = 0) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, color, 0, 0, 0)
    rows = zlib.compress(b"\0" * 1_000_000)
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + png_chunk(b"IDAT", rows) + png_chunk(b"IEND", b"")


def test_large_pictures_shrink_and_keep_their_shape():
    assert opened(encoded(picture(size=(3000, 1500)), "JPEG")).size == (800, 400)
    assert opened(encoded(picture(size=(1000, 4000)))).size == (200, 800)
    assert opened(encoded(picture(size=(120, 90)))).size == (120, 90)


def test_the_camera_held_sideways():
    image = picture(size=(400, 200))
    image.paste((0, 0, 255), (0, 0, 200, 200))
    exif = Image.Exif()
    exif[0x0112] = 6  # turn right to see it upright
    upright = opened(encoded(image, "JPEG", exif=exif, quality=95))
    assert upright.size == (200, 400)
    assert near(upright.getpixel((100, 50)), (0, 0, 255))


def test_no_metadata_survives():
    exif = Image.Exif()
    exif[0x010F] = "SecretCamera"
    exif.get_ifd(0x8825)[2] = (48.0, 51.0, 30.0)
    data = encoded(picture(), "JPEG", exif=exif, comment=b"SecretComment", xmp=b"<x>SecretXmp</x>", icc_profile=srgb())
    assert b"SecretCamera" in data
    jpeg, _ = photos.redraw(data)
    assert b"Secret" not in jpeg
    assert set(Image.open(BytesIO(jpeg)).info) <= {
        "jfif",
        "jfif_version",
        "jfif_unit",
        "jfif_density",
        "progressive",
        "progression",
    }
    assert not Image.open(BytesIO(jpeg)).getexif()


def srgb() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


@pytest.mark.parametrize(
    ("data", "colour"),
    [
        (encoded(picture("CMYK", fill=(0, 255, 255, 0)), "JPEG", quality=95), (254, 0, 0)),
        (encoded(picture("RGBA", fill=(0, 0, 0, 0))), (255, 255, 255)),
        (encoded(picture("LA", fill=(0, 255))), (0, 0, 0)),
        (encoded(picture("I;16", fill=0x8000)), (128, 128, 128)),
        (encoded(picture("1", fill=1)), (255, 255, 255)),
        (encoded(picture("L", fill=90)), (90, 90, 90)),
        (encoded(picture().quantize(4)), (180, 60, 40)),
        (encoded(picture(), "WEBP", quality=95), (180, 60, 40)),
        (encoded(picture(), "GIF"), (180, 60, 40)),
        (encoded(picture(), icc_profile=srgb()), (180, 60, 40)),
        (encoded(picture(), icc_profile=b"not a profile"), (180, 60, 40)),
        (encoded(picture("L", fill=90), icc_profile=srgb()), (90, 90, 90)),
    ],
    ids=[
        "cmyk",
        "clear",
        "grey-alpha",
        "16-bit",
        "1-bit",
        "grey",
        "palette",
        "webp",
        "gif",
        "icc",
        "bad-icc",
        "wrong-icc",
    ],
)
def test_every_kind_of_colour(data, colour):
    assert near(opened(data).getpixel((150, 200)), colour)


@given(st.sampled_from(["JPEG", "PNG", "WEBP", "GIF"]), st.data())
@settings(max_examples=300, deadline=None)
def test_a_damaged_file_is_read_or_refused(kind, data):
    damaged = bytearray(encoded(picture(size=(40, 30)), kind))
    for place, byte in data.draw(
        st.lists(st.tuples(st.integers(0, len(damaged) - 1), st.integers(0, 255)), max_size=8)
    ):
        damaged[place] = byte
    cut = data.draw(st.integers(0, len(damaged)))
    with suppress(photos.InvalidImage):
        photos.redraw(bytes(damaged[:cut] if cut % 2 else damaged))


def test_a_phones_picture_in_two_parts():
    assert opened(encoded(picture(), "MPO", save_all=True, append_images=[picture()])).size == (300, 400)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_of_an_animation_the_first_picture(kind):
    frames = [picture(fill=(0, 200, 0)), picture(fill=(200, 0, 0)), picture(fill=(0, 0, 200))]
    data = encoded(frames[0], kind, save_all=True, append_images=frames[1:], duration=50)
    assert near(opened(data).getpixel((150, 200)), (0, 200, 0))


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
PHOTO = encoded(picture(), "JPEG")
# All of its layers are kept until the last has come: 216 MB.
LAYERED = encoded(Image.new("RGB", (6_000, 6_000)), "JPEG", progressive=True, quality=20)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not a picture",
        SVG,
        b"<?xml version='1.0'?>" + SVG,
        b"GIF89a" + b"\xff" * 50,
        b"\x89PNG\r\n\x1a\n",
        encoded(picture())[:-40],
        PHOTO[: len(PHOTO) // 2],
        encoded(picture(), "BMP"),
        encoded(picture(), "TIFF"),
        encoded(picture(), "PDF"),
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
        png_bomb(60_000, 60_000),
        png_bomb(9_000, 9_000),
        png_bomb(7_000, 7_000, color=2),
        png_bomb(6_500, 6_500, color=6),
        LAYERED,
        png_bomb(0, 10),
        png_bomb(300, 300)[:60],
        encoded(picture(), "WEBP")[:100],
    ],
    ids=lambda data: repr(data[:12]),
)
def test_what_cannot_be_read_is_refused(data):
    with pytest.raises(photos.InvalidImage) as error:
        photos.redraw(data)
    assert error.value.code == "INVALID_IMAGE"
    assert "gardée" in error.value.message("fr")


def test_a_file_that_is_also_something_else_loses_that_part():
    html = b"<html><script>alert(1)</script></html>"
    zipped = b"PK\x03\x04 and a whole archive"
    jpeg, _ = photos.redraw(encoded(picture(), "JPEG", comment=html) + html + zipped)
    assert b"script" not in jpeg
    assert b"PK\x03\x04" not in jpeg


def test_over_ten_megabytes(sqlite, owner):
    with db.session() as session, pytest.raises(photos.PhotoTooLarge):
        photos.store(session, owner.id, b"\xff\xd8" + b"0" * photos.MAX_BYTES)


def test_a_photo_is_its_owners_alone(engine, owner, stranger):
    with db.session() as session:
        photo = photos.store(session, owner.id, PHOTO)
    document = Document()
    document.basics.image = photos.reference(photo)
    assert photos.src(document) == f"/api/photos/{photo.id}"
    with db.session(write=False) as session:
        data, media_type = photos.read(session, owner.id, photo.id)
        assert (media_type, photo.width, photo.height) == ("image/jpeg", 300, 400)
        assert Image.open(BytesIO(data)).size == (300, 400)
        assert photos.data_uri(session, owner.id, document).startswith("data:image/jpeg;base64,/9j/")
        assert photos.data_uri(session, stranger.id, document) is None
        for other in (photo.id, "", "x\x00", "../../secret"):
            with pytest.raises(photos.PhotoNotFound):
                photos.read(session, stranger.id, other)


def test_the_same_photo_is_kept_once_for_an_owner_and_apart_for_two(engine, owner, stranger):
    with db.session() as session:
        first, again = photos.store(session, owner.id, PHOTO), photos.store(session, owner.id, PHOTO)
        other = photos.store(session, stranger.id, PHOTO)
    assert first.id == again.id != other.id


def test_a_lost_file_comes_back_with_the_next_upload(engine, owner):
    with db.session() as session:
        photo = photos.store(session, owner.id, PHOTO)
    with db.session(write=False) as session:
        files.find(session, photo.sha256).unlink()
        with pytest.raises(photos.PhotoNotFound):
            photos.read(session, owner.id, photo.id)
    with db.session() as session:
        assert photos.store(session, owner.id, PHOTO).id == photo.id
    with db.session(write=False) as session:
        assert photos.read(session, owner.id, photo.id)


def test_a_bad_photo_leaves_everything_as_it_was(engine, owner):
    with db.session() as session:
        photo = photos.store(session, owner.id, PHOTO)
    with pytest.raises(StudioError), db.session() as session:
        photos.store(session, owner.id, SVG)
    with db.session(write=False) as session:
        assert photos.read(session, owner.id, photo.id)


@pytest.mark.parametrize("image", ["", "https://example.org/me.jpg", "photo:", "photo:../x", "photo:a b", "data:,x"])
def test_other_references_show_nothing(sqlite, owner, image):
    document = Document()
    document.basics.image = image
    assert photos.src(document) is None
    with db.session(write=False) as session:
        assert photos.data_uri(session, owner.id, document) is None
