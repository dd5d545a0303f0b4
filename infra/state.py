"""The resources that outlive every deployment: tables, payloads, queues, and the domain with its reputation. They stay if the stack is deleted.

All of SES sending is here, with its configuration sets and the topic of its events: the identity refers to its
configuration set, and the set to the topic, so in one stack CloudFormation can order them. Mail over SMTP also continues
while Service is replaced, and its events wait in their queue.
"""

from __future__ import annotations

import os
from typing import Any

from aws_cdk import Annotations, Aws, CfnOutput, Duration, RemovalPolicy, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_s3 as s3
from constructs import Construct

from functions.adapters import schema
from functions.core.account.prices import IpPoolType
from functions.core.domains.records import DnsRecord, dmarc_record, feedback_server, mail_from_records
from functions.core.sending.send import PAYLOAD_DAYS
from functions.settings import OWN_SETS, mail_suffix
from infra import regions
from infra.config import PLACEHOLDER_DOMAIN, Config
from infra.constructs.dns_records import DnsRecords, DnsRecordsProps
from infra.constructs.image_cdn import ImageBucket, ImageCdn, bucket_name
from infra.constructs.lint import acknowledge
from infra.constructs.sending import Sending, SendingProps
from infra.constructs.table import DynamoTable
from infra.constructs.user_pool import UserPool
from infra.queues import Queues


