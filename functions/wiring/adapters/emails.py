"""Settings → the adapters of emails and images."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.wiring.clients import dynamodb, s3

if TYPE_CHECKING:
    from functions.adapters.emails.emails import DynamoEmails
    from functions.adapters.emails.images import StoredImages
    from functions.adapters.emails.presence import DynamoPresence
    from functions.wiring.container import Container


def emails(c: Container) -> DynamoEmails:
    from functions.adapters.emails.emails import DynamoEmails

    return DynamoEmails(c.get(dynamodb), c.settings.emails_table)


def images(c: Container) -> StoredImages:
    from functions.adapters.emails.images import StoredImages

    settings = c.settings
    return StoredImages(
        c.get(dynamodb), settings.emails_table, lambda: c.get(s3), settings.images_bucket, settings.images_url
    )


def presence(c: Container) -> DynamoPresence:
    from functions.adapters.emails.presence import DynamoPresence

    return DynamoPresence(c.get(dynamodb), c.settings.access_table)
