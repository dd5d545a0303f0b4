"""The permissions of each call, from real requests of real SDK clients, and checks of calls against roles in the account."""

import functools
import json
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSPreparedRequest
from botocore.exceptions import ClientError

from infra.local.cloud import Cloud
from infra.local.cloud.client import environ_of
from infra.local.cloud.iam.condition_keys import condition_context
from infra.local.cloud.iam.permission_rules import AccountContext
from infra.local.cloud.iam.required_permissions import UnknownPermissions, required_permissions
from infra.local.cloud.iam.services.ses import covering_identities
from infra.local.cloud.request import ApiCall, read

A = "123456789012"
ROLE = f"arn:aws:iam::{A}:role/worker"
ACCOUNT = AccountContext(A, "us-east-1", lambda address: address.rpartition("@")[2], lambda _name: "/staffetta/smtp/")
KEY = {"pk": {"S": "1"}}


class Sent(Exception):
    """Carries a signed request out of botocore before it is sent."""

    def __init__(self, request: AWSPreparedRequest) -> None:
        self.environ = environ_of(request)


def api_call(service: str, operation: str, **params: Any) -> ApiCall:
    """Returns the API call of the request that boto3 would make."""
    client: Any = boto3.client(
        service,
        region_name="us-east-1",
        endpoint_url="http://localhost:1",
        aws_access_key_id="k",
        aws_secret_access_key="s",
    )  # type: ignore[call-overload]  # the name is data here

    def send(request: AWSPreparedRequest, **_: Any) -> None:
        raise Sent(request)

    client.meta.events.register("before-send", send)
    with pytest.raises(Sent) as sent:
        getattr(client, operation)(**params)
    environ = sent.value.environ
    return read(environ, environ["wsgi.input"].read())


def dynamodb(resource: str) -> str:
    return f"arn:aws:dynamodb:us-east-1:{A}:{resource}"


