"""Dedicated IP pools. Each local pool has one address of the documentation range, so that events show which pool sent."""

from infra.local.ses.account import BUILT_IN_POOLS, JSON, Pool, SimulatedAccount
from infra.local.ses.api.operations.wire import check_tags, page, tags_in
from infra.local.ses.errors import SesError, already_exists, bad_request

MAX_POOLS, MAX_MANAGED = 50, 5


def create(account: SimulatedAccount, params: JSON) -> JSON:
    name = params["PoolName"]
    if name in account.pools:
        raise already_exists(f"Dedicated IP pool {name} already exists.")
    if len(account.pools) >= MAX_POOLS:
        raise SesError("LimitExceededException", f"Limit of {MAX_POOLS} dedicated IP pools exceeded.")
    managed = [pool for pool in account.pools.values() if pool.scaling_mode == "MANAGED"]
    if params.get("ScalingMode") == "MANAGED" and len(managed) >= MAX_MANAGED:
        raise SesError("LimitExceededException", f"Limit of {MAX_MANAGED} managed dedicated IP pools exceeded.")
    pool = Pool(name, params.get("ScalingMode", "STANDARD"), _free_ip(account), tags_in(params))
    check_tags(pool.tags)
    account.pools[name] = pool
    return {}


def get(account: SimulatedAccount, params: JSON) -> JSON:
    if params["PoolName"] in BUILT_IN_POOLS:
        raise bad_request("Pool name describes either a shared or default dedicated ip pool.")
    pool = account.pool(params["PoolName"])
    return {"DedicatedIpPool": {"PoolName": pool.name, "ScalingMode": pool.scaling_mode}}


def list_all(account: SimulatedAccount, params: JSON) -> JSON:
    return page("DedicatedIpPools", list(account.pools), params)


def delete(account: SimulatedAccount, params: JSON) -> JSON:
    del account.pools[account.pool(params["PoolName"]).name]
    return {}


def put_scaling(account: SimulatedAccount, params: JSON) -> JSON:
    pool = account.pool(params["PoolName"])
    if pool.scaling_mode == "MANAGED" and params["ScalingMode"] == "STANDARD":
        raise bad_request(f"Dedicated IP pool {pool.name} is managed: it cannot be made a standard pool again.")
    pool.scaling_mode = params["ScalingMode"]
    return {}


def get_ips(account: SimulatedAccount, params: JSON) -> JSON:
    name = params.get("PoolName")
    pools = [account.pool(name)] if name else list(account.pools.values())
    return page("DedicatedIps", [_dedicated_ip(pool) for pool in pools], params)


def _free_ip(account: SimulatedAccount) -> str:
    taken = {pool.ip for pool in account.pools.values()}
    return next(ip for ip in (f"198.51.100.{n}" for n in range(1, 255)) if ip not in taken)


def _dedicated_ip(pool: Pool) -> JSON:
    managed = pool.scaling_mode == "MANAGED"
    return {
        "Ip": pool.ip,
        "WarmupStatus": "NOT_APPLICABLE" if managed else "DONE",
        "WarmupPercentage": -1 if managed else 100,
        "PoolName": pool.name,
    }


def get_block_lists(account: SimulatedAccount, params: JSON) -> JSON:
    """No list has a local address."""
    own = {pool.ip for pool in account.pools.values()}
    return {"BlacklistReport": {ip: [] for ip in params["BlacklistItemNames"] if ip in own}}


HANDLERS = {
    "CreateDedicatedIpPool": create,
    "GetDedicatedIpPool": get,
    "ListDedicatedIpPools": list_all,
    "DeleteDedicatedIpPool": delete,
    "PutDedicatedIpPoolScalingAttributes": put_scaling,
    "GetDedicatedIps": get_ips,
    "GetBlacklistReports": get_block_lists,
}
