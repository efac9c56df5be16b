import time

import pytest
from sqlmodel import select

from cvstudio import db
from cvstudio.domain import attempts
from cvstudio.errors import RateLimited
from cvstudio.models import RateHit


def tried(address: str = "192.0.2.7", account: str = "marie@example.org", kind: str = "sign_in") -> bool:
    try:
        attempts.check(None, kind, address, account)
    except RateLimited:
        return False
    return True


def test_five_tries_from_one_place_at_one_account(engine, monkeypatch):
    assert [tried() for _ in range(6)] == [True] * 5 + [False]
    assert not tried("192.0.2.200", "Marie@Example.org")  # the same network, the same account
    assert tried(account="paul@example.org")
    assert tried("198.51.100.1")
    assert tried(kind="reset")
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 15 * 60 + 1)
    assert tried()


def test_a_hundred_tries_from_one_place_at_whatever_accounts(engine):
    assert [tried(account=f"{number}@example.org") for number in range(101)] == [True] * 100 + [False]
    assert tried("198.51.100.1", "100@example.org")  # a refused try has not counted against the account
    assert not tried(account="")


def test_one_account_from_everywhere(engine):
    assert [tried(f"10.0.{number}.1") for number in range(51)] == [True] * 50 + [False]
    assert [tried(f"10.1.{number}.1", kind="magic_link") for number in range(6)] == [True] * 5 + [False]


def test_a_success_begins_anew_for_that_account_only(engine):
    for _ in range(5):
        tried()
    attempts.succeeded(None, "sign_in", "192.0.2.7", "marie@example.org")
    assert [tried() for _ in range(6)] == [True] * 5 + [False]
    assert sum(tried(account=f"{number}@example.org") for number in range(100)) == 90  # of the network's 100


def test_who_signs_in_often_is_not_kept_out(engine):
    for number in range(60):
        assert tried(f"10.0.{number}.1")
        attempts.succeeded(None, "sign_in", f"10.0.{number}.1", "marie@example.org")


def test_with_a_session_it_counts_if_that_commits(engine):
    with db.session() as session:
        for _ in range(5):
            attempts.check(session, "sign_in", "192.0.2.7", "marie@example.org")
    assert not tried()


def test_nobodys_address_is_kept(engine):
    tried()
    with db.session(write=False) as session:
        kept = " ".join(session.exec(select(RateHit.key)))
    assert "marie" not in kept
    assert "192.0" not in kept


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("192.0.2.7", "192.0.2.0"),
        ("192.0.2.0/24", "192.0.2.0"),
        ("::ffff:192.0.2.7", "192.0.2.0"),
        ("2001:db8:1:2::3", "2001:db8:1::"),
        ("2001:db8:1::/48", "2001:db8:1::"),
        ("fe80::1%eth0", "fe80::"),
        ("testclient", ""),
        ("", ""),
    ],
)
def test_of_an_address_only_the_network_counts(address, expected):
    assert attempts.network(address) == expected
