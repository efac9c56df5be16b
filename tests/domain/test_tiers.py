from dataclasses import replace

import pytest

from cvstudio import db
from cvstudio.domain import tiers
from cvstudio.domain.rate import Limit
from cvstudio.domain.tiers import ANONYMOUS, TIERS
from cvstudio.errors import InvalidInput
from tests.domain.people import make_user


def test_the_data_is_as_specified():
    hourly = {name: TIERS[name].limit for name in ("free", "pro", "team")}
    assert hourly == {"free": Limit(10, 3600), "pro": Limit(50, 3600), "team": Limit(200, 3600)}
    assert ANONYMOUS.free_files == 50


def test_an_owner_has_the_tier_of_their_account(engine, owner, stranger):
    make_user(owner, tier="pro")
    with db.session(write=False) as session:
        assert tiers.of(session, owner.id) == TIERS["pro"]
        assert tiers.of(session, stranger.id) == ANONYMOUS
        assert tiers.of(session, "nobody yet") == ANONYMOUS


def test_a_change_is_kept_with_who_made_it_and_can_be_taken_back(engine, owner):
    make_user(owner)
    with db.session() as session:
        tiers.change(session, "pro", {"generations": 60, "free_files": 5}, owner.id)
    with db.session() as session:
        assert tiers.named(session, "pro") == replace(TIERS["pro"], generations=60, free_files=5)
        assert tiers.named(session, "team") == TIERS["team"]
        tiers.change(session, "pro", {"generations": 50, "free_files": None}, None)
        assert tiers.every(session) == list(TIERS.values())
        tiers.change(session, "pro", {"generations": 50}, None)  # changes nothing
        history = tiers.history(session, "pro")
    assert [(change.changed_by, change.changes) for change in history] == [
        (None, {}),
        (owner.id, {"generations": 60, "free_files": 5}),
    ]


@pytest.mark.parametrize(
    "changes",
    [{"generations": -1}, {"generations": None}, {"generations": True}, {"free_files": 10**7}, {"name": 1}],
)
def test_nonsense_changes_nothing(sqlite, changes):
    with db.session() as session, pytest.raises(InvalidInput) as error:
        tiers.change(session, "pro", changes, None)
    assert error.value.fields.keys() == changes.keys()
    with db.session() as session, pytest.raises(tiers.TierNotFound):
        tiers.change(session, "gold", {"generations": 1}, None)
    with db.session() as session:
        assert tiers.history(session, "pro") == []
