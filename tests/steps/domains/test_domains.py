"""A domain from its addition to its removal, and what a check changes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from functions.core import addresses
from functions.core.access.actor import Actor, unrestricted
from functions.core.access.scopes import CONTENT
from functions.core.domains.domain import DOMAINS_MAX, Domain, own_sets
from functions.core.domains.record_checks import RecordState
from functions.core.domains.records import tracking_record
from functions.core.errors import Conflict, Forbidden, NotFound
from functions.core.outcomes import SendResult
from functions.core.sending.max_delivery_time import SET_LIMITS, set_name
from functions.core.tokens.smtp_token import SmtpToken, TokenState
from functions.steps.domains.check_domain import CheckDomain, DomainReport, WatchDomains
from functions.steps.domains.domain_uses import DomainUse, UseKind
from functions.steps.domains.manage_domains import DomainManager
from functions.steps.domains.sender_domains import CACHE_SECONDS, cached_domains, sender_refusal
from tests.fakes.domains import (
    MemoryDns,
    MemoryDomains,
    MemoryIdentities,
    MemorySets,
    MemoryTrackingHosts,
    connected,
    identity,
    read_only,
)
from tests.fakes.tokens import MemorySmtpTokens

SERVER = "feedback-smtp.eu-west-1.amazonses.com"
PRIMARY, NEWS = "mail.acme.com", "news.acme.com"
ADA = unrestricted("ada@example.com")


class DomainScenario:
    def __init__(self) -> None:
        self.now = 1_800_000_000.0
        self.domains, self.identities, self.dns = MemoryDomains(), MemoryIdentities(), MemoryDns()
        self.hosts = MemoryTrackingHosts()
        self.sets, self.tokens = MemorySets(), MemorySmtpTokens()
        self.senders: list[tuple[str, DomainUse]] = []
        self.identities.stored[PRIMARY] = identity(PRIMARY, mail_from=f"bounce.{PRIMARY}")
        self.check = CheckDomain(
            domains=self.domains,
            identities=self.identities,
            dns=self.dns,
            tracking_hosts=self.hosts,
            clock=self.clock,
            feedback_server=SERVER,
        )
        self.manager = DomainManager(
            domains=self.domains,
            identities=self.identities,
            sets=self.sets,
            tokens=self.tokens,
            check_domain=self.check,
            find_uses=lambda is_lost: [use for sender, use in self.senders if is_lost(addresses.parse(sender))],
            clock=self.clock,
            primary=PRIMARY,
            transactional_set="s-transactional",
            marketing_set="s-marketing",
            own_sets_prefix="s-domain-",
        )
        self.watch = WatchDomains(domains=self.domains, check=self.check, primary=PRIMARY)

    def clock(self) -> float:
        return self.now

    def publish(self, report: DomainReport) -> None:
        """Enters the records of a report."""
        for check in report.checks:
            self.dns.records[check.record.name, check.record.type] = (check.record.value,)
        self.identities.verified.add(report.domain.name)


@pytest.fixture
def scenario() -> DomainScenario:
    return DomainScenario()


def add(scenario: DomainScenario) -> DomainReport:
    return scenario.manager.add(NEWS, f"bounce.{NEWS}", "", ADA)


def test_an_added_domain_has_its_records(scenario: DomainScenario) -> None:
    report = add(scenario)
    assert [check.record.type for check in report.checks] == ["CNAME", "CNAME", "CNAME", "MX", "TXT", "TXT"]
    assert {check.state for check in report.checks} == {RecordState.MISSING}
    assert not report.complete
    assert report.domain.sendable is False


def test_a_tracking_hosts_record_is_one_of_the_domains(scenario: DomainScenario) -> None:
    scenario.hosts.records[NEWS] = tracking_record(f"click.{NEWS}", "d1.cloudfront.net")
    scenario.publish(add(scenario))
    assert add(scenario).complete
    scenario.dns.records[f"click.{NEWS}", "CNAME"] = ("elsewhere.example",)
    report = add(scenario)
    assert not report.complete
    assert f"CNAME click.{NEWS}" in report.domain.drifted
    assert [check.meaning for check in report.checks if check.state is RecordState.WRONG] == [
        "it points to elsewhere.example: change its value"
    ]


def test_a_record_keeps_since_when_it_is_right(scenario: DomainScenario) -> None:
    scenario.publish(add(scenario))
    first = scenario.manager.check(NEWS)
    scenario.now += 3600
    second = scenario.manager.check(NEWS)
    assert first.complete
    assert second.domain.since == first.domain.since
    assert len(first.domain.since) == len(first.checks) + 1


def test_a_record_that_was_right_drifts(scenario: DomainScenario) -> None:
    scenario.publish(add(scenario))
    scenario.manager.check(NEWS)
    del scenario.dns.records[f"bounce.{NEWS}", "MX"]
    (drift,) = [line for line in scenario.watch() if line.startswith(NEWS)]
    assert drift.startswith(f"{NEWS}: MX bounce.{NEWS} since 20")
    scenario.now += 3600
    assert drift in scenario.watch(), "it lasts until the record is right again"
    scenario.dns.records[f"bounce.{NEWS}", "MX"] = ("10 feedback-smtp.eu-west-1.amazonses.com",)
    assert scenario.watch() == []


def test_a_silent_dns_is_no_drift(scenario: DomainScenario) -> None:
    scenario.publish(add(scenario))
    scenario.manager.check(NEWS)
    scenario.dns.silent = True
    assert scenario.watch() == []
    assert set(scenario.manager.check(NEWS).domain.since) > {f"MX bounce.{NEWS}"}


def test_a_lost_verification_is_drift(scenario: DomainScenario) -> None:
    scenario.publish(add(scenario))
    scenario.manager.check(NEWS)
    scenario.identities.verified.clear()
    assert [line.partition(" since")[0] for line in scenario.watch()] == [f"{NEWS}: SES"]


def test_a_record_that_never_was_right_is_no_drift(scenario: DomainScenario) -> None:
    add(scenario)
    assert scenario.watch() == []


def test_an_interrupted_addition_continues(scenario: DomainScenario) -> None:
    created = add(scenario).domain.created_at
    scenario.now += 60
    assert add(scenario).domain.created_at == created


def test_an_identity_of_others_is_refused(scenario: DomainScenario) -> None:
    scenario.identities.stored[NEWS] = identity(NEWS, ours=False)
    with pytest.raises(Conflict):
        add(scenario)
    assert scenario.domains.stored == {}


def test_an_adopted_identity_keeps_its_default_set(scenario: DomainScenario) -> None:
    scenario.identities.stored[NEWS] = identity(NEWS, ours=False)
    scenario.manager.adopt(NEWS, "", ADA, default_set=False)
    assert scenario.identities.default_sets == {}
    scenario.manager.adopt(NEWS, "", ADA, default_set=True)
    assert scenario.identities.default_sets == {NEWS: "transactional"}


def test_removal_leaves_an_adopted_identity(scenario: DomainScenario) -> None:
    scenario.identities.stored[NEWS] = identity(NEWS, ours=False)
    scenario.manager.adopt(NEWS, "", ADA, default_set=False)
    scenario.manager.remove(NEWS, ADA)
    assert not scenario.identities.stored[NEWS].ours
    add_again = scenario.manager.adopt(NEWS, "", ADA, default_set=False)
    assert add_again.domain.adopted


def test_removal_deletes_an_own_identity(scenario: DomainScenario) -> None:
    add(scenario)
    scenario.manager.remove(NEWS, ADA)
    assert NEWS not in scenario.identities.stored
    assert [domain.name for domain in scenario.manager.all()] == [PRIMARY]


@pytest.mark.parametrize(
    ("act", "error"),
    [
        (lambda scenario: scenario.manager.remove(PRIMARY, ADA), Conflict),
        (lambda scenario: scenario.manager.remove("else.example", ADA), NotFound),
        (lambda scenario: scenario.manager.check("else.example"), NotFound),
        (lambda scenario: scenario.manager.adopt("else.example", "", ADA, default_set=False), NotFound),
        (lambda scenario: scenario.manager.add(PRIMARY, "", "", ADA), Conflict),
    ],
)
def test_refused(scenario: DomainScenario, act: Callable[[DomainScenario], object], error: type[Exception]) -> None:
    with pytest.raises(error):
        act(scenario)


def test_a_stage_has_a_bounded_number_of_domains(scenario: DomainScenario) -> None:
    scenario.domains.stored = {
        f"d{number}.acme.com": Domain(name=f"d{number}.acme.com") for number in range(DOMAINS_MAX)
    }
    with pytest.raises(Conflict, match="100 domains at most"):
        add(scenario)


def test_own_sets_are_copies_of_the_stages(scenario: DomainScenario) -> None:
    domain = scenario.manager.add(NEWS, f"bounce.{NEWS}", "", ADA, own_sets=True).domain
    assert domain.transactional_set.startswith("s-domain-")
    assert scenario.sets.copies == {
        domain.transactional_set: "s-transactional",
        f"{domain.transactional_set}-300s": "s-transactional-300s",
        f"{domain.transactional_set}-900s": "s-transactional-900s",
        f"{domain.transactional_set}-3600s": "s-transactional-3600s",
        domain.marketing_set: "s-marketing",
    }
    assert add(scenario).domain.transactional_set == domain.transactional_set, "a repeated addition keeps them"
    scenario.manager.remove(NEWS, ADA)
    assert scenario.sets.copies == {}


def test_the_longest_names_of_own_sets_fit() -> None:
    transactional, _ = own_sets("staffetta-" + 16 * "s" + "-domain-", 60 * "a" + ".example")
    assert len(set_name(transactional, max(SET_LIMITS))) <= 64


def test_a_domain_with_tokens_is_not_removed(scenario: DomainScenario) -> None:
    add(scenario)
    token = SmtpToken(
        campaign_id=7, name="till", create_contact=False, created_at="", created_by="", domain=NEWS, key_id="AKIA1"
    )
    scenario.tokens.save(token)
    with pytest.raises(Conflict, match="till"):
        scenario.manager.remove(NEWS, ADA)
    scenario.tokens.stored[7] = replace(scenario.tokens.stored[7], state=TokenState.DELETED)
    scenario.manager.remove(NEWS, ADA)


def test_a_domain_in_use_is_removed_by_force_only(scenario: DomainScenario) -> None:
    add(scenario)
    scenario.senders = [(f"shop@{PRIMARY}", DomainUse(UseKind.EMAIL, "1"))]
    assert scenario.manager.uses(NEWS) == []
    scenario.senders += [(f"a@eu.{NEWS}", DomainUse(UseKind.EMAIL, str(number))) for number in range(2, 9)]
    with pytest.raises(Conflict, match="sends email 2, email 3, email 4, email 5, email 6 and 2 more"):
        scenario.manager.remove(NEWS, ADA)
    assert NEWS in scenario.identities.stored
    scenario.manager.remove(NEWS, ADA, force=True)
    assert NEWS not in scenario.identities.stored


@pytest.mark.parametrize(("sendable", "is_lost"), [(True, False), (None, False), (False, True)])
def test_a_domain_above_goes_on_sending_as_its_subdomain(
    scenario: DomainScenario, sendable: bool | None, is_lost: bool
) -> None:
    """As SES does, if it sends as that domain."""
    add(scenario)
    scenario.domains.put(Domain(name="acme.com", sendable=sendable))
    scenario.senders = [(f"a@{NEWS}", DomainUse(UseKind.EMAIL, "2"))]
    assert bool(scenario.manager.uses(NEWS)) == is_lost


def test_the_longest_domain_decides() -> None:
    domains = read_only(Domain(name="acme.com", sendable=True), Domain(name=NEWS, sendable=False, reason="no DKIM"))
    assert sender_refusal(addresses.parse("a@acme.com"), domains) is None
    refusal = sender_refusal(addresses.parse(f"a@eu.{NEWS}"), domains)
    assert refusal
    assert refusal.result is SendResult.UNCONFIGURED_SENDING_DOMAIN
    assert refusal.reason.startswith(f"{NEWS} is not verified: no DKIM")


def test_an_unknown_domain_is_refused_by_name() -> None:
    refusal = sender_refusal(addresses.parse("a@else.example"), connected("acme.com", "acme.org"))
    assert refusal
    assert refusal.reason == "a@else.example is not on a connected domain: acme.com, acme.org"


def test_a_domain_without_a_check_may_send() -> None:
    assert sender_refusal(addresses.parse("a@acme.com"), connected("acme.com")) is None


def test_workers_read_the_domains_once_a_minute(scenario: DomainScenario) -> None:
    read = cached_domains(scenario.domains, PRIMARY, scenario.clock)
    assert [domain.name for domain in read()] == [PRIMARY]
    scenario.domains.put(replace(Domain(name=NEWS), sendable=True))
    assert len(read()) == 1
    scenario.now += CACHE_SECONDS
    assert len(read()) == 2


def test_a_refusal_reads_the_domains_again(scenario: DomainScenario) -> None:
    read = cached_domains(scenario.domains, PRIMARY, scenario.clock)
    sender = addresses.parse(f"a@{NEWS}")
    assert sender_refusal(sender, read)
    scenario.domains.put(Domain(name=NEWS, sendable=True))
    assert sender_refusal(sender, read) is None


def test_a_change_needs_the_scope_of_the_account() -> None:
    scenario, editor = DomainScenario(), Actor("eve@example.com", (CONTENT,))
    add(scenario)
    for change in (
        lambda: scenario.manager.add(NEWS, f"bounce.{NEWS}", "", editor),
        lambda: scenario.manager.adopt(NEWS, "", editor, default_set=True),
        lambda: scenario.manager.remove(NEWS, editor),
    ):
        with pytest.raises(Forbidden):
            change()
