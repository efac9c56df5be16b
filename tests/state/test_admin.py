"""Every event of every page of administrators is refused to everybody else, whoever names it."""

from __future__ import annotations

import asyncio
import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import reflex as rx
from reflex.event import Event
from reflex.state import State
from reflex_base.registry import RegistrationContext
from sqlalchemy import Engine, text

import cvstudio.state
from cvstudio import db
from cvstudio.cvstudio import app
from cvstudio.domain import site_settings
from cvstudio.models import MailLog, OutboxMail, User, metadata
from cvstudio.state.admin import Gate, Guard, is_declared
from cvstudio.state.admin_mail_log import AdminMailLog
from tests.accounts import make_account
from tests.state.tabs import tab

# What every page rests on; it answers for everybody, and with their own things only.
EVERYBODYS = {
    "cvstudio___state___session____session",
    "cvstudio___state___admin____gate",
    "cvstudio___state___feedback____opinion",
}


def handlers() -> dict[str, Any]:
    return dict(RegistrationContext.ensure_context().event_handlers)


def states_of(component: Any) -> Iterator[str]:
    """The full names of the states that a page shows or sends events to."""
    for var in component._get_vars(include_children=True):
        data = var._get_all_var_data()
        if data is not None and data.state:
            yield data.state
    for part in walk(component):
        for chain in part.event_triggers.values():
            for spec in getattr(chain, "events", []):
                if (handler := getattr(spec, "handler", None)) is not None and handler.state_full_name:
                    yield handler.state_full_name


def walk(component: Any) -> Iterator[Any]:
    yield component
    for child in component.children:
        yield from walk(child)


def admin_pages() -> dict[str, Any]:
    return {route: page for route, page in app._unevaluated_pages.items() if route.split("/")[0] == "admin"}


@cache
def admin_states() -> frozenset[str]:
    """Those that the pages under /admin use, and those of the modules that are named after them."""
    found: set[str] = set()
    for page in admin_pages().values():
        found |= set(states_of(page.component()))
        loads = page.on_load if isinstance(page.on_load, list) else [page.on_load]
        found |= {load.state_full_name for load in loads}
    for module in pkgutil.iter_modules(cvstudio.state.__path__, "cvstudio.state."):
        if module.name.startswith("cvstudio.state.admin"):
            for _, kind in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
                if issubclass(kind, rx.State) and kind.__module__ == module.name:
                    found.add(kind.get_full_name())
    return frozenset(
        name for name in found if name.rpartition(".")[2] not in EVERYBODYS and name != State.get_full_name()
    )


def admin_events() -> list[str]:
    return sorted(name for name in handlers() if name.rpartition(".")[0] in admin_states())


def refused(root: Any, event: str) -> bool:
    return asyncio.run(Guard().preprocess(app, root, Event(name=event, payload={}))) is not None


def everything_kept() -> dict[str, list[Any]]:
    with db.session(write=False) as session:
        rows = session.connection()
        return {name: list(rows.execute(text(f'select * from "{name}"'))) for name in metadata.tables}


def test_the_pages_and_their_events_are_found():
    assert set(admin_pages()) >= {"admin/emails", "admin/feedback", "admin/models", "admin/settings"}
    assert len(admin_states()) >= 3
    assert len(admin_events()) >= 18


def test_every_event_of_the_pages_under_admin_is_declared():
    assert [event for event in admin_events() if not is_declared(event)] == []


def test_nobody_else_is_answered_and_nothing_changes(engine: Engine):
    for user in (None, make_account("plain@example.org"), make_account("pro@example.org", tier="team")):
        root = tab(user)
        before = everything_kept()
        assert [event for event in admin_events() if not refused(root, event)] == []
        assert everything_kept() == before


def test_administrators_are_answered_until_they_are_none(engine: Engine):
    user = make_account("root@example.org", role="admin")
    root = tab(user)
    assert [event for event in admin_events() if refused(root, event)] == []
    with db.session() as session:
        session.get_one(User, user.id).role = "user"
    assert all(refused(root, event) for event in admin_events())


def test_the_guard_stands_before_all_other_events_of_the_app():
    assert isinstance(app._middlewares[0], Guard)
    others = [name for name in handlers() if name not in admin_events()]
    assert len(others) > 50
    assert not any(is_declared(name) for name in others)


def test_a_refusal_takes_what_the_tab_still_held(sqlite: Engine):
    root = tab(make_account("plain@example.org"))

    async def closing() -> tuple[Any, Any]:
        settings = await root.get_state(importlib.import_module("cvstudio.state.admin_settings").AdminSettings)
        settings.ready, settings.total = True, 7
        gate = await root.get_state(Gate)
        await gate.close()
        return settings, gate

    settings, gate = asyncio.run(closing())
    assert (settings.ready, settings.total, gate.shut) == (False, 0, True)


@pytest.mark.parametrize(
    ("name", "form", "kept"),
    [
        ("welcome_credits", {"value": "15"}, 15),
        ("welcome_credits", {"value": "fifteen"}, 10),
        ("welcome_credits", {"value": "9" * 5_000}, 10),
        ("recaptcha_minimum_score", {"value": "0,7"}, 0.7),
        ("recaptcha_minimum_score", {"value": "nan"}, 0.5),
        ("registration_open", {}, False),
        (
            "allowed_email_domains",
            {"value": "B.example\r\na.example, c.example"},
            ["a.example", "b.example", "c.example"],
        ),
        ("allowed_email_domains", {"value": "not a domain"}, []),
        ("maintenance_message", {"fr": "Pause", "en": "Break"}, {"fr": "Pause", "en": "Break"}),
        ("maintenance_message", {"fr": {"x": 1}, "en": "x" * 501}, {"fr": "", "en": ""}),
    ],
)
def test_a_setting_is_saved_as_what_it_is_or_refused_in_words(sqlite: Engine, name: str, form: Any, kept: Any):
    root = tab(make_account("root@example.org", role="admin"))

    async def saving() -> Any:
        state = await root.get_state(importlib.import_module("cvstudio.state.admin_settings").AdminSettings)
        await state.save({"setting": name, **form})
        return state

    state = asyncio.run(saving())
    with db.session(write=False) as session:
        current = site_settings.find(session, name)
    assert current.value == kept
    row = next(row for each in state.categories for row in each.rows if row.name == name)
    assert bool(row.fault) == current.is_default
    assert row.said != bool(row.fault)
    assert state.total == int(not current.is_default)


def test_a_mail_that_nobody_sends_can_be_read_with_its_link(sqlite: Engine):
    root = tab(make_account("root@example.org", role="admin"))
    with db.session() as session:
        made = {"sender": "us", "recipient": "ada@example.org", "subject": "Confirm"}
        for status, text_kept in ("sent", "https://cv.example/confirm?x"), ("queued", ""):
            mail = MailLog(trigger="verify_email", recipient="ada@example.org", language="en", status=status)
            session.add(mail)
            session.flush()
            if text_kept:
                session.add(OutboxMail(id=mail.id, **made, text=text_kept, html=""))

    async def opening() -> Any:
        state = await root.get_state(AdminMailLog)
        await state.load()
        return state

    assert {row.status: row.kept for row in asyncio.run(opening()).mails} == {
        "sent": "https://cv.example/confirm?x",
        "queued": "",
    }
