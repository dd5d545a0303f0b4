"""What several functions do: a task each, with all the permissions that it needs."""

from __future__ import annotations

from functions.core.tokens.smtp_policy import sender_patterns
from functions.settings import NO_HOST, SENDS
from infra.constructs.function import Function
from infra.permissions.resources import StageResources

CONSUME = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
READ_STREAM = [
    "dynamodb:DescribeStream",
    "dynamodb:GetRecords",
    "dynamodb:GetShardIterator",
    "dynamodb:ListStreams",  # Lambda creates no mapping for a role without it
]
_SEND = ["ses:SendEmail", "ses:SendRawEmail"]


def send_mail(function: Function, stage: StageResources, *, time_limits: bool) -> None:
    """Grants a send. SES checks the identity and the configuration set separately, also if the set is a default.
    `time_limits`: also of mail with a time limit, which has sets of its own.
    """
    limited = stage.limited_sets if time_limits else []
    function.allow(_SEND, stage.identity, stage.transactional_set, *limited, stage.marketing_set, stage.own_sets)
    function.allow(_SEND, stage.identities, when=stage.added_domain)
    # In the sandbox, SES authorises the identity of the recipient too.
    senders = {"StringLike": {"ses:FromAddress": sender_patterns(stage.settings.domain)}}
    function.allow(_SEND, stage.identities, when=senders)


def check_recorded(function: Function, stage: StageResources) -> None:
    """Grants what an attempt of unknown outcome needs before it is repeated: whether its events are recorded."""
    function.allow(["sqs:GetQueueAttributes"], stage.events_queue, stage.events_dead_letters)


def read_uploads(function: Function, stage: StageResources) -> None:
    function.allow(["s3:GetObject"], stage.uploads)


def manage_automations(function: Function, stage: StageResources) -> None:
    """Grants what the API and the console do with automations and their runs."""
    function.allow(["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"], stage.automations)
    function.allow(["dynamodb:DeleteItem", "dynamodb:Query"], stage.automations)
    function.allow(["dynamodb:Query"], stage.runs_by_automation)
    function.allow(["sqs:SendMessage"], stage.automation_queue)


def manage_webhooks(function: Function, stage: StageResources) -> None:
    """Grants webhooks, their secrets, which it cannot read, and replays."""
    function.allow(["dynamodb:GetItem", "dynamodb:Query", "dynamodb:PutItem", "dynamodb:DeleteItem"], stage.webhooks)
    function.allow(["ssm:PutParameter", "ssm:DeleteParameter"], stage.secrets)
    function.allow(["sqs:SendMessage"], stage.webhook_queue)


def manage_images(function: Function, stage: StageResources) -> None:
    """Grants uploads and deletions of images. No function reads one: a CDN does. A deletion reads all scheduled sends."""
    function.allow(["s3:PutObject", "s3:DeleteObject"], stage.images)
    function.allow(["dynamodb:UpdateItem"], stage.emails)
    function.allow(["dynamodb:Scan"], stage.sends_by_due)


def manage_domains(function: Function, stage: StageResources) -> None:
    """Grants changes of the identities that this stage sends as, and the tag that makes an identity one of them."""
    tag = stage.settings.sender_tag
    tagged = {"StringEquals": {f"aws:RequestTag/{tag}": SENDS}}
    own_tag = {"ForAllValues:StringEquals": {"aws:TagKeys": [tag]}}
    function.allow(["ses:GetEmailIdentity"], stage.identities)
    function.allow(["ses:CreateEmailIdentity"], stage.identities, when=tagged)
    function.allow(["ses:TagResource", "ses:UntagResource"], stage.identities, when=own_tag)
    function.allow(
        [
            "ses:PutEmailIdentityMailFromAttributes",
            "ses:PutEmailIdentityFeedbackAttributes",
            "ses:PutEmailIdentityConfigurationSetAttributes",
            "ses:DeleteEmailIdentity",
        ],
        stage.identities,
        when=stage.added_domain,
    )
    originals = [stage.transactional_set, *stage.limited_sets, stage.marketing_set]
    function.allow(["ses:GetConfigurationSet"], *originals)
    function.allow(["ses:GetConfigurationSetEventDestinations"], *originals)
    function.allow(["ses:CreateConfigurationSet", "ses:CreateConfigurationSetEventDestination"], stage.own_sets)
    function.allow(["ses:DeleteConfigurationSet"], stage.own_sets)
    # SES also authorises what these two calls name: the pool of a new set, and the set that becomes a default.
    function.allow(["ses:CreateConfigurationSet"], stage.pools)
    function.allow(["ses:PutEmailIdentityConfigurationSetAttributes"], stage.transactional_set, stage.own_sets)
    check_tracking_host(function, stage)


def check_tracking_host(function: Function, stage: StageResources) -> None:
    """Grants the check of a domain's tracking host. The stack of ours is in CloudFront's region."""
    function.allow(["ses:GetConfigurationSet"], stage.own_sets)
    if stage.settings.tracking_host != NO_HOST:
        function.allow(["cloudformation:DescribeStacks"], stage.tracking_stack)
