"""The request for production access: its text, that it is sent once, and what the review's state is."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from functions.core.emails.email import TRANSACTIONAL
from functions.wiring import Container
from infra.cli.production_request import TEXT_MAX, ProductionFacts, use_case
from infra.local.ses.account import SimulatedAccount
from tests.support.aws.ses_account import ses_account
from tests.support.cli.staffetta_command import failing, invoke, staffetta
from tests.support.examples import an_email

REQUEST = ("production", "request", "--website", "https://acme.com", "--purpose", "Acme sells pens.", "--daily", "2000")
PENDING = {"ReviewDetails": {"Status": "PENDING", "CaseId": "case-7"}}


def facts(*emails: tuple[str, str], **changes: object) -> ProductionFacts:
    values = {
        "domain": "mail.acme.com",
        "domain_verified": True,
        "purpose": "",
        "emails": [
            an_email(name=name, subscription=subscription, published_revision=1) for name, subscription in emails
        ],
        "smtp_tokens": 0,
        "daily_mails": 500,
        "retention_days": 90,
        **changes,
    }
    return ProductionFacts(**values)  # type: ignore[arg-type]  # the test gives some


@pytest.fixture
def account(stage: Container) -> Iterator[SimulatedAccount]:
    with ses_account() as account:
        account.production_access = False
        yield account


def test_the_text_names_what_the_stage_sends() -> None:
    text = use_case(facts(("Receipt", TRANSACTIONAL), ("News", "news"), smtp_tokens=2, purpose="Acme sells pens."))
    for part in (
        "mail.acme.com",
        "500 mails a day",
        '"Receipt"',
        '"News"',
        "2 of our own applications",
        "Acme sells pens.",
    ):
        assert part in text


def test_the_text_explains_bounces_consent_and_unsubscribing() -> None:
    text = use_case(facts(("Receipt", TRANSACTIONAL)))
    for part in ("quarantine", "complaint", "10% bounces", "RFC 8058", "consent", "do not buy, rent or import"):
        assert part in text
    assert "Mail by subscription" not in text


def test_unpublished_emails_are_not_named() -> None:
    draft = an_email(name="Secret plan", published_revision=None)
    assert "Secret plan" not in use_case(facts(emails=[draft]))


def test_the_text_has_at_most_the_length_that_ses_takes() -> None:
    many = [
        (f"An email with a name of some length, number {number} " + "x" * 250, TRANSACTIONAL) for number in range(40)
    ]
    text = use_case(facts(*many, purpose="y" * 3000))
    assert len(text) <= TEXT_MAX


@pytest.mark.parametrize(
    ("subscriptions", "kind"),
    [((TRANSACTIONAL, "news"), "TRANSACTIONAL"), (("news", "news"), "MARKETING"), ((), "TRANSACTIONAL")],
)
def test_the_kind_is_that_of_most_mail(subscriptions: tuple[str, ...], kind: str) -> None:
    assert facts(*((f"E{number}", one) for number, one in enumerate(subscriptions))).mail_type == kind


def test_a_request_is_shown_and_sent_when_confirmed(account: SimulatedAccount) -> None:
    output = staffetta(*REQUEST, "--contact", "ops@acme.com", "--yes")
    details = account.settings["Details"]
    assert details["UseCaseDescription"] in output
    assert (details["MailType"], details["WebsiteURL"]) == ("TRANSACTIONAL", "https://acme.com")
    assert details["AdditionalContactEmailAddresses"] == ["ops@acme.com"]
    assert "PENDING" in staffetta("production", "status")


def test_without_a_confirmation_nothing_is_sent(account: SimulatedAccount) -> None:
    assert "--yes" in failing(*REQUEST)
    assert "Details" not in account.settings


def test_a_dry_run_sends_nothing(account: SimulatedAccount) -> None:
    details = json.loads(staffetta(*REQUEST, "--dry-run", "--json"))
    assert details["ProductionAccessEnabled"] is True
    assert "Details" not in account.settings


def test_a_second_request_is_refused_with_the_case(account: SimulatedAccount) -> None:
    account.settings["Details"] = PENDING
    assert "case-7" in failing(*REQUEST, "--yes")


def test_an_account_in_production_needs_no_request(account: SimulatedAccount) -> None:
    account.production_access = True
    assert "already" in failing(*REQUEST, "--yes")
    assert json.loads(staffetta("production", "status", "--json")) == {"production": True}


@pytest.mark.parametrize(
    ("review", "advice"), [("PENDING", "within a day"), ("DENIED", "support case"), ("FAILED", "repeat")]
)
def test_the_status_has_advice(account: SimulatedAccount, review: str, advice: str) -> None:
    account.settings["Details"] = {"ReviewDetails": {"Status": review, "CaseId": "case-7"}}
    result = invoke("production", "status")
    assert review in result.stdout
    assert "case-7" in result.stdout
    assert advice in result.stderr


@pytest.mark.parametrize(
    "words", [("--website", "acme.com"), ("--website", "https://a.example", *(["--contact", "a@b.example"] * 5))]
)
def test_what_ses_refuses_is_refused_first(account: SimulatedAccount, words: tuple[str, ...]) -> None:
    failing("production", "request", *words, "--yes", exit_code=2)
