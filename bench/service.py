"""The real thing, web and worker: POST → done, memory under load, and a key pressed → the preview drawn."""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx2
import psutil
from playwright.async_api import Page, async_playwright

from bench import accounts
from bench.figures import Row, Times, below, row
from tests.running import Running, running

JOBS = 40
WARM_UP = 5
KEYS = 60
SAMPLE = "button.way:has(svg.lucide-book-open-text):visible"  # "start from the sample"
EDITED = 'input[autocomplete="organization-title"]:visible'


def measure(executable: Path) -> list[Row]:
    with tempfile.TemporaryDirectory(prefix="cvstudio-bench-") as scratch, running(Path(scratch) / "data") as app:
        made, memory = _jobs(app, accounts.signed_in(app))
        signing = accounts.measure(app)
        keys = asyncio.run(_keys(app, executable))
    return [
        row("POST /api/cv/jobs → done (polled every 5 ms)", made),
        below("POST /api/cv/jobs → done, p50", made.p50, 120, "ms"),
        Row("peak memory of the worker, its browser included", memory),
        row("key pressed → preview drawn, in a browser", keys),
        below("key pressed → preview drawn, p95", keys.p95, 50, "ms"),
        *signing,
    ]


def _form(number: int) -> dict[str, Any]:
    """Two pages, and never the same twice."""
    work = {
        "company": "Ormeau Distribution",
        "position": "Responsable logistique",
        "start_date": "Janv. 2018",
        "end_date": "Présent",
        "achievements": [
            f"Taux de service passé de 94 % à 98 % en dix-huit mois, sur {n} quais de chargement" for n in range(6)
        ],
    }
    return {
        "template_id": "modern",
        "data": {
            "first_name": "Claire",
            "last_name": f"Delaunay-{number}",
            "title": "Responsable logistique",
            "email": "claire@example.org",
            "phone": "06 39 98 00 00",
            "location": "Nantes",
            "summary": "Quinze ans de plateformes logistiques, de la préparation au transport.",
            "experiences": [work] * 5,
            "education": [{"school": "IAE de Nantes", "degree": "Master", "year": "2015"}],
            "skills": ["Transport", "Froid", "WMS", "Lean"],
        },
    }


def _jobs(app: Running, access: str) -> tuple[Times, str]:
    times = Times()
    peak = 0
    with httpx2.Client(base_url=app.url, headers={"Authorization": f"Bearer {access}"}) as client:
        for number in range(-WARM_UP, JOBS):
            started = time.perf_counter()
            answer = client.post("/api/cv/jobs", json=_form(number)).raise_for_status().json()
            while answer["status"] not in {"done", "failed"}:
                time.sleep(0.005)
                answer = client.get(f"/api/cv/jobs/{answer['job_id']}").raise_for_status().json()
            took = (time.perf_counter() - started) * 1000
            if answer["status"] == "failed":
                raise RuntimeError(answer["error"])
            if number >= 0:
                times.runs.append(took)
                peak = max(peak, _worker_memory(app))
    return times, f"{peak} MB"


def _worker_memory(app: Running) -> int:
    """Megabytes, pages shared between processes counted once."""
    family = psutil.Process(app.process.pid).children(recursive=True)
    workers = [process for process in family if "cvstudio.worker" in process.cmdline()]
    total = 0
    for process in {p for worker in workers for p in (worker, *worker.children(recursive=True))}:
        total += process.memory_full_info().pss
    return total >> 20


async def _keys(app: Running, executable: Path) -> Times:
    """From the key going down in the field to the frame saying that it drew."""
    flags = ["--disable-gpu", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable, args=flags)
        page = await browser.new_page(viewport={"width": 1440, "height": 900})
        await page.goto(f"{app.url}/generate")
        await page.locator(SAMPLE).first.click()
        field = page.locator(EDITED).first
        await field.wait_for()
        await page.wait_for_function("document.querySelector('iframe')?.contentDocument?.querySelector('.cv-sheet')")
        await field.focus()
        times = Times()
        for number in range(-WARM_UP, KEYS):
            took = await _one_key(page, "abcdefgh"[number % 8])
            if number >= 0:
                times.runs.append(took)
            await page.wait_for_timeout(60)  # as fast as people type
        await browser.close()
        return times


async def _one_key(page: Page, key: str) -> float:
    await page.evaluate(
        """() => {
          let pressed = 0;
          document.addEventListener("keydown", () => { pressed = performance.now() }, { once: true, capture: true });
          window.took = new Promise((done) => {
            const seen = (event) => {
              if (event.data?.type !== "cv:drawn" || !pressed) return;
              removeEventListener("message", seen);
              done(performance.now() - pressed);
            };
            addEventListener("message", seen);
          });
        }"""
    )
    await page.keyboard.press(key)
    return float(await page.evaluate("window.took"))
