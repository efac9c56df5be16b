import pytest

from cvstudio.domain.breaker import Breaker


class Clock:
    now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> Breaker:
    return Breaker(failures=3, window=10, rest=30, clock=clock)


def fail(breaker: Breaker, times: int) -> None:
    for _ in range(times):
        assert breaker.admit()
        breaker.failed()


def test_it_opens_after_so_many_failures(breaker):
    fail(breaker, 2)
    assert breaker.state == "closed"
    fail(breaker, 1)
    assert (breaker.state, breaker.admit()) == ("open", False)


def test_failures_long_ago_do_not_count(breaker, clock):
    fail(breaker, 2)
    clock.now += 10
    fail(breaker, 2)
    assert breaker.state == "closed"


def test_a_success_in_between_counts(breaker):
    fail(breaker, 2)
    breaker.succeeded()
    fail(breaker, 2)
    assert breaker.state == "closed"


def test_after_a_rest_one_probe_goes_and_closes_it(breaker, clock):
    fail(breaker, 3)
    clock.now += 30
    assert breaker.state == "half-open"
    assert [breaker.admit() for _ in range(3)] == [True, False, False]
    breaker.succeeded()
    assert (breaker.state, breaker.admit(), breaker.admit()) == ("closed", True, True)


def test_a_probe_that_fails_opens_it_again(breaker, clock):
    fail(breaker, 3)
    clock.now += 30
    fail(breaker, 1)
    assert (breaker.state, breaker.admit()) == ("open", False)
    clock.now += 30
    assert breaker.admit()


def test_a_probe_that_never_came_back_is_not_waited_for_for_ever(breaker, clock):
    fail(breaker, 3)
    clock.now += 30
    assert breaker.admit()
    clock.now += 29
    assert not breaker.admit()
    clock.now += 1
    assert breaker.admit()


def test_the_service_may_ask_for_a_longer_rest(breaker, clock):
    fail(breaker, 2)
    breaker.failed(wait=120)
    clock.now += 119
    assert breaker.state == "open"
    breaker.failed()  # of one that was under way: shortens nothing
    clock.now += 1
    assert breaker.state == "half-open"
