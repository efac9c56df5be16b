"""A mail's way: asked for within a request, written and sent by a job, tried again while that may help.

It is sent at most once: its id is the key that the sender knows it by, what is sent is kept from the first try to the
last, and the row changes only under the job's lease. What it says is forgotten when it is sent or given up.
"""

import re
from dataclasses import asdict
from datetime import timedelta
from typing import ClassVar

import structlog
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, delete

from cvstudio import jobs
from cvstudio.clients import mail as client
from cvstudio.clients.mail import Message, NotSent
from cvstudio.config import settings
from cvstudio.domain import rate
from cvstudio.domain.mailing import overrides, rendering, triggers, values
from cvstudio.domain.rate import Limit
from cvstudio.errors import InvalidInput, StudioError, Unavailable
from cvstudio.language import DEFAULT, Language, known
from cvstudio.models import Job, Json, MailLog, OutboxMail, Owner, utcnow

KIND = "send_mail"
SYSTEM = "system"  # owns the jobs: a mail about a deleted account must outlive the account
WAITS = tuple(timedelta(minutes=minutes) for minutes in (0.5, 2, 10, 30, 60, 180, 360))  # after each try that failed
TESTS = Limit(20, 3600)  # of one administrator: they can go to anyone

_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"\\@\x00-\x1f\x7f]{1,64}@[^\s<>()\[\],;:\"\\@\x00-\x1f\x7f]{1,255}")

log = structlog.get_logger(__name__)


class BadAddress(InvalidInput):
    code: ClassVar[str] = "MAIL_ADDRESS_REFUSED"
    messages: ClassVar[dict[str, str]] = {
        "fr": "Ce n’est pas une adresse à laquelle on puisse écrire.",
        "en": "This is not an address that one can write to.",
    }


class MailNotSetUp(Unavailable):
    code: ClassVar[str] = "MAIL_NOT_SET_UP"
    messages: ClassVar[dict[str, str]] = {
        "fr": "L’envoi d’e-mails n’est pas configuré : il manque CVSTUDIO_RESEND_API_KEY.",
        "en": "Sending mail is not set up: CVSTUDIO_RESEND_API_KEY is missing.",
    }


class JobCrashed(StudioError):
    code: ClassVar[str] = "MAIL_JOB_CRASHED"
    messages: ClassVar[dict[str, str]] = {
        "fr": "L’envoi a échoué de façon inattendue ; le journal du service en dit plus.",
        "en": "Sending failed unexpectedly; the service's log says more.",
    }


def send(session: Session, trigger: str, to: str, lang: str, *, owner_id: str | None = None, **given: object) -> None:
    """Write to `to` once the transaction is committed; whatever hinders it later is in the log, not raised.

    `given` fills the trigger's placeholders (triggers.BUILT_IN): links as paths or addresses of ours, times as
    datetime, durations as timedelta, money as (cents, "EUR"). `owner_id` is the recipient's account, if known: the
    log entry goes with it. Raises ValueError or TriggerNotFound for what only a mistake in our code can ask for.
    """
    ask(session, trigger, to, known(lang) or DEFAULT, given, owner_id=owner_id)


def ask(
    session: Session,
    trigger: str,
    to: str,
    language: Language,
    given: dict[str, object],
    *,
    owner_id: str | None = None,
    template_id: str | None = None,
    test: bool = False,
) -> MailLog:
    """send(), also with a template that is not the active one."""
    found = overrides.find_trigger(session, trigger)
    mail = MailLog(
        owner_id=owner_id,
        trigger=trigger,
        language=language,
        recipient=to if _ADDRESS.fullmatch(to) else values.clean(to),
        template_id=template_id,
        test=test,
        given=found.pack(given),
    )
    session.add(mail)
    session.flush()
    if mail.recipient != to or not _ADDRESS.fullmatch(to):
        _give_up(mail, BadAddress())
    else:
        mail.job_id = _enqueue(session, mail.id)
    return mail


def send_test(session: Session, template_id: str, to: str, language: Language, by: str) -> MailLog:
    """The template as it is, with samples, for the administrator `by`, so many an hour.

    Raises MailTemplateNotFound, BadAddress, RateLimited.
    """
    if not _ADDRESS.fullmatch(to):
        raise BadAddress(fields={"email": ["not an address that one can write to"]})
    template = overrides.get(session, template_id)
    given = overrides.find_trigger(session, template.trigger).examples(language)
    rate.hit(session, "mail_test", by, TESTS)
    return ask(session, template.trigger, to, language, given, template_id=template_id, test=True)


