"""AWS::S3::BucketPolicy: kept and shown, never enforced (moto_fixes.s3 says why)."""

import json

from infra.local.cloud.resources.model import Made, Model, Props, Site


def _put(site: Site, props: Props) -> Made:
    site.client("s3").put_bucket_policy(Bucket=props["Bucket"], Policy=json.dumps(props["PolicyDocument"]))
    return Made(props["Bucket"])


def _update(site: Site, _made: Made, new: Props, _old: Props) -> Made:
    return _put(site, new)


def _delete(site: Site, made: Made, _props: Props) -> None:
    site.client("s3").delete_bucket_policy(Bucket=made.id)


MODELS = (Model("AWS::S3::BucketPolicy", _put, _update, _delete, replaced_by=frozenset({"Bucket"})),)
