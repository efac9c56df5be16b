"""Versions: made by themselves, small, and each can be had back."""

import copy
import json
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlmodel import col

from cvstudio import db
from cvstudio.document import Document, samples
from cvstudio.domain import cvs, versions
from cvstudio.domain.versions import VersionNotFound
from cvstudio.errors import InvalidInput
from cvstudio.models import Cv, CvVersion, utcnow


def edited(session, cv: Cv, **basics: str) -> Cv:
    document = Document.load(cv.document)
    for name, value in basics.items():
        setattr(document.basics, name, value)
    return cvs.save(session, cv.owner_id, cv.id, document, expected_revision=cv.revision)


def an_hour_ago(session, cv: Cv) -> None:
    """As if its newest version, or the CV itself, were of an hour ago."""
    if cv.version_at:
        cv.version_at -= timedelta(hours=1)
    cv.created_at -= timedelta(hours=1)
    session.add(cv)


def numbers(session, cv: Cv) -> list[tuple[int, str]]:
    return [(one.number, one.change_type) for one in versions.all_of(session, cv)]


def test_editing_makes_a_version_now_and_then(cv):
    with db.session() as session:
        cv = session.get_one(Cv, cv.id)
        edited(session, cv, label="one")
        assert numbers(session, cv) == []
        an_hour_ago(session, cv)
        edited(session, cv, label="two")
        edited(session, cv, label="three")
        assert numbers(session, cv) == [(1, "auto")]
        assert versions.at(session, cv, 1)["basics"]["label"] == "one"
        an_hour_ago(session, cv)
        edited(session, cv, label="four")
        assert numbers(session, cv) == [(2, "auto"), (1, "auto")]
        assert versions.at(session, cv, 2)["basics"]["label"] == "three"


def test_another_template_makes_one_first(cv):
    with db.session() as session:
        document = Document.load(cv.document)
        document.studio.template = "classic" if cv.template != "classic" else "modern"
        cv = cvs.save(session, cv.owner_id, cv.id, document, expected_revision=1)
        assert numbers(session, cv) == [(1, "template")]
        assert versions.at(session, cv, 1)["meta"]["studio"].get("template", "modern") != cv.template


def test_restoring_can_be_undone(cv):
    first = copy.deepcopy(cv.document)
    with db.session() as session:
        cv = session.get_one(Cv, cv.id)
        versions.keep(session, cv, changelog="sent to Ormeau")
        edited(session, cv, label="later")
        later = copy.deepcopy(cv.document)
        cvs.revert(session, cv.owner_id, cv.id, 1)
        assert cv.document == first
        assert numbers(session, cv) == [(2, "restore"), (1, "manual")]
        cvs.revert(session, cv.owner_id, cv.id, 2)
        assert cv.document == later
        assert versions.at(session, cv, 3) == first
        assert cv.revision == 4
        with pytest.raises(VersionNotFound):
            cvs.revert(session, cv.owner_id, cv.id, 9)


def test_a_version_asked_for_is_made_and_one_by_itself_only_of_something_new(cv):
    with db.session() as session:
        cv = session.get_one(Cv, cv.id)
        assert versions.keep(session, cv, "ai").number == 1
        assert versions.keep(session, cv, "import").number == 1
        assert versions.keep(session, cv, changelog="mine").number == 2
        assert versions.keep(session, cv).number == 3


@pytest.mark.parametrize("wrong", [{"change_type": "A b"}, {"change_type": ""}, {"changelog": "x" * 1001}])
def test_what_a_version_cannot_be_called(cv, wrong):
    with db.session() as session, pytest.raises(InvalidInput):
        versions.keep(session, session.get_one(Cv, cv.id), **wrong)


def test_five_hundred_small_edits_weigh_less_than_twenty_documents(sqlite, owner):
    with db.session() as session:
        cv = cvs.create(session, owner.id, samples.load("fr"))
        size = len(json.dumps(cv.document, ensure_ascii=False).encode())
        for number in range(500):
            document = copy.deepcopy(cv.document)
            entry = document["work"][number % len(document["work"])]
            lines = entry["highlights"]
            lines[number % len(lines)] = f"{lines[number % len(lines)].rsplit(' #', 1)[0]} #{number}"
            if number % 50 == 0:
                document["work"].append(document["work"].pop(0))
            cv.document, cv.revision = document, cv.revision + 1
            versions.keep(session, cv)
        rows = col(CvVersion.cv_id) == cv.id
        columns = [column for column in CvVersion.__table__.columns if column.name != "data"]
        kept = session.execute(select(func.sum(func.length(CvVersion.data))).where(rows)).scalar_one()
        rest = sum(len(str(value)) for row in session.execute(select(*columns).where(rows)) for value in row)
        assert session.execute(select(func.count()).where(rows)).scalar_one() == 500
        assert kept + rest < 20 * size
        assert kept < 10 * size
        assert versions.at(session, cv, 500) == cv.document
        assert "#249" in json.dumps(versions.at(session, cv, 250))
        assert "#250" not in json.dumps(versions.at(session, cv, 250))


def test_the_oldest_go_when_there_are_too_many(cv, monkeypatch):
    monkeypatch.setattr(versions, "MOST", 8)
    monkeypatch.setattr(versions, "CHAIN", 3)
    with db.session() as session:
        cv = session.get_one(Cv, cv.id)
        for number in range(30):
            edited(session, cv, label=f"label {number}")
            versions.keep(session, cv)
        left = [one.number for one in versions.all_of(session, cv)]
        assert left == list(range(30, 30 - len(left), -1))
        assert 8 <= len(left) <= 12
        for number in left:
            assert versions.at(session, cv, number)["basics"]["label"] == f"label {number - 1}"
        with pytest.raises(VersionNotFound):
            versions.at(session, cv, min(left) - 1)


def test_what_changed_between_any_two(cv):
    with db.session() as session:
        cv = session.get_one(Cv, cv.id)
        versions.keep(session, cv)
        edited(session, cv, label="two")
        versions.keep(session, cv)
        edited(session, cv, label="three")
        for before, after, said in ((1, 2, "two"), (2, None, "three"), (1, None, "three")):
            (change,) = versions.between(session, cv, before, after)
            assert (change.path, change.after) == ("basics/label", said)
        assert versions.between(session, cv, 2, 2) == []


def test_versions_go_with_their_cv(cv):
    with db.session() as session:
        versions.keep(session, session.get_one(Cv, cv.id))
    with db.session() as session:
        session.delete(session.get_one(Cv, cv.id))
    with db.session() as session:
        assert session.execute(select(func.count()).select_from(CvVersion)).scalar_one() == 0


def test_versions_are_of_the_day_they_were_made(cv):
    with db.session() as session:
        kept = versions.keep(session, session.get_one(Cv, cv.id))
        assert utcnow() - kept.created_at < timedelta(minutes=1)
