"""What states find in the database."""

import pytest
from sqlalchemy import Engine

from cvstudio import db
from cvstudio.document import samples
from cvstudio.domain import cvs
from cvstudio.models import Cv, Owner


@pytest.fixture
def cv(sqlite: Engine) -> Cv:
    """A visitor's only CV: the French sample."""
    with db.session() as session:
        owner = Owner(locale="fr")
        session.add(owner)
        session.flush()
        return cvs.create(session, owner.id, samples.load("fr"))
