"""An offer's text, or a job's title, read into an Offer. Whatever the text says, it is only text."""

import html as entities
import re
from collections.abc import Iterator
from typing import Final

from cvstudio.language import Language
from cvstudio.tailoring import (
    esco,
    offer_cues,
    offer_facts,
    offer_head,
    offer_lines,
    offer_title,
    offer_twins,
    skills_meant,
    words,
)
from cvstudio.tailoring.offer import Keyword, Kind, Need, Offer, Requirement, Skill, Source, UnreadableOffer
from cvstudio.tailoring.offer_facts import Hints
from cvstudio.tailoring.offer_lines import Line

MAX_TEXT = 40_000  # characters read
MIN_WORDS = 15
MAX_WHOLE, MIN_PIECE = 80, 2  # characters of a sentence that is not parted; words of a part, small ones not counted
MIN_BARE = 3  # characters of a requirement
MAX_REQUIREMENTS, MAX_KEYWORDS, MAX_NOISE = 60, 40, 60
ESSENTIALS, OPTIONALS, ENOUGH, LEAST = 10, 8, 8, 3  # of an occupation's skills, in an offer made from a title
NAMED = 0.5  # of a title, what the occupation's name accounts for

_ITEM: Final = re.compile(r"<li\b[^<>]{0,200}>", re.IGNORECASE)
_BLOCK: Final = re.compile(r"</?(?:p|div|br|ul|ol|h[1-6]|tr|section)\b[^<>]{0,200}>", re.IGNORECASE)
# A table of two columns as it is pasted: "Lieu", a tab, "Cancale".
_CELLS: Final = re.compile(r"^[ \t]*([^\W\d_][^\t\n:]{1,40}?) ?\t+[ ]?([^\t\n]+)$", re.MULTILINE)
MIN_ROWS = 3
_PICTURE: Final = r"\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff\ufe0f\u200d"
# What people set before a line instead of a dash.
_PICTURED: Final = re.compile(rf"^(?:[{_PICTURE}]+\s*)+(\S.*)$", re.MULTILINE)
_SIGNS: Final = "📍📌🗺📅🗓⏰🕒🕘💰💶💷💵📩📧📨📞📱🎁"  # where, when, what it pays, whom to write to: no tasks
_TAG: Final = re.compile(r"</?(?:[a-z]{1,10}|h[1-6])(?:\s[^<>]{0,200})?/?>", re.IGNORECASE)
_WALLS: Final = offer_cues.patterns("walls")
_SAYS: Final = offer_cues.patterns("clauses")
_CLAUSE: Final = re.compile(r"\s*;\s*|\s*:\s+|,\s+|\s+(?:mais|but)\s+|\s+[–—]\s+|\.\s+")
_LEADING: Final = re.compile(
    r"^(?:et|ou|and|or|mais|but|puis|enfin|ainsi que|as well as|le|la|les|the|une?|an?)\s+", re.IGNORECASE
)
_FRAMES: Final = {
    "leads": re.compile(rf"(?:{'|'.join(offer_cues.parts('frames', 'leads'))})", re.IGNORECASE),
    "tails": re.compile(rf"(?:{'|'.join(offer_cues.parts('frames', 'tails'))})$", re.IGNORECASE),
    "goes_on": re.compile("|".join(offer_cues.parts("frames", "goes_on")), re.IGNORECASE),
}
_PICTURES: Final = re.compile(rf"^[\s{_PICTURE}]+|[\s{_PICTURE}]+$")
_PROPER: Final = re.compile(r"(?<=[a-zà-ÿ,(;:/] )[A-Z][\w+#.]*[\w+#](?: [A-Z][\w+#]*)*")
_KIND_WEIGHT: Final[dict[Kind, float]] = {
    "certificate": 0.95,
    "skill": 0.9,
    "language": 0.85,
    "experience": 0.85,
    "education": 0.8,
    "duty": 0.7,
    "quality": 0.4,
}


