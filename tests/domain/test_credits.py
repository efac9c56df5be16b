"""The ledger: what it holds, what it refuses, and that nobody spends a credit twice."""

import shutil
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError, IntegrityError
from sqlmodel import Session, col, delete, select

from cvstudio import db
from cvstudio.domain import credits, site_settings
from cvstudio.domain.credits import InsufficientCredits, LedgerConflict, Totals
from cvstudio.domain.site_settings import REGISTRY
from cvstudio.models import CreditEntry, MailLog, Owner, User, utcnow
from tests.conftest import make_owner
from tests.domain.people import make_user

WELCOME, REFERRAL = (REGISTRY[name].default for name in ("welcome_credits", "referral_credits"))


@pytest.fixture
def user(engine, owner) -> User:
    return make_user(owner)


def balance(owner) -> int:
    with db.session(write=False) as session:
        return credits.balance(session, owner.id)


def give(owner, amount: int, ref: str = "given") -> bool:
    with db.session() as session:
        return credits.grant(session, owner.id, "gift", ref, amount)


def hold(owner, ref: str, amount: int = 1) -> bool:
    with db.session() as session:
        return credits.hold(session, owner.id, "pdf_export", ref, amount)


def ended(end: Callable[..., bool], *given: object) -> bool:
    with db.session() as session:
        return end(session, *given)


def test_a_hold_is_spent_or_returned_once(engine, owner):
    assert give(owner, 5)
    assert not give(owner, 5)
    assert hold(owner, "a", 2)
    assert not hold(owner, "a", 2)
    assert hold(owner, "b", 3)
    assert balance(owner) == 0
    assert ended(credits.settle, "a")
    assert not ended(credits.settle, "a")
    assert not ended(credits.release, "a")
    assert ended(credits.release, "b")
    assert not ended(credits.release, "b")
    assert not ended(credits.settle, "b")
    assert not ended(credits.release, "unknown")
    assert not hold(owner, "b", 3)  # it had its end
    assert balance(owner) == 3
    with db.session() as session:
        assert credits.totals(session, owner.id) == Totals(balance=3, purchased=0, used=5, returned=3, given=5)
        shown, total = credits.transactions(session, owner.id, limit=2)
        assert [(entry.kind, entry.amount) for entry in shown] == [("release", 3), ("hold", -3)]
        assert total == 4  # what moved nothing is not shown
        assert [entry.kind for entry in credits.transactions(session, owner.id, 9, 2)[0]] == ["hold", "gift"]


def test_work_that_cost_less_returns_the_difference(engine, owner):
    give(owner, 5)
    hold(owner, "a", 4)
    with pytest.raises(ValueError):
        ended(credits.settle, "a", 5)
    assert ended(credits.settle, "a", 3)
    assert balance(owner) == 4


def test_what_costs_nothing_leaves_no_entry(engine, owner):
    assert not hold(owner, "a", 0)
    with db.session() as session:
        assert not credits.debit(session, owner.id, "cv_edit", "a", 0)
        assert session.exec(select(CreditEntry)).all() == []


def test_the_price_is_named_when_it_cannot_be_paid(engine, owner):
    give(owner, 2)
    with pytest.raises(InsufficientCredits) as error:
        hold(owner, "a", 3)
    assert (error.value.status, error.value.params) == (403, {"need": 3, "balance": 2})
    assert "3" in error.value.message("fr")
    assert balance(owner) == 2


def test_a_ref_is_of_one_owner_and_one_amount(engine, owner, stranger):
    for who in (owner, stranger):
        give(who, 5, f"for {who.id}")
    hold(owner, "a")
    for who, amount in ((owner, 2), (stranger, 1)):
        with pytest.raises(LedgerConflict):
            hold(who, "a", amount)
    with pytest.raises(LedgerConflict):
        give(stranger, 5, f"for {owner.id}")


@pytest.mark.parametrize(("kind", "amount"), [("gift", 0), ("gift", -1), ("hold", 1), ("settle", 1), ("bribe", 1)])
def test_only_grants_are_granted(sqlite, owner, kind, amount):
    with db.session() as session, pytest.raises(ValueError):
        credits.grant(session, owner.id, kind, "x", amount)
    with db.session() as session, pytest.raises(ValueError):
        credits.debit(session, owner.id, "cv_edit", "x", -1)


# ---------------------------------------------------------------------------- the database sees to it


