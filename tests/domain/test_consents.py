import pytest
from sqlalchemy.exc import IntegrityError

from cvstudio import db
from cvstudio.domain import accounts, consents, owners
from cvstudio.models import Consent, new_id
from tests.conftest import make_owner
from tests.domain.people import make_user


def choose(owner_id: str, action: str, **preferences: bool) -> Consent:
    with db.session() as session:
        return consents.record(session, owner_id, action, dict(preferences), "fr")


def choices(owner_id: str) -> list[tuple[str, dict]]:
    with db.session(write=False) as session:
        return [(kept.action, kept.preferences) for kept in consents.history(session, owner_id)]


def test_every_choice_is_kept_the_last_first(engine, owner):
    choose(owner.id, "accept_all", analytics=True)
    choose(owner.id, "withdraw", analytics=False)
    assert choices(owner.id) == [("withdraw", {"analytics": False}), ("accept_all", {"analytics": True})]


def test_saying_the_same_twice_is_one_choice(engine, owner):
    first = choose(owner.id, "reject_all")
    assert choose(owner.id, "reject_all").id == first.id
    choose(owner.id, "accept_all")
    assert choose(owner.id, "reject_all").id != first.id
    assert len(choices(owner.id)) == 3


def test_a_visitor_exists_from_their_first_choice_on(engine):
    visitor_id = new_id()
    choose(visitor_id, "reject_all")
    assert choices(visitor_id) == [("reject_all", {})]


def test_nobody_fills_the_table(engine, owner, monkeypatch):
    monkeypatch.setattr(consents, "KEPT", 5)
    for number in range(8):
        choose(owner.id, f"choice-{number}")
    with db.session(write=False) as session:
        found = [kept.action for kept in consents.history(session, owner.id, limit=100)]
    assert found == [f"choice-{number}" for number in (7, 6, 5, 4, 3)]


def test_a_visitors_choices_become_the_accounts(engine, owner):
    user = make_user(owner)
    with db.session() as session:
        visitor_id = make_owner(session).id
    choose(visitor_id, "accept_all")
    with db.session() as session:
        accounts.sign_in(session, user, visitor_id, "password")
    assert choices(user.id) == [("accept_all", {})]
    assert choices(visitor_id) == []


def test_a_choice_is_somebodys(engine):
    with pytest.raises(IntegrityError), db.session() as session:
        session.add(Consent(owner_id="nobody", action="accept_all", locale="fr"))
    with db.session() as session:
        assert owners.ensure(session, None)
