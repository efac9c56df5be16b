"""Document → Word: paragraphs with real styles, which whoever opens it can change; for the same CV the same bytes.

A title, headings of two levels, lists that are lists, links that are links, the page, the colours and the portrait of
the design. What is hidden on the page is hidden here too.
"""

from __future__ import annotations

import io
import unicodedata
import zipfile
from datetime import UTC, datetime
from typing import Any

import docx as word
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.parser import parse_xml
from docx.shared import Mm, Pt, RGBColor
from docx.styles.style import BaseStyle, CharacterStyle, ParagraphStyle
from docx.text.paragraph import Paragraph
from PIL import Image, ImageOps

from cvstudio.document import Document
from cvstudio.render import fonts, themes
from cvstudio.render.contacts import Link
from cvstudio.render.exports import in_one_line
from cvstudio.render.labels import label
from cvstudio.render.page import PAGES, margins_mm
from cvstudio.render.view import Entry, Section, View, build

EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest that a ZIP can say
LOCALES = {"fr": "fr-FR", "en": "en-GB", "de": "de-DE", "es": "es-ES", "it": "it-IT", "pt": "pt-PT"}
GREY = RGBColor(0x55, 0x55, 0x55)
INDENT = Mm(5)
PHOTO = Mm(26)
GAP = Mm(4)  # between the portrait and the words beside it
ABOVE, BELOW = 12, 6  # points above a section's title, and below how to reach the person
# Of the library's blank file: the styles we set, and those that every Word file must have.
KEPT = {"Normal", "Title", "Subtitle", "Heading 1", "Heading 2", "List Bullet"}
NEEDED = {"Default Paragraph Font", "Normal Table", "No List"}
# Its own thumbnail, doubled styles and bibliography have no business in a CV.
DROPPED = ("thumbnail", "stylesWithEffects", "customXml")
LIST = (
    '<w:abstractNum xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" w:abstractNumId="0">'
    '<w:multiLevelType w:val="hybridMultilevel"/><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="bullet"/>'
    '<w:pStyle w:val="ListBullet"/><w:lvlText w:val="•"/><w:lvlJc w:val="left"/></w:lvl></w:abstractNum>'
)
# A picture's outline by the design's word for it, and how round its corners are in hundred-thousandths of its side.
SHAPES = {
    "square": '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom>',
    "rounded": '<a:prstGeom prst="roundRect"><a:avLst><a:gd name="adj" fmla="val 12000"/></a:avLst></a:prstGeom>',
    "circle": '<a:prstGeom prst="ellipse"><a:avLst/></a:prstGeom>',
}
# Beside the first lines, against the margin: the words flow around it, and no table holds them.
PORTRAIT = (
    '<w:drawing xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    ' xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"'
    ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    ' xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"'
    ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    '<wp:anchor distT="0" distB="0" distL="{gap}" distR="{gap}" simplePos="0" relativeHeight="1" behindDoc="0"'
    ' locked="0" layoutInCell="1" allowOverlap="0"><wp:simplePos x="0" y="0"/>'
    '<wp:positionH relativeFrom="margin"><wp:align>{side}</wp:align></wp:positionH>'
    '<wp:positionV relativeFrom="margin"><wp:align>top</wp:align></wp:positionV>'
    '<wp:extent cx="{size}" cy="{size}"/><wp:effectExtent l="0" t="0" r="0" b="0"/>'
    '<wp:wrapSquare wrapText="bothSides"/><wp:docPr id="1" name="Portrait"/><wp:cNvGraphicFramePr>'
    '<a:graphicFrameLocks noChangeAspect="1"/></wp:cNvGraphicFramePr>'
    '<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic>'
    '<pic:nvPicPr><pic:cNvPr id="1" name="Portrait"/><pic:cNvPicPr/></pic:nvPicPr>'
    '<pic:blipFill><a:blip r:embed="{picture}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>'
    '<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{size}" cy="{size}"/></a:xfrm>{shape}</pic:spPr>'
    "</pic:pic></a:graphicData></a:graphic></wp:anchor></w:drawing>"
)


