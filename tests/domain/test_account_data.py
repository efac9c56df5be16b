"""All of a person's data: complete when handed over, gone when erased. The tables themselves say what there is."""

import io
import json
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import JSON, Column, String, Table, insert, select
from sqlalchemy.engine import Engine
from sqlmodel import Session
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

from cvstudio import db, jobs, tasks
from cvstudio.document import samples
from cvstudio.domain import account_data, accounts, credits, cvs, files, generation, photos, rendering, versions
from cvstudio.domain.account_data import ALL, BY_ADDRESS, LEFT_OUT, NAMES, ConfirmationRequired
from cvstudio.domain.accounts import passwords, sessions
from cvstudio.domain.onboarding import AccountNotFound
from cvstudio.errors import InvalidInput
from cvstudio.models import Cv, Job, LoginSession, MailLog, Owner, Photo, User, metadata, new_id, utcnow
from tests.conftest import make_owner
from tests.domain.people import make_user
from tests.postbox import KEY, postbox

# Tables and columns that point to an account without being about it: only the pointer goes when the account does.
REFERENCES = {
    ("llm_call", "asked_by"): "what the service spent, whoever it was for",
    ("mail_template", "updated_by"): "the service's words, whoever wrote them",
    ("model_price", "changed_by"): "the service's history, whoever made it",
    ("setting_change", "changed_by"): "the service's history, whoever made it",
    ("site_setting", "updated_by"): "the service's own",
    ("spend_alert", "created_by"): "the service's own",
    ("spend_alert", "removed_by"): "the service's history, whoever made it",
    ("tier_change", "changed_by"): "the service's history, whoever made it",
    ("user", "referred_by"): "another person's profile",
}
LOOKS_SECRET = ("hash", "secret", "token", "password", "credential", "code_")
# What a made-up row cannot be without.
MADE_UP: dict[tuple[str, str], Any] = {
    ("cv_version", "data"): versions._packed({"basics": {"name": "Dupont"}}),
    ("credit_entry", "kind"): "welcome",
    ("job", "status"): "done",
    ("owner", "kind"): "account",
    ("user", "role"): "user",
    ("user", "tier"): "free",
}
UNSET = {("owner", "adopted_by"), ("user", "referred_by")}


class Person:
    """An account with a row in every table there is, each of its texts marked."""

    def __init__(self, mark: str) -> None:
        self.mark, self.id = mark, new_id()
        self.email = f"{mark}@example.org"
        with db.session() as session:
            self.mine = account_data.belongings(session, User(id=self.id, email=self.email), by_address=True)
            made: dict[str, dict[str, Any]] = {}
            for table in metadata.sorted_tables:
                made[table.name] = self._row(table, made)
                session.execute(insert(table).values(**made[table.name]))
            visitor = Owner(adopted_by=self.id)
            session.add(visitor)
            session.add(MailLog(owner_id=None, trigger="magic_link", language="fr", recipient=self.email))
            self.visitor_id = visitor.id

    def _row(self, table: Table, made: dict[str, dict[str, Any]]) -> dict[str, Any]:
        return {
            column.name: self._value(table, column, made)
            for column in table.columns
            if column is not table.autoincrement_column
        }

    def _value(self, table: Table, column: Column[Any], made: dict[str, dict[str, Any]]) -> Any:
        where = (table.name, column.name)
        if where in UNSET:
            return None
        if where in MADE_UP:
            return MADE_UP[where]
        for key in column.foreign_keys:
            return made[key.column.table.name][key.column.name] if key.column.table.name in made else None
        if table.name in ("owner", "user") and column.name == "id":
            return self.id
        if where == ("user", "email") or where in BY_ADDRESS.items():
            return self.email
        if where == ("rate_hit", "key"):
            return f"generation/{self.id}/3600"
        if where == ("cv", "document"):
            return {"basics": {"name": f"{self.mark} Dupont"}}
        if isinstance(column.type, JSON):
            return {"about": self.said(table, column)} if table in self.mine else {}
        if isinstance(column.type, UTCDateTime):
            return utcnow()
        if isinstance(column.type, String | AutoString):
            return self.said(table, column) if table in self.mine else new_id()
        kind = column.type.python_type
        if kind is bytes:
            return self.said(table, column).encode()
        return kind(1)

    def said(self, table: Table, column: Column[Any]) -> str:
        return f"{self.mark}-{table.name}-{column.name}"

    @property
    def names(self) -> tuple[str, ...]:
        return (self.id, self.visitor_id, self.email, self.mark)


