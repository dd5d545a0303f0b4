"""Build mail: a send → the mail of each of its recipients.

Transactional mail is rendered and written once, and each recipient gets the same octets. Marketing mail is built for each recipient,
since each has an unsubscribe link of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from functions.core.contacts.contact import Contact, standard_properties
from functions.core.contacts.subscriptions import unsubscribe_link
from functions.core.contacts.subscriptions.unsubscribe_link import UnsubscribeLink
from functions.core.errors import PermanentFailure
from functions.core.outcomes import SendResult
from functions.core.sending import max_delivery_time, web_version
from functions.core.sending.headers import with_ours
from functions.core.sending.mime import HeaderError, Mail, write
from functions.core.sending.send import MessageKey, RecipientRole, Send
from functions.core.sending.tags import EMAIL_TAG, FEEDBACK_TAG, RECIPIENT_TAG, SEND_TAG, SENSITIVE_TAG
from functions.core.sending.web_version import WebVersionLink
from functions.core.templates import rendering
from functions.core.templates.checking import removed_links
from functions.core.templates.html import own_links
from functions.core.templates.hubl.resource_limits import RenderingTime
from functions.core.templates.rendering import Compiled, Rendered
from functions.core.templates.site_settings import SiteValues
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


class MailLinks(Struct, frozen=True):
    """The links of one mail that only its recipient has."""

    unsubscribe: UnsubscribeLink | None = None  # None in transactional mail
    web_version: WebVersionLink | None = None  # None if the template does not use it, or no content is stored

    @property
    def secrets(self) -> tuple[str, ...]:
        return tuple(link.secret for link in (self.unsubscribe, self.web_version) if link)


class MailBuilder(Struct, frozen=True, kw_only=True):
    """Builds the mails of one send."""

    send: Send
    template: Compiled
    contact: Mapping[str, str]
    now: float
    public_url: str
    new_secret: NewSecret
    site: SiteVariables
    site_values: SiteValues | None = None  # None: those of today
    has_web_versions: bool = True  # whether the stage stores what was sent
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
        links = self.links(number)
        return OutgoingMail(
            sender=(self.send.sender or revision.sender).email,
            recipient=self._address(number),
            raw=self._raw(links),
            transactional=revision.transactional,
            track_opens=revision.track_opens,
            track_clicks=revision.track_clicks,
            tags=self._tags(number),
            time_limit=max_delivery_time.set_limit(self.send.expires_at, self.now),
            unsubscribe_id=links.unsubscribe.secret_id if links.unsubscribe else "",
            web_version_id=links.web_version.secret_id if links.web_version else "",
        )

    def links(self, number: int) -> MailLinks:
        """Returns new links for one recipient. The recipients of transactional mail get the same octets, and so the same link."""
        is_transactional = self.template.revision.transactional
        is_used = self.has_web_versions and web_version.is_used(self.template.content(self.contact))
        if is_transactional and not is_used:
            return MailLinks()
        secret, key = self.new_secret(), MessageKey(self.send.id, 0 if is_transactional else number)
        page = WebVersionLink(key, secret) if is_used else None
        if is_transactional:
            return MailLinks(web_version=page)
        return MailLinks(UnsubscribeLink(key, page.unsubscribe_secret if page else secret), page)

    def _raw(self, links: MailLinks) -> bytes:
        """Raises PermanentFailure. A failure is stored, and may quote what the template made of the link."""
        try:
            return self.to_bytes(self.render(links), links)
        except PermanentFailure as failure:
            raise PermanentFailure(failure.result, self._storable(failure)) from failure

    def _storable(self, failure: PermanentFailure) -> str:
        """Even the name of a missing property may be content: `custom[custom.code]`."""
        if self.send.sensitive:
            return WITHHELD
        return unsubscribe_link.redacted(failure.reason)

    def to_bytes(self, rendered: Rendered, links: MailLinks) -> bytes:
        """Returns the mail as RFC 5322 octets. Raises PermanentFailure."""
        try:
            return write(self._mail(rendered, links))
        except HeaderError as error:
            raise PermanentFailure(SendResult.CORRUPT_INPUT, str(error)) from error

    def render(self, links: MailLinks) -> Rendered:
        """Raises PermanentFailure."""
        rendered = rendering.render(
            self.template,
            self.contact,
            self.send.custom,
            now=self.now,
            variables=self._variables(links),
            rendering_time=self.rendering_time,
        )
        return _without_removed(rendered)

    def render_with_missing(self, links: MailLinks) -> tuple[Rendered, set[str]]:
        """Renders with gaps, and returns the names of the missing properties too. Raises PermanentFailure."""
        rendered, missing = rendering.render_with_missing(
            self.template,
            self.contact,
            self.send.custom,
            now=self.now,
            variables=self._variables(links),
            rendering_time=self.rendering_time,
        )
        return _without_removed(rendered), missing

    def _mail(self, rendered: Rendered, links: MailLinks) -> Mail:
        link = links.unsubscribe
        send, revision = self.send, self.template.revision
        by_role = {role: tuple(r.address for r in send.recipients if r.role is role) for role in RecipientRole}
        return Mail(
            sender=send.sender or replace(revision.sender, name=rendered.from_name),
            to=by_role[RecipientRole.TO],
            cc=by_role[RecipientRole.CC],
            reply_to=send.reply_to or ((revision.reply_to,) if revision.reply_to else ()),
            subject=rendered.subject,
            text=rendered.text,
            html=own_links.untracked(rendered.html, links.secrets),
            date=self.now,
            boundary=f"=_{send.id}",
            headers=(
                *with_ours(send.headers, send.id, transactional=revision.transactional),
                *(_link_headers(send, link.url(self.public_url)) if link else ()),
            ),
            attachments=send.attachments,
        )

    def _variables(self, links: MailLinks) -> Mapping[str, Any]:
        leave, page = links.unsubscribe, links.web_version
        url = leave.url(self.public_url) if leave else ""
        return {
            **self.site(self.template, self.template.language(self.contact), url, self.site_values),
            **(unsubscribe_link.variables(url) if leave else removed_links.VARIABLES),
            **({web_version.VARIABLE: page.url(self.public_url)} if page else removed_links.WEB_VERSION_VARIABLES),
        }

    def _address(self, number: int) -> str:
        return self.send.recipients[number].address.email

    def _tags(self, number: int) -> dict[str, str]:
        email_id = str(self.send.email_id)
        ours = {SEND_TAG: self.send.id, EMAIL_TAG: email_id, FEEDBACK_TAG: email_id, RECIPIENT_TAG: str(number)}
        return {**self.send.tags, **ours, **({SENSITIVE_TAG: "true"} if self.send.sensitive else {})}


def _without_removed(rendered: Rendered) -> Rendered:
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
