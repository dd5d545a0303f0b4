"""What an email reads like, live or drafted; and tests of it, which are sent and count nowhere."""

from __future__ import annotations

import email
import itertools
import json
from dataclasses import dataclass, field
from email.policy import SMTP
from typing import Any

import pytest
from msgspec.structs import replace

from functions.core.addresses import Address
from functions.core.contacts.contact import EVERYTHING, Contact, Decision, SubscriptionStatus
from functions.core.emails.email import DRAFT, EmailDocument, EmailDraft, SampleData
from functions.core.emails.email_document import draft_of
from functions.core.errors import NotFound, Rejected
from functions.core.events.timeline import TimelineEvent, TimelineEventType
from functions.core.outcomes import SendResult
from functions.core.sending.send import Message, State
from functions.core.statistics import counters, links
from functions.steps.emails.preview import PreviewData, PreviewEmail, RenderedPreview
from functions.steps.emails.publish import PublishEmail
from functions.steps.emails.send_test import SendTest
from functions.steps.sending.attempts import SendAttempts
from functions.steps.sending.deliver import DeliverSend, template_cache
from functions.steps.sending.store_content import StoreContent
from tests.fakes import Clock
from tests.fakes.contacts import MemoryContacts, MemorySubscriptionTypes
from tests.fakes.domains import connected
from tests.fakes.emails import MemoryEmails
from tests.fakes.sending import MemoryMailer, MemoryQueue, MemorySends, MemorySentContents, MemoryUploads, never_paused
from tests.fakes.templates import MemorySiteSettings, a_site
from tests.support.examples import DOMAIN, NOON_TEXT, a_subscription_type, an_email

ADA = Contact(email="ada@example.net", created_at=NOON_TEXT).with_properties({"firstname": "Augusta"}, NOON_TEXT)
ADDRESS = Address("ada@example.net")
SAMPLE = {"contactProperties": {"firstname": "Sam"}, "customProperties": {"order": {"number": 7}}}
WHOLE: dict[str, Any] = {
    "name": "Receipt",
    "subject": "Order {{ custom.order.number }}",
    "from": {"replyTo": "shop@example.com"},
    "content": {"html": "<body><p>Hi {{ contact.firstname }}</p></body>", "sample": SAMPLE},
}


@dataclass
class PreviewScenario:
    document: dict[str, Any] = field(default_factory=lambda: WHOLE)
    subscription: str = "TRANSACTIONAL"
    emails: MemoryEmails = field(default_factory=MemoryEmails)
    contacts: MemoryContacts = field(default_factory=lambda: MemoryContacts({ADA.email: ADA}))
    sends: MemorySends = field(default_factory=MemorySends)
    queue: MemoryQueue = field(default_factory=MemoryQueue)
    mailer: MemoryMailer = field(default_factory=MemoryMailer)
    starter: EmailDraft | None = None

    def __post_init__(self) -> None:
        self.emails.live[7] = an_email(subscription=self.subscription, published_revision=None, revisions=0)
        self.draft(self.document)

    def draft(self, document: dict[str, Any]) -> None:
        self.emails.by_revision[7, DRAFT] = EmailDocument(json.dumps(document), NOON_TEXT, "")

    @property
    def publication(self) -> PublishEmail:
        return PublishEmail(
            domains=connected(DOMAIN),
            emails=self.emails,
            images=self.emails.images,
            subscription_types=MemorySubscriptionTypes({"news": a_subscription_type()}),
            partial=lambda _: None,
            site_settings=MemorySiteSettings(),
            clock=Clock(),
            sleep=Clock().sleep,
        )

    def publish(self) -> None:
        document = self.emails.by_revision[7, DRAFT]
        draft = draft_of(7, json.loads(document.text), lambda _: self.starter)
        self.publication(draft, email=self.emails.live[7], document=document)

    @property
    def previews(self) -> PreviewEmail:
        return PreviewEmail(
            emails=self.emails,
            contacts=self.contacts,
            compile=self.publication.compiled,
            starters=lambda _: self.starter,
            clock=Clock(),
            public_url="https://api.example.com",
            site=a_site(),
        )

    def preview(self, number: int = DRAFT, **data: Any) -> RenderedPreview:
        return self.previews(7, number, PreviewData(**data))

    def test(self, *to: str, number: int = DRAFT, **data: Any) -> list[Message]:
        ids = itertools.count()
        send_test = SendTest(
            preview=self.previews,
            sends=self.sends,
            queue=self.queue,
            clock=Clock(),
            new_id=lambda: f"t-{next(ids)}",
        )
        return send_test(7, number, PreviewData(**data), [Address(one) for one in to], "key")

    def deliver(self) -> None:
        delivery = DeliverSend(
            sends=self.sends,
            contacts=self.contacts,
            templates=template_cache(self.emails),
            pauses=never_paused(),
            attempts=SendAttempts(
                sends=self.sends,
                mailer=self.mailer,
                events_recorded=lambda: True,
                clock=Clock(),
                lease_seconds=60,
                grace_seconds=300,
            ),
            queue=self.queue,
            uploads=MemoryUploads(),
            store_content=StoreContent(contents=MemorySentContents(), content_days=7, retention_days=90),
            clock=Clock(),
            new_secret=lambda: "secret",
            public_url="https://api.example.com",
            site=a_site(),
            max_receives=5,
        )
        for send, _ in self.queue.waiting:
            delivery(send, 1)


