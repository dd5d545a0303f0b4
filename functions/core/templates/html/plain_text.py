"""The text part where the author wrote none: what the HTML says, in its order, with its links.

`html2text` and its like escape what Markdown would read and wrap lines, which breaks Jinja2's pieces apart; so this is our own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from html.parser import HTMLParser

from functions.core.templates.html.markup import VOID

_UNSEEN = frozenset({"head", "style", "script", "title", "template", "noscript"})
_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "dd",
        "div",
        "dl",
        "dt",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "main",
        "nav",
        "ol",
        "p",
        "section",
        "table",
        "tr",
        "ul",
    ]
)
_PARAGRAPHS = frozenset(["p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "blockquote", "table"])
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_FILLING = re.compile("[\u034f\u200b\u200c\u200d\u2007\ufeff\u00ad]")  # of a preheader, or between letters


def plain_text(html: str, kept: re.Pattern[str], restored: Callable[[str], str]) -> str:
    """`kept` finds what stands for a piece of Jinja2: it stands in the text where it stands in the HTML. `restored` tells what it is."""
    reader = _Reader(kept, restored)
    reader.feed(html)
    reader.close()
    return _tidy(reader.written)


class _Reader(HTMLParser):
    def __init__(self, kept: re.Pattern[str], restored: Callable[[str], str]) -> None:
        super().__init__(convert_charrefs=True)
        self.kept, self.restored = kept, restored
        self.written: list[str] = []
        self.unseen: list[str] = []  # elements that are open inside one that is not shown, and that one
        self.links: list[tuple[str, int]] = []
        self.breaks = 0  # lines ended since anything was written

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if self.unseen or tag in _UNSEEN or _HIDDEN.search(given.get("style", "")):
            if tag not in VOID:
                self.unseen.append(tag)
            return
        self._begin(tag)
        if tag == "a":
            self.links.append((given.get("href", ""), len(self.written)))
        elif tag == "img" and given.get("alt", "").strip():
            self._write(given["alt"])

    def handle_endtag(self, tag: str) -> None:
        if self.unseen:
            if tag in self.unseen:
                while self.unseen.pop() != tag:
                    pass
            return
        if tag == "a" and self.links:
            self._link(*self.links.pop())
        elif tag in _BLOCKS:
            self._break(2 if tag in _PARAGRAPHS else 1)
        elif tag in {"td", "th"}:
            self.written.append(" ")

    def _begin(self, tag: str) -> None:
        if tag == "br":
            self._break(self.breaks + 1)
        elif tag == "hr":
            self._break(2)
            self._write("---")
            self._break(2)
        elif tag == "li":
            self._break(1)
            self._write("- ")
        elif tag in _BLOCKS:
            self._break(2 if tag in _PARAGRAPHS else 1)

    def _write(self, text: str) -> None:
        self.written.append(text)
        if text.strip():
            self.breaks = 0

    def _break(self, lines: int) -> None:
        """Of lines as many as are not ended yet."""
        self.written.append("\n" * (lines - self.breaks))
        self.breaks = max(self.breaks, lines)

    def _link(self, href: str, start: int) -> None:
        """Its address after its words, unless it is its words, or leads nowhere."""
        words = " ".join("".join(self.written[start:]).split())
        address = href.strip().removeprefix("mailto:").removeprefix("tel:")
        if address and not address.startswith("#") and self.restored(address) not in self.restored(words):
            self._write(f" ({address})" if words else address)

    def handle_data(self, data: str) -> None:
        if not self.unseen:
            self._write(re.sub(r"[ \t\n\r\f]+", " ", data))

    def handle_comment(self, data: str) -> None:
        """Of what is not shown the statements are kept, which may end elsewhere."""
        if self.kept.fullmatch(data) and not (self.unseen and self.restored(data).startswith("{{")):
            self.written.append(data)


def _tidy(written: list[str]) -> str:
    """Lines without white space around them, and never more than one empty line."""
    text = _FILLING.sub("", "".join(written)).replace("\N{NO-BREAK SPACE}", " ")
    lines = [" ".join(line.split()) for line in text.split("\n")]
    kept = [line for number, line in enumerate(lines) if line or (number and lines[number - 1])]
    return "\n".join(kept).strip() + "\n"
