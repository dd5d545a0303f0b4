"""Doctor's checks of SES: the account, the domains, the configuration sets, and the way of its events."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from functions import wiring
from functions.core import timestamps
from functions.core.account.dedicated_ips import SHARED_POOL
from functions.core.account.prices import IpPoolType
from functions.core.sending import max_delivery_time
from functions.core.tokens.smtp_token import TokenState
from infra import ses_lists
from infra.health.finding import Defect, Level, warning
from infra.health.stage_health import StageHealth

QUOTA_SHARE = 0.8  # of the day's quota, from which on a look is worth it
DAY_HOURS = 24
HOUR, HOUR_TEXT = 3600.0, len("2026-11-23T15")
RECORDED_EVENTS = {"SEND", "REJECT", "BOUNCE", "COMPLAINT", "DELIVERY", "OPEN", "CLICK", "DELIVERY_DELAY"}
REASONS = {"BOUNCE", "COMPLAINT"}
REDEPLOY = "make deploy, with the settings of the stage: it restores the template"
CONSOLE = "the SES console has SES's message, and its reply form"


def plan(stage: StageHealth) -> Iterator[Defect]:
    """Reports the plan and the quota. Neither is a defect before the day's quota is almost used up."""
    quota = stage.account["SendQuota"]
    name = stage.account.get("PricingAttributes", {}).get("CurrentPlan", "NONE")
    most, sent = quota["Max24HourSend"], quota["SentLast24Hours"]
    day = "unlimited mails" if most < 0 else f"{sent:g} of {most:g} mails"
    described = f"plan {name}; {quota['MaxSendRate']:g} mails a second; {day} in 24 hours"
    if 0 <= most * QUOTA_SHARE <= sent:
        yield warning(f"{described}: sends wait once the quota is used up", "request a higher quota in the SES console")
    else:
        yield Defect(described, "", Level.OK)


def enforcement(stage: StageHealth) -> Iterator[Defect]:
    status = stage.account["EnforcementStatus"]
    if not stage.account["SendingEnabled"]:
        yield Defect(f"SES has stopped the account's sending (status {status}): sends wait", CONSOLE)
    elif status != "HEALTHY":
        yield Defect(f"the account is under review (status {status}): SES may stop its sending", CONSOLE)


def sandbox(stage: StageHealth) -> Iterator[Defect]:
    if not stage.account["ProductionAccessEnabled"]:
        yield warning(
            "the account is in SES's sandbox: mail reaches verified addresses only",
            "staffetta production request --website https://acme.com",
        )


def domains(stage: StageHealth) -> Iterator[Defect]:
    manager = stage.container.get(wiring.domains.manage_domains)
    for domain in manager.all():
        report = manager.check(domain.name)
        fix = f"staffetta domains check {domain.name} --stage {stage.name}"
        if not report.domain.sendable:
            yield Defect(f"SES does not send as {domain.name}: {report.domain.reason}", fix)
        elif not report.complete:
            wrong = [f"{one.record.key}: {one.meaning}" for one in report.checks if one.state in {"MISSING", "WRONG"}]
            yield warning(f"{domain.name}: {'; '.join(wrong)}", fix)
        elif report.remarks:
            yield warning(f"{domain.name}: {report.remarks[0]}", fix)


def default_set(stage: StageHealth) -> Iterator[Defect]:
    """Mail over SMTP that names no set goes through its identity's default: of the first domain, and of each that a token sends as."""
    identities = stage.container.get(wiring.adapters.domains.ses_identities)
    tokens = stage.container.get(wiring.adapters.tokens.smtp_tokens).all()
    used = {token.domain for token in tokens if token.domain and token.state is TokenState.ACTIVE}
    for domain in stage.container.get(wiring.domains.manage_domains).all():
        if domain.name != stage.settings.domain and domain.name not in used:
            continue
        ours = domain.transactional_set or stage.settings.transactional_configuration_set
        identity = identities.get(domain.name)
        if identity and identity.configuration_set != ours:
            name = identity.configuration_set or "no set"
            yield warning(
                f"the default set of {identity.name} is {name}: SES refuses a token's mail that names no set, and other mail is not recorded",
                f"aws sesv2 put-email-identity-configuration-set-attributes --email-identity {identity.name} --configuration-set-name {ours}",
            )


