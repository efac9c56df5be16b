"""Nothing of one person is reached or changed by another, whichever event they send, with whatever names in it."""

from __future__ import annotations

import asyncio
import inspect
import io
import itertools
import json
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import reflex as rx
from reflex.istate.manager.memory import StateManagerMemory
from reflex.istate.manager.token import BaseStateToken
from reflex.state import State
from reflex_base.event import Event
from reflex_base.event.processor.base_state_processor import BaseStateEventProcessor
from reflex_base.registry import RegistrationContext
from reflex_base.utils.format import json_dumps
from sqlalchemy import text
from structlog.testing import capture_logs

from cvstudio import db
from cvstudio.cvstudio import app
from cvstudio.document import samples
from cvstudio.domain import accounts, cvs, owners, photos
from cvstudio.domain.accounts import sessions
from cvstudio.models import (
    BackgroundTask,
    CareerProfile,
    Consent,
    CreditEntry,
    Cv,
    CvGeneration,
    CvVersion,
    Feedback,
    IdempotencyKey,
    Job,
    JobEffect,
    KeptLink,
    LinkedAccount,
    LlmCall,
    LoginSession,
    MailEvent,
    MailLog,
    MailTemplate,
    MailTrigger,
    ModelPrice,
    Offer,
    OneTimeToken,
    OutboxMail,
    Passkey,
    RateHit,
    RecoveryCode,
    RefreshToken,
    SecondFactor,
    SettingChange,
    Share,
    SiteSetting,
    SpendAlert,
    SpendAlertHit,
    TelemetryEvent,
    TierChange,
    User,
    WidgetCache,
    metadata,
    utcnow,
)
from cvstudio.state import bridge, editor_draft
from cvstudio.state.editor import Editor
from tests.accounts import make_account
from tests.documents import photo_jpeg

MARK = "Zq7unmistakable"  # in all that is Ada's and nobody else's
ROOT = State.get_full_name()
MANY_HANDLERS = 100


# ---- Ada, who has one of everything ------------------------------------------------------------------------------


@dataclass
class Victim:
    user: User
    token: str  # of a sign-in
    cv_id: str
    photo: str
    places: list[str]  # paths, keys and ids in her CV
    rows: dict[str, list[str]] = field(default_factory=dict)  # table → rows
    names: list[str] = field(default_factory=list)  # every id and name that a row of hers is known by

    @property
    def marks(self) -> list[str]:
        return [MARK, self.token, str(self.user.password_hash)]


def everything() -> dict[str, list[str]]:
    with db.session(write=False) as session:
        rows = session.connection()
        return {name: [repr(row) for row in rows.execute(text(f'select * from "{name}"'))] for name in metadata.tables}


def names() -> list[str]:
    """What is stored under a key, or as one."""
    found: set[str] = set()
    with db.session(write=False) as session:
        rows = session.connection()
        for table in metadata.sorted_tables:
            keys = [column for column in table.columns if column.primary_key or column.foreign_keys]
            for row in rows.execute(table.select().with_only_columns(*keys)):
                found |= {value for value in row if isinstance(value, str) and MARK not in value}
    return sorted(found)


