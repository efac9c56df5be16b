"""`make bench`: everything measured in one run, printed as one table."""

from __future__ import annotations

import os
import platform
import sys
import tempfile
from pathlib import Path

# Before anything of ours is imported: measurements leave no trace in anybody's data.
_scratch = tempfile.TemporaryDirectory(prefix="cvstudio-bench-")
os.environ["CVSTUDIO_DATA_DIR"] = _scratch.name

from bench import editors, enumeration, hostile, library, others, parity, printing, service, tailoring  # noqa: E402
from bench.figures import Row, table  # noqa: E402
from cvstudio.config import settings  # noqa: E402
from cvstudio.render import browser_setup, fonts  # noqa: E402

ROOT = Path(__file__).resolve().parents[1]


def main() -> int:
    executable = browser_setup.find(settings().chromium_path, ROOT / "data")
    fontconfig = fonts.write_config(settings().data_dir / "fonts")
    os.environ["FONTCONFIG_FILE"] = str(fontconfig)

    _say("PDF…")
    printed, ours = printing.measure(executable, fontconfig)
    _say("others…")
    side = others.measure(ours)
    _say("the service…")
    served = service.measure(executable)
    _say("tailoring…")
    tailored = tailoring.measure()
    _say("hundreds of editors…")
    written = editors.measure()
    _say("thousands of CVs…")
    kept = library.measure()
    _say("what the time of an answer tells…")
    alike = enumeration.measure()
    _say("files that mean harm…")
    harmed = hostile.measure()
    _say("parity…")
    same = parity.measure()

    groups: list[tuple[str, list[Row]]] = [
        ("PDF of the two-page sample", printed),
        ("The same CV elsewhere", side),
        ("The service", served),
        ("A career and an offer", tailored),
        ("Many people writing at once, on one process", written),
        ("The CV library", kept),
        ("What the time of an answer tells", alike),
        ("Files made to do harm, each through its own door", harmed),
        ("Preview and PDF", same),
    ]
    machine = (
        f"{os.cpu_count()} cores, Python {platform.python_version()}, Chromium {browser_setup.version(executable)}"
    )
    sys.stdout.write(f"CV Studio, {machine}\n{table(groups)}\n")
    return 0 if all(row.met is not False for _, found in groups for row in found) else 1


def _say(what: str) -> None:
    sys.stderr.write(f"measuring {what}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
