"""Mails: what they say, that they go out once, what is tried again, what is kept and what is not."""

import json
import logging
import re
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from html import unescape
from importlib.resources import files

import pytest
import structlog
from sqlmodel import select

from cvstudio import db, jobs, logs, tasks
from cvstudio.clients import mail as client
from cvstudio.clients.mail import Message, Report
from cvstudio.domain import mailing
from cvstudio.domain.mailing import delivery, markup, overrides, records, rendering, triggers, values
from cvstudio.domain.mailing.delivery import BadAddress
from cvstudio.domain.mailing.markup import Source
from cvstudio.errors import InvalidInput, RateLimited, StudioError
from cvstudio.models import Job, MailEvent, MailLog, MailTemplate, OutboxMail, Owner, utcnow
from tests.postbox import KEY, postbox

TO = "marie@example.org"
SECRET = "s3cr3t-T0k3n"
LINK = f"/api/auth/callback/email?token={SECRET}"
WORDS = {"subject": "Votre lien", "preheader": "", "body": "Bonjour\n\n[Entrer]({{link}})"}
EVERY = [(name, language) for name in triggers.BUILT_IN for language in ("fr", "en")]


def ask(to=TO, lang="fr", trigger="magic_link", owner_id=None, **given) -> str:
    """The id of the mail."""
    if trigger == "magic_link" and not given:
        given = {"link": LINK, "valid_for": timedelta(minutes=10)}
    with db.session() as session:
        mailing.send(session, trigger, to, lang, owner_id=owner_id, **given)
        session.flush()
        return session.exec(select(MailLog.id).order_by(MailLog.created_at.desc())).first()


def row(mail_id) -> MailLog:
    with db.session(write=False) as session:
        return session.get(MailLog, mail_id)


def attempt(mail_id) -> MailLog:
    """Do the mail's next try, whenever it is due."""
    jobs.run(row(mail_id).job_id, tasks.HANDLERS)
    return row(mail_id)


def outbox(mail_id) -> OutboxMail:
    with db.session(write=False) as session:
        return session.get(OutboxMail, mail_id)


def everything() -> str:
    """All that the database holds about mail and jobs."""
    with db.session(write=False) as session:
        rows = [row for kind in (MailLog, MailEvent, Job) for row in session.exec(select(kind)).all()]
    return json.dumps([row.model_dump(mode="json") for row in rows])


def written(trigger: str, language: str, **given):
    found = triggers.BUILT_IN[trigger]
    packed = found.pack(found.examples(language) | given)
    return rendering.render(rendering.built_in(trigger, language), found, packed, language)


def words(html_or_text: str) -> list[str]:
    seen = re.sub(
        r"<style>.*?</style>|<title>.*?</title>|<div style=\"display:none.*?</div>", "", html_or_text, flags=re.S
    )
    seen = re.sub(r'<a href="([^"]+)"[^>]*>(.*?)</a>', r"\2 \1", seen)
    return re.findall(r"\w(?:[\w•@.’-]*\w)?", unescape(re.sub(r"<[^>]+>", " ", seen)))


@pytest.fixture
def box(engine, configure):
    with postbox() as box:
        configure(resend_api_key=KEY, resend_api_url=box.url, database_url=engine.url.render_as_string(False))
        yield box


@pytest.fixture
def sending(sqlite, configure):
    """Like `box`, where the database makes no difference."""
    with postbox() as box:
        configure(resend_api_key=KEY, resend_api_url=box.url)
        yield box


# ---------------------------------------------------------------------------- what they say


def test_there_is_a_text_for_every_trigger_and_language_and_no_other():
    found = {each.name for each in files("cvstudio.domain.mailing").joinpath("templates").iterdir()}
    assert found == {f"{name}.{language}.txt" for name, language in EVERY}
    assert len(triggers.BUILT_IN) == len(triggers.ALL)


@pytest.mark.parametrize(("trigger", "language"), EVERY)
def test_ours_keep_the_rules_that_administrators_must(trigger, language):
    source = rendering.built_in(trigger, language)
    markup.check(source, triggers.BUILT_IN[trigger], language)
    assert markup.used_in(source.subject + source.preheader + source.body) == triggers.BUILT_IN[trigger].by_name.keys()
    assert len(source.subject) <= 60
    assert source.preheader
    assert "'" not in source.body + source.subject


