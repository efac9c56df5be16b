"""What work in the background costs: nothing while the day's free ones last, else its price, held until the work ends.

Work that fails or is cancelled costs nothing, and does not use up a free one.
"""

from sqlmodel import Session, col, func, select

from cvstudio import jobs
from cvstudio.domain import credits, owners, rate, tiers
from cvstudio.domain.rate import Limit
from cvstudio.domain.tiers import Tier
from cvstudio.errors import RateLimited, Unavailable
from cvstudio.models import Job, Json

DAY = 86_400
# Feature → under which name its free ones are counted: "tailored" is shared with domain.widgets.
COUNTED = {"gpt_cv_generation": "tailored", "pdf_import": "imported"}


def admit(session: Session, owner_id: str, feature: str) -> int:
    """The price, in credits; counts one request. Exact: an owner's requests pass here one at a time.

    Raises InsufficientCredits, RateLimited.
    """
    owners.lock(session, owner_id)
    price = _price(session, owner_id, feature)
    rate.hit(session, "generation", owner_id, tiers.of(session, owner_id).limit)
    return price


def check(session: Session, owner_id: str, feature: str) -> int:
    """The price, as it is now. Raises what admit() would, and counts nothing."""
    price = _price(session, owner_id, feature)
    rate.check(session, "generation", owner_id, tiers.of(session, owner_id).limit)
    return price


def enqueue(session: Session, kind: str, owner_id: str, payload: Json, feature: str, price: int) -> Job:
    """The job, with its price held."""
    job = jobs.enqueue(session, kind, owner_id, payload | {"feature": feature, "price": price})
    credits.hold(session, owner_id, feature, job.id, price)
    return job


@jobs.at_end
def count_free(session: Session, job: Job, status: str) -> None:
    """One of the day's free ones is used once the work is done."""
    name = COUNTED.get(str(job.payload.get("feature", "")))
    if status != "done" or name is None or job.payload["price"]:
        return
    limit = _free(tiers.of(session, job.owner_id))
    if limit is None:
        return
    try:
        rate.hit(session, name, job.owner_id, limit)
    except (RateLimited, Unavailable):  # it was free when it was asked for
        return


def _price(session: Session, owner_id: str, feature: str) -> int:
    limit = _free(tiers.of(session, owner_id))
    if limit is None:
        return 0
    left = limit.number - _under_way(session, owner_id, feature)
    try:
        if left <= 0:
            raise RateLimited
        rate.check(session, COUNTED[feature], owner_id, Limit(left, DAY))
    except RateLimited:
        credits.afford(session, owner_id, credits.PRICES[feature])
        return credits.PRICES[feature]
    return 0


def _free(tier: Tier) -> Limit | None:
    return None if tier.free_files is None else Limit(tier.free_files, DAY)


def _under_way(session: Session, owner_id: str, feature: str) -> int:
    """Free ones asked for and not counted yet."""
    free = select(func.count()).where(
        Job.owner_id == owner_id,
        col(Job.status).in_(("queued", "running")),
        col(Job.payload)["feature"].as_string() == feature,
        col(Job.payload)["price"].as_integer() == 0,
    )
    return session.exec(free).one()