def document(**content: Any) -> dict[str, Any]:
    return {**WHOLE, "content": {**WHOLE["content"], **content}}


def test_a_draft_is_rendered_with_its_sample() -> None:
    preview = PreviewScenario().preview()
    assert (preview.rendered.subject, preview.rendered.text.strip()) == ("Order 7", "Hi Sam")
    assert (preview.missing, preview.language, preview.preview_text) == ((), "en", "")


def test_an_emails_sample_overrides_the_starters() -> None:
    starter = draft_of(1, document(sample={"contactProperties": {"firstname": "Starter"}}), lambda _: None)
    plain = document(templatePath="templates/email/receipt", sample=None)
    assert PreviewScenario(plain, starter=starter).preview().rendered.text.strip() == "Hi Starter"
    own = document(templatePath="templates/email/receipt")
    assert PreviewScenario(own, starter=starter).preview().rendered.text.strip() == "Hi Sam"


def test_requested_properties_override_the_contacts_and_the_sample() -> None:
    scenario = PreviewScenario()
    assert scenario.preview(contact=ADDRESS).rendered.text.strip() == "Hi Augusta"
    over = scenario.preview(contact=ADDRESS, contact_properties={"firstname": "Ada"}, custom_properties={})
    assert (over.rendered.text.strip(), over.missing) == ("Hi Ada", ("custom.order",))
    without = scenario.preview(contact_properties={})
    assert (without.rendered.text.strip(), without.missing) == ("Hi", ())
    with pytest.raises(NotFound, match="no contact bob"):
        scenario.preview(contact=Address("bob@example.net"))


def test_missing_properties_are_named() -> None:
    preview = PreviewScenario(
        document(html="<p>{{ custom.sum + 1 }}</p>", plainTextVersion="{{ custom.a }} b")
    ).preview(custom_properties={})
    assert preview.missing == ("custom.a", "custom.order", "custom.sum")
    assert (preview.rendered.text, preview.rendered.html) == (" b", "<p>1</p>")


def test_the_preview_text_is_plain_text() -> None:
    preview = PreviewScenario(document(previewText="{{ contact.firstname }} & <co>")).preview()
    assert preview.preview_text == "Sam & <co>"


