"""Whether every text is on the same page in the live preview and in the PDF: the test that says so, counted."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from xml.etree import ElementTree

from bench.figures import Row

ROOT = Path(__file__).resolve().parents[1]
TEST = "tests/browser/test_parity.py"


def measure() -> list[Row]:
    with tempfile.TemporaryDirectory() as scratch:
        report = Path(scratch) / "report.xml"
        subprocess.run(
            [sys.executable, "-m", "pytest", TEST, "-q", "-k", "same_page", f"--junitxml={report}"],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            check=False,
        )
        suite = ElementTree.parse(report).getroot().find("testsuite")
    if suite is None:
        raise RuntimeError(f"{TEST} did not run")
    ran, failed = int(suite.get("tests", 0)), int(suite.get("failures", 0)) + int(suite.get("errors", 0))
    share = 100 * (ran - failed) / ran if ran else 0.0
    figure = f"{share:.0f} %   ({ran - failed} of {ran} themes, every document of the test)"
    return [Row("texts on the same page", figure, "100 %", ran > 0 and failed == 0)]
