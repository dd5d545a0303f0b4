"""The errors by which SQS and EventBridge refuse what a call contains. A retry of the same content cannot help."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from functions.adapters.aws.errors import AwsError
from functions.core.errors import ContentRefused

_CODES = frozenset(
    {
        "413",  # of a proxy in front of AWS
        "BatchRequestTooLong",
        "InvalidMessageContents",
        "InvalidParameterValue",
        "RequestEntityTooLarge",
        "ValidationException",
    }
)


@contextmanager
def content_refused() -> Iterator[None]:
    """Raises ContentRefused in place of an AwsError about the content of a call."""
    try:
        yield
    except AwsError as error:
        if error.code.removeprefix("AWS.SimpleQueueService.") in _CODES:
            raise ContentRefused(str(error)) from error
        raise
