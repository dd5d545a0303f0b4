"""The SES account on this machine: its configuration, in memory behind one lock."""

import hashlib
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from infra.local.ses import addresses
from infra.local.ses.errors import not_found
from infra.local.ses.mailbox_simulator import is_simulator
from infra.local.ses.quota import Quota

JSON = dict[str, Any]

SHARED_IP = "192.0.2.1"
BUILT_IN_POOLS = ("ses-shared-pool", "ses-default-dedicated-pool")
DEFAULT_REASONS = ("BOUNCE", "COMPLAINT")


@dataclass
class Identity:
    """A domain or an address that may send. Local ones are verified at once, unless their name begins with `unverified.`."""

    name: str
    origin: str = "AWS_SES"
    key_length: str = "RSA_2048_BIT"
    signing_enabled: bool = True
    selector: str | None = None
    feedback_forwarding: bool = True
    mail_from_domain: str | None = None
    mail_from_on_failure: str = "USE_DEFAULT_VALUE"
    configuration_set: str | None = None
    dkim_status: str = ""  # replaces the status that the name implies
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        return "EMAIL_ADDRESS" if "@" in self.name else "DOMAIN"

    @property
    def status(self) -> str:
        unverified = self.name.rpartition("@")[2].startswith("unverified.")
        return self.dkim_status or ("PENDING" if unverified else "SUCCESS")

    @property
    def verified(self) -> bool:
        """A temporary failure does not end the verification at once."""
        return self.status in {"SUCCESS", "TEMPORARY_FAILURE"}

    @property
    def mail_from_verified(self) -> bool:
        return not (self.mail_from_domain or "").startswith("unverified.")

    @property
    def dkim_tokens(self) -> list[str]:
        """Three tokens that are the same in every run, so that a synthesized record can be compared."""
        if self.origin == "EXTERNAL":
            return [self.selector] if self.selector else []
        return [hashlib.sha256(f"{n}:{self.name}".encode()).hexdigest()[:32] for n in range(3)]


@dataclass
class ConfigurationSet:
    """Option groups under the API's own names (`DeliveryOptions`, …), as they were set."""

    name: str
    options: dict[str, JSON] = field(default_factory=dict)
    destinations: dict[str, JSON] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def sending_enabled(self) -> bool:
        return bool(self.options.get("SendingOptions", {}).get("SendingEnabled", True))

    @property
    def pool(self) -> str | None:
        return self.options.get("DeliveryOptions", {}).get("SendingPoolName")

    def publishes(self, event_type: str) -> bool:
        """Returns whether an enabled destination receives events of this type (`OPEN`, …)."""
        return any(d.get("Enabled") and event_type in d["MatchingEventTypes"] for d in self.destinations.values())

    def topics(self, event_type: str) -> list[str]:
        """Returns the SNS topics that receive events of this type. Destinations of other kinds are stored and never read."""
        return [
            d["SnsDestination"]["TopicArn"]
            for d in self.destinations.values()
            if d.get("Enabled") and event_type in d["MatchingEventTypes"] and "SnsDestination" in d
        ]


@dataclass
class Pool:
    name: str
    scaling_mode: str
    ip: str
    tags: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Suppressed:
    address: str
    reason: str
    since: datetime


class SimulatedAccount:
    """The state only. `operations` has the rules of the API, `sending` the rules of sending. Hold `lock` to use it."""

    def __init__(self, *, region: str, account_id: str, clock: Callable[[], datetime]) -> None:
        self.region = region
        self.account_id = account_id
        self.clock = clock
        self.lock = threading.RLock()
        self.quota = Quota(clock)
        self.identities: dict[str, Identity] = {}
        self.configuration_sets: dict[str, ConfigurationSet] = {}
        self.pools: dict[str, Pool] = {}
        self.suppressed: dict[str, Suppressed] = {}
        self.suppressed_reasons: list[str] = list(DEFAULT_REASONS)
        self.sending_enabled = True
        self.production_access = True  # False: the account is in the sandbox
        self.settings: dict[str, JSON] = {}

    @property
    def arn_prefix(self) -> str:
        return f"arn:aws:ses:{self.region}:{self.account_id}:"

    def identity_arn(self, name: str) -> str:
        return f"{self.arn_prefix}identity/{name}"

    def identity(self, name: str) -> Identity:
        try:
            return self.identities[name.lower()]
        except KeyError:
            raise not_found(f"Email identity {name} does not exist.") from None

    def configuration_set(self, name: str) -> ConfigurationSet:
        try:
            return self.configuration_sets[name]
        except KeyError:
            raise not_found(f"Configuration set <{name}> does not exist.") from None

    def pool(self, name: str) -> Pool:
        try:
            return self.pools[name]
        except KeyError:
            raise not_found(f"Dedicated IP pool {name} does not exist.") from None

    def sender(self, address: str) -> Identity | None:
        """Returns the verified identity that covers an address, or None: itself, the address without +label, its domain, a parent."""
        local, _, domain = addresses.bare(address).lower().rpartition("@")
        labels = domain.split(".")
        domains = [".".join(labels[i:]) for i in range(len(labels))]
        names = [f"{local}@{domain}", f"{local.partition('+')[0]}@{domain}", *domains]
        candidates = (self.identities.get(name) for name in names)
        return next((identity for identity in candidates if identity and identity.verified), None)

    def sandboxed(self, recipients: Iterable[str]) -> list[str]:
        """Returns the recipients that must be verified: none in production, and never an address of the mailbox simulator."""
        return [] if self.production_access else [one for one in recipients if not is_simulator(one)]

    def recipient_identities(self, recipients: Iterable[str]) -> tuple[str, ...]:
        """Returns the identities of recipients that IAM checks in the sandbox: verified ones, or else the address itself."""
        covering = ((address, self.sender(address)) for address in self.sandboxed(recipients))
        return tuple(dict.fromkeys(identity.name if identity else address for address, identity in covering))

    def suppression(self, address: str, configuration_set: ConfigurationSet | None) -> str | None:
        """Returns why the account's list suppresses an address (`BOUNCE`, `COMPLAINT`), or None. A set may override the reasons."""
        options = configuration_set.options.get("SuppressionOptions", {}) if configuration_set else {}
        reasons = options.get("SuppressedReasons", self.suppressed_reasons)
        entries = (entry for entry in self.suppressed.values() if entry.address.lower() == address.lower())
        return next((entry.reason for entry in entries if entry.reason in reasons), None)

    def outgoing_ip(self, configuration_set: ConfigurationSet | None) -> str:
        """Returns the IP address that sends a message: the pool's own, or the shared one."""
        pool = self.pools.get(configuration_set.pool or "") if configuration_set else None
        return pool.ip if pool else SHARED_IP
