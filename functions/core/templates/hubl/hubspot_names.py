"""HubSpot's variables and functions that have no value here, and what to write instead."""

from __future__ import annotations

from collections.abc import Collection

from functions.core.unknown_names import nearest

_TEXT = "write the text itself, or use a property of the request"
_PAGE = "write view_as_page_url: the page of a mail"
_OBJECT = "CRM objects are not read: give the value with the request, as a property of custom"

OPTIONAL = frozenset({"account", "company", "owner"})  # allowed with a default, which they then have

INSTEAD = {
    **dict.fromkeys(["account", "company", "owner"], f"it has no value here: give it a default, or {_TEXT}"),
    **dict.fromkeys(["deal", "ticket", "quote", "line_item", "product", "crm_object", "crm_objects"], _OBJECT),
    **dict.fromkeys(["crm_associations", "crm_property_definition"], _OBJECT),
    **dict.fromkeys(["module", "widget_data"], "modules are not read: write their content itself"),
    **dict.fromkeys(["cta", "follow_me_links", "module_asset_url"], "write the link itself: <a>"),
    **dict.fromkeys(["get_asset_url", "get_public_template_url"], "write the address itself"),
    **dict.fromkeys(["email_header", "email_footer"], "write its content itself, or include a partial"),
    **dict.fromkeys(["standard_header_includes", "standard_footer_includes"], "a mail needs none: remove it"),
    "view_as_page_section": 'write <a href="{{ view_as_page_url }}">',
    **dict.fromkeys(["hub_domain", "request"], _TEXT),
    "subject": "write content.subject",
    "subscription_confirmation_url": "link to {{ unsubscribe_link }}, whose page changes subscriptions",
}
# Members of HubSpot's variables.
NO_MEMBER = {
    **dict.fromkeys(["content.absolute_url", "content.url", "content.slug"], _PAGE),
    **dict.fromkeys(["content.body", "content.emailbody", "content.email_body"], "write the body itself"),
    **dict.fromkeys(["content.campaign", "content.campaign_name", "content.author_name"], _TEXT),
    "content.widgets": "modules are not read: write their content itself",
    "site_settings.companyDomain": "write site_settings.company_domain",
    "site_settings.companyName": "write site_settings.company_name",
}


def unknown(name: str, names: Collection[str]) -> str:
    """Returns the error of a name that is not among `names`, and that the template does not set."""
    if name in INSTEAD:
        return f"'{name}' is HubSpot's, and is not available: {INSTEAD[name]}"
    near = nearest(name, names)
    advice = f"; did you mean {near}?" if near else ""
    return f"'{name[:40]}' is not defined: a property of the request is custom.{name[:40]}{advice}"
