"""A broadcast, its audience, and the pages in which it is sent."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from functions.core.broadcasts import lifecycle
from functions.core.broadcasts.lifecycle import BroadcastState, BroadcastTransition
from functions.core.contacts.contact import Contact
from functions.core.emails.email import TRANSACTIONAL
from functions.core.errors import Retry

PAGE_MAX = 1000  # recipients
CONTACTS_MAX = 1000  # contacts that an audience names by their ids
LISTS_MAX = 20  # lists that an audience includes or excludes
PREVIEWS = 10
PROBLEMS_MAX = 200  # lines that a check stores
AHEAD_SECONDS = 365 * 86400


class Audience(Struct, frozen=True, kw_only=True):
    """Who gets a broadcast. A person in several parts gets one mail. An exclusion applies to all parts."""

    lists: tuple[int, ...] = ()
    contacts: tuple[str, ...] = ()  # addresses in lower case
    file: str = ""  # the id of an uploaded CSV file
    exclude_lists: tuple[int, ...] = ()
    exclude_contacts: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.lists or self.contacts or self.file)

    @property
    def every_list(self) -> tuple[int, ...]:
        return (*self.lists, *self.exclude_lists)

    def has(self, address: str) -> bool:
        return address in self.contacts or address in self.exclude_contacts

    def without(self, address: str) -> Audience:
        contacts, excluded = (
            tuple(one for one in addresses if one != address) for addresses in (self.contacts, self.exclude_contacts)
        )
        return replace(self, contacts=contacts, exclude_contacts=excluded)


class Broadcast(Struct, frozen=True, kw_only=True):
    id: str
    name: str
    email_id: int
    audience: Audience
    created_at: str
    created_by: str
    state: BroadcastState = BroadcastState.DRAFT
    custom: Mapping[str, Any] = field(default_factory=dict)  # for every recipient; a file's columns override it
    send_at: str | None = None  # None: at once, or not chosen yet
    local_time: bool = False  # `send_at` is the time on each recipient's clock
    time_zone: str = "UTC"  # of recipients without one
    revision: int = 0  # of the email, when it began
    subscription: str = TRANSACTIONAL
    sensitive: bool = False
    started_at: str = ""
    started_by: str = ""
    ended_at: str = ""
    redriven_at: str = ""  # when a worker last began with a page that an operator redrove
    prepared: bool = False  # every page is written
    pages: int = 0  # written so far
    queued: int = 0  # of these, the first ones are in the queue, or have their time
    lease_until: float = 0  # of the worker that writes pages
    recipients: int = 0  # in these pages
    unreadable: int = 0  # lines of the file without an address
    position: SourcePosition | None = None  # up to which the pages are written
    reason: str = ""  # of the pause, for people
    choice: int = 0  # how often an actor changed the choice
    version: int = 0

    def will_read(self, list_id: int) -> bool:
        """Returns whether a list is in the audience of a broadcast that has its time, and has not read it whole. A draft is checked again."""
        has_time = self.state not in {BroadcastState.DRAFT, *lifecycle.FINAL}
        return has_time and not self.prepared and list_id in self.audience.every_list

    def was_erased(self, contact: Contact | None) -> bool:
        """Returns whether the contact is the rest of a person who was erased after the audience was chosen."""
        return contact is not None and contact.was_erased_since(self.created_at)

    def may_send_since(self, at: str) -> bool:
        """Returns whether a worker may have sent a page since an instant. One that began before a pause or a cancellation sends on."""
        if self.state is BroadcastState.DONE:
            return self.redriven_at >= at
        return self.state in lifecycle.STARTED and (self.ended_at or at) >= at

    def without(self, address: str) -> Broadcast:
        """Raises Retry while the audience is being read: a position in it would name another person."""
        if self.state in lifecycle.STARTED - lifecycle.FINAL and not self.prepared:
            raise Retry(f"the audience of broadcast {self.id} is being read")
        return replace(self, audience=self.audience.without(address))

    def with_choice(self, chosen: Broadcast) -> Broadcast:
        """Returns the broadcast with what an actor chose in another one."""
        return replace(
            self,
            name=chosen.name,
            audience=chosen.audience,
            custom=chosen.custom,
            send_at=chosen.send_at,
            local_time=chosen.local_time,
            time_zone=chosen.time_zone,
            choice=self.choice + 1,
        )

    def changed(self, transition: BroadcastTransition, at: str) -> Broadcast:
        """Raises Conflict."""
        state = lifecycle.after(self.state, transition, prepared=self.prepared)
        ended = at if state in lifecycle.FINAL and not self.ended_at else self.ended_at
        return replace(self, state=state, ended_at=ended)


class SourcePosition(Struct, frozen=True):
    """A place in an audience: the number of its part, and a cursor in it."""

    part: int = 0
    cursor: str = ""


class Recipient(Struct, frozen=True):
    email: str  # as it is mailed
    line: int = 0  # of the file, from 1
    custom: Mapping[str, Any] = field(default_factory=dict)


class PageState(StrEnum):
    WAITING = "WAITING"
    DONE = "DONE"


class PageOutcome(StrEnum):
    """What became of a recipient. The first three are those of its message."""

    SENT = "sent"
    REFUSED = "refused"
    FAILED = "failed"
    REPEATED = "repeated"  # the address is in an earlier page, or earlier in this one
    CANCELED = "canceled"  # before its turn
    WAITING = "waiting"


class BroadcastPage(Struct, frozen=True, kw_only=True):
    number: int  # from 1
    recipients: int
    due_at: str | None = None  # of recipients in one time zone; None: at once
    state: PageState = PageState.WAITING
    handed: int = 0  # recipients that had their turn
    outcomes: Mapping[str, int] = field(default_factory=dict)
    first_at: str = ""  # before which none of its messages was accepted
    last_at: str = ""  # and after which none: exact when it is done
    version: int = 0  # counts what makes an earlier reading of its messages old

    def accepted_between(self, since: str, until: str) -> bool:
        """Returns whether it may have messages of a span. A page without a turn has none."""
        return self.handed > 0 and self.first_at <= until and (self.last_at or since) >= since

    def uncounted(self, outcomes: Mapping[str, int]) -> dict[str, int]:
        """Returns what to add to the sums if these are the page's outcomes. Messages that are redriven change those of a page that is done."""
        names = {**self.outcomes, **outcomes}
        return {name: outcomes.get(name, 0) - self.outcomes.get(name, 0) for name in names}


class Progress(Struct, frozen=True, kw_only=True):
    """Sums over all pages."""

    pages_done: int = 0
    handed: int = 0
    outcomes: Mapping[str, int] = field(default_factory=dict)  # of the pages that are done


def audit_detail(name: str, email_id: int | str, send_at: str | None) -> dict[str, str]:
    """Returns what each entry of the audit log about a broadcast has of it."""
    return {"name": name, "email": str(email_id), **({"send_at": send_at} if send_at else {})}


def place(broadcast_id: str, page: int, index: int) -> str:
    """Returns the place of a recipient. A message names its own, so a repeated address is not taken for another attempt."""
    return f"{broadcast_id}#{page}#{index}"


def page_of(place: str) -> tuple[str, int]:
    """Returns the broadcast's id and the page's number."""
    broadcast_id, page, _ = place.rsplit("#", 2)
    return broadcast_id, int(page)