@pytest.fixture
def ada(sqlite: Any) -> Victim:
    user = make_account(f"{MARK.lower()}@example.org", name=f"Ada {MARK}", phone=MARK, username=f"{MARK}-user")
    document = samples.load("fr")
    document.basics.name = document.basics.summary = document.work[0].position = MARK
    later = utcnow() + timedelta(days=1)
    with db.session() as session:
        photo = photos.store(session, user.id, photo_jpeg())
        document.basics.image = photos.reference(photo)
        signed = accounts.sign_in(session, session.get_one(User, user.id), None, "password", f"Firefox {MARK}")
        cv, trashed = cvs.create(session, user.id, document), cvs.create(session, user.id, document)
        cvs.delete(session, user.id, trashed.id)
        job, waiting = (
            Job(kind="render_pdf", owner_id=user.id, cv_id=cv.id, status=status, lease_until=later, error=MARK)
            for status in ("done", "queued")
        )
        job.result = job.payload = {"file": MARK}
        asked = {"url": f"https://example.org/{MARK}", "base": cv.id, "filename": f"{MARK}.json"}
        task = Job(kind="generate_cv", owner_id=user.id, status="failed", payload=asked, error=MARK)
        told = {"id": "basics/summary", "section": "basics", "item": "", "before": MARK, "after": f"{MARK}."}
        improvement = Job(kind="improve_cv", owner_id=user.id, cv_id=cv.id, status="done")
        improvement.result = {"cv_id": cv.id, "model": MARK, "proposals": [told | {"why": "tidied", "facts": [MARK]}]}
        mail = MailLog(owner_id=user.id, trigger="reset", language="fr", recipient=user.email, given={"link": MARK})
        template = MailTemplate(trigger="welcome", name=MARK, content={"fr": {"subject": MARK}}, updated_by=user.id)
        login = LoginSession(user_id=user.id, token_hash=MARK, expires_at=later, method="magic", address="192.0.2.0/24")
        offer = Offer(owner_id=user.id, source="text", text=MARK, analysis={"title": MARK})
        alert = SpendAlert(kind="daily", threshold=1, name=MARK, created_by=user.id)
        session.add_all([job, waiting, task, improvement, mail, template, login, offer, alert])
        session.flush()
        session.add_all(
            [
                JobEffect(job_id=job.id, name=MARK),
                BackgroundTask(job_id=task.id, title=MARK, reported={"status": MARK}),
                TelemetryEvent(owner_id=user.id, type=MARK, category=MARK, details={"x": MARK}),
                CareerProfile(owner_id=user.id, data={"facts": [MARK]}),
                WidgetCache(key=MARK, owner_id=user.id, fingerprint=MARK, envelope={"x": MARK}, expires_at=later),
                Share(cv_id=cv.id, token=MARK, password_hash=MARK),
                CvGeneration(cv_id=cv.id, offer_id=offer.id, details={"x": MARK}),
                CvVersion(cv_id=cv.id, number=1, revision=1, change_type=MARK, keyframe=True, data=MARK.encode()),
                KeptLink(owner_id=user.id, url=MARK),
                Feedback(owner_id=user.id, rating=5, comment=MARK),
                LlmCall(day="2026-11-21", asked_by=user.id, feature=MARK, model=MARK, outcome="ok"),
                ModelPrice(model=MARK, changed_by=user.id),
                SpendAlertHit(alert_id=alert.id, period=MARK, spent=1),
                CreditEntry(owner_id=user.id, kind="purchase", ref=MARK, amount=50),
                IdempotencyKey(owner_id=user.id, key="key-1", route="POST /api/cv/jobs", request_hash=MARK),
                Consent(owner_id=user.id, action="customize", preferences={MARK: True}, locale="fr"),
                LinkedAccount(user_id=user.id, provider="google", subject=MARK, email=user.email),
                RefreshToken(session_id=login.id, token_hash=MARK, expires_at=later),
                OneTimeToken(purpose="reset", user_id=user.id, email=user.email, token_hash=MARK, expires_at=later),
                SecondFactor(user_id=user.id, secret=MARK, confirmed_at=utcnow()),
                RecoveryCode(user_id=user.id, code_hash=MARK),
                Passkey(user_id=user.id, credential_id=MARK, public_key=MARK.encode(), name=MARK),
                MailEvent(id="event-1", mail_id=mail.id, kind="sent", detail=MARK, happened_at=utcnow()),
                OutboxMail(id=mail.id, sender="x", recipient=user.email, subject=MARK, text=MARK, html=MARK),
                MailTrigger(name="welcome", active_id=template.id, label=MARK),
                SiteSetting(name="welcome_credits", value=12, updated_by=user.id),
                SettingChange(name="welcome_credits", before=MARK, after=12, changed_by=user.id),
                TierChange(tier="free", changed_by=user.id, changes={"free_files": 7}),
                RateHit(key=MARK, at=0.0, expires_at=9e12),
            ]
        )
    work, own = document.work[0].id, f"custom:{document.custom[0].id}"
    places = ["basics.name", "basics.image", f"work/{work}/position", f"work/{work}", work, own, f"title:{own}"]
    found = Victim(user, signed.token, cv.id, photos.reference(photo), places)
    found.rows, found.names = everything(), [*names(), found.photo, cv.filename, user.email, "key-1"]
    return found


