"""Every document is a JSON Resume document, nothing given is lost, and bad input is named, never a crash."""

from __future__ import annotations

import copy
import json
import math
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from jsonschema import Draft7Validator, FormatChecker

from cvstudio.document import SECTION_KEYS, SECTIONS, Document
from cvstudio.document import model as m
from cvstudio.document.intake import MAX_CHARACTERS, MAX_DEPTH, MAX_VALUES
from cvstudio.errors import InvalidInput
from tests import documents
from tests.document.generated import RAW

PUBLISHED = Path(__file__).parent / "jsonresume"  # npm @jsonresume/schema 1.3.1
EXAMPLES = sorted(PUBLISHED.glob("*.resume.json"))

checks = FormatChecker(formats=())


@checks.checks("email")
def _email(text: object) -> bool:
    """As ajv-formats has it, with the 63 characters of a label that npm's jsonschema holds to."""
    local = r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    name = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
    return not isinstance(text, str) or bool(re.fullmatch(rf"{local}@(?:{name}\.)+{name}", text, re.IGNORECASE))


@checks.checks("uri", raises=ValueError)
def _uri(text: object) -> bool:
    """RFC 3986: a scheme, only its characters, "%" only before two hexadecimal digits, one fragment."""
    if not isinstance(text, str):
        return True
    urlsplit(text)
    allowed = r"(?:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+"
    return bool(re.fullmatch(rf"[A-Za-z][A-Za-z0-9+.-]*:{allowed}", text)) and text.count("#") < 2


SCHEMA = Draft7Validator(json.loads((PUBLISHED / "schema.json").read_text()), format_checker=checks)


def assert_valid(dump: dict[str, Any]) -> None:
    faults = [f"{'.'.join(map(str, fault.absolute_path))}: {fault.message}"[:200] for fault in SCHEMA.iter_errors(dump)]
    assert not faults


def test_our_schema_check_asserts_formats():
    for wrong in ({"email": "a@b"}, {"email": "à@example.org"}, {"url": "example.org"}, {"url": "https://é"}):
        assert not SCHEMA.is_valid({"basics": wrong})
    assert not SCHEMA.is_valid({"work": [{"startDate": "mars 2020"}]})


@pytest.mark.parametrize("build", documents.ALL.values(), ids=documents.ALL)
def test_documents_are_json_resume_and_come_back_equal(build):
    document = build()
    dump = document.dump()
    assert_valid(dump)
    assert Document.load(json.loads(json.dumps(dump))) == document


@settings(max_examples=100, deadline=None)
@given(RAW)
def test_anything_loaded_is_json_resume_and_comes_back_equal(raw):
    before = copy.deepcopy(raw)
    document = Document.load(raw)
    assert raw == before, "the input is left alone"
    dump = document.dump()
    assert_valid(dump)
    assert json.loads(json.dumps(dump, allow_nan=False).encode()) == dump
    assert Document.load(dump) == document
    assert Document.load(raw) == document, "loading is repeatable, ids included"
    ids = [entry["id"] for entry in _entries(dump)]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{1,64}", own) for own in ids)


def _entries(dump: dict[str, Any]) -> list[dict[str, Any]]:
    entries = [entry for key in (*SECTIONS, "custom") for entry in dump.get(key, [])]
    entries += [entry for section in dump.get("custom", []) for entry in section.get("items", [])]
    return entries + dump.get("basics", {}).get("profiles", [])


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_published_examples_pass_through_without_loss(path):
    given_ = json.loads(path.read_text())
    dump = Document.load(given_).dump()
    assert_valid(dump)
    assert _bare(dump) == _without_blanks(given_)


def test_there_are_published_examples():
    assert len(EXAMPLES) == 4


def _bare(dump: dict[str, Any]) -> dict[str, Any]:
    """Without what we add: ids and meta.studio."""
    bare = copy.deepcopy(dump)
    for entry in _entries(bare):
        del entry["id"]
    del bare["meta"]["studio"]
    return bare


def _without_blanks(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_blanks(entry) for key, entry in value.items() if entry not in ("", [], {}, None)}
    return [_without_blanks(entry) for entry in value] if isinstance(value, list) else value


def test_foreign_keys_survive_at_every_level():
    foreign = {"x": [1, None, {"y": ""}], "start_date": "mine", "empty": "", "nothing": None}
    raw = {
        **foreign,
        "basics": {**foreign, "location": dict(foreign), "profiles": [dict(foreign)]},
        "work": [{**foreign, "asTyped": {"startDate": "un jour", "other": 1}}],
        "skills": [dict(foreign)],
        "custom": [{**foreign, "items": [dict(foreign)]}],
        "meta": {**foreign, "studio": {**foreign, "design": dict(foreign), "sections": [{**foreign, "key": "work"}]}},
    }
    dump = Document.load(raw).dump()
    assert _contains(dump, raw)


