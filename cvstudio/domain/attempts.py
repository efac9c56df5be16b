"""How often one may try to get in, or have a mail sent: by address, by account, and by both together."""

import hmac
import ipaddress
from dataclasses import dataclass

from sqlmodel import Session

from cvstudio import db
from cvstudio.config import settings
from cvstudio.domain import rate
from cvstudio.domain.rate import Limit

QUARTER = 15 * 60
HOUR = 3600
IPV4_PREFIX = 24  # what is kept of an address
IPV6_PREFIX = 48


@dataclass(frozen=True)
class Burst:
    address: Limit
    account: Limit  # from everywhere together
    both: Limit


# An account's own limit is high: whoever knows its e-mail address could use it up. A network's too: a class that
# learns to write CVs signs in at once.
_GUESS = Burst(address=Limit(100, QUARTER), account=Limit(50, HOUR), both=Limit(5, QUARTER))
# Here it is low: nobody's inbox is filled.
_MAIL = Burst(address=Limit(100, QUARTER), account=Limit(5, HOUR), both=Limit(3, QUARTER))
BURSTS = {
    "sign_in": _GUESS,
    "second_factor": _GUESS,
    "register": _GUESS,
    "reset": _MAIL,
    "magic_link": _MAIL,
    "verify": _MAIL,
    "email_change": _MAIL,
}


def check(session: Session | None, kind: str, address: str, account: str) -> None:
    """Counts an attempt. Raises RateLimited, and counts nothing, when there have been enough of them.

    `account` is what was typed, known or not, and empty where nothing was; `address` is the caller's. Pass no session,
    and no other open, so that an attempt that is refused later has counted too; with one, it counts if that commits.
    """
    if session is None:
        with db.session() as own:
            return check(own, kind, address, account)
    burst = BURSTS.get(kind, _GUESS)
    near = network(address)
    # Always in this order: on PostgreSQL each waits for the others that count the same.
    rate.hit(session, f"{kind}.address", hidden(near), burst.address)
    if account:
        rate.hit(session, f"{kind}.account", hidden(account.casefold()), burst.account)
        rate.hit(session, f"{kind}.both", _both(near, account), burst.both)
    return None


def succeeded(session: Session | None, kind: str, address: str, account: str) -> None:
    """The account begins anew: it was its owner, who mistyped or whose program signs in often."""
    burst = BURSTS.get(kind, _GUESS)
    rate.forget(session, f"{kind}.account", hidden(account.casefold()), burst.account)
    rate.forget(session, f"{kind}.both", _both(network(address), account), burst.both)


def network(address: str) -> str:
    """The network that an IP address is in, which is all we keep of it: "192.0.2.0", "2001:db8:1::"."""
    try:
        found = ipaddress.ip_address(address.strip().partition("/")[0].partition("%")[0])
    except ValueError:
        return ""
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    prefix = IPV4_PREFIX if found.version == 4 else IPV6_PREFIX
    return str(ipaddress.ip_network((found, prefix), strict=False).network_address)


def _both(near: str, account: str) -> str:
    return hidden(f"{near} {account.casefold()}")


def hidden(who: str) -> str:
    """What is counted is nobody's address: only whoever knows the secret key could tell."""
    return hmac.digest(settings().secret_key.encode(), who.encode("utf-8", "replace"), "sha256").hex()[:32]