@pytest.mark.parametrize(("trigger", "language"), EVERY)
def test_text_and_html_say_the_same(trigger, language):
    found = written(trigger, language)
    in_html, in_text = words(found.html), words(found.text)
    rest = iter(in_html)
    assert all(word in rest for word in in_text if set(word) != {"="}), (in_text, in_html)
    assert f'<html lang="{language}"' in found.html
    assert "{{" not in found.html + found.text + found.subject
    assert "**" not in found.text


@pytest.mark.parametrize(("trigger", "language"), EVERY)
def test_nothing_is_fetched_to_read_a_mail(trigger, language):
    html = written(trigger, language).html
    assert not re.search(r"<(img|link|script|iframe|form|video|object)\b|url\(|@import|\bsrc=|\bon\w+=", html)
    assert "prefers-color-scheme: dark" in html
    assert len(html) < 20_000  # programs cut what is over 100 KB


def test_values_are_said_in_the_readers_language():
    moment, day = datetime(2026, 3, 1, 9, 5, tzinfo=UTC), date(2026, 3, 1)
    cases = [
        ("number", 1234, "1\u202f234", "1,234"),
        ("money", (199000, "eur"), "1\u202f990,00\u00a0€", "€1,990.00"),
        ("date", day, "1er mars 2026", "1 March 2026"),
        ("time", moment, "1er mars 2026 à 09:05\u00a0UTC", "1 March 2026 at 09:05\u00a0UTC"),
        ("span", timedelta(minutes=10), "10\u00a0minutes", "10 minutes"),
        ("span", timedelta(minutes=60), "1\u00a0heure", "1 hour"),
        ("span", timedelta(hours=24), "24\u00a0heures", "24 hours"),
        ("span", timedelta(days=7), "7\u00a0jours", "7 days"),
        ("span", timedelta(minutes=90), "90\u00a0minutes", "90 minutes"),
        ("event", "totp_enabled", "Validation en deux étapes activée", "Two-step verification turned on"),
        ("address", "camille@example.org", "c•••@example.org", "c•••@example.org"),
    ]
    for kind, value, fr, en in cases:
        packed = json.loads(json.dumps(values.pack(kind, value)))
        for language, expected in (("fr", fr), ("en", en)):
            said = values.say(kind, packed, language)
            assert said.replace("\u00a0", " ") == expected.replace("\u00a0", " "), (kind, language)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("number", "3"),
        ("money", 3),
        ("money", (3, "XXL")),
        ("date", "2026-01-01"),
        ("time", datetime(2026, 1, 1)),  # noqa: DTZ001
        ("span", timedelta(seconds=3)),
        ("event", "nothing"),
        ("link", "https://evil.example/"),
        ("link", "//evil.example/"),
        ("link", "javascript:alert(1)"),
        ("link", "http://localhost:3000.evil.example/"),
        ("link", "/a b"),
        ("link", '/"onclick='),
        ("link", "/" + "a" * 3_000),
        ("link", "/{{name}}"),
    ],
)
def test_nonsense_is_a_mistake_in_our_own_code(kind, value):
    with pytest.raises(ValueError):
        values.pack(kind, value)


def test_too_much_or_too_little_is_a_mistake_too(sqlite):
    for given in ({}, {"link": "/"}, {"link": "/", "valid_for": timedelta(hours=1), "extra": 1}):
        with pytest.raises(ValueError), db.session() as session:
            mailing.send(session, "magic_link", TO, "fr", **given)
    with pytest.raises(mailing.TriggerNotFound), db.session() as session:
        mailing.send(session, "nothing", TO, "fr")


@pytest.mark.parametrize(
    "name", ["www.win.example", "Free http://evil.example", "a@b.example", "<b>Marie</b>", "win.example now", "x/y"]
)
def test_a_name_cannot_advertise(name):
    assert words(written("welcome", "en", name=name).text) == words(written("welcome", "en", name="").text)
    assert "Welcome\n=======\n" in written("welcome", "en", name=name).text


