"""The end of a stage: it accepts nothing, finishes what it accepted, and ends what is in no stack. The stacks are removed afterwards, by hand.

API keys and SMTP tokens are data and IAM users: without this, a removed stage leaves passwords that still send.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError
from msgspec import Struct

from functions import wiring
from functions.adapters.account.price_list import price_list
from functions.adapters.aws import queue_depth
from functions.core.access.audit import AuditAction
from functions.core.automations.automation import AutomationStatus
from functions.core.domains.domain import Domain
from functions.core.sending import max_delivery_time
from functions.core.sending.max_delivery_time import SET_LIMITS
from functions.core.sending.send import Message
from functions.core.statistics import periods
from functions.core.tokens.smtp_token import TokenState
from functions.routes.access.api_keys import list_api_keys, revoke_api_key
from functions.routes.automations.automations import list_automations, stop_automation_runs
from functions.routes.broadcasts.broadcasts import cancel_broadcast, list_broadcasts
from functions.routes.sending.single_send import cancel_send
from functions.routes.webhooks.webhooks import delete_webhook, list_webhooks
from functions.settings import smtp_path_of
from functions.steps.access.authenticate import CACHE_SECONDS
from infra import ip_pool
from infra.deployed_stage import TABLE, resources
from infra.regions import EDGE_REGION

if TYPE_CHECKING:
    from collections.abc import Callable

    from functions.routes.broadcasts.models import BroadcastView
    from infra.cli.stage import Stage

GB = 10**9
POLL_SECONDS = 5
BROADCASTS_MAX = 10_000
HOSTS = ("ApiHost", "TrackingHost", "ImagesHost")
WEBHOOK_SECONDS = 60  # a receiver that does not answer has retries for a day
_SET, _POOL = "AWS::SES::ConfigurationSet", "AWS::SES::DedicatedIpPool"
_IDENTITY = "AWS::SES::EmailIdentity"
_BUCKET, _CDN = "AWS::S3::Bucket", "AWS::CloudFront::Distribution"
_FREE = {
    "AWS::SQS::Queue": "its messages expire within 14 days",
    _SET: "",
    _IDENTITY: "it stays verified while its DNS records stay",
    "AWS::IAM::ManagedPolicy": "the boundary of SMTP tokens",
    "AWS::Cognito::UserPool": "the people of the console",
}


class Remainder(Struct, frozen=True):
    """A resource that stays after the removal of both stacks."""

    kind: str
    name: str
    month: float  # US dollars a month, at most
    note: str


class Removal(Struct, frozen=True):
    """The steps with their stage. Each may be repeated after an interruption."""

    stage: Stage

    def scheduled(self) -> list[Message]:
        return list(self.stage.get(wiring.adapters.sending.message_index).overdue(periods.LAST))

    def waiting_broadcasts(self) -> list[BroadcastView]:
        """Returns the broadcasts that no drain ends: their time is later, or they wait for a person."""
        broadcasts: list[BroadcastView] = self.stage.collect(list_broadcasts, BROADCASTS_MAX)
        return [broadcast for broadcast in broadcasts if broadcast.state in {"SCHEDULED", "PAUSED"}]

    def cancel_broadcasts(self, broadcasts: Sequence[BroadcastView]) -> int:
        for broadcast in broadcasts:
            self.stage.call(cancel_broadcast, path={"broadcastId": broadcast.id})
        return len(broadcasts)

    def end_automations(self) -> int:
        """Pauses each automation and stops its runs: an event, a date or the end of a wait would start mail for as long as the stage exists.
        A paused one has runs, too.
        """
        published = [one for one in self.stage.call(list_automations).results if one.status != AutomationStatus.DRAFT]
        for automation in published:
            self.stage.call(stop_automation_runs, path={"automationId": automation.id})
        return len(published)

    def cancel(self, messages: Sequence[Message]) -> int:
        sends = {message.key.send_id for message in messages}
        for send_id in sorted(sends):
            self.stage.call(cancel_send, path={"statusId": send_id})
        return len(sends)

    def revoke_keys(self) -> int:
        active = [key for key in self.stage.call(list_api_keys).results if not key.revoked_at]
        for key in active:
            self.stage.call(revoke_api_key, path={"keyId": key.id})
        return len(active)

    def delete_tokens(self) -> int:
        """Deletes every token, and then every user of the stage without one."""
        tokens = self.stage.get(wiring.adapters.tokens.smtp_tokens)
        ended = [token for token in tokens.all() if token.state is not TokenState.DELETED]
        for token in ended:
            self.stage.get(wiring.tokens.delete_smtp_token)(token.campaign_id, self.stage.actor)
            self.stage.audit(AuditAction.TOKEN_DELETED, token.campaign_id, name=token.name)
        orphans = self.stage.get(wiring.tokens.reconcile_smtp_tokens)().orphans
        return len(ended) + len(orphans)

    def delete_webhooks(self) -> int:
        """Deletes the webhooks with their secrets, which are in no stack."""
        webhooks = self.stage.call(list_webhooks).results
        for webhook in webhooks:
            self.stage.call(delete_webhook, path={"webhookId": webhook.id})
        return len(webhooks)

    def drain(self, seconds: float, sleep: Callable[[float], None] = time.sleep) -> list[str]:
        """Waits until the queues are empty, and longer than a worker may cache a revoked key. Returns the names of the queues that are
        not empty in time.
        """
        waited = 0.0
        while (full := self._full_queues()) or waited < CACHE_SECONDS:
            if waited >= seconds:
                return full
            sleep(POLL_SECONDS)
            waited += POLL_SECONDS
        return []

    def drain_webhooks(self, sleep: Callable[[float], None] = time.sleep) -> int:
        """Returns how many deliveries are left after a minute: they end with their webhooks."""
        waited = 0.0
        while (left := self._depth(self.stage.container.settings.webhook_queue_url)) and waited < WEBHOOK_SECONDS:
            sleep(POLL_SECONDS)
            waited += POLL_SECONDS
        return left

    def dead_letters(self) -> int:
        settings = self.stage.container.settings
        urls = (
            settings.dead_letter_queue_url,
            settings.broadcast_dead_letter_queue_url,
            settings.events_dead_letter_queue_url,
        )
        return sum(map(self._depth, urls))

    def leave_pool(self) -> list[str]:
        """Moves the configuration sets to the shared addresses. They stay, and the pool does not: mail through them would fail."""
        names, pools = [*self._names(_SET), *self._own_sets()], self._names(_POOL)
        return ip_pool.move_to_shared(names, pools, self.stage.client)

    def remainders(self) -> Iterator[Remainder]:
        yield from self.of_state()
        yield from self._remaining_domains()
        yield from self.hosts()

    def of_state(self) -> Iterator[Remainder]:
        """Yields what the State stack leaves. It needs no Service."""
        prices, dynamodb = price_list().aws, self.stage.client("dynamodb")
        for name in self._names(TABLE):
            size = dynamodb.describe_table(TableName=name)["Table"].get("TableSizeBytes", 0)
            yield Remainder("table", name, size / GB * (prices.stored_gb_month + prices.restorable_gb_month), "")
        for name in self._names(_BUCKET):
            stays = (
                "mails show its images"
                if name.startswith(f"staffetta-{self.stage.name}-images-")
                else "its objects expire"
            )
            note = f"${prices.s3_gb_month:g} a month for each GB; {stays}"
            yield Remainder("bucket", name, 0, note)
        for name in self._names(_CDN):
            served = f"${prices.cdn_requests_million:g} per million requests and ${prices.cdn_gb:g} per GB"
            yield Remainder("Distribution", name, 0, f"mails show its images: {served}")
        for kind, note in _FREE.items():
            for name in self._names(kind):
                yield Remainder(kind.rpartition("::")[2], name, 0, note)

    def _remaining_domains(self) -> Iterator[Remainder]:
        """Yields what domains that were added have at SES. It is in no stack: `staffetta domains remove` deletes it before."""
        for domain in self._added():
            note = "SES had it before" if domain.adopted else f"staffetta domains remove {domain.name} deletes it"
            yield Remainder("EmailIdentity", domain.name, 0, note)
        for name in self._own_sets():
            yield Remainder("ConfigurationSet", name, 0, "of a domain that was added")

    def hosts(self) -> Iterator[Remainder]:
        for name in HOSTS:
            if is_there(f"Staffetta-{self.stage.name}-{name}", self.stage, name):
                note = "a stack of its own: links in mails need it; delete it by hand once none is used"
                yield Remainder("stack", f"Staffetta-{self.stage.name}-{name}", 0, note)

    def smtp_users(self) -> Iterator[Remainder]:
        """Yields the users of the stage's SMTP tokens, which are in no stack. It needs no Service."""
        region = self.stage.client("cloudformation").meta.region_name
        pages = self.stage.client("iam").get_paginator("list_users")
        for page in pages.paginate(PathPrefix=smtp_path_of(region, self.stage.name)):
            for user in page["Users"]:
                yield Remainder("SMTP user", user["UserName"], 0, "its password may still send")

    def domain(self) -> str:
        """The stage's domain as its State stack has it, or a placeholder: an identity that SES had before is in no stack."""
        return next(resources(self.stage.name, self.stage.client, _IDENTITY), "DOMAIN")

    def _added(self) -> list[Domain]:
        primary = self.stage.container.settings.domain
        return [domain for domain in self.stage.get(wiring.adapters.domains.domains).all() if domain.name != primary]

    def _own_sets(self) -> list[str]:
        return [
            name
            for domain in self._added()
            if domain.transactional_set
            for name in (
                *(max_delivery_time.set_name(domain.transactional_set, limit) for limit in (0, *SET_LIMITS)),
                domain.marketing_set,
            )
        ]

    def _names(self, kind: str) -> list[str]:
        return list(resources(self.stage.name, self.stage.client, kind))

    def _full_queues(self) -> list[str]:
        settings = self.stage.container.settings
        urls = {
            "sends": settings.send_queue_url,
            "broadcasts": settings.broadcast_queue_url,
            "automations": settings.automation_queue_url,
            "events": settings.events_queue_url,
        }
        return [name for name, url in urls.items() if self._depth(url)]

    def _depth(self, url: str) -> int:
        return queue_depth.number(self.stage.get(wiring.clients.sqs), url)


def is_there(name: str, stage: Stage, kind: str) -> bool:
    """Returns whether a host's stack exists. Those with a CDN are in CloudFront's region."""
    region = {} if kind == "ApiHost" else {"region_name": EDGE_REGION}
    try:
        stage.client("cloudformation", **region).describe_stacks(StackName=name)
    except ClientError:
        return False
    return True


def commands(stage: str, domain: str) -> list[str]:
    """Returns the commands that remove the stacks."""
    context = f"-c staffetta:stage={stage} -c staffetta:domain={domain}"
    return [f"staffetta protect --off --stage {stage}", f".venv/bin/python -m infra.node destroy --all {context}"]
