"""What SES, AWS and others charge, in US dollars. The prices are in adapters/account/prices.toml, which has a date."""

from __future__ import annotations

from enum import StrEnum
from itertools import pairwise

from msgspec import Struct

from functions.core.sending.send import Message, State

THOUSAND, GB = 1000, 10**9
UNBOUNDED = 1e18  # mails


class PlanName(StrEnum):
    """SES's pricing plans, by the names of GetAccount."""

    A_LA_CARTE = "NONE"
    ESSENTIALS = "ESSENTIALS"
    PRO = "PRO"
    ENTERPRISE = "ENTERPRISE"


NEW_ACCOUNTS_PLAN = PlanName.ESSENTIALS  # since 2026-07-21


class IpPoolType(StrEnum):
    """The IP addresses that SES sends from."""

    MANAGED = "managed"  # dedicated addresses that SES leases, warms up and scales
    STANDARD = "standard"  # dedicated addresses that you lease, through a support case
    SHARED = "shared"  # SES's common addresses: no fixed cost


class Tier(Struct, frozen=True, array_like=True):
    """The price of 1,000 mails from a number of mails a month."""

    start: int
    per_thousand: float


class Plan(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    title: str
    month: float
    per_thousand: list[Tier]
    managed_included: bool = False  # managed IP addresses cost nothing more


class SesPrices(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    attached_gb: float
    standard_address_month: float
    managed_month: float
    managed_per_thousand: list[Tier]
    plans: dict[PlanName, Plan]


class AwsPrices(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The services that Staffetta uses besides SES."""

    http_million: float
    write_units_million: float
    read_units_million: float
    stored_gb_month: float
    restorable_gb_month: float  # in addition
    sqs_million: float
    sns_million: float
    s3_puts_million: float
    s3_gb_month: float
    cdn_requests_million: float
    cdn_gb: float
    lambda_million: float
    lambda_gb_second: float
    log_gb: float
    alarm_month: float
    metric_month: float


class Idle(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a stage uses in a month without a message. The metrics have data only while it sends."""

    alarms: int
    sqs_requests: float
    lambda_requests: float
    lambda_gb_seconds: float
    metrics: int


class Usage(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one message uses of AWS besides SES."""

    http_requests: float
    write_units: float
    content_write_units: float  # of what was sent
    content_kb_months: float
    read_units: float
    stored_kb_months: float  # with the indexes
    restorable_kb_months: float  # without them
    sqs_requests: float
    sns_publishes: float
    s3_puts: float
    archived_kb_months: float
    lambda_requests: float
    lambda_gb_seconds: float
    logged_kb: float


class Peer(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Another service, for comparison."""

    name: str
    month: float
    included: int  # mails
    per_thousand: float
    note: str
    source: str

    def price(self, mails: int) -> float:
        return self.month + max(0, mails - self.included) / THOUSAND * self.per_thousand


class PriceList(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    date: str
    region: str
    ses: SesPrices
    aws: AwsPrices
    idle: Idle
    usage: Usage
    peers: list[Peer]

    def plan(self, name: PlanName) -> Plan:
        return self.ses.plans[name]


def of_mails(tiers: list[Tier], mails: float) -> float:
    """Returns the price of a month's mails. Each tier's price is for the mails within it."""
    bounds = [*(tier.start for tier in tiers), UNBOUNDED]
    return sum(
        (min(mails, end) - start) / THOUSAND * tier.per_thousand
        for tier, (start, end) in zip(tiers, pairwise(bounds), strict=True)
        if mails > start
    )


def of_pool(prices: PriceList, plan: PlanName, pool: IpPoolType, mails: float) -> float:
    """Returns what the addresses charge by the mail."""
    if pool is not IpPoolType.MANAGED or prices.plan(plan).managed_included:
        return 0.0
    return of_mails(prices.ses.managed_per_thousand, mails)


def of_message(prices: PriceList, message: Message, plan: PlanName, pool: IpPoolType) -> dict[str, float]:
    """Returns the price of each part of a mail, at the first tier. A mail that SES did not accept is free. SES charges for bounced
    mail as for any other.
    """
    if message.state is not State.SENT:
        return {}
    parts = {
        "mail": of_mails(prices.plan(plan).per_thousand, 1),
        "dedicatedIp": of_pool(prices, plan, pool, 1),
        "attachments": message.attached / GB * prices.ses.attached_gb,
    }
    return {name: round(price, 9) for name, price in parts.items() if price}