def deliver(context: jobs.Context) -> Json:
    """The job: one try. A mail that is gone or already sent is done."""
    with context.session() as session:
        mail = _waiting(session, context.payload["mail_id"])
        if mail is None:
            return {"mail": "settled"}
        mail.attempts += 1
        try:
            message = _message(session, mail)
            if not settings().resend_api_key:
                _keep(session, mail, message)
                return {"mail": "kept"}
        except StudioError as error:
            _give_up(mail, error)
            return {"mail": "failed"}
    try:
        provider_id = client.send(message, mail.id)
    except NotSent as error:
        with context.session() as session:
            return _not_sent(session, context.payload["mail_id"], error)
    with context.session() as session:
        if mail := session.get(MailLog, context.payload["mail_id"], with_for_update=True, populate_existing=True):
            mail.provider_id = provider_id
            if mail.status == "queued":  # else Resend's report was faster
                _sent(mail, "resend")
    return {"mail": "sent"}


@jobs.at_end
def _job_ended(session: Session, job: Job, status: str) -> None:
    """A mail whose job crashed too often has failed, too."""
    if job.kind == KIND and status == "failed" and (mail := _waiting(session, job.payload["mail_id"])):
        _give_up(mail, JobCrashed())


def forget(session: Session, address: str) -> None:
    """Erase every trace of mail to this address; what still waits is not sent."""
    session.exec(delete(MailLog).where(col(MailLog.recipient) == address))


def _message(session: Session, mail: MailLog) -> Message:
    """As written at the first try, so that all tries say the same. Raises NoTemplate, TriggerNotFound, MailNotSetUp."""
    if not settings().resend_api_key and settings().production:
        raise MailNotSetUp  # nobody would ever read it, and it may hold secrets
    if not mail.message:
        language = known(mail.language) or DEFAULT
        trigger = overrides.find_trigger(session, mail.trigger)
        source = overrides.source_for(session, trigger, language, mail.template_id)
        written = rendering.render(source, trigger, mail.given, language)
        subject = f"[Test] {written.subject}" if mail.test else written.subject
        message = Message(settings().mail_from, mail.recipient, subject, written.text, written.html)
        mail.subject, mail.message = subject, asdict(message)
    return Message(**mail.message)


def _keep(session: Session, mail: MailLog, message: Message) -> None:
    session.add(OutboxMail(id=mail.id, **asdict(message)))
    _sent(mail, "outbox")


def _not_sent(session: Session, mail_id: str, error: NotSent) -> Json:
    mail = _waiting(session, mail_id)
    if mail is None:
        return {"mail": "settled"}
    wait = WAITS[mail.attempts - 1] if mail.attempts <= len(WAITS) else None
    useful_until = mail.created_at + overrides.find_trigger(session, mail.trigger).useful_for
    if not error.again or wait is None or utcnow() + wait > useful_until:
        _give_up(mail, error)
        return {"mail": "failed"}
    mail.error_code, mail.error = error.code, error.detail
    mail.job_id = _enqueue(session, mail.id, wait)
    log.info("mail.postponed", mail_id=mail.id, attempt=mail.attempts, seconds=wait.total_seconds())
    return {"mail": "postponed"}


def _waiting(session: Session, mail_id: str) -> MailLog | None:
    mail = session.get(MailLog, mail_id, with_for_update=True, populate_existing=True)
    return mail if mail and mail.status == "queued" else None


def _sent(mail: MailLog, provider: str) -> None:
    mail.status, mail.sent_at, mail.provider = "sent", utcnow(), provider
    mail.error_code = mail.error = None
    _drop(mail)
    log.info("mail.sent", mail_id=mail.id, trigger=mail.trigger, provider=provider, attempt=mail.attempts)


def _give_up(mail: MailLog, error: StudioError) -> None:
    mail.status, mail.error_code, mail.error = "failed", error.code, error.detail
    _drop(mail)
    log.warning("mail.failed", mail_id=mail.id, trigger=mail.trigger, code=error.code, attempt=mail.attempts)


def _drop(mail: MailLog) -> None:
    mail.given, mail.message = {}, {}
    trigger = triggers.BUILT_IN.get(mail.trigger)
    if trigger and trigger.farewell and not mail.test:
        mail.recipient = ""


def _enqueue(session: Session, mail_id: str, wait: timedelta | None = None) -> str:
    if session.get(Owner, SYSTEM) is None:
        try:
            with session.begin_nested():
                session.add(Owner(id=SYSTEM, kind="system"))
        except IntegrityError:
            log.debug("mail.owner_there")  # a twin was first
    return jobs.enqueue(session, KIND, SYSTEM, {"mail_id": mail_id}, after=wait).id
