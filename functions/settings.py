"""The settings of a function. Only this module reads the environment; infra writes the same class into it. `from_env` reads the annotations,
so they are types here, not texts.
"""

import os
import zlib
from collections.abc import Mapping
from typing import Any, Self

from msgspec import Struct

PREFIX = "STAFFETTA_"
LOCAL = "local"  # the stage of the local stack
SYSTEM_DNS, NO_DNS = "system", "none"  # in place of a DNS server's address
NO_MAILBOX = "none"  # in place of the mailbox's address
NO_HOST = "none"  # in place of the tracking host, and of the images' URL
OWN_SETS = "domain-"  # how the names of the configuration sets begin that added domains have of their own
# The tag of an identity of SES that a stage may send as, besides its first domain: `staffetta:sends-for-<stage>` = `true`.
SENDER_TAG, SENDS = "staffetta:sends-for-", "true"

# The DNS suffixes of partitions, by how their regions' names begin. GovCloud has the suffix of the commercial regions.
_SUFFIXES = {"cn-": "amazonaws.com.cn", "eusc-": "amazonaws.eu"}


class SettingError(Exception):
    """Variables of the deployment are missing or malformed. The message names each."""


class QueueUrl:
    """The URL of the queue whose name is a setting. Lambda bounds a function's environment, and all our URLs begin alike."""

    def __set_name__(self, _: type, name: str) -> None:
        self._setting = name.removesuffix("_url")

    def __get__(self, settings: "Settings", _: type) -> str:
        return f"https://{host('sqs', settings.region)}/{settings.account_id}/{getattr(settings, self._setting)}"


class Settings(Struct, frozen=True, kw_only=True):
    """Names of the deployed resources, and limits. Every function gets all of them: none is secret."""

    stage: str
    partition: str  # of AWS, the first part of every ARN
    region: str
    account_id: str
    domain: str  # the connected sending domain
    sends_table: str
    content_table: str  # what was sent
    emails_table: str
    tokens_table: str
    metrics_table: str
    contacts_table: str
    automations_table: str  # automations, and the runs of contacts
    audience_table: str  # lists of contacts, their members, and broadcasts
    audit_table: str
    webhooks_table: str
    access_table: str  # the people of the console, and their sessions
    user_pool: str  # the id of Cognito's pool of those people
    user_pool_client: str  # ... and of its client
    public_url: str  # of the API and of the unsubscribe page, without a slash at the end
    payload_bucket: str  # sends too large for the queue
    events_bucket: str  # every event of SES, as it came
    images_url: str  # of the CDN in front of that bucket, without a slash at the end; or NO_HOST
    send_queue: str
    dead_letter_queue: str
    broadcast_queue: str  # pages of broadcasts
    broadcast_dead_letter_queue: str
    events_queue: str  # SES's events that wait to be recorded
    events_dead_letter_queue: str
    webhook_queue: str
    automation_queue: str
    unnotified_queue: str  # changes whose events could not be published
    webhooks_to_localhost: int  # 1: webhooks may go to this machine without TLS, as on the local stack
    event_bridge: int  # 1: events go to the account's event bus, too
    smtp_boundary_arn: str  # the permissions boundary of each SMTP token's IAM user
    dns_server: str  # that checks the domains: system, none, or address:port
    tracking_host: str  # of tracked links, with a stack of its own in CloudFront's region; or NO_HOST
    smtp_server: str  # host:port:port, for STARTTLS and for TLS from the start
    mailbox_url: str  # of the local stack's mailbox, or NO_MAILBOX
    ip_pool: str  # SES's sending addresses: managed, standard or shared, each with its price
    retention_days: int  # how long a send, and so its sendId, is stored
    content_days: int  # how long what was sent is stored, so that a mail can be shown and sent again; 0: never
    lease_seconds: int  # of a worker's lease of a send: longer than the deliver function can run
    grace_seconds: int  # how long SES's Send event may take to settle an unknown outcome before we send again
    max_receives: int  # deliveries of one queue message after which we give up on it

    send_queue_url = QueueUrl()
    dead_letter_queue_url = QueueUrl()
    broadcast_queue_url = QueueUrl()
    broadcast_dead_letter_queue_url = QueueUrl()
    events_queue_url = QueueUrl()
    events_dead_letter_queue_url = QueueUrl()
    webhook_queue_url = QueueUrl()
    automation_queue_url = QueueUrl()
    unnotified_queue_url = QueueUrl()

    @property
    def portal_id(self) -> int:
        """The number of this stage, where HubSpot has that of an account: below 2**31, as HubSpot's own."""
        return zlib.crc32(f"{int(self.account_id)}/{self.region}/{self.stage}".encode()) >> 1 or 1

    @property
    def ses_arn(self) -> str:
        """The start of every ARN of SES."""
        return f"arn:{self.partition}:ses:{self.region}:{self.account_id}:"

    @property
    def identities_arn(self) -> str:
        """The start of the ARN of every identity."""
        return f"{self.ses_arn}identity/"

    @property
    def identity_arn(self) -> str:
        """The ARN of the domain at SES."""
        return self.identities_arn + self.domain

    @property
    def configuration_sets_arn(self) -> str:
        """The start of the ARN of every configuration set."""
        return f"{self.ses_arn}configuration-set/"

    @property
    def sender_tag(self) -> str:
        return SENDER_TAG + self.stage

    @property
    def transactional_configuration_set(self) -> str:
        return own_name(self.stage, "transactional")

    @property
    def marketing_configuration_set(self) -> str:
        return own_name(self.stage, "marketing")

    @property
    def own_sets_prefix(self) -> str:
        """The start of the names of the configuration sets that added domains have of their own."""
        return own_name(self.stage, OWN_SETS)

    @property
    def images_bucket(self) -> str:
        return images_bucket(self.stage, self.account_id, self.region)

    @property
    def smtp_tokens_function(self) -> str:
        """The name of the only function that may call IAM."""
        return own_name(self.stage, "smtp-tokens")

    @property
    def tracking_stack(self) -> str:
        return f"Staffetta-{self.stage}-TrackingHost"

    @property
    def smtp_path(self) -> str:
        """The path of the SMTP tokens' IAM users. IAM has one list of users for all regions and stages of an account."""
        return smtp_path_of(self.region, self.stage)

    @property
    def webhook_secrets_prefix(self) -> str:
        """The prefix of the secrets' names in SSM."""
        return f"/staffetta/{self.stage}/webhooks/"

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> Self:
        """Reads and checks every field. Raises one SettingError for all missing and malformed variables."""
        variables = os.environ if env is None else env
        errors: list[str] = []
        values: dict[str, Any] = {}
        for field in cls.__struct_fields__:
            name = variable(field)
            text = variables.get(name, "")
            is_number = cls.__annotations__[field] is int
            if not text:
                errors.append(f"{name} is not set")
            elif is_number and not text.isdecimal():
                errors.append(f"{name} is {text!r}, not a whole number")
            else:
                values[field] = int(text) if is_number else text
        if errors:
            raise SettingError("; ".join(errors))
        return cls(**values)

    def to_env(self) -> dict[str, str]:
        return {variable(field): str(getattr(self, field)) for field in self.__struct_fields__}


