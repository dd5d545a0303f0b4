"""The IP pool of a stage: when its configuration sets may send from it, what it costs, and in which regions shared addresses may be.

A deployment, also a bare `cdk deploy`, first sends from SES's shared addresses. Whether SES lets a new account create a managed pool is unknown, and a standard pool is
empty until the operator leases addresses: so neither belongs to the step that must succeed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from functions.adapters.account.price_list import price_list
from functions.core.account.dedicated_ips import SHARED_POOL
from functions.core.account.prices import IpPoolType
from functions.settings import OWN_SETS, own_name
from infra import ses_lists
from infra.config import SharedDelivery
from infra.deployed_stage import Clients, is_deployed, resources

POOL, SET = "AWS::SES::DedicatedIpPool", "AWS::SES::ConfigurationSet"


def kind(settings: Mapping[str, str]) -> IpPoolType:
    return IpPoolType(settings.get("ipPool", IpPoolType.MANAGED))


def is_ready(settings: Mapping[str, str], stage: str, client: Clients) -> bool:
    """Returns whether the stage's own pool exists, and has addresses."""
    pool, name = kind(settings), f"staffetta-{stage}-{kind(settings)}"
    if pool is IpPoolType.SHARED or not is_deployed(stage, client) or name not in resources(stage, client, POOL):
        return False
    return pool is IpPoolType.MANAGED or bool(client("sesv2").get_dedicated_ips(PoolName=name)["DedicatedIps"])


def leave(settings: Mapping[str, str], stage: str, client: Clients) -> list[str]:
    """Moves sets that domains have of their own to the shared addresses, away from a pool that a deployment with these settings removes.
    Returns their names. CloudFormation moves the stage's.
    """
    own = f"staffetta-{stage}-{kind(settings)}"
    removed = {pool for pool in resources(stage, client, POOL) if pool != own}
    if not removed:
        return []
    prefix = own_name(stage, OWN_SETS)
    names = ses_lists.configuration_sets(client("sesv2"))
    return move_to_shared([name for name in names if name.startswith(prefix)], removed, client)


def move_to_shared(names: Iterable[str], pools: Collection[str], client: Clients) -> list[str]:
    """Moves the configuration sets that send from one of the pools to the shared addresses. Returns their names. What is sent through a set
    whose pool is gone would fail. The other delivery options stay.
    """
    sesv2: Any = client("sesv2")
    moved = []
    for name in names:
        options = sesv2.get_configuration_set(ConfigurationSetName=name).get("DeliveryOptions", {})
        if options.get("SendingPoolName") in pools:
            options = {**options, "SendingPoolName": SHARED_POOL}
            sesv2.put_configuration_set_delivery_options(ConfigurationSetName=name, **options)
            moved.append(name)
    return moved


def managed_price() -> str:
    prices = price_list()
    ses = prices.ses
    return (
        f"A managed IP pool costs ${ses.managed_month:.2f} a month for this account and region, and ${ses.managed_per_thousand[0].per_thousand:g} "
        f"for 1,000 mails ({prices.date}; plans from Pro on include it)"
    )


def guide(settings: Mapping[str, str], stage: str) -> str:
    """Returns how a standard pool gets its addresses."""
    name, price = f"staffetta-{stage}-{kind(settings)}", price_list().ses.standard_address_month
    return (
        f"The pool {name} has no address yet, so the stage sends from SES's shared addresses. Lease addresses with a case at AWS Support "
        f"(${price:g} a month for each), move each in, and then run `make deploy` again, which switches to the pool: "
        f"aws sesv2 put-dedicated-ip-in-pool --ip ADDRESS --destination-pool-name {name}"
    )


def set_shared_delivery(settings: Mapping[str, str], stage: str, client: Clients) -> None:
    """Sets in which regions mail may leave from shared addresses, which CloudFormation cannot. The other delivery options stay."""
    sesv2: Any = client("sesv2")
    mode = SharedDelivery(settings.get("sharedDelivery", SharedDelivery.REGIONAL)).upper()
    for name in resources(stage, client, SET):
        options = sesv2.get_configuration_set(ConfigurationSetName=name).get("DeliveryOptions", {})
        if options.get("SharedPoolDeliveryMode") != mode:
            options = {**options, "SharedPoolDeliveryMode": mode}
            sesv2.put_configuration_set_delivery_options(ConfigurationSetName=name, **options)
