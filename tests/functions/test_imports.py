"""Imports have no side effects, and the hot path imports nothing heavy. Each in a fresh process, as a cold start is."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec

import pytest

from tests.support.aws.lambdas import LAMBDAS, ROOT

PROBE = """
import os, sys
asked = []
class Watched(dict):
    def get(self, name, default=None): asked.append(name); return default
    def __getitem__(self, name): asked.append(name); raise KeyError(name)
    def __contains__(self, name): asked.append(name); return False
import botocore.session, boto3.session, aws_lambda_powertools  # what they read is theirs
def made(*args, **kwargs): raise AssertionError("a client was made")
botocore.session.Session.create_client = made
os.environ = Watched()
import functions.{name}
print(*[one for one in asked if one.startswith("STAFFETTA")])
"""


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize("name", LAMBDAS)
def test_importing_a_function_reads_no_setting_and_makes_no_client(name: str) -> None:
    assert run(PROBE.format(name=name)) == ""


@pytest.mark.parametrize("name", ["single_send", "deliver"])
@pytest.mark.parametrize(
    "heavy",
    [
        "boto3",
        "botocore.client",
        "pydantic",
        "aws_xray_sdk",
        "cssselect2",
        "dns",
        "tinycss2",
        "gettext",
        "language_tags",
        "mrml",
        "ua_parser",
        "crawleruseragents",
    ],
)
def test_the_hot_path_imports_nothing_heavy(name: str, heavy: str) -> None:
    assert run(f"import sys, functions.{name}; print({heavy!r} in sys.modules)") == "False"


def test_accepting_a_send_imports_no_template_engine() -> None:
    assert run("import sys, functions.single_send, functions.wiring; print('jinja2' in sys.modules)") == "False"


def test_accepting_a_send_imports_nothing_of_what_others_do() -> None:
    """That the ports name their nouns costs no import: those of some were a third of a cold start."""
    others = (
        *("access.audit", "sending.throttle", "sending.mime", "statistics.counter_updates", "templates.rendering"),
        *("tokens.smtp_token", "webhooks.webhook", "webhooks.webhook_events"),
    )
    foreign = {f"functions.core.{name}" for name in others}
    assert all(find_spec(name) for name in foreign), "a module that is not there cannot be imported"
    assert run(f"import sys, functions.single_send; print(*sorted({foreign!r} & sys.modules.keys()))") == ""
