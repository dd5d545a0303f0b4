"""Preview a broadcast: the mails of its first recipients, and a test mail with the properties of the first."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct

from functions.core import ids, timestamps
from functions.core.addresses import Address
from functions.core.broadcasts.broadcast import PREVIEWS, Broadcast, Recipient, SourcePosition
from functions.core.broadcasts.check import BroadcastCheck
from functions.core.csv_file import CsvError
from functions.core.emails.email import DRAFT
from functions.core.errors import FieldError, PermanentFailure, Rejected
from functions.core.sending.send import Message, RecipientRole, Send, SendRecipient
from functions.core.templates.rendering import Rendered
from functions.ports import Clock
from functions.ports.contacts import Contacts
from functions.ports.emails import Emails
from functions.steps.broadcasts.read_audience import ReadAudience
from functions.steps.emails.preview import LINK_SECRET, PreviewData
from functions.steps.emails.send_test import SendTest
from functions.steps.sending.build_mail import MailBuilder, contact_properties
from functions.steps.sending.deliver import Templates
from functions.steps.templates.site_settings import SiteVariables


class RecipientPreview(Struct, frozen=True, kw_only=True):
    recipient: Recipient
    rendered: Rendered | None
    error: str = ""  # why its mail cannot be built


class PreviewBroadcast(Struct, frozen=True, kw_only=True):
    """The step with its dependencies."""

    latest_check: Callable[[Broadcast], BroadcastCheck | None]
    audience: ReadAudience
    contacts: Contacts
    emails: Emails
    templates: Templates
    send_test: SendTest
    clock: Clock
    public_url: str
    site: SiteVariables

    def __call__(self, broadcast: Broadcast) -> list[RecipientPreview]:
        """Raises Rejected if the email is not published, or the file cannot be read."""
        email = self.emails.get(broadcast.email_id)
        if email is None or email.published_revision is None:
            raise Rejected([FieldError("emailId", f"email {broadcast.email_id} is not published", "NOT_PUBLISHED")])
        return [self._preview(broadcast, email.published_revision, one) for one in self._first(broadcast)]

    def test(self, broadcast: Broadcast, to: Sequence[Address], by: str) -> list[Message]:
        """Sends a test mail with the properties of the first recipient. Raises Rejected and NotFound."""
        first = next(iter(self._first(broadcast)), None)
        custom = {**broadcast.custom, **(first.custom if first else {})}
        contact = Address(first.email) if first and self.contacts.get(first.email) else None
        data = PreviewData(contact=contact, custom_properties=custom or None)
        email = self.emails.get(broadcast.email_id)
        number = email.published_revision if email else None
        return self.send_test(broadcast.email_id, number or DRAFT, data, to, by)

    def _first(self, broadcast: Broadcast) -> Sequence[Recipient]:
        check = self.latest_check(broadcast)
        if check and check.first:
            return check.first
        try:
            page = self.audience(broadcast.audience, SourcePosition())
            while not page.recipients and page.after:
                page = self.audience(broadcast.audience, page.after)
        except CsvError as error:
            raise Rejected([FieldError("to.file", str(error), "INVALID_FILE")]) from error
        except LookupError as error:
            raise Rejected([FieldError("to.file", "is gone: upload it again", "INVALID_FILE")]) from error
        return page.recipients[:PREVIEWS]

    def _preview(self, broadcast: Broadcast, revision: int, recipient: Recipient) -> RecipientPreview:
        template = self.templates(broadcast.email_id, revision)
        contact = self.contacts.get(recipient.email)
        send = Send(
            id=ids.for_broadcast(broadcast.id, recipient.email),
            email_id=broadcast.email_id,
            revision=revision,
            accepted_at=timestamps.iso(self.clock()),
            recipients=(SendRecipient(RecipientRole.TO, Address(recipient.email)),),
            custom={**broadcast.custom, **recipient.custom},
        )
        builder = MailBuilder(
            send=send,
            template=template,
            contact=contact_properties(contact, send),
            now=self.clock(),
            public_url=self.public_url,
            site=self.site,
            new_secret=lambda: LINK_SECRET,
            has_web_versions=False,  # no content of a broadcast is stored by recipient
        )
        try:
            return RecipientPreview(recipient=recipient, rendered=builder.render(builder.links(0)))
        except PermanentFailure as failure:
            return RecipientPreview(recipient=recipient, rendered=None, error=failure.reason)
