"""A filled-in form made a CV's content: in order and without what is there twice. Words and sentences stay.

Jobs and degrees go from the newest, those that still last first; where one date cannot be read, their order stays.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeVar

from cvstudio.document.model import Document, Education, Skill, Work

READ = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
BLANKS = re.compile(r"[ \t\u00a0]+")
ONGOING = "9999"

Dated = TypeVar("Dated", Work, Education)


def arranged(document: Document) -> Document:
    """A copy; what is already in order comes back as it was."""
    made = document.model_copy(deep=True)
    basics = made.basics
    basics.label, basics.summary = _even(basics.label), _even(basics.summary)
    for work in made.work:
        work.position, work.name = _even(work.position), _even(work.name)
        work.highlights = list(dict.fromkeys(line for each in work.highlights if (line := _even(each))))
    made.work = _newest_first(made.work)
    made.education = _newest_first(made.education)
    made.skills = _once(made.skills)
    return made


def _even(text: str) -> str:
    return BLANKS.sub(lambda found: "\u00a0" if found[0] == "\u00a0" else " ", text).strip()


def _newest_first(items: Sequence[Dated]) -> list[Dated]:
    dates = [date for item in items for date in (item.start_date or item.end_date, item.end_date or item.start_date)]
    if not all(READ.fullmatch(date) for date in dates):
        return list(items)
    return sorted(items, key=lambda item: (item.end_date or ONGOING, item.start_date), reverse=True)


def _once(skills: Sequence[Skill]) -> list[Skill]:
    """A skill by its name, whatever the letters' case; a group stays as it is."""
    kept: dict[str, Skill] = {}
    for skill in skills:
        skill.name = _even(skill.name)
        key = skill.id if skill.keywords else skill.name.casefold()
        if skill.name or skill.keywords:
            kept.setdefault(key, skill)
    return list(kept.values())
