"""The images of emails: a private bucket, and the CDNs in front of it.

The bucket's name is fixed, so a CDN in another region finds it by its name. The bucket lets every CDN of the account read its images:
the stage's own one, and that of a host of its own.
"""

from __future__ import annotations

from typing import Any

from aws_cdk import Annotations, Aws, Duration, Fn, RemovalPolicy
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from functions.core.emails.images import FOLDER
from functions.settings import images_bucket
from infra.config import Config
from infra.constructs.lint import acknowledge


def bucket_name(config: Config, region: str) -> str:
    return images_bucket(config.stage, Aws.ACCOUNT_ID, region)


class ImageBucket(s3.Bucket):
    """Nothing in it expires: mails that were sent link to it for years."""

    def __init__(self, scope: Construct, name: str, config: Config, removal_policy: RemovalPolicy) -> None:
        super().__init__(
            scope,
            name,
            bucket_name=bucket_name(config, Aws.REGION),
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            lifecycle_rules=[s3.LifecycleRule(abort_incomplete_multipart_upload_after=Duration.days(1))],
            removal_policy=removal_policy,
        )
        images = self.arn_for_objects(f"{FOLDER}/*")
        distributions = f"arn:{Aws.PARTITION}:cloudfront::{Aws.ACCOUNT_ID}:distribution/*"
        self.add_to_resource_policy(
            iam.PolicyStatement(
                actions=["s3:GetObject"],
                resources=[images],
                principals=[iam.ServicePrincipal("cloudfront.amazonaws.com")],
                conditions={"ArnLike": {"AWS:SourceArn": distributions}},
            )
        )
        if self.policy:
            self.policy.apply_removal_policy(removal_policy)  # without it, the CDN could no longer read the bucket
        acknowledge(
            self,
            "AwsSolutions-S1",
            "Mails show these images to everyone who gets one: access logs would be a second record of who read which mail.",
        )


class ImageCdn(cloudfront.Distribution):
    """`domain_names` and `certificate` are those of a host of its own."""

    def __init__(self, scope: Construct, name: str, bucket: str, region: str, **host: Any) -> None:
        origin = s3.Bucket.from_bucket_attributes(scope, f"{name}Origin", bucket_name=bucket, region=region)
        super().__init__(
            scope,
            name,
            comment="Images of emails",
            http_version=cloudfront.HttpVersion.HTTP2_AND_3,
            default_behavior=cloudfront.BehaviorOptions(
                origin=origins.S3BucketOrigin.with_origin_access_control(origin),
                allowed_methods=cloudfront.AllowedMethods.ALLOW_GET_HEAD,
                cache_policy=cloudfront.CachePolicy.CACHING_OPTIMIZED,
                response_headers_policy=cloudfront.ResponseHeadersPolicy.SECURITY_HEADERS,
                viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
            ),
            **host,
        )
        self._retain_access()
        # The bucket's own statement lets it read.
        Annotations.of(self).acknowledge_warning("@aws-cdk/aws-cloudfront-origins:updateImportedBucketPolicyOac")
        self.apply_removal_policy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE)
        for rule, reason in (
            ("AwsSolutions-CFR1", "Recipients of mails are everywhere, so no country is blocked."),
            ("AwsSolutions-CFR2", "A firewall costs $5 a month and more, and this host only serves files."),
            ("AwsSolutions-CFR3", "An access log would be a second record of who read which mail."),
            ("AwsSolutions-CFR4", "CloudFront's own name has CloudFront's certificate; a host of its own has TLS 1.2."),
        ):
            acknowledge(self, rule, reason)

    def _retain_access(self) -> None:
        """Names the CDN's access to its bucket, and keeps it with the CDN: CloudFront does not delete it while it is in use.

        CloudFront has one list of these names for all regions of the account. So the name has a part of the stack's id, which a stack
        of the same name in another region, or created after this one, does not have.
        """
        unique = Fn.select(0, Fn.split("-", Fn.select(2, Fn.split("/", Aws.STACK_ID))))
        for control in self.node.find_all():
            if isinstance(control, cloudfront.CfnOriginAccessControl):
                control.add_property_override("OriginAccessControlConfig.Name", f"{Aws.STACK_NAME}-{unique}")
                control.apply_removal_policy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE)


def own_host(host: str, certificate: acm.ICertificate) -> dict[str, Any]:
    return {
        "domain_names": [host],
        "certificate": certificate,
        "minimum_protocol_version": cloudfront.SecurityPolicyProtocol.TLS_V1_2_2021,
    }
