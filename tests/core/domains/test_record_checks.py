"""What DNS's answers mean for each record, each pitfall by its name."""

from __future__ import annotations

from typing import Any

import botocore.session
import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.core.domains import dmarc, record_checks, spf
from functions.core.domains.dns_answers import DnsAnswer, DnsQuery
from functions.core.domains.domain import SesIdentity
from functions.core.domains.record_checks import RecordCheck, RecordState
from functions.core.domains.records import DnsRecord, dkim_records, dmarc_record, mail_from_records, tracking_record
from functions.core.domains.verification import remarks

DOMAIN = "mail.acme.com"
IDENTITY = SesIdentity(
    name=DOMAIN, sendable=False, dkim_status="PENDING", dkim_tokens=("t1", "t2", "t3"), dkim_zone="dkim.amazonses.com"
)
(DKIM, *_) = dkim_records(IDENTITY)
MX, SPF = mail_from_records(f"bounce.{DOMAIN}", "feedback-smtp.eu-west-1.amazonses.com")
DMARC = dmarc_record(DOMAIN, "dmarc@acme.com")
SES_MX = "10 feedback-smtp.eu-west-1.amazonses.com"
RIGHT, MISSING, WRONG, UNKNOWN = RecordState


def checked(record: DnsRecord, **records: str | list[str]) -> RecordCheck:
    """Checks a record against a world that has only `records`, `TYPE_name=value` with "__" for a dot."""
    world = {
        DnsQuery(name.partition("_")[2].replace("__", "."), name.partition("_")[0]): DnsAnswer(
            tuple([values] if isinstance(values, str) else values)
        )
        for name, values in records.items()
    }
    answers = {query: world.get(query, DnsAnswer()) for query in record_checks.queries(record, DOMAIN)}
    answers |= {query: world.get(query, DnsAnswer()) for query in record_checks.report_queries(DOMAIN, answers)}
    return record_checks.check(record, DOMAIN, answers)


def cname(name: str, value: str) -> dict[str, str]:
    return {"CNAME_" + name.replace(".", "__"): value}


@pytest.mark.parametrize(
    ("records", "state", "words"),
    [
        (cname(DKIM.name, "T1.dkim.amazonses.com."), RIGHT, ""),
        ({}, MISSING, "add it"),
        (cname(f"{DKIM.name}.acme.com", DKIM.value), WRONG, "Enter t1._domainkey.mail as its name"),
        (cname(f"{DKIM.name}.{DOMAIN}", DKIM.value), WRONG, "Enter t1._domainkey as its name"),
        (cname(DKIM.name, f"{DKIM.value}.acme.com"), WRONG, "with a dot at its end"),
        (cname(DKIM.name, "else.example.net"), WRONG, "points to else.example.net"),
        ({"A_" + DKIM.name.replace(".", "__"): "192.0.2.1"}, WRONG, "proxies or flattens"),
    ],
)
def test_a_dkim_record(records: dict[str, str], state: RecordState, words: str) -> None:
    check = checked(DKIM, **records)
    assert check.state is state
    assert words in check.meaning


@pytest.mark.parametrize(
    ("values", "state", "words"),
    [
        ([SES_MX], RIGHT, ""),
        (["5 Feedback-SMTP.eu-west-1.amazonses.com."], RIGHT, ""),
        ([SES_MX, "20 mx.acme.com"], WRONG, "remove mx.acme.com"),
        (["10 feedback-smtp.us-east-1.amazonses.com"], WRONG, "points to feedback-smtp.us-east-1"),
        ([], MISSING, "add it"),
    ],
)
def test_the_mx_of_mail_from(values: list[str], state: RecordState, words: str) -> None:
    check = checked(MX, MX_bounce__mail__acme__com=values)
    assert check.state is state
    assert words in check.meaning