@pytest.fixture
def marie(engine: Engine) -> Person:
    return Person("marie")


@pytest.fixture
def paul(engine: Engine) -> Person:
    return Person("paul")


def everything() -> dict[str, list[str]]:
    """Every row of every table, as text."""
    with db.session(write=False) as session:
        return {
            table.name: [repr(dict(row._mapping)) for row in session.execute(select(table))]
            for table in metadata.sorted_tables
        }


def mentions(words: tuple[str, ...], *, but: str = "") -> list[str]:
    return [
        f"{name}: {row}"
        for name, rows in everything().items()
        for row in rows
        if any(word in row for word in words) and not (but and but in row)
    ]


def erase(user_id: str) -> None:
    with db.session() as session:
        account_data.erase(session, user_id)


def export(user_id: str, language: Any = "en") -> zipfile.ZipFile:
    out = io.BytesIO()
    with db.session(write=False) as session:
        account_data.export(session, user_id, language, out)
    return zipfile.ZipFile(out)


def keep_file(person_id: str, data: bytes, key: str) -> str:
    """A job of theirs that is done, with this file; its id."""
    with db.session() as session:
        files.put(session, key, data, generation.PDF)
        payload = {"document": {"basics": {"name": "Zoé/Dupont"}}, "watermark": False}
        job = Job(kind=generation.KIND, owner_id=person_id, status="done", payload=payload, result={"file": key})
        session.add(job)
        return job.id


def keep_photo(person_id: str, colour: str) -> Photo:
    with db.session() as session:
        out = io.BytesIO()
        Image.new("RGB", (60, 80), colour).save(out, "PNG")
        return photos.store(session, person_id, out.getvalue())


def on_disk() -> set[str]:
    return {path.stem for path in files.folder().rglob("*") if path.is_file()} if files.folder().exists() else set()


# ---------------------------------------------------------------------------- the tables


def test_every_table_that_points_to_a_person_is_theirs_or_has_a_reason_not_to_be(sqlite):
    with db.session(write=False) as session:
        mine = account_data.belongings(session, User(id="x", email="x"), by_address=False)
    assert {"owner", "user", "cv", "photo", "job", "credit_entry", "consent", "login_session", "refresh_token"} <= {
        table.name for table in mine
    }
    pointing = {
        (table.name, key.parent.name)
        for table in metadata.sorted_tables
        for key in table.foreign_keys
        if key.column.table.name in ("owner", "user") and key.ondelete != "CASCADE"
    }
    assert pointing == REFERENCES.keys()
    for name, _ in REFERENCES:
        assert name == "user" or metadata.tables[name] not in mine
    by_hand = {"owner_id", "user_id", "email", "recipient", "address"}
    for table in metadata.sorted_tables:
        if by_hand & set(table.columns.keys()):
            assert table in mine or table.name in BY_ADDRESS, table.name


def test_what_is_left_out_exists_and_has_a_reason():
    for name, columns in LEFT_OUT.items():
        assert all(columns.values())
        assert columns.keys() - {ALL} <= set(metadata.tables[name].columns.keys()), name
    assert NAMES.keys() <= metadata.tables.keys()
    assert len(set(NAMES.values()) | (metadata.tables.keys() - NAMES.keys())) == len(metadata.tables)