def docx(document: Document, photo: bytes | None = None) -> bytes:
    """`photo`, a JPEG, is shown where the design shows one. Raises TemplateNotFound."""
    return _Writer(build(document, themes.of(document)), photo).file()


class _Writer:
    def __init__(self, view: View, photo: bytes | None) -> None:
        self.view = view
        self.photo = photo if view.design.photo != "none" else None
        self.word = word.Document()

    def file(self) -> bytes:
        self._empty()
        self._page()
        self._styles()
        self._about()
        self._body()
        out = io.BytesIO()
        self.word.save(out)
        return _timeless(out.getvalue())

    # ---- what it says --------------------------------------------------------------------------------------

    def _body(self) -> None:
        view = self.view
        title = self._paragraph("Title", view.name)
        if self.photo:
            self._portrait(title, self.photo)
        if view.role:
            self._paragraph("Subtitle", view.role)
        if view.contacts:
            line = self._paragraph("Contact", directed=False)
            for number, contact in enumerate(view.contacts):
                if number:
                    line.add_run(" · ")
                self._link(line, contact)
        if self.photo:
            self._clear_of_portrait()
        for section in view.sections:
            self._paragraph("Heading 1", section.title)
            for text in section.paragraphs:
                self._paragraph("Normal", text)
            for entry in section.entries:
                self._entry(section, entry)

    def _entry(self, section: Section, entry: Entry) -> None:
        if section.kind not in ("entries", "references"):
            self._paragraph("List Bullet", in_one_line(entry, self.view))
            return
        head: list[Paragraph] = []
        if entry.title or entry.dates:
            head.append(self._paragraph("Heading 2", entry.title))
            if entry.dates:
                head[0].add_run("\t")
                head[0].add_run(entry.dates, "Dates")
        if about := ", ".join(part for part in (entry.org, entry.place) if part):
            head.append(self._paragraph("Place", about))
        if head and not (entry.note or entry.paragraphs or entry.bullets or entry.tags or entry.link):
            # Or it would hold on to the next entry, that to the next heading, and all of them would leave the page.
            head[-1].paragraph_format.keep_with_next = False
        for text in (entry.note, *entry.paragraphs):
            if text:
                self._paragraph("Normal", text)
        for bullet in entry.bullets:
            self._paragraph("List Bullet", bullet)
        if entry.tags:
            self._paragraph("Normal", ", ".join(entry.tags))
        if entry.link:
            self._link(self._paragraph("Normal", directed=False), entry.link)

    def _paragraph(self, style: str, text: str = "", *, directed: bool = True) -> Paragraph:
        paragraph = self.word.add_paragraph(style=style)
        leftwards = directed and _leftwards(text)
        if leftwards:
            paragraph._p.get_or_add_pPr().append(OxmlElement("w:bidi"))
        if text:
            run = paragraph.add_run(text)
            run.font.rtl = True if leftwards else None
        return paragraph

    def _link(self, paragraph: Paragraph, link: Link) -> None:
        """The library reads links, and writes none: the run is moved into one."""
        run = paragraph.add_run(link.text, "Hyperlink" if link.href else None)
        if link.href:
            target = paragraph.part.relate_to(link.href, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
            anchor = OxmlElement("w:hyperlink", {qn("r:id"): target})
            paragraph._p.append(anchor)
            anchor.append(run._r)

    def _portrait(self, title: Paragraph, photo: bytes) -> None:
        picture, _ = title.part.get_or_add_image(io.BytesIO(_square(photo)))
        side = "left" if _leftwards(self.view.name) else "right"
        shape = SHAPES[self.view.photo_shape]
        drawing = parse_xml(PORTRAIT.format(picture=picture, size=PHOTO, gap=GAP, side=side, shape=shape))
        for name in ("docPr", "cNvPr"):
            for node in drawing.iter(f"{{*}}{name}"):
                node.set("descr", f"{label('photo', self.view.language)}{self.view.words['colon']}{self.view.name}")
        run = OxmlElement("w:r")
        run.append(drawing)
        title._p.insert_element_before(run, "w:r")

    def _clear_of_portrait(self) -> None:
        """Where few words stand beside it, the first section begins lower, and its line is not cut short."""
        size, last = self.view.design.size, self.word.paragraphs[-1]
        beside = [size + 11, *([size + 3] if self.view.role else []), *([size] if self.view.contacts else [])]
        missing = (PHOTO + GAP) / Pt(1) - 1.3 * sum(beside) - ABOVE
        if missing > 0:
            last.paragraph_format.space_after = Pt(max(round(missing), BELOW))

    # ---- how it looks --------------------------------------------------------------------------------------

    def _empty(self) -> None:
        """What the library's blank file has beyond a blank page goes."""
        for part in (self.word.part, self.word.part.package):
            for key, relation in list(part.rels.items()):
                if relation.reltype.endswith(DROPPED):
                    del part.rels[key]
        styles = self.word.styles
        for style in list(styles):
            if style.name not in KEPT | NEEDED:
                style.delete()
        numbering = self.word.part.numbering_part.element
        for node in list(numbering):
            numbering.remove(node)
        numbering.append(parse_xml(LIST))
        numbering.add_num(0)

    def _page(self) -> None:
        design, section = self.view.design, self.word.sections[0]
        width, height = PAGES[design.page]
        vertical, horizontal = margins_mm(self.view.theme, design)
        section.page_width, section.page_height = Mm(width), Mm(height)
        section.top_margin = section.bottom_margin = Mm(vertical)
        section.left_margin = section.right_margin = Mm(horizontal)
        section.header_distance = section.footer_distance = Mm(0)
        self.width = Mm(width - 2 * horizontal)

    def _styles(self) -> None:
        design = self.view.design
        size, accent = design.size, RGBColor.from_string(design.accent.removeprefix("#").upper())
        normal = self._style("Normal", size=size, after=2)
        normal.paragraph_format.line_spacing = 1.1
        normal.paragraph_format.widow_control = True
        self._style("Title", size=size + 11, bold=True, after=0)
        self._style("Subtitle", size=size + 3, color=accent, after=3)
        self._style("Contact", after=BELOW)
        heading = self._style("Heading 1", size=size + 2, bold=True, color=accent, before=ABOVE, after=4, kept=True)
        _outline(heading, 0)
        _underline(heading, design.accent)
        entry = self._style("Heading 2", size=size, bold=True, before=6, after=0, kept=True)
        _outline(entry, 1)
        entry.paragraph_format.tab_stops.add_tab_stop(self.width, WD_TAB_ALIGNMENT.RIGHT)
        self._style("Place", color=GREY, kept=True)
        points = self._style("List Bullet", after=1)
        points.paragraph_format.left_indent, points.paragraph_format.first_line_indent = INDENT, -INDENT
        points.element.get_or_add_pPr().get_or_add_numPr().get_or_add_numId().val = 1
        dates = self._characters("Dates").font
        dates.bold = dates.cs_bold = False
        link = self._characters("Hyperlink")
        link.font.color.rgb, link.font.underline = accent, True

    def _style(
        self,
        name: str,
        *,
        size: float = 0,
        bold: bool | None = None,
        color: RGBColor | None = None,
        before: float = 0,
        after: float | None = None,
        kept: bool | None = None,
    ) -> ParagraphStyle:
        """One of the blank file's styles by its own name, or one of ours, as we say and nothing of what it was."""
        styles = self.word.styles
        if name not in KEPT:
            styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH).base_style = styles["Normal"]
        style: Any = styles[name]
        for tag in ("w:pPr", "w:rPr"):
            if (node := style.element.find(qn(tag))) is not None:
                style.element.remove(node)
        style.quick_style, style.hidden = True, False
        if name == "Normal":
            self._letters(style)
        elif not name.startswith("List"):
            style.next_paragraph_style = styles["Normal"]
        if size:
            style.font.size = Pt(size)
            _complex(style, "w:szCs", str(round(size * 2)))
        if bold:
            style.font.bold = style.font.cs_bold = True
        style.font.color.rgb = color
        style.paragraph_format.space_before = Pt(before) if before else None
        style.paragraph_format.space_after = Pt(after) if after is not None else None
        style.paragraph_format.keep_with_next = kept
        made: ParagraphStyle = style
        return made

    def _characters(self, name: str) -> CharacterStyle:
        made: Any = self.word.styles.add_style(name, WD_STYLE_TYPE.CHARACTER)
        made.base_style = self.word.styles["Default Paragraph Font"]
        style: CharacterStyle = made
        return style

    def _letters(self, normal: ParagraphStyle) -> None:
        """The design's family for every script, and the CV's language for the spelling checker."""
        family = fonts.families()[self.view.design.font].name
        normal.font.name = family
        names = normal.element.get_or_add_rPr().get_or_add_rFonts()
        names.set(qn("w:cs"), family)
        defaults = self.word.styles.element.find(qn("w:docDefaults"))
        for tag in (f"{{*}}{name}" for name in ("rFonts", "spacing")):
            for node in list(defaults.iter(tag)):
                node.getparent().remove(node)
        for node in defaults.iter(qn("w:lang")):
            node.set(qn("w:val"), LOCALES[self.view.language])

    def _about(self) -> None:
        about = self.word.core_properties
        about.title, about.author, about.last_modified_by = self.view.title[:255], self.view.name[:255], ""
        about.language = LOCALES[self.view.language]
        about.comments, about.keywords, about.subject, about.category = "", "", "", ""
        about.created = about.modified = datetime(*EPOCH, tzinfo=UTC)
        about.revision = 1


