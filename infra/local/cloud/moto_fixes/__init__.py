"""What moto 5.2 does wrong for us, put right in its own classes; each with its reason, and a test that says when to drop it.

The account's lock serialises every call, so no fix here is about threads.
"""

from infra.local.cloud.moto_fixes import answers, cloudformation, dynamodb, functions, iam, s3, sqs


def install() -> None:
    """Put every fix in place; doing so again changes nothing."""
    answers.install()
    cloudformation.install()
    dynamodb.install()
    functions.install()
    iam.install()
    s3.install()
    sqs.install()
