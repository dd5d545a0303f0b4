"""The module of each operation, which is imported at its first request: a cold start imports nothing of the other rooms."""

from __future__ import annotations

import functools
import importlib
from typing import Any

from functions.routes.http.gate import ApiOperation, ApiRequest

# The module in this package → its operations, by their names in the route table.
MODULES = {
    "access.api_keys": ("create_api_key", "list_api_keys", "rename_api_key", "revoke_api_key"),
    "access.audit": ("list_audit_entries",),
    "account.cost": ("get_cost",),
    "account.dedicated_ips": ("get_dedicated_ips",),
    "account.sending": ("get_sending_status", "pause_sending", "resume_sending"),
    "automations.automations": (
        "create_automation",
        "list_automations",
        "check_automation",
        "list_automation_starters",
        "create_automation_from_starter",
        "get_automation_schema",
        "get_automation",
        "update_automation",
        "delete_automation",
        "publish_automation",
        "pause_automation",
        "resume_automation",
        "stop_automation_runs",
        "list_automation_versions",
        "get_automation_version",
        "get_automation_diagram",
    ),
    "automations.custom_events": ("send_event", "send_events"),
    "automations.runs": ("list_automation_runs", "list_contact_runs", "stop_run", "stop_contact_runs"),
    "broadcasts.broadcasts": (
        "list_broadcasts",
        "create_broadcast",
        "get_broadcast",
        "update_broadcast",
        "check_broadcast",
        "get_broadcast_check",
        "preview_broadcast",
        "test_broadcast",
        "send_broadcast",
        "pause_broadcast",
        "resume_broadcast",
        "cancel_broadcast",
        "list_broadcast_recipients",
    ),
    "contacts.contacts": ("get_contact", "erase_contact"),
    "contacts.imports": (
        "create_import",
        "create_import_of_upload",
        "list_imports",
        "get_import",
        "cancel_import",
        "list_import_errors",
    ),
    "contacts.lists": (
        "create_list",
        "list_lists",
        "get_list",
        "get_list_by_name",
        "search_lists",
        "rename_list",
        "update_list_filters",
        "evaluate_list",
        "delete_list",
        "restore_list",
        "add_list_members",
        "remove_list_members",
        "change_list_members",
        "add_list_members_from",
        "clear_list",
        "list_list_members",
        "list_record_lists",
    ),
    "contacts.properties": (
        "list_contact_properties",
        "get_contact_property",
        "create_contact_property",
        "update_contact_property",
        "delete_contact_property",
    ),
    "contacts.record_batches": (
        "batch_create_contacts",
        "batch_read_contacts",
        "batch_update_contacts",
        "batch_upsert_contacts",
        "batch_archive_contacts",
    ),
    "contacts.records": (
        "list_contacts",
        "create_contact",
        "get_contact_record",
        "update_contact",
        "archive_contact",
        "search_contacts",
        "merge_contacts",
        "gdpr_delete_contact",
    ),
    "contacts.subscriptions.legacy_subscriptions": (
        "list_email_subscription_types",
        "list_subscription_changes",
        "get_email_subscriptions",
        "update_email_subscriptions",
    ),
    "contacts.subscriptions.preferences": (
        "get_subscription_status",
        "subscribe_contact",
        "resubscribe_contact",
        "unsubscribe_contact",
        "lift_quarantine",
    ),
    "contacts.subscriptions.statuses": (
        "list_definitions",
        "generate_links",
        "get_statuses",
        "update_status",
        "get_unsubscribe_all_status",
        "unsubscribe_all",
        "read_statuses",
        "write_statuses",
        "unsubscribe_all_contacts",
        "read_unsubscribe_all_statuses",
    ),
    "contacts.subscriptions.subscription_types": (
        "list_subscription_definitions",
        "list_subscription_types",
        "create_subscription_type",
        "update_subscription_type",
    ),
    "contacts.subscriptions.unsubscribe": ("get_unsubscribe_page", "check_unsubscribe_link", "unsubscribe"),
    "domains.domains": ("list_domains", "add_domain", "adopt_domain", "check_domain", "remove_domain"),
    "emails.checks": ("get_email_contract", "check_email"),
    "emails.emails": (
        "list_emails",
        "create_email",
        "get_email",
        "update_email",
        "archive_email",
        "clone_email",
        "publish_email",
        "unpublish_email",
        "get_draft",
        "update_draft",
        "reset_draft",
        "list_revisions",
        "get_revision",
        "restore_revision",
        "restore_revision_to_draft",
        "create_variation",
        "get_variation",
    ),
    "emails.images": ("list_images", "upload_image", "delete_image"),
    "emails.previews": ("preview_email", "send_test_email", "diff_email"),
    "events.campaigns": ("list_recent_campaigns", "list_campaign_ids", "get_campaign"),
    "events.email_events": ("list_email_events", "get_email_event"),
    "events.messages": ("list_messages", "get_send", "get_message"),
    "events.sent_mail": ("get_sent_mail", "resend_message"),
    "events.web_version": ("get_web_version", "check_web_version"),
    "openapi": ("get_openapi",),
    "sending.legacy_send": ("send_single_email",),
    "sending.single_send": ("single_send", "get_send_status", "cancel_send"),
    "sending.uploads": ("create_upload",),
    "statistics.statistics": (
        "get_email_statistics",
        "get_email_histogram",
        "get_link_statistics",
        "get_latency_statistics",
        "get_statistics_breakdown",
        "get_tag_statistics",
    ),
    "templates.partials": ("list_partials", "get_partial", "put_partial", "delete_partial"),
    "templates.site_settings": ("get_site_settings", "update_site_settings"),
    "tokens.legacy_tokens": ("list_smtpapi_tokens", "create_smtpapi_token", "reset_smtpapi_token_password"),
    "tokens.smtp_tokens": (
        "create_smtp_token",
        "list_smtp_tokens",
        "get_smtp_token",
        "reset_smtp_token_password",
        "delete_smtp_token",
    ),
    "webhooks.webhooks": (
        "create_webhook",
        "list_webhooks",
        "get_webhook",
        "update_webhook",
        "delete_webhook",
        "rotate_webhook_secret",
        "test_webhook",
        "list_webhook_deliveries",
        "replay_webhook_delivery",
        "replay_webhook_deliveries",
    ),
}
_MODULE_OF = {name: module for module, names in MODULES.items() for name in names}


def room_of(name: str) -> str:
    return _MODULE_OF[name].partition(".")[0]


def _at_first_request(name: str) -> ApiOperation:
    def operation(request: ApiRequest) -> Any:
        return _imported(name)(request)

    return operation


@functools.cache
def _imported(name: str) -> ApiOperation:
    operation: ApiOperation = getattr(importlib.import_module(f"{__package__}.{_MODULE_OF[name]}"), name)
    return operation


OPERATIONS = {name: _at_first_request(name) for name in _MODULE_OF}
