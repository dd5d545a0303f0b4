"""What `make deploy` runs, before and after the `cdk` command."""

from __future__ import annotations

import pytest

from infra import deploy
from infra.deploy import DeploymentError, set_default_set
from infra.deployed_stage import Clients, is_deployed, set_protection
from infra.local.cloud import Cloud
from infra.local.mailbox import Mailbox
from infra.local.ses import SesSimulator

check = deploy.check  # before a test replaces it

DOMAIN = ("-c", "staffetta:domain=mail.acme.com")


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """The `cdk` commands that were run."""
    run: list[tuple[str, ...]] = []
    monkeypatch.setattr(deploy, "_cdk", lambda *words: run.append(words))
    monkeypatch.setattr(deploy, "check", lambda _: None)
    monkeypatch.setattr(deploy, "is_deployed", lambda stage, _: stage == "live")
    monkeypatch.setattr(deploy, "next_steps", lambda stage, domain, _: [f"{stage} of {domain} is deployed"])
    monkeypatch.setattr(deploy, "set_protection", lambda stage, _, enabled: [f"{stage} {enabled}"])
    return run


@pytest.mark.parametrize("options", [(), ("-c", "staffetta:stage=two"), ("--context", "staffetta:domain=example.com")])
def test_the_placeholder_domain_is_refused(
    commands: list[tuple[str, ...]], options: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deploy, "check", check)
    with pytest.raises(DeploymentError, match="placeholder"):
        deploy.deploy(options, terminal=True)
    assert commands == []


def test_options_reach_both_commands(commands: list[tuple[str, ...]], capsys: pytest.CaptureFixture[str]) -> None:
    options = (*DOMAIN, "--profile", "acme")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("boto3.Session.__init__", lambda *_, **__: None)
        patch.setattr("boto3.Session.client", None)
        patch.setattr("boto3.Session.region_name", None)
        deploy.deploy(options, terminal=True)
    assert commands == [("bootstrap", *options), ("deploy", "--all", *options, "-c", "staffetta:protected=false")]
    assert capsys.readouterr().out == "protected against deletion: prod True\nprod of mail.acme.com is deployed\n"


def test_without_a_terminal_no_approval_is_required(commands: list[tuple[str, ...]]) -> None:
    deploy.deploy(DOMAIN, terminal=False)
    assert commands[1][-2:] == ("--require-approval", "never")
    deploy.deploy((*DOMAIN, "--require-approval", "broadening"), terminal=False)
    assert commands[3].count("--require-approval") == 1


def test_a_stage_that_is_deployed_stays_protected(commands: list[tuple[str, ...]]) -> None:
    deploy.deploy((*DOMAIN, "-c", "staffetta:stage=live"), terminal=True)
    assert commands[1][-1] == "staffetta:protected=true"


TABLE = """{"Resources": {"Sends": {"Type": "AWS::DynamoDB::GlobalTable", "Properties": {"BillingMode": "PAY_PER_REQUEST",
  "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}], "Replicas": [{"Region": "eu-west-1"}],
  "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}]}}}}"""


def test_protection_is_switched_on_once_and_off() -> None:
    client = Cloud(region="eu-west-1").client
    assert not is_deployed("prod", client)
    client("cloudformation").create_stack(StackName="Staffetta-prod-State", TemplateBody=TABLE)
    assert is_deployed("prod", client)
    (table,) = client("dynamodb").list_tables()["TableNames"]
    assert set_protection("prod", client, enabled=True) == ["Staffetta-prod-State", table]
    assert set_protection("prod", client, enabled=True) == []
    assert client("dynamodb").describe_table(TableName=table)["Table"]["DeletionProtectionEnabled"]
    assert set_protection("prod", client, enabled=False) == ["Staffetta-prod-State", table]


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


def test_the_default_set_is_replaced_only_by_request(account: Clients) -> None:
    account("sesv2").put_email_identity_configuration_set_attributes(
        EmailIdentity="acme.com", ConfigurationSetName="theirs"
    )
    assert account("sesv2").get_email_identity(EmailIdentity="acme.com")["ConfigurationSetName"] == "theirs"
    account("sesv2").create_configuration_set(ConfigurationSetName="staffetta-prod-transactional")
    set_default_set("acme.com", "staffetta-prod-transactional", account)
    identity = account("sesv2").get_email_identity(EmailIdentity="acme.com")
    assert identity["ConfigurationSetName"] == "staffetta-prod-transactional"
