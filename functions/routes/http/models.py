"""What every model is made of."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct


class ApiModel(Struct, rename="camel", omit_defaults=True):
    """What has its default is left out of an answer: absent is how HubSpot says null."""


class OpenModel(ApiModel):
    """A model that allows what it does not name."""


Instant = Annotated[str, Meta(description="ISO-8601 with milliseconds, UTC", extra_json_schema={"format": "date-time"})]
