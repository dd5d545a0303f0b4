"""The engine of stacks: dependencies, replacement, rollback, retention, outputs, exports, change sets."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from infra.local.cloud import Cloud


def queue(**properties: Any) -> dict[str, Any]:
    return {"Type": "AWS::SQS::Queue", "Properties": properties}


def queues(cloud: Cloud) -> set[str]:
    return {url.rpartition("/")[2] for url in cloud.client("sqs").list_queues().get("QueueUrls", [])}


def test_a_type_without_a_model_is_refused(cloud: Cloud, stacks: Any) -> None:
    """A template with an unsupported resource creates nothing, and the message names type and resource."""
    with pytest.raises(ClientError, match=r"resource Ring of type AWS::Nobody::Phone") as refused:
        stacks.put("unknown", {"Fine": queue(QueueName="unknown-fine"), "Ring": {"Type": "AWS::Nobody::Phone"}})
    assert refused.value.response["Error"]["Code"] == "ValidationError"
    assert "unknown-fine" not in queues(cloud)
    assert "unknown" not in {stack["StackName"] for stack in cloud.client("cloudformation").describe_stacks()["Stacks"]}


@pytest.mark.parametrize("type_", ["Custom::Thing", "AWS::CloudFormation::CustomResource"])
def test_custom_resources_are_refused(stacks: Any, type_: str) -> None:
    """Stock moto would start Docker for one."""
    with pytest.raises(ClientError, match="custom resources cannot run"):
        stacks.put("custom", {"It": {"Type": type_, "Properties": {"ServiceToken": "arn"}}})


def test_an_update_to_a_type_without_a_model_is_refused(stacks: Any) -> None:
    """The stack does not change."""
    stacks.put("known", {"Queue": queue()})
    with pytest.raises(ClientError, match="AWS::Nobody::Phone"):
        stacks.put("known", {"Queue": queue(), "Ring": {"Type": "AWS::Nobody::Phone"}})
    assert stacks.status("known") == "CREATE_COMPLETE"


def test_harmless_types_do_nothing(stacks: Any) -> None:
    """CDK's metadata resource is part of every template."""
    stacks.put(
        "meta", {"Queue": queue(), "CDKMetadata": {"Type": "AWS::CDK::Metadata", "Properties": {"Analytics": "v2"}}}
    )


def test_a_failed_stack_is_rolled_back(cloud: Cloud, stacks: Any) -> None:
    """The created resources are deleted. The status, its reason and the events report the failure."""
    broken = {
        "Type": "AWS::SNS::Subscription",
        "Properties": {"TopicArn": "arn:aws:sns:us-east-1:123456789012:none", "Protocol": "sqs", "Endpoint": "e"},
    }
    outputs = {"Url": {"Value": {"Ref": "First"}}}
    with pytest.raises(AssertionError, match="ROLLBACK_COMPLETE"):
        stacks.put("broken", {"First": queue(QueueName="broken-first"), "Broken": broken}, outputs)
    assert "broken-first" not in queues(cloud)
    assert any("AWS::SNS::Subscription Broken" in reason for reason in stacks.reasons("broken"))
    assert "Broken" in stacks.describe("broken")["StackStatusReason"]
    assert cloud.client("cloudformation").describe_stack_resources(StackName="broken")["StackResources"] == []
    assert "broken-first" not in queues(cloud)


def test_describing_a_deleted_stack_creates_nothing(cloud: Cloud, stacks: Any) -> None:
    """Stock moto creates a resource again when an output of a deleted stack is read."""
    stacks.put("gone", {"Queue": queue(QueueName="gone")}, {"Url": {"Value": {"Ref": "Queue"}}})
    stack_id = stacks.describe("gone")["StackId"]
    stacks.delete("gone")
    assert stacks.status(stack_id) == "DELETE_COMPLETE"
    assert "Outputs" not in stacks.describe(stack_id)
    assert "gone" not in queues(cloud)


