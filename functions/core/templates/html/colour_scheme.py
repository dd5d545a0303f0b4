"""A mail's HTML as a mail client in dark mode shows it, in a browser of any mode: its media queries are answered beforehand."""

from __future__ import annotations

import re

_QUERY = re.compile(r"\(\s*prefers-color-scheme\s*:\s*(dark|light|no-preference)\s*\)", re.IGNORECASE)
_ALWAYS, _NEVER = "(min-width:0)", "(max-width:0)"


def in_dark_mode(html: str) -> str:
    return _QUERY.sub(lambda match: _ALWAYS if match[1].lower() == "dark" else _NEVER, html)
