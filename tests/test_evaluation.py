"""The evaluation set is whole, and its yardstick measures what it says."""

from __future__ import annotations

import pytest

from bench.eval.cases import KINDS, LANGUAGES, cases
from bench.eval.ranking import bm25, interval, ndcg, own_order
from cvstudio import tailoring


def test_the_set_covers_what_it_promises():
    trades = {case.trade: case.part for case in cases()}
    assert len(trades) >= 16
    assert sum(part == "held" for part in trades.values()) >= 5
    assert len(cases()) == len(trades) * len(LANGUAGES) * len(KINDS)
    assert {case.field for case in cases()} >= {
        "manual", "health", "office", "sales", "teaching", "service", "legal", "scientific", "technical", "junior",
        "career change",
    }  # fmt: skip


def test_every_fact_is_graded_and_twins_are_graded_alike():
    by_name = {(case.trade, case.kind, case.language): case for case in cases()}
    for case in cases():
        assert case.grades.keys() == {fact.id for fact in case.profile.facts}
        assert set(case.grades.values()) <= {0, 1, 2, 3}
        assert 20 <= len(case.grades) <= 45
        assert 3 in case.grades.values()
        other = by_name[case.trade, case.kind, "en"]
        assert sorted(case.grades.values()) == sorted(other.grades.values())


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ({"a": 3.0, "b": 2.0, "c": 1.0}, 1.0),
        ({"a": 1.0, "b": 1.0, "c": 1.0}, 0.745),  # all tied: the mean of the six orders
        ({"a": 1.0, "b": 2.0, "c": 3.0}, 0.541),
    ],
)
def test_ndcg(scores, expected):
    assert ndcg(scores, {"a": 3, "b": 1, "c": 0}) == pytest.approx(expected, abs=0.001)


def test_nothing_relevant_counts_nothing():
    assert ndcg({"a": 1.0}, {"a": 0}) == 0


def test_the_interval_holds_the_mean_and_is_the_same_each_time():
    middle, low, high = interval([0.1, 0.2, 0.3, 0.2])
    assert low < middle < high
    assert interval([0.1, 0.2, 0.3, 0.2]) == (middle, low, high)


def test_a_trade_of_the_tuned_part_from_text_to_cv():
    """End to end, as the library is used; ours beats both other orders by far."""
    case = next(case for case in cases("tuned") if case.name == "accountant/right/fr")
    found = tailoring.tailored(case.profile, tailoring.analyse(case.offer))
    scored = {widget.id.removeprefix("widget_"): float(widget.relevance_score) for widget in found.envelope.widgets}
    ours = ndcg(scored, case.grades)
    assert ours > max(ndcg(bm25(case), case.grades), ndcg(own_order(case), case.grades))
    document = tailoring.cv(case.profile, found.envelope, tailoring.Choice(min_score=found.optimal_min_score))
    assert document.basics.name == "Julien Mercier"
    assert document.work[0].position == "Comptable général"
