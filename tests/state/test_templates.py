"""Filters of the gallery against the themes as they are."""

import itertools

import pytest

from cvstudio.render import themes
from cvstudio.state.templates import FACETS, Templates, value


def choose(state: Templates, facet: str, choice: str) -> None:
    Templates.choose.fn(state, facet, choice)


@pytest.mark.parametrize("choices", itertools.product(*(("", *choices) for choices in FACETS.values())))
def test_what_is_shown_passes_every_filter(choices: tuple[str, ...]):
    state = Templates()
    for facet, choice in zip(FACETS, choices, strict=True):
        choose(state, facet, choice)
    assert state.shown == [
        theme.slug
        for theme in themes.all()
        if all(choice in ("", value(theme, facet)) for facet, choice in zip(FACETS, choices, strict=True))
    ]


def test_every_template_can_be_found_by_every_facet():
    for theme in themes.all():
        for facet, choices in FACETS.items():
            assert value(theme, facet) in choices or (facet, value(theme, facet)) == ("ats", "no")


def test_a_count_says_what_choosing_would_leave():
    state = Templates()
    choose(state, "price", "free")
    promised = state.counts["style:classic"]
    choose(state, "style", "classic")
    assert len(state.shown) == promised
    assert state.filtered
    Templates.clear.fn(state)
    assert len(state.shown) == len(themes.all())
    assert not state.filtered


def test_a_made_up_filter_changes_nothing():
    state = Templates()
    for facet, choice in (("style", "<b>"), ("opened", "modern"), ("_passes", ""), ("", "")):
        choose(state, facet, choice)
    assert len(state.shown) == len(themes.all())
    assert state.opened == ""
