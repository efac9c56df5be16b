from concurrent.futures import ThreadPoolExecutor

import pytest

from cvstudio import db
from cvstudio.document import Document
from cvstudio.domain import cvs, versions
from cvstudio.render import themes


def named(name: str) -> Document:
    document = Document()
    document.basics.name = name
    return document


def make(owner, document, **options):
    with db.session() as session:
        return cvs.create(session, owner.id, document, **options)


def test_a_new_cv_is_named_after_the_person(engine, owner, document):
    cv = make(owner, document)
    assert cv.title == "Maëlle Tanguy – Responsable logistique et transport"
    assert cv.filename == "cv-maelle-tanguy-responsable-logistique-et-transport.json"
    assert (cv.revision, cv.template, cv.source) == (1, "modern", "manual")
    assert Document.load(cv.document).dump() == document.dump()


@pytest.mark.parametrize(
    ("title", "filename"),
    [
        ("Marie Dupont", "cv-marie-dupont.json"),
        ("CV Marie", "cv-marie.json"),
        ("", "cv.json"),
        ("山田太郎", "cv.json"),
        ("../../etc/passwd\n", "cv-etc-passwd.json"),
        ("a" * 300, "cv-" + "a" * 60 + ".json"),
    ],
)
def test_filenames_are_plain(engine, owner, title, filename):
    assert make(owner, Document(), title=title).filename == filename


def test_filenames_are_unique_to_their_owner_even_at_once(engine, owner, stranger):
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: make(owner, named("Marie Dupont")).filename, range(12)))
    assert sorted(made) == sorted(["cv-marie-dupont.json", *(f"cv-marie-dupont-{n}.json" for n in range(2, 13))])
    assert make(stranger, named("Marie Dupont")).filename == "cv-marie-dupont.json"


def test_saving_names_the_revision_it_started_from(cv, owner, document):
    document.basics.summary = "Nouveau"
    with db.session() as session:
        saved = cvs.save(session, owner.id, cv.id, document, expected_revision=1)
    assert saved.revision == 2
    assert saved.updated_at > cv.updated_at
    document.basics.summary = "Autre"
    with db.session() as session, pytest.raises(cvs.StaleRevision) as error:
        cvs.save(session, owner.id, cv.id, document, expected_revision=1)
    assert error.value.params == {"expected": 1, "current": 2}
    assert "2" in error.value.message("fr")
    with db.session() as session:
        assert cvs.get_owned(session, owner.id, cv.id).document["basics"]["summary"] == "Nouveau"


def test_of_two_saves_at_once_one_wins(cv, owner, document):
    def save(number: int) -> bool:
        mine = Document.load(document.dump())
        mine.basics.summary = str(number)
        try:
            with db.session() as session:
                cvs.save(session, owner.id, cv.id, mine, expected_revision=1)
        except cvs.StaleRevision:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(save, range(8))) == 1


def test_saving_no_change_is_no_revision(cv, owner, document):
    with db.session() as session:
        assert cvs.save(session, owner.id, cv.id, document, expected_revision=1).revision == 1


def test_the_title_follows_the_person_until_it_is_given(cv, owner, document):
    document.basics.name = "Anne Tanguy"
    document.studio.template = "compact"
    with db.session() as session:
        cv = cvs.save(session, owner.id, cv.id, document, expected_revision=1)
        assert cv.title.startswith("Anne Tanguy")
        assert cv.template == "compact"
        assert cvs.rename(session, owner.id, cv.id, " Pour\nNantes ").title == "Pour Nantes"
    document.basics.name = "Louise"
    with db.session() as session:
        cv = cvs.save(session, owner.id, cv.id, document, expected_revision=2)
        assert cv.title == "Pour Nantes"
        assert cvs.rename(session, owner.id, cv.id, "").title.startswith("Louise")


def typed(owner, cv, document, revision: int = 1) -> bool:
    with db.session() as session:
        return cvs.save_typing(session, owner.id, cv.id, document.dump(), expected_revision=revision)