def test_no_column_that_looks_like_a_secret_is_handed_over(sqlite):
    with db.session(write=False) as session:
        mine = account_data.belongings(session, User(id="x", email="x"), by_address=False)
    for table in mine:
        for column in [column.name for column in table.columns]:
            if any(word in column for word in LOOKS_SECRET):
                left_out = LEFT_OUT.get(table.name, {})
                assert column in left_out or ALL in left_out, f"{table.name}.{column}"


# ---------------------------------------------------------------------------- handed over


def test_every_row_and_column_is_in_the_zip_or_left_out_on_purpose(marie, paul):
    archive = export(marie.id)
    index = json.loads(archive.read("index.json"))
    assert index["account"] == marie.id
    assert index["leftOut"] == {name: dict(columns) for name, columns in LEFT_OUT.items()}
    texts = {name: archive.read(name).decode(errors="replace") for name in archive.namelist()}
    whole = "\n".join(texts.values())
    for table in marie.mine:
        left_out = LEFT_OUT.get(table.name, {})
        name = NAMES.get(table.name, table.name)
        if ALL in left_out:
            assert f"data/{name}.json" not in texts
            assert f"{marie.mark}-{table.name}-" not in whole
            continue
        rows = json.loads(texts[f"data/{name}.json"])
        assert index["rows"][name] == len(rows) >= 1, table.name
        for row in rows:
            assert row.keys() == set(table.columns.keys()) - left_out.keys(), table.name
        for column in left_out:
            assert f"{marie.mark}-{table.name}-{column}" not in whole.replace(texts["index.json"], "")
    assert not [name for name, text in texts.items() if any(word in text for word in paul.names)]
    assert len(json.loads(texts["data/mails.json"])) == 2  # also the one that only has the address
    assert len(json.loads(texts["data/owner.json"])) == 2  # also the visitor whose work was adopted


def test_files_are_there_as_one_would_open_them(engine, owner):
    user = make_user(owner)
    with db.session() as session:
        document = samples.load("fr")
        first = cvs.create(session, user.id, document)
        twin = cvs.create(session, user.id, document)
        cvs.delete(session, user.id, twin.id)
        session.add(Cv(owner_id=user.id, filename="../../evil\\name.json", template="modern", document={"a": 1}))
        versions.keep(session, first)
        first.document = {**document.dump(), "work": []}
        versions.keep(session, first)
        first.document = document.dump()
    photo = keep_photo(user.id, "red")
    for key in ("aa11", "bb22", "bb22"):
        keep_file(user.id, b"%PDF-" + key.encode(), key)
    with db.session() as session:
        session.add(Job(kind=generation.KIND, owner_id=user.id, status="done", result={"file": "cc33"}, payload=gone()))
        session.add(Job(kind=generation.KIND, owner_id=user.id, status="failed"))
    archive = export(user.id, "fr")
    day = f"{utcnow():%Y-%m-%d}"
    names = {name for name in archive.namelist() if not name.startswith("data/")}
    assert names == {
        "README.txt",
        "index.json",
        f"cvs/{first.filename}",
        f"cvs/trash/{twin.filename}",
        "cvs/_.._evil_name.json",
        f"cvs/versions/{first.filename.removesuffix('.json')} 1.json",
        f"cvs/versions/{first.filename.removesuffix('.json')} 2.json",
        f"photos/{photo.id}.jpg",
        f"pdfs/{day} CV Zoé Dupont.pdf",
        f"pdfs/{day} CV Zoé Dupont (2).pdf",
    }
    assert json.loads(archive.read(f"cvs/{first.filename}")) == document.dump()
    was = [json.loads(archive.read(name)) for name in sorted(names) if name.startswith("cvs/versions/")]
    assert was == [document.dump(), {**document.dump(), "work": []}]
    assert {archive.read(name) for name in names if name.startswith("pdfs/")} == {b"%PDF-aa11", b"%PDF-bb22"}
    assert archive.read(f"photos/{photo.id}.jpg")[:2] == b"\xff\xd8"
    assert json.loads(archive.read("index.json"))["missing"] == [f"pdfs/{day} CV Gone.pdf"]
    assert archive.testzip() is None
    assert "vos CV" in archive.read("README.txt").decode()


