"""AWS::S3::BucketPolicy: stored and returned, never enforced (moto_fixes.s3 has the reason)."""

import json

from infra.local.cloud.resources.model import CreatedResource, Model, Props, ResourceContext


def _put(context: ResourceContext, props: Props) -> CreatedResource:
    context.client("s3").put_bucket_policy(Bucket=props["Bucket"], Policy=json.dumps(props["PolicyDocument"]))
    return CreatedResource(props["Bucket"])


def _update(context: ResourceContext, _created: CreatedResource, new: Props, _old: Props) -> CreatedResource:
    return _put(context, new)


def _delete(context: ResourceContext, resource: CreatedResource, _props: Props) -> None:
    context.client("s3").delete_bucket_policy(Bucket=resource.id)


MODELS = (Model("AWS::S3::BucketPolicy", _put, _update, _delete, replaced_by=frozenset({"Bucket"})),)
