"""One warm Chromium for all rendering tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cvstudio.config import settings
from cvstudio.render import browser_setup, fonts
from cvstudio.render.chromium import Chromium

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def executable() -> Path:
    """The Chromium that `make setup` found or installed."""
    return browser_setup.find(settings().chromium_path, ROOT / "data")


@pytest.fixture(scope="session")
def fontconfig(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fonts.write_config(tmp_path_factory.mktemp("fontconfig"))


@pytest.fixture(scope="session")
def chromium(executable: Path, fontconfig: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    with Chromium(executable, fontconfig=fontconfig, temp=tmp_path_factory.mktemp("chromium")) as pool:
        yield pool
