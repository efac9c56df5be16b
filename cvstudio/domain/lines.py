"""From an offer's lines to a saved CV: those chosen, as a document in a design, fitted to its pages, and kept.

The page and the API both go this way; they differ in what gives the design and in how pages are counted.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from cvstudio.document import CUSTOM, Document
from cvstudio.domain import cvs
from cvstudio.models import Cv, CvGeneration, Json
from cvstudio.render.themes import Theme
from cvstudio.tailoring import assemble
from cvstudio.tailoring.assemble import Choice
from cvstudio.tailoring.fit import Fitted, Removed, Shortened, fit
from cvstudio.tailoring.profile import Profile
from cvstudio.tailoring.tailor import VERSION
from cvstudio.tailoring.widgets import AIWidgetsEnvelope

SOURCE = "offer"  # of a CV that was made for one
GENERATOR = "v2_widgets"


@dataclass(frozen=True)
class Lines:
    """A career's lines for an offer; `dress` puts a bare CV into its design."""

    profile: Profile
    envelope: AIWidgetsEnvelope
    dress: Callable[[Document], Document]

    def taken(self, choice: Choice) -> list[str]:
        """Ids of the widgets that make the CV, in order."""
        return [widget.id for widget in assemble.chosen(self.profile, self.envelope, choice)]

    def document(self, choice: Choice) -> Document:
        """What cannot be read back is not written: raises InvalidInput."""
        return Document.load(self.dress(assemble.cv(self.profile, self.envelope, choice)).dump())

    def fit(self, pages: int, measure: Callable[[Document], int], choice: Choice) -> Fitted:
        """`measure` counts the pages of a CV in its design; what it raises comes through."""
        fitted = fit(self.profile, self.envelope, pages, lambda made: measure(self.dress(made)), choice)
        return fitted.model_copy(update={"document": self.dress(fitted.document)})

    def metadata(self, choice: Choice) -> Json:
        """generate-v2's."""
        meta = self.envelope.meta
        told: dict[str, Any] = {
            "generator_type": GENERATOR,
            "widgets_total": len(self.envelope.widgets),
            "widgets_filtered": len(self.taken(choice)),
            "generator_model": (meta.model if meta else None) or "",
            "generator_version": VERSION,
            "relevance_scoring_applied": True,
            "advanced_scoring_applied": True,
        }
        return told


def in_template(theme: Theme) -> Callable[[Document], Document]:
    """Dresses a bare CV in the template as it comes."""

    def dress(made: Document) -> Document:
        made.studio.template, made.studio.template_version = theme.slug, theme.version
        return made

    return dress


def as_in(original: Document) -> Callable[[Document], Document]:
    """Dresses a bare CV in the original's template, with its choices and its sections' titles and order."""

    def dress(made: Document) -> Document:
        made.meta = original.meta.model_copy(deep=True)
        made.studio.hidden = []
        new = {section.title: CUSTOM + section.id for section in made.custom}
        keys = {CUSTOM + section.id: new.get(section.title, "") for section in original.custom}
        for setting in made.studio.sections:
            setting.key = keys.get(setting.key, setting.key)
        made.studio.sections = [setting for setting in made.studio.sections if setting.key]
        return made

    return dress


def room_made(removed: Sequence[Removed], shortened: Sequence[Shortened]) -> Mapping[str, list[Json]]:
    """What was left out, the first to go first, and what was shortened: to save room, and to be put back."""
    return {
        "lines": [{"id": one.widget_id, "text": one.text, "relevanceScore": one.relevance_score} for one in removed],
        "shortened": [
            {
                "id": one.widget_id,
                "text": one.text,
                "shortText": one.short,
                "relevanceScore": one.relevance_score,
            }
            for one in shortened
        ],
    }


def save(
    session: Session,
    owner_id: str,
    document: Document,
    *,
    title: str | None,
    offer_id: str,
    value: str = "",  # where the offer is from
    origin_id: str | None = None,
    details: Json,
    room: Mapping[str, list[Json]],
    source: str = SOURCE,
    promised: str = "",
) -> Cv:
    """A new CV that names its offer, and what it was made from; how it was made is kept beside it."""
    cv = cvs.create(
        session,
        owner_id,
        document,
        title=title,
        source=source,
        source_value=value,
        origin_id=origin_id,
        promised=promised,
    )
    session.add(CvGeneration(cv_id=cv.id, offer_id=offer_id, details=details, removed=dict(room)))
    session.flush()
    return cv
