"""What stands behind a CV's link, as whole pages without a script: the CV, its lock, and nothing at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup

from cvstudio.document import Document
from cvstudio.render.contacts import one_line
from cvstudio.render.html import shared, title
from cvstudio.render.labels import label

Reader = Literal["fr", "en"]  # the language of who reads it; the CV has its own

LOCALES: dict[str, str] = {"fr": "fr_FR", "en": "en_GB"}
DESCRIBED = 200  # characters for whoever shows the link
WORDS: dict[str, dict[Reader, str]] = {
    "by": {"fr": "CV partagé avec CV Studio", "en": "A CV shared with CV Studio"},
    "download": {"fr": "Télécharger le PDF", "en": "Download the PDF"},
    "locked": {"fr": "Ce CV est protégé", "en": "This CV is protected"},
    "ask": {
        "fr": "La personne qui vous a donné ce lien a aussi choisi un mot de passe.",
        "en": "Whoever gave you this link has also chosen a password.",
    },
    "password": {"fr": "Mot de passe", "en": "Password"},
    "open": {"fr": "Ouvrir le CV", "en": "Open the CV"},
    "gone": {"fr": "Il n’y a pas de CV ici", "en": "There is no CV here"},
    "why": {
        "fr": "Ce lien n’est pas, ou plus, valable. Demandez-en un autre à la personne qui vous l’a donné.",
        "en": "This link is not valid, or no longer. Ask whoever gave it to you for another.",
    },
}
PLAIN = Markup(
    "<style>:root{color-scheme:light dark}body{margin:0;min-height:100vh;display:grid;place-content:center;"
    "padding:24px;box-sizing:border-box;"
    "font:17px/1.5 system-ui,sans-serif;color:#16181d;background:#faf9f7}main{max-width:26rem}"
    "h1{font-size:1.6rem;line-height:1.2;margin:0 0 .6em}label{display:block;margin:1.2em 0 .3em}"
    "input{font:inherit;width:100%;box-sizing:border-box;padding:.5em .7em;border:1px solid #6b6f78;border-radius:4px}"
    "button{font:inherit;font-weight:700;margin-top:1em;padding:.55em 1.2em;border:0;border-radius:4px;"
    "background:#16181d;color:#fff}.wrong{color:#a8201a}:focus-visible{outline:2px solid #16181d;outline-offset:3px}"
    "@media(prefers-color-scheme:dark){body{color:#eceae6;background:#16171a}input{background:#222429;color:inherit;"
    "border-color:#8a8e98}button{background:#eceae6;color:#16181d}.wrong{color:#ff9d95}"
    ":focus-visible{outline-color:#eceae6}}"
    "</style>"
)


@dataclass(frozen=True)
class Picture:
    """What sites that show the link may show with it."""

    address: str  # a whole one
    width: int  # pixels
    height: int


def page(
    document: Document,
    *,
    photo_src: str | None,
    watermark: bool,
    listed: bool,
    reader: Reader,
    address: str,
    picture: Picture | None,
    pdf_address: str,
    fonts_address: str,
) -> str:
    """The CV at its whole `address`; search engines may keep it where it is `listed`."""
    told = title(document)
    head = Markup(
        '{}<link rel="canonical" href="{address}"><meta name="description" content="{about}">'
        '<meta property="og:type" content="profile"><meta property="og:site_name" content="CV Studio">'
        '<meta property="og:locale" content="{locale}"><meta property="og:url" content="{address}">'
        '<meta property="og:title" content="{told}"><meta property="og:description" content="{about}">{}'
    ).format(
        Markup() if listed else ROBOTS,
        _pictured(picture, told),
        told=told,
        about=_described(document),
        address=address,
        locale=LOCALES[document.studio.language],
    )
    top = Markup('<nav class="shared-bar" lang="{}"><span>{}</span><a href="{}">{}</a></nav>').format(
        reader, WORDS["by"][reader], pdf_address, WORDS["download"][reader]
    )
    return shared(document, photo_src=photo_src, watermark=watermark, head=head, top=top, fonts_address=fonts_address)


def _pictured(picture: Picture | None, told: str) -> Markup:
    if picture is None:
        return Markup('<meta name="twitter:card" content="summary">')
    return Markup(
        '<meta property="og:image" content="{0}"><meta property="og:image:type" content="image/png">'
        '<meta property="og:image:width" content="{1}"><meta property="og:image:height" content="{2}">'
        '<meta property="og:image:alt" content="{3}"><meta name="twitter:card" content="summary_large_image">'
    ).format(picture.address, picture.width, picture.height, told)


ROBOTS = Markup('<meta name="robots" content="noindex, nofollow">')


def locked(reader: Reader, problem: str = "") -> str:
    """Asks for the password, and says nothing of whose CV it is."""
    wrong = Markup('<p class="wrong" id="wrong" role="alert">{}</p>').format(problem) if problem else Markup()
    described = Markup(' aria-describedby="wrong" aria-invalid="true"') if problem else Markup()
    form = Markup(
        '<p>{}</p><form method="post"><label for="password">{}</label>'
        '<input id="password" name="password" type="password" required autofocus maxlength="256"'
        ' autocomplete="off"{}>{}<button>{}</button></form>'
    ).format(WORDS["ask"][reader], WORDS["password"][reader], described, wrong, WORDS["open"][reader])
    return _plain(reader, WORDS["locked"][reader], form)


def gone(reader: Reader) -> str:
    """The same whether there never was a CV here, or there no longer is."""
    return _plain(reader, WORDS["gone"][reader], Markup("<p>{}</p>").format(WORDS["why"][reader]))


def _plain(reader: Reader, heading: str, below: Markup) -> str:
    return str(
        Markup(
            '<!DOCTYPE html><html lang="{}"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">{}<title>{} – CV Studio</title>{}'
            "</head><body><main><h1>{}</h1>{}</main></body></html>"
        ).format(reader, ROBOTS, heading, PLAIN, heading, below)
    )


def _described(document: Document) -> str:
    """The first words of the summary, else the role."""
    about = one_line(document.basics.summary) or one_line(document.basics.label)
    if len(about) > DESCRIBED:
        about = about[:DESCRIBED].rsplit(" ", 1)[0] + " …"
    return about or label("cv", document.studio.language)
