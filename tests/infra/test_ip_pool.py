"""The stage's pool of dedicated addresses."""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError

from infra import ip_pool
from infra.deployed_stage import Clients

POOLS = {
    "managed": {"Type": ip_pool.POOL, "Properties": {"PoolName": "staffetta-prod-managed", "ScalingMode": "MANAGED"}},
    "standard": {
        "Type": ip_pool.POOL,
        "Properties": {"PoolName": "staffetta-prod-standard", "ScalingMode": "STANDARD"},
    },
}


@pytest.mark.parametrize("kind", POOLS)
def test_the_stages_own_pool_is_ready_once_it_has_addresses(account: Clients, kind: str) -> None:
    settings = {"domain": "acme.com", "ipPool": kind}
    assert not ip_pool.is_ready(settings, "prod", account), "nothing is deployed"
    body = json.dumps({"Resources": {"Pool": POOLS[kind]}})
    account("cloudformation").create_stack(StackName="Staffetta-prod-State", TemplateBody=body)
    assert ip_pool.is_ready(settings, "prod", account)
    assert not ip_pool.is_ready({**settings, "ipPool": "shared"}, "prod", account)


@pytest.mark.parametrize("chosen", ["managed", "standard", "shared"])
def test_no_set_names_a_pool_that_a_deployment_removes(account: Clients, chosen: str) -> None:
    """The sets of a domain of its own are in no stack. A pool of the owner's stays, and so do the other delivery options."""
    sesv2 = account("sesv2")
    sesv2.create_dedicated_ip_pool(PoolName="theirs", ScalingMode="STANDARD")
    body = json.dumps({"Resources": {"Pool": POOLS["managed"]}})
    account("cloudformation").create_stack(StackName="Staffetta-prod-State", TemplateBody=body)
    ours, other = "staffetta-prod-domain-news-acme-com-transactional", "staffetta-prod-domain-acme-org-marketing"
    for name, pool in ((ours, "staffetta-prod-managed"), (other, "theirs")):
        options = {"SendingPoolName": pool, "MaxDeliverySeconds": 3600}
        sesv2.create_configuration_set(ConfigurationSetName=name, DeliveryOptions=options)
    moved = ip_pool.leave({"ipPool": chosen}, "prod", account)
    assert moved == ([] if chosen == "managed" else [ours])
    moved_set, theirs = (
        sesv2.get_configuration_set(ConfigurationSetName=name)["DeliveryOptions"] for name in (ours, other)
    )
    expected = "staffetta-prod-managed" if chosen == "managed" else "ses-shared-pool"
    assert moved_set.items() >= {"SendingPoolName": expected, "MaxDeliverySeconds": 3600}.items()
    assert theirs["SendingPoolName"] == "theirs"


def test_shared_addresses_stay_in_the_region(account: Clients) -> None:
    """Unless the owner chose all regions. The other delivery options stay."""
    options = {"MaxDeliverySeconds": 3600, "SendingPoolName": "ses-shared-pool"}
    properties = {"Name": "ours", "DeliveryOptions": options}
    body = json.dumps({"Resources": {"Set": {"Type": ip_pool.SET, "Properties": properties}}})
    account("cloudformation").create_stack(StackName="Staffetta-prod-State", TemplateBody=body)
    for settings, mode in (({}, "REGIONAL"), ({"sharedDelivery": "global"}, "GLOBAL")):
        ip_pool.set_shared_delivery(settings, "prod", account)
        stored = account("sesv2").get_configuration_set(ConfigurationSetName="ours")["DeliveryOptions"]
        assert stored.items() >= {**options, "SharedPoolDeliveryMode": mode}.items()


def test_a_sixth_managed_pool_is_refused(account: Clients) -> None:
    for number in range(5):
        account("sesv2").create_dedicated_ip_pool(PoolName=f"pool-{number}", ScalingMode="MANAGED")
    with pytest.raises(ClientError, match="Limit of 5"):
        account("sesv2").create_dedicated_ip_pool(PoolName="pool-6", ScalingMode="MANAGED")
