"""Broadcasts in requests and responses."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta, field

from functions.core.broadcasts.broadcast import CONTACTS_MAX, LISTS_MAX
from functions.routes.contacts.list_models import ListId
from functions.routes.http.models import ApiModel, Id, Instant, Mailboxes, OwnModel
from functions.routes.http.paging import ForwardPaging
from functions.steps.emails.send_test import RECIPIENTS_MAX

NAME_MAX = 200
_STATES = Literal["DRAFT", "SCHEDULED", "PREPARING", "SENDING", "PAUSED", "CANCELED", "DONE"]


class ListChoice(OwnModel):
    include: Annotated[list[ListId], Meta(max_length=LISTS_MAX)] = field(default_factory=list)
    exclude: Annotated[list[ListId], Meta(max_length=LISTS_MAX)] = field(default_factory=list)


class ContactChoice(OwnModel):
    """Contacts by their ids or addresses."""

    include: Annotated[list[str], Meta(max_length=CONTACTS_MAX)] = field(default_factory=list)
    exclude: Annotated[list[str], Meta(max_length=CONTACTS_MAX)] = field(default_factory=list)


class AudienceRequest(OwnModel):
    """Who gets the mail. HubSpot's names; `file` is Staffetta's."""

    contact_ils_lists: ListChoice | None = None
    contact_ids: ContactChoice | None = None
    file: Annotated[
        str,
        Meta(
            max_length=36,
            description="the uploadId of a CSV file: one column is email, the others are custom properties of that recipient",
        ),
    ] = ""


class BroadcastCreateRequest(OwnModel):
    email_id: Annotated[Id, Meta(description="of a published email with the subcategory batch")]
    to: AudienceRequest
    name: Annotated[str, Meta(max_length=NAME_MAX, description="default: the email's")] = ""
    custom_properties: Annotated[dict[str, Any], Meta(description="for every recipient")] = field(default_factory=dict)
    send_at: Annotated[Instant, Meta(description="used by send; absent: at once")] | None = None
    local_time: Annotated[
        bool, Meta(description="sendAt, read without its zone, is the time on each recipient's clock: see hs_timezone")
    ] = False
    time_zone: Annotated[str, Meta(max_length=60, description="of recipients without hs_timezone")] = "UTC"


class BroadcastUpdateRequest(OwnModel):
    """Absent fields do not change."""

    to: Annotated[AudienceRequest, Meta(description="replaces the whole audience")] | None = None
    name: Annotated[str, Meta(min_length=1, max_length=NAME_MAX)] | None = None
    custom_properties: Annotated[dict[str, Any], Meta(description="replaces all of them")] | None = None
    send_at: Annotated[Instant, Meta(description="null removes the time of a draft")] | None = None
    local_time: bool | None = None
    time_zone: Annotated[str, Meta(max_length=60)] | None = None


class BroadcastSendRequest(OwnModel):
    send_at: Annotated[Instant, Meta(description="replaces the broadcast's")] | None = None


class BroadcastTestRequest(OwnModel):
    to: Annotated[Mailboxes, Meta(min_length=1, max_length=RECIPIENTS_MAX)]


class BroadcastPauseRequest(OwnModel):
    reason: Annotated[str, Meta(max_length=500)] = ""


class BroadcastListQuery(OwnModel):
    limit: Annotated[int, Meta(ge=1, le=100)] = 20
    after: Annotated[str, Meta(description="the cursor of the previous page")] | None = None


class BroadcastRecipientsQuery(OwnModel):
    after: Annotated[str, Meta(description="the cursor of the previous page")] | None = None


class BroadcastProgress(ApiModel):
    """`pages` hold up to 1,000 recipients each. `outcomes` counts the recipients of the pages that are done."""

    pages: int
    pages_done: int
    recipients: int
    handed: Annotated[int, Meta(description="recipients that had their turn")]
    outcomes: dict[str, int] = field(default_factory=dict)


class ListChoiceView(ApiModel):
    include: list[int]
    exclude: list[int]


class ContactChoiceView(ApiModel):
    include: list[str]
    exclude: list[str]


class AudienceView(ApiModel):
    """Who gets the mail, in HubSpot's names."""

    contact_ils_lists: ListChoiceView
    contact_ids: ContactChoiceView
    file: str = ""


class BroadcastView(ApiModel):
    id: str
    name: str
    email_id: str
    state: _STATES
    to: AudienceView
    custom_properties: dict[str, Any]
    created_at: Instant
    created_by: str
    progress: BroadcastProgress
    send_at: Instant | None = None
    local_time: bool = False
    time_zone: str = "UTC"
    revision: int | None = None
    started_at: Instant | None = None
    ended_at: Instant | None = None
    unreadable_lines: int = 0
    reason: str = ""


class BroadcastPageView(ApiModel):
    results: list[BroadcastView]
    paging: ForwardPaging | None = None


class BroadcastProblem(ApiModel):
    kind: Literal["UNREADABLE", "REFUSED", "MISSING_PROPERTY", "UNUSED_COLUMN"]
    message: str
    line: Annotated[int, Meta(description="of the file, from 1")] | None = None
    email: str = ""


class BroadcastCheckView(ApiModel):
    """`refused` counts by result. `suppressed`: recipients of transactional mail whom SES may drop, after a hard bounce or a spam report."""

    done: bool
    recipients: int
    deliverable: int
    refused: dict[str, int]
    missing_properties: int
    unreadable: int
    suppressed: int
    problems: list[BroadcastProblem]
    started_at: Instant
    more_problems: Annotated[int, Meta(description="problems that are not listed")] = 0
    ended_at: Instant | None = None
    error: str = ""


class BroadcastPreview(ApiModel):
    email: str
    subject: str = ""
    html: str = ""
    text: str = ""
    error: str = ""


class BroadcastPreviewsView(ApiModel):
    results: list[BroadcastPreview]


class BroadcastTestView(ApiModel):
    status_ids: list[str]


class BroadcastRecipientView(ApiModel):
    """`outcome` is the state of its message, or WAITING, CANCELED or REPEATED without one."""

    email: str
    outcome: str
    line: int | None = None
    result: str = ""
    reason: str = ""
    status_id: str = ""
    at: Instant | None = None


class BroadcastRecipientsView(ApiModel):
    results: list[BroadcastRecipientView]
    paging: ForwardPaging | None = None
