"""Each CloudFormation model: created, updated and deleted through real stacks, and checked through the APIs."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from infra.local.cloud import Cloud

KEYS = {
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
}
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}


def document(*actions: str, resource: Any = "*") -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": list(actions), "Resource": resource}]}


def of(type_: str, **properties: Any) -> dict[str, Any]:
    return {"Type": f"AWS::{type_}", "Properties": properties}


def ref(name: str) -> dict[str, Any]:
    return {"Ref": name}


def att(name: str, attribute: str) -> dict[str, Any]:
    return {"Fn::GetAtt": [name, attribute]}


def table(**properties: Any) -> dict[str, Any]:
    replica = {"Region": {"Ref": "AWS::Region"}, **properties.pop("Replica", {})}
    return of("DynamoDB::GlobalTable", **KEYS, BillingMode="PAY_PER_REQUEST", Replicas=[replica], **properties)


def index(name: str) -> dict[str, Any]:
    return {"IndexName": name, "KeySchema": KEYS["KeySchema"], "Projection": {"ProjectionType": "ALL"}}


POLL = {"Effect": "Allow", "Action": ["sqs:*", "dynamodb:*"], "Resource": "*"}


def function(**properties: Any) -> dict[str, dict[str, Any]]:
    properties = {
        "Handler": "m.h",
        "Runtime": "python3.13",
        "Code": {"S3Bucket": "assets", "S3Key": "one.zip"},
        **properties,
    }
    return {
        "Role": of(
            "IAM::Role",
            AssumeRolePolicyDocument=TRUST,
            Policies=[{"PolicyName": "poll", "PolicyDocument": {"Version": "2012-10-17", "Statement": [POLL]}}],
        ),
        "Function": of("Lambda::Function", Role=att("Role", "Arn"), **properties),
    }


class TestDynamoDB:
    def test_a_table_matches_the_template(self, cloud: Cloud, stacks: Any) -> None:
        """Keys, index, stream, TTL, point-in-time recovery and protection are set."""
        recovery = {"PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True, "RecoveryPeriodInDays": 7}}
        resources = {
            "Table": table(
                GlobalSecondaryIndexes=[index("by-pk")],
                StreamSpecification={"StreamViewType": "NEW_AND_OLD_IMAGES"},
                TimeToLiveSpecification={"AttributeName": "expires", "Enabled": True},
                Replica=recovery,
            )
        }
        stacks.put(
            "table", resources, {"Arn": {"Value": att("Table", "Arn")}, "Stream": {"Value": att("Table", "StreamArn")}}
        )
        name, dynamodb = stacks.id_of("table", "Table"), cloud.client("dynamodb")
        described = dynamodb.describe_table(TableName=name)["Table"]
        assert stacks.outputs("table") == {"Arn": described["TableArn"], "Stream": described["LatestStreamArn"]}
        assert [item["IndexName"] for item in described["GlobalSecondaryIndexes"]] == ["by-pk"]
        assert dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]["AttributeName"] == "expires"
        backups = dynamodb.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
        assert backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"
        assert name.startswith("table-Table-")

    def test_an_update_keeps_the_items(self, cloud: Cloud, stacks: Any) -> None:
        """Index, stream, TTL, recovery and protection change in place. The table and its items stay."""
        dynamodb = cloud.client("dynamodb")
        stacks.put("grown", {"Table": table()})
        name = stacks.id_of("grown", "Table")
        dynamodb.put_item(TableName=name, Item={"pk": {"S": "kept"}})
        changed = table(
            GlobalSecondaryIndexes=[index("new")],
            StreamSpecification={"StreamViewType": "NEW_IMAGE"},
            TimeToLiveSpecification={"AttributeName": "expires", "Enabled": True},
            Replica={
                "DeletionProtectionEnabled": True,
                "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
            },
        )
        stacks.put("grown", {"Table": changed})
        described = dynamodb.describe_table(TableName=name)["Table"]
        assert stacks.id_of("grown", "Table") == name
        assert [item["IndexName"] for item in described["GlobalSecondaryIndexes"]] == ["new"]
        assert described["StreamSpecification"] == {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
        assert described["DeletionProtectionEnabled"] is True
        assert dynamodb.get_item(TableName=name, Key={"pk": {"S": "kept"}})["Item"]
        stacks.put("grown", {"Table": table()})
        bare = dynamodb.describe_table(TableName=name)["Table"]
        assert not bare.get("GlobalSecondaryIndexes")
        assert not bare.get("StreamSpecification", {}).get("StreamEnabled")
        assert dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]["TimeToLiveStatus"] == "DISABLED"

    def test_a_second_index_change_in_an_update_is_refused(self, stacks: Any) -> None:
        """As by CloudFormation. A changed index is one that goes and one that comes."""
        stacks.put("indexed", {"Table": table(GlobalSecondaryIndexes=[index("old")])})
        for names in (["old", "one", "two"], ["new"]):
            with pytest.raises(AssertionError, match="more than one GSI creation or deletion"):
                stacks.put("indexed", {"Table": table(GlobalSecondaryIndexes=[index(name) for name in names])})

    def test_deleting_the_stack_deletes_the_table(self, cloud: Cloud, stacks: Any) -> None:
        """A stack with an explicit name can be destroyed and deployed again."""
        for _ in range(2):
            stacks.put("again", {"Table": table(TableName="again")})
            stacks.delete("again")
            assert "again" not in cloud.client("dynamodb").list_tables()["TableNames"]

    def test_a_protected_table_outlives_its_stack(self, stacks: Any) -> None:
        """Deletion protection makes the deletion fail, and the stack reports why."""
        stacks.put("guarded", {"Table": table(Replica={"DeletionProtectionEnabled": True})})
        stacks.delete("guarded")
        assert stacks.status("guarded") == "DELETE_FAILED"
        assert any("DeletionProtectionEnabled" in reason for reason in stacks.reasons("guarded"))


class TestMessaging:
    def resources(self, **changes: Any) -> dict[str, Any]:
        policy = {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "*"}],
        }
        return {
            "Dead": of("SQS::Queue"),
            "Queue": of(
                "SQS::Queue",
                VisibilityTimeout=changes.get("visibility", 60),
                **(
                    {"RedrivePolicy": {"deadLetterTargetArn": att("Dead", "Arn"), "maxReceiveCount": 3}}
                    if changes.get("redrive", True)
                    else {}
                ),
            ),
            "QueuePolicy": of("SQS::QueuePolicy", Queues=[ref("Queue")], PolicyDocument=policy),
            "Topic": of("SNS::Topic", DisplayName=changes.get("display", "first")),
            "TopicPolicy": of("SNS::TopicPolicy", Topics=[ref("Topic")], PolicyDocument=policy),
            "Subscription": of(
                "SNS::Subscription",
                TopicArn=ref("Topic"),
                Protocol="sqs",
                Endpoint=att("Queue", "Arn"),
                RawMessageDelivery=changes.get("raw", True),
                **({"FilterPolicy": changes["filter"]} if "filter" in changes else {}),
            ),
        }

    def test_a_published_message_reaches_the_queue_raw(self, cloud: Cloud, stacks: Any) -> None:
        """The subscription delivers raw, as configured."""
        stacks.put("mq", self.resources())
        queue, topic = stacks.id_of("mq", "Queue"), stacks.id_of("mq", "Topic")
        cloud.client("sns").publish(TopicArn=topic, Message="hello")
        assert cloud.client("sqs").receive_message(QueueUrl=queue)["Messages"][0]["Body"] == "hello"
        attributes = cloud.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]
        assert json.loads(attributes["Policy"])["Statement"][0]["Action"] == "sqs:SendMessage"
        assert json.loads(attributes["RedrivePolicy"])["maxReceiveCount"] == 3

    def test_updates_are_in_place(self, cloud: Cloud, stacks: Any) -> None:
        """A changed queue, topic and subscription stay the same resource with new settings."""
        stacks.put("mqu", self.resources())
        before = [stacks.id_of("mqu", name) for name in ("Queue", "Topic", "Subscription")]
        stacks.put(
            "mqu", self.resources(visibility=90, display="second", raw=False, filter={"kind": ["a"]}, redrive=False)
        )
        assert [stacks.id_of("mqu", name) for name in ("Queue", "Topic", "Subscription")] == before
        attributes = cloud.client("sqs").get_queue_attributes(QueueUrl=before[0], AttributeNames=["All"])["Attributes"]
        assert attributes["VisibilityTimeout"] == "90"
        assert "RedrivePolicy" not in attributes
        assert cloud.client("sns").get_topic_attributes(TopicArn=before[1])["Attributes"]["DisplayName"] == "second"
        subscription = cloud.client("sns").get_subscription_attributes(SubscriptionArn=before[2])["Attributes"]
        assert subscription["RawMessageDelivery"] == "false"
        assert json.loads(subscription["FilterPolicy"]) == {"kind": ["a"]}

    def test_policies_leave_with_their_resource(self, cloud: Cloud, stacks: Any) -> None:
        """A policy that is removed from the template is removed from the queue and the topic."""
        resources = self.resources()
        stacks.put("mqp", resources)
        stacks.put("mqp", {name: resources[name] for name in resources if not name.endswith("Policy")})
        attributes = cloud.client("sqs").get_queue_attributes(
            QueueUrl=stacks.id_of("mqp", "Queue"), AttributeNames=["All"]
        )
        assert not attributes["Attributes"].get("Policy")

    def test_the_stack_leaves_nothing(self, cloud: Cloud, stacks: Any) -> None:
        """Queues, topics and subscriptions of a deleted stack are gone."""
        stacks.put("mqd", self.resources())
        stacks.delete("mqd")
        assert not any("mqd-" in url for url in cloud.client("sqs").list_queues().get("QueueUrls", []))
        assert not any("mqd-" in topic["TopicArn"] for topic in cloud.client("sns").list_topics()["Topics"])
        assert not any("mqd-" in item["TopicArn"] for item in cloud.client("sns").list_subscriptions()["Subscriptions"])


class TestS3:
    def test_a_bucket_policy_is_returned_and_not_enforced(self, cloud: Cloud, stacks: Any) -> None:
        """The usual "TLS only" policy does not deny access on a laptop without TLS."""
        deny = {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": "*",
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
        resources = {
            "Bucket": of("S3::Bucket"),
            "Policy": of(
                "S3::BucketPolicy", Bucket=ref("Bucket"), PolicyDocument={"Version": "2012-10-17", "Statement": [deny]}
            ),
        }
        stacks.put("bucket", resources)
        name, s3 = stacks.id_of("bucket", "Bucket"), cloud.client("s3")
        s3.put_object(Bucket=name, Key="k", Body=b"v")
        assert s3.get_object(Bucket=name, Key="k")["Body"].read() == b"v"
        assert json.loads(s3.get_bucket_policy(Bucket=name)["Policy"])["Statement"] == [deny]
        stacks.put("bucket", {"Bucket": resources["Bucket"]})
        with pytest.raises(ClientError, match="NoSuchBucketPolicy"):
            s3.get_bucket_policy(Bucket=name)


class TestAlarm:
    def alarm(self, threshold: float) -> dict[str, Any]:
        return of(
            "CloudWatch::Alarm",
            ComparisonOperator="GreaterThanThreshold",
            EvaluationPeriods=1,
            MetricName="Age",
            Namespace="N",
            Period=60,
            Statistic="Maximum",
            Threshold=threshold,
            TreatMissingData="notBreaching",
        )

    def test_an_alarm_lives_and_dies_with_its_stack(self, cloud: Cloud, stacks: Any) -> None:
        """It is created, changed in place and deleted."""
        describe = cloud.client("cloudwatch").describe_alarms
        stacks.put("alarm", {"Alarm": self.alarm(1)}, {"Arn": {"Value": att("Alarm", "Arn")}})
        name = stacks.id_of("alarm", "Alarm")
        assert describe(AlarmNames=[name])["MetricAlarms"][0]["AlarmArn"] == stacks.outputs("alarm")["Arn"]
        stacks.put("alarm", {"Alarm": self.alarm(2)})
        assert describe(AlarmNames=[name])["MetricAlarms"][0]["Threshold"] == 2
        stacks.delete("alarm")
        assert not describe(AlarmNames=[name])["MetricAlarms"]


class TestDashboard:
    def test_a_dashboard_lives_and_dies_with_its_stack(self, cloud: Cloud, stacks: Any) -> None:
        """It is created, changed in place and deleted."""
        cloudwatch = cloud.client("cloudwatch")
        for title in ("one", "two"):
            body = json.dumps({"widgets": [{"type": "text", "properties": {"markdown": title}}]})
            stacks.put("dashboard", {"Board": of("CloudWatch::Dashboard", DashboardName="board", DashboardBody=body)})
            assert cloudwatch.get_dashboard(DashboardName="board")["DashboardBody"] == body
        stacks.delete("dashboard")
        assert not cloudwatch.list_dashboards()["DashboardEntries"]


class TestHttpApi:
    def resources(self, **changes: Any) -> dict[str, Any]:
        target = {"Fn::Join": ["/", ["integrations", ref("Integration")]]}
        guarded = (
            {"AuthorizationType": "CUSTOM", "AuthorizerId": ref("Authorizer")} if changes.get("guarded", True) else {}
        )
        return {
            "Api": of("ApiGatewayV2::Api", Name=changes.get("name", "api"), ProtocolType="HTTP"),
            "Stage": of(
                "ApiGatewayV2::Stage", ApiId=ref("Api"), StageName="$default", AutoDeploy=changes.get("deploy", True)
            ),
            "Integration": of(
                "ApiGatewayV2::Integration",
                ApiId=ref("Api"),
                IntegrationType="AWS_PROXY",
                IntegrationUri=changes.get("uri", "arn:one"),
                PayloadFormatVersion="2.0",
            ),
            "Authorizer": of(
                "ApiGatewayV2::Authorizer",
                ApiId=ref("Api"),
                Name="keys",
                AuthorizerType="REQUEST",
                AuthorizerUri="arn:auth",
                IdentitySource=["$request.header.Authorization"],
                AuthorizerPayloadFormatVersion="2.0",
                EnableSimpleResponses=True,
                AuthorizerResultTtlInSeconds=changes.get("ttl", 300),
            ),
            "Route": of("ApiGatewayV2::Route", ApiId=ref("Api"), RouteKey="GET /x", Target=target, **guarded),
        }

    def test_an_api_has_its_routes(self, cloud: Cloud, stacks: Any) -> None:
        """The API returns the route, integration, authorizer and stage."""
        stacks.put("api", self.resources(), {"Url": {"Value": att("Api", "ApiEndpoint")}})
        apis, api = cloud.client("apigatewayv2"), stacks.id_of("api", "Api")
        route = apis.get_routes(ApiId=api)["Items"][0]
        assert route["Target"] == f"integrations/{stacks.id_of('api', 'Integration')}"
        assert route["AuthorizerId"] == stacks.id_of("api", "Authorizer")
        assert apis.get_stage(ApiId=api, StageName="$default")["AutoDeploy"] is True
        assert stacks.outputs("api")["Url"] == f"https://{api}.execute-api.us-east-1.amazonaws.com"

    def test_updates_change_the_parts(self, cloud: Cloud, stacks: Any) -> None:
        """Settings change in place. A route that loses its authorizer is a new route, and the old one is deleted."""
        stacks.put("apiu", self.resources())
        apis, api = cloud.client("apigatewayv2"), stacks.id_of("apiu", "Api")
        integration = stacks.id_of("apiu", "Integration")
        stacks.put("apiu", self.resources(name="renamed", uri="arn:two", ttl=60, deploy=False, guarded=False))
        assert apis.get_api(ApiId=api)["Name"] == "renamed"
        assert apis.get_integration(ApiId=api, IntegrationId=integration)["IntegrationUri"] == "arn:two"
        assert (
            apis.get_authorizer(ApiId=api, AuthorizerId=stacks.id_of("apiu", "Authorizer"))[
                "AuthorizerResultTtlInSeconds"
            ]
            == 60
        )
        assert apis.get_stage(ApiId=api, StageName="$default")["AutoDeploy"] is False
        (route,) = apis.get_routes(ApiId=api)["Items"]
        assert route["AuthorizationType"] == "NONE"

    def test_the_stack_leaves_nothing(self, cloud: Cloud, stacks: Any) -> None:
        """A deleted stack's API is gone."""
        stacks.put("apid", self.resources())
        api = stacks.id_of("apid", "Api")
        stacks.delete("apid")
        assert api not in {item["ApiId"] for item in cloud.client("apigatewayv2").get_apis()["Items"]}


