"""A mail's page in the mailbox shows the history of its message, over the API and by SMTP."""

from __future__ import annotations

from tests.end_to_end.service import Service
from tests.end_to_end.support.sending.sends import mail_over_smtp, sdk_send


def test_a_mail_over_the_api_has_its_history(service: Service) -> None:
    sdk_send(service, "history@mailbox.example.net")
    assert_has_history(service, "history@mailbox.example.net")


def test_a_mail_by_smtp_has_its_history(service: Service) -> None:
    mail_over_smtp(service, "smtp-history@mailbox.example.net")
    assert_has_history(service, "smtp-history@mailbox.example.net")


def assert_has_history(service: Service, address: str) -> None:
    service.settle()
    (mail,) = service.mails(f"to:{address}")
    page = service.mailbox.get(f"/mail/{mail['ID']}", params={"tab": "history"}).text
    assert f"To {address}: DELIVERED" in page