def test_ada_has_one_of_everything(ada: Victim):
    """A table that is new is filled in above."""
    assert [name for name, rows in ada.rows.items() if not rows] == []
    assert len(ada.rows) >= 30
    assert len(ada.names) >= 20


# ---- who tries, and how ------------------------------------------------------------------------------------------


@pytest.fixture(params=["signed in", "anonymous", "without cookies"])
def cookies(request: pytest.FixtureRequest, ada: Victim, monkeypatch: pytest.MonkeyPatch) -> str:
    """The Cookie header of somebody else."""
    monkeypatch.setattr(editor_draft, "QUIET", 0.0)
    monkeypatch.setattr(editor_draft, "LONGEST", 0.0)
    if request.param == "signed in":
        return cookies_of(make_account("bob@example.org", name="Bob", tier="pro"))
    return f"{owners.COOKIE}={owners.new_cookie()[1]}" if request.param == "anonymous" else ""


def cookies_of(user: User) -> str:
    with db.session() as session:
        cvs.create(session, user.id, samples.load("en"))
        signed = accounts.sign_in(session, session.get_one(User, user.id), None, "password")
    return f"{accounts.COOKIE}={signed.token}; {owners.COOKIE}={owners.new_cookie()[1]}"


@dataclass
class Tab:
    """A browser's tab whose events pass through all that the app's do; keeps what it was told."""

    cookies: str
    query: dict[str, str] = field(default_factory=dict)
    token: str = field(default_factory=lambda: str(uuid4()))
    told: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)  # raised, with all that it carries

    async def emit_update(self, update: Any, token: str) -> None:
        """Reflex's namespace, as far as its processor sees it."""
        assert token == self.token
        self.told.append(json_dumps(update))

    async def send(self, processor: Any, event: str, payload: dict[str, Any], path: str = "/generate") -> None:
        asked = "&".join(f"{name}={value}" for name, value in self.query.items())
        router = {
            "pathname": path,
            "asPath": f"{path}?{asked}",
            "query": dict(self.query),
            "headers": {"cookie": self.cookies, "origin": "http://localhost:3000", "accept-language": "en"},
            "token": self.token,
            "sid": "sid",
            "ip": "192.0.2.1",
        }
        try:
            sent = await processor.enqueue(self.token, Event(name=event, payload=payload, router_data=router))
            await sent.wait_all()
        except Exception as fault:  # noqa: BLE001 - of whatever kind, it is looked into
            self.failed += traceback.format_exception(fault)
        while running := list(processor._tasks.values()):  # what failed is being said
            await asyncio.wait(running)
            await asyncio.sleep(0)

    async def open(self, processor: Any, path: str = "/generate") -> None:
        await self.send(processor, f"{ROOT}.hydrate_and_load", {}, path)

    async def state(self, processor: Any, kind: Any) -> Any:
        root = await processor._root_context.state_manager.get_state(BaseStateToken(ident=self.token, cls=State))
        return await root.get_state(kind)

    async def holds(self, processor: Any) -> str:
        """All that it was told, and all that the server keeps for it, the hidden parts included."""
        root = await self.state(processor, State)
        kept = [state._serialize().decode("latin-1") for state in (root, *root.substates.values())]
        return "\n".join([*self.told, *self.failed, *kept])


def scene(tab: Tab, play: Callable[[Any], Any]) -> None:
    """`await play(processor)`, where the processor is the app's but for its sockets and where it keeps states."""

    async def playing() -> None:
        processor = BaseStateEventProcessor(middleware=app, backend_exception_handler=app.backend_exception_handler)
        namespace: Any = tab
        async with processor.configure(state_manager=StateManagerMemory(), event_namespace=namespace):
            await play(processor)

    try:
        with capture_logs():  # to write each traceback out would take a minute
            asyncio.run(playing())
    finally:
        bridge._tabs.clear()


async def nothing_is_hers(ada: Victim, tab: Tab, processor: Any, what: str) -> None:
    held = await tab.holds(processor)
    assert [mark for mark in ada.marks if mark in held] == [], what
    assert (await tab.state(processor, Editor))._owner_id != ada.user.id, what
    assert ada.user.id not in bridge._tabs, what
    after = everything()
    changed = {name: lost for name, rows in ada.rows.items() if (lost := set(rows) - set(after[name]))}
    assert changed == {}, what


