"""What a month costs: SES's plan and mails, its IP addresses, and the AWS services of a stage, line by line."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from functions.core.account.prices import (
    GB,
    AwsPrices,
    IpPoolType,
    PlanName,
    PriceList,
    Usage,
    of_mails,
    of_pool,
)

MILLION, KB = 10**6, 1000
HOURS = 730  # of a month


class CostLine(Struct, frozen=True):
    name: str
    amount: float  # dollars


class CostCase(Struct, frozen=True, kw_only=True):
    """The month to price."""

    messages: int  # recipients, as SES counts them
    plan: PlanName
    pool: IpPoolType
    addresses: int = 1  # leased ones of a standard pool
    attached_kb: int = 0  # of a mail, on average
    images: int = 0  # of a mail, from the library: each recipient loads them once
    images_kb: int = 0  # of them together


class MonthlyCost(Struct, frozen=True, kw_only=True):
    case: CostCase
    lines: list[CostLine]

    @property
    def total(self) -> float:
        return sum(line.amount for line in self.lines)

    @property
    def dedicated(self) -> bool:
        return self.case.pool is not IpPoolType.SHARED


def month(prices: PriceList, case: CostCase) -> MonthlyCost:
    """Returns the cost of one stage in its account. The plan and a managed pool are charged once for the account and region."""
    lines = [
        *ses_lines(prices, case),
        *service_lines(prices.aws, prices.usage, case.messages),
        *cdn_lines(prices.aws, case),
        *idle_lines(prices, case),
    ]
    return MonthlyCost(case=case, lines=[line for line in lines if line.amount])


def ses_lines(prices: PriceList, case: CostCase) -> Iterator[CostLine]:
    plan = prices.plan(case.plan)
    yield CostLine(f"SES {plan.title}, a month", plan.month)
    yield CostLine("SES mails", of_mails(plan.per_thousand, case.messages))
    yield CostLine("SES attachments", case.messages * case.attached_kb * KB / GB * prices.ses.attached_gb)
    yield from pool_lines(prices, case)


def pool_lines(prices: PriceList, case: CostCase) -> Iterator[CostLine]:
    """Yields what the addresses cost in addition to the mails."""
    if case.pool is IpPoolType.MANAGED and not prices.plan(case.plan).managed_included:
        yield CostLine("Managed IP pool, a month", prices.ses.managed_month)
        yield CostLine("Managed IP pool, mails", of_pool(prices, case.plan, case.pool, case.messages))
    if case.pool is IpPoolType.STANDARD:
        yield CostLine("Leased IP addresses", case.addresses * prices.ses.standard_address_month)


def service_lines(aws: AwsPrices, usage: Usage, messages: int) -> Iterator[CostLine]:
    """Yields what the messages cost in AWS besides SES."""
    for name, each in (
        ("HTTP API", aws.http_million / MILLION * usage.http_requests),
        ("DynamoDB writes", aws.write_units_million / MILLION * usage.write_units),
        (
            "What was sent",
            aws.write_units_million / MILLION * usage.content_write_units
            + aws.stored_gb_month * usage.content_kb_months * KB / GB,
        ),
        ("DynamoDB reads", aws.read_units_million / MILLION * usage.read_units),
        (
            "DynamoDB storage",
            (aws.stored_gb_month * usage.stored_kb_months + aws.restorable_gb_month * usage.restorable_kb_months)
            * KB
            / GB,
        ),
        ("SNS (SES's events)", aws.sns_million / MILLION * usage.sns_publishes),
        ("SQS", aws.sqs_million / MILLION * usage.sqs_requests),
        (
            "S3 (events)",
            aws.s3_puts_million / MILLION * usage.s3_puts + aws.s3_gb_month * usage.archived_kb_months * KB / GB,
        ),
        ("Lambda requests", aws.lambda_million / MILLION * usage.lambda_requests),
        ("Lambda time", aws.lambda_gb_second * usage.lambda_gb_seconds),
        ("Logs", aws.log_gb * usage.logged_kb * KB / GB),
    ):
        yield CostLine(name, messages * each)


def cdn_lines(aws: AwsPrices, case: CostCase) -> Iterator[CostLine]:
    """Yields what the recipients load. What the CDN fetches from S3 costs nothing, and it caches an image for a year."""
    each = case.images * aws.cdn_requests_million / MILLION + case.images_kb * KB / GB * aws.cdn_gb
    yield CostLine("Images (CloudFront)", case.messages * each)


def idle_lines(prices: PriceList, case: CostCase) -> Iterator[CostLine]:
    """Yields what a stage costs while it sends nothing, and its metrics, which are charged by the hours with data."""
    aws, idle = prices.aws, prices.idle
    yield CostLine("Alarms", idle.alarms * aws.alarm_month)
    yield CostLine("Polling of the queues", idle.sqs_requests * aws.sqs_million / MILLION)
    functions = idle.lambda_requests * aws.lambda_million / MILLION + idle.lambda_gb_seconds * aws.lambda_gb_second
    yield CostLine("Sweep and reconciliation", functions)
    yield CostLine("Metrics", idle.metrics * aws.metric_month * min(1.0, case.messages / HOURS))


def alternatives(prices: PriceList, case: CostCase) -> list[MonthlyCost]:
    """Returns the same month on every plan and pool, the cheapest first. Equal ones are in the order of the plans."""
    cases = (replace(case, plan=plan, pool=pool) for plan in PlanName for pool in IpPoolType)
    return sorted((month(prices, one) for one in cases), key=lambda cost: cost.total)


def bare_ses(prices: PriceList, case: CostCase) -> float:
    """Returns what SES itself charges for the case."""
    return sum(line.amount for line in ses_lines(prices, case))
