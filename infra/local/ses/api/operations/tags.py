"""Tags of a resource, by its ARN."""

from infra.local.ses.account import JSON, SimulatedAccount
from infra.local.ses.api.operations.wire import check_tags, tags_in, tags_out
from infra.local.ses.errors import bad_request


def tag(account: SimulatedAccount, params: JSON) -> JSON:
    tags = _tags(account, params["ResourceArn"])
    check_tags(tags | tags_in(params))
    tags.update(tags_in(params))
    return {}


def untag(account: SimulatedAccount, params: JSON) -> JSON:
    tags = _tags(account, params["ResourceArn"])
    for key in params["TagKeys"]:
        tags.pop(key, None)
    return {}


def list_for(account: SimulatedAccount, params: JSON) -> JSON:
    return {"Tags": tags_out(_tags(account, params["ResourceArn"]))}


def _tags(account: SimulatedAccount, arn: str) -> dict[str, str]:
    kind, _, name = arn.removeprefix(account.arn_prefix).partition("/")
    match kind:
        case "identity":
            return account.identity(name).tags
        case "configuration-set":
            return account.configuration_set(name).tags
        case "dedicated-ip-pool":
            return account.pool(name).tags
    raise bad_request(f"Only identities, configuration sets and dedicated IP pools have tags here, not {arn!r}.")


HANDLERS = {"TagResource": tag, "UntagResource": untag, "ListTagsForResource": list_for}
