"""What a signed-in route is compared with: the same token, look-ups and answer, and nothing around them."""

from __future__ import annotations

import hmac
import sys
from typing import Annotated, Any

from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server
from joserfc import jwt
from joserfc.jwk import OctKey
from sqlalchemy import create_engine
from sqlmodel import Session

from cvstudio.api.users import UserResponse, user_response
from cvstudio.config import settings
from cvstudio.models import LoginSession, User

Credentials = Annotated[HTTPAuthorizationCredentials, Depends(HTTPBearer())]


def application() -> FastAPI:
    app = FastAPI()
    engine = create_engine(settings().database_url)
    key = OctKey.import_key(hmac.digest(settings().secret_key.encode(), b"cvstudio.access-token", "sha256"))

    @app.get("/api/auth/profile")
    def profile(credentials: Credentials) -> UserResponse:
        claims: dict[str, Any] = jwt.decode(credentials.credentials, key, algorithms=["HS256"]).claims
        with Session(engine) as session:
            login, user = session.get(LoginSession, claims["sid"]), session.get(User, claims["sub"])
            if login is None or user is None or login.revoked_at is not None:
                raise HTTPException(401)
            return user_response(user)

    return app


if __name__ == "__main__":
    Server(
        target="bench.bare_api:application",
        factory=True,
        address="127.0.0.1",
        port=int(sys.argv[1]),
        interface=Interfaces.ASGI,
        workers=1,
        log_level=LogLevels.warning,
    ).serve()
