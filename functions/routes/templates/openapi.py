"""What the OpenAPI document says of this room's operations."""

from __future__ import annotations

from functions.routes.http.operation_doc import OperationDoc
from functions.routes.templates import models

OPERATION_DOCS = {
    "list_partials": OperationDoc("Texts that emails share by including them", models.PartialList),
    "get_partial": OperationDoc("A partial", models.PartialView),
    "put_partial": OperationDoc(
        "Store a partial, over a bundled one too: emails have it when they are published next",
        models.PartialView,
        models.PartialPutRequest,
    ),
    "delete_partial": OperationDoc("Remove a stored partial; a bundled one of its name shows again", None),
}
