"""All that we hold about a person: handed over in one ZIP, or erased.

What that is follows from the tables themselves: every row that would go with the account (foreign keys that cascade),
and what is known by the address alone. New tables join by themselves; a test asks about those that do not.
"""

import base64
import itertools
import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import IO, Any, ClassVar

import structlog
from sqlalchemy import ColumnElement, Table, delete, or_, select
from sqlmodel import Session, col
from sqlmodel import select as select_model

from cvstudio import db, events
from cvstudio.domain import files, generation, mailing, versions
from cvstudio.domain.accounts import passwords
from cvstudio.domain.accounts.faults import fault
from cvstudio.domain.onboarding import AccountNotFound
from cvstudio.errors import Forbidden
from cvstudio.language import Language
from cvstudio.models import Cv, Job, LoginSession, OneTimeToken, Owner, Photo, RateHit, Share, User, metadata, utcnow

RECENT = timedelta(minutes=15)  # a sign-in that proves as much as the password
ALL = "*"

_KEY = "opens the account"
_LINKS = "may hold links that open the account"
# Table → column, or ALL → why it is not in the ZIP.
LEFT_OUT: Mapping[str, Mapping[str, str]] = {
    "cv": {"document": "is a file of its own, in cvs/"},
    "cv_version": {"data": "is a file of its own, in cvs/versions/"},
    "idempotency_key": {"request_hash": "a checksum of what was sent"},
    "job": {"worker": "names a machine of ours"},
    "login_session": {"token_hash": _KEY},
    "mail_log": {"given": _LINKS, "message": _LINKS},
    "one_time_token": {"token_hash": _KEY, "data": _LINKS},
    "outbox_mail": {ALL: _LINKS},
    "passkey": {"credential_id": "leads to the key on your device", "public_key": "of use to our server alone"},
    "recovery_code": {"code_hash": _KEY},
    "refresh_token": {ALL: _KEY},
    "second_factor": {"secret": _KEY},
    "share": {"token": "opens the CV", "password_hash": "opens the CV"},
    "user": {"password_hash": _KEY},
}
# Where an address stands without the account's id.
BY_ADDRESS = {"mail_log": "recipient", "one_time_token": "email"}
NAMES = {
    "background_task": "tasks",
    "career_profile": "career-profile",
    "consent": "consents",
    "credit_entry": "ledger",
    "cv": "cvs",
    "cv_generation": "cv-generations",
    "cv_version": "cv-versions",
    "job": "jobs",
    "kept_link": "links",
    "linked_account": "linked-accounts",
    "login_session": "sign-ins",
    "mail_log": "mails",
    "offer": "offers",
    "passkey": "passkeys",
    "photo": "photos",
    "recovery_code": "recovery-codes",
    "second_factor": "second-factor",
    "share": "shared-links",
    "telemetry_event": "telemetry",
    "user": "profile",
    "widget_cache": "tailored-lines",
}
README: dict[Language, str] = {
    "fr": """Tout ce que CV Studio garde à votre sujet, au moment indiqué dans index.json.

cvs/       vos CV, au format ouvert JSON Resume ; cvs/trash/ : ceux de la corbeille ;
           cvs/versions/ : ce qu’ils étaient avant
pdfs/      les fichiers générés
photos/    vos photos (basics.image d’un CV, photo:…, est le nom du fichier)
data/      le reste, table par table, en JSON : profil, parcours, offres, crédits, consentements, connexions, e-mails…
index.json ce qu’il y a, ce qui manque et ce qui a été laissé de côté, avec la raison
""",
    "en": """All that CV Studio holds about you, at the moment that index.json says.

cvs/       your CVs, in the open format JSON Resume; cvs/trash/: those in the trash;
           cvs/versions/: what they were before
pdfs/      the files that were generated
photos/    your photos (basics.image of a CV, photo:…, is the file's name)
data/      the rest, table by table, as JSON: profile, career, offers, ledger of credits, consents, sign-ins, mails…
index.json what there is, what is missing and what was left out, with the reason
""",
}

log = structlog.get_logger(__name__)


class ConfirmationRequired(Forbidden):
    code: ClassVar[str] = "REAUTHENTICATION_REQUIRED"
    messages: ClassVar[dict[str, str]] = {
        "fr": "Pour supprimer votre compte, donnez votre mot de passe ou reconnectez-vous d’abord.",
        "en": "To delete your account, give your password or sign in again first.",
    }


# ---------------------------------------------------------------------------- what is whose


