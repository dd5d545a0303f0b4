"""Check a broadcast before it is sent: read its whole audience, and count who would get no mail, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from functions.core import timestamps
from functions.core.broadcasts.broadcast import Broadcast, Recipient, SourcePosition
from functions.core.broadcasts.check import AudienceProblem, BroadcastCheck, ProblemKind
from functions.core.broadcasts.jobs import CheckJob
from functions.core.contacts.contact import Contact
from functions.core.csv_file import CsvError
from functions.core.emails.email import TRANSACTIONAL, Email
from functions.core.errors import NotFound
from functions.core.templates.hubl import variables
from functions.core.templates.rendering import Compiled
from functions.ports import Clock, NewId
from functions.ports.broadcasts import BroadcastQueue, Broadcasts
from functions.ports.contacts import Contacts
from functions.ports.emails import Emails
from functions.steps.broadcasts.read_audience import ReadAudience
from functions.steps.broadcasts.send_page import refusal
from functions.steps.contacts.evaluate_lists import AGAIN_SECONDS, EvaluateLists
from functions.steps.sending.deliver import Templates


class CheckBroadcast(Struct, frozen=True, kw_only=True):
    """The step with its dependencies."""

    broadcasts: Broadcasts
    queue: BroadcastQueue
    audience: ReadAudience
    contacts: Contacts
    emails: Emails
    templates: Templates
    lists: EvaluateLists
    clock: Clock
    new_id: NewId

    def request(self, broadcast: Broadcast) -> BroadcastCheck:
        """Queues a check, which replaces an earlier one."""
        check = BroadcastCheck(
            number=self.new_id(),
            started_at=timestamps.iso(self.clock()),
            choice=broadcast.choice,
            position=SourcePosition(),
        )
        self.broadcasts.save_check(broadcast.id, check)
        self.queue.enqueue(CheckJob(broadcast.id, check.number))
        return check

    def latest(self, broadcast: Broadcast) -> BroadcastCheck | None:
        """Returns the check of what the broadcast has now. An earlier one may have counted other people."""
        check = self.broadcasts.check(broadcast.id)
        return check if check and check.is_of(broadcast) else None

    def get(self, broadcast: Broadcast) -> BroadcastCheck:
        """Raises NotFound."""
        check = self.latest(broadcast)
        if check is None:
            broadcast_id = broadcast.id
            raise NotFound(f"broadcast {broadcast_id} was not checked yet")
        return check

    def __call__(self, job: CheckJob, until: float) -> None:
        """Works until it is done or the time is over, and then queues its own continuation. If the check was changed meanwhile, that one
        repeats the work: an erasure may have removed a person who was read before.
        """
        broadcast = self.broadcasts.get(job.broadcast_id)
        check = self.latest(broadcast) if broadcast else None
        if broadcast is None or check is None or check.number != job.number or check.done:
            return
        email = self.emails.get(broadcast.email_id)
        if email is None or email.published_revision is None:
            error = f"email {broadcast.email_id} is not published"
            self._save(job, replace(check, position=None, error=error))
            return
        position = check.position
        if position == SourcePosition() and not self.lists.are_current(broadcast.audience.every_list, check.started_at):
            self.queue.enqueue(job, delay_seconds=AGAIN_SECONDS)
            return
        template = self.templates(email.id, email.published_revision)
        try:
            if broadcast.audience.file and position == SourcePosition():
                check = self._with_unused_columns(check, broadcast, template)
            while position and self.clock() < until:
                page = self.audience(broadcast.audience, position)
                check = replace(check, unreadable=check.unreadable + len(page.problems))
                for problem in page.problems:
                    check = check.with_problem(problem)
                check = self._with_page(check, as_sent(broadcast, email), template, page.recipients)
                position = page.after
        except CsvError as error:
            position, check = None, replace(check, error=f"the file {error}")
        except LookupError:
            position, check = None, replace(check, error="the file is gone: upload it again")
        self._save(job, replace(check, position=position))

    def _save(self, job: CheckJob, check: BroadcastCheck) -> None:
        if check.position is None:
            check = replace(check, done=True, ended_at=timestamps.iso(self.clock()))
        saved = self.broadcasts.update_check(job.broadcast_id, check)
        if not (saved and check.done):
            self.queue.enqueue(job)

    def _with_page(
        self, check: BroadcastCheck, broadcast: Broadcast, template: Compiled, recipients: Sequence[Recipient]
    ) -> BroadcastCheck:
        contacts = self.contacts.read_all([one.email for one in recipients])
        for recipient in recipients:
            contact = contacts.get(recipient.email.lower())
            custom = {**broadcast.custom, **recipient.custom}
            missing = _missing(template, custom)
            refused = refusal(broadcast, template, recipient, contact, custom)
            named = replace(recipient, email="") if broadcast.was_erased(contact) else recipient
            check = check.with_recipient(named, None if missing else refused, missing)
            if broadcast.subscription == TRANSACTIONAL and not refused and _is_suppressed(contact):
                check = replace(check, suppressed=check.suppressed + 1)
        return check

    def _with_unused_columns(self, check: BroadcastCheck, broadcast: Broadcast, template: Compiled) -> BroadcastCheck:
        used = template.revision.contract.get("properties", {}).get("customProperties", {}).get("properties", {})
        for name in self.audience.columns(broadcast.audience.file).properties:
            if name.split(".")[0] not in used:
                message = f"the email uses no custom.{name}: the column is not part of any mail"
                check = check.with_problem(AudienceProblem(ProblemKind.UNUSED_COLUMN, message, 1))
        return check


def as_sent(broadcast: Broadcast, email: Email) -> Broadcast:
    """Returns the broadcast as it would begin now."""
    return replace(
        broadcast,
        revision=email.published_revision or 0,
        subscription=email.subscription,
        sensitive=email.sensitive,
    )


def _missing(template: Compiled, custom: Mapping[str, Any]) -> list[str]:
    return variables.lacking(template.revision.required_properties, custom)


def _is_suppressed(contact: Contact | None) -> bool:
    """SES does not deliver even transactional mail to an address that bounced for good or complained."""
    return contact is not None and bool(contact.quarantine or contact.has_complained)
