"""Each route that changes something writes one entry into the audit log: a new route without one, or without a reason, fails here."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qsl

import pytest

from functions import api, smtp_tokens, wiring
from functions.adapters.contacts.suppressions import SesSuppressions
from functions.core.automations.run import Run, current_part
from functions.core.sending.send import State
from functions.core.webhooks import webhook, webhook_events
from functions.core.webhooks.webhook import DeliveryAttempt
from functions.pages.access import audit_words
from functions.ports.contacts import Suppression
from functions.routes.table import ROUTES
from functions.wiring import Container
from tests.fakes.domains import MemoryIdentities, identity
from tests.support.aws.cloud import worker
from tests.support.examples import NOON_TEXT, a_message
from tests.support.http.api import call
from tests.support.images import png
from tests.support.sent_mail import store_sent

Request = tuple[str, str, Any]  # method, path, body
Prepare = Callable[[Container], Request]

WITHOUT_ENTRY = {
    "single_send": "a message has its own history, with its sender",
    "send_single_email": "a message has its own history, with its sender",
    "cancel_send": "it is in the message's history",
    "send_test_email": "a message has its own history, with its sender",
    "create_upload": "it stores nothing: a send that uses the upload does",
    "preview_email": "it stores nothing",
    "test_webhook": "it is in the webhook's deliveries",
    "generate_links": "a link changes nothing until its contact decides",
    "check_unsubscribe_link": "it changes nothing",
    "check_web_version": "it changes nothing",
    "read_statuses": "it changes nothing",
    "search_contacts": "it changes nothing",
    "batch_read_contacts": "it changes nothing",
    "check_broadcast": "it changes nothing but the broadcast's check",
    "test_broadcast": "a message has its own history, with its sender",
    "search_lists": "it changes nothing",
    "read_unsubscribe_all_statuses": "it changes nothing",
    "send_event": "what it starts has its own history",
    "send_events": "what it starts has its own history",
    "check_automation": "it stores nothing",
    "unsubscribe": "the recipient decides, not an actor: it is in the message's history",
}

EMAILS, KEYS, WEBHOOKS = "/marketing/v3/emails", "/staffetta/v1/api-keys", "/staffetta/v1/webhooks"
DOMAINS = "/staffetta/v1/domains"
RECORDS, PROPERTIES = "/crm/v3/objects/contacts", "/crm/v3/properties/contacts"
LISTS, BROADCASTS = "/crm/v3/lists", "/staffetta/v1/broadcasts"
IMAGES = "/staffetta/v1/images"
IMPORTS, FORM = "/crm/v3/imports", "multipart/form-data; boundary=b0undary"
STATUSES = "/communication-preferences/v4/statuses"
V1_TOKENS = "/email/public/v1/smtpapi/tokens"
TOKENS, TYPES, PARTIAL = (
    "/marketing/v3/transactional/smtp-tokens",
    "/staffetta/v1/subscription-types",
    "/staffetta/v1/partials/p",
)
CITY = {"operationType": "MULTISTRING", "operator": "IS_EQUAL_TO", "values": ["Rome"]}
FILTERS = {
    "filterBranchType": "OR",
    "filterBranches": [
        {"filterBranchType": "AND", "filters": [{"filterType": "PROPERTY", "property": "city", "operation": CITY}]}
    ],
}
AUTOMATIONS = "/staffetta/v1/automations"
AUTOMATION = "name: A\ntrigger: {type: contact_created}\nsteps: [{id: a, type: wait, time: 1d}]\n"
CONTACT, ADDRESS = "/staffetta/v1/contacts/ada@example.net", "ada@example.net"
DOCUMENT = {
    "name": "N",
    "subject": "S",
    "from": {"fromName": "A", "replyTo": "a@example.com"},
    "content": {"html": "<p>Hello</p>", "plainTextVersion": "Hello"},
    "subcategory": "single_send_api",
}
WEBHOOK = {"url": "http://127.0.0.1:9/in"}
EXAMPLES: dict[str, Prepare] = {
    "create_api_key": lambda _: ("POST", KEYS, {"name": "shop", "scopes": ["content"]}),
    "rename_api_key": lambda _: ("PATCH", f"{KEYS}/{key()}", {"name": "till"}),
    "revoke_api_key": lambda _: ("DELETE", f"{KEYS}/{key()}", None),
    "create_smtp_token": lambda _: ("POST", TOKENS, {"campaignName": "till", "createContact": False}),
    "reset_smtp_token_password": lambda _: ("POST", f"{TOKENS}/{token()}/password-reset", None),
    "create_smtpapi_token": lambda _: ("POST", V1_TOKENS, {"createdBy": "ada@example.com", "campaignName": "till"}),
    "reset_smtpapi_token_password": lambda _: ("POST", f"{V1_TOKENS}/{token()}/password-reset", None),
    "delete_smtp_token": lambda _: ("DELETE", f"{TOKENS}/{token()}", None),
    "create_email": lambda _: ("POST", EMAILS, DOCUMENT),
    "clone_email": lambda _: ("POST", f"{EMAILS}/clone", {"id": email(), "cloneName": "C"}),
    "create_variation": lambda _: (
        "POST",
        f"{EMAILS}/ab-test/create-variation",
        {"contentId": email(), "variationName": "V"},
    ),
    "update_email": lambda _: ("PATCH", f"{EMAILS}/{email()}", {"subject": "T"}),
    "update_draft": lambda _: ("PATCH", f"{EMAILS}/{email()}/draft", {"subject": "T"}),
    "reset_draft": lambda _: ("POST", f"{EMAILS}/{published()}/draft/reset", None),
    "publish_email": lambda _: ("POST", f"{EMAILS}/{email()}/publish", None),
    "unpublish_email": lambda _: ("POST", f"{EMAILS}/{published()}/unpublish", None),
    "restore_revision": lambda _: ("POST", f"{EMAILS}/{published()}/revisions/1/restore", None),
    "restore_revision_to_draft": lambda _: ("POST", f"{EMAILS}/{published()}/revisions/1/restore-to-draft", None),
    "archive_email": lambda _: ("DELETE", f"{EMAILS}/{email()}", None),
    "put_partial": lambda _: ("PUT", PARTIAL, {"text": "x"}),
    "upload_image": lambda _: ("POST", IMAGES, image(1)),
    "delete_image": lambda _: ("DELETE", f"{IMAGES}/{done(('POST', IMAGES, image(2)))['id']}", None),
    "update_site_settings": lambda _: ("PATCH", "/staffetta/v1/site-settings", {"company_name": "Acme"}),
    "delete_partial": lambda _: after(("PUT", PARTIAL, {"text": "x"}), ("DELETE", PARTIAL, None)),
    "create_subscription_type": lambda _: ("POST", TYPES, {"id": "news", "name": "News", "purpose": "Marketing"}),
    "update_subscription_type": lambda _: ("PATCH", f"{TYPES}/{subscription_type('a')}", {"name": "More"}),
    "subscribe_contact": lambda _: ("POST", "/communication-preferences/v3/subscribe", consent("b")),
    "unsubscribe_contact": lambda _: ("POST", "/communication-preferences/v3/unsubscribe", consent("c")),
    "resubscribe_contact": lambda _: ("POST", "/communication-preferences/2026-09/resubscribe", consent("d")),
    "update_status": lambda _: ("POST", f"{STATUSES}/{ADDRESS}", decision("e")),
    "write_statuses": lambda _: (
        "POST",
        f"{STATUSES}/batch/write",
        {"inputs": [{"subscriberIdString": ADDRESS, **decision("f")}]},
    ),
    "update_email_subscriptions": lambda _: (
        "PUT",
        f"/email/public/v1/subscriptions/{ADDRESS}",
        {"subscriptionStatuses": [{"id": subscription_type("g"), "subscribed": False}]},
    ),
    "unsubscribe_all": lambda _: ("POST", f"{STATUSES}/{ADDRESS}/unsubscribe-all?channel=EMAIL", None),
    "unsubscribe_all_contacts": lambda _: (
        "POST",
        f"{STATUSES}/batch/unsubscribe-all?channel=EMAIL",
        {"inputs": [ADDRESS]},
    ),
    "lift_quarantine": lambda aws: of_a_contact(aws, ("DELETE", f"{CONTACT}/quarantine", None)),
    "erase_contact": lambda aws: of_a_contact(aws, ("DELETE", CONTACT, None)),
    "create_contact": lambda _: ("POST", RECORDS, {"properties": {"email": "record-1@example.net"}}),
    "update_contact": lambda _: ("PATCH", f"{RECORDS}/{record('2')}", {"properties": {"firstname": "Ada"}}),
    "archive_contact": lambda _: ("DELETE", f"{RECORDS}/{record('3')}", None),
    "merge_contacts": lambda _: (
        "POST",
        f"{RECORDS}/merge",
        {"primaryObjectId": record("4"), "objectIdToMerge": record("5")},
    ),
    "gdpr_delete_contact": lambda _: ("POST", f"{RECORDS}/gdpr-delete", {"objectId": record("6")}),
    "batch_create_contacts": lambda _: (
        "POST",
        f"{RECORDS}/batch/create",
        {"inputs": [{"properties": {"email": "record-7@example.net"}}]},
    ),
    "batch_update_contacts": lambda _: (
        "POST",
        f"{RECORDS}/batch/update",
        {"inputs": [{"id": record("8"), "properties": {"firstname": "Ada"}}, {"id": "1", "properties": {}}]},
    ),
    "batch_upsert_contacts": lambda _: (
        "POST",
        f"{RECORDS}/batch/upsert",
        {"inputs": [{"id": "record-9@example.net", "properties": {"firstname": "Ada"}}]},
    ),
    "batch_archive_contacts": lambda _: ("POST", f"{RECORDS}/batch/archive", {"inputs": [{"id": record("10")}]}),
    "create_contact_property": lambda _: ("POST", PROPERTIES, a_property("p1")),
    "update_contact_property": lambda _: ("PATCH", contact_property("p2"), {"label": "Points"}),
    "delete_contact_property": lambda _: ("DELETE", contact_property("p3"), None),
    "create_list": lambda _: ("POST", LISTS, a_list("1")),
    "rename_list": lambda _: ("PUT", f"{LISTS}/{list_('2')}/update-list-name?listName=Two", None),
    "update_list_filters": lambda _: ("PUT", f"{LISTS}/{dynamic('11')}/update-list-filters", {"filterBranch": FILTERS}),
    "evaluate_list": lambda _: ("POST", f"/staffetta/v1/lists/{dynamic('12')}/evaluate", None),
    "delete_list": lambda _: ("DELETE", f"{LISTS}/{list_('3')}", None),
    "restore_list": lambda _: ("PUT", f"{LISTS}/{list_('4')}/restore", None),
    "add_list_members": lambda _: ("PUT", f"{LISTS}/{list_('5')}/memberships/add", [record("11")]),
    "remove_list_members": lambda _: ("PUT", f"{LISTS}/{list_('6')}/memberships/remove", [record("12")]),
    "change_list_members": lambda _: (
        "PUT",
        f"{LISTS}/{list_('7')}/memberships/add-and-remove",
        {"recordIdsToAdd": [record("13")], "recordIdsToRemove": []},
    ),
    "add_list_members_from": lambda _: ("PUT", f"{LISTS}/{list_('8')}/memberships/add-from/{list_('9')}", None),
    "clear_list": lambda _: ("DELETE", f"{LISTS}/{list_('10')}/memberships", None),
    "create_import": lambda _: ("POST", IMPORTS, multipart("email\nimport-1@example.net\n")),
    "create_import_of_upload": lambda aws: ("POST", "/staffetta/v1/imports", an_import(aws)),
    "cancel_import": lambda aws: (
        "POST",
        f"{IMPORTS}/{done(('POST', '/staffetta/v1/imports', an_import(aws)))['id']}/cancel",
        None,
    ),
    "create_broadcast": lambda _: ("POST", BROADCASTS, a_broadcast()),
    "update_broadcast": lambda _: ("PATCH", f"{BROADCASTS}/{broadcast()}", {"name": "New terms"}),
    "send_broadcast": lambda _: ("POST", f"{BROADCASTS}/{broadcast()}/send", None),
    "pause_broadcast": lambda _: ("POST", f"{BROADCASTS}/{started()}/pause", {"reason": "a typo"}),
    "resume_broadcast": lambda _: after(
        ("POST", f"{BROADCASTS}/{(paused := started())}/pause", None), ("POST", f"{BROADCASTS}/{paused}/resume", None)
    ),
    "cancel_broadcast": lambda _: ("POST", f"{BROADCASTS}/{started()}/cancel", None),
    "resend_message": lambda aws: ("POST", f"/staffetta/v1/messages/{store_sent(aws).key.send_id}/0/resend", None),
    "add_domain": lambda _: ("POST", DOMAINS, {"name": "news.acme.com"}),
    "adopt_domain": lambda _: ("POST", f"{DOMAINS}/acme.org/adopt", None),
    "remove_domain": lambda _: after(("POST", DOMAINS, {"name": "acme.net"}), ("DELETE", f"{DOMAINS}/acme.net", None)),
    "create_automation": lambda _: ("POST", AUTOMATIONS, {"definition": AUTOMATION}),
    "create_automation_from_starter": lambda _: ("POST", f"{AUTOMATIONS}/starters/password-reset", {}),
    "update_automation": lambda _: ("PUT", f"{AUTOMATIONS}/{automation()}", {"definition": AUTOMATION}),
    "delete_automation": lambda _: ("DELETE", f"{AUTOMATIONS}/{automation()}", None),
    "publish_automation": lambda _: ("POST", f"{AUTOMATIONS}/{automation()}/publish", None),
    "pause_automation": lambda _: ("POST", f"{AUTOMATIONS}/{active()}/pause", None),
    "resume_automation": lambda _: ("POST", f"{AUTOMATIONS}/{active()}/resume", None),
    "stop_automation_runs": lambda _: ("POST", f"{AUTOMATIONS}/{active()}/stop-runs", None),
    "stop_run": lambda aws: ("POST", f"{CONTACT}/runs/{a_run(aws)}/stop", None),
    "stop_contact_runs": lambda aws: ("POST", f"{CONTACT}/runs/stop", a_run(aws) and None),
    "create_webhook": lambda _: ("POST", WEBHOOKS, WEBHOOK),
    "update_webhook": lambda _: ("PATCH", f"{WEBHOOKS}/{hook()}", {"active": False}),
    "delete_webhook": lambda _: ("DELETE", f"{WEBHOOKS}/{hook()}", None),
    "rotate_webhook_secret": lambda _: ("POST", f"{WEBHOOKS}/{hook()}/rotate-secret", None),
    "replay_webhook_delivery": lambda aws: ("POST", f"{delivery(aws)}/replay", None),
    "replay_webhook_deliveries": lambda _: ("POST", f"{WEBHOOKS}/{hook()}/replay", {"since": NOON_TEXT}),
    "pause_sending": lambda _: ("POST", "/staffetta/v1/sending/pause", {"emailId": int(email())}),
    "resume_sending": lambda _: after(
        ("POST", "/staffetta/v1/sending/pause", {"all": True}),
        ("POST", "/staffetta/v1/sending/resume", {"all": True}),
    ),
}


@pytest.fixture(scope="module")
def aws() -> Iterator[Container]:
    with worker() as created:
        yield created


def test_every_changing_route_has_an_example_or_a_reason() -> None:
    changing = {route.operation for route in ROUTES if route.method != "GET"}
    assert changing == EXAMPLES.keys() | WITHOUT_ENTRY.keys()
    assert not EXAMPLES.keys() & WITHOUT_ENTRY.keys()


@pytest.mark.parametrize("operation", EXAMPLES)
def test_a_change_has_one_entry_with_its_actor(aws: Container, operation: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        SesSuppressions, "remove_bounce", lambda _, address: Suppression(address, "BOUNCE")
    )  # not in moto
    identities = MemoryIdentities({"acme.org": identity("acme.org", ours=False)})
    monkeypatch.setattr("functions.wiring.domains.ses_identities", lambda _: identities)
    wiring.container.cache_clear()
    request = EXAMPLES[operation](aws)
    before = {entry.id for entry in aws.get(wiring.adapters.access.audit_entries).latest(1000)}
    done(request)
    (entry,) = (entry for entry in aws.get(wiring.adapters.access.audit_entries).latest(1000) if entry.id not in before)
    assert (entry.by, entry.key_id) == ("ada@example.com", "key-1")
    assert entry.subject
    assert ADDRESS not in str(entry), "a person is named by their hash"
    assert entry.detail.keys() <= audit_words.DETAILS.keys(), "the console has words for each"


def done(request: Request) -> Any:
    method, target, body = request
    path, _, query = target.partition("?")
    handler = smtp_tokens.handler if path.startswith((TOKENS, V1_TOKENS)) else api.handler
    form = {"headers": {"content-type": FORM}} if isinstance(body, str) else {}
    status, answer = call(method, path, body, handler=handler, queryStringParameters=dict(parse_qsl(query)), **form)
    assert status < 300, answer
    return answer


def after(first: Request, then: Request) -> Request:
    done(first)
    return then


def key() -> str:
    return str(done(EXAMPLES["create_api_key"](wiring.container()))["id"])


def token() -> str:
    return str(done(EXAMPLES["create_smtp_token"](wiring.container()))["id"])


def email() -> str:
    return str(done(("POST", EMAILS, DOCUMENT))["id"])


def image(red: int) -> dict[str, str]:
    return {"content": base64.b64encode(png(1, 1, red)).decode(), "altText": "A dot", "filename": "dot.png"}


def published() -> str:
    email_id = email()
    done(("POST", f"{EMAILS}/{email_id}/publish", None))
    return email_id


def multipart(text: str) -> str:
    """Returns HubSpot's body of an import."""
    file = {
        "fileName": "a.csv",
        "fileImportPage": {"columnMappings": [{"columnName": "email", "propertyName": "email"}]},
    }
    parts = {"importRequest": json.dumps({"name": "People", "files": [file]}), "files": text}
    head = '--b0undary\r\nContent-Disposition: form-data; name="{}"\r\n\r\n'
    return "".join(head.format(name) + part + "\r\n" for name, part in parts.items()) + "--b0undary--\r\n"


