"""/admin/settings: what administrators set while the service runs, and who changed it when."""

import json
from dataclasses import dataclass, replace
from typing import Any

import reflex as rx
from reflex.event import EventSpec
from sqlmodel import Session as DbSession

from cvstudio import db
from cvstudio.domain import site_settings, tiers
from cvstudio.domain.site_settings import Current
from cvstudio.domain.tiers import Tier
from cvstudio.errors import InvalidInput
from cvstudio.language import Language
from cvstudio.state.admin import administrator, for_administrators
from cvstudio.state.focus import focus
from cvstudio.state.session import language_of

SHOWN_CHANGES = 50
LONGEST = 20_000  # characters of a field


@dataclass
class SettingRow:
    name: str
    category: str
    kind: str
    about: str  # in the page's language
    on: bool
    written: str  # a number, or domains one a line
    fr: str
    en: str
    is_default: bool
    revision: int  # goes up when the fields are to be filled anew
    fault: str
    said: bool  # that it was saved just now


@dataclass
class Category:
    name: str
    rows: list[SettingRow]


@dataclass
class ChangeRow:
    name: str
    at: str
    by: str
    before: str
    after: str


@dataclass
class TierRow:
    name: str
    seconds: int
    generations: str
    free_files: str  # blank: all of them
    free_edits: str
    revision: int
    faults: list[str]  # names of the fields
    said: bool


@for_administrators
class AdminSettings(rx.State):
    ready: bool = False
    categories: rx.Field[list[Category]] = rx.field(default_factory=list)
    changes: rx.Field[list[ChangeRow]] = rx.field(default_factory=list)
    total: int = 0
    plans: rx.Field[list[TierRow]] = rx.field(default_factory=list)
    _filled: rx.Field[dict[str, tuple[Any, int]]] = rx.field(default_factory=dict)  # name → its fields’ value, revision

    @rx.event
    async def load(self) -> None:
        """Also when the page's language was changed."""
        await self._show()

    @rx.event
    async def save(self, form: dict[str, Any]) -> EventSpec | None:
        """One setting: `setting` names it, the rest is its value. What was typed stays, right or wrong."""
        admin, language = await administrator(self), await language_of(self)
        name = _text(form, "setting")
        try:
            with db.session() as session:
                kind = site_settings.find(session, name).setting.kind
                value = typed(kind, form)
                site_settings.change(session, name, value, admin.id, language)
        except InvalidInput as error:
            await self._show(name, " ".join(error.fields.get("value", [])) or error.message(language))
            return focus(_field(name))
        self._hold(name, value)
        await self._show(name)
        return None

    @rx.event
    async def reset_setting(self, name: str) -> EventSpec:
        """Raises SettingNotFound."""
        admin, name = await administrator(self), str(name)[:80]
        with db.session() as session:
            site_settings.reset(session, name, admin.id)
        self._hold(name, None)  # whatever was typed
        await self._show(name)
        return focus(_field(name, self._filled[name][1]))

    @rx.event
    async def save_tier(self, form: dict[str, Any]) -> EventSpec | None:
        """`tier` names it; a field left blank sets no limit. Raises TierNotFound."""
        admin = await administrator(self)
        name = _text(form, "tier")
        changes = {field: _limit(_text(form, field)) for field in tiers.CHANGEABLE}
        try:
            with db.session() as session:
                tiers.change(session, name, changes, admin.id)
        except InvalidInput as error:
            await self._show(name, faults=list(error.fields))
            return focus(f"[id={json.dumps(f'{next(iter(error.fields))}-{name}')}]")
        self._hold(name, changes)
        await self._show(name)
        return None

    async def _show(self, name: str = "", fault: str = "", faults: list[str] | None = None) -> None:
        """All of it anew; `fault` or that it was saved is said at what is called `name`."""
        language = await language_of(self)
        with db.session(write=False) as session:
            found, plans = site_settings.everything(session), tiers.every(session)
            self.changes, self.total = _history(session)
        self.plans = [
            replace(
                _tier(tier, tier.name == name, faults or []),
                revision=self._revision(tier.name, {field: getattr(tier, field) for field in tiers.CHANGEABLE}),
            )
            for tier in plans
        ]
        rows = [
            replace(
                _row(current, language, current.setting.name == name, fault),
                revision=self._revision(current.setting.name, current.value),
            )
            for current in found
        ]
        names = dict.fromkeys(row.category for row in rows)
        self.categories = [Category(each, [row for row in rows if row.category == each]) for each in names]
        self.ready = True

    def _hold(self, name: str, value: Any) -> None:
        """What was typed into its fields, and taken."""
        self._filled[name] = (value, self._filled.get(name, (None, 0))[1])

    def _revision(self, name: str, value: Any) -> int:
        """Another one when the fields do not hold this value: while one types elsewhere, nothing typed is lost."""
        held, revision = self._filled.get(name, (value, 0))
        if held != value:
            revision += 1
        self._filled[name] = (value, revision)
        return revision


