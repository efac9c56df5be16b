"""How to reach the person: texts to read, and addresses that are safe to follow."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from urllib.parse import quote, urlsplit

from babel import Locale

from cvstudio.document import Document
from cvstudio.document.model import EMAIL, CvLanguage, Location, Profile

SPACES = re.compile(r"[ \t\n]+")  # not the no-break ones
WEB = re.compile(r"https?://\S+", re.IGNORECASE)
BARE = re.compile(r"[\w-]+(\.[\w-]+)+(:\d+)?([/?#]\S*)?")
SCHEME = re.compile(r"^https?://(www\.)?", re.IGNORECASE)
HOST = re.compile(r"[a-z0-9._-]+")
HOME: dict[CvLanguage, str] = {"fr": "FR", "de": "DE", "es": "ES", "it": "IT", "pt": "PT"}  # English has many


@dataclass(frozen=True)
class Link:
    text: str
    href: str = ""  # blank: shown as text, nothing to follow
    kind: str = "link"  # email, phone, place, url, or the network's name in lower case


def contacts(document: Document) -> tuple[Link, ...]:
    """In reading order: email, phone, place, site, profiles. Hidden profiles are left out."""
    return tuple(link for link in _all(document) if link.text)


def one_line(text: str) -> str:
    return SPACES.sub(" ", text).strip()


def web(url: str, kind: str = "link") -> Link:
    """Only http and https can be followed; "javascript:" and its friends stay text."""
    url = one_line(url)
    return Link(SCHEME.sub("", url).rstrip("/"), _href(url), kind)


def _all(document: Document) -> Iterator[Link]:
    basics = document.basics
    email, phone = one_line(basics.email), one_line(basics.phone)
    yield Link(email, "mailto:" + quote(email, safe="@+!$'*") if EMAIL.fullmatch(email) else "", "email")
    yield Link(phone, _tel(phone), "phone")
    yield Link(_place(basics.location, document.studio.language), "", "place")
    yield web(basics.url, "url")
    hidden = set(document.studio.hidden)
    for profile in basics.profiles:
        if profile.id not in hidden:
            yield _profile(profile)


def _profile(profile: Profile) -> Link:
    network, username = one_line(profile.network), one_line(profile.username)
    link = web(profile.url, network.casefold() or "url")
    return link if link.text else Link(f"{network} {username}".strip(), "", link.kind)


def _place(location: Location, language: CvLanguage) -> str:
    """Address, town and region; the country where no region says it, and never France on a French CV with a town."""
    town = one_line(f"{location.postal_code} {location.city}")
    region, code = one_line(location.region), one_line(location.country_code)
    at_home = code.upper() == HOME.get(language) and town
    country = "" if region or at_home else _country(code, language)
    return ", ".join(part for part in (*map(one_line, location.address.split("\n")), town, region, country) if part)


def _country(code: str, language: CvLanguage) -> str:
    """The name in the CV's language; what is no code stays as typed."""
    return _territories(language).get(code.upper(), code)


@cache
def _territories(language: CvLanguage) -> dict[str, str]:
    return dict(Locale(language).territories)


def _tel(number: str) -> str:
    digits = re.sub(r"[^0-9+]", "", number.replace("(0)", ""))
    return f"tel:{digits}" if re.fullmatch(r"\+?[0-9]{6,15}", digits) else ""


def _href(url: str) -> str:
    if BARE.fullmatch(url):
        url = f"https://{url}"
    if not WEB.fullmatch(url):
        return ""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
        host = host if host.isascii() else host.encode("idna").decode()
    except ValueError:  # a port, a bracket or a name that is none
        return ""
    # "https://bank.example@elsewhere" would read as one place and lead to another.
    if not HOST.fullmatch(host) or "@" in parts.netloc:
        return ""
    tail = re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", url.split(parts.netloc, 1)[1])
    tail = quote(tail, safe="/?#%:@!$&'()*+,;=~")
    return f"{parts.scheme}://{host}{f':{port}' if port else ''}{tail}"
