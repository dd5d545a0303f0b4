"""The names that a stage gives its resources: they must be free, or its own."""

from __future__ import annotations

from collections.abc import Iterator

from botocore.exceptions import ClientError

from functions.core.sending import max_delivery_time
from functions.settings import images_bucket
from infra import ses_lists
from infra.health.finding import Defect
from infra.health.target import Target

SET, POOL, BUCKET = "AWS::SES::ConfigurationSet", "AWS::SES::DedicatedIpPool", "AWS::S3::Bucket"


def ses_names(target: Target) -> Iterator[Defect]:
    """The names that the State stack gives itself: they must be free, or its own."""
    read, sesv2 = target.config, target.client("sesv2")
    transactional = read.name("transactional")
    fixed = [
        transactional,
        *(max_delivery_time.set_name(transactional, limit) for limit in max_delivery_time.SET_LIMITS),
        read.name("marketing"),
    ]
    taken = set(ses_lists.configuration_sets(sesv2)) & set(fixed) - set(target.ours(SET))
    for name in sorted(taken):
        yield Defect(
            f"SES has the configuration set {name}, and no deployment of this stage has made it: an earlier one left it, or another program",
            f"aws sesv2 delete-configuration-set --configuration-set-name {name}",
        )
    pool = read.name(read.ip_pool)
    if pool in ses_lists.ip_pools(sesv2) and pool not in target.ours(POOL):
        yield Defect(
            f"SES has the pool {pool}, and no deployment of this stage has made it",
            f"aws sesv2 delete-dedicated-ip-pool --pool-name {pool}",
        )


def images_bucket_name(target: Target) -> Iterator[Defect]:
    """The images' bucket has a fixed name, and stays when its stack is deleted. S3 has one list of names for all accounts."""
    account = target.client("sts").get_caller_identity()["Account"]
    bucket = images_bucket(target.config.stage, account, target.region or "")
    if bucket in target.ours(BUCKET):
        return
    try:
        target.client("s3").head_bucket(Bucket=bucket)
    except ClientError as error:
        if error.response["Error"]["Code"] != "404":
            yield Defect(
                f"S3 has the bucket {bucket}, which this account may not read: another account has taken the name",
                f"give another name: -c staffetta:stage={target.config.stage[:11]}-two",
            )
    else:
        yield Defect(
            f"S3 has the bucket {bucket}: an earlier deployment left it, and mails that it sent show the images in it. "
            "Give this stage another name, or delete the bucket with the images",
            f"aws s3 rb s3://{bucket} --force",
        )