def sets(stage: StageHealth) -> Iterator[Defect]:
    """Each configuration set sends, reports to our topic, and leaves suppression as its mail needs it."""
    settings = stage.settings
    yield from _sets(stage, settings.transactional_configuration_set, settings.marketing_configuration_set, REDEPLOY)
    for domain in stage.container.get(wiring.adapters.domains.domains).all():
        if domain.transactional_set:
            verb = "adopt" if domain.adopted else "add"
            fix = f"staffetta domains {verb} {domain.name} --own-sets --stage {stage.name}"
            yield from _sets(stage, domain.transactional_set, domain.marketing_set, fix)
    yield from _pools(stage)


def _pools(stage: StageHealth) -> Iterator[Defect]:
    """The sets that domains have of their own are in no stack, so a pool that is removed may still be theirs. `pool` checks the stage's."""
    sesv2 = stage.client("sesv2")
    own = [name for name in ses_lists.configuration_sets(sesv2) if name.startswith(stage.settings.own_sets_prefix)]
    pools = {*ses_lists.ip_pools(sesv2), *ses_lists.SES_POOLS} if own else set()
    for name in own:
        described = sesv2.get_configuration_set(ConfigurationSetName=name)
        pool = described.get("DeliveryOptions", {}).get("SendingPoolName", SHARED_POOL)
        if pool not in pools:
            yield Defect(
                f"{name} names the IP pool {pool}, which SES does not have: its mail may fail",
                f"aws sesv2 put-configuration-set-delivery-options --configuration-set-name {name} --sending-pool-name {SHARED_POOL}",
            )


def _sets(stage: StageHealth, transactional: str, marketing: str, restore: str) -> Iterator[Defect]:
    """`restore`: what creates a missing set again."""
    sesv2 = stage.client("sesv2")
    limited = [max_delivery_time.set_name(transactional, limit) for limit in max_delivery_time.SET_LIMITS]
    for name in (transactional, *limited, marketing):
        try:
            described = sesv2.get_configuration_set(ConfigurationSetName=name)
        except sesv2.exceptions.NotFoundException:
            yield Defect(f"SES has no configuration set {name}: its mail waits", restore)
            continue
        if not described.get("SendingOptions", {}).get("SendingEnabled", True):
            yield Defect(
                f"sending is switched off for {name}",
                f"aws sesv2 put-configuration-set-sending-options --configuration-set-name {name} --sending-enabled",
            )
        yield from _suppression(name, described, marketing=name == marketing)
        yield from _destination(stage, name, restore)


def _suppression(name: str, described: Any, *, marketing: bool) -> Iterator[Defect]:
    options = described.get("SuppressionOptions")
    reasons = None if options is None else set(options.get("SuppressedReasons", ()))
    change = f"aws sesv2 put-configuration-set-suppression-options --configuration-set-name {name} --suppressed-reasons"
    if marketing and reasons != REASONS:
        yield warning(f"{name} does not suppress bounces and complaints", f"{change} BOUNCE COMPLAINT")
    if not marketing and reasons != set():
        yield warning(f"{name} suppresses transactional mail to addresses that bounced once", change)


def _destination(stage: StageHealth, name: str, restore: str) -> Iterator[Defect]:
    answer = stage.client("sesv2").get_configuration_set_event_destinations(ConfigurationSetName=name)
    topics = stage.resources("AWS::SNS::Topic").values()
    ours = [one for one in answer["EventDestinations"] if one.get("SnsDestination", {}).get("TopicArn") in topics]
    enabled = [one for one in ours if one["Enabled"]]
    if not enabled:
        state = "is switched off" if ours else "is missing"
        yield Defect(f"the event destination of {name} {state}: its mail gets no outcome", restore)
    elif lacking := RECORDED_EVENTS - {event for one in enabled for event in one["MatchingEventTypes"]}:
        yield Defect(f"{name} does not report {', '.join(sorted(lacking))}", REDEPLOY)


