"""Anonymous work becomes the account's: all of it, once, without a second copy."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import UniqueConstraint
from sqlmodel import func, select

from cvstudio import db, jobs
from cvstudio.document import samples
from cvstudio.domain import accounts, cvs, generation, owners
from cvstudio.domain.accounts import adoption
from cvstudio.models import Cv, IdempotencyKey, Job, Owner, Photo, User, metadata, new_id
from tests.accounts import make_account


@pytest.fixture
def user(engine) -> User:
    return make_account("marie@example.org", password=None)


def visitor_with_work() -> str:
    """Their owner id: one of everything."""
    owner_id = new_id()
    with db.session() as session:
        owners.ensure(session, owner_id)
        cv = cvs.create(session, owner_id, samples.load("fr"))
        jobs.enqueue(session, generation.KIND, owner_id, {"document": cv.document, "watermark": False}, cv.id)
        session.add(Photo(owner_id=owner_id, sha256="0" * 64, media_type="image/jpeg", width=1, height=1))
        session.add(IdempotencyKey(owner_id=owner_id, key="k", route="POST /x", request_hash="h"))
    return owner_id


def sign_in(user: User, anonymous_id: str | None) -> None:
    with db.session() as session:
        accounts.sign_in(session, session.get_one(User, user.id), anonymous_id, "password")


def counts(owner_id: str) -> dict[str, int]:
    with db.session(write=False) as session:
        return {
            kind.__tablename__: session.exec(
                select(func.count()).select_from(kind).where(kind.owner_id == owner_id)
            ).one()
            for kind in (Cv, Job, Photo, IdempotencyKey)
        }


def who(anonymous_id: str) -> str | None:
    with db.session(write=False) as session:
        return accounts.identify(session, login_cookie=None, bearer=None, anonymous_owner_id=anonymous_id).owner_id


ONE = {"cv": 1, "job": 1, "photo": 1, "idempotency_key": 1}
NONE = dict.fromkeys(ONE, 0)


def test_all_of_it_moves(user):
    visitor = visitor_with_work()
    sign_in(user, visitor)
    assert counts(user.id) == ONE
    assert counts(visitor) == NONE


def test_the_cookie_of_adopted_work_names_nobody(user):
    visitor = visitor_with_work()
    assert who(visitor) == visitor
    sign_in(user, visitor)
    assert who(visitor) is None


def test_an_anonymous_cookie_never_opens_an_account(user):
    assert who(user.id) is None
    sign_in(make_account("paul@example.org", password=None), user.id)
    with db.session(write=False) as session:
        assert session.get_one(Owner, user.id).adopted_by is None


def test_two_devices_one_account(user):
    first, second = visitor_with_work(), visitor_with_work()
    sign_in(user, first)
    sign_in(user, second)
    sign_in(user, second)
    assert counts(user.id) == {"cv": 2, "job": 2, "photo": 2, "idempotency_key": 1}
    with db.session(write=False) as session:
        names = session.exec(select(Cv.filename).where(Cv.owner_id == user.id).order_by(Cv.filename)).all()
    assert names[0].removesuffix(".json") + ".json" == names[0]
    assert len(set(names)) == 2


def test_two_devices_at_once(user):
    visitors = [visitor_with_work() for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda visitor: sign_in(user, visitor), visitors))
    assert counts(user.id) == {"cv": 4, "job": 4, "photo": 4, "idempotency_key": 1}


def test_two_accounts_one_browser_the_first_has_it(user):
    visitor, other = visitor_with_work(), make_account("paul@example.org", password=None)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda account: sign_in(account, visitor), (user, other)))
    assert sorted([counts(user.id)["cv"], counts(other.id)["cv"]]) == [0, 1]


def test_names_that_meet(user):
    visitor = new_id()
    with db.session() as session:
        owners.ensure(session, visitor)
        for owner_id, names in ((user.id, ["a.json", "b.json"]), (visitor, ["a.json", "a-2.json", "c.json"])):
            for name in names:
                session.add(Cv(owner_id=owner_id, filename=name, template="modern", title=owner_id))
    sign_in(user, visitor)
    with db.session(write=False) as session:
        found = {cv.filename: cv.title for cv in session.exec(select(Cv).where(Cv.owner_id == user.id))}
    assert found.keys() == {"a.json", "b.json", "c.json", "a-2.json", "a-3.json"}
    assert (found["a.json"], found["a-3.json"]) == (user.id, visitor)


def test_a_running_job_goes_on_for_the_account(user):
    visitor = visitor_with_work()
    with db.session(write=False) as session:
        job_id = session.exec(select(Job.id).where(Job.owner_id == visitor)).one()
    seen = []

    def handler(context: jobs.Context):
        seen.append(context.owner_id)
        sign_in(user, visitor)
        context.progress(50, "compose")
        seen.append(context.owner_id)
        return {"file": "x"}

    jobs.run(job_id, {generation.KIND: handler})
    assert seen == [visitor, user.id]
    with db.session(write=False) as session:
        job = generation.get_job(session, user.id, job_id)
        assert (job.status, job.owner_id) == ("done", user.id)


def test_a_mere_visit_is_adopted_too(user):
    """A tab still open may write later: it must find out that its owner is gone."""
    visitor = new_id()
    sign_in(user, visitor)
    assert who(visitor) is None


def test_what_was_written_at_that_very_moment_follows_at_the_next_sign_in(user):
    visitor = visitor_with_work()
    sign_in(user, visitor)
    with db.session() as session:
        session.add(Cv(owner_id=visitor, filename="late.json", template="modern"))
    sign_in(user, None)
    assert counts(visitor)["cv"] == 1
    sign_in(user, new_id())
    assert counts(visitor) == NONE
    assert counts(user.id)["cv"] == 2


def test_every_table_has_its_owner_checked_and_every_clash_its_rule():
    owned = [table for table in metadata.sorted_tables if "owner_id" in table.c]
    assert {"cv", "job", "photo", "idempotency_key"} <= {table.name for table in owned}
    for table in owned:
        column = table.c.owner_id
        assert [key.target_fullname for key in column.foreign_keys] == ["owner.id"], table.name
        unique = [
            list(constraint.columns) for constraint in table.constraints if isinstance(constraint, UniqueConstraint)
        ]
        unique += [list(index.columns) for index in table.indexes if index.unique]
        unique.append(list(table.primary_key.columns))
        if any(column in columns for columns in unique):
            assert table.name in adoption.CLASHES or table.name in adoption.STAYS, (
                f"{table.name} allows something once for each owner: say in adoption.CLASHES what becomes of two"
            )
