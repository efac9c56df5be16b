"""What hundreds of editors are compared with: Reflex alone, which answers each edit with a text. Nothing is kept."""

from __future__ import annotations

from typing import Any

import reflex as rx
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server
from reflex.constants import Env
from reflex.environment import environment
from starlette.types import ASGIApp

from cvstudio.state.preview import tell

SHOWN = "x" * 3_000  # characters of a preview, on top of what was typed


class Bare(rx.State):
    _text: str = ""

    @rx.event
    def open(self) -> Any:
        return tell("bare", "cv:show", body=SHOWN)

    @rx.event
    def edit(self, path: str, value: str) -> Any:
        self._text = f"{path} {value}"
        return tell("bare", "cv:show", body=f"{self._text}{SHOWN}")


def application() -> ASGIApp:
    environment.REFLEX_ENV_MODE.set(Env.PROD)
    environment.REFLEX_SKIP_COMPILE.set(True)
    return rx.App()()


def serve(port: int) -> None:
    Server(
        target="bench.bare_editors:application",
        factory=True,
        address="127.0.0.1",
        port=port,
        interface=Interfaces.ASGI,
        workers=1,
        log_level=LogLevels.warning,
    ).serve()
