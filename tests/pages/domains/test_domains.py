"""Sending domains in a browser: add one, copy its records, adopt, remove."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from functions import wiring
from functions.core import addresses
from functions.core.access.roles import Role
from functions.wiring import Container
from tests.fakes.domains import MemoryDns, MemoryIdentities, identity
from tests.support.console import account_examples
from tests.support.console.account_examples import DOMAINS, NEWS, OLD
from tests.support.console.people import signed_in
from tests.support.examples import NOON_TEXT, a_document, a_revision, an_email


@pytest.fixture
def stored(aws: Container) -> Container:
    account_examples.use_fakes()
    return aws


def names(container: Container) -> list[str]:
    return [domain.name for domain in container.get(wiring.adapters.domains.domains).all()]


def test_an_added_domain_shows_its_records_to_copy(stored: Container) -> None:
    browser = signed_in(Role.ADMINISTRATOR)
    assert "of the deployment" in browser.get(DOMAINS).text
    page = browser.submit(DOMAINS, domain=NEWS.upper(), mailFrom="", reports="dmarc@example.org")
    assert page.path == f"{DOMAINS}/{NEWS}"
    assert "SES does not send as this domain yet" in page.text
    for text in (f"t1._domainkey.{NEWS}", f"bounce.{NEWS}", "v=DMARC1; p=none; rua=mailto:dmarc@example.org"):
        assert text in page.text
    assert 'data-copy="value-1"' in page.html
    assert stored.get(wiring.adapters.access.audit_entries).latest(1)[0].action == "domain.added"


def test_wrong_names_are_refused(stored: Container) -> None:
    browser = signed_in(Role.ADMINISTRATOR)
    assert "Domain must be a domain name" in browser.submit(DOMAINS, domain="not a domain").text
    assert "must be a subdomain" in browser.submit(DOMAINS, domain=NEWS, mailFrom="bounce.other.example").text
    assert browser.submit(DOMAINS, domain="example.com").status == 400
    assert "add it instead" in browser.submit(f"{DOMAINS}/adopt", page=DOMAINS, existing=NEWS).text
    assert NEWS not in names(stored)


def test_a_domain_is_adopted_and_removed(stored: Container) -> None:
    browser = signed_in(Role.ADMINISTRATOR)
    adopted = browser.submit(f"{DOMAINS}/adopt", page=DOMAINS, existing=OLD, defaultSet="on")
    assert "sends as the domain from now on" in adopted.text
    assert OLD in names(stored)
    assert "unless the domain was adopted" in browser.get(f"{DOMAINS}/{OLD}/remove").text
    assert "The domain is removed" in browser.submit(f"{DOMAINS}/{OLD}/remove").text
    assert OLD not in names(stored)
    actions = [str(entry.action) for entry in stored.get(wiring.adapters.access.audit_entries).latest(2)]
    assert actions == ["domain.removed", "domain.adopted"]


def test_the_uses_of_a_domain_are_shown_before_its_removal(stored: Container) -> None:
    browser = signed_in(Role.ADMINISTRATOR)
    browser.submit(DOMAINS, domain=NEWS, mailFrom="", reports="")
    emails = stored.get(wiring.adapters.emails.emails)
    assert emails.save(an_email(id=1001, published_revision=None, revisions=0, created_at=NOON_TEXT))
    draft = emails.get(1001)
    assert draft
    revision = a_revision(email_id=1001, sender=addresses.parse(f"shop@{NEWS}"))
    emails.publish(replace(draft, published_revision=1, revisions=1), revision, a_document())

    page = browser.get(f"{DOMAINS}/{NEWS}/remove")
    assert "In use: email 1001." in page.text
    assert "Remove the domain all the same" in page.text
    refused = browser.submit(f"{DOMAINS}/{NEWS}/remove")
    assert "their mail would be refused" in refused.text
    assert "The domain is removed" in browser.submit(f"{DOMAINS}/{NEWS}/remove", force="on").text
    assert NEWS not in names(stored)


def test_the_domain_of_the_deployment_stays(stored: Container) -> None:
    browser = signed_in(Role.ADMINISTRATOR)
    assert "Remove the domain" not in browser.get(f"{DOMAINS}/example.com").text
    assert browser.submit(f"{DOMAINS}/example.com/remove").status == 400


def test_only_an_administrator_opens_them(stored: Container) -> None:
    assert signed_in(Role.EDITOR).get(DOMAINS).status == 403


def test_a_record_without_an_answer_is_not_called_right(stored: Container) -> None:
    verified = MemoryIdentities({"example.com": identity("example.com")}, verified={"example.com"})
    wiring.container().override(wiring.adapters.domains.ses_identities, verified)  # type: ignore[arg-type]  # a fake
    wiring.container().override(wiring.adapters.domains.dns, MemoryDns(silent=True))  # type: ignore[arg-type]  # a fake
    page = signed_in(Role.ADMINISTRATOR).get(f"{DOMAINS}/example.com")
    assert "DNS did not answer for some of its records" in page.text
    assert "Everything is right" not in page.text


def test_what_a_check_found_is_in_the_persons_language(stored: Container) -> None:
    browser = signed_in(Role.ADMINISTRATOR)
    browser.submit(DOMAINS, domain=NEWS, mailFrom="", reports="")
    browser.language = "it"
    page = browser.get(f"{DOMAINS}/{NEWS}")
    assert "il record non è nel DNS: aggiungilo" in page.text
    assert 'lang="en"' not in page.html
