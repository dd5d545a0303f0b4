"""Observe: what happens to contacts and mails → jobs of the automations that it concerns. Without automations it costs one read a moment."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from msgspec import Struct

from functions.core.automations import automation as automations
from functions.core.automations.automation import Automation
from functions.core.automations.jobs import ContactChanged, ContactMerged, Job, ListJoined, MailHappened
from functions.core.contacts.contact import Contact
from functions.core.contacts.lists.contact_list import Membership
from functions.core.sending.send import Message
from functions.core.webhooks import webhook_events
from functions.core.webhooks.webhook_events import MessageEventType
from functions.ports.automations import AutomationQueue
from functions.steps.automations.advance_run import engagement
from functions.steps.automations.definitions import AutomationCatalog


class Observe(Struct, frozen=True, kw_only=True):
    """The step with its dependencies. Each method returns how many jobs it queued."""

    catalog: AutomationCatalog
    queue: AutomationQueue

    def messages(self, changes: Iterable[tuple[Message | None, Message | None]]) -> int:
        if not (all_ := self.catalog.latest()):
            return 0
        return self._put([job for before, after in changes for job in _mail_jobs(all_, before, after)])

    def contacts(self, changes: Iterable[tuple[Contact | None, Contact | None]]) -> int:
        if not (all_ := self.catalog.latest()):
            return 0
        changes = list(changes)
        jobs = [_contact_job(before, after) for before, after in changes if after]
        concerned = [job for job in jobs if job and _concerns(all_, job)]
        return self._put([*concerned, *_merged(changes)])

    def members(self, joined: Iterable[Membership]) -> int:
        if not (all_ := self.catalog.latest()):
            return 0
        return self._put(
            [
                ListJoined(contact=one.email, list=one.list_id, at=one.joined_at)
                for one in joined
                if not one.moved and automations.started_by_list(all_, one.list_id)
            ]
        )

    def _put(self, jobs: Collection[Job]) -> int:
        if jobs:
            self.queue.put(jobs)
        return len(jobs)


def _mail_jobs(all_: Collection[Automation], before: Message | None, after: Message | None) -> Iterator[MailHappened]:
    for event in webhook_events.new_events(before, after):
        was = engagement(event)
        if after is None or after.key.recipient or (was is None and event.type is not MessageEventType.SENT):
            continue
        watched = after.is_automated and any(one.watches_mail for one in all_)
        if watched or automations.started_by_mail(all_, after.email_id, was):
            yield MailHappened(
                id=f"{after.key.send_id}:{was or 'SENT'}",
                contact=after.address,
                email_id=after.email_id,
                message=after.key.send_id,
                at=after.accepted_at,
                automated=after.is_automated,
                was=was,
            )


def _contact_job(before: Contact | None, after: Contact) -> ContactChanged | None:
    """Returns None for an erased or an archived contact, and for a change of no property. A contact that was merged into this one was the same
    person.
    """
    if not after.version or after.archived_at or after.merged_into:
        return None
    existed = before is not None and bool(before.version) and not before.archived_at
    earlier = before.values if before and existed else {}
    names = {*earlier, *after.values}
    changed = {
        name: after.values.get(name, "") for name in sorted(names) if earlier.get(name) != after.values.get(name)
    }
    if existed and not changed:
        return None
    moved = bool({*after.merged} - {*(before.merged if before else ())})
    return ContactChanged(
        id=f"{after.email}@{after.version}",
        contact=after.email,
        at=after.modified_at,
        created=not existed and not moved,
        changed=changed,
        moved=moved,
    )


def _merged(changes: Iterable[tuple[Contact | None, Contact | None]]) -> Iterator[ContactMerged]:
    for before, after in changes:
        if after and after.merged_into and not (before and before.merged_into == after.merged_into):
            yield ContactMerged(contact=after.email, into=after.merged_into)


def _concerns(all_: Collection[Automation], job: ContactChanged) -> bool:
    return bool(automations.started_by_contact(all_, job))