def analyse(
    text: str, *, language: Language | None = None, hints: Hints | None = None, source: Source = "text"
) -> Offer:
    """Raises UnreadableOffer, which says why and asks for the text. `hints` are a JobPosting's fields."""
    return analyse_plain(plain_text(text), language=language, hints=hints, source=source)


def plain_text(text: str) -> str:
    """What was given as it is analysed and kept.

    Without markup, its sentences whole; cells and little pictures as colons and bullets.
    """
    rows = _CELLS.sub(r"\1 : \2", text) if len(_CELLS.findall(text)) >= MIN_ROWS else text
    return offer_lines.unwrapped(words.clean(_PICTURED.sub(_bulleted, _untagged(words.clean(rows)))))


def _bulleted(line: re.Match[str]) -> str:
    # "👉 Missions :", "✨ Job alert ✨" stand above what follows.
    plain = line[1].rstrip().endswith((":", "!", "?", line[0][0])) or line[0][0] in _SIGNS
    return line[1] if plain else f"- {line[1]}"


def analyse_plain(
    cleaned: str, *, language: Language | None = None, hints: Hints | None = None, source: Source = "text"
) -> Offer:
    """The same for what `plain_text` gave. Once is enough: "<b>" that an offer spells out is no markup."""
    given = hints or {}
    whole = cleaned[:MAX_TEXT]
    _check_readable(whole)
    cleaned = offer_lines.own(whole)
    both = offer_twins.main_language(cleaned)
    tongue = language or both or words.detect(cleaned)
    opening = offer_facts.opening(cleaned)
    title = offer_facts.title(opening, given, tongue)
    company = offer_facts.company(opening, given, title)
    lines = offer_lines.lines(cleaned, title, company)
    lines, twins = offer_twins.parted(lines, tongue) if both else (lines, [])
    trade = esco.occupation(title, tongue) if title else None
    occupation = trade.uri if trade else ""
    named = _Named(lines, occupation, trade.trade if trade else "", tongue)
    requirements = tuple(_requirements(lines, title, named, tongue))[:MAX_REQUIREMENTS]
    if words.is_foreign(cleaned):
        raise UnreadableOffer("language")
    if not requirements or (trade is None and not _is_offered(lines, cleaned)):
        raise _unreadable(cleaned) or UnreadableOffer("not_an_offer")
    below = words.sentences(whole[len(cleaned) :])
    left_out = [*offer_lines.noise(lines), *(line.text for line in twins), *below]
    asked = max((one.years for one in requirements if one.years is not None and one.need == "must"), default=None)
    asked = asked if asked is not None else max((one.years for one in requirements if one.years), default=None)
    return Offer(
        title=title,
        company=company,
        place=offer_facts.place(opening, given, title),
        contract=offer_facts.contract(cleaned, given),
        hours=offer_facts.hours(cleaned, given),
        language=tongue,
        seniority=offer_facts.seniority(title, cleaned, asked),
        years=asked,
        requirements=requirements,
        skills=_skills(requirements),
        keywords=tuple(_keywords(requirements, title, named, tongue)),
        occupation=occupation,
        noise=tuple(dict.fromkeys(left_out))[:MAX_NOISE],
        source=source,
    )


def _is_offered(lines: list[Line], text: str) -> bool:
    """Whether a text that names no trade is an offer though: one that tells what to do alone may be a recipe."""
    told = [line for line in lines if line.part in {"duties", "profile", "nice"}]
    beside = any(line.part != "duties" or line.heading for line in lines if line.part != "other")
    return len(told) > 1 and (beside or bool(offer_facts.contract(text, {}) or offer_facts.hours(text, {})))


def _untagged(text: str) -> str:
    """Pasted markup as lines; a text without any as it is."""
    if len(_TAG.findall(text[:MAX_TEXT])) < 2:
        return text
    return entities.unescape(_TAG.sub("", _BLOCK.sub("\n", _ITEM.sub("\n- ", text))))


