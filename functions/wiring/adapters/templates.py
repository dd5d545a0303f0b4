"""Settings → the adapters of partials and the site's settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.wiring.clients import dynamodb

if TYPE_CHECKING:
    from functions.adapters.templates.partials import DynamoPartials
    from functions.adapters.templates.site_settings import DynamoSiteSettings
    from functions.wiring.container import Container


def partials(c: Container) -> DynamoPartials:
    from functions.adapters.templates.partials import DynamoPartials

    return DynamoPartials(c.get(dynamodb), c.settings.emails_table)


def site_settings(c: Container) -> DynamoSiteSettings:
    from functions.adapters.templates.site_settings import DynamoSiteSettings

    return DynamoSiteSettings(c.get(dynamodb), c.settings.emails_table)
