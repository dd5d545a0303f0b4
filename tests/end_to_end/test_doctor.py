"""`staffetta doctor` on the running stack: a healthy stage is quiet, and each thing that is broken is found."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from moto.cloudformation.models import cloudformation_backends
from msgspec.structs import replace

from functions import wiring
from functions.core.domains.domain import Domain
from functions.core.tokens.smtp_token import SmtpToken, TokenState
from infra.cli.app import app
from infra.health.doctor import doctor
from infra.health.finding import Finding, Level
from infra.health.running_checks import DEAD_LETTERS
from infra.health.stage_health import StageHealth
from tests.end_to_end.service import Service
from tests.end_to_end.support.sending.sends import SEND, request

DOMAINS = "/staffetta/v1/domains"
E, W = Level.ERROR, Level.WARNING
TRANSACTIONAL = "staffetta-local-transactional"
MARKETING = "staffetta-local-marketing"


class Examined:
    """The stage, and what a test changes of its view."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.answers: dict[tuple[str, str], Any] = {}  # of AWS, in place of the local cloud's
        (stack,) = self.client("cloudformation").describe_stacks(StackName="Staffetta-local-Service")["Stacks"]
        self.outputs = {one["OutputKey"]: one["OutputValue"] for one in stack["Outputs"]}
        self.local = True
        self.topics: dict[str, str] = {}

    def client(self, name: str, **_: str) -> Any:
        return Overridden(self.service.stack.cloud.client(name), name, self.answers)

    def problems(self) -> list[Finding]:
        stage = StageHealth(
            name="local",
            client=self.client,
            container=self.service.stack.container,
            outputs=self.outputs,
            local=self.local,
        )
        real = stage.resources
        stage.resources = lambda kind: real(kind) | (self.topics if kind == "AWS::SNS::Topic" else {})  # type: ignore[method-assign]  # the test's own
        return [finding for finding in doctor(stage).findings if finding.level is not Level.OK]


class Overridden:
    def __init__(self, client: Any, name: str, answers: dict[tuple[str, str], Any]) -> None:
        self._client, self._name, self._answers = client, name, answers

    def __getattr__(self, operation: str) -> Any:
        if (self._name, operation) in self._answers:
            return lambda **_: self._answers[self._name, operation]
        return getattr(self._client, operation)


def drain(queues: Any, url: str) -> None:
    """Empties a queue. SQS purges one only once a minute, and a test below does."""
    while messages := queues.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        for message in messages:
            queues.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])


@pytest.fixture(scope="module")
def tidy(service: Service) -> Service:
    """Other tests of the same stack leave domains and dead letters behind, which doctor reports rightly."""
    for domain in service.http.get(DOMAINS).json()["results"]:
        if domain["name"] != service.stack.container.settings.domain:
            service.http.request("DELETE", f"{DOMAINS}/{domain['name']}")
    service.settle()
    queues = service.stack.cloud.client("sqs")
    for url in queues.list_queues()["QueueUrls"]:
        if any(name in url for name in DEAD_LETTERS):
            drain(queues, url)
    return service


@pytest.fixture
def examined(tidy: Service) -> Examined:
    tidy.settle()
    tidy.sweep()
    return Examined(tidy)


def test_a_healthy_stage_is_quiet(examined: Examined) -> None:
    assert examined.problems() == []


Damage = Callable[[Examined], AbstractContextManager[None]]


def changed(path: Callable[[Examined], Any], name: str, value: Any) -> Damage:
    """Sets an attribute of a part of the local cloud, and restores it."""

    @contextmanager
    def damage(examined: Examined) -> Iterator[None]:
        part = path(examined)
        before = getattr(part, name)
        setattr(part, name, value)
        try:
            yield
        finally:
            setattr(part, name, before)

    return damage


def of_ses(examined: Examined) -> Any:
    return examined.service.stack.ses.account