class Account(Struct, frozen=True, kw_only=True):
    """The AWS account and credentials of a function, from the variables that Lambda sets."""

    region: str
    access_key_id: str
    secret_access_key: str
    session_token: str = ""
    endpoint_url: str = ""  # replaces AWS's own for all services, on the local stack

    def __repr__(self) -> str:
        """Without the secrets."""
        return f"Account({self.region!r}, {self.access_key_id!r}, {self.endpoint_url!r})"

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> Self:
        """Raises SettingError with the name of the missing variable."""
        variables = os.environ if env is None else env
        try:
            return cls(
                region=variables.get("AWS_REGION") or variables["AWS_DEFAULT_REGION"],
                access_key_id=variables["AWS_ACCESS_KEY_ID"],
                secret_access_key=variables["AWS_SECRET_ACCESS_KEY"],
                session_token=variables.get("AWS_SESSION_TOKEN", ""),
                endpoint_url=variables.get("AWS_ENDPOINT_URL", ""),
            )
        except KeyError as error:
            raise SettingError(f"{error.args[0]} is not set") from None

    def endpoint(self, service: str) -> str:
        """Returns the URL of a service, without a path. `service` is the first label of its host name."""
        return self.endpoint_url or f"https://{host(service, self.region)}"


def host(service: str, region: str) -> str:
    """Returns the host of a service in a region. Its suffix is that of the region's partition."""
    return f"{service}.{region}.{suffix(region)}"


def suffix(region: str) -> str:
    return next((suffix for prefix, suffix in _SUFFIXES.items() if region.startswith(prefix)), "amazonaws.com")


def mail_suffix(region: str) -> str:
    """Returns the suffix of SES's mail servers: amazonses.com, where the services have amazonaws.com."""
    return suffix(region).replace("amazonaws", "amazonses")


def own_name(stage: str, name: str) -> str:
    """Returns the name of a resource that we name ourselves. CloudFormation names the others."""
    return f"staffetta-{stage}-{name}"


def images_bucket(stage: str, account_id: str, region: str) -> str:
    """S3 has one list of names for all accounts, so the account and the region are part of the name."""
    return f"{own_name(stage, 'images')}-{account_id}-{region}"


def variable(field_name: str) -> str:
    return PREFIX + field_name.upper()


def smtp_path_of(region: str, stage: str) -> str:
    """Returns the path of the IAM users of a stage's SMTP tokens."""
    return f"/staffetta/smtp/{region}/{stage}/"
