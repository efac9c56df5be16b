"""Warm Chromium, shared by the threads of one process: HTML in, finished PDF out.

Each page has no script, every request it makes is aborted, and a policy that forbids loading comes first in every
document. A page is used for one document after another; what could make it carry something over takes it out of use.
"""

from __future__ import annotations

import atexit
import logging
import os
import re
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Self

from cvstudio.errors import StudioError, Unavailable
from cvstudio.render import pdf
from cvstudio.render.cdp import Browser, BrowserGone, Page, PageGone
from cvstudio.render.html import POLICY

logger = logging.getLogger(__name__)

_START = 30.0  # seconds a browser may take to come up
_WEIGH_EVERY = 25  # renders between two looks at its memory
_DOCTYPE = re.compile(r"\s*<!doctype[^>]*>", re.IGNORECASE)
_POLICY = f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
# Nobody looks at the screen: a page that is not laid out for it costs a third less of processor. Chromium goes back to
# the screen in the middle of a print; hidden like this, unlike with display, its boxes and shaped text outlive that.
_UNSEEN = "<style>@media screen{html{content-visibility:hidden;contain:strict;width:1px;height:1px}}</style>"
_SPECIMEN = '<!doctype html><html lang="fr"><title>CV</title><p>Aé <b>Aé</b> <i>Aé</i></p>'


class RenderTimeout(StudioError):
    code = "RENDER_TIMEOUT"
    status = 504
    messages: ClassVar[dict[str, str]] = {
        "fr": "La mise en page a pris trop de temps et a été arrêtée. Votre CV est gardé ; réessayez.",
        "en": "Laying out the pages took too long and was stopped. Your CV is kept; please try again.",
    }


class RenderFailed(StudioError):
    code = "RENDER_FAILED"
    status = 500
    messages: ClassVar[dict[str, str]] = {
        "fr": "Le PDF n'a pas pu être produit. Votre CV est gardé ; réessayez dans un instant.",
        "en": "The PDF could not be made. Your CV is kept; please try again in a moment.",
    }


class BrowserUnavailable(Unavailable):
    code = "BROWSER_UNAVAILABLE"
    messages: ClassVar[dict[str, str]] = {
        "fr": "La fabrication des PDF est à l'arrêt. Votre CV est gardé ; réessayez dans quelques minutes.",
        "en": "PDF making is down. Your CV is kept; please try again in a few minutes.",
    }


