"""Each starter of automations, from one command to its last mail, over the days that it takes."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from functions.adapters.automations import starters as automation_starters
from functions.adapters.templates import starters
from functions.core.addresses import Address
from tests.end_to_end.clock.stack import MovableStack
from tests.support.cli.staffetta_command import staffetta
from tests.support.patience import wait_until

SENDER = "Acme <hello@example.com>"


def created(name: str) -> int:
    printed = staffetta(
        "automations", "create", "--starter", name, "--from", SENDER, "--publish", "--json", "--stage", "local"
    )
    assert json.loads(printed)["status"] == "ACTIVE"
    return int(json.loads(printed)["id"])


def properties(name: str) -> dict[str, Any]:
    """Returns the sample data of all emails of a starter, as one event has it."""
    emails = automation_starters.load(name, Address("hello@example.com")).emails
    names = [
        one
        for one in starters.names()
        if starters.load(one, Address("")).draft.email_id in {e.email_id for e in emails}
    ]
    samples = (starters.load(one, Address("")).sample["customProperties"] for one in names)
    return {key: value for sample in samples for key, value in sample.items()}


def test_a_password_link_leaves_at_once_and_is_not_stored(stack: MovableStack) -> None:
    created("password-reset")
    person = "reset@starters.example.net"
    stack.happened("password_reset_requested", person, **properties("password-reset"))
    wait_until(lambda: stack.mails(person) == ["Reset your password"], lambda: stack.mails(person))
    wait_until(lambda: stack.run_of(person)["status"] == "ENDED", lambda: stack.run_of(person))
    assert "reset/" not in json.dumps(stack.run_of(person))


def test_an_order_is_confirmed_and_reviewed_after_ten_days(stack: MovableStack) -> None:
    created("order-confirmation")
    buyer, other = "order@starters.example.net", "cancelled@starters.example.net"
    for person in (buyer, other):
        stack.happened("order_placed", person, **properties("order-confirmation"))
        stack.wait_for_run(person, "ten_days")
    stack.happened("order_cancelled", other)
    stack.move("+9d")
    confirmed = "We have your order FR-10482"
    assert (stack.mails(buyer), stack.mails(other)) == ([confirmed], [confirmed])
    stack.move("+2d1h")
    assert stack.mails(buyer) == [confirmed, "How do you like what you ordered?"]
    assert stack.mails(other) == [confirmed]
    assert sent_at(stack, buyer, "review").hour == 10


def test_a_welcome_is_three_mails_for_who_confirms(stack: MovableStack) -> None:
    created("welcome")
    active, silent = "active@starters.example.net", "silent@starters.example.net"
    for person in (active, silent):
        stack.happened("signed_up", person, **properties("welcome"))
        stack.wait_for_run(person, "confirmed")
    stack.happened("email_confirmed", active)
    stack.wait_for_run(active, "next_day")
    stack.move("+2w1d")
    assert stack.mails(active) == ["Please confirm your email address", "Three first steps", "How is it going?"]
    assert stack.mails(silent) == ["Please confirm your email address"]
    first, last = sent_at(stack, active, "first_steps"), sent_at(stack, active, "check_in")
    assert (first.hour, last.hour, last.strftime("%A") in {"Tuesday", "Wednesday", "Thursday"}) == (9, 10, True)
    assert last - first >= timedelta(days=5)


@pytest.mark.parametrize(("paid_after", "mails"), [("never", 3), ("at once", 1), ("+5d", 2)])
def test_a_failed_payment_is_reminded_until_it_is_paid(stack: MovableStack, paid_after: str, mails: int) -> None:
    if not any(
        one["name"] == "Failed payment" for one in stack.http.get("/staffetta/v1/automations").json()["results"]
    ):
        created("failed-payment")
    person = f"payment-{mails}@starters.example.net"
    stack.happened("payment_failed", person, **properties("failed-payment"))
    stack.wait_for_run(person, "three_days")
    if paid_after.startswith("+"):
        stack.move(paid_after)
    if paid_after != "never":
        stack.happened("payment_succeeded", person)
        wait_until(lambda: stack.run_of(person)["status"] == "ENDED", lambda: stack.run_of(person))
    stack.move("+10d")
    failed, reminder = (
        "We could not collect your payment for the Team plan",
        "Your payment for the Team plan is still open",
    )
    assert stack.mails(person) == [failed, reminder, reminder][:mails]
    assert stack.run_of(person)["history"][-1]["note"] == (
        "came to the end" if mails == 3 else "reached its goal: payment_succeeded"
    )


def test_a_renewal_is_noticed_two_weeks_before_its_date(stack: MovableStack) -> None:
    created("renewal-notice")
    now = datetime.fromisoformat(json.loads(staffetta("local", "clock", "--json"))["now"])
    renews = (now + timedelta(days=20)).date()
    person = "renewal@starters.example.net"
    body = {"properties": {"email": person, "renewal_date": renews.isoformat(), "plan_name": "Team plan"}}
    stack.post("/crm/v3/objects/contacts", body, 201)
    wait_until(lambda: bool(stack.runs_of(person)), lambda: stack.runs_of(person))
    stack.move("+4d")
    assert stack.mails(person) == []
    stack.move("+3d")
    assert stack.mails(person) == [f"Your Team plan renews on {renews}"]
    assert sent_at(stack, person, "notice").date() == renews - timedelta(days=14)


def sent_at(stack: MovableStack, person: str, step: str) -> datetime:
    records = stack.run_of(person)["history"]
    return next(
        datetime.fromisoformat(one["at"]) for one in records if one.get("step") == step and "sent" in one["note"]
    )
