from datetime import timedelta

import pytest
from itsdangerous import TimestampSigner

from cvstudio import db
from cvstudio.domain import generation, internal, owners


@pytest.fixture
def job(cv, owner):
    with db.session() as session:
        return generation.start(session, owner.id, cv)


def test_a_token_opens_its_job(job):
    with db.session(write=False) as session:
        for purpose in ("render", "store"):
            assert internal.job_for(session, job.id, internal.token(job.id, purpose), purpose).id == job.id


def test_no_other_token_does(job, cv, owner, configure, monkeypatch):
    with db.session() as session:
        other = generation.start(session, owner.id, cv)
    good = internal.token(job.id, "render")
    bad = [
        "",
        "x",
        job.id,
        f"{job.id}.x.y",
        good[:-9] + ("A" if good[-9] != "A" else "B") + good[-8:],
        internal.token(job.id, "store"),
        internal.token(other.id, "render"),
        owners.to_cookie(job.id),
        TimestampSigner("0" * 40, salt="cvstudio.internal.render").sign(job.id).decode(),
        good + "\u00e9",
        good + "!",
        good * 20,
    ]
    with db.session(write=False) as session:
        for token in bad:
            with pytest.raises(internal.InvalidToken) as error:
                internal.job_for(session, job.id, token, "render")
            assert error.value.status == 401


@pytest.mark.parametrize(("age", "valid"), [(timedelta(minutes=4), True), (timedelta(minutes=6), False)])
def test_a_token_ends(job, monkeypatch, age, valid):
    token = internal.token(job.id, "render")
    now = TimestampSigner.get_timestamp
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda self: now(self) + int(age.total_seconds()))
    with db.session(write=False) as session:
        if valid:
            internal.job_for(session, job.id, token, "render")
        else:
            with pytest.raises(internal.InvalidToken):
                internal.job_for(session, job.id, token, "render")


def test_a_token_from_the_future_is_not_believed(job, monkeypatch):
    now = TimestampSigner.get_timestamp
    with monkeypatch.context() as patch:
        patch.setattr(TimestampSigner, "get_timestamp", lambda self: now(self) + 600)
        token = internal.token(job.id, "render")
    with db.session(write=False) as session, pytest.raises(internal.InvalidToken):
        internal.job_for(session, job.id, token, "render")


def test_a_job_that_is_gone(engine):
    with db.session(write=False) as session, pytest.raises(generation.JobNotFound):
        internal.job_for(session, "gone", internal.token("gone", "render"), "render")
