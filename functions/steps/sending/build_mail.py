"""Build mail: a send → the mail of each of its recipients.

Transactional mail is rendered and written once, and each recipient gets the same octets. Marketing mail is built for each recipient,
since each has an unsubscribe link of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from functions.core.contacts import unsubscribe_link
from functions.core.contacts.contact import Contact, standard_properties
from functions.core.contacts.unsubscribe_link import UnsubscribeLink
from functions.core.errors import PermanentFailure
from functions.core.events.ses_events import EMAIL_TAG, FEEDBACK_TAG, RECIPIENT_TAG, SEND_TAG, SENSITIVE_TAG
from functions.core.outcomes import SendResult
from functions.core.sending import time_limit
from functions.core.sending.headers import with_ours
from functions.core.sending.mime import HeaderError, Mail, write
from functions.core.sending.send import MessageKey, RecipientRole, Send
from functions.core.templates import removed_links, rendering
from functions.core.templates.html import own_links
from functions.core.templates.hubl.resource_limits import RenderingTime
from functions.core.templates.rendering import Compiled, Rendered
from functions.ports import NewSecret
from functions.ports.sending import OutgoingMail
from functions.steps.templates.site_settings import SiteVariables

WITHHELD = "the mail cannot be built; the email is sensitive, so the reason is not stored: a preview shows it"
_LIST_HEADERS = frozenset({"list-unsubscribe", "list-unsubscribe-post"})


def contact_properties(contact: Contact | None, send: Send) -> Mapping[str, str]:
    """Returns the template's `contact`: the stored properties of the To, overridden by the request's. `email` is always the To address."""
    address = send.recipients[0].address.email
    created, changed = (contact.created_at, contact.changed_at) if contact else (send.accepted_at, send.accepted_at)
    standard = standard_properties(address, created, changed)
    return {**standard, **(contact.values if contact else {}), **send.contact, "email": address}


class MailBuilder(Struct, frozen=True, kw_only=True):
    """Builds the mails of one send."""

    send: Send
    template: Compiled
    contact: Mapping[str, str]
    now: float
    public_url: str
    new_secret: NewSecret
    site: SiteVariables
    rendering_time: RenderingTime = field(default_factory=RenderingTime)

    def from_template(self) -> Callable[[int], OutgoingMail]:
        """Returns a function: a recipient's number → their mail. Builds the To's at once, and so raises PermanentFailure before any mail
        is sent.
        """
        first = self.mail(0)

        def build(number: int) -> OutgoingMail:
            if number and not self.template.revision.transactional:
                return self.mail(number)
            return replace(first, recipient=self._address(number), tags=self._tags(number))

        return build

    def mail(self, number: int) -> OutgoingMail:
        """Raises PermanentFailure."""
        revision = self.template.revision
        link = None if revision.transactional else UnsubscribeLink(MessageKey(self.send.id, number), self.new_secret())
        return OutgoingMail(
            sender=(self.send.sender or revision.sender).email,
            recipient=self._address(number),
            raw=self._raw(link),
            transactional=revision.transactional,
            track_opens=revision.track_opens,
            track_clicks=revision.track_clicks,
            tags=self._tags(number),
            time_limit=time_limit.set_limit(self.send.expires_at, self.now),
            unsubscribe_id=link.secret_id if link else "",
        )

    def _raw(self, link: UnsubscribeLink | None) -> bytes:
        """Raises PermanentFailure. A failure is stored, and may quote what the template made of the link."""
        try:
            return self.to_bytes(self.render(link), link)
        except PermanentFailure as failure:
            raise PermanentFailure(failure.result, self._storable(failure)) from failure

    def _storable(self, failure: PermanentFailure) -> str:
        """Even the name of a missing property may be content: `custom[custom.code]`."""
        if self.send.sensitive:
            return WITHHELD
        return unsubscribe_link.redacted(failure.reason)

    def to_bytes(self, rendered: Rendered, link: UnsubscribeLink | None) -> bytes:
        """Returns the mail as RFC 5322 octets. Raises PermanentFailure."""
        try:
            return write(self._mail(rendered, link))
        except HeaderError as error:
            raise PermanentFailure(SendResult.CORRUPT_INPUT, str(error)) from error

    def render(self, link: UnsubscribeLink | None) -> Rendered:
        """Raises PermanentFailure."""
        rendered = rendering.render(
            self.template,
            self.contact,
            self.send.custom,
            now=self.now,
            variables=self._variables(link),
            rendering_time=self.rendering_time,
        )
        return rendered if link else _without_links(rendered)

    def render_with_missing(self, link: UnsubscribeLink | None) -> tuple[Rendered, set[str]]:
        """Renders with gaps, and returns the names of the missing properties too. Raises PermanentFailure."""
        rendered, missing = rendering.render_with_missing(
            self.template,
            self.contact,
            self.send.custom,
            now=self.now,
            variables=self._variables(link),
            rendering_time=self.rendering_time,
        )
        return rendered if link else _without_links(rendered), missing

    def _mail(self, rendered: Rendered, link: UnsubscribeLink | None) -> Mail:
        send, revision = self.send, self.template.revision
        by_role = {role: tuple(r.address for r in send.recipients if r.role is role) for role in RecipientRole}
        return Mail(
            sender=send.sender or replace(revision.sender, name=rendered.from_name),
            to=by_role[RecipientRole.TO],
            cc=by_role[RecipientRole.CC],
            reply_to=send.reply_to or ((revision.reply_to,) if revision.reply_to else ()),
            subject=rendered.subject,
            text=rendered.text,
            html=own_links.untracked(rendered.html, link.secret) if link else rendered.html,
            date=self.now,
            boundary=f"=_{send.id}",
            headers=(
                *with_ours(send.headers, send.id, transactional=revision.transactional),
                *(_link_headers(send, link.url(self.public_url)) if link else ()),
            ),
            attachments=send.attachments,
        )

    def _variables(self, link: UnsubscribeLink | None) -> Mapping[str, Any]:
        url = link.url(self.public_url) if link else ""
        links = unsubscribe_link.variables(url) if link else removed_links.VARIABLES
        return {**self.site(self.template, self.template.language(self.contact), url), **links}

    def _address(self, number: int) -> str:
        return self.send.recipients[number].address.email

    def _tags(self, number: int) -> dict[str, str]:
        email_id = str(self.send.email_id)
        ours = {SEND_TAG: self.send.id, EMAIL_TAG: email_id, FEEDBACK_TAG: email_id, RECIPIENT_TAG: str(number)}
        return {**self.send.tags, **ours, **({SENSITIVE_TAG: "true"} if self.send.sensitive else {})}


def _without_links(rendered: Rendered) -> Rendered:
    without = removed_links.without_values
    return Rendered(
        subject=without(rendered.subject).strip(),
        html=removed_links.without_rendered_links(rendered.html),
        text=without(rendered.text),
        from_name=without(rendered.from_name).strip(),
    )


def _link_headers(send: Send, url: str) -> tuple[tuple[str, str], ...]:
    """Returns both headers or none: a caller's own link does not answer our one-click request."""
    if any(name.lower() in _LIST_HEADERS for name, _ in send.headers):
        return ()
    return unsubscribe_link.headers(url)
