from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from itsdangerous import TimestampSigner
from sqlmodel import func, select

from cvstudio import db
from cvstudio.domain import owners
from cvstudio.models import Owner, new_id, utcnow


def aged(value: str, monkeypatch: pytest.MonkeyPatch, by: timedelta) -> str:
    now = TimestampSigner.get_timestamp
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda self: now(self) + int(by.total_seconds()))
    return value


def test_a_cookie_names_its_owner(configure):
    owner_id, value = owners.new_cookie()
    assert owners.from_cookie(value) == owner_id
    assert owners.is_fresh(value)


@pytest.mark.parametrize(
    "forge",
    [
        lambda value: "",
        lambda value: value.split(".")[0],
        lambda value: value[:-9] + ("A" if value[-9] != "A" else "B") + value[-8:],
        lambda value: "x" + value,
        lambda value: value.replace(".", "..", 1),
        lambda value: value + "é",
        lambda value: "\ud800",
        lambda value: TimestampSigner("another secret key, long enough to be one").sign("someone").decode(),
        lambda value: "." * 500,
    ],
)
def test_a_forged_cookie_names_nobody(configure, forge):
    assert owners.from_cookie(forge(owners.new_cookie()[1])) is None


def test_another_installation_does_not_believe_our_cookie(configure):
    value = owners.new_cookie()[1]
    configure(secret_key="a" * 20 + "b" * 20)
    assert owners.from_cookie(value) is None


def test_what_we_sign_for_other_purposes_is_no_cookie(configure):
    signer = TimestampSigner(configure().secret_key, salt="cvstudio.internal.render")
    assert owners.from_cookie(signer.sign(new_id()).decode()) is None


def test_a_cookie_is_renewed_in_time_and_ends_at_last(configure, monkeypatch):
    value = aged(owners.new_cookie()[1], monkeypatch, timedelta(days=31))
    assert not owners.is_fresh(value)
    assert owners.from_cookie(value)
    aged(value, monkeypatch, timedelta(days=400))
    assert owners.from_cookie(value) is None


def test_the_row_is_made_once(engine):
    owner_id = new_id()

    def write(_: int) -> str:
        with db.session() as session:
            return owners.ensure(session, owner_id, "en").id

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(write, range(8))) == {owner_id}
    with db.session(write=False) as session:
        assert session.exec(select(func.count()).select_from(Owner)).one() == 1
        assert session.get_one(Owner, owner_id).locale == "en"


def test_without_an_id_a_new_owner_is_made(engine):
    with db.session() as session:
        assert owners.ensure(session, None).id != owners.ensure(session, None).id


def test_being_seen_is_noted_now_and_then(engine, owner):
    with db.session() as session:
        known = session.get_one(Owner, owner.id)
        known.seen_at = utcnow() - timedelta(days=2)
        session.add(known)
    with db.session() as session:
        assert utcnow() - owners.ensure(session, owner.id).seen_at < timedelta(minutes=1)
