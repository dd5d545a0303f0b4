"""What `make deploy` runs, before and after the `cdk` command."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from msgspec.structs import replace

from infra import deploy, deployed_settings, deployment, ip_pool
from infra.deploy import set_default_set
from infra.deployed_stage import Clients
from infra.deployment import DeploymentError
from infra.health import bootstrap
from infra.health.target import target_of
from infra.local.cloud import Cloud
from tests.support.aws.no_credentials import no_credentials

if TYPE_CHECKING:
    from tests.support.aws.cdk_templates import Templates

check = deploy.check  # before a test replaces it

DOMAIN = ("-c", "staffetta:domain=mail.acme.com", "-c", "staffetta:ipPool=shared")
WITH_CDN = ("-c", "staffetta:imageCdn=true")
LIVE = ("-c", "staffetta:stage=live")
NOT_READY = ("-c", "staffetta:protected=false", "-c", "staffetta:poolReady=false")


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """The `cdk` commands that were run."""
    run: list[tuple[str, ...]] = []
    monkeypatch.setattr(deployment, "cdk", lambda *words: run.append(words))
    monkeypatch.setattr(deploy, "check", lambda _: None)
    monkeypatch.setattr(deployment, "account", lambda _: Cloud.account_id)
    monkeypatch.setattr(bootstrap, "lacking", lambda target: target.regions)
    monkeypatch.setattr(ip_pool, "is_ready", lambda settings, stage, _: stage == "live")
    monkeypatch.setattr(ip_pool, "leave", lambda *_: [])
    monkeypatch.setattr(ip_pool, "set_shared_delivery", lambda *_: None)
    monkeypatch.setattr(deployment, "is_deployed", lambda stage, _: stage == "live")
    monkeypatch.setattr(deployment, "has_image_cdn", lambda *_: True)
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
        patch.setattr("boto3.Session.region_name", "eu-west-1")
        deploy.deploy(options, terminal=True)
    assert commands == [
        ("bootstrap", f"aws://{Cloud.account_id}/eu-west-1", "--app", "", *options),
        ("deploy", "--all", *options, *WITH_CDN, *NOT_READY),
    ]
    assert capsys.readouterr().out == "protected against deletion: prod True\nprod of mail.acme.com is deployed\n"


def test_no_command_lets_the_app_read_the_account(without_cdn: list[tuple[str, ...]]) -> None:
    """Only the `cdk` command has the credentials of --profile, or a second factor: the app that it runs has none."""
    deploy.deploy((*MANAGED, "-c", "staffetta:ipPool=managed"), terminal=False)
    assert [words[0] for words in without_cdn] == ["bootstrap", "deploy", "deploy", "deploy"]
    for words in without_cdn[1:]:
        assert deployed_settings.of_stage(target_of(words).settings, Cloud.account_id, no_credentials) == {}, words


def test_settings_of_cdk_json_are_those_of_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    context = {"staffetta:domain": "mail.acme.com", "staffetta:stage": "prod", "staffetta:imageCdn": False}
    (tmp_path / "cdk.json").write_text(json.dumps({"context": {**context, "staffetta:retentionDays": 30}}))
    monkeypatch.setattr("infra.health.target.ROOT", tmp_path)
    target = target_of(())
    assert target.settings["imageCdn"] == "false", "which deploy reads"
    assert (target.config.image_cdn, target.config.retention_days) == (False, 30)


def test_without_a_terminal_no_approval_is_required(commands: list[tuple[str, ...]]) -> None:
    deploy.deploy(DOMAIN, terminal=False)
    assert commands[1][-2:] == ("--require-approval", "never")
    for own in (
        ("--require-approval", "broadening"),
        ("--require-approval=broadening",),
        ("--requireApproval", "broadening"),
    ):
        deploy.deploy((*DOMAIN, *own), terminal=False)
        assert [word for word in commands[-1] if word.startswith("--require")] == [own[0]]


@pytest.mark.parametrize(
    ("options", "environment"),
    [
        (["--no-execute"], {}),
        (["--execute=false"], {}),
        (["--execute", "false"], {}),
        (["--execute", "false", "Staffetta-prod-State"], {}),
        (["--method=prepare-change-set"], {}),
        (["-m", "prepare-change-set"], {}),
        ([], {"CDK_METHOD": "prepare-change-set"}),
        ([], {"CDK_EXECUTE": "false"}),
    ],
)
def test_a_prepared_change_is_no_deployment(
    without_cdn: list[tuple[str, ...]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    options: list[str],
    environment: dict[str, str],
) -> None:
    """Nothing is created before or after it, not even an agreement to a price."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(bootstrap, "lacking", lambda *_: [])
    deploy.deploy([*MANAGED, *LIVE, *options], terminal=True)
    assert [words[:2] for words in without_cdn] == [("deploy", "--all")]
    printed = capsys.readouterr().out
    assert printed.startswith("Nothing was deployed: the change sets wait in CloudFormation")
    assert "run `make deploy` without the option" in printed


