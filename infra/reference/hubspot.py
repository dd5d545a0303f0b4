"""The table of docs/hubspot.md: HubSpot's operations by version, and what each does here.

The operations are those of HubSpot's published OpenAPI descriptions (v3, v4 and dated) and of its legacy pages (v1).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct, field

from functions.http.route import DATED_VERSIONS
from functions.routes.table import ROUTES
from infra import ROOT

PAGE = ROOT / "docs" / "hubspot.md"
HEADING = "## Operations\n"
SAME = "same"


class HubSpotApi(Struct, frozen=True, kw_only=True):
    """`bases` are the start of its paths by version. A version has all operations of its API."""

    title: str
    bases: Mapping[str, str]
    operations: Sequence[str]  # "GET /rest/of/the/path"
    different: Mapping[str, str] = field(default_factory=dict)  # how and why, by operation
    absent: Mapping[str, str] = field(default_factory=dict)  # why, by operation


def _dated(path: str, versions: Sequence[str] = DATED_VERSIONS) -> dict[str, str]:
    return {version: path.format(version=version) for version in versions}


_SEND_DIFFERENCE = "different: the answer also has Staffetta's fields; cc and bcc have their own outcomes"
_RESET = "different: the user name changes too, because it is the id of an IAM access key; `warning` names both"
_WHOLE = "different: a wrong input refuses the whole batch with 400 (HubSpot: 207), so nothing is done by half"
_STATE = "different: NOT_SPECIFIED is refused (a decision is not removed), and so is the return of a person who reported spam"
_ERROR_PAGES = "different: a page has the errors of up to 1,000 lines of the file"
_MEMBERS = "different: at most 500 contacts in one request"
_LATEST_VALUE = "different: the history of a property is its latest value"
_LEGACY_CAMPAIGN = "different: one campaign an email, whose id is the email's"

APIS = (
    HubSpotApi(
        title="Transactional single send",
        bases={
            "v3": "/marketing/v3/transactional/single-email/send",
            **_dated("/marketing/transactional/{version}/single-email/send"),
        },
        operations=("POST ",),
        different={"POST ": _SEND_DIFFERENCE},
    ),
    HubSpotApi(
        title="Single send",
        bases={
            "v4": "/marketing/v4/email/single-send",
            **_dated("/marketing/email-campaigns/{version}/single-send", DATED_VERSIONS[1:]),
        },
        operations=("POST ",),
        different={"POST ": _SEND_DIFFERENCE},
    ),
    HubSpotApi(
        title="Send status",
        bases={"v3": "/marketing/v3/email/send-statuses"},
        operations=("GET /{statusId}",),
        different={"GET /{statusId}": "different: it also lists each recipient with its timeline"},
    ),
    HubSpotApi(
        title="SMTP tokens",
        bases={
            "v3": "/marketing/v3/transactional/smtp-tokens",
            **_dated("/marketing/transactional/{version}/smtp-tokens"),
        },
        operations=(
            "GET ",
            "POST ",
            "GET /{tokenId}",
            "DELETE /{tokenId}",
            "POST /{tokenId}/password-reset",
        ),
        different={"POST /{tokenId}/password-reset": _RESET},
    ),
    HubSpotApi(
        title="Marketing emails and statistics",
        bases={"v3": "/marketing/v3/emails", **_dated("/marketing/emails/{version}")},
        operations=(
            "GET ",
            "POST ",
            "POST /clone",
            "POST /ab-test/create-variation",
            "GET /statistics/list",
            "GET /statistics/histogram",
            "GET /{emailId}",
            "PATCH /{emailId}",
            "DELETE /{emailId}",
            "GET /{emailId}/draft",
            "PATCH /{emailId}/draft",
            "POST /{emailId}/draft/reset",
            "POST /{emailId}/publish",
            "POST /{emailId}/unpublish",
            "GET /{emailId}/ab-test/get-variation",
            "GET /{emailId}/revisions",
            "GET /{emailId}/revisions/{revisionId}",
            "POST /{emailId}/revisions/{revisionId}/restore",
            "POST /{emailId}/revisions/{revisionId}/restore-to-draft",
        ),
        different={
            "POST ": "different: four subcategories; HubSpot's modules and design manager templates are kept, and not rendered",
            "PATCH /{emailId}": "different: a change of a published email changes its draft, and answers it in state DRAFT",
            "GET /statistics/list": "different: counters are people; opens and clicks of bots are separate",
            "GET /statistics/histogram": "different: counters are people; opens and clicks of bots are separate",
        },
    ),
    HubSpotApi(
        title="Communication preferences of one address",
        bases={
            "v3": "/communication-preferences/v3",
            **_dated("/communication-preferences/{version}", ("2025-09", "2026-09")),
        },
        operations=("GET /status/email/{emailAddress}", "POST /subscribe", "POST /unsubscribe"),
    ),
    HubSpotApi(
        title="Resubscribing",
        bases=_dated("/communication-preferences/{version}", ("2025-09", "2026-09")),
        operations=("POST /resubscribe",),
        different={"POST /resubscribe": "different: a person who reported spam returns by a link only"},
    ),
    HubSpotApi(
        title="Subscription types",
        bases={
            "v3": "/communication-preferences/v3",
            **_dated("/communication-preferences/{version}", ("v4", *DATED_VERSIONS)),
        },
        operations=("GET /definitions",),
    ),
    HubSpotApi(
        title="Communication preferences",
        bases=_dated("/communication-preferences/{version}", ("v4", *DATED_VERSIONS)),
        operations=(
            "GET /statuses/{subscriberIdString}",
            "POST /statuses/{subscriberIdString}",
            "GET /statuses/{subscriberIdString}/unsubscribe-all",
            "POST /statuses/{subscriberIdString}/unsubscribe-all",
            "POST /statuses/batch/read",
            "POST /statuses/batch/write",
            "POST /statuses/batch/unsubscribe-all",
            "POST /statuses/batch/unsubscribe-all/read",
            "POST /links/generate",
        ),
        different={
            "POST /statuses/{subscriberIdString}": _STATE,
            "POST /statuses/batch/read": _WHOLE,
            "POST /statuses/batch/write": _WHOLE,
            "POST /statuses/batch/unsubscribe-all": _WHOLE,
            "POST /statuses/batch/unsubscribe-all/read": _WHOLE,
            "POST /links/generate": "different: the page is Staffetta's preferences page",
        },
    ),
    HubSpotApi(
        title="Contacts",
        bases={"v3": "/crm/v3/objects/contacts", **_dated("/crm/objects/{version}/contacts")},
        operations=(
            "GET ",
            "POST ",
            "GET /{contactId}",
            "PATCH /{contactId}",
            "DELETE /{contactId}",
            "POST /batch/create",
            "POST /batch/read",
            "POST /batch/update",
            "POST /batch/upsert",
            "POST /batch/archive",
            "POST /search",
            "POST /merge",
            "POST /gdpr-delete",
        ),
        different={
            "GET ": _LATEST_VALUE,
            "GET /{contactId}": _LATEST_VALUE,
            "POST ": "different: an address is required, and associations must be empty",
            "PATCH /{contactId}": "different: another address moves the contact, whose earlier id still leads to it",
            "POST /search": "different: one request reads at most 20,000 contacts, and `scan` reports what it read",
            "POST /merge": "different: opt-outs of both count; each address keeps its own consent",
        },
    ),
    HubSpotApi(
        title="Properties of contacts",
        bases={"v3": "/crm/v3/properties/{objectType}", **_dated("/crm/properties/{version}/{{objectType}}")},
        operations=(
            "GET ",
            "POST ",
            "GET /{propertyName}",
            "PATCH /{propertyName}",
            "DELETE /{propertyName}",
            "POST /batch/archive",
            "POST /batch/create",
            "POST /batch/read",
        ),
        different={"POST ": "different: `defaultValue` is Staffetta's; no calculated properties"},
        absent=dict.fromkeys(("POST /batch/archive", "POST /batch/create", "POST /batch/read"), "one at a time"),
    ),
    HubSpotApi(
        title="Custom events",
        bases={"v3": "/events/v3/send", **_dated("/events/custom/{version}/send")},
        operations=("POST ", "POST /batch"),
        different={
            "POST ": "different: `properties` may be any JSON; a contact is named by `email` or `objectId`, not by `utk`",
            "POST /batch": "different: one wrong event refuses the batch",
        },
    ),
    HubSpotApi(
        title="Lists of contacts",
        bases={"v3": "/crm/v3/lists", **_dated("/crm/lists/{version}")},
        operations=(
            "GET ",
            "POST ",
            "POST /search",
            "GET /object-type-id/{objectTypeId}/name/{listName}",
            "GET /records/{objectTypeId}/{recordId}/memberships",
            "GET /{listId}",
            "DELETE /{listId}",
            "PUT /{listId}/restore",
            "PUT /{listId}/update-list-name",
            "PUT /{listId}/update-list-filters",
            "PUT /{listId}/update-list-filters",
            "GET /{listId}/memberships",
            "GET /{listId}/memberships/join-order",
            "DELETE /{listId}/memberships",
            "PUT /{listId}/memberships/add",
            "PUT /{listId}/memberships/remove",
            "PUT /{listId}/memberships/add-and-remove",
            "PUT /{listId}/memberships/add-from/{sourceListId}",
        ),
        different={
            "GET ": "different: without `listIds` it returns all lists",
            "POST ": "different: lists of contacts only; a dynamic one is evaluated on request, not always",
            "PUT /{listId}/memberships/add": _MEMBERS,
            "PUT /{listId}/memberships/remove": _MEMBERS,
            "PUT /{listId}/memberships/add-and-remove": _MEMBERS,
        },
        absent={
            "GET /{listId}/memberships/join-order": "members have no order",
        },
    ),
    HubSpotApi(
        title="Legacy email API",
        bases={"v1": "/email/public/v1"},
        operations=(
            "POST /singleEmail/send",
            "GET /smtpapi/tokens",
            "POST /smtpapi/tokens",
            "POST /smtpapi/tokens/{userName}/password-reset",
            "GET /events",
            "GET /events/{created}/{eventId}",
            "GET /campaigns",
            "GET /campaigns/by-id",
            "GET /campaigns/{campaignId}",
            "GET /subscriptions",
            "GET /subscriptions/timeline",
            "GET /subscriptions/{emailAddress}",
            "PUT /subscriptions/{emailAddress}",
        ),
        different={
            "POST /smtpapi/tokens/{userName}/password-reset": _RESET,
            "GET /campaigns": _LEGACY_CAMPAIGN,
            "GET /campaigns/by-id": _LEGACY_CAMPAIGN,
            "GET /campaigns/{campaignId}": _LEGACY_CAMPAIGN,
        },
    ),
    HubSpotApi(
        title="Imports",
        bases={"v3": "/crm/v3/imports", **_dated("/crm/imports/{version}")},
        operations=("GET ", "POST ", "GET /{importId}", "POST /{importId}/cancel", "GET /{importId}/errors"),
        different={"POST ": "different: one CSV file of contacts", "GET /{importId}/errors": _ERROR_PAGES},
    ),
)


def operations() -> Iterator[tuple[HubSpotApi, str, str, str]]:
    """Yields each operation of HubSpot's in each version: the API, the operation, the version, and the method with the path."""
    for api in APIS:
        for operation in api.operations:
            method, rest = operation.split(" ")
            for version, base in api.bases.items():
                yield api, operation, version, f"{method} {base}{rest}"


