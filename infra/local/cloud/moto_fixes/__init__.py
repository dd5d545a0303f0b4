"""Corrections to moto 5.2, in its own classes. Each has its reason, and a test that fails when it can be dropped.

The account's lock serialises every call, so no fix here is about threads.
"""

import time
from collections.abc import Callable

from infra.local.cloud.moto_fixes import (
    cloudformation,
    cognito,
    dynamodb,
    dynamodb_conditions,
    dynamodb_item_size,
    dynamodb_updates,
    dynamodb_values,
    functions,
    iam,
    iam_delete_user,
    responses,
    s3,
    sqs,
    sqs_characters,
)


def install(clock: Callable[[], float] = time.time) -> None:
    """Installs every fix. Installing again replaces the clock only."""
    responses.install()
    cloudformation.install()
    cognito.install()
    dynamodb.install()
    dynamodb_conditions.install()
    dynamodb_item_size.install()
    dynamodb_updates.install()
    dynamodb_values.install()
    functions.install()
    iam.install()
    iam_delete_user.install()
    s3.install(clock)
    sqs.install(clock)
    sqs_characters.install()
