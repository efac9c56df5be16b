"""Edits address what exists, and whatever their order they leave a document that loads."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cvstudio.document import CUSTOM, SECTION_KEYS, SECTIONS, Document, edit, samples
from cvstudio.document import model as m
from cvstudio.document.intake import MAX_CHARACTERS
from cvstudio.errors import InvalidInput
from tests.document.generated import TEXT


@pytest.fixture
def document() -> Document:
    return samples.load("fr")


def test_fields_are_read_and_written_by_path(document):
    job = document.work[1]
    edit.set_field(document, "basics.name", "Zoé Martin")
    edit.set_field(document, "basics.location.city", "Brest")
    edit.set_field(document, f"work/{job.id}/position", "Directrice")
    edit.set_field(document, f"profiles/{document.basics.profiles[0].id}/url", "zoe.example.org")
    section = CUSTOM + document.custom[0].id
    edit.set_field(document, f"{section}/{document.custom[0].items[0].id}/summary", "Deux\nlignes ")
    assert document.basics.name == "Zoé Martin"
    assert document.basics.location.city == "Brest"
    assert job.position == "Directrice"
    assert document.basics.profiles[0].url == "zoe.example.org"
    assert document.custom[0].items[0].summary == "Deux\nlignes "
    assert edit.get_field(document, f"work/{job.id}/position") == "Directrice"


def test_a_path_follows_its_entry_when_it_moves(document):
    job = document.work[2]
    edit.move_item(document, "work", job.id, 0)
    edit.set_field(document, f"work/{job.id}/name", "Ici")
    assert document.work[0].name == "Ici"


def test_dates_are_understood(document):
    path = f"work/{document.work[0].id}"
    for typed, kept in (("mars 2020", "2020-03"), ("printemps 2020", "printemps 2020"), ("", "")):
        edit.set_field(document, f"{path}/startDate".replace("startDate", "start_date"), typed)
        assert document.work[0].start_date == kept
    edit.set_field(document, f"{path}/end_date", "aujourd’hui")
    assert document.work[0].end_date == ""


def test_lists_are_typed_as_text(document):
    path = f"work/{document.work[0].id}/highlights"
    edit.set_field(document, path, " une \n\n deux, et demie\r\n")
    assert document.work[0].highlights == ["une", "deux, et demie"]
    assert edit.get_field(document, path) == "une\ndeux, et demie"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Python, SQL,, R ", ["Python", "SQL", "R"]),
        ("SQL (PostgreSQL, BigQuery), Python", ["SQL (PostgreSQL, BigQuery)", "Python"]),
        ("Lean (5S, Kaizen; VSM), SAP", ["Lean (5S, Kaizen; VSM), SAP"]),
        ("a; b, c; d", ["a", "b, c", "d"]),
        ("a; b\nc", ["a; b", "c"]),
        ("(a, b", ["(a", "b"]),
        ("a, b)", ["a", "b)"]),
        (" , ,", []),
        ("", []),
    ],
)
def test_keywords_are_parted_where_people_part_them(document, typed, kept):
    path = f"skills/{document.skills[0].id}/keywords"
    edit.set_field(document, path, typed)
    assert document.skills[0].keywords == kept


@given(st.lists(st.text("ab ,;()éx", min_size=1).map(str.strip).filter(bool), max_size=5))
def test_keywords_opened_and_closed_stay_what_they_are(keywords):
    document = Document(skills=[m.Skill(id="s", keywords=keywords)])
    edit.set_field(document, "skills/s/keywords", edit.get_field(document, "skills/s/keywords"))
    assert document.skills[0].keywords == keywords


def test_every_text_field_opens_and_closes_unchanged(document):
    for language in ("fr", "en"):
        document = samples.load(language)
        before = document.model_copy(deep=True)
        for path in _paths(document):
            edit.set_field(document, path, edit.get_field(document, path))
        assert document == before


def _paths(document: Document) -> list[str]:
    texts = (str, list[str])

    def fields(part: m.Part) -> list[str]:
        kinds = type(part).model_fields
        return [name for name, kind in kinds.items() if kind.annotation in texts and name != "id"]

    paths = [f"basics.{name}" for name in fields(document.basics)]
    paths += [f"basics.location.{name}" for name in fields(document.basics.location)]
    for section in ("profiles", *SECTIONS, *(CUSTOM + own.id for own in document.custom)):
        paths += [f"{section}/{item.id}/{name}" for item in edit.items_of(document, section) for name in fields(item)]
    return paths


@pytest.mark.parametrize(
    "path",
    [
        *("", ".", "/", "//", "name", "basics", "basics.", "basics.id", "basics.location", "basics.profiles"),
        *("basics.x", "basics.model_fields", "basics.__class__", "basics.location.__init__", "meta.studio.template"),
        *("work", "work//name", "work/nobody/name", "work/fr-work-1", "work/fr-work-1/", "work/fr-work-1/id"),
        *("work/fr-work-1/dump", "work/fr-work-1/highlights/0", "summary/x/y", "custom:/x/y", "custom:no/x/name"),
        *("__class__/x/y", "work/fr-work-1/\ud800", "x" * 100_000, "custom:fr-custom-1/items/title"),
    ],
)
def test_a_strangers_path_is_refused_and_does_no_harm(document, path):
    before = document.model_copy(deep=True)
    for act in (lambda: edit.set_field(document, path, "x"), lambda: edit.get_field(document, path)):
        with pytest.raises(InvalidInput) as refusal:
            act()
        str(refusal.value.fields).encode()
    assert document == before


def test_entries_come_and_go(document):
    first = edit.add_item(document, "work")
    second = edit.add_item(document, "work", 0)
    third = edit.add_item(document, "profiles", -5)
    assert document.work[-1].id == first
    assert document.work[0].id == second
    assert document.work[0].dump() == {"id": second}
    assert document.basics.profiles[0].id == third
    edit.remove_item(document, "work", first)
    with pytest.raises(InvalidInput):
        edit.find(document, "work", first)


def test_a_copy_stands_after_its_original_and_is_its_own(document):
    job = document.work[0]
    twin = edit.duplicate_item(document, "work", job.id)
    assert document.work[1].id == twin != job.id
    assert document.work[1].highlights == job.highlights
    document.work[1].highlights.append("x")
    assert "x" not in job.highlights


def test_moves_stop_at_the_ends(document):
    ids = [job.id for job in document.work]
    edit.move_item(document, "work", ids[1], -3)
    edit.move_item(document, "work", ids[0], 99)
    assert [job.id for job in document.work] == [ids[1], *ids[2:], ids[0]]


def test_hidden_entries_are_remembered_and_forgotten(document):
    job = document.work[0].id
    edit.set_item_hidden(document, "work", job, True)
    edit.set_item_hidden(document, "work", job, True)
    assert document.studio.hidden == [job]
    edit.set_item_hidden(document, "work", job, False)
    assert document.studio.hidden == []
    edit.set_item_hidden(document, "work", job, True)
    edit.remove_item(document, "work", job)
    assert document.studio.hidden == []


def test_a_title_or_hiding_a_section_leaves_the_order_alone(document):
    theme = ("skills", "work")
    before = [setting.key for setting in document.section_settings(theme)]
    edit.set_section_hidden(document, "languages", True)
    edit.set_section_title(document, "work", "Parcours\nutile")
    edit.set_section_hidden(document, "languages", True)
    assert len(document.studio.sections) == 2
    settings_now = document.section_settings(theme)
    assert [setting.key for setting in settings_now] == before
    assert {setting.key for setting in settings_now if setting.hidden} == {"languages"}
    assert [setting.title for setting in settings_now if setting.key == "work"] == ["Parcours utile"]


def test_an_order_names_what_comes_first(document):
    edit.order_sections(document, ["skills", "education"])
    order = [setting.key for setting in document.section_settings(("languages",))]
    assert order[:4] == ["skills", "education", "summary", "work"]
    edit.order_sections(document, ["awards", "nothing", "awards"])
    assert [setting.key for setting in document.section_settings()][:2] == ["awards", "skills"]


def test_sections_of_ones_own(document):
    key = edit.add_custom_section(document, "Brevets\n" + "x" * 200)
    assert document.custom_section(key).title == ("Brevets " + "x" * 200)[:120]
    edit.set_section_title(document, key, "Permis")
    edit.set_section_hidden(document, key, True)
    item = document.custom_section(key).items[0].id
    edit.set_item_hidden(document, key, item, True)
    edit.remove_custom_section(document, key)
    assert item not in document.studio.hidden
    assert all(setting.key != key for setting in document.studio.sections)
    for refused in (key, "work", "custom:"):
        with pytest.raises(InvalidInput):
            edit.remove_custom_section(document, refused)


def test_limits_are_said_and_change_nothing(document):
    with pytest.raises(InvalidInput):
        edit.set_field(document, "basics.summary", "x" * (m.MAX_TEXT + 1))
    with pytest.raises(InvalidInput):
        edit.set_field(document, f"work/{document.work[0].id}/highlights", "x\n" * (m.MAX_ITEMS + 1))
    document.interests = [m.Interest(id=f"i{n}") for n in range(m.MAX_ITEMS)]
    with pytest.raises(InvalidInput):
        edit.add_item(document, "interests")
    for _ in range(m.MAX_CUSTOM - 1):
        edit.add_custom_section(document)
    with pytest.raises(InvalidInput):
        edit.add_custom_section(document)
    for interest in document.interests:
        edit.set_item_hidden(document, "interests", interest.id, True)
    with pytest.raises(InvalidInput):
        edit.set_item_hidden(document, "work", document.work[0].id, True)
    assert Document.load(document.dump()) == document


def test_no_edit_makes_a_document_too_large_to_load():
    document = Document(work=[m.Work(id=f"w{n}") for n in range(60)])
    refused = 0
    for job in document.work:
        try:
            edit.set_field(document, f"work/{job.id}/summary", "x" * m.MAX_TEXT)
        except InvalidInput:
            refused += 1
    assert 10 <= refused < 20
    written = sum(len(job.summary) for job in document.work)
    assert MAX_CHARACTERS * 0.85 < written < MAX_CHARACTERS
    full = next(job for job in document.work if job.summary)
    with pytest.raises(InvalidInput):
        edit.duplicate_item(document, "work", full.id)
    assert len(document.work) == 60
    assert Document.load(document.dump()) == document
    edit.set_field(document, f"work/{full.id}/summary", "shorter is always possible")


SECTION = st.sampled_from([*SECTION_KEYS, "profiles", "custom:fr-custom-1", "custom:", "basics", ""])
ENTRY = st.tuples(SECTION, st.integers(0, 6))  # by its index, made an id when its turn comes
FIELD = st.sampled_from(["name", "position", "keywords", "highlights", "start_date", "end_date", "url", "id", "level"])
TITLE = TEXT | st.just("x" * 500)
AT = st.integers(-2, 9)
STEP = st.one_of(
    st.tuples(st.just(edit.set_field), st.sampled_from(["basics.name", "basics.email", "basics.location.city"]), TEXT),
    st.tuples(st.just(edit.set_field), st.tuples(SECTION, st.integers(0, 6), FIELD), TEXT),
    st.tuples(st.just(edit.add_item), SECTION, st.none() | AT),
    st.tuples(st.just(edit.duplicate_item), ENTRY),
    st.tuples(st.just(edit.remove_item), ENTRY),
    st.tuples(st.just(edit.move_item), ENTRY, AT),
    st.tuples(st.just(edit.set_item_hidden), ENTRY, st.booleans()),
    st.tuples(st.just(edit.add_custom_section), TITLE),
    st.tuples(st.just(edit.remove_custom_section), SECTION),
    st.tuples(st.just(edit.set_section_title), SECTION, TITLE),
    st.tuples(st.just(edit.set_section_hidden), SECTION, st.booleans()),
    st.tuples(st.just(edit.order_sections), st.lists(SECTION, max_size=4)),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(STEP, max_size=12))
def test_any_edits_in_any_order_leave_a_document_that_loads(steps):
    document = samples.load("fr")
    for act, *arguments in steps:
        before = document.model_copy(deep=True)
        try:
            act(document, *_named(document, arguments))
        except InvalidInput:
            assert document == before
    assert Document.load(document.dump()) == document


def _named(document: Document, arguments: list[object]) -> list[object]:
    named: list[object] = []
    for argument in arguments:
        match argument:
            case (str(section), int(index)):
                named += [section, _id(document, section, index)]
            case (str(section), int(index), str(field)):
                named.append(f"{section}/{_id(document, section, index)}/{field}")
            case _:
                named.append(argument)
    return named


def _id(document: Document, section: str, index: int) -> str:
    try:
        return edit.items_of(document, section)[index].id
    except (InvalidInput, IndexError):
        return "nobody"
