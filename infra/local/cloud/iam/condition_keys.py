"""The condition keys of a call, for the conditions of policies. A key that is not listed here is absent to every policy."""

from collections.abc import Mapping
from email.utils import parseaddr
from typing import Any

from infra.local.cloud.iam.permission_rules import AccountContext
from infra.local.cloud.request import ApiCall

Params = Mapping[str, Any]


def condition_context(call: ApiCall, account: AccountContext, role_arn: str) -> dict[str, list[str]]:
    """Returns the condition keys of a call by lower-case name. SecureTransport is always true: AWS is reached over TLS only."""
    params = call.params
    keys = {
        "aws:principalarn": [role_arn],
        "aws:principalaccount": [account.id],
        "aws:requestedregion": [account.region],
        "aws:securetransport": ["true"],
        "cloudwatch:namespace": _values(params, "Namespace") if call.service == "cloudwatch" else [],
        "s3:prefix": _values(params, "Prefix") if call.service == "s3" else [],
        "iam:policyarn": _values(params, "PolicyArn"),
        "iam:permissionsboundary": _boundary(params, account) if call.service == "iam" else [],
        "iam:passedtoservice": ["scheduler.amazonaws.com"] if call.service == "scheduler" else [],
        **(_mail(params) | _tags(params) if call.service == "sesv2" else {}),
    }
    return {key: values for key, values in keys.items() if values}


def _values(params: Params, name: str) -> list[str]:
    return [str(params[name])] if name in params else []


def _boundary(params: Params, account: AccountContext) -> list[str]:
    """Returns the boundary that the call would set, or else the one that its user has."""
    boundary = account.user_boundary_of(params["UserName"]) if "UserName" in params else None
    return _values(params, "PermissionsBoundary") or ([boundary] if boundary else [])


def _tags(params: Params) -> dict[str, list[str]]:
    """Returns the tags that a call sets or removes."""
    tags = {str(tag["Key"]): str(tag["Value"]) for tag in params.get("Tags", [])}
    keys = [*tags, *params.get("TagKeys", [])]
    return {"aws:tagkeys": keys, **{f"aws:requesttag/{key.lower()}": [value] for key, value in tags.items()}}


def _mail(params: Params) -> dict[str, list[str]]:
    name, address = parseaddr(params.get("FromEmailAddress", ""))
    destination = params.get("Destination", {})
    recipients = [
        recipient for kind in ("ToAddresses", "CcAddresses", "BccAddresses") for recipient in destination.get(kind, [])
    ]
    return {
        "ses:fromaddress": [address] if address else [],
        "ses:fromdisplayname": [name] if name else [],
        "ses:feedbackaddress": _values(params, "FeedbackForwardingEmailAddress"),
        "ses:recipients": [parseaddr(recipient)[1] for recipient in recipients],
    }
