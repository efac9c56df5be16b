"""What templates see: everything once, nothing hollow, links only where it is safe."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cvstudio import render
from cvstudio.document import Document, edit
from cvstudio.document import model as m
from cvstudio.render import themes, view
from cvstudio.render.contacts import contacts, web
from cvstudio.render.labels import LABELS
from cvstudio.render.memory import Memory
from tests import documents
from tests.document.generated import documents as generated


def build(**sections: Any) -> view.View:
    return view.build(Document.load(sections), themes.get("modern"))


def entry(key: str, **fields: Any) -> view.Entry:
    (section,) = build(**{key: [fields]}).sections
    (only,) = section.entries
    return only


@pytest.mark.parametrize(
    ("given_", "title", "org", "rest"),
    [
        ({"position": "A", "name": "B", "location": "C", "description": "D"}, "A", "B", ("C", "D")),
        ({"name": "B", "location": "C"}, "B", "", ("C", "")),
        ({"location": "C", "description": "D"}, "C", "", ("", "D")),
        ({"description": "D"}, "D", "", ("", "")),
        ({"startDate": "2020", "endDate": "2021"}, "", "", ("", "")),
        ({"position": " A\n  B "}, "A B", "", ("", "")),
    ],
)
def test_a_job_with_gaps_still_reads(given_, title, org, rest):
    job = entry("work", **given_)
    assert (job.title, job.org, (job.place, job.note)) == (title, org, rest)


def test_only_dates_and_only_a_text_are_shown():
    assert entry("work", startDate="2020").dates == "2020 – présent"
    (section,) = build(custom=[{"title": "Divers", "items": [{"summary": "Permis B"}]}]).sections
    assert section.title == "Divers"
    assert section.entries[0].paragraphs == ("Permis B",)
    assert section.entries[0].title == ""


@pytest.mark.parametrize("hollow", [{}, {"name": " \n"}, {"highlights": [" "]}, {"asGiven": {"startDate": "x"}}])
def test_what_has_nothing_to_show_is_not_there(hollow):
    assert build(work=[hollow]).sections == ()


def test_education_shows_degree_grade_and_courses():
    school = entry(
        "education", studyType="Master", area="Droit", institution="Lyon", score="Mention bien", courses=["a"]
    )
    assert (school.title, school.org, school.note, school.tags) == ("Master, Droit", "Lyon", "Mention bien", ("a",))


def test_a_project_shows_its_roles_kind_and_house():
    project = entry(
        "projects", name="P", entity="E", roles=["Cheffe"], type="Thèse", keywords=["k"], url="p.example.org"
    )
    assert (project.title, project.org, project.note, project.tags) == ("P", "E", "Cheffe, Thèse", ("k",))
    assert project.link is not None
    assert project.link.href == "https://p.example.org"


@pytest.mark.parametrize("key", ["skills", "interests"])
def test_keywords_without_a_name_stand_for_themselves(key):
    assert entry(key, keywords=["a", "b"]).title == "a, b"
    assert entry(key, keywords=["a", "b"]).tags == ()


def test_a_pasted_bullet_sign_goes_and_a_minus_stays():
    job = entry(
        "work", summary="• un\n● deux\n\uf0a7 cinq\n- six", highlights=["•\ttrois", "- 30 % de pannes", "– 4 %"]
    )
    assert job.paragraphs == ("un", "deux", "cinq", "- six")
    assert job.bullets == ("trois", "- 30 % de pannes", "– 4 %")


@pytest.mark.parametrize(
    "mark", ["- ", "– ", "—\u00a0", "* ", "·       ", "⁃ ", "o\t", "o   ", "§  ", "o\u00a0\u00a0 "]
)
def test_a_list_has_one_mark_a_line(mark):
    assert entry("work", highlights=[f"{mark}Géré un site"]).bullets == ("Géré un site",)


@pytest.mark.parametrize(
    "text", ["+ de 30 clients", "-15 % d’accidents", "o vous", "§ 218 du code", "*étoile", "1. un"]
)
def test_what_a_line_begins_with_is_its_own(text):
    assert entry("work", highlights=[text]).bullets == (text,)


def test_no_break_spaces_stay():
    assert entry("work", position="Budget\u00a0: 3\u00a0M€").title == "Budget\u00a0: 3\u00a0M€"


def test_hidden_sections_and_entries_are_left_out():
    document = Document.load(
        {
            "basics": {"profiles": [{"id": "p", "network": "X", "username": "x"}]},
            "work": [{"id": "a", "name": "A"}, {"id": "b", "name": "B"}],
            "skills": [{"name": "S"}],
            "interests": [{"id": "i", "name": "I"}],
            "meta": {"studio": {"hidden": ["a", "p", "i"], "sections": [{"key": "skills", "hidden": True}]}},
        }
    )
    seen = view.build(document, themes.get("modern"))
    assert [(section.key, [item.title for item in section.entries]) for section in seen.sections] == [("work", ["B"])]
    assert seen.contacts == ()


def test_titles_are_the_owners_or_the_languages():
    setting = {"meta": {"studio": {"sections": [{"key": "work", "title": "Parcours"}]}}}
    raw = {"work": [{"name": "x"}], "skills": [{"name": "x"}], "custom": [{"items": [{"name": "x"}]}]}
    assert [section.title for section in build(**raw, **setting).sections] == ["Parcours", "Compétences", "Autre"]
    english = {"meta": {"studio": {"language": "en"}}}
    assert [section.title for section in build(**raw, **english).sections] == ["Work experience", "Skills", "More"]


def test_every_label_is_there_in_every_language_of_a_cv():
    assert all(tuple(words) == m.CV_LANGUAGES and all(words.values()) for words in LABELS.values())
    assert {words for language, words in LABELS["colon"].items() if language != "fr"} == {": "}
    assert LABELS["colon"]["fr"] == "\u00a0: "


@pytest.mark.parametrize(
    ("language", "native", "fluent", "basic"),
    [
        ("de", "Muttersprache", "Fließend (C1)", "Grundkenntnisse"),
        ("es", "Lengua materna", "Avanzado", "Básico"),
        ("it", "Madrelingua", "Fluente", "Base"),
        ("pt", "Língua materna", "Avançado", "Noções"),
    ],
)
def test_levels_are_understood_in_the_language_of_the_cv(language, native, fluent, basic):
    words = {"meta": {"studio": {"language": language}}}
    spoken = [{"language": "x", "fluency": fluency} for fluency in (native, fluent, basic, "A2")]
    (section,) = build(languages=spoken, **words).sections
    assert [entry.level for entry in section.entries] == [5, 4, 1, 2]


def test_the_country_at_home_goes_without_saying():
    berlin = {"basics": {"name": "x", "location": {"city": "Berlin", "countryCode": "DE"}}}
    said = {
        language: contacts(Document.load(berlin | {"meta": {"studio": {"language": language}}}))[0].text
        for language in m.CV_LANGUAGES
    }
    assert said["de"] == "Berlin"
    assert (said["fr"], said["es"], said["it"]) == ("Berlin, Allemagne", "Berlin, Alemania", "Berlin, Germania")


@pytest.mark.parametrize(
    ("location", "fr", "en"),
    [
        ({"city": "Nantes", "postalCode": "44000", "countryCode": "FR"}, "44000 Nantes", "44000 Nantes, France"),
        ({"city": "Nantes", "region": "Pays de la Loire", "countryCode": "FR"}, *["Nantes, Pays de la Loire"] * 2),
        ({"city": "Casablanca", "countryCode": "ma"}, "Casablanca, Maroc", "Casablanca, Morocco"),
        ({"countryCode": "FR"}, "France", "France"),
        ({"countryCode": "Wallonie"}, "Wallonie", "Wallonie"),
        ({"address": "3 rue Haute\nBât. B", "city": "Lyon"}, *["3 rue Haute, Bât. B, Lyon"] * 2),
        ({}, None, None),
    ],
)
def test_the_place_is_said_as_people_there_say_it(location, fr, en):
    for language, expected in (("fr", fr), ("en", en)):
        raw = {"basics": {"location": location}, "meta": {"studio": {"language": language}}}
        places = [link.text for link in contacts(Document.load(raw))]
        assert places == ([] if expected is None else [expected])


@pytest.mark.parametrize(
    ("profile", "text", "href"),
    [
        ({"network": "LinkedIn", "username": "a", "url": "https://www.linkedin.com/in/a/"}, "linkedin.com/in/a", "https://www.linkedin.com/in/a/"),
        ({"network": "LinkedIn", "username": "a"}, "LinkedIn a", ""),
        ({"username": "@a"}, "@a", ""),
        ({"network": "GitHub"}, "GitHub", ""),
    ],
)  # fmt: skip
def test_profiles_read_as_addresses_or_as_names(profile, text, href):
    (link,) = contacts(Document.load({"basics": {"profiles": [profile]}}))
    assert (link.text, link.href) == (text, href)


@pytest.mark.parametrize(
    ("phone", "href"),
    [
        ("06 39 98 41 07", "tel:0639984107"),
        ("+33 (0)6.39.98.41.07", "tel:+33639984107"),
        ("+44 7700 900 183", "tel:+447700900183"),
        ("06 39 98 41 07 / 02 40 00 00 00", ""),
        ("sur demande", ""),
        ("1+2+3+4+5+6+7", ""),
    ],
)
def test_numbers_can_be_called_when_they_are_one(phone, href):
    (link,) = contacts(Document.load({"basics": {"phone": phone}}))
    assert (link.text, link.href) == (phone, href)


def test_an_address_with_signs_is_mailed_to_as_a_whole():
    (link,) = contacts(Document.load({"basics": {"email": "a+b?subject=x&y@example.org"}}))
    assert link.href == "mailto:a+b%3Fsubject%3Dx%26y@example.org"
    (link,) = contacts(Document.load({"basics": {"email": "pas encore"}}))
    assert link.href == ""


@pytest.mark.parametrize(
    ("url", "text", "href"),
    [
        ("https://www.example.org/", "example.org", "https://www.example.org/"),
        ("HTTP://Example.org/A?b=c#d", "Example.org/A?b=c#d", "http://example.org/A?b=c#d"),
        ("example.org/a", "example.org/a", "https://example.org/a"),
        ("example.org:8080", "example.org:8080", "https://example.org:8080"),
        ("https://fr.wikipedia.org/wiki/Évry", "fr.wikipedia.org/wiki/Évry", "https://fr.wikipedia.org/wiki/%C3%89vry"),
        ("https://ex.org/100%", "ex.org/100%", "https://ex.org/100%25"),
        ("https://ex.org/a%20b", "ex.org/a%20b", "https://ex.org/a%20b"),
        ("https://société.fr/x", "société.fr/x", "https://xn--socit-esab.fr/x"),
        ("https://ex.org/\"'<>`", "ex.org/\"'<>`", "https://ex.org/%22'%3C%3E%60"),
        ("javascript:alert(1)", "javascript:alert(1)", ""),
        ("JavaScript://example.org/%0aalert(1)", "JavaScript://example.org/%0aalert(1)", ""),
        ("data:text/html,x", "data:text/html,x", ""),
        ("//evil.example", "//evil.example", ""),
        ("https://bank.example@evil.example", "bank.example@evil.example", ""),
        ("https://ex.org:99999999/", "ex.org:99999999", ""),
        ("https://[::1", "[::1", ""),
        ("https://[::1]/", "[::1]", ""),
        ("https://ex.org/a b", "ex.org/a b", ""),
        ("https://" + "é" * 70 + ".fr", "é" * 70 + ".fr", ""),
        ("un site", "un site", ""),
        ("", "", ""),
    ],
)
def test_only_safe_addresses_can_be_followed(url, text, href):
    link = web(url)
    assert (link.text, link.href) == (text, href)


@pytest.mark.parametrize(
    ("words", "level"),
    [
        ("Langue maternelle", 5), ("Native or bilingual proficiency", 5), ("C2", 5), ("Expert", 5),
        ("Courant (C1, TOEIC 925)", 4), ("Full professional proficiency", 4), ("Advanced", 4), ("Confirmée", 4),
        ("Professional working proficiency", 3), ("Intermédiaire (B1)", 3), ("Conversational (B1)", 3),
        ("Limited working proficiency", 2), ("Compétence professionnelle limitée", 2), ("Scolaire", 2),
        ("Notions", 1), ("A1", 1), ("", 0), ("Quatre ans", 0), ("x" * 20_000, 0),
    ],
)  # fmt: skip
def test_words_tell_a_level(words, level):
    assert entry("languages", language="x", fluency=words).level == level


@settings(max_examples=60, deadline=None)
@given(generated())
def test_any_document_renders_everywhere(document):
    seen = view.build(document, themes.get("modern"))
    for section in seen.sections:
        assert section.title
        for item in section.entries:
            assert item.title or item.dates or item.paragraphs or item.bullets or item.tags or item.link
    assert render.html(document, photo_src=documents.PHOTO).endswith("</body></html>")
    assert render.preview(document).body
    for export in (render.markdown, render.text, render.json_resume):
        assert export(document).endswith("\n")


@settings(max_examples=120, deadline=None)
@given(generated(), st.data())
def test_after_one_edit_the_rest_is_taken_as_it_was(document, data):
    """And comes to what a page made all anew would be."""
    document.studio.template = data.draw(st.sampled_from([theme.slug for theme in themes.all()]))
    paths = ["basics.name", "basics.label", "basics.email", "basics.location.city", "basics.summary"]
    fields = [("work", "position"), ("skills", "keywords"), ("education", "area"), (edit.PROFILES, "url")]
    for key, field in [*fields, (edit.add_custom_section(document, "Divers"), "name")]:
        paths += [f"{key}/{item.id}/{field}" for item in edit.items_of(document, key)]
    shown = render.preview(document, photo_src=documents.PHOTO)
    for path in data.draw(st.lists(st.sampled_from(paths), min_size=1, max_size=6)):
        edit.set_field(document, path, data.draw(st.sampled_from(["", "Nantes", "https://cv.example/é", "x" * 4_000])))
        shown = render.preview(document, photo_src=documents.PHOTO, last=shown, edited=path)
        assert shown == render.preview(document, photo_src=documents.PHOTO)


def test_long_entries_being_typed_do_not_pile_up(monkeypatch: pytest.MonkeyPatch):
    """Not in the sections that hold them either."""
    memories = {name: Memory[Any, Any](50_000) for name in ("_entries", "_sections")}
    for name, memory in memories.items():
        monkeypatch.setattr(view, name, memory)
    for number in range(200):
        build(work=[{"id": "a", "position": f"P{number}", "summary": "x" * 5_000}])
        build(basics={"name": "N", "summary": f"{number} {'x' * 5_000}"})
    for memory in memories.values():
        assert 0 < len(memory._recent) + len(memory._before) <= 10
