"""Corrections to moto 5.2, in its own classes. Each has its reason, and a test that fails when it can be dropped.

The account's lock serialises every call, so no fix here is about threads.
"""

from infra.local.cloud.moto_fixes import (
    cloudformation,
    cognito,
    dynamodb,
    dynamodb_item_size,
    functions,
    iam,
    iam_delete_user,
    responses,
    s3,
    sqs,
    sqs_characters,
)


def install() -> None:
    """Installs every fix. Installing again changes nothing."""
    responses.install()
    cloudformation.install()
    cognito.install()
    dynamodb.install()
    dynamodb_item_size.install()
    functions.install()
    iam.install()
    iam_delete_user.install()
    s3.install()
    sqs.install()
    sqs_characters.install()