def gone() -> dict[str, Any]:
    return {"document": {"basics": {"name": "Gone"}}}


def test_mail_to_an_address_is_for_whoever_has_shown_that_it_is_theirs(engine, owner):
    user = make_user(owner, email="someone@example.org", email_verified_at=None)
    with db.session() as session:
        session.add(MailLog(owner_id=None, trigger="magic_link", language="fr", recipient=user.email))
    assert json.loads(export(user.id).read("data/mails.json")) == []
    with db.session() as session:
        session.get_one(User, user.id).email_verified_at = utcnow()
    assert len(json.loads(export(user.id).read("data/mails.json"))) == 1


def test_the_zip_is_of_one_moment(engine, owner, monkeypatch):
    user = make_user(owner)
    with db.session() as session:
        cvs.create(session, user.id, samples.load("fr"))
    read = account_data._Export._read
    reads: list[object] = []

    def meanwhile(self: Any, wanted: Any) -> Any:
        reads.append(wanted)
        if len(reads) == 2:
            with Session(engine) as other:  # a writer of its own, between two tables
                other.add(Cv(owner_id=user.id, filename="late.json", template="modern", document={"late": True}))
                other.commit()
        return read(self, wanted)

    monkeypatch.setattr(account_data._Export, "_read", meanwhile)
    archive = export(user.id)
    assert len(reads) > 4
    assert len(json.loads(archive.read("data/cvs.json"))) == 1
    assert [name for name in archive.namelist() if "late" in name] == []


def test_nobody_has_no_data(engine):
    with pytest.raises(AccountNotFound):
        export("nobody")
    with pytest.raises(AccountNotFound):
        erase("nobody")


# ---------------------------------------------------------------------------- erased


def test_no_row_of_any_table_remembers_an_erased_account(marie, paul, configure):
    with db.session() as session:
        session.get_one(User, paul.id).referred_by = marie.id
        session.get_one(User, marie.id).referred_by = paul.id
        assert credits.reward_referral(session, marie.id)
        session.get_one(User, marie.id).referred_by = None
    before = mentions(paul.names)
    assert {line.partition(":")[0] for line in mentions(marie.names)} >= {table.name for table in marie.mine}
    erase(marie.id)
    left = mentions(marie.names)
    assert len(left) == 1  # the last mail, still on its way
    assert left[0].startswith("mail_log")
    assert "account_deleted" in left[0]
    assert len(mentions(paul.names)) == len(before)
    with db.session(write=False) as session:
        assert session.get_one(User, paul.id).referred_by is None
        farewell = session.execute(select(MailLog.job_id).where(MailLog.trigger == "account_deleted")).scalar_one()  # type: ignore[call-overload]
    with postbox() as box:
        keep = {"database_url": str(db.engine().url.render_as_string(hide_password=False))}
        configure(resend_api_key=KEY, resend_api_url=box.url, **keep)
        jobs.run(farewell, tasks.HANDLERS)
        assert [mail["to"] for mail in box.mails.values()] == [[marie.email]]
    assert mentions(marie.names) == []


def test_an_address_that_was_never_theirs_gets_no_last_mail(engine, owner):
    user = make_user(owner, email="someone@example.org", email_verified_at=None)
    erase(user.id)
    assert mentions((user.id, user.email)) == []


def test_files_go_but_for_those_that_others_have_too(engine, marie, paul):
    own = keep_photo(marie.id, "red")
    shared = keep_photo(marie.id, "blue")
    pauls = keep_photo(paul.id, "blue")
    assert shared.sha256 == pauls.sha256
    keep_file(marie.id, b"%PDF-1", "aa11")
    for person in (marie, paul):
        keep_file(person.id, b"%PDF-2", "bb22")
    keep_file(marie.visitor_id, b"%PDF-3", "cc33")
    assert on_disk() == {own.sha256, shared.sha256, "aa11", "bb22", "cc33"}
    erase(marie.id)
    assert on_disk() == {shared.sha256, "bb22"}
    with db.session(write=False) as session:
        assert photos.read(session, paul.id, pauls.id)
        for key in (own.sha256, "aa11", "cc33"):
            assert files.find(session, key) is None


