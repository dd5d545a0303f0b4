"""What DNS's answers mean: each record is right, missing, wrong or unknown, with the reason and the next step in plain words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from functions.core.domains import dmarc, spf
from functions.core.domains.dns_answers import Answers, DnsAnswer, DnsQuery, normal, zones
from functions.core.domains.records import DnsRecord, RecordPurpose

NO_ANSWER = DnsAnswer(error="DNS was not queried")


class RecordState(StrEnum):
    RIGHT = "RIGHT"
    MISSING = "MISSING"
    WRONG = "WRONG"
    UNKNOWN = "UNKNOWN"


class RecordCheck(Struct, frozen=True):
    """`record` is as it should be: it keeps what an existing record has besides."""

    record: DnsRecord
    state: RecordState
    meaning: str
    actual: tuple[str, ...] = ()


def queries(record: DnsRecord, domain: str) -> Iterable[DnsQuery]:
    """Yields the queries of a check. A record is also looked for where a provider puts it that appends its zone twice."""
    if record.purpose is RecordPurpose.DMARC:
        yield from (DnsQuery(f"_dmarc.{zone}", "TXT") for zone in zones(domain))
    else:
        yield DnsQuery(record.name, record.type)
        if record.type == "CNAME":
            yield DnsQuery(record.name, "A")
    yield from (DnsQuery(f"{record.name}.{zone}", record.type) for zone in zones(domain))


def report_queries(domain: str, answers: Answers) -> Iterable[DnsQuery]:
    """Yields the queries that follow from the first answers: whether the readers of DMARC's reports get them."""
    for reader in _report_domains(_dmarc_texts(domain, answers)):
        yield DnsQuery(reader, "MX")
        if not _related(domain, reader):
            yield DnsQuery(_consent_name(domain, reader), "TXT")


def check(record: DnsRecord, domain: str, answers: Answers) -> RecordCheck:
    judged = _CHECKS[record.purpose](record, domain, answers)
    if judged.state is not RecordState.MISSING:
        return judged
    for zone in zones(domain):
        twice = _answer(answers, f"{record.name}.{zone}", record.type).values
        if twice:
            short = record.name.removesuffix(f".{zone}")
            return RecordCheck(
                record,
                RecordState.WRONG,
                f"the record is at {record.name}.{zone}: the DNS provider appends {zone} by itself. Enter {short} as its name",
                twice,
            )
    return judged


def _check_cname(record: DnsRecord, domain: str, answers: Answers) -> RecordCheck:
    answer = _answer(answers, record.name, "CNAME")
    if answer.error:
        return _unknown(record, answer)
    targets = [normal(value) for value in answer.values]
    expected = normal(record.value)
    if expected in targets:
        return _right(record, answer)
    if targets:
        appended = any(target.startswith(f"{expected}.") for target in targets)
        hint = (
            "the DNS provider appends its zone: write the value with a dot at its end"
            if appended
            else "change its value"
        )
        return RecordCheck(record, RecordState.WRONG, f"it points to {targets[0]}: {hint}", answer.values)
    addresses = _answer(answers, record.name, "A").values
    if addresses:
        meaning = "DNS answers with addresses in place of the CNAME: the provider proxies or flattens it. Switch its proxy off (DNS only)"
        return RecordCheck(record, RecordState.WRONG, meaning, addresses)
    return _missing(record)


def _check_tracking(record: DnsRecord, domain: str, answers: Answers) -> RecordCheck:
    """SES's own host as the value means that the owner has a CDN of their own before it: then any answer is right."""
    judged = _check_cname(record, domain, answers)
    if judged.state is not RecordState.WRONG or not record.value.endswith(".awstrack.me"):
        return judged
    return RecordCheck(record, RecordState.RIGHT, f"{', '.join(judged.actual)} answers for it", judged.actual)


def _check_mx(record: DnsRecord, domain: str, answers: Answers) -> RecordCheck:
    answer = _answer(answers, record.name, "MX")
    if answer.error:
        return _unknown(record, answer)
    if not answer.values:
        return _missing(record)
    hosts = [normal(value.rpartition(" ")[2]) for value in answer.values]
    expected = normal(record.value.rpartition(" ")[2])
    if hosts == [expected]:
        return _right(record, answer)
    if expected in hosts:
        others = ", ".join(host for host in hosts if host != expected)
        meaning = f"SES's must be the only MX of this name: remove {others}"
        return RecordCheck(record, RecordState.WRONG, meaning, answer.values)
    return RecordCheck(record, RecordState.WRONG, f"it points to {', '.join(hosts)}: replace it", answer.values)


def _check_spf(record: DnsRecord, domain: str, answers: Answers) -> RecordCheck:
    answer = _answer(answers, record.name, "TXT")
    if answer.error:
        return _unknown(record, answer)
    texts = tuple(filter(spf.is_spf, answer.values))
    if not texts:
        return _missing(record)
    if len(texts) > 1:
        meaning = f"there are {len(texts)} SPF records, so none of them counts: keep this one, and remove the others"
        return RecordCheck(record, RecordState.WRONG, meaning, texts)
    if spf.includes_ses(texts[0]):
        return _right(record, DnsAnswer(texts))
    merged = replace(record, value=spf.with_ses(texts[0]))
    return RecordCheck(merged, RecordState.WRONG, f"it does not include SES: add {spf.INCLUDE} to it", texts)


