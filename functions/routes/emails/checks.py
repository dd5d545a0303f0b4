"""The contract of a published email, and the check of a draft, over HTTP."""

from __future__ import annotations

from typing import Any

from functions import wiring
from functions.core.errors import FieldError, abridged
from functions.routes.emails.email_queries import email_id
from functions.routes.http.gate import ApiRequest
from functions.routes.templates.models import EmailCheck, TemplateIssue
from functions.steps.emails import check_email as check_step


def get_email_contract(request: ApiRequest) -> dict[str, Any]:
    return dict(wiring.get(wiring.emails.get_contract)(email_id(request)))


def check_email(request: ApiRequest) -> EmailCheck:
    number = email_id(request)
    editor = wiring.get(wiring.emails.edit_emails)
    publication = wiring.get(wiring.emails.publish_email)
    result = check_step.check_email(publication, number, editor.draft(number).document, editor.starters)
    return EmailCheck(
        publishable=not result.errors,
        errors=list(map(_view, abridged(result.errors))),
        warnings=list(map(_view, abridged(result.warnings))),
    )


def _view(error: FieldError) -> TemplateIssue:
    return TemplateIssue(
        where=error.field, message=error.message, code=error.code, line=error.line, column=error.column
    )
