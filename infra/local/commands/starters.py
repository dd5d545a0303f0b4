"""Starter emails: list them, publish one on a deployed stage."""

from __future__ import annotations

import argparse

from functions.adapters import starters
from functions.core.addresses import Address
from infra import deployed
from infra.local.commands.terminal import add_stage, address, show


def add(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    actions.add_parser("list", help="the starters there are").set_defaults(run=_list)
    publish = actions.add_parser("publish", help="compile a starter and make it the live revision of its email")
    add_stage(publish)
    publish.add_argument("name", help="as `staffetta starters list` shows it")
    publish.add_argument("--from", dest="sender", required=True, type=address, help="'Acme <receipts@mail.acme.com>'")
    publish.set_defaults(run=_publish)


def _list(options: argparse.Namespace) -> None:
    for name in starters.names():
        starter = starters.load(name, Address("someone@example.com"))
        show(f"{name}  (emailId {starter.draft.email_id}): {starter.description}")


def _publish(options: argparse.Namespace) -> None:
    starter = starters.load(options.name, options.sender)
    published = deployed.wiring(options.stage).publication(starter.draft)
    revision = published.revision
    show(f"emailId {revision.email_id}, revision {revision.number}: {revision.name}")
    for warning in published.warnings:
        show(f"warning: {warning}")
