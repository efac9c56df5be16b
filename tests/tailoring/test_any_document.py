"""Whatever a CV holds, it can be tailored: nothing breaks, nothing is said that it does not say."""

from __future__ import annotations

from hypothesis import HealthCheck, example, given, settings

from cvstudio.document import Document
from cvstudio.errors import InvalidInput
from cvstudio.tailoring.assemble import Choice, cv
from cvstudio.tailoring.completeness import score
from cvstudio.tailoring.fit import fit
from cvstudio.tailoring.improve import accept, improve
from cvstudio.tailoring.profile import Profile, duplicates, merge, profile
from cvstudio.tailoring.tailor import tailor
from tests.document.generated import RAW
from tests.tailoring import people


@given(RAW)
@example({"skills": [{"name": "0", "level": "NO"}]})  # "0 NO" reads like another number than "0"
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_from_any_document_to_a_fitted_one(raw):
    try:
        document = Document.load(raw)
    except InvalidInput:
        return
    person = profile(document)
    assert Profile.model_validate_json(person.model_dump_json()) == person
    assert 0 <= score(person) <= 100
    made = tailor(person, people.offer())
    for widget in made.envelope.widgets:
        assert widget.quality is not None
        assert widget.quality.grounded, widget.text
        assert widget.relevance_score == made.scores[widget.id].value
    whole = cv(person, made.envelope, Choice(min_score=0, include_photo=True))
    assert whole.basics.model_copy(update={"summary": "", "label": ""}) == document.basics.model_copy(
        update={"summary": "", "label": ""}
    )
    assert Document.load(whole.dump()).dump() == whole.dump()
    fit(person, made.envelope, 1, lambda found: 1 + len(found.work), Choice(min_score=0))
    _, late = accept(document, improve(document).proposals)
    assert late == ()
    for pair in duplicates(person)[:1]:
        assert len(merge(person, pair).facts) == len(person.facts) - 1
