"""ZIP archives from strangers: counted before they are listed, listed before they are read, read up to a limit."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping

from cvstudio.importers.failures import BrokenFile, DangerousFile, EncryptedFile, TooMuchWork

MAX_ENTRIES = 3_000
MAX_DIRECTORY = MAX_ENTRIES * 256  # bytes of the list of names
MAX_MEMBER = 20_000_000  # bytes of one file, unpacked
MAX_TOTAL = 40_000_000  # bytes of all that is read, unpacked
END = b"PK\x05\x06"
ENCRYPTED = 0x1
USUAL = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


class Archive:
    """An archive whose names are harmless. Raises BrokenFile, DangerousFile, EncryptedFile or TooMuchWork."""

    def __init__(self, data: bytes) -> None:
        _check_directory(data)
        try:
            self._file = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, struct.error, ValueError, NotImplementedError, EOFError) as fault:
            raise BrokenFile("not a whole ZIP archive") from fault
        self._room = MAX_TOTAL
        self.names: Mapping[str, zipfile.ZipInfo] = {info.filename: info for info in self._file.infolist()}
        for name in self.names:
            if name.startswith(("/", "\\")) or ".." in name.replace("\\", "/").split("/") or ":" in name[:3]:
                raise DangerousFile("a name that leaves the archive")

    def read(self, name: str) -> bytes:
        info = self.names[name]
        if info.flag_bits & ENCRYPTED:
            raise EncryptedFile
        limit = min(MAX_MEMBER, self._room)
        if info.file_size > limit:
            raise TooMuchWork("an archive that unpacks to too much")
        if info.compress_type not in USUAL:  # whose faults and appetite for memory are not zlib's
            raise BrokenFile("packed in a way that no office program uses")
        try:
            with self._file.open(info) as member:
                content = member.read(limit + 1)  # whatever size the directory gives
        except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, struct.error, OSError) as fault:
            raise BrokenFile("a damaged file in the archive") from fault
        if len(content) > limit:
            raise TooMuchWork("an archive that unpacks to too much")
        self._room -= len(content)
        return content


def _check_directory(data: bytes) -> None:
    """By the archive's last record alone, so that a list of a million names is never built."""
    at = data.rfind(END, max(0, len(data) - 70_000))
    if at < 0 or len(data) < at + 22:
        raise BrokenFile("not a whole ZIP archive")
    count, size = struct.unpack_from("<HI", data, at + 10)
    if count > MAX_ENTRIES or size > MAX_DIRECTORY:
        raise DangerousFile("too many files in the archive")
