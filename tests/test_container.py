"""Dockerfile and compose.yaml, checked as far as that goes without an engine: what they name exists here."""

import json
import re
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest

from cvstudio.cli import cli
from cvstudio.config import PREFIX, Settings

ROOT = Path(__file__).resolve().parents[1]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
SETTINGS = {PREFIX + field.upper() for field in Settings.model_fields}
# Read by compose itself, not by us.
COMPOSE_ONLY = {"CVSTUDIO_VERSION"}


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    read = (
        f"console.log(JSON.stringify(Bun.YAML.parse(await Bun.file({json.dumps(str(ROOT / 'compose.yaml'))}).text())))"
    )
    bun = Path(sys.executable).parent / "bun"
    return json.loads(subprocess.run([bun, "-e", read], capture_output=True, text=True, check=True).stdout)


def copied() -> list[str]:
    lines = re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, re.MULTILINE)
    return [source for line in lines for source in line.split()[:-1]]


def test_the_image_copies_what_exists():
    assert copied()
    assert [source for source in copied() if not (ROOT / source).exists()] == []


def test_the_image_is_sent_what_it_copies():
    kept = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    assert [source for source in copied() if not any(fnmatch(source, pattern) for pattern in kept)] == []


def test_the_image_names_known_settings_only():
    assert set(re.findall(rf"{PREFIX}[A-Z_]+", DOCKERFILE)) <= SETTINGS


def test_the_image_does_not_run_as_root():
    last_stage = DOCKERFILE.rsplit("\nFROM ", 1)[1]
    assert re.search(r"^USER (?!root|0)\w+", last_stage, re.MULTILINE)
    assert "/api/health/live" in last_stage


def test_compose_has_the_parts_of_the_system(compose):
    services = compose["services"]
    assert services.keys() >= {"traefik", "web", "worker", "postgres", "redis"}
    assert services["traefik"]["image"].startswith("traefik:v3")
    assert services["web"]["labels"]["traefik.enable"] == "true"
    assert "/internal" in services["web"]["labels"]["traefik.http.routers.cvstudio.rule"]
    assert not any("traefik.enable" in services[name].get("labels", {}) for name in ("worker", "postgres", "redis"))
    # The file of a job is written by one and streamed by the other.
    assert set(services["web"]["volumes"]) & set(services["worker"]["volumes"])


def test_compose_names_known_settings_only(compose):
    used = {name for service in compose["services"].values() for name in service.get("environment", {})}
    assert {name for name in used if name.startswith(PREFIX)} <= SETTINGS
    asked = set(re.findall(rf"\$\{{({PREFIX}[A-Z_]+)", (ROOT / "compose.yaml").read_text()))
    assert asked - COMPOSE_ONLY <= SETTINGS


def test_compose_settings_are_accepted(compose, tmp_path):
    given = {
        name: re.sub(r"\$\{(\w+)[^}]*\}", "s3cret-enough-to-be-accepted-by-us", str(value))
        for name, value in compose["services"]["web"]["environment"].items()
    }
    read = Settings.load(given | {"CVSTUDIO_DATA_DIR": str(tmp_path)})
    assert read.production
    assert read.redis_url
    assert read.database_url.startswith("postgresql")


def test_compose_volumes_and_networks_are_declared(compose):
    for service in compose["services"].values():
        named = {volume.split(":")[0] for volume in service.get("volumes", []) if volume[0] not in "./"}
        assert named <= compose["volumes"].keys()
        assert set(service["networks"]) <= compose["networks"].keys()


def test_compose_runs_commands_that_exist(compose):
    known = {command.name or command.callback.__name__ for command in cli.registered_commands}
    ours = [service for service in compose["services"].values() if service["image"].startswith("cvstudio")]
    assert len(ours) == 3
    assert {service["command"][0] for service in ours} <= known
