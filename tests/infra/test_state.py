"""The promises of the State stack."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pytest

from functions.adapters import schema

if TYPE_CHECKING:
    from tests.support.aws.cdk_templates import Synthesize, Templates

RETAINED = {
    "AWS::DynamoDB::GlobalTable",
    "AWS::S3::Bucket",
    "AWS::CloudFront::Distribution",
    "AWS::SES::EmailIdentity",
    "AWS::SES::ConfigurationSet",
}


def _table(templates: Templates, layout: schema.Table) -> dict[str, Any]:
    item: dict[str, Any]
    (item,) = (
        table
        for name, table in templates.properties("AWS::DynamoDB::GlobalTable").items()
        if name.startswith(layout.name.capitalize())
    )
    return item


def _key_schema(partition: schema.Attribute, sort: schema.Attribute | None) -> list[dict[str, str]]:
    roles = [(partition, "HASH"), *([(sort, "RANGE")] if sort else [])]
    return [{"AttributeName": attribute.name, "KeyType": role} for attribute, role in roles]


def test_every_table_is_deployed_and_no_other(templates: Templates) -> None:
    """functions/adapters/schema.py describes all storage, so it must be complete."""
    assert len(templates.of_type("AWS::DynamoDB::GlobalTable")) == len(schema.TABLES)


@pytest.mark.parametrize("layout", schema.TABLES, ids=lambda layout: layout.name)
def test_a_table_matches_the_schema(templates: Templates, layout: schema.Table) -> None:
    """Keys, indexes, stream and expiry are the schema's."""
    table = _table(templates, layout)
    kinds = {item["AttributeName"]: item["AttributeType"] for item in table["AttributeDefinitions"]}
    attributes = [layout.partition, *([layout.sort] if layout.sort else [])]
    attributes += [attribute for index in layout.indexes for attribute in (index.partition, index.sort)]
    assert kinds == {attribute.name: attribute.kind for attribute in attributes}
    assert table["KeySchema"] == _key_schema(layout.partition, layout.sort)
    assert {index["IndexName"]: index["KeySchema"] for index in table.get("GlobalSecondaryIndexes", [])} == {
        index.name: _key_schema(index.partition, index.sort) for index in layout.indexes
    }
    assert ("StreamSpecification" in table) == layout.streamed
    assert table.get("TimeToLiveSpecification", {}).get("AttributeName") == (schema.EXPIRES if layout.expires else None)


@pytest.mark.parametrize("layout", schema.TABLES, ids=lambda layout: layout.name)
def test_a_table_can_be_recovered_and_costs_nothing_idle(templates: Templates, layout: schema.Table) -> None:
    """It is on demand, and recoverable to a point in time unless its layout forbids it. Its protection comes after the first deployment has succeeded."""
    table = _table(templates, layout)
    (replica,) = table["Replicas"]
    assert table["BillingMode"] == "PAY_PER_REQUEST"
    assert replica["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": layout.recoverable}
    assert "DeletionProtectionEnabled" not in replica


def test_indexes_hold_keys_only(templates: Templates) -> None:
    """So an event's record writes to the table only. The list of emails has whole items: they rarely change."""
    tables = templates.properties("AWS::DynamoDB::GlobalTable").values()
    projected = {
        index["IndexName"]: index["Projection"]["ProjectionType"]
        for table in tables
        for index in table.get("GlobalSecondaryIndexes", [])
    }
    assert projected.pop(schema.LISTED.name) == "ALL"
    assert projected
    assert set(projected.values()) == {"KEYS_ONLY"}


