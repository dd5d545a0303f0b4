from __future__ import annotations

import pytest
from msgspec.structs import replace

from functions.core import ids
from functions.core.addresses import Address
from functions.core.contacts.subscriptions import unsubscribe_link
from functions.core.errors import Throttled
from functions.core.outcomes import SendResult
from functions.core.sending.send import MessageKey, State
from functions.core.sending.tags import RECIPIENT_TAG, SEND_TAG
from tests.fakes.sending import MemoryUploads
from tests.support.delivering import (
    NEWS,
    PUBLIC_URL,
    THREE,
    DeliverScenario,
    marketing_scenario,
    read,
)
from tests.support.examples import (
    A_LOGO,
    A_PDF,
    AN_UPLOAD,
    UPLOADED,
    a_revision,
    a_send,
)


def test_a_mail_carries_its_attachments_headers_and_tags() -> None:
    scenario = DeliverScenario(
        a_send(attachments=(A_PDF, A_LOGO), headers=(("X-Order", "42"),), tags={"campaign": "spring"}, recipients=THREE)
    )
    scenario.worker()(scenario.send, 1)
    assert [mail.tags["campaign"] for mail in scenario.mailer.taken] == ["spring"] * 3
    message = read(scenario.mailer.taken[2])
    assert message["x-order"] == "42"
    assert [part.get_filename() for part in message.walk()] == [None] * 5 + ["logo.png", "Invoice 42.pdf"]


def test_a_mail_carries_its_uploads() -> None:
    uploads = MemoryUploads()
    upload = uploads.put(UPLOADED, b"%PDF-1.7")
    scenario = DeliverScenario(a_send(attachments=(replace(AN_UPLOAD, upload=upload),)), uploads=uploads)
    scenario.mailer.answers = [Throttled("slow down")]
    scenario.worker()(scenario.send, 1)
    waiting, _ = scenario.queue.waiting.pop()
    assert waiting.attachments == scenario.send.attachments, "the file itself never is in the queue"
    scenario.worker()(waiting, 1)
    (catalogue,) = read(scenario.mailer.taken[0]).iter_attachments()
    assert (catalogue.get_filename(), catalogue.get_content()) == ("Catalogue.pdf", b"%PDF-1.7")


def test_a_send_whose_upload_is_gone_is_refused() -> None:
    upload = MemoryUploads().put(UPLOADED, b"%PDF-1.7")
    gone = DeliverScenario(a_send(attachments=(replace(AN_UPLOAD, upload=upload),)))
    gone.worker()(gone.send, 1)
    assert gone.outcomes() == [(State.REFUSED, SendResult.CORRUPT_INPUT, gone.outcomes()[0][2])]
    assert "the upload of Catalogue.pdf is gone" in gone.queue.dead_letters[0][1]


@pytest.mark.parametrize(
    ("subscription", "headers", "expected"),
    [
        ("TRANSACTIONAL", (), ("s-1", "auto-generated")),
        ("newsletter", (), ("s-1", None)),
        ("TRANSACTIONAL", (("auto-submitted", "no"), ("X-Entity-Ref-Id", "order-42")), ("order-42", "no")),
    ],
)
def test_our_headers_are_added_unless_the_caller_set_them(
    subscription: str, headers: tuple[tuple[str, str], ...], expected: tuple[str, str | None]
) -> None:
    scenario = DeliverScenario(a_send(headers=headers), revision=a_revision(subscription=subscription))
    scenario.worker()(scenario.send, 1)
    message = read(scenario.mailer.taken[0])
    assert (message["x-entity-ref-id"], message["auto-submitted"]) == expected
    assert all(len(message.get_all(name) or [""]) == 1 for name in ("x-entity-ref-id", "auto-submitted"))


def test_a_callers_tag_never_replaces_ours() -> None:
    """The edge refuses this tag, but settling a send does not rely on that."""
    scenario = DeliverScenario(a_send(tags={SEND_TAG: "s-2", RECIPIENT_TAG: "7"}))
    scenario.worker()(scenario.send, 1)
    assert (scenario.mailer.taken[0].tags[SEND_TAG], scenario.mailer.taken[0].tags[RECIPIENT_TAG]) == ("s-1", "0")


