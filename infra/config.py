"""A deployment's settings, read from CDK context. All errors are reported together, each with the key, the problem and a valid value.

Set them with `-c staffetta:domain=mail.acme.com`, or in cdk.json. cdk.json has the domain `example.com` so that a bare
`cdk synth` works on a fresh clone. It is a placeholder that cannot send, and the synthesis warns about it.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from functions.core.account.prices import IpPoolType
from functions.core.domains.domain import parse_name
from functions.settings import LOCAL, own_name

PREFIX = "staffetta:"
PLACEHOLDER_DOMAIN = "example.com"

CERTIFICATE_NAME_MAX = 64
# How many workers of webhooks may run at once, and how many of automations. Deliver and broadcast have the setting deliverConcurrency each.
QUEUE_WORKERS = 10
RECORD_TTL, HOST_TTL = 1800, 300  # seconds, of the records in a hosted zone: of the domain, and of a host
# Octets of the domain and of all hosts: a function's variables have 4 KB. See tests/infra/test_limits.py
NAMES_MAX = 380

_STAGE = re.compile(r"[a-z][a-z0-9-]{0,15}")
# Stage a has the configuration sets staffetta-a-domain-*: those of a stage a-domain would be among them.
_SETS_OF_ANOTHER = re.compile(r"-domain(?![a-z0-9])")
_URL = re.compile(r"https?://[a-z0-9.-]+(:[0-9]{1,5})?", re.IGNORECASE)
_SMTP_SERVER = re.compile(r"[a-z0-9.-]+(:[0-9]{1,5}){2}")
_ZONE = re.compile(r"[A-Z0-9]{1,32}")
_SOURCE = re.compile(r"[A-Za-z0-9._/-]{1,256}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_REQUIRED = object()


class ConfigError(Exception):
    """The context has invalid settings. The message has a line for each."""


class SharedDelivery(StrEnum):
    """The regions whose shared addresses may deliver."""

    REGIONAL = "regional"  # from the stage's own region
    GLOBAL = "global"  # from any region of the partition: SES's default for new senders


class DomainIdentity(StrEnum):
    """Whose the domain's identity in SES is."""

    NEW = "new"  # the State stack creates it
    EXISTING = "existing"  # it was in SES before, or another stage has it: the deployment does not touch it


@dataclass(frozen=True, kw_only=True)
class Config:
    """One deployment's settings."""

    domain: str  # the domain we send from
    stage: str  # several stages can live in one account and region
    ip_pool: IpPoolType
    retention_days: int  # how long we store a send: its history, its sendId deduplication, its unsubscribe link
    content_days: int  # how long we store the values that a mail was built from; 0: never
    event_retention_days: int  # how long we store SES's events unchanged, for a rebuild of the counters
    deliver_concurrency: int  # how many deliver workers may run at once
    api_rate: int  # requests a second to the whole API; API Gateway answers 429 to others
    api_burst: int  # requests at once
    bundle: bool  # False: the asset is our source without its dependencies, which is enough for the local stack
    alarm_email: str | None  # the email address for alarm notifications; None: no notifications
    webhooks_to_localhost: bool = False  # webhooks may call the functions' own machine; for the local stack only
    event_bridge: bool = False  # email events are published on the account's event bus, too
    event_sources: tuple[str, ...] = ()  # the sources on that bus whose events may start automations
    identity: DomainIdentity = DomainIdentity.NEW
    hosted_zone: str | None = None  # the id of the Route 53 zone that gets the DNS records; None: the owner enters them
    dmarc_reports: str | None = None  # the address for the reports of a new DMARC record; None: no record is written
    default_set: bool = False  # make deploy gives an existing identity our transactional set as its default
    pool_ready: bool = False  # the sets send from the stage's own pool, not from shared addresses: see infra/ip_pool.py
    image_cdn: bool = (
        True  # the State stack has the CDN of images: a first deployment does without, see infra/deploy.py
    )
    shared_delivery: SharedDelivery = SharedDelivery.REGIONAL  # make deploy sets it: CloudFormation cannot
    protected: bool = False  # the State stack is protected against deletion: see infra/deployed_stage.py
    smtp_server: str | None = None  # host:port:port of SMTP; for the local stack only: None is SES
    mailbox_url: str | None = None  # the local mailbox's address; for the local stack only
    api_host: str | None = None  # the API's own host; None: API Gateway's, which changes with a new Service stack
    images_host: str | None = None  # of the images of emails; None: CloudFront's own name
    tracking_host: str | None = None  # the host of tracked links, over HTTPS; None: SES's own
    public_url: str | None = None  # the API's address for callers and recipients; None: API Gateway's own address

    @property
    def local(self) -> bool:
        return self.stage == LOCAL

    @property
    def has_edge_stack(self) -> bool:
        """Whether a stack is in CloudFront's own region, with the certificate of a host."""
        return bool(self.tracking_host or self.images_host)

    @property
    def hosts(self) -> dict[str, str]:
        """The hosts of the stage's own, by the names of their stacks."""
        hosts = {"ApiHost": self.api_host, "TrackingHost": self.tracking_host, "ImagesHost": self.images_host}
        return {kind: host for kind, host in hosts.items() if host}

    def name(self, suffix: str) -> str:
        """Returns a fixed name, for a resource that other settings refer to. CloudFormation names all other resources."""
        return own_name(self.stage, suffix)


