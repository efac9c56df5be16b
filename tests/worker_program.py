"""A real worker process with handlers made for tests; the effects it has are lines in a file."""

import os
import time
from contextlib import nullcontext
from pathlib import Path

from cvstudio import jobs, worker
from cvstudio.models import Json


def echo(ctx: jobs.Context) -> Json:
    return {"said": ctx.payload["say"]}


def hold(ctx: jobs.Context) -> Json:
    """Have the effect once, then work until the file `release` appears; note who runs when."""
    folder = Path(ctx.payload["folder"])
    _note(folder / "runs", f"begin {ctx.job_id} {os.getpid()}")
    with ctx.session() as session:
        if ctx.once(session, "effect"):
            _note(folder / "effects", ctx.job_id)
    while not (folder / "release").exists():
        time.sleep(0.01)
        ctx.progress(50, "holding")
    _note(folder / "runs", f"end {ctx.job_id} {os.getpid()}")
    return {"by": os.getpid()}


def _note(path: Path, line: str) -> None:
    with path.open("a") as file:  # lines this short are appended whole
        file.write(line + "\n")


if __name__ == "__main__":
    raise SystemExit(worker.main({"echo": echo, "hold": hold}, nullcontext()))
