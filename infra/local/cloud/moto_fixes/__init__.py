"""What moto 5.2 does wrong for us, put right in its own classes; each with its reason, and a test that says when to drop it.

The account's lock serialises every call, so no fix here is about threads.
"""

from infra.local.cloud.moto_fixes import (
    answers,
    cloudformation,
    dynamodb,
    dynamodb_item_size,
    functions,
    iam,
    iam_delete_user,
    s3,
    sqs,
    sqs_characters,
)


def install() -> None:
    """Put every fix in place; doing so again changes nothing."""
    answers.install()
    cloudformation.install()
    dynamodb.install()
    dynamodb_item_size.install()
    functions.install()
    iam.install()
    iam_delete_user.install()
    s3.install()
    sqs.install()
    sqs_characters.install()
