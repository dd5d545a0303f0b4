"""Emails: written, previewed, tested and published."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.wiring.adapters import contacts, emails, send_queue, sends, subscription_types
from functions.wiring.random_ids import new_email_number, new_id
from functions.wiring.templates import partial_library

if TYPE_CHECKING:
    from functions.core.emails.email import Draft
    from functions.steps.emails.edit_emails import Authorship
    from functions.steps.emails.preview import Previews
    from functions.steps.emails.publish import Publication
    from functions.steps.emails.read_emails import EmailList
    from functions.steps.emails.send_test import Trials
    from functions.wiring.container import Container


def publish_email(c: Container) -> Publication:
    from functions.steps.emails.publish import Publication

    return Publication(
        domain=c.settings.domain,
        emails=c.get(emails),
        subscription_types=c.get(subscription_types),
        partial=c.get(partial_library).find,
        clock=c.clock,
    )


def edit_emails(c: Container) -> Authorship:
    from functions.steps.emails.edit_emails import Authorship

    return Authorship(
        emails=c.get(emails),
        publish_draft=lambda draft, email, document: c.get(publish_email)(draft, email=email, document=document),
        starters=_starter,
        clock=c.clock,
        new_number=new_email_number,
    )


def previews(c: Container) -> Previews:
    from functions.steps.emails.preview import Previews

    return Previews(
        emails=c.get(emails),
        contacts=c.get(contacts),
        compile=c.get(publish_email).compiled,
        starters=_starter,
        clock=c.clock,
        public_url=c.settings.public_url,
    )


def send_test(c: Container) -> Trials:
    from functions.steps.emails.send_test import Trials

    return Trials(previews=c.get(previews), sends=c.get(sends), queue=c.get(send_queue), clock=c.clock, new_id=new_id)


def read_emails(c: Container) -> EmailList:
    from functions.steps.emails.read_emails import EmailList

    return EmailList(c.get(emails))


def _starter(name: str) -> Draft | None:
    """One of templates/email; the author of an email made from it sets its sender."""
    from functions.adapters.templates import starters
    from functions.core.addresses import Address

    return starters.load(name, Address("")).draft if name in starters.names() else None