# ---- every event -------------------------------------------------------------------------------------------------

Arguments = dict[str, list[Any]]  # what is tried for each; all of one with all of the others


def attempts(ada: Victim) -> dict[str, Arguments]:
    """A row for every event that takes arguments, by class and name."""
    ids, places, numbers = ada.names, [*ada.places, ada.cv_id], [-1, 0, 1]
    keys, item = ["work", ada.places[-2], ada.cv_id], [ada.places[4], ada.cv_id]
    words, yes = [ada.cv_id, ada.photo], [True, False]
    forms = [dict.fromkeys(("setting", "tier", "name", "email", "recipient", "value"), value) for value in ids]
    happened = {"kind": ["cv", "job"], "object_id": ids}
    # Cookies and local storage are what the browser says of its own states: here, of all of them.
    vars_of_all = {f"{kind.get_full_name()}.{name}": ada.cv_id for kind in states() for name in kind.get_fields()}
    fields = {f"{place}": ada.cv_id for place in places}
    resume = {"basics": {"name": "Bob", "image": ada.photo}, "work": [{"id": item[0], "name": "x"}], "meta": {}}
    return {
        "Account.choose_language": {"lang": ids},
        "Account.end_sign_in": {"login_id": ids},
        "AdminEmails.ask_removal": {"asked": yes},
        "AdminEmails.choose": {"name": ["welcome", *words]},
        "AdminEmails.edit": {"language": ["fr"], "part": ["body"], "words": words},
        "AdminEmails.open": {"template_id": ids},
        "AdminEmails.save": {"form": forms},
        "AdminEmails.test": {"form": forms},
        "AdminEmails.write_in": {"language": ["en"]},
        "AdminFeedback.ask_removal": {"feedback_id": words, "asked": yes},
        "AdminFeedback.filter": {"status": ["reviewed", *words]},
        "AdminFeedback.only_bugs": {"on": yes},
        "AdminFeedback.remove": {"feedback_id": ids},
        "AdminFeedback.review": {"feedback_id": ids, "reviewed": [True]},
        "AdminMailLog.count_since": {"days": [90]},
        "AdminMailLog.filter": {"form": forms},
        "AdminModels.add_alert": {"form": [*forms, {"type": "daily", "threshold": "1", "name": "x"}]},
        "AdminModels.ask_removal": {"alert_id": ids, "asked": yes},
        "AdminModels.ask_withdrawal": {"model": ["gpt-5", *words], "asked": yes},
        "AdminModels.choose_period": {"period": ["30d", *words]},
        "AdminModels.fill_price": {"model": ["gpt-5", *words]},
        "AdminModels.remove_alert": {"alert_id": ids},
        "AdminModels.set_price": {"form": [*forms, {"modelName": "x", "inputPrice": "1", "outputPrice": "1"}]},
        "AdminModels.withdraw": {"model": ["gpt-5", *words]},
        "AdminSettings.reset_setting": {"name": ["welcome_credits", *words]},
        "AdminSettings.save": {"form": [*forms, {"setting": "welcome_credits", "value": "1"}]},
        "AdminSettings.save_tier": {"form": [*forms, {"tier": "free", "free_files": "1"}]},
        "Career.add": {"kind": ["skill", "experience", *words], "form": [{"text": one, "title": one} for one in words]},
        "Career.add_cv": {"cv_id": ids},
        "Career.add_file": {"files": [[upload(json.dumps(resume).encode())], [upload(ada.photo.encode())]]},
        "Career.add_line": {"form": [{"of": value, "text": ada.cv_id} for value in ("exp_0", *ids)]},
        "Career.add_text": {"form": [{"text": value} for value in words]},
        "Career.keep_apart": {"one": ["exp_0", *words], "two": words},
        "Career.merge": {"keep": ["exp_0", *words], "drop": words},
        "Career.remove": {"fact_id": ["exp_0", *ids]},
        "Career.settle": {"mine": yes},
        "Career.speak": {"language": words},
        "Career.write": {"fact_id": ["me", "exp_0", *words], "name": ["name", "text", *words], "value": words},
        "Designing.fit": {"goal": numbers},
        "Designing.fit_found": {"index": numbers, "pages": numbers},
        "Designing.set_cv_language": {"language": words},
        "Designing.set_knob": {"knob": ["font", "photo", *words], "value": words},
        "Designing.use_template": {"slug": words},
        "Editor.add_item": {"key": places},
        "Editor.begin": {"how": ["sample", *words]},
        "Editor.begin_change": {"key": places},
        "Editor.changed": {"anew": yes, "undoable": words},
        "Editor.duplicate_item": {"key": keys, "item_id": item},
        "Editor.edit": {"path": places, "value": words},
        "Editor.focus": {"selector": words},
        "Editor.hide_item": {"key": keys, "item_id": item, "hidden": yes},
        "Editor.keep_saving": {"saver": words},
        "Editor.leave": {"path": places},
        "Editor.move_item": {"key": keys, "item_id": item, "to": numbers},
        "Editor.pick": {"path": places},
        "Editor.remove_item": {"key": keys, "item_id": item},
        "Editor.replace_document": {"document": [resume], "language": words},
        "Editor.restore": {"kept": [fields]},
        "Editor.say": {"key": words},
        "Editor.set_pages": {"pages": numbers, "too_wide": yes},
        "Editor.set_photo": {"reference": words},
        "Editor.step_item": {"key": keys, "item_id": item, "by": numbers},
        "Editor.toggle_item": {"key": keys, "item_id": item},
        "Editor.use_template": {"slug": words},
        "Files.bring_photo": {"files": [[upload(photo_jpeg())], [upload(ada.photo.encode())]]},
        "Files.bring_resume": {"files": [[upload(json.dumps(resume).encode())], [upload(ada.photo.encode())]]},
        "FrontendEventExceptionState.handle_frontend_exception": {"info": words, "component_stack": words},
        "Generation.happened": {**happened, "_tab": [""]},
        "Generation.make": {"wanted": ["pdf", "json", *words]},
        "History.against": {"number": [*numbers, "0", *words]},
        "History.choose": {"number": [*numbers, *words]},
        "History.happened": {**happened, "_tab": [""]},
        "History.keep": {"form": [{"note": value} for value in words]},
        "History.restore": {"number": [*numbers, *words]},
        "Importing.change": {"path": places, "value": words},
        "Importing.keep": {"path": places, "kept": yes},
        "Improving.accept": {"proposal_id": ["basics/summary", *words]},
        "Improving.decline": {"proposal_id": ["basics/summary", *words]},
        "Improving.happened": {**happened, "_tab": [""]},
        "Landing.choose_accent": {"accent": words},
        "Landing.choose_template": {"slug": words},
        "Landing.set_name": {"name": words},
        "Landing.set_pages": {"pages": numbers, "_overflow": yes},
        "Landing.set_role": {"role": words},
        "OnLoadInternalState.set_is_hydrated": {"value": yes},
        "OtherTabs.happened": {**happened, "tab": [""]},
        "OtherTabs.resolve": {"mine": yes},
        "Opinion.choose": {"bug": yes},
        "Opinion.give": {"form": [{"rating": "5", "comment": value, "cv": value} for value in words]},
        "RecentOffers.forget": {"link_id": ids},
        "Sections.add": {"key": places},
        "Sections.hide": {"key": places, "hidden": yes},
        "Sections.move": {"key": places, "to": numbers},
        "Sections.remove": {"key": places},
        "Sections.step": {"key": places, "by": numbers},
        "Session.set_lang": {"lang": words},
        "Shelf.ask_emptying": {"asked": yes},
        "Shelf.begin_rename": {"cv_id": ids},
        "Shelf.choose": {"name": ["source", *words], "value": words},
        "Shelf.duplicate": {"cv_id": ids},
        "Shelf.happened": {"kind": ["cvs"], "_object_id": ids, "tab": [""]},
        "Shelf.pack_as": {"format": ["pdf", *words]},
        "Shelf.pick": {"cv_id": ids, "on": yes},
        "Shelf.remove": {"cv_id": ids},
        "Shelf.rename": {"form": [{"id": value, "title": "x"} for value in ids]},
        "Shelf.restore": {"cv_id": ids},
        "Shelf.search": {"words": words},
        "Shelf.show_trash": {"shown": yes},
        "Sharing.share": {"form": [{"password": value, "expires": value} for value in words]},
        "State.hydrate_and_load": {"vars": [vars_of_all], "hashes": [[], words]},
        "State.set_is_hydrated": {"value": yes},
        "Tailor.at_least": {"score": [*numbers, *words]},
        "Tailor.choose_cv": {"cv_id": ids},
        "Tailor.come_by": {"way": ["text", *words]},
        "Tailor.counted": {"pages": numbers, "_too_wide": yes},
        "Tailor.hold": {"offer": words},
        "Tailor.lengthen": {"line": ["widget_exp_0", *words]},
        "Tailor.measured": {"_index": numbers, "pages": numbers},
        "Tailor.read_offer": {"form": [{"offer": value, "cv": ada.cv_id} for value in words]},
        "Tailor.read_pdf": {"files": [[upload(b"%PDF-1.7")], [upload(ada.photo.encode())]]},
        "Tailor.switch": {"line": ["widget_exp_0", *words], "on": yes},
        "Tasks.again": {"task_id": ids},
        "Tasks.ask": {"form": [{"offer": "Boulanger", "base": value} for value in words]},
        "Tasks.happened": {"kind": ["cv", "job"], "_object_id": ids, "_tab": [""]},
        "Tasks.remove": {"task_id": ids},
        "Templates.choose": {"facet": ["style", *words], "choice": words},
        "Templates.open": {"slug": words},
        "Templates.turn": {"key": ["ArrowLeft", *words]},
        "Translating.again": {"path": ["", *places]},
        "Translating.choose": {"language": ["de", *words]},
        "Translating.happened": {**happened, "_tab": [""]},
        "Translating.settle": {"path": ["", *places]},
        "UpdateVarsInternalState.update_vars_internal": {"vars": [vars_of_all]},
    }


