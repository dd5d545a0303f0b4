"""The audit log: who did what to the account, one entry per act. Entries are never changed or removed."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct, field


class AuditAction(StrEnum):
    KEY_MADE = "api_key.made"
    KEY_RENAMED = "api_key.renamed"
    KEY_REVOKED = "api_key.revoked"
    TOKEN_MADE = "smtp_token.made"  # noqa: S105 - an action's name
    TOKEN_RESET = "smtp_token.reset"  # noqa: S105 - an action's name
    TOKEN_DELETED = "smtp_token.deleted"  # noqa: S105 - an action's name
    TOKEN_EXPIRED = "smtp_token.expired"  # noqa: S105 - an action's name
    TOKEN_ORPHAN_DELETED = "smtp_token.orphan_deleted"  # noqa: S105 - an action's name
    TOKEN_PERMISSION_REPAIRED = "smtp_token.permission_repaired"  # noqa: S105 - an action's name
    USER_INVITED = "user.invited"
    USER_ROLE_CHANGED = "user.role_changed"
    USER_REMOVED = "user.removed"
    USER_SIGNED_IN = "user.signed_in"
    USER_SIGN_IN_REFUSED = "user.sign_in_refused"
    USER_SIGNED_OUT = "user.signed_out_everywhere"
    USER_RESET_NOT_MAILED = "user.reset_not_mailed"
    USER_PASSWORD_SET = "user.password_set"  # noqa: S105 - an action's name
    USER_SECOND_FACTOR_ADDED = "user.second_factor_added"
    USER_SECOND_FACTOR_REMOVED = "user.second_factor_removed"
    WEBHOOK_CREATED = "webhook.created"
    WEBHOOK_CHANGED = "webhook.changed"
    WEBHOOK_DELETED = "webhook.deleted"
    WEBHOOK_SECRET_ROTATED = "webhook.secret_rotated"  # noqa: S105 - an action's name
    WEBHOOK_REPLAYED = "webhook.replayed"
    IMAGE_UPLOADED = "image.uploaded"
    IMAGE_DELETED = "image.deleted"
    PARTIAL_STORED = "partial.stored"
    PARTIAL_DELETED = "partial.deleted"
    SITE_SETTINGS_CHANGED = "site_settings.changed"
    TYPE_CREATED = "subscription_type.created"
    TYPE_CHANGED = "subscription_type.changed"
    PROPERTY_CREATED = "contact_property.created"
    PROPERTY_CHANGED = "contact_property.changed"
    PROPERTY_DELETED = "contact_property.deleted"
    CONTACTS_EXPORTED = "contacts.exported"
    LIST_CREATED = "contact_list.created"
    LIST_RENAMED = "contact_list.renamed"
    LIST_FILTERS_CHANGED = "contact_list.filters_changed"
    LIST_EVALUATED = "contact_list.evaluated"
    LIST_DELETED = "contact_list.deleted"
    LIST_RESTORED = "contact_list.restored"
    LIST_MEMBERS_CHANGED = "contact_list.members_changed"
    IMPORT_STARTED = "contact_import.started"
    IMPORT_CANCELED = "contact_import.canceled"
    BROADCAST_CREATED = "broadcast.created"
    BROADCAST_CHANGED = "broadcast.changed"
    BROADCAST_STARTED = "broadcast.started"
    BROADCAST_PAUSED = "broadcast.paused"
    BROADCAST_RESUMED = "broadcast.resumed"
    BROADCAST_CANCELED = "broadcast.canceled"
    CONTACT_CREATED = "contact.created"
    CONTACT_CHANGED = "contact.changed"
    CONTACT_ARCHIVED = "contact.archived"
    CONTACT_MERGED = "contact.merged"
    SUBSCRIBED = "contact.subscribed"
    UNSUBSCRIBED = "contact.unsubscribed"
    EMAIL_CREATED = "email.created"
    EMAIL_CHANGED = "email.changed"
    EMAIL_DRAFT_RESET = "email.draft_reset"
    EMAIL_PUBLISHED = "email.published"
    EMAIL_UNPUBLISHED = "email.unpublished"
    EMAIL_ARCHIVED = "email.archived"
    ERASURE_ASKED = "contact.erasure_asked"
    ERASED = "contact.erased"
    QUARANTINE_LIFTED = "contact.quarantine_lifted"
    MESSAGE_RESENT = "message.resent"
    METRICS_REBUILT = "metrics.rebuilt"
    AUTOMATION_CREATED = "automation.created"
    AUTOMATION_CHANGED = "automation.changed"
    AUTOMATION_PUBLISHED = "automation.published"
    AUTOMATION_PAUSED = "automation.paused"
    AUTOMATION_RESUMED = "automation.resumed"
    AUTOMATION_RUNS_STOPPED = "automation.runs_stopped"
    AUTOMATION_DELETED = "automation.deleted"
    RUN_STOPPED = "automation.run_stopped"
    DOMAIN_ADDED = "domain.added"
    DOMAIN_ADOPTED = "domain.adopted"
    DOMAIN_REMOVED = "domain.removed"
    SENDING_PAUSED = "sending.paused"
    SENDING_RESUMED = "sending.resumed"
    SENDS_REDRIVEN = "sends.redriven"
    PRODUCTION_REQUESTED = "production.requested"


class LogEntry(Struct, frozen=True, kw_only=True):
    id: str  # "<at>#<random>": ids sort in the order of time
    at: str
    action: AuditAction
    by: str  # an API key's owner, or the AWS identity that ran the command
    key_id: str = ""  # of the API key; empty: the act did not come over the API
    subject: str = ""  # the id of the object; for a person, the hash of their address (core.ids)
    detail: Mapping[str, str | int] = field(default_factory=dict)
