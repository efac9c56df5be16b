"""The addresses of job offers that a person used, to find them again."""

from typing import ClassVar
from urllib.parse import urlsplit

from sqlmodel import Session, col, delete, select

from cvstudio.document.model import clean
from cvstudio.domain import owned, owners, rate
from cvstudio.domain.rate import Limit
from cvstudio.errors import InvalidInput, NotFound
from cvstudio.models import KeptLink, utcnow

LINKS = Limit(120, 3600)
MAX_URL = 2_000
MAX_TITLE = 200
MOST_LINKS = 50  # of an owner; beyond, the one not used for the longest time goes


class LinkNotFound(NotFound):
    code: ClassVar[str] = "LINK_NOT_FOUND"
    messages: ClassVar[dict[str, str]] = {
        "fr": "Ce lien n’est pas, ou plus, dans votre liste.",
        "en": "This link is not in your list, or no longer.",
    }


def keep(session: Session, owner_id: str, url: str) -> KeptLink:
    """Keeps an address, or brings it to the top again. Raises InvalidInput, RateLimited."""
    checked = _checked(url)
    if not checked:
        raise InvalidInput("bad link", fields={"url": ["must be a web address, http or https"]})
    rate.hit(session, "link", owner_id, LINKS)
    return _used(session, owner_id, checked, "")


def note(session: Session, owner_id: str, url: str, title: str) -> None:
    """The same for an offer that was read there; its title is what people know it by. The owner's row must exist."""
    if checked := _checked(url):
        _used(session, owner_id, checked, clean(title).strip()[:MAX_TITLE])


def of(session: Session, owner_id: str) -> list[KeptLink]:
    """The last used first."""
    mine = select(KeptLink).where(KeptLink.owner_id == owner_id)
    return list(session.exec(mine.order_by(col(KeptLink.used_at).desc(), KeptLink.id)))


def forget(session: Session, owner_id: str, link_id: str) -> None:
    """Raises LinkNotFound."""
    session.delete(owned.get(session, KeptLink, owner_id, link_id, LinkNotFound))


def forget_all(session: Session, owner_id: str) -> None:
    session.exec(delete(KeptLink).where(col(KeptLink.owner_id) == owner_id))


def site(link: KeptLink) -> str:
    """The name of the place: "example.org"."""
    return (urlsplit(link.url).hostname or "").removeprefix("www.")


def _used(session: Session, owner_id: str, url: str, title: str) -> KeptLink:
    owners.lock(session, owner_id)
    mine = col(KeptLink.owner_id) == owner_id
    link = session.exec(select(KeptLink).where(mine, KeptLink.url == url)).first()
    link = link or KeptLink(owner_id=owner_id, url=url)
    link.used_at, link.title = utcnow(), title or link.title
    session.add(link)
    session.flush()
    newest = select(KeptLink.id).where(mine).order_by(col(KeptLink.used_at).desc(), KeptLink.id).limit(MOST_LINKS)
    session.exec(delete(KeptLink).where(mine, col(KeptLink.id).not_in(newest)))
    return link


def _checked(url: str) -> str:
    """Blank for what is no web address."""
    url = clean(url).strip()
    try:
        parts = urlsplit(url)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:  # a bracket or a port that is none
        sound = False
    return url if sound and len(url) <= MAX_URL and not any(letter.isspace() for letter in url) else ""
