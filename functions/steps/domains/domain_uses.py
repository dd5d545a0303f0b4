"""What sends as a domain: emails that are published, automations, broadcasts under way, and scheduled sends."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from enum import StrEnum

from msgspec import Struct

from functions.core.addresses import Address
from functions.core.automations import checking
from functions.core.automations.automation import Automation
from functions.core.automations.definition import SendEmail
from functions.core.broadcasts import lifecycle
from functions.core.broadcasts.lifecycle import BroadcastState
from functions.ports.automations import Automations
from functions.ports.broadcasts import Broadcasts
from functions.ports.emails import Emails
from functions.ports.sending import MessageIndex

ANY_TIME = "9999"  # later than every time of a send


class UseKind(StrEnum):
    EMAIL = "email"
    AUTOMATION = "automation"
    BROADCAST = "broadcast"
    SCHEDULED = "scheduled sends of email"


class DomainUse(Struct, frozen=True):
    kind: UseKind
    id: str

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class FindDomainUses(Struct, frozen=True, kw_only=True):
    """The step with its dependencies. A send that has a From of its own is not found: its email's From counts."""

    emails: Emails
    automations: Automations
    broadcasts: Broadcasts
    messages: MessageIndex

    def __call__(self, is_lost: Callable[[Address], bool]) -> list[DomainUse]:
        """`is_lost`: whether the stage could no longer send as an address."""
        emails = [email_id for email_id, revision in self._published() if self._sends(is_lost, email_id, revision)]
        return [
            *(DomainUse(UseKind.EMAIL, str(email_id)) for email_id in emails),
            *(DomainUse(UseKind.AUTOMATION, str(automation.id)) for automation in self._automations(emails)),
            *(DomainUse(UseKind.BROADCAST, broadcast_id) for broadcast_id in self._broadcasts(is_lost)),
            *(DomainUse(UseKind.SCHEDULED, str(email_id)) for email_id in self._scheduled(is_lost)),
        ]

    def _published(self) -> Iterator[tuple[int, int]]:
        for email in self.emails.all():
            if email.published_revision is not None and not email.archived_at:
                yield email.id, email.published_revision

    def _automations(self, emails: Collection[int]) -> Iterator[Automation]:
        """Yields the automations that send one of the emails. A paused automation counts, since its runs go on."""
        for automation in self.automations.all() if emails else ():
            version = self.automations.version(automation.id, automation.published_version)
            definition = checking.read(version.text)[0] if version else None
            steps = definition.steps if definition else ()
            if any(isinstance(step, SendEmail) and step.email in emails for step in steps):
                yield automation

    def _broadcasts(self, is_lost: Callable[[Address], bool]) -> Iterator[str]:
        """A broadcast that has not begun yet sends the email's revision of that time, so its email is the use."""
        for broadcast in self.broadcasts.all():
            is_begun = broadcast.state not in {BroadcastState.DRAFT, *lifecycle.FINAL}
            if is_begun and self._sends(is_lost, broadcast.email_id, broadcast.revision):
                yield broadcast.id

    def _scheduled(self, is_lost: Callable[[Address], bool]) -> list[int]:
        """Returns their emails. A scheduled send keeps the revision that was published when it was accepted."""
        waiting = {(message.email_id, message.revision) for message in self.messages.overdue(ANY_TIME)}
        return sorted({email_id for email_id, revision in waiting if self._sends(is_lost, email_id, revision)})

    def _sends(self, is_lost: Callable[[Address], bool], email_id: int, revision: int) -> bool:
        return bool(revision) and is_lost(self.emails.revision(email_id, revision).sender)
