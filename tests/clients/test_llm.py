"""Both SDKs as they are, against a double that answers, fails, stalls and rambles."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest
from pydantic import BaseModel

from cvstudio import db
from cvstudio.clients import llm
from cvstudio.clients.llm import ModelFailed, Usage
from cvstudio.config import InvalidSettings
from tests.conftest import Configure
from tests.language_model import KEY, TOKENS_IN, TOKENS_OUT, Model, Turn, language_model

PAID = Usage(TOKENS_IN, TOKENS_OUT)
MODELS = {"openai": "gpt-5-mini", "gemini": "gemini-3-pro-preview"}


class Part(BaseModel):
    name: str
    level: int | None = None


class Shape(BaseModel):
    title: str
    parts: list[Part]


GOOD = json.dumps({"title": "Un", "parts": [{"name": "a", "level": 3}]})


@pytest.fixture(scope="module", params=["openai", "gemini"])
def served(request: pytest.FixtureRequest) -> Iterator[tuple[str, Model]]:
    with language_model() as double:
        yield request.param, double
        llm.close()


@pytest.fixture
def model(served: tuple[str, Model], configure: Configure) -> Model:
    """The double of one of the two, which the settings name; its clients stay from test to test."""
    engine, double = served
    double.reset()
    configure(text_engine=engine, **addresses(double.url))
    return double


def addresses(url: str, key: str = KEY) -> dict[str, str]:
    return {
        "openai_api_key": key,
        "gemini_api_key": key,
        "openai_base_url": f"{url}/v1",
        "gemini_base_url": url,
    }


@pytest.fixture
def anew() -> Iterator[None]:
    """For other keys and addresses than the clients know."""
    llm.close()
    yield
    llm.close()


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long it waited between tries, without waiting."""
    found: list[float] = []
    monkeypatch.setattr(llm, "sleep", found.append)
    return found


def ask(model: Model, *turns: Turn) -> llm.Reply[Shape]:
    model.turns = list(turns)
    return llm.ask("Be brief.", "What is it?", Shape)


def fails(model: Model, *turns: Turn) -> ModelFailed:
    with pytest.raises(ModelFailed) as caught:
        ask(model, *turns)
    return caught.value


def test_an_answer_has_the_shape_that_was_asked_for_and_its_price(model):
    reply = ask(model, Turn(GOOD))
    assert reply.parsed == Shape(title="Un", parts=[Part(name="a", level=3)])
    assert reply.usage == PAID
    (told,) = model.told
    assert (told.system, told.user) == ("Be brief.", "What is it?")
    assert reply.model == told.model == llm.model() == MODELS[told.protocol]


def test_the_schema_goes_along_and_is_strict_where_it_can_be(model):
    ask(model, Turn(GOOD))
    (told,) = model.told
    if told.protocol == "gemini":
        assert told.schema == Shape.model_json_schema()
        return
    assert told.schema["required"] == ["title", "parts"]
    part = told.schema["$defs"]["Part"]
    assert part["required"] == ["name", "level"]
    assert part["additionalProperties"] is told.schema["additionalProperties"] is False


@pytest.mark.parametrize(
    ("turn", "reason"),
    [
        (Turn(GOOD, ended="cut"), "cut"),
        (Turn(ended="refused"), "refused"),
        (Turn(ended="filtered"), "refused"),
        (Turn(GOOD[:-9]), "invalid"),
        (Turn(""), "invalid"),
        (Turn("null"), "invalid"),
        (Turn('{"title": "Un", "parts": {}}'), "invalid"),
    ],
    ids=["cut", "refused", "filtered", "truncated", "empty", "null", "other"],
)
def test_what_cannot_be_used_is_not_asked_for_again_and_paid_for(model, waits, turn, reason):
    error = fails(model, turn)
    assert (error.reason, error.usage, len(model.told), waits) == (reason, PAID, 1, [])
    assert error.reason not in llm.AWAY


@pytest.mark.parametrize("raw", [b"[]", b"null", b"{}", b"<html>", b'{"output": 3, "candidates": 4}', b'"\xff"'])
def test_a_gateway_may_answer_anything(model, waits, raw):
    assert fails(model, *[Turn(raw=raw)] * 3).reason in ("invalid", "broken")


@pytest.mark.parametrize("turn", [Turn(status=500), Turn(status=503), Turn(hangs_up=True)], ids=["500", "503", "gone"])
def test_what_may_pass_is_asked_again_ever_later(model, waits, turn):
    assert ask(model, turn, turn, Turn(GOOD)).parsed.title == "Un"
    assert len(model.told) == 3
    assert 0.3 < waits[0] < 0.7 < waits[1] < 1.4


