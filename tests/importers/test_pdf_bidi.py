"""Arabic and Hebrew, which a page draws in any order, come back as they are read."""

import re

import pytest

from bench import imports
from cvstudio import render
from cvstudio.document import Document
from cvstudio.importers import pdf_bidi, read
from tests import documents
from tests.importers.conftest import Print

CV = {
    "basics": {
        "name": "ليلى المنصوري",
        "label": "مهندسة شبكات",
        "email": "layla@example.org",
        "phone": "+212 600 000 000",
        "summary": "مهندسة شبكات بخبرة عشر سنوات في Cisco و Juniper، تقود فريقا من خمسة أشخاص.",
    },
    "work": [
        {
            "position": "مسؤولة الشبكات",
            "name": "شركة الأفق",
            "startDate": "2019-02",
            "highlights": ["أشرفت على نقل 12 موقعا إلى SD-WAN.", "خفضت الأعطال بنسبة 43% خلال سنة واحدة."],
        },
        {
            "position": "מהנדסת רשתות",
            "name": "אופק תקשורת",
            "startDate": "2015-01",
            "endDate": "2019-01",
            "highlights": ["תכנון רשתות עבור שלושים אתרים (MPLS)."],
        },
    ],
    "skills": [{"name": "Python"}, {"name": "BGP"}],
    "languages": [{"language": "English", "fluency": "Fluent"}],
    "meta": {"studio": {"language": "en"}},
}


@pytest.mark.parametrize("theme", ["classic", "tech", "modern"])
@pytest.mark.parametrize("way", ["tagged", "untagged", "untagged, from the left"])
def test_our_own_cvs_in_arabic_and_hebrew(theme, way, printed: Print):
    document = Document.load(CV)
    document.studio.template = theme
    page = render.html(document)
    if way.endswith("left"):
        page = page.replace("direction: rtl", "direction: ltr")
    pdf = printed(page, document)
    found = read(pdf if way == "tagged" else imports.untagged(pdf), "cv.pdf").document
    assert (found.basics.name, found.basics.label) == (document.basics.name, document.basics.label)
    assert found.basics.summary == document.basics.summary
    for want, got in zip(document.work, found.work, strict=True):
        assert (got.position, got.name, got.highlights) == (want.position, want.name, want.highlights)
        assert (got.start_date, got.end_date) == (want.start_date, want.end_date)
    assert (found.basics.email, found.basics.phone) == (document.basics.email, document.basics.phone)


def test_where_a_value_stands_on_a_page_that_begins_at_the_right(printed: Print):
    document = Document.load(CV)
    document.studio.template = "modern"
    fields = read(imports.untagged(printed(render.html(document), document)), "cv.pdf").fields
    left, _, right, _ = next(one.place.box for one in fields if one.path == "basics.name") or (0, 0, 0, 0)
    assert 300 < left < right < 596


PAGE = """<html lang="en" dir="{way}"><body style="font: 12px 'Open Sans', 'Noto Sans Arabic'; margin: 12mm">
<h1>ליאת בן-דוד</h1><p>מהנדסת תוכנה</p><p>liat@example.org</p><h2>Experience</h2>
<h3>שרטוט אדריכלי</h3><p>2019 – 2023</p><ul><li>ניהול צוות של 12 מהנדסים בעזרת Python, Go ו-SQL במשך 3 שנים.</li>
<li>خفض التكاليف بنسبة 30% خلال عام 2021، ثم توسيع المشروع ليشمل خمسة بلدان.</li></ul>
<h2>Skills</h2><p>Python</p><p>SQL</p></body></html>"""


@pytest.mark.parametrize("way", ["rtl", "ltr"])
def test_pages_of_others_in_hebrew(way, printed: Print):
    pdf = printed(PAGE.format(way=way), documents.blank())
    found = read(pdf, "cv.pdf").document
    assert (found.basics.name, found.basics.label) == ("ליאת בן-דוד", "מהנדסת תוכנה")
    (job,) = found.work
    assert (job.position, job.start_date, job.end_date) == ("שרטוט אדריכלי", "2019", "2023")
    assert job.highlights[0] == "ניהול צוות של 12 מהנדסים בעזרת Python, Go ו-SQL במשך 3 שנים."
    if way == "rtl":
        assert job.highlights[1] == "خفض التكاليف بنسبة 30% خلال عام 2021، ثم توسيع المشروع ليشمل خمسة بلدان."


ARABIC = """<html lang="ar" dir="rtl"><body style="margin: 15mm; font: 11pt 'Noto Sans Arabic'"><h1>يوسف بن علي</h1>
<p>محاسب</p><p>youssef@example.com | +216 20 123 456</p><h2>الخبرة المهنية</h2><p><b>محاسب أول</b> – بنك الأمان</p>
<p>2019 – 2023</p><ul><li>إعداد القوائم المالية الشهرية</li><li>متابعة 40 حسابا</li></ul><h2>التعليم</h2>
<p><b>إجازة في المحاسبة</b> – جامعة تونس</p><p>2014 – 2017</p><h2>المهارات</h2><p>Excel</p><p>SAP</p>
<h2>اللغات</h2><p>العربية</p><p>الفرنسية</p></body></html>"""


@pytest.mark.parametrize("tagged", [True, False])
def test_sections_with_arabic_headings(tagged, printed: Print):
    pdf = printed(ARABIC, documents.blank())
    found = read(pdf if tagged else imports.untagged(pdf), "cv.pdf").document
    assert (found.basics.name, found.basics.email) == ("يوسف بن علي", "youssef@example.com")
    (job,) = found.work
    assert (job.position, job.name, job.start_date, job.end_date) == ("محاسب أول", "بنك الأمان", "2019", "2023")
    assert job.highlights == ["إعداد القوائم المالية الشهرية", "متابعة 40 حسابا"]
    assert [one.institution for one in found.education] == ["جامعة تونس"]
    assert [one.name for one in found.skills] == ["Excel", "SAP"]
    assert [one.language for one in found.languages] == ["العربية", "الفرنسية"]


@pytest.mark.parametrize(
    ("drawn", "expected"),
    [
        (".SQL ו Python תרזעב", "בעזרת Python ו SQL."),  # from right to left: the full stop is at the left
        ("Python, תווצ תרזעב", "Python, בעזרת צוות"),  # from left to right: the comma stands after its word
        (",Python, Go תווצ תרזעב", "בעזרת צוות Python, Go,"),
        ("%30 לש החנה", "הנחה של 30%"),
        ("30% לש החנה", "הנחה של 30%"),
        ("(MPLS) םירתא", "אתרים (MPLS)"),
        (")MPLS( םירתא", "אתרים (MPLS)"),
        ("78 56 34 12 6 33+", "+33 6 12 34 56 78"),
        ("+33 6 12 34 :ןופלט", "טלפון: +33 6 12 34"),
        ("Ward Manager", "Ward Manager"),
    ],
)
def test_a_line_as_it_is_read(drawn, expected):
    tokens = re.findall(r"[א-ת]+|[A-Za-z]+|\d+|.", drawn)
    left = pdf_bidi.leans_left([tokens])
    found = [pdf_bidi.read(tokens[at]) for at in pdf_bidi.order(tokens, left=left)]
    assert "".join(pdf_bidi.bracketed(found)) == expected
