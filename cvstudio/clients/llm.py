"""Language models: a prompt and a schema go in, an object of that schema comes out, or a reason why not.

OpenAI's Responses API and Gemini's generateContent, by their own SDKs. Both wait through one HTTP client of ours, so
the same limits hold: connecting, a whole call with its retries, and what a wait that the service asks for may last.
"""

import os
import random
import re
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from time import monotonic, sleep
from typing import Any, ClassVar, Generic, Literal, NamedTuple, TypeVar

import structlog
from pydantic import BaseModel, ValidationError

from cvstudio.config import settings
from cvstudio.errors import Unavailable

MAX_OUTPUT = 16_000  # tokens, thoughts included: several times what the longest answer needs
MAX_WAIT_SECONDS = 10.0  # who asks us to wait longer is not asked again
FIRST_WAIT_SECONDS = 0.5  # doubled with each try
OVERLOADED = frozenset({408, 429, 500, 502, 503, 504, 529})  # statuses that asking again may cure

# silent: no answer, or none in time. busy: 429. broken: 5xx. barred: the key, model or account will not do.
# rejected: the question will not. refused: the model would not. cut: it ended early. invalid: not of the schema.
Reason = Literal["silent", "busy", "broken", "barred", "rejected", "refused", "cut", "invalid"]
AWAY: frozenset[Reason] = frozenset({"silent", "busy", "broken", "barred"})  # the service; not what it said

Schema = TypeVar("Schema", bound=BaseModel)
_until: ContextVar[float] = ContextVar("until")  # by monotonic(): the end of the call

log = structlog.get_logger(__name__)


class Usage(NamedTuple):
    """What is paid for, in tokens; thoughts count as output."""

    tokens_in: int = 0
    tokens_out: int = 0


@dataclass(frozen=True)
class Reply(Generic[Schema]):
    parsed: Schema
    usage: Usage
    model: str
    ms: int


class ModelFailed(Unavailable):
    """`detail` is for the operator, without what was asked or answered; `usage` is paid for all the same."""

    code: ClassVar[str] = "MODEL_FAILED"
    messages: ClassVar[dict[str, str]] = {
        "fr": "Le modèle de langage n’a pas donné de réponse utilisable. Réessayez dans un instant.",
        "en": "The language model gave no answer that can be used. Try again in a moment.",
    }

    def __init__(self, reason: Reason, detail: str, usage: Usage = Usage(), *, wait: float | None = None) -> None:  # noqa: B008 - it cannot change
        self.reason, self.usage, self.wait, self.ms = reason, usage, wait, 0
        super().__init__(f"{reason}: {detail}")


class _Answered(NamedTuple):
    text: str
    usage: Usage


def model() -> str | None:
    """The model that the settings name; None when they name none."""
    chosen = settings()
    return {"offline": None, "openai": chosen.openai_model, "gemini": chosen.gemini_model}[chosen.text_engine]


def ask(system: str, user: str, schema: type[Schema]) -> Reply[Schema]:
    """One question to the model of the settings; only while there is one. Raises ModelFailed."""
    chosen, name = settings(), model() or ""
    connect, call = {"openai": (_openai, _ask_openai), "gemini": (_gemini, _ask_gemini)}[chosen.text_engine]
    connect()  # the first time it loads the SDK, which is not the service's fault
    started = monotonic()
    token = _until.set(started + chosen.text_engine_timeout_seconds)
    usage = Usage()
    try:
        answered = _patiently(lambda: call(name, system, user, schema))
        usage = answered.usage
        parsed = schema.model_validate_json(answered.text)
    except ModelFailed as error:
        error.ms = _ms(started)
        raise
    except ValidationError as error:
        reason = "; ".join(sorted({str(fault["type"]) for fault in error.errors(include_input=False)}))
        failed = ModelFailed("invalid", reason[:200], usage)
        failed.ms = _ms(started)
        raise failed from None
    finally:
        _until.reset(token)
    return Reply(parsed, usage, name, _ms(started))