def offer_for(title: str, language: Language) -> Offer:
    """A generic offer: the occupation that `title` names and its skills. Raises UnreadableOffer ("title", "bare")."""
    plain = words.clean(title)
    trade = esco.occupation(plain, language) or esco.occupation(esco.respelt(plain, language), language)
    if trade is None or trade.fit < NAMED:
        raise UnreadableOffer("title")
    skills = esco.skills_of(trade.uri)
    # Of the less alike ones few have French names, each written for some trade: for that one alone they speak.
    also = [uri for uri in skills.optional if language == "en" or (trade.trade and esco.trade(uri) == trade.trade)]
    named = [uri for uri in (*skills.essential, *also) if esco.labelled(uri, language)]
    named += [uri for uri in skills.optional if uri not in also and esco.labelled(uri, language)][
        : max(0, LEAST - len(named))
    ]
    known = min(ESSENTIALS, len(named))
    if len(named) < ENOUGH:  # few of ESCO's have French names: the trade's own ones fill up
        closest = (uri for uri in esco.of_trade(trade.trade, trade.uri) if uri not in named)
        named += list(closest)[: ENOUGH - len(named)]
    if len(named) < LEAST:
        raise UnreadableOffer("bare")
    requirements = tuple(
        Requirement(
            id=f"req_{at}",
            text=esco.label(uri, language),
            sentence=esco.label(uri, language),
            need="must" if at < known else "nice",
            kind="certificate" if esco.kind(uri) == "certificate" else "skill",
            skills=(Skill(uri=uri, label=esco.label(uri, language)),),
        )
        for at, uri in enumerate(named[: ESSENTIALS + OPTIONALS])
    )
    return Offer(
        title=offer_facts.trimmed_title(words.clean(title)) or trade.label,
        language=language,
        requirements=requirements,
        skills=_skills(requirements),
        keywords=tuple(
            Keyword(text=one.text, sentence=one.sentence, weight=0.9 if one.need == "must" else 0.5)
            for one in requirements
        ),
        occupation=trade.uri,
        source="title",
    )


# --- what cannot be read ---


def _check_readable(cleaned: str) -> None:
    said = len(words.tokens(cleaned))
    if not said:
        raise UnreadableOffer("empty")
    if said < 120 and (wall := _unreadable(cleaned)):
        raise wall
    if said < MIN_WORDS:
        raise UnreadableOffer("short")


def _unreadable(cleaned: str) -> UnreadableOffer | None:
    """What stands there instead of an offer, where something does."""
    folded = words.fold(cleaned)
    asks = sum(line.part in {"duties", "profile", "nice"} for line in offer_lines.lines(cleaned))
    for reason, pattern in _WALLS.items():
        count = len(pattern.findall(folded))
        if count and (asks < 3 or reason == "expired") and (reason != "cookies" or count >= 2):
            return UnreadableOffer(reason)
    return None


# --- requirements ---


class _Named:
    """The skills that an offer's lines name."""

    def __init__(self, lines: list[Line], occupation: str, trade: str, language: Language) -> None:
        self.occupation, self.language = occupation, language
        asked = (line.text for line in lines if line.part not in offer_lines.NOISE_PARTS and line.part != "other")
        self.trade = trade or skills_meant.trade_of(esco.find(text, language) for text in asked)

    def __call__(self, text: str) -> list[esco.Found]:
        return skills_meant.meant(text, esco.find(text, self.language), self.occupation, self.trade, self.language)


