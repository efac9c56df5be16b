"""Words of French and English: cleaned, split into sentences and tokens, stemmed; which of the two a text is in.

Everything here is plain rules over characters: the same text gives the same answer in every process.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from cvstudio.language import DEFAULT, Language

# Characters that show nothing, turn the text around or stand in the private area: no offer needs them.
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffc\ue000-\uf8ff\U000e0000-\U000e0fff\U000f0000-\U0010ffff]"
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]")
_SPACES = re.compile(r"[^\S\n]+")
_LIGATURES = str.maketrans(
    {"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l", "’": "'", "ʼ": "'", "‘": "'", "`": "'"}
)

# infirmier·ère, technicien(ne)s, motivé.e, employé-e-s: the first form alone. "chef.fe" too, not "Node.js".
_FEMININE = (
    "e|es|ne|nes|le|les|fe|fes|te|tes|se|ses|ère|ères|ere|eres|ière|ières|rice|rices|trice|trices|euse|euses"
    "|ienne|iennes|enne|ennes|ive|ives|ve|ves|onne|elle|esse"
)
_INCLUSIVE = re.compile(
    rf"(?<=[^\W\d_]{{2}})(?:[·•‧∙⋅](?:{_FEMININE})(?:[·•‧∙⋅]s)?|\((?:{_FEMININE}|s)\)s?"
    rf"|\.(?:e|ne|le|fe|te|se|rice|trice|euse|ère)(?:\.?s)?|-e-s|-(?:e|ne|trice|euse|ère))(?![\w-])",
    re.IGNORECASE,
)
# Words, with the few names that end or begin in signs (C++, C#, .NET, Node.js) and figures with their decimals.
_TOKEN = re.compile(
    r"(?<![\w.])\.net(?!\w)|[^\W\d_]\+\+|[cf]#|[^\W_]+(?:\.js\b)|\d+(?:[.,]\d+)+|[^\W_]+(?:[&@][^\W_]+)?",
)
_ELISION = re.compile(r"\b(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quelqu)'(?=\w)")

_BULLET = re.compile(r"^\s*(?:[-–—•·*▪◦●○■□►▶➤➢✓✔✅→»>o]|\(?\d{1,2}[.)]|[a-z]\))\s+")
_ABBREVIATED = re.compile(
    r"(?:\b(?:M|MM|Mme|Mlle|Mr|Mrs|Ms|Dr|St|Ste|Me|env|ex|min|max|approx|e\.g|i\.e|c\.-à-d|p\.ex|cf|resp|réf|ref|n°|no"
    r"|tél|tel|art|vs|dept|dép|inc|ltd|co|hr|hrs|bd|av|sq|jr|sr)|\b[A-Z])\.$",
    re.IGNORECASE,
)
_END = re.compile(r"[.!?…]+[»\"”')\]]*\s+(?=[^a-zà-ÿ\s])")
MAX_SENTENCE = 600  # characters: longer ones are cut at a semicolon or comma, if there is one


@dataclass(frozen=True, slots=True)
class Token:
    text: str  # folded
    start: int  # in the text it was read from
    end: int


def clean(text: str) -> str:
    """The text as a person would see it: composed characters, plain spaces, nothing invisible, no empty runs."""
    seen = _CONTROL.sub(" ", _UNSEEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n")))
    seen = unicodedata.normalize("NFC", seen.replace("\u2028", "\n").replace("\u2029", "\n\n"))
    lines = [_SPACES.sub(" ", line).strip() for line in seen.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


@lru_cache(maxsize=65_536)
def fold(text: str) -> str:
    """Casefolded, without accents and ligatures."""
    lowered = text.casefold().translate(_LIGATURES)
    if lowered.isascii():
        return lowered
    plain = unicodedata.normalize("NFKD", lowered)
    return "".join(char for char in plain if not unicodedata.combining(char)).translate(_LIGATURES)


def plain(text: str) -> str:
    """Without inclusive endings, at the same length: "chargé(e) de" → "chargé    de"."""
    return _INCLUSIVE.sub(lambda found: " " * len(found[0]), text)


@lru_cache(maxsize=32)  # one text is asked about several times in a row
def spans(text: str) -> tuple[Token, ...]:
    """The tokens with where they stand; hyphens and slashes part words, elided articles and inclusive endings go."""
    # Every rewriting keeps the length, so that places stay true.
    kept = plain(text).replace("’", "'").replace("ʼ", "'")
    lowered = kept.lower()
    if len(lowered) != len(kept):  # İ and a few others grow: leave those texts as they are
        lowered = kept
    lowered = _ELISION.sub(lambda found: " " * len(found[0]), lowered)
    return tuple(Token(fold(found[0]), found.start(), found.end()) for found in _TOKEN.finditer(lowered))


def tokens(text: str) -> list[str]:
    """Its words, casefolded and without accents: "L'aide-soignant·e" → aide, soignant."""
    return [token.text for token in spans(text)]


def stems(text: str, language: Language) -> list[str]:
    """The stem of each token, in order; stop words stay."""
    return [stem(token, language) for token in tokens(text)]


def content(text: str, language: Language) -> list[str]:
    """The stems without the words that say nothing alone."""
    return [stem(token, language) for token in tokens(text) if token not in STOP[language]]


def sentences(text: str) -> list[str]:
    """Lines and sentences in order, as written, without their bullets; blank ones are left out."""
    found: list[str] = []
    for line in text.split("\n"):
        stripped = _BULLET.sub("", line).strip()
        while stripped and (again := _BULLET.sub("", stripped).strip()) != stripped:
            stripped = again
        found.extend(_cut(stripped))
    return found


def _cut(line: str) -> list[str]:
    parts, start = [], 0
    for end in _END.finditer(line):
        before = line[start : end.end()].strip()
        if _ABBREVIATED.search(before[-12:]) or len(before) < 4:
            continue
        parts.append(before)
        start = end.end()
    parts.append(line[start:].strip())
    return [piece for part in parts if part for piece in _shorten(part)]


def _shorten(sentence: str) -> list[str]:
    while len(sentence) > MAX_SENTENCE:
        at = max(sentence.rfind(sign, MAX_SENTENCE // 4, MAX_SENTENCE) for sign in ("; ", ", ", " "))
        if at < 0:
            return [sentence[i : i + MAX_SENTENCE] for i in range(0, len(sentence), MAX_SENTENCE)]
        rest = sentence[at + 1 :].strip()
        return [sentence[: at + 1].strip(), *_shorten(rest)]
    return [sentence]


# --- stems ---

# Longest first. Each pair is an ending of a folded word and what stands for it; what remains has at least 3 letters.
_FRENCH: Final = tuple(
    sorted(
        {
            **dict.fromkeys(("issements", "issement"), "i"),
            **dict.fromkeys(("atrices", "atrice", "ateurs", "ateur", "ations", "ation"), ""),
            **dict.fromkeys(("trices", "trice", "teurs", "teur"), "t"),
            **dict.fromkeys(("tions", "tion"), "t"),
            **dict.fromkeys(("euses", "euse", "eurs", "eur", "eux"), ""),
            **dict.fromkeys(("ements", "ement", "ments", "ment", "ages", "age"), ""),
            **dict.fromkeys(("ances", "ance", "antes", "ante", "ants", "ant"), ""),
            **dict.fromkeys(("ences", "ence", "entes", "ente", "ents", "ent"), "en"),
            **dict.fromkeys(("ieres", "iere", "iers", "ier"), "i"),
            **dict.fromkeys(("iennes", "ienne", "iens", "ien"), "i"),
            **dict.fromkeys(("onnes", "onne", "ons", "on"), "on"),
            **dict.fromkeys(("elles", "elle", "els", "el"), "el"),
            **dict.fromkeys(("ales", "ale", "als", "al", "aux"), "al"),
            **dict.fromkeys(("ives", "ive", "ifs", "if"), ""),
            **dict.fromkeys(("ites", "ite"), "it"),
            **dict.fromkeys(("ettes", "ette", "ets", "et"), "et"),
            **dict.fromkeys(("iques", "ique"), "iq"),
            **dict.fromkeys(("logies", "logie", "logues", "logue"), "log"),
            **dict.fromkeys(("erez", "erons", "eront", "er", "ees", "ee", "ez", "ait", "aient"), ""),
            **dict.fromkeys(("issez", "issent", "issant", "ir"), "i"),
            **dict.fromkeys(("es", "s", "x", "e"), ""),
        }.items(),
        key=lambda pair: (-len(pair[0]), pair[0]),
    )
)
_ENGLISH: Final = tuple(
    sorted(
        {
            **dict.fromkeys(("izations", "ization", "isations", "isation", "izing", "ising", "ized", "ised"), "is"),
            **dict.fromkeys(("izes", "ises", "ize", "ise"), "is"),
            **dict.fromkeys(("ations", "ation", "ators", "ator", "ating", "ated", "ates", "ate"), "at"),
            **dict.fromkeys(("tions", "tion"), "t"),
            **dict.fromkeys(("ments", "ment"), ""),
            **dict.fromkeys(("nesses", "ness"), ""),
            **dict.fromkeys(("ies", "ied", "y"), "i"),
            **dict.fromkeys(("ings", "ing", "ed", "ers", "er", "ors", "or"), ""),
            **dict.fromkeys(("ically", "ical", "ics", "ic"), "ic"),
            **dict.fromkeys(("ences", "ence", "ents", "ent", "ances", "ance", "ants", "ant"), "n"),
            **dict.fromkeys(("ively", "ives", "ive"), "iv"),
            **dict.fromkeys(("sses", "ss"), "ss"),
            **dict.fromkeys(("ches", "ch"), "ch"),
            **dict.fromkeys(("es", "s", "e", "ly"), ""),
        }.items(),
        key=lambda pair: (-len(pair[0]), pair[0]),
    )
)
_ENDINGS: Final[dict[Language, tuple[tuple[str, str], ...]]] = {"fr": _FRENCH, "en": _ENGLISH}
_MIN_STEM = 3
_IRREGULAR: Final = {"travaux": "travail", "vitraux": "vitrail", "baux": "bail", "men": "man", "women": "woman"}


@lru_cache(maxsize=65_536)
def stem(token: str, language: Language) -> str:
    """What the forms of a word share: soudeur, soudeuse, soudage, souder → soud. `token` is folded."""
    token = _IRREGULAR.get(token, token)
    if len(token) <= _MIN_STEM or not token.isalpha():
        return form(token, language)
    for ending, instead in _ENDINGS[language]:
        if token.endswith(ending) and len(token) - len(ending) >= _MIN_STEM:
            root = token[: -len(ending)] + instead
            break
    else:
        root = token
    if len(root) > _MIN_STEM and root[-1] == root[-2] and root[-1] not in "aeiou":
        root = root[:-1]  # planning, plann- → plan
    return root[:-1] if len(root) > _MIN_STEM + 1 and root[-1] in "ei" else root


@lru_cache(maxsize=65_536)
def form(token: str, language: Language) -> str:
    """What number and gender leave alone, no more: soignantes → soignant, avocate → avocat; soin stays soin."""
    single = singular(token, language)
    if language == "en" or len(token) <= 3 or not token.isalpha():
        return single
    for feminine, masculine in _GENDERS:
        if single.endswith(feminine) and len(single) > len(feminine) + 1:
            single = single[: -len(feminine)] + masculine
            break
    return single[:-1] if single.endswith("e") and len(single) > 4 else single


@lru_cache(maxsize=65_536)
def singular(token: str, language: Language) -> str:
    """What number leaves alone: conduites → conduite, which is another thing than un conduit."""
    token = _IRREGULAR.get(token, token)
    if len(token) <= 3 or not token.isalpha():
        return token
    if language == "en":
        if token.endswith("ies") and len(token) > 4:
            return token[:-3] + "y"
        if token.endswith(("sses", "shes", "ches", "xes")):
            return token[:-2]
        return token[:-1] if token.endswith("s") and not token.endswith(("ss", "us", "is")) else token
    if token.endswith("eaux"):
        return token[:-1]
    if token.endswith("aux") and len(token) > 4:
        return token[:-2] + "l"
    if token.endswith(("s", "x")) and not token.endswith(("ss", "eux", "is", "us", "ois", "ix")):
        return token[:-1]
    return token


_GENDERS: Final = (
    ("teuse", "teur"), ("trice", "teur"), ("euse", "eur"), ("eux", "eur"), ("iere", "ier"), ("ienne", "ien"),
    ("enne", "en"),
    ("onne", "on"), ("elle", "el"), ("effe", "ef"), ("ive", "if"), ("ante", "ant"), ("ente", "ent"),
    ("ale", "al"), ("ete", "et"), ("ee", "e"), ("uee", "ue"), ("ere", "er"),
    ("chere", "cher"), ("aine", "ain"), ("ine", "in"), ("ise", "is"),
)  # fmt: skip

# --- languages ---

_STOP_FR = """
a afin ai ainsi alors as au aucun aussi autre autres aux avec avez avoir bien c ce ceci cela celle celles celui ces
cet cette ceux chaque chez ci comme d dans de des deux donc dont du elle elles en encore entre es est et etc etre eu
fait faire fois h hors il ils j je jusqu l la le les leur leurs lors lui m ma mais me meme memes mes moins mon n ne ni
nos notre nous on ont ou par pas pendant peu plus pour pourrez puis qu quand que quel quelle quelles quels qui s sa
sans se selon sera serez seront ses si soit sommes son sont sous suis sur t ta tant te tes toi ton toujours tous tout
toute toutes tres tu un une via vers vos votre vous y
"""
_STOP_EN = """
a about above after all also am an and any are as at be been being both but by can could did do does doing during each
etc every for from had has have having he her here hers him his how i if in into is it its just may me might more most
must my no nor not of off on once one only or other our ours out over own per she should so some such than that the
their theirs them then there these they this those through to too under until up upon us very via was we were what
when where which while who whom whose why will with within would you your yours
"""
STOP: Final[dict[Language, frozenset[str]]] = {
    "fr": frozenset(_STOP_FR.split()),
    "en": frozenset(_STOP_EN.split()),
}
# A word that both languages know says nothing about which one it is.
_TELLS: Final[dict[Language, frozenset[str]]] = {
    "fr": STOP["fr"] - STOP["en"] - {"d", "l", "h", "c", "j", "m", "n", "t", "y", "via", "etc", "sous", "tout", "dont"},
    "en": STOP["en"] - STOP["fr"] - {"i", "via", "etc"},
}
_LOOKS_FRENCH = re.compile(r"[a-z]+(?:eur|euse|ier|iere|ique|eux|aux|oir|oire|age|ence|ance|ment|ien|ienne)s?")
_LOOKS_ENGLISH = re.compile(r"[a-z]*(?:[kw]|th|sh|oo|ee)[a-z]*|[a-z]+(?:ing|ed|ly|[^aeo]y)")
_ACCENTED = re.compile(r"[éèêàçùôîœëï]", re.IGNORECASE)


def telling(text: str) -> tuple[float, float]:
    """How much of a text is French, and how much English, by small words and accents."""
    found = tokens(text)
    french = sum(token in _TELLS["fr"] for token in found) + 0.5 * len(_ACCENTED.findall(text))
    return french, sum(token in _TELLS["en"] for token in found)


def looking(text: str) -> tuple[int, int]:
    """The same by how the words look: for a bare title, a list of tools."""
    found = tokens(text)
    french = sum(bool(_LOOKS_FRENCH.fullmatch(token)) for token in found)
    return french, sum(bool(_LOOKS_ENGLISH.fullmatch(token)) for token in found)


def detect(text: str) -> Language:
    """The language that more of its small words belong to; French, where nothing tells."""
    french, english = telling(text[:20_000])
    if french == english:
        french, english = looking(text[:20_000])
    if french == english:
        return DEFAULT
    return "fr" if french > english else "en"


# Small words, and those that every offer has, of languages that we do not read.
_OTHER = """
und der die das den dem des in ein eine einen mit fur sie ihre ihr von zu im wir auf bei oder sowie nicht als ist sind
gesucht suchen sucht vollzeit teilzeit ausbildung aufgaben kenntnisse erfahrung bewerbung arbeit stelle fuhrerschein
el los las una para con por del que su al en y o como nuestro nuestra se mas un de la
busca buscamos jornada completa experiencia requisitos ofrecemos empresa trabajo sueldo salario imprescindible funciones
il lo gli di della dei delle per nel alla che sono e da una le tuo ti
cerca cerchiamo esperienza azienda lavoro offriamo mansioni requisiti tempo pieno contratto
os das dos uma na no em voce com nossa ao um o teu
procura procuramos inteiro oferecemos trabalho vaga
het een van voor met wij je ons onze bij zijn wordt zoeken ervaring vacature
w na do oraz i jest dla sie z
"""
_ELSEWHERE: Final = frozenset(_OTHER.split()) - {"des"}
_FOREIGN: Final = _ELSEWHERE - STOP["fr"] - STOP["en"] - {"e", "i", "o", "w", "z", "die", "den"}
# How words end in Spanish, Italian and Portuguese, and in German; in French and English hardly any do but those named.
_FOREIGN_END: Final = re.compile(
    r"\b[a-zà-ÿ]{3,}(?:(?<!r)a|o|[ao]s|cao|coes|zione|zioni|cion|ciones|dad|dade|tà"
    r"|ung|ungen|keit|heit|schaft|liche[nrsm]?|ische[nrsm]?)\b"
)
_OURS = """
also into onto area areas idea ideas data extra extras media criteria photo photos video videos agenda quota quotas
euro euros auto autos moto motos velo velos info infos cela deja visa visas studio studios repas matelas pizza pizzas
pasta zero who two logo logos radio radios young sung hung rung lung
"""
_OUR_ENDS: Final = frozenset(_OURS.split())
_GERMAN_SIGN: Final = re.compile(r"[äöüß]|\bm/w/d\b", re.IGNORECASE)
_BEGINS: Final = re.compile(r"(?:^|[.!?:\n•*-])\s*$")
_FOREIGN_SHARE, _FOREIGN_LEAST = 0.12, 2  # of its words; of them at least


def is_foreign(text: str) -> bool:
    """Whether it is in neither French nor English: by small words, by how words end, by letters we do not write."""
    seen = text[:20_000].lower() if text.isupper() else text[:20_000]
    found = spans(seen)
    # Names of towns and houses may be Spanish anywhere: what has a capital counts at the start of a sentence only.
    small = [
        token.text
        for token in found
        if not seen[token.start].isupper() or _BEGINS.search(seen[max(0, token.start - 4) : token.start])
    ]
    ends = [end for end in _FOREIGN_END.findall(seen) if fold(end) not in _OUR_ENDS]
    other = sum(token in _FOREIGN for token in small) + len(ends) + len(_GERMAN_SIGN.findall(seen))
    said = (token.text for token in found if token.text not in _ELSEWHERE)
    ours = sum(word in _TELLS["fr"] or word in _TELLS["en"] for word in said)
    return other >= max(_FOREIGN_LEAST, _FOREIGN_SHARE * len(found)) and other > 2 * ours + bool(ours)
