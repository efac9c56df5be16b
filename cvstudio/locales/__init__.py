"""Every text of the pages, in French and English: `<page>.toml` holds `[key]` tables with `fr` and `en`."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import reflex as rx
from reflex.utils.imports import ImportVar
from reflex.vars import NumberVar, VarData

from cvstudio.language import Language
from cvstudio.prerender import PAGE_LANGUAGE, PAGE_LANGUAGE_MODULE
from cvstudio.state.session import Session

FOLDER = Path(__file__).parent


@cache
def table(page: str) -> dict[str, dict[Language, str]]:
    """The texts of one page by key; a plural text has the keys `<key>.one` and `<key>.other`."""
    with (FOLDER / f"{page}.toml").open("rb") as file:
        read = tomllib.load(file)
    texts: dict[str, dict[Language, str]] = {}
    for key, entry in read.items():
        if "one" in entry:
            texts |= {f"{key}.{form}": entry[form] for form in ("one", "other")}
        else:
            texts[key] = entry
    return texts


def text(key: str, lang: Language, **params: object) -> str:
    """A text on the server. Raises KeyError when there is no such key ("page.key") or param.

    Without any param its `{name}`s stay, for whoever fills them in later.
    """
    page, _, name = key.partition(".")
    template = table(page)[name][lang]
    return template.format_map(params) if params else template


def t(key: str, **params: object) -> rx.Var[str]:
    """A text on the page, following the visitor's language; params may be Vars."""
    return by_language(text(key, "fr", **params), text(key, "en", **params))


def count(key: str, n: NumberVar[int], **params: object) -> rx.Var[str]:
    """A text that depends on a number, given to it as `{n}`: French says "0 page", English "0 pages"."""
    one = rx.cond(is_english(), n == 1, n < 2)
    return as_text(rx.cond(one, t(f"{key}.one", n=n, **params), t(f"{key}.other", n=n, **params)))


def by_language(fr: str, en: str) -> rx.Var[str]:
    """Two texts from elsewhere (a template's name …) as one that follows the visitor's language."""
    return as_text(rx.cond(is_english(), en, fr))


def is_english() -> rx.Var[bool]:
    return language() == "en"


def language() -> rx.Var[str]:
    """ "fr" or "en". Before the server has said which, it is that of the page as it was served."""
    return as_text(rx.cond(Session.lang == "", page_language(), Session.lang))


def page_language() -> rx.Var[str]:
    """The language a page was served in: never changes while the page stands."""
    module = {f"$/{PAGE_LANGUAGE_MODULE}": [ImportVar(tag=PAGE_LANGUAGE)]}
    return rx.Var(PAGE_LANGUAGE, _var_type=str, _var_data=VarData(imports=module))


def as_text(value: Any) -> rx.Var[str]:
    as_string: rx.Var[str] = value.to(str)
    return as_string
