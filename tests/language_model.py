"""A double of OpenAI and Gemini on loopback: it answers both protocols, honestly or in the ways that models fail."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cvstudio.tailoring.engine import Question

KEY = "a key of theirs"
TOKENS_IN, TOKENS_OUT = 1_000, 200


@dataclass(frozen=True)
class Told:
    """A question as it came: what each protocol calls otherwise is one here."""

    protocol: str  # openai, gemini
    model: str
    system: str
    user: str
    schema: dict[str, Any]
    body: dict[str, Any]

    @property
    def question(self) -> Question:
        facts, _, offer = self.user.partition("\n\n<offer-")
        return Question.model_validate({**json.loads(facts), "offer": offer.partition("\n")[2].rpartition("\n")[0]})


@dataclass(frozen=True)
class Turn:
    """How it answers once: with a text, or not."""

    text: str = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    error: dict[str, Any] = field(default_factory=dict)
    ended: str = "stop"  # stop, cut, filtered, refused
    raw: bytes | None = None  # in place of all that
    drips: float = 0  # seconds between the bytes of the answer
    hangs_up: bool = False
    waits_for: threading.Event | None = None


Speech = Callable[[Question], dict[str, Any]]


def honest(question: Question) -> dict[str, Any]:
    """Every line in the person's own words, in another order where that is easy to see."""
    return phrased(question, lambda text: text)


def phrased(question: Question, say: Callable[[str], str]) -> dict[str, Any]:
    return {
        "lines": [
            {"id": line.id, "text": say(line.text), "fact_ids": [fact.id for fact in line.facts]}
            for line in question.lines
        ],
        "pitch": " ".join(say(fact.text) for fact in question.pitch_facts),
        "pitch_fact_ids": [fact.id for fact in question.pitch_facts],
    }


@dataclass
class Model:
    url: str = ""
    speech: Speech = honest
    turns: list[Turn] = field(default_factory=list)  # before it speaks again
    told: list[Told] = field(default_factory=list)
    at_once: int = 0  # the most questions it ever had at a time
    _now: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def reset(self) -> None:
        """Honest, and nothing was asked yet."""
        self.speech, self.turns, self.told, self.at_once = honest, [], [], 0

    def hear(self, path: str, headers: dict[str, str], body: dict[str, Any]) -> Turn:
        told = _openai_told(body) if path == "/v1/responses" else _gemini_told(path, body)
        given = headers.get("authorization", "").removeprefix("Bearer ") or headers.get("x-goog-api-key")
        if given != KEY:
            return Turn(status=401, error={"message": "no such key", "code": "invalid_api_key"})
        with self._lock:
            self.told.append(told)
            turn = self.turns.pop(0) if self.turns else None
        return turn or Turn(json.dumps(self.speech(told.question)))

    def enter(self, step: int) -> None:
        with self._lock:
            self._now += step
            self.at_once = max(self.at_once, self._now)


def _openai_told(body: dict[str, Any]) -> Told:
    form = body["text"]["format"]
    assert (form["type"], form["strict"], body["store"]) == ("json_schema", True, False)
    return Told("openai", body["model"], body["instructions"], body["input"], form["schema"], body)


def _gemini_told(path: str, body: dict[str, Any]) -> Told:
    model, _, verb = path.rpartition("/")[2].partition(":")
    assert verb == "generateContent", path
    config = body["generationConfig"]
    assert config["responseMimeType"] == "application/json"
    system = "".join(part["text"] for part in body["systemInstruction"]["parts"])
    user = "".join(part["text"] for content in body["contents"] for part in content["parts"])
    return Told("gemini", model, system, user, config["responseJsonSchema"], body)


def _openai(turn: Turn) -> dict[str, Any]:
    if turn.status != 200:
        return {"error": turn.error}
    part = {"type": "output_text", "text": turn.text, "annotations": []}
    if turn.ended == "refused":
        part = {"type": "refusal", "refusal": "I cannot help with that."}
    why = {"cut": "max_output_tokens", "filtered": "content_filter"}.get(turn.ended)
    return {
        "id": "resp_1",
        "object": "response",
        "status": "incomplete" if why else "completed",
        "incomplete_details": {"reason": why} if why else None,
        "output": [
            {"type": "reasoning", "id": "rs_1", "summary": []},
            {"type": "message", "id": "msg_1", "role": "assistant", "status": "completed", "content": [part]},
        ],
        "usage": {
            "input_tokens": TOKENS_IN,
            "output_tokens": TOKENS_OUT,
            "total_tokens": TOKENS_IN + TOKENS_OUT,
            "input_tokens_details": {"cached_tokens": 0},
            "output_tokens_details": {"reasoning_tokens": 50},
        },
    }


def _gemini(turn: Turn) -> dict[str, Any]:
    if turn.status != 200:
        return {"error": {"code": turn.status, "status": "UNAVAILABLE", **turn.error}}
    usage = {"promptTokenCount": TOKENS_IN, "candidatesTokenCount": TOKENS_OUT - 50, "thoughtsTokenCount": 50}
    if turn.ended == "filtered":
        return {"promptFeedback": {"blockReason": "SAFETY"}, "usageMetadata": {**usage, "candidatesTokenCount": 150}}
    reason = {"stop": "STOP", "cut": "MAX_TOKENS", "refused": "PROHIBITED_CONTENT"}[turn.ended]
    content = {"role": "model", "parts": [{"text": "let me think", "thought": True}, {"text": turn.text}]}
    if turn.ended == "refused":
        content = {}
    return {"candidates": [{"content": content, "finishReason": reason, "index": 0}], "usageMetadata": usage}


@contextmanager
def language_model() -> Iterator[Model]:
    double = Model()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            double.enter(1)
            try:
                self._answer()
            finally:
                double.enter(-1)

        def _answer(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = json.loads(self.rfile.read(int(headers["content-length"])))
            turn = double.hear(self.path, headers, body)
            if turn.waits_for:
                turn.waits_for.wait(30)
            if turn.hangs_up:
                self.close_connection = True
                return
            made = _openai(turn) if self.path == "/v1/responses" else _gemini(turn)
            data = json.dumps(made).encode() if turn.raw is None else turn.raw
            self.send_response(turn.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            for name, value in turn.headers.items():
                self.send_header(name, value)
            self.end_headers()
            if not turn.drips:
                self.wfile.write(data)
                return
            for byte in data:
                self.wfile.write(bytes([byte]))
                self.wfile.flush()
                time.sleep(turn.drips)

        def log_message(self, *_: object) -> None:
            pass

        def handle_one_request(self) -> None:
            try:
                super().handle_one_request()
            except (BrokenPipeError, ConnectionResetError):  # they waited long enough
                self.close_connection = True

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        double.url = f"http://127.0.0.1:{server.server_port}"
        serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        serving.start()
        try:
            yield double
        finally:
            server.shutdown()
            serving.join()
