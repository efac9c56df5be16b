"""A tab's state is for the browser session that began it: its token alone opens nothing.

Reflex keeps a tab's state under a token that the browser makes up, holds in its sessionStorage and shows in the
socket's address, where logs may see it; the state lives on for an hour after the tab has gone. Whoever shows the token
would be given the state, whole, and what the bus tells that tab. So it is asked here, before Reflex is, whether the
cookies are those that the state was begun with, and still good. Someone else is given a state of their own, as is the
next person at the same browser: signing in and out changes the cookies.
"""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, TypeAlias

import reflex as rx
from reflex.istate.manager.token import BaseStateToken

from cvstudio.config import settings
from cvstudio.errors import NotFound, TooLarge
from cvstudio.state.session import Credentials, Session

Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]
ASGIApp: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]

UPLOAD = "/_upload"
NAMED_IN = b"reflex-client-token"  # the header of an upload


async def opens(app: rx.App, token: str, scope: Scope) -> bool:
    """Whether who asks, with their cookies, may have the state under this token; anyone may begin one."""
    root: Any = await app.state_manager.get_state(BaseStateToken(ident=token, cls=Session))
    if not root.router_data:
        return True
    shown = Credentials.read(_header(scope, b"cookie"))
    if shown != Credentials.read(root.router.headers.cookie):
        return False
    principal = shown.principal()
    return principal.owner_id is not None and (shown.login is None or principal.login is not None)


def keep_apart(app: rx.App) -> None:
    """Has every socket asked as it connects: nothing is sent before."""
    namespace: Any = app.event_namespace
    sockets: Any = app.sio
    if namespace is None or sockets is None:
        raise RuntimeError("the app has no socket server: no state was defined before rx.App")
    link = namespace.link_token_to_sid

    async def link_own(sid: str, token: str, *, update_state: bool = True) -> None:
        if not await opens(app, token, sockets.get_environ(sid, namespace.namespace)["asgi.scope"]):
            token = str(uuid.uuid4())
            await namespace.emit("new_token", token, to=sid)  # as Reflex does for a tab that was duplicated
        await link(sid, token, update_state=update_state)

    namespace.link_token_to_sid = link_own


def own_uploads(asgi: ASGIApp, app: rx.App) -> ASGIApp:
    """Refuses a file for another's tab: it would be taken as theirs, and the answer is what changed in their state.

    And one far larger than any that we read, before it fills the disk; a little more is for the handler to explain.
    """
    largest = 2 * settings().max_upload_bytes

    async def refusing(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and f"{scope['path']}/".startswith(f"{UPLOAD}/"):
            token, size = _header(scope, NAMED_IN), _header(scope, b"content-length")
            if scope["method"] == "POST" and not (size.isdecimal() and int(size) <= largest):
                await _refuse(send, TooLarge.status)
                return
            if token and not await opens(app, token, scope):
                await _refuse(send, NotFound.status)
                return
        await asgi(scope, receive, send)

    return refusing


async def _refuse(send: Send, status: int) -> None:
    await send({"type": "http.response.start", "status": status, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def _header(scope: Scope, name: bytes) -> str:
    return b"; ".join(value for key, value in scope["headers"] if key == name).decode("latin-1")
