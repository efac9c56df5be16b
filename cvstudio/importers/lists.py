"""Sections that are lists: skills with their keywords, languages with their levels, interests."""

from __future__ import annotations

import re
from collections.abc import Sequence

from cvstudio.importers import words
from cvstudio.importers.blocks import Block, commas, parts
from cvstudio.importers.model import Draft, Entry

COLON = re.compile(r"\s*:\s+|\s+:\s*|:$")
METER = re.compile(r"\s*[★☆●○■□▪▫⬤◯]{2,}\s*|\s*\d{1,3}\s?%\s*$|\s*\b\d\s?/\s?(?:5|10)\s*$")


def skills(draft: Draft, blocks: Sequence[Block], sure: float) -> None:
    """Groups with their keywords where a colon or a change of weight says so, else one skill after the other."""
    group: Entry | None = None
    labelled = [block for block in blocks if _label(block, sure=True)]
    for number, block in enumerate(blocks):
        text = METER.sub("", block.text)
        name, colon, rest = _colon(text)
        following = blocks[number + 1] if number + 1 < len(blocks) else None
        if colon and len(name) < 60 and rest:
            group = _group(draft, name, block, sure)
            _keywords(group, rest, block, sure)
            group = None
        elif label := _label(block, sure=not labelled):
            group = _group(draft, label, block, sure)
            for term in block.atoms()[1:]:
                _keywords(group, term, block, sure)
            group = None
        elif _names_group(block, following, group):
            group = _group(draft, text.rstrip(" :"), block, sure)
        elif group is not None:
            for term in block.atoms():
                _keywords(group, METER.sub("", term), block, sure)
        else:
            _single(draft, block, sure)


def _label(block: Block, *, sure: bool) -> str:
    """The name of a group set apart from its keywords by a gap or by its style: "Outils    SAP, Excel"."""
    groups = block.groups()
    if block.terms or len(groups) < 2 or "," in groups[0] or len(groups[0]) > 50 or words.is_level(groups[1]):
        return ""
    apart = block.pieces[1].joint == "\t" or (block.pieces[0].bold and not block.pieces[1].bold)
    first = parts(groups[0])
    if not apart or len(first) != 1 or (sure and not any(len(commas(group)) > 1 for group in groups[1:])):
        return ""
    return first[0] if len(groups) == 2 or not sure else ""


def _colon(text: str) -> tuple[str, bool, str]:
    found = COLON.split(text, maxsplit=1)
    return (found[0].strip(), True, found[1].strip()) if len(found) == 2 else (text, False, "")


def _names_group(block: Block, following: Block | None, group: Entry | None) -> bool:
    """A bold line over lines that are not, a heading under the section's own, or "Outils :" alone."""
    if following is None or 0 < following.level <= block.level or len(block.flat) > 60 or block.terms:
        return False
    if block.level or block.flat.endswith(":") or (_beside(block, following) and "," not in block.flat):
        return True
    if block.item:
        if following.item:  # a list within the list
            return following.indent > block.indent + 4 and _beneath(block, following) and "," not in block.flat
        # A list item whose own words are followed by a paragraph of it.
        return not following.bold and "," in following.flat and "," not in block.flat
    larger = (block.bold and not following.bold) or block.size > 1.08 * following.size > 0
    return larger and "," not in block.flat


def _beside(block: Block, following: Block) -> bool:
    """Cells of a table, a name of a group and at its right what is in it, told one after the other."""
    left, right = block.place.box, following.place.box
    if left is None or right is None or block.place.page != following.place.page or "," not in following.flat:
        return False
    return right[0] > left[2] and abs(right[1] - left[1]) < 0.5 * (left[3] - left[1])


def _beneath(block: Block, following: Block) -> bool:
    above, below = block.place.box, following.place.box
    if above is None or below is None:
        return False
    return block.place.page != following.place.page or below[1] > above[3] - 2


def _group(draft: Draft, text: str, block: Block, sure: float) -> Entry:
    entry = draft.entry("skills")
    found = [atom.strip() for atom in block.groups()]
    level = ""
    if len(found) > 1 and text.startswith(found[0]) and words.is_level(after := _after(text, found[0])):
        text, level = found[0], after
    elif (match := re.fullmatch(r"(.+?)\s*[(–-]\s*([^()]+)\)?", text)) and words.is_level(match[2]):
        text, level = match[1], match[2]
    entry.set("name", text, sure, block.place)
    entry.set("level", level, 0.9 * sure, block.place)
    return entry


def _after(text: str, start: str) -> str:
    return text.removeprefix(start).strip(" \t:–-()·")


