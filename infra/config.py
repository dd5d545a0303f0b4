"""What a deployment may choose, read from CDK context. Every fault is told at once: the key, what was wrong, what would be right.

Choose with `-c staffetta:domain=mail.acme.com`, or in cdk.json. cdk.json ships with the domain `example.com` so that a bare
`cdk synth` works on a fresh clone; it is a placeholder that nobody can send from, and the synthesis warns about it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

PREFIX = "staffetta:"
PLACEHOLDER_DOMAIN = "example.com"
LOCAL = "local"  # the stage of the local stack

_STAGE = re.compile(r"[a-z][a-z0-9-]{0,15}")
_DOMAIN = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
_URL = re.compile(r"https?://[a-z0-9.-]+(:[0-9]{1,5})?", re.IGNORECASE)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_REQUIRED = object()


class ConfigError(Exception):
    """The context holds settings we cannot deploy. The message has a line for each."""


class IpPool(StrEnum):
    """Which addresses SES sends from."""

    MANAGED = "managed"  # dedicated addresses that SES leases, warms up and scales
    STANDARD = "standard"  # dedicated addresses that you lease, through a support case
    SHARED = "shared"  # SES's common addresses: no fixed cost


@dataclass(frozen=True, kw_only=True)
class Config:
    """One deployment's choices."""

    domain: str  # the domain we send from
    stage: str  # several stages can live in one account and region
    ip_pool: IpPool
    retention_days: int  # how long a send can be explained, and its sendId is remembered
    event_retention_days: int  # how long SES's events are kept as they came, for counting anew
    deliver_concurrency: int  # how many deliver workers may run at once
    bundle: bool  # False: the asset is our source alone, without its dependencies; enough for the local stack
    alarm_email: str | None  # who hears of alarms
    webhooks_to_localhost: bool = False  # webhooks may go to the functions' own machine: the local stack's alone
    event_bridge: bool = False  # what happens to mails is told on the account's event bus, too
    public_url: str | None = None  # where callers and recipients reach the API; None: at API Gateway's own address

    @property
    def local(self) -> bool:
        return self.stage == LOCAL

    def name(self, suffix: str) -> str:
        """A name that others must know ahead. What nobody needs to know is named by CloudFormation."""
        return f"staffetta-{self.stage}-{suffix}"


def read(context: Mapping[str, Any]) -> Config:
    """Check the settings in CDK context (other keys are CDK's own). Raises ConfigError that names every fault."""
    given = {key.removeprefix(PREFIX): value for key, value in context.items() if key.startswith(PREFIX)}
    faults = [
        f"{PREFIX}{key} is not a setting; the settings are {', '.join(PREFIX + known for known in _SETTINGS)}"
        for key in sorted(given.keys() - _SETTINGS.keys())
    ]
    values: dict[str, Any] = {}
    for key, setting in _SETTINGS.items():
        try:
            values[setting.field] = setting.value(given.get(key))
        except ValueError as fault:
            faults.append(f"{PREFIX}{key} {fault}")
    if values.get("webhooks_to_localhost") and values.get("stage") != LOCAL:
        faults.append(f"{PREFIX}webhooksToLocalhost is for the stage {LOCAL}: in AWS, that machine is Lambda's")
    if faults:
        raise ConfigError("\n".join(faults))
    return Config(**values)


def _domain(value: object) -> str:
    if isinstance(value, str) and _DOMAIN.fullmatch(value.lower()):
        return value.lower()
    raise ValueError(f"is {_shown(value)}; give the domain you send from, such as mail.acme.com")


def _stage(value: object) -> str:
    if isinstance(value, str) and _STAGE.fullmatch(value):
        return value
    raise ValueError(
        f"is {_shown(value)}; give 1 to 16 lower-case letters, digits and hyphens, starting with a letter, such as prod"
    )


def _ip_pool(value: object) -> IpPool:
    try:
        return IpPool(str(value))
    except ValueError:
        raise ValueError(f"is {_shown(value)}; give one of {', '.join(IpPool)}") from None


def parse_int(least: int, most: int) -> Callable[[object], int]:
    def check(value: object) -> int:
        text = "" if isinstance(value, bool) else str(value)
        if text.isascii() and text.isdigit() and least <= int(text) <= most:
            return int(text)
        raise ValueError(f"is {_shown(value)}; give a whole number from {least} to {most}")

    return check


def parse_bool(value: object) -> bool:
    """The command line can give text only; cdk.json gives real booleans."""
    match value:
        case bool():
            return value
        case "true" | "false":
            return value == "true"
        case _:
            raise ValueError(f"is {_shown(value)}; give true or false")


def _email(value: object) -> str:
    if isinstance(value, str) and _EMAIL.fullmatch(value):
        return value
    raise ValueError(f"is {_shown(value)}; give one email address, such as oncall@acme.com")


def _url(value: object) -> str:
    if isinstance(value, str) and _URL.fullmatch(value):
        return value
    raise ValueError(
        f"is {_shown(value)}; give the address of your own in front of the API, such as https://mail-api.acme.com"
    )


def _shown(value: object) -> str:
    return "not set" if value is None else repr(value)


@dataclass(frozen=True)
class _Setting:
    field: str
    check: Callable[[object], Any]
    default: object = _REQUIRED

    def value(self, given: object) -> Any:
        if given is not None:
            return self.check(given)
        if self.default is _REQUIRED:
            return self.check(None)  # the check's own message tells what to give
        return self.default


_SETTINGS = {
    "domain": _Setting("domain", _domain),
    "stage": _Setting("stage", _stage),
    "ipPool": _Setting("ip_pool", _ip_pool, IpPool.MANAGED),
    "retentionDays": _Setting("retention_days", parse_int(1, 3650), 90),
    "eventRetentionDays": _Setting("event_retention_days", parse_int(1, 3650), 400),
    "deliverConcurrency": _Setting("deliver_concurrency", parse_int(2, 1000), 20),
    "bundle": _Setting("bundle", parse_bool, default=True),
    "alarmEmail": _Setting("alarm_email", _email, None),
    "eventBridge": _Setting("event_bridge", parse_bool, default=False),
    "webhooksToLocalhost": _Setting("webhooks_to_localhost", parse_bool, default=False),
    "publicUrl": _Setting("public_url", _url, None),
}