def _outline(style: BaseStyle, level: int) -> None:
    """Among the headings of Word's navigation."""
    node = OxmlElement("w:outlineLvl", {qn("w:val"): str(level)})
    style.element.get_or_add_pPr().append(node)


def _underline(style: BaseStyle, color: str) -> None:
    line = OxmlElement("w:pBdr")
    line.append(
        OxmlElement(
            "w:bottom",
            {
                qn("w:val"): "single",
                qn("w:sz"): "6",
                qn("w:space"): "1",
                qn("w:color"): color.removeprefix("#"),
            },
        )
    )
    properties = style.element.get_or_add_pPr()
    properties.insert_element_before(line, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:outlineLvl")


def _complex(style: BaseStyle, tag: str, value: str) -> None:
    """The library sets no size for Arabic and Hebrew."""
    size = style.element.get_or_add_rPr().find(qn("w:sz"))
    size.addnext(OxmlElement(tag, {qn("w:val"): value}))


def _leftwards(text: str) -> bool:
    """As the page has it: the first letter with a direction decides."""
    for letter in text:
        direction = unicodedata.bidirectional(letter)
        if direction in ("L", "R", "AL"):
            return direction != "L"
    return False


def _square(photo: bytes) -> bytes:
    """Its middle, as the page shows it. Word could cut it itself; LibreOffice then draws no picture in a circle."""
    with Image.open(io.BytesIO(photo)) as whole:
        if whole.width == whole.height:
            return photo
        edge = min(whole.size)
        made = ImageOps.fit(whole.convert("RGB"), (edge, edge))
    out = io.BytesIO()
    made.save(out, "JPEG", quality=90)
    return out.getvalue()


def _timeless(data: bytes) -> bytes:
    """The library packs with the hour of the day; the same CV is the same file."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as packed, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name in packed.namelist():
            made.writestr(zipfile.ZipInfo(name, EPOCH), packed.read(name), zipfile.ZIP_DEFLATED)
    return out.getvalue()