class TestScheduler:
    def resources(self, rate: str, state: str = "ENABLED") -> dict[str, Any]:
        return {
            "Group": of("Scheduler::ScheduleGroup"),
            "Schedule": of(
                "Scheduler::Schedule",
                GroupName=ref("Group"),
                FlexibleTimeWindow={"Mode": "OFF"},
                ScheduleExpression=rate,
                State=state,
                Target={
                    "Arn": "arn:aws:lambda:us-east-1:123456789012:function:f",
                    "RoleArn": "arn:aws:iam::123456789012:role/r",
                },
            ),
        }

    def test_a_schedule_lives_and_dies_with_its_stack(self, cloud: Cloud, stacks: Any) -> None:
        """It is created in its group, changed in place and deleted."""
        scheduler = cloud.client("scheduler")
        stacks.put("schedule", self.resources("rate(1 minute)"), {"Arn": {"Value": att("Schedule", "Arn")}})
        group, name = stacks.id_of("schedule", "Group"), stacks.id_of("schedule", "Schedule")
        assert stacks.outputs("schedule")["Arn"].endswith(f":schedule/{group}/{name}")
        stacks.put("schedule", self.resources("rate(5 minutes)", "DISABLED"))
        changed = scheduler.get_schedule(GroupName=group, Name=name)
        assert (changed["ScheduleExpression"], changed["State"]) == ("rate(5 minutes)", "DISABLED")
        stacks.delete("schedule")
        assert group not in {item["Name"] for item in scheduler.list_schedule_groups()["ScheduleGroups"]}