def upload(data: bytes) -> rx.UploadFile:
    return rx.UploadFile(file=io.BytesIO(data), path=Path("file"))


def states() -> list[Any]:
    return [State, *State.get_substates()]


def handlers() -> dict[str, Any]:
    """The full names of all events that the app takes."""
    return dict(RegistrationContext.ensure_context().event_handlers)


def short(registered: Any, full: str) -> str:
    return f"{registered.states[0].__name__}.{full.rpartition('.')[2]}"


def arguments(registered: Any) -> list[str]:
    """What it can be given."""
    taken = list(inspect.signature(registered.handler.fn).parameters.values())[1:]
    return [one.name for one in taken if one.kind is not one.VAR_KEYWORD]


def tried(registered: Any, name: str, rows: dict[str, Arguments]) -> Iterator[dict[str, Any]]:
    if name.endswith(".setvar"):
        # Of every state, whatever it keeps and whatever method could be taken for a setter.
        kept = {*registered.states[0].get_fields(), "photo", "pages", "knob", "_owner_id", "_draft"}
        for var in sorted(kept):
            yield {"var_name": var, "value": rows["Editor.set_photo"]["reference"][0]}
        return
    given = rows.get(name, {})
    for values in itertools.product(*given.values()):
        yield dict(zip(given, values, strict=True))


