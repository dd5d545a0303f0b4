"""The condition keys of a call, which policies ask about. A key that is not listed here is absent to every policy."""

from collections.abc import Mapping
from email.utils import parseaddr
from typing import Any

from infra.local.cloud.asked import Asked
from infra.local.cloud.needs import Account

Params = Mapping[str, Any]


def context(asked: Asked, account: Account, role_arn: str) -> dict[str, list[str]]:
    """The condition keys of a call, by lower-case name. AWS is only ever reached over TLS, so SecureTransport holds."""
    params = asked.params
    found = {
        "aws:principalarn": [role_arn],
        "aws:principalaccount": [account.id],
        "aws:requestedregion": [account.region],
        "aws:securetransport": ["true"],
        "cloudwatch:namespace": _given(params, "Namespace") if asked.service == "cloudwatch" else [],
        "s3:prefix": _given(params, "Prefix") if asked.service == "s3" else [],
        "iam:policyarn": _given(params, "PolicyArn"),
        "iam:permissionsboundary": _boundary(params, account) if asked.service == "iam" else [],
        "iam:passedtoservice": ["scheduler.amazonaws.com"] if asked.service == "scheduler" else [],
        **(_mail(params) if asked.service == "sesv2" else {}),
    }
    return {key: values for key, values in found.items() if values}


def _given(params: Params, name: str) -> list[str]:
    return [str(params[name])] if name in params else []


def _boundary(params: Params, account: Account) -> list[str]:
    """The one that a call would set, or else that its user has."""
    held = account.user_boundary_of(params["UserName"]) if "UserName" in params else None
    return _given(params, "PermissionsBoundary") or ([held] if held else [])


def _mail(params: Params) -> dict[str, list[str]]:
    name, address = parseaddr(params.get("FromEmailAddress", ""))
    destination = params.get("Destination", {})
    people = [person for kind in ("ToAddresses", "CcAddresses", "BccAddresses") for person in destination.get(kind, [])]
    return {
        "ses:fromaddress": [address] if address else [],
        "ses:fromdisplayname": [name] if name else [],
        "ses:feedbackaddress": _given(params, "FeedbackForwardingEmailAddress"),
        "ses:recipients": [parseaddr(person)[1] for person in people],
    }
