"""Manage automations: drafts, publishing, pausing, and what stops their runs."""

from __future__ import annotations

from collections.abc import Collection

from msgspec import Struct
from msgspec.structs import replace

from functions.core import timestamps
from functions.core.access.actor import Actor
from functions.core.access.scopes import MARKETING_EMAIL
from functions.core.automations import automation as automations
from functions.core.automations import checking, email_needs
from functions.core.automations.automation import (
    AUTOMATIONS_MAX,
    VERSIONS_MAX,
    Automation,
    AutomationStatus,
    AutomationVersion,
)
from functions.core.automations.checking import AutomationEmail, StageNames
from functions.core.automations.definition import (
    AddToList,
    DateTrigger,
    Definition,
    EmailTrigger,
    ListTrigger,
    NotOpenedTrigger,
    RemoveFromList,
    SendEmail,
)
from functions.core.automations.jobs import ScanDates, StopRuns
from functions.core.emails.email import AUTOMATION, Email
from functions.core.errors import Conflict, FieldError, NotFound, Rejected
from functions.ports import Clock
from functions.ports.automations import AutomationQueue, Automations
from functions.ports.contacts import ContactLists
from functions.ports.emails import Emails
from functions.ports.webhooks import WebhookEndpoints
from functions.steps.contacts.properties import ContactProperties

ATTEMPTS = 5


class CheckedDefinition(Struct, frozen=True):
    """What a check found. Only errors prevent publishing."""

    errors: list[FieldError]
    warnings: list[FieldError]


class PublishedAutomation(Struct, frozen=True):
    automation: Automation
    warnings: list[FieldError]