def _requirements(lines: list[Line], title: str, named: _Named, language: Language) -> Iterator[Requirement]:
    seen: set[str] = set()
    number = 0
    for line in lines:
        if line.part in offer_lines.NOISE_PARTS or line.part == "other" or _is_head(line, title):
            continue
        for text, need in _clauses(line, language):
            key = " ".join(words.content(text, language))
            if not key or key in seen:
                continue
            seen.add(key)
            found = named(text)
            years = offer_facts.years(text)
            kind = _kind(text, line, found, years)
            # "L'organisation des obsèques" asks for no organised person.
            asked = [one for one in found if kind != "duty" or one.kind != "quality"]
            yield Requirement(
                id=f"req_{number}",
                text=text,
                sentence=line.text,
                need=need,
                kind=kind,
                skills=tuple(
                    {
                        one.uri: Skill(uri=one.uri, label=one.label, said=text[one.start : one.end]) for one in asked
                    }.values()
                ),
                years=years,
            )
            number += 1


def _is_head(line: Line, title: str) -> bool:
    """The title again, or "Milton Keynes, Buckinghamshire" below it."""
    if line.bullet:
        return False
    told = offer_title.heading(line.text)
    whole = told.title if told else line.text
    named = title != "" and title in (line.text.strip(" ."), offer_facts.trimmed_title(whole))
    return named or (not line.heading and any(offer_head.side_by_side(line.text)))


def _clauses(line: Line, language: Language) -> list[tuple[str, Need]]:
    """The line parted where its needs or the kinds of thing it asks for differ."""
    whole: Need = "nice" if line.part == "nice" else "must"
    folded = words.fold(line.text)
    if line.part == "duties":
        need: Need = "nice" if _SAYS["nice"].search(folded) and not _SAYS["must"].search(folded) else whole
        listed = [bare for piece in line.text.split(";") if (bare := _bare(piece))]
        return [(bare, need) for bare in (listed if len(listed) > 2 else [_bare(line.text)])]
    groups: list[tuple[list[str], Need, str]] = []
    cued = bool(_SAYS["nice"].search(folded))
    for clause in _pieces(line.text):
        plain = words.fold(clause)
        need = "nice" if whole == "nice" or _SAYS["nice"].search(plain) else "must"
        if whole == "nice" and _SAYS["must"].search(plain) and not _SAYS["nice"].search(plain):
            need = "must"
        found = esco.find(clause, language)
        kind = found[0].kind if found else ""
        if groups:
            parts, before, kinds = groups[-1]
            joined = kind in {kinds, ""} or (kind == "skill" and kinds == "")
            # "X, Y et Z seraient un plus": the cue at the end speaks for the list before it.
            if (
                need == "nice"
                and before == "must"
                and re.search(r"seraient|sont (?:un|des|appreci)|are (?:a plus|an? )", plain)
            ):
                groups = [(earlier, "nice", which) for earlier, _, which in groups]
                before = "nice"
            if joined and need == before:
                groups[-1] = ([*parts, clause], need, kinds or kind)
                continue
        groups.append(([clause], need, kind))
    if len(groups) <= 1 or (not cued and len({which for _, _, which in groups if which}) <= 1):
        return [(piece, groups[0][1] if groups else whole) for piece in _short(line.text, language)]
    return [(bare, need) for parts, need, _ in groups if (bare := _bare(", ".join(parts)))]


def _short(text: str, language: Language) -> list[str]:
    """A long sentence as the things it lists, each of some words; a short one whole."""
    if len(text) <= MAX_WHOLE:
        return [bare] if (bare := _bare(text)) else []
    parts: list[str] = []
    for piece in _pieces(text):
        if parts and len(words.content(piece, language)) < MIN_PIECE:
            parts[-1] += ", " + piece
        else:
            parts.append(piece)
    if len(parts) > 1 and len(words.content(parts[0], language)) < MIN_PIECE:
        parts[:2] = [f"{parts[0]}, {parts[1]}"]
    return [bare for part in parts if (bare := _bare(part))]


