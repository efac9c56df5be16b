"""Documents by hypothesis: every field of the model, foreign keys, doubtful ids, text as it comes."""

from __future__ import annotations

from functools import cache
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

from hypothesis import strategies as st

from cvstudio.document import CUSTOM, SECTION_KEYS, SECTIONS, Document
from cvstudio.document import model as m

TEXT = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        (
            *("", " ", "Chargée d’études", "ligne\nligne\r\n", "a, b; c (d, e)", "<b>&amp;</b>", "{{ 1 }}", "مرحبا"),
            *("日本語😀", "nul\x00 et \ud800", "\u202e\u200f", "- x", "1. x", "# x", "x" * 300, "\u00a0: ", "e\u0301"),
        )
    ),
)
LIKELY = {
    "startDate": ["2020", "2020-03", "2020-03-14", "mars 2020", "present", "2020-13", "٢٠٢٠"],
    "url": [
        "https://example.org/a?b=c#d",
        "example.org",
        "javascript:alert(1)",
        "http://[",
        "ftp://x",
        "https://é.fr/ü",
    ],
    "email": ["a@example.org", "à@example.org", "a@b", "a b@c.de", "a@" + "b" * 64 + ".com"],
}
LIKELY |= dict.fromkeys(("endDate", "date", "releaseDate"), LIKELY["startDate"])
LIKELY |= dict.fromkeys(("canonical", "$schema"), LIKELY["url"])
NUMBERS = st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=5,
)
FOREIGN = st.dictionaries(
    st.sampled_from(["x-note", "start_date", "dump", "model_extra", "asGiven", "self", "gpa", "__class__"]),
    JSON,
    max_size=2,
)
IDS = st.sampled_from(["a", "b", "c", "d-1", "", "not an id", "é", "x" * 65, None, 7]) | TEXT
PLACED = st.sampled_from([*SECTION_KEYS, *SECTIONS, CUSTOM + "a", "elsewhere"])
FIELDS: dict[tuple[type[m.Part], str], st.SearchStrategy[Any]] = {
    (m.SectionSetting, "key"): PLACED,
    (m.SectionSetting, "title"): st.text(max_size=20),
    (m.Studio, "template"): st.just("modern"),
    (m.Studio, "hidden"): st.lists(st.sampled_from(["a", "b", "c"]), max_size=3),
    (m.Design, "accent"): st.sampled_from(["#1f5fbf", "#FACC15", None]),
    (m.Design, "font"): st.sampled_from(["source-sans-3", None]),
    (m.Design, "size"): st.floats(8.5, 12.5) | st.none(),
}


@cache
def parts(kind: type[m.Part]) -> st.SearchStrategy[dict[str, Any]]:
    """The JSON of one part: any of its keys, null among the values."""
    keys: dict[bool, dict[str, st.SearchStrategy[Any]]] = {True: {}, False: {}}
    for name, field in kind.model_fields.items():
        key = field.alias or name
        special = FIELDS.get((kind, name))
        keys[field.is_required()][key] = _values(field.annotation, key) if special is None else special
    own = st.fixed_dictionaries(keys[True], optional=keys[False])
    return st.builds(lambda ours, foreign: {**foreign, **ours}, own, FOREIGN)


def _values(annotation: Any, key: str) -> st.SearchStrategy[Any]:
    if key == "id":
        return IDS
    if annotation is str:
        return st.none() | TEXT | st.sampled_from(LIKELY[key]) if key in LIKELY else st.none() | TEXT
    if annotation is bool:
        return st.booleans()
    if annotation is int:
        return st.integers(1, 9)
    if get_origin(annotation) is Literal:
        return st.sampled_from(get_args(annotation))
    if get_origin(annotation) in (Union, UnionType):
        return st.one_of(*(st.none() if kind is type(None) else _values(kind, key) for kind in get_args(annotation)))
    if get_origin(annotation) is list:
        return st.none() | st.lists(_values(get_args(annotation)[0], key), max_size=3)
    if get_origin(annotation) is dict:
        return st.dictionaries(TEXT, TEXT, max_size=2)
    return parts(annotation)


RAW: st.SearchStrategy[dict[str, Any]] = parts(Document)


def documents() -> st.SearchStrategy[Document]:
    return RAW.map(Document.load)
