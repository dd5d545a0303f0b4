"""The syntheses of the template tests, and access to their results."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from infra.app import _cdk_json, synthesize
from infra.config import read
from infra.deployed_stage import Clients
from infra.local.cloud import Cloud
from infra.local.mailbox import Mailbox
from infra.local.ses import SesSimulator
from infra.node import use_node_wheel
from tests.support.aws.cdk_templates import Assembly, Synthesize, Templates

use_node_wheel()  # before a test module imports aws_cdk
os.environ["JSII_DEPRECATED"] = "fail"  # otherwise the CDK prints a warning, at each deployment


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "slow: fetches from package registries, or takes more than ten seconds")


@pytest.fixture(scope="session")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Assembly:
    """Returns a function that synthesizes once for each context and region. One process runs all tests of this folder."""
    folders: dict[str, Path] = {}

    def run(context: Mapping[str, object], region: str | None = None) -> Path:
        key = json.dumps([context, region, os.environ.get("CDK_DEFAULT_REGION")], sort_keys=True)
        if key not in folders:
            folders[key] = synthesize(context, tmp_path_factory.mktemp("cdk.out"), region)
        return folders[key]

    return run


@pytest.fixture(scope="session")
def synthesized(assembly: Assembly) -> Synthesize:
    """Returns a function that synthesizes one stage, from its settings without their prefix, and reads its templates."""

    def run(**settings: object) -> Templates:
        context = {"staffetta:bundle": False} | {f"staffetta:{key}": value for key, value in settings.items()}
        folder = assembly(context)
        stage = settings.get("stage", "prod")
        state, service = (
            json.loads((folder / f"Staffetta-{stage}-{name}.template.json").read_text())
            for name in ("State", "Service")
        )
        return Templates(folder, state, service)

    return run


@pytest.fixture(scope="session")
def only_state(tmp_path_factory: pytest.TempPathFactory) -> Synthesize:
    """Returns a function that synthesizes the State stack of one stage, in an eighth of the time of both stacks."""
    from aws_cdk import App, Tags  # noqa: PLC0415 - importing the CDK starts Node

    from infra.state import StateStack  # noqa: PLC0415 - imports the CDK

    def run(**settings: object) -> Templates:
        context = {"staffetta:bundle": False} | {f"staffetta:{key}": value for key, value in settings.items()}
        folder = tmp_path_factory.mktemp("cdk.out")
        app = App(context={**_cdk_json(), **context}, outdir=str(folder), analytics_reporting=False)
        config = read(app.node.get_all_context())
        stack = StateStack(app, f"Staffetta-{config.stage}-State", config)
        Tags.of(app).add("staffetta:stage", config.stage)
        app.synth()
        return Templates(folder, json.loads((folder / stack.template_file).read_text()), {"Resources": {}})

    return run


@pytest.fixture(scope="session")
def templates(synthesized: Synthesize) -> Templates:
    """The stage of cdk.json, with an email address for alarms as its only setting."""
    return synthesized(alarmEmail="oncall@acme.com")


@pytest.fixture(scope="session")
def other(synthesized: Synthesize) -> Templates:
    """A stage with other choices than the defaults, and no address for alarms."""
    return synthesized(imageCdn=False, eventBridge=True)


@pytest.fixture(scope="session")
def local(synthesized: Synthesize) -> Templates:
    return synthesized(stage="local")


@pytest.fixture
def account() -> Clients:
    """SES has one domain, which no stage of ours created."""
    ses = SesSimulator(
        region="eu-west-1", account_id=Cloud.account_id, mailbox=Mailbox(), publish=lambda _topic, _event: None
    )
    client: Clients = Cloud(region="eu-west-1", ses=ses.wsgi).client
    client("sesv2").create_email_identity(EmailIdentity="acme.com")
    client("sesv2").create_configuration_set(ConfigurationSetName="theirs")
    return client
