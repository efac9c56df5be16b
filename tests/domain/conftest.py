"""Owners and CVs to work with; one browser for all tests."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from cvstudio import db
from cvstudio.document import Document, samples
from cvstudio.domain import cvs, rendering
from cvstudio.models import Cv, Owner
from tests.conftest import make_owner


@pytest.fixture(scope="session", autouse=True)
def _browser() -> Iterator[None]:
    yield
    rendering.close()


@pytest.fixture
def document() -> Document:
    return samples.load("fr")


@pytest.fixture
def cv(engine: Engine, owner: Owner, document: Document) -> Cv:
    with db.session() as session:
        return cvs.create(session, owner.id, document)


@pytest.fixture
def stranger(engine: Engine) -> Owner:
    with db.session() as session:
        return make_owner(session)
