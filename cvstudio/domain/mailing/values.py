"""What a mail's placeholders hold: checked and made plain when the mail is asked for, said in words when it is written.

`packed` is JSON; what is private and not needed is not even in there.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Literal, get_args

from babel.dates import format_date, get_month_names
from babel.numbers import format_currency, format_decimal, is_currency
from babel.units import format_unit

from cvstudio.config import settings
from cvstudio.language import Language

Kind = Literal["text", "person", "address", "link", "number", "money", "date", "time", "span", "event"]
KINDS: tuple[Kind, ...] = get_args(Kind)

LOCALES: dict[Language, str] = {"fr": "fr_FR", "en": "en_GB"}
MAX_TEXT = 120
MAX_LINK = 2_000

# What a security notice can be about.
EVENTS: dict[str, dict[Language, str]] = {
    "new_sign_in": {"fr": "Connexion depuis un nouvel appareil", "en": "Sign-in from a new device"},
    "password_changed": {"fr": "Mot de passe changé", "en": "Password changed"},
    "passkey_added": {"fr": "Clé d’accès ajoutée", "en": "Passkey added"},
    "passkey_removed": {"fr": "Clé d’accès retirée", "en": "Passkey removed"},
    "totp_enabled": {"fr": "Validation en deux étapes activée", "en": "Two-step verification turned on"},
    "totp_disabled": {"fr": "Validation en deux étapes désactivée", "en": "Two-step verification turned off"},
    "recovery_code_used": {"fr": "Code de secours utilisé", "en": "Recovery code used"},
    "recovery_codes_renewed": {"fr": "Codes de secours renouvelés", "en": "Recovery codes renewed"},
    "provider_linked": {"fr": "Compte externe lié", "en": "External account linked"},
    "provider_unlinked": {"fr": "Compte externe délié", "en": "External account unlinked"},
    "session_stolen": {
        "fr": "Session fermée : son jeton a servi deux fois",
        "en": "Session closed: its token was used twice",
    },
    "sessions_closed": {"fr": "Déconnexion de tous les appareils", "en": "Signed out on all devices"},
}

_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+")
# A name that reads as an address makes our mail carry somebody's advertisement.
_ADVERTISEMENT = re.compile(r"[/\\@<>]|www\.|\w\.\w{2,}", re.IGNORECASE)


def clean(value: str, length: int = MAX_TEXT) -> str:
    """One line of what can be seen."""
    seen = " ".join(_UNSEEN.sub(" ", value).split())
    return seen if len(seen) <= length else seen[: length - 1].rstrip() + "…"


def pack(kind: Kind, value: object) -> object:
    """The value as JSON. Raises ValueError for what is no such value: a mistake in our own code."""
    return _KINDS[kind].pack(value)


def say(kind: Kind, packed: object, language: Language) -> str:
    """The packed value in words."""
    return _KINDS[kind].say(packed, language)


def absolute(link: str) -> str:
    """An address of ours, from its path or as it is. Raises ValueError for anybody else's."""
    ours = settings().public_url
    whole = ours + link if re.match(r"/(?!/)", link) else link
    if whole != ours and not whole.startswith((f"{ours}/", f"{ours}?")):
        raise ValueError("mail links lead to our own pages")
    if len(whole) > MAX_LINK or not re.fullmatch(r"[\x21-\x7e]+", whole) or re.search(r"[\"'<>\\`{}]", whole):
        raise ValueError("not an address that a mail may carry")
    return whole


def _text(value: object) -> str:
    return clean(str(value))


def _person(value: object) -> str:
    name = clean(str(value or ""), 60)
    return "" if _ADVERTISEMENT.search(name) else name


def _masked(value: object) -> str:
    local, _, domain = clean(str(value), 320).rpartition("@")
    return f"{local[:1]}•••@{domain}"


def _link(value: object) -> str:
    return absolute(str(value))


def _number(value: object) -> int:
    if not isinstance(value, int):
        raise ValueError("a whole number is wanted")
    return value


def _money(value: object) -> list[object]:
    match value:
        case (int() as cents, str() as currency) if is_currency(currency.upper()):
            return [cents, currency.upper()]
    raise ValueError('money is (cents, "EUR")')


def _date(value: object) -> str:
    if not isinstance(value, date):
        raise ValueError("a date is wanted")
    return (value.astimezone(UTC).date() if isinstance(value, datetime) else value).isoformat()


def _time(value: object) -> str:
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise ValueError("a time with its zone is wanted")
    return value.astimezone(UTC).isoformat(timespec="minutes")


def _span(value: object) -> int:
    if not isinstance(value, timedelta) or value < timedelta(minutes=1):
        raise ValueError("a duration of a minute or more is wanted")
    return int(value.total_seconds() // 60)


def _event(value: object) -> str:
    if value not in EVENTS:
        raise ValueError(f"not an event that a notice can be about: {value}")
    return str(value)


def _plain(packed: object, _language: Language) -> str:
    return str(packed)


def _say_number(packed: object, language: Language) -> str:
    return format_decimal(int(str(packed)), locale=LOCALES[language])


def _say_money(packed: object, language: Language) -> str:
    cents, currency = packed if isinstance(packed, list) else (0, "EUR")
    return format_currency(Decimal(cents) / 100, currency, locale=LOCALES[language])


def _say_date(packed: object, language: Language) -> str:
    day = date.fromisoformat(str(packed))
    if language == "fr" and day.day == 1:  # babel writes 1 janvier
        return f"1er {get_month_names('wide', locale='fr')[day.month]} {day.year}"
    return format_date(day, "long", locale=LOCALES[language])


def _say_time(packed: object, language: Language) -> str:
    moment = datetime.fromisoformat(str(packed))
    at = "à" if language == "fr" else "at"
    return f"{_say_date(moment.date().isoformat(), language)} {at} {moment:%H:%M}\u00a0UTC"


def _say_span(packed: object, language: Language) -> str:
    minutes = int(str(packed))
    for size, unit, least in ((1440, "day", 3), (60, "hour", 1)):
        if minutes % size == 0 and minutes // size >= least:
            return format_unit(minutes // size, f"duration-{unit}", "long", locale=LOCALES[language])
    return format_unit(minutes, "duration-minute", "long", locale=LOCALES[language])


def _say_event(packed: object, language: Language) -> str:
    return EVENTS[str(packed)][language]


@dataclass(frozen=True)
class _Kind:
    pack: Callable[[object], object]
    say: Callable[[object, Language], str] = _plain


_KINDS: dict[Kind, _Kind] = {
    "text": _Kind(_text),
    "person": _Kind(_person),  # may be empty: the greeting then goes without
    "address": _Kind(_masked),  # m•••@example.org
    "link": _Kind(_link),
    "number": _Kind(_number, _say_number),
    "money": _Kind(_money, _say_money),
    "date": _Kind(_date, _say_date),
    "time": _Kind(_time, _say_time),
    "span": _Kind(_span, _say_span),
    "event": _Kind(_event, _say_event),
}
