"""What the account allows a stage: pools, functions at once, and recipients."""

from __future__ import annotations

from collections.abc import Iterator

from functions.core.account.prices import IpPoolType
from infra import ses_lists
from infra.config import QUEUE_WORKERS
from infra.deployed_stage import Clients
from infra.health.finding import Defect, warning
from infra.health.name_checks import POOL
from infra.health.target import Target

MANAGED_POOLS_MAX = 5  # of SES, in a region
CONCURRENCY_SPARE = 5  # functions besides the workers of queues: the API, record, the readers of streams, the sweep


def pools(target: Target) -> Iterator[Defect]:
    read = target.config
    if read.ip_pool is not IpPoolType.MANAGED or read.name(read.ip_pool) in target.ours(POOL):
        return
    sesv2 = target.client("sesv2")
    modes = (
        sesv2.get_dedicated_ip_pool(PoolName=name)["DedicatedIpPool"]["ScalingMode"]
        for name in ses_lists.ip_pools(sesv2)
        if name not in ses_lists.SES_POOLS
    )
    managed = list(modes).count("MANAGED")
    if managed >= MANAGED_POOLS_MAX:
        yield warning(
            f"this region has {managed} managed pools, and SES allows {MANAGED_POOLS_MAX}: the stage will send from shared addresses",
            f'make deploy ARGS="-c staffetta:domain={read.domain} -c staffetta:ipPool=shared"',
        )


def concurrency(target: Target) -> Iterator[Defect]:
    return concurrency_defects(target.client, target.config.deliver_concurrency)


def concurrency_defects(client: Clients, deliver: int) -> Iterator[Defect]:
    """A new account may run ten functions at once, and all share them. Reserved ones are no way out: AWS refuses to reserve the last hundred."""
    limit = client("lambda").get_account_settings()["AccountLimit"]["ConcurrentExecutions"]
    workers = 2 * deliver + 2 * QUEUE_WORKERS
    if limit < workers + CONCURRENCY_SPARE:
        yield warning(
            f"Lambda runs {limit} functions at once in this account, and {workers} may work on the queues: in a burst of sends the API may answer 503",
            "aws service-quotas request-service-quota-increase --service-code lambda --quota-code L-B99A9384 --desired-value 1000",
        )


def sandbox(target: Target) -> Iterator[Defect]:
    if not target.client("sesv2").get_account()["ProductionAccessEnabled"]:
        yield warning(
            "SES's sandbox: until SES grants production access, mail reaches verified addresses only",
            "staffetta production request --website https://acme.com, once the stage is deployed",
        )
