"""The account's sending as a whole: quota, pauses, reputation, stuck sends and dead letters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.adapters.aws import waiting
from functions.wiring.access import audit_log
from functions.wiring.adapters.account import (
    account_pause,
    dead_letters,
    dedicated_ips,
    quota_store,
    reputation_position,
    reverse_dns,
    sending_account,
    unsettled_position,
)
from functions.wiring.adapters.emails import emails
from functions.wiring.adapters.sending import message_index, send_queue, sends
from functions.wiring.adapters.statistics import counters
from functions.wiring.events import check_recorded
from functions.wiring.sending import find_due

if TYPE_CHECKING:
    from functions.core.account.prices import PriceList
    from functions.core.sending.throttle import SendQuota
    from functions.steps.account.estimate_cost import AccountPlan, EstimateCost
    from functions.steps.account.get_dedicated_ips import GetDedicatedIps
    from functions.steps.account.get_sending_status import GetSendingStatus
    from functions.steps.account.monitor_reputation import ReputationMonitor
    from functions.steps.account.overview import GetOverview
    from functions.steps.account.pause import PauseSending
    from functions.steps.account.redrive import RedriveDeadLetters
    from functions.steps.account.sweep import SweepSends
    from functions.wiring.container import Container


def sweep(c: Container) -> SweepSends:
    from functions.steps.account.sweep import SweepSends

    return SweepSends(
        sends=c.get(sends),
        messages=c.get(message_index),
        metrics=c.get(counters),
        queue=c.get(send_queue),
        clock=c.clock,
        due=c.get(find_due),
        position=c.get(unsettled_position),
        grace_seconds=c.settings.grace_seconds,
        retention_days=c.settings.retention_days,
    )


def redrive(c: Container) -> RedriveDeadLetters:
    from functions.steps.account.redrive import RedriveDeadLetters

    return RedriveDeadLetters(
        letters=c.get(dead_letters),
        sends=c.get(sends),
        queue=c.get(send_queue),
        events_recorded=c.get(check_recorded),
        clock=c.clock,
        grace_seconds=c.settings.grace_seconds,
    )


def pause_sending(c: Container) -> PauseSending:
    from functions.steps.account.pause import PauseSending

    return PauseSending(
        emails=c.get(emails),
        account=c.get(account_pause),
        audit=c.get(audit_log),
        clock=c.clock,
        sleep=waiting.sleep,
    )


def monitor_reputation(c: Container) -> ReputationMonitor:
    from functions.steps.account.monitor_reputation import ReputationMonitor

    return ReputationMonitor(
        metrics=c.get(counters),
        emails=c.get(emails),
        account=c.get(account_pause),
        pausing=c.get(pause_sending),
        position=c.get(reputation_position),
        clock=c.clock,
    )


def get_sending_status(c: Container) -> GetSendingStatus:
    from functions.steps.account.get_sending_status import GetSendingStatus

    return GetSendingStatus(monitor=c.get(monitor_reputation), quota_store=c.get(quota_store), emails=c.get(emails))


def account_plan(c: Container) -> AccountPlan:
    from functions.steps.account.estimate_cost import AccountPlan

    return AccountPlan(quota_store=c.get(quota_store))


def estimate_cost(c: Container) -> EstimateCost:
    from functions.core.account.prices import IpPoolType
    from functions.steps.account.estimate_cost import EstimateCost

    return EstimateCost(prices=c.get(price_list), account_plan=c.get(account_plan), pool=IpPoolType(c.settings.ip_pool))


def get_dedicated_ips(c: Container) -> GetDedicatedIps:
    from functions.steps.account.get_dedicated_ips import GetDedicatedIps

    return GetDedicatedIps(
        ips=c.get(dedicated_ips),
        dns=c.get(reverse_dns),
        monitor=c.get(monitor_reputation),
        quota_store=c.get(quota_store),
        account_plan=c.get(account_plan),
        prices=c.get(price_list),
    )


def refresh_quota(c: Container) -> SendQuota:
    """Reads SES's quota and stores it for the workers. It is done at each call, so call it, and do not `get` it."""
    from functions.steps.sending.throttle import refresh_quota

    return refresh_quota(account=c.get(sending_account), quotas=c.get(quota_store), clock=c.clock)


def get_overview(c: Container) -> GetOverview:
    from functions.steps.account.overview import GetOverview
    from functions.wiring.adapters.access import api_keys
    from functions.wiring.adapters.account import alarms

    return GetOverview(
        metrics=c.get(counters),
        quotas=c.get(quota_store),
        pause=c.get(account_pause),
        emails=c.get(emails),
        keys=c.get(api_keys),
        alarms=c.get(alarms),
        cost=c.get(estimate_cost),
        clock=c.clock,
    )


def price_list(_: Container) -> PriceList:
    from functions.adapters.account.price_list import price_list

    return price_list()
