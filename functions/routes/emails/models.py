"""Emails, in HubSpot's names. Staffetta extensions are marked. Other fields are stored and returned as they are."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta, field

from functions.core.emails.email import NAME_MAX
from functions.core.emails.email_listing import SORTS, TYPES
from functions.core.models.format import Format, positive_int64, whole_number
from functions.routes.http.models import ApiModel, ContactProperties, Id, Instant, OpenModel
from functions.routes.http.paging import ForwardPaging

PAGE_MAX = 100

_LANGUAGE = "the language of `content`: a code of HubSpot's, or a BCP 47 tag of IANA's registry; default: `en`"


def _cursor(text: str) -> str:
    return str(positive_int64(text))


# The largest page is also the default.
PageSize = Annotated[int, Meta(ge=1, le=PAGE_MAX)]
EmailName = Annotated[str, Meta(min_length=1, max_length=NAME_MAX)]
PageCursor = Annotated[
    str,
    Meta(
        description="`paging.next.after` of the previous page",
        extra={"format": Format(_cursor, "the paging.next.after of an earlier page", "7")},
    ),
]


Version = Annotated[
    int,
    Meta(
        description="the version that the change is based on: 409 if it is not the latest (a Staffetta extension)",
        extra={"format": Format(whole_number, "the `version` of the email that was read, a whole number", "1")},
    ),
]


def _email_type(word: str) -> str:
    """Any type of HubSpot's is a valid filter: of the types that Staffetta lacks there are no emails."""
    if not (word.isupper() and word.replace("_", "").isalnum()):
        raise ValueError(word)
    return word


def _sort(word: str) -> str:
    if word.removeprefix("-") not in SORTS:
        raise ValueError(word)
    return word


EmailType = Annotated[
    str,
    Meta(extra={"format": Format(_email_type, f"a type of email, like {', '.join(TYPES.values())}", "BATCH_EMAIL")}),
]
SortName = Annotated[
    str, Meta(extra={"format": Format(_sort, f"one of {', '.join(SORTS)}, or -name and so on", "-name")})
]

Subcategory = Literal["single_send_api", "marketing_single_send_api", "automated", "batch"]


class EmailFrom(OpenModel):
    """HubSpot's names mislead: `replyTo` is the From address."""

    from_name: str | None = None
    reply_to: Annotated[str, Meta(description="the From address, on the connected domain")] | None = None
    custom_reply_to: Annotated[str, Meta(description="Reply-To, if it is another address")] | None = None


class EmailTranslation(OpenModel):
    """The email in another language (a Staffetta extension)."""

    subject: str | None = None
    preview_text: str | None = None
    html: str | None = None
    mjml: str | None = None
    plain_text_version: str | None = None


class EmailSample(OpenModel):
    """Sample properties for previews and test sends (a Staffetta extension); default: the starter's."""

    contact_properties: ContactProperties | None = None
    custom_properties: dict[str, Any] | None = None


class EmailContent(OpenModel):
    """The body is `html` or `mjml`, or else the `body.html` of HubSpot's `widgets`, or else the starter that `templatePath` names. `html`, `mjml`, `previewText`,
    `trackOpens`, `trackClicks`, `sensitive`, `sample` and `translations` are Staffetta extensions.
    """

    template_path: str | None = None
    plain_text_version: Annotated[str, Meta(description="absent: derived from the body")] | None = None
    html: Annotated[str, Meta(description="Jinja2 in HTML")] | None = None
    mjml: Annotated[str, Meta(description="Jinja2 in MJML")] | None = None
    preview_text: Annotated[str, Meta(description="what an inbox shows after the subject")] | None = None
    track_opens: bool | None = None
    track_clicks: bool | None = None
    sensitive: (
        Annotated[
            bool,
            Meta(
                description="it carries a code or a secret link: it is not tracked, and nothing of its content is stored; "
                "default: the starter's, else false"
            ),
        ]
        | None
    ) = None
    sample: EmailSample | None = None
    translations: Annotated[dict[str, EmailTranslation], Meta(description="by language: `de`, `pt-br`")] | None = None


