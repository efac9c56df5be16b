"""How to reach the person: addresses, numbers, links and the town, out of any text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from cvstudio.document.model import EMAIL
from cvstudio.importers import when, words
from cvstudio.importers.blocks import Block, Piece, parts
from cvstudio.importers.model import Draft, Place

MAIL = re.compile(r"(?<![\w.!#$%&'*+/=?^`{|}~-])[\w.!#$%&'*+/=?^`{|}~-]+@[\w-]+(?:\.[\w-]+)+")
PHONE = re.compile(r"(?<![\w/.-])(?:\+|00)?\(?\d[\d ().\u00a0\u202f/-]{6,20}\d(?![\w/])")
LINK = re.compile(
    r"(?:https?://|www\.)[^\s,;|()<>]+|(?<![\w@.-])(?:[a-z0-9-]+\.)+"
    r"(?:com|org|net|fr|io|dev|eu|uk|de|ch|be|ca|me|info|tech|app|co|studio|design|pro|us|es|it|nl|lu|bzh|paris)"
    r"(?:/[^\s,;|()<>]*)?(?![\w@-])",
    re.IGNORECASE,
)
NETWORKS = {
    "linkedin.com": ("LinkedIn", r"/(?:in|pub)/([^/?#]+)"),
    "github.com": ("GitHub", r"/([^/?#]+)"),
    "gitlab.com": ("GitLab", r"/([^/?#]+)"),
    "twitter.com": ("Twitter", r"/@?([^/?#]+)"),
    "x.com": ("X", r"/@?([^/?#]+)"),
    "behance.net": ("Behance", r"/([^/?#]+)"),
    "dribbble.com": ("Dribbble", r"/([^/?#]+)"),
    "stackoverflow.com": ("Stack Overflow", r"/users/\d+/([^/?#]+)"),
    "orcid.org": ("ORCID", r"/([\dX-]+)"),
    "medium.com": ("Medium", r"/@?([^/?#]+)"),
    "instagram.com": ("Instagram", r"/([^/?#]+)"),
    "viadeo.com": ("Viadeo", r"/([^/?#]+)"),
}
LABEL = re.compile(
    r"^\W*(?:adresse(?: e-?mail)?|e-?mail|courriel|mail|t[ée]l[ée]?(?:phone)?|tel|phone|mobile|portable|address|home|"
    r"location|lieu|ville|site(?: web)?|web(?:site)?|linkedin|github|domicile|r[ée]sidence|"
    r"anschrift|wohnort|telefono?|handy|mobil|m[óo]vil|direcci[óo]n|domicilio|correo(?: electr[óo]nico)?|indirizzo|"
    r"residenza|cellulare|endere[çc]o|morada|telefone|telem[óo]vel|celular)\b\.?\s*[:.|–-]?\s*",
    re.IGNORECASE,
)
PERSONAL = re.compile(
    r"^\W*(?:date of birth|date de naissance|n[ée]e? le|born|nationalit[éy]|nationality|permis|driving|age|âge|"
    r"situation|marital|sexe|gender|family|famille|place of birth|lieu de naissance|disponib|availab|\d+ ans|"
    r"geburts|geboren|staatsang|familienstand|nationalit[äà]|f[üu]hrerschein|fecha de nac|nacionalidad|estado civil|"
    r"carn[eé]t? de conducir|data d[ie] nasc|luogo di nasc|nato il|nata il|stato civile|patente|carta de condu|"
    r"\(?linkedin\)?$)",
    re.IGNORECASE,
)
UK_POSTCODE = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b")
STREET = re.compile(
    r"\d+\s?(?:bis|ter)?,? "
    r"(?:rue|avenue|av\.|boulevard|bd|place|chemin|impasse|allée|quai|route|cours|square|passage)\b"
    r"|\b\d+[a-z]? [A-Z][\w' -]+ (?:street|road|lane|avenue|drive|way|close|square|terrace|court|st|rd|ave)\b",
    re.IGNORECASE,
)


EDGE = re.compile(r"^[^\w(+]+|[\s.]+$")  # pictures of houses and envelopes
USER = re.compile(r"^(?:/?in/|@)| \(\w+\)$")  # what stands around a name by which a site knows someone


def read(draft: Draft, blocks: Sequence[Block], links: Mapping[str, str], sure: float) -> list[Block]:
    """Takes what reaches the person out of the blocks; gives the blocks that held something else, too."""
    rest: list[Block] = []
    places: list[tuple[str, Place]] = []
    users = {user for user, _ in profiles(links).values()}
    reached: list[Block] = []  # that hold an address or a number, in a line with cells that are blocks, too
    for block in blocks:
        left, found = _take(draft, block, links, sure)
        reached += [block] if found else []
        if PERSONAL.match(left) or USER.sub("", left.casefold()) in users:
            continue
        atoms = parts(left)
        town = next((atom for atom in atoms if looks_like_address(LABEL.sub("", atom))), "")
        if town and (found or not block.is_prose() or not left.endswith(".")):
            whole = [LABEL.sub("", atom) for atom in atoms if not (PERSONAL.match(atom) or words.share(atom, "titles"))]
            text = ", ".join(whole) if STREET.search(left) else LABEL.sub("", town)
            places.append((EDGE.sub("", text), block.place))
            rest += [
                Block([Piece(atom)], block.place) for atom in atoms if atom != town and words.share(atom, "titles")
            ]
        elif found:
            places += [(atom, block.place) for atom in atoms if _short(atom)]
        elif left:
            rest.append(block)
    if len(places) > 1 and STREET.match(places[0][0]) and not _postal(places[0][0]) and _postal(places[1][0]):
        places[0] = (f"{places[0][0]}, {places[1][0]}", places[0][1])  # a line each, with something else beside one
    beside = [one for one in rest if any(_in_line(one, other) for other in reached) and _short(one.flat)]
    beside = [one for one in beside if not words.share(one.flat, "titles")]
    if not places and len(beside) == 1:
        location(draft, beside[0].flat, 0.7 * sure, beside[0].place)
        rest.remove(beside[0])
    for text, place in places[:1]:
        location(draft, text, sure, place)
    return rest


def _in_line(block: Block, other: Block) -> bool:
    """With an address, and set as small: what is larger says what the person is."""
    return block.place is other.place and block.size <= 1.1 * other.size


def _short(text: str) -> bool:
    return 1 <= len(text.split()) <= 5 and not LABEL.match(text) and not PERSONAL.match(text) and _begins(text)


def _begins(text: str) -> bool:
    """With a capital, or in letters that have none."""
    return text[:1].isalpha() and not text[:1].islower()


def _take(draft: Draft, block: Block, links: Mapping[str, str], sure: float) -> tuple[str, bool]:
    """What is left of the block's text, and whether anything was found in it."""
    text = block.text
    if block.is_prose() and "@" not in text:
        return text, False
    found = False
    for match in MAIL.findall(text):
        address = match.rstrip(".").lower() if match.isupper() else match.rstrip(".")
        draft.basics("email", address, sure if EMAIL.fullmatch(address) else 0.6 * sure, block.place)
        text, found = text.replace(match, "\t"), True
    for match in LINK.findall(text):
        link(draft, match.rstrip(".,"), links, sure, block.place)
        text, found = text.replace(match, "\t"), True
    for match in PHONE.findall(text):
        if is_phone(match):
            draft.basics("phone", " ".join(match.split()), sure, block.place)
            text, found = text.replace(match, "\t"), True
    left = LABEL.sub("", " \t ".join(LABEL.sub("", part).strip(" :|/·,–-") for part in text.split("\t"))).strip(
        " \t|/·,:"
    )
    return left, found


