"""Files made to harm whoever reads them, each by the door that a stranger would bring it to."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

import pikepdf
from PIL import Image

from bench import sample
from cvstudio import render
from tests.documents import zipped

Door = Literal["import", "offer", "photo", "editor", "profile"]
PDF, ZIP, XML, JSON, TEXT, PNG, JPEG = (
    *("application/pdf", "application/zip", "application/xml", "application/json", "text/plain"),
    *("image/png", "image/jpeg"),
)
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MEGABYTE = 1_000_000
WORDS = b"BT /F0 11 Tf 40 700 Td (Curriculum vitae) Tj ET\n"


@dataclass(frozen=True)
class Sent:
    what: str
    door: Door
    name: str  # of the file
    kind: str  # the MIME type it claims
    make: Callable[[], bytes]
    honest: bool = False  # what can be read of it may be shown


def files() -> list[Sent]:
    pdfs: list[tuple[str, Callable[[], bytes]]] = [
        ("JavaScript on opening", scripted),
        ("5 000 pages", lambda: paged(5_000)),
        ("a page that unpacks to 2 GB", lambda: drawn(packed(2_000 * MEGABYTE), ["/FlateDecode"])),
        ("a page packed twice, 2 GB", lambda: drawn(zlib.compress(packed(2_000 * MEGABYTE)), ["/FlateDecode"] * 2)),
        ("a page of runs, 640 MB", lambda: drawn(zlib.compress(b"\x81 " * 5 * MEGABYTE), RUNS)),
        ("drawings in drawings, 10 to the 9th", lambda: nested_forms(9, 10)),
        ("a list of objects that unpacks to 1 GB", object_bomb),
        ("a table of objects that unpacks to 1 GB", table_bomb),
        ("letters' names that unpack to 1 GB", names_bomb),
        ("a picture of 60 000 × 60 000", pdf_picture),
        ("tables of objects in a ring", ring),
        ("pages in a ring", page_ring),
        ("300 000 objects", lambda: many_objects(300_000)),
        ("400 000 letters on one page", lambda: drawn(lettered(400_000))),
        ("arrays in arrays, 200 000 deep", lambda: drawn(WORDS + b"[" * 200_000)),
        ("nothing of what it says", lambda: b"%PDF-1.7\n" + b"\xff\x00\xfe<<[(" * 500_000),
        ("an attachment that unpacks to 1 GB", attached_bomb),
        ("rules and boxes, 250 000 of them", lambda: drawn(WORDS + b"1 1 9 9 re f\n" * 250_000)),
    ]
    found = [Sent(f"PDF, {what}", "import", "cv.pdf", PDF, make) for what, make in pdfs]
    found += [Sent(f"offer, {what}", "offer", "offer.pdf", PDF, make, honest=True) for what, make in pdfs]
    found += [
        Sent("a ZIP that says it is a PDF", "import", "cv.pdf", PDF, lambda: zipped({"a": b"0" * MEGABYTE})),
        Sent("a program that says it is a PDF", "import", "cv.pdf", PDF, lambda: b"MZ" + b"\x90" * MEGABYTE),
        Sent("text that says it is a PDF", "offer", "offer.pdf", PDF, lambda: b"Soudeur " * 100_000),
        Sent("50 MB that say they are a PDF", "import", "cv.pdf", PDF, lambda: b"%PDF-1.7" + b" " * 50 * MEGABYTE),
        Sent("photo, 40 000 × 40 000 PNG", "photo", "me.png", PNG, lambda: png(40_000, 40_000)),
        Sent("photo, 7 000 × 7 000 PNG", "photo", "me.png", PNG, lambda: png(7_000, 7_000)),
        Sent("photo, 5 000 × 4 990 PNG", "photo", "me.png", PNG, lambda: png(5_000, 4_990), honest=True),
        Sent("photo, 7 000 × 7 000 JPEG", "photo", "me.jpg", JPEG, lambda: jpeg(7_000), honest=True),
        Sent("photo, 7 000 × 7 000 JPEG in layers", "photo", "me.jpg", JPEG, lambda: jpeg(7_000, True), honest=True),
        Sent("photo, 4 900 × 4 900 JPEG in layers", "photo", "me.jpg", JPEG, lambda: jpeg(4_900, True), honest=True),
        Sent("photo, a PDF that says it is a PNG", "photo", "me.png", PNG, scripted),
        Sent("photo, a page of HTML", "photo", "me.png", PNG, lambda: b"<script>alert(1)</script>" * 9_000),
        Sent("photo, a GIF of 5 000 pictures", "photo", "me.gif", "image/gif", lambda: gif(5_000), honest=True),
        Sent("photo, notes that unpack to 1 GB", "photo", "me.png", PNG, lambda: png(9, 9, notes=1_000), honest=True),
        Sent("profile, JSON 100 000 deep", "profile", "", JSON, lambda: b'{"document":' + b"[" * 100_000),
        Sent("profile, 300 000 empty jobs", "profile", "", JSON, lambda: wrapped(b'{"work":[' + listed(300_000))),
    ]
    others: list[tuple[str, str, str, Callable[[], bytes]]] = [
        ("ZIP bomb, 4 GB", "export.zip", ZIP, zip_bomb),
        ("ZIP in a ZIP in a ZIP", "export.zip", ZIP, lambda: nested_zips(9)),
        ("ZIP of 10 000 files", "export.zip", ZIP, lambda: zipped({f"{n}.csv": b"a,b" for n in range(10_000)})),
        ("ZIP, ../ names", "export.zip", ZIP, lambda: zipped({"../../etc/passwd": b"x", "Profile.csv": b"a"})),
        ("LinkedIn ZIP, a million rows", "export.zip", ZIP, linkedin_rows),
        ("DOCX, 1 GB of text", "cv.docx", DOCX, lambda: word(b"<w:p/>" * 8 * MEGABYTE)),
        ("DOCX, 19 MB of text", "cv.docx", DOCX, lambda: word(PARAGRAPH * (19 * MEGABYTE // len(PARAGRAPH)))),
        ("DOCX, entities of entities", "cv.docx", DOCX, lambda: word(b"<w:p/>", laughs("w:document"))),
        ("DOCX, tables in tables, 5 000 deep", "cv.docx", DOCX, lambda: word(nested_tables(5_000))),
        ("DOCX, tables in tables, 60 deep", "cv.docx", DOCX, lambda: word(nested_tables(60))),
        ("DOCX, one row of 100 000 cells", "cv.docx", DOCX, lambda: word(wide_table(100_000))),
        ("DOCX with macros", "cv.docx", DOCX, lambda: word(PARAGRAPH, extra={"word/vbaProject.bin": b"\0" * 99})),
        ("DOCX, a picture of 60 000 × 60 000", "cv.docx", DOCX, lambda: word(PARAGRAPH, extra=PICTURE)),
        ("Europass, entities of entities", "cv.xml", XML, lambda: laughs("SkillsPassport") + b"</SkillsPassport>"),
        ("Europass, a file of the server", "cv.xml", XML, external_entity),
        ("Europass, 100 000 deep", "cv.xml", XML, lambda: b"<SkillsPassport>" + b"<a>" * 100_000),
        ("Europass, 70 000 jobs", "cv.xml", XML, lambda: passport(70_000)),
        ("JSON, 100 000 deep", "cv.json", JSON, lambda: b'{"basics":' + b"[" * 100_000),
        ("JSON, 600 000 empty jobs", "cv.json", JSON, lambda: b'{"work":[' + listed(600_000)),
        ("JSON, a number of 1 900 000 digits", "cv.json", JSON, lambda: b'{"work":' + b"9" * 1_900_000 + b"}"),
        ("JSON, 1.9 MB in one field", "cv.json", JSON, lambda: b'{"basics":{"name":"' + b"a" * 1_900_000 + b'"}}'),
        ("text, 50 MB", "cv.txt", TEXT, lambda: b"Marie Dupont " * 4 * MEGABYTE),
        *((f"text, {what}", "cv.txt", TEXT, make) for what, make in texts()),
        ("an MP4 that says it is a DOCX", "cv.docx", DOCX, lambda: b"\0\0\0\x20ftypisom" + b"\x07" * MEGABYTE),
        ("PDF in the editor, drawings in drawings", "cv.pdf", PDF, lambda: nested_forms(9, 10)),
    ]
    return found + [Sent(what, "editor", name, kind, make, honest=True) for what, name, kind, make in others]


# ---- PDF -----------------------------------------------------------------------------------------------------------

RUNS = ["/FlateDecode", "/RunLengthDecode"]


def saved(file: pikepdf.Pdf, **options: object) -> bytes:
    out = io.BytesIO()
    file.save(out, **options)
    return out.getvalue()


def paged(count: int) -> bytes:
    file = pikepdf.new()
    file.add_blank_page()
    for _ in range(count - 1):
        file.pages.append(file.pages[0])
    return saved(file)


def scripted() -> bytes:
    file = pikepdf.new()
    file.add_blank_page()
    file.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
    return saved(file)


@cache
def packed(size: int) -> bytes:
    """Spaces: what draws nothing is skipped, however much of it there is."""
    squeeze, made = zlib.compressobj(9), []
    for _ in range(size // MEGABYTE):
        made.append(squeeze.compress(b" " * MEGABYTE))
    return b"".join([*made, squeeze.flush()])


def raw(objects: Sequence[bytes], trailer: bytes = b"/Root 1 0 R") -> bytes:
    """A PDF of these objects, numbered from 1, and a table that is right."""
    out, places = io.BytesIO(), []
    out.write(b"%PDF-1.7\n")
    for number, body in enumerate(objects, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%b\nendobj\n" % (number, body))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.writelines(b"%010d 00000 n \n" % place for place in places)
    out.write(b"trailer\n<</Size %d %b>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, trailer, start))
    return out.getvalue()


def stream(data: bytes, *entries: bytes) -> bytes:
    return b"<<%b/Length %d>>\nstream\n%b\nendstream" % (b" ".join(entries), len(data), data)


CATALOG, PAGES = b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"


def page(resources: bytes = b"") -> bytes:
    found = b"<</Font<</F0 5 0 R>>%b>>" % resources
    return b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources%b>>" % found


def drawn(drawing: bytes, filters: Iterable[str] = ()) -> bytes:
    """One page with this drawing, packed as said."""
    names = " ".join(filters).encode()
    return raw([CATALOG, PAGES, page(), stream(drawing, *([b"/Filter[%b]" % names] if names else [])), FONT])


def nested_forms(depth: int, each: int) -> bytes:
    """A drawing of ten drawings of ten drawings …"""
    forms = []
    for level in range(depth):
        below = b"/X Do\n" * each if level < depth - 1 else WORDS
        inside = b"/Resources<</Font<</F0 5 0 R>>/XObject<</X %d 0 R>>>>" % (7 + level)
        forms.append(stream(below, b"/Type/XObject/Subtype/Form/BBox[0 0 595 842]", inside))
    shown = page(b"/XObject<</X 6 0 R>>")
    return raw([CATALOG, PAGES, shown, stream(WORDS + b"/X Do\n" * each), FONT, *forms])


def object_bomb() -> bytes:
    """The page itself lies in a list of objects, packed with a gigabyte behind it."""
    listed_ = b"3 0 " + page()
    squeeze = zlib.compressobj(9)
    body = b"".join(
        [squeeze.compress(listed_), *(squeeze.compress(b" " * MEGABYTE) for _ in range(1_000)), squeeze.flush()]
    )
    inner = stream(body, b"/Type/ObjStm/N 1/First 4/Filter/FlateDecode")
    out, places = io.BytesIO(), {}
    out.write(b"%PDF-1.7\n")
    for number, content in ((1, CATALOG), (2, PAGES), (4, stream(WORDS)), (5, FONT), (6, inner)):
        places[number] = out.tell()
        out.write(b"%d 0 obj\n%b\nendobj\n" % (number, content))
    start = out.tell()
    rows = [b"\0" * 7]
    for number in range(1, 8):
        if number == 3:
            rows.append(struct.pack(">BIH", 2, 6, 0))
        else:
            rows.append(struct.pack(">BIH", 1, places.get(number, start), 0))
    table = stream(b"".join(rows), b"/Type/XRef/Size 8/W[1 4 2]/Root 1 0 R")
    out.write(b"7 0 obj\n%b\nendobj\nstartxref\n%d\n%%%%EOF\n" % (table, start))
    return out.getvalue()


def table_bomb() -> bytes:
    """The table of objects is packed, and says that there are many."""
    head = b"%PDF-1.7\n"
    table = stream(packed(1_000 * MEGABYTE), b"/Type/XRef/Size 140000000/W[1 4 2]/Root 1 0 R/Filter/FlateDecode")
    return head + b"1 0 obj\n%b\nendobj\nstartxref\n%d\n%%%%EOF\n" % (table, len(head))


def names_bomb() -> bytes:
    font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/ToUnicode 6 0 R>>"
    return raw([CATALOG, PAGES, page(), stream(WORDS), font, stream(packed(1_000 * MEGABYTE), b"/Filter/FlateDecode")])


def pdf_picture() -> bytes:
    how = b"/Type/XObject/Subtype/Image/Width 60000/Height 60000/ColorSpace/DeviceRGB/BitsPerComponent 8"
    picture = stream(packed(1_000 * MEGABYTE), how, b"/Filter/FlateDecode")
    shown = page(b"/XObject<</I 6 0 R>>")
    return raw([CATALOG, PAGES, shown, stream(WORDS + b"500 0 0 500 0 0 cm /I Do\n"), FONT, picture])


def ring() -> bytes:
    """A table that names itself as the one before."""
    whole = raw([CATALOG, PAGES, page(), stream(WORDS), FONT])
    at = whole.rfind(b"xref\n0")
    return raw([CATALOG, PAGES, page(), stream(WORDS), FONT], b"/Root 1 0 R/Prev %d" % at)


def page_ring() -> bytes:
    below = [b"<</Type/Pages/Parent 2 0 R/Kids[2 0 R 6 0 R]/Count 9000>>"]
    kids = b"<</Type/Pages/Kids[6 0 R 2 0 R]/Count 9000>>"
    return raw([CATALOG, kids, page(), stream(WORDS), FONT, *below])


def many_objects(count: int) -> bytes:
    return raw([CATALOG, PAGES, page(), stream(WORDS), FONT, *[b"<</A[1 2]>>"] * count])


def lettered(count: int) -> bytes:
    line = b"BT /F0 1 Tf 10 10 Td (%b) Tj ET\n" % (b"abcdefgh " * 100)
    return line * (count // 900)


def attached_bomb() -> bytes:
    names = b"<</Type/Catalog/Pages 2 0 R/Names<</EmbeddedFiles<</Names[(cv.xml) 6 0 R]>>>>>>"
    spec = b"<</Type/Filespec/F(cv.xml)/EF<</F 7 0 R>>>>"
    bomb = stream(packed(1_000 * MEGABYTE), b"/Type/EmbeddedFile/Filter/FlateDecode")
    return raw([names, PAGES, page(), stream(WORDS), FONT, spec, bomb])


# ---- pictures ------------------------------------------------------------------------------------------------------


def png(width: int, height: int, notes: int = 0) -> bytes:
    """White; `notes` megabytes of packed text."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    squeeze = zlib.compressobj(9)
    row = b"\0" + b"\xff" * (3 * width)
    body = b"".join([*(squeeze.compress(row) for _ in range(min(height, 7_000))), squeeze.flush()])
    text = chunk(b"zTXt", b"Comment\0\0" + packed(notes * MEGABYTE)) if notes else b""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + text + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def jpeg(side: int, layered: bool = False) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (side, side), "#aa7755").save(out, "JPEG", quality=30, subsampling=0, progressive=layered)
    return out.getvalue()


