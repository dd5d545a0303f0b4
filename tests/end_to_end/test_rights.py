"""Least privilege, from both sides: a call that its role does not allow is refused live (so every other test here would fail), and
this test fails for a right that no call ever needed.
"""

from __future__ import annotations

from typing import Any

import requests

from functions.core.sending.max_delivery_time import SET_LIMITS
from infra.local.cloud.iam.policy_evaluation import allows
from tests.end_to_end.service import Service
from tests.end_to_end.support.attribution import tour_attribution
from tests.end_to_end.support.automations import tour_automations
from tests.end_to_end.support.console.session import tour_console
from tests.end_to_end.support.contacts import tour_contacts
from tests.end_to_end.support.domains import tour_domains
from tests.end_to_end.support.emails import tour_emails
from tests.end_to_end.support.keys import KEYS, bearer
from tests.end_to_end.support.messages import tour_messages
from tests.end_to_end.support.preferences import tour_preferences
from tests.end_to_end.support.problems import dead_letters
from tests.end_to_end.support.publishing import tour_publishing
from tests.end_to_end.support.records import tour_records
from tests.end_to_end.support.sending.broadcasts import tour_broadcasts
from tests.end_to_end.support.sending.pauses import tour_sending
from tests.end_to_end.support.sending.schedule import STATUSES, bring_forward, send_later
from tests.end_to_end.support.sending.sends import SEND, mail_over_smtp, request
from tests.end_to_end.support.sending.sweep import lost_send
from tests.end_to_end.support.sending.uploads import PDF, uploaded
from tests.end_to_end.support.smtp_tokens import tour_smtp_tokens
from tests.end_to_end.support.statistics import tour_statistics
from tests.end_to_end.support.webhooks import tour_webhooks
from tests.support.patience import NO_ANSWER_SECONDS

# Lambda itself uses these on the function's behalf: to write its logs, and to poll its event sources. Locally the pump does, with
# rights of its own.
LAMBDAS_OWN = {
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "sqs:ReceiveMessage",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "dynamodb:DescribeStream",
    "dynamodb:GetRecords",
    "dynamodb:GetShardIterator",
    "dynamodb:ListStreams",
    "lambda:InvokeFunction",  # EventBridge Scheduler's, in the role that it is given
}
# What a run cannot show: the streams' failure destinations are written by Lambda too.
LAMBDAS_OWN_ON = {"sqs:SendMessage": ("Unmeasured", "Unnotified", "Unobserved")}

# ... and what automate undoes if the queue refuses its send: the event would come back after minutes only.
UNDO, UNDOES = "dynamodb:DeleteItem", "Automate"


def test_every_right_is_used(service: Service) -> None:
    """After a tour through every path of every function, each action on each resource of each role has been needed."""
    tour(service)
    unused = [
        (role, action, resource)
        for role, documents in roles(service).items()
        for action, resource in granted(documents)
        if not (action == UNDO and UNDOES in role)
        and not any(
            call.principal == role and covers(action, resource, call.grants) for call in service.stack.cloud.calls
        )
    ]
    assert unused == [], "\n".join(map(str, unused))


