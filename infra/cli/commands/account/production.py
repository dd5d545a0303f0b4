"""SES's production access."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from infra.cli.command import Group
from infra.cli.errors import CommandError
from infra.cli.options import ADDRESS, json_option, stage_option, yes_option
from infra.cli.production_request import DENIED, FAILED, PENDING, ProductionFacts, use_case
from infra.cli.terminal import confirm, note, show, show_fields, show_json

if TYPE_CHECKING:
    from infra.cli.stage import Stage

CONTACTS_MAX = 4  # SES's limit
URL_MAX = 1000
_ADVICE = {
    PENDING: "AWS mostly answers within a day, by mail and in the support case. Until then SES sends to verified addresses only.",
    DENIED: "Answer in the support case, with more about your recipients, or request again with a clearer --purpose.",
    FAILED: "SES could not process the request: repeat it.",
}


@click.group(
    cls=Group,
    examples=[
        "staffetta production status",
        "staffetta production request --website https://acme.com --daily 2000 --contact ops@acme.com",
    ],
)
def command() -> None:
    pass


@command.command("status", examples=["staffetta production status", "staffetta production status --json"])
@stage_option
@json_option
def status(stage: Stage, *, as_json: bool) -> None:
    """Show whether the account may send to everyone, and the state of SES's review."""
    account = _account(stage)
    state = _state(account)
    if as_json:
        show_json(state)
        return
    quota = account["SendQuota"]
    limits = f"{_whole(quota['Max24HourSend'])} mails in 24 hours, {quota['MaxSendRate']:g} a second"
    show_fields(
        [
            ("access", "production" if state["production"] else "sandbox: SES sends to verified addresses only"),
            ("quota", limits),
            ("review", state.get("review", "not requested")),
            ("support case", state.get("caseId")),
        ]
    )
    if not state["production"]:
        note(_ADVICE.get(state.get("review", ""), "Request production access with `staffetta production request`."))


@command.command(
    "request",
    examples=[
        "staffetta production request --website https://acme.com --daily 2000 --contact ops@acme.com",
        "staffetta production request --website https://acme.com --purpose 'Acme sells pens. We mail receipts.' --dry-run",
    ],
)
@click.option("--website", required=True, metavar="URL", help="your website, which the reviewers visit")
@click.option("--purpose", default="", help="a sentence or two about your product and your recipients")
@click.option("--daily", type=click.IntRange(1), default=1000, metavar="NUMBER", help="mails a day that you expect")
@click.option("--contact", "contacts", type=ADDRESS, multiple=True, help="who else gets AWS's answer; up to four")
@click.option("--language", type=click.Choice(["EN", "JA"]), default="EN", help="AWS's language in the support case")
@click.option("--dry-run", is_flag=True, help="show the request, and send nothing")
@stage_option
@yes_option
@json_option
def request(
    stage: Stage,
    website: str,
    purpose: str,
    daily: int,
    contacts: tuple[Any, ...],
    language: str,
    *,
    dry_run: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Request production access: the text is written from what the stage does. It is shown first, and sent when you confirm."""
    _check(website, contacts)
    account = _account(stage)
    if not dry_run:
        _refuse_second(_state(account))
    facts = _facts(stage, purpose, daily)
    details = _details(facts, website, language, [address.email for address in contacts])
    if as_json:
        show_json(details)
    else:
        show_fields(
            [("website", website), ("kind of mail", facts.mail_type), ("contacts", ", ".join(_contacts(details)))]
        )
        show()
        show(details["UseCaseDescription"])
        show()
    if not facts.domain_verified:
        note(f"SES has not verified {facts.domain} yet: enter its DNS records first, since reviewers look at it.")
    if dry_run:
        return
    confirm(f"Send this request to AWS for the region {stage.client('sesv2').meta.region_name}?", yes=yes)
    _send(stage, details)
    note("Sent. `staffetta production status` shows the review.")


def _check(website: str, contacts: tuple[Any, ...]) -> None:
    if not website.startswith(("https://", "http://")) or len(website) > URL_MAX:
        raise click.BadParameter(f"{website!r} is not the address of a website", param_hint="--website")
    if len(contacts) > CONTACTS_MAX:
        raise click.BadParameter(f"there are {len(contacts)}; SES takes up to {CONTACTS_MAX}", param_hint="--contact")


def _refuse_second(state: dict[str, Any]) -> None:
    if state["production"]:
        raise CommandError("the account has production access in this region already")
    if state.get("review") == PENDING:
        raise CommandError(
            f"a review is pending (support case {state.get('caseId', 'unknown')}): SES takes no second request"
        )


def _facts(stage: Stage, purpose: str, daily: int) -> ProductionFacts:
    from functions import wiring
    from functions.core.tokens.smtp_token import TokenState

    settings = stage.container.settings
    tokens = stage.get(wiring.adapters.tokens.smtp_tokens).all()
    return ProductionFacts(
        domain=settings.domain,
        domain_verified=_is_verified(stage, settings.domain),
        purpose=purpose,
        emails=stage.get(wiring.adapters.emails.emails).all(),
        smtp_tokens=len([token for token in tokens if token.state is TokenState.ACTIVE]),
        daily_mails=daily,
        retention_days=settings.retention_days,
    )


def _is_verified(stage: Stage, domain: str) -> bool:
    client = stage.client("sesv2")
    try:
        return bool(client.get_email_identity(EmailIdentity=domain).get("VerifiedForSendingStatus"))
    except client.exceptions.NotFoundException:
        return False


def _details(facts: ProductionFacts, website: str, language: str, contacts: list[str]) -> dict[str, Any]:
    """Returns SES's request."""
    details = {
        "MailType": facts.mail_type,
        "WebsiteURL": website,
        "ContactLanguage": language,
        "UseCaseDescription": use_case(facts),
        "ProductionAccessEnabled": True,
    }
    return details | ({"AdditionalContactEmailAddresses": contacts} if contacts else {})


def _contacts(details: dict[str, Any]) -> list[str]:
    return list(details.get("AdditionalContactEmailAddresses", []))


def _send(stage: Stage, details: dict[str, Any]) -> None:
    from functions.core.access.audit import AuditAction

    client = stage.client("sesv2")
    try:
        client.put_account_details(**details)
    except client.exceptions.ConflictException as error:
        raise CommandError("another review of this account is pending: SES takes no second request") from error
    stage.audit(AuditAction.PRODUCTION_REQUESTED, stage.container.settings.domain)


def _account(stage: Stage) -> dict[str, Any]:
    account: dict[str, Any] = stage.client("sesv2").get_account()
    return account


def _state(account: dict[str, Any]) -> dict[str, Any]:
    review = account.get("Details", {}).get("ReviewDetails", {})
    state = {"production": bool(account.get("ProductionAccessEnabled")), "review": review.get("Status")}
    return {name: value for name, value in {**state, "caseId": review.get("CaseId")}.items() if value is not None}


def _whole(number: float) -> str:
    return "unlimited" if number < 0 else f"{number:,.0f}"
