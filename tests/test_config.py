import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pydantic import ValidationError

from cvstudio.config import InvalidSettings, Settings, settings

LONG = "0123456789abcdef0123456789abcdef"


def load(folder: Path, **values: str) -> Settings:
    return Settings.load({"CVSTUDIO_DATA_DIR": str(folder)} | {f"CVSTUDIO_{k}": v for k, v in values.items()})


def test_defaults_need_nothing(tmp_path: Path) -> None:
    found = load(tmp_path / "made" / "for us")
    assert found.data_dir.is_dir()
    assert found.database_url == f"sqlite:///{found.data_dir / 'cvstudio.db'}"
    assert (found.environment, found.port, found.redis_url) == ("development", 3000, None)
    assert found.public_url == "http://localhost:3000"


def test_the_data_directory_is_absolute_however_it_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Programs that we start look for relative paths elsewhere: fontconfig among its own, and prints in other faces."""
    monkeypatch.chdir(tmp_path)
    assert Settings.load({}).data_dir == tmp_path / "data"
    assert Settings.load({"CVSTUDIO_DATA_DIR": "mine"}).data_dir == tmp_path / "mine"


def test_public_url_follows_the_port(tmp_path: Path) -> None:
    assert load(tmp_path, PORT="4100").public_url == "http://localhost:4100"
    assert load(tmp_path, PORT="4100", PUBLIC_URL="https://cv.example/").public_url == "https://cv.example"


def test_settings_cannot_be_changed(tmp_path: Path) -> None:
    with pytest.raises(ValidationError):
        load(tmp_path).port = 1  # type: ignore[misc]


def test_settings_are_read_once() -> None:
    assert settings() is settings()


def test_the_secret_is_made_once_and_private(tmp_path: Path) -> None:
    first = load(tmp_path).secret_key
    assert len(first) >= 32
    assert load(tmp_path).secret_key == first
    assert stat.S_IMODE((tmp_path / "secret").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret"]


def test_processes_starting_together_agree_on_the_secret(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        assert len({found.secret_key for found in pool.map(lambda _: load(tmp_path), range(32))}) == 1


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_postgres_addresses_name_the_driver(tmp_path: Path, scheme: str) -> None:
    assert load(tmp_path, DATABASE_URL=f"{scheme}://u@h/db").database_url == "postgresql+psycopg://u@h/db"


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"PORT": "http"}, "CVSTUDIO_PORT is not valid"),
        ({"PORT": "70000"}, "CVSTUDIO_PORT is not valid"),
        ({"ENVIRONMENT": "staging"}, "CVSTUDIO_ENVIRONMENT is not valid"),
        ({"DATABASE_URL": "mysql://h/db"}, "must start with sqlite:// or postgresql://"),
        ({"REDIS_URL": "localhost:6379"}, "must start with redis://"),
        ({"PUBLIC_URL": "cv.example"}, "must start with http:// or https://"),
        ({"MAIL_FROM": "CV Studio"}, "CVSTUDIO_MAIL_FROM is not valid"),
        ({"MAIL_FROM": "A <a@b.example>\r\nBcc: c@d.example"}, "CVSTUDIO_MAIL_FROM is not valid"),
        ({"RESEND_WEBHOOK_SECRET": "whsec_not base64"}, "CVSTUDIO_RESEND_WEBHOOK_SECRET is not valid"),
        ({"RESEND_API_URL": "api.resend.com"}, "must start with http:// or https://"),
        ({"SECRET_KEY": "short"}, "at least 32 characters"),
        ({"ENVIRONMENT": "production"}, "production needs CVSTUDIO_SECRET_KEY"),
        ({"ENVIRONMENT": "production", "SECRET_KEY": "changeme" * 6}, "too easy to guess"),
    ],
)
def test_a_bad_value_is_one_clear_sentence(tmp_path: Path, values: dict[str, str], words: str) -> None:
    with pytest.raises(InvalidSettings) as caught:
        load(tmp_path, **values)
    for sentence in (caught.value.message("en"), caught.value.message("fr")):
        assert words in sentence
        assert "\n" not in sentence
        assert sentence.endswith(".")


def test_a_secret_value_is_not_repeated(tmp_path: Path) -> None:
    with pytest.raises(InvalidSettings) as caught:
        load(tmp_path, SECRET_KEY="hunter2hunter2")
    assert "hunter2" not in str(caught.value)


def test_an_unwritable_folder_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InvalidSettings, match=r"cannot write to .*/file/data"):
        load(tmp_path / "file" / "data")


def test_an_unusable_secret_file_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("\n")
    with pytest.raises(InvalidSettings, match="holds no usable secret"):
        load(tmp_path)


def test_production_logs_json_unless_told_otherwise(tmp_path: Path) -> None:
    assert load(tmp_path, ENVIRONMENT="production", SECRET_KEY=LONG).log_format == "json"
    assert load(tmp_path, ENVIRONMENT="production", SECRET_KEY=LONG, LOG_FORMAT="console").log_format == "console"
    assert load(tmp_path).log_format == "console"


def test_empty_variables_count_as_unset(tmp_path: Path) -> None:
    found = load(tmp_path, REDIS_URL="", PORT=" ", CHROMIUM_PATH="")
    assert (found.redis_url, found.port, found.chromium_path) == (None, 3000, None)


@pytest.mark.parametrize(
    "given",
    [
        {"CVSTUDIO_GOOGLE_CLIENT_ID": "id"},
        {"CVSTUDIO_GITHUB_CLIENT_SECRET": "secret"},
        {"CVSTUDIO_OIDC_CLIENT_ID": "id", "CVSTUDIO_OIDC_CLIENT_SECRET": "secret"},
        {"CVSTUDIO_OIDC_ISSUER": "https://issuer.example"},
    ],
)
def test_half_a_provider_is_refused(tmp_path, given):
    with pytest.raises(InvalidSettings, match="needs all of"):
        Settings.load({"CVSTUDIO_DATA_DIR": str(tmp_path), **given})
