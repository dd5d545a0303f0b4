"""Erase a person from the audiences of broadcasts, and from what their checks found. Files of recipients expire by themselves.

`address` is in lower case.
"""

from __future__ import annotations

from functions.core.broadcasts.broadcast import Broadcast
from functions.ports.broadcasts import Broadcasts


def erase_from_audiences(broadcasts: Broadcasts, address: str) -> None:
    """Raises Retry while an audience that has the address is being read."""

    def without(broadcast: Broadcast) -> Broadcast:
        return broadcast.without(address)

    for broadcast in broadcasts.all():
        if broadcast.audience.has(address):
            broadcasts.edit(broadcast.id, without)


def erase_from_checks(broadcasts: Broadcasts, address: str) -> None:
    """Erases who is no contact any more. A check that goes on may have read the contact before: it reads it again."""
    for broadcast in broadcasts.all():
        check = broadcasts.check(broadcast.id)
        while check and (check.has(address) or not check.done):
            if broadcasts.update_check(broadcast.id, check.without(address)):
                break
            check = broadcasts.check(broadcast.id)