class Chromium:
    """`executable` prints with the fonts of `fontconfig`; its files lie under `temp`.

    `timeout` and `sandbox`: seconds for one document, and whether Chromium confines itself (by default unless root).
    The browser is replaced after `recycle_after` documents or `growth` bytes more than when it was young.
    """

    def __init__(
        self,
        executable: Path,
        *,
        fontconfig: Path | None = None,
        temp: Path | None = None,
        pages: int = 2,
        timeout: float = 20.0,
        recycle_after: int = 500,
        growth: int = 400 * 1024 * 1024,
        sandbox: bool | None = None,
    ) -> None:
        self._executable = executable
        self._fontconfig = fontconfig
        self._temp = temp
        self._pages = pages
        self._timeout = timeout
        self._recycle_after = recycle_after
        self._growth = growth
        self._sandbox = os.geteuid() != 0 if sandbox is None else sandbox
        self._changed = threading.Condition()
        self._browser: Browser | None = None
        self._idle: list[Page] = []
        self._missing = 0  # pages the browser could still open
        self._starting = False
        self._renewal: threading.Thread | None = None
        self._young = 0  # bytes, at the first weighing
        self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def version(self) -> str:
        """Of the running browser, which is started if need be: "156.0.8078.79"."""
        page = self._take(time.monotonic() + _START)
        self._give_back(page, sound=True)
        return page.browser.version

    @property
    def process(self) -> int:
        """The running browser's process id; 0 when none runs."""
        browser = self._browser
        return browser.pid if browser else 0

    def memory(self) -> int:
        """Bytes resident in the browser and its children; 0 when none runs or the system does not tell."""
        browser = self._browser
        return browser.memory() if browser else 0

    def warm(self) -> None:
        """Start the browser and open its pages now, so that the first document does not wait."""
        deadline = time.monotonic() + _START
        pages = [self._take(deadline) for _ in range(self._pages)]
        for page in pages:
            self._give_back(page, sound=True)

    def pdf(
        self,
        html: str,
        *,
        title: str,
        author: str,
        lang: str,
        subject: str = "",
        keywords: tuple[str, ...] = (),
        timeout: float | None = None,
    ) -> bytes:
        """Print a whole HTML page: tagged, with outline; the same bytes for the same input and `fingerprint`.

        Raises RenderTimeout, RenderFailed, BrowserUnavailable.
        """
        raw = self._print(_guarded(html), self._timeout if timeout is None else timeout)
        return pdf.finish(raw, title=title, author=author, lang=lang, subject=subject, keywords=keywords)

    def _print(self, html: str, timeout: float) -> bytes:
        # Its own policy and no other instruction to the browser: anything else may outlive the document.
        plain = len(re.findall("http-equiv", html, re.IGNORECASE)) == html.count(_POLICY)
        failure: Exception | None = None
        for _ in range(2):
            page = self._take(time.monotonic() + timeout)
            sound = False
            try:
                raw = page.pdf(html, deadline=time.monotonic() + timeout)
                sound = plain
                return raw
            except TimeoutError:
                self._condemn(page.browser)
                raise RenderTimeout(f"a document took longer than {timeout:g} s") from None
            except (BrowserGone, PageGone) as error:
                logger.warning("a print failed: %s", error)
                failure = error
            finally:
                self._give_back(page, sound=sound)
        raise RenderFailed(f"printing failed twice: {failure}") from failure

    def _take(self, deadline: float) -> Page:
        """A page nobody else has, on a living browser."""
        while True:
            with self._changed:
                if self._closed:
                    raise BrowserUnavailable("the browser pool is closed")
                if self._browser and not self._browser.alive:
                    self._drop(self._browser)
                if self._browser and self._idle:
                    self._browser.busy += 1
                    return self._idle.pop()
                opening = self._browser if self._missing else None
                starting = not self._browser and not self._starting
                if opening:
                    self._missing -= 1
                    opening.busy += 1
                elif starting:
                    self._starting = True
                elif not self._changed.wait(max(0.0, deadline - time.monotonic())):
                    raise RenderTimeout("no page came free in time")
            if opening and (page := self._open(opening)):
                return page
            if starting:
                self._start()

    def _open(self, browser: Browser) -> Page | None:
        """A new page; None, and the browser gone, when it does not open."""
        try:
            return _new_page(browser)
        except (BrowserGone, PageGone, TimeoutError) as error:
            logger.warning("no new page: %s", error)
            self._condemn(browser)
            self._release(browser)
            return None

    def _start(self) -> None:
        try:
            browser = self._launch()
        except BrowserGone as error:
            raise BrowserUnavailable(f"Chromium does not start: {error}") from error
        else:
            with self._changed:
                self._browser, self._missing, self._young = browser, self._pages, 0
        finally:
            with self._changed:
                self._starting = False
                self._changed.notify_all()
        if self._closed:
            self._condemn(browser)

    def _launch(self) -> Browser:
        browser = Browser(
            self._executable, fontconfig=self._fontconfig, temp=self._temp, sandbox=self._sandbox, timeout=_START
        )
        atexit.register(browser.close)
        return browser

    def _give_back(self, page: Page, *, sound: bool) -> None:
        browser = page.browser
        if not sound and browser.alive:
            page.close()
        browser.renders += 1
        with self._changed:
            if browser is self._browser:
                if sound:
                    self._idle.append(page)
                else:
                    self._missing += 1
                self._changed.notify()
        self._release(browser)
        self._look_after(browser)

    def _release(self, browser: Browser) -> None:
        with self._changed:
            browser.busy -= 1
            leaving = browser is not self._browser and not browser.busy
        if leaving:
            _end(browser)

    def _look_after(self, browser: Browser) -> None:
        """Have a successor made ready, in the background, for a browser that is old or fat."""
        due = browser.renders >= self._recycle_after
        if not due and browser.renders % _WEIGH_EVERY == 0:
            weight = browser.memory()
            self._young = self._young or weight
            due = weight - self._young > self._growth
        with self._changed:
            if due and browser is self._browser and not self._renewal and not self._closed:
                self._renewal = threading.Thread(target=self._renew, name="chromium-renewal", daemon=True)
                self._renewal.start()

    def _renew(self) -> None:
        try:
            fresh = self._launch()
            try:
                pages = [_new_page(fresh) for _ in range(self._pages)]
            except (PageGone, TimeoutError, BrowserGone):
                _end(fresh)
                raise
        except (BrowserGone, PageGone, TimeoutError) as error:
            logger.warning("the browser was not renewed: %s", error)
            with self._changed:
                self._renewal = None
            return
        with self._changed:
            self._renewal = None
            old, unwanted = self._browser, self._closed
            if not unwanted:
                self._browser, self._idle, self._missing, self._young = fresh, pages, 0, 0
                self._changed.notify_all()
            ending = fresh if unwanted else old if old and not old.busy else None
        if ending:
            _end(ending)

    def _drop(self, browser: Browser) -> None:
        """Stop handing out a browser's pages; the condition is held."""
        if browser is self._browser:
            self._browser, self._idle, self._missing = None, [], 0
            self._changed.notify_all()
            if not browser.busy:
                threading.Thread(target=_end, args=(browser,), daemon=True).start()

    def _condemn(self, browser: Browser) -> None:
        """Kill a browser that hangs; whoever else waits for it learns at once and tries again."""
        browser.kill()
        with self._changed:
            self._drop(browser)

    def close(self) -> None:
        """End the browser and all it started; renders under way get an error. Safe to call twice."""
        with self._changed:
            self._closed = True
            browser, self._browser, self._idle, self._missing = self._browser, None, [], 0
            renewal = self._renewal
            self._changed.notify_all()
        if browser:
            _end(browser)
        if renewal:
            renewal.join()


def fingerprint(version: str, fonts: str) -> str:
    """What, besides the HTML, decides a file's bytes; part of a stored file's key."""
    return f"chromium-{version}/pdf-{pdf.VERSION}/{fonts}"


def _new_page(browser: Browser) -> Page:
    deadline = time.monotonic() + _START
    page = Page(browser, deadline=deadline)
    page.pdf(_SPECIMEN, deadline=deadline)
    return page


def _end(browser: Browser) -> None:
    browser.close()
    atexit.unregister(browser.close)


def _guarded(html: str) -> str:
    """The document with our policy before anything it says, and not laid out for a screen."""
    doctype = _DOCTYPE.match(html)
    start = doctype.end() if doctype else 0
    return f"<!doctype html>{_POLICY}{_UNSEEN}{html[start:]}"
