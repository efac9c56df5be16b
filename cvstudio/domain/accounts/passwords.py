"""Passwords: which will do, and how they are kept and compared. Takes some 50 ms: outside of any transaction."""

import secrets
import unicodedata
from functools import cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from cvstudio.domain.accounts.faults import fault
from cvstudio.language import Language

MIN_LENGTH = 8
MAX_LENGTH = 256
# The most used of the leaked ones that are long enough.
GUESSED = """
password password1 password12 password123 passw0rd 12345678 123456789 1234567890 0123456789 87654321 qwertyui
qwerty123 qwertyuiop azertyuiop azerty123 1q2w3e4r 1qaz2wsx iloveyou princess sunshine football baseball superman
trustno1 whatever starwars computer motdepasse motdepasse1 jetaime1 soleil123 bonjour123 doudou123 loulou123
marseille changeme welcome1 letmein1 admin123 adminadmin abcd1234 abc12345 aa123456 1234qwer testtest
"""
COMMON = frozenset(GUESSED.split())

HASHER = PasswordHasher()  # Argon2id, parameters of RFC 9106: 64 MiB, 3 passes, 4 lanes
# Each takes 64 MiB: a crowd at the door waits its turn.
HASHING = BoundedSemaphore(4)


def check(password: str, field: str, language: Language, *, known: tuple[str, ...] = ()) -> None:
    """Raises InvalidInput for one too short, too long, or guessed at once (`known`: the person's name and address)."""
    if len(password) < MIN_LENGTH:
        raise fault(field, "short", language)
    if len(password) > MAX_LENGTH:
        raise fault(field, "long", language)
    plain = password.casefold()
    if plain in COMMON or len(set(plain)) < 4 or plain in {word.casefold() for word in known}:
        raise fault(field, "common", language)


def hashed(password: str) -> str:
    with HASHING:
        return HASHER.hash(_normal(password))


def verify(stored: str | None, password: str) -> bool:
    """Whether it is the one. Without a stored hash it takes as long, and is not."""
    dummy = _dummy(HASHER.time_cost, HASHER.memory_cost)
    with HASHING:
        try:
            return HASHER.verify(stored or dummy, _normal(password)[: MAX_LENGTH * 4]) and stored is not None
        except (VerificationError, InvalidHashError):
            return False


def outdated(stored: str) -> bool:
    """Whether it was made with other parameters than today's."""
    return HASHER.check_needs_rehash(stored)


@cache
def _dummy(_time_cost: int, _memory_cost: int) -> str:
    return HASHER.hash(secrets.token_urlsafe())


def _normal(password: str) -> bytes:
    # The same letters may be typed as one code point or two; a lone surrogate is no reason to crash.
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")
