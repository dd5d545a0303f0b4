"""What was sent is stored, rebuilds the same mail, and sends it again. If nothing is stored, the error has the reason."""

from __future__ import annotations

from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

import pytest
from msgspec.structs import replace

from functions.core.access.actor import Actor
from functions.core.access.scopes import REPORTS, TRANSACTIONAL_EMAIL
from functions.core.contacts.erasure import anonymous
from functions.core.contacts.subscriptions.unsubscribe_link import redacted
from functions.core.emails.email import EmailBody, Revision
from functions.core.errors import Conflict, Forbidden, NotFound, Throttled
from functions.core.sending import web_version
from functions.core.sending.send import MessageKey, Send, State
from functions.steps.sending.deliver import template_cache
from functions.steps.sending.rebuild_mail import RebuildMail
from functions.steps.sending.resend_mail import ResendMail
from tests.fakes.sending import never_paused
from tests.fakes.templates import a_site
from tests.support.delivering import NEWS, PUBLIC_URL, THREE, DeliverScenario, unsubscribe
from tests.support.examples import (
    A_PDF,
    NOON_TEXT,
    a_revision,
    a_send,
    a_subscription_type,
    an_email,
    messages_of,
    recipients,
)

DAY = 86400
CALLER = Actor("ada@example.com", (TRANSACTIONAL_EMAIL,), "key")


def decoded(raw: bytes) -> str:
    """The headers and the decoded parts of a mail."""
    mail = message_from_bytes(raw, policy=SMTP)
    assert isinstance(mail, EmailMessage)
    parts = [str(part.get_content()) for part in mail.walk() if not part.is_multipart()]
    return "\n".join([*(f"{name}: {' '.join(value.split())}" for name, value in mail.items()), *parts])


KEY = MessageKey("s-1", 0)
HTML = (
    "<p>{{ contact.firstname }}, {{ custom.order }} at {{ today()|format_datetime }}</p>"
    '<a href="{{ unsubscribe_link }}">Leave</a> <a href="{{ view_as_page_url }}">Browser</a>'
)
PLAIN = '<p>{{ contact.firstname }}</p><a href="{{ view_as_page_url }}">Browser</a>'


