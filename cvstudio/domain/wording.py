"""CV Instant Pro's step "Prompt → JSON CV": before a form's CV is printed, a model words it better, within the gates.

Offline there is nothing to do here: the form was put in order when it came, and its sentences are the person's own.
"""

import structlog
from sqlmodel import Session

from cvstudio import jobs
from cvstudio.document import Document
from cvstudio.domain import cvs, engines
from cvstudio.models import Cv, Job, Json
from cvstudio.tailoring import offline
from cvstudio.tailoring.improve import accept, improve

FEATURE = "cv_job"  # what its cost is summed under
ASKED = "reword"  # in a job's payload: once, and not again when its file is made anew

log = structlog.get_logger(__name__)


def reword(ctx: jobs.Context) -> None:
    """Takes what the model says better into the job, and into its CV while nobody else has changed that."""
    if not ctx.payload.get(ASKED):
        return
    engine = engines.engine_for(FEATURE, ctx.owner_id)
    if engine.name == offline.NAME:
        return
    ctx.progress(5, "write")
    before = Document.load(ctx.payload["document"])
    found = improve(before, engine)
    taken = () if found.model == offline.NAME else found.proposals  # a CV is not half tidied
    after, _ = accept(before, taken)
    payload: Json = {**ctx.payload, ASKED: False, "document": after.dump(), "model": found.model}
    with ctx.session() as session:
        session.get_one(Job, ctx.job_id).payload = payload
        if taken:
            _keep(session, ctx.job, after)
    ctx.job.payload = payload
    log.info("cv.reworded", model=found.model, lines=len(taken), refused=len(found.refused))


def _keep(session: Session, job: Job, document: Document) -> None:
    cv = session.get(Cv, job.cv_id) if job.cv_id else None
    if cv is not None and cv.deleted_at is None and cv.document == job.payload["document"]:
        cvs.save(session, cv.owner_id, cv.id, document, expected_revision=cv.revision)
