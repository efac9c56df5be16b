"""The CV's lines, better said: asked for in the editor, proposed one by one, accepted into what is being edited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import reflex as rx
from reflex.event import Event, EventSpec

from cvstudio import db
from cvstudio.document import Document
from cvstudio.document.model import CUSTOM
from cvstudio.domain import cvs, improving, versions
from cvstudio.domain.improving import Undecided
from cvstudio.errors import NotFound, StudioError
from cvstudio.locales import text
from cvstudio.models import Job
from cvstudio.state import bridge, editor_rows
from cvstudio.state.editor import Editor
from cvstudio.state.editor_draft import checked_text
from cvstudio.state.editor_generation import saved
from cvstudio.tailoring import improve, offline

Next: TypeAlias = Any

BUSY = ("saving", "queued", "running")
STEPS = ("read", "write")
HEADING = "#improve-heading"


@dataclass
class PieceRow:
    text: str
    changed: bool


@dataclass
class ProposalRow:
    id: str
    section: str  # "basics", "work" …, "custom"
    title: str  # of a section of the person's own
    name: str  # of the entry
    why: str  # "tidied" or "reworded"
    above: str  # what it rests on besides the line itself
    after: str
    late: bool  # its line has changed since
    before_pieces: list[PieceRow] = field(default_factory=list)
    after_pieces: list[PieceRow] = field(default_factory=list)


class Improving(rx.State):
    opened: bool = False
    status: str = ""  # "", saving, queued, running, done, failed
    progress: int = 0  # percent
    step: str = ""
    problem: str = ""
    said: str = ""  # what the last answer came to
    price: int = 0  # credits that the next search costs
    only_tidies: bool = True  # there is no language model now
    tidied: bool = True  # there was none when these were proposed
    found: int = 0  # proposals, decided or not
    rows: rx.Field[list[ProposalRow]] = rx.field(default_factory=list)

    _job_id: str = ""

    @rx.var
    def ready(self) -> int:
        """How many can be accepted."""
        return sum(not row.late for row in self.rows)

    # ---- asking for them -----------------------------------------------------------------------------------

    @rx.event
    async def open(self) -> Next:
        """The page was opened, or its socket came back; a link from /tasks shows the proposals at once."""
        editor = await self.get_state(Editor)
        bridge.watch(
            await editor._owner(), self.router.session.client_token, "improvement", Improving.happened, own=False
        )
        linked = self.router.url.query_parameters.get("improve", "")
        if self.status != "saving":
            await self._read(editor, linked or (self._job_id if self.status in BUSY else ""))
        if not linked:
            return None
        self.opened = self.status != ""
        await self._quote(editor)
        address = f"/generate?cv={editor.cv_id}" if editor.cv_id else "/generate"
        return rx.call_script(f"history.replaceState(history.state, '', '{address}')")

    @rx.event
    async def ask(self) -> None:
        """The dialog: what is proposed already, how far it is, or what it would do."""
        editor = await self.get_state(Editor)
        self.opened, self.said, self.problem = True, "", ""
        if self.status not in BUSY:
            await self._read(editor)
        await self._quote(editor)

    @rx.event
    def close(self) -> None:
        """What was asked for goes on."""
        self.opened = False

    @rx.event(background=True)
    async def search(self) -> Next:
        """Saves what is unsaved, then has it read; the price is the one that was shown."""
        async with self:
            if self.status in BUSY:
                return
            self.status, self.problem, self.said, self.progress, self.step = "saving", "", "", 0, ""
            self.rows, price = [], self.price
            editor = await self.get_state(Editor)
            for saving in editor.hurry():
                yield saving
        problem = ""
        try:
            cv_id, owner_id, problem = await saved(self)
            if cv_id:
                job = await rx.run_in_thread(lambda: _start(owner_id, cv_id, price))
                async with self:
                    editor = await self.get_state(Editor)
                    if job is None:
                        problem = text("editor.improve_price_changed", editor._lang)
                        await self._quote(editor)
                    else:
                        self.status = job.status
                        await self._read(editor, job.id)
                        if told := self._ended(editor):
                            yield told
        except StudioError as error:
            problem = error.message(editor._lang)
        finally:
            async with self:
                if self.status == "saving":
                    self.status, self.problem = "failed", problem

    @rx.event
    async def happened(self, kind: str, object_id: str, _tab: str) -> Next:
        """The bus: the job went on, or the CV was changed in another tab."""
        editor = await self.get_state(Editor)
        if kind == "cv" and object_id == editor.cv_id:
            await self._compare(editor)
        if kind != "job" or object_id != self._job_id or self.status not in BUSY:
            return None
        await self._read(editor, object_id)
        return self._ended(editor)

    def _ended(self, editor: Editor) -> Event | EventSpec | None:
        """What whoever waited for it is told."""
        if self.status in BUSY:
            return None
        if self.opened:
            return editor.focus(HEADING)
        if self.status != "done":
            failed: EventSpec | None = rx.toast.error(self.problem, id="improved") if self.problem else None
            return failed
        see = {"label": text("editor.improve_see", editor._lang), "on_click": Improving.ask}
        ready: EventSpec = rx.toast(text("editor.improve_ready", editor._lang), action=see, id="improved")
        return ready

    async def _read(self, editor: Editor, task_id: str = "") -> None:
        """How far the one that is named is, or this CV's newest; once done, what is left to decide."""
        owner_id, cv_id = await editor._owner(), editor.cv_id
        job = await rx.run_in_thread(lambda: _job(owner_id, cv_id, task_id))
        if job is not None:
            self._job_id = job.id
            self._show(job, editor)
        else:
            self._job_id, self.status, self.rows, self.found = "", "", [], 0

    def _show(self, job: Job, editor: Editor) -> None:
        self.status, self.progress = job.status, job.progress
        self.step = text(f"editor.improve_step_{job.step}", editor._lang) if job.step in STEPS else ""
        if job.status == "failed":
            self.problem = improving.failure(job, editor._lang) or ""
        if job.status == "done":
            self.found, self.tidied = len(job.result["proposals"]), job.result["model"] == offline.NAME
            document = editor._draft.document
            self.rows = _rows(improving.undecided(job, document), document)

    async def _quote(self, editor: Editor) -> None:
        """What another search costs, or why there can be none."""
        owner_id = await editor._owner()
        self.only_tidies = improving.only_tidies()
        try:
            self.price = await rx.run_in_thread(lambda: _price(owner_id))
        except StudioError as refused:
            self.price, self.problem = 0, refused.message(editor._lang)

    # ---- deciding ------------------------------------------------------------------------------------------

    @rx.event
    async def accept(self, proposal_id: str) -> Next:
        """One; undo brings the line back."""
        return await self._accept(checked_text(proposal_id))

    @rx.event
    async def accept_all(self) -> Next:
        """Those whose line is as it was; each is undone by itself."""
        return await self._accept("")

    @rx.event
    async def decline(self, proposal_id: str) -> Next:
        """It is not shown again, here or elsewhere."""
        editor, wanted = await self.get_state(Editor), checked_text(proposal_id)
        if wanted not in {row.id for row in self.rows}:
            return None
        job = await self._decide(editor, declined=[wanted])
        return self._go_on(editor, job, wanted, "declined")

    @rx.event
    async def compare(self) -> None:
        """Something was undone or redone."""
        await self._compare(await self.get_state(Editor))

    async def _compare(self, editor: Editor) -> None:
        if self.opened and self.status == "done":
            await self._read(editor, self._job_id)

    async def _accept(self, wanted: str) -> Next:
        """Into the editor's own document, which may be ahead of what is stored; a blank name is all of them."""
        editor = await self.get_state(Editor)
        owner_id, cv_id, job_id, document = await editor._owner(), editor.cv_id, self._job_id, editor._draft.document
        job = await rx.run_in_thread(lambda: _job(owner_id, cv_id, job_id)) if job_id else None
        if job is None or job.status != "done":
            return None
        left = improving.undecided(job, document)
        ready = [one.proposal for one in left if not one.late and wanted in ("", one.told["id"])]
        if not ready:
            return self._go_on(editor, job, wanted, "late")
        improve.accept(document, ready)[0].check_size()
        job = await self._decide(editor, accepted=[one.path for one in ready])
        for proposal in ready:
            improve.put(editor.begin_change(), proposal)
        editor._draft.checkpoint = versions.AI
        changed = editor.changed(anew=True)
        return [*changed, self._go_on(editor, job, wanted, "accepted", len(ready))]

    async def _decide(self, editor: Editor, *, accepted: Sequence[str] = (), declined: Sequence[str] = ()) -> Job:
        """Raises TaskNotFound, NotImproved."""
        owner_id, job_id = await editor._owner(), self._job_id
        job: Job = await rx.run_in_thread(lambda: _decided(owner_id, job_id, accepted, declined))
        return job

    def _go_on(self, editor: Editor, job: Job, wanted: str, what: str, number: int = 1) -> Event:
        """What is left, what was done, and the focus on the next one."""
        place = next((place for place, row in enumerate(self.rows) if row.id == wanted), 0)
        self._show(job, editor)
        self.said = text(f"editor.improve_said_{what}", editor._lang, n=number, left=len(self.rows))
        following = self.rows[min(place, len(self.rows) - 1)] if self.rows else None
        return editor.focus(f'[data-proposal="{following.id}"] button' if following else HEADING)