def _contains(whole: Any, part: Any) -> bool:
    if isinstance(part, dict):
        return all(key in whole and _contains(whole[key], value) for key, value in part.items())
    if isinstance(part, list):
        return len(whole) == len(part) and all(map(_contains, whole, part))
    return whole == part


def test_a_dump_shares_nothing_with_its_document():
    document = Document.load({"x": {"y": [1]}, "work": [{"x": {"y": 1}}]})
    dump = document.dump()
    dump["x"]["y"].append(2)
    dump["work"][0]["x"]["y"] = 2
    assert document.dump()["x"] == {"y": [1]}
    assert document.dump()["work"][0]["x"] == {"y": 1}


def test_what_the_schema_refuses_is_kept_as_typed():
    raw = {
        "basics": {"email": "pas encore", "url": "monsite.fr", "profiles": [{"url": "@moi"}]},
        "work": [{"startDate": "printemps 2020", "endDate": "present", "url": "https://é.fr"}],
        "awards": [{"date": "l’an dernier"}],
        "publications": [{"releaseDate": "à paraître"}],
        "meta": {"canonical": "nulle part"},
        "$schema": "la leur",
    }
    document = Document.load(raw)
    dump = document.dump()
    assert_valid(dump)
    assert dump["work"][0]["asTyped"] == raw["work"][0]
    assert dump["basics"]["asTyped"] == {"email": "pas encore", "url": "monsite.fr"}
    assert Document.load(dump) == document
    assert document.work[0].start_date == "printemps 2020"
    assert document.json_schema == "la leur"


def test_partial_dates_hold():
    dates = ["1999", "2020-03", "2020-03-14"]
    dump = Document.load({"work": [{"startDate": date} for date in dates]}).dump()
    assert [job["startDate"] for job in dump["work"]] == dates


def test_files_of_the_real_world_are_welcome():
    """Null where nothing was said, blank dates, missing lists, numbers for ids."""
    document = Document.load(
        {
            "basics": {"name": "A", "location": None, "profiles": None, "summary": None},
            "work": [None, {"id": 3, "name": "B", "startDate": "", "endDate": None, "highlights": [None, "x", None]}],
            "education": None,
            "skills": [{"name": "C", "keywords": None}],
            "meta": None,
        }
    )
    assert document.work[0].highlights == ["x"]
    assert document.work[0].id == "3"
    assert "endDate" not in document.dump()["work"][0]


@pytest.mark.parametrize(
    ("raw", "path"),
    [
        ({"basics": {"name": 7}}, "basics.name"),
        ({"basics": []}, "basics"),
        ({"work": {"name": "x"}}, "work"),
        ({"work": ["x"]}, "work.0"),
        ({"work": [{}, {"startDate": 2020}]}, "work.1.startDate"),
        ({"work": [{"highlights": ["ok", {}]}]}, "work.0.highlights.1"),
        ({"custom": [{"items": [{"summary": False}]}]}, "custom.0.items.0.summary"),
        ({"meta": {"studio": {"language": "nl"}}}, "meta.studio.language"),
        ({"meta": {"studio": {"template": "../../etc"}}}, "meta.studio.template"),
        ({"meta": {"studio": {"design": {"accent": "red;}"}}}}, "meta.studio.design.accent"),
        ({"meta": {"studio": {"design": {"size": 72}}}}, "meta.studio.design.size"),
        ({"meta": {"studio": {"templateVersion": 0}}}, "meta.studio.templateVersion"),
        ({"basics": {"name": "x" * (m.MAX_TEXT + 1)}}, "basics.name"),
        ({"work": [{"highlights": ["x" * (m.MAX_TEXT + 1)]}]}, "work.0.highlights"),
        ({"skills": [{}] * (m.MAX_ITEMS + 1)}, "skills"),
        ({"custom": [{}] * (m.MAX_CUSTOM + 1)}, "custom"),
        ({"x": math.nan}, "x"),
        ({"work": [{"x": [math.inf]}]}, "work.0.x.0"),
        ({"x": 10**5000}, "x"),
        ({"x": {1, 2}}, "x"),
        ({"x": {7: "y"}}, "x"),
        ({"x": b"y"}, "x"),
        ({"x": ["y"] * MAX_VALUES}, "document"),
        ({"x": "y" * (MAX_CHARACTERS + 1)}, "document"),
        ({"y" * (MAX_CHARACTERS + 1): 0}, "document"),
        ([], "document"),
        ("{}", "document"),
        (None, "document"),
    ],
    ids=lambda value: value[:60] if isinstance(value, str) else "raw",
)
def test_bad_input_is_named(raw, path):
    with pytest.raises(InvalidInput) as refusal:
        Document.load(raw)
    assert path in refusal.value.fields
    json.dumps(refusal.value.fields).encode()


