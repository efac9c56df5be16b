"""How good an order is, and the orders ours is compared with."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Callable, Sequence

from bench.eval.cases import Case
from cvstudio.tailoring.words import content

Ranker = Callable[[Case], dict[str, float]]  # a score by fact id
K = 10
RESAMPLES = 4_000
K1, B = 1.2, 0.75  # BM25's usual constants


def ndcg(scores: dict[str, float], grades: dict[str, int], k: int = K) -> float:
    """nDCG at k with gains 2^grade - 1. Ties count as the mean over all their orders: no order is given for free."""
    discounts = [1 / math.log2(place + 2) for place in range(k)] + [0.0] * len(grades)
    got, place = 0.0, 0
    for score in sorted(set(scores.values()), reverse=True):
        tied = [2 ** grades[fact] - 1 for fact, value in scores.items() if value == score]
        got += sum(tied) / len(tied) * sum(discounts[place : place + len(tied)])
        place += len(tied)
    gains = sorted((2**grade - 1 for grade in grades.values()), reverse=True)
    best = sum(gain * discount for gain, discount in zip(gains, discounts, strict=False))
    return got / best if best else 0.0


def own_order(case: Case) -> dict[str, float]:
    """The order of the person's CV."""
    return {fact.id: -float(number) for number, fact in enumerate(case.profile.facts)}


def bm25(case: Case) -> dict[str, float]:
    """BM25 over stems, the whole offer as the query, the person's facts as the collection."""
    language = case.language
    texts = {fact.id: content(fact.text, language) for fact in case.profile.facts}
    mean = sum(map(len, texts.values())) / len(texts)
    rare = Counter(stem for words in texts.values() for stem in set(words))
    query = set(content(case.offer, language))
    scores = {}
    for fact_id, words in texts.items():
        counts = Counter(words)
        scores[fact_id] = sum(
            math.log(1 + (len(texts) - rare[stem] + 0.5) / (rare[stem] + 0.5))
            * (counts[stem] * (K1 + 1))
            / (counts[stem] + K1 * (1 - B + B * len(words) / mean))
            for stem in sorted(query & counts.keys())
        )
    return scores


def interval(differences: Sequence[float], seed: int = 20) -> tuple[float, float, float]:
    """The mean and its 95 % bootstrap interval. Resample what is independent: one figure a trade."""
    if not differences:
        return 0.0, 0.0, 0.0
    chance = random.Random(seed)
    means = sorted(sum(chance.choices(differences, k=len(differences))) / len(differences) for _ in range(RESAMPLES))
    return (
        sum(differences) / len(differences),
        means[int(RESAMPLES * 0.025)],
        means[int(RESAMPLES * 0.975)],
    )
