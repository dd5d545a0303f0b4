"""The API's OpenAPI document."""

from __future__ import annotations

import argparse
import json

from functions.routes import openapi
from infra.local.commands.terminal import show


def add(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(run=_print)


def _print(options: argparse.Namespace) -> None:
    show(json.dumps(openapi.document(), indent=2))
