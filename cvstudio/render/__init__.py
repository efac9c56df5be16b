"""The rendering core: a CV document becomes HTML, a live preview, PDF, PNG and plain formats. Pure; no database."""

from cvstudio.render.docx import docx
from cvstudio.render.europass import europass
from cvstudio.render.exports import json_resume, markdown, on_screen, text
from cvstudio.render.html import Preview, html, preview, title, title_of
from cvstudio.render.page import PageBox

__all__ = [
    "PageBox",
    "Preview",
    "docx",
    "europass",
    "html",
    "json_resume",
    "markdown",
    "on_screen",
    "preview",
    "text",
    "title",
    "title_of",
]