def called(service: str, operation: str, restore: dict[str, Any], **damaging: Any) -> Damage:
    @contextmanager
    def damage(examined: Examined) -> Iterator[None]:
        call = getattr(examined.service.stack.cloud.client(service), operation)
        call(**damaging)
        try:
            yield
        finally:
            call(**{**damaging, **restore})

    return damage


def answered(service: str, operation: str, answer: Any) -> Damage:
    @contextmanager
    def damage(examined: Examined) -> Iterator[None]:
        examined.answers[service, operation] = answer
        yield

    return damage


@contextmanager
def disabled_destination(examined: Examined) -> Iterator[None]:
    (destination,) = of_ses(examined).configuration_sets[TRANSACTIONAL].destinations.values()
    destination["Enabled"] = False
    yield
    destination["Enabled"] = True


@contextmanager
def fewer_events(examined: Examined) -> Iterator[None]:
    (destination,) = of_ses(examined).configuration_sets[MARKETING].destinations.values()
    before = destination["MatchingEventTypes"]
    destination["MatchingEventTypes"] = [event for event in before if event != "BOUNCE"]
    yield
    destination["MatchingEventTypes"] = before


@contextmanager
def missing_set(examined: Examined) -> Iterator[None]:
    sets = of_ses(examined).configuration_sets
    removed = sets.pop(MARKETING)
    yield
    sets[MARKETING] = removed


@contextmanager
def missing_pool(examined: Examined) -> Iterator[None]:
    pools = of_ses(examined).pools
    removed = pools.pop("staffetta-local-managed")
    yield
    pools["staffetta-local-managed"] = removed


@contextmanager
def enveloped(examined: Examined) -> Iterator[None]:
    sns = examined.service.stack.cloud.client("sns")
    queue = examined.service.stack.container.settings.events_queue
    (arn,) = (
        one["SubscriptionArn"]
        for one in sns.list_subscriptions()["Subscriptions"]
        if one["Endpoint"].rpartition(":")[2] == queue  # other tests add queues of their own
    )
    name = {"SubscriptionArn": arn, "AttributeName": "RawMessageDelivery"}
    sns.set_subscription_attributes(**name, AttributeValue="false")
    yield
    sns.set_subscription_attributes(**name, AttributeValue="true")


@contextmanager
def disabled_mapping(examined: Examined) -> Iterator[None]:
    client = examined.service.stack.cloud.client("lambda")
    mappings = client.list_event_source_mappings()["EventSourceMappings"]
    (record,) = (one for one in mappings if "Record" in one["FunctionArn"])
    client.update_event_source_mapping(UUID=record["UUID"], Enabled=False)
    yield
    client.update_event_source_mapping(UUID=record["UUID"], Enabled=True)


@contextmanager
def dead_letter(examined: Examined) -> Iterator[None]:
    sqs, url = (
        examined.service.stack.cloud.client("sqs"),
        examined.service.stack.container.settings.dead_letter_queue_url,
    )
    sqs.send_message(QueueUrl=url, MessageBody="{}")
    yield
    sqs.purge_queue(QueueUrl=url)


@contextmanager
def unread_change(examined: Examined) -> Iterator[None]:
    cloud = examined.service.stack.cloud
    resources = cloud.client("cloudformation").describe_stack_resources(StackName="Staffetta-local-Service")
    (url,) = (
        one["PhysicalResourceId"]
        for one in resources["StackResources"]
        if one["LogicalResourceId"].startswith("UnobservedQueue") and one["ResourceType"] == "AWS::SQS::Queue"
    )
    cloud.client("sqs").send_message(QueueUrl=url, MessageBody="{}")
    yield
    drain(cloud.client("sqs"), url)


@contextmanager
def failed_stack(examined: Examined) -> Iterator[None]:
    stacks = cloudformation_backends["123456789012"][examined.service.stack.cloud.region].stacks.values()
    (service,) = (stack for stack in stacks if stack.name == "Staffetta-local-Service")
    before, service.status = service.status, "UPDATE_ROLLBACK_FAILED"
    yield
    service.status = before


