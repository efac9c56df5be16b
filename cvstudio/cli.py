"""The `cvstudio` command: one line of help each, a clear sentence and exit code 1 when something is missing."""

import errno
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from sqlalchemy.exc import OperationalError

from cvstudio import db, frontend, supervisor
from cvstudio import demo as samples
from cvstudio.config import Settings, settings
from cvstudio.domain.accounts import letters, users
from cvstudio.errors import StudioError
from cvstudio.render import browser_setup, fonts, themes
from cvstudio.render.chromium import Chromium

MIN_FREE_BYTES = 200_000_000  # what the first build of the pages needs

cli = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="CV Studio: the preview is the PDF.",
)
admin = typer.Typer(no_args_is_help=True, help="Administrators.")
cli.add_typer(admin, name="admin")


@cli.command()
def run() -> None:
    """Prepare everything, then run web and worker together until Ctrl-C."""
    config = settings()
    supervisor.check_port(config)
    _check_disk(config)
    browser_setup.ensure(config.chromium_path, config.data_dir, say)
    db.migrate()
    frontend.build(config, say)
    raise typer.Exit(supervisor.run(config, supervisor.children(), say))


@cli.command()
def web() -> None:
    """Run the web process alone: pages, API and WebSocket (the pages must be built)."""
    config = settings()
    supervisor.check_port(config)
    frontend.build(config, say)
    _become(supervisor.WEB)


@cli.command()
def worker() -> None:
    """Run one worker alone: it renders and does all that takes time."""
    config = settings()
    browser_setup.ensure(config.chromium_path, config.data_dir, say)
    _become(supervisor.WORKER)


@cli.command()
def migrate() -> None:
    """Bring the database to the newest schema."""
    db.migrate()
    say("The database is up to date.")


@admin.command()
def create(email: Annotated[str, typer.Argument(help="the account is made if there is none")]) -> None:
    """Make EMAIL an administrator, and print a link to sign in with: for 10 minutes, once."""
    db.migrate()
    with db.session() as session:
        link = letters.admin_link(session, email)
    say(f"{email} is an administrator. To sign in: {settings().public_url}{link}")


@admin.command("list")
def list_admins() -> None:
    """Print the administrators' addresses."""
    with db.session(write=False) as session:
        for user in users.admins(session):
            say(user.email)


@cli.command()
def build() -> None:
    """Compile the pages, if what they are made of has changed."""
    config = settings()
    _check_disk(config)
    say("The pages are built." if frontend.build(config, say) else "The pages are up to date.")


@cli.command()
def demo(
    folder: Annotated[Path, typer.Argument(help="where to write; made if need be")],
    template: Annotated[str, typer.Option(help="the theme, by name or number")] = "modern",
) -> None:
    """Write a sample CV, French and English, in every format: no server, no database."""
    config = settings()
    executable = browser_setup.ensure(config.chromium_path, config.data_dir, say)
    with Chromium(executable, fontconfig=fonts.write_config(config.data_dir / "fonts"), pages=1) as browser:
        for path in samples.write(folder, browser, template):
            say(str(path))


@cli.command()
def freeze(theme: Annotated[list[str], typer.Argument(help="by name or number; several may be given")]) -> None:
    """Keep the look of themes as it is for the CVs that have it, before it is changed for new ones."""
    for name in theme:
        say(str(themes.freeze(name)))


@cli.command()
def bench() -> None:
    """Measure, and print one table."""
    raise typer.Exit(subprocess.call([sys.executable, "-m", "bench"], cwd=frontend.ROOT))


@cli.command("eval")
def evaluate() -> None:
    """Judge tailoring on the graded set (ranking, match, truth) and imports on CVs read back, apart from what they
    were tuned on."""
    tailoring = subprocess.call([sys.executable, "-m", "bench.eval"], cwd=frontend.ROOT)
    imports = subprocess.call([sys.executable, "-m", "bench.imports", "--held-out"], cwd=frontend.ROOT)
    raise typer.Exit(max(tailoring, imports))


@cli.command()
def openapi(file: Annotated[Path, typer.Argument(help="where to write it (JSON)")]) -> None:
    """Write the OpenAPI document of the whole API."""
    settings()
    _become("cvstudio.api", str(file.absolute()))


def say(sentence: str) -> None:
    print(sentence, flush=True)


def main() -> None:
    """The console script; what an operator can mend is a sentence, never a traceback."""
    try:
        cli()
    except StudioError as error:
        _fail(error.message("en"))
    except OperationalError as error:
        _fail(f"The database does not answer or cannot be written: {str(error.orig).strip()}")
    except OSError as error:
        if error.errno not in {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES}:
            raise
        _fail(f"Cannot write {error.filename or 'to the data directory'}: {error.strerror}.")


def _become(module: str, *arguments: str) -> NoReturn:
    """Turn this process into `python -m module`, in the project folder."""
    os.chdir(frontend.ROOT)
    os.execv(sys.executable, [sys.executable, "-m", module, *arguments])  # noqa: S606


def _check_disk(config: Settings) -> None:
    free = shutil.disk_usage(config.data_dir).free
    if free < MIN_FREE_BYTES:
        raise supervisor.CannotStart(
            reason=f"only {free // 1_000_000} MB are free in {config.data_dir}; "
            f"it needs {MIN_FREE_BYTES // 1_000_000} MB. Free some, or set CVSTUDIO_DATA_DIR elsewhere."
        )


def _fail(sentence: str) -> NoReturn:
    print(sentence, file=sys.stderr, flush=True)
    raise SystemExit(1)


if __name__ == "__main__":
    main()
