"""Job offers: read from a link, a PDF, pasted text or a job's title, and taken apart; kept for their owner alone."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any, ClassVar

from pydantic import ValidationError
from sqlmodel import Session, col, func, select

from cvstudio.clients import web
from cvstudio.document.model import clean
from cvstudio.domain import imports, links, owned, rate
from cvstudio.domain.rate import Limit
from cvstudio.errors import NotFound, StudioError
from cvstudio.importers import sandbox
from cvstudio.importers.failures import EncryptedFile, FileTooLarge, TooMuchWork, UnreadableFile
from cvstudio.language import Language
from cvstudio.models import Offer
from cvstudio.tailoring import offer as reading
from cvstudio.tailoring import offer_analysis, offer_html
from cvstudio.tailoring.offer import UnreadableOffer

MAX_TEXT = 60_000  # characters of an offer that we keep
MAX_PDF = 5_000_000  # bytes
PATIENCE = 3.0  # seconds, while other files are being read
PER_HOUR = Limit(60, 3600)  # offers that one owner may have read: we are nobody's proxy


class OfferNotFound(NotFound):
    code: ClassVar[str] = "ANALYSIS_NOT_FOUND"
    messages: ClassVar[dict[str, str]] = {
        "fr": "Cette offre n’existe pas, ou plus.",
        "en": "This offer does not exist, or no longer.",
    }


class AnalysisUnreadable(StudioError):
    """What is stored is not an analysis: a fault of ours."""

    code: ClassVar[str] = "ANALYSIS_UNREADABLE"
    messages: ClassVar[dict[str, str]] = {
        "fr": "Cette offre n’a pas pu être relue. Ajoutez-la à nouveau ; le problème est de notre côté.",
        "en": "This offer could not be read back. Add it again; the fault is on our side.",
    }


@dataclass(frozen=True)
class Read:
    """An offer, taken apart; not kept yet."""

    analysis: reading.Offer
    text: str
    url: str = ""


def admit(session: Session, owner_id: str) -> None:
    """Counts one more. Raises RateLimited."""
    rate.hit(session, "offer", owner_id, PER_HOUR)


def read_link(url: str, language: Language | None = None, *, seconds: float = web.MAX_SECONDS) -> Read:
    """Fetches the page, in `seconds` at most. Takes no session: no transaction waits for a site.

    Raises UnreadableOffer, Busy, and what web.fetch does.
    """
    page = web.fetch(url, seconds=seconds)
    if page.is_pdf:
        return _read(_pdf_text(page.body), "link", language, url=url)
    if page.content_type == "text/plain":
        return _read(page.text, "link", language, url=url)
    text, hints = offer_html.read(page.text, page.url)
    return _read(text, "link", language, hints=hints, url=url)


def read_pdf(data: bytes, language: Language | None = None) -> Read:
    """Raises UnreadableOffer, Busy."""
    return _read(_pdf_text(data), "pdf", language)


def read_text(text: str, language: Language | None = None) -> Read:
    """Raises UnreadableOffer."""
    return _read(text, "text", language)


def read_title(title: str, language: Language) -> Read:
    """A generic offer: what ESCO's occupation of this name asks for. Raises UnreadableOffer."""
    analysis = offer_analysis.offer_for(clean(title), language)
    asked = "\n".join(requirement.text for requirement in analysis.requirements)
    return Read(analysis, f"{analysis.title}\n\n{asked}")


def keep(session: Session, owner_id: str, read: Read) -> Offer:
    """The owner's row must exist."""
    offer = Offer(
        owner_id=owner_id,
        source=read.analysis.source,
        url=read.url,
        text=read.text,
        analysis=read.analysis.model_dump(mode="json"),
    )
    session.add(offer)
    session.flush()
    remember(session, owner_id, read)
    return offer


def remember(session: Session, owner_id: str, read: Read) -> None:
    """Where it was read joins the links that its owner used. The owner's row must exist."""
    if read.url:
        links.note(session, owner_id, read.url, " – ".join(filter(None, (read.analysis.title, read.analysis.company))))


def get_owned(session: Session, owner_id: str, offer_id: str) -> Offer:
    """The one way to load an offer. Raises OfferNotFound."""
    return owned.get(session, Offer, owner_id, offer_id, OfferNotFound)


def all_of(session: Session, owner_id: str, limit: int, offset: int = 0) -> tuple[list[Offer], int]:
    """The newest first, and how many there are in all."""
    mine = col(Offer.owner_id) == owner_id
    page = select(Offer).where(mine).order_by(col(Offer.created_at).desc(), Offer.id)
    total = session.exec(select(func.count()).select_from(Offer).where(mine)).one()
    return list(session.exec(page.limit(limit).offset(offset))), total


def delete(session: Session, owner_id: str, offer_id: str) -> None:
    """For good; CVs made for it stay. Raises OfferNotFound."""
    session.delete(owned.get(session, Offer, owner_id, offer_id, OfferNotFound, lock=True))


def analysis(offer: Offer) -> reading.Offer:
    """Raises AnalysisUnreadable."""
    try:
        return reading.Offer.model_validate(offer.analysis)
    except ValidationError as error:
        raise AnalysisUnreadable(f"{error.error_count()} faults in a stored analysis") from error


def description_hash(offer: Offer) -> str:
    """SHA-256 of what the offer says, whatever its spaces and capitals."""
    return sha256(" ".join(offer.text.casefold().split()).encode()).hexdigest()


def _read(
    text: str, source: reading.Source, language: Language | None, *, hints: dict[str, Any] | None = None, url: str = ""
) -> Read:
    text = offer_analysis.plain_text(text)[:MAX_TEXT]
    return Read(offer_analysis.analyse_plain(text, language=language, hints=hints, source=source), text, url)


def _pdf_text(data: bytes) -> str:
    """Read in a process of its own: a stranger's PDF. Raises UnreadableOffer, Busy."""
    try:
        with imports.room(PATIENCE):
            return sandbox.pdf_text(data, wall=imports.SECONDS)
    except EncryptedFile as fault:
        raise UnreadableOffer("locked") from fault
    except (TooMuchWork, FileTooLarge) as fault:
        raise UnreadableOffer("heavy") from fault
    except UnreadableFile as fault:
        raise UnreadableOffer("empty") from fault