@pytest.mark.parametrize(
    ("name", "shop", "expected"),
    [
        ("{{ custom.shop }} team", "Acme", "Acme team <shop@example.com>"),
        ("{% if custom.shop %}{{ custom.shop }} team{% endif %}", "", "shop@example.com"),
        ("{{ custom.shop }}", "Grüße, Acme", '"Grüße, Acme" <shop@example.com>'),
        ("Acme", "", "Acme <shop@example.com>"),
    ],
)
def test_the_from_name_is_rendered(name: str, shop: str, expected: str) -> None:
    revision = a_revision(sender=Address("shop@example.com", name))
    scenario = DeliverScenario(a_send(custom={"order": 1, "shop": shop}), revision)
    scenario.worker()(scenario.send, 1)
    assert read(scenario.mailer.taken[0])["from"] == expected


def test_the_callers_from_replaces_the_rendered_name() -> None:
    revision = a_revision(sender=Address("shop@example.com", "{{ custom.order }}"))
    scenario = DeliverScenario(a_send(sender=Address("ada@example.com", "{{ Ada }}")), revision)
    scenario.worker()(scenario.send, 1)
    assert read(scenario.mailer.taken[0])["from"] == "{{ Ada }} <ada@example.com>"


def test_a_control_character_in_a_from_name_is_refused() -> None:
    revision = a_revision(sender=Address("shop@example.com", "{{ custom.shop }}"))
    scenario = DeliverScenario(a_send(custom={"order": 1, "shop": "A\x00B"}), revision)
    scenario.worker()(scenario.send, 1)
    assert scenario.outcomes()[0][:2] == (State.REFUSED, SendResult.CORRUPT_INPUT)


def test_each_recipient_of_marketing_mail_has_an_unsubscribe_link() -> None:
    scenario = marketing_scenario()
    scenario.worker()(scenario.send, 1)
    for number, mail in enumerate(scenario.mailer.taken):
        url = f"{PUBLIC_URL}/unsubscribe/s-1.{number}.secret-{number}"
        message = read(mail)
        assert message["list-unsubscribe"] == f"<{url}>"
        assert message["list-unsubscribe-post"] == "List-Unsubscribe=One-Click"
        text = message.get_body(("plain",)).get_content().strip()  # type: ignore[union-attr]  # the mail has it
        assert text == f"Dear Ada: {url} or {url}?all=true"
        link = unsubscribe_link.parse(url.rpartition("/")[2])
        assert link.matches(scenario.sends.stored[MessageKey("s-1", number)])
        assert "secret" not in str(scenario.sends.stored)


def test_the_unsubscribe_link_is_not_tracked() -> None:
    """SES would report its secret back with each click, and an unsubscription shows no interest."""
    html = '{% set leave = unsubscribe_link %}<a href="{{ leave }}">leave</a> <a href="https://shop.example">shop</a>'
    scenario = DeliverScenario(a_send(recipients=THREE), a_revision(subscription=NEWS, html=html))
    scenario.worker()(scenario.send, 1)
    sent = read(scenario.mailer.taken[1]).get_body(("html",)).get_content()  # type: ignore[union-attr]  # the mail has it
    url = f"{PUBLIC_URL}/unsubscribe/s-1.1.secret-1"
    assert sent.strip() == f'<a ses:no-track href="{url}">leave</a> <a href="https://shop.example">shop</a>'


@pytest.mark.parametrize(
    "text", ["{{ unsubscribe_link[-30:]|format_date }}", "{{ 0|format_date('short', unsubscribe_link[-30:]) }}"]
)
def test_a_failure_that_quotes_the_link_has_no_secret(text: str) -> None:
    scenario = DeliverScenario(a_send(recipients=THREE), a_revision(subscription=NEWS, text=text))
    scenario.worker()(scenario.send, 1)
    message = scenario.sends.stored[MessageKey("s-1", 0)]
    assert "/unsubscribe/s-1.0.redacted" in message.reason
    assert "secret" not in f"{scenario.sends.stored}{scenario.queue}"