def gif(count: int) -> bytes:
    frame = b"\x2c" + struct.pack("<HHHHB", 0, 0, 4_000, 4_000, 0) + b"\x02\x02\x4c\x01\x00"
    return b"GIF89a" + struct.pack("<HHBBB", 4_000, 4_000, 0x80, 0, 0) + b"\0" * 3 + b"\xff" * 3 + frame * count + b";"


# ---- archives ------------------------------------------------------------------------------------------------------


def zip_bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name in ("Profile.csv", "Positions.csv", "Skills.csv", "Education.csv"):
            with file.open(name, "w") as member:
                for _ in range(1_000):
                    member.write(b"0" * MEGABYTE)
    return out.getvalue()


def nested_zips(depth: int) -> bytes:
    data = zipped({"Profile.csv": b"0" * 10 * MEGABYTE})
    for _ in range(depth):
        data = zipped({f"{n}.zip": data for n in range(16)})
    return data


def linkedin_rows() -> bytes:
    rows = b"Company Name,Title,Description,Started On,Finished On\n" + b"ACME,Chef,Cuisine,Jan 2020,\n" * 600_000
    return zipped({"Profile.csv": b"First Name,Last Name\nMarie,Dupont\n", "Positions.csv": rows})


W = b'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
PARAGRAPH = b"<w:p><w:r><w:t>Marie Dupont</w:t></w:r></w:p>"
PICTURE = {"word/media/image1.png": png(60_000, 60_000)}


