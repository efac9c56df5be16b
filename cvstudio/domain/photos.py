"""Portraits: what was sent is decoded, checked and drawn anew; only those pixels are kept, for their owner alone."""

import struct
from hashlib import sha256
from io import BytesIO
from threading import BoundedSemaphore
from typing import Any, ClassVar

from PIL import (
    GifImagePlugin,
    Image,
    ImageCms,
    ImageOps,
    JpegImagePlugin,
    PngImagePlugin,
    WebPImagePlugin,
)
from sqlmodel import Session, select

from cvstudio.document import Document
from cvstudio.document.portrait import embed, take_out
from cvstudio.domain import files, owned
from cvstudio.errors import InvalidInput, NotFound, TooLarge
from cvstudio.models import Photo

MAX_BYTES = 10_000_000
MAX_PIXELS = 50_000_000  # a phone's largest picture
MAX_ROOM = 130_000_000  # bytes that one may take while it is decoded
MAX_SIDE = 800  # pixels of what we keep: 300 dots per inch at 6.7 cm
QUALITY = 88
# Naming the decoders also loads them; the others stay out of a stranger's reach.
FORMATS = [
    JpegImagePlugin.JpegImageFile.format,
    PngImagePlugin.PngImageFile.format,
    WebPImagePlugin.WebPImageFile.format,
    GifImagePlugin.GifImageFile.format,
]
MEDIA_TYPE = "image/jpeg"
PREFIX = "photo:"  # in the document's basics.image, followed by the photo's id
ADDRESS = "/api/photos/"

# What Pillow's decoders raise for a file that is not what it says.
FAULTS = (OSError, ValueError, SyntaxError, EOFError, KeyError, IndexError, OverflowError, struct.error)
DECODING = BoundedSemaphore(2)  # pictures at once: each may take 200 MB for a moment


class PhotoNotFound(NotFound):
    code: ClassVar[str] = "PHOTO_NOT_FOUND"
    messages: ClassVar[dict[str, str]] = {
        "fr": "Cette photo n’existe pas, ou plus.",
        "en": "This photo does not exist, or no longer.",
    }


class InvalidImage(InvalidInput):
    code: ClassVar[str] = "INVALID_IMAGE"
    messages: ClassVar[dict[str, str]] = {
        "fr": "Cette image ne peut pas être lue. Choisissez une photo JPEG, PNG, WebP ou GIF ;"
        " celle que vous aviez est gardée.",
        "en": "This image cannot be read. Choose a JPEG, PNG, WebP or GIF photo; the one you had is kept.",
    }


class ImageTooLarge(InvalidImage):
    messages: ClassVar[dict[str, str]] = {
        "fr": "Cette image a trop de pixels. Choisissez-en une plus petite ; celle que vous aviez est gardée.",
        "en": "This image has too many pixels. Choose a smaller one; the one you had is kept.",
    }


class PhotoTooLarge(TooLarge):
    messages: ClassVar[dict[str, str]] = {
        "fr": "Cette photo dépasse 10 Mo. Choisissez-en une plus légère ; celle que vous aviez est gardée.",
        "en": "This photo is over 10 MB. Choose a lighter one; the one you had is kept.",
    }


def store(session: Session, owner_id: str, data: bytes) -> Photo:
    """Keeps the portrait. The owner's row must exist. Raises InvalidImage, PhotoTooLarge; then nothing has changed."""
    if len(data) > MAX_BYTES:
        raise PhotoTooLarge
    jpeg, (width, height) = redraw(data)
    digest = sha256(jpeg).hexdigest()
    same = select(Photo).where(Photo.owner_id == owner_id, Photo.sha256 == digest)
    if (known := session.exec(same).first()) and files.find(session, digest):
        return known
    files.put(session, digest, jpeg, MEDIA_TYPE)
    photo = known or Photo(owner_id=owner_id, sha256=digest, media_type=MEDIA_TYPE, width=width, height=height)
    session.add(photo)
    session.flush()
    return photo


def read(session: Session, owner_id: str, photo_id: str) -> tuple[bytes, str]:
    """(bytes, media type). Raises PhotoNotFound."""
    photo = owned.get(session, Photo, owner_id, photo_id, PhotoNotFound)
    path = files.find(session, photo.sha256)
    if path is None:
        raise PhotoNotFound("the file is gone")
    return path.read_bytes(), photo.media_type


def reference(photo: Photo) -> str:
    """What the document's basics.image holds."""
    return PREFIX + photo.id


