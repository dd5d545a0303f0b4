"""Automations, their versions and runs, and HubSpot's custom events."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta, field

from functions.core.automations.automation import AutomationStatus
from functions.core.automations.definition import SOURCE_MAX
from functions.core.automations.run import RunStatus
from functions.routes.http.models import ApiModel, EmailAddress, Instant, OwnModel
from functions.routes.http.paging import ForwardPaging

PAGE_MAX = 100
EVENTS_MAX = 500  # HubSpot's own limit of a batch
_WARNINGS = "custom properties that an email needs, and that neither its step nor the trigger gives"

DefinitionText = Annotated[
    str, Meta(min_length=1, max_length=SOURCE_MAX, description="YAML or JSON: see GET /staffetta/v1/automations/schema")
]


class AutomationCreateRequest(OwnModel):
    definition: DefinitionText


class StarterRequest(OwnModel):
    sender: (
        Annotated[str, Meta(min_length=1, max_length=320, description="the From address of emails that it publishes")]
        | None
    ) = field(default=None, name="from")


class AutomationCheckRequest(OwnModel):
    definition: DefinitionText
    automation_id: Annotated[int, Meta(ge=1, description="the automation that it will be")] | None = None


class AutomationUpdateRequest(OwnModel):
    """Replaces the draft."""

    definition: DefinitionText
    change: (
        Annotated[int, Meta(ge=1, description="of the automation that was read: a newer one is a conflict")] | None
    ) = None


class AutomationChangeQuery(OwnModel):
    change: (
        Annotated[int, Meta(ge=1, description="of the automation that was read: a newer one is a conflict")] | None
    ) = None


class AutomationError(ApiModel):
    field: str
    message: str
    line: int
    column: int


class AutomationCheck(ApiModel):
    errors: list[AutomationError]
    warnings: Annotated[list[AutomationError], Meta(description=_WARNINGS)] = []
    description: Annotated[str, Meta(description="the automation in sentences; absent if its form has errors")] = ""


class AutomationView(ApiModel):
    id: int
    name: str
    status: AutomationStatus
    change: int
    created_at: Instant
    created_by: str
    updated_at: Instant
    updated_by: str
    published_version: int = 0
    published_at: Instant | None = None
    published_by: str = ""


class AutomationDetails(AutomationView, kw_only=True):
    definition: Annotated[str, Meta(description="the draft: what will be published next")]
    counts: Annotated[
        dict[str, int],
        Meta(
            description="runs that `entered`, passed each step, and `ended`, `stopped` or `failed`, and reached the `goal`, and entries that "
            "were `refused` above the limit, of all versions"
        ),
    ] = {}


class AutomationPublished(AutomationView, kw_only=True):
    warnings: Annotated[list[AutomationError], Meta(description=_WARNINGS)] = []


class AutomationList(ApiModel):
    results: list[AutomationView]


class AutomationFromStarter(AutomationView, kw_only=True):
    published_emails: Annotated[list[int], Meta(description="the emails that were published for it")] = []


class AutomationStarterView(ApiModel):
    name: str
    description: str
    definition: str
    email_ids: list[int]


class AutomationStarterList(ApiModel):
    results: list[AutomationStarterView]


class AutomationVersionView(ApiModel):
    number: int
    published_at: Instant
    published_by: str
    definition: str


class AutomationVersionList(ApiModel):
    results: list[AutomationVersionView]


class RunRecordView(ApiModel):
    at: Instant
    note: str
    step: str = ""


class RunView(ApiModel):
    """A contact's run, with everything that it did."""

    id: str
    automation_id: int
    version: int
    contact: str
    status: RunStatus
    entered_at: Instant
    history: list[RunRecordView]
    step: Annotated[str, Meta(description="its current one")] = ""
    waits_until: Instant | None = None
    ended_at: Instant | None = None
    event: dict[str, Any] = {}
    messages: Annotated[dict[str, str], Meta(description="the status id of each mail, by the step that sent it")] = {}


class RunList(ApiModel):
    results: list[RunView]
    paging: ForwardPaging | None = None


class RunsQuery(OwnModel):
    limit: Annotated[int, Meta(ge=1, le=PAGE_MAX)] = PAGE_MAX
    after: Annotated[str, Meta(description="`paging.next.after` of the previous page")] = ""


class RunsStopping(ApiModel):
    """The runs are stopped in the background."""

    automation_id: int


class CustomEventRequest(ApiModel):
    """An event about a contact: of an `email`, or of a contact's `objectId`. HubSpot's `utk`, a visitor's cookie, names no contact here."""

    event_name: Annotated[str, Meta(min_length=1, max_length=200)]
    properties: dict[str, Any] = field(default_factory=dict)
    email: EmailAddress | None = None
    object_id: Annotated[str, Meta(max_length=100)] | None = None
    occurred_at: Instant | None = None
    uuid: (
        Annotated[str, Meta(min_length=1, max_length=200, description="events with the same one happen once")] | None
    ) = None


class CustomEventBatchRequest(ApiModel):
    inputs: Annotated[list[CustomEventRequest], Meta(min_length=1, max_length=EVENTS_MAX)]
