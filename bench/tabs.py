"""A browser's tab without a browser: Reflex's socket, and events sent as its pages send them."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

from websockets.asyncio.client import ClientConnection, connect

HYDRATE = "reflex___state____state.hydrate_and_load"
PING, PONG = "2", "3"


async def opened(url: str, cookie: str) -> ClientConnection:
    """Connected to the application at `url`; nothing was asked yet."""
    socket = await connect(
        f"{url.replace('http', 'ws', 1)}/_event/?EIO=4&transport=websocket&token={uuid4()}",
        origin=url,  # type: ignore[arg-type]
        additional_headers={"Cookie": cookie},
        compression=None,
        ping_interval=None,
        max_size=None,
    )
    await socket.send("40/_event,")
    return socket


async def send(
    socket: ClientConnection, event: str, path: str, /, *, query: dict[str, str] | None = None, **payload: Any
) -> None:
    """One event of a page at `path`."""
    asked = path + "".join(f"?{name}={value}" for name, value in (query or {}).items())
    router = {"pathname": path, "asPath": asked, "query": query or {}}
    said = ["event", {"name": event, "payload": payload, "router_data": router}]
    await socket.send(f"42/_event,{json.dumps(said)}")


async def heard(socket: ClientConnection) -> str:
    """The next message; pings are answered on the way."""
    while (message := str(await socket.recv())) == PING:
        await socket.send(PONG)
    return message
