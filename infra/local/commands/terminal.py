"""How every command reads its arguments and speaks."""

from __future__ import annotations

import argparse

from functions.core import addresses
from functions.core.addresses import Address


def show(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - a command speaks on standard output


def add_stage(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--stage", default="prod", help="the deployed stage (%(default)s)")


def address(text: str) -> Address:
    """An argument that is an email address."""
    try:
        return addresses.parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
