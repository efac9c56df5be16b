"""What is asked for on a page and confirmed from a mailbox; every link once, and in time."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from cvstudio import db
from cvstudio.domain import accounts, credits, site_settings
from cvstudio.domain.accounts import letters, onetime, passwords, sessions, users
from cvstudio.domain.accounts.faults import InvalidLink, RegistrationClosed, WrongCredentials
from cvstudio.domain.site_settings import REGISTRY
from cvstudio.errors import InvalidInput, RateLimited
from cvstudio.models import User
from tests.accounts import PASSWORD, last_token, mails, make_account, reload, travelling

WELCOME, REFERRAL = (REGISTRY[name].default for name in ("welcome_credits", "referral_credits"))

NEW = "quatre mots assez longs"


@pytest.fixture
def travel(monkeypatch):
    return travelling(monkeypatch)


@pytest.fixture
def user(engine) -> User:
    return make_account("marie@example.org")


def register(email: str, **given: str) -> User:
    return letters.register(letters.Registration(email, PASSWORD, **given), "fr")


def ask(flow, *given, **more):
    with db.session() as session:
        return flow(session, *given, **more)


def sign_in(user: User) -> str:
    with db.session() as session:
        return accounts.sign_in(session, session.get_one(User, user.id), None, "password").token


def alive(token: str) -> bool:
    with db.session(write=False) as session:
        return sessions.by_token(session, token) is not None


# ---------------------------------------------------------------------------- registration


def test_registering_makes_an_unconfirmed_account_and_writes_to_it(engine):
    made = register("Marie@Example.ORG", first_name="Marie", last_name="Dupont", username="marie")
    found = accounts.check_password("marie@example.org", PASSWORD)
    assert (found.id, found.email, found.name, found.email_verified_at) == (
        made.id,
        "marie@example.org",
        "Marie Dupont",
        None,
    )
    assert [trigger for trigger, _ in mails("marie@example.org")] == ["verify_email"]
    user = ask(letters.use_verification, last_token("marie@example.org", "verify_email"))
    assert reload(user).email_verified_at
    with db.session(write=False) as session:
        assert credits.balance(session, user.id) == WELCOME


def test_where_no_new_accounts_are_wanted_the_known_sign_in_and_no_answer_tells_who_they_are(user):
    waiting = ask(letters.ask_magic, "later@example.org", "en", "/") or last_token("later@example.org", "magic_link")
    with db.session() as session:
        site_settings.change(session, "registration_open", False, None)
    for email in ("new@example.org", "marie@example.org"):
        with pytest.raises(RegistrationClosed):
            register(email)
        assert ask(letters.ask_magic, email, "en", "/") is None
    assert [trigger for trigger, _ in mails("new@example.org")] == ["no_account"]
    with pytest.raises(RegistrationClosed):
        ask(letters.use_magic, waiting)
    assert ask(letters.use_magic, last_token("marie@example.org", "magic_link")).id == user.id


def test_a_known_address_is_answered_alike_and_keeps_its_account(user):
    before = reload(user)
    fresh, known = register("paul@example.org", name="Paul"), register("marie@example.org", name="Paul")
    shown = fresh.model_dump().keys()
    assert shown == known.model_dump().keys()
    same = shown - {"id", "email", "referral_code", "created_at", "seen_at", "password_hash"}
    assert fresh.model_dump(include=same) == known.model_dump(include=same)
    assert known.id != user.id
    assert len(known.id) == len(user.id)
    assert reload(user) == before
    assert [trigger for trigger, _ in mails("marie@example.org")] == ["account_exists"]


def test_known_and_unknown_addresses_take_the_same_steps(user, monkeypatch):
    """As many hashes, token rows and mails, whoever has the address."""
    hashed = []
    monkeypatch.setattr(passwords, "hashed", lambda password: hashed.append(password) or "x")
    rows = []
    issue = onetime.issue
    monkeypatch.setattr(onetime, "issue", lambda *given, **more: rows.append(given[1]) or issue(*given, **more))
    for email in ("marie@example.org", "new@example.org"):
        register(email)
    assert len(hashed) == 2
    make_account("paul@example.org", password=None)
    for flow in (letters.ask_reset, letters.ask_magic, letters.resend_verification):
        for email in ("paul@example.org", "nobody@example.org"):
            ask(flow, email, "fr", *(["/generate"] if flow is letters.ask_magic else []))
    assert rows == ["verify"] * 2 + ["reset"] * 2 + ["magic"] * 2 + ["verify"] * 2
    assert [trigger for trigger, _ in mails("paul@example.org")] == ["password_reset", "magic_link", "account_exists"]
    assert [trigger for trigger, _ in mails("nobody@example.org")] == ["no_account", "magic_link", "no_account"]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"email": "nobody"}, "email"),
        ({"email": "a@b"}, "email"),
        ({"email": "a@example.org\nBcc: x@example.org"}, "email"),
        ({"email": "a@example.org, b@example.org"}, "email"),
        ({"email": "a b@example.org"}, "email"),
        ({"email": "x" * 250 + "@example.org"}, "email"),
        ({"email": "\u202egro.elpmaxe@a.org"}, "email"),
        ({"password": "short"}, "password"),
        ({"password2": "another one"}, "password2"),
        ({"username": "x"}, "username"),
        ({"username": "a b c"}, "username"),
        ({"username": "TAKEN"}, "username"),
    ],
)
def test_what_is_refused(engine, given, field):
    make_account("other@example.org", username="taken")
    whole = {"email": "marie@example.org", "password": PASSWORD} | given
    with pytest.raises(InvalidInput) as refused:
        letters.register(letters.Registration(**whole), "fr")
    assert refused.value.fields.keys() == {field}


def test_twins_register_once(engine):
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: register("marie@example.org"), range(4)))
    assert len({user.id for user in made}) == 4
    assert sorted(trigger for trigger, _ in mails("marie@example.org")) == ["account_exists"] * 3 + ["verify_email"]


def test_a_referral_is_recorded_and_rewarded_once_confirmed(user):
    made = register("paul@example.org", referral_code=user.referral_code)
    assert reload(made).referred_by == user.id
    ask(letters.use_verification, last_token("paul@example.org", "verify_email"))
    with db.session(write=False) as session:
        assert credits.balance(session, user.id) == REFERRAL
        assert credits.balance(session, made.id) == WELCOME + REFERRAL
    assert reload(register("lea@example.org", referral_code="nonsense")).referred_by is None


def test_a_confirmation_may_be_asked_for_again_after_a_minute(engine, travel):
    register("marie@example.org")
    for email in ("marie@example.org", "marie@example.org"):
        with pytest.raises(RateLimited) as refused:
            ask(letters.resend_verification, email, "fr")
        assert 0 < refused.value.params["retry_after"] <= 60
    travel(timedelta(seconds=61))
    ask(letters.resend_verification, "marie@example.org", "fr")
    ask(letters.resend_verification, "nobody@example.org", "fr")
    with pytest.raises(RateLimited):
        ask(letters.resend_verification, "nobody@example.org", "fr")


# ---------------------------------------------------------------------------- links, once and in time


def magic(email: str) -> str:
    ask(letters.ask_magic, email, "en", "/generate")
    return last_token(email, "magic_link")


def reset(email: str) -> str:
    ask(letters.ask_reset, email, "fr")
    return last_token(email, "password_reset")


def verification(email: str) -> str:
    register(email)
    return last_token(email, "verify_email")


def test_a_magic_link_signs_in_and_makes_the_account_if_need_be(user):
    assert ask(letters.use_magic, magic("MARIE@example.org")).id == user.id
    made = ask(letters.use_magic, magic("new@example.org"))
    assert (made.locale, made.password_hash) == ("en", None)
    assert reload(made).email_verified_at


@pytest.mark.parametrize(
    ("life", "get", "use"),
    [
        (timedelta(minutes=10), lambda: magic("marie@example.org"), letters.use_magic),
        (timedelta(hours=24), lambda: verification("new@example.org"), letters.use_verification),
    ],
)
def test_a_link_works_once_and_in_time(user, travel, life, get, use):
    token = get()
    travel(life - timedelta(seconds=2))
    assert ask(use, token)
    with pytest.raises(InvalidLink):
        ask(use, token)


def test_a_late_link_does_not_work(user, travel):
    token = magic("marie@example.org")
    travel(timedelta(minutes=10, seconds=1))
    with pytest.raises(InvalidLink):
        ask(letters.use_magic, token)
    token = reset("marie@example.org")
    travel(timedelta(hours=1, seconds=1))
    with pytest.raises(InvalidLink):
        letters.reset_password(token, NEW, "fr")
    token = verification("new@example.org")
    travel(timedelta(hours=24, seconds=1))
    with pytest.raises(InvalidLink):
        ask(letters.use_verification, token)


def test_of_parallel_uses_one_wins(user):
    token = magic("marie@example.org")

    def use(_: int) -> bool:
        try:
            return bool(ask(letters.use_magic, token))
        except InvalidLink:
            return False

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(use, range(8))) == 1


def test_a_token_of_one_purpose_opens_no_other(user):
    token = magic("marie@example.org")
    with pytest.raises(InvalidLink):
        letters.reset_password(token, NEW, "fr")
    with pytest.raises(InvalidLink):
        ask(letters.use_verification, token)
    with pytest.raises(InvalidLink):
        ask(letters.use_email_change, token)
    for nonsense in ("", "x", "x" * 400, "\ud800"):
        with pytest.raises(InvalidLink):
            ask(letters.use_magic, nonsense)


def test_whoever_registered_anothers_address_is_out_when_its_owner_comes(engine):
    thief = register("marie@example.org")
    session_of_thief = sign_in(thief)
    owner = ask(letters.use_magic, magic("marie@example.org"))
    assert owner.id == thief.id
    assert not alive(session_of_thief)
    with pytest.raises(WrongCredentials):
        accounts.check_password("marie@example.org", PASSWORD)


# ---------------------------------------------------------------------------- passwords


def test_a_reset_ends_every_session_and_works_once(user):
    old = sign_in(user)
    first, second = reset("marie@example.org"), reset("marie@example.org")
    letters.reset_password(second, NEW, "fr")
    assert not alive(old)
    assert accounts.check_password("marie@example.org", NEW)
    with pytest.raises(WrongCredentials):
        accounts.check_password("marie@example.org", PASSWORD)
    for used in (first, second):
        with pytest.raises(InvalidLink):
            letters.reset_password(used, PASSWORD, "fr")


def test_a_bad_new_password_does_not_use_up_the_link(user):
    token = reset("marie@example.org")
    with pytest.raises(InvalidInput):
        letters.reset_password(token, "short", "fr")
    letters.reset_password(token, NEW, "fr")


def change(user: User, old: str, new: str, keep: str = "") -> None:
    letters.change_password(user, old, new, "en", keep=keep, old_field="old_password", new_field="new_password")


def test_changing_the_password_ends_the_other_sessions(user):
    here, there = sign_in(user), sign_in(user)
    with db.session(write=False) as session:
        login, _ = sessions.by_token(session, here)
    change(user, PASSWORD, NEW, keep=login.id)
    assert (alive(here), alive(there)) == (True, False)
    with pytest.raises(InvalidInput) as refused:
        change(reload(user), PASSWORD, NEW)
    assert refused.value.fields == {"old_password": ["Wrong password."]}


def test_a_first_password(engine):
    user = make_account("marie@example.org", password=None)
    change(user, "", NEW)
    assert accounts.check_password("marie@example.org", NEW)


# ---------------------------------------------------------------------------- a new address


def test_a_new_address_counts_once_confirmed_and_the_old_one_is_told(user, travel):
    old_link = magic("marie@example.org")
    ask(letters.ask_email_change, user, "Marie.New@example.org", "fr")
    assert reload(user).email == "marie@example.org"
    token = last_token("marie.new@example.org", "email_change")
    assert ask(letters.use_email_change, token).email == "marie.new@example.org"
    assert ask(letters.use_email_change, token).email == "marie.new@example.org"
    assert [trigger for trigger, _ in mails("marie@example.org")][1:] == ["email_changed_notice"]
    with pytest.raises(InvalidLink):
        ask(letters.use_magic, old_link)


def test_anothers_address_cannot_be_taken_and_that_is_not_told(user):
    other = make_account("paul@example.org")
    ask(letters.ask_email_change, user, "paul@example.org", "fr")
    assert [trigger for trigger, _ in mails("paul@example.org")] == ["account_exists"]
    ask(letters.ask_email_change, user, "free@example.org", "fr")
    token = last_token("free@example.org", "email_change")
    with db.session() as session:
        session.get_one(User, other.id).email = "free@example.org"
    with pytest.raises(InvalidLink):
        ask(letters.use_email_change, token)
    assert reload(user).email == "marie@example.org"


def test_a_late_change_of_address(user, travel):
    ask(letters.ask_email_change, user, "new@example.org", "fr")
    travel(timedelta(hours=24, seconds=1))
    with pytest.raises(InvalidLink):
        ask(letters.use_email_change, last_token("new@example.org", "email_change"))


def test_an_administrator_is_made_by_the_operator(engine):
    with db.session() as session:
        link = letters.admin_link(session, "Boss@example.org")
    with db.session(write=False) as session:
        assert [user.email for user in users.admins(session)] == ["boss@example.org"]
    assert ask(letters.use_magic, link.split("token=")[1].split("&")[0]).role == "admin"
