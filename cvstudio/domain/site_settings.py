"""What administrators may set while the service runs: a typed list, kept with its history.

There is no cache: a read is one row by its key (50 µs on SQLite, 0.3 ms on PostgreSQL), so a change holds at once, in
every process and within the transaction that asks. Never a secret: those come from the environment (cvstudio.config).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Literal

from sqlalchemy import bindparam
from sqlalchemy import select as select_columns
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, func, select

from cvstudio.errors import InvalidInput, NotFound
from cvstudio.language import LANGUAGES, Language
from cvstudio.models import SettingChange, SiteSetting, User, metadata, utcnow
from cvstudio.models.fields import storable

Kind = Literal["switch", "whole", "number", "texts", "domains"]
Words = dict[Language, str]

DOMAIN = re.compile(r"(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
MAX_DOMAINS = 200


@dataclass(frozen=True)
class Setting:
    """`kind` says what a value is: switch: true or false; whole: a whole number; number; texts: one text for each
    language, at most `maximum` characters; domains: a list of them, lower-case."""

    name: str
    category: str
    kind: Kind
    default: Any
    about: Words
    minimum: float = 0
    maximum: float = 1
    public: bool = False


REGISTRY: Mapping[str, Setting] = {
    setting.name: setting
    for setting in (
        Setting(
            "registration_open",
            "accounts",
            "switch",
            True,
            {
                "fr": "De nouveaux comptes peuvent être créés.",
                "en": "New accounts can be created.",
            },
            public=True,
        ),
        Setting(
            "allowed_email_domains",
            "accounts",
            "domains",
            [],
            {
                "fr": "Domaines des adresses qui peuvent créer un compte ; tous si la liste est vide.",
                "en": "Domains of the addresses that may create an account; all of them if the list is empty.",
            },
            public=True,
        ),
        Setting(
            "onboarding_tour",
            "accounts",
            "switch",
            True,
            {
                "fr": "La visite guidée est proposée aux nouveaux comptes.",
                "en": "The first-run tour is offered to new accounts.",
            },
            public=True,
        ),
        Setting(
            "welcome_credits",
            "credits",
            "whole",
            10,
            {
                "fr": "Crédits offerts à la création d’un compte.",
                "en": "Credits given when an account is created.",
            },
            maximum=100_000,
            public=True,
        ),
        Setting(
            "referral_credits",
            "credits",
            "whole",
            5,
            {
                "fr": "Crédits offerts à un nouveau compte venu par parrainage, et autant à son parrain.",
                "en": "Credits given to a new account that someone referred, and as many to whoever did.",
            },
            maximum=100_000,
            public=True,
        ),
        Setting(
            "recaptcha_minimum_score",
            "security",
            "number",
            0.5,
            {
                "fr": "Score reCAPTCHA (de 0 à 1) à partir duquel un visiteur est pris pour une personne.",
                "en": "reCAPTCHA score (0 to 1) from which a visitor is taken for a person.",
            },
        ),
        Setting(
            "maintenance_message",
            "site",
            "texts",
            {"fr": "", "en": ""},
            {
                "fr": "Message montré à tous ; rien n’est montré s’il est vide.",
                "en": "Message shown to everyone; nothing is shown if it is empty.",
            },
            maximum=500,
            public=True,
        ),
    )
}

FAULTS: dict[str, Words] = {
    "unknown": {"fr": "Il n’y a pas de réglage {name}.", "en": "There is no setting {name}."},
    "category": {"fr": "{name} est de la catégorie {category}.", "en": "{name} is of the category {category}."},
    "switch": {"fr": "true ou false est attendu.", "en": "This must be true or false."},
    "whole": {
        "fr": "Un nombre entier de {minimum:g} à {maximum:g} est attendu.",
        "en": "This must be a whole number from {minimum:g} to {maximum:g}.",
    },
    "number": {
        "fr": "Un nombre de {minimum:g} à {maximum:g} est attendu.",
        "en": "This must be a number from {minimum:g} to {maximum:g}.",
    },
    "texts": {
        "fr": "Un texte pour fr et un pour en sont attendus, d’au plus {maximum:g} caractères.",
        "en": "This must have a text for fr and one for en, of at most {maximum:g} characters.",
    },
    "domains": {
        "fr": "Une liste de noms de domaine est attendue, comme example.org.",
        "en": "This must be a list of domain names, such as example.org.",
    },
}

# Built once: SQLAlchemy takes longer to build it than SQLite to run it.
_ROWS = metadata.tables["site_setting"]
_ONE = select_columns(_ROWS.c.value).where(_ROWS.c.name == bindparam("name"))


class SettingNotFound(NotFound):
    code: ClassVar[str] = "SETTING_NOT_FOUND"
    messages: ClassVar[dict[str, str]] = {
        "fr": "Ce réglage n’existe pas.",
        "en": "This setting does not exist.",
    }


@dataclass(frozen=True)
class Current:
    """A setting as it stands; `changed_at` is None while nobody ever changed it."""

    setting: Setting
    value: Any
    changed_at: datetime | None = None
    changed_by: str | None = None  # user id; None also when that account is gone

    @property
    def is_default(self) -> bool:
        return bool(self.value == self.setting.default)


@dataclass(frozen=True)
class Change:
    id: str
    name: str
    before: Any
    after: Any
    changed_at: datetime
    changed_by: str | None
    changed_by_email: str | None


def get(session: Session, name: str) -> Any:
    """The value that holds now. KeyError for a name that is not in REGISTRY."""
    return _effective(REGISTRY[name], session.connection().execute(_ONE, {"name": name}).scalar_one_or_none())


def public(session: Session) -> dict[str, Any]:
    """What everyone may know."""
    return {name: current.value for name, current in _all(session).items() if current.setting.public}


def everything(session: Session) -> list[Current]:
    return list(_all(session).values())


def find(session: Session, name: str) -> Current:
    """Raises SettingNotFound."""
    setting = REGISTRY.get(name)
    if setting is None:
        raise SettingNotFound
    return _current(setting, session.get(SiteSetting, name))


def known(name: str, language: Language, category: str | None = None) -> Setting:
    """Raises InvalidInput, naming what is wrong, unless there is such a setting, of this category if one is given."""
    setting = REGISTRY.get(name)
    if setting is None:
        raise InvalidInput(
            f"there is no setting {name[:80]!r}", fields={"settingName": [_words("unknown", language, name=name[:80])]}
        )
    if category is not None and category != setting.category:
        raise InvalidInput(
            f"{name} is of the category {setting.category}",
            fields={"category": [_words("category", language, name=name, category=setting.category)]},
        )
    return setting


def change(session: Session, name: str, value: Any, by: str | None, language: Language = "en") -> Current:
    """Sets it, by the account `by`. Saying what already holds leaves no trace. Raises SettingNotFound, InvalidInput."""
    setting = find(session, name).setting
    kept = _checked(setting, value)
    if kept is None:
        words = _words(setting.kind, language, minimum=setting.minimum, maximum=setting.maximum)
        raise InvalidInput(f"{name} cannot have this value", fields={"value": [words]})
    return _write(session, setting, kept, by)


def reset(session: Session, name: str, by: str | None) -> Current:
    """Back to the default, also when a later version has another. Raises SettingNotFound."""
    return _write(session, find(session, name).setting, None, by)


def history(
    session: Session, name: str | None = None, *, limit: int = 100, offset: int = 0
) -> tuple[list[Change], int]:
    """(the changes, the last first; how many there are), of all settings or of one."""
    such = [SettingChange.name == name] if name is not None else []
    total = session.exec(select(func.count()).select_from(SettingChange).where(*such)).one()
    wanted = (
        select(SettingChange, User.email)
        .join(User, col(User.id) == SettingChange.changed_by, isouter=True)
        .where(*such)
        .order_by(col(SettingChange.changed_at).desc(), SettingChange.id)
        .limit(limit)
        .offset(offset)
    )
    found = [
        Change(row.id, row.name, row.before, row.after, row.changed_at, row.changed_by, email)
        for row, email in session.exec(wanted)
    ]
    return found, total


def may_register(session: Session, email: str) -> bool:
    """Whether an account may be made for this normal address now."""
    allowed: list[str] = get(session, "allowed_email_domains")
    return get(session, "registration_open") and (not allowed or email.rpartition("@")[2] in allowed)


def _all(session: Session) -> dict[str, Current]:
    rows = {row.name: row for row in session.exec(select(SiteSetting))}
    return {name: _current(setting, rows.get(name)) for name, setting in REGISTRY.items()}


def _current(setting: Setting, row: SiteSetting | None) -> Current:
    if row is None:
        return Current(setting, setting.default)
    return Current(setting, _effective(setting, row.value), row.updated_at, row.updated_by)


def _effective(setting: Setting, stored: Any) -> Any:
    """What an older version let in and this one would not, does not hold."""
    checked = None if stored is None else _checked(setting, stored)
    return setting.default if checked is None else checked


def _write(session: Session, setting: Setting, kept: Any, by: str | None) -> Current:
    row = _locked(session, setting.name)
    before, after = _effective(setting, row.value), _effective(setting, kept)
    row.value = kept
    if before != after:
        row.updated_at, row.updated_by = utcnow(), by
        change = SettingChange(name=setting.name, before=before, after=after, changed_at=row.updated_at, changed_by=by)
        session.add(change)
    session.add(row)
    session.flush()
    return _current(setting, row)


def _locked(session: Session, name: str) -> SiteSetting:
    """The row, made if need be: until this transaction ends nobody else changes it, so its history has no gaps."""
    if session.get(SiteSetting, name) is None:
        try:
            with session.begin_nested():
                session.add(SiteSetting(name=name))
        except IntegrityError:
            pass  # another administrator was first
    return session.get_one(SiteSetting, name, with_for_update=True, populate_existing=True)


def _checked(setting: Setting, value: Any) -> Any:
    """The value as it is kept; None when it cannot be this setting's."""
    match setting.kind:
        case "switch":
            return value if isinstance(value, bool) else None
        case "whole":
            good = isinstance(value, int) and not isinstance(value, bool)
            return value if good and setting.minimum <= value <= setting.maximum else None
        case "number":
            good = isinstance(value, int | float) and not isinstance(value, bool)
            return value if good and setting.minimum <= value <= setting.maximum else None
        case "texts":
            return _texts(value, setting.maximum)
        case "domains":
            return _domains(value)


def _texts(value: Any, maximum: float) -> Any:
    if not isinstance(value, dict) or set(value) != set(LANGUAGES):
        return None
    if not all(isinstance(text, str) and len(text) <= maximum and storable(text) for text in value.values()):
        return None
    return {language: value[language].strip() for language in LANGUAGES}


def _domains(value: Any) -> Any:
    if not isinstance(value, list) or len(value) > MAX_DOMAINS or not all(isinstance(each, str) for each in value):
        return None
    found = sorted({each.strip().lower().removeprefix("@") for each in value})
    return found if all(DOMAIN.fullmatch(each) for each in found) else None


def _words(fault: str, language: Language, **values: object) -> str:
    return FAULTS[fault][language].format(**values)