def belongings(session: Session, user: User, *, by_address: bool) -> dict[Table, ColumnElement[bool]]:
    """Which rows of which tables are about this person, parents first."""
    found: dict[Table, ColumnElement[bool]] = {}
    for table in metadata.sorted_tables:
        if table.name == "owner":
            found[table] = table.c.id.in_(_owners(session, user.id))
            continue
        ways: list[ColumnElement[bool]] = [
            key.parent.in_(select(key.column).where(found[key.column.table]))
            for key in table.foreign_keys
            if key.ondelete == "CASCADE" and key.column.table in found
        ]
        if by_address and table.name in BY_ADDRESS:
            ways.append(table.c[BY_ADDRESS[table.name]] == user.email)
        if ways:
            found[table] = or_(*ways)
    return found


def _owners(session: Session, user_id: str) -> list[str]:
    """The account's own, and the anonymous ones whose work it took."""
    found = [user_id]
    for owner_id in found:  # grows while it is walked
        found += session.exec(select_model(Owner.id).where(Owner.adopted_by == owner_id))
    return found


# ---------------------------------------------------------------------------- handed over


def export(session: Session, user_id: str, language: Language, out: IO[bytes]) -> None:
    """Writes the ZIP, all of it as of one moment. Takes a fresh session. Raises AccountNotFound."""
    if session.get_bind().dialect.name == "postgresql":
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    user = session.get(User, user_id)
    if user is None:
        raise AccountNotFound
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        _Export(session, user, archive).write(language)


class _Export:
    def __init__(self, session: Session, user: User, archive: zipfile.ZipFile) -> None:
        self.session, self.user, self.archive = session, user, archive
        # Mail to an address is its reader's to see: whoever merely typed it is not that yet.
        self.rows = belongings(session, user, by_address=user.email_verified_at is not None)
        self.counts: dict[str, int] = {}
        self.missing: list[str] = []
        self._names: set[str] = set()

    def write(self, language: Language) -> None:
        self.archive.writestr("README.txt", README[language])
        for table in self.rows:
            left_out = LEFT_OUT.get(table.name, {})
            if ALL not in left_out:
                self._table(table, [column for column in table.columns if column.name not in left_out])
        self._cvs()
        self._versions()
        self._photos()
        self._pdfs()
        index = {
            "account": self.user.id,
            "createdAt": _plain(utcnow()),
            "rows": self.counts,
            "missing": self.missing,
            "leftOut": LEFT_OUT,
        }
        self.archive.writestr("index.json", _json(index))

    def _table(self, table: Table, columns: list[Any]) -> None:
        name = NAMES.get(table.name, table.name)
        wanted = select(*columns).where(self.rows[table]).order_by(*table.primary_key.columns)
        count = 0
        with self.archive.open(f"data/{name}.json", "w") as out:
            out.write(b"[")
            for row in self._read(wanted):
                out.write((b",\n" if count else b"\n") + _json(dict(row._mapping)).encode())
                count += 1
            out.write(b"\n]\n")
        self.counts[name] = count

    def _cvs(self) -> None:
        table = metadata.tables["cv"]
        wanted = select(table.c.filename, table.c.document, table.c.deleted_at).where(self.rows[table])
        for row in self._read(wanted.order_by(table.c.created_at, table.c.id)):
            folder = "cvs/trash" if row.deleted_at else "cvs"
            self.archive.writestr(self._free(folder, row.filename), _json(row.document) + "\n")

    def _versions(self) -> None:
        """Each as the whole CV it was."""
        table, cvs = metadata.tables["cv_version"], metadata.tables["cv"]
        columns = (cvs.c.id, cvs.c.filename, table.c.number, table.c.keyframe, table.c.data)
        wanted = select(*columns).where(self.rows[table], table.c.cv_id == cvs.c.id)
        rows = self._read(wanted.order_by(cvs.c.created_at, cvs.c.id, table.c.number))
        for _, (*mine,) in itertools.groupby(rows, key=lambda row: row.id):
            for row, document in zip(mine, versions.documents((one.keyframe, one.data) for one in mine), strict=True):
                name = f"{row.filename.removesuffix('.json')} {row.number}.json"
                self.archive.writestr(self._free("cvs/versions", name), _json(document) + "\n")

    def _photos(self) -> None:
        table = metadata.tables["photo"]
        for row in self._read(select(table.c.id, table.c.sha256).where(self.rows[table]).order_by(table.c.id)):
            self._file(f"photos/{row.id}.jpg", row.sha256)

    def _pdfs(self) -> None:
        """Each file once, under the name and day of its first generation."""
        table = metadata.tables["job"]
        wanted = select_model(Job).where(self.rows[table], Job.kind == generation.KIND, Job.status == "done")
        done: set[str] = set()
        for job in self.session.exec(wanted.order_by(col(Job.created_at), Job.id).execution_options(yield_per=50)):
            key = str(job.result["file"])
            if key not in done:
                self._file(self._free("pdfs", f"{job.created_at:%Y-%m-%d} {generation.filename(job)}"), key)
            done.add(key)

    def _file(self, name: str, key: str) -> None:
        path = files.find(self.session, key)
        if path is None:
            self.missing.append(name)
        else:
            self.archive.write(path, name, zipfile.ZIP_STORED)

    def _read(self, wanted: Any) -> Iterator[Any]:
        return iter(self.session.connection().execution_options(yield_per=200).execute(wanted))

    def _free(self, folder: str, name: str) -> str:
        """A name that no other file of the archive has, and that leads nowhere else."""
        stem, dot, extension = re.sub(r"[^\w .()-]", "_", name).strip(" .").rpartition(".")
        names = itertools.chain([""], (f" ({number})" for number in itertools.count(2)))
        free = next(full for suffix in names if (full := f"{folder}/{stem}{suffix}{dot}{extension}") not in self._names)
        self._names.add(free)
        return free


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2, default=_plain)