def tour(service: Service) -> None:
    """Each path once, through both doors: a plain send and another spelling of its path (which api serves)."""
    tour_broadcasts(service)
    for spelling in (SEND, f"/{SEND}"):
        name = f"tour-{len(spelling)}"
        large = {**service.starter.sample["customProperties"], "payment_method": "x" * 250_000}
        service.http.post(spelling, json=request(service, f"a@{name}.example.net", sendId=name))
        service.http.post(spelling, json=request(service, f"a@{name}.example.net", sendId=name))
        service.http.post(spelling, json={**request(service, f"b@{name}.example.net"), "customProperties": large})
        enclosed = [uploaded(service, PDF)]
        service.http.post(spelling, json=request(service, f"g@{name}.example.net", attachments=enclosed))
        for limit in SET_LIMITS:
            service.http.post(spelling, json=request(service, f"code@{name}.example.net", maxDeliverySeconds=limit))
        several = request(service, f"c@{name}.example.net", cc=[f"d@{name}.example.net"], **{"from": "s@example.com"})
        reported = service.http.post(spelling, json=several).json()
        first_use(service, f"{spelling[: -len(SEND)]}/marketing/v3/email/send-statuses/{reported['statusId']}")
        later = send_later(service, f"later@{name}.example.net", 3600, spelling)
        door = spelling[: -len(SEND)]
        service.http.request("DELETE", f"{door}{STATUSES}/{later['statusId']}")
        cannot_be_queued(service, spelling, f"e@{name}.example.net")
    undeliverable = {**request(service, "f@tour.example.net"), "customProperties": unrenderable(service)}
    dead_letter = service.http.post(SEND, json=undeliverable).json()
    service.settle()  # before the console's tour, which puts every dead letter back in the queue
    assert dead_letter["statusId"] in dead_letters(service)
    tour_preferences(service)
    tour_contacts(service)
    tour_console(service)
    tour_records(service)
    throttled_large_send(service)
    tour_automations(service)
    service.http.get("/marketing/v3/emails/statistics/list")
    tour_statistics(service)
    tour_smtp_tokens(service)
    tour_sending(service)
    tour_webhooks(service)
    created = service.http.post(KEYS, json={"name": "tour", "scopes": ["content"]}).json()
    service.http.get(KEYS)
    service.http.request("DELETE", f"{KEYS}/{created['id']}")
    tour_domains(service)
    tour_emails(service)
    tour_publishing(service)
    lost_send(service)
    bring_forward(service, send_later(service, "h@tour.example.net", 3600)["statusId"])
    service.sweep()
    mail_over_smtp(service, "smtp@tour.example.net")
    tour_attribution(service)
    tour_messages(service)
    service.settle()


def first_use(service: Service, path: str) -> None:
    """The first use of a key in an hour is stored."""
    created = service.http.post(KEYS, json={"name": "new", "scopes": ["transactional-email"]}).json()
    answer = requests.get(service.ready.api_url + path, headers=bearer(created["key"]), timeout=NO_ANSWER_SECONDS)
    assert answer.status_code == 200


def unrenderable(service: Service) -> dict[str, Any]:
    """Large, and with a currency that does not exist."""
    return {**service.starter.sample["customProperties"], "currency": "euros", "payment_method": "x" * 250_000}


def cannot_be_queued(service: Service, path: str, to: str) -> None:
    """A send that the queue refuses is an error to its caller, and leaves nothing behind."""
    requested = request(service, to, sendId=to)
    requested["customProperties"] = {**requested["customProperties"], "payment_method": "x" * 2000}
    sqs, url = service.stack.cloud.client("sqs"), service.stack.container.settings.send_queue_url
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"MaximumMessageSize": "1024"})
    try:
        answer = service.http.post(path, json=requested)
        assert (answer.status_code, answer.json()["category"]) == (500, "INTERNAL_ERROR")
    finally:
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"MaximumMessageSize": "262144"})
    again = service.http.post(path, json=requested).json()
    assert again["status"] == "PENDING", "the same sendId is free, since nothing was accepted under it"


def throttled_large_send(service: Service) -> None:
    """A send that SES throttles goes back to the queue. Its payload goes to S3 if it is large."""
    service.stack.ses.account.quota.throttled_next = 3
    large = {**service.starter.sample["customProperties"], "payment_method": "x" * 250_000}
    for number in range(3):
        service.http.post(SEND, json={**request(service, f"{number}@slow.example.net"), "customProperties": large})
    service.settle()
    assert len(service.mails("to:slow.example.net")) == 3


def roles(service: Service) -> dict[str, list[dict[str, Any]]]:
    iam = service.stack.cloud.client("iam")
    return {
        role["RoleName"]: [
            iam.get_role_policy(RoleName=role["RoleName"], PolicyName=name)["PolicyDocument"]
            for name in iam.list_role_policies(RoleName=role["RoleName"])["PolicyNames"]
        ]
        for role in iam.list_roles()["Roles"]
        if role["RoleName"].startswith("Staffetta-")
    }


def granted(documents: list[dict[str, Any]]) -> set[tuple[str, str]]:
    pairs = {
        (action, resource)
        for document in documents
        for statement in document["Statement"]
        for action in listed(statement["Action"])
        for resource in listed(statement["Resource"])
    }
    return {
        (action, resource)
        for action, resource in pairs
        if action not in LAMBDAS_OWN and not any(name in resource for name in LAMBDAS_OWN_ON.get(action, ()))
    }


def covers(action: str, resource: str, grants: tuple[tuple[str, str], ...]) -> bool:
    statement = {"Statement": [{"Effect": "Allow", "Action": action, "Resource": resource}]}
    return any(allows([statement], grant, {}) for grant in grants)


def listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value
