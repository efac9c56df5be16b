"""Differences: small to keep, readable, and enough to make one document out of the other."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cvstudio.document import Document, changes, edit, patch, samples
from cvstudio.document.changes import Change
from cvstudio.errors import InvalidInput

LEAVES = st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from([0.0, 1.0, 2.5]) | st.text(max_size=40)
KEYS = st.sampled_from(["a", "b", "id", "x/y", "~1", "work"]) | st.text(max_size=3)
IDS = st.sampled_from(["one", "two", "three", "a/b"])
TREES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(KEYS, inner, max_size=4)
        | st.lists(
            st.builds(lambda name, rest: {**rest, "id": name}, IDS, st.dictionaries(KEYS, inner, max_size=3)),
            unique_by=lambda entry: entry["id"],
            max_size=4,
        )
    ),
    max_leaves=12,
)
OBJECTS = st.dictionaries(KEYS, TREES, max_size=4)


def exactly(value: object) -> str:
    """As JSON, whatever the order of keys: 1, 1.0 and true differ."""
    return json.dumps(value, sort_keys=True)


@settings(max_examples=60)
@given(TREES, TREES)
def test_a_patch_makes_the_other(before, after):
    kept = json.loads(json.dumps(patch.diff(before, after)))
    assert exactly(patch.apply(before, kept)) == exactly(after)


@settings(max_examples=30)
@given(OBJECTS)
def test_nothing_changed_is_nothing(tree):
    assert patch.diff(tree, json.loads(json.dumps(tree))) is None
    assert changes.changes(tree, json.loads(json.dumps(tree))) == []


@settings(max_examples=60)
@given(OBJECTS, OBJECTS)
def test_changes_make_the_other(before, after):
    found = changes.changes(before, after)
    again = [Change.model_validate_json(one.model_dump_json()) for one in found]
    assert exactly(changes.apply(before, again)) == exactly(after)


def test_an_edit_is_told_by_the_entry_wherever_it_moves():
    document = samples.load("fr")
    before = document.dump()
    entry = document.work[0]
    edit.set_field(document, f"work/{entry.id}/position", "Cheffe d’équipe")
    edit.move_item(document, "work", entry.id, 9)
    gone = document.skills[0]
    edit.remove_item(document, "skills", gone.id)
    edit.set_field(document, "basics.name", "Zoé")
    found = {(one.kind, one.path): one for one in changes.changes(before, document.dump())}
    assert found.keys() == {
        ("changed", "basics/name"),
        ("changed", f"work/{entry.id}/position"),
        ("moved", "work"),
        ("removed", f"skills/{gone.id}"),
    }
    assert found["changed", f"work/{entry.id}/position"].after == "Cheffe d’équipe"
    assert found["changed", f"work/{entry.id}/position"].about == "Cheffe d’équipe"
    assert found["removed", f"skills/{gone.id}"].about == gone.name


def test_a_moved_entry_and_a_typed_letter_cost_little():
    document = samples.load("fr")
    before = document.dump()
    edit.move_item(document, "work", document.work[0].id, 9)
    document.basics.summary = document.basics.summary[:100] + "é" + document.basics.summary[100:]
    kept = patch.diff(before, document.dump())
    assert len(json.dumps(kept)) < 100 + sum(len(entry.id) + 4 for entry in document.work)


@pytest.mark.parametrize(
    "wrong",
    [
        {"path": "", "kind": "removed"},
        {"path": "work/nobody/position", "after": "x"},
        {"path": "work/nobody", "kind": "removed"},
        {"path": "nothing", "kind": "removed"},
        {"path": "basics/name/first", "after": "x"},
        {"path": "basics", "kind": "moved", "after": ["a"]},
        {"path": "work", "kind": "moved", "after": 3},
        {"path": "work/new", "kind": "added", "after": {"id": "other"}},
        {"path": "/".join("a" * 40), "after": 1},
    ],
)
def test_a_path_that_leads_nowhere_is_refused(wrong):
    with pytest.raises(InvalidInput) as refused:
        changes.apply(samples.load("fr").dump(), [Change.model_validate(wrong)])
    assert list(refused.value.fields) == ["changes.0.path"]


def test_a_value_may_be_set_where_there_was_none():
    made = changes.apply({"basics": {}}, [Change(path="basics/location/city", after="Lyon")])
    assert Document.load(made).basics.location.city == "Lyon"


def test_what_is_nested_deeply_or_named_at_length_takes_no_longer():
    def nested(leaf: int) -> dict:
        tree: object = leaf
        for turn in range(30):
            tree = [tree] if turn % 2 else [tree, leaf]
        return {"x" * 2_000: tree}

    before, after = nested(1), nested(2)
    assert patch.apply(before, patch.diff(before, after)) == after
    assert changes.apply(before, changes.changes(before, after)) == after
