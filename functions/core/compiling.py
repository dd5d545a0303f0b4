"""From what an author writes to what mail clients read: MJML → HTML with its CSS inlined, its Jinja2 untouched.

MJML is XML and the inliner reads HTML5: both would mend what Jinja2 puts between the tags (`{% if a < b %}`, a loop around table rows).
So every piece of Jinja2 is set aside behind a placeholder first, and put back last.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import css_inline
import mrml

from functions.core.errors import Fault, Rejected

_JINJA = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_PLACEHOLDER = re.compile(r"(?:<!--)?jinja-(\d+)-piece(?:-->)?")
_BETWEEN_TAGS = re.compile(r"(<(style|title)\b.*?</\2>|<!--.*?-->|<[^>]*>)", re.DOTALL | re.IGNORECASE)
_INLINER = css_inline.CSSInliner(keep_style_tags=True, load_remote_stylesheets=False)


def compiled_html(mjml: str) -> str:
    """Raises Rejected with the compiler's own words where the MJML is not well formed."""
    if taken := _PLACEHOLDER.search(mjml):
        raise Rejected(
            [
                Fault(
                    "content.mjml", f"holds {taken[0]!r}, which stands for a piece of Jinja2 here: write it another way"
                )
            ]
        )
    masked, restore = _masked(mjml)
    try:
        html = _INLINER.inline(_commented(mrml.to_html(masked).content))
    except (OSError, ValueError, css_inline.InlineError) as error:
        raise Rejected([Fault("content.mjml", str(error))]) from error
    return restore(html)


def _masked(source: str) -> tuple[str, Callable[[str], str]]:
    pieces: list[str] = []

    def set_aside(match: re.Match[str]) -> str:
        pieces.append(match[0])
        return f"jinja-{len(pieces) - 1}-piece"

    def restore(html: str) -> str:
        return _PLACEHOLDER.sub(lambda match: pieces[int(match[1])], html)

    return _JINJA.sub(set_aside, source), restore


def _commented(html: str) -> str:
    """Placeholders between tags as comments, since HTML5 moves loose text out of a table, but never a comment."""
    segments = _BETWEEN_TAGS.split(html)
    texts_at = range(0, len(segments), 3)  # the pattern has two groups: text, tag, name, text, ...
    kept = [
        _PLACEHOLDER.sub(r"<!--\g<0>-->", segments[i]) if i in texts_at else segments[i] for i in range(len(segments))
    ]
    return "".join(kept[i] for i in range(len(kept)) if i % 3 != 2)  # noqa: PLR2004 - leave out the second group
