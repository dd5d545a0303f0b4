"""Each thing that would fail a deployment is found before it, with the command that repairs it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError, NoCredentialsError
from moto.cloudformation.models import cloudformation_backends

from infra.deployed_stage import Clients
from infra.health.finding import Finding, Level, described
from infra.health.preflight import preflight
from infra.health.target import Target
from infra.local.cloud import Cloud
from infra.local.mailbox import Mailbox
from infra.local.ses import SesSimulator
from tests.fakes.domains import MemoryDns

DOMAIN = "mail.acme.com"
INVALID_TOKEN: Any = {
    "Error": {"Code": "InvalidClientTokenId", "Message": "The security token included in the request is invalid"}
}
SETTINGS = {"domain": DOMAIN, "stage": "prod"}


class Account:
    """An account that is ready for a first deployment."""

    def __init__(self) -> None:
        self.ses = SesSimulator(
            region="eu-west-1", account_id=Cloud.account_id, mailbox=Mailbox(), publish=lambda _topic, _event: None
        )
        self.cloud = Cloud(region="eu-west-1", ses=self.ses.wsgi)
        self.client: Clients = lambda service, **_: self.cloud.client(service)
        self.region: str | None = "eu-west-1"
        self.settings: dict[str, Any] = dict(SETTINGS)
        self.dns = MemoryDns()
        self.bootstrap("28")

    def bootstrap(self, version: str) -> None:
        self.stack("CDKToolkit", outputs={"BootstrapVersion": {"Value": version}})

    def stack(
        self, name: str, status: str = "CREATE_COMPLETE", outputs: Mapping[str, Any] | None = None, **resources: Any
    ) -> None:
        """Creates a stack, and then gives it a status."""
        topic = {"Topic": {"Type": "AWS::SNS::Topic"}}
        body = json.dumps({"Resources": resources or topic, "Outputs": outputs or {}})
        self.cloud.client("cloudformation").create_stack(StackName=name, TemplateBody=body)
        if status != "CREATE_COMPLETE":
            stacks = cloudformation_backends[Cloud.account_id]["eu-west-1"].stacks
            next(stack for stack in stacks.values() if stack.name == name).status = status

    def findings(self) -> list[Finding]:
        return preflight(Target(self.settings, self.region, self.client, self.dns)).findings

    def problems(self) -> list[Finding]:
        return [finding for finding in self.findings() if finding.level is not Level.OK]


@pytest.fixture
def account() -> Account:
    return Account()


def test_a_ready_account_has_no_problem(account: Account) -> None:
    assert account.problems() == []
    assert preflight(Target(account.settings, account.region, account.client)).ok


def taken(account: Account) -> None:
    account.client("sesv2").create_configuration_set(ConfigurationSetName="staffetta-prod-marketing")


def left_images(account: Account) -> None:
    account.client("s3").create_bucket(
        Bucket=f"staffetta-prod-images-{Cloud.account_id}-eu-west-1",
        CreateBucketConfiguration={"LocationConstraint": "eu-west-1"},
    )


class AnothersBuckets:
    """S3's answer for a bucket of another account, which moto does not have."""

    def head_bucket(self, **_: str) -> None:
        raise ClientError({"Error": {"Code": "403", "Message": "Forbidden"}}, "HeadBucket")


def taken_bucket(account: Account) -> None:
    real = account.client
    account.client = lambda service, **_: AnothersBuckets() if service == "s3" else real(service)


def six_pools(account: Account) -> None:
    for number in range(5):
        account.client("sesv2").create_dedicated_ip_pool(PoolName=f"p{number}", ScalingMode="MANAGED")


def ses_pools(account: Account) -> None:
    """SES lists its own pools in an account that has leased an address."""
    real = account.client

    def client(service: str, **_: str) -> Any:
        sesv2 = real(service)
        if service == "sesv2":
            names = sesv2.list_dedicated_ip_pools()["DedicatedIpPools"]
            sesv2.list_dedicated_ip_pools = lambda: {"DedicatedIpPools": ["ses-default-dedicated-pool", *names]}
        return sesv2

    account.client = client


