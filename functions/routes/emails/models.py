"""Emails, in HubSpot's names; what is not HubSpot's says so. Fields that are not named here are kept and given back."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta, field

from functions.routes.http.models import ApiModel, Instant, OpenModel
from functions.routes.http.paging import ForwardPaging

Subcategory = Literal["single_send_api", "marketing_single_send_api", "automated", "batch"]


class EmailFrom(OpenModel):
    """HubSpot's names mislead: `replyTo` is the From address."""

    from_name: str | None = None
    reply_to: Annotated[str, Meta(description="the From address, on the connected domain")] | None = None
    custom_reply_to: Annotated[str, Meta(description="Reply-To, where it is another address")] | None = None


class EmailTranslation(OpenModel):
    """The email in another language (not HubSpot's)."""

    subject: str | None = None
    preview_text: str | None = None
    html: str | None = None
    mjml: str | None = None
    plain_text_version: str | None = None


class EmailSample(OpenModel):
    """The properties of a send that previews and tests show the email with (not HubSpot's); absent: its starter's."""

    contact_properties: dict[str, str] | None = None
    custom_properties: dict[str, Any] | None = None


class EmailContent(OpenModel):
    """The body is `html` or `mjml`, or else the starter's that `templatePath` names. `html`, `mjml`, `previewText`, `trackOpens`,
    `trackClicks`, `sample` and `translations` are not HubSpot's.
    """

    template_path: str | None = None
    plain_text_version: Annotated[str, Meta(description="absent: derived from the body")] | None = None
    html: Annotated[str, Meta(description="Jinja2 in HTML")] | None = None
    mjml: Annotated[str, Meta(description="Jinja2 in MJML")] | None = None
    preview_text: Annotated[str, Meta(description="what an inbox shows beside the subject")] | None = None
    track_opens: bool | None = None
    track_clicks: bool | None = None
    sample: EmailSample | None = None
    translations: Annotated[dict[str, EmailTranslation], Meta(description="by language: `de`, `pt-br`")] | None = None


class EmailSubscription(OpenModel):
    subscription_id: (
        Annotated[str, Meta(description="absent or TRANSACTIONAL: sent whatever the contact's status")] | None
    ) = None


class EmailUpdateRequest(OpenModel):
    """A merge patch (RFC 7396): objects are merged, null takes a field out."""

    name: Annotated[str, Meta(min_length=1, max_length=300)] | None = None
    subject: str | None = None
    sender: EmailFrom | None = field(name="from", default=None)
    content: EmailContent | None = None
    subcategory: Subcategory | None = None
    subscription_details: EmailSubscription | None = None
    language: Annotated[str, Meta(description="of `content`; `en` if absent")] | None = None
    campaign: str | None = None
    send_on_publish: bool | None = None
    publish_date: Instant | None = None
    archived: Annotated[bool, Meta(description="false brings an archived email back")] | None = None
    version: (
        Annotated[int, Meta(description="the one that was read: 409 if it is not the latest any more (not HubSpot's)")]
        | None
    ) = None


class EmailCreateRequest(OpenModel):
    name: Annotated[str, Meta(min_length=1, max_length=300)]
    subject: str | None = None
    sender: EmailFrom | None = field(name="from", default=None)
    content: EmailContent | None = None
    subcategory: Subcategory | None = None
    subscription_details: EmailSubscription | None = None
    language: str | None = None
    campaign: str | None = None
    send_on_publish: bool | None = None
    publish_date: Instant | None = None


class EmailView(OpenModel):
    """An email, with whatever its author put into it."""

    id: str
    name: str
    subject: str
    state: str
    type: str
    subcategory: str
    content: dict[str, Any]
    sender: dict[str, Any] = field(name="from")
    to: dict[str, Any]
    send_on_publish: bool
    is_published: bool
    is_transactional: bool
    archived: bool
    version: Annotated[int, Meta(description="counts the changes (not HubSpot's)")]
    created_at: Instant | None = None
    created_by_id: str | None = None
    updated_at: Instant | None = None
    updated_by_id: str | None = None
    published_at: Instant | None = None
    published_by_id: str | None = None
    deleted_at: Instant | None = None
    stats: dict[str, Any] | None = None


class EmailList(ApiModel):
    total: Annotated[int, Meta(description="of all pages")]
    results: list[EmailView]
    paging: Annotated[ForwardPaging, Meta(description="absent on the last page")] | None = None


class VersionUser(ApiModel):
    id: str
    email: str


class EmailVersion(ApiModel):
    id: Annotated[str, Meta(description="the number of the published revision")]
    user: VersionUser
    object: EmailView
    updated_at: Instant


class EmailVersionList(ApiModel):
    total: int
    results: list[EmailVersion]
    paging: ForwardPaging | None = None


class EmailCloneRequest(ApiModel):
    id: str
    clone_name: str | None = None


class VariationCreateRequest(ApiModel):
    content_id: str
    variation_name: str


class EmailListQuery(ApiModel):
    after: str | None = None
    limit: Annotated[int, Meta(ge=1, le=100)] = 100
    sort: (
        Annotated[
            list[str],
            Meta(description="name, createdAt, updatedAt, publishedAt, createdBy or updatedBy; `-name`: descending"),
        ]
        | None
    ) = None
    archived: bool = False
    type: list[str] | None = None
    is_published: bool | None = None
    campaign: str | None = None
    include_stats: bool = False
    included_properties: Annotated[list[str], Meta(description="those beside the required ones")] | None = None
    created_at: Instant | None = None
    created_after: Instant | None = None
    created_before: Instant | None = None
    updated_at: Instant | None = None
    updated_after: Instant | None = None
    updated_before: Instant | None = None
    published_at: Instant | None = None
    published_after: Instant | None = None
    published_before: Instant | None = None


class EmailQuery(ApiModel):
    archived: bool = False
    include_stats: bool = False
    included_properties: list[str] | None = None


class VersionListQuery(ApiModel):
    after: str | None = None
    before: str | None = None
    limit: Annotated[int, Meta(ge=1, le=100)] = 100
