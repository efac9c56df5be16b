"""What a frame is told: all at first, then what is new."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from cvstudio.document import samples
from cvstudio.render import preview
from cvstudio.state.preview import Told, show_change, splice
from tests.state.tabs import script

TEXTS = st.text(alphabet="ab é€\U0001f600\ud800<", max_size=60)


def told(event: Any) -> dict[str, Any]:
    return dict(json.loads(script(event).partition("push(")[2].removesuffix(")")))


def as_javascript(text: str) -> list[bytes]:
    """By UTF-16 code units, as its slices count."""
    units = text.encode("utf-16-le", "surrogatepass")
    return [units[at : at + 2] for at in range(0, len(units), 2)]


@given(TEXTS, TEXTS, TEXTS, TEXTS)
def test_a_splice_makes_the_one_out_of_the_other(head, tail, before, after):
    before, after = head + before + tail, head + after + tail
    begin, end, text = splice(before, after)
    old = as_javascript(before)
    assert old[:begin] + as_javascript(text) + old[len(old) - end :] == as_javascript(after)
    assert len(text) <= len(after) - len(head) - len(tail)


def test_all_at_first_then_what_is_new_then_all_when_most_is():
    document = samples.load("fr")
    event, known = show_change("f", preview(document), Told())
    first = told(event)
    assert first["body"]
    assert first["css"]
    assert first["turn"] == 1
    document.basics.label += " +"
    event, known = show_change("f", preview(document), known)
    second = told(event)
    assert "body" not in second
    assert "css" not in second
    assert second["turn"] == 2
    begin, end, text = second["splice"]
    assert text == " +"
    body = first["body"]
    assert body[:begin] + text + body[len(body) - end :] == preview(document).body
    event, _ = show_change("f", preview(samples.load("en")), known)
    assert told(event)["body"]
    assert told(event)["turn"] == 3


def test_a_frame_that_missed_something_is_told_all_again():
    event, _ = show_change("f", preview(samples.load("en")), Told())
    assert {"body", "css", "page"} <= told(event).keys()
