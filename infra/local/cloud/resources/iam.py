"""IAM roles and policies: what a function's calls are held against, so updates and deletes must be exact.

moto's own models ignore a role's managed policies, and keep statements that an update took away.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from infra.local.cloud.resources.model import Made, Model, Props, Site, picked

_HOLDERS: Final = {"Roles": "role", "Users": "user", "Groups": "group"}

# --- roles


def _create_role(site: Site, props: Props) -> Made:
    name = props.get("RoleName") or site.name()
    role = site.client("iam").create_role(
        RoleName=name,
        AssumeRolePolicyDocument=json.dumps(props["AssumeRolePolicyDocument"]),
        **picked(props, "Path", "Description", "MaxSessionDuration", "PermissionsBoundary", "Tags"),
    )["Role"]
    _settle_role(site, name, props, {})
    return Made(name, {"Arn": role["Arn"], "RoleId": role["RoleId"]})


def _update_role(site: Site, made: Made, new: Props, old: Props) -> Made:
    iam = site.client("iam")
    iam.update_assume_role_policy(RoleName=made.id, PolicyDocument=json.dumps(new["AssumeRolePolicyDocument"]))
    iam.update_role(RoleName=made.id, **{"Description": "", **picked(new, "Description", "MaxSessionDuration")})
    _settle_role(site, made.id, new, old)
    return made


def _settle_role(site: Site, name: str, new: Props, old: Props) -> None:
    iam = site.client("iam")
    former, wanted = _inline(old), _inline(new)
    for policy in former.keys() - wanted.keys():
        iam.delete_role_policy(RoleName=name, PolicyName=policy)
    for policy, document in wanted.items():
        iam.put_role_policy(RoleName=name, PolicyName=policy, PolicyDocument=json.dumps(document))
    detached, attached = _moved(old.get("ManagedPolicyArns", []), new.get("ManagedPolicyArns", []))
    for arn in detached:
        iam.detach_role_policy(RoleName=name, PolicyArn=arn)
    for arn in attached:
        iam.attach_role_policy(RoleName=name, PolicyArn=arn)


def _delete_role(site: Site, made: Made, props: Props) -> None:
    _settle_role(site, made.id, {}, props)
    site.client("iam").delete_role(RoleName=made.id)


def _inline(props: Props) -> dict[str, Any]:
    return {policy["PolicyName"]: policy["PolicyDocument"] for policy in props.get("Policies", [])}


def _moved(old: Iterable[str], new: Iterable[str]) -> tuple[list[str], list[str]]:
    """Who left and who came."""
    return [name for name in old if name not in new], [name for name in new if name not in old]


# --- AWS::IAM::Policy: an inline policy of several holders


def _create_policy(site: Site, props: Props) -> Made:
    _write_policy(site, props)
    return Made(site.name())


def _update_policy(site: Site, made: Made, new: Props, old: Props) -> Made:
    _write_policy(site, new)
    for holders in _HOLDERS:
        left = _moved(old.get(holders, []), new.get(holders, []))[0]
        _erase_policy(site, {"PolicyName": old["PolicyName"], holders: left})
    return made


def _write_policy(site: Site, props: Props) -> None:
    document = json.dumps(props["PolicyDocument"])
    for holder, put in _of_holders(site, props, "put_{}_policy"):
        put(**holder, PolicyName=props["PolicyName"], PolicyDocument=document)


def _erase_policy(site: Site, props: Props) -> None:
    for holder, delete in _of_holders(site, props, "delete_{}_policy"):
        delete(**holder, PolicyName=props["PolicyName"])


def _delete_policy(site: Site, _made: Made, props: Props) -> None:
    _erase_policy(site, props)


# --- AWS::IAM::ManagedPolicy


def _create_managed(site: Site, props: Props) -> Made:
    name = props.get("ManagedPolicyName") or site.name(128)
    arn = site.client("iam").create_policy(
        PolicyName=name, PolicyDocument=json.dumps(props["PolicyDocument"]), **picked(props, "Path", "Description")
    )["Policy"]["Arn"]
    for holder, attach in _of_holders(site, props, "attach_{}_policy"):
        attach(**holder, PolicyArn=arn)
    return Made(arn, {"PolicyArn": arn})


def _update_managed(site: Site, made: Made, new: Props, old: Props) -> Made:
    """A new version becomes the default, and the one before it goes: IAM keeps five at most."""
    iam = site.client("iam")
    former = iam.get_policy(PolicyArn=made.id)["Policy"]["DefaultVersionId"]
    document = json.dumps(new["PolicyDocument"])
    iam.create_policy_version(PolicyArn=made.id, PolicyDocument=document, SetAsDefault=True)
    iam.delete_policy_version(PolicyArn=made.id, VersionId=former)
    for holders in _HOLDERS:
        left, came = _moved(old.get(holders, []), new.get(holders, []))
        for holder, detach in _of_holders(site, {holders: left}, "detach_{}_policy"):
            detach(**holder, PolicyArn=made.id)
        for holder, attach in _of_holders(site, {holders: came}, "attach_{}_policy"):
            attach(**holder, PolicyArn=made.id)
    return made


def _delete_managed(site: Site, made: Made, props: Props) -> None:
    for holder, detach in _of_holders(site, props, "detach_{}_policy"):
        detach(**holder, PolicyArn=made.id)
    site.client("iam").delete_policy(PolicyArn=made.id)


def _of_holders(
    site: Site, props: Mapping[str, Any], operation: str
) -> Iterable[tuple[dict[str, str], Callable[..., Any]]]:
    """Each holder as the API names it, with the operation for its kind."""
    iam = site.client("iam")
    for holders, kind in _HOLDERS.items():
        for name in props.get(holders, []):
            yield {f"{kind.title()}Name": name}, getattr(iam, operation.format(kind))


MODELS = (
    Model(
        "AWS::IAM::Role",
        _create_role,
        _update_role,
        _delete_role,
        frozenset({"Arn", "RoleId"}),
        frozenset({"Path", "RoleName", "PermissionsBoundary"}),
    ),
    Model("AWS::IAM::Policy", _create_policy, _update_policy, _delete_policy, replaced_by=frozenset({"PolicyName"})),
    Model(
        "AWS::IAM::ManagedPolicy",
        _create_managed,
        _update_managed,
        _delete_managed,
        frozenset({"PolicyArn"}),
        frozenset({"ManagedPolicyName", "Path", "Description"}),
    ),
)
