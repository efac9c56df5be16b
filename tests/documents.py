"""Documents of every shape that tests and theme checks render: one builder each, fresh at every call."""

from __future__ import annotations

import base64
import io
import zipfile
from collections.abc import Callable, Mapping
from functools import cache
from types import UnionType
from typing import Any, Union, get_args, get_origin

from PIL import Image, ImageDraw

from cvstudio.document import CUSTOM, SECTIONS, Document, samples
from cvstudio.document import model as m

CANARY = "http://127.0.0.1:9/canary"


def blank() -> Document:
    return Document()


def short() -> Document:
    """Half a page."""
    return Document.load(
        {
            "basics": {
                "name": "Noé Lambert",
                "label": "Menuisier poseur",
                "email": "noe.lambert@example.org",
                "phone": "06 39 98 12 55",
                "location": {"city": "Lille"},
                "summary": "Pose de menuiseries bois et aluminium, en neuf et en rénovation.",
            },
            "work": [
                {
                    "name": "Atelier Vanhove",
                    "position": "Menuisier poseur",
                    "startDate": "2019-04",
                    "highlights": ["Équipe de deux, trois chantiers par semaine.", "Aucune reprise sur 2024."],
                }
            ],
            "education": [
                {"institution": "Lycée Hector-Guimard", "studyType": "CAP", "area": "Menuiserie", "endDate": "2018"}
            ],
            "skills": [{"name": "Pose", "keywords": ["Fenêtres", "Portes", "Volets"]}, {"name": "Permis B"}],
            "languages": [{"language": "Français", "fluency": "Langue maternelle"}],
        }
    )


def two_pages(lang: m.Language = "fr") -> Document:
    return samples.load(lang)


def five_pages(lang: m.Language = "fr") -> Document:
    """The sample's career told four times over, under other ids."""
    document = samples.load(lang)
    work, education, projects = document.work, document.education, document.projects
    document.work = [_again(job, f"-{turn}") for turn in range(4) for job in work]
    document.education = [_again(school, f"-{turn}") for turn in range(3) for school in education]
    document.projects = [_again(project, f"-{turn}") for turn in range(5) for project in projects]
    return document


def long_words() -> Document:
    """Words no line can hold, in every place that has a width."""
    document = samples.load("fr")
    word = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 3
    basics = document.basics
    basics.name = "Wolfeschlegelsteinhausenbergerdorff Featherstonehaugh-Cholmondeley"
    basics.label = word
    basics.email = "a" * 60 + "@" + "b" * 60 + ".example.org"
    basics.url = "https://example.org/" + "chemin-sans-espace/" * 12
    basics.summary = f"Avant {word} après."
    job = document.work[0]
    job.name, job.position, job.location, job.description = word, word, word, word
    job.highlights = [word, f"Une ligne puis {word} et la suite."]
    job.start_date = "depuis le tout début de l’entreprise ou presque"
    document.skills[0].name = word
    document.skills[0].keywords = [word, "court", word]
    document.languages[0].fluency = word
    document.custom[0].title = word
    return document


def sixty_skills() -> Document:
    document = samples.load("fr")
    document.skills = [
        m.Skill(id=f"skill-{n}", name=f"Compétence {n}", level="Confirmé" * (n % 5 == 0)) for n in range(60)
    ]
    return document


def no_photo() -> Document:
    document = samples.load("fr")
    document.studio.design.photo = "none"
    return document


def letter() -> Document:
    document = samples.load("en")
    document.studio.design.page = "Letter"
    return document


def rtl() -> Document:
    """Arabic with Hebrew, and Latin words inside."""
    return Document.load(
        {
            "basics": {
                "name": "ليلى المنصوري",
                "label": "مهندسة شبكات · Network engineer",
                "email": "layla@example.org",
                "phone": "+212 600 000 000",
                "summary": "مهندسة شبكات بخبرة عشر سنوات في Cisco و Juniper، تقود فريقًا من خمسة أشخاص.",
                "location": {"city": "الدار البيضاء"},
            },
            "work": [
                {
                    "name": "شركة الأفق",
                    "position": "مسؤولة الشبكات",
                    "startDate": "2019-02",
                    "highlights": ["خفضت الأعطال بنسبة 43% خلال سنة واحدة.", "أشرفت على نقل 12 موقعًا إلى SD-WAN."],
                },
                {
                    "name": "אופק תקשורת",
                    "position": "מהנדסת רשתות",
                    "startDate": "2015",
                    "endDate": "2019-01",
                    "summary": "תכנון רשתות עבור שלושים אתרים (MPLS).",
                },
            ],
            "skills": [{"name": "شبكات", "keywords": ["BGP", "توجيه", "אבטחה"]}],
            "languages": [{"language": "العربية", "fluency": "اللغة الأم"}, {"language": "עברית"}],
            "meta": {"studio": {"language": "en"}},
        }
    )


