"""Doctor's checks of what runs: stacks, functions, event sources, schedules, alarms, dead letters and limits."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from importlib.metadata import version

from functions import wiring
from infra.health.finding import Defect, warning
from infra.health.preflight import concurrency_defects, stack_defects
from infra.health.ses_checks import REDEPLOY
from infra.health.stage_health import StageHealth

SWEEP_SECONDS = 900  # three sweeps
USERS_SHARE = 0.9  # of IAM's quota of users
MAPPED = ("deliver", "record", "measure", "notify", "deliver_webhook")


def stacks(stage: StageHealth) -> Iterator[Defect]:
    yield from stack_defects(stage.client, stage.name, stage.stacks)


def versions(stage: StageHealth) -> Iterator[Defect]:
    deployed, ours = stage.outputs.get("Version", "an earlier version"), version("staffetta")
    if deployed != ours:
        yield warning(
            f"the stage runs {deployed}, and this command is {ours}", "make deploy, with the settings of the stage"
        )


def mappings(stage: StageHealth) -> Iterator[Defect]:
    """Each function that reads a queue or a stream has an event source, and it is enabled."""
    functions = stage.functions
    listed = stage.client("lambda").get_paginator("list_event_source_mappings").paginate()
    states = {one["FunctionArn"].rpartition(":")[2]: one for page in listed for one in page["EventSourceMappings"]}
    for name in MAPPED:
        mapping = states.get(functions.get(name, ""))
        if mapping is None:
            yield Defect(f"{name} has no event source: it does not run", REDEPLOY)
        elif mapping["State"] not in {"Enabled", "Enabling", "Creating", "Updating"}:
            yield Defect(
                f"the event source of {name} is {mapping['State'].lower()}: it does not run",
                f"aws lambda update-event-source-mapping --enabled --uuid {mapping['UUID']}",
            )


def schedules(stage: StageHealth) -> Iterator[Defect]:
    scheduler = stage.client("scheduler")
    named = stage.resources("AWS::Scheduler::Schedule")
    if len(named) < 2:  # noqa: PLR2004 - the sweep's and the reconciliation's
        yield Defect("a schedule of the stage is missing", REDEPLOY)
    for logical, name in named.items():
        try:
            state = scheduler.get_schedule(Name=name)["State"]
        except scheduler.exceptions.ResourceNotFoundException:
            yield Defect(f"the schedule {name} is missing", REDEPLOY)
            continue
        if state != "ENABLED":
            yield Defect(f"the schedule {logical} is disabled: nothing settles stuck sends or repairs tokens", REDEPLOY)


def sweep(stage: StageHealth) -> Iterator[Defect]:
    """The sweep stores SES's quota, with the time, each time that it runs."""
    quota = stage.container.get(wiring.adapters.quota_store).get()
    if quota is None:
        yield warning(
            "the sweep has not run yet: its first run is within 5 minutes of the deployment", "run doctor again later"
        )
    elif stage.now - quota.fetched_at > SWEEP_SECONDS:
        minutes = int((stage.now - quota.fetched_at) / 60)
        yield Defect(f"the sweep has not run for {minutes} minutes", "see its schedule, and its log")


def alarms(stage: StageHealth) -> Iterator[Defect]:
    topics = [arn for logical, arn in stage.resources("AWS::SNS::Topic").items() if logical.startswith("AlarmTopic")]
    if not topics and not stage.local:
        yield warning("no one gets the alarms", 'make deploy ARGS="... -c staffetta:alarmEmail=oncall@acme.com"')
    for topic in topics:
        subscribed = stage.client("sns").list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
        if not subscribed:
            yield Defect(
                "the alarms' topic has no address", 'make deploy ARGS="... -c staffetta:alarmEmail=oncall@acme.com"'
            )
        for one in subscribed:
            if not one["SubscriptionArn"].startswith("arn:"):
                yield Defect(
                    f"{one['Endpoint']} has not confirmed, and gets no alarms",
                    f"confirm AWS's mail; again: aws sns subscribe --topic-arn {topic} --protocol email --notification-endpoint {one['Endpoint']}",
                )


def dead_letters(stage: StageHealth) -> Iterator[Defect]:
    sqs = stage.client("sqs")
    for logical, url in stage.resources("AWS::SQS::Queue").items():
        if not any(part in logical for part in ("DeadLetters", "Undelivered", "Unmeasured", "Unnotified")):
            continue
        answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
        count = int(answer["Attributes"]["ApproximateNumberOfMessages"])
        if count:
            fix = (
                f"staffetta redrive --stage {stage.name}" if "Sends" in logical else "docs/operations.md, Dead letters"
            )
            yield Defect(f"{logical} has {count} dead letters", fix)


def iam_users(stage: StageHealth) -> Iterator[Defect]:
    """Each SMTP token is an IAM user of the account."""
    summary = stage.client("iam").get_account_summary()["SummaryMap"]
    users, most = summary["Users"], summary.get("UsersQuota", 5000)
    if users >= most * USERS_SHARE:
        yield warning(
            f"the account has {users} of {most} IAM users: then no SMTP token can be created",
            "delete unused tokens: staffetta tokens list",
        )


def concurrency(stage: StageHealth) -> Iterator[Defect]:
    deliver = stage.functions.get("deliver", "")
    listed = (
        stage.client("lambda").list_event_source_mappings(FunctionName=deliver)["EventSourceMappings"]
        if deliver
        else []
    )
    workers = max((one.get("ScalingConfig", {}).get("MaximumConcurrency", 0) for one in listed), default=0)
    yield from concurrency_defects(stage.client, workers)


def smtp(stage: StageHealth) -> Iterator[Defect]:
    try:
        socket.getaddrinfo(stage.smtp_host, 587)
    except OSError as error:
        yield Defect(
            f"{stage.smtp_host} does not resolve: {error.strerror or error}",
            "SES has no SMTP in every region: send over the API, or deploy in another region",
        )
