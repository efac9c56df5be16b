"""One running application for all browser tests of a session."""

from collections.abc import Iterator

import pytest

from tests.running import Running, running


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Web and worker on an empty database, at `site.url`."""
    with running(tmp_path_factory.mktemp("site") / "data") as app:
        yield app
