"""The pages, built once for each language: a visitor's first byte is already in their own words.

Reflex renders every page to HTML when it builds. We let it do so in French and then run the same build again in
English; the scripts come out identical, and `index.en.html` lies beside `index.html`. In the browser a page begins in
the language of its `<html lang>`, so nothing flashes or shifts when the server's answer arrives.
"""

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from reflex.plugins import Plugin
from reflex.utils.js_runtimes import get_js_package_executor
from reflex.utils.prerequisites import get_web_dir

from cvstudio.language import DEFAULT, LANGUAGES, Language

PAGE_LANGUAGE = "pageLanguage"
PAGE_LANGUAGE_MODULE = "utils/page-language"
SHELL = "__spa-fallback.html"
TIMEOUT_SECONDS = 300


class Bilingual(Plugin):
    def get_static_assets(self, **context: Any) -> Sequence[tuple[Path, str | bytes]]:
        return [(Path(f"{PAGE_LANGUAGE_MODULE}.js"), _module(DEFAULT))]

    def post_build(self, **context: Any) -> None:
        built: Path = context["static_dir"]
        for language in LANGUAGES:
            if language != DEFAULT:
                _add_language(built, language)


def localized(html: Path, language: Language) -> Path:
    """The file that holds the page `html` in `language`; it need not exist."""
    return html if language == DEFAULT else html.with_suffix(f".{language}.html")


def _add_language(built: Path, language: Language) -> None:
    """Build again in `language` and lay its pages beside those in `built`.

    Raises RuntimeError when the scripts differ between languages: a page would then load the wrong ones.
    """
    web = get_web_dir()
    first = web / "first"
    shutil.rmtree(first, ignore_errors=True)
    built.rename(first)
    (web / f"{PAGE_LANGUAGE_MODULE}.js").write_text(_module(language))
    executor = get_js_package_executor(raise_on_none=True)[0]
    export = [*executor, "run", "export"]
    # The command is ours: bun, found by Reflex, running the script that Reflex wrote.
    subprocess.run(  # noqa: S603
        export, cwd=web, stdin=subprocess.DEVNULL, timeout=TIMEOUT_SECONDS, check=True
    )
    if _names(first / "assets") != _names(built / "assets"):
        raise RuntimeError(f"the pages in {language!r} are made of other scripts than those in {DEFAULT!r}")
    for page in built.rglob("*.html"):
        if (web / "public" / page.relative_to(built)).exists():
            continue  # a file of assets/, not a page
        target = localized(first / page.relative_to(built), language)
        shutil.copyfile(page, target)
        if page.name == "index.html" and page.parent != built:
            shutil.copyfile(page, localized(target.parent.with_suffix(".html"), language))
        if page.name == SHELL:
            shutil.copyfile(page, localized(first / "404.html", language))
    shutil.rmtree(built)
    first.rename(built)


def _module(language: Language) -> str:
    """Only the server build, the one that writes the HTML, contains the language: the scripts stay the same."""
    return f'export const {PAGE_LANGUAGE} = import.meta.env.SSR ? "{language}" : document.documentElement.lang;\n'


def _names(folder: Path) -> set[str]:
    return {file.name for file in folder.iterdir()}
