"""Who else edits an email."""

from __future__ import annotations

from functions.core.emails.presence import GONE_SECONDS, OpenEditor, others

ADA, BOB = "ada@example.com", "bob@example.com"


def test_others_are_the_open_editors_but_oneself() -> None:
    now = 1000
    mine, my_other_tab = OpenEditor(ADA, "1", now), OpenEditor(ADA, "2", now)
    bob, gone = OpenEditor(BOB, "3", now - 1), OpenEditor("eve@example.com", "4", now - GONE_SECONDS)
    assert others([gone, bob, my_other_tab, mine], ADA, "1", now) == [my_other_tab, bob]
