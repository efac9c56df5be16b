"""Who may have what without paying. Nothing can be bought yet."""

from sqlmodel import Session

from cvstudio.render.themes import Theme


def may_export_clean(session: Session, owner_id: str, theme: Theme) -> bool:
    """Whether the owner's files in this theme carry no watermark: premium themes are not paid for by anyone yet."""
    return not theme.premium
