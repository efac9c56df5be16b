"""From an offer's lines to a saved CV: those chosen, as a document, fitted to the template's pages."""

from dataclasses import dataclass
from typing import Any, ClassVar

from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from cvstudio import db, render
from cvstudio.document import Document
from cvstudio.domain import cvs, photos, rendering
from cvstudio.domain.widgets import Asked, Made
from cvstudio.errors import StudioError
from cvstudio.models import Cv, CvGeneration, Json
from cvstudio.render.themes import Theme
from cvstudio.tailoring import assemble
from cvstudio.tailoring.assemble import Choice
from cvstudio.tailoring.fit import Fitted, fit
from cvstudio.tailoring.tailor import VERSION

SOURCE = "offer"  # of a CV that was made for one
GENERATOR = "v2_widgets"


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
    def removed(self) -> list[Json]:
        """What was left out to save room, the least relevant first."""
        return [
            {"id": line.widget_id, "text": line.text, "relevanceScore": line.relevance_score}
            for line in self.fitted.removed
        ]


def compose(asked: Asked, made: Made, theme: Theme, choice: Choice) -> Composed:
    """Prints until it fits the template's best length. Takes no session. Raises ConversionFailed, FittingFailed."""
    try:
        taken = assemble.chosen(asked.stored.profile, made.envelope, choice)
        whole = Document.load(assemble.cv(asked.stored.profile, made.envelope, choice).dump())
    except (StudioError, ValidationError) as error:
        raise ConversionFailed(type(error).__name__) from error
    with db.session(write=False) as session:
        photo = photos.data_uri(session, asked.owner_id, whole)

    def pages(document: Document) -> int:
        _dress(document, theme)
        return rendering.page_count(rendering.printed(render.html(document, photo_src=photo), document))

    try:
        fitted = fit(asked.stored.profile, made.envelope, theme.pages, pages, choice)
    except StudioError as error:
        raise FittingFailed(error.code) from error
    metadata: dict[str, Any] = {
        "generator_type": GENERATOR,
        "widgets_total": len(made.envelope.widgets),
        "widgets_filtered": len(taken),
        "generator_model": made.model,
        "generator_version": VERSION,
        "relevance_scoring_applied": True,
        "advanced_scoring_applied": True,
    }
    return Composed(fitted, metadata)


def save(session: Session, asked: Asked, composed: Composed) -> Cv:
    """A new CV, titled by its offer; how it was made is kept beside it. Raises SavingFailed."""
    title = " – ".join(filter(None, (asked.offer.title, asked.offer.company)))
    try:
        cv = cvs.create(session, asked.owner_id, composed.fitted.document, title=title, source=SOURCE)
        session.add(
            CvGeneration(
                cv_id=cv.id,
                offer_id=asked.analysis_id,
                details=composed.metadata,
                removed={"lines": composed.removed},
            )
        )
        session.flush()
    except SQLAlchemyError as error:
        raise SavingFailed(type(error).__name__) from error
    return cv


def _dress(document: Document, theme: Theme) -> None:
    document.studio.template, document.studio.template_version = theme.slug, theme.version
