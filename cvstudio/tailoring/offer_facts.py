"""What an offer says about the job itself: title, company, place, contract, hours, years, seniority.

Hints are schema.org's JobPosting fields and win over the text.
"""

import re
from collections.abc import Mapping
from typing import Any, Final, cast

from cvstudio.language import Language
from cvstudio.tailoring import esco, offer_cues, offer_head, offer_title, words
from cvstudio.tailoring.offer import Contract, Hours, Seniority
from cvstudio.tailoring.offer_lines import heading_part

Hints = Mapping[str, Any]
MAX_NAME = 120  # characters of a title, company or place
MAX_YEARS = 30
MAX_LINES, MAX_LINE = 80, 200  # of the opening; characters

_CONTRACT_WORDS: Final = (
    r"cdi|cdd|int[ée]rim|alternance|apprentissage|stage|temps (?:plein|partiel)|full[- ]time|part[- ]time|permanent"
    r"|fixed[- ]term|temporary|contract|freelance|saisonnier|seasonal|hybrid|remote"
)
_TRAILING: Final = re.compile(rf"\s*[-–—|,(:]?\s*\b(?:en )?(?:{_CONTRACT_WORDS})\b.*$", re.IGNORECASE)
_IN_BRACKETS: Final = re.compile(rf"\s*\([^()]*\b(?:{_CONTRACT_WORDS})\b[^()]*\)", re.IGNORECASE)
_LEADING: Final = re.compile(rf"^\s*\[[^\[\]]*\b(?:{_CONTRACT_WORDS})\b[^\[\]]*\]", re.IGNORECASE)  # [CDD 4 mois]
_BEFORE: Final = re.compile(rf"^(?:{_CONTRACT_WORDS})\s+(?=[^\W\d_])(?!de\b|d['’])", re.IGNORECASE)  # part-time cleaner
_CALLS: Final = re.compile(  # "We're hiring: Early Years Practitioner"
    r"^\W*(?:we(?:['’]re| are) (?:now )?(?:hiring|recruiting)|(?:now )?(?:hiring|recruiting)"
    r"|(?:nous|on) recrut(?:ons|e)|recrutement|offre d['’]emploi|poste à pourvoir|urgent)"
    r"\s*[:!–—-]+\s*(?:une? |an? )?(?=\w)",
    re.IGNORECASE,
)
_SOUGHT: Final = re.compile(r"(?<=\w) (?:wanted|required|needed|recherchée?s?)$", re.IGNORECASE)
_PARTS: Final = re.compile(r"\s+[-–—|@]\s+")
_LABELLED: Final = {
    "title": r"(?:intitul[ée](?: du poste)?|poste(?: à pourvoir| propos[ée])?|offre d'emploi|job title|position|role"
    r"|vacancy|title)",
    "company": r"(?:posted by|publi[ée]e? par|annonceur|recruteur"
    r"|entreprise|soci[ée]t[ée]|employeur|company|employer|organi[sz]ation)",
    "place": r"(?:lieu(?: de travail| du poste)?|localisation|ville|location|place of work|where|based in|workplace)",
}
_SEEKS: Final = re.compile("|".join(offer_cues.parts("names", "seeks")), re.IGNORECASE)
_GREETS: Final = re.compile(r"(?:bonjour|bonsoir|hello|hi|hey|dear|salut|cher|chere|good (?:morning|afternoon))\b")
_ADS: Final = [re.compile(part) for part in offer_cues.parts("names", "ads")]
_TITLE_END: Final = re.compile(
    r"\s+(?:pour|afin|qui|dans|au sein|chez|en (?:cdi|cdd|int)|à|sur|basé|disposant|capable|avec|to join|to work|who"
    r"|for our|for a|in our"
    r"|in|at|with|based|on a|able|capable|that|to)\b.*$",
    re.IGNORECASE,
)
_NAME = r"[A-ZÀ-Þ0-9][\w&'’.-]*(?: (?:(?:de|du|des|la|le|et|d'|of|and|the|&) ?)?[A-ZÀ-Þ0-9][\w&'’.-]*){0,4}"
_COMPANIES: Final = [re.compile(part.replace("NAME", _NAME)) for part in offer_cues.parts("names", "companies")]
_PRONOUNS = (
    "nous vous notre nos we our this il elle ils elles on et ce cette vos votre tu poste cdi cdd join you it they"
)
_NOT_A_NAME: Final = frozenset(_PRONOUNS.split())
_ARTICLES: Final = frozenset({"le", "la", "les", "un", "une", "the", "a", "an"})
_TOWN: Final = re.compile(
    rf"(?!(?i:groupe|group|service|[ée]quipe|team|p[ôo]le|secteur|d[ée]partement|department|h[ôo]pital|hospital|clinique)\b)"
    rf"(?P<name>{_NAME}(?: \d{{1,2}}(?:er?|[èe]me))?)(?: \((?:\d{{2,5}}|2[AB])\))?(?:,? France)?"
)
_DASHES: Final = re.compile(r"\s[-–—|•·]\s")
# Behind a town: a department, a postal code, and no district ("Paris 15").
_CODE: Final = re.compile(
    r"(?<!Paris)(?<!Lyon)(?<!Marseille) (?:\d{5}|\d{2}|2[AB]|97\d|[A-Z]{1,2}\d{1,2}[A-Z]?(?: \d[A-Z]{2})?)$"
)
_CONTRACT: Final = re.compile(rf"\b(?:{_CONTRACT_WORDS})\b", re.IGNORECASE)
_PLACES: Final = [re.compile(part) for part in offer_cues.parts("names", "places")]
_IN: Final = re.compile("|".join(offer_cues.parts("names", "in")))
_NO_PLACE: Final = frozenset(offer_cues.parts("names", "no_place"))
_CONTRACTS: Final = offer_cues.patterns("contracts")
_TYPES: Final[dict[str, tuple[Contract, Hours]]] = {  # schema.org's employmentType
    "FULL_TIME": ("", "full"),
    "PART_TIME": ("", "part"),
    "CONTRACTOR": ("freelance", ""),
    "TEMPORARY": ("fixed_term", ""),
    "INTERN": ("internship", ""),
    "CDI": ("permanent", ""),
    "CDD": ("fixed_term", ""),
}
_COUNTED = "un une one a|deux two|trois three|quatre four|cinq five|six|sept seven|huit eight|neuf nine|dix ten"
_NUMBERS: Final = {word: number for number, names in enumerate(_COUNTED.split("|"), 1) for word in names.split()}
_YEARS: Final = re.compile(
    rf"\b(?P<low>\d{{1,2}}|{'|'.join(sorted(_NUMBERS, key=len, reverse=True))})\s*(?:\+|\((?:\d+)\))?\s*"
    rf"(?:(?:a|-|–|/|ou|to|or)\s*\d{{1,2}}\s*)?"
    r"(?:\+\s*)?(?:ans?|annees?|years?|yrs?)\b(?P<after>.{0,60})"
)
# Where years were spent, or that they are asked for.
_SPENT: Final = re.compile("|".join(offer_cues.parts("names", "spent")))
_FIRST_JOB: Final = re.compile(
    r"premiere experience|first experience|some experience|1re experience|experience prealable"
)
_NOVICE: Final = re.compile(
    r"debutants? (?:accepte|bienvenu)|sans experience|no (?:prior |previous )?experience|entry[- ]level|recent graduate"
    r"|jeunes? diplome"
)


