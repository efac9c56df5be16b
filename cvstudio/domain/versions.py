"""What a CV was before: versions made by themselves and on request, kept as what changed from one to the next.

A version is the whole CV now and then; else a patch of the version before it (cvstudio.document.patch). So storage
grows with what changes.
"""

import json
import re
import zlib
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any, ClassVar, Protocol

from sqlmodel import Session, col, delete, select

from cvstudio.document import patch
from cvstudio.document.changes import Change, changes
from cvstudio.document.model import clean
from cvstudio.errors import InvalidInput, NotFound
from cvstudio.models import Cv, CvVersion, Json, utcnow

EVERY = timedelta(minutes=10)  # of editing
CHAIN = 50  # patches after a keyframe, at most
MOST = 1_000  # versions of a CV; beyond, the oldest go together, up to the next keyframe
MAX_CHANGELOG = 1_000
AUTO, MANUAL, TEMPLATE, RESTORE, CHANGES, AI = "auto", "manual", "template", "restore", "changes", "ai"
RAW = -15  # deflate without a header
# What is in most patches, so that it costs them next to nothing. Never to be changed: what is kept was packed with it.
OFTEN = (
    b'"meta":{"d":{"studio":{"d":{"design":{"d":{"template":{"v":"sections":{"e":{"hidden":{"s":['
    b'"certificates":{"p":{"volunteer":{"p":{"projects":{"p":{"languages":{"p":{"skills":{"p":{"education":{"p":{"'
    b'":{"d":{"keywords":{"s":[":{"d":{"endDate":{"v":"startDate":{"v":"20":{"d":{"name":{"v":":{"d":{"position":{"s":['
    b'{"d":{"basics":{"d":{"summary":{"s":[{"d":{"work":{"p":{":{"d":{"summary":{"s":[:{"d":{"highlights":{"e":{"0":{"s":['
)
CHANGE_TYPE = re.compile(r"[a-z][a-z0-9_-]{0,39}", re.ASCII)


class VersionNotFound(NotFound):
    code: ClassVar[str] = "VERSION_NOT_FOUND"
    messages: ClassVar[dict[str, str]] = {
        "fr": "Cette version n’existe pas, ou plus.",
        "en": "This version does not exist, or no longer.",
    }


class Dated(Protocol):
    """A CV, or what is read of one."""

    template: str
    created_at: datetime
    version_at: datetime | None


def due(cv: Dated, template: str) -> str | None:
    """Why the CV as it stands should be kept before one in `template` takes its place; None: no need yet."""
    if cv.template != template:
        return TEMPLATE
    return AUTO if utcnow() - (cv.version_at or cv.created_at) >= EVERY else None


def keep(session: Session, cv: Cv, change_type: str = MANUAL, changelog: str = "") -> CvVersion:
    """The CV as it stands, as a version; the caller holds the CV's lock. Raises InvalidInput.

    Where nothing has changed since the newest and there is nothing to say about it, that one is given.
    """
    if not CHANGE_TYPE.fullmatch(change_type):
        raise InvalidInput("bad change type", fields={"changeType": ["a-z, 0-9, - and _, at most 40"]})
    changelog = clean(changelog).strip()
    if len(changelog) > MAX_CHANGELOG:
        raise InvalidInput("changelog too long", fields={"changelog": [f"at most {MAX_CHANGELOG} characters"]})
    chain = _chain(session, cv, cv.version)
    if chain and not changelog and change_type != MANUAL and chain[-1].revision == cv.revision:
        return chain[-1]
    kept = CvVersion(
        cv_id=cv.id,
        number=cv.version + 1,
        revision=cv.revision,
        change_type=change_type,
        changelog=changelog,
        keyframe=True,
        data=_packed(cv.document),
    )
    if chain and len(chain) <= CHAIN:
        difference = _packed(patch.diff(_built(chain), cv.document))
        if len(difference) < len(kept.data):
            kept.keyframe, kept.data = False, difference
    session.add(kept)
    cv.version, cv.version_at = kept.number, kept.created_at
    session.add(cv)
    session.flush()
    if kept.keyframe:
        _forget_oldest(session, cv)
    return kept


def all_of(session: Session, cv: Cv) -> list[CvVersion]:
    """The newest first."""
    wanted = select(CvVersion).where(CvVersion.cv_id == cv.id)
    return list(session.exec(wanted.order_by(col(CvVersion.number).desc())))


def at(session: Session, cv: Cv, number: int) -> Json:
    """The CV's document as it was in that version. Raises VersionNotFound."""
    chain = _chain(session, cv, number)
    if not chain or chain[-1].number != number:
        raise VersionNotFound
    return _built(chain)


def between(session: Session, cv: Cv, before: int | None, after: int | None) -> list[Change]:
    """What changed from one version to another; None: as the CV is now. Raises VersionNotFound."""
    old, new = (cv.document if number is None else at(session, cv, number) for number in (before, after))
    return changes(old, new)


def documents(chain: Iterable[tuple[bool, bytes]]) -> Iterator[Json]:
    """The document of each version, from their `keyframe` and `data`: the oldest first, and that one a keyframe."""
    document: Any = None
    for keyframe, data in chain:
        document = _unpacked(data) if keyframe else patch.apply(document, _unpacked(data))
        yield document


def _chain(session: Session, cv: Cv, number: int) -> list[CvVersion]:
    """The version with what it is built on, the keyframe first."""
    mine = select(CvVersion).where(CvVersion.cv_id == cv.id, CvVersion.number <= number)
    below = mine.order_by(col(CvVersion.number).desc()).limit(CHAIN + 1)
    chain: list[CvVersion] = []
    for row in session.exec(below):
        chain.append(row)
        if row.keyframe:
            return chain[::-1]
    return []


def _built(chain: list[CvVersion]) -> Json:
    return list(documents((one.keyframe, one.data) for one in chain))[-1]


def _packed(value: Any) -> bytes:
    packer = zlib.compressobj(9, wbits=RAW, zdict=OFTEN)
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return packer.compress(text.encode()) + packer.flush()


def _unpacked(data: bytes) -> Any:
    unpacker = zlib.decompressobj(wbits=RAW, zdict=OFTEN)
    return json.loads(unpacker.decompress(data) + unpacker.flush())


def _forget_oldest(session: Session, cv: Cv) -> None:
    """Whole chains from the beginning, so that what stays can be built."""
    mine = col(CvVersion.cv_id) == cv.id
    enough = select(CvVersion.number).where(mine, col(CvVersion.keyframe), CvVersion.number <= cv.version - MOST)
    oldest = session.exec(enough.order_by(col(CvVersion.number).desc()).limit(1)).first()
    if oldest is not None:
        session.exec(delete(CvVersion).where(mine, col(CvVersion.number) < oldest))
