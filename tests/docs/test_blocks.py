"""How blocks are found in a page."""

from __future__ import annotations

from pathlib import Path

from infra import ROOT
from tests.support.http import documentation

PAGE = "Try:\n\n```sh make\nmake run\n```\n\nor\n\n```text\nno `code` here\n```\n"


def test_a_block_has_its_language_its_marks_and_its_line() -> None:
    first, second = documentation.blocks_of(ROOT / "page.md", PAGE)
    assert (first.language, first.marks, first.text, str(first)) == ("sh", ("make",), "make run\n", "page.md:3")
    assert (second.language, second.marks, second.line) == ("text", (), 9)


def test_a_heading_has_the_anchor_that_github_gives_it(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("## Sends, and `sendId`\n")
    assert documentation.anchors(page) == {"sends-and-sendid"}
