"""Previews, tests and differences of emails."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta, field

from functions.routes.http.models import ApiModel
from functions.routes.sending.models import EmailSendStatusView

_REVISION = Meta(description='the number of a published revision, or "draft"')
_LANGUAGE = Meta(description="one of the email's; absent: the contact's")


class EmailPreviewRequest(ApiModel):
    """Whom the email is shown for. Properties that are not given are those of the email's `content.sample`, or of its starter's."""

    revision: Annotated[int | str, _REVISION] = "draft"
    contact: (
        Annotated[
            str,
            Meta(
                description="the address of a stored contact, whose properties stand below contactProperties; needs a key that may send"
            ),
        ]
        | None
    ) = None
    contact_properties: dict[str, str] | None = None
    custom_properties: dict[str, Any] | None = None
    language: Annotated[str, _LANGUAGE] | None = None


class EmailPreviewQuery(ApiModel):
    raw: Annotated[bool, Meta(description="the whole mail too, as it would go to SES")] = False


class EmailPreview(ApiModel):
    revision: Annotated[int | str, _REVISION]
    language: str
    subject: str
    html: str
    text: str
    missing: Annotated[
        list[str],
        Meta(description="properties that the templates use and the data lacks: nothing stands in their place"),
    ]
    html_size: Annotated[int, Meta(description="in bytes: Gmail clips what is over 102 KB")]
    size: Annotated[int, Meta(description="of the whole mail in bytes")]
    preview_text: Annotated[str, Meta(description="what an inbox shows beside the subject")] | None = None
    raw: Annotated[str, Meta(description="RFC 5322")] | None = None


class EmailTestRequest(EmailPreviewRequest, kw_only=True):
    """A test is marked in its subject and by a header, asks for nobody's consent, and counts in no statistics."""

    to: Annotated[list[str], Meta(min_length=1, max_length=10)]


class EmailTest(ApiModel):
    results: Annotated[list[EmailSendStatusView], Meta(description="one send for each address of `to`")]


class EmailDiffQuery(ApiModel):
    before: Annotated[str, _REVISION] = field(name="from")
    after: Annotated[str, _REVISION] = field(name="to", default="draft")
    language: Annotated[str, _LANGUAGE] | None = None


class EmailDiff(ApiModel):
    """Unified diffs of what the two revisions read like with the same data, empty where nothing differs."""

    subject: str
    text: str
    html: str
    missing: list[str]
