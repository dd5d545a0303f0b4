"""Settings → the adapters of the SES account, its quota and its dead letters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.adapters import schema
from functions.wiring.adapters.sending import send_queue
from functions.wiring.clients import cloudwatch, dynamodb, sesv2, sesv2_account, sqs

if TYPE_CHECKING:
    from functions.adapters.account.alarms import CloudWatchAlarms
    from functions.adapters.account.dead_letters import SqsDeadLetters
    from functions.adapters.account.dedicated_ips import SesDedicatedIps
    from functions.adapters.account.pause import DynamoAccountPause
    from functions.adapters.account.reverse_dns import DnsReverse
    from functions.adapters.account.send_quota import DynamoQuotaStore
    from functions.adapters.account.sending_account import SesAccount
    from functions.adapters.account.sweep_position import DynamoSweepPosition
    from functions.wiring.container import Container


def unsettled_position(c: Container) -> DynamoSweepPosition:
    from functions.adapters.account.sweep_position import DynamoSweepPosition

    return DynamoSweepPosition(c.get(dynamodb), c.settings.metrics_table, schema.UNSETTLED)


def reputation_position(c: Container) -> DynamoSweepPosition:
    from functions.adapters.account.sweep_position import DynamoSweepPosition

    return DynamoSweepPosition(c.get(dynamodb), c.settings.metrics_table, schema.REPUTATION)


def dedicated_ips(c: Container) -> SesDedicatedIps:
    from functions.adapters.account.dedicated_ips import SesDedicatedIps

    return SesDedicatedIps(c.get(sesv2_account), c.settings.transactional_configuration_set)


def reverse_dns(_: Container) -> DnsReverse:
    from functions.adapters.account.reverse_dns import DnsReverse

    return DnsReverse()


def quota_store(c: Container) -> DynamoQuotaStore:
    from functions.adapters.account.send_quota import DynamoQuotaStore

    return DynamoQuotaStore(c.get(dynamodb), c.settings.metrics_table)


def account_pause(c: Container) -> DynamoAccountPause:
    from functions.adapters.account.pause import DynamoAccountPause

    return DynamoAccountPause(c.get(dynamodb), c.settings.metrics_table)


def alarms(c: Container) -> CloudWatchAlarms:
    from functions.adapters.account.alarms import CloudWatchAlarms

    return CloudWatchAlarms(c.get(cloudwatch), f"Staffetta-{c.settings.stage}-")


def sending_account(c: Container) -> SesAccount:
    from functions.adapters.account.sending_account import SesAccount

    return SesAccount(c.get(sesv2))


def dead_letters(c: Container) -> SqsDeadLetters:
    from functions.adapters.account.dead_letters import SqsDeadLetters

    return SqsDeadLetters(c.get(sqs), c.get(send_queue), c.settings.dead_letter_queue_url)
