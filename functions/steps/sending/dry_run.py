"""Rehearse a send: it is checked, rendered and written as a mail, and then let go. Nothing is stored, queued or sent."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from functions.core.contacts.unsubscribe_link import UnsubscribeLink
from functions.core.errors import PermanentFailure
from functions.core.sending.send import Message, MessageKey, Send, SendRequest, State
from functions.core.templates.rendering import Rendered
from functions.ports import Clock
from functions.ports.contacts import Contacts
from functions.ports.sending import Uploads
from functions.steps.sending import create_upload
from functions.steps.sending.accept import AcceptSend
from functions.steps.sending.build_mail import MailBuilder, contact_properties
from functions.steps.sending.deliver import Templates

LINK_SECRET = "dry-run"  # noqa: S105 - it opens nothing: no message has it


class DryRunResult(Struct, frozen=True):
    message: Message  # the To's, as it would be stored: or as it would end, where it would be refused
    mail: Rendered | None


class DryRun(Struct, frozen=True, kw_only=True):
    """The step with its dependencies."""

    acceptance: AcceptSend
    contacts: Contacts
    templates: Templates
    uploads: Uploads
    clock: Clock
    public_url: str

    def __call__(self, request: SendRequest, asked_by: str) -> DryRunResult:
        (message, *_), send = self.acceptance.prepare(request, asked_by)
        if send is None:
            return DryRunResult(message, None)
        try:
            return DryRunResult(message, self._render(send))
        except PermanentFailure as refusal:
            ended = replace(
                message,
                state=State.REFUSED,
                result=refusal.result,
                reason=refusal.reason,
                settled_at=message.accepted_at,
            )
            return DryRunResult(ended, None)

    def _render(self, send: Send) -> Rendered:
        """As the To would see it. Raises PermanentFailure."""
        template = self.templates(send.email_id, send.revision)
        composition = MailBuilder(
            send=create_upload.with_content(send, self.uploads),
            template=template,
            contact=contact_properties(self.contacts.get(send.recipients[0].address.email), send),
            now=self.clock(),
            public_url=self.public_url,
            new_secret=lambda: LINK_SECRET,
        )
        composition.mail(0)  # it must be fit to be written, too
        link = UnsubscribeLink(MessageKey(send.id, 0), LINK_SECRET)
        return composition.render(None if template.revision.transactional else link)
