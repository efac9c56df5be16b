"""The document in widgets-v2's words: everything shown is there, nothing hidden is."""

import json

import pytest

from cvstudio.document import Document, data_view, samples
from cvstudio.document.model import CustomItem, CustomSection


@pytest.mark.parametrize("language", ["fr", "en"])
def test_all_that_a_cv_says_is_there(language):
    document = samples.load(language)
    found = data_view.read(document)
    assert f"{found.profil.prenom} {found.profil.nom}" == document.basics.name
    assert found.profil.elevator_pitch == document.basics.summary
    assert [job.poste for job in found.experiences] == [job.position for job in document.work]
    said = json.dumps(found.model_dump(), ensure_ascii=False)
    for job in document.work:
        for word in (job.name, job.location, job.start_date, job.end_date, job.summary, *job.highlights):
            assert json.dumps(word, ensure_ascii=False)[1:-1] in said
    for skill in document.skills:
        assert set(skill.keywords or [skill.name]) <= set(found.competences.techniques)
    assert [one.langue for one in found.langues] == [one.language for one in document.languages]


def test_what_is_hidden_is_not():
    document = samples.load("fr")
    document.custom.append(CustomSection(title="Permis", items=[CustomItem(id="b1", name="B"), CustomItem(id="c1")]))
    job = document.work[0]
    document.studio.hidden = [job.id, "c1"]
    found = data_view.read(document)
    assert job.id not in {one.id for one in found.experiences}
    assert [one.nom for one in found.rubriques[-1].elements] == ["B"]


def test_an_empty_document_is_an_empty_view():
    found = data_view.read(Document())
    assert (found.profil.nom, found.experiences, found.competences.techniques) == ("", [], [])
