"""The PDF: ours against a bare `set_content` + `page.pdf()`, a cold launch, and itself a second time."""

from __future__ import annotations

import itertools
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import perf_counter

import psutil
import pypdfium2
from playwright.sync_api import BrowserContext, Playwright, sync_playwright

from bench import sample
from bench.figures import Row, Times, at_least, below, interleaved, row
from cvstudio import db, render
from cvstudio.document import Document
from cvstudio.domain import files
from cvstudio.render.chromium import Chromium, fingerprint

RUNS = 60
IN_A_ROW = 6  # as a busy worker prints: one after the other
COLD_EVERY = 6
BATCH = 200
PDF = {"tagged": True, "outline": True, "prefer_css_page_size": True, "print_background": True}
LONG = {
    "work": [{"name": f"n{n}", "position": "p", "startDate": "2020-03", "highlights": ["h"] * 4} for n in range(200)]
}
FLAGS = ["--disable-background-networking", "--disable-gpu"]


def measure(executable: Path, fontconfig: Path) -> tuple[list[Row], Times]:
    """The rows, and the times of our whole path for others to be compared with."""
    cv = sample.document(0)
    with (
        Chromium(executable, fontconfig=fontconfig, pages=2) as pool,
        sync_playwright() as playwright,
    ):
        pool.warm()
        launch = _launcher(playwright, executable, fontconfig)
        page = launch().new_page()

        documents = [sample.document(number) for number in range(RUNS + 2 * IN_A_ROW)]
        pages = [render.html(document) for document in documents]

        def ours(number: int) -> bytes:
            document = documents[number]
            html = render.html(document)
            return pool.pdf(html, title=render.title(document), author=document.basics.name, lang="fr")

        def bare(number: int) -> bytes:
            page.set_content(pages[number])
            return page.pdf(**PDF)

        def cold(number: int) -> None:
            if number % COLD_EVERY == 0:
                context = launch()
                fresh = context.new_page()
                fresh.set_content(pages[number])
                fresh.pdf(**PDF)
                if context.browser:
                    context.browser.close()

        sheets = len(pypdfium2.PdfDocument(ours(0)))
        found = interleaved({"ours": ours, "bare": bare, "cold": cold}, RUNS, in_a_row=IN_A_ROW)
        found["cold"] = Times([time for time in found["cold"].runs if time > 1])
        composed = interleaved({"html": lambda _: render.html(cv)}, 200)["html"]
        loaded = interleaved({"load": lambda _: Document.load(LONG)}, 50)["load"]
        stored, again = _repeat(pool)
        rate, memory = _throughput(pool)

    warm, plain = found["ours"].p50, found["bare"].p50
    rows = [
        row(f"our whole path, {sheets} pages, tagged: document → HTML → finished PDF", found["ours"]),
        row("bare set_content + page.pdf() on a warm page (Playwright)", found["bare"]),
        row("cold launch, one PDF, close (Playwright)", found["cold"]),
        below("ours / bare", warm / plain, 1.2),
        at_least("cold launch / ours", found["cold"].p50 / warm, 8),
        below("the same content again: key, look-up, read", stored.p50, 2, "ms", f"   p95 {stored.p95:.2f} ms"),
        row("… composing its HTML first, to know the key", again),
        below("render.html", composed.p50, 3, "ms", f"   p95 {composed.p95:.2f} ms"),
        below("loading a document of 200 jobs", loaded.p50, 20, "ms", f"   p95 {loaded.p95:.2f} ms"),
        Row(f"throughput, 2 threads, {BATCH} different CVs", f"{rate:.1f} PDF/s"),
        Row("peak memory: this process + browser and its children", memory),
    ]
    return rows, found["ours"]


def _launcher(playwright: Playwright, executable: Path, fontconfig: Path):
    environment = {**os.environ, "FONTCONFIG_FILE": str(fontconfig)}
    flags = [*FLAGS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]

    def launch() -> BrowserContext:
        browser = playwright.chromium.launch(executable_path=executable, args=flags, env=environment)
        context = browser.new_context(java_script_enabled=False)
        context.route("**/*", lambda route: route.abort())
        return context

    return launch


def _repeat(pool: Chromium) -> tuple[Times, Times]:
    """Asked again for a file that was made: from the store, and with all that leads there."""
    document = sample.document(0)
    renderer = fingerprint(pool.version, "fonts")
    html = render.html(document)
    data = pool.pdf(html, title=render.title(document), author=document.basics.name, lang="fr")
    db.migrate()
    with db.session() as session:
        files.put(session, files.key("pdf", html, renderer), data, "application/pdf")

    def stored(page: str) -> None:
        with db.session(write=False) as session:
            found = files.find(session, files.key("pdf", page, renderer))
            assert found
            assert found.read_bytes() == data

    found = interleaved({"stored": lambda _: stored(html), "again": lambda _: stored(render.html(document))}, 200)
    return found["stored"], found["again"]


def _throughput(pool: Chromium) -> tuple[float, str]:
    pages = [sample.html(number) for number in range(BATCH)]
    counter = itertools.count()
    own, browser = psutil.Process(), psutil.Process(pool.process)
    peak = [0, 0]

    def one(html: str) -> int:
        if next(counter) % 20 == 0:
            there = [browser, *browser.children(recursive=True)]
            now = [_resident([own]), _resident(there)]
            peak[:] = max(peak, now, key=sum)
        return len(pool.pdf(html, title="t", author="a", lang="fr"))

    started = perf_counter()
    with ThreadPoolExecutor(2) as threads:
        assert all(threads.map(one, pages))
    rate = BATCH / (perf_counter() - started)
    return rate, f"{peak[0]} MB + {peak[1]} MB"


def _resident(processes: list[psutil.Process]) -> int:
    """Megabytes, pages shared between processes counted once."""
    total = 0
    for process in processes:
        try:
            total += process.memory_full_info().pss
        except psutil.NoSuchProcess:
            continue
    return total >> 20
