"""Messages of a stage: search, and what happened to one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from functions.core.events.message_history import MessageStatus
from infra.cli.command import Group
from infra.cli.options import ADDRESS, INSTANT, WordsType, json_option, limit_option, stage_option, yes_option
from infra.cli.terminal import confirm, show, show_fields, show_json, show_table

if TYPE_CHECKING:
    from functions.routes.events.message_models import MessageHistory, MessageView, SendHistory
    from infra.cli.stage import Stage

STATUSES = [str(status).lower() for status in MessageStatus]


@click.group(
    cls=Group, examples=["staffetta messages list --recipient ada@example.net", "staffetta messages show STATUS_ID"]
)
def command() -> None:
    pass


@command.command(
    "list",
    examples=[
        "staffetta messages list --recipient ada@example.net",
        "staffetta messages list --status bounced,failed --since 24h --limit 200 --json",
    ],
)
@click.option("--recipient", type=ADDRESS, help="only messages to this address")
@click.option("--email", "email_id", type=int, help="only messages of the email with this id")
@click.option("--token", "token_id", help="only messages of the SMTP token with this user name")
@click.option("--key", help="only messages of this API key: its id, the beginning of it, or its prefix")
@click.option("--status", type=WordsType(STATUSES), metavar="STATUS,...", help=f"one or more of {', '.join(STATUSES)}")
@click.option("--subject", help="only messages whose subject has this text, in capital or small letters")
@click.option("--since", type=INSTANT, help="accepted at or after this time: 2026-11-23, 2026-11-23T15:00:00Z or 24h")
@click.option("--until", type=INSTANT, help="accepted before this time")
@limit_option(20)
@stage_option
@json_option
def list_(stage: Stage, limit: int, recipient: Any, key: str | None, *, as_json: bool, **query: object) -> None:
    """Search messages, newest first. A search by --recipient, --email or --token is fast; others read day after day."""
    from functions.routes.events.messages import list_messages
    from infra.cli.commands.access.keys import find_key

    key_id = find_key(stage, key).id if key else None
    expected = {**query, "recipient": recipient and recipient.email, "key_id": key_id}
    messages = stage.collect(list_messages, limit, query=expected)
    if as_json:
        show_json({"results": messages})
        return
    headings = ("ACCEPTED", "STATUS", "ADDRESS", "EMAIL", "STATUS ID", "SUBJECT")
    show_table(headings, map(_row, messages), empty="No messages found.")


@command.command(
    "show",
    examples=[
        "staffetta messages show 6f1c2f0e-7a55-4a0e-9f3e-0d6c5f3f1a11",
        "staffetta messages show STATUS_ID 1 --json",
    ],
)
@click.argument("status_id")
@click.argument("recipient", type=int, required=False)
@stage_option
@json_option
def show_message(stage: Stage, status_id: str, recipient: int | None, *, as_json: bool) -> None:
    """Show what happened to a send: attempts, events, cost. RECIPIENT is the number of one recipient; 0 is the To."""
    from functions.routes.events.messages import get_message, get_send

    path = {"statusId": status_id}
    if recipient is None:
        story = stage.call(get_send, path=path)
    else:
        story = stage.call(get_message, path={**path, "recipient": recipient})
    if as_json:
        show_json(story)
    else:
        _show_story(story)


@command.command(
    "content",
    examples=[
        "staffetta messages content STATUS_ID",
        "staffetta messages content STATUS_ID 1 --html > mail.html",
    ],
)
@click.argument("status_id")
@click.argument("recipient", type=int, default=0)
@click.option("--html", is_flag=True, help="print only the HTML")
@stage_option
@json_option
def show_content(stage: Stage, status_id: str, recipient: int, *, html: bool, as_json: bool) -> None:
    """Show a mail as it was sent, for as long as its values are stored (staffetta:contentDays). A sensitive email's never are."""
    from functions.routes.events.sent_mail import get_sent_mail

    mail = stage.call(get_sent_mail, path={"statusId": status_id, "recipient": recipient})
    if as_json:
        show_json(mail)
    elif html:
        show(mail.html)
    else:
        show_fields(
            [
                ("sent", mail.sent_at),
                ("email", f"{mail.email_id}, revision {mail.revision}, {mail.language}"),
                ("from", mail.from_),
                ("reply to", ", ".join(mail.reply_to)),
                ("subject", mail.subject),
                ("attachments", ", ".join(f"{one.file_name} ({one.size:,} bytes)" for one in mail.attachments)),
            ]
        )
        show()
        show(mail.text)


@command.command(
    "resend", examples=["staffetta messages resend STATUS_ID", "staffetta messages resend STATUS_ID 1 --yes"]
)
@click.argument("status_id")
@click.argument("recipient", type=int, default=0)
@yes_option
@stage_option
@json_option
def resend(stage: Stage, status_id: str, recipient: int, *, yes: bool, as_json: bool) -> None:
    """Send a mail again to its recipient, with the values and the revision of the first time."""
    from functions.routes.events.messages import get_message
    from functions.routes.events.sent_mail import resend_message

    path = {"statusId": status_id, "recipient": recipient}
    (first,) = stage.call(get_message, path=path).recipients
    confirm(f"Send the mail of {first.accepted_at} to {first.address} again?", yes=yes)
    message = stage.call(resend_message, path=path)
    if as_json:
        show_json(message)
    else:
        show(f"Sent again to {message.address}: status id {message.status_id}")


def _row(message: MessageView) -> tuple[object, ...]:
    status_id = message.status_id if message.recipient == 0 else f"{message.status_id} {message.recipient}"
    return message.accepted_at, message.status, message.address, message.email_id, status_id, message.subject or ""


def _show_story(story: SendHistory) -> None:
    sender, email = story.sent_by, story.email
    by = " ".join(filter(None, [sender.kind, sender.name, sender.owner and f"({sender.owner})"]))
    revision = f", revision {email.revision}" if email.revision else ""
    show_fields(
        [
            ("status id", story.status_id),
            ("accepted", story.accepted_at),
            ("sent by", f"{by}, revoked" if sender.ended else by),
            ("email", f"{email.id} {email.name or ''}{revision}"),
        ]
    )
    for message in story.recipients:
        show()
        _show_message(message)


def _show_message(message: MessageHistory) -> None:
    show(f"{message.role} {message.address}: {message.status}")
    show(message.summary)
    show_fields(
        [
            ("  reason", message.reason),
            ("  scheduled for", message.send_at),
            ("  SES message id", message.ses_message_id),
            ("  tags", ", ".join(f"{name}={value}" for name, value in message.tags.items())),
            ("  cost", message.cost and f"{message.cost.total:.6f} {message.cost.currency}"),
        ]
    )
    show_table(("  TIME", "WHAT", "DETAILS"), sorted(_history(message)), empty="  No attempts and no events.")


def _history(message: MessageHistory) -> Iterator[tuple[str, str, str]]:
    for attempt in message.tries:
        yield f"  {attempt.at or '-'}", f"attempt {attempt.number}: {attempt.outcome}", attempt.answer or ""
    for event in message.events:
        details = ", ".join(f"{name}: {value}" for name, value in event.details.items())
        yield f"  {event.at}", f"{event.meaning}{' (machine)' if event.machine else ''}", details
