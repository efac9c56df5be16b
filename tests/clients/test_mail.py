"""The real SDK against a double on loopback; signatures made by hand and checked against the SDK's own."""

import json
import time
from datetime import UTC, datetime

import pytest
import resend

from cvstudio.clients import mail
from cvstudio.clients.mail import InvalidSignature, Message, NotSent, NotSetUp
from tests.postbox import KEY, postbox

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
MESSAGE = Message("CV Studio <mail@cv.example.org>", "marie@example.org", "Bonjour", "Texte", "<p>Texte</p>")
EVENT = {
    "type": "email.bounced",
    "created_at": "2026-11-21T10:00:00.000Z",
    "data": {
        "email_id": "resend-1",
        "to": ["marie@example.org"],
        "tags": {"mail_id": "abc123"},
        "bounce": {"type": "Permanent", "subType": "General", "message": "marie@example.org does not exist"},
    },
}


@pytest.fixture
def box(configure):
    with postbox() as box:
        configure(resend_api_key=KEY, resend_api_url=box.url, mail_from=MESSAGE.sender)
        yield box


def signed(event=EVENT, *, at=None, secret=SECRET, event_id="msg_1", body=None):
    stamp = str(int(time.time() if at is None else at))
    body = json.dumps(event).encode() if body is None else body
    return body, {
        "svix-id": event_id,
        "svix-timestamp": stamp,
        "svix-signature": mail.signature(secret, event_id, stamp, body),
    }


def test_what_is_sent_is_what_was_written(box):
    assert mail.send(MESSAGE, "key-1") == "resend-key-1"
    (asked,) = box.asked
    assert asked["headers"]["idempotency-key"] == "key-1"
    assert asked["body"] == {
        "from": MESSAGE.sender,
        "to": [MESSAGE.recipient],
        "subject": "Bonjour",
        "text": "Texte",
        "html": "<p>Texte</p>",
        "tags": [{"name": "mail_id", "value": "key-1"}],
    }


def test_the_same_key_is_the_same_mail(box):
    assert mail.send(MESSAGE, "key-1") == mail.send(MESSAGE, "key-1")
    assert len(box.mails) == 1


@pytest.mark.parametrize(
    ("status", "answer", "again"),
    [
        (429, {"statusCode": 429, "name": "rate_limit_exceeded", "message": "Too many"}, True),
        (500, {"statusCode": 500, "name": "application_error", "message": "Oops"}, True),
        (502, b"<html>Bad gateway</html>", True),
        (200, b"<html>captive portal</html>", True),
        (200, {}, True),
        (401, {"statusCode": 401, "name": "missing_api_key", "message": "No key"}, True),
        (403, {"statusCode": 403, "name": "validation_error", "message": "The domain is not verified"}, True),
        (409, {"statusCode": 409, "name": "concurrent_idempotent_requests", "message": "Wait"}, True),
        (400, {"statusCode": 400, "name": "validation_error", "message": "Bad"}, False),
        (422, {"statusCode": 422, "name": "validation_error", "message": "Invalid `to` marie@example.org"}, False),
    ],
)
def test_a_refusal_says_whether_to_try_again(box, status, answer, again):
    box.answers.append((status, answer))
    with pytest.raises(NotSent) as error:
        mail.send(MESSAGE, "key-1")
    assert error.value.again is again
    assert "@" not in error.value.reason
    assert KEY not in error.value.reason


def test_nobody_there_is_tried_again(configure):
    with postbox() as box:
        configure(resend_api_key=KEY, resend_api_url=box.url)
    with pytest.raises(NotSent) as error:
        mail.send(MESSAGE, "key-1")
    assert error.value.again


def test_a_signed_report_is_read(configure):
    configure(resend_webhook_secret=SECRET)
    report = mail.report(*signed())
    assert (report.id, report.kind, report.mail_id, report.provider_id) == ("msg_1", "bounced", "abc123", "resend-1")
    assert report.happened_at == datetime(2026, 11, 21, 10, tzinfo=UTC)
    assert report.detail == "Permanent · General · … does not exist"


