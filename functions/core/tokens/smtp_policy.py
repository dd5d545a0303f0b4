"""What the IAM user of an SMTP token may do: send as our domain, through our transactional configuration set, and nothing else.

SES authorises the identity of the sender's address and the configuration set, each by its own ARN, as the mail's headers name them. So a
header that names another set (X-SES-CONFIGURATION-SET) or somebody else's identity (X-SES-SOURCE-ARN, X-SES-FROM-ARN) is refused;
the Deny holds also where that identity's own policy would let the user in. The domain is not given as a pattern of ses:FromAddress: IAM's
patterns tell upper from lower case, and mail addresses do not.
"""

from __future__ import annotations

from typing import Any


def smtp_policy(identity_arn: str, configuration_set_arn: str) -> dict[str, Any]:
    """An IAM policy document. The users' own policy and their permissions boundary both."""
    resources = [identity_arn, configuration_set_arn]
    return {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": "ses:SendRawEmail", "Resource": resources},
            {"Effect": "Deny", "Action": "*", "NotResource": resources},
        ],
    }
