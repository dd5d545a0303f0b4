"""Imports have no side effects, and the hot path imports nothing heavy. Each in a fresh process, as a cold start is."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec

import pytest

from functions.routes.operations import MODULES
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


# What no first request of a function needs: to import it takes a part of a cold start.
FOREIGN = {
    "single_send": {
        *("dataclasses", "email.header", "functions.adapters.contacts.contacts"),
        *(
            "functions.adapters.domains.domains",
            "functions.adapters.emails.images",
            "functions.adapters.sending.uploads",
        ),
        *("functions.core.access.audit", "functions.core.domains.domain", "functions.core.emails.images"),
        *("functions.core.contacts.subscriptions.unsubscribe_link", "functions.core.sending.mime"),
        *("functions.core.sending.throttle", "functions.core.statistics.counter_updates"),
        *("functions.core.templates.rendering", "functions.core.tokens.smtp_token", "functions.core.webhooks.webhook"),
        *("functions.core.webhooks.webhook_events", "functions.http.unreadable_json"),
        *("functions.routes.sending.legacy_models", "functions.routes.sending.legacy_send"),
        *("functions.steps.sending.cancel_send", "functions.steps.sending.create_upload"),
    },
    "deliver": {
        *("dataclasses", "functions.core.emails.images", "functions.steps.sending.accept"),
        *("functions.core.events.ses_events", "functions.ports.contacts", "functions.ports.events"),
        *("functions.steps.sending.cancel_send", "functions.steps.sending.get_send"),
    },
    "record": {
        "functions.steps.sending.accept",
        "functions.adapters.sending.send_queue",
        "functions.core.emails.images",
    },
    "measure": {
        "functions.steps.sending.accept",
        "functions.adapters.sending.sends",
        "functions.core.emails.images",
        "ua_parser",
    },
    "api": {
        *("jinja2", "ua_parser", "yaml", "functions.routes.openapi", "functions.routes.http.models"),
        *(f"functions.routes.{module}" for module in MODULES),
    },
}
# What the first request of a caller does need: Lambda provides a whole processor only while it imports the function.
PRELOADED = {
    *("functions.adapters.access.api_keys", "functions.adapters.access.rate_limits"),
    *("functions.steps.access.check_key", "functions.wiring.access"),
    *("functions.adapters.emails.emails", "functions.adapters.sending.send_queue", "functions.adapters.sending.sends"),
    *("functions.steps.sending.accept", "functions.steps.sending.check_pause", "functions.wiring.sending"),
}


@pytest.mark.parametrize("name", FOREIGN)
def test_a_cold_start_imports_nothing_of_what_others_do(name: str) -> None:
    foreign = FOREIGN[name]
    assert all(find_spec(module) for module in foreign), "a module that is not there cannot be imported"
    assert run(f"import sys, functions.{name}; print(*sorted({foreign!r} & sys.modules.keys()))") == ""


def test_accepting_a_send_imports_its_step_at_the_cold_start() -> None:
    assert run(f"import sys, functions.single_send; print(*sorted({PRELOADED!r} - sys.modules.keys()))") == ""


REQUEST = """
import sys
from functions import api, wiring
from functions.core.access.actor import Actor
from functions.routes.operations import MODULES
from functions.steps.access.check_key import KeyCheck
from functions.steps.access.limit_rate import RateResult
from tests.support.events import CONTEXT, SCOPES, http

class Stage:
    def get(self, factory):
        if factory is wiring.access.check_key:
            return lambda header, exempt: KeyCheck(Actor("ada", SCOPES), RateResult(0, 9))
        raise LookupError("this stage has API keys only")

with wiring.using(Stage()):
    api.handler(http("GET", {path!r}), CONTEXT)
print("imported:", *[module for module in MODULES if "functions.routes." + module in sys.modules])
"""


@pytest.mark.parametrize(
    ("path", "imported"),
    [("/none", ""), ("/staffetta/v1/partials", " templates.partials"), ("/crm/v3/lists", " contacts.lists")],
)
def test_a_request_imports_its_own_operations_only(path: str, imported: str) -> None:
    assert run(REQUEST.format(path=path)).splitlines()[-1] == f"imported:{imported}"
