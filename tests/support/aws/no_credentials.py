"""Clients of a machine without credentials."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import NoCredentialsError


def no_credentials(_service: str) -> Any:
    raise NoCredentialsError