def test_names_keep_their_letters():
    for name in ("Marie-Ève", "O’Neill", "J. R.", "محمد", "李小龙"):
        assert f"Bienvenue {name}\n" in written("welcome", "fr", name=name).text


def test_what_a_person_typed_is_never_a_mark_nor_html():
    found = written(
        "pdf_ready", "fr", title="**x** [y](http://z) <script>alert(1)</script> {{link}}\r\nBcc: a@b.example | # >"
    )
    assert "<script" not in found.html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; {{link}} Bcc: a@b.example | # &gt;" in found.html
    assert "**x** [y](http://z)" in found.html
    assert '"http://z' not in found.html
    assert "\n" not in found.subject
    assert len(found.subject) < 200


def test_french_marks_do_not_start_a_line():
    assert "Vous n’avez rien demandé\u00a0?" in written("magic_link", "fr").text


# ---------------------------------------------------------------------------- administrators' words


def check(body="[x]({{link}})", subject="Sujet", preheader="", trigger="magic_link"):
    markup.check(Source(subject, preheader, body), triggers.BUILT_IN[trigger], "fr")


@pytest.mark.parametrize(
    ("given", "field", "code"),
    [
        ({"subject": "a\r\nBcc: x@y.example"}, "subject", "INVALID_INPUT"),
        ({"subject": "a\nb"}, "subject", "INVALID_INPUT"),
        ({"subject": "a\u2028b"}, "subject", "INVALID_INPUT"),
        ({"subject": ""}, "subject", "INVALID_INPUT"),
        ({"subject": "  "}, "subject", "INVALID_INPUT"),
        ({"subject": "x" * 151}, "subject", "INVALID_INPUT"),
        ({"subject": "{{link}}"}, "subject", "INVALID_INPUT"),
        ({"preheader": "{{link}}"}, "preheader", "INVALID_INPUT"),
        ({"preheader": "a\nb"}, "preheader", "INVALID_INPUT"),
        ({"subject": "{{token}}"}, "subject", "UNKNOWN_PLACEHOLDER"),
        ({"body": "{{link}} {{password}}"}, "body", "UNKNOWN_PLACEHOLDER"),
        ({"body": "{{link}} {{link.__class__}}"}, "body", "UNKNOWN_PLACEHOLDER"),
        ({"body": "{{link}} {{ 7*7 }}"}, "body", "UNKNOWN_PLACEHOLDER"),
        ({"body": "{{link}} {{}}"}, "body", "UNKNOWN_PLACEHOLDER"),
        ({"body": "{{link}} {{link"}, "body", "INVALID_INPUT"),
        ({"body": "{{link}} {{{{link}}"}, "body", "INVALID_INPUT"),
        ({"body": "{{link}} }}"}, "body", "INVALID_INPUT"),
        ({"body": "Bonjour"}, "body", "MISSING_PLACEHOLDER"),
        ({"body": ""}, "body", "INVALID_INPUT"),
        ({"body": "x" * 10_001}, "body", "INVALID_INPUT"),
        ({"body": "a\x00{{link}}"}, "body", "INVALID_INPUT"),
        ({"body": "{{link}} [x](javascript:alert)"}, "body", "INVALID_INPUT"),
        ({"body": "{{link}} [x](http://plain.example)"}, "body", "INVALID_INPUT"),
        ({"body": '{{link}} [x](https://a.example/"onclick="x)'}, "body", "INVALID_INPUT"),
        ({"body": "{{link}} [x]({{valid_for}})"}, "body", "INVALID_INPUT"),
    ],
)
def test_an_override_that_would_harm_is_refused(given, field, code):
    with pytest.raises(InvalidInput) as error:
        check(**given)
    assert error.value.code == code
    assert list(error.value.fields) == [f"content.fr.{field}"]
    for language in ("fr", "en"):
        assert error.value.message(language)


def test_an_unknown_placeholder_is_named():
    with pytest.raises(markup.UnknownPlaceholder) as error:
        check("{{link}} {{passwort}}")
    assert "{{passwort}}" in error.value.message("fr")
    assert "link, valid_for" in error.value.message("en")


