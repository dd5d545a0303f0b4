"""Who may log in at the SMTP door: IAM users, by an access key's id and the password that SES derives from its secret."""

from __future__ import annotations

import hmac

from moto.iam.models import iam_backends

from functions.core.smtp_password import smtp_password
from infra.local.cloud import Cloud


def authenticated(cloud: Cloud, username: str, password: str) -> str | None:
    """The IAM user's name, or None. IAM's API tells no secret, so this reads moto's own store."""
    users = iam_backends[cloud.account_id]["aws"].users.values()
    keys = (key for user in users for key in user.access_keys if key.access_key_id == username)
    for key in keys:
        expected = smtp_password(key.secret_access_key, cloud.region)
        if key.status == "Active" and hmac.compare_digest(expected.encode(), password.encode()):
            return str(key.user_name)
    return None
