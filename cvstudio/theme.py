"""Design tokens: what every page is made of, as CSS custom properties. The classes that use them: assets/studio.css.

The idea is a studio's light table: neutral ground, near-black ink, white sheets, one ultramarine. Text pairs keep a
contrast of at least 4.5 (WCAG AA), control borders and the focus ring at least 3.
"""

LIGHT = {
    "ground": "#f5f5f2",
    "panel": "#ffffff",
    "panel-2": "#fafaf8",
    "desk": "#e7e7e2",
    "ink": "#16171b",
    "ink-2": "#4c4f57",
    "ink-3": "#65686f",
    "line": "#dfdfd9",
    "line-strong": "#85888f",
    "accent": "#2733cf",
    "accent-strong": "#1b249c",
    "accent-soft": "#e9eafb",
    "on-accent": "#ffffff",
    "danger": "#a91c2b",
    "danger-soft": "#fbe9ea",
    "good": "#14653f",
    "good-soft": "#e4f2ea",
    "warn": "#7d4a00",
    "warn-soft": "#fbf0dc",
    "sheet-edge": "rgb(22 23 27 / 0.08)",
    "shadow-s": "0 1px 2px rgb(22 23 27 / 0.06)",
    "shadow-m": "0 1px 2px rgb(22 23 27 / 0.06), 0 8px 24px rgb(22 23 27 / 0.08)",
    "shadow-l": "0 2px 6px rgb(22 23 27 / 0.07), 0 24px 64px rgb(22 23 27 / 0.16)",
    "veil": "rgb(22 23 27 / 0.55)",
}

DARK = {
    "ground": "#131417",
    "panel": "#1b1c20",
    "panel-2": "#202126",
    "desk": "#0c0d0f",
    "ink": "#f2f2ee",
    "ink-2": "#bcbec5",
    "ink-3": "#989ba4",
    "line": "#2d2f35",
    "line-strong": "#73767f",
    "accent": "#a3abff",
    "accent-strong": "#c4c9ff",
    "accent-soft": "#262a52",
    "on-accent": "#0f1238",
    "danger": "#ff9ba3",
    "danger-soft": "#43191e",
    "good": "#86d5a9",
    "good-soft": "#163526",
    "warn": "#f0c272",
    "warn-soft": "#3a2b10",
    "sheet-edge": "rgb(255 255 255 / 0.06)",
    "shadow-s": "0 1px 2px rgb(0 0 0 / 0.4)",
    "shadow-m": "0 1px 2px rgb(0 0 0 / 0.4), 0 8px 24px rgb(0 0 0 / 0.4)",
    "shadow-l": "0 2px 6px rgb(0 0 0 / 0.4), 0 24px 64px rgb(0 0 0 / 0.6)",
    "veil": "rgb(0 0 0 / 0.7)",
}

SHARED = {
    "sans": "Sauce,Sauce Fallback,system-ui,sans-serif",
    "serif": "Garamond,Garamond Fallback,Georgia,serif",
    # type: rem, so that the reader's own size holds
    "t-xs": "0.75rem",
    "t-s": "0.8125rem",
    "t-m": "0.9375rem",
    "t-l": "1.125rem",
    "t-xl": "1.625rem",
    "t-2xl": "clamp(2rem,1.55rem + 1.9vw,3rem)",
    "t-3xl": "clamp(2.625rem,1.75rem + 3.9vw,4.75rem)",
    # space
    "s-1": "0.25rem",
    "s-2": "0.5rem",
    "s-3": "0.75rem",
    "s-4": "1rem",
    "s-5": "1.5rem",
    "s-6": "2rem",
    "s-7": "3rem",
    "s-8": "4.5rem",
    "s-9": "clamp(4.5rem,3rem + 5vw,8rem)",
    "radius": "6px",
    "radius-l": "12px",
    "radius-full": "999px",
    "header": "4rem",
    "focus": "var(--accent)",
    "quick": "140ms cubic-bezier(0.2,0,0.2,1)",
}

# The browser's own colours around the page, for <meta name="theme-color">.
THEME_COLOURS = {"light": LIGHT["ground"], "dark": DARK["ground"]}

# The faces the first screen is set in: fetched before the styles ask for them. A changed file gets a new name.
PRELOADED_FONTS = ("/fonts/sauce-400.woff2", "/fonts/sauce-700.woff2", "/fonts/garamond-400.woff2")


def stylesheet() -> str:
    """The tokens as CSS; small, and in the page itself, so that no page is ever painted without them."""
    return f":root{{{_properties(SHARED | LIGHT)}}}:root.dark{{{_properties(DARK)}}}"


def _properties(tokens: dict[str, str]) -> str:
    return "".join(f"--{name}:{value};" for name, value in tokens.items())