def opening(text: str) -> str:
    """Its first sentences, one a line and none longer than a name needs: what title, company and place are sought in.

    Patterns of names try again at every capital letter, so an endless line would cost the square of its length.
    """
    lines = (line.strip() for line in text.split("\n", MAX_LINES)[:MAX_LINES])
    pieces = [piece for line in lines for piece in (words.sentences(line) if len(line) > MAX_LINE else [line])]
    return "\n".join(piece[:MAX_LINE] for piece in pieces[:MAX_LINES])


def title(text: str, hints: Hints, language: Language) -> str:
    if hinted := _hint(hints, "title"):
        return trimmed_title(hinted)
    if labelled := _labelled(text, "title"):
        return trimmed_title(labelled)
    rows = [line.strip(" *#-–—•") for line in text.split("\n") if line.strip()]
    first = [row for row in _until_heading(rows) if not _GREETS.match(words.fold(row))][:6]
    headings = {row: offer_title.heading(row) for row in first[:4]}
    likely = sorted(first[:4], key=lambda row: headings[row] is None and offer_head.is_employer(row))
    for line in likely:
        if (told := headings[line]) and esco.occupation(told.title, language) and not line.endswith("."):
            return trimmed_title(told.title)
        plain = not line.endswith((".", ":", "!", "?")) and not _SEEKS.search(line) and heading_part(line) is None
        if len(line.split()) <= 14 and plain:
            named = trimmed_title(line)
            if offer_title.GENDERS.search(line) or words.plain(line) != line or esco.occupation(named, language):
                return named
    if sought := _SEEKS.search(text):
        named = trimmed_title(_TITLE_END.sub("", sought["fr"] or sought["en"]))
        return named[:1].upper() + named[1:]
    for ad in _ADS:
        for found in ad.finditer(text):
            named = trimmed_title(_TITLE_END.sub("", found[found.lastgroup or 0]))
            if named and esco.occupation(named, language):
                return named[:1].upper() + named[1:]
    bare = next((line for line in likely if not line.endswith(("?", ":", "!"))), "")
    return trimmed_title(bare) if len(bare.split()) <= 14 else ""