def _patiently(call: Callable[[], _Answered]) -> _Answered:
    """Asks again where that may help and there is time for it."""
    tries = settings().text_engine_retries
    for tried in range(tries + 1):
        try:
            return call()
        except ModelFailed as error:
            wait = error.wait
            if wait is None:
                wait = FIRST_WAIT_SECONDS * 2**tried * random.uniform(0.75, 1.25)  # noqa: S311 - so that many part ways
            too_long = wait > MAX_WAIT_SECONDS or monotonic() + wait >= _until.get()
            if error.reason not in ("silent", "busy", "broken") or tried == tries or too_long:
                raise
            log.info("llm.again", reason=error.reason, tried=tried + 1, seconds=round(wait, 1))
            sleep(wait)
    raise AssertionError  # the loop returns or raises


# ---------------------------------------------------------------------------- OpenAI


def _ask_openai(name: str, system: str, user: str, schema: type[BaseModel]) -> _Answered:
    import openai  # a second, which only a process that asks has to spend

    effort = settings().text_engine_effort
    strict: Any = openai.pydantic_function_tool(schema)["function"]  # the SDK's way to a strict schema
    try:
        # create(), not parse(): an answer that does not fit has its price, too.
        response: Any = _openai().responses.create(
            model=name,
            instructions=system,
            input=user,
            text={
                "format": {
                    "type": "json_schema",
                    "name": schema.__name__,
                    "strict": True,
                    "schema": strict["parameters"],
                }
            },
            max_output_tokens=MAX_OUTPUT,
            reasoning=openai.omit if effort == "default" else {"effort": effort},
            store=False,
        )
    except openai.APIStatusError as error:
        code = "insufficient_quota" if error.code == "insufficient_quota" else ""
        raise _turned_away(error.status_code, _wait(error.response.headers), code) from None
    except openai.APIConnectionError as error:
        raise ModelFailed("silent", type(error).__name__) from None
    except (openai.OpenAIError, ValueError, TypeError) as error:  # an answer that is no JSON
        raise ModelFailed("broken", type(error).__name__) from None
    return _read(lambda: _from_openai(response))


def _from_openai(response: Any) -> _Answered:
    usage = Usage(response.usage.input_tokens, response.usage.output_tokens) if response.usage else Usage()
    parts = [part for item in response.output if item.type == "message" for part in item.content]
    if any(part.type == "refusal" for part in parts):
        raise ModelFailed("refused", "it said so", usage)
    if response.status == "incomplete":
        why = response.incomplete_details.reason if response.incomplete_details else ""
        raise ModelFailed("refused" if why == "content_filter" else "cut", str(why)[:40], usage)
    if response.status == "failed":
        raise ModelFailed("broken", str(response.error.code if response.error else "")[:40], usage)
    return _Answered("".join(part.text for part in parts if part.type == "output_text"), usage)


@cache
def _openai() -> Any:
    import openai

    chosen = settings()
    return openai.OpenAI(
        api_key=chosen.openai_api_key,
        base_url=chosen.openai_base_url,
        http_client=_http(),
        max_retries=0,  # we count them
    )


# ---------------------------------------------------------------------------- Gemini


def _ask_gemini(name: str, system: str, user: str, schema: type[BaseModel]) -> _Answered:
    import httpx2
    from google.genai import errors, types

    effort = settings().text_engine_effort
    thinking = None if effort == "default" else types.ThinkingConfig(thinking_level=types.ThinkingLevel(effort.upper()))
    config = types.GenerateContentConfig(
        system_instruction=system,
        response_mime_type="application/json",
        response_json_schema=schema.model_json_schema(),
        max_output_tokens=MAX_OUTPUT,
        thinking_config=thinking,
    )
    try:
        response = _gemini().models.generate_content(model=name, contents=user, config=config)
    except errors.APIError as error:
        wait = None if error.response is None else _wait(error.response.headers)
        raise _turned_away(error.code, _delay(error.details) if wait is None else wait) from None
    except httpx2.HTTPError as error:
        raise ModelFailed("silent", type(error).__name__) from None
    except (ValueError, TypeError, AttributeError, KeyError) as error:  # an answer that is no JSON, or of another shape
        raise ModelFailed("broken", type(error).__name__) from None
    return _read(lambda: _from_gemini(response))