def test_the_sdk_signs_alike(configure):
    body, headers = signed()
    given = {"id": headers["svix-id"], "timestamp": headers["svix-timestamp"], "signature": headers["svix-signature"]}
    assert resend.Webhooks.verify({"payload": body.decode(), "headers": given, "webhook_secret": SECRET})


def test_one_good_signature_among_several_will_do(configure):
    configure(resend_webhook_secret=SECRET)
    body, headers = signed()
    headers["svix-signature"] = f"v1,AAAA {headers['svix-signature']} v2,é"
    assert mail.report(body, headers)


@pytest.mark.parametrize("ago", [-299, 0, 299])
def test_clocks_may_differ_a_little(configure, ago):
    configure(resend_webhook_secret=SECRET)
    assert mail.report(*signed(at=time.time() - ago))


@pytest.mark.parametrize("ago", [-302, 302, 10**9])
def test_old_and_future_reports_are_refused(configure, ago):
    configure(resend_webhook_secret=SECRET)
    with pytest.raises(InvalidSignature):
        mail.report(*signed(at=time.time() - ago))


@pytest.mark.parametrize(
    "changed",
    [
        {"svix-id": "msg_2"},
        {"svix-id": ""},
        {"svix-id": "a.b\n"},
        {"svix-timestamp": "soon"},
        {"svix-timestamp": "-1"},
        {"svix-timestamp": "١٧٠٠٠٠٠٠٠٠"},
        {"svix-signature": ""},
        {"svix-signature": "v1,"},
        {"svix-signature": "v1,é"},
    ],
)
def test_a_report_with_other_headers_is_refused(configure, changed):
    configure(resend_webhook_secret=SECRET)
    body, headers = signed()
    with pytest.raises(InvalidSignature):
        mail.report(body, headers | changed)


def test_another_body_or_secret_is_refused(configure):
    configure(resend_webhook_secret=SECRET)
    body, headers = signed()
    for other in (body + b" ", b"", body.replace(b"bounced", b"clicked")):
        with pytest.raises(InvalidSignature):
            mail.report(other, headers)
    with pytest.raises(InvalidSignature):
        mail.report(*signed(secret="whsec_" + "A" * 32))
    with pytest.raises(InvalidSignature):
        mail.report(body, {})


def test_without_a_secret_nothing_is_believed(configure):
    with pytest.raises(NotSetUp):
        mail.report(*signed())


@pytest.mark.parametrize(
    "body",
    [
        b"no json",
        b"[]",
        b"null",
        b'{"type": "contact.created", "data": {}}',
        b'{"type": "email.received", "created_at": "2026-11-21T10:00:00Z", "data": {}}',
        b'{"type": "email.sent", "created_at": "yesterday"}',
        b'{"type": "email.sent", "created_at": "2026-11-21T10:00:00Z", "data": []}',
        b'{"type": "email.bounced", "created_at": "2026-11-21T10:00:00Z", "data": {"bounce": [1]}}',
        b"\xff",
    ],
)
def test_what_is_no_report_about_a_mail_is_none(configure, body):
    configure(resend_webhook_secret=SECRET)
    report = mail.report(*signed(body=body))
    assert report is None or (report.mail_id, report.provider_id) == (None, None)


def test_tags_are_known_in_both_their_shapes(configure):
    configure(resend_webhook_secret=SECRET)
    data = EVENT["data"] | {"tags": [{"name": "mail_id", "value": "abc123"}]}
    assert mail.report(*signed(EVENT | {"data": data})).mail_id == "abc123"


def test_a_clicked_link_is_not_kept(configure):
    configure(resend_webhook_secret=SECRET)
    event = EVENT | {"type": "email.clicked", "data": {"click": {"link": "https://cv.example/?token=secret"}}}
    assert mail.report(*signed(event)).detail == ""