def test_the_marks_become_html_and_text():
    source = Source(
        "S",
        "",
        "# Titre\n\nUn **mot** et [un lien](https://a.example/?b=1&c=2).\nSuite\n- un\n- deux\n\n"
        "| Durée | {{valid_for}} |\n\n> Petit\n\n[Entrer]({{ link }})\n\n<b>pas du HTML</b> & {{link}}",
    )
    trigger = triggers.BUILT_IN["magic_link"]
    markup.check(source, trigger, "fr")
    found = rendering.render(source, trigger, trigger.samples("fr"), "fr")
    link = trigger.say(trigger.samples("fr"), "fr")["link"]
    assert found.text.startswith(
        "Titre\n=====\n\nUn mot et un lien (https://a.example/?b=1&c=2). Suite\n\n- un\n- deux\n\n"
        f"Durée\u00a0: 10 minutes\n\nPetit\n\nEntrer\u00a0:\n{link}\n\n<b>pas du HTML</b> & {link}\n"
    )
    assert '<a href="https://a.example/?b=1&amp;c=2"' in found.html
    assert "<strong>mot</strong>" in found.html
    assert "&lt;b&gt;pas du HTML&lt;/b&gt; &amp; " in found.html
    assert found.html.count("<li") == 2


def create(content=None, trigger="magic_link", name="Court"):
    with db.session() as session:
        return overrides.create(session, trigger, name, {"fr": WORDS} if content is None else content, None)


def active(trigger="magic_link") -> list[str]:
    with db.session(write=False) as session:
        return [each.id for each in overrides.list_templates(session, trigger) if each.active]


def act(name, template_id):
    with db.session() as session:
        return getattr(overrides, name)(session, template_id)


def test_one_template_speaks_for_a_trigger(engine):
    first, second = create().id, create(name="Autre").id
    assert active() == ["builtin-magic_link"]
    for act_on, expected in ((first, first), (second, second)):
        act("activate", act_on)
        assert active() == [expected]
    act("deactivate", first)  # it did not speak
    assert active() == [second]
    act("deactivate", second)
    assert active() == ["builtin-magic_link"]
    act("set_default", first)
    assert active() == [first]
    act("activate", second)
    act("remove", second)
    assert active() == [first]
    act("remove", first)
    assert active() == ["builtin-magic_link"]


def test_our_own_can_be_chosen_again_but_not_changed(sqlite):
    mine = create().id
    act("set_default", mine)
    act("activate", mine)
    act("activate", "builtin-magic_link")
    assert active() == ["builtin-magic_link"]
    for change in (
        lambda session: overrides.remove(session, "builtin-magic_link"),
        lambda session: overrides.change(session, "builtin-magic_link", "x", None, None),
    ):
        with pytest.raises(overrides.BuiltInTemplate), db.session() as session:
            change(session)
    for missing in ("builtin-nothing", "nothing", "é", "\x00", "builtin-", "a" * 99):
        with pytest.raises(mailing.MailTemplateNotFound):
            act("get", missing)


def test_those_who_activate_at_once_leave_one_active(engine):
    made = [create(name=f"n{number}").id for number in range(6)]
    act("activate", made[0])
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda template_id: act("activate", template_id), made))
    assert len(active()) == 1


def test_what_is_active_is_sent_and_ours_where_it_says_nothing(sqlite):
    act("activate", create().id)
    french, english = ask(lang="fr"), ask(lang="en")
    assert attempt(french).subject == "Votre lien"
    assert attempt(english).subject == "Your sign-in link"


def test_a_template_keeps_what_it_was_given(engine, owner):
    made = create({"fr": WORDS | {"body": "a\r\n\r\n{{link}}"}})
    with db.session() as session:
        changed = overrides.change(session, made.id, "  Neuf\n ", None, owner.id)
    assert (changed.name, changed.updated_by) == ("Neuf", owner.id)
    assert changed.content["fr"].body == "a\n\n{{link}}"
    for content in ({}, {"de": WORDS}):
        with pytest.raises(InvalidInput):
            create(content)
    with pytest.raises(InvalidInput):
        create(name=" \n")
    with pytest.raises(mailing.TriggerNotFound):
        create(trigger="nothing")


def test_who_changed_a_template_may_leave(engine, owner):
    with db.session() as session:
        made = overrides.create(session, "magic_link", "x", {"fr": WORDS}, owner.id)
        session.delete(session.get(Owner, owner.id))
    with db.session(write=False) as session:
        assert session.get(MailTemplate, made.id).updated_by is None


