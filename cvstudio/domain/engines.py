"""Who phrases: the offline engine, or the language model of the settings for as long as it answers.

A model that is away, refuses, or answers what cannot be used is replaced by the offline engine for that question, and
the engine's name says so afterwards. Every call is written down with its price, and every question that was not put.
No session is open during a call.
"""

import os
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import ClassVar, Literal, TypeVar

import structlog
from pydantic import BaseModel

from cvstudio import db
from cvstudio.clients import llm
from cvstudio.clients.llm import ModelFailed, Usage
from cvstudio.config import settings
from cvstudio.domain import spending
from cvstudio.domain.breaker import Breaker
from cvstudio.errors import Unavailable
from cvstudio.tailoring import offline
from cvstudio.tailoring.engine import Answer, Engine, Prompt, Question, prompt
from cvstudio.tailoring.offline import Offline

FAILURES, WINDOW_SECONDS, REST_SECONDS = 5, 60.0, 30.0
PATIENCE_SECONDS = 3.0  # for a place among the calls of this process
LONGEST_REST = 300.0  # seconds, whatever the service asks for
MAX_ASKED = 200_000  # characters of a question

Schema = TypeVar("Schema", bound=BaseModel)

log = structlog.get_logger(__name__)


class ModelUnavailable(Unavailable):
    """No answer of the model's can be had now; `reason` is for the operator."""

    code: ClassVar[str] = "MODEL_UNAVAILABLE"
    messages: ClassVar[dict[str, str]] = {
        "fr": "Le modèle de langage n’est pas disponible en ce moment. Réessayez dans quelques minutes.",
        "en": "The language model is not available right now. Try again in a few minutes.",
    }


class NoModel(Unavailable):
    """The service works without a model."""

    code: ClassVar[str] = "NO_MODEL"
    messages: ClassVar[dict[str, str]] = {
        "fr": "Aucun modèle de langage n’est configuré sur ce service.",
        "en": "No language model is set up on this service.",
    }


@dataclass
class Phrasing:
    """An Engine for one piece of work: its name is the model's, until the offline engine had to step in."""

    feature: str
    owner_id: str
    name: str

    def phrase(self, question: Question) -> Answer:
        if not question.lines and not question.pitch_facts:
            return Offline().phrase(question)
        asked = {line.id for line in question.lines}

        def to_it(answer: Answer) -> bool:
            return not asked or any(line.id in asked for line in answer.lines)

        try:
            return structured(self.feature, self.owner_id, prompt(question), Answer, to_it)
        except ModelUnavailable:
            self.name = offline.NAME
            return Offline().phrase(question)


@dataclass
class _Service:
    """What the calls of this process share."""

    breaker: Breaker = field(default_factory=lambda: Breaker(FAILURES, WINDOW_SECONDS, REST_SECONDS))
    places: threading.BoundedSemaphore = field(
        default_factory=lambda: threading.BoundedSemaphore(settings().text_engine_parallel)
    )


def engine_for(feature: str, owner_id: str) -> Engine:
    """For one piece of work of this owner; `feature` is what its cost is summed under."""
    model = llm.model()
    return Phrasing(feature, owner_id, model) if model else Offline()


def structured(
    feature: str,
    owner_id: str,
    asked: Prompt,
    schema: type[Schema],
    to_it: Callable[[Schema], bool] = lambda _: True,
) -> Schema:
    """The model's answer in the shape of `schema`, if it is one `to_it`. Takes no session.

    Raises NoModel, ModelUnavailable.
    """
    model = llm.model()
    if model is None:
        raise NoModel
    if len(asked.system) + len(asked.user) > MAX_ASKED:
        _record(feature, owner_id, model, Usage(), spending.LONG, 0)
        raise ModelUnavailable("the question is too long")
    service = _service()
    if not service.breaker.admit():
        _record(feature, owner_id, model, Usage(), spending.RESTING, 0)
        raise ModelUnavailable("the breaker is open")
    if not service.places.acquire(timeout=PATIENCE_SECONDS):
        _record(feature, owner_id, model, Usage(), spending.CROWDED, 0)
        raise ModelUnavailable("too many calls at a time")
    try:
        reply = llm.ask(asked.system, asked.user, schema)
    except ModelFailed as error:
        if error.reason in llm.AWAY:
            service.breaker.failed(min(error.wait or 0.0, LONGEST_REST))
        else:
            service.breaker.succeeded()  # it is there, whatever it said
        log.warning("llm.failed", feature=feature, model=model, reason=error.detail, ms=error.ms)
        _record(feature, owner_id, model, error.usage, error.reason, error.ms)
        raise ModelUnavailable(error.detail) from error
    finally:
        service.places.release()
    service.breaker.succeeded()
    good = to_it(reply.parsed)
    _record(feature, owner_id, model, reply.usage, spending.OK if good else spending.BESIDE, reply.ms)
    if not good:
        log.warning("llm.beside_the_point", feature=feature, model=model)
        raise ModelUnavailable("the answer is to another question")
    return reply.parsed


@dataclass(frozen=True)
class Status:
    engine: str
    model: str | None
    state: Literal["off", "closed", "open", "half-open"]  # of the breaker, in this process


def status() -> Status:
    model = llm.model()
    return Status(settings().text_engine, model, _service().breaker.state if model else "off")


def _record(feature: str, owner_id: str, model: str, usage: Usage, outcome: str, ms: int) -> None:
    with db.session() as session:
        spending.record(
            session,
            owner_id=owner_id,
            feature=feature,
            model=model,
            tokens_in=usage.tokens_in,
            tokens_out=usage.tokens_out,
            outcome=outcome,
            ms=ms,
        )


@cache
def _service() -> _Service:
    return _Service()


def forget() -> None:
    """How the service did so far: the next call begins anew."""
    _service.cache_clear()


# A forked child begins anew: a lock of the parent's may be taken for ever.
os.register_at_fork(after_in_child=forget)
