"""The same CV through WeasyPrint, react-pdf and Typst: a side column, so that our ratios are honest."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pypdfium2
import typst

from bench import sample
from bench.figures import Row, Times, interleaved, row
from cvstudio.render import fonts

HERE = Path(__file__).parent
RUNS = 30
FAMILY = "source-sans-3"


def measure(ours: Times) -> list[Row]:
    found = {
        "WeasyPrint, our HTML, tagged": _weasyprint(),
        "react-pdf, untagged (npm, in bun)": _react_pdf(),
        "Typst, tagged, in process": _typst(),
    }
    rows = []
    for name, (times, pages) in found.items():
        ahead = ours.p50 < times.p50
        is_goal = name.startswith("react-pdf")
        rows.append(
            row(f"{name}, {pages} pages", times, "slower than ours" if is_goal else "", ahead if is_goal else None)
        )
    return rows


def _pages(data: bytes) -> int:
    document = pypdfium2.PdfDocument(data)
    try:
        return len(document)
    finally:
        document.close()


def _weasyprint() -> tuple[Times, int]:
    # Imported late: it reads the fontconfig file, which __main__ names, when it is loaded.
    from weasyprint import HTML

    # It fails an assertion of its own on this one property within a grid.
    pages = [sample.html(number).replace("overflow-wrap: anywhere", "") for number in range(RUNS)]

    def one(number: int) -> bytes:
        return HTML(string=pages[number]).write_pdf(pdf_tags=True)

    count = _pages(one(0))
    return interleaved({"one": one}, RUNS // 2, warm_up=2)["one"], count


def _typst() -> tuple[Times, int]:
    folders = sorted({str(path.parent) for path in fonts.families()[FAMILY].files.values()})
    source = HERE / "cv.typ"
    compiler = typst.Compiler(source, font_paths=folders, ignore_system_fonts=True)

    inputs = [json.dumps(sample.document(number).dump()) for number in range(RUNS + 5)]

    def one(number: int) -> bytes:
        return compiler.compile(str(source), format="pdf", sys_inputs={"cv": inputs[number]})

    count = _pages(one(0))
    return interleaved({"one": one}, RUNS)["one"], count


def _react_pdf() -> tuple[Times, int]:
    bun = shutil.which("bun", path=str(Path(sys.executable).parent)) or "bun"
    folder = HERE / "react_pdf"
    if not (folder / "node_modules").is_dir():
        subprocess.run([bun, "install", "--frozen-lockfile", "--ignore-scripts"], cwd=folder, check=True)
    family = fonts.families()[FAMILY]
    faces = [
        {
            "src": str(path),
            "fontWeight": 700 if "bold" in face else 400,
            "fontStyle": "italic" if "italic" in face else "normal",
        }
        for face, path in family.files.items()
    ]
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(scratch) / "cv.pdf"
        task = {"cv": sample.document(0).dump(), "fonts": faces, "runs": RUNS, "warmUp": 5, "out": str(out)}
        said = subprocess.run(
            [bun, "cv.mjs"], cwd=folder, input=json.dumps(task), capture_output=True, text=True, check=True
        )
        return Times(json.loads(said.stdout)), _pages(out.read_bytes())
