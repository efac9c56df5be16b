import threading
from datetime import timedelta

import pytest

from cvstudio import db
from cvstudio.domain import onboarding
from cvstudio.domain.onboarding import STEPS, AccountNotFound, State
from cvstudio.errors import InvalidInput
from cvstudio.models import User, utcnow
from tests.conftest import make_owner
from tests.domain.people import make_user


@pytest.fixture
def user(engine, owner) -> User:
    return make_user(owner)


def act(user: User, action: str, step: str | int | None = None) -> State:
    with db.session() as session:
        return onboarding.act(session, user.id, action, step, "en")


def complete(user: User, *steps: str | int) -> State:
    with db.session() as session:
        return onboarding.complete(session, user.id, steps, "en")


def go_to(user: User, step: str | int, data: object = None) -> State:
    with db.session() as session:
        return onboarding.go_to(session, user.id, step, data, "en")


def stored(user: User) -> State:
    with db.session(write=False) as session:
        return onboarding.state(session.get_one(User, user.id))


def test_a_new_account_is_before_the_first_step(user):
    assert stored(user) == State(current=STEPS[0])
    assert stored(user).status == "new"


def test_step_by_step_to_the_end(user):
    assert act(user, "start").status == "started"
    for number, step in enumerate(STEPS[:-1], 1):
        assert stored(user).current == step
        assert complete(user, step).completed == list(STEPS[:number])
    last = complete(user, len(STEPS))
    assert (last.status, last.current) == ("completed", None)
    assert last.started_at <= last.completed_at
    assert stored(user) == last


def test_two_tabs_add_up(user):
    def done(step: str) -> None:
        complete(user, step)

    threads = [threading.Thread(target=done, args=(step,)) for step in STEPS]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert stored(user).status == "completed"


def test_going_to_a_step_keeps_what_the_client_wants_to_keep(user):
    go_to(user, "template", {"slug": "modern"})
    found = go_to(user, 2, ["x"])
    assert (found.current, found.data) == ("cv", {"template": {"slug": "modern"}, "cv": ["x"]})
    assert found.status == "started"
    assert go_to(user, 2).data == found.data


def test_skipped_and_taken_up_again(user):
    complete(user, "welcome")
    assert act(user, "skip").status == "skipped"
    assert complete(user, "template").status == "skipped"
    again = act(user, "start")
    assert (again.status, again.current, again.completed) == ("started", "cv", ["welcome", "template"])
    assert act(user, "start", "preview").current == "preview"


def test_complete_and_reset(user):
    assert act(user, "complete", "cv").completed == ["cv"]
    assert act(user, "complete").status == "completed"
    assert act(user, "start").current == STEPS[0]
    assert act(user, "reset") == State() == stored(user)


@pytest.mark.parametrize("step", ["", "nothing", 0, len(STEPS) + 1, True, "1"])
def test_there_are_no_other_steps(user, step):
    for tried in (lambda: complete(user, step), lambda: go_to(user, step), lambda: act(user, "start", step)):
        with pytest.raises(InvalidInput) as refused:
            tried()
        assert ", ".join(STEPS) in next(iter(refused.value.fields.values()))[0]
    assert stored(user) == State()


@pytest.mark.parametrize("data", ["x" * 5_000, "\0", "\ud800", float("nan")])
def test_data_that_cannot_be_kept_is_refused(user, data):
    with pytest.raises(InvalidInput):
        go_to(user, "cv", {"x": data})
    assert stored(user) == State()


def test_a_step_that_the_tour_lost_is_no_longer_there(user):
    with db.session() as session:
        kept = {"currentStep": "gone", "completedSteps": ["gone", "welcome"], "startedAt": "2026-01-01T00:00:00Z"}
        session.get_one(User, user.id).onboarding = kept
    assert (stored(user).current, stored(user).completed) == ("cv", ["welcome"])


def test_a_missing_account_is_missing(engine):
    for name in ("nobody", "", "é", "\0"):
        with db.session() as session, pytest.raises(AccountNotFound):
            onboarding.reset(session, name)


def test_analytics_add_up(user):
    act(user, "start")
    for action in ("skip", "complete"):
        with db.session() as session:
            other = make_owner(session)
        act(make_user(other), action)
    with db.session() as session:
        began = utcnow() - timedelta(minutes=10)
        kept = {
            "completedSteps": list(STEPS),
            "startedAt": began.isoformat(),
            "completedAt": (began + timedelta(seconds=90)).isoformat(),
        }
        session.get_one(User, user.id).onboarding = kept
    with db.session(write=False) as session:
        found = onboarding.analytics(session)
        people, total = onboarding.people(session, limit=2, offset=0)
    assert found.total == total == sum(found.by_status.values()) == 3
    assert found.by_status == {"new": 0, "started": 0, "skipped": 1, "completed": 2}
    assert found.by_step == dict.fromkeys(STEPS, 2)
    assert found.median_seconds == 45
    assert len(people) == 2