@dataclass
class SentScenario(DeliverScenario):
    """A send that was delivered, and the steps that read what is stored of it."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.emails.live[7] = an_email(subscription=self.revision.subscription)
        self.types.put(a_subscription_type())
        self.site_settings.change({"company_name": "Acme", "company_city": "Bern"})

    def delivered(self) -> SentScenario:
        worker = self.worker()
        batch = worker.begin([self.send])
        worker(self.send, 1, batch)
        worker.end(batch)
        return self

    def rebuild(self) -> RebuildMail:
        return RebuildMail(
            sends=self.sends,
            contents=self.contents,
            emails=self.emails,
            templates=template_cache(self.emails),
            site=a_site(self.site_settings, self.types),
            clock=self.clock,
            public_url=PUBLIC_URL,
            content_days=self.content_days,
        )

    def resend(self) -> ResendMail:
        return ResendMail(
            rebuild=self.rebuild(),
            sends=self.sends,
            emails=self.emails,
            contacts=self.contacts,
            subscription_types=self.types,
            pauses=never_paused(),
            queue=self.queue,
            clock=self.clock,
            new_id=lambda: "again",
        )

    def absence(self, key: MessageKey = KEY) -> str:
        with pytest.raises(NotFound) as error:
            self.rebuild()(key)
        return str(error.value)


def sent(send: Send | None = None, revision: Revision | None = None, **changed: Any) -> SentScenario:
    return SentScenario(send or a_send(), revision or a_revision(), **changed).delivered()


MARKETING = a_revision(html=HTML, text="{{ unsubscribe_link }} {{ view_as_page_url }}", subscription=NEWS)
GERMAN = EmailBody(
    "Bestellung {{ custom.order }}", "<p>Hallo {{ contact.firstname }} {{ contact.hs_language }}</p>", ""
)


SITE = a_revision(
    html="{{ company_name }} {{ site_settings.company_city }} {{ subscription_name }} {{ unsubscribe_section }}",
    subscription=NEWS,
)


@pytest.mark.parametrize(
    ("send", "revision"),
    [
        (a_send(), SITE),
        (a_send(), a_revision()),
        (a_send(recipients=THREE, headers=(("X-Shop", "1"),), tags={"shop": "a"}), a_revision(html=PLAIN)),
        (a_send(recipients=THREE), MARKETING),
        (
            a_send(contact={"firstname": "Zoë", "hs_language": "de-at"}),
            a_revision(variants={"de": GERMAN}, language="en"),
        ),
        (a_send(), a_revision(html="{% for name in contact %}{{ name }}={{ contact[name] }} {% endfor %}")),
        (a_send(), a_revision(html="{{ personalization_token('contact.firstname') }} {{ contact.createdate }}")),
    ],
)
def test_a_rebuilt_mail_has_the_octets_of_the_sent_one(send: Send, revision: Revision) -> None:
    scenario = sent(send, revision)
    scenario.clock.now += 3600
    scenario.contacts.upsert("ada@example.net", {"firstname": "Another", "hs_language": "it"}, NOON_TEXT)
    scenario.site_settings.change({"company_name": "Another"})
    scenario.types.put(a_subscription_type(name="Another"))
    assert scenario.mailer.taken
    for mail in scenario.mailer.taken:
        number = int(mail.tags["staffetta_recipient"])
        rebuilt = scenario.rebuild()(MessageKey("s-1", number)).raw
        assert decoded(rebuilt) == redacted(decoded(mail.raw))
        has_links = redacted(decoded(mail.raw)) != decoded(mail.raw)
        assert has_links or rebuilt == mail.raw


def test_only_properties_that_the_template_writes_are_stored() -> None:
    scenario = sent(a_send(contact={"firstname": "Ada", "salary": "90000"}))
    ((content, _),) = scenario.contents.stored.values()
    assert dict(content.contact) == {"firstname": "Ada"}


def test_a_late_copy_has_its_own_time() -> None:
    """The To is sent now, and the cc after a throttle."""
    scenario = SentScenario(a_send(recipients=recipients(cc=("bob@example.net",))), a_revision(html="{{ today() }}"))
    scenario.mailer.answers = [None, Throttled("slow down")]
    scenario.worker()(scenario.send, 1)
    scenario.clock.now += DAY
    scenario.worker()(scenario.queue.waiting[-1][0], 1)
    mails = {mail.recipient: mail.raw for mail in scenario.mailer.taken}
    assert len(set(mails.values())) == 2
    for number, address in enumerate(("ada@example.net", "bob@example.net")):
        assert scenario.rebuild()(MessageKey("s-1", number)).raw == mails[address]


def test_content_expires_with_the_setting_or_its_message() -> None:
    scenario = sent()
    ((_, expires),) = scenario.contents.stored.values()
    assert expires == scenario.clock.now + 7 * DAY
    scenario.clock.now += 7 * DAY
    assert "is stored for 7 days" in scenario.absence()
    longer = sent(content_days=365)
    ((_, expires),) = longer.contents.stored.values()
    assert expires == longer.clock.now + 90 * DAY


def test_a_message_finds_its_content_in_its_batch() -> None:
    """The To is sent in one batch, and the cc in the next one, after a throttle."""
    scenario = SentScenario(a_send(recipients=recipients(cc=("bob@example.net",))), a_revision(html="<p>Hello</p>"))
    scenario.mailer.answers = [None, Throttled("slow down")]
    worker = scenario.worker()
    for send in (scenario.send, lambda: scenario.queue.waiting[-1][0]):
        current = send() if callable(send) else send
        batch = worker.begin([current])
        worker(current, 1, batch)
        worker.end(batch)
    batches = [message.content_batch for message in scenario.sends.stored.values()]
    assert len(set(batches)) == 2
    assert {batch for *_, batch in scenario.contents.stored} == set(batches)
    for number, mail in enumerate(scenario.mailer.taken):
        assert scenario.rebuild()(MessageKey("s-1", number)).raw == mail.raw


@pytest.mark.parametrize(
    ("send", "days"), [(a_send(sensitive=True), 7), (a_send(test_revision=a_revision()), 7), (a_send(), 0)]
)
def test_a_message_without_content_names_no_batch(send: Send, days: int) -> None:
    scenario = SentScenario(send, content_days=days)
    worker = scenario.worker()
    worker(send, 1, worker.begin([send]))
    (message,) = scenario.sends.stored.values()
    assert (message.state, message.content_batch) == (State.SENT, "")


def test_nothing_is_stored_if_the_setting_is_zero() -> None:
    scenario = sent(revision=a_revision(html=PLAIN), content_days=0)
    assert scenario.contents.stored == {}
    assert "contentDays is 0" in scenario.absence()
    assert "web-version" not in decoded(scenario.mailer.taken[0].raw)
    assert "Browser" not in decoded(scenario.mailer.taken[0].raw)


def test_nothing_is_stored_of_a_sensitive_email() -> None:
    scenario = sent(a_send(sensitive=True), a_revision(sensitive=True))
    scenario.emails.live[7] = an_email(sensitive=True)
    assert scenario.contents.stored == {}
    assert "sensitive" in scenario.absence()


def test_an_email_that_became_sensitive_shows_no_earlier_mail() -> None:
    scenario = sent(revision=a_revision(html=PLAIN))
    scenario.emails.live[7] = an_email(sensitive=True)
    assert "sensitive" in scenario.absence()
    with pytest.raises(NotFound):
        scenario.rebuild().web_version(link_of(scenario))


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"state": State.REFUSED}, "was not sent: its state is REFUSED"),
        ({"state": State.QUEUED}, "was not sent: its state is QUEUED"),
        ({"state": State.SENT, "accepted_by": "staffetta-smtp-8"}, "over SMTP"),
        ({"state": State.SENT, "is_test": True}, "test send"),
        ({"state": State.SENT, "broadcast": "b/0"}, "part of a broadcast"),
        ({"state": State.SENT}, "is stored for 7 days"),
    ],
)
def test_the_reason_names_why_nothing_is_stored(changed: dict[str, Any], reason: str) -> None:
    scenario = SentScenario()
    (message,) = messages_of(scenario.send)
    scenario.sends.stored[KEY] = replace(message, **changed)
    assert reason in scenario.absence()


def test_an_erased_message_has_no_content() -> None:
    scenario = sent()
    scenario.sends.stored[KEY] = anonymous(scenario.sends.stored[KEY])
    assert "was erased" in scenario.absence()


def test_an_unknown_message_is_not_found() -> None:
    assert "there is no message 1 of a send 's-1'" in SentScenario().absence(MessageKey("s-1", 1))


# The web version


def link_of(scenario: SentScenario, number: int = 0) -> str:
    return decoded(scenario.mailer.taken[number].raw).partition("/web-version/")[2].split("\n")[0].partition('"')[0]


@pytest.mark.parametrize("revision", [MARKETING, a_revision(html=PLAIN)])
def test_a_web_version_is_the_mail_with_its_links(revision: Revision) -> None:
    scenario = sent(a_send(recipients=THREE), revision)
    for number, mail in enumerate(scenario.mailer.taken):
        assert scenario.rebuild().web_version(link_of(scenario, number)).raw == mail.raw


def test_only_the_hash_of_a_web_version_link_is_stored() -> None:
    scenario = sent(revision=a_revision(html=PLAIN))
    link = web_version.parse(link_of(scenario))
    assert link.secret not in str((scenario.contents, scenario.sends, scenario.contacts, scenario.queue))
    ((content, _),) = scenario.contents.stored.values()
    assert content.web_versions == (link.secret_id,)
    assert "<a ses:no-track" in decoded(scenario.mailer.taken[0].raw)


@pytest.mark.parametrize("change", [str.upper, lambda link: link[:-1] + "_", lambda _: "x"])
def test_another_link_shows_nothing(change: Any) -> None:
    scenario = sent(a_send(recipients=THREE), MARKETING)
    changed = change(link_of(scenario))
    if changed == link_of(scenario):
        pytest.skip("the secret ends so")
    with pytest.raises(NotFound):
        scenario.rebuild().web_version(changed)


# Resend


def test_a_resent_mail_is_the_first_one_to_its_recipient() -> None:
    scenario = sent(a_send(recipients=THREE, tags={"shop": "a"}))
    scenario.contacts.upsert("ada@example.net", {"firstname": "Another"}, NOON_TEXT)
    before = dict(scenario.contacts.stored["ada@example.net"].values)
    message = scenario.resend()(MessageKey("s-1", 1), CALLER)
    assert (message.address, message.resend_of, message.accepted_by) == ("bob@example.net", "s-1", "key")
    scenario.worker()(scenario.queue.waiting[-1][0], 1)
    mail = scenario.mailer.taken[-1]
    assert (mail.recipient, mail.tags["shop"]) == ("bob@example.net", "a")
    assert "Dear Ada" in decoded(mail.raw)
    assert scenario.contacts.stored["ada@example.net"].values == before
    assert "firstname" not in scenario.contacts.stored["bob@example.net"].values
    assert scenario.sends.stored[message.key].state is State.SENT


def test_a_resent_mail_can_be_resent() -> None:
    scenario = sent()
    message = scenario.resend()(KEY, CALLER)
    scenario.worker()(scenario.queue.waiting[-1][0], 1)
    assert scenario.rebuild()(message.key).rendered == scenario.rebuild()(KEY).rendered


def test_an_idempotency_key_sends_once() -> None:
    scenario = sent()
    first, second, other = (scenario.resend()(KEY, CALLER, idempotency) for idempotency in ("a", "a", "b"))
    assert first.key == second.key != other.key
    assert len(scenario.queue.waiting) == 2


def test_a_mail_with_attachments_is_not_resent() -> None:
    scenario = sent(a_send(attachments=(A_PDF,)))
    assert scenario.rebuild()(KEY).content.attachments[0].filename == "Invoice 42.pdf"
    with pytest.raises(Conflict, match=r"Invoice 42\.pdf"):
        scenario.resend()(KEY, CALLER)


def test_a_person_who_left_gets_no_mail_again() -> None:
    scenario = sent(revision=MARKETING)
    unsubscribe(scenario, "ada@example.net")
    with pytest.raises(Conflict, match="PREVIOUSLY_UNSUBSCRIBED_MESSAGE"):
        scenario.resend()(KEY, CALLER)
    assert scenario.queue.waiting == []


def test_an_unpublished_email_is_not_sent_again() -> None:
    scenario = sent()
    scenario.emails.live[7] = an_email(published_revision=None)
    with pytest.raises(Conflict, match="not published"):
        scenario.resend()(KEY, CALLER)


def test_a_person_who_may_only_read_sends_nothing_again() -> None:
    scenario = sent()
    with pytest.raises(Forbidden):
        scenario.resend()(KEY, Actor("viewer@example.com", (REPORTS,)))
    assert scenario.queue.waiting == []