def _until_heading(rows: list[str]) -> list[str]:
    """What stands above "Missions": below it are tasks, and no title."""
    below = next((at for at, row in enumerate(rows) if at and heading_part(row) is not None), len(rows))
    return rows[:below]


def trimmed_title(name: str) -> str:
    """Without gender marks, contract and place: "Serveur H/F - CDI - Lyon" → "Serveur"."""
    plain = _CALLS.sub("", offer_title.GENDERS.sub("", name))
    plain = _BEFORE.sub("", _LEADING.sub("", _IN_BRACKETS.sub("", plain)))
    parts = [_TRAILING.sub("", part) for part in _PARTS.split(plain)]
    bare = next((part for part in parts if part.strip(" -–—|,:*")), plain)
    bare = _SOUGHT.sub("", re.sub(r"\s+", " ", bare).rstrip(" !")).strip(" -–—|,:*!")
    if bare.count("(") > bare.count(")"):
        bare = bare[: bare.rindex("(")].strip()
    if bare.count("(") != bare.count(")"):
        bare = bare.replace("(", " ").replace(")", " ").strip()
    return bare[:MAX_NAME]


def company(text: str, hints: Hints, title: str = "") -> str:
    if hinted := _hint(hints, "hiringOrganization", "name"):
        return hinted[:MAX_NAME]
    if labelled := _labelled(text, "company"):
        return re.split(r"\s+(?:Réf|Ref)\b|\s[|•·]\s", labelled)[0].strip(" .,")[:MAX_NAME]
    for pattern in _COMPANIES:
        for found in pattern.finditer(text):
            name = found["name"].strip(" .,'’-")
            first, *others = words.fold(name).split()
            if first not in _NOT_A_NAME and (others or first not in _ARTICLES):
                return name[:MAX_NAME]
    told = offer_title.headed(text, title)
    if told and told.sure:
        return told.company[:MAX_NAME]
    headed = offer_head.company(text, title) or offer_head.below_title(text, title)[0]
    return (headed or offer_head.spoken_of(text, title) or (told.company if told else ""))[:MAX_NAME]


def place(text: str, hints: Hints, title: str = "") -> str:
    if hinted := _hint(hints, "jobLocation", "address", "addressLocality") or _hint(hints, "jobLocation", "name"):
        return hinted[:MAX_NAME]
    if labelled := _labelled(text, "place"):
        return re.split(r"\s[-–—|]\s|[.;]", labelled)[0].strip()[:MAX_NAME]
    told = offer_title.headed(text, title)
    whose = company(text, hints, title) if told else ""
    named = (
        ""
        if told is None
        else told.place
        if told.company in {whose, ""}
        else told.company
        if whose == told.place
        else ""
    )
    if headed := named or offer_head.town(text) or offer_head.below_title(text, title)[1]:
        return _CODE.sub("", headed)[:MAX_NAME]
    for line in [line for line in text.split("\n") if line.strip()][:4]:
        rest = _DASHES.split(line)[1:]
        if any(_CONTRACT.search(part) for part in rest) and (named := _town(rest)) and named != whose:
            return named  # Serveur (H/F) – Lyon 3e – CDI
    for pattern in _PLACES:
        if found := pattern.search(text):
            return found["name"].strip(" ,")[:MAX_NAME]
    headed = _town(_DASHES.split(text.split("\n", 1)[0])[1:])
    return headed if headed and headed != whose else _said_in(text)


def _said_in(text: str) -> str:
    """The first name of which an English sentence says "in": no month, no language, no tool."""
    for found in _IN.finditer(text):
        name = found["name"]
        if words.fold(name.split()[0]) not in _NO_PLACE and not esco.find(name, "en"):
            return name[:MAX_NAME]
    return ""


def _town(parts: list[str]) -> str:
    """The last of a heading's parts that is a place's name: before it, whose offer it is."""
    bare = [re.sub(r"^[\W_]+|[^\w)]+$", "", _IN_BRACKETS.sub("", part)) for part in parts]
    named = [
        found["name"]
        for part in bare
        if (found := _TOWN.fullmatch(part))
        and not _CONTRACT.search(part)
        and not offer_head.is_status(part)
        and not esco.find(found["name"], "en")
        and not offer_title.is_plain(found["name"])
    ]
    return named[-1][:MAX_NAME] if named else ""


