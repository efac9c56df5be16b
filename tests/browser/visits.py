"""The pages that every browser test walks over, and how a visitor comes to them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, StorageState

# Route → what is there once the page stands complete.
PAGES = {
    "/": '.table-note:has-text("page")',
    "/templates": ".gallery-card",
    "/generate": ".editor[data-ready]",
    "/tailor": ".tailor .empty",
    "/cvs": ".shelf .empty",
    "/tasks": ".tasks .empty",
    "/history": ".history .empty",
    "/profile": '.career[data-ready="true"]',
    "/no-such-page": ".lost",
}

LANGUAGES = {"fr": "fr-FR", "en": "en-GB"}
APPEARANCES = ("light", "dark")

WATCH_SHIFTS = """
window.shifted = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
}).observe({ type: "layout-shift", buffered: true });
"""


@dataclass
class Visit:
    """`complaints` gathers what the browser's console calls an error, and exceptions nobody caught."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    def shifted(self) -> float:
        """Cumulative layout shift so far."""
        return float(self.page.evaluate("window.shifted"))

    def texts(self) -> list[str]:
        """What can be read or is read out on the page, in order; not the CV in its frame."""
        return list(self.page.evaluate(READABLE))


READABLE = """() => {
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
  for (let node = walker.currentNode; node; node = walker.nextNode()) {
    if (node.nodeType === Node.TEXT_NODE) {
      if (!node.parentElement.closest("script, style, svg, code")) found.push(node.textContent.trim());
    } else
      for (const name of ["aria-label", "alt", "title", "placeholder"]) found.push(node.getAttribute(name) ?? "");
  }
  return found.filter((text) => /\\p{L}{2}/u.test(text));
}"""


@contextmanager
def visit(
    browser: Browser,
    url: str,
    route: str,
    *,
    language: str = "fr",
    appearance: str = "light",
    width: int = 1280,
    cookies: StorageState | None = None,
) -> Iterator[Visit]:
    """A new visitor on the page `route`, complete and connected; with the cookies of someone who signed in before."""
    context = browser.new_context(
        locale=LANGUAGES[language],
        color_scheme="dark" if appearance == "dark" else "light",
        viewport={"width": width, "height": 900},
        reduced_motion="reduce",
        storage_state=cookies,
    )
    context.add_init_script(WATCH_SHIFTS)
    page = context.new_page()
    visiting = Visit(page)

    def note(message: ConsoleMessage) -> None:
        # The address of a missing page is answered 404: the browser says so, and rightly.
        missing = message.location.get("url", "").endswith("/no-such-page")
        # These tests' own scripts, which a frame without scripts keeps out.
        ours = message.text.startswith("Blocked script execution in 'about:srcdoc'")
        if message.type == "error" and not missing and not ours:
            visiting.complaints.append(message.text)

    page.on("console", note)
    page.on("pageerror", lambda error: visiting.complaints.append(str(error)))
    try:
        connect(page, url + route)
        page.wait_for_selector(PAGES.get(route, "main"), state="attached")
        page.evaluate("document.fonts.ready")
        yield visiting
    finally:
        context.close()


# Set in the document itself: an answer that comes before the load event, or on an older page's socket, can't mislead.
NOTE_ANSWERS = """
if (!("answered" in window)) {
  window.answered = false;
  const decoder = new TextDecoder();
  const Plain = window.WebSocket;
  window.WebSocket = class extends Plain {
    constructor(...given) {
      super(...given);
      this.addEventListener("message", async ({ data }) => {
        const bytes = data instanceof Blob ? await data.arrayBuffer() : data;
        const text = typeof bytes === "string" ? bytes : decoder.decode(bytes);
        if (text.includes("is_hydrated")) window.answered = true;
      });
    }
  };
}
"""


def tab_to(page: Page, wanted: Locator, key: str = "Tab") -> None:
    """By keyboard alone."""
    for _ in range(200):
        page.keyboard.press(key)
        if wanted.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"{key} does not lead to {wanted}")


def connect(page: Page, address: str) -> None:
    """Open a page and wait until the server has answered its first event."""
    page.add_init_script(NOTE_ANSWERS)
    page.goto(address)
    page.wait_for_function("window.answered")