def src(document: Document) -> str | None:
    """The photo's address for the preview; None when there is none, or only a link to somewhere else."""
    photo_id = _id(document)
    return ADDRESS + photo_id if photo_id else None


def portrait(session: Session, owner_id: str, document: Document) -> bytes | None:
    """The photo of a CV, a JPEG; None when there is none or it is not this owner's."""
    photo_id = _id(document)
    if photo_id is None:
        return None
    try:
        return read(session, owner_id, photo_id)[0]
    except PhotoNotFound:
        return None


def data_uri(session: Session, owner_id: str, document: Document) -> str | None:
    """The same inside a data: URI, for print."""
    data = portrait(session, owner_id, document)
    return embed(data, MEDIA_TYPE) if data is not None else None


def carried(document: Document, portrait: bytes | None) -> Document:
    """The CV as it leaves us, its portrait in it or none at all: our names of photos mean nothing elsewhere."""
    if not document.basics.image.startswith(PREFIX):
        return document
    image = embed(portrait, MEDIA_TYPE) if portrait is not None else ""
    return document.model_copy(update={"basics": document.basics.model_copy(update={"image": image})})


def adopt(session: Session, owner_id: str, resume: Any) -> None:
    """Keeps the portrait that a parsed JSON Resume carries in itself, which names it from then on.

    The owner's row must exist. Raises InvalidImage, PhotoTooLarge.
    """
    if (data := take_out(resume)) is not None:
        resume["basics"]["image"] = reference(store(session, owner_id, data))


def redraw(data: bytes) -> tuple[bytes, tuple[int, int]]:
    """(JPEG, its size): upright, sRGB, at most MAX_SIDE a side, without any metadata. Raises InvalidImage."""
    try:
        with DECODING, Image.open(BytesIO(data), formats=FORMATS) as opened:
            size = f"{opened.width} × {opened.height} pixels"
            if opened.width * opened.height > MAX_PIXELS:
                raise ImageTooLarge(size)
            layers = _room_of_layers(opened)
            opened.draft(None, (2 * MAX_SIDE, 2 * MAX_SIDE))  # a large JPEG is decoded at a fraction of its size
            if layers + _room(opened) > MAX_ROOM:
                raise ImageTooLarge(size)
            opened.load()
            image = _resizable(opened)
            image.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.LANCZOS)
            image = ImageOps.exif_transpose(image)  # the small one: turning makes another
        portrait = _to_srgb(image)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise ImageTooLarge("too many pixels") from bomb
    except FAULTS as fault:
        raise InvalidImage(f"unreadable image ({type(fault).__name__})") from fault
    out = BytesIO()
    portrait.save(out, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return out.getvalue(), portrait.size


def _room(image: Image.Image) -> int:
    """Bytes: a byte for every colour of a pixel, and those of the copy that _resizable makes."""
    each = {"RGB": 3, "RGBA": 4, "L": 1, "CMYK": 4}.get(image.mode, 10 if image.mode.startswith("I") else 6)
    return image.width * image.height * (each + 4 if "transparency" in image.info else each)


def _room_of_layers(image: Image.Image) -> int:
    """A JPEG that comes in layers is kept whole until the last, in two bytes for every colour."""
    layered = image.info.get("progressive") or image.info.get("progression")
    return 2 * image.width * image.height * len(image.getbands()) if layered else 0


def _resizable(image: Image.Image) -> Image.Image:
    """In a mode that averages well: no palette, eight bits."""
    if image.mode.startswith("I"):  # 16 bits of grey
        return image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if image.mode in ("RGB", "RGBA", "L", "CMYK"):
        return image if "transparency" not in image.info else image.convert("RGBA")
    return image.convert("RGBA")


def _to_srgb(image: Image.Image) -> Image.Image:
    """A plain RGB copy with nothing attached, transparent parts white."""
    profile = image.info.get("icc_profile")
    if image.mode == "RGBA":
        sheet = Image.new("RGBA", image.size, "white")
        sheet.alpha_composite(image)
        image = sheet.convert("RGB")
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            image = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB") or image
        except (ImageCms.PyCMSError, OSError):
            pass  # a broken profile, or one for other colours: the plain ones will do
    clean = Image.new("RGB", image.size)
    clean.paste(image.convert("RGB"))
    return clean


def _id(document: Document) -> str | None:
    photo_id = document.basics.image.removeprefix(PREFIX)
    return photo_id if document.basics.image.startswith(PREFIX) and owned.ID.fullmatch(photo_id) else None
