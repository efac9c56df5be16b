"""Of the account page: two-step verification and passkeys; on the sign-in page, the button for these."""

from typing import Any

import reflex as rx

from cvstudio.components.account_part import part
from cvstudio.locales import language, t

LIBRARY = "$/public/factors.jsx"  # assets/factors.jsx says what each does


class PasskeyButton(rx.Component):
    library = LIBRARY
    tag = "PasskeyButton"

    text: rx.Var[str]
    unreachable: rx.Var[str]


class Passkeys(rx.Component):
    library = LIBRARY
    tag = "Passkeys"

    words: rx.Var[dict[str, str]]
    language: rx.Var[str]
    unreachable: rx.Var[str]


class TwoStep(rx.Component):
    library = LIBRARY
    tag = "TwoStep"

    words: rx.Var[dict[str, str]]
    language: rx.Var[str]
    unreachable: rx.Var[str]


def passkey_button() -> rx.Component:
    """Nothing where the browser knows no passkeys."""
    return PasskeyButton.create(text=t("factors.sign_in"), unreachable=t("forms.unreachable"))


def two_step() -> rx.Component:
    words = {
        "on": t("factors.on"),
        "off": t("factors.off"),
        "since": t("factors.since"),
        "left": t("factors.left"),
        "begin": t("factors.begin"),
        "scan": t("factors.scan"),
        "scan_text": t("factors.scan_text"),
        "qr": t("factors.qr"),
        "by_hand": t("factors.by_hand"),
        "code": t("factors.code"),
        "code_hint": t("factors.code_hint"),
        "confirm": t("factors.confirm"),
        "cancel": t("factors.cancel"),
        "codes": t("factors.codes"),
        "codes_text": t("factors.codes_text"),
        "copy": t("factors.copy"),
        "copied": t("factors.copied"),
        "download": t("factors.download"),
        "kept": t("factors.kept"),
        "renew": t("factors.renew"),
        "turn_off": t("factors.turn_off"),
        "password": t("forms.password"),
        "show": t("forms.show"),
        "hide": t("forms.hide"),
    }
    return part("two-step", t("factors.two_step"), t("factors.two_step_text"), TwoStep.create(**_told(words)))


def passkeys() -> rx.Component:
    words = {
        "none": t("factors.none"),
        "add": t("factors.add"),
        "added": t("factors.added"),
        "removed": t("factors.removed"),
        "known": t("factors.known"),
        "unsupported": t("factors.unsupported"),
        "made": t("factors.made"),
        "used": t("factors.used"),
        "name": t("factors.name"),
        "save": t("factors.save"),
        "rename": t("factors.rename"),
        "rename_key": t("factors.rename_key"),
        "remove": t("factors.remove"),
        "remove_key": t("factors.remove_key"),
    }
    return part("passkeys", t("factors.passkeys"), t("factors.passkeys_text"), Passkeys.create(**_told(words)))


def _told(words: dict[str, rx.Var[str]]) -> dict[str, Any]:
    return {"words": rx.Var.create(words), "language": language(), "unreachable": t("forms.unreachable")}
