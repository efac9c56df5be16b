"""One warm Chromium for the PDFs that are read back."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cvstudio import render
from cvstudio.config import settings
from cvstudio.document import Document
from cvstudio.render import browser_setup, fonts
from cvstudio.render.chromium import Chromium

ROOT = Path(__file__).resolve().parents[2]
Print = Callable[[str, Document], bytes]


@pytest.fixture(scope="session")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Print]:
    """A page of HTML, printed as the product prints."""
    executable = browser_setup.find(settings().chromium_path, ROOT / "data")
    fontconfig = fonts.write_config(tmp_path_factory.mktemp("fontconfig"))
    with Chromium(executable, fontconfig=fontconfig, temp=tmp_path_factory.mktemp("chromium")) as pool:

        def to_pdf(html: str, document: Document) -> bytes:
            title = render.title(document)
            return pool.pdf(html, title=title, author=document.basics.name, lang=document.studio.language)

        yield to_pdf