@pytest.mark.parametrize(
    ("values", "state", "words", "advised"),
    [
        (["v=spf1 include:amazonses.com ~all", "google-site-verification=x"], RIGHT, "", None),
        (["V=SPF1 +include:AmazonSES.com -all"], RIGHT, "", None),
        (["v=spf1 -all", "v=spf1 include:amazonses.com ~all"], WRONG, "2 SPF records", None),
        (
            ["v=spf1 ip4:192.0.2.1 -all"],
            WRONG,
            "does not include SES",
            "v=spf1 include:amazonses.com ip4:192.0.2.1 -all",
        ),
        (["v=spf1 -all include:amazonses.com"], WRONG, "does not include SES", "v=spf1 include:amazonses.com -all"),
        (["v=spf10 include:amazonses.com"], MISSING, "add it", None),
    ],
)
def test_spf(values: list[str], state: RecordState, words: str, advised: str | None) -> None:
    check = checked(SPF, TXT_bounce__mail__acme__com=values)
    assert check.state is state
    assert words in check.meaning
    assert check.record.value == (advised or SPF.value)


OWN, PARENT = "TXT__dmarc__mail__acme__com", "TXT__dmarc__acme__com"
READ = {"MX_acme__com": "10 mx.acme.com"}
REPORTS = "; rua=mailto:dmarc@acme.com"


@pytest.mark.parametrize(
    ("records", "state", "words", "advised"),
    [
        ({}, MISSING, "add it", f"_dmarc.{DOMAIN} v=DMARC1; p=none{REPORTS}"),
        ({PARENT: f"v=DMARC1; p=reject{REPORTS}", **READ}, RIGHT, "of acme.com applies (policy reject): add none", None),
        ({PARENT: "v=DMARC1; p=reject; sp=none"}, RIGHT, "policy none", None),
        ({OWN: f"v=DMARC1;p=quarantine{REPORTS}", **READ}, RIGHT, "policy quarantine", None),
        ({OWN: "v=DMARC1; p=none"}, RIGHT, "names no address", None),
        ({OWN: f"v=DMARC1; p=none{REPORTS}"}, RIGHT, "acme.com has no MX", None),
        ({OWN: "v=DMARC1; p=none; rua=mailto:a@rep.example.net", "MX_rep__example__net": "1 mx.example.net"}, RIGHT,
         f"{DOMAIN}._report._dmarc.rep.example.net TXT v=DMARC1", None),
        ({OWN: ["v=DMARC1; p=none", "v=DMARC1; p=reject"]}, WRONG, "2 DMARC records", f"_dmarc.{DOMAIN} v=DMARC1; p=reject"),
        ({OWN: "v=DMARC1; p=none", PARENT: "v=DMARC1; p=reject"}, WRONG, "weaker than acme.com's, reject",
         f"_dmarc.{DOMAIN} v=DMARC1; p=reject"),
        ({OWN: "v=DMARC1; p=maybe"}, WRONG, "no valid policy", None),
        ({PARENT: ["v=DMARC1; p=none", "v=DMARC1; p=reject"]}, WRONG, "of acme.com is malformed or doubled", None),
        ({f"{OWN}__acme__com": "v=DMARC1; p=none"}, WRONG, "Enter _dmarc.mail as its name", None),
        ({OWN: "v=spf1 -all"}, MISSING, "add it", None),
    ],
)  # fmt: skip
def test_dmarc(records: dict[str, str | list[str]], state: RecordState, words: str, advised: str | None) -> None:
    check = checked(DMARC, **records)
    assert check.state is state
    assert words in check.meaning
    if advised:
        assert f"{check.record.name} {check.record.value}" == advised


@pytest.mark.parametrize("record", [DKIM, MX, SPF, DMARC])
def test_an_error_of_dns_is_no_missing_record(record: DnsRecord) -> None:
    answers = {query: DnsAnswer(error="SERVFAIL") for query in record_checks.queries(record, DOMAIN)}
    assert record_checks.check(record, DOMAIN, answers).state is UNKNOWN
    assert record_checks.check(record, DOMAIN, {}).state is UNKNOWN