@pytest.mark.parametrize(("name", "days"), [("Payloads", 14), ("Events", 400)])
def test_a_bucket_is_private_and_its_objects_expire(templates: Templates, name: str, days: int) -> None:
    """It has no public access and requires TLS. Payloads expire with the queue's messages, events by the setting."""
    buckets = templates.properties("AWS::S3::Bucket")
    ((logical_id, bucket),) = ((item, each) for item, each in buckets.items() if item.startswith(name))
    assert all(bucket["PublicAccessBlockConfiguration"].values())
    assert [rule["ExpirationInDays"] for rule in bucket["LifecycleConfiguration"]["Rules"]] == [days]
    policies = templates.properties("AWS::S3::BucketPolicy").values()
    (policy,) = (each for each in policies if templates.logical_id(each["Bucket"]) == logical_id)
    (deny,) = policy["PolicyDocument"]["Statement"]
    assert (deny["Effect"], deny["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})


def test_a_browser_may_only_put_into_the_payloads(templates: Templates) -> None:
    buckets = templates.properties("AWS::S3::Bucket")
    rules = {
        item: [rule["AllowedMethods"] for rule in each["CorsConfiguration"]["CorsRules"]]
        for item, each in buckets.items()
        if "CorsConfiguration" in each
    }
    assert list(rules.values()) == [[["PUT"]]]
    assert next(iter(rules)).startswith("Payloads")


def test_images_never_expire_and_only_a_cdn_reads_them(templates: Templates) -> None:
    buckets = templates.properties("AWS::S3::Bucket")
    ((logical_id, bucket),) = ((item, each) for item, each in buckets.items() if item.startswith("Images"))
    assert all(bucket["PublicAccessBlockConfiguration"].values())
    assert all("ExpirationInDays" not in rule for rule in bucket["LifecycleConfiguration"]["Rules"])
    policies = templates.properties("AWS::S3::BucketPolicy").values()
    (policy,) = (each for each in policies if templates.logical_id(each["Bucket"]) == logical_id)
    statements = policy["PolicyDocument"]["Statement"]
    (allow,) = (statement for statement in statements if statement["Effect"] == "Allow")
    assert (allow["Action"], allow["Principal"]) == ("s3:GetObject", {"Service": "cloudfront.amazonaws.com"})
    assert "distribution/*" in json.dumps(allow["Condition"]["ArnLike"]["AWS:SourceArn"])
    assert "/images/*" in json.dumps(allow["Resource"])


def test_a_cdn_that_stays_can_go_on_reading_its_bucket(templates: Templates) -> None:
    """Mails link to it for years, also if the stack is deleted."""
    (control,) = templates.of_type("AWS::CloudFront::OriginAccessControl").values()
    assert control["DeletionPolicy"] == "RetainExceptOnCreate"


def test_a_bucket_that_stays_has_its_policy(templates: Templates, local: Templates) -> None:
    """It still refuses requests without TLS, and lets the CDN read its images."""
    for stage, expected in ((templates, "RetainExceptOnCreate"), (local, "Delete")):
        for kind in ("AWS::S3::Bucket", "AWS::S3::BucketPolicy"):
            policies = [each.get("DeletionPolicy", "Delete") for each in stage.of_type(kind).values()]
            assert policies == [expected] * 3, kind


def test_the_access_of_a_cdn_has_its_own_name(templates: Templates) -> None:
    """CloudFront has one list of these names for all regions, with 64 characters at most. A retained one keeps its name."""
    (control,) = templates.properties("AWS::CloudFront::OriginAccessControl").values()
    _, parts = control["OriginAccessControlConfig"]["Name"]["Fn::Join"]
    assert {"Ref": "AWS::StackName"} in parts
    assert "AWS::StackId" in json.dumps(parts)


def test_a_stage_without_a_cdn_serves_no_images(other: Templates) -> None:
    assert not other.of_type("AWS::CloudFront::Distribution")
    functions = other.properties("AWS::Lambda::Function").values()
    assert {each["Environment"]["Variables"]["STAFFETTA_IMAGES_URL"] for each in functions} == {"none"}


@pytest.mark.parametrize(
    ("kind", "at_once"),
    [
        ("AWS::SES::ConfigurationSet", 1),
        ("AWS::SES::ConfigurationSetEventDestination", 1),
        ("AWS::ApiGatewayV2::Route", 10),
    ],
)
def test_a_service_gets_few_management_calls_at_once(templates: Templates, kind: str, at_once: int) -> None:
    """CloudFormation starts all resources that depend on no other one."""
    resources = templates.of_type(kind)
    free = [name for name, each in resources.items() if not resources.keys() & set(_listed(each.get("DependsOn", [])))]
    successors = [name for each in resources.values() for name in _listed(each.get("DependsOn", []))]
    assert len(free) == at_once
    assert all(successors.count(name) <= 1 for name in resources), "each lets one other begin"


def _listed(names: str | list[str]) -> list[str]:
    return [names] if isinstance(names, str) else names


def test_transactional_mail_ignores_suppression_and_marketing_honours_it(templates: Templates) -> None:
    """A password reset is sent even if an earlier mail bounced."""
    by_name = {sets["Name"]: sets for sets in templates.properties("AWS::SES::ConfigurationSet").values()}
    transactional, marketing = by_name["staffetta-prod-transactional"], by_name["staffetta-prod-marketing"]
    validation = {"ConditionThreshold": {"ConditionThresholdEnabled": "DISABLED"}}
    assert transactional["SuppressionOptions"] == {"SuppressedReasons": [], "ValidationOptions": validation}
    assert marketing["SuppressionOptions"] == {"SuppressedReasons": ["BOUNCE", "COMPLAINT"]}
    assert all(sets["ReputationOptions"] == {"ReputationMetricsEnabled": True} for sets in by_name.values())


def test_the_identity_defaults_to_the_transactional_set(templates: Templates) -> None:
    """SES reports SMTP mail that names no set in the same way as all other mail."""
    (identity,) = templates.properties("AWS::SES::EmailIdentity").values()
    default = templates.logical_id(identity["ConfigurationSetAttributes"]["ConfigurationSetName"])
    assert templates.resources[default]["Properties"]["Name"] == "staffetta-prod-transactional"
    assert identity["MailFromAttributes"]["MailFromDomain"] == "bounce.example.com"
    assert identity["DkimSigningAttributes"] == {"NextSigningKeyLength": "RSA_2048_BIT"}
    assert identity["FeedbackAttributes"] == {"EmailForwardingEnabled": False}


def test_an_existing_identity_is_not_touched(templates: Templates, only_state: Synthesize) -> None:
    """No resource of the template is the identity, and its DNS records are not ours to name."""
    adopted = only_state(identity="existing")
    assert not adopted.of_type("AWS::SES::EmailIdentity")
    assert not any(name.startswith(("Dkim", "MailFrom")) for name in adopted.state["Outputs"])
    assert set(adopted.of_type("AWS::SES::ConfigurationSet")) == set(templates.of_type("AWS::SES::ConfigurationSet"))


def test_a_service_takes_nothing_from_state_that_is_not_exported(templates: Templates, only_state: Synthesize) -> None:
    """State by itself has the same template: an export that a deployed Service uses could not be taken away."""
    by_itself = only_state(alarmEmail="oncall@acme.com")
    assert by_itself.state == templates.state
    assert exports(by_itself.state)


def exports(template: Mapping[str, Any]) -> set[str]:
    return {output["Export"]["Name"] for output in template["Outputs"].values() if "Export" in output}


def test_every_set_reports_all_events_to_the_topic(templates: Templates) -> None:
    """It has all types except Subscription. The destination is created after the policy that allows SES."""
    destinations = templates.of_type("AWS::SES::ConfigurationSetEventDestination").values()
    sets = {templates.logical_id(item["Properties"]["ConfigurationSetName"]) for item in destinations}
    assert sets == set(templates.of_type("AWS::SES::ConfigurationSet"))
    (policy,) = templates.properties("AWS::SNS::TopicPolicy").keys() - _alarm_policies(templates)
    for destination in destinations:
        event_types = set(destination["Properties"]["EventDestination"]["MatchingEventTypes"])
        delivery = {"send", "reject", "bounce", "complaint", "delivery", "deliveryDelay", "renderingFailure"}
        assert event_types == delivery | {"open", "click"}
        assert policy in destination["DependsOn"]


def test_only_ses_for_our_sets_may_publish_events(templates: Templates) -> None:
    """A forged event is refused."""
    (name,) = templates.properties("AWS::SNS::TopicPolicy").keys() - _alarm_policies(templates)
    statements = templates.resources[name]["Properties"]["PolicyDocument"]["Statement"]
    allowed = [statement for statement in statements if statement["Effect"] == "Allow"]
    assert len(allowed) == len(templates.of_type("AWS::SES::ConfigurationSet")) + 1
    *ours, of_domains = allowed
    assert all(statement["Principal"] == {"Service": "ses.amazonaws.com"} for statement in allowed)
    for statement in ours:
        assert statement["Condition"]["StringEquals"].keys() == {"AWS:SourceAccount", "AWS:SourceArn"}
    assert of_domains["Condition"]["StringEquals"].keys() == {"AWS:SourceAccount"}
    source = json.dumps(of_domains["Condition"]["ArnLike"]["AWS:SourceArn"])
    assert ":configuration-set/staffetta-prod-domain-*" in source
    (denied,) = (statement for statement in statements if statement["Effect"] == "Deny")
    assert denied["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def _alarm_policies(templates: Templates) -> set[str]:
    return {name for name in templates.of_type("AWS::SNS::TopicPolicy") if name.startswith("Alarm")}


@pytest.mark.parametrize(("kind", "mode"), [("managed", "MANAGED"), ("standard", "STANDARD"), ("shared", None)])
def test_the_ip_pool_is_of_the_chosen_kind(only_state: Synthesize, kind: str, mode: str | None) -> None:
    """Both sets send from it. The shared addresses are SES's own pool: without one, a set sends from the account's dedicated addresses."""
    chosen = only_state(ipPool=kind, poolReady=True)
    pools = chosen.properties("AWS::SES::DedicatedIpPool")
    assert [pool["ScalingMode"] for pool in pools.values()] == ([mode] if mode else [])
    for sets in chosen.properties("AWS::SES::ConfigurationSet").values():
        assert sets["DeliveryOptions"].get("SendingPoolName") == (
            {"Ref": next(iter(pools))} if mode else "ses-shared-pool"
        )


@pytest.mark.parametrize(("kind", "pools"), [("managed", 0), ("standard", 1), ("shared", 0)])
def test_a_pool_that_is_not_ready_is_not_used(only_state: Synthesize, kind: str, pools: int) -> None:
    """A managed one is not created yet, and a standard one, which costs nothing while it is empty, waits for its addresses."""
    chosen = only_state(ipPool=kind)
    assert ("SendingAddresses" in chosen.state["Outputs"]) == (kind != "shared")
    assert len(chosen.properties("AWS::SES::DedicatedIpPool")) == pools
    for sets in chosen.properties("AWS::SES::ConfigurationSet").values():
        assert sets["DeliveryOptions"]["SendingPoolName"] == "ses-shared-pool"


def test_the_outputs_have_the_dns_records(templates: Templates) -> None:
    """There are three for DKIM and two for MAIL FROM. DMARC's depends on what DNS has: the output names the command."""
    outputs = templates.state["Outputs"]
    assert {"DkimRecord1", "DkimRecord2", "DkimRecord3", "MailFromMx", "MailFromSpf", "Dmarc"} <= outputs.keys()
    assert outputs["Dmarc"]["Value"] == "staffetta domains check example.com --stage prod"
    assert not templates.of_type("AWS::Route53::RecordSet")
    assert outputs["MailFromSpf"]["Value"] == 'bounce.example.com TXT "v=spf1 include:amazonses.com ~all"'


def test_a_hosted_zone_gets_all_records(only_state: Synthesize) -> None:
    zone = only_state(hostedZone="Z0123456789ABC", dmarcReports="dmarc@example.com")
    records = zone.properties("AWS::Route53::RecordSet").values()
    assert {record["HostedZoneId"] for record in records} == {"Z0123456789ABC"}
    assert [record["Type"] for record in records].count("CNAME") == 3
    values = {(one["Name"], one["Type"]): one["ResourceRecords"] for one in records if one["Type"] != "CNAME"}
    assert values == {
        ("bounce.example.com", "MX"): [
            {"Fn::Join": ["", ["10 feedback-smtp.", {"Ref": "AWS::Region"}, ".amazonses.com"]]}
        ],
        ("bounce.example.com", "TXT"): ['"v=spf1 include:amazonses.com ~all"'],
        ("_dmarc.example.com", "TXT"): ['"v=DMARC1; p=none; rua=mailto:dmarc@example.com"'],
    }
    retained = {resource["DeletionPolicy"] for resource in zone.of_type("AWS::Route53::RecordSet").values()}
    assert retained == {"RetainExceptOnCreate"}


def test_without_a_reader_no_dmarc_record_is_written(only_state: Synthesize) -> None:
    zone = only_state(hostedZone="Z0123456789ABC")
    names = [record["Name"] for record in zone.properties("AWS::Route53::RecordSet").values()]
    assert "_dmarc.example.com" not in names
    assert len(names) == 5


def test_what_was_accepted_or_reported_outlives_the_service(templates: Templates) -> None:
    """Its queues are retained, and SES's events reach theirs without a Service."""
    queues = {name: each for name, each in templates.state["Resources"].items() if each["Type"] == "AWS::SQS::Queue"}
    assert len(queues) == 11, (
        "sends, broadcasts, events, webhooks and automations, each with dead letters, and what SNS cannot deliver"
    )
    assert {each["DeletionPolicy"] for each in queues.values()} == {"RetainExceptOnCreate"}
    (subscription,) = (
        each["Properties"] for each in templates.state["Resources"].values() if each["Type"] == "AWS::SNS::Subscription"
    )
    assert templates.logical_id(subscription["Endpoint"]).startswith("QueuesEvents")
    assert subscription["RawMessageDelivery"] is True
    in_service = [name for name, each in templates.service["Resources"].items() if each["Type"] == "AWS::SQS::Queue"]
    assert sorted(name[: name.index("Queue")] for name in in_service) == ["Unmeasured", "Unnotified", "Unobserved"]


def test_named_sources_of_the_bus_reach_the_automations_queue(only_state: Synthesize) -> None:
    """The rule is in State, as the queue is: from Service, the queue's policy would need both stacks first."""
    state = only_state(stage="local", eventSources="acme.shop,acme.billing").state["Resources"]
    (rule,) = (each["Properties"] for each in state.values() if each["Type"] == "AWS::Events::Rule")
    assert rule["EventPattern"] == {"source": ["acme.shop", "acme.billing"]}
    assert "QueuesAutomationsQueue" in str(rule["Targets"])
