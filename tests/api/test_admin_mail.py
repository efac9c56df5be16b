"""fitmycv's mail administration and Resend's webhook, as clients meet them."""

import json
import time

import pytest
from fastapi.routing import APIRoute

from cvstudio import db, jobs, tasks
from cvstudio.api import admin_mail, admin_mail_log
from cvstudio.clients import mail as client_of_resend
from cvstudio.domain.mailing import delivery, records
from cvstudio.models import utcnow
from tests.api.conftest import is_error, member, visitor
from tests.postbox import KEY, postbox

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
WORDS = {"subject": "Votre lien", "preheader": "", "body": "Bonjour\n\n[Entrer]({{link}})"}
NEW = {"trigger": "magic_link", "name": "Court", "content": {"fr": WORDS}}
TEMPLATES = "/api/admin/email-templates"
TO = "marie@example.org"


@pytest.fixture
def admin(sqlite):
    return member(role="admin")


def create(admin, **changes):
    response = admin.post(TEMPLATES, json=NEW | changes)
    assert response.status_code == 201, response.text
    return response.json()["template"]


def deliver(mail_id):
    with db.session(write=False) as session:
        job_id = records.get(session, mail_id).job_id
    jobs.run(job_id, tasks.HANDLERS)


def test_every_route_is_for_administrators_alone(sqlite):
    everyone, user = visitor(), member()
    routes = [each for router in (admin_mail.router, admin_mail_log.router) for each in router.routes]
    assert len(routes) >= 16
    for route in routes:
        assert isinstance(route, APIRoute)
        for method in route.methods:
            path = route.path.format(template_id="builtin-welcome", name="welcome", log_id="x")
            for body in (None, {"anything": 1}):
                is_error(everyone.request(method, path, json=body), 401, "UNAUTHORIZED")
                is_error(user.request(method, path, json=body), 403, "FORBIDDEN")


def test_a_template_lives(admin):
    made = create(admin)
    assert (made["trigger"], made["builtIn"], made["isActive"], made["content"]) == (
        "magic_link",
        False,
        False,
        {"fr": WORDS, "en": None},
    )
    path = f"{TEMPLATES}/{made['id']}"
    changed = admin.put(path, json={"name": "Plus court"}).json()["template"]
    assert (changed["name"], changed["content"]) == ("Plus court", made["content"])
    found = admin.get(path).json()
    assert found["template"] == changed
    assert found["preview"]["fr"]["subject"] == "Votre lien"
    assert found["preview"]["en"]["subject"] == "Your sign-in link"
    assert "EXAMPLE" in found["preview"]["fr"]["html"]
    assert admin.delete(path).json() == {"success": True}
    is_error(admin.get(path), 404, "MAIL_TEMPLATE_NOT_FOUND")


def test_one_is_active(admin):
    first, second = create(admin)["id"], create(admin)["id"]
    assert admin.post(f"{TEMPLATES}/{first}/activate").json()["template"]["isActive"]
    assert admin.post(f"{TEMPLATES}/{second}/activate/").json()["template"]["isActive"]

    def active():
        listed = admin.get("/api/admin/email-triggers/magic_link/templates").json()["templates"]
        return [each["id"] for each in listed if each["isActive"]]

    assert active() == [second]
    assert not admin.delete(f"{TEMPLATES}/{second}/activate").json()["template"]["isActive"]
    assert active() == ["builtin-magic_link"]
    assert admin.post(f"{TEMPLATES}/{first}/set-default").json()["template"]["isDefault"]
    assert active() == [first]
    listed = admin.get("/api/admin/email-triggers").json()["triggers"]
    magic = next(each for each in listed if each["name"] == "magic_link")
    assert (magic["activeTemplateId"], magic["templateCount"]) == (first, 3)


def test_ours_stay(admin):
    path = f"{TEMPLATES}/builtin-welcome"
    is_error(admin.put(path, json={"name": "x"}), 409, "BUILT_IN_TEMPLATE")
    is_error(admin.delete(path), 409, "BUILT_IN_TEMPLATE")
    assert admin.get(path).json()["template"]["isActive"]


@pytest.mark.parametrize(
    ("content", "field", "code"),
    [
        ({"fr": WORDS | {"subject": "a\r\nBcc: b@c.example"}}, "content.fr.subject", "INVALID_INPUT"),
        ({"fr": WORDS | {"body": "{{link}} {{pasword}}"}}, "content.fr.body", "UNKNOWN_PLACEHOLDER"),
        ({"en": WORDS | {"body": "nothing"}}, "content.en.body", "MISSING_PLACEHOLDER"),
        ({"fr": WORDS | {"html": "<b>"}}, "content.fr.html", "INVALID_INPUT"),
        ({"fr": {"subject": "x"}}, "content.fr.body", "INVALID_INPUT"),
        ({"de": WORDS}, "content.de", "INVALID_INPUT"),
        ({}, "content", "INVALID_INPUT"),
    ],
)
def test_what_would_harm_is_named(admin, content, field, code):
    for path, body in (
        (TEMPLATES, NEW | {"content": content}),
        ("/api/admin/email-triggers/magic_link/templates", {"name": "x", "content": content}),
        (f"{TEMPLATES}/preview", {"trigger": "magic_link", "language": "fr", "content": content}),
    ):
        found = is_error(admin.post(path, json=body), 400, code)
        assert found[field]
        if code == "UNKNOWN_PLACEHOLDER":
            assert "{{pasword}}" in found["userMessage"]


