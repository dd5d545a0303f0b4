"""`cdk deploy` is the whole installation: the real command line bootstraps, deploys, updates and destroys, in the local cloud."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from functions.adapters.schema import TABLES
from infra import ROOT
from infra.deployed_stage import has_image_cdn, service_stack, set_protection
from infra.node import cdk_command
from tests.end_to_end.account import ACCOUNT, REGION
from tests.support.aws import cdk_app

STACKS = ("Staffetta-local-State", "Staffetta-local-Service")


@pytest.fixture
def account() -> Iterator[str]:
    """The address of an empty account."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.end_to_end.account"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    yield process.stdout.readline().strip()
    process.communicate()


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The command line of the app, which is already started."""
    with cdk_app.running(tmp_path_factory.mktemp("app")) as command:
        yield command


class Cdk:
    """The CDK's command line, as a deployer runs it, against an account. `app` replaces that of cdk.json."""

    def __init__(self, url: str, app: str | None = None) -> None:
        replaced = {"CDK_APP": app} if app else {}
        self._environment = {
            **os.environ,
            "AWS_ENDPOINT_URL": url,
            "AWS_ACCESS_KEY_ID": "deployer",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
            "CDK_DISABLE_CLI_TELEMETRY": "true",
            "CI": "true",
            **replaced,
        }

    def synthesizing(self, outdir: Path, *words: str, **settings: str) -> None:
        """Runs the app, with settings from the command line, and leaves its assembly in `outdir`."""
        context = [part for name, value in settings.items() for part in ("-c", f"staffetta:{name}={value}")]
        self(*words, "--output", str(outdir), *context)

    def python(self, *words: str) -> subprocess.CompletedProcess[str]:
        return self._run([sys.executable, *words])

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return self._run([*cdk_command(), *words, "--no-notices", "--no-version-reporting"])

    def _run(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=ROOT,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def __call__(self, *words: str) -> None:
        done = self.run(*words)
        assert done.returncode == 0, f"cdk {' '.join(words)}:\n{done.stdout}\n{done.stderr}"


def client(url: str, service: str) -> Any:
    session = boto3.Session("tester", "secret", region_name=REGION)
    new: Any = session.client  # the caller chooses the name of the service
    return new(service, endpoint_url=url)


def test_the_command_line_deploys_updates_and_destroys(account: str, tmp_path: Path) -> None:
    """The app is cdk.json's own, and the asset is the real one."""
    cdk = Cdk(account)
    deploy = ("deploy", "--all", "--method=direct", "--require-approval", "never")
    first, second = tmp_path / "first", tmp_path / "second"

    cdk.synthesizing(first, "bootstrap", f"aws://{ACCOUNT}/{REGION}", stage="local")
    cdk(*deploy, "--app", str(first))
    assert settings(account)["STAFFETTA_RETENTION_DAYS"] == "90"
    code = function(account, "Deliver")["CodeSha256"]
    assert code

    cdk.synthesizing(second, *deploy, stage="local", retentionDays="30")
    assert settings(account)["STAFFETTA_RETENTION_DAYS"] == "30"
    assert function(account, "Deliver")["Environment"]["Variables"] == settings(account) | powertools("deliver")

    cdk("destroy", "--all", "--force", "--app", str(second))
    for stack in STACKS:
        with pytest.raises(ClientError, match="does not exist"):
            client(account, "cloudformation").describe_stacks(StackName=stack)
    assert client(account, "dynamodb").list_tables()["TableNames"] == []
    assert client(account, "sesv2").list_email_identities()["EmailIdentities"] == []

    cdk(*deploy, "--app", str(first))  # nothing is left that blocks a new deployment
    assert settings(account)["STAFFETTA_RETENTION_DAYS"] == "90"


DOMAIN, TAKEN = "two.example.com", "staffetta-two-marketing"
STATE = "Staffetta-two-State"


@pytest.mark.timeout(600)
def test_a_retained_stage_fails_is_repeated_protected_updated_and_removed(
    account: str, app: str, tmp_path: Path
) -> None:
    """As `make deploy` in CI, which refuses what it sees, by change sets. A first deployment that fails leaves nothing, and what was made is
    protected, and stays at a removal.
    """
    cdk, dynamodb = Cdk(account, app), client(account, "dynamodb")
    client(account, "sesv2").create_configuration_set(ConfigurationSetName=TAKEN)
    refused = make_deploy(cdk, domain=DOMAIN)
    assert refused.returncode == 1
    assert f"delete-configuration-set --configuration-set-name {TAKEN}" in refused.stderr
    first, second = tmp_path / "first", tmp_path / "second"
    stage = {"stage": "two", "domain": DOMAIN, "bundle": "false"}
    cdk.synthesizing(first, "bootstrap", f"aws://{ACCOUNT}/{REGION}", **stage)
    bare = ("deploy", "--all", "--require-approval", "never")
    failed = cdk.run(*bare, "--app", str(first))
    assert failed.returncode == 1
    assert TAKEN in failed.stderr
    assert dynamodb.list_tables()["TableNames"] == []
    client(account, "sesv2").delete_configuration_set(ConfigurationSetName=TAKEN)

    repeated = make_deploy(cdk, domain=DOMAIN)
    assert repeated.returncode == 0, repeated.stderr
    assert f"protected against deletion: {STATE}" in repeated.stdout
    assert_next_steps(repeated.stdout)
    assert "The CDN of images was not created" not in repeated.stdout, repeated.stderr
    assert has_image_cdn("two", lambda service: client(account, service))
    tables = dynamodb.list_tables()["TableNames"]
    assert len(tables) == len(TABLES)
    assert protected(account) == dict.fromkeys([STATE, *tables], True)

    updated = make_deploy(cdk, domain=DOMAIN, retentionDays="30")
    assert updated.returncode == 0, updated.stderr
    assert "protected against deletion" not in updated.stdout, "it never ended"
    assert protected(account) == dict.fromkeys([STATE, *tables], True)

    cdk.synthesizing(second, *bare, **stage)
    assert protected(account) == dict.fromkeys([STATE, *tables], True), "by a bare command as well"

    deployed = settings(account, "two")
    prepared = make_deploy(cdk, "--no-execute", domain=DOMAIN, retentionDays="60")
    assert prepared.returncode == 0, prepared.stderr
    assert "one of State before the one of Service.\n" in prepared.stdout
    assert settings(account, "two") == deployed

    destroy = ("destroy", "--all", "--force", "--app", str(second))
    refused = cdk.run(*destroy)
    assert "TerminationProtection is enabled" in refused.stderr
    assert protected(account) == dict.fromkeys([STATE, *tables], True)
    set_protection("two", lambda service: client(account, service), enabled=False)
    assert protected(account) == dict.fromkeys([STATE, *tables], False)
    cdk(*destroy)
    assert dynamodb.list_tables()["TableNames"] == tables, "retained"


def assert_next_steps(output: str) -> None:
    """They name the records that DNS lacks and the command for the first key, and show no key."""
    assert f"_domainkey.{DOMAIN} CNAME" in output
    assert f"staffetta domains check {DOMAIN} --stage two" in output
    assert f"staffetta keys create --name shop --owner you@{DOMAIN} --scopes transactional-email --stage two" in output
    assert not re.search(r"stf_\w{8}", output)


def make_deploy(cdk: Cdk, *options: str, **settings: str) -> subprocess.CompletedProcess[str]:
    context = {"stage": "two", "bundle": "false", **settings}
    words = [part for name, value in context.items() for part in ("-c", f"staffetta:{name}={value}")]
    return cdk.python("-m", "infra.deploy", *options, *words)


def protected(url: str) -> dict[str, bool]:
    """Whether the stack, and each table, is protected against deletion."""
    (stack,) = client(url, "cloudformation").describe_stacks(StackName=STATE)["Stacks"]
    dynamodb = client(url, "dynamodb")
    tables = {
        name: bool(dynamodb.describe_table(TableName=name)["Table"].get("DeletionProtectionEnabled"))
        for name in dynamodb.list_tables()["TableNames"]
    }
    return {STATE: bool(stack["EnableTerminationProtection"]), **tables}


def settings(url: str, stage: str = "local") -> dict[str, str]:
    (stack,) = client(url, "cloudformation").describe_stacks(StackName=service_stack(stage))["Stacks"]
    outputs = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
    reported: dict[str, str] = json.loads(outputs["Settings"])
    return reported


def powertools(name: str) -> dict[str, str]:
    return {"POWERTOOLS_SERVICE_NAME": name, "POWERTOOLS_METRICS_NAMESPACE": "Staffetta-local"}


def function(url: str, name: str) -> dict[str, Any]:
    (results,) = (
        f for f in client(url, "lambda").list_functions()["Functions"] if f"-{name}Function" in f["FunctionName"]
    )
    configuration: dict[str, Any] = results
    return configuration
