"""The permissions of an SMTP token's IAM user: to send as our domain through our transactional configuration sets, and nothing else.

SES authorises the identity of the sender's address and the configuration set, each by its own ARN, as the mail's headers name them. So SES refuses
a header that names another set (X-SES-CONFIGURATION-SET) or another account's identity (X-SES-SOURCE-ARN, X-SES-FROM-ARN). The Deny
holds even if that identity's own policy would allow the user. The policy has no pattern of ses:FromAddress: IAM's patterns are
case-sensitive, and mail addresses are not. Only the sandbox needs one: there SES authorises the recipients' identities too, whose
names are unknown here. So until the account leaves it, a mail whose From has capitals in its domain reaches our own domain only.

The boundary of all users allows any identity, through our sets: a domain can be added later, and whether SES shows an identity's tag to the
policy of an SMTP user is in no document. Each user's own policy names one identity, and only the function smtp_tokens can write it.
"""

from __future__ import annotations

from typing import Any


def smtp_policy(identity_arn: str, configuration_set_arn: str, *, sandbox: bool) -> dict[str, Any]:
    """Returns the policy document of a user, by the account's state. `configuration_set_arn` is the transactional set's. A mail may name
    its sets with a limit of time in its header: one pattern, since IAM allows a user 2,048 characters.
    """
    resources = [identity_arn, configuration_set_arn, f"{configuration_set_arn}-*s"]
    allowed = {"Effect": "Allow", "Action": "ses:SendRawEmail", "Resource": resources}
    return {
        "Version": "2012-10-17",
        "Statement": [
            allowed,
            *(_sandbox(identity_arn, resources) if sandbox else [_deny(resources)]),
        ],
    }


def smtp_boundary(identities: str, configuration_sets: list[str]) -> dict[str, Any]:
    """Returns the policy document of the permissions boundary. The arguments are ARNs, or patterns of them."""
    resources = [identities, *configuration_sets]
    allowed = {"Effect": "Allow", "Action": "ses:SendRawEmail", "Resource": resources}
    return {"Version": "2012-10-17", "Statement": [allowed, _deny(resources)]}


def sender_patterns(domain: str) -> list[str]:
    """Returns the patterns of ses:FromAddress for a domain and its subdomains."""
    return [f"*@{domain}", f"*@*.{domain}"]


def _sandbox(identity_arn: str, resources: list[str]) -> list[dict[str, Any]]:
    """Returns the statements that allow any recipient's identity of the account, for mail from our domain."""
    domain = identity_arn.rpartition("/")[2]
    recipients = f"{identity_arn.removesuffix(domain)}*"
    ours = {"ses:FromAddress": sender_patterns(domain)}
    return [
        {"Effect": "Allow", "Action": "ses:SendRawEmail", "Resource": recipients, "Condition": {"StringLike": ours}},
        _deny([*resources, recipients]),
        {**_deny(resources), "Condition": {"StringNotLike": ours}},
    ]


def _deny(others_than: list[str]) -> dict[str, Any]:
    return {"Effect": "Deny", "Action": "*", "NotResource": others_than}