def _check_dmarc(record: DnsRecord, domain: str, answers: Answers) -> RecordCheck:
    """There may be no record of the domain's own: that of a parent applies, and a second one could only weaken it."""
    by_zone = _dmarc_texts(domain, answers)
    failed = next(
        (
            _answer(answers, f"_dmarc.{zone}", "TXT")
            for zone in zones(domain)
            if _answer(answers, f"_dmarc.{zone}", "TXT").error
        ),
        None,
    )
    own = by_zone.pop(domain, ())
    parent = next(((zone, texts) for zone, texts in by_zone.items() if texts), None)
    if len(own) > 1:
        meaning = f"there are {len(own)} DMARC records, so none of them counts: keep one of them"
        return RecordCheck(replace(record, value=_strongest(own) or record.value), RecordState.WRONG, meaning, own)
    if own:
        return _check_own(record, domain, own[0], parent, answers)
    if failed:
        return _unknown(record, failed)
    if parent is None:
        return _missing(record)
    zone, texts = parent
    inherited = dmarc.parse(texts[0]) if len(texts) == 1 else None
    there = replace(record, name=f"_dmarc.{zone}", value=texts[0])
    if inherited is None:
        return RecordCheck(
            there, RecordState.WRONG, f"the DMARC record of {zone} is malformed or doubled, so it does not count", texts
        )
    meaning = f"the record of {zone} applies (policy {inherited.subdomain_policy}): add none{_reports_note(domain, {zone: texts}, answers)}"
    return RecordCheck(there, RecordState.RIGHT, meaning, texts)


def _check_own(
    record: DnsRecord, domain: str, text: str, parent: tuple[str, tuple[str, ...]] | None, answers: Answers
) -> RecordCheck:
    parsed = dmarc.parse(text)
    if parsed is None:
        return RecordCheck(
            record, RecordState.WRONG, "it has no valid policy, so it does not count: replace it", (text,)
        )
    if parent and (above := dmarc.parse(parent[1][0])) and dmarc.weaker(parsed.policy, above.subdomain_policy):
        stronger = replace(record, value=dmarc.with_policy(text, above.subdomain_policy))
        meaning = f"its policy {parsed.policy} is weaker than {parent[0]}'s, {above.subdomain_policy}: remove it, or make it as strong"
        return RecordCheck(stronger, RecordState.WRONG, meaning, (text,))
    meaning = f"policy {parsed.policy}{_reports_note(domain, {domain: (text,)}, answers)}"
    return RecordCheck(replace(record, value=text), RecordState.RIGHT, meaning, (text,))


def _reports_note(domain: str, texts: Mapping[str, tuple[str, ...]], answers: Answers) -> str:
    """Returns the reader that does not get the reports, and why."""
    readers = _report_domains(texts)
    if not readers:
        return "; it names no address for reports (rua)"
    for reader in readers:
        mail = _answer(answers, reader, "MX")
        if not mail.values and not mail.error:
            return f"; its reports are not delivered: {reader} has no MX"
        name = _consent_name(domain, reader)
        consent = _answer(answers, name, "TXT")
        if not _related(domain, reader) and not consent.error and not any(map(dmarc.is_dmarc, consent.values)):
            return f"; {reader} gets no reports before it has the record {name} TXT v=DMARC1"
    return ""


def _dmarc_texts(domain: str, answers: Answers) -> dict[str, tuple[str, ...]]:
    """Returns the DMARC records by zone, the domain's own first and then the nearest parent's."""
    return {
        zone: tuple(filter(dmarc.is_dmarc, _answer(answers, f"_dmarc.{zone}", "TXT").values)) for zone in zones(domain)
    }


def _report_domains(texts: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Returns the domains of the addresses for reports, of the records that apply."""
    applying = next(filter(None, texts.values()), ())
    parsed = filter(None, map(dmarc.parse, applying))
    return list(dict.fromkeys(normal(address.rpartition("@")[2]) for one in parsed for address in one.reports))


def _related(domain: str, other: str) -> bool:
    """Returns whether one of two domains contains the other, or both have a parent of two labels: reports then need no consent."""
    return bool(set(zones(domain)) & set(zones(other)))


def _consent_name(domain: str, reader: str) -> str:
    return f"{domain}._report._dmarc.{reader}"


def _strongest(texts: Iterable[str]) -> str | None:
    parsed = [(dmarc.POLICIES.index(one.policy), text) for text in texts if (one := dmarc.parse(text))]
    return max(parsed)[1] if parsed else None


def _answer(answers: Answers, name: str, type_: str) -> DnsAnswer:
    return answers.get(DnsQuery(name, type_), NO_ANSWER)


def _right(record: DnsRecord, answer: DnsAnswer) -> RecordCheck:
    return RecordCheck(record, RecordState.RIGHT, "", answer.values)


def _missing(record: DnsRecord) -> RecordCheck:
    return RecordCheck(record, RecordState.MISSING, "DNS does not have the record: add it")


def _unknown(record: DnsRecord, answer: DnsAnswer) -> RecordCheck:
    return RecordCheck(record, RecordState.UNKNOWN, f"not checked: {answer.error}")


_CHECKS: Mapping[RecordPurpose, Callable[[DnsRecord, str, Answers], RecordCheck]] = {
    RecordPurpose.DKIM: _check_cname,
    RecordPurpose.TRACKING: _check_tracking,
    RecordPurpose.MAIL_FROM: _check_mx,
    RecordPurpose.SPF: _check_spf,
    RecordPurpose.DMARC: _check_dmarc,
}
