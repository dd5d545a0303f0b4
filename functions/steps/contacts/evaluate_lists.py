"""Evaluate lists: the contacts that pass the filters join, and of a dynamic list, members that do not pass leave.

Each part of an evaluation is work of its own: it reads a share of the contacts, or the members, page by page, and queues its continuation
when its time is over. A repeated part changes nothing, so a killed worker loses nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from functions.core import timestamps
from functions.core.broadcasts.jobs import EvaluateJob, RefreshJob
from functions.core.contacts.contact import Contact
from functions.core.contacts.contact_values import values_of
from functions.core.contacts.lists import list_rules
from functions.core.contacts.lists.contact_list import SEGMENTS, ContactList, ListEvaluation
from functions.ports import Clock
from functions.ports.contacts import ContactDirectory, ContactLists, Contacts, ListMembers
from functions.steps.contacts.properties import ContactProperties

SCAN_BATCH = 2000  # items of a read; DynamoDB ends one after 1 MB
MEMBERS_BATCH = 1000
CHUNK = 100  # contacts that one thread adds or removes
AGAIN_SECONDS = 3  # until a list that waits for others is looked at again
LOST_SECONDS = 3600  # after which an evaluation without an end is begun again
Change = Callable[[Sequence[str]], object]
Run = Callable[[Change, Iterable[Sequence[str]]], Iterable[object]]


class ListQueue(Protocol):
    def enqueue(self, *jobs: EvaluateJob | RefreshJob, delay_seconds: int = 0) -> None: ...


class Freshness(StrEnum):
    CURRENT = "CURRENT"
    RUNNING = "RUNNING"  # an evaluation that is recent enough
    WAITING = "WAITING"  # other lists, or an older evaluation, come first


class EvaluateLists(Struct, frozen=True, kw_only=True):
    """The steps with their dependencies. `run` may change several chunks of members at once."""

    lists: ContactLists
    members: ListMembers
    directory: ContactDirectory
    contacts: Contacts
    properties: ContactProperties
    queue: ListQueue
    clock: Clock
    run: Run = map

    def request(self, list_id: int) -> None:
        """Evaluates a list soon."""
        self.queue.enqueue(RefreshJob(list_id, self._now()))

    def are_current(self, list_ids: Iterable[int], since: str) -> bool:
        """Returns whether the lists were evaluated since then, and begins what lacks. A list without filters always is."""
        return not {self._freshness(list_id, since) for list_id in list_ids} - {Freshness.CURRENT}

    def refresh(self, job: RefreshJob) -> None:
        """Begins an evaluation, or looks again soon."""
        if self._freshness(job.list_id, job.since) is Freshness.WAITING:
            self.queue.enqueue(job, delay_seconds=AGAIN_SECONDS)

    def __call__(self, job: EvaluateJob, until: float) -> None:
        """Does a part of an evaluation, and ends before the next page when a later evaluation began: its filters may be others. A deleted
        list is evaluated too: it may be restored.
        """
        position: str | None = job.position
        page = self._members_page if job.part == SEGMENTS else self._contacts_page
        while (one := self._list_of(job)) and position is not None and self.clock() < until:
            position = page(one, job.part, position)
        if one is None:
            return
        if position is None:
            self.lists.end_part(job.list_id, job.number, job.part)
        else:
            self.queue.enqueue(replace(job, position=position))

    def _list_of(self, job: EvaluateJob) -> ContactList | None:
        """Returns None if the job's evaluation is not the latest."""
        one = self.lists.get(job.list_id)
        return one if one and one.evaluation and one.evaluation.number == job.number else None

    def _freshness(self, list_id: int, since: str) -> Freshness:
        one = self.lists.get(list_id)
        if one is None or not one.filter_branch:
            return Freshness.CURRENT
        needed = max(since, one.filters_updated_at) if one.is_dynamic else one.filters_updated_at
        if one.evaluated_at >= needed:
            return Freshness.CURRENT
        if not self.are_current(sorted(one.sources), since):
            return Freshness.WAITING
        latest = one.evaluation
        if latest and latest.began_at != one.evaluated_at and not self._is_over(latest, one):
            if not latest.queued:
                self._enqueue(one, latest)
            return Freshness.RUNNING if latest.began_at >= needed else Freshness.WAITING
        begun = ListEvaluation(number=(latest.number if latest else 0) + 1, began_at=self._now())
        if self.lists.begin_evaluation(list_id, begun):
            self._enqueue(one, begun)
        return Freshness.RUNNING

    def _is_over(self, latest: ListEvaluation, one: ContactList) -> bool:
        """An evaluation by other filters, or one that was lost, does not count."""
        lost_at = timestamps.iso(self.clock() - LOST_SECONDS)
        return latest.began_at < one.filters_updated_at or latest.began_at < lost_at

    def _enqueue(self, one: ContactList, evaluation: ListEvaluation) -> None:
        """A crash between the two leaves the evaluation without its jobs: the next look queues them again."""
        self.queue.enqueue(*(EvaluateJob(one.id, evaluation.number, part) for part in one.parts))
        self.lists.mark_queued(one.id, evaluation.number)

    def _contacts_page(self, one: ContactList, segment: int, position: str) -> str | None:
        page = self.directory.segment(segment, SEGMENTS, position, SCAN_BATCH)
        emails = self._passing(one, {contact.email: contact for contact in page.contacts})
        members = self.members.among(one.id, emails)
        at = self._now()
        self._change(
            lambda chunk: self.members.add(one.id, chunk, at), [email for email in emails if email not in members]
        )
        return page.after

    def _members_page(self, one: ContactList, _: int, position: str) -> str | None:
        members, after = self.members.page(one.id, position, MEMBERS_BATCH)
        emails = [member.email for member in members]
        passing = set(self._passing(one, self.contacts.read_all(emails)))
        self._change(
            lambda chunk: self.members.remove(one.id, chunk), [email for email in emails if email not in passing]
        )
        return after or None

    def _passing(self, one: ContactList, contacts: Mapping[str, Contact]) -> list[str]:
        """Archived and erased contacts pass no filter."""
        branch = one.filter_branch
        present = {
            email: contact for email, contact in contacts.items() if contact.is_stored and not contact.archived_at
        }
        if branch is None:
            return []
        context = list_rules.FilterContext(self.properties.list(), self.clock())
        among = {source: self.members.among(source, list(present)) for source in one.sources}

        def lists_of(email: str) -> Collection[int]:
            return [source for source, emails in among.items() if email in emails]

        return [
            email
            for email, contact in present.items()
            if list_rules.passes(branch, values_of(contact), lists_of(email), context)
        ]

    def _change(self, change: Change, emails: Sequence[str]) -> None:
        chunks = [emails[first : first + CHUNK] for first in range(0, len(emails), CHUNK)]
        for _ in self.run(change, chunks):
            pass

    def _now(self) -> str:
        return timestamps.iso(self.clock())
