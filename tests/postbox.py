"""A double of Resend on loopback: it keeps what it is sent, and knows idempotency keys as Resend does."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KEY = "re_test_4f1c"


@dataclass
class Postbox:
    url: str = ""
    asked: list[dict[str, Any]] = field(default_factory=list)  # every request: headers and body
    mails: dict[str, dict[str, Any]] = field(default_factory=dict)  # by idempotency key: what would be delivered
    answers: list[tuple[int, Any]] = field(default_factory=list)  # instead of the usual one, one after the other

    def answer(self, headers: dict[str, str], body: dict[str, Any]) -> tuple[int, Any]:
        self.asked.append({"headers": headers, "body": body})
        if self.answers:
            return self.answers.pop(0)
        if headers.get("authorization") != f"Bearer {KEY}":
            return 401, {"statusCode": 401, "name": "restricted_api_key", "message": "API key is invalid"}
        key = headers["idempotency-key"]
        if key in self.mails and self.mails[key] != body:
            return 409, {"statusCode": 409, "name": "invalid_idempotent_request", "message": "another payload"}
        self.mails[key] = body
        return 200, {"id": f"resend-{key}"}


@contextmanager
def postbox() -> Iterator[Postbox]:
    box = Postbox()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            assert self.path == "/emails"
            status, answer = box.answer({name.lower(): value for name, value in self.headers.items()}, body)
            data = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "text/html" if isinstance(answer, bytes) else "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        box.url = f"http://127.0.0.1:{server.server_port}"
        serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        serving.start()
        try:
            yield box
        finally:
            server.shutdown()
            serving.join()
