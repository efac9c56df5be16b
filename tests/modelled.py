"""The service with a language model: the double of either vendor, named by the settings."""

from collections.abc import Iterator

import pytest

from cvstudio.clients import llm
from cvstudio.domain import engines
from tests.conftest import Configure
from tests.language_model import KEY, Model, language_model

NAMES = {"openai": "gpt-5-mini", "gemini": "gemini-3-pro-preview"}


@pytest.fixture(scope="module", params=["openai", "gemini"])
def vendor(request: pytest.FixtureRequest) -> Iterator[tuple[str, Model]]:
    with language_model() as double:
        yield request.param, double
        llm.close()


@pytest.fixture
def model(vendor: tuple[str, Model], configure: Configure, monkeypatch: pytest.MonkeyPatch) -> Iterator[Model]:
    """Honest and awake; its clients stay from test to test, what happened to them does not."""
    engine, double = vendor
    double.reset()
    monkeypatch.setattr(llm, "sleep", lambda seconds: None)
    configure(
        text_engine=engine,
        openai_api_key=KEY,
        gemini_api_key=KEY,
        openai_base_url=f"{double.url}/v1",
        gemini_base_url=double.url,
    )
    engines.forget()
    yield double
    engines.forget()