CASES: list[tuple[str, str, dict[str, Any], list[tuple[str, str]]]] = [
    ("dynamodb", "get_item", {"TableName": "t", "Key": KEY}, [("dynamodb:GetItem", dynamodb("table/t"))]),
    ("dynamodb", "query", {"TableName": "t", "KeyConditionExpression": "x"}, [("dynamodb:Query", dynamodb("table/t"))]),
    ("dynamodb", "query", {"TableName": "t", "IndexName": "idx"}, [("dynamodb:Query", dynamodb("table/t/index/idx"))]),
    (
        "ssm",
        "get_parameter",
        {"Name": "/staffetta/local/webhooks/w-1:3", "WithDecryption": True},
        [("ssm:GetParameter", f"arn:aws:ssm:us-east-1:{A}:parameter/staffetta/local/webhooks/w-1")],
    ),
    (
        "ssm",
        "put_parameter",
        {"Name": "/staffetta/local/webhooks/w-1", "Value": "x", "Type": "SecureString"},
        [("ssm:PutParameter", f"arn:aws:ssm:us-east-1:{A}:parameter/staffetta/local/webhooks/w-1")],
    ),
    ("dynamodb", "scan", {"TableName": dynamodb("table/t")}, [("dynamodb:Scan", dynamodb("table/t"))]),
    (
        "dynamodb",
        "batch_get_item",
        {"RequestItems": {"a": {"Keys": [KEY]}, "b": {"Keys": [KEY]}}},
        [("dynamodb:BatchGetItem", dynamodb("table/a")), ("dynamodb:BatchGetItem", dynamodb("table/b"))],
    ),
    (
        "dynamodb",
        "transact_write_items",
        {
            "TransactItems": [
                {"Put": {"TableName": "a", "Item": KEY}},
                {"Update": {"TableName": "a", "Key": KEY, "UpdateExpression": "SET x = y"}},
                {"ConditionCheck": {"TableName": "b", "Key": KEY, "ConditionExpression": "x"}},
                {"Put": {"TableName": "a", "Item": KEY}},
            ]
        },
        [
            ("dynamodb:PutItem", dynamodb("table/a")),
            ("dynamodb:UpdateItem", dynamodb("table/a")),
            ("dynamodb:ConditionCheckItem", dynamodb("table/b")),
        ],
    ),
    (
        "dynamodb",
        "transact_get_items",
        {"TransactItems": [{"Get": {"TableName": "a", "Key": KEY}}]},
        [("dynamodb:GetItem", dynamodb("table/a"))],
    ),
    ("dynamodb", "list_tables", {}, [("dynamodb:ListTables", "*")]),
    (
        "dynamodbstreams",
        "get_records",
        {"ShardIterator": dynamodb("table/t/stream/2026") + "|1|abc"},
        [("dynamodb:GetRecords", dynamodb("table/t/stream/2026"))],
    ),
    (
        "sqs",
        "send_message",
        {"QueueUrl": "http://localhost/1/q", "MessageBody": "b"},
        [("sqs:SendMessage", f"arn:aws:sqs:us-east-1:{A}:q")],
    ),
    (
        "sqs",
        "send_message_batch",
        {"QueueUrl": "http://h/1/q", "Entries": [{"Id": "1", "MessageBody": "b"}]},
        [("sqs:SendMessage", f"arn:aws:sqs:us-east-1:{A}:q")],
    ),
    ("sqs", "get_queue_url", {"QueueName": "q"}, [("sqs:GetQueueUrl", f"arn:aws:sqs:us-east-1:{A}:q")]),
    ("sns", "publish", {"TopicArn": "arn:t", "Message": "m"}, [("sns:Publish", "arn:t")]),
    ("sns", "publish", {"PhoneNumber": "+1", "Message": "m"}, [("sns:Publish", "*")]),
    (
        "sns",
        "publish_batch",
        {"TopicArn": "arn:t", "PublishBatchRequestEntries": [{"Id": "1", "Message": "m"}]},
        [("sns:Publish", "arn:t")],
    ),
    (
        "events",
        "put_events",
        {"Entries": [{"Detail": "{}"}]},
        [("events:PutEvents", f"arn:aws:events:us-east-1:{A}:event-bus/default")],
    ),
    (
        "sesv2",
        "send_email",
        {"FromEmailAddress": "Us <us@example.com>", "ConfigurationSetName": "set", "Content": {"Raw": {"Data": b"x"}}},
        [
            ("ses:SendEmail", f"arn:aws:ses:us-east-1:{A}:identity/example.com"),
            ("ses:SendEmail", f"arn:aws:ses:us-east-1:{A}:configuration-set/set"),
            ("ses:SendRawEmail", f"arn:aws:ses:us-east-1:{A}:identity/example.com"),
            ("ses:SendRawEmail", f"arn:aws:ses:us-east-1:{A}:configuration-set/set"),
        ],
    ),
    (
        "sesv2",
        "send_email",
        {"FromEmailAddress": "us@example.com", "Content": {"Simple": {"Subject": {"Data": "s"}, "Body": {}}}},
        [("ses:SendEmail", f"arn:aws:ses:us-east-1:{A}:identity/example.com")],
    ),
    ("sesv2", "get_account", {}, [("ses:GetAccount", "*")]),
    (
        "sesv2",
        "get_email_identity",
        {"EmailIdentity": "example.com"},
        [("ses:GetEmailIdentity", f"arn:aws:ses:us-east-1:{A}:identity/example.com")],
    ),
    (
        "sesv2",
        "create_email_identity",
        {"EmailIdentity": "e.example", "Tags": [{"Key": "k", "Value": "v"}]},
        [
            ("ses:CreateEmailIdentity", f"arn:aws:ses:us-east-1:{A}:identity/e.example"),
            ("ses:TagResource", f"arn:aws:ses:us-east-1:{A}:identity/e.example"),
        ],
    ),
    (
        "sesv2",
        "put_email_identity_configuration_set_attributes",
        {"EmailIdentity": "e.example", "ConfigurationSetName": "set"},
        [
            ("ses:PutEmailIdentityConfigurationSetAttributes", f"arn:aws:ses:us-east-1:{A}:identity/e.example"),
            ("ses:PutEmailIdentityConfigurationSetAttributes", f"arn:aws:ses:us-east-1:{A}:configuration-set/set"),
        ],
    ),
    (
        "sesv2",
        "create_configuration_set",
        {"ConfigurationSetName": "set", "DeliveryOptions": {"SendingPoolName": "pool"}},
        [
            ("ses:CreateConfigurationSet", f"arn:aws:ses:us-east-1:{A}:configuration-set/set"),
            ("ses:CreateConfigurationSet", f"arn:aws:ses:us-east-1:{A}:dedicated-ip-pool/pool"),
        ],
    ),
    ("sesv2", "untag_resource", {"ResourceArn": "arn:i", "TagKeys": ["k"]}, [("ses:UntagResource", "arn:i")]),
    ("s3", "get_object", {"Bucket": "bucket", "Key": "a/b c"}, [("s3:GetObject", "arn:aws:s3:::bucket/a/b c")]),
    (
        "s3",
        "get_object",
        {"Bucket": "bucket", "Key": "k", "VersionId": "v"},
        [("s3:GetObjectVersion", "arn:aws:s3:::bucket/k")],
    ),
    ("s3", "head_object", {"Bucket": "bucket", "Key": "k"}, [("s3:GetObject", "arn:aws:s3:::bucket/k")]),
    ("s3", "put_object", {"Bucket": "bucket", "Key": "k", "Body": b"v"}, [("s3:PutObject", "arn:aws:s3:::bucket/k")]),
    (
        "s3",
        "put_object_tagging",
        {"Bucket": "bucket", "Key": "k", "Tagging": {"TagSet": []}},
        [("s3:PutObjectTagging", "arn:aws:s3:::bucket/k")],
    ),
    (
        "s3",
        "delete_objects",
        {"Bucket": "bucket", "Delete": {"Objects": [{"Key": "a"}, {"Key": "b"}]}},
        [("s3:DeleteObject", "arn:aws:s3:::bucket/a"), ("s3:DeleteObject", "arn:aws:s3:::bucket/b")],
    ),
    ("s3", "list_objects_v2", {"Bucket": "bucket", "Prefix": "p"}, [("s3:ListBucket", "arn:aws:s3:::bucket")]),
    ("s3", "create_multipart_upload", {"Bucket": "bucket", "Key": "k"}, [("s3:PutObject", "arn:aws:s3:::bucket/k")]),
    ("iam", "create_user", {"UserName": "u", "Path": "/new/"}, [("iam:CreateUser", f"arn:aws:iam::{A}:user/new/u")]),
    (
        "iam",
        "create_access_key",
        {"UserName": "u"},
        [("iam:CreateAccessKey", f"arn:aws:iam::{A}:user/staffetta/smtp/u")],
    ),
    ("iam", "list_users", {"PathPrefix": "/staffetta/"}, [("iam:ListUsers", "*")]),
    (
        "cloudwatch",
        "put_metric_data",
        {"Namespace": "N", "MetricData": [{"MetricName": "m"}]},
        [("cloudwatch:PutMetricData", "*")],
    ),
    ("sts", "get_caller_identity", {}, []),
    ("sts", "assume_role", {"RoleArn": ROLE, "RoleSessionName": "s1"}, [("sts:AssumeRole", ROLE)]),
    (
        "lambda",
        "invoke",
        {"FunctionName": "f"},
        [("lambda:InvokeFunction", f"arn:aws:lambda:us-east-1:{A}:function:f")],
    ),
    (
        "lambda",
        "invoke",
        {"FunctionName": f"arn:aws:lambda:us-east-1:{A}:function:f"},
        [("lambda:InvokeFunction", f"arn:aws:lambda:us-east-1:{A}:function:f")],
    ),
    (
        "scheduler",
        "create_schedule",
        {
            "Name": "s",
            "GroupName": "g",
            "ScheduleExpression": "rate(1 day)",
            "FlexibleTimeWindow": {"Mode": "OFF"},
            "Target": {"Arn": "arn:f", "RoleArn": ROLE},
        },
        [("scheduler:CreateSchedule", f"arn:aws:scheduler:us-east-1:{A}:schedule/g/s"), ("iam:PassRole", ROLE)],
    ),
    (
        "scheduler",
        "delete_schedule",
        {"Name": "s", "GroupName": "g"},
        [("scheduler:DeleteSchedule", f"arn:aws:scheduler:us-east-1:{A}:schedule/g/s")],
    ),
    (
        "cognito-idp",
        "admin_get_user",
        {"UserPoolId": "us-east-1_x", "Username": "u"},
        [("cognito-idp:AdminGetUser", f"arn:aws:cognito-idp:us-east-1:{A}:userpool/us-east-1_x")],
    ),
]