def test_a_failed_update_is_rolled_back(cloud: Cloud, stacks: Any) -> None:
    """The queue has its former settings, and the resource of the update is deleted."""
    broken = {
        "Type": "AWS::SNS::Subscription",
        "Properties": {"TopicArn": "arn:aws:sns:us-east-1:123456789012:none", "Protocol": "sqs", "Endpoint": "e"},
    }
    stacks.put("back", {"Queue": queue(VisibilityTimeout=10)})
    with pytest.raises(AssertionError, match="UPDATE_ROLLBACK_COMPLETE"):
        stacks.put("back", {"Queue": queue(VisibilityTimeout=20), "New": queue(QueueName="back-new"), "Broken": broken})
    attributes = cloud.client("sqs").get_queue_attributes(
        QueueUrl=stacks.id_of("back", "Queue"), AttributeNames=["All"]
    )
    assert attributes["Attributes"]["VisibilityTimeout"] == "10"
    assert "back-new" not in queues(cloud)


def test_a_replaced_resource_is_followed(cloud: Cloud, stacks: Any) -> None:
    """A subscription with unchanged text points to the new queue. The old queue is deleted."""

    def resources(name: str) -> dict[str, Any]:
        endpoint = {"Fn::GetAtt": ["Queue", "Arn"]}
        topic = {"Type": "AWS::SNS::Topic"}
        properties = {"TopicArn": {"Ref": "Topic"}, "Protocol": "sqs", "Endpoint": endpoint}
        return {
            "Sub": {"Type": "AWS::SNS::Subscription", "Properties": properties},
            "Queue": queue(QueueName=name),
            "Topic": topic,
        }

    stacks.put("moved", resources("moved-one"))
    stacks.put("moved", resources("moved-two"), {"Arn": {"Value": {"Fn::GetAtt": ["Queue", "Arn"]}}})
    (subscription,) = cloud.client("sns").list_subscriptions_by_topic(TopicArn=stacks.id_of("moved", "Topic"))[
        "Subscriptions"
    ]
    assert subscription["Endpoint"] == stacks.outputs("moved")["Arn"]
    assert queues(cloud) & {"moved-one", "moved-two"} == {"moved-two"}


def test_a_changed_parameter_updates_its_dependents(cloud: Cloud, stacks: Any) -> None:
    """The template is the same and the parameter's value differs. A previous value stays."""
    cloudformation = cloud.client("cloudformation")
    parameters = {"Wait": {"Type": "Number", "Default": 10}, "Version": {"Type": "String", "Default": "1"}}
    stacks.put("param", {"Queue": queue(VisibilityTimeout={"Ref": "Wait"})}, Parameters=parameters)
    new_values = [
        {"ParameterKey": "Wait", "ParameterValue": "20"},
        {"ParameterKey": "Version", "UsePreviousValue": True},
    ]
    cloudformation.update_stack(StackName="param", UsePreviousTemplate=True, Parameters=new_values)
    attributes = cloud.client("sqs").get_queue_attributes(
        QueueUrl=stacks.id_of("param", "Queue"), AttributeNames=["All"]
    )
    assert attributes["Attributes"]["VisibilityTimeout"] == "20"


def test_retained_resources_stay(cloud: Cloud, stacks: Any) -> None:
    """Neither removal from the template nor the stack's deletion deletes them."""
    retained = {**queue(QueueName="retained"), "DeletionPolicy": "Retain"}
    stacks.put("retain", {"Kept": retained, "Other": queue()})
    stacks.put("retain", {"Other": queue()})
    stacks.delete("retain")
    assert "retained" in queues(cloud)


def failing_subscription() -> dict[str, Any]:
    topic = "arn:aws:sns:us-east-1:123456789012:none"
    return {"Type": "AWS::SNS::Subscription", "Properties": {"TopicArn": topic, "Protocol": "sqs", "Endpoint": "e"}}


