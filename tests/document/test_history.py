"""Undo and redo: over anything in the document, typing in steps, nothing lost on the way."""

import copy
import pickle
import random

from cvstudio.document import SECTIONS, Document, edit, samples
from cvstudio.document.history import MAX_STEPS, PAUSE, History, difference


def test_goes_back_and_forth_over_every_kind_of_change():
    document, history = samples.load("fr"), History()
    states = [document.dump()]
    changes = [
        lambda d: edit.set_field(d, "basics.name", "Ada"),
        lambda d: edit.add_item(d, "work"),
        lambda d: edit.remove_item(d, "education", d.education[0].id),
        lambda d: edit.move_item(d, "work", d.work[0].id, 2),
        lambda d: edit.set_item_hidden(d, "skills", d.skills[0].id, True),
        lambda d: edit.set_section_hidden(d, "summary", True),
        lambda d: edit.add_custom_section(d, "Divers"),
        lambda d: setattr(d.studio, "template", "compact"),
        lambda d: setattr(d.studio.design, "accent", "#112233"),
        lambda d: edit.set_field(d, "basics.summary", ""),
    ]
    for number, change in enumerate(changes):
        history.before(document, "", number)
        change(document)
        states.append(document.dump())
    for expected in reversed(states[:-1]):
        document = history.undo(document)
        assert document.dump() == expected
    assert history.undo(document) is None
    assert not history.can_undo
    for expected in states[1:]:
        document = history.redo(document)
        assert document.dump() == expected
    assert history.redo(document) is None


def test_typing_into_one_field_is_one_step_until_a_pause():
    document, history = Document(), History()
    now = 100.0
    for text in ("A", "Ad", "Ada"):
        history.before(document, "basics.name", now)
        edit.set_field(document, "basics.name", text)
        now += PAUSE / 2
    now += PAUSE
    history.before(document, "basics.name", now)
    edit.set_field(document, "basics.name", "Ada L.")
    document = history.undo(document)
    assert document.basics.name == "Ada"
    document = history.undo(document)
    assert document.basics.name == ""


def test_typing_is_undone_wherever_it_was():
    """Only the part that is typed into is looked at: what else changes meanwhile are steps of their own."""
    document, history = samples.load("fr"), History()
    edit.add_item(document, edit.PROFILES)
    own = edit.add_custom_section(document, "Divers")
    paths = [
        "basics.name",
        "basics.location.city",
        f"{edit.PROFILES}/{document.basics.profiles[-1].id}/url",
        f"work/{document.work[-1].id}/start_date",
        f"{own}/{edit.items_of(document, own)[0].id}/name",
    ]
    states = [document.dump()]
    for number, path in enumerate(paths):
        for text in ("mars 2020", "", "Élan 7"):
            history.before(document, path, number, lambda: edit.part_of(document, path))  # noqa: B023
            edit.set_field(document, path, text)
        states.append(document.dump())
        history.before(document, "", number)
        edit.move_item(document, "work", document.work[0].id, 2)
        edit.add_item(document, "skills", 0)
        states.append(document.dump())
    for expected in states[-2::-1]:
        document = history.undo(document)
        assert document.dump() == expected
    assert history.undo(document) is None
    for expected in states[1:]:
        document = history.redo(document)
        assert document.dump() == expected


def test_what_is_nowhere_is_no_part():
    document = samples.load("fr")
    for path in ("", "title:work", "basics", "work/none/position", "none/none/none", "custom:none/x/title", "work//"):
        assert edit.part_of(document, path) is None


def test_another_field_begins_another_step():
    document, history = Document(), History()
    for path, text in (("basics.name", "Ada"), ("basics.label", "Ingénieure")):
        history.before(document, path, 0.0)
        edit.set_field(document, path, text)
    document = history.undo(document)
    assert (document.basics.name, document.basics.label) == ("Ada", "")


def test_a_change_after_an_undo_forgets_what_was_undone():
    document, history = Document(), History()
    history.before(document, "", 0.0)
    edit.set_field(document, "basics.name", "Ada")
    document = history.undo(document)
    history.before(document, "", 1.0)
    edit.set_field(document, "basics.name", "Grace")
    assert not history.can_redo
    assert history.redo(document) is None
    assert history.undo(document).basics.name == ""


def test_a_step_that_changed_nothing_is_none():
    document, history = samples.load("en"), History()
    history.before(document, "", 0.0)
    history.before(document, "", 1.0)
    assert history.undo(document) is None


def test_foreign_keys_and_ids_survive():
    document = Document.load({"basics": {"name": "Ada", "pronouns": "she"}, "x-tool": {"a": [1, {"b": None}]}})
    history = History()
    history.before(document, "", 0.0)
    edit.set_field(document, "basics.name", "Grace")
    before = document.dump()
    document = history.undo(document)
    assert document.dump() == before | {"basics": {"name": "Ada", "pronouns": "she"}}


def test_steps_are_small_and_few_enough():
    document, history = samples.load("fr"), History()
    for number in range(MAX_STEPS + 40):
        history.before(document, "", number)
        edit.set_field(document, "basics.label", f"Titre {number}")
    assert history.undo(document) is not None
    assert len(history.past) < MAX_STEPS + 1
    assert len(pickle.dumps(history)) < 40_000


def test_random_walks_return_to_where_they_began():
    for seed in range(20):
        dice = random.Random(seed)
        document, history = samples.load("en"), History()
        start, steps = copy.deepcopy(document.dump()), 0
        for number in range(30):
            history.before(document, "", number)
            key = dice.choice([*SECTIONS])
            items = edit.items_of(document, key)
            match dice.randrange(4):
                case 0:
                    edit.add_item(document, key, dice.randrange(3))
                case 1 if items:
                    edit.remove_item(document, key, dice.choice(items).id)
                case 2 if items:
                    edit.move_item(document, key, dice.choice(items).id, dice.randrange(5))
                case _:
                    edit.set_field(document, "basics.summary", str(number))
        end = document.dump()
        while (back := history.undo(document)) is not None:
            document, steps = back, steps + 1
        assert document.dump() == start
        for _ in range(steps):
            document = history.redo(document)
        assert document.dump() == end


def test_difference_goes_no_deeper_than_it_must():
    assert difference({"a": [1, 2]}, {"a": [1, 3]}) == [(("a", 1), 2, 3)]
    assert difference({"a": [1]}, {"a": [1, 2]}) == [(("a",), [1], [1, 2])]
    assert difference({"a": 1}, {"a": 1}) == []
