"""Whether the time an answer takes tells who has an account: known and unknown addresses, in a shuffled order."""

from __future__ import annotations

import http.client
import json
import random
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

from bench.figures import Row, Times
from tests.running import running

PEOPLE = 200
PASSWORD = "quatre-mots-assez-longs"
ROUTES = {
    "sign-in with a wrong password": ("/api/auth/login", {"password": "une-autre-phrase"}, 401),
    "asking for a password reset": ("/api/auth/request-reset", {}, 200),
}


def measure() -> list[Row]:
    with (
        tempfile.TemporaryDirectory(prefix="cvstudio-bench-") as scratch,
        # Behind a proxy, as it were, so that each request comes from a network of its own and none is one too many.
        running(Path(scratch) / "data", trusted_proxies=1) as app,
        closing(http.client.HTTPConnection("127.0.0.1", urlsplit(app.url).port, timeout=60)) as client,
    ):
        asker = Asker(client)
        for number in range(PEOPLE):
            asker.ask("/api/auth/register", {"email": f"known-{number}@example.org", "password": PASSWORD}, 201)
        return [_row(what, asker, *route) for what, route in ROUTES.items()]


class Asker:
    def __init__(self, client: http.client.HTTPConnection) -> None:
        self.client = client
        self.networks: Iterator[int] = count()

    def ask(self, path: str, body: dict[str, str], status: int) -> None:
        network = next(self.networks)
        headers = {
            "Content-Type": "application/json",
            "X-Forwarded-For": f"10.{network // 250}.{network % 250}.1",
        }
        self.client.request("POST", path, json.dumps(body), headers)
        answer = self.client.getresponse()
        said = answer.read()
        if answer.status != status:
            raise RuntimeError(f"{path}: {answer.status} {said.decode()}")


def _row(what: str, asker: Asker, path: str, body: dict[str, str], status: int) -> Row:
    # Not in turns: the mail that a known address is sent would always be made while the next unknown one waits.
    order = [(kind, number) for kind in ("known", "unknown") for number in range(PEOPLE)]
    random.Random(1).shuffle(order)
    found = {"known": Times(), "unknown": Times()}
    for kind, number in order:
        started = time.perf_counter()
        asker.ask(path, body | {"email": f"{kind}-{number}@example.org"}, status)
        found[kind].runs.append((time.perf_counter() - started) * 1000)
    ratio = found["known"].p50 / found["unknown"].p50
    figure = f"{ratio:.2f} × ({found['known'].p50:.1f} and {found['unknown'].p50:.1f} ms)"
    return Row(f"{what}, known / unknown address, {PEOPLE} each", figure, "0.9–1.1 ×", 0.9 <= ratio <= 1.1)