def test_a_language_is_picked_by_name() -> None:
    scenario = PreviewScenario(document(translations={"de": {"subject": "Bestellung", "html": "<p>Hallo</p>"}}))
    preview = scenario.preview(language="DE")
    assert (preview.language, preview.rendered.subject) == ("de", "Bestellung")
    with pytest.raises(Rejected, match="it has en, de"):
        scenario.preview(language="fr")


def test_a_published_revision_stays_as_it_was() -> None:
    scenario = PreviewScenario()
    scenario.publish()
    scenario.draft({**WHOLE, "subject": "New"})
    assert (scenario.preview(1).rendered.subject, scenario.preview().rendered.subject) == ("Order 7", "New")
    for number in (2, 9):
        with pytest.raises(NotFound, match=f"no published revision {number}"):
            scenario.preview(number)


def test_a_draft_without_a_valid_sender_cannot_be_sent() -> None:
    scenario = PreviewScenario({**WHOLE, "from": {}})
    assert scenario.preview().rendered.subject == "Order 7"
    with pytest.raises(Rejected, match=r"from\.replyTo"):
        scenario.test("ada@example.net")
    elsewhere = PreviewScenario({**WHOLE, "from": {"replyTo": "me@elsewhere.com"}})
    assert elsewhere.preview().raw
    with pytest.raises(Rejected, match="not on the connected domain"):
        elsewhere.test("ada@example.net")


@pytest.mark.parametrize("html", ["<p>{{ 1 | nothing }}</p>", "<p>{{ 1 // 0 }}</p>", "<p>{% if %}</p>"])
def test_a_rendering_error_is_refused(html: str) -> None:
    scenario = PreviewScenario(document(html=html, plainTextVersion="x"))
    with pytest.raises(Rejected):
        scenario.preview()
    with pytest.raises(Rejected):
        scenario.test("ada@example.net")
    assert scenario.sends.stored == {}


def test_the_raw_mail_is_what_would_be_sent() -> None:
    raw = PreviewScenario().preview(contact=ADDRESS).raw
    mail = email.message_from_bytes(raw, policy=SMTP)
    assert (mail["Subject"], mail["From"], mail["To"]) == ("Order 7", "shop@example.com", "ada@example.net")


def test_what_only_publishing_requires_prevents_no_preview() -> None:
    """An author sees the mail before its subject and its unsubscribe link are there."""
    news = {**document(html="<p>Soon</p>"), "subject": " ", "subscriptionDetails": {"subscriptionId": "news"}}
    scenario = PreviewScenario(news, subscription="news")
    assert "Soon" in scenario.preview().rendered.html
    with pytest.raises(Rejected, match=r"has no unsubscribe link.*needs a subject"):
        scenario.previews.revision(7, DRAFT, sendable=True)


def test_a_preview_of_marketing_mail_has_an_invalid_link() -> None:
    news = {
        **document(html="<p><a href='{{ unsubscribe_link }}'>x</a></p>"),
        "subscriptionDetails": {"subscriptionId": "news"},
    }
    preview = PreviewScenario(news, subscription="news").preview()
    assert "https://api.example.com/unsubscribe/preview.0.preview" in preview.rendered.html
    assert b"List-Unsubscribe" in preview.raw


def test_revisions_are_compared_with_the_same_data() -> None:
    scenario = PreviewScenario()
    scenario.publish()
    assert scenario.previews.differences(7, 1, DRAFT, PreviewData()).html == ""
    scenario.draft({**document(html="<body><p>Hello {{ contact.firstname }}</p></body>"), "subject": "Order"})
    preview = scenario.previews.differences(7, 1, DRAFT, PreviewData())
    assert preview.subject.splitlines()[2:] == ["@@ -1 +1 @@", "-Order 7", "+Order"]
    assert {"--- revision 1", "+++ draft", "-Hi Sam", "+Hello Sam"} <= set(preview.html.splitlines())
    assert {"-Hi Sam", "+Hello Sam"} <= set(preview.text.splitlines())


