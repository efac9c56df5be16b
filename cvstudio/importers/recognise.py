"""Blocks in reading order → a CV: the person at the head, then every section by its kind. Or: this is no CV."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import takewhile

from cvstudio.importers import contacts, fields, lists, sections, words
from cvstudio.importers.blocks import Block, Piece, commas, parts
from cvstudio.importers.failures import ALetter, AnInvoice, AnOffer, NotACV, NoText, TooMuchWork
from cvstudio.importers.model import Draft, Imported, Kind

MAX_LETTERS = 120_000  # some forty pages of nothing but words
MIN_LETTERS = 40  # fewer: there is no text to speak of
LISTS = {"skills": lists.skills, "languages": lists.languages, "interests": lists.interests}
WHO = (
    r"(?P<name>(?:full )?name|nom(?: et prénom| complet)?|prénom et nom|vor- und (?:zu|nach)name|nombre|nome)"
    r"|(?P<label>occupation|profession|(?:poste|emploi) (?:visé|recherché)|titre|job applied for|position sought)"
)
LABEL = re.compile(rf"(?:{WHO})\s*:?", re.IGNORECASE)
LABELLED = re.compile(rf"^(?:{WHO})(?:\s*:\s*|\t\s*)(?P<value>\S.{{1,80}})$", re.IGNORECASE)
SIGNED = re.compile(
    r"(?:(?:fait à|done at) [^\d,]{2,40},?|[^\W\d_][^\d,]{1,30},? (?:le|den)) (?:le |den |the )?"
    r"\d{1,2}(?:er|st|nd|rd|th|\.)?[ ./-].{0,12}\d{4}\.?",
    re.IGNORECASE,
)
NAME_END = re.compile(r"\s+[-–—|•·]\s+|, ")
BELOW_NAME = 8  # blocks: how far below a name its address stands at most
MAX_NAMES = 40  # looked at
ALL_TEXT: frozenset[Kind] = frozenset({"text", "markdown"})  # nothing in it could be a picture of words
NO_LINKS: Mapping[str, str] = {}


def recognise(
    blocks: Sequence[Block], kind: Kind, *, links: Mapping[str, str] = NO_LINKS, sure: float = 0.9, judged: bool = True
) -> Imported:
    """`links`: full addresses by their shortened form; `sure`: how far the order and cut of the blocks can be trusted;
    `judged`: only a whole CV will do, not a part of one.

    Raises NoText, AnInvoice, ALetter, AnOffer or NotACV.
    """
    blocks = _unsigned([block for block in blocks if block.flat])
    text = "\n".join(block.flat for block in blocks)
    if len(text) > MAX_LETTERS:
        raise TooMuchWork("more text than a CV holds")
    if judged and sum(letter.isalpha() for letter in text) < MIN_LETTERS:
        if _signs(words.plain(text), "invoice") >= 3:
            raise AnInvoice
        raise NotACV if kind in ALL_TEXT else NoText
    whole, blocks = blocks, _of_one_person(blocks)
    head, found = sections.split(blocks)
    if judged:
        _judge(text, head, found)
    elif not any(section.key != "custom" for section in found):
        raise NotACV
    draft = Draft(language=words.language_of(text), written=words.written_in(text))
    _person(draft, head, found, links, sure)
    for section in found:
        if section.key in LISTS:
            LISTS[section.key](draft, section.blocks, sure)
        elif section.key not in ("contact", "summary"):
            fields.fill(draft, section, links, sure, employer_first=kind == "linkedin_pdf")
    contacts.anywhere(draft, blocks, links, sure)
    if not draft.tree.get("basics", {}).get("name"):
        draft.warn("no_name")
    if len(blocks) < len(whole):
        draft.warn("second_cv")
    return draft.finish(kind)


def _unsigned(blocks: list[Block]) -> list[Block]:
    """Without the place and the day at the end: "Kiel, den 12.10.2025", "Fait à Lyon, le 3 mars 2025"."""
    return [block for n, block in enumerate(blocks) if n < len(blocks) - 2 or not SIGNED.fullmatch(block.flat)]


def _of_one_person(blocks: list[Block]) -> list[Block]:
    """The first of two CVs in one file: another begins where a name as large as the first stands, somebody else's
    address close below it, and the sections from the start."""
    mails = {number: found[0] for number, block in enumerate(blocks) if (found := contacts.MAIL.search(block.flat))}
    first = next(iter(mails.values()), "")
    close = {at - above for at, mail in mails.items() if mail != first for above in range(BELOW_NAME)}
    largest = max((block.size for block in blocks), default=0.0)
    for number in sorted(at for at in close if at > min(mails))[:MAX_NAMES]:
        block = blocks[number]
        alike = block.level == 1 if block.level else block.size > 0.95 * largest > 0
        if alike and _can_be_name(block):
            one, other = ({words.heading(each.flat) for each in part} for part in (blocks[:number], blocks[number:]))
            if len((one & other) - {"", "contact", "title"}) > 1:
                return blocks[:number]
    return blocks


def _judge(text: str, head: Sequence[Block], found: Sequence[sections.Section]) -> None:
    """A CV has sections of a CV, and does not read like a bill or a letter."""
    plain = words.plain(text)
    keys = {section.key for section in found} - {"custom", "contact", "references"}
    career = keys & {"work", "education", "skills", "languages", "projects", "volunteer", "publications"}
    bill = _signs(plain, "invoice")
    letter = _signs(plain, "letter")
    if bill >= 3 and len(career) < 2:
        raise AnInvoice
    if letter >= 2 and len(career) < 2:
        raise ALetter
    offer = _signs(plain, "offer")
    periods = any(block.dates and not block.dates.single for section in found for block in section.blocks)
    if offer >= 3 and not periods:
        raise AnOffer
    if len(keys) >= 2 and career:
        return
    dated = sum(1 for section in found for block in section.blocks if block.dates)
    if career and (dated or contacts.MAIL.search(text)):
        return
    raise ALetter if letter else AnInvoice if bill >= 2 else NotACV


def _signs(plain: str, kind: str) -> int:
    whole = f"{plain} "
    said = [sign for sign in words.signs(kind) if sign in whole]  # few are: no pattern crosses the text for the others
    return sum(1 for sign in said if re.search(rf"(?<!\w){re.escape(sign)}(?!\w)", whole))


def _person(
    draft: Draft, head: list[Block], found: Sequence[sections.Section], links: Mapping[str, str], sure: float
) -> None:
    rest = list(head)
    rest = [*_labelled(draft, rest, sure)]
    for section in found:
        if section.key == "contact":
            section.blocks = _labelled(draft, section.blocks, sure)
    mail = contacts.MAIL.search("\n".join(block.flat for block in head + [b for s in found for b in s.blocks]))
    rest = [cell for block in rest for part in _name_apart(block, mail[0] if mail else "") for cell in part.cells()]
    name = _name(rest, mail[0] if mail else "") if "name" not in draft.tree.get("basics", {}) else []
    if name:
        at = rest.index(name[0])
        text, title = _name_and_title(" ".join(block.flat for block in name))
        draft.basics("name", words.title_case(text), sure, name[0].place)
        draft.basics("label", title, 0.8 * sure, name[0].place)
        rest = [block for block in rest if block not in name]
        # What follows the name says more of the person than what stands before it.
        rest = rest[at:] + rest[:at]
    contact = [block for section in found if section.key == "contact" for block in section.blocks]
    rest = contacts.read(draft, rest, links, sure)
    rest += contacts.read(draft, contact, links, sure)
    for section in found:
        if section.key == "summary":  # "About", with an address before or after what is said of the person
            first = list(takewhile(_is_short, section.blocks))
            last = list(takewhile(_is_short, reversed(section.blocks[len(first) :])))[::-1]
            said = section.blocks[len(first) : len(section.blocks) - len(last)]
            section.blocks = contacts.read(draft, first, links, sure) + said + contacts.read(draft, last, links, sure)
    rest = [block for block in rest if not name or block.flat != name[0].flat]  # a picture's text says it again
    if "languages" not in {section.key for section in found}:
        spoken = [block for block in rest if _names_languages(block)]
        lists.languages(draft, spoken, 0.9 * sure)
        rest = [block for block in rest if block not in spoken]
    label = next((block for block in rest if _is_label(block)), None)
    if label and "label" not in draft.tree.get("basics", {}):
        draft.basics("label", label.flat.strip(" -–—|"), 0.9 * sure, label.place)
        rest.remove(label)
    summary = [block for section in found if section.key == "summary" for block in section.blocks]
    if summary:
        _paragraphs(draft, summary, sure)
    else:
        _paragraphs(draft, [block for block in rest if block.is_prose() or _is_sentence(block)], 0.75 * sure)


def _name_apart(block: Block, mail: str) -> list[Block]:
    """ "Jane Doe — jane.doe@example.org — 06 12 34 56 78" on one line, as people write it in a page's header."""
    atoms = parts(block.flat)
    if len(atoms) < 2 or mail not in block.flat or not _is_addressed(atoms[0], mail) or "@" in atoms[0]:
        return [block]
    size = block.pieces[0].size
    name = Block([replace(block.pieces[0], text=atoms[0])], block.place, block.level)
    return [name, Block([Piece("\t".join(atoms[1:]), size=size)], block.place)] if _can_be_name(name) else [block]


