"""Buckets, made by a stack."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from infra.local.cloud import Cloud
from tests.support.aws.cloudformation import ref, resource


def test_a_bucket_policy_is_returned_and_not_enforced(cloud: Cloud, stacks: Any) -> None:
    """The usual "TLS only" policy does not deny access on a laptop without TLS."""
    deny = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": "*",
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    resources = {
        "Bucket": resource("S3::Bucket"),
        "Policy": resource(
            "S3::BucketPolicy", Bucket=ref("Bucket"), PolicyDocument={"Version": "2012-10-17", "Statement": [deny]}
        ),
    }
    stacks.put("bucket", resources)
    name, s3 = stacks.id_of("bucket", "Bucket"), cloud.client("s3")
    s3.put_object(Bucket=name, Key="k", Body=b"v")
    assert s3.get_object(Bucket=name, Key="k")["Body"].read() == b"v"
    assert json.loads(s3.get_bucket_policy(Bucket=name)["Policy"])["Statement"] == [deny]
    stacks.put("bucket", {"Bucket": resources["Bucket"]})
    with pytest.raises(ClientError, match="NoSuchBucketPolicy"):
        s3.get_bucket_policy(Bucket=name)