def test_a_preview_stores_nothing_and_is_filled_with_samples(sqlite):
    with db.session(write=False) as session:
        found = overrides.preview(session, "magic_link", {"fr": WORDS}, "fr")
        assert "EXAMPLE" in found.text
        assert overrides.preview(session, "magic_link", {"fr": WORDS}, "en").subject == "Your sign-in link"


def test_administrators_invent_triggers(engine):
    placeholders = [
        {"name": "title", "kind": "text", "about": "titre", "sample": "Printemps"},
        {"name": "count", "kind": "number", "about": "", "sample": "1200"},
    ]
    with db.session() as session:
        overrides.create_trigger(session, "spring", "Printemps", "Nouvelles", placeholders)
    nobody = ask(trigger="spring", title="x", count=3)
    failed = attempt(nobody)
    assert (failed.status, failed.error_code) == ("failed", "NO_MAIL_TEMPLATE")
    words_ = {"subject": "{{title}}", "preheader": "", "body": "{{count}} modèles"}
    act("activate", create({"fr": words_}, trigger="spring").id)
    sent = ask(trigger="spring", lang="en", title="Spring", count=1200)
    assert (attempt(sent).subject, sent in everything()) == ("Spring", True)
    assert "1,200 modèles" in outbox(sent).text
    for name, given, error in (
        ("spring", [], overrides.TriggerExists),
        ("magic_link", [], overrides.TriggerExists),
        ("Bad Name", [], InvalidInput),
        ("x", [placeholders[0] | {"name": "__class__"}], InvalidInput),
        ("x", [placeholders[0], placeholders[0]], InvalidInput),
        ("x", [placeholders[0] | {"kind": "event"}], InvalidInput),
        ("x", [placeholders[1] | {"sample": "many"}], InvalidInput),
        ("x", [placeholders[0] | {"kind": "link", "sample": "https://evil.example"}], InvalidInput),
    ):
        with pytest.raises(error), db.session() as session:
            overrides.create_trigger(session, name, "", "", given)


# ---------------------------------------------------------------------------- sending


def test_a_mail_that_nobody_sends_is_kept_and_its_secrets_only_there(engine):
    mail_id = ask()
    assert SECRET in everything()  # needed to write it
    sent = attempt(mail_id)
    assert (sent.status, sent.provider, sent.attempts, sent.subject) == ("sent", "outbox", 1, "Votre lien de connexion")
    assert SECRET in outbox(mail_id).text
    assert SECRET in outbox(mail_id).html
    assert SECRET not in everything()


def test_in_production_nothing_is_kept_to_be_read(sqlite, configure):
    kept = ask()
    attempt(kept)
    configure(environment="production", secret_key="0123456789abcdefghijklmnopqrstuvwxyz")
    mail_id = ask()
    failed = attempt(mail_id)
    assert (failed.status, failed.error_code) == ("failed", "MAIL_NOT_SET_UP")
    assert outbox(mail_id) is None
    assert SECRET not in everything()
    with db.session(write=False) as session:
        assert records.kept(session, kept) is None


def test_a_mail_goes_through_resend_under_its_own_id(box):
    mail_id = ask()
    sent = attempt(mail_id)
    assert (sent.status, sent.provider, sent.provider_id) == ("sent", "resend", f"resend-{mail_id}")
    assert list(box.mails) == [mail_id]
    assert SECRET in box.mails[mail_id]["text"]
    assert box.mails[mail_id]["to"] == [TO]
    assert SECRET not in everything()
    assert outbox(mail_id) is None


def test_nothing_is_sent_when_the_request_fails(engine):
    with pytest.raises(ZeroDivisionError), db.session() as session:
        print(mailing.send(session, "welcome", TO, "fr", name="Marie"), 1 / 0)
    with db.session(write=False) as session:
        assert session.exec(select(MailLog)).all() == session.exec(select(Job)).all() == []


