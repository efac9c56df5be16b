"""The only reader of the environment: CVSTUDIO_<FIELD> becomes one frozen Settings."""

import base64
import binascii
import ipaddress
import os
import re
import secrets
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from cvstudio.errors import StudioError

PREFIX = "CVSTUDIO_"
MIN_SECRET_LENGTH = 32


class InvalidSettings(StudioError):
    """The service cannot start as configured; `reason` is one sentence for the operator."""

    code = "INVALID_SETTINGS"
    status = 500
    messages: ClassVar[dict[str, str]] = {
        "fr": "CV Studio ne peut pas démarrer : {reason}",
        "en": "CV Studio cannot start: {reason}",
    }


class Settings(BaseModel):
    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    environment: Literal["development", "production"] = "development"
    host: str = "127.0.0.1"  # the address the web process listens on; 0.0.0.0 for all
    port: int = Field(3000, ge=1, le=65535)
    data_dir: Path = Field(Path("data"), validate_default=True)  # absolute, as fontconfig needs it
    frontend_dir: Path | None = None  # the built pages live in data_dir/frontend unless set
    database_url: str = ""  # SQLite in data_dir unless set
    redis_url: str | None = None  # queue and bus live in data_dir unless set
    redis_prefix: str = "cvstudio"  # before every key, so that several can share one Redis
    secret_key: str = ""  # generated once and kept in data_dir/secret unless set
    public_url: str = ""  # the address people type
    internal_url: str = ""  # the web process as remote workers reach it
    trusted_proxies: int = Field(0, ge=0, le=9)  # in front of us: so many entries of X-Forwarded-For are theirs
    chromium_path: Path | None = None
    worker_mode: Literal["local", "remote"] = "local"
    worker_threads: int = Field(2, ge=1, le=64)
    job_lease_seconds: float = Field(15.0, gt=0, le=3600)  # a lost worker is noticed after this long
    mail_from: str = "CV Studio <no-reply@localhost>"
    resend_api_key: str | None = None  # mail stays in the outbox unless set
    resend_api_url: str = "https://api.resend.com"
    resend_webhook_secret: str | None = None  # "whsec_…"; delivery reports are refused unless set
    recaptcha_secret: str | None = None  # nobody is asked for one unless set
    recaptcha_api_url: str = "https://www.google.com"
    google_client_id: str | None = None  # each provider is offered once it has an id and a secret
    google_client_secret: str | None = None
    google_issuer: str = "https://accounts.google.com"
    github_client_id: str | None = None
    github_client_secret: str | None = None
    github_url: str = "https://github.com"  # or an Enterprise server's
    linkedin_client_id: str | None = None
    linkedin_client_secret: str | None = None
    linkedin_issuer: str = "https://www.linkedin.com/oauth"
    oidc_client_id: str | None = None  # any other OpenID Connect issuer
    oidc_client_secret: str | None = None
    oidc_issuer: str | None = None
    oidc_name: str = "OpenID"  # on its button
    text_engine: Literal["offline", "openai", "gemini"] = "offline"  # what phrases: offline asks nobody
    openai_api_key: str | None = None
    openai_model: str = "gpt-5-mini"
    openai_base_url: str = "https://api.openai.com/v1"  # or a gateway's
    gemini_api_key: str | None = None
    gemini_model: str = "gemini-3-pro-preview"
    gemini_base_url: str = "https://generativelanguage.googleapis.com"
    text_engine_effort: Literal["default", "low", "medium", "high"] = "low"  # of thinking; default: the model's own
    text_engine_connect_seconds: float = Field(5.0, gt=0, le=30)
    text_engine_timeout_seconds: float = Field(40.0, gt=0, le=50)  # of a call with its retries (see domain.widgets)
    text_engine_retries: int = Field(2, ge=0, le=5)
    text_engine_parallel: int = Field(8, ge=1, le=64)  # calls of one process at a time
    text_engine_kept_days: int = Field(400, ge=92, le=3660)  # of what is written down about calls: a quarter at least
    fetch_also: str = ""  # addresses that offers may be fetched from beside public ones: "10.0.0.8:8080, …"
    max_body_bytes: int = Field(2_000_000, ge=1_000)
    max_upload_bytes: int = Field(10_000_000, ge=1_000)
    log_format: Literal["console", "json"] = "console"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    @property
    def production(self) -> bool:
        return self.environment == "production"

    @property
    def pages_dir(self) -> Path:
        return self.frontend_dir or self.data_dir / "frontend"

    @field_validator("data_dir", "frontend_dir")
    @classmethod
    def _absolute(cls, value: Path | None) -> Path | None:
        return value.expanduser().absolute() if value else None

    @field_validator("log_level", mode="before")
    @classmethod
    def _upper(cls, value: str) -> str:
        return value.upper()

    @field_validator(
        *("public_url", "internal_url", "resend_api_url", "recaptcha_api_url"),
        *("google_issuer", "github_url", "linkedin_issuer", "oidc_issuer", "openai_base_url", "gemini_base_url"),
    )
    @classmethod
    def _http_url(cls, value: str | None) -> str | None:
        if value is None:
            return None
        if value and not value.startswith(("http://", "https://")):
            raise ValueError("must start with http:// or https://")
        return value.rstrip("/")

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        scheme, _, rest = value.partition("://")
        if scheme in {"postgres", "postgresql", "postgresql+psycopg"} and rest:
            return f"postgresql+psycopg://{rest}"
        if value and scheme != "sqlite":
            raise ValueError("must start with sqlite:// or postgresql://")
        return value

    @field_validator("mail_from")
    @classmethod
    def _one_address(cls, value: str) -> str:
        if not re.fullmatch(r"[^\x00-\x1f<>]*<[^\s<>@,]+@[^\s<>@,]+>|[^\s<>@,]+@[^\s<>@,]+", value):
            raise ValueError("must be an address, or a name and an address: CV Studio <mail@cv.example.org>")
        return value

    @field_validator("fetch_also")
    @classmethod
    def _addresses(cls, value: str) -> str:
        for entry in filter(None, (part.strip() for part in value.split(","))):
            host, _, port = entry.rpartition(":")
            try:
                ipaddress.ip_address(host.strip("[]"))
            except ValueError:
                raise ValueError("must name addresses and ports: 10.0.0.8:8080, [fd00::8]:8080") from None
            if not port.isdecimal() or not 0 < int(port) < 65536:
                raise ValueError("must name addresses and ports: 10.0.0.8:8080, [fd00::8]:8080")
        return value

    @field_validator("resend_webhook_secret")
    @classmethod
    def _svix_secret(cls, value: str | None) -> str | None:
        try:
            known = bool(base64.b64decode((value or "").removeprefix("whsec_"), validate=True))
        except binascii.Error:
            known = False
        if value and not known:
            raise ValueError("must be the signing secret that Resend shows: whsec_…")
        return value

    @field_validator("redis_url")
    @classmethod
    def _known_redis(cls, value: str | None) -> str | None:
        if value and not value.startswith(("redis://", "rediss://", "unix://")):
            raise ValueError("must start with redis://, rediss:// or unix://")
        return value or None

    @model_validator(mode="before")
    @classmethod
    def _derived(cls, values: dict[str, str]) -> dict[str, str]:
        if values.get("environment") == "production":
            values = {"log_format": "json"} | values
        local = f"http://localhost:{values.get('port', 3000)}"
        return {"public_url": local, "internal_url": local} | values

    @model_validator(mode="after")
    def _providers_are_whole(self) -> Self:
        for provider in ("google", "github", "linkedin", "oidc"):
            parts = [f"{provider}_client_id", f"{provider}_client_secret"]
            parts += ["oidc_issuer"] if provider == "oidc" else []
            if 0 < sum(getattr(self, part) is not None for part in parts) < len(parts):
                names = ", ".join(PREFIX + part.upper() for part in parts)
                raise ValueError(f"signing in with {provider} needs all of {names}")
        return self

    @model_validator(mode="after")
    def _text_engine_has_its_key(self) -> Self:
        key = f"{self.text_engine}_api_key"
        if self.text_engine != "offline" and not getattr(self, key):
            raise ValueError(f"{PREFIX}TEXT_ENGINE={self.text_engine} needs {PREFIX}{key.upper()}")
        return self

    @model_validator(mode="after")
    def _secret_is_long_enough(self) -> Self:
        if self.secret_key and len(self.secret_key) < MIN_SECRET_LENGTH:
            raise ValueError(f"{PREFIX}SECRET_KEY must have at least {MIN_SECRET_LENGTH} characters")
        if self.production and not self.secret_key:
            raise ValueError(f"production needs {PREFIX}SECRET_KEY: set it to a long random text")
        if self.production and len(set(self.secret_key)) < 10:
            raise ValueError(f"{PREFIX}SECRET_KEY is too easy to guess: set it to a long random text")
        return self

    @classmethod
    def load(cls, environ: Mapping[str, str]) -> Self:
        """Read, check and complete the settings, making data_dir and its secret if need be.

        Empty variables count as unset. Raises InvalidSettings with one sentence.
        """
        names = {PREFIX + field.upper(): field for field in cls.model_fields}
        given = {names[key]: value.strip() for key, value in environ.items() if key in names}
        try:
            read = cls.model_validate({field: value for field, value in given.items() if value})
        except ValidationError as error:
            raise InvalidSettings(reason=_sentence(error)) from None
        _make_writable(read.data_dir)
        return read.model_copy(
            update={
                "database_url": read.database_url or f"sqlite:///{read.data_dir / 'cvstudio.db'}",
                "secret_key": read.secret_key or _kept_secret(read.data_dir / "secret"),
            }
        )


