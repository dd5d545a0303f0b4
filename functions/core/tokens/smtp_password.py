"""The SMTP password of an IAM access key, by SES's own derivation: "Obtaining Amazon SES SMTP credentials" in its developer guide."""

from __future__ import annotations

import base64
import hashlib
import hmac

_VERSION = b"\x04"
_CHAIN = ("11111111", "{region}", "ses", "aws4_request", "SendRawEmail")


def smtp_password(secret_access_key: str, region: str) -> str:
    """Returns 44 characters, which are valid only in that region."""
    digest = ("AWS4" + secret_access_key).encode()
    for step in _CHAIN:
        digest = hmac.new(digest, step.format(region=region).encode(), hashlib.sha256).digest()
    return base64.b64encode(_VERSION + digest).decode()