def test_a_test_is_marked_and_delivered_like_every_send() -> None:
    scenario = PreviewScenario()
    preview = scenario.test("ada@example.net", "bob@example.net", contact=ADDRESS)
    scenario.deliver()
    assert [scenario.sends.stored[message.key].state for message in preview] == [State.SENT, State.SENT]
    mails = [email.message_from_bytes(mail.raw, policy=SMTP) for mail in scenario.mailer.taken]
    assert [(mail["Subject"], mail["To"], mail["X-Staffetta-Test"]) for mail in mails] == [
        ("[Test] Order 7", "ada@example.net", "true"),
        ("[Test] Order 7", "bob@example.net", "true"),
    ]
    assert "Hi Augusta" in str(mails[1].get_body(("plain",)).get_content())  # type: ignore[union-attr]  # it has one


def test_a_test_counts_nowhere() -> None:
    scenario = PreviewScenario()
    (message,) = scenario.test("ada@example.net")
    assert counters.of(message) == {}
    scenario.deliver()
    for kind in (
        TimelineEventType.SENT,
        TimelineEventType.DELIVERED,
        TimelineEventType.OPENED,
        TimelineEventType.CLICKED,
        TimelineEventType.COMPLAINED,
    ):
        scenario.sends.record(message.key, TimelineEvent(type=kind, at=NOON_TEXT, details={"link": "https://x.test"}))
    stored = scenario.sends.stored[message.key]
    assert (stored.is_test, stored.state) == (True, State.SENT)
    assert counters.of(stored) == links.of(stored) == {}
    assert counters.of(replace(stored, is_test=False))


def test_a_test_needs_no_consent_and_creates_no_contact() -> None:
    news = {
        **document(html="<p><a href='{{ unsubscribe_link }}'>x</a></p>"),
        "subscriptionDetails": {"subscriptionId": "news"},
    }
    scenario = PreviewScenario(news, subscription="news")
    unsubscribed = ADA.with_decisions(
        {EVERYTHING: Decision(status=SubscriptionStatus.NOT_SUBSCRIBED, at=NOON_TEXT, source="x")}
    )
    scenario.contacts.stored = {unsubscribed.email: unsubscribed}
    scenario.test("ada@example.net", "new@example.net")
    scenario.deliver()
    assert [mail.recipient for mail in scenario.mailer.taken] == ["ada@example.net", "new@example.net"]
    assert scenario.contacts.stored == {unsubscribed.email: unsubscribed}


def test_a_test_that_lacks_a_property_is_refused() -> None:
    scenario = PreviewScenario()
    with pytest.raises(Rejected, match=r"custom\.order") as refused:
        scenario.test("ada@example.net", custom_properties={})
    assert refused.value.errors[0].code == SendResult.MISSING_TEMPLATE_PROPERTIES
    assert (scenario.sends.stored, scenario.queue.waiting) == ({}, [])


def test_a_test_that_cannot_be_queued_leaves_nothing() -> None:
    class Broken(MemoryQueue):
        def enqueue(self, send: object, *, delay_seconds: int = 0) -> None:
            raise OSError("no queue")

    scenario = PreviewScenario(queue=Broken())
    with pytest.raises(OSError, match="no queue"):
        scenario.test("ada@example.net")
    assert scenario.sends.stored == {}


def test_the_errors_of_a_sample_are_reported() -> None:
    assert draft_of(7, WHOLE, lambda _: None).sample == SampleData({"firstname": "Sam"}, {"order": {"number": 7}})
    for sample, where in (
        (1, "content.sample"),
        ({"contactProperties": {"a": 1}}, "content.sample.contactProperties.a"),
        ({"customProperties": []}, "content.sample.customProperties"),
    ):
        with pytest.raises(Rejected) as refused:
            draft_of(7, document(sample=sample), lambda _: None)
        assert [error.field for error in refused.value.errors] == [where]
