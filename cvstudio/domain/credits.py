"""Credits: a ledger that only grows. A balance is its sum; a price is held while the work lasts, then kept or returned.

Every entry has a `ref`, what it is for, and is made once for it, however often it is asked for.
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import ClassVar

from sqlalchemy import ColumnElement, bindparam
from sqlmodel import Session, col, func, select

from cvstudio import jobs
from cvstudio.domain import mailing, owners, rate, site_settings
from cvstudio.domain.rate import Limit
from cvstudio.errors import Conflict, Forbidden, RateLimited, Unavailable
from cvstudio.models import CreditEntry, Job, User, metadata

# What a feature costs. Files and edits cost it beyond what is free in a day (see tiers).
PRICES = {
    "gpt_cv_generation": 1,
    "pdf_import": 1,
    "pdf_export": 1,
    "cv_edit": 1,
}
MAX_REFERRALS = 20  # that one account is rewarded for
LOW = 3  # when a mail says so
REMIND = Limit(1, 7 * 86_400)

PURCHASED = ("purchase", "subscription")
GIVEN = ("welcome", "referral", "referred", "gift")
USED = ("hold", "debit")
RETURNED = ("settle", "release", "refund")
GRANTS = (*PURCHASED, *GIVEN, "refund")

_ENTRIES = metadata.tables["credit_entry"]
_HOLDER = select(_ENTRIES.c.owner_id).where(_ENTRIES.c.kind == "hold", _ENTRIES.c.ref == bindparam("ref"))


class InsufficientCredits(Forbidden):
    """`need` credits were asked for, `balance` are there."""

    code: ClassVar[str] = "INSUFFICIENT_CREDITS"
    messages: ClassVar[dict[str, str]] = {
        "fr": "Crédits nécessaires : {need} ; votre solde : {balance}. Rien n’a été débité.",
        "en": "Credits needed: {need}; your balance: {balance}. Nothing was charged.",
    }


class LedgerConflict(Conflict):
    """The same ref was used for something else."""

    code: ClassVar[str] = "LEDGER_CONFLICT"


@dataclass(frozen=True)
class Totals:
    """balance = purchased + given + returned - used"""

    balance: int
    purchased: int
    used: int
    returned: int
    given: int


# ---------------------------------------------------------------------------- what there is


def balance(session: Session, owner_id: str) -> int:
    return session.exec(select(func.coalesce(func.sum(CreditEntry.amount), 0)).where(_of(owner_id))).one()


def totals(session: Session, owner_id: str) -> Totals:
    sums = select(CreditEntry.kind, func.sum(CreditEntry.amount)).where(_of(owner_id)).group_by(CreditEntry.kind)
    found = {kind: int(amount) for kind, amount in session.exec(sums)}

    def of(kinds: tuple[str, ...]) -> int:
        return sum(found.get(kind, 0) for kind in kinds)

    return Totals(sum(found.values()), of(PURCHASED), -of(USED), of(RETURNED), of(GIVEN))


def transactions(session: Session, owner_id: str, limit: int, offset: int = 0) -> tuple[list[CreditEntry], int]:
    """The entries that moved something, the newest first, and how many there are in all."""
    moved = _of(owner_id) & (col(CreditEntry.amount) != 0)
    page = select(CreditEntry).where(moved).order_by(col(CreditEntry.created_at).desc(), CreditEntry.id)
    total = session.exec(select(func.count()).select_from(CreditEntry).where(moved)).one()
    return list(session.exec(page.limit(limit).offset(offset))), total


def afford(session: Session, owner_id: str, amount: int) -> None:
    """Raises InsufficientCredits. It holds until the transaction ends if the caller has the owner's lock."""
    have = balance(session, owner_id) if amount else 0
    if have < amount:
        raise InsufficientCredits(need=amount, balance=have)


# ---------------------------------------------------------------------------- more


def grant(session: Session, owner_id: str, kind: str, ref: str, amount: int, feature: str = "") -> bool:
    """Adds `amount`, of a kind of GRANTS; False if that was done before. Raises LedgerConflict."""
    if kind not in GRANTS or amount <= 0:
        raise ValueError(f"{kind} of {amount}")
    owners.lock(session, owner_id)
    if _made(session, owner_id, kind, ref, amount):
        return False
    _add(session, owner_id, kind, ref, amount, feature)
    return True


def welcome(session: Session, user_id: str) -> bool:
    """Once per account, as many as the setting says then."""
    owners.lock(session, user_id)
    amount: int = site_settings.get(session, "welcome_credits")
    made = session.exec(select(CreditEntry.id).where(CreditEntry.kind == "welcome", CreditEntry.ref == user_id)).first()
    return amount > 0 and made is None and grant(session, user_id, "welcome", user_id, amount)