def test_there_is_an_end_to_asking(model, waits):
    error = fails(model, *[Turn(status=500)] * 9)
    assert (error.reason, len(model.told)) == ("broken", 3)


def test_the_wait_that_the_service_asks_for_is_kept(model, waits):
    ask(
        model,
        Turn(status=429, headers={"Retry-After": "7"}),
        Turn(status=429, headers={"Retry-After": "0"}),
        Turn(GOOD),
    )
    assert waits == [7, 0]


def test_nobody_waits_longer_than_makes_sense(model, waits):
    error = fails(model, Turn(status=429, headers={"Retry-After": "61"}))
    assert (error.reason, error.wait, waits) == ("busy", 61, [])


def test_nobody_waits_beyond_the_time_for_a_call(model, waits, configure):
    configure(text_engine_timeout_seconds=4)
    assert fails(model, Turn(status=429, headers={"Retry-After": "5"})).reason == "busy"
    assert waits == []


def test_google_says_how_long_in_the_body(model, waits):
    told = {"details": [{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "3.5s"}]}
    ask(model, Turn(status=429, error=told), Turn(GOOD))
    (waited,) = waits
    if model.told[0].protocol == "gemini":
        assert waited == 3.5


@pytest.mark.parametrize(
    ("status", "reason"), [(400, "rejected"), (413, "rejected"), (403, "barred"), (404, "barred"), (302, "barred")]
)
def test_what_asking_again_does_not_mend(model, waits, status, reason):
    error = fails(model, Turn(status=status, headers={"Location": "http://127.0.0.1:9/"}))
    assert (error.reason, len(model.told), error.detail) == (reason, 1, f"{reason}: {status}")


def test_neither_key_nor_words_are_in_errors_and_logs(model, waits, capfd):
    told = {"message": f"What is it? {KEY} Be brief.", "details": [{"reason": "What is it?"}]}
    for turn in (
        Turn(status=500, error=told),
        Turn(status=403, error=told),
        Turn("What is it?", ended="cut"),
        Turn("It?"),
    ):
        error = fails(model, *[turn] * 3)
        said = f"{error} {error.detail} {error.message('en')} {''.join(capfd.readouterr())}"
        assert not [word for word in (KEY, "What", "It?", "brief") if word in said]


@pytest.mark.parametrize("effort", ["default", "low", "high"])
def test_how_hard_it_thinks_is_the_operators_choice(model, configure, effort):
    configure(text_engine_effort=effort)
    ask(model, Turn(GOOD))
    (told,) = model.told
    if told.protocol == "openai":
        assert told.body.get("reasoning") == (None if effort == "default" else {"effort": effort})
    else:
        thinking = told.body["generationConfig"].get("thinkingConfig", {})
        assert list(thinking.values()) == ([] if effort == "default" else [effort.upper()])


def test_a_key_that_is_none(model, configure, anew):
    configure(**addresses(model.url, key="wrong"))
    assert fails(model).detail == "barred: 401"


def test_an_empty_account_is_not_a_busy_service(model, waits):
    error = fails(model, *[Turn(status=429, error={"code": "insufficient_quota"})] * 3)
    assert error.reason == ("barred" if model.told[0].protocol == "openai" else "busy")


@pytest.mark.parametrize("drips", [0, 0.02], ids=["silent", "dripping"])
def test_a_call_has_an_end_also_when_bytes_keep_coming(model, configure, drips):
    configure(text_engine_timeout_seconds=0.3)
    turn = Turn("x" * 10_000, drips=drips) if drips else Turn(GOOD, waits_for=(held := threading.Event()))
    assert fails(model, turn).reason == "silent"  # else it would come to an end after 200 seconds, or 30
    if not drips:
        held.set()


def test_nobody_at_the_address(model, waits, configure, anew):
    configure(**addresses("http://127.0.0.1:9"))
    assert fails(model).reason == "silent"
    assert len(waits) == 2


def test_without_a_model_there_is_none(configure):
    configure()
    assert llm.model() is None


@pytest.mark.parametrize("engine", ["openai", "gemini"])
def test_an_engine_needs_its_key(configure, engine):
    with pytest.raises(InvalidSettings, match=f"CVSTUDIO_{engine.upper()}_API_KEY"):
        configure(text_engine=engine)


def test_starting_does_not_load_the_sdks():
    program = """
import sys
from cvstudio.clients import llm
print({"openai", "google.genai"} & {*sys.modules})
"""
    found = subprocess.run([sys.executable, "-c", program], cwd=db.ROOT, capture_output=True, text=True, check=True)
    assert found.stdout.splitlines()[-1] == "set()"