@contextmanager
def later(examined: Examined) -> Iterator[None]:
    container = examined.service.stack.container
    clock = container.clock
    container.clock = lambda: clock() + 1200
    yield
    container.clock = clock


@contextmanager
def old_version(examined: Examined) -> Iterator[None]:
    examined.outputs = {**examined.outputs, "Version": "0.0.1"}
    yield


@contextmanager
def unconfirmed(examined: Examined) -> Iterator[None]:
    examined.topics = {"AlarmTopic1": "arn:aws:sns:us-east-1:123456789012:alarms"}
    pending = {"SubscriptionArn": "PendingConfirmation", "Protocol": "email", "Endpoint": "oncall@acme.com"}
    real = examined.client("sns").list_subscriptions_by_topic

    class Client(Overridden):
        def list_subscriptions_by_topic(self, TopicArn: str) -> Any:  # noqa: N803 - boto3's name
            return {"Subscriptions": [pending]} if TopicArn.endswith(":alarms") else real(TopicArn=TopicArn)

    before = examined.client
    examined.client = lambda name, **_: Client(before(name), name, {}) if name == "sns" else before(name)  # type: ignore[method-assign]  # the test's own
    yield


def active_token(examined: Examined) -> SmtpToken:
    """Other tests of the same stack leave deleted ones behind."""
    tokens = examined.service.stack.container.get(wiring.adapters.tokens.smtp_tokens).all()
    return next(token for token in tokens if token.state is TokenState.ACTIVE and not token.domain)


@contextmanager
def another_permission(examined: Examined) -> Iterator[None]:
    """A change of a token by hand."""
    container = examined.service.stack.container
    token = active_token(examined)
    users = container.get(wiring.adapters.tokens.smtp_users)
    users.put_policy(token.user_name, Domain(name="other.example"), sandbox=False)
    yield
    users.put_policy(token.user_name, Domain(name="example.com"), sandbox=False)


@contextmanager
def missing_user(examined: Examined) -> Iterator[None]:
    tokens = examined.service.stack.container.get(wiring.adapters.tokens.smtp_tokens)
    lost = replace(active_token(examined), campaign_id=404, name="lost", version=0)
    stored = tokens.save(lost)
    yield
    assert stored
    tokens.save(stored.deleted())


@contextmanager
def missing_mapping(examined: Examined) -> Iterator[None]:
    real = examined.client("lambda").get_paginator("list_event_source_mappings").paginate().build_full_result()
    left = [one for one in real["EventSourceMappings"] if "Automate" not in one["FunctionArn"]]

    class Pages:
        def paginate(self) -> Any:
            return [{"EventSourceMappings": left}]

    class Client(Overridden):
        def get_paginator(self, _: str) -> Pages:
            return Pages()

    before = examined.client
    examined.client = lambda name, **_: Client(before(name), name, {}) if name == "lambda" else before(name)  # type: ignore[method-assign]  # the test's own
    yield


@contextmanager
def global_delivery(examined: Examined) -> Iterator[None]:
    """As on AWS, where the mode is the account's until it is set. `local` has no alarm addresses either."""
    examined.local = False
    yield


@contextmanager
def missing_own_set(examined: Examined) -> Iterator[None]:
    name = "sets.example.org"
    added = examined.service.http.post(DOMAINS, json={"name": name, "ownSets": True}).json()
    examined.service.stack.cloud.client("sesv2").delete_configuration_set(ConfigurationSetName=added["marketingSet"])
    yield
    examined.service.http.request("DELETE", f"{DOMAINS}/{name}")


