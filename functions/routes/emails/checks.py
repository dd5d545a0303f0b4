"""What is told of an email's templates: the contract of what is published, and what publishing the draft would say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from functions import wiring
from functions.core.emails.email_document import draft_of
from functions.core.errors import FieldError, NotFound, Rejected, abridged
from functions.routes.emails.email_queries import email_id
from functions.routes.http.dispatch import Operation, Request
from functions.routes.templates.models import EmailCheck, TemplateFault


def get_email_contract(request: Request) -> dict[str, Any]:
    number = email_id(request)
    email = wiring.get(wiring.adapters.emails).get(number)
    if email is None or email.published_revision is None:
        raise NotFound(f"there is no published email {number}: publishing finds its contract")
    return dict(wiring.get(wiring.adapters.emails).revision(number, email.published_revision).contract)


def check_email(request: Request) -> EmailCheck:
    number = email_id(request)
    document = wiring.get(wiring.emails.edit_emails).draft(number).document
    try:
        checked = wiring.get(wiring.emails.publish_email).check(
            draft_of(number, document, wiring.get(wiring.emails.edit_emails).starters)
        )
    except Rejected as error:  # the document itself is no draft yet
        return _check(error.errors, ())
    return _check(checked.errors, checked.warnings)


OPERATIONS: dict[str, Operation] = {"get_email_contract": get_email_contract, "check_email": check_email}


def _check(faults: Sequence[FieldError], warnings: Sequence[FieldError]) -> EmailCheck:
    return EmailCheck(
        publishable=not faults, faults=list(map(_fault, abridged(faults))), warnings=list(map(_fault, warnings))
    )


def _fault(fault: FieldError) -> TemplateFault:
    return TemplateFault(
        where=fault.field, message=fault.message, code=fault.code, line=fault.line, column=fault.column
    )
