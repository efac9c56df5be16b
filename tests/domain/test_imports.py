"""Files that people bring: read elsewhere, so many at once and no more, and taken over as the person leaves it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from cvstudio import db
from cvstudio.document import Document, samples
from cvstudio.domain import imports
from cvstudio.errors import InvalidInput, RateLimited, StudioError, Unauthorized
from cvstudio.importers import Imported, reading, sandbox
from cvstudio.importers.failures import BrokenFile, EncryptedFile, FileTooLarge, NotACV, NoText, UnknownFormat
from cvstudio.models import Cv, RateHit
from cvstudio.render import exports

HERE = "192.0.2.7"
MARKDOWN = exports.markdown(samples.load("fr")).encode()


@pytest.fixture
def unread(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """No process is started; the names of the files that one would have been for."""
    asked: list[str] = []
    known = reading.read(MARKDOWN, "cv.md")

    def read(data: bytes, filename: str, *, wall: float) -> Imported:
        assert wall <= 8
        asked.append(filename)
        return known

    monkeypatch.setattr(sandbox, "read", read)
    return asked


def tried(owner_id: str = "owner", address: str = HERE) -> bool:
    try:
        imports.read(owner_id, address, MARKDOWN, "cv.md")
    except RateLimited:
        return False
    return True


# ---- reading -----------------------------------------------------------------------------------------------------


def test_a_file_is_read_in_another_process_and_nothing_of_it_is_stored(sqlite: Engine, monkeypatch: pytest.MonkeyPatch):
    def here(*_: object) -> None:
        raise AssertionError("read in this process")

    monkeypatch.setattr(reading, "read", here)
    read = imports.read("owner", HERE, MARKDOWN, "cv.md")
    assert read.document.basics.name == samples.load("fr").basics.name
    assert read.kind == "markdown"
    with db.session(write=False) as session:
        assert session.exec(select(Cv)).all() == []


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", BrokenFile),
        (b"%PDF-1.7\n" + b"\0" * 100, BrokenFile),
        (b"PK\x03\x04" + b"\xff" * 100, BrokenFile),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 100, NoText),
        (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), EncryptedFile),
        (bytes(range(256)) * 8, UnknownFormat),
        (b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", StudioError),
        ("Une recette de tarte aux pommes, sans rien de plus qu’un four chaud.".encode(), NotACV),
    ],
)
def test_what_is_no_cv_is_refused_in_words(sqlite: Engine, data: bytes, kind: type[StudioError]):
    with pytest.raises(kind) as refused:
        imports.read("owner", HERE, data, "cv.pdf")
    assert refused.value.status < 500
    assert refused.value.message("fr") != refused.value.message("en")


def test_who_is_nobody_and_what_is_too_large_costs_nothing(sqlite: Engine, unread: list[str]):
    with pytest.raises(Unauthorized):
        imports.read("", HERE, MARKDOWN, "cv.md")
    with pytest.raises(FileTooLarge):
        imports.read("owner", HERE, b"0" * (imports.MAX_BYTES + 1), "cv.md")
    assert unread == []
    with db.session(write=False) as session:
        assert session.exec(select(RateHit)).all() == []


@pytest.fixture
def reading_slowly(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], None]]:
    """Starts to read a file, and returns once it is being read; it goes on until the test is over."""
    go_on, threads = threading.Event(), []

    def start() -> None:
        begun = threading.Event()

        def read(*_: Any, **__: Any) -> Imported:
            begun.set()
            assert go_on.wait(60)
            raise BrokenFile

        def one() -> None:
            with pytest.raises(BrokenFile):
                imports.read("other", HERE, MARKDOWN, "cv.md")

        monkeypatch.setattr(sandbox, "read", read)
        threads.append(threading.Thread(target=one))
        threads[-1].start()
        assert begun.wait(60)

    yield start
    go_on.set()
    for thread in threads:
        thread.join()


def test_so_many_at_once_and_the_next_is_told(sqlite: Engine, reading_slowly: Callable[[], None]):
    for _ in range(imports.AT_ONCE):
        reading_slowly()
    with pytest.raises(imports.Busy):
        imports.read("ada", HERE, MARKDOWN, "cv.md")
    with db.session(write=False) as session:
        assert not any("ada" in key for key in session.exec(select(RateHit.key)))


def test_a_file_that_fails_leaves_its_place(sqlite: Engine, unread: list[str], monkeypatch: pytest.MonkeyPatch):
    with monkeypatch.context() as failing:
        failing.setattr(sandbox, "read", lambda *_, **__: (_ for _ in ()).throw(BrokenFile()))
        for _ in range(imports.AT_ONCE + 1):
            with pytest.raises(BrokenFile):
                imports.read("owner", HERE, MARKDOWN, "cv.md")
    assert tried()


def test_so_often_per_person_and_per_network(engine: Engine, unread: list[str], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(imports, "NETWORK", imports.Limit(imports.OWNER.number + 2, imports.HOUR))
    allowed = imports.OWNER.number
    assert [tried() for _ in range(allowed + 1)] == [True] * allowed + [False]
    assert [tried("another", "192.0.2.99") for _ in range(3)] == [True, True, False]  # the network's
    assert tried("another", "198.51.100.1")
    assert len(unread) == allowed + 3
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + imports.HOUR + 1)
    assert tried()


def test_nobody_s_address_is_kept(sqlite: Engine, unread: list[str]):
    assert tried()
    with db.session(write=False) as session:
        kept = " ".join(session.exec(select(RateHit.key)))
    assert "import.network" in kept
    assert "192.0" not in kept


# ---- taking over -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def imported() -> Imported:
    return reading.read(MARKDOWN, "cv.md")


def paths(imported: Imported) -> list[str]:
    return [value.path for value in imports.values(imported)]


def test_unchanged_it_is_what_was_read(imported: Imported):
    taken = imports.taken(imported, {})
    assert "meta" not in taken.model_fields_set
    assert {**taken.dump(), "meta": None} == {**imported.document.dump(), "meta": None}


def test_every_value_is_shown_once_and_can_be_taken_back(imported: Imported):
    """Each alone: what is left out is gone, and nothing else is."""
    shown = imports.values(imported)
    assert len(shown) == len({value.path for value in shown}) > 50
    assert sum(len(value.text) for value in shown) >= sum(len(field.value) for field in imported.fields)
    for value in shown:
        left = set(imports.taken(imported, {value.path: ""}).texts())
        gone = set(imported.document.texts()) - left
        assert all(text in value.text or value.text in text for text in gone), value.path


def test_an_entry_without_anything_left_is_gone(imported: Imported):
    first = imported.document.work[0].id
    changes = {path: "" for path in paths(imported) if path.startswith(f"work/{first}/")}
    taken = imports.taken(imported, changes)
    assert [one.id for one in taken.work] == [one.id for one in imported.document.work[1:]]
    own = imported.document.custom[0].id
    taken = imports.taken(imported, {path: "" for path in paths(imported) if path.startswith(f"custom:{own}/")})
    assert own not in [section.id for section in taken.custom]


def test_corrections_are_understood_as_typed(imported: Imported):
    work, skill = imported.document.work[0], imported.document.skills[0]
    changes = {
        "basics.name": "Ada Lovelace",
        f"work/{work.id}/start_date": "mars 2018",
        f"work/{work.id}/highlights/1": "Une autre ligne",
        f"work/{work.id}/highlights/0": "",
        f"skills/{skill.id}/keywords": "SQL (Oracle, DB2), Python",
    }
    assert set(changes) <= set(paths(imported))
    taken = imports.taken(imported, changes)
    assert taken.basics.name == "Ada Lovelace"
    assert taken.work[0].start_date == "2018-03"
    assert taken.work[0].highlights == ["Une autre ligne", *work.highlights[2:]]
    assert taken.skills[0].keywords == ["SQL (Oracle, DB2)", "Python"]
    assert imported.document.basics.name != "Ada Lovelace"


def test_nothing_taken_is_said(imported: Imported):
    with pytest.raises(imports.NothingTaken):
        imports.taken(imported, dict.fromkeys(paths(imported), ""))


def test_a_text_that_is_too_long_is_refused(imported: Imported):
    with pytest.raises(InvalidInput):
        imports.taken(imported, {"basics.summary": "x" * 20_001})


def test_a_path_that_was_not_read_changes_nothing(imported: Imported):
    assert Document.load(imports.taken(imported, {"basics.image": "photo:1", "nope": "x"}).dump()).basics.image == ""