class AutomationEditor(Struct, frozen=True, kw_only=True):
    """The steps with their dependencies. Each change raises Forbidden without the scope of marketing email."""

    automations: Automations
    emails: Emails
    lists: ContactLists
    properties: ContactProperties
    endpoints: WebhookEndpoints
    queue: AutomationQueue
    clock: Clock
    message_days: int  # for which messages are stored

    def all(self) -> list[Automation]:
        return self.automations.all()

    def get(self, automation_id: int) -> Automation:
        """Raises NotFound."""
        automation = self.automations.get(automation_id)
        if automation is None:
            raise NotFound(f"there is no automation {automation_id}")
        return automation

    def draft(self, automation_id: int) -> str:
        """Returns the text of the draft: what will be published next. Raises NotFound."""
        self.get(automation_id)
        return self.automations.draft(automation_id)

    def version(self, automation_id: int, number: int) -> AutomationVersion:
        """Raises NotFound."""
        self.get(automation_id)
        version = self.automations.version(automation_id, number)
        if version is None:
            raise NotFound(f"automation {automation_id} has no version {number}")
        return version

    def versions(self, automation_id: int) -> list[AutomationVersion]:
        """Returns the published versions, the latest first. Raises NotFound."""
        self.get(automation_id)
        return self.automations.versions(automation_id)

    def create(self, text: str, by: Actor) -> Automation:
        """Raises Rejected for a text that is no definition, and Conflict if there are too many automations."""
        by.require(MARKETING_EMAIL)
        definition, _ = checking.read(text)
        now = self._now()
        for _ in range(ATTEMPTS):
            existing = self.automations.all()
            if len(existing) >= AUTOMATIONS_MAX:
                raise Conflict(f"there are {AUTOMATIONS_MAX} automations already: delete one first")
            created = Automation(
                id=self.automations.next_id(max((one.id for one in existing), default=0) + 1),
                name=definition.name,
                created_at=now,
                created_by=by.name,
                updated_at=now,
                updated_by=by.name,
            )
            if saved := self.automations.save(created):
                self.automations.save_draft(saved.id, text)
                return saved
        raise Conflict("automations are being created by others: try again")

    def update(self, automation_id: int, text: str, by: Actor, change: int | None = None) -> Automation:
        """Replaces the draft. `change`: of the automation that was read. Raises NotFound, Rejected and Conflict."""
        before = self._unchanged(automation_id, change, by)
        definition, _ = checking.read(text)
        name = before.name if before.published_version else definition.name
        saved = self._save(replace(before, name=name, updated_at=self._now(), updated_by=by.name))
        self.automations.save_draft(automation_id, text)
        return saved

    def check(self, text: str, automation_id: int | None = None) -> CheckedDefinition:
        """Returns every error of a text, by line and column: those of its form, or else what the stage does not have. Returns what its
        emails lack as warnings.
        """
        try:
            definition, source = checking.read(text)
        except Rejected as error:
            return CheckedDefinition(list(error.errors), [])
        names = self.names(definition)
        errors = checking.stage_errors(definition, names, automation_id)
        warnings = email_needs.warnings_of(definition, names)
        return CheckedDefinition(checking.in_order(errors, source), checking.in_order(warnings, source))

    def publish(self, automation_id: int, by: Actor, change: int | None = None) -> PublishedAutomation:
        """Makes the draft the version that contacts enter from now on. Who is inside goes on in their own version. Raises NotFound,
        Rejected and Conflict.
        """
        before = self._unchanged(automation_id, change, by)
        text = self.automations.draft(automation_id)
        checked = self.check(text, automation_id)
        if checked.errors:
            raise Rejected(checked.errors)
        if before.published_version >= VERSIONS_MAX:
            raise Conflict(f"automation {automation_id} has {VERSIONS_MAX} versions, which is the most: make a new one")
        definition, _ = checking.read(text)
        now = self._now()
        after = replace(
            before,
            **automations.with_published(before, definition, self.properties.list()),
            updated_at=now,
            updated_by=by.name,
            published_at=now,
            published_by=by.name,
        )
        version = AutomationVersion(number=after.published_version, text=text, at=now, by=by.name)
        if not self.automations.add_version(automation_id, version):
            stored = self.automations.version(automation_id, version.number)
            if stored is None or stored.text != text:  # else: an earlier publish of this text died before its end
                raise Conflict("the automation was published by another meanwhile: read it, and try again")
        saved = self._save(after)
        if isinstance(definition.trigger, DateTrigger):
            self.queue.put([ScanDates(automation=saved.id, version=saved.published_version)])
        return PublishedAutomation(saved, checked.warnings)

    def pause(self, automation_id: int, by: Actor) -> Automation:
        """No contact enters any more, and the runs inside go on. Raises NotFound, and Conflict if it was never published."""
        return self._switch(automation_id, AutomationStatus.PAUSED, by)

    def resume(self, automation_id: int, by: Actor) -> Automation:
        """Raises NotFound, and Conflict if it was never published."""
        return self._switch(automation_id, AutomationStatus.ACTIVE, by)

    def stop_runs(self, automation_id: int, by: Actor) -> Automation:
        """Pauses the automation, and stops every run in it. Raises NotFound, and Conflict if it was never published."""
        saved = self.pause(automation_id, by)
        self.queue.put([StopRuns(automation=automation_id, reason=f"stopped by {by.name}")])
        return saved

    def delete(self, automation_id: int, by: Actor) -> None:
        """Raises Forbidden, NotFound, and Conflict if contacts may enter it."""
        by.require(MARKETING_EMAIL)
        automation = self.get(automation_id)
        if automation.is_active:
            raise Conflict(f"automation {automation_id} is active: stop its runs first")
        self.automations.delete(automation)

    def _switch(self, automation_id: int, status: AutomationStatus, by: Actor) -> Automation:
        by.require(MARKETING_EMAIL)
        before = self.get(automation_id)
        if not before.published_version:
            raise Conflict(f"automation {automation_id} was never published")
        return self._save(replace(before, status=status, updated_at=self._now(), updated_by=by.name))

    def _unchanged(self, automation_id: int, change: int | None, by: Actor) -> Automation:
        by.require(MARKETING_EMAIL)
        automation = self.get(automation_id)
        if change is not None and automation.change != change:
            raise Conflict(
                f"automation {automation_id} was changed by {automation.updated_by} meanwhile: read it, and try again"
            )
        return automation

    def _save(self, automation: Automation) -> Automation:
        saved = self.automations.save(automation)
        if saved is None:
            raise Conflict("the automation was changed meanwhile: read it, and try again")
        return saved

    def names(self, definition: Definition) -> StageNames:
        """Returns what the stage has of what the definition names."""
        emails = {step.email for step in definition.steps if isinstance(step, SendEmail)}
        lists = {step.list for step in definition.steps if isinstance(step, AddToList | RemoveFromList)}
        if isinstance(definition.trigger, ListTrigger):
            lists.add(definition.trigger.list)
        if isinstance(definition.trigger, EmailTrigger | NotOpenedTrigger):
            emails.add(definition.trigger.email)
        stored = (self.lists.get(number) for number in lists)
        existing = [one for one in stored if one and not one.deleted_at]
        return StageNames(
            properties=self.properties.list(),
            emails=self._emails(emails),
            lists={one.id: one.name for one in existing},
            dynamic_lists={one.id for one in existing if one.is_dynamic},
            endpoints={one.id: one.label for one in self.endpoints.all()},
            automations={one.id: one.name for one in self.automations.all()},
            message_days=self.message_days,
        )

    def _emails(self, numbers: Collection[int]) -> dict[int, AutomationEmail]:
        emails = (self.emails.get(number) for number in sorted(numbers))
        return {
            email.id: AutomationEmail(name=email.name, refusal=_why_not(email), required=email.required_properties)
            for email in emails
            if email
        }

    def _now(self) -> str:
        return timestamps.iso(self.clock())


def _why_not(email: Email) -> str:
    """Returns why an automation cannot send an email, or an empty text."""
    if email.sendable_as(AUTOMATION):
        return ""
    if email.subcategory not in AUTOMATION:
        return f"email {email.id} is a {email.subcategory} email: save it for automation first"
    return f"email {email.id} is {'archived' if email.archived_at else 'not published'}"
