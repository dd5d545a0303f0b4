"""Erase a person from the audiences of broadcasts, and from what their checks found. Files of recipients expire by themselves."""

from __future__ import annotations

from functions.core.broadcasts.broadcast import Broadcast
from functions.ports.broadcasts import Broadcasts


def erase_recipient(broadcasts: Broadcasts, address: str) -> None:
    """`address` is in lower case. Raises Retry while an audience that has the address is being read."""

    def without(broadcast: Broadcast) -> Broadcast:
        return broadcast.without(address)

    for broadcast in broadcasts.all():
        if broadcast.audience.has(address):
            broadcasts.edit(broadcast.id, without)
        check = broadcasts.check(broadcast.id)
        if check and check.has(address):
            broadcasts.update_check(broadcast.id, check.without(address))
