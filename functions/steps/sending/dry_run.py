"""Dry run of a send: check it, render it and build its mail, and store, queue and send nothing."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from functions.core.errors import PermanentFailure
from functions.core.sending.send import Message, Send, SendRequest, State
from functions.core.templates.rendering import Rendered
from functions.ports import Clock
from functions.ports.contacts import Contacts
from functions.ports.sending import Uploads
from functions.steps.sending import create_upload
from functions.steps.sending.accept import AcceptSend
from functions.steps.sending.build_mail import MailBuilder, contact_properties
from functions.steps.sending.deliver import Templates
from functions.steps.templates.site_settings import SiteVariables

LINK_SECRET = "dry-run"  # noqa: S105 - no message has it, so its link is never valid


class DryRunResult(Struct, frozen=True):
    message: Message  # the To's as it would be stored, or its refusal
    mail: Rendered | None


class DryRun(Struct, frozen=True, kw_only=True):
    """The step with its dependencies."""

    acceptance: AcceptSend
    contacts: Contacts
    templates: Templates
    uploads: Uploads
    clock: Clock
    public_url: str
    site: SiteVariables

    def __call__(self, request: SendRequest, requested_by: str) -> DryRunResult:
        """Raises Rejected."""
        (message, *_), send = self.acceptance.prepare(request, requested_by)
        if send is None:
            return DryRunResult(message, None)
        try:
            return DryRunResult(message, self._render(send))
        except PermanentFailure as refusal:
            refused = replace(
                message,
                state=State.REFUSED,
                result=refusal.result,
                reason=refusal.reason,
                settled_at=message.accepted_at,
            )
            return DryRunResult(refused, None)

    def _render(self, send: Send) -> Rendered:
        """Renders the To's mail. Raises PermanentFailure."""
        template = self.templates(send.email_id, send.revision)
        builder = MailBuilder(
            send=create_upload.with_content(send, self.uploads),
            template=template,
            contact=contact_properties(self.contacts.get(send.recipients[0].address.email), send),
            now=self.clock(),
            public_url=self.public_url,
            site=self.site,
            new_secret=lambda: LINK_SECRET,
        )
        builder.mail(0)  # its headers must be valid too
        return builder.render(builder.links(0))
