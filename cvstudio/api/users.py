"""An account as both specifications show it."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from cvstudio.api.answers import iso
from cvstudio.models import User

USER: dict[str, Any] = {
    "id": "q3ZkT0xYw81LmNcb",
    "username": "marie.dupont",
    "email": "marie.dupont@example.org",
    "name": "Marie Dupont",
    "first_name": "Marie",
    "last_name": "Dupont",
    "phone": "+33639980000",
    "image": None,
    "role": "user",
    "tier": "free",
    "is_premium": False,
    "subscription_type": None,
    "subscription_end_date": None,
    "emailVerified": None,
    "referralCode": "k8WvPq2LhS",
    "locale": "fr",
    "created_at": "2026-11-21T10:00:00Z",
    "createdAt": "2026-11-21T10:00:00Z",
}


class UserResponse(BaseModel):
    model_config = ConfigDict(json_schema_extra={"example": USER})

    id: str
    username: str | None
    email: str
    name: str
    first_name: str
    last_name: str
    phone: str
    image: None = None
    role: str
    tier: str
    is_premium: bool
    subscription_type: str | None
    subscription_end_date: str | None
    emailVerified: str | None = Field(description="when the address was confirmed")
    referralCode: str = Field(description="for friends to register with")
    locale: str
    created_at: str
    createdAt: str = Field(description="the same as `created_at`")


def user_response(user: User) -> UserResponse:
    created = iso(user.created_at)
    return UserResponse(
        id=user.id,
        username=user.username,
        email=user.email,
        name=user.name,
        first_name=user.first_name,
        last_name=user.last_name,
        phone=user.phone,
        role=user.role,
        tier=user.tier,
        is_premium=user.tier != "free",
        subscription_type=None,  # plans cannot be bought yet
        subscription_end_date=None,
        emailVerified=iso(user.email_verified_at) if user.email_verified_at else None,
        referralCode=user.referral_code,
        locale=user.locale,
        created_at=created,
        createdAt=created,
    )
