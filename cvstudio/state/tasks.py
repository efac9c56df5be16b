"""/tasks: what is made in the background for this visitor, asked for, followed, stopped and put away."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import reflex as rx

from cvstudio import db
from cvstudio.domain import background, cvs, improving, lines, offer_cvs, offers, owners, profiles, telemetry
from cvstudio.domain.background import Task
from cvstudio.errors import StudioError
from cvstudio.language import Language
from cvstudio.locales import text
from cvstudio.state import bridge
from cvstudio.state.focus import focus
from cvstudio.state.session import known_owner, language_of, owner_of

Next: TypeAlias = Any
CAREER = ""  # the choice of what to make a CV of that is no CV
MAX_TITLE = 120  # characters of a trade's name: what is longer is an offer's text
STEPS = ("read", "select", "fit", "write", "store")


@dataclass
class Row:
    """A task as shown; texts are in the page's language."""

    id: str
    kind: str
    title: str
    status: str  # queued, running, done, failed or cancelled
    progress: int
    step: str
    usual: str  # how long such a task takes; blank while nobody knows
    outcome: str  # what came of it, or why nothing did
    link: str  # to its CV
    proposes: bool  # the link leads to proposals
    again: bool
    at: str  # ISO 8601


@dataclass
class Base:
    """Something to make a CV of."""

    filename: str
    title: str


class Tasks(rx.State):
    ready: bool = False
    live: rx.Field[list[Row]] = rx.field(default_factory=list)
    ended: rx.Field[list[Row]] = rx.field(default_factory=list)
    bases: rx.Field[list[Base]] = rx.field(default_factory=list)
    asking: bool = False
    asked: int = 0  # grows: the field is then blank again
    wrong_fr: str = ""
    wrong_en: str = ""

    @rx.event
    async def open(self) -> None:
        """Also when the socket came back, and in another language."""
        owner_id = await owner_of(self)
        bridge.watch(owner_id, self.router.session.client_token, "tasks", Tasks.happened)
        language = await language_of(self)
        self.bases = await rx.run_in_thread(lambda: _bases(owner_id, language))
        self.wrong_fr = self.wrong_en = ""
        self.asking = False
        await self._read(owner_id)
        self.ready = True

    @rx.event
    async def ask(self, form: dict[str, Any]) -> AsyncIterator[Next]:
        """A link to an offer, its text, or the name of a trade. What is wrong with it is said at its field."""
        owner_id, language = await known_owner(self), await language_of(self)
        offer, base = (str(dict(form).get(name) or "").strip()[: offers.MAX_TEXT] for name in ("offer", "base"))
        self.wrong_fr = self.wrong_en = ""
        self.asking = True
        yield
        try:
            await rx.run_in_thread(lambda: _ask(owner_id, offer, base, language))
            self.asked += 1
        except StudioError as refused:
            self.wrong_fr, self.wrong_en = refused.message("fr"), refused.message("en")
            yield focus("#task-offer")
        finally:
            self.asking = False
        await self._read(owner_id)

    @rx.event
    async def remove(self, task_id: str) -> None:
        """Stops what is under way, puts away what has ended. Raises TaskNotFound."""
        owner_id = await known_owner(self)
        await rx.run_in_thread(lambda: _remove(owner_id, str(task_id)))
        await self._read(owner_id)

    @rx.event
    async def again(self, task_id: str) -> None:
        """Raises TaskNotFound, and what asking does."""
        owner_id = await known_owner(self)
        await rx.run_in_thread(lambda: _again(owner_id, str(task_id)))
        await self._read(owner_id)

    @rx.event
    async def happened(self, kind: str, _object_id: str, _tab: str) -> None:
        """The bus: a job went on."""
        if kind == "job" and self.ready:
            await self._read(await owner_of(self))

    async def _read(self, owner_id: str) -> None:
        language = await language_of(self)
        rows = await rx.run_in_thread(lambda: _rows(owner_id, language))
        self.live = [row for row in rows if row.status in background.LIVE]
        self.ended = [row for row in rows if row.status not in background.LIVE]


def _bases(owner_id: str, language: Language) -> list[Base]:
    with db.session(write=False) as session:
        has_career = bool(profiles.load(session, owner_id).profile.facts)
        mine = cvs.all_of(session, owner_id)
    career = [Base(CAREER, text("tasks.career", language))] if has_career else []
    # Those made for one offer are no base for another.
    mine.sort(key=lambda cv: cv.source in (lines.SOURCE, offer_cvs.SOURCE_BY_TITLE))
    return career + [Base(cv.filename, cv.title or cv.filename) for cv in mine]


def _ask(owner_id: str, offer: str, base: str, language: Language) -> None:
    with db.session(write=False) as session:
        offer_cvs.check(session, owner_id, base or None)
    wanted: str | offers.Read = offer
    if not (offer.lower().startswith(("http://", "https://")) and len(offer.split()) == 1):
        is_title = len(offer) <= MAX_TITLE and "\n" not in offer
        wanted = offers.read_title(offer, language) if is_title else offers.read_text(offer)
    with db.session() as session:
        owners.ensure(session, owner_id, language)
        offer_cvs.start(session, owner_id, wanted, base or None)


def _remove(owner_id: str, task_id: str) -> None:
    with db.session() as session:
        background.remove(session, owner_id, task_id)


def _again(owner_id: str, task_id: str) -> None:
    with db.session() as session:
        offer_cvs.again(session, owner_id, task_id)


def _rows(owner_id: str, language: Language) -> list[Row]:
    with db.session(write=False) as session:
        found = background.all_of(session, owner_id)
        usual = {task.job.kind: telemetry.usual(session, task.job.kind) for task in found if task.live}
    return [_row(task, usual.get(task.job.kind), language) for task in found]


def _row(task: Task, usual: int | None, language: Language) -> Row:
    job = task.job
    cv_id = str(job.result.get("cv_id") or job.cv_id or "") if job.status == "done" else ""
    return Row(
        id=job.id,
        kind=text(f"tasks.type_{job.kind}", language),
        title=str(job.result.get("title") or task.about.title) or text(f"tasks.type_{job.kind}", language),
        status=task.status,
        progress=job.progress,
        step=text(f"tasks.step_{job.step}", language) if job.step in STEPS else "",
        usual="" if usual is None else text("tasks.usual", language, time=_span(usual, language)),
        outcome=_outcome(task, language),
        link=_link(task, cv_id),
        proposes=task.job.kind == improving.KIND,
        again=offer_cvs.can_be_tried_again(task),
        at=(job.finished_at or job.created_at).isoformat(),
    )


def _link(task: Task, cv_id: str) -> str:
    if not cv_id:
        return ""
    return f"/generate?cv={cv_id}" + (f"&improve={task.job.id}" if task.job.kind == improving.KIND else "")


def _outcome(task: Task, language: Language) -> str:
    if failure := task.failure(language):
        return failure
    result = task.job.result
    if "score" in result:
        return text("tasks.score", language, score=result["score"])
    if "proposals" in result:
        return text("tasks.proposals", language, number=len(result["proposals"]))
    return ""


def _span(milliseconds: int, language: Language) -> str:
    if milliseconds < 1_000:
        return text("tasks.moment", language)
    seconds = round(milliseconds / 1_000)
    if seconds < 90:
        return text("tasks.seconds", language, number=seconds)
    return text("tasks.minutes", language, number=round(seconds / 60))