def test_every_event_that_takes_something_has_its_row(ada: Victim):
    rows, wanted = attempts(ada), {short(one, full): arguments(one) for full, one in handlers().items()}
    assert len(wanted) >= MANY_HANDLERS
    assert len({kind for one in handlers().values() for kind in one.states}) >= 18
    taking = {name: taken for name, taken in wanted.items() if taken and not name.endswith(".setvar")}
    assert {name: set(given) for name, given in rows.items()} == {name: set(taken) for name, taken in taking.items()}


def test_nothing_is_set_from_outside_but_the_language():
    """No setter is made for us, and a browser's storage reaches one var."""
    stored = [(kind, name) for kind in states() for name in kind.base_vars if kind._is_client_storage(name)]
    assert [(kind.__name__, name) for kind, name in stored] == [("Session", "chosen")]
    fields = [(kind, name) for kind in states() for name in kind.get_fields()]
    assert len(fields) > 80
    assert {f"{kind.__name__}.{name}" for kind, name in fields if f"set_{name}" in kind.event_handlers} == {
        "State.is_hydrated",  # Reflex's own
        "OnLoadInternalState.is_hydrated",
        "Editor.pages",  # these are written by hand, and have their rows
        "Editor.photo",
        "Landing.pages",
    }


def test_no_event_reaches_another_s(ada: Victim, cookies: str):
    rows, sent = attempts(ada), 0

    async def each(processor: Any) -> None:
        nonlocal sent
        for full, registered in sorted(handlers().items()):
            name = short(registered, full)
            tab.token, tab.told, tab.failed = str(uuid4()), [], []
            await tab.open(processor)
            assert tab.told
            for payload in tried(registered, name, rows):
                await tab.send(processor, full, payload)
                sent += 1
            await nothing_is_hers(ada, tab, processor, name)

    tab = Tab(cookies, {"cv": ada.cv_id})
    scene(tab, each)
    assert sent > 1_000