@given(st.lists(st.text() | st.from_regex(r"v=DMARC1;( ?(p|sp|rua)=[^;]*;){0,3}"), max_size=3))
def test_any_texts_have_a_meaning(texts: list[str]) -> None:
    for record, name in ((SPF, SPF.name), (DMARC, DMARC.name)):
        answers = {query: DnsAnswer() for query in record_checks.queries(record, DOMAIN)}
        answers[DnsQuery(name, "TXT")] = DnsAnswer(tuple(texts))
        check = record_checks.check(record, DOMAIN, answers)
        assert check.meaning or check.state is RIGHT


@given(st.text())
def test_what_is_advised_is_right(text: str) -> None:
    record = f"v=spf1 {' '.join(text.split())}".strip()
    assert spf.includes_ses(spf.with_ses(record))


@given(st.sampled_from(dmarc.POLICIES), st.sampled_from(dmarc.POLICIES))
def test_a_policy_is_replaced_in_place(before: str, after: str) -> None:
    text = dmarc.with_policy(f"v=DMARC1; sp=none; p={before}; rua=mailto:a@b.example", after)
    parsed = dmarc.parse(text)
    assert parsed
    assert (parsed.policy, parsed.subdomain_policy, parsed.reports) == (after, "none", ("a@b.example",))


def test_ses_errors_have_words() -> None:
    model: Any = botocore.session.get_session().get_service_model("sesv2")
    for error in model.shape_for("VerificationError").enum:
        failing = SesIdentity(
            name=DOMAIN,
            sendable=False,
            dkim_status="FAILED",
            dkim_tokens=(),
            dkim_zone="",
            error=error,
            name_server="ns1",
        )
        first, second = remarks(failing)
        assert "ns1" in first
        assert "72 hours" in second


def test_a_pending_mail_from_shows_what_it_costs() -> None:
    pending = SesIdentity(
        name=DOMAIN,
        sendable=True,
        dkim_status="SUCCESS",
        dkim_tokens=(),
        dkim_zone="",
        mail_from="b.x",
        mail_from_status="PENDING",
    )
    assert ["DMARC depends on DKIM only" in remark for remark in remarks(pending)] == [True]


def test_a_verified_identity_has_no_remarks() -> None:
    verified = SesIdentity(
        name=DOMAIN,
        sendable=True,
        dkim_status="SUCCESS",
        dkim_tokens=(),
        dkim_zone="",
        mail_from="b",
        mail_from_status="SUCCESS",
    )
    assert list(remarks(verified)) == []


@pytest.mark.parametrize(
    ("value", "dns", "state"),
    [
        ("d1.cloudfront.net", {("click", "CNAME"): ("d1.cloudfront.net",)}, "RIGHT"),
        ("d1.cloudfront.net", {("click", "CNAME"): ("d2.cloudfront.net",)}, "WRONG"),
        ("d1.cloudfront.net", {("click", "A"): ("192.0.2.1",)}, "WRONG"),
        ("d1.cloudfront.net", {}, "MISSING"),
        ("r.eu-west-1.awstrack.me", {("click", "CNAME"): ("r.eu-west-1.awstrack.me",)}, "RIGHT"),
        ("r.eu-west-1.awstrack.me", {("click", "CNAME"): ("cdn.example",)}, "RIGHT"),
        ("r.eu-west-1.awstrack.me", {("click", "A"): ("192.0.2.1",)}, "RIGHT"),
        ("r.eu-west-1.awstrack.me", {}, "MISSING"),
    ],
)
def test_a_tracking_host_is_judged_by_its_cdn(
    value: str, dns: dict[tuple[str, str], tuple[str, ...]], state: str
) -> None:
    record = tracking_record(f"click.{DOMAIN}", value)
    stored = {(f"{name}.{DOMAIN}", kind): values for (name, kind), values in dns.items()}
    answers = {
        query: DnsAnswer(stored.get((query.name, query.type), ())) for query in record_checks.queries(record, DOMAIN)
    }
    assert record_checks.check(record, DOMAIN, answers).state == state
