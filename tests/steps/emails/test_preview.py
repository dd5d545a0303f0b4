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
from functions.steps.sending.deliver import DeliverSend, template_cache
from tests.fakes import Clock
from tests.fakes.contacts import MemoryContacts, MemorySubscriptionTypes
from tests.fakes.emails import MemoryEmails
from tests.fakes.sending import MemoryMailer, MemoryQueue, MemorySends, MemoryUploads, never_paused
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
class World:
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
            domain=DOMAIN,
            emails=self.emails,
            subscription_types=MemorySubscriptionTypes({"news": a_subscription_type()}),
            partial=lambda _: None,
            clock=Clock(),
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
        )

    def preview(self, number: int = DRAFT, **data: Any) -> RenderedPreview:
        return self.previews(7, number, PreviewData(**data))

    def test(self, *to: str, number: int = DRAFT, **data: Any) -> list[Message]:
        ids = itertools.count()
        trials = SendTest(
            preview=self.previews,
            sends=self.sends,
            queue=self.queue,
            clock=Clock(),
            new_id=lambda: f"t-{next(ids)}",
        )
        return trials(7, number, PreviewData(**data), [Address(one) for one in to], "key")

    def deliver(self) -> None:
        delivery = DeliverSend(
            sends=self.sends,
            contacts=self.contacts,
            templates=template_cache(self.emails),
            pauses=never_paused(),
            mailer=self.mailer,
            queue=self.queue,
            uploads=MemoryUploads(),
            clock=Clock(),
            new_secret=lambda: "secret",
            public_url="https://api.example.com",
            lease_seconds=60,
            grace_seconds=300,
            max_receives=5,
        )
        for send, _ in self.queue.waiting:
            delivery(send, 1)


def document(**content: Any) -> dict[str, Any]:
    return {**WHOLE, "content": {**WHOLE["content"], **content}}


def test_a_draft_is_shown_with_its_sample() -> None:
    told = World().preview()
    assert (told.rendered.subject, told.rendered.text.strip()) == ("Order 7", "Hi Sam")
    assert (told.missing, told.language, told.preview_text) == ((), "en", "")


def test_a_starters_sample_stands_in_and_ones_own_over_it() -> None:
    starter = draft_of(1, document(sample={"contactProperties": {"firstname": "Starter"}}), lambda _: None)
    plain = document(templatePath="templates/email/receipt", sample=None)
    assert World(plain, starter=starter).preview().rendered.text.strip() == "Hi Starter"
    own = document(templatePath="templates/email/receipt")
    assert World(own, starter=starter).preview().rendered.text.strip() == "Hi Sam"


def test_given_properties_stand_for_the_sample_and_over_the_contacts() -> None:
    world = World()
    assert world.preview(contact=ADDRESS).rendered.text.strip() == "Hi Augusta"
    over = world.preview(contact=ADDRESS, contact_properties={"firstname": "Ada"}, custom_properties={})
    assert (over.rendered.text.strip(), over.missing) == ("Hi Ada", ("custom.order",))
    assert world.preview(contact_properties={}).missing == ("contact.firstname",)
    with pytest.raises(NotFound, match="no contact bob"):
        world.preview(contact=Address("bob@example.net"))


def test_what_is_missing_is_named_and_the_rest_is_shown() -> None:
    told = World(document(html="<p>{{ custom.sum + 1 }}</p>", plainTextVersion="{{ custom.a }} b")).preview(
        custom_properties={}
    )
    assert told.missing == ("custom.a", "custom.order", "custom.sum")
    assert (told.rendered.text, told.rendered.html) == (" b", "")


def test_the_preview_text_is_as_an_inbox_shows_it() -> None:
    told = World(document(previewText="{{ contact.firstname }} & <co>")).preview()
    assert told.preview_text == "Sam & <co>"


def test_a_language_is_picked_by_name() -> None:
    world = World(document(translations={"de": {"subject": "Bestellung", "html": "<p>Hallo</p>"}}))
    told = world.preview(language="DE")
    assert (told.language, told.rendered.subject) == ("de", "Bestellung")
    with pytest.raises(Rejected, match="it has en, de"):
        world.preview(language="fr")


def test_a_published_revision_stays_as_it_was() -> None:
    world = World()
    world.publish()
    world.draft({**WHOLE, "subject": "New"})
    assert (world.preview(1).rendered.subject, world.preview().rendered.subject) == ("Order 7", "New")
    for number in (2, 9):
        with pytest.raises(NotFound, match=f"no published revision {number}"):
            world.preview(number)


def test_a_draft_without_a_sender_can_be_shown_but_not_sent() -> None:
    world = World({**WHOLE, "from": {}})
    assert world.preview().rendered.subject == "Order 7"
    with pytest.raises(Rejected, match=r"from\.replyTo"):
        world.test("ada@example.net")
    elsewhere = World({**WHOLE, "from": {"replyTo": "me@elsewhere.com"}})
    assert elsewhere.preview().raw
    with pytest.raises(Rejected, match="not on the connected domain"):
        elsewhere.test("ada@example.net")


@pytest.mark.parametrize("html", ["<p>{{ 1 | nothing }}</p>", "<p>{{ 1 // 0 }}</p>", "<p>{% if %}</p>"])
def test_what_cannot_be_rendered_is_told(html: str) -> None:
    world = World(document(html=html, plainTextVersion="x"))
    with pytest.raises(Rejected):
        world.preview()
    with pytest.raises(Rejected):
        world.test("ada@example.net")
    assert world.sends.stored == {}


