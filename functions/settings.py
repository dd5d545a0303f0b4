"""What a function is told by its deployment. The only reader of the environment; infra writes the same class into it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from msgspec import Struct
from msgspec.structs import fields

PREFIX = "STAFFETTA_"


class SettingError(Exception):
    """A variable that the deployment should have set is absent or unusable. The message names each."""


class Settings(Struct, frozen=True, kw_only=True):
    """Names of the deployed resources and the limits we run under. Every function gets all of it: none of it is secret."""

    stage: str
    domain: str  # the connected sending domain
    sends_table: str
    emails_table: str
    tokens_table: str
    metrics_table: str
    contacts_table: str
    audit_table: str
    webhooks_table: str
    public_url: str  # where callers reach the API, and recipients the page to unsubscribe: without a slash at the end
    payload_bucket: str  # sends too large for the queue
    events_bucket: str  # every event of SES, as it came
    send_queue_url: str
    dead_letter_queue_url: str
    webhook_queue_url: str
    webhooks_to_localhost: int  # 1: webhooks may go to this machine, without TLS: on the local stack
    event_bridge: int  # 1: events go to the account's event bus, too
    transactional_configuration_set: str
    identity_arn: str  # of the domain, at SES
    smtp_boundary_arn: str  # the permissions boundary of each SMTP token's IAM user
    marketing_configuration_set: str
    ip_pool: str  # the addresses that SES sends from: managed, standard or shared, which have each a price
    retention_days: int  # how long a send, and so its sendId, is kept
    lease_seconds: int  # how long one worker may hold a send: longer than the deliver function can run
    grace_seconds: int  # how long SES's Send event may take to settle an unknown outcome before we send again
    max_receives: int  # deliveries of one queue message after which we give up on it

    @property
    def region(self) -> str:
        return self.identity_arn.split(":")[3]

    @property
    def account_id(self) -> int:
        return int(self.identity_arn.split(":")[4])

    @property
    def transactional_configuration_set_arn(self) -> str:
        return f"{self.identity_arn.rpartition(':')[0]}:configuration-set/{self.transactional_configuration_set}"

    @property
    def smtp_path(self) -> str:
        """Of the SMTP tokens' IAM users. IAM is one for all regions, and has one list of users for an account's stages."""
        return f"/staffetta/smtp/{self.region}/{self.stage}/"

    @property
    def webhook_secrets_prefix(self) -> str:
        """Of SSM's parameters."""
        return f"/staffetta/{self.stage}/webhooks/"

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> Settings:
        """Read and check every field. Raises SettingError that names all the missing and malformed variables at once."""
        given = os.environ if env is None else env
        faults: list[str] = []
        values: dict[str, Any] = {}
        for setting in fields(cls):
            name = variable(setting.name)
            text = given.get(name, "")
            if not text:
                faults.append(f"{name} is not set")
            elif setting.type is int and not text.isdecimal():
                faults.append(f"{name} is {text!r}, not a whole number")
            else:
                values[setting.name] = int(text) if setting.type is int else text
        if faults:
            raise SettingError("; ".join(faults))
        return cls(**values)

    def to_env(self) -> dict[str, str]:
        return {variable(setting.name): str(getattr(self, setting.name)) for setting in fields(self)}


@dataclass(frozen=True, kw_only=True)
class Account:
    """Which AWS account a function acts in, and as whom, by the variables that Lambda sets."""

    region: str
    access_key_id: str
    secret_access_key: str = field(repr=False)
    session_token: str = field(default="", repr=False)
    endpoint_url: str = ""  # of all services, in place of AWS's own: the local stack's

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> Account:
        """Raises SettingError that names the missing variable."""
        given = os.environ if env is None else env
        try:
            return cls(
                region=given.get("AWS_REGION") or given["AWS_DEFAULT_REGION"],
                access_key_id=given["AWS_ACCESS_KEY_ID"],
                secret_access_key=given["AWS_SECRET_ACCESS_KEY"],
                session_token=given.get("AWS_SESSION_TOKEN", ""),
                endpoint_url=given.get("AWS_ENDPOINT_URL", ""),
            )
        except KeyError as error:
            raise SettingError(f"{error.args[0]} is not set") from None

    def endpoint(self, service: str) -> str:
        """The URL of a service, without a path. `service` is the first word of its host's name."""
        suffix = "amazonaws.com.cn" if self.region.startswith("cn-") else "amazonaws.com"
        return self.endpoint_url or f"https://{service}.{self.region}.{suffix}"


def variable(field_name: str) -> str:
    return PREFIX + field_name.upper()
