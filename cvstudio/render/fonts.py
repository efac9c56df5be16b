"""The font families a CV can be set in: the same files for the browser's preview and for the PDF."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Literal
from xml.sax.saxutils import escape

import rendercv_fonts

from cvstudio.errors import NotFound

Face = Literal["regular", "bold", "italic", "bolditalic"]
Category = Literal["sans", "serif"]

_FACES: dict[Face, tuple[str, int, str]] = {
    "regular": ("Regular", 400, "normal"),
    "bold": ("Bold", 700, "normal"),
    "italic": ("Italic", 400, "italic"),
    "bolditalic": ("BoldItalic", 700, "italic"),
}
_SERIF = {"EB Garamond", "Gentium Book Plus"}
_PACKAGED = Path(rendercv_fonts.__file__).parent
_OWN = Path(__file__).parent / "faces"  # static cuts of what the package lacks: Noto Sans Arabic, Noto Emoji
_SYSTEM = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path("/System/Library/Fonts"))

# What a script needs that none of the small families writes. The ranges keep a browser from loading
# megabytes of Chinese because of one emoji; they hold all that these files alone can write.
_HAN = "U+20DD-9FFF,U+F900-FAFF,U+FE10-FFEF,U+1F100-1F2FF,U+20000-3134F"
_RANGES = {
    "noto-sans-sc": _HAN,
    "noto-sans-jp": _HAN,
    "noto-sans-kr": f"U+1100-11FF,U+A960-D7FF,{_HAN}",
    # In outlines: a colour font's pictures become Type 3 fonts in a PDF, and each system draws others. With the joiner
    # and the selector of a presentation: in print there are no ranges, and a rainbow flag is one sign there.
    "noto-emoji": "U+200D,U+203C,U+2049,U+2139,U+231A-23FA,U+24C2,U+25AA-27BF,U+2934-2935,U+2B05-2B55,U+FE0F,"
    "U+1F000-1FAFF,U+E0020-E007F",
    "noto-sans-arabic": "U+0600-06FF,U+0750-077F,U+0870-08FF,U+FB50-FDFF,U+FE70-FEFF,U+10EC0-10EFF,U+1EE00-1EEFF",
}
_HAN_ORDER = {
    "ja": ("noto-sans-jp", "noto-sans-sc", "noto-sans-kr"),
    "ko": ("noto-sans-kr", "noto-sans-sc", "noto-sans-jp"),
}
_HAN_DEFAULT = ("noto-sans-sc", "noto-sans-jp", "noto-sans-kr")


class FontNotFound(NotFound):
    code = "FONT_NOT_FOUND"


@dataclass(frozen=True)
class Family:
    """`name` is the CSS family; `files` are absolute paths of static TrueType faces."""

    slug: str
    name: str
    category: Category
    files: dict[Face, Path]

    def file_name(self, face: Face) -> str:
        """The public name of a face, e.g. "lato-bold.ttf"."""
        return f"{self.slug}-{face}{self.files[face].suffix}"


@functools.cache
def _known() -> dict[str, Family]:
    """Every usable family by slug: TrueType only, for Chromium prints CFF outlines as Type 3 fonts."""
    files: dict[str, dict[Face, Path]] = {}
    for path in sorted([*_PACKAGED.glob("*/*.ttf"), *_OWN.glob("*.ttf")]):
        stem, _, suffix = path.stem.rpartition("-")
        face = next((face for face, (name, _, _) in _FACES.items() if name == suffix), None)
        if face:
            files.setdefault(_name(path, stem), {})[face] = path
    return {
        slug: Family(slug, name, "serif" if name in _SERIF else "sans", faces)
        for name, faces in files.items()
        for slug in [name.lower().replace(" ", "-")]
    }


def _name(path: Path, stem: str) -> str:
    """The CSS family of a file: its folder's name, or for those of Noto "Noto Sans KR"."""
    return re.sub("(?<=[a-z])(?=[A-Z])", " ", stem) if stem.startswith("Noto") else path.parent.name


@functools.cache
def families() -> dict[str, Family]:
    """The families offered for a CV, by slug: those with real bold, italic and bold italic."""
    return {slug: family for slug, family in sorted(_known().items()) if len(family.files) == len(_FACES)}


