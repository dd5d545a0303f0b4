"""Derives the text part from the HTML if the author wrote none: its texts in their order, with its links.

`html2text` and similar libraries escape Markdown and wrap lines, which splits pieces of Jinja2. So this is our own.
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
_FILLING = re.compile("[\u034f\u200b\u200c\u200d\u2007\ufeff\u00ad]")  # in a preheader, or between letters


def plain_text(html: str, placeholder: re.Pattern[str], restored: Callable[[str], str]) -> str:
    """`placeholder` matches the placeholders of Jinja2, which keep their position. `restored` returns a placeholder's piece."""
    reader = _Reader(placeholder, restored)
    reader.feed(html)
    reader.close()
    return _tidy(reader.written)


class _Reader(HTMLParser):
    def __init__(self, placeholder: re.Pattern[str], restored: Callable[[str], str]) -> None:
        super().__init__(convert_charrefs=True)
        self.placeholder, self.restored = placeholder, restored
        self.written: list[str] = []
        self.unseen: list[str] = []  # a hidden element, and the open elements in it
        self.links: list[tuple[str, int]] = []
        self.breaks = 0  # line ends since the last text

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if self.unseen or tag in _UNSEEN or _HIDDEN.search(attributes.get("style", "")):
            if tag not in VOID:
                self.unseen.append(tag)
            return
        self._begin(tag)
        if tag == "a":
            self.links.append((attributes.get("href", ""), len(self.written)))
        elif tag == "img" and attributes.get("alt", "").strip():
            self._write(attributes["alt"])

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
        """Ends lines until there are as many line ends."""
        self.written.append("\n" * (lines - self.breaks))
        self.breaks = max(self.breaks, lines)

    def _link(self, href: str, start: int) -> None:
        """Writes a link's address after its words. It omits an address that equals the words, or leads nowhere."""
        words = " ".join("".join(self.written[start:]).split())
        address = href.strip().removeprefix("mailto:").removeprefix("tel:")
        if address and not address.startswith("#") and self.restored(address) not in self.restored(words):
            self._write(f" ({address})" if words else address)

    def handle_data(self, data: str) -> None:
        if not self.unseen:
            self._write(re.sub(r"[ \t\n\r\f]+", " ", data))

    def handle_comment(self, data: str) -> None:
        """Writes placeholders. From hidden elements it writes only statements, which may end elsewhere."""
        if self.placeholder.fullmatch(data) and not (self.unseen and self.restored(data).startswith("{{")):
            self.written.append(data)


def _tidy(written: list[str]) -> str:
    """Strips each line, and joins several empty lines into one."""
    text = _FILLING.sub("", "".join(written)).replace("\N{NO-BREAK SPACE}", " ")
    lines = [" ".join(line.split()) for line in text.split("\n")]
    tidy = [line for number, line in enumerate(lines) if line or (number and lines[number - 1])]
    return "\n".join(tidy).strip() + "\n"