def _keywords(entry: Entry, text: str, block: Block, sure: float) -> None:
    for term in commas(text):
        entry.add("keywords", term, sure, block.place)


def _single(draft: Draft, block: Block, sure: float) -> None:
    """Skills side by side: by gaps and dots, else by commas; a level behind one belongs to it."""
    atoms = [METER.sub("", atom).strip() for atom in block.atoms()]
    if len(atoms) == 1:
        atoms = commas(atoms[0])
    last: Entry | None = None
    for atom in atoms:
        if last is not None and "level" not in last.tree and _is_level_alone(atom):
            last.set("level", atom.strip("()"), 0.85 * sure, block.place)
            continue
        for term in commas(atom) if len(atoms) > 1 else [atom]:
            last = draft.entry("skills")
            match = re.fullmatch(r"(.+?)\s*(?:[(–:-])\s*([^()]+?)\)?", term)
            if match and words.is_level(match[2]):
                last.set("name", match[1], sure, block.place)
                last.set("level", match[2], 0.85 * sure, block.place)
            else:
                last.set("name", term, sure, block.place)


def _is_level_alone(atom: str) -> bool:
    """ "notions", "(expert)"; not "soudure (notions)", a skill of its own."""
    named = re.fullmatch(r"([^()]+?)\s*\([^()]*\)?", atom)
    return words.is_level(atom) and (named is None or words.is_level(named[1]))


def languages(draft: Draft, blocks: Sequence[Block], sure: float) -> None:
    """ "Anglais : courant (C1)", "English – Fluent", name and level on lines of their own, a list with commas."""
    named: list[Entry] = []  # in the line before the levels, if these stand in one below
    levels = True
    for block in blocks:
        for atom in _language_atoms(block):
            name, level = _name_and_level(atom)
            if name:
                entry = draft.entry("languages")
                entry.set("language", name, sure, block.place)
                entry.set("fluency", level, 0.95 * sure, block.place)
                named, levels = [*([] if levels else named), entry], bool(level)
            elif atom and (unrated := next((entry for entry in named if not entry.get("fluency")), None)):
                levels = True
                unrated.set("fluency", _bare(atom), 0.9 * sure, block.place)
            elif atom and len(atom.split()) <= 3 and not words.is_level(atom):
                entry = draft.entry("languages")
                entry.set("language", atom, 0.6 * sure, block.place)
                named, levels = [entry], False


def _language_atoms(block: Block) -> list[str]:
    atoms = []
    for atom in block.atoms():
        pieces = commas(atom)
        several = len(pieces) > 1 and sum(bool(_name_and_level(piece)[0]) for piece in pieces) == len(pieces)
        atoms += pieces if several else [atom]
    return [METER.sub("", atom).strip() for atom in atoms]


def _name_and_level(text: str) -> tuple[str, str]:
    pieces = text.split()
    for count in range(min(4, len(pieces)), 0, -1):
        name = " ".join(pieces[:count]).rstrip(":,–-(")
        if words.is_language(name) and not (count > 1 and words.is_level(" ".join(pieces[1:count]))):
            return name.strip(), _bare(" ".join(pieces[count:]))
    return "", ""


def _bare(text: str) -> str:
    text = text.strip(" :–—-·,;|")
    return text[1:-1].strip() if text.startswith("(") and text.endswith(")") else text


def interests(draft: Draft, blocks: Sequence[Block], sure: float) -> None:
    for block in blocks:
        for text in _interest_texts(block):
            entry = draft.entry("interests")
            name, colon, rest = _colon(text)
            match = re.fullmatch(r"([^()]+?)\s*\(([^()]+)\)\.?", text)
            if match:
                name, rest, colon = match[1], match[2], True
            if colon and rest:
                entry.set("name", name, sure, block.place)
                _keywords(entry, rest, block, sure)
            else:
                entry.set("name", text.strip(" ."), sure, block.place)


def _tagged_apart(block: Block) -> bool:
    """In one style, but each with a capital and a tag of its own: set side by side with hardly a gap."""
    style = {(piece.bold, piece.italic, piece.size) for piece in block.pieces}
    return len(style) == 1 and all(piece.text[:1].isupper() for piece in block.pieces)


def _interest_texts(block: Block) -> list[str]:
    """One an atom, brackets kept with the name before them."""
    texts: list[str] = []
    for atom in [atom for text in (block.groups() if _tagged_apart(block) else [block.text]) for atom in parts(text)]:
        for piece in [atom] if _colon(atom)[1] else commas(atom):
            if piece.startswith("(") and texts:
                texts[-1] += f" {piece}"
            else:
                texts.append(piece)
    return texts