def contract(text: str, hints: Hints) -> Contract:
    """The one named first; a title's word counts before the text's."""
    for name in _hinted_types(hints):
        if name in _TYPES and _TYPES[name][0]:
            return _TYPES[name][0]
    folded = words.fold(text)
    found = [(match.start(), kind) for kind, pattern in _CONTRACTS.items() if (match := pattern.search(folded))]
    return cast(Contract, min(found)[1]) if found else ""


def hours(text: str, hints: Hints) -> Hours:
    for name in _hinted_types(hints):
        if name in _TYPES and _TYPES[name][1]:
            return _TYPES[name][1]
    folded = words.fold(text)
    full = re.search(
        r"temps (?:plein|complet)|full[- ]time|\b(?:35|37|38|39|40)(?:[.,]5)? ?(?:h\b|heures|hours|hrs)", folded
    )
    part = re.search(
        r"temps partiel|mi-temps|part[- ]time|\b(?:1\d|2\d|30) ?(?:h\b|heures|hours)(?: par semaine| a week|/)"
        r"|\b(?:cdi|cdd|contrat|contract|poste|post) (?:de |of )?(?:1\d|2\d|30) ?(?:h\b|heures|hours)",
        folded,
    )
    if full and part:
        return "full" if full.start() < part.start() else "part"
    return "full" if full else "part" if part else ""


def years(sentence: str) -> int | None:
    """Of experience that a sentence asks for, the lower bound: not ages, a company's history or a contract's length."""
    folded = words.fold(sentence)
    for found in _YEARS.finditer(folded):
        before = folded[max(0, found.start() - 40) : found.start()]
        if re.search(
            r"depuis|founded|since|for more than|plus de \w* ?$|age|contrat|contract|garanti|cdd|bac\s?\+?\s?$", before
        ) and not ("experience" in before or "experience" in found["after"]):
            continue
        if re.match(r"\s*(?:old|d'age|revolus|minimum d'age|fixed|contract)", found["after"]):
            continue
        if "exp" in folded or _SPENT.search(folded):
            low = found["low"]
            number = int(low) if low.isdigit() else _NUMBERS[low]
            return number if number <= MAX_YEARS else None
    return 1 if _FIRST_JOB.search(folded) else None


def seniority(name: str, text: str, asked: int | None) -> Seniority:
    """By the title's words, then the years asked for, then whether beginners are welcome."""
    said = set(words.tokens(name))
    ranks: tuple[tuple[Seniority, set[str]], ...] = (
        (
            "intern",
            {
                "stagiaire",
                "stage",
                "intern",
                "internship",
                "alternant",
                "alternante",
                "apprenti",
                "apprentie",
                "apprentice",
            },
        ),
        ("director", {"directeur", "directrice", "director", "vp", "ceo", "cto", "cfo", "drh", "daf", "dsi", "chief"}),
        ("lead", {"lead", "principal", "staff", "superviseur", "supervisor", "leader"}),
        ("senior", {"senior", "sr"}),
        ("junior", {"junior", "jr", "debutant", "graduate", "trainee"}),
        ("confirmed", {"confirme", "confirmee", "experimente", "experimentee", "experienced"}),
    )
    for rank, named in ranks:
        if said & named:
            return rank
    if asked is not None and asked >= 2:
        return "senior" if asked >= 5 else "confirmed"
    return "junior" if asked is not None or _NOVICE.search(words.fold(text)) else ""


def _hint(hints: Hints, *path: str) -> str:
    """A text in nested JSON-LD, where any step may be a list."""
    value: Any = hints
    for name in path:
        value = value[0] if isinstance(value, list) and value else value
        value = value.get(name) if isinstance(value, Mapping) else None
    value = value[0] if isinstance(value, list) and value else value
    return words.clean(value) if isinstance(value, str) else ""


def _hinted_types(hints: Hints) -> list[str]:
    value = hints.get("employmentType") or []
    names = value if isinstance(value, list) else [value]
    return [str(name).upper().replace("-", "_").strip() for name in names]


def _labelled(text: str, what: str) -> str:
    found = re.search(
        rf"(?mi)^[\W_]*{_LABELLED[what]}(?: ?/ ?\w{{3,15}})?\s*(?:[:：]|\s[-–]\s)\s*(.{{2,{MAX_NAME}}})$", text
    )
    return found[1].strip() if found else ""