@pytest.mark.parametrize(("policy", "stays"), [("Retain", True), ("RetainExceptOnCreate", False), ("Delete", False)])
def test_a_rollback_deletes_what_it_created(cloud: Cloud, stacks: Any, policy: str, stays: bool) -> None:
    """At a first deployment and at an update. `RetainExceptOnCreate` deletes only what the failed operation created."""
    name = f"undo-{policy}"
    new = {**queue(QueueName=f"{name}-new"), "DeletionPolicy": policy}
    with pytest.raises(AssertionError, match="ROLLBACK_COMPLETE"):
        stacks.put(f"{name}-first", {"New": new, "Broken": failing_subscription()})
    assert (f"{name}-new" in queues(cloud)) == stays
    old = {**queue(QueueName=f"{name}-old"), "DeletionPolicy": policy}
    added = {**queue(QueueName=f"{name}-added"), "DeletionPolicy": policy}
    stacks.put(name, {"Old": old})
    with pytest.raises(AssertionError, match="UPDATE_ROLLBACK_COMPLETE"):
        stacks.put(name, {"Old": old, "Added": added, "Broken": failing_subscription()})
    assert f"{name}-old" in queues(cloud)
    assert (f"{name}-added" in queues(cloud)) == stays
    stacks.delete(name)
    assert (f"{name}-old" in queues(cloud)) == (policy != "Delete")


@pytest.mark.parametrize(("policy", "stays"), [("Retain", True), ("Delete", False), (None, False)])
def test_a_replaced_resource_stays_by_its_policy(
    cloud: Cloud,
    stacks: Any,
    policy: str | None,
    stays: bool,
) -> None:
    """The policy is the one before the update."""
    replaced = {"UpdateReplacePolicy": policy} if policy else {}
    stacks.put(f"replace-{policy}", {"Queue": {**queue(QueueName=f"before-{policy}"), **replaced}})
    stacks.put(f"replace-{policy}", {"Queue": {**queue(QueueName=f"after-{policy}"), **replaced}})
    assert f"after-{policy}" in queues(cloud)
    assert (f"before-{policy}" in queues(cloud)) == stays


def test_a_rollback_cannot_delete_a_protected_table(cloud: Cloud, stacks: Any) -> None:
    table = {
        "Type": "AWS::DynamoDB::GlobalTable",
        "DeletionPolicy": "RetainExceptOnCreate",
        "Properties": {
            "BillingMode": "PAY_PER_REQUEST",
            "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
            "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
            "Replicas": [{"Region": "us-east-1", "DeletionProtectionEnabled": True}],
        },
    }
    with pytest.raises(AssertionError, match="ROLLBACK_FAILED"):
        stacks.put("protected-table", {"Table": table, "Broken": failing_subscription()})


def test_a_condition_creates_and_deletes(cloud: Cloud, stacks: Any) -> None:
    """The update deletes a resource whose condition becomes false."""

    def put(on: str) -> None:
        conditions = {"On": {"Fn::Equals": [on, "yes"]}}
        resources = {"Always": queue(), "Maybe": {**queue(QueueName="maybe"), "Condition": "On"}}
        stacks.put("condition", resources, Conditions=conditions)

    for on, there in (("no", False), ("yes", True), ("no", False)):
        put(on)
        assert ("maybe" in queues(cloud)) == there


def test_one_stack_uses_the_exports_of_another(cloud: Cloud, stacks: Any) -> None:
    """The export may come with an update."""
    stacks.put("state", {"Queue": queue(QueueName="exported")})
    export = {"Arn": {"Value": {"Fn::GetAtt": ["Queue", "Arn"]}, "Export": {"Name": "state-arn"}}}
    stacks.put("state", {"Queue": queue(QueueName="exported")}, export)
    redrive = {"deadLetterTargetArn": {"Fn::ImportValue": "state-arn"}, "maxReceiveCount": 2}
    stacks.put("service", {"Queue": queue(RedrivePolicy=redrive)})
    attributes = cloud.client("sqs").get_queue_attributes(
        QueueUrl=stacks.id_of("service", "Queue"), AttributeNames=["All"]
    )
    assert ":exported" in attributes["Attributes"]["RedrivePolicy"]