def test_what_was_typed_is_saved_as_anything_is(engine, owner, document):
    """But in two statements: the same row comes of it."""
    one, other = make(owner, document), make(owner, document)
    document.basics.name, document.basics.label, document.studio.language = "Éva", "Soudeuse\n!", "en"
    with db.session() as session:
        cvs.save(session, owner.id, one.id, document, expected_revision=1)
    assert typed(owner, other, document)
    told = ("title", "document", "search", "template", "language", "revision", "version")
    with db.session() as session:
        one, other = (cvs.get_owned(session, owner.id, cv.id) for cv in (one, other))
        assert [getattr(one, name) for name in told] == [getattr(other, name) for name in told]
        assert one.title == "Éva – Soudeuse !"
        assert other.updated_at > other.created_at
        cvs.rename(session, owner.id, other.id, "Pour Nantes")
    document.basics.name = ""
    assert typed(owner, other, document, 2)
    with db.session() as session:
        assert cvs.get_owned(session, owner.id, other.id).title == "Pour Nantes"


def test_there_is_more_to_some_saves(cv, owner, stranger, document):
    """A version to keep, a conflict, nothing to do: `save` is asked then."""
    assert not typed(owner, cv, document)
    document.basics.summary = "Nouveau"
    assert not typed(owner, cv, document, 2)
    assert not typed(stranger, cv, document)
    document.studio.template = "compact"
    assert not typed(owner, cv, document)
    document.studio.template = cv.template
    with db.session() as session:
        cvs.delete(session, owner.id, cv.id)
    assert not typed(owner, cv, document)
    with db.session() as session:
        made = cvs.restore(session, owner.id, cv.id)
        made.created_at -= versions.EVERY
        session.add(made)
    assert not typed(owner, cv, document)
    with db.session() as session:
        now = cvs.get_owned(session, owner.id, cv.id)
        assert (now.revision, now.document, now.version) == (1, cv.document, 0)


def test_the_latest_is_the_one_changed_last(engine, owner, stranger, document):
    first, second = make(owner, document), make(owner, named("B"))
    with db.session() as session:
        assert cvs.latest(session, owner.id).id == second.id
        cvs.save(session, owner.id, first.id, named("C"), expected_revision=1)
    with db.session() as session:
        assert [cv.id for cv in cvs.all_of(session, owner.id)] == [first.id, second.id]
        assert cvs.latest(session, stranger.id) is None


def test_the_trash_gives_back(cv, owner):
    with db.session() as session:
        cvs.delete(session, owner.id, cv.id)
    with db.session() as session:
        assert cvs.latest(session, owner.id) is None
        with pytest.raises(cvs.CvNotFound):
            cvs.get_owned(session, owner.id, cv.id)
        cvs.restore(session, owner.id, cv.id)
    with db.session() as session:
        assert cvs.get_owned(session, owner.id, cv.id).id == cv.id


@pytest.mark.parametrize(
    "act",
    [
        cvs.get_owned,
        lambda *who: cvs.save(*who, Document(), expected_revision=1),
        lambda *who: cvs.rename(*who, "x"),
        cvs.delete,
        cvs.restore,
    ],
)
@pytest.mark.parametrize("cv_id", ["", "nothing", "a\x00b", "x" * 5000, "é", "' or 1=1 --", "its own"])
def test_nobody_reaches_anothers_cv(cv, stranger, act, cv_id):
    with db.session() as session, pytest.raises(cvs.CvNotFound) as error:
        act(session, stranger.id, cv.id if cv_id == "its own" else cv_id)
    assert error.value.detail == cvs.CvNotFound().detail


def test_a_cv_notes_the_version_of_its_template_from_the_first_save(engine, owner, document):
    newest = themes.get(document.studio.template).version
    dumped = document.dump()
    cv = make(owner, document)
    assert "templateVersion" not in dumped["meta"]["studio"]
    assert cv.document["meta"]["studio"]["templateVersion"] == newest
    dumped["basics"]["name"] = "Ada"
    with db.session() as session:
        assert not cvs.save_typing(session, owner.id, cv.id, dumped, expected_revision=cv.revision)
        cv = cvs.save(session, owner.id, cv.id, Document.load(dumped), expected_revision=cv.revision)
    assert cv.document["basics"]["name"] == "Ada"
    assert cv.document["meta"]["studio"]["templateVersion"] == newest
