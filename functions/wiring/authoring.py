"""Emails: written, tried out, published."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from functions.adapters.templates import starters
from functions.adapters.templates.partials import DynamoPartials
from functions.core.addresses import Address
from functions.core.emails.email import Draft
from functions.steps.emails.edit_emails import Authorship
from functions.steps.emails.preview import Previews
from functions.steps.emails.publish import Publication
from functions.steps.emails.read_emails import EmailList
from functions.steps.emails.send_test import Trials
from functions.steps.templates.partials import Sharing
from functions.wiring.chance import new_email_number, new_id

if TYPE_CHECKING:
    from functions.wiring import Wiring


class Authoring:
    def __init__(self, wired: Wiring) -> None:
        self.wired = wired

    @cached_property
    def publication(self) -> Publication:
        return Publication(
            domain=self.wired.settings.domain,
            emails=self.wired.emails,
            subscription_types=self.wired.subscription_types,
            partial=self.sharing.find,
            clock=self.wired.clock,
        )

    @cached_property
    def sharing(self) -> Sharing:
        stored = DynamoPartials(self.wired.clients.dynamodb, self.wired.settings.emails_table)
        return Sharing(stored=stored, bundled=starters.partial, bundled_names=starters.partials)

    @cached_property
    def authorship(self) -> Authorship:
        return Authorship(
            emails=self.wired.emails,
            publish_draft=lambda draft, email, document: self.publication(draft, email=email, document=document),
            starters=_starter,
            clock=self.wired.clock,
            new_number=new_email_number,
        )

    @cached_property
    def previews(self) -> Previews:
        return Previews(
            emails=self.wired.emails,
            contacts=self.wired.contacts,
            compile=self.publication.compiled,
            starters=_starter,
            clock=self.wired.clock,
            public_url=self.wired.settings.public_url,
        )

    @cached_property
    def trials(self) -> Trials:
        return Trials(
            previews=self.previews,
            sends=self.wired.sends,
            queue=self.wired.send_queue,
            clock=self.wired.clock,
            new_id=new_id,
        )

    @cached_property
    def email_list(self) -> EmailList:
        return EmailList(self.wired.emails)


def _starter(name: str) -> Draft | None:
    """One of templates/email; the author of an email made from it says who sends it."""
    return starters.load(name, Address("")).draft if name in starters.names() else None