def reaches(text: str) -> bool:
    """Whether a line is an address, a number or a link, and hardly anything else."""
    match = MAIL.search(text) or LINK.search(text) or PHONE.search(text)
    if match is None:
        return "@" in text[1:] and " " not in text  # broken before its dot
    return len(match[0]) > 0.6 * len(text)


def is_phone(text: str) -> bool:
    digits = re.sub(r"\D", "", text)
    return 8 <= len(digits) <= 15 and not when.find(text) and not re.search(r"\d{4}\s*[–-]\s*\d{4}$", text)


def link(draft: Draft, text: str, links: Mapping[str, str], sure: float, place: Place) -> None:
    """A site or a profile; `links` knows the full address behind a shortened one."""
    url = full(text, links)
    host = re.sub(r"^(?:https?://)?(?:www\.|[a-z]{2}\.(?=linkedin))?", "", url.casefold()).split("/")[0]
    network, pattern = NETWORKS.get(host, ("", ""))
    if network:
        user = re.search(pattern, re.sub(r"^(?:https?://)?[^/]+", "", url))
        draft.profile(network, user[1] if user else "", url, sure, place)
    else:
        draft.basics("url", url, sure, place)


def full(text: str, links: Mapping[str, str]) -> str:
    """The address to follow; LinkedIn's own has a "www." that texts leave out."""
    if found := links.get(bare(text)):
        return found
    return (
        f"https://www.{text}"
        if text.casefold().startswith("linkedin.")
        else text
        if "://" in text
        else f"https://{text}"
    )


