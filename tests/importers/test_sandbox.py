import io
import json
import os
import signal
import subprocess
import sys
import textwrap
import time
import zlib
from pathlib import Path

import pikepdf
import psutil
import pytest
import typst

from cvstudio.document import samples
from cvstudio.errors import StudioError
from cvstudio.importers import pdf, reading, sandbox
from cvstudio.importers.failures import (
    BrokenFile,
    DangerousFile,
    FileTooLarge,
    NotACV,
    NoText,
    TooManyPages,
    TooMuchWork,
)
from cvstudio.importers.model import Imported
from tests.documents import zipped
from tests.importers.test_pdf import blank, saved

ROOT = Path(__file__).resolve().parents[2]
CV = json.dumps(samples.load("fr").dump()).encode()


def children() -> list[psutil.Process]:
    return [
        one
        for one in psutil.Process().children(recursive=True)
        if "cvstudio.importers.sandbox" in " ".join(one.cmdline())
    ]


def test_the_child_gives_what_the_reader_gives():
    assert sandbox.read(CV, "cv.json").dump() == reading.read(CV, "cv.json").dump()
    assert not children()


def test_the_childs_refusals_are_the_readers():
    with pytest.raises(TooManyPages) as raised:
        sandbox.read(saved(blank(31)), "cv.pdf")
    assert raised.value.params == {"pages": 31, "limit": 30}
    with pytest.raises(NotACV):
        sandbox.read(b"Une recette de tarte aux pommes, sans rien de plus qu'un four chaud.", "cv.pdf")


def test_a_pdf_of_any_kind_is_read_in_order(tmp_path: Path):
    source = tmp_path / "offer.typ"
    source.write_text("= Soudeur TIG (H/F)\n\nVos missions : souder.\n\n- Permis B\n#pagebreak()\nDeuxième page")
    text = sandbox.pdf_text(typst.compile(str(source)))
    found = [text.find(piece) for piece in ("Soudeur TIG (H/F)", "Vos missions", "Permis B", "Deuxième page")]
    assert found == sorted(found)
    assert found[0] >= 0


@pytest.mark.parametrize(
    ("data", "refusal"),
    [(b"", BrokenFile), (b"%PDF-1.7 broken", BrokenFile), (b"<html>", BrokenFile), (saved(blank(1)), NoText)],
)
def test_what_has_no_text_says_so(data: bytes, refusal: type[StudioError]):
    with pytest.raises(refusal):
        pdf.text(data)


def test_a_bomb_leaves_the_parent_as_it_was():
    bomb = zipped({"../Profile.csv": b"0" * 50_000_000})
    before = psutil.Process().memory_info().rss
    with pytest.raises(DangerousFile):
        sandbox.read(bomb, "cv.zip")
    assert psutil.Process().memory_info().rss - before < 50_000_000
    assert not children()


def test_too_large_never_starts_a_child():
    with pytest.raises(FileTooLarge):
        sandbox.read(b"0" * (reading.MAX_BYTES + 1), "cv.pdf")


def test_time_runs_out():
    with pytest.raises(TooMuchWork):
        sandbox.read(CV, "cv.json", wall=0.01)
    assert not children()


def confined(code: str) -> subprocess.CompletedProcess[str]:
    """Code run under the child's own limits."""
    start = "import os\nfrom cvstudio.importers import sandbox\nsandbox._confine(os.getppid())\n"
    return subprocess.run(
        [sys.executable, "-c", start + code],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        timeout=60,
        check=False,
    )


def test_memory_is_limited():
    assert "MemoryError" in confined("x = bytearray(2_000_000_000)").stderr


def test_processor_time_is_limited():
    done = confined("import resource\nprint(resource.getrlimit(resource.RLIMIT_CPU)[1])")
    assert done.stdout.strip() == str(sandbox.PROCESSOR)


def test_a_reader_that_takes_much_longer_than_it_took_to_start_is_ended():
    start = "import signal, sys, time\nfrom cvstudio.importers import sandbox\n"
    stuck = (
        "sandbox.reading.read = lambda *_: [None for _ in iter(int, 1) if False]\nsandbox._confine = lambda _: None\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", f"{start}{stuck}sys.argv = ['', '0', 'cv', 'x']\nsandbox.main()"],
        cwd=ROOT,
        env={"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        stdin=subprocess.DEVNULL,
        timeout=60,
        check=False,
    )
    assert ended.returncode == -signal.SIGPROF


