"""IAM as our role meets it. The role's permissions name the path of the users. IAM takes an absent user to be at the root, so it refuses
the call: reported of ListAccessKeys and others in cloud-gov/terraform-provision#1923.
"""

from __future__ import annotations

from typing import Any

from functions.adapters.aws.errors import AwsError, error_class

_PATHLESS = frozenset({"create_user", "get_paginator", "exceptions"})  # these do not authorise an existing user


class PathBoundIam:
    def __init__(self, client: Any) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._client, name)
        if name in _PATHLESS:
            return method

        def call(**request: Any) -> Any:
            try:
                self._client.get_user(UserName=request["UserName"])
            except AwsError:
                raise denied(name) from None
            return method(**request)

        return call


def denied(operation: str) -> AwsError:
    return error_class("AccessDenied")({"Error": {"Code": "AccessDenied", "Message": "not authorized"}}, operation)
