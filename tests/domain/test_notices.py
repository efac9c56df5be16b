import pytest
from sqlmodel import select

from cvstudio import db, jobs, tasks
from cvstudio.domain import generation
from cvstudio.models import Job, MailLog, OutboxMail, utcnow
from tests.domain.people import make_user


def start(owner, cv, **how) -> str:
    with db.session() as session:
        return generation.start(session, owner.id, cv, **how).id


def mails() -> list[MailLog]:
    with db.session(write=False) as session:
        return list(session.exec(select(MailLog)).all())


def test_who_asked_is_told_once_that_the_pdf_is_ready(cv, owner):
    user = make_user(owner, locale="en")
    job_id = start(owner, cv, notify=True)
    assert mails() == []
    jobs.run(job_id, tasks.HANDLERS)
    (mail,) = mails()
    assert (mail.trigger, mail.recipient, mail.owner_id, mail.language) == ("pdf_ready", user.email, owner.id, "en")
    jobs.run(mail.job_id, tasks.HANDLERS)
    with db.session() as session:
        assert f"/api/cv/jobs/{job_id}/download" in session.get(OutboxMail, mail.id).text
        job = session.get(Job, job_id)
        assert job.status == "done"
        job.status = "queued"  # its file was lost
        session.add(job)
    jobs.run(job_id, tasks.HANDLERS)
    assert len(mails()) == 1


@pytest.mark.parametrize("case", ["not asked", "visitor", "unconfirmed", "failed"])
def test_nobody_else_is_told(cv, owner, case):
    if case != "visitor":
        make_user(owner, email_verified_at=None if case == "unconfirmed" else utcnow())
    job_id = start(owner, cv, notify=case != "not asked")
    if case == "failed":
        with db.session() as session:
            job = session.get(Job, job_id)
            job.payload = job.payload | {"document": {"basics": {"name": 3}}}
            session.add(job)
    jobs.run(job_id, tasks.HANDLERS)
    with db.session(write=False) as session:
        assert session.get(Job, job_id).status == ("failed" if case == "failed" else "done")
    assert mails() == []
