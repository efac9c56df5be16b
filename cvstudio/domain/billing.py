"""Who may have what without paying. A tier is what an active subscription reads as; nothing else can be bought yet."""

from sqlmodel import Session

from cvstudio.domain import tiers
from cvstudio.render.themes import Theme

SUBSCRIBED = ("pro", "team")


def subscribed(session: Session, owner_id: str) -> bool:
    return tiers.of(session, owner_id).name in SUBSCRIBED


def may_export_clean(session: Session, owner_id: str, theme: Theme) -> bool:
    """Whether the owner's files in this theme carry no watermark: a premium one's do without a subscription."""
    return clean(theme, subscribed(session, owner_id))


def clean(theme: Theme, paid: bool) -> bool:
    return paid or not theme.premium
