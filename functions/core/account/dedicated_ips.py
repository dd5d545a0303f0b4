"""A stage's sending IP addresses: the pool in use, how far SES has warmed them up, their names in DNS, and what follows from that."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from msgspec import Struct

from functions.core.account.prices import IpPoolType

SHARED_POOL = "ses-shared-pool"  # the name is SES's


class WarmUp(StrEnum):
    """SES's words. SES warms up a managed pool for each mailbox provider, so its addresses have no one percentage."""

    IN_PROGRESS = "IN_PROGRESS"
    DONE = "DONE"
    NOT_APPLICABLE = "NOT_APPLICABLE"


class SendingPool(Struct, frozen=True):
    """The pool of the transactional configuration set. An empty name: the set names none."""

    name: str
    type: IpPoolType


class ReverseName(Struct, frozen=True):
    """The name of an address in DNS (PTR)."""

    name: str
    confirmed: bool  # the name resolves to the address again, as mailbox providers require


class DedicatedIp(Struct, frozen=True, kw_only=True):
    address: str
    warm_up: WarmUp
    percent: int | None  # of the warm-up; None: SES reports none
    reverse_name: ReverseName | None = None  # None: there is no name, or DNS did not answer
    block_lists: tuple[str, ...] | None = None  # that list the address; None: SES did not report


def notes(pool: SendingPool, addresses: list[DedicatedIp]) -> Iterator[str]:
    """Yields what follows for an operator, in plain sentences."""
    yield from _of_pool(pool, addresses)
    for one in addresses:
        if one.block_lists:
            yield f"{one.address} is on the block lists {', '.join(one.block_lists)}. SES does not replace a listed address by itself."
        if one.reverse_name and not one.reverse_name.confirmed:
            yield f"{one.address} has the name {one.reverse_name.name}, which does not resolve to it: report it to AWS support."


def _of_pool(pool: SendingPool, addresses: list[DedicatedIp]) -> Iterator[str]:
    match pool.type:
        case IpPoolType.MANAGED:
            yield (
                "SES warms up a managed pool by itself, for each mailbox provider. Early in the warm-up, mail beyond what a provider "
                "accepts leaves from SES's shared addresses. Late in the warm-up it waits instead and is retried, so a one-time code "
                "may arrive late: send it with message.maxDeliverySeconds."
            )
        case IpPoolType.STANDARD if not addresses:
            yield (
                "The pool has no address, so SES sends nothing through it. Lease addresses with a support case, move them into the pool "
                "(aws sesv2 put-dedicated-ip-in-pool), and only then use the pool."
            )
        case IpPoolType.STANDARD:
            if any(one.warm_up is WarmUp.IN_PROGRESS for one in addresses):
                yield (
                    "SES limits an address during its warm-up, of up to 45 days. What exceeds the limit leaves from SES's shared addresses. "
                    "The percentage rises with time, so send a steady volume."
                )
        case IpPoolType.SHARED:
            yield (
                "Mail leaves from SES's shared addresses, whose reputation other senders share. They need no warm-up. "
                "A few hundred thousand mails a month, every day, are worth a dedicated pool."
            )
