"""Our own routes refuse the query parameters and body fields that they do not have. HubSpot's routes ignore them, as HubSpot does.

The model of a query or a body refuses unknown names itself. This refuses those of an operation that has no model.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from functions.core.errors import Rejected
from functions.core.models.field_errors import FieldErrors
from functions.core.models.nodes import report_unknown
from functions.routes.http.gate import ApiOperation, ApiRequest
from functions.routes.operations import room_of
from functions.routes.table import ROUTES

if TYPE_CHECKING:
    from functions.routes.http.operation_doc import OperationDoc

OWN_PREFIX = "/staffetta/"
OWN_OPERATIONS = frozenset(route.operation for route in ROUTES if route.path.startswith(OWN_PREFIX))


def closed(operations: Mapping[str, ApiOperation]) -> dict[str, ApiOperation]:
    """Returns the operations, our own with the check."""
    return {
        name: _closed(operation, name) if name in OWN_OPERATIONS else operation
        for name, operation in operations.items()
    }


def _closed(operation: ApiOperation, name: str) -> ApiOperation:
    def checked(request: ApiRequest) -> Any:
        doc, errors = _doc(name), FieldErrors()
        if doc.query is None:
            report_unknown(request.query, (), "", errors, text=True)
        if doc.request is None:
            report_unknown(_fields(request), (), "", errors, text=False)
        errors.check()
        return operation(request)

    return checked


def _doc(name: str) -> OperationDoc:
    """Imports the models of the operation's room only."""
    doc: OperationDoc = importlib.import_module(f"functions.routes.{room_of(name)}.openapi").OPERATION_DOCS[name]
    return doc


def _fields(request: ApiRequest) -> Mapping[str, Any]:
    """Returns the fields of a body. A body that is no JSON object has none."""
    with suppress(Rejected):
        return request.json()
    return {}
