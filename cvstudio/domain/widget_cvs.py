"""generate-v2's way from an offer's lines to a saved CV: printed until it fits the template's pages."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from cvstudio import db, render
from cvstudio.document import Document
from cvstudio.domain import lines, offers, photos, rendering
from cvstudio.domain.lines import Lines
from cvstudio.domain.widgets import Asked, Made
from cvstudio.errors import StudioError
from cvstudio.models import Cv, Json
from cvstudio.render.themes import Theme
from cvstudio.tailoring.assemble import Choice
from cvstudio.tailoring.fit import Fitted


class ConversionFailed(StudioError):
    code: ClassVar[str] = "WIDGETS_CONVERSION_ERROR"
    messages: ClassVar[dict[str, str]] = {
        "fr": "Les lignes choisies n’ont pas pu devenir un CV. Elles sont gardées ; réessayez dans un instant.",
        "en": "The chosen lines could not become a CV. They are kept; try again in a moment.",
    }


class FittingFailed(StudioError):
    code: ClassVar[str] = "CV_TEMPLATE_FITTING_ERROR"
    messages: ClassVar[dict[str, str]] = {
        "fr": "Ce CV n’a pas pu être mis en page. Les lignes sont gardées ; réessayez dans un instant.",
        "en": "This CV could not be laid out. The lines are kept; try again in a moment.",
    }


class SavingFailed(StudioError):
    code: ClassVar[str] = "CV_SAVE_ERROR"
    messages: ClassVar[dict[str, str]] = {
        "fr": "Ce CV n’a pas pu être enregistré. Les lignes sont gardées ; réessayez dans un instant.",
        "en": "This CV could not be saved. The lines are kept; try again in a moment.",
    }


@dataclass(frozen=True)
class Composed:
    """A CV, not saved yet; `metadata` is generate-v2's."""

    fitted: Fitted
    metadata: Json

    @property
    def room(self) -> Mapping[str, list[Json]]:
        """What was left out or shortened."""
        return lines.room_made(self.fitted.removed, self.fitted.shortened)


def compose(asked: Asked, made: Made, theme: Theme, choice: Choice) -> Composed:
    """Prints until it fits the template's best length. Takes no session. Raises ConversionFailed, FittingFailed."""
    told = Lines(asked.stored.profile, made.envelope, lines.in_template(theme))
    try:
        whole, metadata = told.document(choice), told.metadata(choice)
    except (StudioError, ValidationError) as error:
        raise ConversionFailed(type(error).__name__) from error
    with db.session(write=False) as session:
        photo = photos.data_uri(session, asked.owner_id, whole)

    def pages(document: Document) -> int:
        return rendering.page_count(rendering.printed(render.html(document, photo_src=photo), document))

    try:
        return Composed(told.fit(theme.pages, pages, choice), metadata)
    except StudioError as error:
        raise FittingFailed(error.code) from error


def save(session: Session, asked: Asked, composed: Composed) -> Cv:
    """A new CV, titled by its offer; how it was made is kept beside it. Raises SavingFailed."""
    try:
        return lines.save(
            session,
            asked.owner_id,
            composed.fitted.document,
            title=" – ".join(filter(None, (asked.offer.title, asked.offer.company))),
            offer_id=asked.analysis_id,
            value=offers.get_owned(session, asked.owner_id, asked.analysis_id).url,
            details=composed.metadata,
            room=composed.room,
        )
    except SQLAlchemyError as error:
        raise SavingFailed(type(error).__name__) from error