def test_a_job_run_again_sends_nothing_again(box):
    mail_id = ask()
    job_id = row(mail_id).job_id
    attempt(mail_id)
    with db.session() as session:
        job = session.get(Job, job_id)
        job.status, job.worker, job.lease_until = "queued", None, utcnow()
        session.add(job)
    jobs.run(job_id, tasks.HANDLERS)
    assert len(box.asked) == 1
    assert row(mail_id).attempts == 1


def test_a_worker_killed_after_sending_sends_the_same_under_the_same_key(box, monkeypatch):
    mail_id = ask()
    real = client.send

    def killed(message: Message, key: str) -> str:
        real(message, key)
        raise MemoryError

    monkeypatch.setattr(client, "send", killed)
    attempt(mail_id)
    assert row(mail_id).status == "queued"
    act("activate", create().id)  # other words, meanwhile
    monkeypatch.setattr(client, "send", real)
    assert attempt(mail_id).status == "sent"
    assert len(box.asked) == 2
    assert len(box.mails) == 1
    assert box.asked[0]["body"] == box.asked[1]["body"]


def test_a_job_that_keeps_crashing_shows_in_the_log(sqlite, monkeypatch):
    monkeypatch.setattr(delivery, "_message", lambda *_: 1 / 0)
    mail_id = ask()
    for _ in range(jobs.MAX_ATTEMPTS):
        attempt(mail_id)
    failed = row(mail_id)
    assert (failed.status, failed.error_code, failed.given) == ("failed", "MAIL_JOB_CRASHED", {})


def test_what_may_help_later_is_tried_later_and_longer_apart(sending):
    mail_id = ask(trigger="welcome", name="Marie")
    for number, wait in enumerate(delivery.WAITS, 1):
        before, job_id = utcnow(), row(mail_id).job_id
        sending.answers.append((503, {"statusCode": 503, "name": "application_error", "message": "busy"}))
        mail = attempt(mail_id)
        assert (mail.status, mail.attempts, mail.error_code) == ("queued", number, "MAIL_NOT_SENT")
        assert mail.job_id != job_id
        with db.session(write=False) as session:
            due = session.get(Job, mail.job_id).lease_until
        assert timedelta() <= due - before - wait < timedelta(seconds=20)
    sent = attempt(mail_id)
    assert (sent.status, sent.error, sent.attempts) == ("sent", None, len(delivery.WAITS) + 1)
    assert len(sending.mails) == 1
    assert len({json.dumps(each["body"]) for each in sending.asked}) == 1
    assert sum(delivery.WAITS, timedelta()) < timedelta(hours=24)  # for so long Resend knows a key


def test_the_reaper_brings_it_back_when_it_is_due(box, monkeypatch):
    monkeypatch.setattr(delivery, "WAITS", (timedelta(milliseconds=1), timedelta(hours=1)))
    mail_id = ask()
    box.answers += [(500, {"statusCode": 500, "name": "x", "message": "x"})] * 2
    attempt(mail_id)
    assert jobs.reap() >= 1
    attempt(mail_id)
    assert jobs.reap() == 0  # an hour to go


def test_it_ends_as_failed_when_it_cannot_help_or_is_of_no_use_any_more(sending):
    sending.answers.append((422, {"statusCode": 422, "name": "validation_error", "message": f"Invalid `to`: {TO}"}))
    invalid = attempt(ask())
    assert (invalid.status, invalid.error_code, invalid.attempts) == ("failed", "MAIL_NOT_SENT", 1)
    assert TO not in invalid.error
    late = ask()  # its link lives ten minutes
    with db.session() as session:
        mail = session.get(MailLog, late)
        mail.created_at = utcnow() - timedelta(minutes=8)
        session.add(mail)
    sending.answers.append((500, {"statusCode": 500, "name": "application_error", "message": "busy"}))
    assert attempt(late).status == "failed"
    assert SECRET not in everything()


@pytest.mark.parametrize(
    "to",
    [
        "a@b.example\r\nBcc: c@d.example",
        "a@b.example\n",
        "a@b.example,c@d.example",
        "Marie <a@b.example>",
        "a b@c.example",
        "nobody",
        "",
        "a@b@c.example",
    ],
)
def test_what_is_no_single_address_is_never_written_to(sending, to):
    mail_id = ask(to=to)
    found = row(mail_id)
    assert (found.status, found.error_code, found.job_id) == ("failed", "MAIL_ADDRESS_REFUSED", None)
    assert "\n" not in found.recipient
    assert SECRET not in everything()
    assert sending.asked == []