@pytest.mark.parametrize(
    ("service", "operation", "params", "grants"), CASES, ids=[f"{case[0]}-{case[1]}" for case in CASES]
)
def test_each_call_requires_its_permissions(
    service: str, operation: str, params: dict[str, Any], grants: list[tuple[str, str]]
) -> None:
    """Actions and resources are those of the Service Authorization Reference."""
    assert list(required_permissions(api_call(service, operation, **params), ACCOUNT)) == grants


@pytest.mark.parametrize(
    ("service", "operation", "params", "named"),
    [
        ("s3", "copy_object", {"Bucket": "bucket", "Key": "k", "CopySource": "other/k"}, "s3:CopyObject"),
        ("dynamodb", "execute_statement", {"Statement": "SELECT"}, "dynamodb:ExecuteStatement"),
        ("sesv2", "delete_contact_list", {"ContactListName": "c"}, "sesv2:DeleteContactList"),
        ("kms", "list_keys", {}, "kms:ListKeys"),
    ],
)
def test_an_unlisted_operation_is_refused_by_name(
    service: str, operation: str, params: dict[str, Any], named: str
) -> None:
    """It is never allowed by chance: the message names the file to extend."""
    with pytest.raises(
        UnknownPermissions, match=rf"{named} is not listed in infra/local/cloud/iam/required_permissions\.py"
    ):
        required_permissions(api_call(service, operation, **params), ACCOUNT)