class EmailSubscription(OpenModel):
    subscription_id: Annotated[str, Meta(description="absent or TRANSACTIONAL: sent without a subscription")] | None = (
        None
    )


class EmailUpdateRequest(OpenModel):
    """A merge patch (RFC 7396): objects are merged, null removes a field."""

    name: EmailName | None = None
    subject: str | None = None
    sender: EmailFrom | None = field(name="from", default=None)
    content: EmailContent | None = None
    subcategory: Subcategory | None = None
    subscription_details: EmailSubscription | None = None
    language: Annotated[str, Meta(description=_LANGUAGE)] | None = None
    campaign: str | None = None
    send_on_publish: bool | None = None
    publish_date: Instant | None = None
    archived: Annotated[bool, Meta(description="false brings an archived email back")] | None = None
    version: Version | None = None


class EmailChange(ApiModel):
    """The fields of an EmailUpdateRequest that are no part of the document."""

    archived: bool | None = None
    version: Version | None = None


class EmailCreateRequest(OpenModel):
    name: EmailName
    subject: str | None = None
    sender: EmailFrom | None = field(name="from", default=None)
    content: EmailContent | None = None
    subcategory: Subcategory | None = None
    subscription_details: EmailSubscription | None = None
    language: Annotated[str, Meta(description=_LANGUAGE)] | None = None
    campaign: str | None = None
    send_on_publish: bool | None = None
    publish_date: Instant | None = None


class EmailTesting(OpenModel):
    """The settings of an A/B test, as its author stored them. An email in a test also has these fields."""

    is_ab_variation: Annotated[bool, Meta(description="whether it is the test's B")] | None = None
    ab_status: Literal["master", "variant", "automated_master", "automated_variant"] | None = None
    test_id: Annotated[str, Meta(description="the id of the test's A")] | None = None


class EmailView(OpenModel):
    """An email, with all fields that its author stored."""

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
    is_ab: Annotated[bool, Meta(description="whether it is in an A/B test")]
    primary_email_campaign_id: Annotated[str, Meta(description="the `emailCampaignId` of its events: its id")]
    all_email_campaign_ids: list[str]
    version: Annotated[int, Meta(description="counts the changes (a Staffetta extension)")]
    testing: EmailTesting | None = None
    cloned_from: Annotated[str, Meta(description="the id of the email that it was copied from")] | None = None
    created_at: Instant | None = None
    created_by_id: str | None = None
    updated_at: Instant | None = None
    updated_by_id: str | None = None
    published_at: Instant | None = None
    published_by_id: str | None = None
    published_by_email: str | None = None
    published_by_name: str | None = None
    unpublished_at: Instant | None = None
    deleted_at: Instant | None = None
    stats: dict[str, Any] | None = None


class EmailList(ApiModel):
    total: Annotated[int, Meta(description="of all pages")]
    results: list[EmailView]
    paging: Annotated[ForwardPaging, Meta(description="absent on the last page")] | None = None


class VersionUser(ApiModel):
    """An author. A key's owner is an email address, which is the name too."""

    id: str
    email: str
    full_name: str


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
    id: Id
    clone_name: str | None = None
    language: Annotated[str, Meta(description="of the copy; default: the same")] | None = None


class VariationCreateRequest(ApiModel):
    content_id: Id
    variation_name: Annotated[str, Meta(min_length=1)]


class EmailListQuery(ApiModel):
    after: PageCursor | None = None
    limit: PageSize = PAGE_MAX
    sort: (
        Annotated[
            list[SortName],
            Meta(description="name, createdAt, updatedAt, publishedAt, createdBy or updatedBy; `-name`: descending"),
        ]
        | None
    ) = None
    archived: bool = False
    type: list[EmailType] | None = None
    is_published: bool | None = None
    campaign: str | None = None
    include_stats: bool = False
    included_properties: Annotated[list[str], Meta(description="properties besides the required ones")] | None = None
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
    after: PageCursor | None = None
    before: Annotated[PageCursor, Meta(description="a revision's id: the list stops before it")] | None = None
    limit: PageSize = PAGE_MAX
