"""Accounts, written straight into the database."""

from typing import Any

from cvstudio import db
from cvstudio.models import Owner, User, utcnow


def make_user(owner: Owner, **values: Any) -> User:
    """The owner becomes an account."""
    with db.session() as session:
        session.get_one(Owner, owner.id).kind = "account"
        user = User(id=owner.id, email=f"{owner.id}@example.org".lower(), email_verified_at=utcnow())
        for name, value in values.items():
            setattr(user, name, value)
        session.add(user)
    return user
