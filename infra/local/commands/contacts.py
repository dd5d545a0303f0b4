"""Contacts of a deployed stage: forget one person."""

from __future__ import annotations

import argparse
import time

from functions import wiring
from functions.core import ids
from infra import deployed
from infra.local.commands.terminal import add_stage, address, show

PART_SECONDS = 5  # between two words on how far it is
WAIT_SECONDS = 2  # for a worker that is sending to the person just now


def add(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    erase = actions.add_parser(
        "erase", help="forget one person: messages, events and contact go or are nobody's, the counters stay"
    )
    add_stage(erase)
    erase.add_argument("address", type=address, help="whom to forget")
    erase.set_defaults(run=_erase)


def _erase(options: argparse.Namespace) -> None:
    """Until it is done. Ended before, by a Ctrl-C or a crash, it is finished by the stage's own sweeper, or by being started again."""
    container, email = deployed.container(options.stage), options.address.email
    asked = container.get(wiring.contacts.erase_contact).request(email, deployed.caller_arn())
    while True:
        done = [
            order
            for order in container.get(wiring.contacts.erase_contact)(container.clock() + PART_SECONDS)
            if order.address == asked.address
        ]
        left = [
            order
            for order in container.get(wiring.contacts.erase_contact).requests.all()
            if order.address == asked.address
        ]
        if not left:
            break
        told = left[0]
        show(
            f"{told.messages} messages, {told.canceled} canceled, {told.events} events so far; archive: {told.scanned or 'not yet'}"
        )
        time.sleep(WAIT_SECONDS if not told.scanned else 0)
    if done:
        show(
            f"Forgotten: {done[0].messages} messages ({done[0].canceled} canceled first), {done[0].events} events, the contact."
        )
    show(f"The audit log tells it under the subject {ids.address_hash(email)}.")
