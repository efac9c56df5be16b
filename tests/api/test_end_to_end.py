"""Real processes: a web server, a worker, a browser; on one machine, and with nothing shared but the network."""

import io
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest
from pypdf import PdfReader

from tests.api.conftest import body
from tests.conftest import Postgres
from tests.running import ROOT, environment, free_port, wait_for

SECRET = "one secret key that both machines know, 0123456789"


@contextmanager
def process(arguments: list[str], output: Path, env: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    with output.open("wb") as sink:
        started = subprocess.Popen(
            [sys.executable, "-m", *arguments], cwd=ROOT, env=env, stdout=sink, stderr=subprocess.STDOUT
        )
    try:
        yield started
    finally:
        started.send_signal(signal.SIGTERM)
        try:
            started.wait(25)
        finally:
            started.kill()
            started.wait()


def answers(url: str) -> bool:
    try:
        return httpx2.get(f"{url}/api/health/live").status_code == 200
    except httpx2.TransportError:
        return False


@pytest.mark.parametrize("worker", ["local", "remote"])
def test_from_form_to_file(worker, tmp_path, request):
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    machines = [tmp_path / "one", tmp_path / ("two" if worker == "remote" else "one")]
    shared: dict[str, object] = {"port": port, "secret_key": SECRET}
    if worker == "remote":
        server: Postgres = request.getfixturevalue("postgres")
        shared |= {
            "database_url": server.create(template=server.template),
            "redis_url": request.getfixturevalue("redis_url"),
            "redis_prefix": f"test-{port}",
            "internal_url": url,
            "worker_mode": "remote",
        }
    envs = [environment(folder, **shared) for folder in machines]
    subprocess.run([sys.executable, "-m", "cvstudio.cli", "migrate"], cwd=ROOT, env=envs[0], check=True)
    web = ["granian", "--interface", "asgi", "--port", str(port), "cvstudio.api.app:api"]
    log = tmp_path / "web.log"
    with process(web, log, envs[0]), process(["cvstudio.worker"], tmp_path / "worker.log", envs[1]):
        wait_for(lambda: answers(url), log.read_text)
        with httpx2.Client(base_url=url) as client:
            account = {"email": "marie@example.org", "password": "trois-mots-longs"}
            assert client.post("/api/auth/register", json=account).status_code == 201
            access = client.post("/api/auth/login", json=account).json()["access"]
            client.headers["Authorization"] = f"Bearer {access}"
            asked = client.post("/api/cv/jobs", json=body(), headers={"Idempotency-Key": "e2e"})
            assert asked.status_code == 202
            address = asked.headers["location"]
            wait_for(
                lambda: client.get(address).json()["status"] in ("done", "failed"),
                lambda: (tmp_path / "worker.log").read_text(),
            )
            job = client.get(address).json()
            assert job["status"] == "done", job
            file = client.get(job["downloadUrl"])
            assert file.headers["content-type"] == "application/pdf"
            assert "Marie Dupont" in PdfReader(io.BytesIO(file.content)).pages[0].extract_text()
            again = client.post("/api/cv/jobs", json=body(), headers={"Idempotency-Key": "e2e"})
            assert again.headers["idempotency-replayed"] == "true"
            assert client.get("/api/health/ready").status_code == 200
            assert httpx2.get(url + job["downloadUrl"]).status_code == 401
            if worker == "remote":
                assert not (machines[1] / "files").exists()