def shared_delivery(stage: StageHealth) -> Iterator[Defect]:
    """In which regions SES's shared addresses deliver, which CloudFormation cannot set: a set that is created again has the account's mode."""
    required = stage.outputs.get("SharedDelivery", "").upper()
    if stage.local or not required:
        return
    sesv2 = stage.client("sesv2")
    for name in stage.resources("AWS::SES::ConfigurationSet").values():
        options = sesv2.get_configuration_set(ConfigurationSetName=name).get("DeliveryOptions", {})
        mode = options.get("SharedPoolDeliveryMode", "ACCOUNT")
        if mode != required:
            yield warning(
                f"{name} has the shared delivery mode {mode}, and the stage {required}: mail may leave from addresses of other regions",
                "make deploy, with the settings of the stage: it sets the mode",
            )


def pool(stage: StageHealth) -> Iterator[Defect]:
    """A standard pool without an address sends nothing."""
    settings, sesv2 = stage.settings, stage.client("sesv2")
    described = sesv2.get_configuration_set(ConfigurationSetName=settings.transactional_configuration_set)
    name = described.get("DeliveryOptions", {}).get("SendingPoolName")
    if name == SHARED_POOL:
        return
    if name is None:
        yield warning("the sets name no pool: mail leaves from the account's default dedicated addresses", REDEPLOY)
        return
    try:
        sesv2.get_dedicated_ip_pool(PoolName=name)
    except sesv2.exceptions.NotFoundException:
        yield Defect(f"SES has no pool {name}, which the sets name", REDEPLOY)
        return
    if settings.ip_pool == IpPoolType.STANDARD and not sesv2.get_dedicated_ips(PoolName=name)["DedicatedIps"]:
        yield Defect(
            f"the pool {name} has no address",
            f"aws sesv2 put-dedicated-ip-in-pool --ip ADDRESS --destination-pool-name {name}",
        )


def subscription(stage: StageHealth) -> Iterator[Defect]:
    """SES → topic → events queue, raw: record reads SES's own JSON."""
    sns = stage.client("sns")
    queue = stage.settings.events_queue
    subscribed = [
        (one["SubscriptionArn"], topic)
        for topic in stage.resources("AWS::SNS::Topic").values()
        for one in sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
        if one["Protocol"] == "sqs" and one["Endpoint"].rpartition(":")[2] == queue
    ]
    if not subscribed:
        yield Defect("the events queue is not subscribed to SES's topic: no mail gets an outcome", REDEPLOY)
    for arn, _ in subscribed:
        if sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"].get("RawMessageDelivery") != "true":
            yield Defect("the events reach the queue in SNS's envelope, which record cannot read", REDEPLOY)


def events(stage: StageHealth) -> Iterator[Defect]:
    """After each hour with a send, an event must have been recorded within a day."""
    sent_at = _last_send(stage)
    progress = stage.container.get(wiring.adapters.events.recording_progress).get()
    if sent_at is not None and (progress is None or progress.read_at < sent_at):
        yield Defect(
            "SES has reported nothing since the last mail was sent: events are lost, or record is late",
            "see the findings about sets, subscription and mappings, and record's log",
        )


def _last_send(stage: StageHealth) -> float | None:
    """Returns the beginning of the latest hour with a sent mail, of the day before the last hour."""
    counters = stage.container.get(wiring.adapters.statistics.counters)
    for ago in range(2, DAY_HOURS + 2):
        at = stage.now - ago * HOUR
        hour = timestamps.iso(at)[:HOUR_TEXT]
        if any(one.counters.get("sent", 0) for one in counters.by_email(hour, hour)):
            return at - at % HOUR
    return None