@pytest.mark.parametrize("wrong", [{}, [], 1.5, "", "no spaces", "x" * 65, None])
def test_an_id_that_cannot_be_kept_is_given_anew(wrong):
    job = Document.load({"work": [{"id": wrong, "name": "x"}]}).work[0]
    assert job.name == "x"
    assert re.fullmatch("[0-9a-f]{10}", job.id)


def test_every_fault_is_named_at_once():
    with pytest.raises(InvalidInput) as refusal:
        Document.load({"basics": {"name": 1, "email": 2}, "work": [{"position": []}]})
    assert set(refusal.value.fields) == {"basics.name", "basics.email", "work.0.position"}


@pytest.mark.parametrize("nest", [lambda inner: {"x": inner}, lambda inner: [inner]], ids=["objects", "lists"])
def test_deep_nesting_is_refused_however_deep(nest):
    for depth in (MAX_DEPTH + 1, 100_000):
        value: Any = 1
        for _ in range(depth):
            value = nest(value)
        with pytest.raises(InvalidInput):
            Document.load({"x": value})
        while isinstance(value, dict | list):  # taken apart level by level: freeing it at once would recurse
            value = value["x"] if isinstance(value, dict) else value[0]


def test_control_characters_and_lone_surrogates_are_taken_out():
    document = Document.load({"basics": {"name": "A\x00B\ud800C\x1b[0m\uffff"}, "x\x00": "\udfff"})
    assert document.basics.name == "ABC[0m"
    assert document.dump()["x"] == ""
    json.dumps(document.dump(), ensure_ascii=False).encode()


def test_ten_thousand_characters_and_two_hundred_items_hold():
    long = "Ünïcödé 😀 مرحبا " * 625
    assert len(long) == 10_000
    raw = {
        "basics": {"name": long, "summary": long},
        "work": [{"name": f"n{n}", "highlights": [f"h{n}"] * 3} for n in range(200)],
        "skills": [{"name": f"s{n}"} for n in range(200)],
    }
    document = Document.load(raw)
    assert document.basics.summary == long
    assert len(document.work) == len(document.skills) == 200
    assert Document.load(document.dump()) == document


def test_duplicate_ids_are_parted_and_what_was_hidden_stays_hidden():
    raw = {
        "work": [{"id": "a", "name": "1"}, {"id": "a", "name": "2"}],
        "basics": {"profiles": [{"id": "a", "network": "3"}]},
        "meta": {"studio": {"hidden": ["a"]}},
    }
    document = Document.load(raw)
    first, second = document.work
    profile = document.basics.profiles[0]
    assert len({first.id, second.id, profile.id}) == 3
    assert set(document.studio.hidden) == {first.id, second.id, profile.id}


def test_a_new_entry_before_others_takes_no_id_of_theirs():
    document = Document.load({"work": [{"name": "1"}]})
    dump = document.dump()
    dump["work"].insert(0, {"name": "0"})
    assert Document.load(dump).work[1] == document.work[0]


def test_every_section_is_listed_once_in_the_order_in_force():
    document = Document.load({"custom": [{"id": "mine"}]})
    usual = [*SECTION_KEYS, "custom:mine"]
    assert [setting.key for setting in document.section_settings()] == usual

    document.studio.sections = [m.SectionSetting(key="skills", hidden=True)]
    assert [setting.key for setting in document.section_settings()] == usual
    themed = document.section_settings(("skills", "nothing", "work"))
    assert [setting.key for setting in themed][:3] == ["skills", "work", "summary"]
    assert themed[0].hidden

    document.studio.sections = [m.SectionSetting(key=key) for key in ("gone", *reversed(SECTION_KEYS))]
    keys = [setting.key for setting in document.section_settings(("skills", "work"))]
    assert keys == [*reversed(SECTION_KEYS), "custom:mine"]


def test_texts_are_the_persons_own():
    assert not any(Document(work=[m.Work()]).texts())
    document = Document.load({"basics": {"name": "A"}, "work": [{"x": ["B"], "highlights": ["C"], "startDate": "D"}]})
    assert sorted(document.texts()) == ["A", "B", "C", "D"]


def test_sections_are_reached_by_key():
    document = Document.load({"custom": [{"id": "mine", "items": [{"name": "x"}]}]})
    assert document.section("custom:mine")[0] is document.custom[0].items[0]
    for key in SECTIONS:
        assert document.section(key) == []
    for key in ("summary", "custom:other", "basics", "__class__"):
        with pytest.raises(KeyError):
            document.section(key)