def no_credentials(account: Account) -> None:
    real = account.client

    def client(service: str, **_: str) -> Any:
        if service == "sts":
            raise NoCredentialsError
        return real(service)

    account.client = client


def failed(status: str, name: str = "Staffetta-prod-State") -> Callable[[Account], None]:
    return lambda account: account.stack(name, status)


def protected(account: Account) -> None:
    account.stack("Staffetta-prod-State", "ROLLBACK_COMPLETE")
    account.client("cloudformation").update_termination_protection(
        StackName="Staffetta-prod-State", EnableTerminationProtection=True
    )


def few_functions(account: Account) -> None:
    account.cloud.concurrent_executions = 10


def sandbox(account: Account) -> None:
    account.ses.account.production_access = False


def setting(**values: Any) -> Callable[[Account], None]:
    return lambda account: account.settings.update(values)


def not_enabled(account: Account) -> None:
    real = account.client

    def client(service: str, **options: str) -> Any:
        if service == "sts" and not options:
            raise ClientError(INVALID_TOKEN, "GetCallerIdentity")
        return real(service)

    account.client = client


def region(name: str | None) -> Callable[[Account], None]:
    return lambda account: setattr(account, "region", name)


def not_bootstrapped(account: Account) -> None:
    account.client("cloudformation").delete_stack(StackName="CDKToolkit")


def old_bootstrap(account: Account) -> None:
    not_bootstrapped(account)
    account.bootstrap("5")


def elsewhere(account: Account) -> None:
    account.settings["imagesHost"] = "img.acme.org"
    account.dns.records["img.acme.org", "CNAME"] = ("d2.cloudfront.net",)


def left_api_host(account: Account) -> None:
    account.settings["apiHost"] = "api.acme.org"
    certificate = {"CertificateArn": f"arn:aws:acm:eu-west-1:{Cloud.account_id}:certificate/1"}
    account.client("apigatewayv2").create_domain_name(DomainName="api.acme.org", DomainNameConfigurations=[certificate])


def tracked(target: str) -> Callable[[Account], None]:
    """Returns a change of a verified domain: its tracking host points to a target."""

    def damage(account: Account) -> None:
        in_ses(account)
        account.settings |= {"identity": "existing", "trackingHost": f"click.{DOMAIN}"}
        account.dns.records[f"click.{DOMAIN}", "CNAME"] = (target,)

    return damage


def failed_host(account: Account) -> None:
    account.settings["imagesHost"] = "img.acme.org"
    account.stack("Staffetta-prod-ImagesHost", "CREATE_FAILED")


def unused_host(account: Account) -> None:
    body = {
        "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}},
        "Outputs": {"ApiHostRecord": {"Value": "api.acme.com CNAME d-1.execute-api.eu-west-1.amazonaws.com"}},
    }
    account.client("cloudformation").create_stack(StackName="Staffetta-prod-ApiHost", TemplateBody=json.dumps(body))


def in_ses(account: Account) -> None:
    account.client("sesv2").create_email_identity(EmailIdentity=DOMAIN)


E, W = Level.ERROR, Level.WARNING


