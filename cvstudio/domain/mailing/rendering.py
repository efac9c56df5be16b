"""From what was written to what is sent."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from cvstudio.domain.mailing import layout, markup, values
from cvstudio.domain.mailing.markup import Source
from cvstudio.domain.mailing.triggers import Trigger
from cvstudio.language import Language
from cvstudio.models import Json

MAX_SUBJECT = 250  # with what was filled in


@dataclass(frozen=True)
class Rendered:
    subject: str
    text: str
    html: str


@cache
def built_in(trigger: str, language: Language) -> Source:
    """Our own words: the file's first line is the subject, the second the preheader, the rest the body."""
    written = files(__package__).joinpath("templates", f"{trigger}.{language}.txt").read_text(encoding="utf-8")
    subject, preheader, body = written.split("\n", 2)
    return Source(subject, preheader, body.strip())


def render(source: Source, trigger: Trigger, packed: Json, language: Language) -> Rendered:
    said = trigger.say(packed, language)
    subject, preheader, body = (
        markup.fitted(part, said, language) for part in (source.subject, source.preheader, source.body)
    )
    subject = values.clean(markup.filled(subject, said), MAX_SUBJECT)
    preheader = values.clean(markup.filled(preheader, said), MAX_SUBJECT)
    blocks = list(markup.blocks(body))
    return Rendered(
        subject, layout.text(blocks, said, language), layout.html(subject, preheader, blocks, said, language)
    )
