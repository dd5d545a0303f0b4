"""The end of a stage: it accepts nothing, finishes what it accepted, and ends what is in no stack. The stacks are removed afterwards, by hand.

API keys and SMTP tokens are data and IAM users: without this, a removed stage leaves passwords that still send.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from functions import wiring
from functions.adapters.account.price_list import price_list
from functions.adapters.aws import queue_depth
from functions.core.access.audit import AuditAction
from functions.core.sending.send import Message
from functions.core.statistics import periods
from functions.core.tokens.smtp_token import TokenState
from functions.routes.access.api_keys import list_api_keys, revoke_api_key
from functions.routes.sending.single_send import cancel_send
from functions.routes.webhooks.webhooks import delete_webhook, list_webhooks
from functions.steps.access.authenticate import CACHE_SECONDS
from infra.config import SHARED_POOL
from infra.deployed_stage import TABLE, resources

if TYPE_CHECKING:
    from collections.abc import Callable

    from infra.cli.stage import Stage

GB = 10**9
POLL_SECONDS = 5
WEBHOOK_SECONDS = 60  # a receiver that does not answer has retries for a day
_SET, _POOL, _BUCKET = "AWS::SES::ConfigurationSet", "AWS::SES::DedicatedIpPool", "AWS::S3::Bucket"
_FREE = {
    "AWS::SQS::Queue": "its messages expire within 14 days",
    _SET: "",
    "AWS::SES::EmailIdentity": "it stays verified while its DNS records stay",
    "AWS::IAM::ManagedPolicy": "the boundary of SMTP tokens",
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
        return list(self.stage.get(wiring.adapters.message_index).overdue(periods.LAST))

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
        tokens = self.stage.get(wiring.adapters.smtp_tokens)
        ended = [token for token in tokens.all() if token.state is not TokenState.DELETED]
        for token in ended:
            self.stage.get(wiring.tokens.delete_smtp_token)(token.campaign_id)
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
        return sum(map(self._depth, (settings.dead_letter_queue_url, settings.events_dead_letter_queue_url)))

    def leave_pool(self) -> list[str]:
        """Moves the configuration sets to the shared addresses. They stay, and the pool does not: mail through them would fail."""
        sesv2 = self.stage.client("sesv2")
        pools = set(self._names(_POOL))
        moved = []
        for name in self._names(_SET):
            options = sesv2.get_configuration_set(ConfigurationSetName=name).get("DeliveryOptions", {})
            if options.get("SendingPoolName") in pools:
                shared: dict[str, Any] = {**options, "SendingPoolName": SHARED_POOL}
                sesv2.put_configuration_set_delivery_options(ConfigurationSetName=name, **shared)
                moved.append(name)
        return moved

    def remainders(self) -> Iterator[Remainder]:
        prices, dynamodb = price_list().aws, self.stage.client("dynamodb")
        for name in self._names(TABLE):
            size = dynamodb.describe_table(TableName=name)["Table"].get("TableSizeBytes", 0)
            yield Remainder("table", name, size / GB * prices.stored_gb_month, "")
        for name in self._names(_BUCKET):
            note = f"${prices.s3_gb_month:g} a month for each GB; its objects expire"
            yield Remainder("bucket", name, 0, note)
        for kind, note in _FREE.items():
            for name in self._names(kind):
                yield Remainder(kind.rpartition("::")[2], name, 0, note)

    def _names(self, kind: str) -> list[str]:
        return list(resources(self.stage.name, self.stage.client, kind))

    def _full_queues(self) -> list[str]:
        settings = self.stage.container.settings
        urls = {"sends": settings.send_queue_url, "events": settings.events_queue_url}
        return [name for name, url in urls.items() if self._depth(url)]

    def _depth(self, url: str) -> int:
        return queue_depth.number(self.stage.get(wiring.clients.sqs), url)


def commands(stage: str, domain: str) -> list[str]:
    """Returns the commands that remove the stacks."""
    context = f"-c staffetta:stage={stage} -c staffetta:domain={domain}"
    return [f"staffetta protect --off --stage {stage}", f".venv/bin/python -m infra.node destroy --all {context}"]