def _rows(left: list[Undecided], now: Document) -> list[ProposalRow]:
    names: dict[str, dict[str, str]] = {}  # section → entry → what it is called
    rows = []
    for one in left:
        told = one.told
        section, item_id = told["section"], told["item"]
        if section != "basics" and section not in names:
            names[section] = _names(now, section)
        before, after = improve.marked(told["before"], told["after"])
        rows.append(
            ProposalRow(
                id=told["id"],
                section="custom" if section.startswith(CUSTOM) else section,
                title=_title(now, section),
                name=names.get(section, {}).get(item_id, ""),
                why=told["why"],
                above=" · ".join(fact for fact in told["facts"] if fact != told["before"]),
                after=told["after"],
                late=one.late,
                before_pieces=[PieceRow(piece.text, piece.changed) for piece in before],
                after_pieces=[PieceRow(piece.text, piece.changed) for piece in after],
            )
        )
    return rows


def _names(now: Document, section: str) -> dict[str, str]:
    """Nothing for a section that is there no more."""
    if section.startswith(CUSTOM) and section.removeprefix(CUSTOM) not in {one.id for one in now.custom}:
        return {}
    return {row.id: row.name or row.about for row in editor_rows.items(now, section, set())}


def _title(now: Document, section: str) -> str:
    return next((one.title for one in now.custom if f"{CUSTOM}{one.id}" == section), "")


def _job(owner_id: str, cv_id: str, task_id: str = "") -> Job | None:
    """The CV's newest, or the one that is named; None where it is of another CV or owner."""
    with db.session(write=False) as session:
        if not task_id:
            return improving.latest(session, owner_id, cv_id)
        try:
            job = improving.get_owned(session, owner_id, task_id)
        except NotFound:
            return None
        return job if cv_id and job.cv_id == cv_id else None


def _start(owner_id: str, cv_id: str, shown: int) -> Job | None:
    """None where it costs more than was shown."""
    with db.session() as session:
        if improving.price(session, owner_id) > shown:
            return None
        return improving.start(session, owner_id, cvs.get_owned(session, owner_id, cv_id))


def _price(owner_id: str) -> int:
    """Nothing for who has nothing yet."""
    with db.session() as session:
        return improving.price(session, owner_id) if owner_id else 0


def _decided(owner_id: str, job_id: str, accepted: Sequence[str], declined: Sequence[str]) -> Job:
    with db.session() as session:
        return improving.decide(session, owner_id, job_id, accepted=accepted, declined=declined)