def _field(name: str, revision: int | None = None) -> str:
    """The selector of a setting's first field, filled at this revision."""
    given = f"[data-setting={json.dumps(name)}]"
    return given if revision is None else f'{given}[data-revision="{revision}"]'


def typed(kind: str, form: dict[str, Any]) -> Any:
    """What was written into a setting's fields as its type; as it was written when it cannot be that."""
    written = _text(form, "value")
    match kind:
        case "switch":
            return bool(form.get("value"))
        case "whole":
            return _number(written, int)
        case "number":
            return _number(written.replace(",", "."), float)
        case "texts":
            return {"fr": _text(form, "fr"), "en": _text(form, "en")}
        case _:
            return written.replace(",", " ").split()


def _text(form: dict[str, Any], field: str) -> str:
    """Without the returns that a browser puts at the ends of lines."""
    value = form.get(field) if isinstance(form, dict) else None
    return str(value or "").replace("\r\n", "\n")[:LONGEST]


def _number(written: str, kind: type[int] | type[float]) -> int | float | str:
    try:
        return kind(written)
    except ValueError:
        return written


def _limit(written: str) -> Any:
    return _number(written.strip(), int) if written.strip() else None


def _row(current: Current, language: Language, concerned: bool, fault: str) -> SettingRow:
    setting, value = current.setting, current.value
    texts = value if setting.kind == "texts" else {"fr": "", "en": ""}
    written = "\n".join(value) if setting.kind == "domains" else f"{value}"
    return SettingRow(
        name=setting.name,
        category=setting.category,
        kind=setting.kind,
        about=setting.about[language],
        on=value is True,
        written=written if setting.kind not in ("switch", "texts") else "",
        fr=texts["fr"],
        en=texts["en"],
        is_default=current.is_default,
        revision=0,
        fault=fault if concerned else "",
        said=concerned and not fault,
    )


def _tier(tier: Tier, concerned: bool, faults: list[str]) -> TierRow:
    written = {field: "" if (value := getattr(tier, field)) is None else f"{value}" for field in tiers.CHANGEABLE}
    return TierRow(
        name=tier.name,
        seconds=tier.seconds,
        **written,
        revision=0,
        faults=faults if concerned else [],
        said=concerned and not faults,
    )


def _history(session: DbSession) -> tuple[list[ChangeRow], int]:
    found, total = site_settings.history(session, limit=SHOWN_CHANGES)
    return [
        ChangeRow(
            name=change.name,
            at=change.changed_at.isoformat(),
            by=change.changed_by_email or "",
            before=_shown(change.before),
            after=_shown(change.after),
        )
        for change in found
    ], total


def _shown(value: Any) -> str:
    """A value in one line, the same in every language."""
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "–"
    if isinstance(value, dict):
        return " · ".join(f"{name}: {text}" for name, text in value.items() if text) or "–"
    return json.dumps(value)