@contextmanager
def removed_pool_of_an_own_set(examined: Examined) -> Iterator[None]:
    name, sesv2 = "pools.example.org", examined.service.stack.cloud.client("sesv2")
    added = examined.service.http.post(DOMAINS, json={"name": name, "ownSets": True}).json()
    sesv2.create_dedicated_ip_pool(PoolName="removed", ScalingMode="STANDARD")
    sesv2.put_configuration_set_delivery_options(ConfigurationSetName=added["marketingSet"], SendingPoolName="removed")
    sesv2.delete_dedicated_ip_pool(PoolName="removed")
    yield
    examined.service.http.request("DELETE", f"{DOMAINS}/{name}")


@contextmanager
def without_alarm_address(examined: Examined) -> Iterator[None]:
    examined.local = False
    yield


@contextmanager
def unresolved(examined: Examined) -> Iterator[None]:
    def getaddrinfo(*_: Any) -> Any:
        raise socket.gaierror(-2, "Name or service not known")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("infra.health.running_checks.socket.getaddrinfo", getaddrinfo)
        yield


@contextmanager
def silent_events(examined: Examined) -> Iterator[None]:
    """A mail was sent two hours ago, and the last event is older."""
    container = examined.service.stack.container
    examined.service.http.post(SEND, json=request(examined.service, "doctor@example.net"))
    examined.service.settle()
    clock = container.clock
    container.clock = lambda: clock() + 2 * 3600
    client, table = container.get(wiring.clients.dynamodb), container.settings.metrics_table
    key = {"subject": {"S": "recording"}, "bucket": {"S": "recording"}}
    item = client.get_item(TableName=table, Key=key)["Item"]
    client.put_item(TableName=table, Item={**item, "read_at": {"N": str(int(clock()) - 7200)}})
    yield
    container.clock = clock
    client.put_item(TableName=table, Item=item)


SENDING = {"ConfigurationSetName": MARKETING}
FULL_QUOTA = {"Max24HourSend": 200.0, "MaxSendRate": 1.0, "SentLast24Hours": 190.0}