def bare(url: str) -> str:
    return re.sub(r"^https?://(?:www\.)?", "", url.strip(), flags=re.IGNORECASE).rstrip("/").casefold()


def looks_like_address(text: str) -> bool:
    if len(text) > 120 or "@" in text:
        return False
    postal = re.search(r"(?<!\d)\d{5} [A-ZÀ-Þ]", text) or UK_POSTCODE.search(text)
    return bool(postal or STREET.search(text)) or words.is_place(text)


def location(draft: Draft, text: str, sure: float, place: Place) -> None:
    """ "12 rue X, 44000 Nantes, Pays de la Loire" into address, postal code, town, region, country."""
    pieces = [EDGE.sub("", piece) for piece in re.split(r",|\s[–·|-]\s|\t|\n", text)]
    pieces = [part for piece in pieces if piece for part in _street_and_town(piece)]
    at = next((n for n, piece in enumerate(pieces) if _postal(piece)), None)
    town_at = at if at is not None else 0
    if at is None and len(pieces) > 1 and STREET.search(pieces[0]):
        town_at = 1
    if not pieces or town_at >= len(pieces):
        return
    if address := ", ".join(pieces[:town_at]):
        if at is not None and not STREET.search(address) and not any(c.isdigit() for c in address):
            draft.basics("location.city", address, 0.9 * sure, place)
        else:
            draft.basics("location.address", address, 0.9 * sure, place)
    code = _postal(pieces[town_at])
    if code == pieces[town_at] and town_at + 1 < len(pieces):  # "G2 1DU, Glasgow"
        pieces[town_at : town_at + 2] = [f"{code} {pieces[town_at + 1]}"]
    town = pieces[town_at].replace(code, "").strip(" ,-") if code else pieces[town_at]
    draft.basics("location.postalCode", code, sure, place)
    if re.fullmatch(r"[A-Z]{2}", town):
        draft.basics("location.region", town, 0.9 * sure, place)
    else:
        draft.basics("location.city", town, sure, place)
    for piece in pieces[town_at + 1 :]:
        country = words.country(piece)
        draft.basics("location.countryCode" if country else "location.region", country or piece, 0.9 * sure, place)


def _street_and_town(piece: str) -> list[str]:
    """ "4 bis impasse du Four 29200 Brest": a line each, once."""
    street, code = STREET.search(piece), _postal(piece)
    at = piece.rfind(code) if code else 0
    return [piece[:at].strip(), piece[at:]] if street and at > street.start() else [piece]


def _postal(piece: str) -> str:
    match = UK_POSTCODE.search(piece) or re.search(r"(?<!\d)(?:[A-Z]{1,2}-)?\d{4,5}(?!\d)", piece)
    return match[0] if match else ""


def profiles(links: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Network → (user, address) of the pages that links of the file lead to: a person's own, the first of each."""
    found: dict[str, tuple[str, str]] = {}
    for url in links.values():
        host, slash, path = bare(url).partition("/")
        network, pattern = NETWORKS.get(host.removeprefix("fr.").removeprefix("uk."), ("", ""))
        own = re.fullmatch(rf"{pattern}/?", slash + path.split("?")[0]) if network else None
        if own:
            found.setdefault(network, (own[1], url))
    return found


def anywhere(draft: Draft, blocks: Iterable[Block], links: Mapping[str, str], sure: float) -> None:
    """Address and number wherever they stand, when the head of the CV had none; profiles behind a picture or a name."""
    known = {one.get("network") for one in draft.tree.get("basics", {}).get("profiles", [])}
    for network, (user, url) in profiles(links).items():
        if network not in known:
            draft.profile(network, user, url, 0.85 * sure, Place(text=url))
    basics = draft.tree.get("basics", {})
    for block in blocks:
        if "email" not in basics and (match := MAIL.search(block.flat)):
            draft.basics("email", match[0].rstrip("."), 0.8 * sure, block.place)
            basics = draft.tree["basics"]