@pytest.mark.parametrize(
    ("html", "sent"),
    [
        ("{% set leave = unsubscribe_link %}<p>Hi<a class='x' href=\"{{ leave }}\"><b>Leave</b></a>!</p>", "<p>Hi!</p>"),
        ("{% macro button(url) %}<A HREF='{{ url }}'>Leave</A>{% endmacro %}<p>{{ button(unsubscribe_link_all) }}</p>", "<p></p>"),
        ("{% if unsubscribe_link %}Leave{% else %}Hi{% endif %}{{ unsubscribe_link }}", "Hi"),
        ("<a href='https://x.test'>a</a><a href='{{ unsubscribe_link }}'>Leave", "<a href='https://x.test'>a</a><a href=''>Leave"),
        ("<a href=\"{{ 'https://x.test' if custom.order else unsubscribe_link }}\">a</a>", '<a href="https://x.test">a</a>'),
        ("{{ unsubscribe_link or 'none' }}", "none"),
    ],
)  # fmt: skip
def test_a_rendered_unsubscribe_link_of_transactional_mail_is_removed(html: str, sent: str) -> None:
    revision = a_revision(subject="Hi {{ unsubscribe_link }}", html=html, text="Leave ({{ unsubscribe_link }}).")
    scenario = DeliverScenario(a_send(), revision)
    scenario.worker()(scenario.send, 1)
    message = read(scenario.mailer.taken[0])
    html_part, text_part = (message.get_body((kind,)).get_content().strip() for kind in ("html", "plain"))  # type: ignore[union-attr]  # the mail has it
    assert (html_part, text_part, message["subject"]) == (sent, "Leave.", "Hi")
    assert message["list-unsubscribe"] is None


def test_transactional_mail_has_no_unsubscribe_link() -> None:
    scenario = DeliverScenario()
    scenario.worker()(scenario.send, 1)
    assert read(scenario.mailer.taken[0])["list-unsubscribe"] is None
    assert scenario.sends.stored[MessageKey("s-1", 0)].unsubscribe_id == ""


def test_a_callers_unsubscribe_header_replaces_ours() -> None:
    scenario = marketing_scenario(headers=(("List-Unsubscribe", "<mailto:leave@example.com>"),))
    scenario.worker()(scenario.send, 1)
    message = read(scenario.mailer.taken[0])
    assert message.get_all("list-unsubscribe") == ["<mailto:leave@example.com>"]
    assert message["list-unsubscribe-post"] is None


STANDARD = "{{ contact.email }} {{ contact.createdate }} {{ contact.lastmodifieddate }} {{ contact.hs_object_id }}"


def test_a_contact_has_hubspots_standard_properties() -> None:
    """`email` is the To, and `hs_object_id` the id by which the API finds the contact. One that was never stored was created when its
    send was accepted.
    """
    send = a_send(accepted_at="2026-11-23T12:00:00.000Z", contact={"email": "other@example.net"})
    scenario = DeliverScenario(send, a_revision(text=STANDARD))
    scenario.worker()(scenario.send, 1)
    text = read(scenario.mailer.taken[0]).get_body(("plain",)).get_content().strip()  # type: ignore[union-attr]  # the mail has it
    assert text == f"ada@example.net 1795435200000 1795435200000 {ids.contact_number('ada@example.net')}"


def test_a_contact_without_a_property_gets_the_mail() -> None:
    text = "Hi {{ contact.firstname }}! {{ personalization_token('contact.firstname', 'you') }}"
    scenario = DeliverScenario(a_send(contact={}), a_revision(subject="Hi {{ contact.firstname }}!", text=text))
    scenario.worker()(scenario.send, 1)
    mail = read(scenario.mailer.taken[0])
    assert mail["subject"] == "Hi !"
    assert mail.get_body(("plain",)).get_content().strip() == "Hi ! you"  # type: ignore[union-attr]  # the mail has it
