"""boto3's session with the credentials and the region that the `cdk` command would use."""

from __future__ import annotations

import os
from typing import Any

import boto3


def session(profile: str | None = None, region: str | None = None) -> Any:
    """The `cdk` command, AWS's own command line and most SDKs read AWS_REGION first. boto3 reads AWS_DEFAULT_REGION only."""
    return boto3.Session(profile_name=profile, region_name=region or os.environ.get("AWS_REGION") or None)
