import struct
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvstudio.errors import StudioError
from cvstudio.importers import archive, read
from cvstudio.importers.archive import Archive
from cvstudio.importers.failures import BrokenFile, DangerousFile, EncryptedFile, TooMuchWork
from tests.documents import zipped


def test_a_harmless_archive_is_read():
    found = Archive(zipped({"a/b.txt": b"x"}))
    assert found.read("a/b.txt") == b"x"


@pytest.mark.parametrize("name", ["../Profile.csv", "a/../../b", "/etc/passwd", "..\\x", "C:\\x"])
def test_names_that_leave_the_archive(name):
    with pytest.raises(DangerousFile):
        Archive(zipped({name: b"x"}))


def test_ten_thousand_entries():
    with pytest.raises(DangerousFile):
        Archive(zipped({f"{number}.csv": b"" for number in range(10_000)}))


def test_a_count_that_lies_is_not_believed():
    data = bytearray(zipped({f"{number:09}.csv": b"" for number in range(20_000)}))
    end = data.rfind(b"PK\x05\x06")
    struct.pack_into("<HH", data, end + 8, 1, 1)
    with pytest.raises(DangerousFile):
        Archive(bytes(data))


def test_a_bomb_is_not_unzipped():
    with pytest.raises(TooMuchWork):
        Archive(zipped({"Profile.csv": b"0" * (archive.MAX_MEMBER + 1)})).read("Profile.csv")


def test_a_size_that_lies_is_not_believed():
    data = bytearray(zipped({"x": b"0" * (archive.MAX_MEMBER + 10)}))
    for mark, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        struct.pack_into("<I", data, data.find(mark) + offset, 5)
    with pytest.raises(BrokenFile):  # five bytes do not have the checksum of twenty million
        Archive(bytes(data)).read("x")


def test_many_small_bombs_count_together():
    each = archive.MAX_TOTAL // 3
    found = Archive(zipped({str(number): b"0" * each for number in range(4)}))
    with pytest.raises(TooMuchWork):
        [found.read(name) for name in found.names]


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA, 99])
def test_a_member_packed_in_another_way(method: int):
    data = bytearray(zipped({"x": b"y"}))
    struct.pack_into("<H", data, data.find(b"PK\x01\x02") + 10, method)
    with pytest.raises(BrokenFile):
        Archive(bytes(data)).read("x")


def test_an_encrypted_member():
    data = bytearray(zipped({"x": b"y"}))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        struct.pack_into("<H", data, data.find(mark) + offset, 1)
    with pytest.raises(EncryptedFile):
        Archive(bytes(data)).read("x")


@given(st.binary(max_size=300), st.integers(0, 200), st.binary(min_size=1, max_size=8))
def test_damaged_archives_are_refused_or_read_and_nothing_else(tail, at, noise):
    data = bytearray(zipped({"Profile.csv": b"First Name,Last Name\nA,B\n", "x.zip": tail}))
    data[at : at + len(noise)] = noise
    try:
        found = read(bytes(data), "x.zip")
    except StudioError as fault:
        outcome: object = fault.status
    else:
        outcome = found.kind
    assert outcome in (400, 413, 415, "linkedin_zip", "text", "markdown")