@cache
def settings() -> Settings:
    """The settings of this process, read on first use."""
    read = Settings.load(os.environ)
    # A process that we start from another folder must find the same ones.
    for name in ("data_dir", "frontend_dir"):
        if folder := getattr(read, name):
            os.environ[PREFIX + name.upper()] = str(folder)
    return read


def _sentence(error: ValidationError) -> str:
    first = error.errors()[0]
    reason = first["msg"].removeprefix("Value error, ")
    if not first["loc"]:
        return f"{reason}."
    return f"{PREFIX}{str(first['loc'][0]).upper()} is not valid: {reason[0].lower()}{reason[1:]}."


def _make_writable(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise InvalidSettings(
            reason=f"it cannot write to {folder} ({error.strerror}); set {PREFIX}DATA_DIR to a folder it may use."
        ) from None


def _kept_secret(path: Path) -> str:
    """The secret kept at `path`, made on first use; processes starting together agree on one."""
    if not path.exists():
        with tempfile.NamedTemporaryFile("w", dir=path.parent) as draft:  # created with mode 600
            draft.write(secrets.token_urlsafe(48))
            draft.flush()
            with suppress(FileExistsError):  # another process was first: its secret stands
                os.link(draft.name, path)
    kept = path.read_text().strip()
    if len(kept) < MIN_SECRET_LENGTH:
        raise InvalidSettings(reason=f"{path} holds no usable secret; delete it to have a new one made.")
    return kept
