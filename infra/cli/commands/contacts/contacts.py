"""Contacts of a stage."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import click

from infra.cli.command import Group
from infra.cli.options import ADDRESS, json_option, stage_option, yes_option
from infra.cli.terminal import confirm, progress, show, show_fields, show_json, show_table

if TYPE_CHECKING:
    from functions.ports.contacts import ErasureRequest
    from functions.routes.contacts.models import SuppressionView
    from infra.cli.stage import Stage

PART_SECONDS = 5  # between two updates of the progress bar
WAIT_SECONDS = 2  # for a worker that is just sending to the person


@click.group(
    cls=Group, examples=["staffetta contacts show ada@example.net", "staffetta contacts erase ada@example.net"]
)
def command() -> None:
    pass


@command.command(
    "show", examples=["staffetta contacts show ada@example.net", "staffetta contacts show ada@example.net --json"]
)
@click.argument("address", type=ADDRESS)
@stage_option
@json_option
def show_contact(stage: Stage, address: Any, *, as_json: bool) -> None:
    """Show everything that is stored about a contact."""
    from functions.routes.contacts.contacts import get_contact

    contact = stage.call(get_contact, path={"email": address.email})
    if as_json:
        show_json(contact)
        return
    show_fields(
        [
            ("email", contact.email),
            ("created", contact.created_at),
            ("hard bounce", contact.bounced_at and f"{contact.bounced_at}: {contact.bounce_reason}"),
            ("spam report", contact.complained_at),
            ("other spellings", ", ".join(contact.spellings)),
        ]
    )
    show()
    properties = [(name, existing.value, existing.accepted_at) for name, existing in sorted(contact.properties.items())]
    show_table(("PROPERTY", "VALUE", "SINCE"), properties, empty="No properties.")
    show()
    decisions = [(one.subscription_id, one.status, one.decided_at, one.source) for one in contact.decisions]
    show_table(("SUBSCRIPTION", "STATUS", "DECIDED", "SOURCE"), decisions, empty="No subscription decisions.")


@command.command(
    "lift-quarantine",
    examples=[
        "staffetta contacts lift-quarantine ada@example.net",
        "staffetta contacts lift-quarantine ada@example.net --json",
    ],
)
@click.argument("address", type=ADDRESS)
@stage_option
@json_option
def lift(stage: Stage, address: Any, *, as_json: bool) -> None:
    """Mail an address again that bounced: lift its quarantine, and remove it from SES's suppression list.

    SES lists an address as the mail wrote it, so every stored spelling is removed. Entries for complaints stay.
    """
    from functions.routes.contacts.preferences import lift_quarantine

    lifted = stage.call(lift_quarantine, path={"email": address.email})
    if as_json:
        show_json(lifted)
        return
    bounce = f"of {lifted.bounced_at}: {lifted.bounce_reason}" if lifted.bounced_at else "none"
    show_fields([("email", lifted.email), ("quarantine lifted", bounce)])
    show()
    answers = [(one.email_address, one.reason or "not listed", _outcome(one)) for one in lifted.suppressions]
    show_table(("ADDRESS AT SES", "LISTED FOR", "RESULT"), answers, empty="None.")


def _outcome(suppression: SuppressionView) -> str:
    if suppression.removed:
        return "removed"
    return "stays" if suppression.reason else ""


@command.command(
    "erase",
    examples=[
        "staffetta contacts erase ada@example.net",
        "staffetta contacts erase ada@example.net --stage test --yes",
    ],
)
@click.argument("address", type=ADDRESS)
@stage_option
@yes_option
def erase(stage: Stage, address: Any, *, yes: bool) -> None:
    """Erase one person: delete the contact, anonymise messages and events, cancel pending sends. Counters stay.

    If this is interrupted, the stage's sweeper finishes it, or the same command does.
    """
    from functions import wiring
    from functions.core import ids

    confirm(f"Erase {address.email} from stage {stage.name}? This cannot be undone.", yes=yes)
    erasure = stage.get(wiring.contacts.erase_contact)
    order = erasure.request(address.email, stage.actor)
    done = None
    with progress("erasing") as advance:
        while done is None and (left := _pending(stage, order.address)):
            advance(0, text=_progress_of(stage, left))
            finished = erasure(stage.container.clock() + PART_SECONDS)
            done = next((one for one in finished if one.address == order.address), None)
            if done is None and not left.ready:
                time.sleep(WAIT_SECONDS)
    if done:
        show(f"Erased: {done.messages} messages ({done.canceled} canceled first), {done.events} events, the contact.")
    show(f"The audit log has it under the subject {ids.address_hash(address.email)}.")


def _pending(stage: Stage, address: str) -> ErasureRequest | None:
    """Returns None when the erasure is done, by this command or by the sweeper."""
    from functions import wiring

    return stage.get(wiring.contacts.erase_contact).requests.get(address)


def _progress_of(stage: Stage, order: ErasureRequest) -> str:
    from functions import wiring

    scan = stage.get(wiring.contacts.erase_contact).requests.scan()
    archive = scan.position if order.scan and order.scan == scan.number else "not yet"
    return f"{order.messages} messages, {order.canceled} canceled, {order.events} events; archive: {archive}"
