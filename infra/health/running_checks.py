"""Doctor's checks of what runs: stacks, functions, event sources, schedules, alarms, dead letters and limits."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from importlib.metadata import version
from urllib.parse import urlsplit

from functions import wiring
from functions.core.tokens.smtp_settings import SmtpEndpoint
from functions.core.tokens.smtp_token import TokenState
from infra.health.capacity_checks import concurrency_defects
from infra.health.finding import Defect, warning
from infra.health.host_checks import host_defects
from infra.health.ses_checks import REDEPLOY
from infra.health.stack_checks import stack_defects
from infra.health.stage_health import StageHealth

SWEEP_SECONDS = 900  # three sweeps
USERS_SHARE = 0.9  # of IAM's quota of users
TOKENS_MAX = 100  # whose permissions one run reads: IAM answers some calls a second
# In the logical ids of the queues of dead letters.
DEAD_LETTERS = ("DeadLetters", "Undelivered", "Unmeasured", "Unnotified", "Unobserved")


def stacks(stage: StageHealth) -> Iterator[Defect]:
    yield from stack_defects(stage.client, stage.stacks)


def versions(stage: StageHealth) -> Iterator[Defect]:
    deployed, ours = stage.outputs.get("Version", "an earlier version"), version("staffetta")
    if deployed != ours:
        yield warning(
            f"the stage runs {deployed}, and this command is {ours}", "make deploy, with the settings of the stage"
        )


def mappings(stage: StageHealth) -> Iterator[Defect]:
    """Each queue and stream that a function reads has an event source, and it is enabled."""
    listed = stage.client("lambda").get_paginator("list_event_source_mappings").paginate()
    states = {one["UUID"]: one for page in listed for one in page["EventSourceMappings"]}
    for logical, uuid in stage.resources("AWS::Lambda::EventSourceMapping").items():
        mapping = states.get(uuid)
        if mapping is None:
            yield Defect(f"the event source {logical} is missing: its function does not run", REDEPLOY)
        elif mapping["State"] not in {"Enabled", "Enabling", "Creating", "Updating"}:
            name = stage.function_of(mapping["FunctionArn"])
            yield Defect(
                f"the event source of {name} is {mapping['State'].lower()}: it does not run",
                f"aws lambda update-event-source-mapping --enabled --uuid {uuid}",
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
    quota = stage.container.get(wiring.adapters.account.quota_store).get()
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
        if not any(part in logical for part in DEAD_LETTERS):
            continue
        answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
        count = int(answer["Attributes"]["ApproximateNumberOfMessages"])
        if count:
            fix = (
                f"staffetta redrive --stage {stage.name}" if "Sends" in logical else "docs/operations.md, Dead letters"
            )
            yield Defect(f"{logical} has {count} dead letters", fix)


def tokens(stage: StageHealth) -> Iterator[Defect]:
    """The permission of each token's IAM user is that of its domain. The reconciliation repairs it by itself."""
    users, domain_of = (
        stage.container.get(wiring.adapters.tokens.smtp_users),
        stage.container.get(wiring.tokens.token_domain),
    )
    stored = stage.container.get(wiring.adapters.tokens.smtp_tokens).all()
    active = [token for token in stored if token.state is TokenState.ACTIVE][-TOKENS_MAX:]
    present = set(users.all()) if active else set()
    for token in active:
        domain = domain_of(token.domain)
        if token.user_name not in present:
            yield Defect(
                f"the IAM user of the token {token.name} is missing: programs cannot send with it",
                f"staffetta tokens reset {token.key_id} --stage {stage.name}",
            )
        elif not any(users.has_policy(token.user_name, domain, sandbox=sandbox) for sandbox in (False, True)):
            yield warning(
                f"the token {token.name} may not send as {domain.name}, or as something else too",
                "wait a quarter of an hour: the reconciliation repairs it, unless doctor names its schedule",
            )


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


def hosts(stage: StageHealth) -> Iterator[Defect]:
    """The API's address is in each link of a mail, and that of the images in each picture: a host of your own must answer."""
    name = urlsplit(stage.settings.public_url).hostname or ""
    if error := _unresolved(name):
        yield Defect(
            f"{name} does not resolve ({error}): links in mails do not work",
            "enter its CNAME, which the stack of the host has as an output, or wait until DNS shows it",
        )
    yield from host_defects(
        stage.name, stage.settings.region, stage.client, stage.container.get(wiring.adapters.domains.dns)
    )


def smtp(stage: StageHealth) -> Iterator[Defect]:
    host = SmtpEndpoint.parse(stage.settings.smtp_server).host
    if error := _unresolved(host):
        yield Defect(
            f"{host} does not resolve: {error}",
            "SES has no SMTP in every region: send over the API, or deploy in another region",
        )


def _unresolved(host: str) -> str:
    """Returns why a host has no address."""
    try:
        socket.getaddrinfo(host, None)
    except OSError as error:
        return error.strerror or str(error)
    return ""
