"""Sending domains over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.fakes.domains import MemoryDns, MemoryIdentities, identity
from tests.support.aws.cloud import worker
from tests.support.editing import html
from tests.support.http.api import call

PATH = "/staffetta/v1/domains"
NEWS = "news.acme.com"


class DomainScenario:
    def __init__(self) -> None:
        self.identities = MemoryIdentities({"example.com": identity("example.com")})
        self.dns = MemoryDns()

    def add(self, **body: Any) -> dict[str, Any]:
        status, report = call("POST", PATH, {"name": NEWS, **body})
        assert status == 201, report
        return dict(report)


@pytest.fixture
def scenario(monkeypatch: pytest.MonkeyPatch) -> Iterator[DomainScenario]:
    scenario = DomainScenario()
    monkeypatch.setattr("functions.wiring.domains.ses_identities", lambda _: scenario.identities)
    monkeypatch.setattr("functions.wiring.domains.dns", lambda _: scenario.dns)
    with worker():
        yield scenario


def test_an_addition_answers_records_to_copy(scenario: DomainScenario) -> None:
    report = scenario.add(dmarcReports="dmarc@acme.com")
    assert report["complete"] is False
    assert report["verified"] is False
    assert [f"{record['name']} {record['type']} {record['value']}" for record in report["records"]] == [
        *(f"t{n}._domainkey.{NEWS} CNAME t{n}.dkim.amazonses.com" for n in (1, 2, 3)),
        f"bounce.{NEWS} MX 10 feedback-smtp.eu-west-1.amazonses.com",
        f"bounce.{NEWS} TXT v=spf1 include:amazonses.com ~all",
        f"_dmarc.{NEWS} TXT v=DMARC1; p=none; rua=mailto:dmarc@acme.com",
    ]
    assert {record["state"] for record in report["records"]} == {"MISSING"}


def test_a_check_shows_since_when_a_record_is_right(scenario: DomainScenario) -> None:
    scenario.add()
    scenario.dns.records[f"bounce.{NEWS}", "MX"] = ("10 feedback-smtp.eu-west-1.amazonses.com",)
    _, report = call("GET", f"{PATH}/{NEWS}")
    (mx,) = (record for record in report["records"] if record["type"] == "MX")
    assert (mx["state"], mx["since"]) == ("RIGHT", report["checkedAt"])


def test_the_list_has_the_deployments_domain_first(scenario: DomainScenario) -> None:
    scenario.add()
    _, listed = call("GET", PATH)
    assert [(one["name"], one.get("primary", False)) for one in listed["results"]] == [
        ("example.com", True),
        (NEWS, False),
    ]


def test_a_domain_is_removed(scenario: DomainScenario) -> None:
    scenario.add()
    assert call("DELETE", f"{PATH}/{NEWS.upper()}")[0] == 204
    assert call("GET", f"{PATH}/{NEWS}")[0] == 404


def publish_email(sender: str) -> str:
    draft = {"name": "News", "subject": "News", "from": {"fromName": "News", "replyTo": sender}, **html("<p>News</p>")}
    status, created = call("POST", "/marketing/v3/emails", draft)
    assert status == 201, created
    assert call("POST", f"/marketing/v3/emails/{created['id']}/publish")[0] == 204
    return str(created["id"])


def test_a_domain_in_use_is_removed_by_force_only(scenario: DomainScenario) -> None:
    scenario.add()
    scenario.identities.verified.add(NEWS)
    call("GET", f"{PATH}/{NEWS}")
    email_id = publish_email(f"shop@{NEWS}")
    status, problem = call("DELETE", f"{PATH}/{NEWS}")
    assert (status, f"{NEWS} sends email {email_id}: their mail would be refused" in problem["message"]) == (409, True)
    assert call("DELETE", f"{PATH}/{NEWS}", queryStringParameters={"force": "perhaps"})[0] == 400
    assert call("DELETE", f"{PATH}/{NEWS}", queryStringParameters={"force": "true"})[0] == 204


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "words"),
    [
        ("POST", "", {"name": "not a domain"}, 400, "must be a domain name like mail.acme.com"),
        ("POST", "", {"name": NEWS, "mailFrom": "bounce.acme.org"}, 400, f"must be a subdomain of {NEWS}"),
        ("POST", "", {"name": NEWS, "dmarcReports": "nobody"}, 400, "must be an email address"),
        ("POST", "", {"name": NEWS, "pool": "x"}, 400, "pool"),
        ("POST", "", {"name": "example.com"}, 409, "is a domain of this stage already"),
        ("POST", "/acme.org/adopt", {}, 404, "SES has no identity acme.org"),
        ("POST", "/acme.org/adopt", None, 404, "SES has no identity acme.org"),
        ("GET", "/acme.org", None, 404, "not a domain of this stage"),
        ("DELETE", "/example.com", None, 409, "is the domain of the deployment"),
    ],
)  # fmt: skip
def test_a_refusal_names_the_reason(
    scenario: DomainScenario, method: str, path: str, body: Any, status: int, words: str
) -> None:
    answered, problem = call(method, PATH + path, body)
    assert answered == status
    assert words in str(problem)
