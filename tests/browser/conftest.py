"""One running application for all browser tests of a session, and a browser to visit it with."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from cvstudio.config import settings
from cvstudio.render import browser_setup
from tests.running import Running, running

# How fast things are is measured in bench/; here they have to come, also where others use the machine.
expect.set_options(timeout=20_000)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Web and worker on an empty database, at `site.url`."""
    with running(tmp_path_factory.mktemp("site") / "data") as app:
        yield app


@pytest.fixture(scope="session")
def launching() -> dict[str, Any]:
    """What Playwright needs to launch the headless shell that was found."""
    arguments = ["--disable-gpu", "--disable-background-networking", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    return {
        "executable_path": browser_setup.find(settings().chromium_path, settings().data_dir),
        "args": arguments,
    }


# By module, not by session: only one Playwright may be open at a time.
@pytest.fixture(scope="module")
def browser(launching: dict[str, Any]) -> Iterator[Browser]:
    """The headless shell; `browser.new_page()` is a visitor of its own."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(**launching)
        yield chromium
        chromium.close()
