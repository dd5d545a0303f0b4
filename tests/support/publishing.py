"""Publication of emails, on the fakes."""

from __future__ import annotations

from functions.steps.emails.publish import PublishEmail
from tests.fakes import Clock
from tests.fakes.contacts import MemorySubscriptionTypes
from tests.fakes.domains import connected
from tests.fakes.emails import MemoryEmails
from tests.fakes.templates import MemorySiteSettings
from tests.support.examples import DOMAIN, a_subscription_type


def publication(emails: MemoryEmails, **partials: str) -> PublishEmail:
    types = [a_subscription_type(id="news"), a_subscription_type(id="ended", active=False)]
    return PublishEmail(
        domains=connected(DOMAIN),
        emails=emails,
        images=emails.images,
        subscription_types=MemorySubscriptionTypes({type_.id: type_ for type_ in types}),
        partial=partials.get,
        site_settings=MemorySiteSettings(),
        clock=Clock(),
        sleep=Clock().sleep,
    )
