"""Create an automation from a starter: first its emails and the properties of contacts that the stage lacks, then the draft."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress

from msgspec import Struct

from functions.core.access.actor import Actor
from functions.core.access.scopes import CONTACT_DATA, CONTENT, MARKETING_EMAIL
from functions.core.addresses import Address
from functions.core.automations.automation import Automation
from functions.core.automations.starter import AutomationStarter
from functions.core.errors import Conflict, NotFound
from functions.ports.emails import Emails
from functions.steps.automations.manage_automations import AutomationEditor
from functions.steps.contacts.properties import ContactProperties
from functions.steps.emails.publish import PublishEmail


class FromStarter(Struct, frozen=True):
    automation: Automation
    published: tuple[int, ...]  # the emails that were published for it


class CreateFromStarter(Struct, frozen=True, kw_only=True):
    """The step with its dependencies. `sender` is the From address of the emails if none is stated."""

    names: Callable[[], Sequence[str]]
    load: Callable[[str, Address], AutomationStarter]
    emails: Emails
    publish: PublishEmail
    properties: ContactProperties
    editor: AutomationEditor
    sender: Address

    def all(self) -> list[AutomationStarter]:
        return [self.load(name, self.sender) for name in self.names()]

    def __call__(self, name: str, by: Actor, sender: Address | None = None) -> FromStarter:
        """An email that exists stays as it is. Raises Forbidden, NotFound, Rejected for a sender whose domain is not the stage's, and
        Conflict if there are too many automations.
        """
        by.require(MARKETING_EMAIL)
        if name not in self.names():
            raise NotFound(f"there is no starter {name!r}; there are: {', '.join(self.names())}")
        starter = self.load(name, sender or self.sender)
        missing = [draft for draft in starter.emails if self.emails.get(draft.email_id, consistent=True) is None]
        if missing:
            by.require(CONTENT)
        self._define(starter, by)
        for draft in missing:
            self.publish(draft)
        return FromStarter(self.editor.create(starter.text, by), tuple(draft.email_id for draft in missing))

    def _define(self, starter: AutomationStarter, by: Actor) -> None:
        existing = self.properties.list()
        for definition in starter.properties:
            if definition.name not in existing:
                by.require(CONTACT_DATA)
                with suppress(Conflict):  # another caller defined it meanwhile
                    self.properties.create(definition, by)
