"""Themes of two versions: a copy of ours in which one was frozen and then changed."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import copytree

import pytest

from cvstudio.render import themes
from cvstudio.render.html import _environment, _made, _sheet, css

FILES = {*themes.OWN, *themes.SHARED}


@contextmanager
def copied(folder: Path, patch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The themes in `folder`, ours till the end."""
    copytree(themes.FOLDER, folder)
    with patch.context() as here:
        here.setattr(themes, "FOLDER", folder)
        forget()
        yield folder
    forget()


def forget() -> None:
    """What was read of the files is read again."""
    caches: tuple[Callable[..., object], ...] = (themes.all, themes.earlier, _environment, _sheet, css)
    for cache in caches:
        cache.cache_clear()  # type: ignore[attr-defined]
    _made._recent.clear()
    _made._before.clear()


def raised(slug: str = "modern") -> None:
    """Its next version: other margins, another look, other markup; what all themes share has changed as well."""
    themes.freeze(slug)
    own = themes.FOLDER / slug
    for path, before, after in (
        (own / "theme.toml", r"(?m)^normal = .*", "normal = [30, 32]"),
        (own / "style.css", r"\Z", "h1 { letter-spacing: 0.2em; }"),
        (own / "template.html.j2", '<article class="cv', '<article class="second cv'),
        (themes.FOLDER / "base.css", r"\Z", "p { line-height: 3; }"),
        (themes.FOLDER / "macros.html.j2", '<ul class="bullets', '<ul class="new bullets'),
    ):
        text, found = re.subn(before, after, path.read_text())
        assert found
        path.write_text(text)
    forget()