def word(body: bytes, head: bytes = b"", extra: dict[str, bytes] | None = None) -> bytes:
    start = head or b"<w:document %b>" % W
    main = start + b"<w:body>" + body + b"</w:body></w:document>"
    return zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": main, **(extra or {})})


def nested_tables(depth: int) -> bytes:
    return b"<w:tbl><w:tr><w:tc>" * depth + PARAGRAPH + b"</w:tc></w:tr></w:tbl>" * depth


def wide_table(cells: int) -> bytes:
    return b"<w:tbl><w:tr>" + b"<w:tc>%b</w:tc>" % PARAGRAPH * cells + b"</w:tr></w:tbl>"


# ---- markup and text -----------------------------------------------------------------------------------------------


def laughs(root: str) -> bytes:
    """A billion of them."""
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return (
        f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "ha">{entities}]>'
        f'<{root} xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">&l9;'
    ).encode()


def external_entity() -> bytes:
    return b'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><SkillsPassport><a>&f;</a></SkillsPassport>'


def passport(jobs: int) -> bytes:
    job = (
        b"<WorkExperience><Position><Label>Chef</Label></Position><Employer><Name>A</Name></Employer></WorkExperience>"
    )
    return b"<SkillsPassport><LearnerInfo>" + job * jobs + b"</LearnerInfo></SkillsPassport>"