@pytest.mark.parametrize(
    "statement",
    ["update credit_entry set amount = 100", "update credit_entry set ref = 'y'", "delete from credit_entry"],
)
def test_the_ledger_only_grows(engine, owner, statement):
    give(owner, 5)
    with pytest.raises(DatabaseError, match="only grows"), db.session() as session:
        session.connection().execute(text(statement))
    assert balance(owner) == 5


def test_it_goes_with_its_owner(engine, owner, stranger):
    give(owner, 5, "a")
    give(stranger, 7, "b")
    with db.session() as session:
        session.exec(delete(Owner).where(col(Owner.id) == owner.id))
    with db.session() as session:
        assert [entry.owner_id for entry in session.exec(select(CreditEntry))] == [stranger.id]


@pytest.mark.parametrize(("kind", "ref", "amount"), [("hold", "n", 1), ("release", "n", -1), ("settle", "a", 0)])
def test_nonsense_cannot_be_written(engine, owner, kind, ref, amount):
    give(owner, 5)
    hold(owner, "a")
    ended(credits.release, "a")
    with pytest.raises(IntegrityError), db.session() as session:
        session.add(CreditEntry(owner_id=owner.id, kind=kind, ref=ref, amount=amount))


# ---------------------------------------------------------------------------- at once


@pytest.mark.parametrize("spend", [credits.hold, credits.debit])
def test_fifty_spend_ten_credits_at_once_and_ten_win(engine, owner, spend):
    give(owner, 10)

    def won(number: int) -> bool:
        try:
            with db.session() as session:
                return spend(session, owner.id, "pdf_export", f"job {number}", 1)
        except InsufficientCredits:
            return False

    with ThreadPoolExecutor(50) as pool:
        assert sum(pool.map(won, range(50))) == 10
    assert balance(owner) == 0
    with db.session() as session:
        spent = [entry for entry in session.exec(select(CreditEntry)) if entry.amount < 0]
    assert len(spent) == 10


def test_ends_at_once_are_one_end(engine, owner):
    give(owner, 1)
    hold(owner, "a")
    ends = [credits.settle, credits.release] * 8
    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(lambda end: ended(end, "a"), ends)) == 1


def test_grants_at_once_are_one_grant(engine, owner):
    with ThreadPoolExecutor(10) as pool:
        assert sum(pool.map(lambda _: give(owner, 5), range(20))) == 1
    assert balance(owner) == 5


# ---------------------------------------------------------------------------- gifts


def test_an_account_is_welcomed_once(engine, user):
    assert ended(credits.welcome, user.id)
    assert not ended(credits.welcome, user.id)
    assert balance(user) == WELCOME


def invited(by: User, **values: object) -> User:
    with db.session() as session:
        owner = make_owner(session)
    return make_user(owner, referred_by=by.id, **values)


def test_a_referral_is_rewarded_once_both_have_an_address(engine, user):
    newcomer = invited(user, email_verified_at=None)
    assert not ended(credits.reward_referral, newcomer.id)
    with db.session() as session:
        session.get_one(User, newcomer.id).email_verified_at = utcnow()
    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(lambda _: ended(credits.reward_referral, newcomer.id), range(8))) == 1
    assert balance(user) == balance(newcomer) == REFERRAL
    assert not ended(credits.reward_referral, user.id)
    assert not ended(credits.reward_referral, "nobody")


def test_administrators_say_how_many_are_given(engine, user):
    def set_to(**values: int) -> None:
        with db.session() as session:
            for name, value in values.items():
                site_settings.change(session, name, value, None)

    newcomer = invited(user)
    set_to(welcome_credits=0, referral_credits=0)
    assert not ended(credits.welcome, newcomer.id)
    assert not ended(credits.reward_referral, newcomer.id)
    set_to(welcome_credits=30, referral_credits=7)
    assert ended(credits.welcome, newcomer.id)
    assert ended(credits.reward_referral, newcomer.id)
    set_to(welcome_credits=40, referral_credits=8)
    assert not ended(credits.welcome, newcomer.id)
    assert not ended(credits.reward_referral, newcomer.id)
    assert (balance(newcomer), balance(user)) == (37, 7)


def test_referrals_are_rewarded_so_many_times(sqlite, owner, monkeypatch):
    monkeypatch.setattr(credits, "MAX_REFERRALS", 2)
    user = make_user(owner)
    newcomers = [invited(user) for _ in range(4)]
    assert all(ended(credits.reward_referral, newcomer.id) for newcomer in newcomers)
    assert balance(user) == 2 * REFERRAL
    assert [balance(newcomer) for newcomer in newcomers] == [REFERRAL] * 4


# ---------------------------------------------------------------------------- running low


