"""The PDF: asked for, followed while it is made, downloaded once; found again by whoever comes back."""

from __future__ import annotations

import asyncio
import time
from typing import Any, TypeAlias

import reflex as rx
from reflex.event import EventSpec

from cvstudio import db
from cvstudio.domain import cvs, generation
from cvstudio.errors import InvalidInput, NotFound
from cvstudio.locales import text
from cvstudio.models import Job
from cvstudio.state import bridge
from cvstudio.state.editor import Editor

Next: TypeAlias = Any
PRINTED = ("pdf", "png")
PLAIN = ("docx", "json", "xml", "md", "txt", "html")

BUSY = ("saving", "queued", "running")
STEPS = ("compose", "print", "store")

PATIENCE = 15.0  # seconds that saving may take before we give up on the file
POLL = 0.02


class Generation(rx.State):
    """`status` is blank, saving, queued, running, done or failed."""

    status: str = ""
    progress: int = 0  # percent
    step: str = ""
    problem: str = ""
    job_id: str = ""
    wanted: str = "pdf"

    _downloaded: str = ""  # the job whose file this tab has had

    @rx.event
    async def open(self) -> Next:
        """The page was opened, or its socket came back: a job may have gone on meanwhile."""
        editor = await self.get_state(Editor)
        owner_id = await editor._owner()
        bridge.watch(owner_id, self.router.session.client_token, "generation", Generation.happened, own=False)
        if not self.status and editor.cv_id:
            self._find(owner_id, editor.cv_id)
        if self.status in ("queued", "running"):
            return await self._read()
        if self.status != "done" or not editor.cv_id:
            self.status = self.problem = ""
        return None

    def _find(self, owner_id: str, cv_id: str) -> None:
        """A file that another tab asked for, or this one before it was forgotten: followed here, downloaded there."""
        with db.session(write=False) as session:
            job = generation.latest_job(session, owner_id, cv_id)
        if job is not None and job.status in ("queued", "running"):
            self.job_id = self._downloaded = job.id
            self.status = job.status

    @rx.event(background=True)
    async def make(self, wanted: str) -> Next:
        """Save what is unsaved, then make the file and download it; plain formats need no job."""
        if wanted not in (*PRINTED, *PLAIN):
            raise InvalidInput("no such format", fields={"format": [", ".join((*PRINTED, *PLAIN))]})
        async with self:
            if self.status in BUSY:
                return
            self.status, self.progress, self.problem, self.wanted, self.step = "saving", 0, "", wanted, ""
            editor = await self.get_state(Editor)
            for saving in editor.hurry():
                yield saving
        try:
            cv_id, owner_id, problem = await saved(self)
            if cv_id and wanted in PRINTED:
                job = await rx.run_in_thread(lambda: _start(owner_id, cv_id))
                async with self:
                    self.job_id, self.status = job.id, job.status
                    if download := await self._read():
                        yield download
                return
            if cv_id:
                yield rx.download(url=f"/api/cv/{cv_id}/export/{wanted}")
        finally:
            async with self:
                if self.status == "saving":
                    self.status = ""
        if problem:
            async with self:
                self.status, self.problem = "failed", problem

    @rx.event
    async def happened(self, kind: str, object_id: str, _tab: str) -> Next:
        """The bus: a job went on."""
        if kind == "job" and object_id == self.job_id:
            return await self._read()
        return None

    async def _read(self) -> EventSpec | None:
        """The job's row, and the download when it has just been done."""
        editor = await self.get_state(Editor)
        owner_id, job_id = await editor._owner(), self.job_id
        job = await rx.run_in_thread(lambda: _job(owner_id, job_id))
        if job is None:
            self.status = ""
            return None
        self.status, self.progress = job.status, job.progress
        self.step = text(f"editor.step_{job.step}", editor._lang) if job.step in STEPS else ""
        self.problem = generation.failure(job, editor._lang) or "" if job.status == "failed" else ""
        if job.status != "done" or self._downloaded == job_id:
            return None
        self._downloaded = job_id
        return self._download()

    @rx.event
    def download(self) -> Next:
        """The file once more."""
        return self._download() if self.status == "done" else None

    def _download(self) -> EventSpec:
        picture = "?format=png" if self.wanted == "png" else ""
        return rx.download(url=f"/api/cv/jobs/{self.job_id}/download{picture}")

    @rx.event
    def dismiss(self) -> None:
        if self.status in ("done", "failed"):
            self.status = self.problem = ""


async def saved(state: rx.State) -> tuple[str, str, str]:
    """For an event in the background: (CV id, owner id, "") once the database has every keystroke, or ("", "", why it
    will not)."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        async with state:
            editor = await state.get_state(Editor)
            if editor._draft.clean and editor.cv_id:
                return editor.cv_id, await editor._owner(), ""
            if editor.saving in ("conflict", "failed"):
                break
        await asyncio.sleep(POLL)
    return "", "", text("editor.cannot_save", editor._lang)


def _start(owner_id: str, cv_id: str) -> Job:
    with db.session() as session:
        return generation.start(session, owner_id, cvs.get_owned(session, owner_id, cv_id))


def _job(owner_id: str, job_id: str) -> Job | None:
    with db.session(write=False) as session:
        try:
            return generation.get_job(session, owner_id, job_id)
        except NotFound:
            return None
