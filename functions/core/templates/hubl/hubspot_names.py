"""HubSpot's variables and functions that have no value here, and what to write instead."""

from __future__ import annotations

_TEXT = "write the text itself, or use a property of the request"
_COLOUR = "write the value itself, or {% set %} it in a partial"
_OBJECT = "CRM objects are not read: give the value with the request, as a property of custom"

OPTIONAL = frozenset({"account", "company", "owner"})  # allowed with a default, which they then have

INSTEAD = {
    **dict.fromkeys(["site_settings", "company_name", "company_domain", "company_street_address_1"], _TEXT),
    **dict.fromkeys(["company_city", "company_state", "company_zip", "company_country", "company_phone"], _TEXT),
    **dict.fromkeys(["account", "company", "owner"], f"it has no value here: give it a default, or {_TEXT}"),
    **dict.fromkeys(["deal", "ticket", "quote", "line_item", "product", "crm_object", "crm_objects"], _OBJECT),
    **dict.fromkeys(["crm_associations", "crm_property_definition"], _OBJECT),
    **dict.fromkeys(["primary_font", "primary_font_size", "primary_font_color", "primary_accent_color"], _COLOUR),
    **dict.fromkeys(["secondary_font", "secondary_font_size", "secondary_font_color"], _COLOUR),
    **dict.fromkeys(["secondary_accent_color", "body_color", "background_color", "body_border_color"], _COLOUR),
    **dict.fromkeys(["email_body_width", "email_body_padding", "body_border_color_choice"], _COLOUR),
    **dict.fromkeys(["module", "widget_data"], "modules are not read: write their content itself"),
    **dict.fromkeys(["cta", "follow_me_links", "module_asset_url"], "write the link itself: <a>"),
    **dict.fromkeys(["get_asset_url", "get_public_template_url"], "write the address itself"),
    **dict.fromkeys(
        ["dnd_area_stylesheet", "email_header", "email_footer"], "write its content itself, or include a partial"
    ),
    "view_as_page_section": 'write <a href="{{ view_as_page_url }}">',
    **dict.fromkeys(["unsubscribe_section", "unsubscribe_anchor"], 'write <a href="{{ unsubscribe_link }}">'),
    **dict.fromkeys(["hub_id", "portal_id", "hub_domain", "request"], _TEXT),
    "subscription_name": _TEXT,
    "subscription_confirmation_url": "link to {{ unsubscribe_link }}, whose page changes subscriptions",
    "office_location_name": _TEXT,
    "local_time_zone": "name the time zone: today('Europe/Rome')",
}


def unknown(name: str) -> str:
    """Returns the error of a name that the template does not set."""
    if name in INSTEAD:
        return f"'{name}' is HubSpot's, and is not available: {INSTEAD[name]}"
    return f"'{name[:40]}' is not defined: a property of the request is custom.{name[:40]}"