def read(context: Mapping[str, Any]) -> Config:
    """Reads the settings in CDK context (other keys are CDK's own). Raises ConfigError with every error."""
    raw = {key.removeprefix(PREFIX): value for key, value in context.items() if key.startswith(PREFIX)}
    errors = [
        f"{PREFIX}{key} is not a setting; the settings are {', '.join(PREFIX + name for name in _SETTINGS)}"
        for key in sorted(raw.keys() - _SETTINGS.keys())
    ]
    values: dict[str, Any] = {}
    for key, setting in _SETTINGS.items():
        try:
            values[setting.field] = setting.value(raw.get(key))
        except ValueError as error:
            errors.append(f"{PREFIX}{key} {error}")
    if values.get("webhooks_to_localhost") and values.get("stage") != LOCAL:
        errors.append(
            f"{PREFIX}webhooksToLocalhost is only for the stage {LOCAL}: in AWS, localhost is Lambda's own machine"
        )
    if values.get("smtp_server") and values.get("stage") != LOCAL:
        errors.append(f"{PREFIX}smtpServer is only for the stage {LOCAL}: AWS has SES's")
    if values.get("mailbox_url") and values.get("stage") != LOCAL:
        errors.append(f"{PREFIX}mailboxUrl is only for the stage {LOCAL}: AWS has no mailbox")
    errors += _host_errors(values)
    if values.get("dmarc_reports") and not values.get("hosted_zone"):
        errors.append(
            f"{PREFIX}dmarcReports needs {PREFIX}hostedZone: without a zone, enter the record that `staffetta domains check` shows"
        )
    if errors:
        raise ConfigError("\n".join(errors))
    return Config(**values)


def _host_errors(values: Mapping[str, Any]) -> Iterator[str]:
    local = values.get("stage") == LOCAL
    api, tracking, url = (values.get(name) for name in ("api_host", "tracking_host", "public_url"))
    images, bounces = values.get("images_host"), f"bounce.{values.get('domain')}"
    if local and (api or tracking or images):
        hosts = f"{PREFIX}apiHost, {PREFIX}trackingHost and {PREFIX}imagesHost"
        yield f"{hosts} are not for the stage {LOCAL}: it has no certificates"
    if api and url:
        yield f"{PREFIX}apiHost and {PREFIX}publicUrl are both the API's address: give one of them"
    if url and url.lower().startswith("http://") and not local:
        yield f"{PREFIX}publicUrl is {url!r}; give an address with https://, since links in mails and keys go over it"
    if tracking and not tracking.endswith(f".{values.get('domain')}"):
        yield f"{PREFIX}trackingHost is {tracking!r}; give a subdomain of {values.get('domain')}, which SES has verified"
    if images and images in {api, tracking, bounces}:
        yield f"{PREFIX}imagesHost is {images!r}, which has another use already: give a host of its own"
    domain = values.get("domain") or ""
    if sum(len(name or "") for name in (domain, api, tracking, images, url)) > NAMES_MAX:
        yield f"{PREFIX}domain and the hosts are too long together for a function's environment: give shorter ones"
    if tracking and tracking in {api, bounces}:
        yield f"{PREFIX}trackingHost is {tracking!r}, which has another use already: give a subdomain of its own"


def _domain(value: object) -> str:
    with contextlib.suppress(ValueError):
        if isinstance(value, str):
            return parse_name(value)
    raise ValueError(f"is {_repr(value)}; give the domain that you send from, such as mail.acme.com")


def _stage(value: object) -> str:
    if not (isinstance(value, str) and _STAGE.fullmatch(value)):
        raise ValueError(
            f"is {_repr(value)}; give 1 to 16 lower-case letters, digits and hyphens, starting with a letter, such as prod"
        )
    if _SETS_OF_ANOTHER.search(value):
        raise ValueError(
            f"is {_repr(value)}; give a name without -domain: another stage names the sets of its domains so"
        )
    return value


def _one_of(choices: type[StrEnum]) -> Callable[[object], StrEnum]:
    def check(value: object) -> StrEnum:
        try:
            return choices(str(value))
        except ValueError:
            raise ValueError(f"is {_repr(value)}; give one of {', '.join(choices)}") from None

    return check