@pytest.mark.parametrize(
    ("damage", "check", "level", "message", "fix"),
    [
        (setting(domain="example.com"), "settings", E, "is a placeholder", "make deploy ARGS="),
        (setting(stage="local"), "settings", E, "the stage local is the stack of this machine", "staffetta:stage=test"),
        (setting(ipPool="none"), "settings", E, "staffetta:ipPool is 'none'", "docs/settings.md"),
        (region(None), "region", E, "no region", "export AWS_REGION="),
        (region("eu-south-2"), "region", E, "no resource types of SES", "export AWS_REGION="),
        (not_enabled, "credentials", E, "has not enabled eu-west-1", "aws account enable-region --region-name eu-west-1"),
        (no_credentials, "credentials", E, "Unable to locate credentials", "aws configure"),
        (failed("ROLLBACK_FAILED"), "stacks", E, "has failed and is still there", "delete-stack --stack-name Staffetta-prod-State"),
        (failed("DELETE_FAILED", "Staffetta-prod-Service"), "stacks", E, "still there", "--stack-name Staffetta-prod-Service"),
        (failed("UPDATE_ROLLBACK_FAILED"), "stacks", E, "could not roll back", "continue-update-rollback"),
        (failed("UPDATE_IN_PROGRESS"), "stacks", E, "is being changed", "wait stack-update-complete"),
        (failed("ROLLBACK_COMPLETE", "CDKToolkit2"), None, W, "", ""),
        (protected, "stacks", E, "its protection keeps it", "--no-enable-termination-protection --stack-name Staffetta-prod-State"),
        (not_bootstrapped, "bootstrap", W, "is not bootstrapped", "make deploy"),
        (old_bootstrap, "bootstrap", W, "is bootstrapped for an older CDK", "make deploy"),
        (in_ses, "domain", E, "domain=mail.mail.acme.com", "-c staffetta:identity=existing"),
        (setting(identity="existing"), "domain", E, "leave out staffetta:identity=existing", f"staffetta:domain={DOMAIN}"),
        (setting(trackingHost=f"click.{DOMAIN}"), "tracking host", E, f"only once it has verified {DOMAIN}", "make deploy"),
        (setting(imagesHost="img.acme.org"), None, W, "", ""),
        (elsewhere, "hosts", W, "points to d2.cloudfront.net", "give another staffetta:imagesHost"),
        (left_api_host, "hosts", E, "API Gateway has api.acme.org already", "delete-domain-name --domain-name api.acme.org"),
        (setting(apiHost="api.acme.org"), None, W, "", ""),
        (tracked("d2.cloudfront.net"), "hosts", W, "points to d2.cloudfront.net", "give another staffetta:trackingHost"),
        (tracked("r.eu-west-1.awstrack.me"), None, W, "", ""),
        (failed_host, "hosts", E, "has failed and is still there", "delete-stack --stack-name Staffetta-prod-ImagesHost --region us-east-1"),
        (unused_host, "hosts", W, "api.acme.com is not in use yet", "enter api.acme.com CNAME d-1.execute-api"),
        (left_images, "images", E, "mails that it sent show the images in it", f"aws s3 rb s3://staffetta-prod-images-{Cloud.account_id}-eu-west-1 --force"),
        (taken_bucket, "images", E, "another account has taken the name", "-c staffetta:stage=prod-two"),
        (taken, "names", E, "staffetta-prod-marketing", "delete-configuration-set --configuration-set-name staffetta-prod-marketing"),
        (ses_pools, None, W, "", ""),
        (six_pools, "pools", W, "5 managed pools", "staffetta:ipPool=shared"),
        (few_functions, "concurrency", W, "runs 10 functions at once", "L-B99A9384"),
        (sandbox, "sandbox", W, "verified addresses only", "staffetta production request"),
    ],
)  # fmt: skip
def test_a_problem_is_found_with_its_repair(
    account: Account, damage: Callable[[Account], None], check: str | None, level: Level, message: str, fix: str
) -> None:
    damage(account)
    problems = account.problems()
    if check is None:
        assert problems == []
        return
    (problem,) = problems
    assert (problem.check, problem.level) == (check, level)
    assert message in problem.message
    assert fix in problem.fix


def test_the_region_of_an_edge_host_is_bootstrapped_too(account: Account) -> None:
    account.settings["imagesHost"] = "images.acme.org"
    not_bootstrapped(account)
    messages = [problem.message for problem in account.problems()]
    assert [message.split(" ")[0] for message in messages] == ["eu-west-1", "us-east-1"]


def test_a_failed_bootstrap_is_found_in_each_region(account: Account) -> None:
    account.settings["imagesHost"] = "images.acme.org"
    not_bootstrapped(account)
    account.stack("CDKToolkit", "ROLLBACK_FAILED")
    here, edge = account.problems()
    assert (here.check, here.level, edge.check, edge.level) == ("bootstrap", E, "bootstrap", E)
    assert here.fix == "aws cloudformation delete-stack --stack-name CDKToolkit"
    assert edge.fix == "aws cloudformation delete-stack --stack-name CDKToolkit --region us-east-1"


