"""Document → Word: paragraphs with real styles, which whoever opens it can change; for the same CV the same bytes.

Office Open XML, written out: a title, headings of two levels, lists that are lists, links that are links, the page and
the colours of the design. What is hidden on the page is hidden here too.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from cvstudio.document import Document
from cvstudio.render import fonts, themes
from cvstudio.render.contacts import Link
from cvstudio.render.exports import in_one_line
from cvstudio.render.page import PAGES, margins_mm
from cvstudio.render.view import Entry, Section, View, build

TWIPS = 1440 / 25.4  # to the millimetre
WORDS = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PARTS = "http://schemas.openxmlformats.org/package/2006"
KIND = "application/vnd.openxmlformats-officedocument.wordprocessingml"
EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest that a ZIP can say
XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

TYPES = f"""{XML}<Types xmlns="{PARTS}/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/word/document.xml" ContentType="{KIND}.document.main+xml"/>
<Override PartName="/word/styles.xml" ContentType="{KIND}.styles+xml"/>
<Override PartName="/word/numbering.xml" ContentType="{KIND}.numbering+xml"/>
<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>
</Types>"""
ROOT = f"""{XML}<Relationships xmlns="{PARTS}/relationships">
<Relationship Id="r1" Type="{LINKS}/officeDocument" Target="word/document.xml"/>
<Relationship Id="r2" Type="{PARTS}/relationships/metadata/core-properties" Target="docProps/core.xml"/>
</Relationships>"""
NUMBERING = f"""{XML}<w:numbering xmlns:w="{WORDS}"><w:abstractNum w:abstractNumId="0">
<w:multiLevelType w:val="hybridMultilevel"/><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="bullet"/>
<w:pStyle w:val="ListBullet"/><w:lvlText w:val="•"/><w:lvlJc w:val="left"/>
<w:pPr><w:ind w:left="284" w:hanging="227"/></w:pPr></w:lvl></w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>"""


def docx(document: Document) -> bytes:
    """Raises TemplateNotFound."""
    return _Writer(build(document, themes.get(document.studio.template))).file()


class _Writer:
    def __init__(self, view: View) -> None:
        self.view = view
        self.links: list[str] = []
        self.width = PAGES[view.design.page][0] - 2 * margins_mm(view.theme, view.design)[1]

    def file(self) -> bytes:
        body = "".join(self._body())
        targets = "".join(
            f'<Relationship Id="l{number}" Type="{LINKS}/hyperlink" Target={quoteattr(target)} TargetMode="External"/>'
            for number, target in enumerate(self.links)
        )
        parts = {
            "[Content_Types].xml": TYPES,
            "_rels/.rels": ROOT,
            "word/document.xml": f'{XML}<w:document xmlns:w="{WORDS}" xmlns:r="{LINKS}"><w:body>{body}'
            f"{self._page()}</w:body></w:document>",
            "word/styles.xml": self._styles(),
            "word/numbering.xml": NUMBERING,
            "word/_rels/document.xml.rels": f'{XML}<Relationships xmlns="{PARTS}/relationships">'
            f'<Relationship Id="s1" Type="{LINKS}/styles" Target="styles.xml"/>'
            f'<Relationship Id="s2" Type="{LINKS}/numbering" Target="numbering.xml"/>{targets}</Relationships>',
            "docProps/core.xml": f'{XML}<cp:coreProperties xmlns:cp="{PARTS}/metadata/core-properties" '
            'xmlns:dc="http://purl.org/dc/elements/1.1/">'
            f"<dc:title>{escape(self.view.title)}</dc:title><dc:creator>{escape(self.view.name)}</dc:creator>"
            f"<dc:language>{self.view.language}</dc:language></cp:coreProperties>",
        }
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, text in parts.items():
                info = zipfile.ZipInfo(name, EPOCH)
                info.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(info, text)
        return out.getvalue()

    # ---- what it says --------------------------------------------------------------------------------------

    def _body(self) -> Iterator[str]:
        view = self.view
        yield _paragraph("Title", _run(view.name))
        if view.role:
            yield _paragraph("Subtitle", _run(view.role))
        if view.contacts:
            yield _paragraph("Contact", _run(" · ").join(self._link(contact) for contact in view.contacts))
        for section in view.sections:
            yield _paragraph("Heading1", _run(section.title))
            for text in section.paragraphs:
                yield _paragraph("", _run(text))
            for entry in section.entries:
                yield from self._entry(section, entry)

    def _entry(self, section: Section, entry: Entry) -> Iterator[str]:
        if section.kind not in ("entries", "references"):
            yield _paragraph("ListBullet", _run(in_one_line(entry, self.view)))
            return
        if entry.title or entry.dates:
            dates = f"<w:r><w:tab/></w:r>{_run(entry.dates, 'Dates')}" if entry.dates else ""
            yield _paragraph("Heading2", _run(entry.title) + dates)
        if about := ", ".join(part for part in (entry.org, entry.place) if part):
            yield _paragraph("Place", _run(about))
        for text in (entry.note, *entry.paragraphs):
            if text:
                yield _paragraph("", _run(text))
        for bullet in entry.bullets:
            yield _paragraph("ListBullet", _run(bullet))
        if entry.tags:
            yield _paragraph("", _run(", ".join(entry.tags)))
        if entry.link:
            yield _paragraph("", self._link(entry.link))

    def _link(self, link: Link) -> str:
        if not link.href:
            return _run(link.text)
        self.links.append(link.href)
        return f'<w:hyperlink r:id="l{len(self.links) - 1}">{_run(link.text, "Hyperlink")}</w:hyperlink>'

    # ---- how it looks --------------------------------------------------------------------------------------

    def _page(self) -> str:
        design = self.view.design
        width, height = (round(side * TWIPS) for side in PAGES[design.page])
        vertical, horizontal = (round(side * TWIPS) for side in margins_mm(self.view.theme, design))
        return (
            f'<w:sectPr><w:pgSz w:w="{width}" w:h="{height}"/><w:pgMar w:top="{vertical}" w:bottom="{vertical}" '
            f'w:left="{horizontal}" w:right="{horizontal}" w:header="0" w:footer="0" w:gutter="0"/></w:sectPr>'
        )

    def _styles(self) -> str:
        design = self.view.design
        size, accent = round(design.size * 2), design.accent.removeprefix("#")
        family = quoteattr(fonts.families()[design.font].name)
        tab = round(self.width * TWIPS)
        line = f'<w:pBdr><w:bottom w:val="single" w:sz="6" w:space="1" w:color="{accent}"/></w:pBdr>'
        return (
            f'{XML}<w:styles xmlns:w="{WORDS}"><w:docDefaults><w:rPrDefault><w:rPr>'
            f"<w:rFonts w:ascii={family} w:hAnsi={family} w:cs={family}/>"
            f'<w:sz w:val="{size}"/><w:szCs w:val="{size}"/><w:lang w:val="{_locale(self.view.language)}"/>'
            "</w:rPr></w:rPrDefault><w:pPrDefault><w:pPr>"
            '<w:spacing w:after="40" w:line="264" w:lineRule="auto"/></w:pPr></w:pPrDefault></w:docDefaults>'
            '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/>'
            "</w:style>"
            + _style("Title", "Title", '<w:spacing w:after="0"/>', f'<w:b/><w:sz w:val="{size + 22}"/>')
            + _style(
                "Subtitle",
                "Subtitle",
                '<w:spacing w:after="60"/>',
                f'<w:color w:val="{accent}"/><w:sz w:val="{size + 6}"/>',
            )
            + _style("Contact", "Contact", '<w:spacing w:after="120"/>', "")
            + _style(
                "Heading1",
                "heading 1",
                f'<w:keepNext/>{line}<w:spacing w:before="240" w:after="80"/><w:outlineLvl w:val="0"/>',
                f'<w:b/><w:color w:val="{accent}"/><w:sz w:val="{size + 4}"/>',
            )
            + _style(
                "Heading2",
                "heading 2",
                f'<w:keepNext/><w:tabs><w:tab w:val="right" w:pos="{tab}"/></w:tabs>'
                '<w:spacing w:before="120" w:after="0"/><w:outlineLvl w:val="1"/>',
                "<w:b/>",
            )
            + _style("Place", "Place", "<w:keepNext/>", '<w:color w:val="555555"/>')
            + _style(
                "ListBullet", "List Bullet", '<w:numPr><w:numId w:val="1"/></w:numPr><w:spacing w:after="20"/>', ""
            )
            + '<w:style w:type="character" w:styleId="Dates"><w:name w:val="Dates"/><w:rPr><w:b w:val="0"/></w:rPr>'
            "</w:style>"
            '<w:style w:type="character" w:styleId="Hyperlink"><w:name w:val="Hyperlink"/>'
            f'<w:rPr><w:color w:val="{accent}"/><w:u w:val="single"/></w:rPr></w:style></w:styles>'
        )


def _style(style_id: str, name: str, paragraph: str, run: str) -> str:
    return (
        f'<w:style w:type="paragraph" w:styleId="{style_id}"><w:name w:val="{name}"/><w:basedOn w:val="Normal"/>'
        f'<w:next w:val="Normal"/><w:qFormat/><w:pPr>{paragraph}</w:pPr><w:rPr>{run}</w:rPr></w:style>'
    )


def _paragraph(style: str, runs: str) -> str:
    properties = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{properties}{runs}</w:p>"


def _run(text: str, style: str = "") -> str:
    properties = f'<w:rPr><w:rStyle w:val="{style}"/></w:rPr>' if style else ""
    return f'<w:r>{properties}<w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def _locale(language: str) -> str:
    return {"fr": "fr-FR", "en": "en-GB"}.get(language, language)
