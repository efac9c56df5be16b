"""Reflex configuration: everything Reflex writes goes under the data directory."""

import sys
from datetime import timedelta
from pathlib import Path

import reflex as rx
from reflex.environment import EnvVar, environment

from cvstudio.config import settings
from cvstudio.prerender import Bilingual
from cvstudio.serving import SameOrigin

_settings = settings()

# Reflex reads these through its own environment, also in the processes it starts.
environment.REFLEX_DIR.set(_settings.data_dir / "reflex")
environment.REFLEX_WEB_WORKDIR.set(_settings.pages_dir)
environment.REFLEX_STATES_WORKDIR.set(_settings.data_dir / "states")
environment.REFLEX_UPLOADED_FILES_DIR.set(_settings.data_dir / "reflex" / "uploads")
EnvVar("BUN_INSTALL_CACHE_DIR", Path(), Path).set(_settings.data_dir / "cache" / "bun")
EnvVar("BUN_RUNTIME_TRANSPILER_CACHE_PATH", Path(), Path).set(_settings.data_dir / "cache" / "bun-js")
environment.REFLEX_CHECK_LATEST_VERSION.set(False)
# A tab's state on disk is for a restart, and written whole: not every other second while someone types.
environment.REFLEX_STATE_MANAGER_DISK_DEBOUNCE.set(timedelta(seconds=15))

config = rx.Config(
    app_name="cvstudio",
    bun_path=Path(sys.executable).parent / "bun",
    frontend_lazy_bundled_libraries=True,
    cors_allowed_origins=[_settings.public_url],
    redis_url=_settings.redis_url,
    show_built_with_reflex=False,
    state_manager_mode="redis" if _settings.redis_url else "disk",
    telemetry_enabled=False,
    trusted_proxy_hops=_settings.trusted_proxies,
    plugins=[SameOrigin(), Bilingual()],
    disable_plugins=[rx.plugins.SitemapPlugin],
)