def an_import(aws: Container) -> dict[str, str]:
    return {"uploadId": aws.get(wiring.contacts.manage_imports).upload(b"email\nimport-2@example.net\n")}


def a_broadcast() -> dict[str, Any]:
    email_id = done(("POST", EMAILS, {**DOCUMENT, "subcategory": "batch"}))["id"]
    done(("POST", f"{EMAILS}/{email_id}/publish", None))
    return {"emailId": email_id, "to": {"contactIds": {"include": ["batch@example.net"]}}}


def broadcast() -> str:
    """Returns the id of a new broadcast."""
    return str(done(("POST", BROADCASTS, a_broadcast()))["id"])


def started() -> str:
    return str(done(("POST", f"{BROADCASTS}/{broadcast()}/send", None))["id"])


def subscription_type(type_id: str) -> str:
    return str(done(("POST", TYPES, {"id": type_id, "name": type_id, "purpose": "Marketing"}))["id"])


def record(name: str) -> str:
    """Returns the id of a new contact."""
    return str(done(("POST", RECORDS, {"properties": {"email": f"record-{name}@example.net"}}))["id"])


def a_list(name: str) -> dict[str, str]:
    return {"name": f"List {name}", "objectTypeId": "0-1", "processingType": "MANUAL"}


def list_(name: str) -> str:
    """Returns the id of a new list."""
    return str(done(("POST", LISTS, a_list(name)))["list"]["listId"])


