"""Partials, and the check of an email's templates."""

from __future__ import annotations

from typing import Annotated, Any, cast

from msgspec import Meta, defstruct, field

from functions.core.templates import site_settings
from functions.routes.http.models import ApiModel, OpenModel, OwnModel


class PartialPutRequest(OwnModel):
    text: Annotated[str, Meta(description='replaces {% include "name" %} in an email: Jinja2 in MJML, HTML or text')]


class PartialView(ApiModel):
    name: str
    text: str
    bundled: Annotated[bool, Meta(description="it comes with Staffetta, and no stored partial overrides it")]


class PartialName(ApiModel):
    name: str
    bundled: bool


class PartialList(ApiModel):
    results: list[PartialName]


_Setting = Annotated[str, Meta(max_length=site_settings.VALUE_MAX, description="one line")] | None
# A setting has HubSpot's name here too, as templates write it.


def _model_of_settings(name: str, meaning: str) -> type[OwnModel]:
    fields = [(setting, _Setting, None) for setting in site_settings.NAMES]
    return cast(
        "type[OwnModel]",
        defstruct(name, fields, bases=(OwnModel,), namespace={"__doc__": meaning}, rename=None),
    )


SiteSettingsView = _model_of_settings("SiteSettingsView", "The site settings. A setting without a value is absent.")
SiteSettingsChange = _model_of_settings(
    "SiteSettingsChange", "A change of some site settings. Null, or an empty text, removes a setting."
)


class TemplateIssue(ApiModel):
    """An error or a warning in a template. Line and column count from 1; they are absent if they are unknown."""

    where: str
    message: str
    code: str
    line: int | None = None
    column: int | None = None


class EmailCheck(ApiModel):
    """The result of publishing, without publishing. With `faults`, publishing is refused."""

    publishable: bool
    errors: list[TemplateIssue] = field(name="faults")
    warnings: list[TemplateIssue]


class EmailContract(OpenModel):
    """A JSON Schema (2020-12) of `contactProperties` and `customProperties`. A send without a required property is refused by its name."""

    type: str
    properties: dict[str, Any]
