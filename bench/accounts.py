"""Signing in against one bare hash, and a signed-in request against the same route in bare FastAPI and SQLAlchemy."""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from urllib.parse import urlsplit

import httpx2
from argon2 import PasswordHasher

from bench.figures import Row, at_least, below, interleaved, row
from tests.running import ROOT, Running, free_port, wait_for

EMAIL, PASSWORD = "bench@example.org", "quatre-mots-assez-longs"
SIGN_INS = 40
CLIENTS = 16
ROUNDS, SECONDS = 4, 1.5
ROUTE = "/api/auth/profile"


def signed_in(app: Running, email: str = EMAIL) -> str:
    """An access token of a new account of the highest tier."""
    with httpx2.Client(base_url=app.url, timeout=30) as client:
        given = {"email": email, "password": PASSWORD}
        client.post("/api/auth/register", json=given).raise_for_status()
        with closing(sqlite3.connect(app.data_dir / "cvstudio.db")) as database:
            database.execute("UPDATE user SET tier = 'team', email_verified_at = created_at")
            database.commit()
        access: str = client.post("/api/auth/login", json=given).raise_for_status().json()["access"]
        return access


def measure(app: Running) -> list[Row]:
    hasher = PasswordHasher()
    stored = hasher.hash(PASSWORD)
    place = urlsplit(app.url)
    with closing(http.client.HTTPConnection(place.hostname or "", place.port, timeout=30)) as client:
        found = interleaved(
            {"sign-in": lambda _: _sign_in(client), "hash": lambda _: hasher.verify(stored, PASSWORD)}, SIGN_INS
        )
        access = _sign_in(client)
    ours, bare = asyncio.run(_rates(app, access))
    return [
        row("POST /api/auth/login, the whole request", found["sign-in"]),
        row("one bare Argon2id hash of the same parameters", found["hash"]),
        below("sign-in / bare hash", found["sign-in"].p50 / found["hash"].p50, 1.15),
        Row(f"GET {ROUTE}, {CLIENTS} clients, one process", f"{ours:.0f}/s; bare FastAPI + SQLAlchemy {bare:.0f}/s"),
        at_least("signed-in requests, ours / bare", ours / bare, 0.8),
    ]


def _sign_in(client: http.client.HTTPConnection) -> str:
    """By a client that costs little beside what it measures."""
    body = json.dumps({"email": EMAIL, "password": PASSWORD})
    client.request("POST", "/api/auth/login", body, {"Content-Type": "application/json"})
    answer = client.getresponse()
    read = json.loads(answer.read())
    if answer.status != 200:
        raise RuntimeError(str(read))
    access: str = read["access"]
    return access


async def _rates(app: Running, access: str) -> tuple[float, float]:
    """Requests a second of ours and of the bare one, in turns."""
    port = free_port()
    environment = {**os.environ, "CVSTUDIO_DATA_DIR": str(app.data_dir)}
    process = subprocess.Popen([sys.executable, "-m", "bench.bare_api", str(port)], cwd=ROOT, env=environment)
    try:
        bare = f"http://127.0.0.1:{port}"
        headers = {"Authorization": f"Bearer {access}"}
        wait_for(lambda: _answers(bare, headers), lambda: "the bare route did not answer")
        done = {app.url: 0.0, bare: 0.0}
        for number in range(-1, ROUNDS):
            for url in done:
                rate = await _load(url, access)
                done[url] += rate if number >= 0 else 0
    finally:
        process.terminate()
        process.wait()
    return done[app.url] / ROUNDS, done[bare] / ROUNDS


def _answers(url: str, headers: dict[str, str]) -> bool:
    try:
        return httpx2.get(f"{url}{ROUTE}", headers=headers).is_success
    except httpx2.TransportError:
        return False


async def _load(url: str, access: str) -> float:
    end = time.perf_counter() + SECONDS
    counts = await asyncio.gather(*(_client(url, access, end) for _ in range(CLIENTS)))
    return sum(counts) / SECONDS


async def _client(url: str, access: str, end: float) -> int:
    """One connection, one request after the other; the generator must cost little beside what it measures."""
    place = urlsplit(url)
    reader, writer = await asyncio.open_connection(place.hostname, place.port)
    request = f"GET {ROUTE} HTTP/1.1\r\nHost: {place.netloc}\r\nAuthorization: Bearer {access}\r\n\r\n".encode()
    count = 0
    while time.perf_counter() < end:
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        if not head.startswith(b"http/1.1 200"):
            raise RuntimeError(head.decode("latin-1"))
        length = head.partition(b"content-length:")[2].partition(b"\r\n")[0]
        await reader.readexactly(int(length))
        count += 1
    writer.close()
    return count
