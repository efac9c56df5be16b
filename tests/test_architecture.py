"""The house rules of docs/architecture.md, read from the imports themselves."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "cvstudio"
MAX_LINES = 500
MIN_FILES = 30

GROUND = {"config", "errors", "language", "logs"}
CORES = {"document", "render", "tailoring", "importers"}
BELOW_DOMAIN = GROUND | CORES | {"db", "models", "clients", "jobs", "events"}
DOORS = {"state", "api", "tasks"}

# Who may import whom. A room that is not named here may not exist.
MAY_IMPORT: dict[str, set[str]] = {
    # the ground
    "errors": set(),
    "config": {"errors"},
    "logs": {"config", "errors"},
    "language": set(),
    "doorbell": {"config"},
    "db": GROUND,
    # tables, queue, bus, vendors
    "models": {"errors", "document"},
    "events": GROUND | {"db", "models", "doorbell"},
    "jobs": GROUND | {"db", "models", "events", "doorbell"},
    "clients": GROUND,
    # the pure cores: each works as a library on its own
    "document": {"errors"},
    "render": {"document", "errors"},
    "tailoring": {"document", "errors", "language"},
    "importers": {"document", "errors"},
    # what CV Studio does
    "domain": BELOW_DOMAIN,
    # the doors: domain, and the session, document and model types it speaks in
    "api": BELOW_DOMAIN - {"jobs", "clients"} | {"domain"},
    "tasks": BELOW_DOMAIN | {"domain"},
    "state": BELOW_DOMAIN - {"jobs", "clients"} | {"domain", "locales"},
    # what a person sees
    "theme": set(),
    "locales": {"errors", "language", "prerender", "state"},
    "components": {"theme", "language", "locales", "state", "document", "render"},
    "pages": {"components", "theme", "language", "locales", "state", "document", "render"},
    # putting it together and running it
    "prerender": {"language"},
    "serving": {"language", "prerender"},
    "frontend": {"config", "errors"},
    "supervisor": {"config", "errors", "frontend"},
    "cvstudio": BELOW_DOMAIN | {"api", "components", "state", "pages", "theme", "serving", "domain", "locales"},
    "web": GROUND | {"cvstudio", "frontend"},
    "worker": BELOW_DOMAIN | {"domain", "doorbell", "tasks"},
    "demo": CORES | {"language"},
    "cli": BELOW_DOMAIN | {"api", "demo", "domain", "frontend", "supervisor"},
}

# A vendor's package, and the only modules that know it.
KNOWN_BY: dict[str, set[str]] = {
    "reflex": {
        "pages",
        "components",
        "state",
        "theme",
        "locales",
        "cvstudio",
        "prerender",
        "serving",
        "web",
        "rxconfig",
    },
    "fastapi": {"api"},
    "starlette": {"api", "serving", "web"},
    "granian": {"web"},
    "huey": {"jobs", "worker"},
    "playwright": {"render.chromium"},
    "typer": {"cli"},
    "argon2": {"domain.accounts.passwords"},
    "authlib": {"clients.oauth"},
    "joserfc": {"domain.accounts.tokens", "clients.oauth"},
    "cryptography": {"domain.accounts.factors"},
    "pyotp": {"domain.accounts.factors"},
    "segno": {"domain.accounts.factors"},
    "webauthn": {"domain.accounts.passkeys"},
    "openai": {"clients"},
    "google": {"clients"},
    "stripe": {"clients"},
    "resend": {"clients"},
    "boto3": {"clients"},
    "limits": {"domain.rate"},
}
NO_QUERIES_IN = DOORS | {"pages", "components"}  # they hold a Session, and pass it on
FORBIDDEN_NAMES = {"utils", "helpers", "base", "manager", "util", "helper", "common", "misc", "managers", "services"}
# The three places where an unexpected error becomes an answer, a toast, a failed job.
MAPPERS = {"api", "cvstudio", "jobs"}


@dataclass(frozen=True)
class Import:
    target: str  # "cvstudio.render.html", "huey"
    names: tuple[str, ...]
    line: int
    in_function: bool


@dataclass(frozen=True)
class Module:
    path: Path
    name: str  # below the package: "render.chromium"; "rxconfig"
    tree: ast.Module
    imports: tuple[Import, ...]

    @property
    def room(self) -> str:
        return self.name.split(".")[0]

    def at(self, line: int) -> str:
        return f"{self.path.relative_to(ROOT)}:{line}"


@cache
def modules() -> tuple[Module, ...]:
    return tuple(
        read(path) for path in [*sorted(PACKAGE.rglob("*.py")), ROOT / "rxconfig.py"] if "__pycache__" not in path.parts
    )


def read(path: Path) -> Module:
    inside = path.relative_to(PACKAGE if path.is_relative_to(PACKAGE) else ROOT).with_suffix("")
    parts = [part for part in inside.parts if part != "__init__"]
    tree = ast.parse(path.read_text(), str(path))
    package = ["cvstudio", *(parts if path.stem == "__init__" else parts[:-1])]
    return Module(path, ".".join(parts) or "__init__", tree, tuple(imports_of(tree, package)))


def imports_of(node: ast.AST, package: list[str], in_function: bool = False) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            for alias in child.names:
                yield Import(alias.name, (), child.lineno, in_function)
        elif isinstance(child, ast.ImportFrom):
            above = package[: len(package) - child.level + 1] if child.level else []
            target = ".".join([*above, *([child.module] if child.module else [])])
            names = tuple(alias.name for alias in child.names)
            if target == "cvstudio":  # from cvstudio import db, frontend
                for name in names:
                    yield Import(f"cvstudio.{name}", (), child.lineno, in_function)
            else:
                yield Import(target, names, child.lineno, in_function)
        else:
            inner = in_function or isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            yield from imports_of(child, package, inner)


def ours(module: Module) -> Iterator[tuple[Import, str]]:
    """The imports of our own rooms, with the room."""
    for found in module.imports:
        parts = found.target.split(".")
        if parts[0] == "cvstudio" and len(parts) > 1:
            yield found, parts[1]


def fail_on(found: list[str], rule: str) -> None:
    assert not found, rule + "\n" + "\n".join(found)


def test_enough_was_read():
    assert len(modules()) >= MIN_FILES
    assert sum(len(module.imports) for module in modules()) > 3 * MIN_FILES
    assert {"config", "document", "render", "domain", "api", "state", "pages"} <= {module.room for module in modules()}


def test_every_room_has_its_rule():
    rooms = {module.room for module in modules()} - {"__init__", "rxconfig"}
    fail_on(sorted(rooms - MAY_IMPORT.keys()), "rooms without a rule in MAY_IMPORT:")


def test_imports_go_downward():
    fail_on(
        [
            f"{module.at(found.line)}: {module.room} must not import {room}"
            for module in modules()
            for found, room in ours(module)
            if module.room in MAY_IMPORT and room != module.room and room not in MAY_IMPORT[module.room]
        ],
        "imports against the direction of the house:",
    )


def test_the_rules_themselves_hold_what_the_design_says():
    for door in DOORS:
        assert not MAY_IMPORT[door] & (DOORS - {door}), f"{door} may import another door"
    for core in CORES:
        assert MAY_IMPORT[core] <= {"document", "errors", "language"}, f"{core} is not pure"
    assert "models" not in MAY_IMPORT["pages"] | MAY_IMPORT["components"]
    below = [room for room, allowed in MAY_IMPORT.items() if allowed & DOORS and room not in DOORS]
    assert set(below) == {"components", "pages", "locales", "cvstudio", "worker", "cli"}, "only these look at a door"


def test_words_know_only_the_language_of_the_session():
    fail_on(
        [
            f"{module.at(found.line)}: {found.target}"
            for module in modules()
            for found, room in ours(module)
            if module.room == "locales" and room == "state" and found.target != "cvstudio.state.session"
        ],
        "locales may import cvstudio.state.session alone:",
    )


@pytest.mark.parametrize("vendor", sorted(KNOWN_BY))
def test_a_vendor_is_known_in_one_place(vendor):
    known = KNOWN_BY[vendor]
    fail_on(
        [
            f"{module.at(found.line)}: {module.name} imports {found.target}"
            for module in modules()
            for found in module.imports
            if found.target.split(".")[0] == vendor and module.room not in known and module.name not in known
        ],
        f"{vendor} may be imported only in {', '.join(sorted(known))}:",
    )


def test_doors_write_no_queries():
    allowed = {("sqlmodel", "Session"), ("sqlalchemy.orm", "Session")}
    fail_on(
        [
            f"{module.at(found.line)}: {found.target} {', '.join(found.names)}"
            for module in modules()
            for found in module.imports
            if module.room in NO_QUERIES_IN
            and found.target.split(".")[0] in {"sqlmodel", "sqlalchemy"}
            and not {(found.target, name) for name in found.names or ("*",)} <= allowed
        ],
        "a door holds a session and passes it to the domain; it never queries:",
    )


def test_no_import_inside_a_function():
    fail_on(
        [
            f"{module.at(found.line)}: {found.target}"
            for module in modules()
            for found in module.imports
            if found.in_function and found.target.split(".")[0] == "cvstudio"
        ],
        "an import inside a function hides a cycle:",
    )


def test_only_config_reads_the_environment():
    fail_on(
        [
            module.at(node.lineno)
            for module in modules()
            if module.name != "config"
            for node in ast.walk(module.tree)
            if (isinstance(node, ast.Attribute) and node.attr in {"environ", "environb", "getenv", "putenv"})
            or (isinstance(node, ast.ImportFrom) and node.module == "os" and named(node) & {"environ", "getenv"})
        ],
        "the environment is read in cvstudio/config.py alone:",
    )


def named(node: ast.ImportFrom) -> set[str]:
    return {alias.name for alias in node.names}


def test_unexpected_errors_are_caught_in_three_places():
    found = [
        (module.room, module.at(node.lineno))
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ExceptHandler) and catches_all(node) and not reraises(node)
    ]
    fail_on([place for room, place in found if room not in MAPPERS], "catch what you expect, by its name:")
    assert len(found) <= len(MAPPERS), found


def catches_all(handler: ast.ExceptHandler) -> bool:
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(
        kind is None or (isinstance(kind, ast.Name) and kind.id in {"Exception", "BaseException"}) for kind in kinds
    )


def reraises(handler: ast.ExceptHandler) -> bool:
    """It cleans up and lets the error go on its way."""
    last = handler.body[-1]
    return isinstance(last, ast.Raise) and last.exc is None


def test_modules_stay_readable():
    files = [*(module.path for module in modules()), *sorted((ROOT / "bench").rglob("*.py"))]
    fail_on(
        [
            f"{path.relative_to(ROOT)}: {lines} lines"
            for path in files
            if (lines := len(path.read_text().splitlines())) > MAX_LINES
        ],
        f"a module that passes {MAX_LINES} lines becomes a package:",
    )


def test_modules_are_named_for_what_they_hold():
    fail_on(
        [module.name for module in modules() if FORBIDDEN_NAMES & set(module.name.split("."))],
        "a name that says nothing:",
    )


def test_nothing_opens_a_connection_at_import():
    """Web workers fork from a loaded app: engines, sockets and threads are made on first use."""
    openers = {"engine", "huey", "session", "create_engine", "settings"}
    # The settings may be read where the process is put together.
    fail_on(
        [
            f"{module.at(node.lineno)}: {node.func.id}()"
            for module in modules()
            if module.room not in {"cvstudio", "rxconfig"}
            for node in at_import(module.tree)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in openers
        ],
        "called while importing:",
    )


def at_import(node: ast.AST) -> Iterator[ast.AST]:
    """What runs when a module is imported: all but the bodies of functions and of `if __name__ …`."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(child, ast.If) and "__name__" in ast.unparse(child.test):
            continue
        yield child
        yield from at_import(child)
