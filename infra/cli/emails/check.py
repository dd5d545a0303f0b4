"""Checks emails in files as publishing them on a stage would."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from functions.core.emails.email_document import draft_of
from functions.core.errors import FieldError, Rejected
from functions.steps.emails.publish import CheckResult
from functions.wiring import Container
from infra.cli.emails.files import FiledEmail


def check(container: Container, emails: Sequence[FiledEmail], partials: Mapping[str, str]) -> CheckResult:
    """`partials` override those of the stage. Each error names its file."""
    from functions import wiring

    def partial(name: str) -> str | None:
        return partials[name] if name in partials else container.get(wiring.templates.partial_library).find(name)

    publication = replace(container.get(wiring.emails.publish_email), partial=partial)
    faults, warnings = list[FieldError](), list[FieldError]()
    for email in emails:
        try:
            draft = draft_of(email.id or 0, email.document, container.get(wiring.emails.edit_emails).starters)
            checked = publication.check(draft)
        except Rejected as error:
            checked = CheckResult(error.errors, ())
        faults += [_named(email, fault) for fault in checked.errors]
        warnings += [_named(email, fault) for fault in checked.warnings]
    return CheckResult(tuple(faults), tuple(warnings))


def _named(email: FiledEmail, fault: FieldError) -> FieldError:
    return replace(fault, field=f"{email.name}: {fault.field}")
