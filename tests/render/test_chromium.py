"""The pool under load, under attack, and after every way a browser can fail."""

import base64
import contextlib
import io
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
from PIL import Image

from cvstudio.render import chromium as pool_module
from cvstudio.render.cdp import Browser, BrowserGone, Page, sweep
from cvstudio.render.chromium import BrowserUnavailable, Chromium, RenderFailed, RenderTimeout, fingerprint
from cvstudio.render.html import POLICY

CSP = f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
STYLE = "@page{size:A4;margin:15mm}body{font:11pt Lato;font-variant-ligatures:none}"


def page(body: str, head: str = CSP, lang: str = "fr") -> str:
    return (
        f'<!DOCTYPE html><html lang="{lang}"><head>{head}<title>t</title>'
        f"<style>{STYLE}</style></head><body>{body}</body></html>"
    )


def text(data: bytes) -> str:
    document = pypdfium2.PdfDocument(data)
    try:
        return "\n".join(sheet.get_textpage().get_text_range() for sheet in document)
    finally:
        document.close()


def printed(pool: Chromium, html: str, **options: float) -> bytes:
    return pool.pdf(html, title="Zoé Martin – Ingénieure", author="Zoé Martin", lang="fr", **options)


def until(condition: Callable[[], bool], seconds: float = 15) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def group(*leaders: int) -> list[int]:
    """Processes, zombies apart, of these process groups: a browser leads one."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, _, leader = stat.read_text().rpartition(")")[2].split()[:3]
            if int(leader) in leaders and state != "Z":
                found.append(int(stat.parent.name))
    return found


@pytest.fixture
def make(
    executable: Path, fontconfig: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Chromium]]:
    """Pools of this test alone, their files under tmp_path/temp; that nothing is left of them is checked."""
    pools = []
    started = []
    spawn = os.posix_spawn

    def recorded(*arguments: Any, **options: Any) -> int:
        started.append(spawn(*arguments, **options))
        return started[-1]

    monkeypatch.setattr(os, "posix_spawn", recorded)

    def build(**options: object) -> Chromium:
        pools.append(Chromium(executable, fontconfig=fontconfig, temp=tmp_path / "temp", **options))  # type: ignore[arg-type]
        return pools[-1]

    yield build
    for pool in pools:
        pool.close()
    # One that was replaced is cleaned up after in its own time.
    assert until(lambda: not group(*started) and not list((tmp_path / "temp").glob("*")), seconds=5)


def test_a_document_prints_tagged_outlined_and_named(chromium: Chromium) -> None:
    data = printed(chromium, page("<h1>Zoé Martin</h1><h2>Expérience</h2><p>Efficient <b>team</b> <i>lead</i></p>"))
    with pikepdf.open(io.BytesIO(data)) as document:
        assert document.Root.MarkInfo.Marked
        assert document.Root.StructTreeRoot
        assert str(document.Root.Lang) == "fr"
        assert document.Root.ViewerPreferences.DisplayDocTitle
        assert str(document.docinfo.Title) == "Zoé Martin – Ingénieure"
        with document.open_outline() as outline:
            assert [item.title for item in outline.root] == ["Zoé Martin"]
    assert "Efficient team lead" in text(data)
    assert b"/Type3" not in data


def test_equal_input_gives_equal_bytes_whatever_was_printed_before(
    chromium: Chromium, make: Callable[..., Chromium]
) -> None:
    html = page("<h1>Zoé</h1><ul><li>un<li>deux</ul><table><tr><td>a<td>b</table><a href='https://a.example'>a</a>")
    first = printed(chromium, html)
    for other in ("<p>autre", "<h1>B</h1>" * 80):
        printed(chromium, page(other))
        assert printed(chromium, html) == first
    assert printed(make(), html) == first


def test_nothing_of_one_document_is_in_the_next(make: Callable[..., Chromium]) -> None:
    pool = make(pages=1)
    clean = page("<h1>Blanche Durand</h1><p>Comptable")
    expected = printed(pool, clean)
    for body, head in [
        ("<h1>SECRET</h1><style>*{color:red!important;display:block}@page{margin:60mm}</style>", CSP),
        ("<p>SECRET", "<base href='http://127.0.0.1:9/'><meta name=referrer content=origin>" + CSP),
        ("<p>SECRET", "<meta http-equiv=Content-Security-Policy content=\"style-src 'none'\">"),
        ("<p>SECRET", "<META HTTP-EQUIV='refresh' content='0;url=about:blank'>"),
        ("<p>SECRET", "<meta http-equiv=refresh content='0.05;url=about:blank'>"),
        ("<p>SECRET", "<meta http-equiv=refresh content='0.05;url=http://127.0.0.1:9/'>"),
        ("<p>SECRET", "<meta http-equiv=refresh content='0.05;url=data:text/html,SECRET'>"),
        ("<p>SECRET<frameset><frame src='about:blank'>", CSP),
        ("<p>SECRET<plaintext>", CSP),
        ("<p>SECRET<dialog open popover>x</dialog><input autofocus value=SECRET>", CSP),
    ]:
        with contextlib.suppress(RenderFailed):  # one that navigates itself away has no pages
            printed(pool, page(body, head))
        assert printed(pool, clean) == expected


def test_a_page_is_emptied_now_and_then_so_that_policies_do_not_add_up(
    make: Callable[..., Chromium], monkeypatch: pytest.MonkeyPatch
) -> None:
    pool = make(pages=1)
    html = page("<h1>Blanche Durand</h1>", CSP)
    expected = printed(pool, html)
    sent: list[tuple[Page, str]] = []
    load = Page._load

    def loading(self: Page, method: str, *rest: Any) -> None:
        sent.append((self, method))
        load(self, method, *rest)

    monkeypatch.setattr(Page, "_load", loading)
    assert {printed(pool, html) for _ in range(40)} == {expected}
    assert [method for _, method in sent].count("Page.navigate") == 2
    assert len({page for page, _ in sent}) == 1  # emptied, not replaced


def test_nothing_is_left_after_an_error(make: Callable[..., Chromium]) -> None:
    pool = make(pages=1)
    clean = page("<h1>Blanche Durand</h1>")
    expected = printed(pool, clean)
    with pytest.raises(RenderTimeout):
        printed(pool, page("<p>SECRET" * 200_000), timeout=0.1)
    assert printed(pool, clean) == expected


class Canary:
    """A loopback server that counts whoever knocks, even without a word."""

    def __init__(self) -> None:
        self.seen: list[bytes] = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                caller, _ = self._socket.accept()
                caller.settimeout(0.2)
                with contextlib.suppress(OSError), caller:
                    self.seen.append(caller.recv(200))

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def canary() -> Iterator[Canary]:
    server = Canary()
    yield server
    server.close()


def hostile(port: int) -> str:
    """A document that calls out in every way we know."""
    return (Path(__file__).parent / "hostile.html").read_text().replace("AT", f"http://127.0.0.1:{port}")


def test_a_hostile_document_reaches_nobody_and_keeps_its_text(chromium: Chromium, canary: Canary) -> None:
    found = text(printed(chromium, hostile(canary.port)))
    assert "Intact" in found
    assert "cell" in found
    refresh = f"<meta http-equiv=refresh content='0;url=http://127.0.0.1:{canary.port}/refresh'>"
    assert "Stays" in text(printed(chromium, page("<p>Stays", refresh)))
    printed(chromium, page("<p>later"))
    assert canary.seen == []


def test_the_canary_sings_when_the_bars_are_down(executable: Path, canary: Canary, tmp_path: Path) -> None:
    """The test above proves something only if this very document would call out."""
    file = tmp_path / "hostile.html"
    file.write_text(hostile(canary.port))
    subprocess.run(
        [
            executable,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            f"--user-data-dir={tmp_path}/home",
            f"--print-to-pdf={tmp_path}/out.pdf",
            file.as_uri(),
        ],
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert len(canary.seen) > 10


@pytest.mark.parametrize(
    "html",
    [
        "<p>Bare",
        "  \n<!DOCTYPE html><p>Bare",
        "<html><body>Bare",
        "<!-- <head> --><p>Bare",
        "<!doctype html><!-- > --><p>Bare\ud800\0</p>",
    ],
)
def test_our_policy_comes_before_anything_a_document_says(chromium: Chromium, canary: Canary, html: str) -> None:
    assert "Bare" in text(printed(chromium, html + f"<img src='http://127.0.0.1:{canary.port}/'>"))
    assert canary.seen == []


def test_a_photo_is_printed(chromium: Chromium) -> None:
    for shade in range(8):  # never seen before, so not from a cache
        out = io.BytesIO()
        Image.effect_noise((400, 400), 20 + shade).convert("RGB").save(out, "JPEG")
        source = "data:image/jpeg;base64," + base64.b64encode(out.getvalue()).decode()
        assert printed(chromium, page(f'<img alt="" src="{source}"><p>p')).count(b"/Subtype /Image") == 1


def test_many_threads_share_it(chromium: Chromium) -> None:
    def job(number: int) -> bool:
        found = text(printed(chromium, page(f"<h1>Personne {number}.</h1>" + "<p>mot " * (number % 7) * 40)))
        return re.findall(r"Personne (\d+)\.", found) == [str(number)]

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(job, range(60)))


def test_a_hang_is_cut_short_and_the_browser_replaced(make: Callable[..., Chromium]) -> None:
    pool = make(timeout=1.0)
    pool.warm()
    first = pool.process
    os.killpg(first, signal.SIGSTOP)
    started = time.monotonic()
    with pytest.raises(RenderTimeout) as caught:
        printed(pool, page("<p>x"))
    assert time.monotonic() - started >= 0.9
    assert "arrêtée" in caught.value.message("fr")
    assert "après" in text(printed(pool, page("<p>après"), timeout=20))
    assert until(lambda: not group(first))


def test_a_hang_with_a_document_larger_than_the_pipe_is_cut_short_too(make: Callable[..., Chromium]) -> None:
    pool = make(timeout=1.0)
    pool.warm()
    os.killpg(pool.process, signal.SIGSTOP)
    with pytest.raises(RenderTimeout):
        printed(pool, page("<p>x" * 1_000_000))


@pytest.mark.parametrize("victim", ["--type=renderer", "--remote-debugging-pipe"])
def test_a_crash_under_a_render_is_not_noticed(make: Callable[..., Chromium], victim: str) -> None:
    pool = make()
    pool.warm()
    body = page("<p>vivant</p>" + "<p>texte " * 2_000)
    with ThreadPoolExecutor(2) as threads:
        renders = [threads.submit(printed, pool, body) for _ in range(2)]
        killed = 0
        for process in group(pool.process):
            with contextlib.suppress(OSError):
                if victim.encode() in Path(f"/proc/{process}/cmdline").read_bytes():
                    os.kill(process, signal.SIGKILL)
                    killed += 1
        assert killed
        assert all(render.result(60).startswith(b"%PDF") for render in renders)
    assert "vivant" in text(printed(pool, page("<p>vivant")))


def test_a_browser_that_ends_while_a_page_waits_for_its_event_is_noticed_at_once(
    make: Callable[..., Chromium], monkeypatch: pytest.MonkeyPatch
) -> None:
    pool = make()
    pool.warm()
    victims = [pool.process]
    call = Page._call

    def dying(self: Page, method: str, *rest: Any) -> dict[str, Any]:
        if method == "Page.setDocumentContent" and victims:
            os.killpg(victims.pop(), signal.SIGKILL)
            return {}  # as if the answer had come just before
        return call(self, method, *rest)

    monkeypatch.setattr(Page, "_call", dying)
    assert "vivant" in text(printed(pool, page("<p>vivant")))


def test_a_document_that_always_kills_its_page_is_an_error_not_a_loop(
    make: Callable[..., Chromium], monkeypatch: pytest.MonkeyPatch
) -> None:
    pool = make(pages=1)
    real = Page.pdf
    tries = []

    def crash(self: Page, html: str, *, deadline: float) -> bytes:
        if "poison" not in html:
            return real(self, html, deadline=deadline)
        tries.append(html)
        self.browser.send("Page.crash", session=self._session, deadline=deadline)
        return real(self, html, deadline=deadline)

    monkeypatch.setattr(Page, "pdf", crash)
    with pytest.raises(RenderFailed):
        printed(pool, page("<p>poison"))
    assert len(tries) == 2
    assert "bien" in text(printed(pool, page("<p>bien")))


def test_it_is_renewed_after_enough_documents_without_a_pause(make: Callable[..., Chromium], tmp_path: Path) -> None:
    pool = make(recycle_after=5)
    with ThreadPoolExecutor(3) as threads:
        assert all(threads.map(lambda _: printed(pool, page("<p>x")).startswith(b"%PDF"), range(40)))
    first = pool.process
    for _ in range(6):
        printed(pool, page("<p>x"))
    assert until(lambda: pool.process != first)
    assert until(lambda: len(list((tmp_path / "temp").iterdir())) == 1)


def test_it_is_renewed_when_it_grows(make: Callable[..., Chromium], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool_module, "_WEIGH_EVERY", 2)
    weights = iter([100, 150, 300])
    monkeypatch.setattr(Browser, "memory", lambda self: next(weights, 100))
    pool = make(growth=100)
    pool.warm()
    first = pool.process
    for _ in range(6):
        printed(pool, page("<p>x"))
    assert until(lambda: pool.process != first)


def test_its_memory_can_be_read(chromium: Chromium) -> None:
    chromium.warm()
    assert 50_000_000 < chromium.memory() < 2_000_000_000


def test_after_close_nothing_is_left_and_nothing_starts(make: Callable[..., Chromium], tmp_path: Path) -> None:
    pool = make()
    printed(pool, page("<p>x"))
    first = pool.process
    assert len(group(first)) > 2
    pool.close()
    pool.close()
    assert not group(first)
    assert not list((tmp_path / "temp").iterdir())
    with pytest.raises(BrowserUnavailable):
        printed(pool, page("<p>x"))


def test_file_descriptors_and_threads_do_not_grow(make: Callable[..., Chromium]) -> None:
    def count() -> tuple[int, int]:
        return len(list(Path("/proc/self/fd").iterdir())), threading.active_count()

    before = count()
    for _ in range(3):
        pool = make()
        printed(pool, page("<p>x"))
        pool.close()
    assert until(lambda: count() <= before)


def test_a_browser_that_does_not_start_says_why(tmp_path: Path) -> None:
    broken, confined = tmp_path / "broken", tmp_path / "confined"
    broken.write_text("#!/bin/sh\necho 'error while loading shared libraries: libnss3.so' >&2\nexit 127\n")
    confined.write_text("#!/bin/sh\necho '[1:ERROR:zygote_host_impl_linux.cc] No usable sandbox! If' >&2\nexit 1\n")
    for script in (broken, confined):
        script.chmod(0o755)
    reasons = ((broken, "libnss3.so"), (confined, "user namespaces"), (tmp_path / "missing", "No such file"))
    for path, reason in reasons:
        pool = Chromium(path, temp=tmp_path / "temp")
        with pytest.raises(BrowserUnavailable, match=reason):
            pool.warm()
        pool.close()
    assert not list((tmp_path / "temp").iterdir())


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_killed_with_its_owner_it_ends_and_its_folder_is_swept(
    executable: Path, fontconfig: Path, tmp_path: Path, how: signal.Signals
) -> None:
    temp = tmp_path / "temp"
    script = (
        "import sys, pathlib, time\nfrom cvstudio.render.chromium import Chromium\n"
        "paths = [pathlib.Path(a) for a in sys.argv[1:]]\n"
        "pool = Chromium(paths[0], fontconfig=paths[1], temp=paths[2])\n"
        "pool.warm()\nprint(pool.process, flush=True)\ntime.sleep(60)\n"
    )
    owner = subprocess.Popen(
        [sys.executable, "-c", script, executable, fontconfig, temp],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).resolve().parents[2],
    )
    with owner:
        assert owner.stdout
        leader = int(owner.stdout.readline())
        assert group(leader)
        owner.send_signal(how)
        owner.wait(10)
    assert until(lambda: not group(leader))
    for home in temp.iterdir():
        os.utime(home, (0, 0))
    sweep(temp)
    assert not list(temp.iterdir())


def test_a_living_browsers_folder_is_not_swept(make: Callable[..., Chromium], tmp_path: Path) -> None:
    pool = make()
    pool.warm()
    for home in (tmp_path / "temp").iterdir():
        os.utime(home, (0, 0))
    sweep(tmp_path / "temp")
    assert len(list((tmp_path / "temp").iterdir())) == 1


def test_a_forked_child_does_not_end_its_parents_browser(make: Callable[..., Chromium]) -> None:
    pool = make()
    pool.warm()
    child = os.fork()
    if child == 0:
        with contextlib.suppress(BrowserGone):
            pool._browser.close()  # type: ignore[union-attr]
        os._exit(0)
    os.waitpid(child, 0)
    assert "là" in text(printed(pool, page("<p>là")))


def test_the_browser_gets_nothing_of_our_environment(
    make: Callable[..., Chromium], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CVSTUDIO_SECRET_KEY", "très secret")
    pool = make()
    pool.warm()
    assert b"SECRET" not in Path(f"/proc/{pool.process}/environ").read_bytes()


def test_the_fingerprint_names_all_that_decides_the_bytes(chromium: Chromium) -> None:
    assert re.fullmatch(r"chromium-\d+(\.\d+)+/pdf-\d+/fonts-1", fingerprint(chromium.version, "fonts-1"))
