"""What the functions of a stage read from their environment: the names of its resources, and the settings of its deployment."""

from __future__ import annotations

from aws_cdk import Aws
from aws_cdk import aws_sqs as sqs

from functions.core.tokens.smtp_settings import PORTS, SmtpEndpoint
from functions.settings import NO_DNS, NO_HOST, NO_MAILBOX, SYSTEM_DNS, Settings
from infra import timeouts
from infra.config import Config
from infra.state import StateStack

LEASE_MARGIN = 15  # seconds; clocks differ, and a function that timed out may still be writing
GRACE_SECONDS, LOCAL_GRACE_SECONDS = 900, 20


def service_settings(state: StateStack, config: Config, api_url: str, unnotified: sqs.Queue) -> Settings:
    """`api_url` is API Gateway's own. `unnotified` has the changes that notify gave up."""
    queues = state.queues
    return Settings(
        stage=config.stage,
        partition=Aws.PARTITION,
        region=Aws.REGION,
        account_id=Aws.ACCOUNT_ID,
        domain=config.domain,
        sends_table=state.sends.table_name,
        content_table=state.content.table_name,
        emails_table=state.emails.table_name,
        tokens_table=state.tokens.table_name,
        metrics_table=state.metrics.table_name,
        contacts_table=state.contacts.table_name,
        audience_table=state.audience.table_name,
        automations_table=state.automations.table_name,
        webhooks_table=state.webhooks.table_name,
        audit_table=state.audit.table_name,
        access_table=state.access.table_name,
        user_pool=state.users.pool_id,
        user_pool_client=state.users.client_id,
        public_url=config.public_url or (f"https://{config.api_host}" if config.api_host else api_url),
        payload_bucket=state.payloads.bucket_name,
        events_bucket=state.events.bucket_name,
        images_url=_images_url(state, config, api_url),
        send_queue=queues.sends.queue.queue_name,
        dead_letter_queue=queues.sends.dead_letters.queue_name,
        broadcast_queue=queues.broadcasts.queue.queue_name,
        broadcast_dead_letter_queue=queues.broadcasts.dead_letters.queue_name,
        events_queue=queues.events.queue.queue_name,
        events_dead_letter_queue=queues.events.dead_letters.queue_name,
        webhook_queue=queues.webhooks.queue.queue_name,
        automation_queue=queues.automations.queue.queue_name,
        unnotified_queue=unnotified.queue_name,
        webhooks_to_localhost=int(config.webhooks_to_localhost),
        event_bridge=int(config.event_bridge),
        smtp_boundary_arn=state.sending.smtp_boundary.managed_policy_arn,
        tracking_host=config.tracking_host or NO_HOST,
        smtp_server=config.smtp_server or str(SmtpEndpoint(f"email-smtp.{Aws.REGION}.{Aws.URL_SUFFIX}", *PORTS)),
        mailbox_url=config.mailbox_url or NO_MAILBOX,
        dns_server=NO_DNS if config.local else SYSTEM_DNS,
        ip_pool=config.ip_pool,
        retention_days=config.retention_days,
        content_days=config.content_days,
        lease_seconds=int(timeouts.deliver(config).to_seconds()) + LEASE_MARGIN,
        grace_seconds=LOCAL_GRACE_SECONDS if config.local else GRACE_SECONDS,
        max_receives=timeouts.MAX_RECEIVES,
    )


def _images_url(state: StateStack, config: Config, api_url: str) -> str:
    if config.images_host:
        return f"https://{config.images_host}"
    if cdn := state.image_cdn:
        return f"https://{cdn.distribution_domain_name}"
    return config.public_url or api_url if config.local else NO_HOST
