"""What an administrator sets up: SMTP tokens, API keys, webhooks, subscription types, the company, domains, pauses, and dead letters; and what the audit log
has of it.
"""

from __future__ import annotations

import smtplib

from functions import wiring
from tests.end_to_end.console.window import Window, signed_in
from tests.end_to_end.service import Service
from tests.end_to_end.smtp import signed_in as smtp_signed_in
from tests.end_to_end.support.sending.dead_letters import abandoned_send
from tests.end_to_end.support.sending.pauses import SENDING, resumed_before_today


def test_a_token_is_generated_reset_and_deleted(service: Service, window: Window) -> None:
    signed_in(window, service, "tokens@example.com")
    window.follow("SMTP tokens")
    window.follow("Generate token")
    window.fill({"Name": "Browser shop"})
    window.press("Generate")
    user, password = window.text_of("#user"), window.text_of("#password")
    assert works(service, user, password)
    window.follow("I have stored them")
    assert window.title == "Browser shop"
    window.follow("Reset password")
    window.press("Reset")
    assert (window.text_of("#user"), window.text_of("#password")) != (user, password)
    user, password = window.text_of("#user"), window.text_of("#password")
    window.follow("I have stored them")
    window.follow("Delete")
    window.press("Delete the token")
    assert "is deleted" in window.notice
    assert not works(service, user, password)


def test_a_key_is_created_renamed_and_revoked(service: Service, window: Window) -> None:
    signed_in(window, service, "keys@example.com")
    window.follow("API keys")
    window.fill({"Name": "Browser till"})
    window.press("Create the key")
    secret = window.text_of("#key")
    assert answers(service, window.text_of("pre code"), secret)
    window.follow("Back to the keys")
    window.follow("Rename Browser till")
    window.fill({"Name": "Browser till 2"})
    window.press("Rename")
    window.follow("Revoke Browser till 2")
    window.press("Revoke the key")
    assert "revoked" in window.page.get_by_role("row").filter(has_text="Browser till 2").inner_text()


def test_a_webhook_gets_a_sample_event_and_a_new_secret(service: Service, window: Window) -> None:
    signed_in(window, service, "hooks@example.com")
    window.follow("Webhooks")
    window.follow("Add webhook")
    window.fill({"Address": "http://127.0.0.1:9/browser", "Description": "Browser"})
    window.press("Add webhook")
    assert window.text_of("#secret").startswith("whsec_")
    window.follow("I have stored it")
    window.press("Send a sample event")
    assert "on its way" in window.notice
    window.follow("New secret")
    window.press("Make a new secret")
    window.follow("I have stored it")
    window.follow("Delete")
    window.press("Delete the webhook")
    assert window.page.get_by_role("link", name="http://127.0.0.1:9/browser").count() == 0


def test_a_subscription_type_is_created_and_made_inactive(service: Service, window: Window) -> None:
    signed_in(window, service, "types@example.com")
    window.follow("Subscription types")
    window.fill({"Name": "Browser news"})
    window.press("Create the type")
    window.follow("Browser news")
    window.page.get_by_label("Active").uncheck()
    window.press("Save")
    row = window.page.get_by_role("row").filter(has_text="Browser news")
    assert "inactive" in row.inner_text()


def test_site_settings_are_saved_and_audited(service: Service, window: Window) -> None:
    signed_in(window, service, "site@example.com")
    window.follow("Site settings")
    window.fill({"Company name": "Browser Ltd"})
    window.press("Save")
    window.follow("Audit log")
    window.fill({"Person or key": "site@example.com"})
    window.choose("Action", "Site settings changed")
    window.press("Search")
    assert window.page.get_by_role("rowheader", name="Site settings changed").count() == 1
    window.follow("Site settings")
    window.fill({"Company name": ""})
    window.press("Save")


def test_a_domain_is_added_checked_and_removed(service: Service, window: Window) -> None:
    signed_in(window, service, "domains@example.com")
    window.follow("Domains")
    window.fill({"Domain": "browser.example.org"})
    window.press("Add the domain")
    assert window.title == "browser.example.org"
    assert "now its DNS records are needed" in window.notice
    assert "_dmarc.browser.example.org" in window.text
    window.follow("Check again")
    window.follow("Remove the domain")
    assert "is refused from now on" in window.text
    window.press("Remove the domain")
    assert window.notice == "The domain is removed."
    assert window.page.get_by_role("link", name="browser.example.org").count() == 0


def test_all_marketing_mail_is_paused_and_resumed(service: Service, window: Window) -> None:
    signed_in(window, service, "pauses@example.com")
    window.follow("Sending")
    window.choose("What", "All mail that is not transactional")
    window.fill({"Reason": "wrong prices"})
    window.press("Pause")
    try:
        assert "Sending is paused" in window.notice
        assert "wrong prices" in window.text
        paused = service.http.get(SENDING).json()["pause"]
        assert (paused["paused"], paused["by"]) == (True, "pauses@example.com")
    finally:
        window.press("Resume all marketing mail")
    assert window.notice == "Sending goes on."
    assert service.http.get(SENDING).json()["pause"]["paused"] is False
    resumed_before_today(service)


def test_a_dead_letter_is_read_and_put_back(service: Service, window: Window) -> None:
    to = "dead@browser.example.net"
    send = abandoned_send(service, to)
    service.stack.container.get(wiring.adapters.sending.send_queue).dead_letter(send, "SES was down")
    signed_in(window, service, "letters@example.com")
    window.follow("Dead letters")
    row = window.page.get_by_role("row").filter(has_text=to)
    assert "SES was down" in row.inner_text()
    window.follow("Put them back")
    assert "First remove the cause" in window.text
    window.press("Put them back")
    assert "back in the queue" in window.notice
    service.settle()
    assert len(service.mails(f"to:{to}")) == 1


def works(service: Service, user: str, password: str) -> bool:
    """Returns whether SMTP takes the token."""
    try:
        smtp_signed_in(service.ready, user, password).close()
    except smtplib.SMTPAuthenticationError:
        return False
    return True


def answers(service: Service, curl: str, secret: str) -> bool:
    """Returns whether the API takes the key, in the call that its page shows."""
    url = curl.split()[1]
    answer = service.http.get(url.removeprefix(service.ready.api_url), headers={"Authorization": f"Bearer {secret}"})
    return answer.ok