def test_a_mail_says_when_few_are_left_once_a_week(engine, user):
    def mails() -> int:
        with db.session(write=False) as session:
            return len(session.exec(select(MailLog).where(MailLog.trigger == "low_credits")).all())

    give(user, credits.LOW + 1)
    assert mails() == 0
    hold(user, "a")
    assert mails() == 1
    ended(credits.release, "a")
    hold(user, "b")
    assert mails() == 1


# ---------------------------------------------------------------------------- whatever happens

REFS = st.sampled_from(["a", "b", "c", "d"])
AMOUNTS = st.integers(0, 6)


def test_whatever_happens(configure, migrated_sqlite):
    """A model of the ledger, and the ledger, through the same story."""

    class Ledger(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.folder = Path(tempfile.mkdtemp(prefix="cvstudio-ledger-"))
            shutil.copy(migrated_sqlite, self.folder / "cvstudio.db")
            configure(database_url=f"sqlite:///{self.folder / 'cvstudio.db'}")
            self.balance = 0
            self.grants: dict[str, int] = {}
            self.debits: dict[str, int] = {}
            self.holds: dict[str, int] = {}
            self.ended: set[str] = set()
            self.entries: list[str] = []

        @initialize()
        def begin(self) -> None:
            with db.session() as session:
                self.owner_id = make_owner(session).id

        @rule(ref=REFS, amount=st.integers(1, 6))
        def grant(self, ref: str, amount: int) -> None:
            if self.grants.get(ref, amount) != amount:
                with pytest.raises(LedgerConflict), db.session() as session:
                    credits.grant(session, self.owner_id, "gift", ref, amount)
                return
            with db.session() as session:
                assert credits.grant(session, self.owner_id, "gift", ref, amount) == (ref not in self.grants)
            self.balance += 0 if ref in self.grants else amount
            self.grants[ref] = amount

        @rule(ref=REFS, amount=AMOUNTS)
        def hold(self, ref: str, amount: int) -> None:
            self.spend(credits.hold, self.holds, ref, amount)

        @rule(ref=REFS, amount=AMOUNTS)
        def debit(self, ref: str, amount: int) -> None:
            self.spend(credits.debit, self.debits, ref, amount)

        def spend(self, act: Callable[..., bool], done: dict[str, int], ref: str, amount: int) -> None:
            def spend(session: Session) -> bool:
                return act(session, self.owner_id, "pdf_export", ref, amount)

            if amount and done.get(ref, amount) != amount:
                with pytest.raises(LedgerConflict), db.session() as session:
                    spend(session)
            elif amount and ref not in done and amount > self.balance:
                with pytest.raises(InsufficientCredits), db.session() as session:
                    spend(session)
            else:
                new = bool(amount) and ref not in done
                with db.session() as session:
                    assert spend(session) == new
                if new:
                    done[ref] = amount
                    self.balance -= amount

        @rule(ref=REFS, data=st.data())
        def settle(self, ref: str, data: st.DataObject) -> None:
            returned = data.draw(st.integers(0, self.holds.get(ref, 0)))
            self.end(credits.settle, ref, returned, returned)

        @rule(ref=REFS)
        def release(self, ref: str) -> None:
            self.end(credits.release, ref, self.holds.get(ref, 0))

        def end(self, act: Callable[..., bool], ref: str, returned: int, *given: int) -> None:
            new = ref in self.holds and ref not in self.ended
            with db.session() as session:
                assert act(session, ref, *given) == new
            if new:
                self.balance += returned
                self.ended.add(ref)

        @rule(ref=REFS)
        def undo(self, ref: str) -> None:
            """What is rolled back has not been."""

            def fail() -> None:
                with db.session() as session:
                    credits.grant(session, self.owner_id, "refund", f"undone {ref}", 6)
                    credits.release(session, ref)
                    raise ZeroDivisionError

            with pytest.raises(ZeroDivisionError):
                fail()

        @invariant()
        def the_sum_is_right_and_never_negative(self) -> None:
            with db.session(write=False) as session:
                totals = credits.totals(session, self.owner_id)
                entries = session.exec(select(CreditEntry).order_by(col(CreditEntry.created_at))).all()
                assert credits.balance(session, self.owner_id) == totals.balance == self.balance >= 0
            assert totals.balance == totals.purchased + totals.given + totals.returned - totals.used
            kept = [entry.id for entry in entries]
            assert set(self.entries) <= set(kept)
            self.entries = kept

        def teardown(self) -> None:
            db.close()
            shutil.rmtree(self.folder, ignore_errors=True)

    run_state_machine_as_test(
        Ledger,
        settings=settings(
            max_examples=40, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
