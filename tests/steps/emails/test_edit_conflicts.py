from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from functions.core.access.actor import unrestricted
from functions.core.errors import Conflict
from functions.steps.emails.edit_emails import EmailEditor
from tests.fakes import Killed, Life
from tests.support.editing import ADA, BOB, WHOLE, EditScenario, body, html


@pytest.fixture
def scenario() -> EditScenario:
    return EditScenario()


def test_a_stale_version_is_refused_with_the_current_one(scenario: EditScenario) -> None:
    created = scenario.author.create(WHOLE, unrestricted(ADA))
    scenario.author.update(100, html("<p>bob's</p>"), unrestricted(BOB), created.email.version)
    scenario.author.publish(100, unrestricted(BOB))
    before = scenario.emails.live[100]
    for stale in (
        lambda: scenario.author.update(100, html("<p>ada's</p>"), unrestricted(ADA), created.email.version),
        lambda: scenario.author.publish(100, unrestricted(ADA), created.email.version),
        lambda: scenario.author.discard_draft(100, unrestricted(ADA), created.email.version),
        lambda: scenario.author.restore(100, 1, unrestricted(ADA), created.email.version),
        lambda: scenario.author.restore_to_draft(100, 1, unrestricted(ADA), created.email.version),
        lambda: scenario.author.unpublish(100, unrestricted(ADA), created.email.version),
        lambda: scenario.author.archive(100, unrestricted(ADA), created.email.version),
        lambda: scenario.author.unarchive(100, unrestricted(ADA), created.email.version),
    ):
        with pytest.raises(Conflict, match=f"version 1 .* is stale; the current one is 3, changed by {BOB} at "):
            stale()
    assert body(scenario.author.draft(100)) == "<p>bob's</p>"
    assert scenario.emails.live[100] == before


@pytest.mark.parametrize(
    "drop",
    [
        lambda author, version: author.discard_draft(100, unrestricted(ADA), version),
        lambda author, version: author.restore(100, 1, unrestricted(ADA), version),
        lambda author, version: author.restore_to_draft(100, 1, unrestricted(ADA), version),
    ],
)
def test_dropping_a_draft_refuses_a_concurrent_edit(
    drop: Callable[[EmailEditor, int], object], scenario: EditScenario
) -> None:
    """What throws the draft away may name the version that it throws away: an edit in the middle then stays."""
    scenario.author.create(WHOLE, unrestricted(ADA))
    scenario.author.publish(100, unrestricted(ADA))
    read = scenario.author.update(100, html("<p>ada's</p>"), unrestricted(ADA)).email.version
    scenario.meanwhile = [lambda: scenario.author.update(100, html("<p>bob's</p>"), unrestricted(BOB))]
    with pytest.raises(Conflict, match=f"the current one is {read + 1}"):
        drop(scenario.author, read)
    assert body(scenario.author.draft(100)) == "<p>bob's</p>"


def test_two_concurrent_changes_are_both_stored(scenario: EditScenario) -> None:
    scenario.author.create(WHOLE, unrestricted(ADA))
    scenario.meanwhile = [lambda: scenario.author.update(100, {"subject": "Bob's"}, unrestricted(BOB))]
    changed = scenario.author.update(100, html("<p>ada's</p>"), unrestricted(ADA))
    assert (changed.document["subject"], body(changed)) == ("Bob's", "<p>ada's</p>")
    assert scenario.author.draft(100).document == changed.document
    assert changed.email.version == 3


def test_a_version_that_becomes_stale_is_refused(scenario: EditScenario) -> None:
    scenario.author.create(WHOLE, unrestricted(ADA))
    scenario.meanwhile = [lambda: scenario.author.update(100, {"subject": "Bob's"}, unrestricted(BOB))]
    with pytest.raises(Conflict, match="the current one is 2"):
        scenario.author.update(100, {"subject": "Ada's"}, unrestricted(ADA), 1)
    assert scenario.author.draft(100).document["subject"] == "Bob's"


def test_publishing_without_a_version_publishes_the_latest(scenario: EditScenario) -> None:
    scenario.author.create(WHOLE, unrestricted(ADA))
    scenario.meanwhile = [lambda: scenario.author.update(100, html("<p>bob's</p>"), unrestricted(BOB))]
    scenario.author.publish(100, unrestricted(ADA))
    assert scenario.live(100).content.html == body(scenario.author.draft(100)) == "<p>bob's</p>"


def test_an_email_that_always_changes_is_a_conflict(scenario: EditScenario) -> None:
    scenario.author.create(WHOLE, unrestricted(ADA))

    def again() -> None:
        scenario.emails.live[100] = replace(scenario.emails.live[100], version=scenario.emails.live[100].version + 1)
        scenario.meanwhile.append(again)

    scenario.meanwhile = [again]
    with pytest.raises(Conflict, match="try again"):
        scenario.author.update(100, {"subject": "Ada's"}, unrestricted(ADA))


STEPS: list[Callable[[EmailEditor], object]] = [
    lambda author: author.create({"name": "New"}, unrestricted(ADA)),
    lambda author: author.update(100, html("<p>three</p>"), unrestricted(ADA)),
    lambda author: author.publish(100, unrestricted(ADA)),
    lambda author: author.unpublish(100, unrestricted(ADA)),
    lambda author: author.restore(100, 1, unrestricted(ADA)),
    lambda author: author.discard_draft(100, unrestricted(ADA)),
    lambda author: author.create_variation(100, "B", unrestricted(ADA)),
    lambda author: author.archive(100, unrestricted(ADA)),
]


def published_scenario() -> EditScenario:
    """One revision published, and another draft since."""
    scenario = EditScenario()
    scenario.author.create(WHOLE, unrestricted(ADA))
    scenario.author.publish(100, unrestricted(ADA))
    scenario.author.update(100, html("<p>two</p>"), unrestricted(ADA))
    return scenario


def stored(scenario: EditScenario) -> tuple[dict[Any, Any], ...]:
    return dict(scenario.emails.live), dict(scenario.emails.by_revision), dict(scenario.emails.revisions)


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("after", [False, True])
def test_a_step_killed_at_any_call_is_atomic(step: Callable[[EmailEditor], object], *, after: bool) -> None:
    whole = published_scenario()
    before = stored(whole)
    step(whole.author)
    done = stored(whole)
    ends = set()
    for calls in range(20):
        scenario = published_scenario()
        guarded: Any = Life(calls, after).guard(scenario.emails)
        dying = replace(
            scenario.author, emails=guarded, publish_draft=dataclasses.replace(scenario, emails=guarded).publish
        )
        try:
            step(dying)
        except Killed:
            ends.add("done" if without_times(stored(scenario)) == without_times(done) else "before")
            assert stored(scenario) == before or without_times(stored(scenario)) == without_times(done)
        else:
            break
    else:
        pytest.fail("the step never came to its end")
    assert ("done" in ends) == after, "its last call is its only write"


def without_times(state: tuple[dict[Any, Any], ...]) -> str:
    return re.sub(r"\d{4}-\d\d-\d\dT[0-9:.]+Z", "then", str(state))
