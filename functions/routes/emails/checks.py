"""The contract of a published email, and the check of a draft, over HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from functions import wiring
from functions.core.emails.email_document import draft_of
from functions.core.errors import FieldError, Rejected, abridged
from functions.routes.emails.email_queries import email_id
from functions.routes.http.gate import ApiOperation, ApiRequest
from functions.routes.templates.models import EmailCheck, TemplateIssue


def get_email_contract(request: ApiRequest) -> dict[str, Any]:
    return dict(wiring.get(wiring.emails.get_contract)(email_id(request)))


def check_email(request: ApiRequest) -> EmailCheck:
    number = email_id(request)
    editor = wiring.get(wiring.emails.edit_emails)
    document = editor.draft(number).document
    try:
        result = wiring.get(wiring.emails.publish_email).check(draft_of(number, document, editor.starters))
    except Rejected as error:  # the document is not a complete draft yet
        return _check(error.errors, ())
    return _check(result.errors, result.warnings)


OPERATIONS: dict[str, ApiOperation] = {"get_email_contract": get_email_contract, "check_email": check_email}


def _check(errors: Sequence[FieldError], warnings: Sequence[FieldError]) -> EmailCheck:
    return EmailCheck(
        publishable=not errors, errors=list(map(_view, abridged(errors))), warnings=list(map(_view, warnings))
    )


def _view(error: FieldError) -> TemplateIssue:
    return TemplateIssue(
        where=error.field, message=error.message, code=error.code, line=error.line, column=error.column
    )
