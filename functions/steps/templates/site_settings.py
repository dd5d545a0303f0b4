"""The site settings: changed by operators, and printed by templates."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from markupsafe import escape
from msgspec import Struct, field

from functions.core.access.actor import Actor
from functions.core.access.scopes import CONTENT
from functions.core.contacts.subscriptions import unsubscribe_link
from functions.core.emails.email import TRANSACTIONAL
from functions.core.errors import Rejected
from functions.core.templates import site_settings
from functions.core.templates.rendering import Compiled, MarkupValue
from functions.core.templates.site_settings import SiteValues

if TYPE_CHECKING:
    from functions.ports import Clock
    from functions.ports.contacts import SubscriptionTypes
    from functions.ports.templates import SiteSettings

CACHE_SECONDS = 30  # a change takes effect everywhere within this time
UNSUBSCRIBE_FROM, UNSUBSCRIBE_FROM_ALL = "Unsubscribe from %(type)s", "Unsubscribe from all"

Translate = Callable[[str, str], str]  # a language, and a text in English


def change_settings(stored: SiteSettings, changes: Mapping[str, Any], by: Actor) -> Mapping[str, str]:
    """Returns all settings. Raises Forbidden, and Rejected with every error."""
    by.require(CONTENT)
    if errors := [*site_settings.change_errors(changes)]:
        raise Rejected(errors)
    return stored.change(changes)


class SiteVariables(Struct, frozen=True, kw_only=True):
    """The step with its dependencies. A template without one of these variables costs no call."""

    settings: SiteSettings
    subscription_types: SubscriptionTypes
    portal_id: int
    translate: Translate
    clock: Clock
    _cached: dict[str, tuple[float, Any]] = field(default_factory=dict)

    def __call__(
        self, template: Compiled, language: str, unsubscribe_url: str, values: SiteValues | None = None
    ) -> dict[str, Any]:
        """Returns the variables of core.templates.site_settings that the template uses. Without a URL, a mail has no unsubscribe link.
        Without `values`, they have today's.
        """
        used, variables = template.site_variables, dict[str, Any]()
        values = values or self.values(template)
        if used & {site_settings.MAP, *site_settings.NAMES}:
            variables |= {**values.settings, site_settings.MAP: dict(values.settings)}
        if used & {site_settings.SUBSCRIPTION_NAME, *site_settings.UNSUBSCRIBE_MARKUP}:
            name = values.subscription_name
            variables |= {site_settings.SUBSCRIPTION_NAME: name, **self._links(name, language, unsubscribe_url)}
        return variables | dict.fromkeys(site_settings.STAGE_IDS, self.portal_id) if used else variables

    def values(self, template: Compiled) -> SiteValues:
        """Returns the stored values that the template may print."""
        used, settings, name = template.site_variables, dict[str, str](), ""
        if used & {site_settings.MAP, *site_settings.NAMES}:
            settings = self._cache(site_settings.MAP, self.settings.get)
        if used & {site_settings.SUBSCRIPTION_NAME, *site_settings.UNSUBSCRIBE_MARKUP}:
            name = self._type_name(template.revision.subscription)
        return SiteValues(settings, name)

    def _type_name(self, type_id: str) -> str:
        if type_id == TRANSACTIONAL:
            return ""
        type_ = self._cache(f"type {type_id}", lambda: self.subscription_types.get(type_id))
        return type_.name if type_ else ""

    def _links(self, name: str, language: str, url: str) -> dict[str, MarkupValue]:
        if not url:
            return dict.fromkeys(site_settings.UNSUBSCRIBE_MARKUP, MarkupValue("", ""))
        one = _link(self.translate(language, UNSUBSCRIBE_FROM) % {"type": name}, url)
        whole = _link(self.translate(language, UNSUBSCRIBE_FROM_ALL), url + unsubscribe_link.EVERYTHING_QUERY)
        both = MarkupValue(f"{one.html} | {whole.html}", f"{one.text}\n{whole.text}")
        return dict(zip(site_settings.UNSUBSCRIBE_MARKUP, (both, one), strict=True))

    def _cache(self, key: str, read: Callable[[], Any]) -> Any:
        until, value = self._cached.get(key, (0.0, None))
        if until <= self.clock():
            value = read()
            self._cached[key] = (self.clock() + CACHE_SECONDS, value)
        return value


def _link(words: str, url: str) -> MarkupValue:
    return MarkupValue(f'<a href="{escape(url)}">{escape(words)}</a>', f"{words}: {url}")
