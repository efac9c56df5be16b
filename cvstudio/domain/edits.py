"""What an edit costs that an API client reports. Editing on our pages is free, and never comes here."""

from sqlmodel import Session

from cvstudio.domain import credits, owners, rate, tiers
from cvstudio.domain.rate import Limit
from cvstudio.errors import RateLimited
from cvstudio.models import new_id

FEATURE = "cv_edit"
DAY = 86_400


def price(session: Session, owner_id: str) -> int:
    """In credits, of the next one; nothing is counted. Raises InsufficientCredits."""
    free = tiers.of(session, owner_id).free_edits
    if free is None:
        return 0
    try:
        rate.check(session, FEATURE, owner_id, Limit(free, DAY))
    except RateLimited:
        credits.afford(session, owner_id, credits.PRICES[FEATURE])
        return credits.PRICES[FEATURE]
    return 0


def charge(session: Session, owner_id: str) -> int:
    """Counts one, or takes its price once the day's free ones are used: what it took. Raises InsufficientCredits."""
    owners.lock(session, owner_id)
    cost = price(session, owner_id)
    free = tiers.of(session, owner_id).free_edits
    if cost:
        credits.debit(session, owner_id, FEATURE, new_id(), cost)
    elif free is not None:
        rate.hit(session, FEATURE, owner_id, Limit(free, DAY))
    return cost
