"""A list of contacts. Actors choose its members one by one, or filters choose them: once, or at each evaluation.

An evaluation is made of parts: each reads a share of the contacts, or the members, and no part waits for another.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from msgspec import Struct

from functions.core.contacts.lists.list_filters import FilterBranch, lists_in

LISTS_MAX = 1000  # HubSpot's own limit: every look-up by name reads all of them
NAME_MAX = 200  # characters
MEMBERS_MAX = 500  # contacts that one request adds or removes
SHARDS = 16  # of a list's members, so that a list takes 16,000 changes a second
SEGMENTS = 4  # of the contacts, which an evaluation reads at the same time
CONTACT_TYPE_ID = "0-1"  # HubSpot's number of the object type


class ProcessingType(StrEnum):
    """HubSpot's words for who chooses the members."""

    MANUAL = "MANUAL"  # actors
    DYNAMIC = "DYNAMIC"  # the filters, at each evaluation
    SNAPSHOT = "SNAPSHOT"  # the filters once, and actors afterwards


class ContactList(Struct, frozen=True, kw_only=True):
    id: int
    name: str
    created_at: str
    updated_at: str
    created_by: str
    updated_by: str
    size: int = 0
    list_version: int = 1  # how often it was renamed, deleted or restored, from 1
    deleted_at: str | None = None
    processing_type: ProcessingType = ProcessingType.MANUAL
    filter_branch: FilterBranch | None = None
    filters_updated_at: str = ""
    evaluation: ListEvaluation | None = None  # the latest
    evaluated_at: str = ""  # when the latest evaluation began that has ended

    @property
    def is_dynamic(self) -> bool:
        return self.processing_type is ProcessingType.DYNAMIC

    @property
    def parts(self) -> Sequence[int]:
        """The parts of an evaluation. A snapshot begins without members, so none has to leave it."""
        return range(SEGMENTS + self.is_dynamic)

    @property
    def is_current(self) -> bool:
        """Whether its filters were evaluated since they were written."""
        return not self.filter_branch or self.evaluated_at >= self.filters_updated_at

    @property
    def sources(self) -> frozenset[int]:
        """The lists into which its filters look."""
        return lists_in(self.filter_branch) if self.filter_branch else frozenset()


class ListEvaluation(Struct, frozen=True, kw_only=True):
    number: int  # from 1
    began_at: str
    queued: bool = False  # its parts have their jobs
    parts_done: tuple[int, ...] = ()


class Membership(Struct, frozen=True):
    list_id: int
    email: str
    joined_at: str
    moved: bool = False  # the person joined with another address