def _is_short(block: Block) -> bool:
    return not block.is_prose()


def _names_languages(block: Block) -> bool:
    """Nothing but languages, as some say at the head: "French, English"."""
    return all(words.is_language(name) for name in commas(block.flat))


def _labelled(draft: Draft, blocks: Sequence[Block], sure: float) -> list[Block]:
    """ "Nom    Jeanne Martin", "Poste visé : Comptable": what says itself what it is; the other blocks stay."""
    rest = []
    for block in _beside_labels(blocks):
        match = LABELLED.match(block.text)
        if match and not block.is_prose():
            name = "label" if match["label"] else "name"
            draft.basics(name, words.title_case(" ".join(match["value"].split())), sure, block.place)
        else:
            rest.append(block)
    return rest


def _beside_labels(blocks: Sequence[Block]) -> list[Block]:
    """ "Nom" and "Jeanne Martin", told as cells of a table, in one again."""
    found: list[Block] = []
    for block in blocks:
        last = found[-1] if found else None
        if last and LABEL.fullmatch(last.flat) and not block.is_prose():
            first = replace(block.pieces[0], joint="\t")
            found[-1] = Block([*last.pieces, first, *block.pieces[1:]], block.place, lines=last.lines)
        else:
            found.append(block)
    return found


def _paragraphs(draft: Draft, blocks: Sequence[Block], sure: float) -> None:
    if blocks:
        draft.basics("summary", "\n".join(block.flat for block in blocks), sure, blocks[0].place)


