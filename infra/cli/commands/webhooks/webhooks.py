"""Webhooks of a stage, and their deliveries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from functions.steps.webhooks.manage_webhooks import CHOICES
from infra.cli.command import Group
from infra.cli.options import INSTANT, WordsType, json_option, limit_option, stage_option, yes_option
from infra.cli.terminal import confirm, note, show, show_fields, show_json, show_table

if TYPE_CHECKING:
    from functions.routes.webhooks.models import WebhookDeliveryView, WebhookQueued, WebhookSecretView, WebhookView
    from infra.cli.stage import Stage

TYPES_HELP = f"event types, or * for all: {', '.join(CHOICES[1:])}"


@click.group(
    cls=Group,
    examples=["staffetta webhooks list", "staffetta webhooks create https://hooks.acme.com/mail --types email.bounced"],
)
def command() -> None:
    pass


@command.command("list", examples=["staffetta webhooks list", "staffetta webhooks list --json"])
@stage_option
@json_option
def list_(stage: Stage, *, as_json: bool) -> None:
    """List the webhooks."""
    from functions.routes.webhooks.webhooks import list_webhooks

    results = stage.call(list_webhooks)
    if as_json:
        show_json(results)
        return
    rows = [(one.id, _state(one), one.url, ",".join(one.event_types), one.description) for one in results.results]
    show_table(("ID", "STATE", "URL", "TYPES", "DESCRIPTION"), rows, empty="No webhooks.")


@command.command("show", examples=["staffetta webhooks show WEBHOOK_ID"])
@click.argument("webhook_id", metavar="WEBHOOK")
@stage_option
@json_option
def show_webhook(stage: Stage, webhook_id: str, *, as_json: bool) -> None:
    """Show a webhook. WEBHOOK is its id."""
    from functions.routes.webhooks.webhooks import get_webhook

    _show(stage.call(get_webhook, path={"webhookId": webhook_id}), as_json=as_json)


@command.command(
    "create",
    examples=[
        "staffetta webhooks create https://hooks.acme.com/mail",
        "staffetta webhooks create https://hooks.acme.com/mail --types email.bounced,email.complained",
    ],
)
@click.argument("url")
@click.option("--types", "event_types", type=WordsType(CHOICES), default="*", metavar="TYPE,...", help=TYPES_HELP)
@click.option("--description", help="what the webhook is for")
@click.option("--inactive", is_flag=True, help="create it without sending events yet")
@stage_option
@json_option
def create(stage: Stage, *, inactive: bool, as_json: bool, **body: object) -> None:
    """Create a webhook and show its signing secret once."""
    from functions.routes.webhooks.webhooks import create_webhook

    _show_secret(stage.call(create_webhook, body={**body, "active": not inactive}), as_json=as_json)


@command.command(
    "update",
    examples=[
        "staffetta webhooks update WEBHOOK_ID --types '*'",
        "staffetta webhooks update WEBHOOK_ID --active    # resumes a paused webhook",
    ],
)
@click.argument("webhook_id", metavar="WEBHOOK")
@click.option("--url", help="new URL")
@click.option("--types", "event_types", type=WordsType(CHOICES), metavar="TYPE,...", help=TYPES_HELP)
@click.option("--description", help="what the webhook is for")
@click.option("--active/--inactive", default=None, help="whether events are sent to it; --active resumes it")
@stage_option
@json_option
def update(stage: Stage, webhook_id: str, *, as_json: bool, **body: Any) -> None:
    """Change a webhook. WEBHOOK is its id. Options that are absent change nothing."""
    from functions.routes.webhooks.webhooks import update_webhook

    _show(stage.call(update_webhook, path={"webhookId": webhook_id}, body=body), as_json=as_json)


@command.command(
    "delete", examples=["staffetta webhooks delete WEBHOOK_ID", "staffetta webhooks delete WEBHOOK_ID --yes"]
)
@click.argument("webhook_id", metavar="WEBHOOK")
@stage_option
@yes_option
def delete(stage: Stage, webhook_id: str, *, yes: bool) -> None:
    """Delete a webhook and its secret. WEBHOOK is its id."""
    from functions.routes.webhooks.webhooks import delete_webhook, get_webhook

    webhook = stage.call(get_webhook, path={"webhookId": webhook_id})
    confirm(f"Delete the webhook to {webhook.url} of stage {stage.name}?", yes=yes)
    stage.call(delete_webhook, path={"webhookId": webhook_id})
    show(f"The webhook to {webhook.url} is deleted.")


@command.command(
    "rotate", examples=["staffetta webhooks rotate WEBHOOK_ID", "staffetta webhooks rotate WEBHOOK_ID --yes"]
)
@click.argument("webhook_id", metavar="WEBHOOK")
@stage_option
@json_option
@yes_option
def rotate(stage: Stage, webhook_id: str, *, as_json: bool, yes: bool) -> None:
    """Give a webhook a new signing secret and show it once. For a day, the old secret signs too. WEBHOOK is its id."""
    from functions.routes.webhooks.webhooks import get_webhook, rotate_webhook_secret

    webhook = stage.call(get_webhook, path={"webhookId": webhook_id})
    confirm(f"Replace the secret of the webhook to {webhook.url}? The old one signs for one more day.", yes=yes)
    _show_secret(stage.call(rotate_webhook_secret, path={"webhookId": webhook_id}), as_json=as_json)


@command.command("test", examples=["staffetta webhooks test WEBHOOK_ID"])
@click.argument("webhook_id", metavar="WEBHOOK")
@stage_option
@json_option
def test(stage: Stage, webhook_id: str, *, as_json: bool) -> None:
    """Send a sample event to a webhook. WEBHOOK is its id."""
    from functions.routes.webhooks.webhooks import test_webhook

    _show_queued(stage.call(test_webhook, path={"webhookId": webhook_id}), as_json=as_json)


@command.command(
    "deliveries",
    examples=["staffetta webhooks deliveries WEBHOOK_ID", "staffetta webhooks deliveries WEBHOOK_ID --json"],
)
@click.argument("webhook_id", metavar="WEBHOOK")
@limit_option(50)
@stage_option
@json_option
def deliveries(stage: Stage, webhook_id: str, limit: int, *, as_json: bool) -> None:
    """List the deliveries to a webhook, newest first. WEBHOOK is its id."""
    from functions.routes.webhooks.webhooks import list_webhook_deliveries

    results = stage.collect(list_webhook_deliveries, limit, path={"webhookId": webhook_id})
    if as_json:
        show_json({"results": results})
        return
    headings = ("EVENT TIME", "TYPE", "STATE", "ATTEMPTS", "LAST ANSWER", "DELIVERY ID")
    show_table(headings, map(_row, results), empty="No deliveries yet.")


@command.command(
    "replay",
    examples=[
        "staffetta webhooks replay WEBHOOK_ID --since 24h",
        "staffetta webhooks replay WEBHOOK_ID --delivery DELIVERY_ID",
    ],
)
@click.argument("webhook_id", metavar="WEBHOOK")
@click.option("--delivery", "delivery_id", help="send the event of this delivery again")
@click.option("--since", type=INSTANT, help="send the events since this time that were not delivered")
@click.option("--until", type=INSTANT, help="end of that time span (default: now)")
@click.option("--delivered", is_flag=True, help="also send events that were delivered before")
@stage_option
@json_option
def replay(
    stage: Stage,
    webhook_id: str,
    delivery_id: str | None,
    since: str | None,
    until: str | None,
    *,
    delivered: bool,
    as_json: bool,
) -> None:
    """Send events to a webhook again: of one delivery, or of a time span. WEBHOOK is its id."""
    from functions.routes.webhooks.webhooks import replay_webhook_deliveries, replay_webhook_delivery

    if (delivery_id is None) == (since is None):
        raise click.UsageError("give either --delivery or --since")
    path = {"webhookId": webhook_id}
    if delivery_id:
        _show_queued(stage.call(replay_webhook_delivery, path={**path, "deliveryId": delivery_id}), as_json=as_json)
        return
    queued = stage.call(
        replay_webhook_deliveries, path=path, body={"since": since, "until": until, "delivered": delivered}
    )
    if as_json:
        show_json(queued)
    else:
        show(f"The events from {queued.since} to {queued.until} are queued.")


def _show(webhook: WebhookView, *, as_json: bool) -> None:
    if as_json:
        show_json(webhook)
        return
    show_fields(
        [
            ("id", webhook.id),
            ("url", webhook.url),
            ("state", _state(webhook)),
            ("types", ", ".join(webhook.event_types)),
            ("description", webhook.description),
            ("created", webhook.created_at),
            ("updated", webhook.updated_at),
            ("failing since", webhook.failing_since),
            ("paused", webhook.paused_at and f"{webhook.paused_at}: {webhook.pause_reason}"),
        ]
    )


def _show_secret(webhook: WebhookSecretView, *, as_json: bool) -> None:
    if as_json:
        show_json(webhook)
    else:
        show_fields([("id", webhook.id), ("url", webhook.url), ("secret", webhook.secret)])
    note("The secret is shown only this once.")


def _show_queued(queued: WebhookQueued, *, as_json: bool) -> None:
    if as_json:
        show_json(queued)
    else:
        show(f"Queued as delivery {queued.delivery_id}: see `staffetta webhooks deliveries`.")


def _state(webhook: WebhookView) -> str:
    if webhook.paused_at:
        return "PAUSED"
    return "active" if webhook.active else "INACTIVE"


def _row(delivery: WebhookDeliveryView) -> tuple[object, ...]:
    last = delivery.attempts[-1] if delivery.attempts else None
    answer = last and (str(last.status) if last.status else last.error)
    return delivery.event_at, delivery.event_type, delivery.state, len(delivery.attempts), answer, delivery.id
