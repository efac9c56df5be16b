"""What people say of the service, and the offers' addresses that they used."""

from urllib.parse import urlsplit

from sqlmodel import Session, col, delete, select

from cvstudio.document.model import clean
from cvstudio.domain import cvs, owners, rate
from cvstudio.domain.rate import Limit
from cvstudio.errors import InvalidInput
from cvstudio.models import Feedback, KeptLink, utcnow

HOUR = 3600
FEEDBACK = Limit(10, HOUR)
LINKS = Limit(120, HOUR)
MAX_COMMENT = 5_000
MAX_URL = 2_000
MOST_LINKS = 50  # of an owner; beyond, the one not used for the longest time goes


def give(
    session: Session, owner_id: str, rating: int, comment: str, *, bug: bool = False, filename: str = ""
) -> Feedback:
    """Raises CvNotFound for a CV that is not theirs, RateLimited."""
    if filename:
        cvs.by_filename(session, owner_id, filename)
    rate.hit(session, "feedback", owner_id, FEEDBACK)
    given = Feedback(
        owner_id=owner_id, rating=rating, comment=clean(comment).strip(), is_bug_report=bug, cv_file=filename
    )
    session.add(given)
    session.flush()
    return given


def use_link(session: Session, owner_id: str, url: str) -> KeptLink:
    """Keeps an address, or brings it to the top again. Raises InvalidInput, RateLimited."""
    url = _checked(url)
    rate.hit(session, "link", owner_id, LINKS)
    owners.lock(session, owner_id)
    mine = col(KeptLink.owner_id) == owner_id
    link = session.exec(select(KeptLink).where(mine, KeptLink.url == url)).first()
    link = link or KeptLink(owner_id=owner_id, url=url)
    link.used_at = utcnow()
    session.add(link)
    session.flush()
    newest = select(KeptLink.id).where(mine).order_by(col(KeptLink.used_at).desc(), KeptLink.id).limit(MOST_LINKS)
    session.exec(delete(KeptLink).where(mine, col(KeptLink.id).not_in(newest)))
    return link


def links(session: Session, owner_id: str) -> list[KeptLink]:
    """The last used first."""
    mine = select(KeptLink).where(KeptLink.owner_id == owner_id)
    return list(session.exec(mine.order_by(col(KeptLink.used_at).desc(), KeptLink.id)))


def site(link: KeptLink) -> str:
    """The name of the place: "example.org"."""
    return (urlsplit(link.url).hostname or "").removeprefix("www.")


def _checked(url: str) -> str:
    url = clean(url).strip()
    try:
        parts = urlsplit(url)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:  # a bracket or a port that is none
        sound = False
    if not sound or any(letter.isspace() for letter in url) or len(url) > MAX_URL:
        raise InvalidInput("bad link", fields={"url": ["must be a web address, http or https"]})
    return url