def test_a_mail_of_an_account_goes_with_it_and_its_farewell_comes(engine, owner):
    before = ask(owner_id=owner.id)
    attempt(before)
    waiting = ask(owner_id=owner.id)
    job_id = row(waiting).job_id
    farewell = ask(trigger="account_deleted", when=utcnow())
    with db.session() as session:
        session.delete(session.get(Owner, owner.id))
    assert row(before) is row(waiting) is outbox(before) is None
    jobs.run(job_id, tasks.HANDLERS)  # nothing left to send
    said_goodbye = attempt(farewell)
    assert (said_goodbye.status, said_goodbye.recipient) == ("sent", "")
    assert outbox(farewell).recipient == TO


def test_an_address_can_be_forgotten(sqlite):
    attempt(ask())
    other = ask(to="other@example.org")
    with db.session() as session:
        mailing.forget(session, TO)
    assert TO not in everything()
    assert row(other)


def test_many_at_once_go_out_once_each(box):
    ids = [ask(to=f"p{number}@example.org") for number in range(12)]
    work = [row(mail_id).job_id for mail_id in ids] * 3
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda job_id: jobs.run(job_id, tasks.HANDLERS), work))
    assert sorted(box.mails) == sorted(ids)
    assert len(box.asked) == 12


def test_the_first_mails_at_once_agree_on_the_system_owner(engine):
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda _: ask(), range(6)))
    with db.session(write=False) as session:
        assert {job.owner_id for job in session.exec(select(Job)).all()} == {delivery.SYSTEM}
        assert session.get(Owner, delivery.SYSTEM).kind == "system"


def test_logs_hold_neither_addresses_nor_secrets(sending, capsys, configure, monkeypatch):
    configure(log_level="DEBUG", log_format="json")
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", root.handlers)
    monkeypatch.setattr(root, "level", root.level)
    logs.configure()
    sending.answers.append((500, {"statusCode": 500, "name": "application_error", "message": f"no {TO} {LINK}"}))
    mail_id = ask()
    attempt(mail_id)
    attempt(mail_id)
    said = capsys.readouterr().err
    assert mail_id in said
    for private in (TO, SECRET, KEY, "example.org"):
        assert private not in said
    structlog.reset_defaults()


# ---------------------------------------------------------------------------- what became of them


def report(kind, mail_id=None, event_id=None, provider_id=None, at=None, detail=""):
    told = Report(event_id or f"{mail_id}-{kind}", kind, mail_id, provider_id, at or utcnow(), detail)
    with db.session() as session:
        return records.take_note(session, told)


@pytest.mark.parametrize(
    ("kinds", "status"),
    [
        (["sent", "delivered"], "delivered"),
        (["delivered", "sent"], "delivered"),
        (["delivery_delayed", "delivered"], "delivered"),
        (["delivered", "delivery_delayed", "sent"], "delivered"),
        (["opened"], "delivered"),
        (["clicked", "opened", "delivered"], "delivered"),
        (["bounced", "delivered"], "bounced"),
        (["delivered", "complained", "opened"], "complained"),
        (["complained", "bounced"], "complained"),
        (["failed"], "failed"),
        (["suppressed"], "bounced"),
        (["scheduled"], "sent"),
    ],
)
def test_reports_in_any_order_come_to_the_same(sending, kinds, status):
    mail_id = ask()
    attempt(mail_id)
    for kind in kinds + kinds:
        report(kind, mail_id)
    found = row(mail_id)
    assert found.status == status
    assert bool(found.opened_at) == ("opened" in kinds)
    with db.session(write=False) as session:
        assert sorted(each.kind for each in records.events(session, mail_id)) == sorted(kinds)


def test_a_report_is_counted_once_and_the_earliest_time_kept(box):
    mail_id = ask()
    attempt(mail_id)
    early, late = utcnow() - timedelta(hours=1), utcnow()
    assert report("opened", mail_id, "e1", at=late)
    assert not report("opened", mail_id, "e1", at=late)
    assert report("opened", mail_id, "e2", at=early)
    assert row(mail_id).opened_at == early