def page() -> str:
    """Returns the page with a new table."""
    text = PAGE.read_text("utf-8")
    return text[: text.index(HEADING)] + HEADING + table()


def table() -> str:
    answered = {anonymous(f"{route.method} {path}") for route in ROUTES for path in route.paths()}
    rows = [
        "",
        "This table is generated: `python -m infra.reference.hubspot` writes it. An operation's path follows its API's path in each version.",
        "",
        "| HubSpot's operation | versions | here |",
        "| --- | --- | --- |",
    ]
    for api in APIS:
        rows.extend(_heads(api))
        rows.extend(_row(api, operation, answered) for operation in api.operations)
    return "\n".join(rows) + "\n"


def _heads(api: HubSpotApi) -> Iterator[str]:
    """Yields the API's name, and a row for each of its paths."""
    versions: dict[str, list[str]] = {}
    for version, base in api.bases.items():
        path = base.replace(version, "{version}") if version in DATED_VERSIONS else base
        versions.setdefault(path, []).append(version)
    yield f"| **{api.title}** | | |"
    for path, listed in versions.items():
        yield f"| at `{path}` | {' '.join(listed)} | |"


def anonymous(key: str) -> str:
    """Returns a route key without the names of its parameters."""
    return re.sub(r"{\w+}", "{}", key)


def _row(api: HubSpotApi, operation: str, answered: set[str]) -> str:
    method, rest = operation.split(" ")
    exists = {version: anonymous(f"{method} {base}{rest}") in answered for version, base in api.bases.items()}
    here = api.absent.get(operation) or api.different.get(operation, SAME)
    missing = [version for version, there in exists.items() if there is (operation in api.absent)]
    if missing:
        raise ValueError(f"{operation} of {api.title}: the table is wrong about {', '.join(missing)}")
    name = f"{method} `{rest}`" if rest else method
    return f"| {name} | {' '.join(api.bases)} | {here} |"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