def test_a_new_stage_gets_change_sets_without_service(
    commands: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Service takes from State what State does not have yet: CloudFormation would refuse its change set."""
    monkeypatch.setattr(bootstrap, "lacking", lambda *_: [])
    deploy.deploy([*DOMAIN, "-c", "staffetta:apiHost=api.acme.com", "--no-execute"], terminal=False)
    (words,) = commands
    assert words[:4] == ("deploy", "Staffetta-prod-State", "Staffetta-prod-ApiHost", "--exclusively")
    assert "its template is cdk.out/Staffetta-prod-Service.template.json" in capsys.readouterr().out


def test_no_change_set_is_prepared_without_a_bootstrap(commands: list[tuple[str, ...]]) -> None:
    """A preparation creates nothing, so it does not bootstrap either."""
    with pytest.raises(DeploymentError, match=rf"infra\.node bootstrap aws://{Cloud.account_id}/eu-west-1 --app ''"):
        deploy.deploy([*DOMAIN, "--no-execute", "--region", "eu-west-1"], terminal=False)
    assert commands == []


def test_a_change_set_that_needs_a_new_export_is_explained(
    commands: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def cdk(*_: str) -> None:
        raise DeploymentError("cdk deploy ended with 1")

    monkeypatch.setattr(bootstrap, "lacking", lambda *_: [])
    monkeypatch.setattr(deployment, "cdk", cdk)
    with pytest.raises(DeploymentError, match=r"Nothing was deployed\. If CloudFormation lacks an export"):
        deploy.deploy([*DOMAIN, *LIVE, "--no-execute"], terminal=False)


def test_a_bootstrapped_region_is_not_bootstrapped_again(
    commands: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An account may have its own version of it, and a deployer no rights to change it."""
    monkeypatch.setattr(bootstrap, "lacking", lambda *_: [])
    deploy.deploy(DOMAIN, terminal=False)
    assert [words[0] for words in commands] == ["deploy"]


@pytest.mark.parametrize(("version", "lacking"), [(None, True), ("5", True), ("6", False), ("28", False)])
@pytest.mark.parametrize("options", [(), ("--toolkit-stack-name", "acme-cdk")])
def test_a_bootstrap_that_lacks_or_is_too_old_is_found(
    version: str | None, lacking: bool, options: tuple[str, ...]
) -> None:
    """An account may name its stack itself."""
    client, target = Cloud(region="eu-west-1").client, target_of((*DOMAIN, "--region", "eu-west-1", *options))
    if version:
        body = {
            "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}},
            "Outputs": {"BootstrapVersion": {"Value": version}},
        }
        name = options[-1] if options else "CDKToolkit"
        client("cloudformation").create_stack(StackName=name, TemplateBody=json.dumps(body))
    examined = replace(target, client=lambda service, **_: client(service))
    assert list(bootstrap.lacking(examined)) == (["eu-west-1"] if lacking else [])


def test_our_stacks_need_the_bootstrap_that_is_required(templates: Templates) -> None:
    artifacts = json.loads((templates.folder / "manifest.json").read_text())["artifacts"].values()
    needed = {one["properties"].get("requiresBootstrapStackVersion") for one in artifacts if "properties" in one}
    assert max(version for version in needed if version) == bootstrap.LEAST_VERSION


@pytest.mark.parametrize(
    "options",
    [
        ["--execute"],
        ["--execute=true"],
        ["--execute", "Staffetta-prod-State"],
        ["--execute", "true", "Staffetta-prod-State"],
        ["--method=direct"],
        ["-m", "change-set"],
    ],
)
def test_an_executed_change_is_a_deployment(
    commands: list[tuple[str, ...]], capsys: pytest.CaptureFixture[str], options: list[str]
) -> None:
    deploy.deploy([*DOMAIN, *options], terminal=True)
    assert capsys.readouterr().out.endswith("prod of mail.acme.com is deployed\n")


@pytest.mark.parametrize("option", ["--help", "-h", "--version"])
def test_help_of_the_command_deploys_nothing(
    commands: list[tuple[str, ...]], capsys: pytest.CaptureFixture[str], option: str
) -> None:
    deploy.deploy([option], terminal=True)
    assert (commands, capsys.readouterr().out) == ([("deploy", option)], "")


def test_a_stage_that_is_deployed_stays_protected(commands: list[tuple[str, ...]]) -> None:
    deploy.deploy((*DOMAIN, "-c", "staffetta:stage=live"), terminal=True)
    assert commands[1][-4:] == ("-c", "staffetta:protected=true", "-c", "staffetta:poolReady=true")


def test_a_stage_is_protected_before_ses_may_refuse(
    commands: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refused(*_: Any) -> None:
        raise ClientError({"Error": {"Code": "BadRequestException", "Message": "unknown mode"}}, "Put")

    monkeypatch.setattr(ip_pool, "set_shared_delivery", refused)
    with pytest.raises(ClientError, match="unknown mode"):
        deploy.deploy(DOMAIN, terminal=False)
    assert "protected against deletion: prod True" in capsys.readouterr().out


MANAGED = ("-c", "staffetta:domain=mail.acme.com")
CREATION = ("deploy", "Staffetta-prod-State", "--exclusively")


@pytest.mark.parametrize(("answer", "created"), [("y", True), ("Yes ", True), ("", False), ("n", False)])
def test_a_managed_pool_is_created_after_its_price_is_confirmed(
    commands: list[tuple[str, ...]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    answer: str,
    created: bool,
) -> None:
    """In a step of its own, after the deployment that must succeed."""
    monkeypatch.setattr("builtins.input", lambda _: answer)
    deploy.deploy(MANAGED, terminal=True)
    assert "costs $15.00 a month" in capsys.readouterr().out
    assert [command[0] for command in commands] == ["bootstrap", "deploy", *(["deploy"] if created else [])]
    assert commands[1][-4:] == NOT_READY
    if created:
        assert commands[2][:3] == CREATION
        assert commands[2][-4:] == ("-c", "staffetta:protected=true", "-c", "staffetta:poolReady=true")


@pytest.mark.parametrize("explicit", [True, False])
def test_without_a_terminal_the_setting_confirms_the_price(commands: list[tuple[str, ...]], explicit: bool) -> None:
    options = (*MANAGED, *(("-c", "staffetta:ipPool=managed") if explicit else ()))
    deploy.deploy(options, terminal=False)
    assert len(commands) == (3 if explicit else 2)


def test_a_refused_managed_pool_is_no_failed_deployment(
    commands: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def cdk(*words: str) -> None:
        commands.append(words)
        if words[:2] == CREATION[:2]:
            raise DeploymentError("cdk deploy ended with 1")

    monkeypatch.setattr(deployment, "cdk", cdk)
    deploy.deploy((*MANAGED, "-c", "staffetta:ipPool=managed"), terminal=False)
    printed = capsys.readouterr().out
    assert "sends from SES's shared addresses" in printed
    assert "protected against deletion" in printed


def test_an_empty_standard_pool_is_explained(
    commands: list[tuple[str, ...]], capsys: pytest.CaptureFixture[str]
) -> None:
    deploy.deploy((*MANAGED, "-c", "staffetta:ipPool=standard"), terminal=False)
    assert commands[1][-6:-2] == NOT_READY
    assert "put-dedicated-ip-in-pool" in capsys.readouterr().out


@pytest.fixture
def without_cdn(commands: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    for module in (deployment, deploy):
        monkeypatch.setattr(module, "has_image_cdn", lambda *_: False)
    return commands


def test_the_images_cdn_is_a_second_step(without_cdn: list[tuple[str, ...]]) -> None:
    deploy.deploy(DOMAIN, terminal=True)
    first, second = without_cdn[1:]
    assert first == ("deploy", "--all", *DOMAIN, "-c", "staffetta:imageCdn=false", *NOT_READY)
    later = ("-c", "staffetta:protected=true", "-c", "staffetta:poolReady=false")
    assert second == ("deploy", "--all", *DOMAIN, *WITH_CDN, *later)


def test_an_account_that_cloudfront_refuses_is_deployed(
    without_cdn: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """CloudFront refuses new accounts until AWS has verified them. The pool is created all the same, without the CDN."""

    def cdk(*words: str) -> None:
        without_cdn.append(words)
        if WITH_CDN[1] in words:
            raise DeploymentError("cdk deploy ended with 1")

    monkeypatch.setattr(deployment, "cdk", cdk)
    deploy.deploy((*MANAGED, "-c", "staffetta:ipPool=managed"), terminal=False)
    printed = capsys.readouterr().out
    assert "The CDN of images was not created" in printed
    assert "protected against deletion" in printed
    assert without_cdn[-1][:3] == CREATION
    assert "staffetta:imageCdn=false" in without_cdn[-1]


def test_a_cdn_that_service_does_not_use_yet_stays(
    without_cdn: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The update of State made it, and that of Service failed: the next update of State must not give it up."""

    def cdk(*words: str) -> None:
        without_cdn.append(words)
        if WITH_CDN[1] in words and "--all" in words:
            monkeypatch.setattr(deploy, "has_image_cdn", lambda *_: True)
            raise DeploymentError("cdk deploy ended with 1")

    monkeypatch.setattr(deployment, "cdk", cdk)
    deploy.deploy((*MANAGED, "-c", "staffetta:ipPool=managed"), terminal=False)
    assert without_cdn[-1][:3] == CREATION
    assert WITH_CDN[1] in without_cdn[-1]


@pytest.mark.parametrize(
    ("option", "region"), [("staffetta:imageCdn=false", "eu-west-1"), ("staffetta:stage=a", "us-gov-west-1")]
)
def test_no_cdn_is_created_without_cloudfront_or_by_request(
    without_cdn: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch, option: str, region: str
) -> None:
    monkeypatch.setenv("AWS_REGION", region)
    deploy.deploy((*DOMAIN, "-c", option), terminal=True)
    assert len(without_cdn) == 2


def test_the_default_set_is_replaced_only_by_request(account: Clients) -> None:
    account("sesv2").put_email_identity_configuration_set_attributes(
        EmailIdentity="acme.com", ConfigurationSetName="theirs"
    )
    assert account("sesv2").get_email_identity(EmailIdentity="acme.com")["ConfigurationSetName"] == "theirs"
    account("sesv2").create_configuration_set(ConfigurationSetName="staffetta-prod-transactional")
    set_default_set("acme.com", "staffetta-prod-transactional", account)
    identity = account("sesv2").get_email_identity(EmailIdentity="acme.com")
    assert identity["ConfigurationSetName"] == "staffetta-prod-transactional"
