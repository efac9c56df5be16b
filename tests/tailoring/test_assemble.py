"""The chosen widgets make a CV, and to fit a page the least relevant go first."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from cvstudio import importers
from cvstudio.document import Document, samples
from cvstudio.tailoring.assemble import Choice, cv
from cvstudio.tailoring.fit import TRIES, fit
from cvstudio.tailoring.grounding import Gate
from cvstudio.tailoring.offer_analysis import analyse, offer_for
from cvstudio.tailoring.pasted import add_text
from cvstudio.tailoring.profile import Profile, profile
from cvstudio.tailoring.tailor import tailor
from cvstudio.tailoring.widgets import AIWidgetsEnvelope
from tests.tailoring import people

PERSON = profile(people.document(basics={**people.CV["basics"], "image": "photo.jpg"}))
MADE = tailor(PERSON, people.offer()).envelope
SCORES = {widget.id: widget.relevance_score for widget in MADE.widgets}
EVERYTHING = Choice(min_score=0, include_photo=True)


def lines(document: Document) -> int:
    return sum(1 for _ in document.texts())


def pages(document: Document) -> int:
    return 1 + lines(document) // 30


def test_identity_is_untouched():
    document = cv(PERSON, MADE, EVERYTHING)
    original = people.document(basics={**people.CV["basics"], "image": "photo.jpg"}).basics
    assert document.basics.dump() == original.dump()
    assert cv(PERSON, MADE, Choice(min_score=0)).basics.image == ""


def test_everything_chosen_gives_everything_back():
    document = cv(PERSON, MADE, EVERYTHING)
    assert [job.position for job in document.work] == ["Chef de partie", "Serveur"]
    assert {len(job.highlights) for job in document.work} == {3, 1}
    assert document.skills[0].dump() == {
        "id": document.skills[0].id,
        "name": "Cuisine",
        "keywords": document.skills[0].keywords,
    }
    assert sorted(document.skills[0].keywords) == ["Cuisson sous vide", "Dressage"]
    assert document.languages[0].fluency == "B1"
    assert document.certificates[0].issuer == "Umih"
    assert document.studio.language == "fr"
    assert Document.load(document.dump()) == document


def test_courses_stand_beside_each_other_without_points():
    education = [{"studyType": "BTS", "area": "Cuisine", "courses": ["Hygiène", "Gestion des stocks", "Achats, etc."]}]
    person = profile(people.document(education=education))
    made = cv(person, tailor(person, people.offer()).envelope, EVERYTHING)
    assert sorted(made.education[0].courses) == ["Achats, etc.", "Gestion des stocks", "Hygiène"]


def test_a_threshold_keeps_the_backbone_and_drops_the_rest():
    document = cv(PERSON, MADE, Choice(min_score=101))
    assert [(job.position, job.name, job.highlights) for job in document.work] == [
        ("Chef de partie", "Le Comptoir", []),
        ("Serveur", "Camping des Pins", []),
    ]
    assert [(job.start_date, job.end_date) for job in document.work] == [("2020-03", ""), ("2016-06", "2016-08")]
    assert len(document.education) == len(document.languages) == 1
    assert document.skills == []


def test_a_line_brings_its_job_and_hands_win_over_scores():
    document = cv(PERSON, MADE, Choice(min_score=101, on=frozenset({"widget_real_3"})))
    assert [job.position for job in document.work] == ["Chef de partie", "Serveur"]
    without = cv(PERSON, MADE, Choice(min_score=101, off=frozenset({"widget_exp_1"})))
    assert [job.position for job in without.work] == ["Chef de partie"]
    off = cv(PERSON, MADE, Choice(min_score=0, off=frozenset({"widget_real_0"})))
    assert all("90 couverts" not in line for job in off.work for line in job.highlights)


def test_limits_keep_the_best():
    document = cv(PERSON, MADE, Choice(min_score=0, max_experiences=1, max_bullets=1))
    assert len(document.work) == 1
    best = max(
        (widget for widget in MADE.widgets if "exp_0/" in widget.sources.rag_path), key=lambda w: w.relevance_score
    )
    assert document.work[0].highlights == [best.text]


def test_fit_drops_the_least_relevant_first_and_lists_them():
    whole = lines(cv(PERSON, MADE, EVERYTHING))
    found = fit(PERSON, MADE, 1, lambda document: 1 if lines(document) <= whole - 4 else 2, EVERYTHING)
    assert found.fits
    assert found.removed
    left = [SCORES[one] for one in found.widgets]
    gone = [one.relevance_score for one in found.removed if one.widget_id.startswith(("widget_real", "widget_comp"))]
    assert gone == sorted(gone)
    kept_lines = [SCORES[one] for one in found.widgets if one.startswith(("widget_real", "widget_comp"))]
    assert max(gone, default=0) <= min(kept_lines)
    assert len(left) + len(found.removed) == len(MADE.widgets)


def test_a_removed_line_can_be_put_back():
    whole = lines(cv(PERSON, MADE, EVERYTHING))
    short = fit(PERSON, MADE, 1, lambda document: 1 if lines(document) <= whole - 4 else 2, EVERYTHING)
    back = short.removed[0].widget_id
    again = fit(
        PERSON,
        MADE,
        1,
        lambda document: 1 if lines(document) <= whole - 4 else 2,
        EVERYTHING.model_copy(update={"on": frozenset({back})}),
    )
    assert back in again.widgets
    assert again.fits


def test_what_cannot_fit_says_so():
    found = fit(PERSON, MADE, 1, lambda _: 3, EVERYTHING)
    assert not found.fits
    assert found.pages == 3
    assert found.document.work[0].position == "Chef de partie"
    assert found.document.languages


def test_what_fits_is_left_whole():
    found = fit(PERSON, MADE, 2, lambda _: 2, EVERYTHING)
    assert found.removed == ()
    assert found.document == cv(PERSON, MADE, EVERYTHING)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_few_measurements_are_enough(language):
    person = profile(samples.load(language))
    envelope = tailor(person, people.offer(language=language)).envelope
    calls = []

    def measure(document: Document) -> int:
        calls.append(document)
        return pages(document)

    found = fit(person, envelope, 1, measure, Choice(min_score=0))
    assert found.fits
    assert found.removed
    assert len(calls) <= 8 + TRIES  # halving, then what can come back


# ---- put back ----------------------------------------------------------------------------------------------------

SKILLS = [{"id": f"s{number}", "name": f"Savoir-faire {number}"} for number in range(12)]
TWO_COLUMNS = profile(people.document(skills=SKILLS))


def scored(person: Profile, scores: dict[str, int]) -> AIWidgetsEnvelope:
    """Skills below every line of the jobs, unless `scores` says otherwise."""
    made = tailor(person, people.offer()).envelope
    given = {one.id: 1 if one.type == "skill_item" else 5 for one in made.widgets} | scores
    return made.model_copy(
        update={"widgets": [one.model_copy(update={"relevance_score": given[one.id]}) for one in made.widgets]}
    )


def highlights(document: Document) -> list[str]:
    return [line for job in document.work for line in job.highlights]


def test_what_made_no_room_comes_back():
    """The column of the jobs is too long: the skills beside it need not go, though each of them says less."""
    made = scored(TWO_COLUMNS, {"widget_real_0": 3})
    found = fit(TWO_COLUMNS, made, 1, lambda one: 1 if len(highlights(one)) < 4 else 2, EVERYTHING)
    assert found.fits
    assert [one.widget_id for one in found.removed] == ["widget_real_0"]
    assert len(found.document.skills) == len(SKILLS)
    everything = {widget.id for widget in made.widgets}
    assert set(found.widgets) == everything - {"widget_real_0"}


def test_of_a_column_that_is_full_a_shorter_line_comes_back():
    """The long one had to go; the most relevant that the rest of its room holds need not."""
    texts = ["Aide.", "Bonne tenue du stock.", "Mise en place du service du midi et du soir, avec deux commis."]
    work = [{"id": "w1", "position": "Commis", "name": "Le Comptoir", "startDate": "2020", "highlights": texts}]
    person = profile(people.document(work=work, skills=[]))
    made = scored(person, {"widget_real_0": 1, "widget_real_1": 2, "widget_real_2": 3})
    most = size(cv(person, made, EVERYTHING)) - len(texts[2]) + 5
    found = fit(person, made, 1, lambda one: 1 if size(one) <= most else 2, EVERYTHING)
    assert found.fits
    assert "widget_real_2" in {one.widget_id for one in found.removed}
    assert highlights(found.document) == texts[:2]


def test_no_line_comes_back_without_its_header():
    projects = [{"id": "p1", "name": "Potager de la cour", "highlights": ["Douze bacs", "Un composteur"]}]
    person = profile(people.document(projects=projects))
    made = scored(person, dict.fromkeys(("widget_proj_0", "widget_real_4", "widget_real_5"), 1))
    for most in range(size(cv(person, made, EVERYTHING))):
        found = fit(person, made, 1, lambda one, most=most: 1 if size(one) <= most else 2, EVERYTHING)
        assert found.document.custom == []
        assert size(found.document) <= most or not found.fits
        kept, gone = set(found.widgets), {one.widget_id for one in found.removed}
        assert not kept & gone
        assert kept | gone == {widget.id for widget in made.widgets}


def test_putting_back_takes_few_measurements():
    calls: list[bool] = []

    def measure(one: Document) -> int:
        calls.append(len(highlights(one)) < 4)
        return 1 if calls[-1] and not (one.skills and one.certificates) else 2

    whole = scored(TWO_COLUMNS, {"widget_cert_0": 90})
    found = fit(TWO_COLUMNS, whole, 1, measure, EVERYTHING)
    assert found.fits
    assert len(calls) <= 8 + TRIES


def test_lines_without_a_job_have_a_place():
    person = add_text(profile(), "J'ai ouvert deux restaurants. J'ai formé dix apprentis.", "collé")
    document = cv(person, tailor(person, people.offer()).envelope, Choice(min_score=0))
    assert document.custom[0].title == "Réalisations"
    assert len(document.custom[0].items[0].highlights) == 2


# ---- shorter -----------------------------------------------------------------------------------------------------

LONG = people.document(
    work=[
        {
            "id": "w1",
            "position": "Développeuse principale",
            "name": "Atelier",
            "startDate": "2020-03",
            "description": "Éditeur de logiciels pour les musées",
            "highlights": [
                "Migration de 4 applications React vers TypeScript (12 000 lignes), avec deux développeurs juniors",
                "Mise en place de tests automatisés avec Jest et Cypress pour 4 applications ; sans arrêt de service",
                "Organisation du pot de départ",
            ],
        },
        {"id": "w2", "position": "Vendeuse", "name": "Kiosque", "startDate": "2016", "endDate": "2018"},
    ],
    awards=[{"id": "a1", "title": "Prix du jury", "awarder": "Dév’Ouest", "date": "2022", "summary": "Pour Muséo."}],
    publications=[{"id": "p1", "name": "Des musées en ligne", "summary": "Un livre blanc."}],
)


def measured(most: int) -> Callable[[Document], int]:
    """Pages by how many characters there are."""
    return lambda document: 1 + sum(map(len, document.texts())) // most


def size(document: Document) -> int:
    return sum(map(len, document.texts()))


def relevant() -> tuple[Profile, AIWidgetsEnvelope]:
    person = profile(LONG)
    made = tailor(person, people.offer()).envelope
    scores = {"widget_real_0": 90, "widget_real_1": 80, "widget_real_2": 5, "widget_exp_1": 1}
    widgets = [one.model_copy(update={"relevance_score": scores.get(one.id, 70)}) for one in made.widgets]
    return person, made.model_copy(update={"widgets": widgets})


def test_what_is_said_beside_a_job_or_a_prize_is_kept():
    person, made = relevant()
    document = cv(person, made, EVERYTHING)
    assert document.work[0].description == "Éditeur de logiciels pour les musées"
    assert document.awards[0].summary == "Pour Muséo."
    assert document.publications[0].summary == "Un livre blanc."
    assert profile(document).fact("exp_0").about == "Éditeur de logiciels pour les musées"
    bare = cv(person, made, Choice(min_score=0, off=frozenset(f"widget_real_{n}" for n in range(3))))
    assert bare.work[0].description == ""  # one line with its title, employer and dates


def test_what_matters_little_goes_then_what_matters_is_shortened_then_it_goes():
    person, made = relevant()
    whole = size(cv(person, made, EVERYTHING))
    little = fit(person, made, 1, measured(whole - 1), EVERYTHING)
    assert [one.widget_id for one in little.removed] == ["widget_real_2"]
    assert little.shortened == ()
    found = fit(person, made, 1, measured(whole - 120), EVERYTHING)
    assert [one.widget_id for one in found.removed] == ["widget_real_2"]
    told = {one.widget_id: (one.text, one.short) for one in found.shortened}
    assert told["widget_exp_0"] == ("Éditeur de logiciels pour les musées", "")
    assert told["widget_real_0"][1] == "Migration de 4 applications React vers TypeScript."
    assert "widget_real_1" not in told  # "sans" limits what is said: it stays
    assert [job.position for job in found.document.work] == ["Développeuse principale", "Vendeuse"]
    assert found.document.work[0].description == ""
    assert told["widget_real_0"][1] in found.document.work[0].highlights
    gate = Gate(person)
    for one in found.shortened:
        assert not one.short or gate.flaws(one.short, ["exp_0", one.widget_id.removeprefix("widget_")]) == []


def test_a_job_goes_last_of_all():
    person, made = relevant()
    least = size(fit(person, made, 1, lambda _: 3, EVERYTHING).document)
    found = fit(person, made, 1, measured(least + 1), EVERYTHING)
    assert found.fits
    assert found.removed[-1].widget_id == "widget_exp_1"


def test_a_shortened_line_can_be_whole_again():
    person, made = relevant()
    found = fit(person, made, 1, measured(size(cv(person, made, EVERYTHING)) - 120), EVERYTHING)
    short = {one.widget_id: one.short for one in found.shortened}
    choice = EVERYTHING.model_copy(update={"short": short, "off": frozenset({"widget_real_2"})})
    assert cv(person, made, choice) == found.document
    again = fit(person, made, 1, lambda _: 1, choice)
    assert again.shortened == ()  # nothing more was needed
    del short["widget_real_0"]
    hand = choice.model_copy(update={"short": short, "on": frozenset({"widget_real_0"})})
    kept = fit(person, made, 1, measured(size(cv(person, made, hand)) - 1), hand)
    assert "widget_real_0" not in {one.widget_id for one in kept.shortened}


def test_a_career_of_another_trade_still_has_something_to_say():
    """A soldier's lines answer a logistics offer with other words: the recommended score lets them in."""
    text = (
        "Expérience\nChef de section, Armée de Terre, 2015 - 2025\n- Commandement d'une section de 38 militaires\n"
        "- Gestion d'un parc de 60 véhicules\n- Inventaires semestriels\n- Sécurité du dépôt\n"
    )
    offer = analyse(
        "Responsable d'exploitation logistique\n\nMissions\n- Piloter la préparation des commandes\n"
        "- Garantir la sécurité des personnes\n\nProfil\n- Maîtrise d'un WMS\n"
    )
    told = importers.pasted(text)
    assert told
    made = tailor(profile(told.document), offer)
    low = [widget.relevance_score for widget in made.envelope.widgets if widget.type == "experience_bullet"]
    assert min(low) < 20
    assert made.optimal_min_score <= max(5, min(low))


def test_an_offer_that_nothing_answers_leaves_no_job_without_a_line():
    text = (
        "Expérience\nConseillère funéraire, Marbrerie Le Bris, 2018 - 2025\n- Accompagnement des familles en deuil\n"
        "- Déclarations en mairie\n- Astreintes de nuit\n"
    )
    told = importers.pasted(text)
    assert told
    person, offer = profile(told.document), offer_for("grutier", "fr")
    made = tailor(person, offer)
    assert made.optimal_min_score == 0
    document = cv(person, made.envelope, Choice(min_score=made.optimal_min_score))
    assert len(document.work[0].highlights) == 3
