"""The API as clients meet it; each client has an account of its own."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import Engine

from cvstudio import db, jobs, tasks
from cvstudio.api.app import api
from cvstudio.api.jobs import REQUEST
from cvstudio.domain import accounts, rendering
from cvstudio.domain.accounts import users
from cvstudio.models import new_id, utcnow

Ask = Callable[..., Response]


@pytest.fixture(scope="session", autouse=True)
def _browser() -> Iterator[None]:
    yield
    rendering.close()


def visitor() -> TestClient:
    """Someone without an account."""
    return TestClient(api, base_url="http://testserver", follow_redirects=False)


def member(**values: Any) -> TestClient:
    """Someone signed in to an account of their own; `values` are of the User."""
    client = visitor()
    with db.session() as session:
        user = users.draft(values.pop("email", f"{new_id()}@example.org".lower()))
        user.email_verified_at = utcnow()
        for name, value in values.items():
            setattr(user, name, value)
        users.add(session, user)
        token = accounts.sign_in(session, user, None, "password").token
    client.cookies.set(accounts.COOKIE, token, domain="testserver.local")
    return client


@pytest.fixture
def client(engine: Engine) -> TestClient:
    return member()


@pytest.fixture
def caller(sqlite: Engine) -> TestClient:
    """A client where the database makes no difference."""
    return member()


@pytest.fixture
def stranger(client: TestClient) -> TestClient:
    return member()


def body(**data: Any) -> dict[str, Any]:
    return {"template_id": "modern", "data": REQUEST["data"] | data}


def ask(client: TestClient, **data: Any) -> str:
    """The id of a new job."""
    response = client.post("/api/cv/jobs", json=body(**data))
    assert response.status_code == 202, response.text
    return str(response.json()["job_id"])


def done(client: TestClient, **data: Any) -> str:
    """The id of a job that is done."""
    job_id = ask(client, **data)
    jobs.run(job_id, tasks.HANDLERS)
    return job_id


def is_error(response: Response, status: int, code: str) -> dict[str, Any]:
    """The one error body, checked; returned."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/json"
    found: dict[str, Any] = response.json()
    assert found["errorCode"] == code
    assert found["error"] == found["detail"] != ""
    assert found["userMessage"]
    return found
