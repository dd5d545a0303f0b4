"""The stage's own HTTPS hosts: for the API, for the links and pixels that SES tracks, and for the images of emails.

Each is a small stack of its own, whose resources stay when a stack is deleted: links in mails that were sent go on working, also through a
new Service stack with another API. So no stack is protected: the `cdk` command could not repeat a first creation that failed, as it may
while a certificate waits for its DNS record, or while another CDN has the host.
"""

from __future__ import annotations

from typing import Any

from aws_cdk import CfnOutput, Environment, RemovalPolicy, Stack
from aws_cdk import aws_apigatewayv2 as apigw
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_route53 as route53
from constructs import Construct

from functions.core.domains.records import ses_tracking_host
from infra.config import HOST_TTL, Config
from infra.constructs.image_cdn import ImageCdn, bucket_name, own_host
from infra.constructs.lint import acknowledge
from infra.regions import EDGE_REGION


class ApiHostStack(Stack):
    """The API's own host. Service maps it to its API by name, so the host refers to no API."""

    def __init__(self, scope: Construct, name: str, config: Config, host: str, **kwargs: Any) -> None:
        super().__init__(scope, name, **kwargs)
        zone = (
            config.hosted_zone if host.endswith(f".{config.domain}") else None
        )  # which may have the sending domain only
        certificate = _certificate(self, host, zone)
        domain = apigw.DomainName(
            self,
            "Host",
            domain_name=host,
            certificate=certificate,
            security_policy=apigw.SecurityPolicy.TLS_1_2,
        )
        domain.apply_removal_policy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE)
        _add_record(self, "ApiHostRecord", host, domain.regional_domain_name, zone)


class TrackingHostStack(Stack):
    """The host of tracked links and pixels: a CDN with a certificate in front of SES's tracking host, which has none for it.

    SES needs every header, the host among them, and every query. Nothing is cached, since each request is an open or a click.
    """

    def __init__(self, scope: Construct, name: str, config: Config, host: str, ses_region: str, **kwargs: Any) -> None:
        super().__init__(scope, name, env=Environment(region=EDGE_REGION), **kwargs)
        distribution = cloudfront.Distribution(
            self,
            "Distribution",
            comment=f"Opens and clicks of {host}",
            domain_names=[host],
            certificate=_certificate(self, host, config.hosted_zone),
            minimum_protocol_version=cloudfront.SecurityPolicyProtocol.TLS_V1_2_2021,
            http_version=cloudfront.HttpVersion.HTTP2_AND_3,
            default_behavior=cloudfront.BehaviorOptions(
                origin=origins.HttpOrigin(
                    ses_tracking_host(ses_region), protocol_policy=cloudfront.OriginProtocolPolicy.HTTPS_ONLY
                ),
                allowed_methods=cloudfront.AllowedMethods.ALLOW_GET_HEAD,
                cache_policy=cloudfront.CachePolicy.CACHING_DISABLED,
                origin_request_policy=cloudfront.OriginRequestPolicy.ALL_VIEWER,
                viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
            ),
        )
        distribution.apply_removal_policy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE)
        _acknowledge(distribution)
        _add_record(self, "TrackingHostRecord", host, distribution.distribution_domain_name, config.hosted_zone)


class ImagesHostStack(Stack):
    """The host of images: a second CDN in front of their bucket, which is in the State stack. It refers to the bucket by name."""

    def __init__(self, scope: Construct, name: str, config: Config, host: str, region: str, **kwargs: Any) -> None:
        super().__init__(scope, name, env=Environment(region=EDGE_REGION), **kwargs)
        zone = config.hosted_zone if host.endswith(f".{config.domain}") else None
        certificate = _certificate(self, host, zone)
        cdn = ImageCdn(self, "Images", bucket_name(config, region), region, **own_host(host, certificate))
        _add_record(self, "ImagesHostRecord", host, cdn.distribution_domain_name, zone)


def _certificate(stack: Stack, host: str, zone: str | None) -> acm.Certificate:
    """Creates the certificate. With a Route 53 zone, CloudFormation also enters the validation record."""
    hosted = route53.HostedZone.from_hosted_zone_id(stack, "Zone", zone) if zone else None
    validation = acm.CertificateValidation.from_dns(hosted)
    certificate = acm.Certificate(stack, "Certificate", domain_name=host, validation=validation)
    certificate.apply_removal_policy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE)
    return certificate


def _add_record(stack: Stack, name: str, host: str, target: str, zone: str | None) -> None:
    """Adds the host's record: as an output, which a check of the domain reads, and into the Route 53 zone."""
    CfnOutput(stack, name, value=f"{host} CNAME {target}")
    if zone is None:
        return
    record = route53.CfnRecordSet(
        stack, "Record", hosted_zone_id=zone, name=host, type="CNAME", ttl=str(HOST_TTL), resource_records=[target]
    )
    record.apply_removal_policy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE)


def _acknowledge(distribution: cloudfront.Distribution) -> None:
    for rule, reason in (
        ("AwsSolutions-CFR1", "Recipients of mails are everywhere, so no country is blocked."),
        (
            "AwsSolutions-CFR2",
            "A firewall costs $5 a month and more, and this host only redirects to links that SES wrote.",
        ),
        (
            "AwsSolutions-CFR3",
            "An access log would be a second copy of recipients' addresses; SES reports opens and clicks as events.",
        ),
    ):
        acknowledge(distribution, rule, reason)
