"""Partials, and the check of an email's templates."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta, field

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
