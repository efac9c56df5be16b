"""Giving the keyboard's focus to what has just come, so that nobody has to look for it."""

import json

import reflex as rx
from reflex.event import EventSpec

# What is looked for may only come with the answer that this is part of; a second is ample.
SEEK = """((wanted, top) => {
  let left = 60;
  const look = () => {
    const found = document.querySelector(wanted);
    if (found) {
      found.focus({ preventScroll: top });
      if (top) found.scrollIntoView();
    }
    else if (left--) requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})(%s, %s)"""


def focus(selector: str, *, top: bool = False) -> EventSpec:
    """On what this CSS selector finds first, once it is there; `top` brings it to the window's."""
    script: EventSpec = rx.call_script(SEEK % (json.dumps(selector), json.dumps(top)))
    return script
