"""Leases: a busy function reads an email once in a while, and what was answered holds for each later request."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from functions.core.access.actor import unrestricted
from functions.core.emails.email import Email, Subcategory
from functions.core.emails.pause import Pause
from functions.steps.access.audit import AuditLog
from functions.steps.account.pause import PauseSending
from functions.steps.emails.edit_emails import EmailEditor
from functions.steps.sending import email_leases
from functions.steps.sending.email_leases import EmailLeases
from tests.fakes import Clock
from tests.fakes.access import MemoryAudit
from tests.fakes.account import MemoryAccountPause
from tests.fakes.emails import MemoryEmails
from tests.support.editing import ADA, WHOLE, EditScenario
from tests.support.examples import NOON_TEXT, an_email
from tests.support.publishing import publication

ID = 100
AUTHOR = unrestricted(ADA)


def a_scenario() -> tuple[EditScenario, EmailLeases]:
    """Email 100 is published, and a function has just read it for a send."""
    scenario = EditScenario()
    scenario.author.create(WHOLE, AUTHOR)
    scenario.author.publish(ID, AUTHOR)
    leases = EmailLeases(emails=scenario.emails, clock=scenario.clock)
    assert leases.get(ID) == scenario.emails.live[ID]
    return scenario, leases


def test_an_email_is_read_five_times_a_second() -> None:
    scenario, leases = a_scenario()
    before = scenario.emails.live[ID]
    scenario.emails.save(replace(before, name="Another"))
    scenario.clock.sleep(email_leases.LEASE_SECONDS * 0.9)
    assert leases.get(ID) == before
    scenario.clock.sleep(email_leases.LEASE_SECONDS * 0.2)
    assert leases.get(ID) == scenario.emails.live[ID] != before


def test_a_clock_that_is_set_back_ends_a_lease() -> None:
    scenario, leases = a_scenario()
    scenario.emails.save(replace(scenario.emails.live[ID], name="Another"))
    scenario.clock.now -= 3600
    assert leases.get(ID) == scenario.emails.live[ID]


def author(scenario: EditScenario) -> EmailEditor:
    """Its clock only runs while it sleeps: the scenario's own clock would end each lease."""
    return replace(scenario.author, clock=scenario.clock)


def pause(scenario: EditScenario) -> None:
    log = AuditLog(MemoryAudit(), scenario.clock, lambda: "1")
    step = PauseSending(
        emails=scenario.emails,
        account=MemoryAccountPause(),
        audit=log,
        clock=scenario.clock,
        sleep=scenario.clock.sleep,
    )
    step.pause(ID, "wrong prices", AUTHOR)


def publish(scenario: EditScenario) -> None:
    """Uses the real PublishEmail."""
    step = replace(publication(scenario.emails), sleep=scenario.clock.sleep)
    editor = replace(
        author(scenario), publish_draft=lambda draft, email, document: step(draft, email=email, document=document)
    )
    editor.publish(ID, AUTHOR, changes={"subject": "Your order"})


CHANGES: dict[str, Callable[[EditScenario], None]] = {
    "pause": pause,
    "publish": publish,
    "unpublish": lambda scenario: author(scenario).unpublish(ID, AUTHOR),
    "archive": lambda scenario: author(scenario).archive(ID, AUTHOR),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=list(CHANGES))
def test_a_change_that_is_answered_holds_in_each_function(change: Callable[[EditScenario], None]) -> None:
    scenario, leases = a_scenario()
    before = scenario.emails.live[ID]
    change(scenario)
    assert leases.get(ID) == scenario.emails.live[ID] != before


def meanwhile(scenario: EditScenario, change: Callable[[EditScenario], None]) -> None:
    """Makes the change for another person, who still waits for its answer."""
    started = scenario.clock.now
    change(scenario)
    scenario.clock.now = started


TOGETHER = {
    f"{first}, {second}": (CHANGES[first], CHANGES[second])
    for first, second in itertools.product(CHANGES, repeat=2)
    if first != "archive" or second in {"archive", "pause"}  # what is archived is neither published nor unpublished
}


@pytest.mark.parametrize(("first", "second"), TOGETHER.values(), ids=list(TOGETHER))
def test_a_change_that_another_just_made_holds_once_answered(
    first: Callable[[EditScenario], None], second: Callable[[EditScenario], None]
) -> None:
    scenario, leases = a_scenario()
    before = scenario.emails.live[ID]
    meanwhile(scenario, first)
    second(scenario)
    assert leases.get(ID) == scenario.emails.live[ID] != before


def test_an_email_that_was_never_published_costs_no_wait() -> None:
    scenario = EditScenario()
    scenario.author.create(WHOLE, AUTHOR)
    started = scenario.clock.now
    pause(scenario)
    assert scenario.clock.now == started


REFUSED = {
    "unknown": None,
    "draft": an_email(published_revision=None),
    "archived": an_email(archived_at=NOON_TEXT),
    "paused": an_email(pause=Pause(NOON_TEXT, ADA, "wrong prices")),
    "not for the API": an_email(subcategory=Subcategory.BATCH),
}


@pytest.mark.parametrize("refused", REFUSED.values(), ids=list(REFUSED))
def test_what_may_be_sent_now_is_sent_at_once(refused: Email | None) -> None:
    emails = MemoryEmails(live={7: refused} if refused else {})
    leases = EmailLeases(emails=emails, clock=Clock())
    assert leases.get(7) == refused
    emails.live[7] = an_email()
    assert leases.get(7) == emails.live[7]


def test_many_emails_take_no_memory() -> None:
    emails = MemoryEmails(live={number: an_email(id=number) for number in range(1000)})
    leases = EmailLeases(emails=emails, clock=Clock())
    assert [leases.get(number) for number in emails.live] == list(emails.live.values())
    assert len(leases._leases) <= email_leases.LEASES_MAX


@given(
    st.lists(st.tuples(st.sampled_from(["read", "change"]), st.integers(0, 2), st.floats(0, 0.3)), min_size=1),
)
def test_no_function_has_an_email_from_before_an_answered_change(acts: list[tuple[str, int, float]]) -> None:
    """Three functions read at any times. A change is answered once it has waited."""
    clock = Clock()
    emails = MemoryEmails(live={7: an_email()})
    functions = [EmailLeases(emails=emails, clock=clock) for _ in range(3)]
    answered: list[tuple[float, int]] = [(clock(), emails.live[7].version)]
    for act, number, later in acts:
        clock.sleep(later)
        if act == "change":
            emails.save(emails.live[7])
            answered.append((clock() + email_leases.OVER_SECONDS, emails.live[7].version))
        email = functions[number].get(7)
        assert email
        assert email.version >= max(version for at, version in answered if at <= clock())
