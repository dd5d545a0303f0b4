"""The permissions of an SMTP token's IAM user: to send as our domain through our transactional configuration set, and nothing else.

SES authorises the identity of the sender's address and the configuration set, each by its own ARN, as the mail's headers name them. So SES refuses
a header that names another set (X-SES-CONFIGURATION-SET) or another account's identity (X-SES-SOURCE-ARN, X-SES-FROM-ARN). The Deny
holds even if that identity's own policy would allow the user. The policy has no pattern of ses:FromAddress: IAM's patterns are
case-sensitive, and mail addresses are not.
"""

from __future__ import annotations

from typing import Any


def smtp_policy(identity_arn: str, configuration_set_arn: str) -> dict[str, Any]:
    """Returns an IAM policy document. It is both the users' policy and their permissions boundary."""
    resources = [identity_arn, configuration_set_arn]
    return {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": "ses:SendRawEmail", "Resource": resources},
            {"Effect": "Deny", "Action": "*", "NotResource": resources},
        ],
    }