def test_a_preview_is_in_the_language_asked_for(admin):
    body = {"trigger": "magic_link", "language": "fr", "content": {"fr": WORDS | {"body": "<b>{{link}}</b>"}}}
    found = admin.post(f"{TEMPLATES}/preview", json=body).json()
    assert "&lt;b&gt;http" in found["html"]
    assert found["text"].startswith("<b>http")


def test_triggers_tell_their_placeholders_in_the_callers_language(admin):
    french = admin.get("/api/admin/email-triggers", headers={"Accept-Language": "fr"}).json()["triggers"]
    english = admin.get("/api/admin/email-triggers", headers={"Accept-Language": "en"}).json()["triggers"]
    assert len(french) == len(english) >= 12
    paid = next(each for each in english if each["name"] == "payment_received")
    assert {each["name"]: each["sample"] for each in paid["placeholders"]}["amount"] == "€19.90"
    assert french[0]["label"] != english[0]["label"]


def test_an_invented_trigger_takes_templates(admin):
    spring = {"name": "spring", "label": "Printemps", "placeholders": [{"name": "title", "sample": "Neuf"}]}
    made = admin.post("/api/admin/email-triggers", json=spring)
    assert made.status_code == 201
    assert made.json()["trigger"]["custom"]
    is_error(admin.post("/api/admin/email-triggers", json=spring), 409, "MAIL_TRIGGER_EXISTS")
    words = {"subject": "{{title}}", "body": "Bonjour {{title}}"}
    path = "/api/admin/email-triggers/spring/templates"
    assert admin.post(path, json={"name": "x", "content": {"fr": words}}).status_code == 201
    assert len(admin.get(path).json()["templates"]) == 1
    for name in ("nothing", "%00", "é", "x" * 500):
        is_error(admin.get(f"/api/admin/email-triggers/{name}/templates"), 404, "MAIL_TRIGGER_NOT_FOUND")


def test_a_test_is_sent_read_in_the_outbox_and_left_out_of_the_numbers(admin):
    response = admin.post("/api/admin/email-test", json={"templateId": "builtin-magic_link", "email": TO})
    assert response.status_code == 202
    mail_id = response.json()["logId"]
    deliver(mail_id)
    found = admin.get(f"/api/admin/email-logs/{mail_id}").json()
    assert (found["log"]["status"], found["log"]["test"], found["log"]["email"]) == ("sent", True, TO)
    assert found["message"]["subject"].startswith("[Test] ")
    assert admin.get("/api/admin/email-stats").json()["total"]["asked"] == 0
    for email in ("nobody", f"{TO}\r\nBcc: x@y.example", "a@b.example,c@d.example"):
        body = {"templateId": "builtin-magic_link", "email": email}
        assert is_error(admin.post("/api/admin/email-test", json=body), 400, "MAIL_ADDRESS_REFUSED")["email"]
    body = {"templateId": "nothing", "email": TO}
    is_error(admin.post("/api/admin/email-test", json=body), 404, "MAIL_TEMPLATE_NOT_FOUND")


def test_too_many_tests_an_hour(admin):
    body = {"templateId": "builtin-magic_link", "email": TO}
    key = {"Idempotency-Key": "one test"}
    first = admin.post("/api/admin/email-test", json=body, headers=key)
    for _ in range(delivery.TESTS.number - 1):
        assert admin.post("/api/admin/email-test", json=body).status_code == 202
    refused = admin.post("/api/admin/email-test", json=body)
    is_error(refused, 429, "RATE_LIMIT_EXCEEDED")
    assert int(refused.headers["Retry-After"]) > 3000
    assert admin.post("/api/admin/email-test", json=body, headers=key).json() == first.json()
    assert member(role="admin").post("/api/admin/email-test", json=body).status_code == 202


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (TEMPLATES, NEW),
        ("/api/admin/email-triggers/magic_link/templates", {"name": "Court", "content": {"fr": WORDS}}),
        ("/api/admin/email-triggers", {"name": "spring", "label": "Printemps"}),
        ("/api/admin/email-test", {"templateId": "builtin-magic_link", "email": TO}),
    ],
)
def test_what_is_sent_twice_with_one_key_is_done_once(admin, path, body):
    key = {"Idempotency-Key": "once"}
    first, again = (admin.post(path, json=body, headers=key) for _ in range(2))
    assert first.status_code in (201, 202)
    assert (again.status_code, again.json()) == (first.status_code, first.json())
    assert (first.headers.get("Idempotency-Replayed"), again.headers["Idempotency-Replayed"]) == (None, "true")
    is_error(admin.post(path, json=body | {"extra": 1}, headers=key), 400, "INVALID_INPUT")
    other = body | ({"name": "other"} if "name" in body else {"email": f"other.{TO}"})
    is_error(admin.post(path, json=other, headers=key), 409, "IDEMPOTENCY_CONFLICT")
    templates = admin.get("/api/admin/email-triggers/magic_link/templates").json()["templates"]
    triggers = admin.get("/api/admin/email-triggers").json()["triggers"]
    made = [each for each in templates if not each["builtIn"]] + [each for each in triggers if each["custom"]]
    assert len(made) + len(admin.get("/api/admin/email-logs").json()["logs"]) == 1


