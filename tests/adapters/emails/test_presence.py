"""The open editors of an email, in DynamoDB."""

from __future__ import annotations

from functions import wiring
from functions.core.emails.presence import OpenEditor
from functions.wiring import Container


def test_each_tab_of_a_person_has_its_latest_report(aws: Container) -> None:
    presence = aws.get(wiring.adapters.emails.presence)
    for editing in (
        OpenEditor("a@example.com", "1", 10),
        OpenEditor("a@example.com", "2", 11),
        OpenEditor("a@example.com", "1", 30),
    ):
        presence.report(7, editing)
    presence.report(8, OpenEditor("b@example.com", "3", 12))
    assert presence.editing(7) == [OpenEditor("a@example.com", "1", 30), OpenEditor("a@example.com", "2", 11)]