def _name(blocks: Sequence[Block], mail: str) -> list[Block]:
    """The block, or the two, that name the person: the one of which the address is made, where that is clear, or else
    marked as the title, else set largest, else the first that can."""
    possible = [block for block in blocks[:40] if _can_be_name(block)]
    marked = [block for block in possible if block.level == 1]
    named = [block for block in possible if _is_addressed(block.flat, mail)]
    if len({block.flat for block in named}) == 1 and not _is_addressed(" ".join(one.flat for one in marked), mail):
        return named[:1]
    if marked:
        return marked[:1]
    if not possible:
        return []
    largest = max(block.size for block in possible)
    name = [block for block in possible if block.size > 0.95 * largest]
    if len(name) == len(possible) or largest == 0:
        return possible[:1]
    first = name[0]
    second = name[1] if len(name) > 1 else None
    between = blocks[blocks.index(first) + 1 : blocks.index(second)] if second is not None else []
    both = second is not None and all(contacts.reaches(one.flat) for one in between)
    if both and second is not None and len(first.flat.split()) <= 2 and len(second.flat.split()) <= 2:
        return [first, second]
    return [first]


def _is_addressed(name: str, mail: str) -> bool:
    """Whether two of the name's words, or one and the first letter of another, make the address."""
    user = words.plain(mail.partition("@")[0])
    said = [word for word in re.split(r"[^a-z]+", words.plain(name)) if len(word) > 1]
    found = [word for word in said if len(word) > 2 and word in user]
    initial = any(f"{word[0]}{one}" in re.sub(r"[._-]", "", user) for one in found for word in said if word != one)
    return len(found) > 1 or initial


def _name_and_title(text: str) -> tuple[str, str]:
    """ "Jane Doe, Ward Manager" and "Jeanne Martin – Comptable": the name, and what follows it if that is a title."""
    name, title = ([*NAME_END.split(" ".join(text.split()), maxsplit=1), ""])[:2]
    if title and 2 <= len(name.split()) <= 5:
        if words.share(title, "titles"):
            return name, title
        if contacts.PERSONAL.match(title):  # "Léa Roux, 24 ans"
            return name, ""
    return text, ""


def _can_be_name(block: Block) -> bool:
    text, _ = _name_and_title(block.flat)
    pieces = text.split()
    return (
        not block.item
        and 1 <= len(pieces) <= 6
        and len(text) <= 60
        and not any(letter.isdigit() or letter in "@:/|" for letter in text)
        and not words.heading(text)
        and text[:1].isalpha()
        and (len(pieces) > 1 or block.size > 0)
        and not contacts.LABEL.match(text)
    )


def _is_sentence(block: Block) -> bool:
    return block.flat.endswith(".") and len(block.flat.split()) >= 3


def _is_label(block: Block) -> bool:
    text = block.flat
    return (
        not block.item
        and block.dates is None
        and 3 <= len(text) <= 120
        and not text.endswith(".")
        and "@" not in text
        and len(text.split()) <= 14
        and not contacts.PERSONAL.match(text)
    )
