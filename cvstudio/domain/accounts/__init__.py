"""Accounts: who someone is, for people and for programs.

`identify` is the one door; every way in ends in `sign_in`. Modules: users, passwords, sessions, tokens (JWT and
refresh), onetime (links in mails), letters (what is confirmed from a mailbox), linked (providers), factors (codes of
an app), passkeys, ways (in), security (notices), adoption (of anonymous work).
"""

from cvstudio.domain.accounts.door import (
    COOKIE,
    COOKIE_LIFE,
    PENDING_LIFE,
    Entered,
    Pending,
    Principal,
    SignedIn,
    Visit,
    check_password,
    complete,
    enter,
    identify,
    sign_in,
    sign_in_with_password,
    tokens_for_code,
    tokens_for_password,
)

__all__ = [
    "COOKIE",
    "COOKIE_LIFE",
    "PENDING_LIFE",
    "Entered",
    "Pending",
    "Principal",
    "SignedIn",
    "Visit",
    "check_password",
    "complete",
    "enter",
    "identify",
    "sign_in",
    "sign_in_with_password",
    "tokens_for_code",
    "tokens_for_password",
]
