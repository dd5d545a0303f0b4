"""SES."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from email.utils import parseaddr
from typing import Final

from infra.local.cloud.iam.permission_rules import (
    AccountContext,
    Params,
    PermissionRule,
    any_resource,
    each,
)
from infra.local.cloud.iam.policy_evaluation import Grant
from infra.local.ses.mailbox_simulator import is_simulator


def _send_email(params: Params, account: AccountContext) -> Iterable[Grant]:
    """Yields the grants of a send: a raw message also needs the older action's. The identity is the one that covers the sender."""
    content = params.get("Content", {})
    sender = parseaddr(params.get("FromEmailAddress", ""))[1]
    identity = params.get("FromEmailAddressIdentityArn") or account.arn(
        "ses", f"identity/{account.identity_of(sender)}"
    )
    recipients = _recipients(params, account) if account.sandboxed() else []
    for action in ("ses:SendEmail", "ses:SendRawEmail") if "Raw" in content else ("ses:SendEmail",):
        yield action, identity
        yield from ((action, recipient) for recipient in recipients if recipient != identity)
        if "ConfigurationSetName" in params:
            yield action, _configuration_set(params, account)
        if template := content.get("Template", {}).get("TemplateName"):
            yield action, account.arn("ses", f"template/{template}")


def _recipients(params: Params, account: AccountContext) -> list[str]:
    """Returns the identities of the recipients: an unverified one is its own. The mailbox simulator has none."""
    listed = [parseaddr(text)[1] for addresses in params.get("Destination", {}).values() for text in addresses]
    names = [account.recipient_identity_of(address) for address in listed if not is_simulator(address)]
    return list(dict.fromkeys(account.arn("ses", f"identity/{name}") for name in names))


def _identity(params: Params, account: AccountContext) -> str:
    return account.arn("ses", f"identity/{params['EmailIdentity']}")


def _create_identity(params: Params, account: AccountContext) -> Iterable[Grant]:
    yield "ses:CreateEmailIdentity", _identity(params, account)
    if params.get("Tags"):
        yield "ses:TagResource", _identity(params, account)


def _set_default_set(params: Params, account: AccountContext) -> Iterable[Grant]:
    action = "ses:PutEmailIdentityConfigurationSetAttributes"
    yield action, _identity(params, account)
    if params.get("ConfigurationSetName"):
        yield action, _configuration_set(params, account)


def _configuration_set(params: Params, account: AccountContext) -> str:
    return account.arn("ses", f"configuration-set/{params['ConfigurationSetName']}")


def _create_configuration_set(params: Params, account: AccountContext) -> Iterable[Grant]:
    yield "ses:CreateConfigurationSet", _configuration_set(params, account)
    if pool := params.get("DeliveryOptions", {}).get("SendingPoolName"):
        yield "ses:CreateConfigurationSet", account.arn("ses", f"dedicated-ip-pool/{pool}")


def _dedicated_ip_pool(params: Params, account: AccountContext) -> str:
    return account.arn("ses", f"dedicated-ip-pool/{params['PoolName']}")


def covering_identities(address: str) -> list[str]:
    """Returns the identities that can cover an address, nearest first: itself, its domain, that domain's parents."""
    domain = re.sub(r"^.*@", "", address)
    labels = domain.split(".")
    return [address, *(".".join(labels[i:]) for i in range(max(1, len(labels) - 1)))]


SES: Final[Mapping[str, PermissionRule]] = {
    "SendEmail": _send_email,
    "CreateEmailIdentity": _create_identity,
    "TagResource": lambda params, _account: [("ses:TagResource", params["ResourceArn"])],
    "UntagResource": lambda params, _account: [("ses:UntagResource", params["ResourceArn"])],
    "PutEmailIdentityConfigurationSetAttributes": _set_default_set,
    "CreateConfigurationSet": _create_configuration_set,
    **each("ses", "GetEmailIdentity DeleteEmailIdentity", _identity),
    **each("ses", "PutEmailIdentityMailFromAttributes PutEmailIdentityFeedbackAttributes", _identity),
    **each("ses", "GetConfigurationSet GetConfigurationSetEventDestinations", _configuration_set),
    **each("ses", "CreateConfigurationSetEventDestination DeleteConfigurationSet", _configuration_set),
    **each("ses", "GetDedicatedIpPool", _dedicated_ip_pool),
    **each("ses", "GetAccount ListEmailIdentities ListConfigurationSets ListSuppressedDestinations", any_resource),
    **each("ses", "PutSuppressedDestination GetSuppressedDestination DeleteSuppressedDestination", any_resource),
    **each("ses", "GetDedicatedIps GetBlacklistReports GetMessageInsights BatchGetMetricData", any_resource),
}
