from concurrent.futures import ThreadPoolExecutor

from sqlmodel import select

from cvstudio import db
from cvstudio.domain import files
from cvstudio.models import StoredFile

PDF = "application/pdf"


def put(key: str, data: bytes = b"content"):
    with db.session() as session:
        return files.put(session, key, data, PDF)


def find(key: str):
    with db.session(write=False) as session:
        return files.find(session, key)


def test_keys_tell_their_parts_apart():
    assert files.key("ab", "c") != files.key("a", "bc") != files.key("abc")
    assert files.key("é") == files.key("é".encode())


def test_what_is_put_is_found(engine):
    key = files.key("one")
    assert find(key) is None
    path = put(key)
    assert find(key) == path
    assert path.read_bytes() == b"content"
    assert path.relative_to(files.folder()).parts == (key[:2], f"{key}.pdf")


def test_a_lost_or_truncated_file_counts_as_missing_and_can_be_made_again(engine):
    key = files.key("two")
    path = put(key)
    path.write_bytes(b"conten")
    assert find(key) is None
    assert put(key) == path
    assert find(key) == path
    path.unlink()
    assert find(key) is None
    put(key, b"longer content")
    assert find(key).read_bytes() == b"longer content"


def test_a_file_without_its_row_is_not_served(engine):
    key = files.key("three")
    path = put(key)
    with db.session() as session:
        session.delete(session.get_one(StoredFile, key))
    assert find(key) is None
    assert put(key) == path
    assert find(key) == path


def test_storing_the_same_at_once_is_storing_it_once(engine):
    key = files.key("four")
    with ThreadPoolExecutor(8) as pool:
        paths = set(pool.map(lambda _: put(key), range(16)))
    assert len(paths) == 1
    with db.session(write=False) as session:
        assert len(session.exec(select(StoredFile)).all()) == 1
    assert [path.name for path in files.folder().rglob("*") if path.is_file()] == [f"{key}.pdf"]