def _fallbacks(category: Category, language: str) -> tuple[str, ...]:
    """Slugs that cover what a family may lack, small files first: Greek and Cyrillic, arrows and ticks, Hebrew."""
    serif = ("gentium-book-plus",) if category == "serif" else ()
    han = _HAN_ORDER.get(language.split("-")[0], _HAN_DEFAULT)
    return (*serif, "noto-sans", "source-sans-3", "open-sans", "noto-sans-arabic", "noto-emoji", *han)


def stack(slug: str, language: str = "") -> str:
    """A value for CSS font-family; `language` settles which Han forms come first. An unknown slug raises."""
    family = _family(slug)
    names = [family.name, *(_known()[other].name for other in _fallbacks(family.category, language) if other != slug)]
    generic = "serif" if family.category == "serif" else "sans-serif"
    return ", ".join(f'"{name}"' for name in names) + f", {generic}"


def face_css(slugs: Iterable[str], base_url: str) -> str:
    """@font-face rules for families and all they fall back on; a browser loads only what a text needs."""
    wanted: dict[str, None] = {}
    for slug in slugs:
        category = _family(slug).category
        wanted |= dict.fromkeys((slug, *_fallbacks(category, "")))
    return "".join(_face_rule(_known()[slug], face, base_url) for slug in wanted for face in _known()[slug].files)


def _face_rule(family: Family, face: Face, base_url: str) -> str:
    _, weight, style = _FACES[face]
    limit = f"unicode-range:{_RANGES[family.slug]};" if family.slug in _RANGES else ""
    return (
        f'@font-face{{font-family:"{family.name}";font-weight:{weight};font-style:{style};font-display:block;'
        f'{limit}src:url("{base_url.rstrip("/")}/{family.file_name(face)}") format("truetype")}}'
    )


def path(name: str) -> Path:
    """The file of a public face name such as "lato-bold.ttf"; any other name raises FontNotFound."""
    try:
        return _public()[name]
    except KeyError:
        raise FontNotFound(f"no font face is called {name[:80]!r}") from None


@functools.cache
def _public() -> dict[str, Path]:
    return {family.file_name(face): file for family in _known().values() for face, file in family.files.items()}


def _family(slug: str) -> Family:
    try:
        return families()[slug]
    except KeyError:
        raise FontNotFound(f"no font family is called {slug[:80]!r}") from None


def fingerprint() -> str:
    """Changes when any font file may have changed."""
    return f"rendercv-fonts-{version('rendercv-fonts')}+arabic-2.12+emoji-3.006"


def write_config(folder: Path, system: Iterable[Path] = _SYSTEM) -> Path:
    """Write the fontconfig file a browser prints with into `folder` (its cache beside it); return its path.

    System fonts serve scripts we have no file for. Their cuts of our own families are rejected, or a newer
    Lato on one machine would move the breaks away from the preview's.
    """
    ours = sorted({file.parent for family in _known().values() for file in family.files.values()})
    theirs = [path for path in system if path.is_dir()]
    prefixes = sorted({file.stem.rpartition("-")[0] for file in _public().values()})
    rejected = [f"{path}/*{prefix}{mark}*" for path in theirs for prefix in prefixes for mark in ("-", "[")]
    text = "\n".join(
        [
            '<?xml version="1.0"?>',
            '<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">',
            "<fontconfig>",
            *(f"  <dir>{escape(str(path))}</dir>" for path in (*ours, *theirs)),
            f"  <cachedir>{escape(str(folder.absolute() / 'cache'))}</cachedir>",
            "  <config><rescan><int>0</int></rescan></config>",
            "  <selectfont>",
            *(f"    <rejectfont><glob>{escape(glob)}</glob></rejectfont>" for glob in rejected),
            "  </selectfont>",
            "  <alias><family>sans-serif</family><prefer><family>Noto Sans</family></prefer></alias>",
            "  <alias><family>serif</family><prefer><family>Gentium Book Plus</family></prefer></alias>",
            "</fontconfig>",
            "",
        ]
    )
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / "fonts.conf"
    if not target.exists() or target.read_text() != text:
        with NamedTemporaryFile("w", dir=folder, delete=False) as draft:  # web and worker may write at once
            draft.write(text)
        Path(draft.name).replace(target)
    return target