def test_sessions_end_at_once(engine, owner):
    user = make_user(owner)
    with db.session() as session:
        token = accounts.sign_in(session, user, None, "password").token
    erase(user.id)
    with db.session(write=False) as session:
        assert sessions.by_token(session, token) is None
        found = accounts.identify(session, login_cookie=token, bearer=None, anonymous_owner_id=None)
    assert found.user is None


def test_work_in_progress_stops_without_a_trace(engine, owner, document, monkeypatch):
    user = make_user(owner)
    with db.session() as session:
        cv = cvs.create(session, user.id, document)
        waiting, running, late = (generation.start(session, user.id, cv) for _ in range(3))
    context = jobs.claim(running.id, "w1")
    assert context is not None

    def printed(*_: object) -> bytes:
        erase(user.id)  # while the page is being printed
        return b"%PDF-"

    monkeypatch.setattr(rendering, "printed", printed)
    monkeypatch.setattr(rendering, "_result", lambda key, data: {"file": key})
    monkeypatch.setattr(rendering, "renderer", lambda: "test")
    jobs.run(late.id, tasks.HANDLERS)
    with pytest.raises(jobs.LeaseLost):
        context.progress(50, "print")
    with pytest.raises(jobs.LeaseLost):
        context.finish(status="done", result={"file": "x"})
    jobs.run(waiting.id, tasks.HANDLERS)
    assert on_disk() == set()
    assert mentions((user.id, waiting.id, running.id, late.id)) == []


def test_a_file_that_was_stored_before_its_job_was_done_goes_too(engine, owner, document, monkeypatch):
    user = make_user(owner)
    with db.session() as session:
        job = generation.start(session, user.id, cvs.create(session, user.id, document))
    monkeypatch.setattr(rendering, "printed", lambda *_: b"%PDF-")
    monkeypatch.setattr(rendering, "_result", lambda key, data: {"file": key})
    monkeypatch.setattr(rendering, "renderer", lambda: "test")
    finish = jobs.Context.finish

    def erased_first(self: jobs.Context, **outcome: object) -> None:
        assert on_disk()
        erase(user.id)
        finish(self, **outcome)

    monkeypatch.setattr(jobs.Context, "finish", erased_first)
    jobs.run(job.id, tasks.HANDLERS)
    assert on_disk() == set()


def test_what_fails_midway_leaves_the_account(engine, marie, monkeypatch):
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("cvstudio.domain.mailing.forget", fail)
    before = len(mentions(marie.names))
    with pytest.raises(ZeroDivisionError):
        erase(marie.id)
    assert len(mentions(marie.names)) == before


# ---------------------------------------------------------------------------- is it you?


def test_the_password_or_a_recent_sign_in(engine, owner):
    user = make_user(owner, password_hash=passwords.hashed("correct horse battery"))
    fresh = LoginSession(user_id=user.id, token_hash="x", expires_at=utcnow(), method="password")
    old = LoginSession(
        user_id=user.id,
        token_hash="y",
        expires_at=utcnow(),
        method="password",
        created_at=utcnow() - timedelta(hours=1),
    )
    account_data.confirm(user, fresh, None, "en")
    account_data.confirm(user, old, "correct horse battery", "en")
    for login in (fresh, old):
        with pytest.raises(InvalidInput) as refused:
            account_data.confirm(user, login, "wrong", "en")
        assert refused.value.fields.keys() == {"password"}
    with pytest.raises(ConfirmationRequired):
        account_data.confirm(user, old, None, "en")
    with db.session() as session:
        other = make_owner(session)
    with pytest.raises(ConfirmationRequired):  # no password: anything typed proves nothing
        account_data.confirm(make_user(other), old, "anything", "en")