def test_in_production_no_mail_is_read(admin, configure):
    body = {"templateId": "builtin-magic_link", "email": TO}
    mail_id = admin.post("/api/admin/email-test", json=body).json()["logId"]
    deliver(mail_id)
    configure(environment="production", secret_key="0123456789abcdefghijklmnopqrstuvwxyz")
    assert admin.get(f"/api/admin/email-logs/{mail_id}").json()["message"] is None


def test_the_log_never_says_what_a_mail_says(admin):
    for number in range(3):
        with db.session() as session:
            delivery.send(session, "password_reset", TO, "en", link="/reset?token=s3cr3t", valid_for=delivery.WAITS[3])
        assert "s3cr3t" not in admin.get("/api/admin/email-logs").text, number
    first = admin.get("/api/admin/email-logs", params={"limit": 2}).json()
    rest = admin.get("/api/admin/email-logs", params={"limit": 2, "before": first["next"]}).json()
    assert [len(first["logs"]), len(rest["logs"]), rest["next"]] == [2, 1, None]
    assert len(admin.get("/api/admin/email-logs", params={"email": TO.upper(), "status": "queued"}).json()["logs"]) == 3
    assert admin.get("/api/admin/email-logs", params={"email": "\x00"}).json()["logs"] == []
    is_error(admin.get("/api/admin/email-logs", params={"status": "lost"}), 400, "INVALID_INPUT")
    is_error(admin.get("/api/admin/email-logs", params={"before": "nothing"}), 404, "MAIL_NOT_FOUND")
    for log_id in ("nothing", "%00", "é"):
        is_error(admin.get(f"/api/admin/email-logs/{log_id}"), 404, "MAIL_NOT_FOUND")


# ---------------------------------------------------------------------------- Resend's reports


def told(kind, mail_id, event_id="msg_1", ago=0.0, secret=SECRET):
    stamp = str(int(time.time() - ago))
    event = {"type": f"email.{kind}", "created_at": utcnow().isoformat(), "data": {"tags": {"mail_id": mail_id}}}
    body = json.dumps(event).encode()
    signature = client_of_resend.signature(secret, event_id, stamp, body)
    headers = {"svix-id": event_id, "svix-timestamp": stamp, "svix-signature": signature}
    return visitor().post("/api/webhooks/resend", content=body, headers=headers)


def test_reports_reach_the_log_and_the_numbers(admin, configure):
    with postbox() as box:
        configure(resend_api_key=KEY, resend_api_url=box.url, resend_webhook_secret=SECRET)
        with db.session() as session:
            delivery.send(session, "low_credits", TO, "en", credits=3)
            mail_id = records.page(session)[0].id
        deliver(mail_id)
    assert told("opened", mail_id, "e2").json() == {"received": True, "new": True}
    assert told("delivered", mail_id, "e1").json() == {"received": True, "new": True}
    assert told("delivered", mail_id, "e1").json() == {"received": True, "new": False}
    assert told("sent", mail_id, "e0").status_code == 200
    found = admin.get(f"/api/admin/email-logs/{mail_id}").json()
    assert (found["log"]["status"], found["log"]["provider"], found["message"]) == ("delivered", "resend", None)
    assert sorted(each["event"] for each in found["events"]) == ["delivered", "opened", "sent"]
    stats = admin.get("/api/admin/email-stats?days=7").json()
    assert (stats["total"]["delivered"], stats["total"]["opened"], stats["total"]["deliveryRate"]) == (1, 1, 1.0)
    assert stats["byTrigger"][0]["trigger"] == "low_credits"


def test_a_report_that_is_not_resends_changes_nothing(admin, configure):
    configure(resend_webhook_secret=SECRET)
    for response in (
        told("bounced", "x", ago=400),
        told("bounced", "x", ago=-400),
        told("bounced", "x", secret="whsec_" + "A" * 32),
        visitor().post("/api/webhooks/resend", json={}),
        visitor().post("/api/webhooks/resend"),
    ):
        is_error(response, 401, "INVALID_SIGNATURE")


def test_without_a_secret_no_report_is_taken(sqlite):
    is_error(told("bounced", "x"), 503, "WEBHOOK_NOT_SET_UP")
