"""Sending domains of a stage."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from infra.cli.command import Group
from infra.cli.errors import REFUSED
from infra.cli.options import json_option, stage_option, yes_option
from infra.cli.terminal import confirm, show, show_fields, show_json, show_table

if TYPE_CHECKING:
    from functions.routes.domains.models import DnsRecordView, DomainReportView, DomainView
    from infra.cli.stage import Stage

dmarc_option = click.option("--dmarc-reports", metavar="ADDRESS", help="the mailbox for DMARC's reports")

own_sets_option = click.option(
    "--own-sets", is_flag=True, help="give it configuration sets of its own: copies of the deployment's"
)


@click.group(
    cls=Group, examples=["staffetta domains list", "staffetta domains add news.acme.com --dmarc-reports dmarc@acme.com"]
)
def command() -> None:
    pass


@command.command("list", examples=["staffetta domains list", "staffetta domains list --json"])
@stage_option
@json_option
def list_(stage: Stage, *, as_json: bool) -> None:
    """List the sending domains, as their last checks left them."""
    from functions.routes.domains.domains import list_domains

    domains = stage.call(list_domains)
    if as_json:
        show_json(domains)
        return
    rows = [(one.name, _state(one), one.verified_since, _note(one)) for one in domains.results]
    show_table(("DOMAIN", "STATE", "SINCE", "NOTE"), rows, empty="No domains.")


@command.command(
    "add",
    examples=[
        "staffetta domains add news.acme.com",
        "staffetta domains add news.acme.com --mail-from b.news.acme.com --own-sets",
    ],
)
@click.argument("name", metavar="DOMAIN")
@click.option("--mail-from", metavar="DOMAIN", help="subdomain of the envelope's sender  [default: bounce.DOMAIN]")
@dmarc_option
@own_sets_option
@stage_option
@json_option
def add(stage: Stage, *, as_json: bool, **body: object) -> None:
    """Create a domain's identity at SES, and show the DNS records to enter. Again: continue."""
    from functions.routes.domains.domains import add_domain

    _show(stage.call(add_domain, body=body), as_json=as_json)


@command.command(
    "adopt", examples=["staffetta domains adopt acme.com", "staffetta domains adopt acme.com --default-set"]
)
@click.argument("name", metavar="DOMAIN")
@click.option("--default-set", is_flag=True, help="make our transactional set the identity's default, too")
@dmarc_option
@own_sets_option
@stage_option
@json_option
def adopt(stage: Stage, name: str, *, as_json: bool, **body: object) -> None:
    """Send as a domain that SES has already. Its DKIM and MAIL FROM stay as they are."""
    from functions.routes.domains.domains import adopt_domain

    _show(stage.call(adopt_domain, path={"domain": name}, body=body), as_json=as_json)


@command.command("check", examples=["staffetta domains check", "staffetta domains check news.acme.com --json"])
@click.argument("name", metavar="[DOMAIN]", required=False)
@stage_option
@json_option
def check(stage: Stage, name: str | None, *, as_json: bool) -> None:
    """Show what DNS and SES have now, what DNS should have, and what to do. Without DOMAIN: all domains. Exit code 1: a domain is not
    complete.
    """
    from functions.routes.domains.domains import check_domain, list_domains

    names = [name] if name else [domain.name for domain in stage.call(list_domains).results]
    reports = [stage.call(check_domain, path={"domain": one}) for one in names]
    if as_json:
        show_json(reports[0] if name else {"results": reports})
    else:
        for report in reports:
            _show_report(report)
    if not all(report.complete for report in reports):
        raise click.exceptions.Exit(REFUSED)


@command.command(
    "remove",
    examples=["staffetta domains remove news.acme.com --yes", "staffetta domains remove news.acme.com --force --yes"],
)
@click.argument("name", metavar="DOMAIN")
@click.option("--force", is_flag=True, help="also if emails, automations, broadcasts or scheduled sends send as it")
@stage_option
@yes_option
def remove(stage: Stage, name: str, *, force: bool, yes: bool) -> None:
    """Remove a domain. Its identity is deleted, unless it was adopted: its DKIM keys cannot be restored. A domain that is in use is kept,
    unless forced.
    """
    from functions.routes.domains.domains import remove_domain

    confirm(f"Remove the domain {name} from stage {stage.name}? Sends from it are then refused.", yes=yes)
    stage.call(remove_domain, path={"domain": name}, query={"force": force})
    show(f"{name} is removed. Its DNS records can be deleted.")


def _state(domain: DomainView) -> str:
    return {None: "not checked", True: "verified", False: "NOT VERIFIED"}[domain.verified]


def _note(domain: DomainView) -> str:
    notes = (
        ("the deployment's", domain.primary),
        ("adopted", domain.adopted),
        ("own sets", domain.transactional_set is not None),
    )
    kinds = [note for note, applies in notes if applies]
    drift = [f"DRIFTED: {one}" for one in domain.drifted or ()]
    return "; ".join([*kinds, *drift, *filter(None, [domain.reason])])


def _show(report: DomainReportView, *, as_json: bool) -> None:
    if as_json:
        show_json(report)
    else:
        _show_report(report)


def _show_report(report: DomainReportView) -> None:
    show_fields([(report.name, f"{_state(report)} {report.verified_since or ''}".rstrip())])
    if report.transactional_set:
        show(f"  configuration sets {report.transactional_set} and {report.marketing_set}")
    for remark in report.remarks:
        show(f"  {remark}")
    for record in report.records:
        _show_record(record)
    show(
        "Complete."
        if report.complete
        else f"Not complete: enter what is missing, then staffetta domains check {report.name}"
    )
    show()


def _show_record(record: DnsRecordView) -> None:
    since = f" since {record.since}" if record.since else ""
    show(f"  {record.state:<8} {record.purpose}{since}")
    show(f"           {record.name} {record.type} {_quoted(record)}")
    if record.meaning:
        show(f"           {record.meaning}")
    if record.actual and record.state != "RIGHT":
        show(f"           DNS has: {', '.join(record.actual)}")


def _quoted(record: DnsRecordView) -> str:
    return f'"{record.value}"' if record.type == "TXT" else record.value
