"""One's career, fact by fact: kept as one edits, taken back, taken from CVs, files and words.

What is typed stays in its field whatever becomes of it. Every argument of a handler is a stranger's.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from hashlib import sha256
from typing import Any, TypeAlias

import reflex as rx

from cvstudio import db
from cvstudio.document import Document
from cvstudio.domain import cvs, imports, owners, profiles, turns
from cvstudio.domain.profiles import Changes, FactGiven, StaleProfile, Stored
from cvstudio.errors import InvalidInput, StudioError, Unauthorized
from cvstudio.language import Language
from cvstudio.locales import text
from cvstudio.state import profile_rows
from cvstudio.state.editor_draft import checked_text
from cvstudio.state.editor_files import is_json, read_resume
from cvstudio.state.editor_import import patiently
from cvstudio.state.focus import focus
from cvstudio.state.profile_fields import IDENTITY, LONGEST, SHORT, Refused, changed, given, identity, short, value_of
from cvstudio.state.profile_rows import KINDS, CvRow, FactRow, MeRow, PairRow, PartRow
from cvstudio.state.session import Session
from cvstudio.tailoring.pasted import MAX_PASTED
from cvstudio.tailoring.profile import HEADERS, Profile

Next: TypeAlias = Any
Edit: TypeAlias = Callable[[Any, str, int], Stored]  # session, owner id, the revision it starts from

MAX_PASTED_TEXT = MAX_PASTED  # for the page, which knows no cores
UPLOAD = "career-file"
KEPT = 50  # changes that can be taken back
ME = "me"
EMPTY = Stored(Profile())


class Sitting:
    """What this tab last saw. A plain class, so that Reflex neither wraps it nor sends it to the browser."""

    def __init__(self, stored: Stored) -> None:
        self.stored = stored
        self.earlier: list[Profile] = []  # before each change, for taking it back
        self.doubtful: set[str] = set()  # ids


class Career(rx.State):
    ready: bool = False
    me: rx.Field[MeRow] = rx.field(default_factory=MeRow)
    rows: rx.Field[dict[str, list[FactRow]]] = rx.field(default_factory=lambda: profile_rows.facts(Profile(), ()))
    pairs: rx.Field[list[PairRow]] = rx.field(default_factory=list)
    score: int = 0
    missing: rx.Field[list[PartRow]] = rx.field(default_factory=lambda: profile_rows.parts(EMPTY))
    cvs: rx.Field[list[CvRow]] = rx.field(default_factory=list)
    anew: int = 0  # grows when fields are to show something else than what was typed into them
    forms: rx.Field[dict[str, int]] = rx.field(default_factory=dict)  # the same, of the form that adds to what

    said: str = ""  # what was done
    saved: bool = False
    undoable: bool = False
    wrong_at: str = ""  # "exp_0-start", "add-skill": the field or form that holds what could not be kept
    wrong: str = ""
    reading: str = ""  # the name of a file
    problem: str = ""  # why something could not be read
    clash: str = ""  # "", "changed", "gone": elsewhere, meanwhile
    mine: str = ""
    theirs: str = ""

    _owner_id: str = ""
    _lang: Language = "fr"
    _sitting: Sitting | None = None
    _clashed: tuple[str, str] = ("", "")  # id and field

    # ---- opening -------------------------------------------------------------------------------------------

    @rx.event
    async def open(self) -> None:
        """The page was opened, or its socket came back."""
        session = await self.get_state(Session)
        owner_id = session.owner_id() or ""
        if owner_id != self._owner_id:
            everything: Any = self
            everything.reset()  # what someone left here is not the next one's
        self._owner_id, self._lang = owner_id, session.language()
        stored, self.cvs = await rx.run_in_thread(lambda: _load(owner_id))
        if self._sitting is None or self._sitting.stored.revision != stored.revision:
            self._sitting = Sitting(stored)
            self.anew += 1
        await self._shown(self._sitting)
        self.ready, self.reading = True, ""

    @rx.event
    async def language_changed(self) -> None:
        self._lang = (await self.get_state(Session)).language()
        if self._sitting:
            await self._shown(self._sitting)

    async def _shown(self, sitting: Sitting) -> None:
        """All that the page says of the career."""
        self._sitting = sitting  # or Reflex would not know
        stored = sitting.stored
        told = {fact.source for fact in stored.profile.facts}
        self.cvs = [CvRow(row.id, row.title, f"cv:{row.id}" in told) for row in self.cvs]
        titles = {row.id: row.title for row in self.cvs}
        self.me, self.rows = profile_rows.me(stored, self._lang), profile_rows.facts(stored.profile, sitting.doubtful)
        self.score, self.missing = stored.completeness.score, profile_rows.parts(stored)
        self.pairs = await turns.for_page(lambda: profile_rows.pairs(stored, titles, self._lang))
        self.undoable = bool(sitting.earlier)

    # ---- one change ----------------------------------------------------------------------------------------

    async def _change(self, edit: Edit) -> Sitting:
        """Keeps it, also beside what was changed elsewhere meanwhile. Raises Unauthorized, and what `edit` does."""
        sitting, owner_id = await self._opened(), self._owner_id
        try:
            stored = await self._written(edit, sitting.stored.revision)
        except StaleProfile:
            sitting.stored, _ = await rx.run_in_thread(lambda: _load(owner_id))
            sitting.earlier = []  # that would take back the others' changes too
            self.anew += 1
            stored = await self._written(edit, sitting.stored.revision)
        if stored.revision > sitting.stored.revision + (1 if sitting.stored.revision else 2):
            sitting.earlier = []
        elif stored.revision != sitting.stored.revision:
            sitting.earlier = [*sitting.earlier, sitting.stored.profile][-KEPT:]
        sitting.stored = stored
        self._quiet()
        self.saved = True
        return sitting

    async def _written(self, edit: Edit, revision: int) -> Stored:
        owner_id, lang = self._owner_id, self._lang
        stored: Stored = await rx.run_in_thread(lambda: _write(owner_id, lang, revision, edit))
        return stored

    async def _opened(self) -> Sitting:
        """Asked again: nothing more is anyone's whose session has ended. Raises Unauthorized."""
        session = await self.get_state(Session)
        if not self._owner_id or session.owner_id() != self._owner_id or self._sitting is None:
            raise Unauthorized
        return self._sitting

    def _quiet(self) -> None:
        self.said = self.problem = self.clash = self.mine = self.theirs = ""

    def _right(self, *places: str) -> None:
        """What could not be kept in one of these has been put right."""
        if self.wrong_at in places:
            self.wrong_at = self.wrong = ""

    def _refused(self, place: str, key: str) -> None:
        self.wrong_at, self.wrong, self.saved = place, text(f"profile.{key}", self._lang), False

    # ---- fields --------------------------------------------------------------------------------------------

    @rx.event
    async def write(self, fact_id: str, name: str, value: str) -> Next:
        """A field as it is being typed, or left. `me`: who one is."""
        return await self._typed(checked_text(fact_id), name, checked_text(value).strip())

    async def _typed(self, known: str, name: str, typed: str) -> Next:
        sitting = await self._opened()
        if known == ME:
            return await self._introduced(sitting, checked_text(name), typed)
        if checked_text(name) not in ("text", *profiles.CONTEXT) or len(typed) > LONGEST.get(name, SHORT):
            raise InvalidInput("not a field to edit", fields={"name": [name[:40]]})
        fact = sitting.stored.profile.find(known)
        if fact is None:  # typed just before it was removed
            return None
        try:
            changes = changed(fact, name, typed)
        except Refused as refused:
            self._refused(f"{fact.id}-{name}", refused.key)
            return None
        if all(getattr(fact, field) == told for field, told in changes.items()):
            self._right(f"{fact.id}-{name}")
            return None
        return await self._field(
            fact.id, name, typed, lambda told: told.find(fact.id), Changes(edit=[(fact.id, changes)])
        )

    async def _introduced(self, sitting: Sitting, name: str, typed: str) -> Next:
        if name not in IDENTITY or len(typed) > SHORT:
            raise InvalidInput("not a field to edit", fields={"name": [name[:40]]})
        basics = identity(sitting.stored.profile, name, typed)
        if basics == sitting.stored.profile.identity.dump():
            return None
        return await self._field(ME, name, typed, lambda told: told.identity, Changes(identity=basics))

    async def _field(self, known: str, name: str, typed: str, part: Callable[[Profile], Any], changes: Changes) -> Next:
        """One field; where the same one was changed elsewhere, both are shown and the person chooses."""
        sitting, owner_id = await self._opened(), self._owner_id
        fresh, _ = await rx.run_in_thread(lambda: _load(owner_id))
        if fresh.revision != sitting.stored.revision:
            before, now = part(sitting.stored.profile), part(fresh.profile)
            sitting.stored, sitting.earlier = fresh, []
            self.anew += 1
            if now is None or value_of(before, name) != value_of(now, name):
                self._quiet()
                self.saved = False
                self.clash, self.mine = "gone" if now is None else "changed", typed
                self.theirs = value_of(now, name) if now is not None else ""
                self._clashed = (known, name)
                await self._shown(sitting)
                return focus("#clash")
            if known == ME:
                changes = Changes(identity=identity(fresh.profile, name, typed))
        sitting = await self._change(_by(changes))
        sitting.doubtful.discard(known)
        self._right(f"{known}-{name}")
        await self._shown(sitting)
        return None

    @rx.event
    async def settle(self, mine: bool) -> Next:
        """Which of two is right, where one field was changed in two places."""
        known, name = self._clashed
        typed, gone = self.mine, self.clash != "changed"
        self._quiet()
        if mine and not gone:
            self.anew += 1
            return await self._typed(known, name, typed)
        return None

    @rx.event
    async def speak(self, language: str) -> None:
        """The language the facts are in."""
        wanted: Language = "en" if checked_text(language) == "en" else "fr"
        changes = Changes(language=wanted)
        await self._shown(await self._change(_by(changes)))

    # ---- facts ---------------------------------------------------------------------------------------------

    @rx.event
    async def add(self, kind: str, form: dict[str, Any]) -> Next:
        """By hand. What cannot be kept stays in the form."""
        if checked_text(kind) not in KINDS:
            raise InvalidInput("no such kind", fields={"kind": [kind[:40]]})
        await self._opened()
        sitting = await self._added(kind, "", dict(form), f"add-{kind}")
        if sitting is None:
            return None
        if kind in HEADERS:
            return focus(f"#{sitting.stored.profile.facts[-1].id}-line")
        return focus(f"#add-{kind}-{'title' if kind == 'reference' else 'text'}")

    @rx.event
    async def add_line(self, form: dict[str, Any]) -> Next:
        """Below a job, a degree, a project."""
        of = checked_text(dict(form).get("of", ""))
        above = (await self._opened()).stored.profile.find(of)
        if above is None:
            raise InvalidInput("no such fact", fields={"of": [of[:40]]})
        line = {"text": dict(form).get("text", "")}
        return (
            focus(f"#{above.id}-line") if await self._added("realisation", above.id, line, f"add-{above.id}") else None
        )

    async def _added(self, kind: str, of: str, form: dict[str, Any], place: str) -> Sitting | None:
        """None: it could not be kept, and the page says why."""
        try:
            facts = [
                FactGiven(kind=kind, text=told.pop("text", ""), of=of, context=told)  # type: ignore[arg-type]
                for told in given(kind, form)
            ]
        except Refused as refused:
            self._refused(place, refused.key)
            return None
        sitting = await self._change(_by(Changes(add=facts)))
        self.forms = {**self.forms, place: self.forms.get(place, 0) + 1}
        self._right(place)
        await self._shown(sitting)
        return sitting

    @rx.event
    async def remove(self, fact_id: str) -> Next:
        sitting = await self._opened()
        fact = sitting.stored.profile.find(checked_text(fact_id))
        if fact is None:
            raise InvalidInput("no such fact", fields={"fact": [fact_id[:40]]})
        below = len(sitting.stored.profile.lines(fact.id))

        def removed(session: Any, owner_id: str, revision: int) -> Stored:
            now = profiles.load(session, owner_id)
            gone = () if now.profile.find(fact.id) is None else (fact.id,)  # elsewhere it may have gone already
            return profiles.change(session, owner_id, Changes(remove=gone), expected_revision=revision)

        sitting = await self._change(removed)
        self.said = text(
            "profile.removed" if not below else "profile.removed_all", self._lang, what=short(fact), n=below
        )
        await self._shown(sitting)
        return focus("#undo")

    @rx.event
    async def undo(self) -> Next:
        """The last change, as long as nothing was changed elsewhere since."""
        sitting = await self._opened()
        if not sitting.earlier:
            return None
        earlier, owner_id = sitting.earlier[-1], self._owner_id
        try:
            stored = await self._written(
                lambda session, owner, at: profiles.put_back(session, owner, earlier, expected_revision=at),
                sitting.stored.revision,
            )
        except StaleProfile:
            sitting.stored, _ = await rx.run_in_thread(lambda: _load(owner_id))
            sitting.earlier = []
            self._quiet()
            self.problem = text("profile.undo_stale", self._lang)
        else:
            sitting.stored, sitting.earlier = stored, sitting.earlier[:-1]
            self._quiet()
            self.saved, self.said = True, text("profile.undone", self._lang)
        self.anew += 1
        await self._shown(sitting)
        return focus("#undo" if sitting.earlier else "#career-state")

    @rx.event
    async def merge(self, keep: str, drop: str) -> Next:
        """The person agreed: they are one."""
        await self._paired(Changes(merge=[(checked_text(keep), checked_text(drop))]))
        self.said = text("profile.merged", self._lang)
        self.anew += 1
        return focus("#undo")

    @rx.event
    async def keep_apart(self, one: str, two: str) -> Next:
        await self._paired(Changes(apart=[(checked_text(one), checked_text(two))]))
        self.said = text("profile.kept_apart", self._lang)
        return focus("#undo")

    async def _paired(self, changes: Changes) -> None:
        await self._shown(await self._change(_by(changes)))

    # ---- taken from elsewhere ------------------------------------------------------------------------------

    @rx.event
    async def add_cv(self, cv_id: str) -> Next:
        """Raises CvNotFound."""
        wanted = checked_text(cv_id)
        title = next((row.title for row in self.cvs if row.id == wanted), "")
        return await self._taken(lambda session, owner, _at: profiles.add_cvs(session, owner, [wanted]), title)

    @rx.event
    async def add_text(self, form: dict[str, Any]) -> Next:
        told = checked_text(dict(form).get("text", "")).strip()
        if not told or len(told) > MAX_PASTED:
            self._refused("add-text", "paste_long" if told else "paste_blank")
            return None
        said = await self._taken(lambda session, owner, _at: profiles.add_text(session, owner, told), "")
        self.forms = {**self.forms, "add-text": self.forms.get("add-text", 0) + 1}
        self._right("add-text")
        return said

    @rx.event
    async def add_file(self, files: list[rx.UploadFile]) -> AsyncIterator[Next]:
        """Any CV that we read, and JSON Resume. A file that cannot be read changes nothing."""
        self._quiet()
        if not files:
            return
        await self._opened()
        name = (files[0].filename or "")[:120]
        data = await files[0].read(imports.MAX_BYTES + 1)
        self.reading = name
        yield
        try:
            document, doubtful = await self._document(data, name)
        except StudioError as wrong:
            faults = (
                [fault for said in wrong.fields.values() for fault in said] if isinstance(wrong, InvalidInput) else []
            )
            self.problem = faults[0] if faults and wrong.code == InvalidInput.code else wrong.message(self._lang)
            yield focus("#career-problem")
            return
        finally:
            self.reading = ""
        source = f"file:{sha256(data).hexdigest()[:12]}"
        add: Edit = lambda session, owner, _at: profiles.add_document(session, owner, document, source)  # noqa: E731
        yield await self._taken(add, name, doubtful)

    async def _document(self, data: bytes, name: str) -> tuple[Document, set[str]]:
        """What a file tells, and which of its values are doubtful."""
        if is_json(data, name):
            language = self._lang
            document, _portrait = await turns.for_page(lambda: read_resume(data, language))
            return document, set()
        owner_id, address = self._owner_id, self.router.session.client_ip
        imported = await patiently(lambda: imports.read(owner_id, address, data, name))
        document = imported.document
        document.studio.language = imported.language
        return document, {value.text for value in imports.values(imported) if value.doubtful}

    async def _taken(self, edit: Edit, name: str, doubtful: set[str] | frozenset[str] = frozenset()) -> Next:
        before = {fact.id for fact in (await self._opened()).stored.profile.facts}
        sitting = await self._change(edit)
        new = [fact for fact in sitting.stored.profile.facts if fact.id not in before]
        sitting.doubtful |= {fact.id for fact in new if doubtful & set(fact.model_dump().values())}
        check = sum(fact.id in sitting.doubtful for fact in new)
        key = "taken" if not check else "taken_check"
        form = "none" if not new else "one" if len(new) == 1 else "other"
        said = text(f"profile.{key if new else 'taken'}_{form}", self._lang, n=len(new), check=check)
        self.said = text("profile.named", self._lang, name=name, said=said) if name else said
        self.anew += 1
        await self._shown(sitting)
        return focus("#undo" if sitting.earlier else "#career-state")


def _by(changes: Changes) -> Edit:
    return lambda session, owner_id, revision: profiles.change(session, owner_id, changes, expected_revision=revision)


def _load(owner_id: str) -> tuple[Stored, list[CvRow]]:
    if not owner_id:
        return EMPTY, []
    with db.session(write=False) as session:
        mine = [CvRow(cv.id, cv.title, False) for cv in cvs.all_of(session, owner_id)]
        return profiles.load(session, owner_id), mine


def _write(owner_id: str, lang: Language, revision: int, edit: Edit) -> Stored:
    with db.session() as session:
        owners.ensure(session, owner_id, lang)
        if revision == 0:  # a career is told in the page's language until something says otherwise
            profiles.change(session, owner_id, Changes(language=lang), expected_revision=0)
            revision = 1
        return edit(session, owner_id, revision)
