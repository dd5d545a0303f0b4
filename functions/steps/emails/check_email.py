"""Check an email as publishing would, and publish nothing."""

from __future__ import annotations

from functions.core.emails.document_fields import unknown_fields
from functions.core.emails.email_document import Starters, draft_of
from functions.core.emails.merge_patch import JSON
from functions.core.errors import FieldError, Rejected
from functions.steps.emails.publish import CheckResult, PublishEmail


def check_email(publication: PublishEmail, email_id: int, document: JSON, starters: Starters) -> CheckResult:
    """The errors of an incomplete draft name its missing fields, and those of the templates that it has."""
    try:
        result = publication.check(draft_of(email_id, document, starters))
    except Rejected as error:
        result = _of_incomplete(publication, email_id, document, starters, error.errors)
    return CheckResult(result.errors, (*unknown_fields(document), *result.warnings), result.contract)


def _of_incomplete(
    publication: PublishEmail, email_id: int, document: JSON, starters: Starters, errors: tuple[FieldError, ...]
) -> CheckResult:
    try:
        draft = draft_of(email_id, document, starters, drafting=True)
    except Rejected:
        return CheckResult(errors, ())
    if not draft.source.body:
        return CheckResult(errors, ())
    result = publication.check(draft, sendable=False)
    return CheckResult((*errors, *result.errors), result.warnings, result.contract)
