"""Of the skills that a text seems to name, those that it means.

One plain word names a skill of a trade ("bilans", "soins", "surveillance"), and other things elsewhere. It is taken
for the skill where the occupation is of that trade or near the skill, or where the same line names others of that
trade. So it is with several words that any line may hold ("entretien annuel"). Other words, what is written as a name
("SAP", "WordPress") and what every trade has tell enough by themselves.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from cvstudio.language import Language
from cvstudio.tailoring import esco, words
from cvstudio.tailoring.esco import Found
from cvstudio.tailoring.likeness import terms

EVERYWHERE: Final = "general"  # the trade of skills that any may have
NEAR: Final = 0.25  # of a skill to the occupation
MIN_SKILLS: Final = 2  # by which an offer's trade is known
_NAME: Final = re.compile(r"[A-ZÀ-Þ].*[A-ZÀ-Þ\d].*|[^\W\d_]+[\d+#.&].*|\d.*[^\W\d_].*")
_BESIDE: Final = re.compile(r"[A-ZÀ-Þ][\w'’]*[ -]$"), re.compile(r"[ -][A-ZÀ-Þ]")
_STARTS: Final = re.compile(r"(?:^|[.!?:;\n•*]\s*|[-–—]\s+)$")


def trade_of(lines: Iterable[Sequence[Found]]) -> str:
    """The trade that the lines of an offer speak of most, by what they seem to name; blank where none stands out."""
    named: dict[str, set[tuple[int, str]]] = {}
    for at, found in enumerate(lines):
        for one in found:
            if one.kind == "skill" and (trade := esco.trade(one.uri)) not in ("", EVERYWHERE):
                named.setdefault(trade, set()).add((at, one.uri))
    counted = sorted(((len({uri for _, uri in all_}), trade) for trade, all_ in named.items()), reverse=True)
    if not counted or counted[0][0] < MIN_SKILLS or [count for count, _ in counted].count(counted[0][0]) > 1:
        return ""
    most = counted[0][1]
    return most if len({at for at, _ in named[most]}) > 1 else ""


def meant(text: str, found: Sequence[Found], occupation: str, trade: str, language: Language) -> list[Found]:
    """Those of `found` in `text`, a line of somebody's work in that occupation (a URI; blank: not known) and trade."""
    trades = [esco.trade(one.uri) for one in found]

    def stands(at: int) -> bool:
        one, own = found[at], trades[at]
        if one.kind != "skill" or own == EVERYWHERE or not _is_plain(text, one, own, language):
            return True
        if own and own == trade:
            return True
        if own and any(two.uri != one.uri and other == own for two, other in zip(found, trades, strict=True)):
            return True
        return bool(occupation) and esco.near(one.uri, occupation) >= NEAR

    return [one for at, one in enumerate(found) if stands(at)]


def _is_plain(text: str, one: Found, trade: str, language: Language) -> bool:
    """Whether it is named by one word that is not written as a name, or by words that any line may hold alone."""
    written = text[one.start : one.end]
    if all(term.weight < 1 for term in terms(written, language)):
        return True  # "entretien annuel", "suivez le dossier"
    if len([token for token in words.spans(written) if token.text not in words.STOP[language]]) > 1:
        return False
    return not trade or not is_name(text, one.start, one.end)  # an acronym that ESCO has: "CTA"


def is_name(text: str, start: int, end: int) -> bool:
    """Whether it is written there as names of tools are: "SAP", "WordPress", "C++", and "Cegid" amid a line."""
    written = text[start:end]
    if _NAME.fullmatch(written):
        return not text.isupper()
    if not written[:1].isupper() or _STARTS.search(text[:start]):
        return False
    before, after = _BESIDE
    return not before.search(text[:start]) and not after.match(text, end)  # "Health and Care Plans"
