"""Partials, and what is told of an email's templates."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta

from functions.routes.http.models import ApiModel, OpenModel


class PartialPutRequest(ApiModel):
    text: Annotated[
        str, Meta(description='what stands where an email says {% include "name" %}: Jinja2 in MJML, HTML or text')
    ]


class PartialView(ApiModel):
    name: str
    text: str
    bundled: Annotated[bool, Meta(description="it comes with Staffetta, and none was stored over it")]


class PartialName(ApiModel):
    name: str
    bundled: bool


class PartialList(ApiModel):
    results: list[PartialName]


class TemplateFault(ApiModel):
    """Of a template: where and what, and where it is known the line and the column, from 1."""

    where: str
    message: str
    code: str
    line: int | None = None
    column: int | None = None


class EmailCheck(ApiModel):
    """What publishing would say: with faults, it would refuse."""

    publishable: bool
    faults: list[TemplateFault]
    warnings: list[TemplateFault]


class EmailContract(OpenModel):
    """A JSON Schema (2020-12) of `contactProperties` and `customProperties`. What it requires is refused by name where a send lacks it."""

    type: str
    properties: dict[str, Any]
