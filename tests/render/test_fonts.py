"""The font files, by whom they are found, and that both doors use the same ones."""

import re
import shutil
from pathlib import Path

import pypdfium2
import pytest
from fontTools.ttLib import TTFont

from cvstudio.render import fonts
from cvstudio.render.chromium import Chromium

WANTED = {
    "eb-garamond",
    "gentium-book-plus",
    "lato",
    "noto-sans",
    "open-sans",
    "open-sauce-sans",
    "poppins",
    "raleway",
    "roboto",
    "source-sans-3",
    "ubuntu",
}
SCRIPTS = {
    "ru": ("Инженер", "NotoSans"),
    "el": ("Μηχανικός", "NotoSans"),
    "vi": ("Kỹ sư phần mềm", "NotoSans"),
    "he": ("מהנדס תוכנה", "OpenSans"),
    "ar": ("مهندس", "NotoSansArabic"),
    "hi": ("भारत", "NotoSans"),
    "zh": ("高级软件工程师", "NotoSansSC"),
    "ja": ("ソフトウェアの経験", "NotoSansJP"),
    "ko": ("소프트웨어", "NotoSansKR"),
    "fr": ("→ ✓", "SourceSans3"),
}


def html(family: str, body: str, lang: str = "fr") -> str:
    # Without geometricPrecision letters move to whole pixels, and PDFium no longer sees some narrow spaces.
    precise = "font-variant-ligatures:none;font-synthesis:none;text-rendering:geometricPrecision"
    style = f"@page{{size:A4}}body{{font:12pt {family};{precise}}}"
    return f'<!doctype html><html lang="{lang}"><style>{style}</style>{body}'


def embedded(data: bytes) -> set[str]:
    assert b"/Type3" not in data
    return {name.decode() for name in re.findall(rb"/FontName /[A-Z]{6}\+(\S+)", data)}


def text(data: bytes) -> str:
    document = pypdfium2.PdfDocument(data)
    try:
        return str(document[0].get_textpage().get_text_range())
    finally:
        document.close()


def test_a_family_is_offered_when_all_four_faces_are_there() -> None:
    assert set(fonts.families()) == WANTED
    for family in fonts.families().values():
        assert set(family.files) == {"regular", "bold", "italic", "bolditalic"}
        assert all(file.suffix == ".ttf" and file.is_file() for file in family.files.values())


@pytest.mark.parametrize("slug", sorted(WANTED))
def test_our_names_are_the_files_own(slug: str) -> None:
    family = fonts.families()[slug]
    for face, (_, weight, style) in fonts._FACES.items():
        font = TTFont(family.files[face], lazy=True)
        assert font["name"].getDebugName(1) == family.name
        assert font["OS/2"].usWeightClass == weight
        assert bool(font["OS/2"].fsSelection & 1) == (style == "italic")
        assert "fvar" not in font  # a variable font prints as Type 3


@pytest.mark.parametrize("slug", sorted(WANTED))
def test_print_embeds_the_very_family_with_real_bold_and_italic(chromium: Chromium, slug: str) -> None:
    body = "<p>Efficient flow</p><p><b>Gras</b> <i>Italique</i> <b><i>Les deux</i></b>"
    data = chromium.pdf(html(fonts.stack(slug), body), title="", author="", lang="fr")
    expected = {TTFont(file, lazy=True)["name"].getDebugName(6) for file in fonts.families()[slug].files.values()}
    assert embedded(data) == expected
    assert "Efficient flow" in text(data)


@pytest.mark.parametrize("lang", sorted(SCRIPTS))
def test_what_a_family_cannot_write_comes_from_a_known_file(chromium: Chromium, lang: str) -> None:
    words, prefix = SCRIPTS[lang]
    body = f"<p>{words}</p><p><b>{words}</b></p>"
    data = chromium.pdf(html(fonts.stack("poppins", lang), body, lang), title="", author="", lang=lang)
    names = {name for name in embedded(data) if not name.startswith("Poppins")}
    if lang == "hi":
        assert {"Poppins-Regular", "Poppins-Bold"} <= embedded(data)  # Poppins writes Devanagari itself
    else:
        assert {name.partition("-")[0] for name in names} == {prefix}
        assert any("Bold" in name for name in names)


def test_emoji_are_outlines_of_ours_not_pictures_of_the_system(chromium: Chromium) -> None:
    body = "<p>🚀 ✉️ 🎓 <b>👩‍💻 🇫🇷</b></p>"
    data = chromium.pdf(html(fonts.stack("lato"), body, "en"), title="", author="", lang="en")
    assert {name for name in embedded(data) if not name.startswith("Lato")} == {"NotoEmoji-Regular"}
    assert "🚀" in text(data)


