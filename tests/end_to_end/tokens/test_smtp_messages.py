"""Mails as programs really make them, through the SMTP endpoint: whole at every recipient, and each recipient accounted for."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from functions import wiring
from functions.core.access.actor import unrestricted
from functions.steps.tokens.create_smtp_token import TokenRequest
from tests.end_to_end import smtp
from tests.end_to_end.service import Service

OWNER = unrestricted("you@example.com")
PDF = bytes(range(256)) * 4096  # 1 MiB of every octet


def over_smtp(service: Service, raw: bytes, *recipients: str) -> str:
    """SES's message id."""
    with smtp.starttls(service.ready) as client:
        client.mail("printer@example.com")
        for recipient in recipients:
            assert client.rcpt(recipient)[0] == 250
        code, answer = client.data(raw)
    assert code == 250, answer
    service.settle()
    return answer.decode().split()[-1]


def arrived(service: Service, at: str) -> bytes:
    (mail,) = (mail for mail in service.stack.mailbox.all() if at in mail.recipients)
    return bytes(mail.raw)


def test_attachments_and_any_script_arrive_whole(service: Service) -> None:
    to = "attached@messages.example.net"
    mail = smtp.letter(to, subject="Größe 42 · 注文", sender='"Zoë" <printer@example.com>')
    mail.add_alternative("<p>Grüße <img src='cid:logo'></p>", subtype="html")
    mail.add_attachment(PDF, maintype="application", subtype="pdf", filename="Rechnung Nº 7.pdf")
    over_smtp(service, mail.as_bytes(policy=policy.SMTP), to)
    got: Any = message_from_bytes(arrived(service, to), policy=policy.default)
    assert (got["Subject"], got["From"].addresses[0].display_name) == ("Größe 42 · 注文", "Zoë")
    assert "Grüße" in got.get_body(("html",)).get_content()
    (attached,) = got.iter_attachments()
    assert (attached.get_filename(), attached.get_content()) == ("Rechnung Nº 7.pdf", PDF)


def test_eight_bits_arrive_as_they_were_sent(service: Service) -> None:
    to, body = "eight-bits@messages.example.net", "Überweisung: 12 €\r\n.ein Punkt\r\n".encode()
    header = b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    over_smtp(service, f"From: printer@example.com\r\nTo: {to}\r\nSubject: 8\r\n".encode() + header + body, to)
    assert arrived(service, to).endswith(b"\r\n\r\n" + body)


def test_a_line_longer_than_a_thousand_octets_is_handed_on(service: Service) -> None:
    """SES's documents allow 1,000. Its users report that it takes longer ones, and that recipients' servers then refuse the mail."""
    to = "long@messages.example.net"
    head = f"From: printer@example.com\r\nTo: {to}\r\nSubject: long\r\n\r\n".encode()
    over_smtp(service, head + b"x" * 1100 + b"\r\n", to)
    assert arrived(service, to).endswith(b"\r\n" + b"x" * 1100 + b"\r\n")


def test_a_mail_to_many_has_an_outcome_for_each_recipient(service: Service) -> None:
    """The recipients are To, Cc and Bcc. No recipient sees an address of Bcc."""
    to, cc = "to@many.example.net", "cc@many.example.net"
    blind = [f"blind{number}@many.example.net" for number in range(48)]
    mail = smtp.letter(to)
    mail["Cc"], mail["Bcc"] = cc, blind[0]
    ses_id = over_smtp(service, mail.as_bytes(policy=policy.SMTP), to, cc, *blind)
    reported = service.status(ses_id)["recipients"]
    assert [(one["role"], one["address"]) for one in reported] == [
        ("to", to),
        ("cc", cc),
        *(("bcc", address) for address in blind),
    ]
    assert {one["delivery"] for one in reported} == {"DELIVERED"}
    for address in (to, cc, *blind):
        raw = arrived(service, address)
        assert b"Cc: cc@many.example.net" in raw
        assert b"blind" not in raw


def test_a_token_can_create_contacts_of_its_recipients(service: Service) -> None:
    """Each recipient gets one contact. An existing contact keeps its properties."""
    existing = "known@contacts.example.net"
    contacts = service.stack.container.get(wiring.adapters.contacts.contacts)
    contacts.upsert(existing, {"firstname": "Ada"}, "2026-01-01T00:00:00.000Z")
    for makes in (True, False):
        people = [f"{name}@{makes}.contacts.example.net".lower() for name in ("to", "cc", "bcc")]
        by_token(service, makes, people[0], *people[1:], *([existing] if makes else []))
        by_token(service, makes, people[0])
        service.settle()
        assert [contacts.get(person) is not None for person in people] == [makes] * 3
    ada = contacts.get(existing)
    assert ada
    assert ada.values["firstname"] == "Ada"


def by_token(service: Service, makes_contacts: bool, to: str, *others: str) -> None:
    created = service.stack.container.get(wiring.tokens.create_smtp_token)(
        TokenRequest(name="contacts", create_contact=makes_contacts, created_by="you@example.com"), OWNER
    )
    mail: EmailMessage = smtp.letter(to)
    with smtp.signed_in(service.ready, created.token.key_id, created.password) as client:
        client.send_message(mail, to_addrs=[to, *others])
