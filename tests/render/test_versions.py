"""A CV keeps the look that it notes, whatever becomes of its theme."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cvstudio import render
from cvstudio.document import Document, samples
from cvstudio.render import themes
from tests import documents, upgrades


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with upgrades.copied(tmp_path / "themes", monkeypatch) as copy:
        yield copy


def noting(version: int | None, template: str = "modern") -> Document:
    document = samples.load("fr")
    document.studio.template, document.studio.template_version = template, version
    return document


NOW = themes.get("modern").version
SIGNS = ("letter-spacing: 0.2em", "line-height: 3", "margin:30.0mm 32.0mm", 'class="second cv"', 'class="new bullets"')


def test_a_cv_keeps_its_look_when_its_theme_and_what_all_share_change(folder: Path):
    before = render.html(noting(NOW))
    upgrades.raised("modern")
    assert render.html(noting(NOW)) == before
    newer = render.html(noting(NOW + 1))
    assert [sign in newer for sign in SIGNS] == [True] * len(SIGNS)
    assert [sign in before for sign in SIGNS] == [False] * len(SIGNS)
    # One that was not frozen stands on what is shared now.
    other = render.html(noting(None, "classic"))
    assert [sign in other for sign in SIGNS] == [False, True, False, False, True]


def test_without_a_version_or_with_one_we_lack_it_is_the_newest(folder: Path):
    upgrades.raised("modern")
    newest = render.html(noting(NOW + 1))
    assert render.html(noting(None)) == newest
    assert render.html(noting(NOW + 7)) == newest
    assert themes.of(noting(NOW + 7)).version == NOW + 1
    assert themes.get("modern").version == themes.get("1").version == NOW + 1


@pytest.mark.parametrize("version", [NOW, NOW + 1])
def test_a_keystroke_is_shown_in_the_version_of_the_cv(folder: Path, version: int):
    upgrades.raised("modern")
    document = noting(version)
    shown = render.preview(document)
    document.work[0].highlights[0] = "Autre chose"
    edited = render.preview(document, last=shown, edited=f"work/{document.work[0].id}/highlights")
    assert edited.body == render.preview(document).body
    assert ('class="new bullets"' in edited.body) == (version > NOW)
    assert (edited.page.margin_y == pytest.approx(30 * 96 / 25.4)) == (version > NOW)


def test_every_format_and_every_document_hold_in_an_earlier_version(folder: Path):
    upgrades.raised("modern")
    for document in (noting(NOW), documents.rtl(), documents.hostile(), Document()):
        document.studio.template, document.studio.template_version = "modern", NOW
        assert '<article class="cv' in render.html(document)
        assert render.docx(document).startswith(b"PK")
        assert render.markdown(document)


def test_freezing_keeps_all_that_a_look_is_made_of(folder: Path):
    known = list(themes.earlier("modern"))
    for version in (NOW, NOW + 1):
        kept = themes.freeze("modern")
        assert kept == folder / "modern" / f"v{version}"
        assert {path.name for path in kept.iterdir()} == upgrades.FILES
        upgrades.forget()
    assert list(themes.earlier("modern")) == [*known, NOW, NOW + 1]
    assert all(theme.version == version for version, theme in themes.earlier("modern").items())
    assert themes.get("modern").version == NOW + 2
    assert len(themes.all()) == len({theme.slug for theme in themes.all()})
    with pytest.raises(themes.TemplateNotFound):
        themes.freeze("nothing")


def test_a_cv_is_pinned_once():
    document = Document()
    themes.pin(document)
    assert document.studio.template_version == NOW
    document.studio.template_version = 7
    themes.pin(document)
    assert document.studio.template_version == 7
    elsewhere = Document.load({"meta": {"studio": {"template": "from-elsewhere"}}})
    themes.pin(elsewhere)
    assert elsewhere.studio.template_version is None


def test_ours_are_where_their_number_says():
    for theme in themes.all():
        kept = list((themes.FOLDER / theme.slug).glob("v*"))
        assert {path.name for path in kept} == {f"v{version}" for version in themes.earlier(theme.slug)}
        assert all(version < theme.version for version in themes.earlier(theme.slug))
        assert all({path.name for path in folder.iterdir()} == upgrades.FILES for folder in kept)