def cjk() -> Document:
    """Japanese, Chinese and Korean, with characters beyond the basic plane."""
    return Document.load(
        {
            "basics": {
                "name": "佐藤 美咲",
                "label": "看護師長",
                "summary": "総合病院で十五年の経験。𠮷野病院の病棟再編を担当し、夜勤の負担を減らしました。",
                "location": {"city": "東京", "countryCode": "JP"},
            },
            "work": [
                {
                    "name": "𠮷野病院",
                    "position": "看護師長",
                    "startDate": "2016-04",
                    "highlights": ["看護師三十二名の勤務表を作成。", "離職率を18%から7%に。"],
                },
                {
                    "name": "北京协和诊所",
                    "position": "护士",
                    "startDate": "2012",
                    "endDate": "2016",
                    "summary": "负责门诊分诊与疫苗接种。",
                },
            ],
            "education": [{"institution": "서울간호대학교", "area": "간호학", "endDate": "2012"}],
            "skills": [{"name": "救急", "keywords": ["トリアージ", "心肺蘇生", "😀"]}],
            "meta": {"studio": {"language": "en"}},
        }
    )


PAYLOADS = (
    "<script>fetch('{canary}/{n}')</script>",
    '<img src={canary}/{n}.png onerror="alert({n})">',
    "\"><svg/onload=alert({n})><use href='{canary}/{n}.svg#a'/></svg>",
    "</style><style>@import url({canary}/{n}.css);*{{color:red}}</style>",
    "</title></head><body onload=alert({n})>",
    "{{{{ {n}*7 }}}}{{% for a in b %}}{{# comment #}}",
    "{{{{ v.__class__.__mro__ }}}} ${{{n}*7}} #{{{n}*7}} <%= {n}*7 %>",
    "javascript:alert({n})",
    "data:text/html,<b onclick=alert({n})>{n}</b>",
    "<iframe src='{canary}/{n}'></iframe><object data='{canary}/{n}'></object>",
    "<link rel=stylesheet href='{canary}/{n}.css'><base href='{canary}/'>",
    "'-alert({n})-' onmouseover='alert({n})' style='background:url({canary}/{n})'",
    "<!-- {n} --><![CDATA[ {n} ]]> &lt;b&gt;{n}&lt;/b&gt; &#x3C;i&#x3E;",
    "![{n}]({canary}/{n}.png) [{n}](javascript:alert({n})) `{n}` **{n}** <b>{n}</b>",
    "# {n}\n\n- {n}\n\n1. {n}\n\n> {n}\n\n    {n}\n\n---",
    "<math><mtext></p><style><a title=\"</style><img src='{canary}/{n}'>\">",
)


def hostile(canary: str = CANARY) -> Document:
    """HTML, CSS, SVG, JavaScript, Jinja and Markdown in every text; anything that reaches `canary` betrays us."""
    count = 0

    def payload() -> str:
        nonlocal count
        count += 1
        return PAYLOADS[count % len(PAYLOADS)].format(n=count, canary=canary)

    def fill(part: m.Part) -> None:
        for name, field in type(part).model_fields.items():
            kinds = _kinds(field.annotation)
            if str in kinds and name not in ("id", "key"):
                setattr(part, name, payload())
            elif list[str] in kinds:
                setattr(part, name, [payload() for _ in range(len(PAYLOADS))])
            elif isinstance(value := getattr(part, name), m.Part) and not isinstance(value, m.Meta):
                fill(value)

    document = Document()
    fill(document.basics)
    for scheme in (
        "javascript:alert(1)",
        "https://example.org/\"onclick='alert(1)'",
        f"{canary}/profile",
        "//evil.example",
    ):
        profile = m.Profile(id=f"profile-{len(document.basics.profiles)}")
        fill(profile)
        profile.url = scheme
        document.basics.profiles.append(profile)
    for key, kind in SECTIONS.items():
        for n in range(4):
            item = kind(id=f"{key}-{n}")
            fill(item)
            document.section(key).append(item)
    section = m.CustomSection(id="own", title=payload(), items=[m.CustomItem(id="own-0")])
    fill(section.items[0])
    document.custom.append(section)
    titled = [m.SectionSetting(key=key, title=payload().replace("\n", " ")[:120]) for key in m.SECTION_KEYS]
    document.studio.sections = [*titled, m.SectionSetting(key=CUSTOM + section.id)]
    return Document.load(document.dump())


def _kinds(annotation: Any) -> tuple[Any, ...]:
    return get_args(annotation) if get_origin(annotation) in (Union, UnionType) else (annotation,)


def _again(item: Any, suffix: str) -> Any:
    return item.model_copy(deep=True, update={"id": item.id + suffix})


def zipped(files: Mapping[str, bytes | str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


@cache
def photo_jpeg() -> bytes:
    """A head and shoulders in flat greys, 160 × 200."""
    image = Image.new("RGB", (160, 200), "#cfd6de")
    draw = ImageDraw.Draw(image)
    draw.ellipse((18, 138, 142, 290), fill="#41506a")
    draw.rectangle((66, 110, 94, 150), fill="#d9b39a")
    draw.ellipse((46, 40, 114, 130), fill="#e2bfa6")
    draw.pieslice((42, 30, 118, 112), 180, 360, fill="#4b3a30")
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    return out.getvalue()


PHOTO = "data:image/jpeg;base64," + base64.b64encode(photo_jpeg()).decode()

ALL: dict[str, Callable[[], Document]] = {
    "blank": blank,
    "short": short,
    "two_pages_fr": two_pages,
    "two_pages_en": lambda: two_pages("en"),
    "five_pages": five_pages,
    "long_words": long_words,
    "sixty_skills": sixty_skills,
    "no_photo": no_photo,
    "letter": letter,
    "rtl": rtl,
    "cjk": cjk,
    "hostile": hostile,
}