def _pieces(text: str) -> list[str]:
    """Clauses, not cut inside parentheses; scraps of one short word stay with what precedes them."""
    pieces: list[str] = []
    start = 0
    for cut in _CLAUSE.finditer(text):
        if text.count("(", start, cut.start()) > text.count(")", start, cut.start()):
            continue
        if text[cut.start() - 1 : cut.start()].isdigit() and text[cut.end() : cut.end() + 1].isdigit():
            continue  # "CACES 1, 3, 5"
        pieces.append(text[start : cut.start()])
        start = cut.end()
    pieces.append(text[start:])
    whole = [piece.strip() for piece in pieces if piece.strip(" .")]
    for at in range(len(whole) - 2, -1, -1):
        if (
            (len(whole[at].split()) <= 2 and _SAYS["nice"].search(words.fold(whole[at])))
            or _FRAMES["goes_on"].match(whole[at + 1])
            or _is_cue(whole[at + 1])
        ):  # "Idéalement, …"
            whole[at : at + 2] = [f"{whole[at]}, {whole[at + 1]}"]
    return whole


def _is_cue(piece: str) -> bool:
    """ "Les automates, ce serait un plus": words that only say how badly what precedes them is asked for."""
    return bool(_FRAMES["tails"].fullmatch(f" {piece.strip(' .!')}"))


def _bare(text: str) -> str:
    """A requirement without what frames it."""
    bare = _PICTURES.sub("", text).strip(" .;,:-–")
    shorter = _FRAMES["tails"].sub("", bare)
    if lead := _FRAMES["leads"].match(shorter):
        shorter = shorter[lead.end() :]
    return _LEADING.sub("", shorter if len(shorter) >= MIN_BARE else bare).strip()


def _kind(text: str, line: Line, found: list[esco.Found], years: int | None) -> Kind:
    folded = words.fold(text)
    kinds = [one.kind for one in found]
    if line.part == "duties" and not (_SAYS["certified"].search(folded) and _SAYS["must"].search(folded)):
        return "duty"
    if years is not None or _SAYS["experience"].search(folded):
        return "experience"
    if "certificate" in kinds or _SAYS["certified"].search(folded):
        return "certificate"
    if "education" in kinds or _SAYS["education"].search(folded):
        return "education"
    if "language" in kinds and ("skill" not in kinds or _SAYS["speaks"].search(folded)):
        return "language"
    if ("quality" in kinds or _SAYS["quality"].search(folded)) and "skill" not in kinds:
        return "quality"
    return "skill"


def _skills(requirements: tuple[Requirement, ...]) -> tuple[Skill, ...]:
    ranked = sorted(requirements, key=lambda one: (one.need != "must", one.kind == "quality"))
    return tuple({skill.uri: skill for one in ranked for skill in one.skills}.values())


# --- keywords ---


def _keywords(requirements: tuple[Requirement, ...], title: str, named: _Named, language: Language) -> list[Keyword]:
    """The offer's own words for skills and tools, weighed by need, kind and how often they come back."""
    found: dict[str, tuple[float, int, str, str]] = {}

    def add(text: str, sentence: str, weight: float) -> None:
        key = " ".join(words.stems(text, language))
        if key in found:
            known = found[key]
            found[key] = (min(1.0, max(known[0], weight) + 0.05), known[1], known[2], known[3])
        elif key:
            found[key] = (weight, len(found), text, sentence)

    if title:
        add(title, title, 0.9)
    for one in requirements:
        weight = _KIND_WEIGHT[one.kind] * (1.0 if one.need == "must" else 0.6)
        spans = named(one.text)
        for span in spans:
            share = 0.5 if span.kind == "quality" else 1.0
            add(one.text[span.start : span.end], one.sentence, weight * share)
        for name in _PROPER.finditer(one.text):  # tools that no list knows
            if not any(span.start < name.end() and name.start() < span.end for span in spans) and len(name[0]) > 2:
                add(name[0], one.sentence, weight * 0.7)
    ranked = sorted(found.values(), key=lambda entry: (-round(entry[0], 3), entry[1]))[:MAX_KEYWORDS]
    return [Keyword(text=text, sentence=sentence, weight=round(weight, 3)) for weight, _, text, sentence in ranked]