def hosted(account: Account, name: str = "acme.com") -> None:
    zone = account.client("route53").create_hosted_zone(Name=name, CallerReference="1")["HostedZone"]["Id"]
    account.settings["hostedZone"] = zone.rpartition("/")[2]


def test_a_hosted_zone_must_contain_the_domain(account: Account) -> None:
    hosted(account)
    assert account.problems() == []
    hosted(account, "acme.org")
    (problem,) = account.problems()
    assert "is acme.org, and does not contain mail.acme.com" in problem.message
    account.settings["hostedZone"] = "Z0000000000"
    assert "no hosted zone Z0000000000" in account.problems()[0].message


BOUNCE = f"bounce.{DOMAIN}"
MX = "10 feedback-smtp.eu-west-1.amazonses.com"


def entered(account: Account, name: str, kind: str, value: str, ttl: int) -> None:
    """Writes a record into the hosted zone, as a person does."""
    record = {"Name": name, "Type": kind, "TTL": ttl, "ResourceRecords": [{"Value": value}]}
    account.client("route53").change_resource_record_sets(
        HostedZoneId=account.settings["hostedZone"],
        ChangeBatch={"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]},
    )


@pytest.mark.parametrize(
    ("name", "kind", "value", "ttl", "conflicts"),
    [
        (BOUNCE, "MX", MX, 1800, 0),
        (BOUNCE, "MX", f"{MX}.", 1800, 0),
        (BOUNCE, "MX", MX, 300, 1),
        (BOUNCE, "MX", "10 mail.acme.com", 1800, 1),
        (BOUNCE, "TXT", '"v=spf1 include:amazonses.com ~all"', 1800, 0),
        (BOUNCE, "TXT", '"v=spf1 -all"', 1800, 1),
        (BOUNCE, "CNAME", "mail.acme.com", 1800, 2),  # with both
        (BOUNCE, "A", "192.0.2.1", 1800, 0),
        (f"other.{BOUNCE}", "MX", MX, 300, 0),
        (f"api.{DOMAIN}", "A", "192.0.2.1", 300, 1),
        (f"api.{DOMAIN}", "CNAME", "elsewhere.acme.com", 300, 1),
    ],
)
def test_a_record_is_written_only_once(
    account: Account, name: str, kind: str, value: str, ttl: int, conflicts: int
) -> None:
    """CloudFormation takes over a record that is the same in all, and refuses another one of its name."""
    hosted(account)
    account.settings["apiHost"] = f"api.{DOMAIN}"
    entered(account, name, kind, value, ttl)
    problems = account.problems()
    assert [(problem.check, problem.level) for problem in problems] == [("DNS", E)] * conflicts
    assert all(name in problem.message for problem in problems)


def test_the_records_of_the_stage_are_its_own(account: Account) -> None:
    """Also DKIM's, whose names SES chose. They may have been entered by hand before the stage had the zone."""
    hosted(account)
    identity = {"Type": "AWS::SES::EmailIdentity", "Properties": {"EmailIdentity": DOMAIN}}
    record = {
        "Type": "AWS::Route53::RecordSet",
        "Properties": {"HostedZoneId": account.settings["hostedZone"], "Name": BOUNCE, "Type": "MX", "TTL": "60", "ResourceRecords": [MX]},
    }  # fmt: skip
    account.stack("Staffetta-prod-State", Identity=identity, Record=record)
    assert account.problems() == []
    token = account.client("sesv2").get_email_identity(EmailIdentity=DOMAIN)["DkimAttributes"]["Tokens"][0]
    entered(account, f"{token}._domainkey.{DOMAIN}", "CNAME", f"{token}.dkim.amazonses.com", 300)
    (problem,) = account.problems()
    assert f"{token}._domainkey.{DOMAIN}" in problem.message


@pytest.mark.parametrize(("name", "refused"), [("mail.acme.com", True), ("acme.com", True), ("else.acme.com", False)])
def test_a_second_dmarc_record_is_refused(account: Account, name: str, *, refused: bool) -> None:
    """Nor may a new one weaken that of a parent."""
    hosted(account)
    account.settings["dmarcReports"] = "dmarc@acme.com"
    account.dns.records[f"_dmarc.{name}", "TXT"] = ("v=DMARC1; p=reject",)
    assert [problem.check for problem in account.problems()] == (["DNS"] if refused else [])


def test_a_dmarc_record_needs_an_answer_of_dns(account: Account) -> None:
    hosted(account)
    account.settings["dmarcReports"] = "dmarc@acme.com"
    account.dns.silent = True
    assert [problem.check for problem in account.problems()] == ["DNS"]


def test_what_the_stage_has_made_is_no_problem(account: Account) -> None:
    account.stack(
        "Staffetta-prod-State",
        Set={"Type": "AWS::SES::ConfigurationSet", "Properties": {"Name": "staffetta-prod-marketing"}},
        Pool={"Type": "AWS::SES::DedicatedIpPool", "Properties": {"PoolName": "staffetta-prod-managed", "ScalingMode": "MANAGED"}},
        Identity={"Type": "AWS::SES::EmailIdentity", "Properties": {"EmailIdentity": DOMAIN}},
    )  # fmt: skip
    assert account.problems() == []
    account.settings["stage"] = "two"
    assert [problem.check for problem in account.problems()] == ["domain"], "another stage must adopt it"


def test_the_host_of_another_regions_stage_is_refused(account: Account) -> None:
    """CloudFront's region has one stack for the stages of a name in all regions."""
    body = {
        "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}},
        "Outputs": {"ImagesHostRecord": {"Value": "images.other.com CNAME d1.cloudfront.net"}},
    }
    account.client("cloudformation").create_stack(StackName="Staffetta-prod-ImagesHost", TemplateBody=json.dumps(body))
    account.settings["imagesHost"] = "images.acme.com"
    (problem,) = [problem for problem in account.problems() if "another region" in problem.message]
    assert "serves images.other.com" in problem.message
    account.settings["imagesHost"] = "images.other.com"
    assert not [problem for problem in account.problems() if "another region" in problem.message]
    account.settings["imagesHost"] = "images.acme.com"
    account.stack("Staffetta-prod-State")
    assert not [problem for problem in account.problems() if "another region" in problem.message]


@pytest.mark.parametrize("setting", ["trackingHost", "imagesHost"])
def test_a_host_needs_cloudfront_in_the_partition(account: Account, setting: str) -> None:
    in_ses(account)
    account.region = "us-gov-west-1"
    account.settings |= {"identity": "existing", setting: f"click.{DOMAIN}"}
    (problem,) = account.problems()
    assert (problem.check, problem.level, problem.fix) == ("hosts", E, f"leave out staffetta:{setting}")


def test_a_tracking_host_below_a_verified_domain_is_no_problem(account: Account) -> None:
    in_ses(account)
    account.settings |= {"identity": "existing", "trackingHost": f"click.{DOMAIN}"}
    assert account.problems() == []
    account.ses.account.identities[DOMAIN].dkim_status = "PENDING"
    assert [problem.check for problem in account.problems()] == ["tracking host"]


def test_an_adopted_domain_is_no_problem(account: Account) -> None:
    in_ses(account)
    account.settings["identity"] = "existing"
    assert account.problems() == []


def test_a_refused_call_is_a_warning(account: Account) -> None:
    real = account.client

    def client(service: str, **_: str) -> Any:
        if service == "lambda":
            raise NoCredentialsError
        return real(service)

    account.client = client
    (problem,) = account.problems()
    assert (problem.check, problem.level) == ("concurrency", W)
    assert "cannot be checked" in problem.message


def test_the_report_has_a_line_for_each_check(account: Account) -> None:
    taken(account)
    lines = list(described(preflight(Target(account.settings, account.region, account.client))))
    assert sum(line.startswith("OK") for line in lines) == 13
    assert any(line.startswith("         → aws sesv2 delete-configuration-set") for line in lines)
