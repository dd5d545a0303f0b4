"""The pages of the documentation and their parts: fenced blocks, prose, links and code words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from infra import ROOT

README = ROOT / "README.md"
DOCS = ROOT / "docs"

_FENCE = re.compile(r"^```(?P<info>[^\n]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Block:
    """One fenced block. The first word of its info string is its language, the others are marks."""

    page: Path
    line: int
    language: str
    marks: tuple[str, ...]
    text: str

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def pages() -> list[Path]:
    return [README, ROOT / "CONTRIBUTING.md", *sorted(DOCS.rglob("*.md"))]


def blocks(page: Path) -> list[Block]:
    return blocks_of(page, page.read_text("utf-8"))


def blocks_of(page: Path, text: str) -> list[Block]:
    return [_block(page, text, results) for results in _FENCE.finditer(text)]


def _block(page: Path, text: str, match: re.Match[str]) -> Block:
    language, *marks = match["info"].split() or [""]
    line = text.count("\n", 0, match.start()) + 1
    return Block(page=page, line=line, language=language, marks=tuple(marks), text=match["text"])


def prose(page: Path) -> str:
    return _FENCE.sub("", page.read_text("utf-8"))


def code_words(page: Path) -> list[str]:
    """The inline code of a page."""
    return _CODE.findall(prose(page))


def links(page: Path) -> list[str]:
    """The targets of links and pictures."""
    return _LINK.findall(_CODE.sub("", prose(page)))


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    titles = _HEADING.findall(prose(page))
    return {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in titles}
