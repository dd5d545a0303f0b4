"""Previews, test sends and differences of emails."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta, field

from functions.core.emails.email import DRAFT
from functions.core.models.format import Format, whole_number
from functions.routes.http.models import ApiModel, ContactProperties, Mailbox, Mailboxes, OwnModel
from functions.routes.sending.models import EmailSendStatusView
from functions.steps.emails.send_test import RECIPIENTS_MAX

DRAFT_NAME = "draft"


def _revision(value: object) -> int:
    if value == DRAFT_NAME:
        return DRAFT
    number = whole_number(value)
    if number == DRAFT:
        raise ValueError(value)
    return number


_REVISION = Meta(
    description='the number of a published revision, or "draft"',
    extra={"format": Format(_revision, 'the number of a published revision or "draft"', DRAFT_NAME)},
)
_LANGUAGE = Meta(description="one of the email's languages; default: the contact's")


class EmailPreviewRequest(OwnModel):
    """The data of the preview. Absent properties are those of the email's `content.sample`, or of its starter's."""

    revision: Annotated[int | str, _REVISION] = DRAFT_NAME
    contact: (
        Annotated[
            Mailbox,
            Meta(
                description="a stored contact's address: contactProperties override the contact's own; needs a key that may send"
            ),
        ]
        | None
    ) = None
    contact_properties: ContactProperties | None = None
    custom_properties: dict[str, Any] | None = None
    language: Annotated[str, _LANGUAGE] | None = None


class EmailPreviewQuery(OwnModel):
    raw: Annotated[bool, Meta(description="return the whole mail too, as SES would get it")] = False


class EmailPreview(ApiModel):
    revision: Annotated[int | str, _REVISION]
    language: str
    from_name: str
    subject: str
    html: str
    text: str
    missing: Annotated[
        list[str],
        Meta(description="properties that the templates use and the data lacks: they render as nothing"),
    ]
    html_size: Annotated[int, Meta(description="in bytes: Gmail clips mails over 102 KB")]
    size: Annotated[int, Meta(description="bytes of the whole mail")]
    preview_text: Annotated[str, Meta(description="what an inbox shows after the subject")] | None = None
    raw: Annotated[str, Meta(description="RFC 5322")] | None = None


class EmailTestRequest(EmailPreviewRequest, kw_only=True):
    """A test send is marked in its subject and by a header. It checks no consent, and no statistics count it."""

    to: Annotated[Mailboxes, Meta(min_length=1, max_length=RECIPIENTS_MAX)]


class EmailTest(ApiModel):
    results: Annotated[list[EmailSendStatusView], Meta(description="one send per address of `to`")]


class EmailDiffQuery(OwnModel):
    before: Annotated[str, _REVISION] = field(name="from")
    after: Annotated[str, _REVISION] = field(name="to", default=DRAFT_NAME)
    language: Annotated[str, _LANGUAGE] | None = None


class EmailDiff(ApiModel):
    """Unified diffs of the two revisions, rendered with the same data. Empty without a difference."""

    subject: str
    text: str
    html: str
    missing: list[str]