def parse_int(least: int, most: int) -> Callable[[object], int]:
    def check(value: object) -> int:
        text = "" if isinstance(value, bool) else str(value)
        if text.isascii() and text.isdigit() and least <= int(text) <= most:
            return int(text)
        raise ValueError(f"is {_repr(value)}; give a whole number from {least} to {most}")

    return check


def parse_bool(value: object) -> bool:
    """Accepts the text of the command line and the booleans of cdk.json."""
    match value:
        case bool():
            return value
        case "true" | "false":
            return value == "true"
        case _:
            raise ValueError(f"is {_repr(value)}; give true or false")


def _email(value: object) -> str:
    if isinstance(value, str) and _EMAIL.fullmatch(value):
        return value
    raise ValueError(f"is {_repr(value)}; give one email address, such as oncall@acme.com")


def _hosted_zone(value: object) -> str:
    if isinstance(value, str) and _ZONE.fullmatch(value):
        return value
    raise ValueError(f"is {_repr(value)}; give the id of a hosted zone of Route 53, such as Z0123456789ABCDEFGHIJ")


def _sources(value: object) -> tuple[str, ...]:
    sources = tuple(text.strip() for text in value.split(",")) if isinstance(value, str) else ()
    if sources and all(_SOURCE.fullmatch(source) for source in sources):
        return sources
    raise ValueError(f"is {_repr(value)}; give sources of events, such as acme.shop,acme.billing")


def _url(value: object) -> str:
    if isinstance(value, str) and _URL.fullmatch(value):
        return value
    raise ValueError(f"is {_repr(value)}; give your own address of the API, such as https://mail-api.acme.com")


def _smtp_server(value: object) -> str:
    if isinstance(value, str) and _SMTP_SERVER.fullmatch(value):
        return value
    raise ValueError(
        f"is {_repr(value)}; give a host and two ports, for STARTTLS and for TLS, such as 127.0.0.1:2587:2465"
    )


def _host(value: object) -> str:
    with contextlib.suppress(ValueError):
        if isinstance(value, str) and len(host := parse_name(value)) <= CERTIFICATE_NAME_MAX:
            return host
    raise ValueError(
        f"is {_repr(value)}; give a host name of your own, of {CERTIFICATE_NAME_MAX} characters at most, such as api.mail.acme.com"
    )


def _repr(value: object) -> str:
    return "not set" if value is None else repr(value)


@dataclass(frozen=True)
class _Setting:
    field: str
    check: Callable[[object], Any]
    default: object = _REQUIRED

    def value(self, raw: object) -> Any:
        if raw is not None:
            return self.check(raw)
        if self.default is _REQUIRED:
            return self.check(None)  # the check's message shows what to give
        return self.default


_SETTINGS = {
    "domain": _Setting("domain", _domain),
    "stage": _Setting("stage", _stage),
    "ipPool": _Setting("ip_pool", _one_of(IpPoolType), IpPoolType.MANAGED),
    "retentionDays": _Setting("retention_days", parse_int(1, 3650), 90),
    "contentDays": _Setting("content_days", parse_int(0, 365), 7),
    "eventRetentionDays": _Setting("event_retention_days", parse_int(1, 3650), 400),
    "deliverConcurrency": _Setting("deliver_concurrency", parse_int(2, 1000), 5),
    "apiRate": _Setting("api_rate", parse_int(1, 100_000), 5000),
    "apiBurst": _Setting("api_burst", parse_int(1, 50_000), 2500),
    "bundle": _Setting("bundle", parse_bool, default=True),
    "hostedZone": _Setting("hosted_zone", _hosted_zone, None),
    "dmarcReports": _Setting("dmarc_reports", _email, None),
    "alarmEmail": _Setting("alarm_email", _email, None),
    "eventBridge": _Setting("event_bridge", parse_bool, default=False),
    "eventSources": _Setting("event_sources", _sources, ()),
    "webhooksToLocalhost": _Setting("webhooks_to_localhost", parse_bool, default=False),
    "identity": _Setting("identity", _one_of(DomainIdentity), DomainIdentity.NEW),
    "defaultSet": _Setting("default_set", parse_bool, default=False),
    "poolReady": _Setting("pool_ready", parse_bool, default=False),
    "imageCdn": _Setting("image_cdn", parse_bool, default=True),
    "sharedDelivery": _Setting("shared_delivery", _one_of(SharedDelivery), SharedDelivery.REGIONAL),
    "protected": _Setting("protected", parse_bool, default=False),
    "smtpServer": _Setting("smtp_server", _smtp_server, None),
    "mailboxUrl": _Setting("mailbox_url", _url, None),
    "apiHost": _Setting("api_host", _host, None),
    "trackingHost": _Setting("tracking_host", _host, None),
    "imagesHost": _Setting("images_host", _host, None),
    "publicUrl": _Setting("public_url", _url, None),
}
