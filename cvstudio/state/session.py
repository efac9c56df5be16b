"""Who is looking, and in which language: shared by every page."""

from http.cookies import CookieError, SimpleCookie

import reflex as rx

from cvstudio.language import COOKIE, COOKIE_SECONDS, Language, choose, known


class Session(rx.State):
    chosen: str = rx.Cookie("", name=COOKIE, path="/", max_age=COOKIE_SECONDS, same_site="lax")

    @rx.var(initial_value="")
    def lang(self) -> str:
        """ "fr" or "en"; blank only in the page as built, which then says itself what it is in."""
        return self.language()

    @rx.event
    def set_lang(self, lang: str) -> None:
        if language := known(lang):
            self.chosen = language

    def language(self) -> Language:
        """For server-side texts: `text(key, session.language())`."""
        return choose(self.chosen, self.router.headers.accept_language)

    def cookie(self, name: str) -> str:
        """A cookie as it was when the tab connected, HttpOnly ones included; blank when absent."""
        jar = SimpleCookie()
        try:
            jar.load(self.router.headers.cookie)
        except CookieError:
            return ""
        return jar[name].value if name in jar else ""
