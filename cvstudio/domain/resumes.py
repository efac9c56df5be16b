"""cv-builder's resumes: CVs made and changed through that view, a field at a time as they are typed."""

import re
from typing import ClassVar

from sqlmodel import Session

from cvstudio.document import Document, resume_write
from cvstudio.document.model import EMAIL, Language
from cvstudio.document.resume_view import Resume
from cvstudio.domain import cvs, owners, photos, profiles
from cvstudio.errors import InvalidInput
from cvstudio.models import Cv, User
from cvstudio.render.themes import Theme

LINKEDIN = re.compile(
    r"(?:https?://)?(?:[a-z]{2,3}\.)?linkedin\.com/in/([\w%.-]{2,200})/?(?:\?[\w%&=.~+-]*)?", re.IGNORECASE
)
SOURCE = "import"


class InvalidLinkedInUrl(InvalidInput):
    code: ClassVar[str] = "INVALID_LINKEDIN_URL"
    messages: ClassVar[dict[str, str]] = {
        "fr": "Ce n’est pas l’adresse d’un profil LinkedIn. Elle ressemble à https://www.linkedin.com/in/votre-nom.",
        "en": "This is not the address of a LinkedIn profile. It looks like https://www.linkedin.com/in/your-name.",
    }

    def __init__(self) -> None:
        super().__init__(fields={"linkedin_url": ["Invalid LinkedIn URL format."]})


def create(session: Session, owner_id: str, resume: Resume, theme: Theme, language: Language) -> Cv:
    """Raises InvalidInput."""
    document = Document()
    document.studio.language = language
    _dress(document, theme)
    _fill(document, resume)
    owners.ensure(session, owner_id, language)
    return cvs.create(session, owner_id, Document.load(document.dump()), source="api")


def change(
    session: Session,
    owner_id: str,
    cv_id: str,
    resume: Resume,
    *,
    theme: Theme | None = None,
    photo: str | None = None,
    expected_revision: int | None = None,
) -> Cv:
    """Writes what is given of the resume. `photo` is a photo's address, or blank to take it off.

    Raises CvNotFound, StaleRevision, InvalidInput, PhotoNotFound.
    """
    cv = cvs.locked(session, owner_id, cv_id, expected_revision)
    document = Document.load(cv.document)
    _fill(document, resume)
    if theme is not None and theme.slug != document.studio.template:
        _dress(document, theme)
    if photo is not None and photo != (photo_of(document) or ""):
        document.basics.image = _photo(session, owner_id, photo)
    cv = cvs.save(session, owner_id, cv_id, Document.load(document.dump()), expected_revision=cv.revision)
    cvs.announce(session, cv)
    return cv


def from_linkedin(session: Session, owner_id: str, url: str, theme: Theme, language: Language) -> Cv:
    """A CV with the profile's address and what the account knows of its person. LinkedIn shows programs nothing more:
    the rest comes from a file. Raises InvalidLinkedInUrl."""
    match = LINKEDIN.fullmatch(url.strip())
    if match is None:
        raise InvalidLinkedInUrl
    owners.ensure(session, owner_id, language)
    document = Document()
    document.studio.language = language
    _dress(document, theme)
    user = session.get(User, owner_id)
    if user is not None:
        document.basics = profiles.load(session, owner_id).profile.identity.model_copy(deep=True)
        basics = document.basics
        named = user.name or f"{user.first_name} {user.last_name}".strip()
        basics.name, basics.email = basics.name or named, basics.email or user.email
        basics.phone = basics.phone or user.phone
    address = f"https://www.linkedin.com/in/{match[1]}"
    resume_write.write(document, Resume(linkedin_url=address))
    document = Document.load(document.dump())
    return cvs.create(session, owner_id, document, source=SOURCE, source_value=address)


def photo_of(document: Document) -> str | None:
    """Where the portrait is: ours, for its owner alone, or an address elsewhere."""
    return photos.src(document) or document.basics.image or None


def _fill(document: Document, resume: Resume) -> None:
    email = resume.email or ""
    if "email" in resume.model_fields_set and email not in ("", document.basics.email) and not EMAIL.fullmatch(email):
        raise InvalidInput("bad e-mail address", fields={"email": ["Enter a valid email address."]})
    resume_write.write(document, resume)


def _dress(document: Document, theme: Theme) -> None:
    document.studio.template, document.studio.template_version = theme.slug, theme.version


def _photo(session: Session, owner_id: str, address: str) -> str:
    if not address:
        return ""
    _, found, photo_id = address.rpartition(photos.ADDRESS)
    if not found:
        raise InvalidInput("not a photo", fields={"photo": ["an address that POST /api/photos answered"]})
    photos.read(session, owner_id, photo_id)
    return photos.PREFIX + photo_id