@pytest.mark.parametrize("filters", [["/FlateDecode"], ["/FlateDecode", "/FlateDecode"]])
def test_a_page_packed_again_and_again_takes_no_more_memory_than_there_is(filters):
    drawing = zlib.compress(b" " * 300_000_000, 9)
    for _ in filters[1:]:
        drawing = zlib.compress(drawing, 9)
    file = blank(1)
    file.pages[0].Contents = pikepdf.Stream(file, drawing)
    file.pages[0].Contents.Filter = pikepdf.Array([pikepdf.Name(name) for name in filters])
    with pytest.raises(TooMuchWork):
        sandbox.read(saved(file, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none), "cv.pdf")


def test_output_is_limited(tmp_path):
    target = tmp_path / "out"
    done = confined(f"open({str(target)!r}, 'wb').write(b'0' * 40_000_000)")
    assert done.returncode != 0
    assert target.stat().st_size <= sandbox.ANSWER


def test_files_are_limited():
    assert "Too many open files" in confined("kept = [open('/dev/null') for _ in range(100)]").stderr


def test_the_child_sees_no_secrets(monkeypatch):
    monkeypatch.setenv("CVSTUDIO_SECRET", "do not tell")
    seen: list[dict[str, str]] = []
    popen = subprocess.Popen

    def watching(*args, **options):
        seen.append(options["env"])
        return popen(*args, **options)

    monkeypatch.setattr(subprocess, "Popen", watching)
    sandbox.read(CV, "cv.json")
    assert len(seen) == 1
    assert not any("do not tell" in value for value in seen[0].values())


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"{",
        b"[]",
        b"{}",
        b'{"error": {"code": "NO_SUCH_CODE"}}',
        b'{"imported": {"kind": "pdf"}}',
        b'{"imported": 5}',
        b'{"text": 5}',
    ],
)
def test_an_answer_that_makes_no_sense(answer):
    with pytest.raises(TooMuchWork):
        sandbox._understood(answer, sandbox._imported)
    with pytest.raises(TooMuchWork):
        sandbox._understood(answer, sandbox._text)


def test_an_answer_that_is_no_document():
    tree = reading.read(CV, "x").dump() | {"kind": "virus"}
    with pytest.raises(ValueError, match="not an import"):
        Imported.load(tree)


def test_the_child_dies_with_its_parent(tmp_path):
    """The parent is killed while its child waits for a file that never ends."""
    fifo = tmp_path / "never"
    os.mkfifo(fifo)
    program = textwrap.dedent(f"""
        import subprocess, sys, os
        keeper = os.open({str(fifo)!r}, os.O_RDWR)
        child = subprocess.Popen(
            [sys.executable, "-m", "cvstudio.importers.sandbox", str(os.getpid()), "cv", "x"],
            stdin=open({str(fifo)!r}, "rb"), stdout=subprocess.DEVNULL, start_new_session=True,
        )
        print(child.pid, flush=True)
        child.wait()
    """)
    parent = subprocess.Popen(
        [sys.executable, "-c", program],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    assert parent.stdout is not None
    child = psutil.Process(int(parent.stdout.readline()))
    waiting = until(lambda: b"" if "Max processes             0" in limits(child) else None)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert waiting is not None
    assert until(lambda: b"" if not child.is_running() or child.status() == psutil.STATUS_ZOMBIE else None) is not None


def limits(process: psutil.Process) -> str:
    """What the child has set for itself: a sign that it has come that far."""
    return Path(f"/proc/{process.pid}/limits").read_text()


def until(check, seconds: float = 30.0):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if (found := check()) is not None:
            return found
        time.sleep(0.02)
    return None


@pytest.mark.parametrize(("pages", "counted"), [(1, 1), (17, 17), (pdf.MAX_PAGES + 5, pdf.MAX_PAGES)])
def test_time_is_given_by_the_page_but_not_for_more_than_are_read(pages: int, counted: int):
    blank, made = pikepdf.new(), io.BytesIO()
    for _ in range(pages):
        blank.add_blank_page()
    blank.save(made)
    assert pdf.page_count(made.getvalue()) == counted


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"%PDF-1.7 and no more"])
def test_what_is_no_pdf_has_no_pages(data: bytes):
    assert pdf.page_count(data) == 0