def listed(count: int) -> bytes:
    return b",".join([b"{}"] * count) + b"]}"


def wrapped(document: bytes) -> bytes:
    return b'{"document":%b}' % document


def texts() -> list[tuple[str, Callable[[], bytes]]]:
    """Long runs of what patterns look for, and never what ends it."""
    head = b"Marie Dupont\nmarie@example.org\n\nExperience\n\n"
    runs = {
        "spaces": b" " * 245_000 + b"x",
        "dots": b"a." * 120_000 + b"@",
        "digits": b"1 2 " * 60_000,
        "dashes": b"-" * 245_000,
        "dates": b"Jan 2020 - " * 22_000,
        "letters": b"a" * 245_000,
        "brackets": b"[(<" * 80_000,
        "stars": b"**_" * 80_000,
        "lines": b"a\n" * 120_000,
        "headings": b"Experience\nSkills\n" * 13_000,
        "addresses": b"http://a.b/" * 22_000,
        "signs": b"a@" * 120_000,
        "commas": b"a, " * 80_000,
        "bullets": "• ".encode() * 80_000,
    }
    made: list[tuple[str, Callable[[], bytes]]] = [
        (f"a run of {name}", lambda run=run: head + run) for name, run in runs.items()
    ]
    return [*made, ("the sample 40 times over", lambda: (render.text(sample.document(0)) * 40).encode())]
