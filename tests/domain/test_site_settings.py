"""Settings: typed, validated, audited; they hold at once, for everyone."""

import subprocess
import sys
import threading

import pytest
import sqlalchemy
from sqlmodel import select

from cvstudio import db
from cvstudio.domain import site_settings
from cvstudio.domain.site_settings import REGISTRY, SettingNotFound
from cvstudio.errors import InvalidInput
from cvstudio.language import LANGUAGES
from cvstudio.models import SettingChange, SiteSetting
from tests.domain.people import make_user

GOOD = {
    "switch": [False],
    "whole": [0, 7, 100_000],
    "number": [0, 1, 0.25],
    "texts": [{"fr": "Maintenance à midi", "en": "Maintenance at noon"}],
    "domains": [[], ["example.org"], ["a.example", "b-c.example.co.uk"]],
}
BAD = {
    "switch": [0, 1, "true", None, []],
    "whole": [-1, 100_001, 1.5, True, "7", None, 10**400],
    "number": [-0.1, 1.1, float("nan"), float("inf"), True, "0.5", None],
    "texts": [
        "x",
        {},
        {"fr": "x"},
        {"fr": "x", "en": 1},
        {"fr": "x" * 501, "en": ""},
        {"fr": "\x00", "en": ""},
        {"fr": "\ud800", "en": ""},
        {"fr": "", "en": "", "de": ""},
    ],
    "domains": [
        "example.org",
        ["no dot"],
        ["a@b.example"],
        [1],
        ["x" * 300 + ".org"],
        ["a..b"],
        ["exa\nmple.org"],
        [f"a{number}.org" for number in range(201)],
    ],
}


def set_to(name: str, value: object, by: str | None = None) -> site_settings.Current:
    with db.session() as session:
        return site_settings.change(session, name, value, by)


def value_of(name: str) -> object:
    with db.session(write=False) as session:
        return site_settings.get(session, name)


@pytest.mark.parametrize("name", REGISTRY)
def test_every_setting_is_described_and_its_default_is_one_it_could_have(sqlite, name):
    setting = REGISTRY[name]
    assert set(setting.about) == set(LANGUAGES)
    assert all(words.endswith(".") for words in setting.about.values())
    assert value_of(name) == setting.default
    assert set_to(name, setting.default).is_default


@pytest.mark.parametrize("name", REGISTRY)
def test_a_setting_takes_what_it_should_and_nothing_else(engine, name):
    kind = REGISTRY[name].kind
    for value in GOOD[kind]:
        if kind != "whole" or value <= REGISTRY[name].maximum:
            assert set_to(name, value).value == value
            assert value_of(name) == value
    held = value_of(name)
    for value in BAD[kind]:
        with pytest.raises(InvalidInput) as refused:
            set_to(name, value)
        assert refused.value.fields.keys() == {"value"}
        assert value_of(name) == held


def test_an_unknown_name_is_named(sqlite):
    with pytest.raises(InvalidInput) as refused:
        site_settings.known("resend_api_key", "en")
    assert "resend_api_key" in refused.value.fields["settingName"][0]
    with pytest.raises(SettingNotFound):
        set_to("resend_api_key", "x")
    with db.session() as session, pytest.raises(SettingNotFound):
        site_settings.reset(session, "nothing", None)


def test_no_setting_is_a_secret():
    assert not [name for name in REGISTRY if any(word in name for word in ("secret", "key", "token", "password"))]


def test_who_changed_what_and_when_is_kept(engine, owner):
    admin = make_user(owner, email="admin@example.org")
    set_to("welcome_credits", 15, admin.id)
    set_to("welcome_credits", 15, admin.id)  # says nothing new
    set_to("registration_open", False, None)
    with db.session() as session:
        site_settings.reset(session, "welcome_credits", admin.id)
    with db.session(write=False) as session:
        every, total = site_settings.history(session)
        of_one, count = site_settings.history(session, "welcome_credits", limit=1)
    assert total == 3
    assert [(change.name, change.before, change.after, change.changed_by_email) for change in every] == [
        ("welcome_credits", 15, 10, "admin@example.org"),
        ("registration_open", True, False, None),
        ("welcome_credits", 10, 15, "admin@example.org"),
    ]
    assert every[0].changed_at > every[1].changed_at > every[2].changed_at
    assert (len(of_one), count) == (1, 2)
    assert value_of("welcome_credits") == 10


def test_what_a_later_version_no_longer_allows_does_not_hold(engine):
    with db.session() as session:
        session.add(SiteSetting(name="welcome_credits", value=-5))
        session.add(SiteSetting(name="gone", value=1))
    assert value_of("welcome_credits") == 10
    with db.session(write=False) as session:
        assert "gone" not in {current.setting.name for current in site_settings.everything(session)}


def test_a_change_that_is_rolled_back_never_was(engine):
    def fails() -> None:
        with db.session() as session:
            site_settings.change(session, "welcome_credits", 99, None)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    assert value_of("welcome_credits") == 10
    with db.session(write=False) as session:
        assert site_settings.history(session) == ([], 0)


def test_administrators_who_change_one_together_leave_a_history_without_gaps(engine):
    def change(value: int) -> None:
        set_to("welcome_credits", value)

    threads = [threading.Thread(target=change, args=(value,)) for value in range(20, 32)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with db.session(write=False) as session:
        steps = session.exec(select(SettingChange)).all()
    follows = {step.before: step.after for step in steps}
    value: object = 10
    for _ in steps:
        value = follows.pop(value)
    assert (len(steps), follows, value) == (12, {}, value_of("welcome_credits"))


def test_a_change_holds_in_another_process_at_once(engine, configure):
    value_of("welcome_credits")
    program = (
        "from cvstudio import db; from cvstudio.domain import site_settings\n"
        "with db.session() as session: site_settings.change(session, 'welcome_credits', 77, None)"
    )
    subprocess.run([sys.executable, "-c", program], cwd=db.ROOT, check=True, timeout=60)
    assert value_of("welcome_credits") == 77


def test_reading_one_asks_once_and_by_its_key(engine):
    set_to("welcome_credits", 15)
    asked = []
    with db.session(write=False) as session:
        sqlalchemy.event.listen(engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
        for _ in range(3):
            assert site_settings.get(session, "welcome_credits") == 15
    assert len([statement for statement in asked if "site_setting" in statement and "WHERE" in statement]) == 3


def test_who_may_register(engine):
    def may(email: str) -> bool:
        with db.session(write=False) as session:
            return site_settings.may_register(session, email)

    assert may("a@example.org")
    set_to("allowed_email_domains", ["@Example.org", "example.com"])
    assert (may("a@example.org"), may("a@example.net"), may("a@sub.example.org")) == (True, False, False)
    set_to("registration_open", False)
    assert not may("a@example.org")