def reward_referral(session: Session, user_id: str) -> bool:
    """Once per person who was referred and whose address is verified: to them and, MAX_REFERRALS times, to whoever
    referred them. False when there is nothing to reward, or no longer."""
    user = session.get(User, user_id)
    if user is None or user.email_verified_at is None or user.referred_by in (None, user_id):
        return False
    referrer = str(user.referred_by)
    for owner_id in sorted((user_id, referrer)):  # always in the same order: nobody waits for each other
        owners.lock(session, owner_id)
    amount: int = site_settings.get(session, "referral_credits")
    made = select(CreditEntry.id).where(CreditEntry.kind == "referred", CreditEntry.ref == user_id)
    if amount == 0 or session.exec(made).first():
        return False
    grant(session, user_id, "referred", user_id, amount)
    rewarded = select(func.count()).where(_of(referrer), CreditEntry.kind == "referral")
    if session.exec(rewarded).one() < MAX_REFERRALS:
        # Not their id: this entry stays when they leave.
        grant(session, referrer, "referral", sha256(f"referral of {user_id}".encode()).hexdigest()[:32], amount)
    return True


# ---------------------------------------------------------------------------- less


def debit(session: Session, owner_id: str, feature: str, ref: str, amount: int) -> bool:
    """Takes `amount` for good; False if that was done before, or costs nothing. Raises InsufficientCredits."""
    return _spend(session, owner_id, "debit", feature, ref, amount)


def hold(session: Session, owner_id: str, feature: str, ref: str, amount: int) -> bool:
    """Takes `amount` until settle() or release(), which a job's end calls when `ref` is its id."""
    return _spend(session, owner_id, "hold", feature, ref, amount)


def settle(session: Session, ref: str, returned: int = 0) -> bool:
    """The work is done: what was held is spent, but for `returned`. False when nothing is held."""
    return _end(session, "settle", ref, returned)


def release(session: Session, ref: str) -> bool:
    """The work is not: all that was held is returned. False when nothing is held."""
    return _end(session, "release", ref, None)


@jobs.at_end
def settle_job(session: Session, job: Job, status: str) -> None:
    """The price of a job is spent if it is done, and else returned."""
    if status == "done":
        settle(session, job.id)
    else:
        release(session, job.id)


def _spend(session: Session, owner_id: str, kind: str, feature: str, ref: str, amount: int) -> bool:
    if amount < 0:
        raise ValueError(f"{kind} of {amount}")
    if amount == 0:
        return False
    owners.lock(session, owner_id)
    if _made(session, owner_id, kind, ref, -amount):
        return False
    have = balance(session, owner_id)
    if have < amount:
        raise InsufficientCredits(need=amount, balance=have)
    _add(session, owner_id, kind, ref, -amount, feature)
    if have - amount <= LOW < have:
        _remind(session, owner_id, have - amount)
    return True


def _end(session: Session, kind: str, ref: str, returned: int | None) -> bool:
    owner_id = session.connection().execute(_HOLDER, {"ref": ref}).scalar()
    if owner_id is None:
        return False
    owners.lock(session, owner_id)
    entries = {entry.kind: entry for entry in session.exec(select(CreditEntry).where(CreditEntry.ref == ref))}
    if "hold" not in entries or {"settle", "release"} & entries.keys():
        return False
    held = entries["hold"]
    amount = -held.amount if returned is None else returned
    if not 0 <= amount <= -held.amount:
        raise ValueError(f"{amount} of {-held.amount} returned")
    _add(session, owner_id, kind, ref, amount, held.feature)
    return True


def _made(session: Session, owner_id: str, kind: str, ref: str, amount: int) -> bool:
    found = session.exec(select(CreditEntry).where(CreditEntry.kind == kind, CreditEntry.ref == ref)).first()
    if found is not None and (found.owner_id, found.amount) != (owner_id, amount):
        raise LedgerConflict(f"another {kind} has this ref")
    return found is not None


def _add(session: Session, owner_id: str, kind: str, ref: str, amount: int, feature: str) -> None:
    session.add(CreditEntry(owner_id=owner_id, kind=kind, ref=ref, amount=amount, feature=feature))
    session.flush()


def _of(owner_id: str) -> ColumnElement[bool]:
    return col(CreditEntry.owner_id) == owner_id


def _remind(session: Session, owner_id: str, left: int) -> None:
    """By mail, once a week at most."""
    user = session.get(User, owner_id)
    if user is None or user.email_verified_at is None:
        return
    try:
        rate.hit(session, "low_credits", owner_id, REMIND)
    except (RateLimited, Unavailable):
        return
    mailing.send(session, "low_credits", user.email, user.locale, owner_id=owner_id, credits=left)
