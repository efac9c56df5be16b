"""The page works under whatever host and port it was loaded from, and its socket from nowhere else."""

import base64
import os
import socket

import pytest
from playwright.sync_api import Browser

from tests.browser.visits import connect
from tests.running import Running


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_the_socket_goes_where_the_page_came_from(site: Running, browser: Browser, host):
    page = browser.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    try:
        with page.expect_websocket(lambda opened: "/_event" in opened.url) as opening:
            connect(page, f"http://{host}:{site.port}/")
        assert opening.value.url.startswith(f"ws://{host}:{site.port}/_event")
        assert errors == []
    finally:
        page.close()


def handshake(port: int, origin: str) -> str:
    """The status line with which the server answers a WebSocket from a page of `origin`."""
    key = base64.b64encode(os.urandom(16)).decode()
    lines = [
        "GET /_event/?EIO=4&transport=websocket HTTP/1.1",
        f"Host: localhost:{port}",
        f"Origin: {origin}",
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        f"Sec-WebSocket-Key: {key}",
    ]
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall("\r\n".join([*lines, "", ""]).encode())
        return connection.makefile("rb").readline().decode("ascii")  # what follows may be a frame already


def test_another_site_cannot_open_the_socket(site: Running):
    assert " 101 " in handshake(site.port, site.url)
    for foreign in ("http://evil.example", f"http://localhost:{site.port + 1}", "null"):
        assert " 101 " not in handshake(site.port, foreign)
