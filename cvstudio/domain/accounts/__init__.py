"""Accounts: who someone is, for people and for programs.

`identify` is the one door; every way in ends in `sign_in`. Modules: users, passwords, sessions, tokens (JWT and
refresh), onetime (links in mails), letters (what is confirmed from a mailbox), linked (providers),
adoption (of anonymous work).
"""

from cvstudio.domain.accounts.door import (
    COOKIE,
    COOKIE_LIFE,
    Principal,
    SignedIn,
    Visit,
    check_password,
    enter,
    identify,
    sign_in,
    sign_in_with_password,
    tokens_for_password,
)

__all__ = [
    "COOKIE",
    "COOKIE_LIFE",
    "Principal",
    "SignedIn",
    "Visit",
    "check_password",
    "enter",
    "identify",
    "sign_in",
    "sign_in_with_password",
    "tokens_for_password",
]
