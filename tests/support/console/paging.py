"""Lists of the console with more entries than a page has."""

from __future__ import annotations

import re

from tests.support.console.browser import Browser


def two_pages(browser: Browser, path: str, entry: str) -> list[set[str]]:
    """Follows the link to the next page, which is the last. Returns what `entry` finds on each of the two."""
    first = browser.get(path)
    link = re.search(r'href="(\?after=[^"]+)">Next page', first.html)
    assert link
    second = browser.get(f"{path}{link[1]}")
    assert ("Next page" in second.text, "First page" in second.text) == (False, True)
    return [set(re.findall(entry, page.html)) for page in (first, second)]
