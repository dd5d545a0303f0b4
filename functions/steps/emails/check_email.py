"""Check an email as publishing would, and publish nothing."""

from __future__ import annotations

from functions.core.emails.document_fields import unknown_fields
from functions.core.emails.email_document import Starters, draft_of
from functions.core.emails.merge_patch import JSON
from functions.core.errors import Rejected
from functions.steps.emails.publish import CheckResult, PublishEmail


def check_email(publication: PublishEmail, email_id: int, document: JSON, starters: Starters) -> CheckResult:
    """The errors of an incomplete draft name its missing fields."""
    try:
        result = publication.check(draft_of(email_id, document, starters))
    except Rejected as error:
        result = CheckResult(error.errors, ())
    return CheckResult(result.errors, (*unknown_fields(document), *result.warnings))