@pytest.mark.parametrize(
    ("damage", "check", "level", "message", "fix"),
    [
        (failed_stack, "stacks", E, "could not roll back", "continue-update-rollback"),
        (old_version, "version", W, "the stage runs 0.0.1", "make deploy"),
        (changed(of_ses, "settings", {"SendQuota": FULL_QUOTA}), "plan", W, "190 of 200 mails", "higher quota"),
        (changed(of_ses, "sending_enabled", value=False), "enforcement", E, "has stopped the account", "SES console"),
        (changed(of_ses, "settings", {"EnforcementStatus": "PROBATION"}), "enforcement", E, "under review", "SES console"),
        (changed(of_ses, "production_access", value=False), "sandbox", W, "sandbox", "staffetta production request"),
        (changed(lambda one: of_ses(one).identities["example.com"], "dkim_status", "FAILED"), "domains", E,
         "does not send as example.com", "staffetta domains check example.com --stage local"),
        (changed(lambda one: of_ses(one).identities["example.com"], "dkim_status", "TEMPORARY_FAILURE"), "domains", W,
         "example.com: SES does not find", "staffetta domains check"),
        (changed(lambda one: of_ses(one).identities["example.com"], "configuration_set", None), "default set", W,
         "is no set", f"--configuration-set-name {TRANSACTIONAL}"),
        (missing_set, "sets", E, f"no configuration set {MARKETING}", "make deploy"),
        (called("sesv2", "put_configuration_set_sending_options", {"SendingEnabled": True}, **SENDING, SendingEnabled=False),
         "sets", E, f"switched off for {MARKETING}", "--sending-enabled"),
        (called("sesv2", "put_configuration_set_suppression_options", {"SuppressedReasons": ["BOUNCE", "COMPLAINT"]},
                **SENDING, SuppressedReasons=[]), "sets", W, "does not suppress", "BOUNCE COMPLAINT"),
        (called("sesv2", "put_configuration_set_suppression_options", {"SuppressedReasons": []},
                ConfigurationSetName=TRANSACTIONAL, SuppressedReasons=["BOUNCE"]), "sets", W, "suppresses transactional", "--suppressed-reasons"),
        (disabled_destination, "sets", E, "is switched off", "make deploy"),
        (fewer_events, "sets", E, f"{MARKETING} does not report BOUNCE", "make deploy"),
        (missing_own_set, "sets", E, "SES has no configuration set staffetta-local-domain-",
         "staffetta domains add sets.example.org --own-sets"),
        (removed_pool_of_an_own_set, "sets", E, "names the IP pool removed, which SES does not have", "--sending-pool-name ses-shared-pool"),
        (global_delivery, "shared delivery", W, "has the shared delivery mode ACCOUNT, and the stage REGIONAL", "make deploy"),
        (another_permission, "tokens", W, "may not send as example.com", "reconciliation"),
        (missing_user, "tokens", E, "the IAM user of the token lost is missing", "staffetta tokens reset"),
        (missing_mapping, "mappings", E, "is missing: its function does not run", "make deploy"),
        (missing_pool, "pool", E, "no pool staffetta-local-managed", "make deploy"),
        (enveloped, "subscription", E, "in SNS's envelope", "make deploy"),
        (silent_events, "events", E, "has reported nothing", "record's log"),
        (disabled_mapping, "mappings", E, "the event source of record is", "update-event-source-mapping --enabled"),
        (answered("scheduler", "get_schedule", {"State": "DISABLED"}), "schedules", E, "is disabled", "make deploy"),
        (later, "sweep", E, "has not run for 20 minutes", "schedule"),
        (without_alarm_address, "alarms", W, "no one gets the alarms", "alarmEmail"),
        (unconfirmed, "alarms", E, "oncall@acme.com has not confirmed", "confirm AWS's mail"),
        (dead_letter, "dead letters", E, "has 1 dead letters", "staffetta redrive --stage local"),
        (unread_change, "dead letters", E, "UnobservedQueue", "docs/operations.md"),
        (answered("iam", "get_account_summary", {"SummaryMap": {"Users": 4600, "UsersQuota": 5000}}), "IAM users", W,
         "4600 of 5000", "staffetta tokens list"),
        (changed(lambda one: one.service.stack.cloud, "concurrent_executions", 10), "concurrency", W, "10 functions at once", "L-B99A9384"),
        (unresolved, "hosts", E, "does not resolve", "CNAME"),
        (unresolved, "SMTP host", E, "127.0.0.1 does not resolve", "no SMTP in every region"),
    ],
)  # fmt: skip
def test_what_is_broken_is_found(
    examined: Examined, damage: Damage, check: str, level: Level, message: str, fix: str
) -> None:
    with damage(examined):
        problems = examined.problems()
    matching = [problem for problem in problems if problem.check == check]
    assert matching, problems
    assert {problem.check for problem in problems} <= {check, "schedules"} | ALONGSIDE.get(check, set())
    assert (matching[0].level, message in matching[0].message, fix in matching[0].fix) == (level, True, True), matching


# What else the same damage breaks.
ALONGSIDE = {
    "events": {"sweep"},
    "sets": {"events"},
    "shared delivery": {"alarms"},
    "alarms": {"shared delivery"},
    "tokens": {"events"},
    "SMTP host": {"hosts"},
    "hosts": {"SMTP host"},
}


def test_the_command_has_an_exit_code(
    service: Service, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", service.ready.aws_url)
    for name, value in {
        "AWS_ACCESS_KEY_ID": "k",
        "AWS_SECRET_ACCESS_KEY": "s",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    identity = service.stack.ses.account.identities["example.com"]
    for status, code in (("", 0), ("FAILED", 1)):
        identity.dkim_status = status
        with pytest.raises(SystemExit) as end:
            app(["doctor", "--stage", "local", "--json"])
        assert end.value.code == code
        report = json.loads(capsys.readouterr().out)
        assert report["ok"] is (code == 0)
    identity.dkim_status = ""
    service.sweep()
