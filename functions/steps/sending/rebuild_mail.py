"""Rebuild a mail as it was sent, from the values that are stored of it. If nothing is stored, the error has the reason."""

from __future__ import annotations

import contextlib

from msgspec import Struct
from msgspec.structs import replace

from functions.core import timestamps
from functions.core.addresses import Address
from functions.core.contacts.subscriptions import unsubscribe_link
from functions.core.errors import NotFound
from functions.core.sending import web_version
from functions.core.sending.send import Message, MessageKey, State
from functions.core.sending.sent_content import SentContent
from functions.core.sending.web_version import WebVersionLink
from functions.core.templates.rendering import Rendered
from functions.core.templates.site_settings import SiteValues
from functions.core.tokens.smtp_token import campaign_of
from functions.ports import Clock
from functions.ports.emails import Emails
from functions.ports.sending import Sends, SentContents
from functions.steps.sending.build_mail import MailBuilder, MailLinks
from functions.steps.sending.deliver import Templates
from functions.steps.templates.site_settings import SiteVariables


class RebuiltMail(Struct, frozen=True, kw_only=True):
    content: SentContent
    message: Message
    sender: str  # of the From header
    reply_to: tuple[str, ...]
    rendered: Rendered
    raw: bytes  # without its attachments

    @property
    def built_at(self) -> str:
        return timestamps.iso(self.content.built_at)


class RebuildMail(Struct, frozen=True, kw_only=True):
    """The step with its dependencies."""

    sends: Sends
    contents: SentContents
    emails: Emails
    templates: Templates
    site: SiteVariables
    clock: Clock
    public_url: str
    content_days: int

    def __call__(self, key: MessageKey) -> RebuiltMail:
        """Returns a mail whose own links are redacted. Raises NotFound with the reason if nothing is stored of it."""
        message = self.sends.get(key)
        if message is None:
            raise NotFound(f"there is no message {key.recipient} of a send {key.send_id!r}")
        content = None if self._is_private(message) else self._content(message)
        if content is None:
            raise NotFound(self._absence(message))
        return self._rebuilt(content, message, None)

    def web_version(self, text: str) -> RebuiltMail:
        """Returns the mail of a web version link with its links. Raises NotFound for any other text, and after the content has expired. The
        content of a mail with this link is stored by itself.
        """
        with contextlib.suppress(ValueError):
            link = web_version.parse(text)
            for content in self.contents.of_send(link.key.send_id, self.clock()):
                for number, secret_id in zip(content.numbers, content.web_versions, strict=False):
                    message = self.sends.get(MessageKey(link.key.send_id, number)) if link.matches(secret_id) else None
                    if message and not self._is_private(message):
                        return self._rebuilt(content, message, link)
        raise NotFound("this link is not valid, or its page has expired")

    def _content(self, message: Message) -> SentContent | None:
        contents = self.contents.of_send(message.key.send_id, self.clock(), message.content_batch)
        return next((one for one in contents if message.key.recipient in one.numbers), None)

    def _is_private(self, message: Message) -> bool:
        """Returns whether content must not be shown, even if some is stored from before."""
        email = self.emails.get(message.email_id)
        return message.erased or bool(email and email.sensitive)

    def _absence(self, message: Message) -> str:
        """Returns why the content of a message is not there."""
        unsent = message.state is not State.SENT and not message.timeline
        reasons = (
            (message.erased, "its recipient was erased, and the content of the mail with them"),
            (self._is_private(message), "its email is sensitive, so the content of its mails is not stored"),
            (
                campaign_of(message.accepted_by) is not None,
                "it was sent over SMTP: its content went to SES directly, and Staffetta never had it",
            ),
            (bool(message.broadcast), "it was part of a broadcast, which stores no content of its recipients"),
            (message.is_test, "it was a test send, whose content is not stored: send the test again"),
            (unsent, f"the mail was not sent: its state is {message.state}"),
            (not self.content_days, "this stage does not store what it sends: staffetta:contentDays is 0"),
        )
        expired = (
            f"what was sent is stored for {self.content_days} days after the sending (staffetta:contentDays), except very "
            "large values. It is deleted early if a recipient of the send is erased"
        )
        return next((reason for applies, reason in reasons if applies), expired)

    def _rebuilt(self, content: SentContent, message: Message, page: WebVersionLink | None) -> RebuiltMail:
        """Without the mail's own link to its page, its links are redacted."""
        send, template = content.send, self.templates(content.send.email_id, content.send.revision)
        builder = MailBuilder(
            send=send,
            template=template,
            contact=content.contact,
            now=content.built_at,
            public_url=self.public_url,
            new_secret=lambda: unsubscribe_link.REDACTED,
            site=self.site,
            site_values=SiteValues(content.site, content.subscription_name),
            has_web_versions=bool(content.web_versions),
        )
        links = builder.links(message.key.recipient)
        if page:
            leave = links.unsubscribe and replace(links.unsubscribe, secret=page.unsubscribe_secret)
            links = MailLinks(leave, page)
        elif links.unsubscribe:
            links = replace(links, unsubscribe=replace(links.unsubscribe, secret=unsubscribe_link.REDACTED))
        rendered = builder.render(links)
        sender = send.sender or replace(template.revision.sender, name=rendered.from_name)
        replies = send.reply_to or ((template.revision.reply_to,) if template.revision.reply_to else ())
        return RebuiltMail(
            content=content,
            message=message,
            sender=_mailbox(sender),
            reply_to=tuple(map(_mailbox, replies)),
            rendered=rendered,
            raw=builder.to_bytes(rendered, links),
        )


def _mailbox(address: Address) -> str:
    return f"{address.name} <{address.email}>" if address.name else address.email