def _plain(value: object) -> str | dict[str, Any]:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} in a row")


# ---------------------------------------------------------------------------- erased


def confirm(user: User, login: LoginSession, password: str | None, language: Language) -> None:
    """That it is really the person: by the password, or a sign-in of a moment ago.

    Raises InvalidInput, ConfirmationRequired. Takes no session: hashing is slow.
    """
    if password and user.password_hash:
        if not passwords.verify(user.password_hash, password):
            raise fault("password", "wrong_password", language)
    elif utcnow() - login.created_at > RECENT:
        raise ConfirmationRequired


def erase(session: Session, user_id: str) -> None:
    """The account and everything about it, files included, now and for good. Raises AccountNotFound.

    Its sessions end with it. Work in progress finds its job gone and can write nothing more. Files go before the rows
    are committed: cut short, it leaves an account without them, never files without an account.
    """
    # In the order that a worker takes them: its job, then the owner. Behind the owner no new job can begin.
    owner_ids = _owners(session, user_id)
    for kind, mine in (
        (Job, col(Job.owner_id).in_(owner_ids)),
        (Owner, col(Owner.id).in_(owner_ids)),
        (Job, col(Job.owner_id).in_(owner_ids)),
    ):
        session.exec(select_model(kind.id).where(mine).order_by(kind.id).with_for_update()).all()
    user = session.get(User, user_id, populate_existing=True)
    if user is None:
        raise AccountNotFound
    email, locale, proven = user.email, user.locale, user.email_verified_at is not None
    keys = _file_keys(session, owner_ids)
    session.expunge_all()
    session.exec(delete(Owner).where(col(Owner.id).in_(owner_ids)))
    session.exec(delete(OneTimeToken).where(col(OneTimeToken.email) == email))
    mailing.forget(session, email)
    for owner_id in owner_ids:
        session.exec(delete(RateHit).where(col(RateHit.key).contains(owner_id, autoescape=True)))
    for key in keys - _file_keys(session, None, among=keys):
        files.remove(session, key)
    if proven:  # the last mail; its log forgets the address once it is sent
        mailing.send(session, "account_deleted", email, locale, when=utcnow())
    db.after_commit(session, lambda: events.publish(events.owner_topic(user_id), {"kind": "account", "id": user_id}))
    log.info("account.erased", files=len(keys))


def _file_keys(session: Session, owner_ids: list[str] | None, among: set[str] | None = None) -> set[str]:
    """What these owners, or any, have in the store."""
    file = col(Job.result)["file"].as_string()
    printed = select_model(file).where(file.is_not(None))
    portraits = select_model(Photo.sha256)
    drawn = select_model(Cv.picture).where(Cv.picture != "")
    linked = select_model(Share.picture).join(Cv, col(Cv.id) == Share.cv_id).where(Share.picture != "")
    if owner_ids is not None:
        drawn, linked = (found.where(col(Cv.owner_id).in_(owner_ids)) for found in (drawn, linked))
        printed = printed.where(col(Job.owner_id).in_(owner_ids))
        portraits = portraits.where(col(Photo.owner_id).in_(owner_ids))
    if among is not None:
        printed, portraits = printed.where(file.in_(among)), portraits.where(col(Photo.sha256).in_(among))
        drawn = drawn.where(col(Cv.picture).in_(among))
        linked = linked.where(col(Share.picture).in_(among))
    return {*session.exec(printed), *session.exec(portraits), *session.exec(drawn), *session.exec(linked)}
