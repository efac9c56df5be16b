"""Export and deletion of one's account, as clients meet them."""

import io
import json
import zipfile
from datetime import timedelta

import pytest
from sqlmodel import select

from cvstudio import db, jobs, tasks
from cvstudio.domain import accounts, files, owners
from cvstudio.domain.accounts import passwords, tokens
from cvstudio.models import LoginSession, Owner, User, utcnow
from tests.api.conftest import ask, done, is_error, member, visitor

PASSWORD = "correct horse battery"
EMAIL = "marie@example.org"


@pytest.fixture
def marie(engine):
    return member(email=EMAIL, password_hash=passwords.hashed(PASSWORD))


def an_hour_ago() -> None:
    """All sign-ins are old."""
    with db.session() as session:
        for login in session.exec(select(LoginSession)):
            login.created_at = utcnow() - timedelta(hours=1)
            session.add(login)


def delete(client, **body):
    return client.request("DELETE", "/api/account/delete", json=body or None)


def exists(email: str = EMAIL) -> bool:
    with db.session(write=False) as session:
        return session.exec(select(User).where(User.email == email)).first() is not None


def test_the_export_is_a_zip_of_ones_own(marie):
    done(marie)
    marie.post("/api/consent/log", json={"action": "accept_all"})
    done(member())
    response = marie.get("/api/account/export", headers={"Accept-Language": "fr"})
    assert response.headers["content-type"] == "application/zip"
    assert response.headers["content-disposition"].startswith('attachment; filename="cvstudio-20')
    assert int(response.headers["content-length"]) == len(response.content)
    assert "no-store" in response.headers["cache-control"]
    archive = zipfile.ZipFile(io.BytesIO(response.content))
    names = archive.namelist()
    assert len([name for name in names if name.startswith("cvs/")]) == 1
    (pdf,) = [name for name in names if name.startswith("pdfs/")]
    assert archive.read(pdf).startswith(b"%PDF-")
    assert [row["email"] for row in json.loads(archive.read("data/profile.json"))] == [EMAIL]
    assert [row["action"] for row in json.loads(archive.read("data/consents.json"))] == ["accept_all"]
    assert len(json.loads(archive.read("data/jobs.json"))) == 1
    assert json.loads(archive.read("data/ledger.json")) == []
    assert b"argon2" not in b"".join(archive.read(name) for name in names)
    assert "Tout ce que" in archive.read("README.txt").decode()


def test_only_with_an_account_and_not_too_often(marie):
    is_error(visitor().get("/api/account/export"), 401, "UNAUTHORIZED")
    is_error(delete(visitor()), 401, "UNAUTHORIZED")
    codes = [marie.get("/api/account/export").status_code for _ in range(11)]
    assert codes == [200] * 10 + [429]


def test_deletion_takes_everything_at_once(marie):
    queued, printed = ask(marie), done(marie)
    with db.session() as session:
        user = session.exec(select(User).where(User.email == EMAIL)).one()
        elsewhere = accounts.sign_in(session, user, None, "password")
        pair = tokens.issue(session, elsewhere.login)
    other = visitor()
    other.cookies.set(accounts.COOKIE, elsewhere.token, domain="testserver.local")
    assert other.get("/api/account/sessions").status_code == 200
    answer = delete(marie)
    assert (answer.status_code, answer.json()) == (200, {"success": True})
    cleared = [value for value in answer.headers.get_list("set-cookie") if value.startswith(f"{accounts.COOKIE}=")]
    assert len(cleared) == 1
    assert "Max-Age=0" in cleared[0]
    assert not exists()
    is_error(other.get("/api/account/sessions"), 401, "UNAUTHORIZED")
    bearer = {"Authorization": f"Bearer {pair.access}"}
    is_error(visitor().get("/api/account/sessions", headers=bearer), 401, "INVALID_ACCESS_TOKEN")
    for job_id in (queued, printed):
        jobs.run(job_id, tasks.HANDLERS)
        is_error(member().get(f"/api/cv/jobs/{job_id}"), 404, "JOB_NOT_FOUND")
    assert list(files.folder().rglob("*.pdf")) == []
    assert marie.get("/api/settings").status_code == 200  # the browser goes on, as nobody


def test_the_browsers_old_name_opens_nothing_afterwards(engine):
    client = visitor()
    client.post("/api/consent/log", json={"action": "accept_all"})
    visitor_id = owners.from_cookie(client.cookies[owners.COOKIE])
    with db.session() as session:
        user = accounts.users.add(session, accounts.users.draft(EMAIL))
        token = accounts.sign_in(session, user, visitor_id, "password").token
    client.cookies.set(accounts.COOKIE, token, domain="testserver.local")
    assert len(client.get("/api/consent/history").json()["history"]) == 1
    assert delete(client).status_code == 200
    assert owners.from_cookie(client.cookies[owners.COOKIE]) != visitor_id
    with db.session(write=False) as session:
        assert session.get(Owner, visitor_id) is None


def test_after_a_while_the_password_is_asked_for(marie):
    an_hour_ago()
    is_error(delete(marie), 403, "REAUTHENTICATION_REQUIRED")
    assert is_error(delete(marie, password="wrong"), 400, "INVALID_INPUT")["password"]
    is_error(delete(marie, password=1), 400, "INVALID_INPUT")
    is_error(delete(marie, more=1), 400, "INVALID_INPUT")
    assert exists()
    assert delete(marie, password=PASSWORD).json() == {"success": True}
    assert not exists()


def test_the_password_cannot_be_guessed_here_either(marie):
    an_hour_ago()
    codes = [delete(marie, password=f"guess {number}").status_code for number in range(7)]
    assert codes == [400] * 5 + [429] * 2
    assert exists()


def test_no_other_site_can_ask_for_it(marie):
    answer = marie.request("DELETE", "/api/account/delete", headers={"Origin": "https://evil.example"})
    is_error(answer, 403, "FOREIGN_ORIGIN")
    assert exists()
