"""Sending as a whole in a browser: pauses, quota, addresses, dead letters."""

from __future__ import annotations

import pytest

from functions import wiring
from functions.core import addresses, timestamps
from functions.core.access.actor import unrestricted
from functions.core.access.roles import Role
from functions.core.account.dedicated_ips import WarmUp
from functions.core.account.prices import IpPoolType
from functions.core.domains.records import RecordPurpose
from functions.core.outcomes import SendResult
from functions.core.sending.send import MessageKey, RecipientRole, Send, SendRecipient, State
from functions.core.sending.throttle import SesQuota, with_quota
from functions.pages.account import ses_words
from functions.pages.domains import domains
from functions.wiring import Container
from tests.support.console import account_examples
from tests.support.console.account_examples import SENDING
from tests.support.console.people import signed_in
from tests.support.examples import NOON_TEXT, a_message

LETTERS = "/console/dead-letters"
TO = addresses.parse("dead@example.net")


@pytest.fixture
def stored(aws: Container) -> Container:
    account_examples.use_fakes()
    return aws


def test_all_marketing_mail_is_paused_and_resumed(stored: Container) -> None:
    browser = signed_in(Role.ADMINISTRATOR)
    paused = browser.submit(f"{SENDING}/pause", page=SENDING, email="all", reason="prices are <wrong>")
    assert "All marketing mail is paused: prices are <wrong>" in paused.text
    resumed = browser.submit(f"{SENDING}/resume", page=SENDING, email="all")
    assert "All marketing mail is paused" not in resumed.text
    actions = [str(entry.action) for entry in stored.get(wiring.adapters.access.audit_entries).latest(2)]
    assert actions == ["sending.resumed", "sending.paused"]


def test_an_unknown_email_cannot_be_paused(stored: Container) -> None:
    browser = signed_in(Role.ADMINISTRATOR)
    assert browser.submit(f"{SENDING}/pause", page=SENDING, email="x").status == 400
    assert browser.submit(f"{SENDING}/pause", page=SENDING, email="404").status == 404


def test_an_email_with_the_longest_id_is_paused(stored: Container) -> None:
    longest = 2**53 - 1
    wiring.get(wiring.emails.edit_emails).create({"name": "Token"}, unrestricted("ada@example.com"), longest)
    browser = signed_in(Role.ADMINISTRATOR)
    assert browser.submit(f"{SENDING}/pause", page=SENDING, email=str(longest)).status == 200
    email = stored.get(wiring.adapters.emails.emails).get(longest)
    assert email
    assert email.pause


def test_addresses_show_their_warm_up(stored: Container) -> None:
    page = signed_in(Role.ADMINISTRATOR).get("/console/ip-addresses").text
    for text in ("198.51.100.1", "40%", "a1.smtp.example.net", "does not lead back", "zen.example.org"):
        assert text in page


def test_states_of_ses_are_in_the_persons_language(stored: Container) -> None:
    healthy = with_quota(None, SesQuota(per_second=5, per_day=None, sent_last_day=0), timestamps.parse(NOON_TEXT))
    stored.get(wiring.adapters.account.quota_store).save(healthy)
    browser = signed_in(Role.ADMINISTRATOR)
    page = browser.get("/console/ip-addresses").text
    assert "standard: addresses of your own" in page
    assert "under way · 40%" in page
    browser.submit("/console/you", language="it", zone="")
    assert "standard: indirizzi tuoi" in browser.get("/console/ip-addresses").text
    assert "in regola" in browser.get(SENDING).text


def test_every_state_of_ses_has_words() -> None:
    assert ses_words.WARM_UP.keys() == set(WarmUp)
    assert ses_words.POOLS.keys() == set(IpPoolType)
    assert domains.PURPOSES.keys() == set(RecordPurpose)


def test_dead_letters_are_listed_and_stay(stored: Container) -> None:
    browser = signed_in(Role.ADMINISTRATOR)
    assert "No dead letters" in browser.get(LETTERS).text
    store_dead_letter(stored)
    for _ in range(2):
        page = browser.get(LETTERS).text
        assert TO.email in page
        assert "SES was <down>" in page


def test_dead_letters_are_put_back(stored: Container) -> None:
    store_dead_letter(stored)
    browser = signed_in(Role.ADMINISTRATOR)
    assert "stays here" in browser.get(f"{LETTERS}/redrive").text
    page = browser.submit(f"{LETTERS}/redrive")
    assert "1 back in the queue" in page.text
    assert "No dead letters" in page.text
    assert stored.get(wiring.adapters.access.audit_entries).latest(1)[0].action == "sends.redriven"
    assert "There are no dead letters." in browser.submit(f"{LETTERS}/redrive").text


def store_dead_letter(container: Container) -> None:
    """Stores a send as deliver leaves it after its last attempt."""
    send = Send(
        id="s-dead",
        email_id=1001,
        revision=1,
        accepted_at=NOON_TEXT,
        recipients=(SendRecipient(RecipientRole.TO, TO),),
        contact={},
        custom={},
        attempts=8,
    )
    failed = a_message(
        key=MessageKey("s-dead", 0), address=TO.email, state=State.FAILED, result=SendResult.UNDELIVERABLE
    )
    container.get(wiring.adapters.sending.sends).create([failed])
    container.get(wiring.adapters.sending.send_queue).dead_letter(send, "SES was <down>")