def test_the_context_of_a_mail() -> None:
    """It has the sender's address and name separately, every recipient, and no display names."""
    destination = {"ToAddresses": ["A <a@x.y>"], "BccAddresses": ["b@x.y"]}
    call = api_call(
        "sesv2",
        "send_email",
        FromEmailAddress="Us <us@example.com>",
        Destination=destination,
        Content={"Raw": {"Data": b"x"}},
    )
    keys = condition_context(call, ACCOUNT, ROLE)
    assert keys["ses:fromaddress"] == ["us@example.com"]
    assert keys["ses:fromdisplayname"] == ["Us"]
    assert keys["ses:recipients"] == ["a@x.y", "b@x.y"]
    assert keys["aws:principalarn"] == [ROLE]


def test_identities_that_can_cover_an_address() -> None:
    """They are the address, its domain, and the domain's parents down to two labels."""
    assert covering_identities("a@m.example.com") == ["a@m.example.com", "m.example.com", "example.com"]


class TestInTheAccount:
    @pytest.fixture
    def role(self, cloud: Cloud) -> str:
        iam = cloud.client("iam")
        name = f"role-{len(iam.list_roles()['Roles'])}"
        iam.create_role(RoleName=name, AssumeRolePolicyDocument="{}", Path="/staffetta/")
        return name

    def grant(self, cloud: Cloud, role: str, *actions: str, resource: str = "*", **more: Any) -> None:
        statement = {"Effect": "Allow", "Action": list(actions), "Resource": resource, **more}
        document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        cloud.client("iam").put_role_policy(
            RoleName=role, PolicyName=f"policy-{'-'.join(actions).replace(':', '')}", PolicyDocument=document
        )

    def arn(self, role: str) -> str:
        return f"arn:aws:iam::{A}:role/staffetta/{role}"

    @pytest.mark.parametrize(
        ("service", "operation", "params", "code"),
        [
            ("dynamodb", "get_item", {"TableName": "t", "Key": KEY}, "AccessDeniedException"),
            ("sqs", "send_message", {"QueueUrl": "http://localhost/1/q", "MessageBody": "b"}, "AccessDeniedException"),
            ("sns", "publish", {"TopicArn": "arn:t", "Message": "m"}, "AuthorizationError"),
            ("iam", "create_user", {"UserName": "u"}, "AccessDenied"),
            ("s3", "get_object", {"Bucket": "bucket", "Key": "k"}, "AccessDenied"),
            ("sesv2", "get_account", {}, "AccessDeniedException"),
            ("lambda", "invoke", {"FunctionName": "f"}, "AccessDeniedException"),
            (
                "cloudwatch",
                "put_metric_data",
                {"Namespace": "N", "MetricData": [{"MetricName": "m"}]},
                "AccessDeniedException",
            ),
        ],
    )
    def test_a_refusal_is_in_the_services_protocol(
        self,
        cloud: Cloud,
        connect: Callable[..., Any],
        role: str,
        service: str,
        operation: str,
        params: dict[str, Any],
        code: str,
    ) -> None:
        """The SDK raises it as access denied, with action, resource and principal in the message."""
        client = connect(service, credentials=cloud.credentials_for(self.arn(role)))
        with pytest.raises(
            ClientError, match=rf"assumed-role/staffetta/{role}/local is not authorized to perform: \w+:\w+"
        ) as refused:
            getattr(client, operation)(**params)
        assert refused.value.response["Error"]["Code"] == code

    def test_a_grant_opens_exactly_what_it_names(self, cloud: Cloud, connect: Callable[..., Any], role: str) -> None:
        """A grant works for existing credentials, and so does its removal. Each call is recorded with its permissions."""
        sqs, name = connect("sqs", credentials=cloud.credentials_for(self.arn(role))), f"q-{role}"
        queue, arn = cloud.client("sqs").create_queue(QueueName=name)["QueueUrl"], f"arn:aws:sqs:us-east-1:{A}:{name}"
        before = len(cloud.calls)
        self.grant(cloud, role, "sqs:SendMessage", resource=arn)
        sqs.send_message(QueueUrl=queue, MessageBody="b")
        with pytest.raises(ClientError, match="AccessDenied"):
            sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=5)
        cloud.client("iam").delete_role_policy(RoleName=role, PolicyName="policy-sqsSendMessage")
        with pytest.raises(ClientError, match="AccessDenied"):
            sqs.send_message(QueueUrl=queue, MessageBody="b")
        recorded = [(call.principal, call.operation, call.grants, call.status) for call in cloud.calls[before:]]
        assert recorded == [
            (role, "SendMessage", (("sqs:SendMessage", arn),), 200),
            (role, "ReceiveMessage", (("sqs:ReceiveMessage", arn),), 400),
            (role, "SendMessage", (("sqs:SendMessage", arn),), 400),
        ]

    def test_managed_policies_count(self, cloud: Cloud, connect: Callable[..., Any], role: str) -> None:
        """AWS's own policies, attached to a role, are evaluated too."""
        cloud.client("iam").attach_role_policy(
            RoleName=role, PolicyArn="arn:aws:iam::aws:policy/AmazonSQSReadOnlyAccess"
        )
        assert connect("sqs", credentials=cloud.credentials_for(self.arn(role))).list_queues()

    def test_a_mail_is_checked_against_the_verified_identity(
        self, cloud: Cloud, connect: Callable[..., Any], role: str
    ) -> None:
        """The verified domain covers a subdomain's sender, whatever its display name."""
        cloud.client("sesv2").create_email_identity(EmailIdentity="vouched.example")
        self.grant(
            cloud, role, "ses:SendEmail", "ses:SendRawEmail", resource=f"arn:aws:ses:us-east-1:{A}:identity/vouched.example",
            Condition={"StringLike": {"ses:FromAddress": "*@mail.vouched.example"}},
        )  # fmt: skip
        ses = connect("sesv2", credentials=cloud.credentials_for(self.arn(role)))
        raw = {"Raw": {"Data": b"From: x@mail.vouched.example\r\nTo: a@b.c\r\n\r\nhi"}}
        to = {"ToAddresses": ["a@b.c"]}
        assert ses.send_email(FromEmailAddress="Us <x@mail.vouched.example>", Destination=to, Content=raw)["MessageId"]
        with pytest.raises(ClientError, match="not authorized to perform: ses:Send"):
            ses.send_email(FromEmailAddress="x@vouched.example", Destination=to, Content=raw)

    def test_a_tag_of_an_identity_authorises_a_mail(self, cloud: Cloud, connect: Callable[..., Any], role: str) -> None:
        """As the role of deliver has it for added domains: an identity without the tag is refused."""
        admin, tag = cloud.client("sesv2"), {"Key": "staffetta:sends-for-x", "Value": "true"}
        admin.create_email_identity(EmailIdentity="tagged.example", Tags=[tag])
        admin.create_email_identity(EmailIdentity="bare.example")
        self.grant(
            cloud, role, "ses:SendEmail", "ses:SendRawEmail", resource=f"arn:aws:ses:us-east-1:{A}:identity/*",
            Condition={"StringEquals": {"aws:ResourceTag/staffetta:sends-for-x": "true"}},
        )  # fmt: skip
        ses, to = connect("sesv2", credentials=cloud.credentials_for(self.arn(role))), {"ToAddresses": ["a@b.c"]}
        for domain in ("tagged", "bare"):
            raw = {"Raw": {"Data": f"From: x@{domain}.example\r\nTo: a@b.c\r\n\r\nhi".encode()}}
            send = functools.partial(
                ses.send_email, FromEmailAddress=f"x@{domain}.example", Destination=to, Content=raw
            )
            if domain == "tagged":
                assert send()["MessageId"]
            else:
                with pytest.raises(ClientError, match="not authorized to perform: ses:Send"):
                    send()

    def test_a_call_that_cannot_be_evaluated_is_refused(
        self, cloud: Cloud, connect: Callable[..., Any], role: str
    ) -> None:
        """An unsupported policy, a malformed request and a missing role are each refused with the reason."""
        self.grant(cloud, role, "sqs:*", Condition={"DateLessThan": {"aws:CurrentTime": "2030-01-01"}})
        with pytest.raises(ClientError, match="does not support the condition operator DateLessThan"):
            connect("sqs", credentials=cloud.credentials_for(self.arn(role))).list_queues()
        with pytest.raises(ClientError, match="no identity-based policy allows"):
            connect("sqs", credentials=cloud.credentials_for(self.arn("ghost"))).list_queues()