def test_no_script_or_symbol_only_the_big_files_write_is_out_of_their_ranges() -> None:
    small = {
        point
        for slug in ("noto-sans", "source-sans-3", "open-sans")
        for point in TTFont(fonts._known()[slug].files["regular"], lazy=True).getBestCmap()
    }
    for slug in fonts._RANGES:
        points = set(TTFont(fonts._known()[slug].files["regular"], lazy=True).getBestCmap()) - small
        missed = [point for point in points if not in_range(point, slug)]
        # What is left is joiners and marks that come with a script's own letters.
        assert len(missed) <= 20, [f"{point:X}" for point in missed]


def test_signs_that_emoji_are_joined_by_are_in_their_range() -> None:
    """Else the preview shows two signs where print, which has no ranges, shows one: 🏳️‍🌈, 🏴‍☠️."""
    face = TTFont(fonts._known()["noto-emoji"].files["regular"], lazy=True)
    points = {name: point for point, name in face.getBestCmap().items()}
    joined = {
        points[name]
        for lookup in face["GSUB"].table.LookupList.Lookup
        for table in lookup.SubTable
        for first, ligatures in getattr(table, "ligatures", {}).items()
        for ligature in ligatures
        for name in (first, *ligature.Component)
        if name in points
    }
    assert 0x200D in joined
    assert {point for point in joined | {0xFE0F} if not in_range(point, "noto-emoji")} == set()


def in_range(point: int, slug: str) -> bool:
    parts = [part[2:].partition("-") for part in fonts._RANGES[slug].split(",")]
    return any(int(start, 16) <= point <= int(end or start, 16) for start, _, end in parts)


def test_preview_rules_name_files_that_are_served() -> None:
    css = fonts.face_css(["lato", "eb-garamond"], "/api/fonts/")
    names = re.findall(r'url\("/api/fonts/([a-z0-9.-]+)"\)', css)
    assert len(names) == css.count("@font-face") == css.count("font-display:block") == len(set(names))
    assert {"lato-bolditalic.ttf", "eb-garamond-regular.ttf", "noto-sans-jp-bold.ttf"} <= set(names)
    assert all(fonts.path(name).is_file() for name in names)
    families = set(re.findall(r'font-family:("[^"]+")', css))
    for slug in ("lato", "eb-garamond"):
        assert set(fonts.stack(slug).split(", ")[:-1]) <= families


@pytest.mark.parametrize(
    "name", ["", "lato", "lato-black.ttf", "../fonts.py", "lato-bold.ttf/", "/etc/passwd", "Lato-Bold.ttf", "x" * 999]
)
def test_nothing_else_is_served(name: str) -> None:
    with pytest.raises(fonts.FontNotFound):
        fonts.path(name)


def test_an_unknown_family_is_an_error() -> None:
    for ask in (lambda: fonts.stack("comic-sans"), lambda: fonts.face_css(["noto-sans-sc"], "/")):
        with pytest.raises(fonts.FontNotFound):
            ask()


def test_another_cut_of_our_families_on_the_system_is_not_used(executable: Path, tmp_path: Path) -> None:
    system = tmp_path / "system" / "truetype"
    system.mkdir(parents=True)
    for face, file in fonts.families()["lato"].files.items():
        newer = TTFont(fonts.families()["ubuntu"].files[face])  # looks quite different, calls itself a newer Lato
        newer["head"].fontRevision = 99.0
        newer["name"] = TTFont(file)["name"]
        newer.save(system / file.name)
    shutil.copy(fonts._known()["mukta"].files["regular"], system / "Other-Regular.ttf")
    config = fonts.write_config(tmp_path / "fontconfig", [tmp_path / "system"])
    with Chromium(executable, fontconfig=config, temp=tmp_path / "temp") as pool:
        data = pool.pdf(html("Lato", "<p>Largeur"), title="", author="", lang="fr")
    with Chromium(executable, fontconfig=fonts.write_config(tmp_path / "ours", []), temp=tmp_path / "temp") as pool:
        assert pool.pdf(html("Lato", "<p>Largeur"), title="", author="", lang="fr") == data


def test_the_config_is_written_once_and_its_cache_stays_beside_it(tmp_path: Path, chromium: Chromium) -> None:
    config = fonts.write_config(tmp_path / "a & b")
    written = config.stat().st_mtime_ns
    assert fonts.write_config(tmp_path / "a & b") == config
    assert config.stat().st_mtime_ns == written
    assert [path.name for path in config.parent.iterdir()] == ["fonts.conf"]
    assert f"<cachedir>{tmp_path}/a &amp; b/cache</cachedir>" in config.read_text()
