"""The moved clock of a local stack: days pass in seconds, and everything that is due in them happens in its order."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

from tests.end_to_end.clock.stack import MovableStack
from tests.end_to_end.support.sending.sends import SEND
from tests.support.cli.staffetta_command import failing, staffetta
from tests.support.http import documentation
from tests.support.patience import wait_until
from tests.support.webhooks import receiving

EMAIL = {
    "name": "Reminder",
    "subject": "Day {{ custom.day }}",
    "from": {"fromName": "Acme", "replyTo": "shop@example.com"},
    "content": {"html": "<p>Hello</p>", "plainTextVersion": "Hello"},
}
THREE_DAYS = """
name: Three days
trigger: {{type: event, event: tried_out}}
steps:
  - {{id: first, type: send_email, email: {email}, properties: {{day: 0}}}}
  - {{id: night, type: wait, time: 1d}}
  - {{id: second, type: send_email, email: {email}, properties: {{day: 1}}}}
  - {{id: nights, type: wait, time: 2d}}
  - {{id: third, type: send_email, email: {email}, properties: {{day: 3}}}}
"""


def published_email(stack: MovableStack, **changed: object) -> int:
    email_id = stack.post("/marketing/v3/emails", {**EMAIL, **changed}, 201)["id"]
    stack.post(f"/marketing/v3/emails/{email_id}/publish", status=204)
    return int(email_id)


def published_automation(stack: MovableStack, definition: str) -> int:
    number = stack.post("/staffetta/v1/automations", {"definition": definition}, 201)["id"]
    stack.post(f"/staffetta/v1/automations/{number}/publish")
    return int(number)


def test_three_days_pass_at_once_with_both_waits_in_order(stack: MovableStack) -> None:
    email = published_email(stack, subcategory="automated")
    published_automation(stack, THREE_DAYS.format(email=email))
    stack.happened("tried_out", "ada@clock.example.net")
    stack.wait_for_run("ada@clock.example.net", "night")
    staffetta("local", "clock", "+3d1h")
    assert stack.mails("ada@clock.example.net") == ["Day 0", "Day 1", "Day 3"]
    run = stack.run_of("ada@clock.example.net")
    at = {one["step"]: datetime.fromisoformat(one["at"]) for one in run["history"] if "sent email" in one["note"]}
    assert run["status"] == "ENDED"
    for step, before, days in (("second", "first", 1), ("third", "second", 2)):
        late = at[step] - at[before] - timedelta(days=days)
        assert timedelta(0) <= late < timedelta(minutes=1), run["history"]


def test_a_scheduled_send_leaves_when_the_clock_gets_there(stack: MovableStack) -> None:
    email = published_email(stack)
    now = datetime.fromisoformat(json.loads(staffetta("local", "clock", "--json"))["now"])
    later = (now + timedelta(days=2)).isoformat()
    message = {"to": "later@clock.example.net", "sendAt": later}
    stack.post(SEND, {"emailId": email, "message": message, "customProperties": {"day": 2}})
    stack.move("+1d")
    assert stack.mails("later@clock.example.net") == []
    stack.move("+1d1h")
    assert stack.mails("later@clock.example.net") == ["Day 2"]


def test_a_webhook_is_retried_over_the_day_that_passes(stack: MovableStack) -> None:
    email = published_email(stack)
    with receiving(500) as receiver:
        body = {"url": receiver.url, "eventTypes": ["email.delivered"]}
        hook = stack.post("/staffetta/v1/webhooks", body, 201)
        stack.post(
            SEND, {"emailId": email, "message": {"to": "hook@clock.example.net"}, "customProperties": {"day": 0}}
        )
        wait_until(lambda: bool(receiver.requests), lambda: len(receiver.requests))
        stack.move("+6h")
        assert len(receiver.requests) >= 4
    stack.http.request("DELETE", f"/staffetta/v1/webhooks/{hook['id']}")


def test_what_is_past_its_retention_is_gone(stack: MovableStack) -> None:
    email = published_email(stack)
    body = {"emailId": email, "message": {"to": "old@clock.example.net"}, "customProperties": {"day": 0}}
    status = stack.post(SEND, body)["statusId"]
    path = f"/staffetta/v1/messages/{status}"
    wait_until(lambda: stack.mails("old@clock.example.net") == ["Day 0"], lambda: stack.http.get(path).text)
    stack.move("+30d")
    assert stack.http.get(path).status_code == 200
    stack.move("+400d")
    assert stack.http.get(path).status_code == 404


def test_only_now_sets_it_back_and_sends_leave_then(stack: MovableStack) -> None:
    stack.move("+1d")
    refused = failing("local", "clock", "2020-01-01T00:00Z")
    assert "only `now` sets the clock back" in refused
    assert "is not +3d" in failing("local", "clock", "tomorrow")
    assert "as this machine's clock" in staffetta("local", "clock", "now")
    email = published_email(stack)
    stack.post(SEND, {"emailId": email, "message": {"to": "back@clock.example.net"}, "customProperties": {"day": 9}})
    wait_until(
        lambda: stack.mails("back@clock.example.net") == ["Day 9"], lambda: stack.mails("back@clock.example.net")
    )


def test_the_documented_commands_move_it(stack: MovableStack) -> None:
    blocks = [block for page in documentation.pages() for block in documentation.blocks(page) if "clock" in block.marks]
    assert len(blocks) == 2
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    for block in blocks:
        text = block.text.replace("http://127.0.0.1:8025", stack.mailbox_url)
        done = subprocess.run(["sh", "-eu", "-c", text], env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{block}: {done.stdout}\n{done.stderr}"
    ahead = timedelta(seconds=json.loads(staffetta("local", "clock", "--json"))["aheadSeconds"])
    assert timedelta(0) <= timedelta(days=3) - ahead < timedelta(minutes=1)  # the way there took its time
    staffetta("local", "clock", "now")