def test_no_page_opens_another_s(ada: Victim, cookies: str):
    """Whatever the address says."""
    asked = (
        "cv",
        "cv_id",
        "id",
        "job",
        "job_id",
        "improve",
        "photo",
        "token",
        "user",
        "owner",
        "session",
        "template",
        "email",
    )
    routes = ["/" if route == "index" else f"/{route}" for route in app._unevaluated_pages]
    assert len(routes) >= 13

    async def each(processor: Any) -> None:
        for value in ada.names:
            tab.query = dict.fromkeys(asked, value)
            for route in routes if value in (ada.cv_id, ada.user.id) else ["/generate"]:
                await tab.open(processor, route)
        await nothing_is_hers(ada, tab, processor, "pages")

    tab = Tab(cookies)
    scene(tab, each)


def test_ada_herself_is_shown_what_is_hers(ada: Victim):
    """So that the others' seeing nothing means something."""

    async def opening(processor: Any) -> None:
        await tab.open(processor)
        assert MARK in await tab.holds(processor)
        assert list(bridge._tabs) == [ada.user.id]
        tab.told.clear()
        await tab.open(processor, "/account")
        assert ada.user.email in "".join(tab.told)

    tab = Tab(f"{accounts.COOKIE}={ada.token}", {"cv": ada.cv_id})
    scene(tab, opening)


def test_a_sign_in_ended_elsewhere_ends_in_the_open_tab(ada: Victim, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(editor_draft, "QUIET", 0.0)

    async def ending(processor: Any) -> None:
        await tab.open(processor)
        with db.session() as session:
            sessions.end_all(session, ada.user.id)
            cv = cvs.get_owned(session, ada.user.id, ada.cv_id)
            document = samples.load("en")
            document.basics.summary = "Written by Ada on another machine"
            cvs.save(session, ada.user.id, cv.id, document, expected_revision=cv.revision)
        before, editor = everything(), Editor.get_full_name()
        tab.told.clear()
        for name in ("cv", "job"):
            for state in ("editor_tabs____other_tabs", "editor_generation____generation"):
                told = {"kind": name, "object_id": ada.cv_id, "tab": "", "_tab": ""}
                full = f"{ROOT}.cvstudio___state___{state}.happened"
                await tab.send(processor, full, {key: told[key] for key in arguments(handlers()[full])})
        await tab.send(processor, f"{editor}.edit", {"path": "basics.label", "value": "By a thief"})
        assert everything() == before
        assert "another machine" not in await tab.holds(processor)
        assert "UNAUTHORIZED" in "".join(tab.told)
        await tab.open(processor)
        assert not (await tab.state(processor, Editor)).cv_id
        kept = (await tab.state(processor, Editor))._serialize().decode("latin-1")
        assert MARK not in kept

    tab = Tab(f"{accounts.COOKIE}={ada.token}", {"cv": ada.cv_id})
    scene(tab, ending)


def test_the_tables_are_all_looked_at(ada: Victim):
    with db.session() as session:
        session.get_one(Cv, ada.cv_id).title = "changed"
    after = everything()
    assert [name for name, rows in ada.rows.items() if set(rows) - set(after[name])] == ["cv"]