def test_the_raw_mail_is_what_would_be_sent() -> None:
    raw = World().preview(contact=ADDRESS).raw
    mail = email.message_from_bytes(raw, policy=SMTP)
    assert (mail["Subject"], mail["From"], mail["To"]) == ("Order 7", "shop@example.com", "ada@example.net")


def test_a_preview_of_marketing_shows_a_link_that_opens_nothing() -> None:
    news = {
        **document(html="<p><a href='{{ unsubscribe_link }}'>x</a></p>"),
        "subscriptionDetails": {"subscriptionId": "news"},
    }
    told = World(news, subscription="news").preview()
    assert "https://api.example.com/unsubscribe/preview.0.preview" in told.rendered.html
    assert b"List-Unsubscribe" in told.raw


def test_revisions_differ_in_what_they_read_like_with_the_same_data() -> None:
    world = World()
    world.publish()
    assert world.previews.differences(7, 1, DRAFT, PreviewData()).html == ""
    world.draft({**document(html="<body><p>Hello {{ contact.firstname }}</p></body>"), "subject": "Order"})
    told = world.previews.differences(7, 1, DRAFT, PreviewData())
    assert told.subject.splitlines()[2:] == ["@@ -1 +1 @@", "-Order 7", "+Order"]
    assert {"--- revision 1", "+++ draft", "-Hi Sam", "+Hello Sam"} <= set(told.html.splitlines())
    assert {"-Hi Sam", "+Hello Sam"} <= set(told.text.splitlines())


def test_a_test_is_marked_and_goes_the_way_of_every_send() -> None:
    world = World()
    told = world.test("ada@example.net", "bob@example.net", contact=ADDRESS)
    world.deliver()
    assert [world.sends.stored[message.key].state for message in told] == [State.SENT, State.SENT]
    mails = [email.message_from_bytes(mail.raw, policy=SMTP) for mail in world.mailer.taken]
    assert [(mail["Subject"], mail["To"], mail["X-Staffetta-Test"]) for mail in mails] == [
        ("[Test] Order 7", "ada@example.net", "true"),
        ("[Test] Order 7", "bob@example.net", "true"),
    ]
    assert "Hi Augusta" in str(mails[1].get_body(("plain",)).get_content())  # type: ignore[union-attr]  # it has one


def test_a_test_counts_nowhere_whatever_comes_of_it() -> None:
    world = World()
    (message,) = world.test("ada@example.net")
    assert counters.of(message) == {}
    world.deliver()
    for kind in (
        TimelineEventType.SENT,
        TimelineEventType.DELIVERED,
        TimelineEventType.OPENED,
        TimelineEventType.CLICKED,
        TimelineEventType.COMPLAINED,
    ):
        world.sends.record(message.key, TimelineEvent(type=kind, at=NOON_TEXT, details={"link": "https://x.test"}))
    kept = world.sends.stored[message.key]
    assert (kept.is_test, kept.state) == (True, State.SENT)
    assert counters.of(kept) == links.of(kept) == {}
    assert counters.of(replace(kept, is_test=False))


def test_a_test_asks_for_no_consent_and_makes_no_contact() -> None:
    news = {
        **document(html="<p><a href='{{ unsubscribe_link }}'>x</a></p>"),
        "subscriptionDetails": {"subscriptionId": "news"},
    }
    world = World(news, subscription="news")
    gone = ADA.with_decision(EVERYTHING, Decision(status=SubscriptionStatus.NOT_SUBSCRIBED, at=NOON_TEXT, source="x"))
    world.contacts.stored = {gone.email: gone}
    world.test("ada@example.net", "new@example.net")
    world.deliver()
    assert [mail.recipient for mail in world.mailer.taken] == ["ada@example.net", "new@example.net"]
    assert world.contacts.stored == {gone.email: gone}


def test_a_test_that_lacks_a_property_is_refused_by_name_and_nothing_is_stored() -> None:
    world = World()
    with pytest.raises(Rejected, match=r"custom\.order") as refused:
        world.test("ada@example.net", custom_properties={})
    assert refused.value.errors[0].code == SendResult.MISSING_TEMPLATE_PROPERTIES
    assert (world.sends.stored, world.queue.waiting) == ({}, [])


def test_a_test_that_cannot_be_queued_leaves_nothing() -> None:
    class Broken(MemoryQueue):
        def enqueue(self, send: object, *, delay_seconds: int = 0) -> None:
            raise OSError("no queue")

    world = World(queue=Broken())
    with pytest.raises(OSError, match="no queue"):
        world.test("ada@example.net")
    assert world.sends.stored == {}


def test_a_sample_is_read_and_its_faults_are_told() -> None:
    assert draft_of(7, WHOLE, lambda _: None).sample == SampleData({"firstname": "Sam"}, {"order": {"number": 7}})
    for sample, where in (
        (1, "content.sample"),
        ({"contactProperties": {"a": 1}}, "content.sample.contactProperties.a"),
        ({"customProperties": []}, "content.sample.customProperties"),
    ):
        with pytest.raises(Rejected) as refused:
            draft_of(7, document(sample=sample), lambda _: None)
        assert [fault.field for fault in refused.value.errors] == [where]
