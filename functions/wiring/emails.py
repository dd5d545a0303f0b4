"""Emails: written, previewed, tested and published."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.adapters.aws import waiting
from functions.settings import NO_HOST
from functions.wiring.adapters.broadcasts import broadcast_store
from functions.wiring.adapters.contacts import contacts, subscription_types
from functions.wiring.adapters.emails import emails, images, presence
from functions.wiring.adapters.sending import message_index, send_queue, sends
from functions.wiring.adapters.templates import site_settings
from functions.wiring.domains import read_domains
from functions.wiring.random_ids import new_email_number, new_id
from functions.wiring.templates import partial_library, site_variables

if TYPE_CHECKING:
    from functions.core.emails.email import EmailDraft
    from functions.steps.emails.edit_blocks import BlockEditor
    from functions.steps.emails.edit_emails import EmailEditor
    from functions.steps.emails.get_contract import GetContract
    from functions.steps.emails.images import ImageLibrary
    from functions.steps.emails.partial_preview import PartialPreviews
    from functions.steps.emails.preview import PreviewEmail
    from functions.steps.emails.publish import PublishEmail
    from functions.steps.emails.read_emails import ReadEmails
    from functions.steps.emails.report_presence import ReportPresence
    from functions.steps.emails.send_test import SendTest
    from functions.steps.emails.starter_gallery import StarterGallery
    from functions.wiring.container import Container


def publish_email(c: Container) -> PublishEmail:
    from functions.steps.emails.publish import PublishEmail

    return PublishEmail(
        domains=c.get(read_domains),
        emails=c.get(emails),
        images=c.get(images),
        subscription_types=c.get(subscription_types),
        partial=c.get(partial_library).find,
        site_settings=c.get(site_settings),
        clock=c.clock,
        sleep=waiting.sleep,
    )


def edit_emails(c: Container) -> EmailEditor:
    from functions.steps.emails.edit_emails import EmailEditor

    return EmailEditor(
        emails=c.get(emails),
        publish_draft=lambda draft, email, document: c.get(publish_email)(draft, email=email, document=document),
        starters=_starter,
        clock=c.clock,
        sleep=waiting.sleep,
        new_number=new_email_number,
    )


def edit_blocks(c: Container) -> BlockEditor:
    from functions.steps.emails.edit_blocks import BlockEditor

    return BlockEditor(c.get(partial_library).find, c.get(site_settings).get)


def image_library(c: Container) -> ImageLibrary:
    from functions.steps.emails.image_uses import FindImageUses
    from functions.steps.emails.images import ImageLibrary

    uses = FindImageUses(emails=c.get(emails), broadcasts=c.get(broadcast_store), messages=c.get(message_index))
    return ImageLibrary(images=c.get(images), uses=uses, clock=c.clock, served=c.settings.images_url != NO_HOST)


def get_contract(c: Container) -> GetContract:
    from functions.steps.emails.get_contract import GetContract

    return GetContract(c.get(emails))


def previews(c: Container) -> PreviewEmail:
    from functions.steps.emails.preview import PreviewEmail

    return PreviewEmail(
        emails=c.get(emails),
        contacts=c.get(contacts),
        compile=c.get(publish_email).compiled,
        starters=_starter,
        clock=c.clock,
        public_url=c.settings.public_url,
        site=c.get(site_variables),
    )


def send_test(c: Container) -> SendTest:
    from functions.steps.emails.send_test import SendTest

    return SendTest(preview=c.get(previews), sends=c.get(sends), queue=c.get(send_queue), clock=c.clock, new_id=new_id)


def read_emails(c: Container) -> ReadEmails:
    from functions.steps.emails.read_emails import ReadEmails

    return ReadEmails(c.get(emails))


def starter_gallery(c: Container) -> StarterGallery:
    from functions.adapters.templates import starters
    from functions.core.addresses import Address
    from functions.steps.emails.starter_gallery import StarterGallery

    sender = Address(f"no-reply@{c.settings.domain}")
    return StarterGallery(names=starters.names, load=starters.load, editor=c.get(edit_emails), sender=sender)


def report_presence(c: Container) -> ReportPresence:
    from functions.steps.emails.report_presence import ReportPresence

    return ReportPresence(c.get(presence), c.clock)


def partial_previews(c: Container) -> PartialPreviews:
    from functions.steps.emails.partial_preview import PartialPreviews

    return PartialPreviews(
        publication=c.get(publish_email),
        previews=c.get(previews),
        partial=c.get(partial_library).find,
        emails=c.get(emails),
        gallery=c.get(starter_gallery),
        starters=_starter,
    )


def _starter(name: str) -> EmailDraft | None:
    """One of templates/email; the author of an email made from it sets its sender."""
    from functions.adapters.templates import starters
    from functions.core.addresses import Address

    return starters.load(name, Address("")).draft if name in starters.names() else None
