"""What the audit log has of each changing operation: one entry for each call that succeeds, over HTTP or by the command line.

Pauses and erasures have their entries from their steps, which also run without a request, and so have changes of a list's members, which
an error may end halfway.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from msgspec import Struct

from functions import wiring
from functions.core import ids
from functions.core.access.audit import AuditAction
from functions.core.broadcasts.broadcast import audit_detail
from functions.core.contacts.contact import EVERYTHING
from functions.core.contacts.subscriptions.status import StatusState
from functions.http.responses import StatusBody
from functions.routes.http.batches import PartlyDoneError
from functions.routes.http.gate import ApiOperation, ApiRequest

IN_STEP = frozenset(
    {
        "erase_contact",
        "gdpr_delete_contact",
        "pause_sending",
        "resume_sending",
        "add_list_members",
        "remove_list_members",
        "change_list_members",
        "add_list_members_from",
        "clear_list",
    }
)


class AuditedChange(Struct, frozen=True):
    """What an entry has of the change. The subject is the id of its object."""

    action: AuditAction
    subject: str
    detail: Mapping[str, str | int]


def audited(operations: Mapping[str, ApiOperation]) -> dict[str, ApiOperation]:
    """Returns the operations, each changing one with its entry."""
    return {name: _audited(operation, CHANGES.get(name)) for name, operation in operations.items()}


def has_entry(operation: str) -> bool:
    return operation in CHANGES or operation in IN_STEP


def _audited(operation: ApiOperation, describe: Describe | None) -> ApiOperation:
    if describe is None:
        return operation

    def logged(request: ApiRequest) -> Any:
        try:
            answer = operation(request)  # an operation that raises any other error has changed nothing
        except PartlyDoneError as partly:
            _log(request, describe(request, partly.answer))
            raise partly.error from None
        _log(request, describe(request, answer))
        return answer

    return logged


def _log(request: ApiRequest, described: AuditedChange | list[AuditedChange]) -> None:
    for change in described if isinstance(described, list) else [described]:
        wiring.get(wiring.access.audit_log)(change.action, request.caller, change.subject, **change.detail)


def _change(action: AuditAction, subject: object, **detail: str | int) -> AuditedChange:
    return AuditedChange(action, str(subject), detail)


def _new_token(token: Any) -> AuditedChange:
    return _change(AuditAction.TOKEN_MADE, token.email_campaign_id, name=token.campaign_name)


def _reset_token(request: ApiRequest, token: Any) -> AuditedChange:
    from functions.routes.http.models.reader import query_of  # noqa: PLC0415 - only these operations need it
    from functions.routes.tokens.models import PasswordResetQuery  # noqa: PLC0415 - as above

    grace = query_of(request, PasswordResetQuery).grace_seconds
    return _change(AuditAction.TOKEN_RESET, token.email_campaign_id, name=token.campaign_name, grace_seconds=grace)


def _created_email(origin: str) -> Describe:
    """`origin` is the field of the request that names the email of which it is a copy."""
    return lambda request, email: _change(
        AuditAction.EMAIL_CREATED, email["id"], **({"cloned_from": str(request.json()[origin])} if origin else {})
    )


def _on_email(action: AuditAction) -> Describe:
    return lambda request, _: _change(action, request.path_parameters["emailId"])


def _changed_email(request: ApiRequest, _: Any) -> AuditedChange:
    fields = request.json()
    action = AuditAction.EMAIL_ARCHIVED if fields.get("archived") is True else AuditAction.EMAIL_CHANGED
    return _change(action, request.path_parameters["emailId"], fields=_names(fields))


def _restored(action: AuditAction) -> Describe:
    return lambda request, _: _change(
        action, request.path_parameters["emailId"], restored=int(request.path_parameters["revisionId"])
    )


def _on_webhook(action: AuditAction) -> Describe:
    return lambda request, _: _change(action, request.path_parameters["webhookId"])


def _consent(action: AuditAction) -> Describe:
    return lambda request, status: _change(action, _person(request.json()["emailAddress"]), subscription=status.id)


def _decisions(_: ApiRequest, answer: Any) -> list[AuditedChange]:
    from functions.steps.contacts.statuses import StatusChange  # noqa: PLC0415 - only these operations need it

    changed = (one for one in answer["results"] if one.set_status_success_reason is not StatusChange.NO_STATUS_CHANGE)
    return [
        _change(
            AuditAction.SUBSCRIBED if one.status is StatusState.SUBSCRIBED else AuditAction.UNSUBSCRIBED,
            ids.address_hash(one.subscriber_id_string),
            subscription=str(one.subscription_id),
        )
        for one in changed
    ]


def _left_all(email: str) -> AuditedChange:
    return _change(AuditAction.UNSUBSCRIBED, _person(email), subscription=EVERYTHING)


def _person(written: str) -> str:
    """Returns the subject of an address that the operation has read: `Ada <ada@example.com>` is the person of `ada@example.com`."""
    from functions.core import addresses  # noqa: PLC0415 - only operations on persons need it

    return ids.address_hash(addresses.parse(written).email)


def _written(record: Any) -> AuditedChange:
    action = AuditAction.CONTACT_CHANGED if record.new is False else AuditAction.CONTACT_CREATED
    return _on_contact(action, record)


def _on_contact(action: AuditAction, record: Any) -> AuditedChange:
    return _change(action, ids.address_hash(record.properties["email"]), fields=_names(record.properties))


def _archived(email: str) -> AuditedChange:
    return _change(AuditAction.CONTACT_ARCHIVED, ids.address_hash(email))


def _batch(answer: Any) -> list[Any]:
    """Returns the records of a batch. If some of its inputs failed, its body has a status of its own."""
    results: list[Any] = (answer.body if isinstance(answer, StatusBody) else answer).results
    return results


def _legacy_decisions(request: ApiRequest, _: Any) -> list[AuditedChange]:
    """A v1 client states `subscribed`, or an `optState` of OPT_IN or OPT_OUT."""
    body, email = request.json(), request.path_parameters["emailAddress"]
    if body.get("unsubscribeFromAll"):
        return [_left_all(email)]
    return [
        _change(
            AuditAction.SUBSCRIBED
            if one.get("subscribed") or one.get("optState") == "OPT_IN"
            else AuditAction.UNSUBSCRIBED,
            _person(email),
            subscription=str(one["id"]),
        )
        for one in body["subscriptionStatuses"]
    ]


def _on_automation(action: AuditAction) -> Describe:
    return lambda request, _: _change(action, request.path_parameters["automationId"])


def _stopped(runs: Iterable[Any]) -> list[AuditedChange]:
    return [
        _change(AuditAction.RUN_STOPPED, ids.address_hash(run.contact), automation=run.automation_id) for run in runs
    ]


def _on_broadcast(action: AuditAction) -> Describe:
    return lambda _, one: _change(action, one.id, **audit_detail(one.name, one.email_id, one.send_at))


def _names(fields: Mapping[str, Any]) -> str:
    return " ".join(sorted(fields))


Describe = Callable[[ApiRequest, Any], AuditedChange | list[AuditedChange]]
"""Returns what the entry has, by the request and its answer. A change of several contacts has an entry for each."""

CHANGES: dict[str, Describe] = {
    "create_api_key": lambda _, key: _change(
        AuditAction.KEY_MADE, key.id, name=key.name, owner=key.owner, scopes=" ".join(key.scopes)
    ),
    "rename_api_key": lambda _, key: _change(AuditAction.KEY_RENAMED, key.id, name=key.name),
    "revoke_api_key": lambda _, key: _change(AuditAction.KEY_REVOKED, key.id, name=key.name),
    "create_smtp_token": lambda _, token: _new_token(token),
    "create_smtpapi_token": lambda _, token: _new_token(token),
    "reset_smtp_token_password": _reset_token,
    "reset_smtpapi_token_password": _reset_token,
    "delete_smtp_token": lambda _, token: _change(
        AuditAction.TOKEN_DELETED, token.email_campaign_id, name=token.campaign_name
    ),
    "create_email": _created_email(""),
    "clone_email": _created_email("id"),
    "create_variation": _created_email("contentId"),
    "update_email": _changed_email,
    "update_draft": _changed_email,
    "reset_draft": _on_email(AuditAction.EMAIL_DRAFT_RESET),
    "restore_revision_to_draft": _restored(AuditAction.EMAIL_CHANGED),
    "restore_revision": _restored(AuditAction.EMAIL_PUBLISHED),
    "publish_email": _on_email(AuditAction.EMAIL_PUBLISHED),
    "unpublish_email": _on_email(AuditAction.EMAIL_UNPUBLISHED),
    "archive_email": _on_email(AuditAction.EMAIL_ARCHIVED),
    "upload_image": lambda _, image: _change(AuditAction.IMAGE_UPLOADED, image.id, filename=image.filename),
    "delete_image": lambda request, _: _change(AuditAction.IMAGE_DELETED, request.path_parameters["imageId"]),
    "put_partial": lambda _, partial: _change(AuditAction.PARTIAL_STORED, partial.name),
    "update_site_settings": lambda request, _: _change(
        AuditAction.SITE_SETTINGS_CHANGED, "site-settings", fields=_names(request.json())
    ),
    "delete_partial": lambda request, _: _change(AuditAction.PARTIAL_DELETED, request.path_parameters["name"]),
    "create_subscription_type": lambda _, type_: _change(AuditAction.TYPE_CREATED, type_.id),
    "update_subscription_type": lambda request, type_: _change(
        AuditAction.TYPE_CHANGED, type_.id, fields=_names(request.json())
    ),
    "subscribe_contact": _consent(AuditAction.SUBSCRIBED),
    "unsubscribe_contact": _consent(AuditAction.UNSUBSCRIBED),
    "resubscribe_contact": _consent(AuditAction.SUBSCRIBED),
    "update_status": _decisions,
    "write_statuses": _decisions,
    "update_email_subscriptions": _legacy_decisions,
    "unsubscribe_all": lambda request, _: _left_all(request.path_parameters["subscriberIdString"]),
    "unsubscribe_all_contacts": lambda _, answer: [_left_all(one.subscriber_id_string) for one in answer["results"]],
    "lift_quarantine": lambda request, _: _change(
        AuditAction.QUARANTINE_LIFTED, _person(request.path_parameters["email"])
    ),
    "create_contact": lambda _, record: _written(record),
    "update_contact": lambda _, record: _on_contact(AuditAction.CONTACT_CHANGED, record),
    "archive_contact": lambda _, contact: [_archived(contact.email)] if contact else [],
    "merge_contacts": lambda request, record: _change(
        AuditAction.CONTACT_MERGED,
        ids.address_hash(record.properties["email"]),
        merged=str(request.json()["objectIdToMerge"]),
    ),
    "batch_create_contacts": lambda _, answer: [_written(record) for record in _batch(answer)],
    "batch_update_contacts": lambda _, answer: [
        _on_contact(AuditAction.CONTACT_CHANGED, record) for record in _batch(answer)
    ],
    "batch_upsert_contacts": lambda _, answer: [_written(record) for record in _batch(answer)],
    "batch_archive_contacts": lambda _, answer: [_archived(record.properties["email"]) for record in _batch(answer)],
    "create_contact_property": lambda _, property_: _change(AuditAction.PROPERTY_CREATED, property_.name),
    "update_contact_property": lambda request, property_: _change(
        AuditAction.PROPERTY_CHANGED, property_.name, fields=_names(request.json())
    ),
    "delete_contact_property": lambda request, _: _change(
        AuditAction.PROPERTY_DELETED, request.path_parameters["propertyName"]
    ),
    "create_list": lambda _, answer: _change(AuditAction.LIST_CREATED, answer.list.list_id, name=answer.list.name),
    "rename_list": lambda _, answer: _change(
        AuditAction.LIST_RENAMED, answer.updated_list.list_id, name=answer.updated_list.name
    ),
    "update_list_filters": lambda _, answer: _change(
        AuditAction.LIST_FILTERS_CHANGED, answer.updated_list.list_id, name=answer.updated_list.name
    ),
    "evaluate_list": lambda _, answer: _change(AuditAction.LIST_EVALUATED, answer.list.list_id, name=answer.list.name),
    "delete_list": lambda _, one: _change(AuditAction.LIST_DELETED, one.id, name=one.name),
    "restore_list": lambda _, one: _change(AuditAction.LIST_RESTORED, one.id, name=one.name),
    "create_import": lambda _, one: _change(AuditAction.IMPORT_STARTED, one.id, name=one.import_name),
    "create_import_of_upload": lambda _, one: _change(AuditAction.IMPORT_STARTED, one.id, name=one.import_name),
    "cancel_import": lambda request, _: _change(AuditAction.IMPORT_CANCELED, request.path_parameters["importId"]),
    "create_automation": lambda _, one: _change(AuditAction.AUTOMATION_CREATED, one.id, name=one.name),
    "create_automation_from_starter": lambda request, one: _change(
        AuditAction.AUTOMATION_CREATED,
        one.id,
        name=one.name,
        starter=request.path_parameters["name"],
        published_emails=", ".join(map(str, one.published_emails)),
    ),
    "update_automation": _on_automation(AuditAction.AUTOMATION_CHANGED),
    "delete_automation": _on_automation(AuditAction.AUTOMATION_DELETED),
    "publish_automation": lambda _, one: _change(
        AuditAction.AUTOMATION_PUBLISHED, one.id, version=one.published_version
    ),
    "pause_automation": _on_automation(AuditAction.AUTOMATION_PAUSED),
    "resume_automation": _on_automation(AuditAction.AUTOMATION_RESUMED),
    "stop_automation_runs": _on_automation(AuditAction.AUTOMATION_RUNS_STOPPED),
    "stop_run": lambda _, run: _stopped([run]),
    "stop_contact_runs": lambda _, answer: _stopped(answer.results),
    "create_broadcast": _on_broadcast(AuditAction.BROADCAST_CREATED),
    "update_broadcast": _on_broadcast(AuditAction.BROADCAST_CHANGED),
    "send_broadcast": _on_broadcast(AuditAction.BROADCAST_STARTED),
    "pause_broadcast": _on_broadcast(AuditAction.BROADCAST_PAUSED),
    "resume_broadcast": _on_broadcast(AuditAction.BROADCAST_RESUMED),
    "cancel_broadcast": _on_broadcast(AuditAction.BROADCAST_CANCELED),
    "resend_message": lambda request, message: _change(
        AuditAction.MESSAGE_RESENT,
        f"{request.path_parameters['statusId']}/{request.path_parameters['recipient']}",
        resent=message.status_id,
    ),
    "add_domain": lambda _, domain: _change(AuditAction.DOMAIN_ADDED, domain.name),
    "adopt_domain": lambda request, domain: _change(
        AuditAction.DOMAIN_ADOPTED,
        domain.name,
        default_set=str(bool(request.body and request.json().get("defaultSet"))).lower(),
    ),
    "remove_domain": lambda request, _: _change(AuditAction.DOMAIN_REMOVED, request.path_parameters["domain"].lower()),
    "create_webhook": lambda _, webhook: _change(AuditAction.WEBHOOK_CREATED, webhook.id),
    "update_webhook": lambda request, webhook: _change(
        AuditAction.WEBHOOK_CHANGED, webhook.id, fields=_names(request.json())
    ),
    "delete_webhook": _on_webhook(AuditAction.WEBHOOK_DELETED),
    "rotate_webhook_secret": _on_webhook(AuditAction.WEBHOOK_SECRET_ROTATED),
    "replay_webhook_delivery": lambda request, queued: _change(
        AuditAction.WEBHOOK_REPLAYED, request.path_parameters["webhookId"], delivery=queued.delivery_id
    ),
    "replay_webhook_deliveries": lambda request, queued: _change(
        AuditAction.WEBHOOK_REPLAYED, request.path_parameters["webhookId"], since=queued.since, until=queued.until
    ),
}