class TestCognito:
    def resources(self, minimum: int, description: str, validity: int) -> dict[str, Any]:
        policy = {"PasswordPolicy": {"MinimumLength": minimum}}
        return {
            "Pool": of(
                "Cognito::UserPool",
                UserPoolName="people",
                Policies=policy,
                MfaConfiguration="OPTIONAL",
                EnabledMfas=["SOFTWARE_TOKEN_MFA"],
                UsernameAttributes=["email"],
                Schema=[{"Name": "email", "Required": True}],
            ),
            "Client": of(
                "Cognito::UserPoolClient",
                UserPoolId=ref("Pool"),
                ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"],
                AccessTokenValidity=validity,
            ),
            "Domain": of("Cognito::UserPoolDomain", UserPoolId=ref("Pool"), Domain="people-here"),
            "Group": of("Cognito::UserPoolGroup", UserPoolId=ref("Pool"), GroupName="admins", Description=description),
        }

    def test_a_pool_lives_and_dies_with_its_stack(self, cloud: Cloud, stacks: Any) -> None:
        """Pool, client, domain and group are created, changed in place and deleted."""
        cognito = cloud.client("cognito-idp")
        stacks.put("pool", self.resources(8, "one", 1), {"Url": {"Value": att("Pool", "ProviderURL")}})
        pool, client = stacks.id_of("pool", "Pool"), stacks.id_of("pool", "Client")
        assert stacks.outputs("pool")["Url"] == f"https://cognito-idp.us-east-1.amazonaws.com/{pool}"
        assert cognito.describe_user_pool_domain(Domain="people-here")["DomainDescription"]["UserPoolId"] == pool
        stacks.put("pool", self.resources(12, "two", 2))
        assert stacks.id_of("pool", "Pool") == pool
        described = cognito.describe_user_pool(UserPoolId=pool)["UserPool"]
        assert described["Policies"]["PasswordPolicy"]["MinimumLength"] == 12
        assert (
            cognito.describe_user_pool_client(UserPoolId=pool, ClientId=client)["UserPoolClient"]["AccessTokenValidity"]
            == 2
        )
        assert cognito.get_group(UserPoolId=pool, GroupName="admins")["Group"]["Description"] == "two"
        stacks.delete("pool")
        assert not cognito.list_user_pools(MaxResults=10)["UserPools"]


