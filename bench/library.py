"""One account with five thousand CVs: its first page, through the API and through /cvs; and what versions weigh.

Run in a process of its own (`python -m bench.library <address>`), on the data of the application that is asked.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx2
from reflex_base.utils.format import format_event_handler
from sqlmodel import col, select

from bench import sample, tabs
from bench.figures import Row, Times, below, row
from cvstudio import db
from cvstudio.document import edit
from cvstudio.domain import accounts, cvs, versions
from cvstudio.models import Cv, CvVersion, User
from cvstudio.state.cvs import PAGE, Shelf
from tests.accounts import make_account
from tests.running import ROOT, environment, running

CVS = 5_000
EDITS = 500
RUNS, WARM_UP = 60, 5
SORT: Any = Shelf.choose
SHOWN = '"rows_rx_state_"'


def measure() -> list[Row]:
    with tempfile.TemporaryDirectory(prefix="cvstudio-bench-") as scratch, running(Path(scratch) / "data") as app:
        ran = subprocess.run(
            [sys.executable, "-m", "bench.library", app.url],
            cwd=ROOT,
            env=environment(app.data_dir),
            stdout=subprocess.PIPE,
            check=True,
        )
    told = json.loads(ran.stdout)
    asked, seen = Times(told["api"]), Times(told["page"])
    return [
        row(f"GET /api/cvs?limit={PAGE} of {CVS} CVs", asked),
        below(f"GET /api/cvs?limit={PAGE} of {CVS} CVs, p95", asked.p95, 50, "ms"),
        row(f"/cvs with {CVS} CVs: another order asked for → its first page here", seen),
        below(f"/cvs with {CVS} CVs, p95", seen.p95, 50, "ms"),
        below(f"{EDITS} small edits, each kept as a version / one document", told["weight"], 20),
    ]


def _account() -> tuple[str, str]:
    """(its Cookie header, its id), with all those CVs."""
    user = make_account("library@example.org")
    with db.session() as session:
        for number in range(CVS):
            document = sample.document(number)
            # One by one is what `cvs.create` is for; it looks for a free filename among all there are.
            session.add(
                Cv(
                    owner_id=user.id,
                    filename=f"cv-{number}.json",
                    title=f"CV {number}",
                    document=document.dump(),
                    search=cvs.folded(f"CV {number}\n{document.basics.name}\n{document.basics.label}"),
                    template=document.studio.template,
                    language=document.studio.language,
                )
            )
        session.flush()
        signed = accounts.sign_in(session, session.get_one(User, user.id), None, "password")
    return f"{accounts.COOKIE}={signed.token}", user.id


def _asked(url: str, cookie: str) -> list[float]:
    took = []
    with httpx2.Client(base_url=url, headers={"Cookie": cookie}, timeout=30) as client:
        for number in range(-WARM_UP, RUNS):
            started = time.perf_counter()
            listed = client.get("/api/cvs", params={"limit": PAGE}).raise_for_status().json()
            if number >= 0:
                took.append((time.perf_counter() - started) * 1000)
            if listed["nextCursor"] is None:
                raise RuntimeError("this was not the first of many pages")
    return took


async def _seen(url: str, cookie: str) -> list[float]:
    took = []
    async with await tabs.opened(url, cookie) as socket:

        async def ask(event: str, until: str, **payload: Any) -> None:
            await tabs.send(socket, event, "/cvs", **payload)
            while until not in await tabs.heard(socket):
                pass

        await ask(tabs.HYDRATE, '"found_rx_state_":5000')
        for number in range(-WARM_UP, RUNS):
            started = time.perf_counter()
            await ask(format_event_handler(SORT), SHOWN, name="sort", value=("title", "")[number % 2])
            if number >= 0:
                took.append((time.perf_counter() - started) * 1000)
    return took


def _weight(owner_id: str) -> float:
    """Bytes of the versions of that many edits, over those of the document."""
    with db.session() as session:
        cv = session.exec(select(Cv).where(Cv.owner_id == owner_id).limit(1)).one()
        document = sample.document(0)
        paths = [f"work/{item.id}/position" for item in document.work] + ["basics.label", "basics.summary"]
        for number in range(EDITS):
            path = paths[number % len(paths)]
            edit.set_field(document, path, f"{edit.get_field(document, path)[:200]} {number}")
            cvs.save(session, owner_id, cv.id, document, expected_revision=cv.revision, checkpoint=versions.MANUAL)
        kept = session.exec(select(CvVersion.data).where(col(CvVersion.cv_id) == cv.id)).all()
        if len(kept) < EDITS:
            raise RuntimeError(f"only {len(kept)} versions were kept")
        return sum(map(len, kept)) / len(json.dumps(cv.document, ensure_ascii=False).encode())


if __name__ == "__main__":
    shown, owner = _account()
    found = {
        "api": _asked(sys.argv[1], shown),
        "page": asyncio.run(_seen(sys.argv[1], shown)),
        "weight": _weight(owner),
    }
    sys.stdout.write(json.dumps(found))
