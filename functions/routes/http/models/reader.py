"""Reads a request's body, query or path by its msgspec model. HubSpot ignores unknown fields, and so do the models of its routes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from functions.core.models.field_errors import FieldErrors
from functions.core.models.reader import reader_of
from functions.http.request import Request
from functions.routes.http.models import ApiModel

Model = TypeVar("Model", bound=ApiModel)


def body_of(request: Request[Any], model: type[Model]) -> Model:
    """Returns the body of a request that has no rules beyond its model. Raises Rejected with every error."""
    errors = FieldErrors()
    body = read_body(model, request.json(), errors)
    errors.check()
    return body


def query_of(request: Request[Any], model: type[Model]) -> Model:
    """Returns the query of a request that has no rules beyond its model. Raises Rejected with every error."""
    errors = FieldErrors()
    query = read_query(model, request.query, errors)
    errors.check()
    return query


def path_of(request: Request[Any], model: type[Model]) -> Model:
    """Returns the parameters in the path. Raises Rejected with every error."""
    errors = FieldErrors()
    path = read_query(model, request.path_parameters, errors)
    errors.check()
    return path


def read_body(model: type[Model], body: Mapping[str, Any], errors: FieldErrors) -> Model:
    """Returns a partly read model if it adds errors."""
    read: Model = reader_of(model).read(body, "", errors)
    return read


def read_query(model: type[Model], query: Mapping[str, str], errors: FieldErrors) -> Model:
    """A query has texts only: `true`, `20`, `a,b`. An empty one is an absent field, unless it is a flag."""
    read: Model = reader_of(model, text=True).read(query, "", errors)
    return read
