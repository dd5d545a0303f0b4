"""An event on the account's EventBridge bus starts an automation, with its detail as the mail's properties."""

from __future__ import annotations

import json
from typing import Any

import boto3

from tests.end_to_end.clock.stack import MovableStack
from tests.end_to_end.clock.test_clock import published_automation, published_email
from tests.support.patience import wait_until

PERSON = "bus@clock.example.net"
SHIPPED = """
name: Shipped
trigger: {{type: event_bus, source: acme.shop, detail_type: Order shipped, email: detail.buyer.email}}
enrollment: every_event
when: {{event: day, operator: GT, value: 1}}
steps:
  - {{id: mail, type: send_email, email: {email}}}
"""


def put(stack: MovableStack, source: str, detail_type: str, **detail: Any) -> None:
    client = boto3.client(
        "events",
        endpoint_url=stack.aws_url,
        region_name="us-east-1",
        aws_access_key_id="local",
        aws_secret_access_key="local",
    )
    entry = {"Source": source, "DetailType": detail_type, "Detail": json.dumps(detail)}
    assert client.put_events(Entries=[entry])["FailedEntryCount"] == 0


def test_an_event_of_the_bus_sends_its_mail(stack: MovableStack) -> None:
    published_automation(stack, SHIPPED.format(email=published_email(stack, subcategory="automated")))
    buyer = {"email": PERSON}
    put(stack, "acme.billing", "Order shipped", buyer=buyer, day=6)  # no rule has this source
    put(stack, "acme.shop", "Order placed", buyer=buyer, day=5)  # another event
    put(stack, "acme.shop", "Order shipped", buyer=buyer, day=1)  # the condition is not met
    put(stack, "acme.shop", "Order shipped", buyer={"email": "nobody"}, day=3)
    put(stack, "acme.shop", "Order shipped", buyer=buyer, day=2)
    wait_until(lambda: bool(stack.mails(PERSON)), lambda: stack.runs_of(PERSON))
    stack.move("+1m")
    assert stack.mails(PERSON) == ["Day 2"]
