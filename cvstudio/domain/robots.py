"""Is it a person? Advice for forms, from reCAPTCHA. What keeps robots out is domain.attempts, which asks nobody."""

from dataclasses import dataclass

from cvstudio import db
from cvstudio.clients import recaptcha
from cvstudio.domain import site_settings


@dataclass(frozen=True)
class Check:
    person: bool
    score: float | None
    checked: bool  # False: reCAPTCHA is not set up, so everybody passes and nothing was learnt


def check(token: str) -> Check:
    """Raises RecaptchaUnavailable: when it was set up to be asked, silence is not consent.

    Takes no session: no transaction waits for Google.
    """
    if not recaptcha.is_set_up():
        return Check(person=True, score=None, checked=False)
    verdict = recaptcha.verify(token)
    with db.session(write=False) as session:
        enough: float = site_settings.get(session, "recaptcha_minimum_score")
    person = verdict.genuine and (verdict.score is None or verdict.score >= enough)
    return Check(person, verdict.score, checked=True)