class TestFunctions:
    def test_a_function_needs_neither_docker_nor_its_asset(self, cloud: Cloud, stacks: Any) -> None:
        """The configuration has everything that a runtime needs."""
        properties = function(
            Environment={"Variables": {"A": "1"}},
            Timeout=7,
            MemorySize=512,
            Architectures=["arm64"],
            ReservedConcurrentExecutions=2,
            Description="d",
        )
        stacks.put("fn", properties, {"Arn": {"Value": att("Function", "Arn")}})
        lambda_, name = cloud.client("lambda"), stacks.id_of("fn", "Function")
        described = lambda_.get_function_configuration(FunctionName=name)
        assert described["FunctionArn"] == stacks.outputs("fn")["Arn"]
        assert (described["Handler"], described["Timeout"], described["MemorySize"]) == ("m.h", 7, 512)
        assert described["Architectures"] == ["arm64"]
        assert described["Environment"]["Variables"] == {"A": "1"}
        assert lambda_.get_function_concurrency(FunctionName=name)["ReservedConcurrentExecutions"] == 2

    def test_an_update_shows(self, cloud: Cloud, stacks: Any) -> None:
        """New code has a new hash. New settings are set, and dropped ones return to their defaults."""
        stacks.put("fnu", function(Environment={"Variables": {"A": "1"}}, Timeout=7, ReservedConcurrentExecutions=2))
        lambda_, name = cloud.client("lambda"), stacks.id_of("fnu", "Function")
        before = lambda_.get_function_configuration(FunctionName=name)
        stacks.put("fnu", function(Handler="m.other", Environment={"Variables": {"B": "2"}}))
        settled = lambda_.get_function_configuration(FunctionName=name)
        assert (settled["Handler"], settled["Timeout"]) == ("m.other", 3)
        assert settled["Environment"]["Variables"] == {"B": "2"}
        assert settled["CodeSha256"] == before["CodeSha256"]
        assert "ReservedConcurrentExecutions" not in lambda_.get_function_concurrency(FunctionName=name)
        stacks.put("fnu", function(Code={"S3Bucket": "assets", "S3Key": "two.zip"}))
        recoded = lambda_.get_function_configuration(FunctionName=name)
        assert recoded["CodeSha256"] != before["CodeSha256"]
        assert "Environment" not in recoded

    def test_an_uploaded_asset_is_the_code(self, cloud: Cloud, stacks: Any) -> None:
        """The real CDK CLI uploads the asset to S3, and the hash is the object's own."""
        cloud.client("s3").create_bucket(Bucket="uploads")
        cloud.client("s3").put_object(Bucket="uploads", Key="a.zip", Body=b"zip bytes")
        stacks.put("fna", function(Code={"S3Bucket": "uploads", "S3Key": "a.zip"}))
        described = cloud.client("lambda").get_function(FunctionName=stacks.id_of("fna", "Function"))
        assert described["Configuration"]["CodeSize"] == len(b"zip bytes")

    @pytest.mark.parametrize("denied", ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"])
    def test_a_mapping_needs_a_role_that_may_poll(self, cloud: Cloud, stacks: Any, denied: str) -> None:
        """Lambda polls the queue with the function's role, and refuses a mapping that cannot work."""
        resources = {**function(), "Queue": of("SQS::Queue")}
        statements = [POLL, {"Effect": "Deny", "Action": denied, "Resource": "*"}]
        resources["Role"]["Properties"]["Policies"][0]["PolicyDocument"] = {
            "Version": "2012-10-17",
            "Statement": statements,
        }
        resources["Mapping"] = of(
            "Lambda::EventSourceMapping", FunctionName=ref("Function"), EventSourceArn=att("Queue", "Arn")
        )
        name = denied.replace(":", "-")
        with pytest.raises(AssertionError, match="ROLLBACK_COMPLETE"):
            stacks.put(name, resources)
        events = cloud.client("cloudformation").describe_stack_events(StackName=name)["StackEvents"]
        assert any(f"does not allow {denied} on" in event.get("ResourceStatusReason", "") for event in events)

    def test_a_mapping_keeps_every_setting(self, cloud: Cloud, stacks: Any) -> None:
        """The mapping has the template's settings, after an update too."""
        sqs = {
            "BatchSize": 5,
            "MaximumBatchingWindowInSeconds": 1,
            "FunctionResponseTypes": ["ReportBatchItemFailures"],
            "ScalingConfig": {"MaximumConcurrency": 4},
            "FilterCriteria": {"Filters": [{"Pattern": '{"body":{"a":[1]}}'}]},
        }
        stream = {
            "StartingPosition": "TRIM_HORIZON",
            "BisectBatchOnFunctionError": True,
            "MaximumRetryAttempts": 3,
            "MaximumRecordAgeInSeconds": 60,
            "ParallelizationFactor": 2,
            "FunctionResponseTypes": ["ReportBatchItemFailures"],
        }

        def resources(**changes: Any) -> dict[str, Any]:
            return {
                **function(),
                "Queue": of("SQS::Queue"),
                "Table": table(StreamSpecification={"StreamViewType": "NEW_IMAGE"}),
                "FromQueue": of(
                    "Lambda::EventSourceMapping",
                    FunctionName=ref("Function"),
                    EventSourceArn=att("Queue", "Arn"),
                    **{**sqs, **changes},
                ),
                "FromTable": of(
                    "Lambda::EventSourceMapping",
                    FunctionName=att("Function", "Arn"),
                    EventSourceArn=att("Table", "StreamArn"),
                    **stream,
                ),
            }

        stacks.put("esm", resources())
        get = cloud.client("lambda").get_event_source_mapping
        described = get(UUID=stacks.id_of("esm", "FromQueue"))
        assert {name: described[name] for name in sqs} == sqs
        streaming = get(UUID=stacks.id_of("esm", "FromTable"))
        assert {name: streaming[name] for name in stream} == stream
        stacks.put("esm", resources(BatchSize=9, Enabled=False))
        changed = get(UUID=described["UUID"])
        assert (changed["BatchSize"], changed["State"]) == (9, "Disabled")
        without_filter = resources()
        del without_filter["FromQueue"]["Properties"]["FilterCriteria"]
        stacks.put("esm", without_filter)
        assert "FilterCriteria" not in get(UUID=stacks.id_of("esm", "FromQueue"))
        stacks.delete("esm")
        assert not cloud.client("lambda").list_event_source_mappings()["EventSourceMappings"]

    def test_permissions_and_failure_handling(self, cloud: Cloud, stacks: Any) -> None:
        """A permission is a statement of the function's policy, and is removed with its resource."""
        extra = {
            "Allow": of(
                "Lambda::Permission",
                FunctionName=att("Function", "Arn"),
                Action="lambda:InvokeFunction",
                Principal="apigateway.amazonaws.com",
            ),
            "Failures": of(
                "Lambda::EventInvokeConfig", FunctionName=ref("Function"), Qualifier="$LATEST", MaximumRetryAttempts=1
            ),
        }
        stacks.put("perm", {**function(), **extra})
        lambda_, name = cloud.client("lambda"), stacks.id_of("perm", "Function")
        (statement,) = json.loads(lambda_.get_policy(FunctionName=name)["Policy"])["Statement"]
        assert statement["Action"] == "lambda:InvokeFunction"
        assert lambda_.get_function_event_invoke_config(FunctionName=name)["MaximumRetryAttempts"] == 1
        extra["Failures"]["Properties"]["MaximumRetryAttempts"] = 0
        stacks.put("perm", {**function(), **extra})
        assert lambda_.get_function_event_invoke_config(FunctionName=name)["MaximumRetryAttempts"] == 0
        stacks.put("perm", function())
        with pytest.raises(ClientError, match="ResourceNotFoundException"):
            lambda_.get_function_event_invoke_config(FunctionName=name)
        with pytest.raises(ClientError, match="ResourceNotFoundException"):
            lambda_.get_policy(FunctionName=name)


class TestIam:
    def test_a_role_has_exactly_its_policies(self, cloud: Cloud, stacks: Any) -> None:
        """Inline, attached and AWS's own policies are added and removed with the template."""
        aws = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
        inline = {"PolicyName": "inline", "PolicyDocument": document("s3:GetObject")}
        role = of("IAM::Role", AssumeRolePolicyDocument=TRUST, Policies=[inline], ManagedPolicyArns=[aws])
        policy = of("IAM::Policy", PolicyName="grants", Roles=[ref("Role")], PolicyDocument=document("sqs:SendMessage"))
        managed = of("IAM::ManagedPolicy", Roles=[ref("Role")], PolicyDocument=document("sns:Publish"))
        stacks.put("iam", {"Role": role, "Policy": policy, "Managed": managed})
        iam, name, arn = cloud.client("iam"), stacks.id_of("iam", "Role"), stacks.id_of("iam", "Managed")
        assert set(iam.list_role_policies(RoleName=name)["PolicyNames"]) == {"inline", "grants"}
        attached = {item["PolicyArn"] for item in iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]}
        assert attached == {aws, arn}
        policy["Properties"]["PolicyDocument"] = document("sqs:DeleteMessage")
        managed["Properties"]["PolicyDocument"] = document("sns:Subscribe")
        stacks.put(
            "iam", {"Role": of("IAM::Role", AssumeRolePolicyDocument=TRUST), "Policy": policy, "Managed": managed}
        )
        assert iam.list_role_policies(RoleName=name)["PolicyNames"] == ["grants"]
        assert iam.get_role_policy(RoleName=name, PolicyName="grants")["PolicyDocument"] == document(
            "sqs:DeleteMessage"
        )
        version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
        settled = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
        assert settled == document("sns:Subscribe")
        stacks.delete("iam")
        assert name not in {item["RoleName"] for item in iam.list_roles()["Roles"]}


