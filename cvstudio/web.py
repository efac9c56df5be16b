"""The web process: pages, API and WebSocket on one port; `python -m cvstudio.web` in the project folder."""

import gc
import multiprocessing
import sys

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server
from reflex.constants import Env
from reflex.environment import environment
from starlette.types import ASGIApp

from cvstudio import logs
from cvstudio.config import settings
from cvstudio.cvstudio import app
from cvstudio.frontend import ROOT

STOP_SECONDS = 8
# That a thread computes before another may. Less, and threads that save take the event loop its turn all the time;
# more, and it waits too long each time for those that compute: it asks many times for each event.
TURN_SECONDS = 0.003

# Objects more, then turns of the youngest and of the middle generation. A look at all that hundreds of open tabs hold
# takes half a second, finds next to nothing, and was due every few seconds.
COLLECTED_AFTER = (5_000, 10, 40)


def application() -> ASGIApp:
    """The ASGI application over the pages that were built before: nothing is compiled here."""
    logs.configure()
    sys.setswitchinterval(TURN_SECONDS)
    gc.set_threshold(*COLLECTED_AFTER)
    environment.REFLEX_ENV_MODE.set(Env.PROD)
    environment.REFLEX_SKIP_COMPILE.set(True)
    return app()


def serve() -> None:
    """Serve until SIGINT or SIGTERM."""
    config = settings()
    # The app is imported once, here, and the serving process shares its memory: keep the pages shared.
    multiprocessing.set_start_method("fork", force=True)
    gc.collect()
    gc.freeze()
    Server(
        target="cvstudio.web:application",
        factory=True,
        address=config.host,
        port=config.port,
        interface=Interfaces.ASGI,
        # One: the embedded Reflex state lives in this process. Many machines run many of us, on Redis.
        workers=1,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_SECONDS,
        log_level=LogLevels.warning,
        working_dir=ROOT,
    ).serve()


if __name__ == "__main__":
    serve()
