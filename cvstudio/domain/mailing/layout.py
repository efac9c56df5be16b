"""The one layout of all mails. Tables and inline styles, for mail programs; no image, font or script to fetch."""

from collections.abc import Mapping
from html import escape
from urllib.parse import urlsplit

from cvstudio.config import settings
from cvstudio.domain.mailing import markup
from cvstudio.domain.mailing.markup import Block
from cvstudio.language import Language

FONT = "-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif"

# The pages' own colours (cvstudio/theme.py); mail programs know no custom properties.
_PAIRS = {  # class: light, dark
    "ground": ("#f5f5f2", "#131417"),
    "panel": ("#ffffff", "#1b1c20"),
    "ink": ("#16171b", "#f2f2ee"),
    "soft": ("#4c4f57", "#bcbec5"),
    "faint": ("#65686f", "#989ba4"),
    "line": ("#dfdfd9", "#2d2f35"),
    "accent": ("#2733cf", "#a3abff"),
    "on": ("#ffffff", "#0f1238"),
}
INK, SOFT, FAINT, ACCENT = (_PAIRS[name][0] for name in ("ink", "soft", "faint", "accent"))
_LIGHT = {name: light for name, (light, _) in _PAIRS.items()}
_DARK = {name: dark for name, (_, dark) in _PAIRS.items()}

WHY: dict[Language, str] = {
    "fr": "Vous recevez ce message parce que cette adresse a été utilisée sur CV Studio. "
    "Il est envoyé automatiquement.",
    "en": "You receive this mail because this address was used on CV Studio. It was sent automatically.",
}
COPY: dict[Language, str] = {
    "fr": "Le bouton ne répond pas ? Copiez cette adresse dans votre navigateur :",
    "en": "The button does nothing? Copy this address into your browser:",
}
COLON: dict[Language, str] = {"fr": "\u00a0:", "en": ":"}


def text(blocks: list[Block], values: Mapping[str, str], language: Language) -> str:
    """The whole mail as plain text."""
    parts = [_as_text(block, values, language) for block in blocks]
    return "\n\n".join([*parts, f"-- \nCV Studio · {_host()}\n{WHY[language]}"]) + "\n"


def html(subject: str, preheader: str, blocks: list[Block], values: Mapping[str, str], language: Language) -> str:
    """The whole mail as HTML."""
    body = "\n".join(_as_html(block, values, language) for block in blocks)
    # What follows the preheader in a list of mails: nothing, rather than the greeting again.
    filler = "&#8203;&nbsp;" * 60
    return f"""<!doctype html>
<html lang="{language}" dir="ltr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<meta name="format-detection" content="telephone=no, date=no, address=no, email=no">
<title>{escape(subject)}</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ margin: 0; padding: 0; -webkit-text-size-adjust: 100%; }}
@media (max-width: 480px) {{ .sheet {{ padding-left: 22px !important; padding-right: 22px !important; }} }}
@media (prefers-color-scheme: dark) {{
  .ground {{ background-color: {_DARK["ground"]} !important; }}
  .sheet {{ background-color: {_DARK["panel"]} !important; border-color: {_DARK["line"]} !important; }}
  .ink {{ color: {_DARK["ink"]} !important; }}
  .soft {{ color: {_DARK["soft"]} !important; }}
  .faint {{ color: {_DARK["faint"]} !important; }}
  .line {{ border-color: {_DARK["line"]} !important; }}
  .link {{ color: {_DARK["accent"]} !important; }}
  .mark {{ border-color: {_DARK["accent"]} !important; }}
  .button {{ background-color: {_DARK["accent"]} !important; }}
  .label {{ color: {_DARK["on"]} !important; }}
}}
</style>
</head>
<body class="ground" style="margin:0;padding:0;background-color:{_LIGHT["ground"]};">
<div style="display:none;max-height:0;overflow:hidden;mso-hide:all;">{escape(preheader)}{filler}</div>
<table role="presentation" class="ground" width="100%" cellpadding="0" cellspacing="0" border="0" \
style="background-color:{_LIGHT["ground"]};">
<tr><td align="center" style="padding:32px 12px 40px;">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width:560px;">
<tr><td style="padding:0 4px 18px;">{_wordmark()}</td></tr>
<tr><td class="sheet" style="background-color:{_LIGHT["panel"]};border:1px solid {_LIGHT["line"]};border-radius:6px;\
padding:36px 40px {18 if blocks[-1].shape != "note" else 34}px;">
{body}
</td></tr>
<tr><td class="faint" style="padding:20px 4px 0;{_type(13, 20, FAINT)}">
<a href="{escape(settings().public_url)}" class="faint" style="color:{FAINT};text-decoration:underline;">\
CV Studio · {escape(_host())}</a><br>{WHY[language]}
</td></tr>
</table>
</td></tr>
</table>
</body>
</html>
"""


