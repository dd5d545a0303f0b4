"""Store what was sent: the sends of a batch together. A sensitive email has none, nor has a test send."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct, field

from functions.core import timestamps
from functions.core.sending import sent_content
from functions.core.sending.send import Send
from functions.core.sending.sent_content import SentContent
from functions.core.templates.checking import contact_use
from functions.core.templates.rendering import Compiled
from functions.ports.sending import OutgoingMail, SentContents
from functions.steps.sending.build_mail import MailBuilder

DAY_SECONDS = 86400
REVISIONS_CACHED = 1000

DatedContent = tuple[SentContent, float]  # with its expiry


class StoreContent(Struct, frozen=True, kw_only=True):
    """The step with its dependencies."""

    contents: SentContents
    content_days: int
    retention_days: int
    _names: dict[tuple[int, int, str], frozenset[str] | None] = field(default_factory=dict)  # by revision and language

    @property
    def is_on(self) -> bool:
        return self.content_days > 0

    def stores(self, send: Send) -> bool:
        return self.is_on and not send.sensitive and not send.test_revision

    def __call__(
        self, builder: MailBuilder, sent: Mapping[int, OutgoingMail], later: list[DatedContent] | None = None
    ) -> None:
        """`sent` has mails of the builder by their recipient's number. The content never outlives its message. With `later`, it is added
        there for `store_all`, unless the mail links to its page: a recipient may open it at once.
        """
        send = builder.send
        if not sent or not self.stores(send):
            return
        content = sent_content.of(
            send,
            numbers=tuple(sent),
            built_at=builder.now,
            language=builder.template.language(builder.contact),
            contact=contact_use.used(builder.contact, self._used_names(builder.template, builder.contact)),
            site=builder.site_values.settings if builder.site_values else {},
            subscription_name=builder.site_values.subscription_name if builder.site_values else "",
            web_versions=tuple(mail.web_version_id for mail in sent.values()),
        )
        expiries = builder.now + self.content_days * DAY_SECONDS, self._message_expires(send.accepted_at)
        if later is None or content.web_versions:
            self.store_all([(content, min(expiries))])
        else:
            later.append((content, min(expiries)))

    def store_all(self, contents: Sequence[DatedContent], batch: str = "") -> None:
        if contents:
            self.contents.put_all(contents, batch)

    def _message_expires(self, accepted_at: str) -> float:
        return timestamps.parse(accepted_at) + self.retention_days * DAY_SECONDS

    def _used_names(self, template: Compiled, contact: Mapping[str, str]) -> frozenset[str] | None:
        key = template.revision.email_id, template.revision.number, template.language(contact)
        if key not in self._names:
            if len(self._names) >= REVISIONS_CACHED:
                self._names.clear()
            self._names[key] = contact_use.used_names(template.content(contact), template.revision.sender.name)
        return self._names[key]
