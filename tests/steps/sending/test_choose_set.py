"""A mail's configuration set is that of its sender's domain."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from msgspec.structs import replace

from functions.core.domains.domain import Domain
from functions.core.errors import Retry
from functions.ports.sending import OutgoingMail
from functions.steps.sending.choose_set import SetChoosingMailer
from tests.fakes.domains import read_only
from tests.steps.sending.test_throttle import MAIL

OWN = Domain(name="news.acme.com", transactional_set="own-t", marketing_set="own-m")


class Sent:
    def __init__(self) -> None:
        self.mails: list[OutgoingMail] = []

    def send(self, mail: OutgoingMail) -> str:
        self.mails.append(mail)
        return "0102"


@pytest.mark.parametrize(
    ("sender", "transactional", "own_set"),
    [
        ("a@news.acme.com", True, "own-t"),
        ("a@news.acme.com", False, "own-m"),
        ("a@shop.news.acme.com", True, "own-t"),
        ("a@acme.com", True, ""),
        ("a@other.example", True, ""),
    ],
)
def test_the_senders_domain_chooses_the_set(sender: str, transactional: bool, own_set: str) -> None:
    sent = Sent()
    mailer = SetChoosingMailer(mailer=sent, domains=read_only(Domain(name="acme.com"), OWN))
    assert mailer.send(replace(MAIL, sender=sender, transactional=transactional)) == "0102"
    assert [mail.own_set for mail in sent.mails] == [own_set]


def test_domains_that_cannot_be_read_are_a_retry() -> None:
    """The message would keep its lease otherwise."""

    def unread(max_age: float = 0) -> Sequence[Domain]:
        raise OSError("no connection")

    sent = Sent()
    with pytest.raises(Retry, match="no connection"):
        SetChoosingMailer(mailer=sent, domains=unread).send(MAIL)
    assert sent.mails == []