@pytest.mark.parametrize("change", ["deleted", "updated"])
def test_an_export_in_use_stays(cloud: Cloud, stacks: Any, change: str) -> None:
    """Until its importer is gone. The update is rolled back, and the deletion fails."""
    exporter, importer, name = f"exports-{change}", f"imports-{change}", f"name-{change}"
    export = {"Out": {"Value": "before", "Export": {"Name": name}}}
    stacks.put(exporter, {"Queue": queue()}, export)
    stacks.put(importer, {"Queue": queue(QueueName={"Fn::ImportValue": name})})
    changed = {} if change == "deleted" else {"Out": {"Value": "after", "Export": {"Name": name}}}
    with pytest.raises(AssertionError, match="UPDATE_ROLLBACK_COMPLETE"):
        stacks.put(exporter, {"Queue": queue()}, changed)
    assert f"Export {name} cannot be {change} as it is in use by {importer}" in stacks.reasons(exporter)
    assert stacks.outputs(exporter) == {"Out": "before"}
    stacks.delete(exporter)
    assert stacks.status(exporter) == "DELETE_FAILED"
    stacks.delete(importer)
    stacks.delete(exporter)
    assert exporter not in {stack["StackName"] for stack in cloud.client("cloudformation").describe_stacks()["Stacks"]}


def test_a_protected_stack_is_not_deleted(cloud: Cloud, stacks: Any) -> None:
    """Termination protection refuses at once."""
    body = '{"Resources": {"Queue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "safe"}}}}'
    cloud.client("cloudformation").create_stack(StackName="safe", TemplateBody=body, EnableTerminationProtection=True)
    with pytest.raises(ClientError, match="TerminationProtection"):
        stacks.delete("safe")
    assert "safe" in queues(cloud)
    cloud.client("cloudformation").update_termination_protection(StackName="safe", EnableTerminationProtection=False)
    assert not stacks.describe("safe")["EnableTerminationProtection"]
    stacks.delete("safe")
    assert "safe" not in queues(cloud)


def test_a_change_set_preserves_a_looked_up_parameter(cloud: Cloud, stacks: Any) -> None:
    """Every stack of the CDK has one, for the version of its bootstrap."""
    cloudformation = cloud.client("cloudformation")
    cloud.client("ssm").put_parameter(Name="/version", Value="30", Type="String")
    version = {"Version": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/version"}}
    stacks.put("versioned", {"Queue": queue(VisibilityTimeout={"Ref": "Version"})}, Parameters=version)
    body = json.dumps({"Parameters": version, "Resources": {"Queue": queue(VisibilityTimeout=5)}})
    previous = [{"ParameterKey": "Version", "UsePreviousValue": True}]
    cloudformation.create_change_set(
        StackName="versioned", ChangeSetName="next", TemplateBody=body, ChangeSetType="UPDATE", Parameters=previous
    )
    cloudformation.execute_change_set(StackName="versioned", ChangeSetName="next")
    assert stacks.status("versioned") == "UPDATE_COMPLETE"


def test_change_sets_as_the_cli_uses_them(cloud: Cloud, stacks: Any) -> None:
    """The CLI deletes the last one, waits until it is gone, creates, describes and executes one. Outputs work too."""
    cloudformation = cloud.client("cloudformation")

    def deploy(kind: str, timeout: int) -> None:
        name = "cdk-deploy-change-set"
        cloudformation.delete_change_set(StackName="changed", ChangeSetName=name)
        with pytest.raises(ClientError) as missing:
            cloudformation.describe_change_set(StackName="changed", ChangeSetName=name)
        assert missing.value.response["Error"]["Code"] == "ChangeSetNotFound"
        body = f'{{"Resources": {{"Queue": {{"Type": "AWS::SQS::Queue", "Properties": {{"VisibilityTimeout": {timeout}}}}}}}, "Outputs": {{"Url": {{"Value": {{"Ref": "Queue"}}}}}}}}'
        cloudformation.create_change_set(StackName="changed", ChangeSetName=name, TemplateBody=body, ChangeSetType=kind)
        assert (
            cloudformation.describe_change_set(StackName="changed", ChangeSetName=name)["Status"] == "CREATE_COMPLETE"
        )
        cloudformation.execute_change_set(StackName="changed", ChangeSetName=name)

    for kind, timeout in (("CREATE", 10), ("UPDATE", 20)):
        deploy(kind, timeout)
        assert stacks.status("changed") == f"{kind}_COMPLETE"
        url = stacks.outputs("changed")["Url"]
        attributes = cloud.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        assert attributes["VisibilityTimeout"] == str(timeout)
