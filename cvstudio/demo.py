"""Sample CVs in every format, written to a folder: the rendering core alone, without server or database."""

from collections.abc import Iterator
from pathlib import Path

from cvstudio import render
from cvstudio.document import Document, samples
from cvstudio.language import LANGUAGES
from cvstudio.render import pdf, themes
from cvstudio.render.chromium import Chromium


def write(folder: Path, browser: Chromium, template: str) -> Iterator[Path]:
    """Write `cv-<language>.*` into `folder`, one file after the other. Raises TemplateNotFound."""
    theme = themes.get(template)
    folder.mkdir(parents=True, exist_ok=True)
    for language in LANGUAGES:
        document = samples.load(language)
        document.studio.template = theme.slug
        for ending, data in _formats(document, browser):
            path = folder / f"cv-{language}{ending}"
            path.write_bytes(data)
            yield path


def _formats(document: Document, browser: Chromium) -> Iterator[tuple[str, bytes]]:
    html = render.html(document)
    yield ".json", render.json_resume(document).encode()
    yield ".md", render.markdown(document).encode()
    yield ".txt", render.text(document).encode()
    yield ".html", html.encode()
    printed = browser.pdf(
        html, title=render.title(document), author=document.basics.name, lang=document.studio.language
    )
    yield ".pdf", printed
    for number, picture in enumerate(pdf.png(printed), 1):
        yield f"-{number}.png", picture
