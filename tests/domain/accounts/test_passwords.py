"""Which passwords will do; and that an unknown address costs as much as a known one."""

import pytest
from argon2 import PasswordHasher

from cvstudio.domain import accounts
from cvstudio.domain.accounts import passwords
from cvstudio.domain.accounts.faults import WrongCredentials
from cvstudio.errors import InvalidInput
from tests.accounts import PASSWORD, make_account, reload


@pytest.mark.parametrize("good", [PASSWORD, "été à Biarritz", "correct horse", "🦊🐻🐼🐸🐙🦄🐝🐞", "x1!y2?z3"])
def test_good_ones(good):
    passwords.check(good, "password", "fr")
    stored = passwords.hashed(good)
    assert stored.startswith("$argon2id$")
    assert passwords.verify(stored, good)
    assert not passwords.verify(stored, good + " ")


@pytest.mark.parametrize(
    "bad", ["", "short", "1234567", "x" * 257, "password123", "MotDePasse", "aaaaaaaaab", "abababab"]
)
def test_bad_ones(bad):
    with pytest.raises(InvalidInput) as refused:
        passwords.check(bad, "new_password", "en")
    assert refused.value.fields.keys() == {"new_password"}


def test_ones_own_name_or_address_is_too_easy():
    for known in ("marie@example.org", "Marie Dupont"):
        with pytest.raises(InvalidInput):
            passwords.check(known.upper(), "password", "fr", known=(known.lower(),))


def test_the_same_letters_typed_otherwise_are_the_same():
    assert passwords.verify(passwords.hashed("cafe\u0301 noir"), "caf\u00e9 noir")
    assert not passwords.verify(passwords.hashed("cafe noir"), "\ud800" * 9)


def test_a_broken_hash_opens_nothing():
    assert not passwords.verify("not a hash", PASSWORD)
    assert not passwords.verify(None, PASSWORD)


class Counted(PasswordHasher):
    """Counts its comparisons."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=64, parallelism=1)
        self.asked: list[str] = []

    def verify(self, hash, password):
        self.asked.append(hash)
        return super().verify(hash, password)


def test_known_and_unknown_addresses_cost_the_same(engine, monkeypatch):
    """One comparison each, of hashes with the same parameters, before the same words."""
    make_account("known@example.org")
    make_account("by-mail@example.org", password=None)
    counted = Counted()
    monkeypatch.setattr(passwords, "HASHER", counted)
    said = set()
    for email in ("known@example.org", "by-mail@example.org", "unknown@example.org", "not an address", "", "x" * 900):
        with pytest.raises(WrongCredentials) as refused:
            accounts.check_password(email, "another one, as long")
        said.add(str(refused.value))
    assert len(counted.asked) == 6
    assert len({hash.rsplit("$", 2)[0] for hash in counted.asked}) == 1
    assert len(said) == 1


def test_a_hash_of_other_parameters_is_made_anew(engine, monkeypatch):
    user = make_account("marie@example.org")
    monkeypatch.setattr(passwords, "HASHER", PasswordHasher(time_cost=2, memory_cost=128, parallelism=1))
    assert passwords.outdated(user.password_hash)
    accounts.check_password("Marie@Example.org", PASSWORD)
    renewed = reload(user).password_hash
    assert renewed != user.password_hash
    assert not passwords.outdated(renewed)
    accounts.check_password("marie@example.org", PASSWORD)
    assert reload(user).password_hash == renewed
