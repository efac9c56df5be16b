"""A CV in another language: what is certain, what stays, what a lying translator cannot change, what becomes stale."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cvstudio import render
from cvstudio.document import Document, edit, samples
from cvstudio.document.model import CV_LANGUAGES, CvLanguage
from cvstudio.tailoring.translation import renewed, settled, stale, translate, unedited
from cvstudio.tailoring.translation_gate import addresses, numbers, passes
from cvstudio.tailoring.translation_words import known
from tests.document.generated import documents as generated


class Fake:
    """A translator that does as told, and remembers what it was asked."""

    def __init__(self, does: Callable[[str], str]) -> None:
        self.does = does
        self.asked: list[str] = []
        self.keep: list[str] = []

    def translate(self, texts: Sequence[str], source: CvLanguage, target: CvLanguage, keep: Sequence[str]) -> list[str]:
        self.asked, self.keep = list(texts), list(keep)
        return [self.does(text) for text in texts]


def french() -> Document:
    return Document.load(
        {
            "basics": {
                "name": "Léa Martin",
                "label": "Comptable",
                "email": "lea@example.org",
                "summary": "Comptable depuis douze ans.\nJe parle anglais.",
                "location": {"city": "Berlin", "countryCode": "DE"},
            },
            "work": [
                {
                    "id": "w1",
                    "name": "Garage Petit",
                    "position": "Comptable",
                    "startDate": "2020-03",
                    "highlights": ["Tenue de 120 dossiers chez Garage Petit avec Sage 100.", "Paie de mars 2021."],
                    "asGiven": {"startDate": "Mars 2020", "endDate": "Présent"},
                }
            ],
            "skills": [
                {"id": "s1", "name": "Gestion de projet", "level": "Avancé", "keywords": ["Excel", "Rigueur"]},
            ],
            "languages": [{"id": "l1", "language": "Allemand", "fluency": "Courant (C1)"}],
            "meta": {"studio": {"language": "fr"}},
        }
    )


GERMAN = {
    "Comptable depuis douze ans.\nJe parle anglais.": "Buchhalterin seit zwölf Jahren.\nIch spreche Englisch.",
    "Comptable": "Buchhalterin",
    "Tenue de 120 dossiers chez Garage Petit avec Sage 100.": "Führung von 120 Akten bei Garage Petit mit Sage 100.",
    "Paie de mars 2021.": "Lohnabrechnung im März 2021.",
    "Gestion de projet": "Projektmanagement",
    "Rigueur": "Sorgfalt",
}


def test_without_a_translator_what_is_certain_changes_and_the_rest_is_named():
    made = translate(french(), "de")
    (language,), (skill,) = made.document.languages, made.document.skills
    assert (language.language, language.fluency) == ("Deutsch", "Fließend (C1)")
    assert (skill.name, skill.level, skill.keywords) == ("Gestion de projet", "Fortgeschritten", ["Excel", "Rigueur"])
    assert made.document.work[0].highlights == french().work[0].highlights
    assert made.untouched == (
        *("basics.label", "basics.summary", "work/w1/position", "work/w1/highlights/0", "work/w1/highlights/1"),
        *("skills/s1/name", "skills/s1/keywords/1"),
    )
    shown = render.text(made.document)
    assert "BERUFSERFAHRUNG" in shown
    assert "März 2020 – heute" in shown


def test_from_french_to_english_escos_names_are_known():
    made = translate(french(), "en").document
    assert (made.basics.label, made.skills[0].name, made.skills[0].level) == (
        *("Accountant", "Project management"),
        "Advanced",
    )


def test_a_translator_is_asked_for_the_rest_and_told_the_names():
    fake = Fake(lambda text: GERMAN[text])
    made = translate(french(), "de", fake)
    assert made.untouched == ()
    assert sorted(set(fake.asked)) == sorted(GERMAN)
    assert fake.keep == ["Garage Petit"]
    assert made.document.work[0].highlights == [
        "Führung von 120 Akten bei Garage Petit mit Sage 100.",
        "Lohnabrechnung im März 2021.",
    ]
    assert made.document.work[0].name == "Garage Petit"
    assert made.document.work[0].start_date == "2020-03"
    assert "asGiven" not in (made.document.work[0].model_extra or {})


def test_the_original_is_left_alone_and_a_translation_keeps_its_ids():
    original = french()
    before = original.dump()
    made = translate(original, "de", Fake(lambda text: GERMAN[text])).document
    assert original.dump() == before
    assert [item.id for item in made.work] == ["w1"]
    assert Document.load(made.dump()).dump() == made.dump()


@pytest.mark.parametrize("fewer", [0, 1, 99])
def test_another_number_of_texts_than_asked_for_is_no_answer(fewer):
    class Broken(Fake):
        def translate(
            self, texts: Sequence[str], source: CvLanguage, target: CvLanguage, keep: Sequence[str]
        ) -> list[str]:
            return ["x"] * fewer

    assert translate(french(), "de", Broken(str)).untouched == translate(french(), "de").untouched


@pytest.mark.parametrize(
    ("said", "lie"),
    [
        ("Géré 3 magasins.", "Managed 4 shops."),
        ("Géré 3 magasins.", "Managed shops."),
        ("Géré des magasins.", "Managed 3 shops."),
        ("De 12 % à 9 %.", "From 9 % to 12 %."),
        ("Hausse de 12 %.", "Rise of 12."),
        ("Équipe de deux.", "Team of five."),
        ("Depuis mars 2020.", "Since May 2020."),
        ("Le site lea.example.org sert.", "The site leo.example.org serves."),
        ("Écrire à a@b.org.", "Write to x@b.org."),
        ("Voir https://a.example/x.", "See https://evil.example/x."),
        ("Développé en Python.", "Developed in Java."),
        ("Développé pour la vente.", "Developed in Python for sales."),
        ("Travail pour la mairie.", "Work for Google."),
        ("Recrutée par Renault pour la paie.", "Hired by Peugeot for payroll."),
        ("Certifié ISO 9001.", "Certified ISO 14001."),
        ("Connaît SAP et la paie.", "Knows payroll."),
        ("Parle anglais et allemand.", "Speaks English and Chinese."),
        ("Missions en Allemagne.", "Assignments in Japan."),
        ("Ouvert de mars à juin.", "Open from April to June."),
        ("Chaque lundi.", "Every Friday."),
        ("Appelle `rm -rf` souvent.", "Calls `rm` often."),
        ("Une ligne.", "A line.\nAnother."),
        ("Une ligne.", " "),
        ("Une ligne.", "A line, and " + "more " * 40),
        ("Une ligne. " * 30, "A line."),
        ("Chez Garage Petit.", "At Petit Garage."),
        ("Chez un artisan.", "At Garage Petit, a craftsman."),
        ("Une ligne.", "A line\x00."),
    ],
)
def test_a_lie_does_not_pass(said, lie):
    assert not passes(said, lie, "fr", "en", ["Garage Petit"])


@pytest.mark.parametrize(
    ("said", "now", "source", "target"),
    [
        ("Géré 3 magasins en mars 2020.", "Managed 3 shops in March 2020.", "fr", "en"),
        ("Équipe de deux personnes.", "Ein Team von zwei Personen.", "fr", "de"),
        ("Parle anglais et allemand.", "Speaks English and German.", "fr", "en"),
        ("Missions en Allemagne et aux États-Unis.", "Assignments in Germany and the United States.", "fr", "en"),
        ("Ouvert de mars à juin, le lundi.", "Open from March to June, on Monday.", "fr", "en"),
        ("Ouvert depuis sept. 2020.", "Abierto desde septiembre de 2020.", "fr", "es"),
        ("Speaks English every day.", "Parla inglese ogni giorno.", "en", "it"),
        ("Développé en Python pour Renault.", "In Python für Renault entwickelt.", "fr", "de"),
        ("Führung von 120 Akten bei Garage Petit.", "Tenue de 120 dossiers chez Garage Petit.", "de", "fr"),
        ("Voir https://a.example/x ou a@b.org.", "See https://a.example/x or a@b.org.", "fr", "en"),
        ("Chez Garage Petit.", "At Garage Petit.", "fr", "en"),
        ("Chiffre d'affaires de 1 200 € par mois.", "Volume de negócios de 1 200 € por mês.", "fr", "pt"),
        ("Aide-soignante en EHPAD.", "Cuidadora en EHPAD.", "fr", "es"),
    ],
)
def test_a_faithful_translation_passes(said, now, source, target):
    assert passes(said, now, source, target, ["Garage Petit"])


@settings(max_examples=150, deadline=None)
@given(
    st.text(max_size=60),
    st.text(max_size=60),
    st.sampled_from(["12 %", "1 200", "3,5", "a@b.org", "https://a.example/x", "Garage Petit", "SAP", "2020"]),
)
def test_numbers_addresses_and_names_are_the_same_in_whatever_passes(before, after, fact):
    said, now = f"Avec {fact} {before}", f"With {after}"
    for target in CV_LANGUAGES:
        if passes(said, now, "fr", target, ["Garage Petit"]):
            assert numbers(said) == numbers(now)
            assert addresses(said) == addresses(now)
            assert said.count("Garage Petit") == now.count("Garage Petit")
            assert ("SAP" in said) == ("SAP" in now)


@settings(max_examples=40, deadline=None)
@given(generated(), st.sampled_from(CV_LANGUAGES), st.integers(0, 9))
def test_whatever_a_translator_does_facts_stay(document, target, noise):
    made = translate(document, target, Fake(lambda text: f"{text} {noise} Google"))
    assert made.document.basics.model_copy(update={"label": "", "summary": ""}) == document.basics.model_copy(
        update={"label": "", "summary": ""}
    )
    for one, other in zip(document.work, made.document.work, strict=True):
        assert (one.name, one.start_date, one.end_date, one.url, one.location) == (
            *(other.name, other.start_date, other.end_date, other.url),
            other.location,
        )
        assert one.highlights == other.highlights
    digits = [re.findall(r"\d", render.text(one)) for one in (translate(document, target).document, made.document)]
    assert digits[0] == digits[1]


@pytest.mark.parametrize("part", ["a.", "-", "aB", "Aa ", "mars 2020 ", "a@", " ", "1 ", "`"])
def test_a_text_as_long_as_a_field_may_be_is_judged_like_any(part):
    long = (part * 20_000)[:19_000]
    assert passes(f"x{long}x", f"x{long}x", "fr", "en", ["ACME"])
    assert not passes(f"x{long}x", f"x{long}x 7", "fr", "en", ["ACME"])
    assert [known(role, f"x{long}x", "fr", "en") for role in ("title", "skill", "level", "language")] == [None] * 4


@pytest.mark.parametrize("target", CV_LANGUAGES)
def test_levels_come_back_as_they_went(target):
    for word in ("Langue maternelle", "Courant", "Débutant", "Expert", "Intermédiaire", "Notions"):
        there = known("level", word, "fr", target)
        assert there
        assert known("level", there, target, "fr") == word


@pytest.mark.parametrize(
    ("role", "text", "target", "found"),
    [
        ("language", "français", "es", "francés"),
        ("language", "Anglais", "de", "Englisch"),
        ("language", "Klingon des plaines", "de", None),
        ("level", "C1 - courant", "en", "C1 - fluent"),
        ("level", "Très à l'aise", "en", None),
        ("skill", "SQL", "pt", "SQL"),
        ("skill", "Soudure TIG", "en", None),  # ESCO's English is an order: "perform …"
        ("title", "Comptable senior", "en", None),  # and not "accountant": less than was said
        ("prose", "Python", "en", None),
    ],
)
def test_only_what_is_certain_is_known(role, text, target, found):
    assert known(role, text, "fr", target) == found


@pytest.mark.parametrize(
    ("title", "found"),
    [("Luthière", None), ("Ramoneur", "Chimney sweep"), ("Doreur", None), ("Coutelière", None), ("Charcutier", None)],
)
def test_a_job_kept_beside_another_is_not_that_other(title, found):
    assert known("title", title, "fr", "en") == found


@pytest.mark.parametrize("title", ["Nurse", "Senior accountant", "Software developer"])
def test_a_job_that_french_says_twice_is_not_certain(title):
    assert known("title", title, "en", "fr") is None


# ---- stale fields ------------------------------------------------------------------------------------------------


def pair() -> tuple[Document, Document]:
    original = french()
    return original, translate(original, "de", Fake(lambda text: GERMAN[text])).document


def test_nothing_is_stale_at_first_also_for_what_is_blank():
    for language in ("fr", "en"):
        original = samples.load(language)
        for target in CV_LANGUAGES:
            assert stale(original, translate(original, target).document) == []


def test_a_changed_field_is_stale_with_the_new_words_of_the_original():
    original, made = pair()
    edit.set_field(original, "basics.summary", "Comptable.")
    edit.set_field(original, "work/w1/start_date", "avril 2020")
    edit.set_field(made, "basics.summary", "Meine eigenen Worte.")
    assert [(one.path, one.text, one.edited) for one in stale(original, made)] == [
        ("basics.summary", "Comptable.", True),
        ("work/w1/start_date", "2020-04", False),
    ]


def test_what_the_person_took_out_is_not_asked_for_again_and_what_is_new_is():
    original, made = pair()
    edit.remove_item(made, "languages", "l1")
    edit.set_field(original, "languages/l1/fluency", "Notions")
    new = edit.add_item(original, "work", 0)
    edit.set_field(original, f"work/{new}/position", "Stagiaire")
    section = edit.add_custom_section(original, "Loisirs")
    entry = original.custom[0].items[0]
    edit.set_field(original, f"{section}/{entry.id}/name", "Chorale")
    found = stale(original, made)
    assert [(one.path, one.text) for one in found] == [
        (f"work/{new}", "Stagiaire"),
        (f"{section}/{entry.id}", "Chorale"),
    ]
    again = renewed(original, made, [one.path for one in found])
    assert [item.id for item in again.document.work] == [new, "w1"]
    assert again.document.custom[0].items[0].name == "Chorale"
    assert stale(original, again.document) == []


def test_translating_again_changes_what_was_asked_for_and_nothing_else():
    original, made = pair()
    edit.set_field(original, "skills/s1/level", "Débutant")
    edit.set_field(original, "basics.label", "Boulanger")
    edit.set_field(made, "basics.summary", "Meine eigenen Worte.")
    again = renewed(original, made, ["skills/s1/level", "basics.label"], Fake(lambda text: "Bäcker"))
    assert again.document.skills[0].level == "Anfängerkenntnisse"
    assert again.document.basics.label == "Bäcker"
    assert again.document.basics.summary == "Meine eigenen Worte."
    assert (again.untouched, stale(original, again.document)) == ((), [])
    assert made.skills[0].level == "Fortgeschritten"


def test_what_the_original_took_out_is_told_and_goes_or_stays():
    original, made = pair()
    own = edit.add_item(made, "skills", 0)  # the translation's alone: nobody asks about it
    edit.set_field(made, f"skills/{own}/name", "Töpfern")
    edit.remove_item(original, "work", "w1")
    found = stale(original, made)
    assert [(one.path, one.gone, one.edited) for one in found] == [("work/w1", True, False)]
    assert made.work[0].position in found[0].text
    assert "work/w1" in unedited(original, made)
    gone = renewed(original, made, ["work/w1"]).document
    assert gone.work == []
    assert own in {item.id for item in gone.skills}
    assert stale(original, gone) == []
    kept = settled(original, made, ["work/w1"])
    assert [item.id for item in kept.work] == ["w1"]
    assert stale(original, kept) == []


def test_what_the_person_rewrote_of_it_is_not_taken_out_unasked():
    original, made = pair()
    edit.set_field(made, "work/w1/position", "Meine Worte")
    edit.remove_item(original, "work", "w1")
    assert [(one.path, one.edited) for one in stale(original, made)] == [("work/w1", True)]
    assert "work/w1" not in unedited(original, made)


def test_a_field_that_the_person_calls_right_is_no_longer_stale():
    original, made = pair()
    edit.set_field(original, "basics.label", "Boulanger")
    edit.set_field(original, "basics.phone", "06")
    done = settled(original, made, ["basics.label"])
    assert [one.path for one in stale(original, done)] == ["basics.phone"]
    assert done.basics.label == "Buchhalterin"


def test_the_memory_survives_writing_and_reading():
    original, made = pair()
    edit.set_field(original, "basics.label", "Boulanger")
    assert [one.path for one in stale(original, Document.load(made.dump()))] == ["basics.label"]
    assert "translation" not in original.dump()["meta"]["studio"]


def test_only_what_nobody_rewrote_may_be_made_again_unasked():
    original = french()
    made = translate(original, "de").document
    edit.set_field(made, "basics.label", "Buchhalterin")
    edit.set_field(original, "languages/l1/fluency", "Notions")
    edit.set_field(original, "basics.label", "Boulanger")
    assert unedited(original, made) == [
        *("basics.summary", "languages/l1/fluency", "skills/s1/keywords", "skills/s1/name"),
        *("work/w1/highlights", "work/w1/position"),
    ]


def test_a_document_that_remembers_nothing_is_not_stale():
    assert stale(french(), Document.load({"basics": {"name": "x"}})) == []