class TestLogs:
    def test_a_log_group_lives_and_dies_with_its_stack(self, cloud: Cloud, stacks: Any) -> None:
        """It is created, has the template's retention, and is deleted."""

        def retention() -> Any:
            return (
                cloud.client("logs")
                .describe_log_groups(logGroupNamePrefix="group")["logGroups"][0]
                .get("retentionInDays")
            )

        for days in (7, 30, None):
            properties = {"RetentionInDays": days} if days else {}
            stacks.put("logs", {"Group": of("Logs::LogGroup", LogGroupName="group", **properties)})
            assert retention() == days
        stacks.delete("logs")
        assert not cloud.client("logs").describe_log_groups(logGroupNamePrefix="group")["logGroups"]


class TestSes:
    def resources(self, **changes: Any) -> dict[str, Any]:
        return {
            "Pool": of("SES::DedicatedIpPool", PoolName="ours", ScalingMode=changes.get("scaling", "STANDARD")),
            "Set": of(
                "SES::ConfigurationSet",
                Name="transactional",
                DeliveryOptions={"SendingPoolName": ref("Pool"), "TlsPolicy": changes.get("tls", "OPTIONAL")},
                SuppressionOptions={"SuppressedReasons": changes.get("suppressed", [])},
                **(
                    {"TrackingOptions": {"CustomRedirectDomain": "click.example.com"}} if changes.get("tracked") else {}
                ),
            ),
            "Topic": of("SNS::Topic"),
            "Events": of(
                "SES::ConfigurationSetEventDestination",
                ConfigurationSetName=ref("Set"),
                EventDestination={
                    "Name": "events",
                    "Enabled": changes.get("enabled", True),
                    "MatchingEventTypes": ["send", "deliveryDelay"],
                    "SnsDestination": {"TopicARN": ref("Topic")},
                },
            ),
            "Identity": of(
                "SES::EmailIdentity",
                EmailIdentity="example.com",
                ConfigurationSetAttributes={"ConfigurationSetName": ref("Set")},
                DkimSigningAttributes={"NextSigningKeyLength": "RSA_2048_BIT"},
                FeedbackAttributes={"EmailForwardingEnabled": changes.get("forwarding", False)},
                MailFromAttributes={"MailFromDomain": changes.get("mail_from", "bounce.example.com")},
            ),
        }

    def test_ses_resources_match_the_template(self, cloud: Cloud, stacks: Any) -> None:
        """Pool, set, destination and identity are created, changed in place, deleted, and created again."""
        ses = cloud.client("sesv2")
        names = {
            f"{part}{i}": {"Value": att("Identity", f"DkimDNSToken{part}{i}")}
            for part in ("Name", "Value")
            for i in (1, 2, 3)
        }
        for _ in range(2):
            stacks.put("ses", self.resources(), names)
            identity = ses.get_email_identity(EmailIdentity="example.com")
            token = identity["DkimAttributes"]["Tokens"][0]
            assert stacks.outputs("ses")["Name1"] == f"{token}._domainkey.example.com"
            assert stacks.outputs("ses")["Value1"] == f"{token}.dkim.amazonses.com"
            assert identity["ConfigurationSetName"] == "transactional"
            assert identity["MailFromAttributes"]["MailFromDomain"] == "bounce.example.com"
            assert identity["FeedbackForwardingStatus"] is False
            (destination,) = ses.get_configuration_set_event_destinations(ConfigurationSetName="transactional")[
                "EventDestinations"
            ]
            assert set(destination["MatchingEventTypes"]) == {"SEND", "DELIVERY_DELAY"}
            assert destination["SnsDestination"]["TopicArn"] == stacks.id_of("ses", "Topic")
            stacks.delete("ses")
            assert not ses.list_email_identities()["EmailIdentities"]
            assert not ses.list_configuration_sets()["ConfigurationSets"]
            assert not ses.list_dedicated_ip_pools()["DedicatedIpPools"]

    def test_updates_are_made_in_place(self, cloud: Cloud, stacks: Any) -> None:
        """Every group of options that changed is set, and a dropped one returns to its default."""
        ses = cloud.client("sesv2")
        stacks.put("sesu", self.resources())
        stacks.put("sesu", self.resources(tracked=True))
        tracked = ses.get_configuration_set(ConfigurationSetName="transactional")["TrackingOptions"]
        assert tracked["CustomRedirectDomain"] == "click.example.com"
        changed = self.resources(
            scaling="MANAGED",
            tls="REQUIRE",
            suppressed=["BOUNCE"],
            enabled=False,
            forwarding=True,
            mail_from="b.example.com",
        )
        stacks.put("sesu", changed)
        options = ses.get_configuration_set(ConfigurationSetName="transactional")
        assert options["DeliveryOptions"] == {"SendingPoolName": "ours", "TlsPolicy": "REQUIRE"}
        assert options["SuppressionOptions"]["SuppressedReasons"] == ["BOUNCE"]
        assert not options.get("TrackingOptions", {}).get("CustomRedirectDomain")
        assert ses.get_dedicated_ip_pool(PoolName="ours")["DedicatedIpPool"]["ScalingMode"] == "MANAGED"
        (destination,) = ses.get_configuration_set_event_destinations(ConfigurationSetName="transactional")[
            "EventDestinations"
        ]
        assert destination["Enabled"] is False
        identity = ses.get_email_identity(EmailIdentity="example.com")
        assert identity["FeedbackForwardingStatus"] is True
        assert identity["MailFromAttributes"]["MailFromDomain"] == "b.example.com"
        stacks.delete("sesu")