class StateStack(Stack):
    """The retained stack. The local stage retains nothing: `cdk destroy` deletes all of it."""

    def __init__(self, scope: Construct, name: str, config: Config, **kwargs: Any) -> None:
        super().__init__(scope, name, termination_protection=config.protected and not config.local, **kwargs)
        self.config = config
        # A failed first deployment leaves nothing behind, so that no name is in use at the second: retained resources are deleted with
        # it, and nothing is protected yet.
        self.removal_policy = RemovalPolicy.DESTROY if config.local else RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE

        self.sends = self._make_table(schema.SENDS)
        self.content = self._make_table(schema.CONTENT)
        self.emails = self._make_table(schema.EMAILS)
        self.tokens = self._make_table(schema.TOKENS)
        self.metrics = self._make_table(schema.METRICS)
        self.contacts = self._make_table(schema.CONTACTS)
        self.audience = self._make_table(schema.AUDIENCE)
        self.automations = self._make_table(schema.AUTOMATIONS)
        self.webhooks = self._make_table(schema.WEBHOOKS)
        self.audit = self._make_table(schema.AUDIT)
        self.access = self._make_table(schema.ACCESS)
        self.users = UserPool(self, "Users", config.name("users"), self.removal_policy)
        self.payloads = self._make_payloads()
        self.events = self._make_events()
        self.images = ImageBucket(self, "Images", config, self.removal_policy)
        self.image_cdn = self._make_image_cdn()
        self.sending = self._make_sending()
        self.queues = Queues(self, "Queues", config, self.removal_policy)
        self.queues.subscribe(self.sending.events)
        self.queues.follow_bus(config.event_sources)
        self._export_resources()
        self._write_dns_records()
        self._add_dns_outputs()
        self._add_protection_output()
        self._add_pool_output()
        self._warn_of_placeholder()
        self._warn_of_smtp()

    def _make_table(self, layout: schema.Table) -> dynamodb.TableV2:
        return DynamoTable(self, layout, self.removal_policy).table

    def _make_payloads(self) -> s3.Bucket:
        """Creates the bucket of large sends and uploads. 14 days: the queue drops a message by then, a send may refer to an upload for one
        day, and it may wait for twelve.
        """
        bucket = self._make_bucket("Payloads", days=PAYLOAD_DAYS)
        # The console's page uploads a file from its own host. Any origin may: a presigned URL is the only way in, and has no cookie.
        bucket.add_cors_rule(
            allowed_methods=[s3.HttpMethods.PUT], allowed_origins=["*"], allowed_headers=["content-type"]
        )
        acknowledge(
            bucket,
            "AwsSolutions-S1",
            "Objects live 14 days, and only a few roles of ours may access them: access logs would outlive the objects.",
        )
        return bucket

    def _make_events(self) -> s3.Bucket:
        """Creates the bucket of SES's unchanged events, from which every counter can be computed again."""
        bucket = self._make_bucket("Events", days=self.config.event_retention_days)
        acknowledge(
            bucket,
            "AwsSolutions-S1",
            "Two roles of ours may write here, and one of them reads: access logs would only show the account's own people.",
        )
        return bucket

    def _make_image_cdn(self) -> ImageCdn | None:
        """Creates the CDN of images. It stays when the stage gets a host of its own: mails link to CloudFront's name. The local gateway
        serves the bucket itself.
        """
        if self.config.local or not self.config.image_cdn or not regions.has_cdn(os.environ.get("CDK_DEFAULT_REGION")):
            return None
        return ImageCdn(self, "ImageCdn", bucket_name(self.config, Aws.REGION), Aws.REGION)

    def _make_bucket(self, name: str, *, days: int) -> s3.Bucket:
        bucket = s3.Bucket(
            self,
            name,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            lifecycle_rules=[
                s3.LifecycleRule(
                    expiration=Duration.days(days), abort_incomplete_multipart_upload_after=Duration.days(1)
                )
            ],
            removal_policy=self.removal_policy,
        )
        if bucket.policy:
            bucket.policy.apply_removal_policy(self.removal_policy)  # it refuses requests without TLS
        return bucket

    def _make_sending(self) -> Sending:
        config = self.config
        return Sending(
            self,
            "Sending",
            SendingProps(
                domain=config.domain,
                identity=config.identity,
                ip_pool=config.ip_pool,
                pool_name=config.name(config.ip_pool),
                pool_ready=config.pool_ready,
                transactional_name=config.name("transactional"),
                marketing_name=config.name("marketing"),
                own_sets_prefix=config.name(OWN_SETS),
                tracking_host=config.tracking_host,
                removal_policy=self.removal_policy,
            ),
        )

    def _export_resources(self) -> None:
        """Exports what a Service may use, whether or not today's does. Otherwise a version that uses less would take an export away from the
        deployed Service, which CloudFormation refuses.
        """
        for table in (
            self.sends,
            self.content,
            self.emails,
            self.tokens,
            self.metrics,
            self.contacts,
            self.audience,
            self.automations,
            self.webhooks,
            self.audit,
            self.access,
        ):
            self.export_value(table.table_arn)
            self.export_value(table.table_name)
        for bucket in (self.payloads, self.events, self.images):
            self.export_value(bucket.bucket_arn)
            self.export_value(bucket.bucket_name)
        for queue in self.queues.all():
            self.export_value(queue.queue_arn)
            self.export_value(queue.queue_name)
            self.export_value(queue.queue_url)
        for streamed in (self.sends, self.contacts, self.audience):
            self.export_value(streamed.table_stream_arn)
        if self.image_cdn:
            self.export_value(self.image_cdn.distribution_domain_name)
        for name in (self.users.pool_id, self.users.pool_arn, self.users.client_id):
            self.export_value(name)
        self.export_value(self.sending.events.topic_arn)
        self.export_value(self.sending.smtp_boundary.managed_policy_arn)

    def _write_dns_records(self) -> None:
        """Writes all records into the hosted zone, if there is one. A DMARC record is written only if its reports have a reader."""
        config = self.config
        if config.hosted_zone is None:
            return
        dmarc = [dmarc_record(config.domain, config.dmarc_reports)] if config.dmarc_reports else []
        mail_from = self._mail_from_records() if self.sending.identity else []
        props = DnsRecordsProps(
            zone_id=config.hosted_zone,
            records=[*mail_from, *dmarc],
            identity=self.sending.identity,
            removal_policy=self.removal_policy,
        )
        DnsRecords(self, "Dns", props)

    def _mail_from_records(self) -> list[DnsRecord]:
        region = os.environ.get("CDK_DEFAULT_REGION") or ""
        server = feedback_server(self.region, mail_suffix(region))
        return mail_from_records(f"bounce.{self.config.domain}", server)

    def _add_dns_outputs(self) -> None:
        """Adds an output `name type value` for each DNS record that the domain's owner must create. SES then verifies them itself. An
        existing identity has its DKIM and MAIL FROM records.
        """
        domain = self.config.domain
        if self.sending.identity:
            for number, record in enumerate(self.sending.identity.dkim_records, start=1):
                self._add_output(f"DkimRecord{number}", f"{record.name} CNAME {record.value}")
            mx, spf = self._mail_from_records()
            self._add_output("MailFromMx", f"{mx.name} MX {mx.value}")
            self._add_output("MailFromSpf", f'{spf.name} TXT "{spf.value}"')
        # A second DMARC record would make both void, and a subdomain's could weaken its parent's: the advice depends on what DNS has.
        self._add_output("Dmarc", f"staffetta domains check {domain} --stage {self.config.stage}")

    def _add_protection_output(self) -> None:
        """Adds the state of the protection: a bare `cdk deploy` deploys without it, and ends that of an earlier `make deploy`."""
        if not self.config.local:
            advice = f"not protected against deletion by this deployment: staffetta protect --stage {self.config.stage}"
            self._add_output("Protection", "protected" if self.config.protected else advice)

    def _add_pool_output(self) -> None:
        """Adds which addresses mail leaves from, while the stage's own pool is not in use."""
        config = self.config
        if config.ip_pool is not IpPoolType.SHARED and not config.pool_ready:
            self._add_output(
                "SendingAddresses", f"SES's shared addresses; make deploy confirms the {config.ip_pool} pool's price"
            )

    def _add_output(self, name: str, value: str) -> None:
        CfnOutput(self, name, value=value)

    def _warn_of_smtp(self) -> None:
        region = os.environ.get("CDK_DEFAULT_REGION")
        if regions.without_smtp(region):
            Annotations.of(self).add_warning_v2(
                "staffetta:smtp",
                f"SES had no SMTP in {region} in 2023: check that its host email-smtp.{region} resolves.",
            )

    def _warn_of_placeholder(self) -> None:
        if self.config.domain == PLACEHOLDER_DOMAIN and not self.config.local:
            Annotations.of(self).add_warning_v2(
                "staffetta:domain",
                f"{PLACEHOLDER_DOMAIN} is a placeholder that cannot send. "
                "Before a deployment set your own domain: -c staffetta:domain=mail.acme.com",
            )
