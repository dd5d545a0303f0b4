"""The open editors of an email, in DynamoDB."""

from __future__ import annotations

from functions import wiring
from functions.core.emails.presence import Editing
from functions.wiring import Container


def test_each_tab_of_a_person_has_its_latest_report(aws: Container) -> None:
    presence = aws.get(wiring.adapters.presence)
    for editing in (
        Editing("a@example.com", "1", 10),
        Editing("a@example.com", "2", 11),
        Editing("a@example.com", "1", 30),
    ):
        presence.report(7, editing)
    presence.report(8, Editing("b@example.com", "3", 12))
    assert presence.editing(7) == [Editing("a@example.com", "1", 30), Editing("a@example.com", "2", 11)]
