"""Examples of the pages of domains, of sending as a whole, and of dead letters, and what they show."""

from __future__ import annotations

from functions import wiring
from functions.core.access.actor import unrestricted
from functions.core.account.dedicated_ips import DedicatedIp, ReverseName, SendingPool, WarmUp
from functions.core.account.prices import IpPoolType
from functions.core.emails.pause import Pause
from functions.wiring import Container
from tests.fakes.domains import MemoryDns, MemoryIdentities, identity
from tests.support.console.example import Example
from tests.support.examples import NOON_TEXT

DOMAINS, NEWS, OLD = "/console/domains", "news.example.org", "old.example.org"
SENDING = "/console/sending"

EXAMPLES: dict[str, tuple[Example, ...]] = {
    "GET /console/domains": (Example(DOMAINS),),
    "POST /console/domains": (Example(DOMAINS, {"domain": "more.example.org", "mailFrom": "", "reports": ""}),),
    "POST /console/domains/adopt": (Example(f"{DOMAINS}/adopt", {"existing": "none.example.org"}),),
    "GET /console/domains/{domain}": (Example(f"{DOMAINS}/{NEWS}"), Example(f"{DOMAINS}/none.example.org")),
    "GET /console/domains/{domain}/remove": (Example(f"{DOMAINS}/{NEWS}/remove"),),
    "POST /console/domains/{domain}/remove": (Example(f"{DOMAINS}/none.example.org/remove"),),
    "GET /console/sending": (Example(SENDING),),
    "POST /console/sending/pause": (Example(f"{SENDING}/pause", {"email": "all", "reason": "wrong prices"}),),
    "POST /console/sending/resume": (Example(f"{SENDING}/resume", {"email": "404"}),),
    "GET /console/ip-addresses": (Example("/console/ip-addresses"),),
    "GET /console/dead-letters": (Example("/console/dead-letters"),),
    "GET /console/dead-letters/redrive": (Example("/console/dead-letters/redrive"),),
    "POST /console/dead-letters/redrive": (Example("/console/dead-letters/redrive"),),
}


class FakeIps:
    """One address, halfway through its warm-up."""

    def pool(self) -> SendingPool:
        return SendingPool("ours", IpPoolType.STANDARD)

    def addresses(self, pool: SendingPool) -> list[DedicatedIp]:
        return [DedicatedIp(address="198.51.100.1", warm_up=WarmUp.IN_PROGRESS, percent=40)]

    def block_lists(self, addresses: list[str]) -> dict[str, tuple[str, ...]]:
        return {"198.51.100.1": ("zen.example.org",)}


class FakeReverseDns:
    def name(self, address: str) -> ReverseName | None:
        return ReverseName("a1.smtp.example.net", confirmed=False)


def use_fakes() -> None:
    """SES's identities, its addresses and DNS are not in the local cloud of these tests."""
    container = wiring.container()
    stored = {name: identity(name) for name in ("example.com", OLD)}
    container.override(wiring.adapters.domains.ses_identities, MemoryIdentities(stored))  # type: ignore[arg-type]  # a fake
    container.override(wiring.adapters.domains.dns, MemoryDns())  # type: ignore[arg-type]  # a fake
    container.override(wiring.adapters.account.dedicated_ips, FakeIps())  # type: ignore[arg-type]  # a fake
    container.override(wiring.adapters.account.reverse_dns, FakeReverseDns())  # type: ignore[arg-type]  # a fake


def prepare(container: Container) -> None:
    """Stores a domain whose records are missing, a pause, and a dead letter that cannot be read."""
    use_fakes()
    wiring.get(wiring.domains.manage_domains).add(NEWS, f"bounce.{NEWS}", "", unrestricted("ada"))
    container.get(wiring.adapters.account.account_pause).compare_and_set(
        None, Pause(NOON_TEXT, "ada", "wrong <prices>")
    )
    letters = container.get(wiring.adapters.account.dead_letters)
    letters.sqs.send_message(QueueUrl=letters.url, MessageBody="no <send>")
