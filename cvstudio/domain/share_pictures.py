"""What stands for a shared CV wherever its link is shown: the top of its page one, on a desk.

Drawn when somebody first asks for it, and again once the CV has changed; a link with a password has none.
"""

from io import BytesIO

from PIL import Image, ImageFilter
from sqlmodel import Session, col, update

from cvstudio import db, render
from cvstudio.domain import files, pictures, rate, rendering, shares, thumbnails
from cvstudio.domain.rate import Limit
from cvstudio.domain.shares import ShareNotFound, Shown
from cvstudio.models import Share

SIZE = (1200, 630)  # pixels: what sites that show links ask for
EDGE = 56  # of desk around the sheet, which goes on below
DESK, SHADOW = "#e0ded8", "#8d8b86"
DRAWN = Limit(30, 3600)  # of one link's
LIKENESS = "1"  # changes whenever the same CV is to be drawn in another way


def of(shown: Shown) -> bytes:
    """A PNG. Takes no session: none waits for the browser.

    Raises ShareNotFound, also where a password is asked for; RateLimited, BrowserUnavailable.
    """
    if shown.share.password_hash is not None:
        raise ShareNotFound
    html = render.html(shown.document, photo_src=shown.photo, watermark=shown.watermark)
    key = files.key("share-picture", LIKENESS, rendering.renderer(), html)
    with db.session(write=False) as session:
        stored = files.find(session, key)
    if stored is not None and shown.share.picture == key:
        return stored.read_bytes()
    if stored is None:
        rate.hit(None, "share_picture", shown.share.id, DRAWN)
    png = stored.read_bytes() if stored else _drawn(rendering.printed(html, shown.document))
    with db.session() as session:
        _keep(session, shown, key, png)
    return png


def _keep(session: Session, shown: Shown, key: str, png: bytes) -> None:
    """In place of what it showed before. Raises ShareNotFound when it was closed meanwhile."""
    now = shares.open_link(session, shown.share.token).share
    before = now.picture
    still = update(Share).where(col(Share.id) == now.id, col(Share.password_hash).is_(None))
    if session.connection().execute(still.values(picture=key)).rowcount == 0:
        raise ShareNotFound
    files.put(session, key, png, thumbnails.MEDIA_TYPE)
    if before not in ("", key):
        pictures.drop(session, {before})


def _drawn(pdf: bytes) -> bytes:
    width = SIZE[0] - 2 * EDGE
    # An A4 page is 595 points wide, a Letter page 612: drawn a little larger, then brought to the very pixel.
    with Image.open(BytesIO(rendering.first_page(pdf, 2.0))) as page:
        sheet = page.convert("RGB").resize((width, round(page.height * width / page.width)), Image.Resampling.LANCZOS)
    whole = Image.new("RGB", SIZE, DESK)
    shade = Image.new("L", SIZE, 0)
    shade.paste(150, (EDGE, EDGE + 6, EDGE + width, SIZE[1]))
    whole.paste(SHADOW, mask=shade.filter(ImageFilter.GaussianBlur(14)))
    whole.paste(sheet, (EDGE, EDGE))
    return thumbnails.small(_png(whole))


def _png(picture: Image.Image) -> bytes:
    out = BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()