def test_the_same_report_at_once_is_counted_once(box):
    mail_id = ask()
    attempt(mail_id)
    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(lambda _: report("delivered", mail_id), range(12))) == 1


def test_a_report_may_be_faster_than_we(box, monkeypatch):
    mail_id = ask()
    real = client.send

    def quick(message: Message, key: str) -> str:
        provider_id = real(message, key)
        report("delivered", mail_id)
        return provider_id

    monkeypatch.setattr(client, "send", quick)
    found = attempt(mail_id)
    assert (found.status, found.provider, found.provider_id) == ("delivered", "resend", f"resend-{mail_id}")
    assert found.given == found.message == {}


def test_a_mail_is_known_by_resends_id_too_and_strangers_are_kept_apart(box):
    mail_id = ask()
    attempt(mail_id)
    assert report("delivered", "gone", "e1", f"resend-{mail_id}")
    assert row(mail_id).status == "delivered"
    assert report("bounced", None, "e2", "of-someone-else")
    assert not report("bounced", None, "e2", "of-someone-else")
    with db.session(write=False) as session:
        assert session.get(MailEvent, "e2").mail_id is None


def test_the_log_is_paged_and_filtered(engine):
    ids = [ask(to=f"p{number % 2}@example.org") for number in range(7)]
    for mail_id in ids[:3]:
        attempt(mail_id)
    with db.session(write=False) as session:
        seen, before = [], None
        while found := records.page(session, limit=3, before=before):
            seen += [each.id for each in found]
            before = found[-1].id
        assert seen == ids[::-1]
        assert len(records.page(session, status="sent")) == 3
        assert len(records.page(session, recipient="p1@example.org")) == 3
        assert len(records.page(session, trigger="welcome")) == 0
        assert records.page(session, recipient="\x00") == []
        with pytest.raises(records.MailNotFound):
            records.page(session, before="nothing")


def test_statistics_add_up(box):
    ids = [ask(to=f"p{number}@example.org") for number in range(5)]
    for mail_id in ids[:4]:
        attempt(mail_id)
    for mail_id in ids[:3]:
        report("delivered", mail_id)
    report("opened", ids[0])
    report("bounced", ids[3])
    with db.session() as session:
        delivery.send_test(session, "builtin-welcome", TO, "fr", "root")
        old = MailLog(trigger="welcome", language="fr", recipient=TO, created_at=utcnow() - timedelta(days=40))
        session.add(old)
    with db.session(write=False) as session:
        found = records.statistics(session, 30)
        assert records.statistics(session, 60)["total"]["asked"] == 6
    expected = {"asked": 5, "queued": 1, "delivered": 3, "bounced": 1, "opened": 1, "delivery_rate": 0.75}
    assert found["total"].items() >= expected.items()
    assert [each["trigger"] for each in found["by_trigger"]] == ["magic_link"]
    assert [each["day"] for each in found["by_day"]] == [utcnow().date().isoformat()]
    assert found["by_day"][0].items() >= expected.items()


def test_a_test_is_sent_with_samples_to_whoever_is_named(sqlite):
    template_id = create().id
    with db.session() as session:
        mail_id = delivery.send_test(session, template_id, TO, "fr", "root").id
    assert attempt(mail_id).subject == "[Test] Votre lien"
    assert "EXAMPLE" in outbox(mail_id).text
    with pytest.raises(StudioError) as error, db.session() as session:
        delivery.send_test(session, template_id, "a@b.example\nBcc: x@y.example", "fr", "root")
    assert error.value.code == "MAIL_ADDRESS_REFUSED"


def test_an_administrator_sends_so_many_tests_an_hour(engine, monkeypatch):
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now)

    def test(by: str) -> None:
        with db.session() as session:
            delivery.send_test(session, "builtin-welcome", TO, "fr", by)

    def bad() -> None:
        with pytest.raises(BadAddress), db.session() as session:
            delivery.send_test(session, "builtin-welcome", "nobody", "fr", "one")

    for _ in range(delivery.TESTS.number):
        test("one")
        bad()  # does not count
    with pytest.raises(RateLimited):
        test("one")
    test("another")
    now += 3601
    test("one")