def dynamic(name: str) -> str:
    """Returns the id of a new dynamic list."""
    body = {**a_list(name), "processingType": "DYNAMIC", "filterBranch": FILTERS}
    return str(done(("POST", LISTS, body))["list"]["listId"])


def a_property(name: str) -> dict[str, str]:
    return {"name": name, "label": "P", "type": "string", "fieldType": "text", "groupName": "contactinformation"}


def contact_property(name: str) -> str:
    """Returns the path of a new property."""
    done(("POST", PROPERTIES, a_property(name)))
    return f"{PROPERTIES}/{name}"


def consent(type_id: str) -> dict[str, str]:
    return {"emailAddress": ADDRESS, "subscriptionId": subscription_type(type_id)}


def decision(type_id: str) -> dict[str, str]:
    return {"subscriptionId": subscription_type(type_id), "statusState": "UNSUBSCRIBED", "channel": "EMAIL"}


def of_a_contact(aws: Container, request: Request) -> Request:
    aws.get(wiring.adapters.contacts.contacts).upsert(ADDRESS, {"firstname": "Ada"}, NOON_TEXT)
    return request


def automation() -> int:
    return int(done(EXAMPLES["create_automation"](wiring.container()))["id"])


def active() -> int:
    return int(done(("POST", f"{AUTOMATIONS}/{automation()}/publish", None))["id"])


def a_run(aws: Container) -> str:
    """Puts Ada into an automation, and returns her run's id."""
    runs = aws.get(wiring.adapters.automations.runs)
    runs.erase(ADDRESS)
    runs.create(Run(id="run", automation=1, version=1, contact=ADDRESS, entered_at=NOON_TEXT), current_part(1))
    return "run"


def hook() -> str:
    return str(done(("POST", WEBHOOKS, WEBHOOK))["id"])


def delivery(aws: Container) -> str:
    """Returns the path of a delivery that failed."""
    webhook_id, message = hook(), a_message("s-replay", state=State.SENT, settled_at=NOON_TEXT)
    aws.get(wiring.adapters.sending.sends).create([message])
    (event,) = webhook_events.new_events(None, message)
    failed = webhook.attempted(webhook.first(webhook_id, event), DeliveryAttempt(NOON_TEXT, 0, 9, "x"), 5)
    aws.get(wiring.adapters.webhooks.webhook_deliveries).save(failed)
    return f"{WEBHOOKS}/{webhook_id}/deliveries/{failed.id}"
