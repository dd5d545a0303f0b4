"""Templates: partials, stored and bundled, and site settings."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from functions.wiring.adapters.contacts import subscription_types
from functions.wiring.adapters.templates import partials, site_settings

if TYPE_CHECKING:
    from functions.core.access.actor import Actor
    from functions.steps.templates.partials import PartialLibrary
    from functions.steps.templates.site_settings import SiteVariables
    from functions.wiring.container import Container


def partial_library(c: Container) -> PartialLibrary:
    from functions.adapters.templates import starters
    from functions.steps.templates.partials import PartialLibrary

    return PartialLibrary(stored=c.get(partials), bundled=starters.partial, bundled_names=starters.partials)


def site_variables(c: Container) -> SiteVariables:
    from functions.steps.templates.site_settings import SiteVariables

    return SiteVariables(
        settings=c.get(site_settings),
        subscription_types=c.get(subscription_types),
        portal_id=c.settings.portal_id,
        translate=_translate,
        clock=c.clock,
    )


def change_site_settings(c: Container) -> Callable[[Mapping[str, Any], Actor], Mapping[str, str]]:
    from functions.steps.templates.site_settings import change_settings

    return functools.partial(change_settings, c.get(site_settings))


def _translate(language: str, text: str) -> str:
    from functions.i18n.catalogs import catalog
    from functions.i18n.languages import negotiated

    return catalog(negotiated([language])).gettext(text)