def _wordmark() -> str:
    return (
        f'<table role="presentation" cellpadding="0" cellspacing="0" border="0"><tr>'
        f'<td class="mark" style="width:10px;height:14px;border:2px solid {ACCENT};font-size:0;line-height:0;">&nbsp;'
        f'</td><td class="ink" style="padding-left:10px;{_type(16, 20, INK)}font-weight:600;">CV Studio</td>'
        f"</tr></table>"
    )


def _as_text(block: Block, values: Mapping[str, str], language: Language) -> str:
    lines = [markup.in_text(line, values) for line in block.lines]
    match block.shape:
        case "heading":
            return f"{lines[0]}\n{'=' * min(len(lines[0]), 60)}"
        case "list":
            return "\n".join(f"- {line}" for line in lines)
        case "facts":
            return "\n".join(f"{label}{COLON[language]} {value}" for label, value in _cells(block, values))
        case "button":
            label, target = block.lines[0].rsplit("|", 1)
            return f"{markup.filled(label, values)}{COLON[language]}\n{markup.filled(target, values)}"
    return lines[0]


def _as_html(block: Block, values: Mapping[str, str], language: Language) -> str:
    link = f'class="link" style="color:{ACCENT};"'
    lines = [markup.in_html(line, values, link) for line in block.lines]
    match block.shape:
        case "heading":
            return f'<h1 class="ink" style="margin:0 0 18px;{_type(23, 30, INK)}font-weight:650;">{lines[0]}</h1>'
        case "note":
            return (
                f'<p class="faint line" style="margin:26px 0 0;padding:18px 0 0;border-top:1px solid {_LIGHT["line"]};'
                f'{_type(14, 21, FAINT)}">{lines[0]}</p>'
            )
        case "list":
            items = "".join(f'<li style="margin:0 0 6px;">{line}</li>' for line in lines)
            return f'<ul class="ink" style="margin:0 0 16px;padding:0 0 0 22px;{_type(16, 25, INK)}">{items}</ul>'
        case "facts":
            return _facts(block, values)
        case "button":
            return _button(block, values, language)
    return f'<p class="ink" style="margin:0 0 16px;{_type(16, 25, INK)}">{lines[0]}</p>'


def _facts(block: Block, values: Mapping[str, str]) -> str:
    border = f"border-bottom:1px solid {_LIGHT['line']};"
    rows = "".join(
        f'<tr><td class="soft line" valign="top" style="padding:9px 16px 9px 0;{border}{_type(15, 22, SOFT)}">'
        f'{escape(label)}</td><td class="ink line" valign="top" align="right" style="padding:9px 0;{border}'
        f'{_type(15, 22, INK)}font-weight:600;">{escape(value)}</td></tr>'
        for label, value in _cells(block, values)
    )
    table = 'width="100%" cellpadding="0" cellspacing="0" border="0"'
    return f'<table {table} style="margin:4px 0 22px;border-collapse:collapse;">{rows}</table>'


def _button(block: Block, values: Mapping[str, str], language: Language) -> str:
    label, target = (escape(markup.filled(part, values)) for part in block.lines[0].rsplit("|", 1))
    made = (
        f'<table role="presentation" cellpadding="0" cellspacing="0" border="0" style="margin:10px 0 22px;"><tr>'
        f'<td class="button" style="background-color:{ACCENT};border-radius:4px;">'
        f'<a href="{target}" class="label" style="display:inline-block;padding:13px 26px;'
        f'{_type(16, 20, _LIGHT["on"])}font-weight:600;text-decoration:none;">{label}</a></td></tr></table>'
    )
    if "token=" in target:  # the way in must not hang on a button
        made += (
            f'<p class="faint" style="margin:0 0 16px;{_type(14, 21, FAINT)}">{COPY[language]}<br>'
            f'<a href="{target}" class="link" style="color:{ACCENT};word-break:break-all;">{target}</a></p>'
        )
    return made


def _cells(block: Block, values: Mapping[str, str]) -> list[tuple[str, str]]:
    rows = [line.split("|", 1) for line in block.lines]
    return [(markup.in_text(label, values), markup.in_text(value, values)) for label, value in rows]


def _type(size: int, height: int, colour: str) -> str:
    return f"font-family:{FONT};font-size:{size}px;line-height:{height}px;color:{colour};"


def _host() -> str:
    return urlsplit(settings().public_url).netloc
