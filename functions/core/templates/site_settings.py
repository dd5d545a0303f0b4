"""Site settings: what templates print of the company and its brand, under HubSpot's names. A stage has one set of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from functions.core.emails.email import EmailBody
from functions.core.errors import FieldError
from functions.core.unknown_names import nearest

NAMES = (
    "company_name",
    "company_street_address_1",
    "company_street_address_2",
    "company_city",
    "company_state",
    "company_zip",
    "company_country",
    "company_phone",
    "company_domain",
    "company_privacy_policy_url",
    "office_location_name",
    "primary_font",
    "primary_font_size",
    "primary_font_color",
    "primary_accent_color",
    "secondary_font",
    "secondary_font_size",
    "secondary_font_color",
    "secondary_accent_color",
    "background_color",
    "body_color",
    "body_border_color",
    "body_border_color_choice",
    "email_body_width",
    "email_body_padding",
    "local_time_zone",
)
MAP = "site_settings"  # the variable that has all of them; each is a variable of its own, too
STAGE_IDS = ("hub_id", "portal_id")
SUBSCRIPTION_NAME = "subscription_name"
UNSUBSCRIBE_MARKUP = ("unsubscribe_section", "unsubscribe_anchor")
VARIABLES = frozenset({*NAMES, MAP, *STAGE_IDS, SUBSCRIPTION_NAME, *UNSUBSCRIBE_MARKUP})
VALUE_MAX = 500  # characters
_NAMED = re.compile(rf"\b(?:{'|'.join(sorted(VARIABLES))})\b")


class SiteValues(Struct, frozen=True):
    """The stored values that a template prints."""

    settings: Mapping[str, str]
    subscription_name: str


def named_in(contents: Mapping[str, EmailBody], from_name: str) -> frozenset[str]:
    """Returns the variables of this module that templates may use: an email without any needs no settings."""
    texts = [from_name, *(text for body in contents.values() for text in (body.subject, body.html, body.text))]
    return frozenset(name for text in texts for name in _NAMED.findall(text))


def setting_of(path: str) -> str | None:
    """Returns the setting of `company_name` and of `site_settings.company_name`, or None."""
    name = path.removeprefix(f"{MAP}.")
    return name if name in NAMES else None


def change_errors(changes: Mapping[str, Any]) -> Iterator[FieldError]:
    """Yields every error of a change. A null, or an empty text, removes a setting."""
    for name, value in changes.items():
        if name not in NAMES:
            near = nearest(name, NAMES)
            advice = f"did you mean {near}?" if near else f"the settings are {', '.join(NAMES)}"
            yield FieldError(name[:VALUE_MAX], f"is not a site setting: {advice}", "UNKNOWN_FIELD")
        elif value is not None and not (isinstance(value, str) and len(value) <= VALUE_MAX and _is_line(value)):
            yield FieldError(name, f"must be one line of at most {VALUE_MAX} characters, or null")


def _is_line(value: str) -> bool:
    return value.isprintable()


def changed(settings: Mapping[str, str], changes: Mapping[str, str | None]) -> dict[str, str]:
    """Returns the settings that have a value after a change, in the order of NAMES."""
    merged = {**settings, **changes}
    values = {name: (merged.get(name) or "").strip() for name in NAMES}
    return {name: value for name, value in values.items() if value}