def _from_gemini(response: Any) -> _Answered:
    told = response.usage_metadata
    usage = Usage()
    if told:
        usage = Usage(
            told.prompt_token_count or 0, (told.candidates_token_count or 0) + (told.thoughts_token_count or 0)
        )
    if response.prompt_feedback and response.prompt_feedback.block_reason:
        raise ModelFailed("refused", str(response.prompt_feedback.block_reason)[:60], usage)
    if not response.candidates:
        raise ModelFailed("invalid", "no candidate", usage)
    first = response.candidates[0]
    ended = first.finish_reason.name if first.finish_reason else "STOP"
    if ended != "STOP":
        raise ModelFailed("cut" if ended == "MAX_TOKENS" else "refused", ended[:60], usage)
    parts = (first.content.parts if first.content else None) or []
    return _Answered("".join(part.text for part in parts if part.text and not part.thought), usage)


@cache
def _gemini() -> Any:
    from google import genai
    from google.genai import types

    chosen = settings()
    options = types.HttpOptions(base_url=chosen.gemini_base_url, httpx_client=_http())
    return genai.Client(api_key=chosen.gemini_api_key, vertexai=False, http_options=options)


# ---------------------------------------------------------------------------- both


def _read(reader: Callable[[], _Answered]) -> _Answered:
    """The SDKs check little of what a gateway sends."""
    try:
        return reader()
    except (AttributeError, TypeError, KeyError, IndexError) as error:
        raise ModelFailed("invalid", f"an unknown shape ({type(error).__name__})") from None


def _turned_away(status: int, wait: float | None, code: str = "") -> ModelFailed:
    if status in (400, 413, 422):
        return ModelFailed("rejected", str(status))
    if status not in OVERLOADED or code:
        return ModelFailed("barred", f"{status} {code}".strip())
    return ModelFailed("busy" if status == 429 else "broken", str(status), wait=wait)


def _wait(headers: Mapping[str, str]) -> float | None:
    """Seconds that the service asks for; a date, which neither of the two sends, is as good as nothing."""
    return _seconds(headers.get("retry-after", ""))


def _delay(body: Any) -> float | None:
    """The same where Google says it: {"error": {"details": [{"retryDelay": "12s"}]}}."""
    try:
        told = [str(each["retryDelay"]) for each in body["error"]["details"] if "retryDelay" in each]
    except (TypeError, KeyError):
        return None
    return _seconds(told[0].removesuffix("s")) if told else None


def _seconds(text: str) -> float | None:
    return float(text) if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", text) else None


@cache
def _http() -> Any:
    import httpx2

    class Timed(httpx2.SyncByteStream):
        """A body that drips for longer than the call may take is none."""

        def __init__(self, stream: Any) -> None:
            self._stream = stream

        def __iter__(self) -> Iterator[bytes]:
            for chunk in self._stream:
                if monotonic() > _until.get():
                    raise httpx2.ReadTimeout("the whole answer took too long")
                yield chunk

        def close(self) -> None:
            self._stream.close()

    def limit(request: Any) -> None:
        left = max(0.001, _until.get() - monotonic())
        request.extensions["timeout"] = {
            "connect": min(settings().text_engine_connect_seconds, left),
            "read": left,
            "write": left,
            "pool": left,
        }

    def watch(response: Any) -> None:
        response.stream = Timed(response.stream)

    return httpx2.Client(event_hooks={"request": [limit], "response": [watch]})


def _ms(started: float) -> int:
    return round((monotonic() - started) * 1000)


def close() -> None:
    """Close this process's connections; the next question opens new ones."""
    if _http.cache_info().currsize:
        _http().close()
    _forget()


def _forget() -> None:
    for kept in (_openai, _gemini, _http):
        kept.cache_clear()


# A forked child must not use the parent's connections.
os.register_at_fork(after_in_child=_forget)
