"""Checks emails in files as publishing them on a stage would."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from functions.core.errors import FieldError
from functions.steps.emails.check_email import check_email
from functions.steps.emails.publish import CheckResult
from functions.wiring import Container
from infra.cli.emails.files import FiledEmail


def check(container: Container, emails: Sequence[FiledEmail], partials: Mapping[str, str]) -> CheckResult:
    """`partials` override those of the stage. Each error names its file."""
    from functions import wiring

    def partial(name: str) -> str | None:
        return partials[name] if name in partials else container.get(wiring.templates.partial_library).find(name)

    publication = replace(container.get(wiring.emails.publish_email), partial=partial)
    starters = container.get(wiring.emails.edit_emails).starters
    errors, warnings = list[FieldError](), list[FieldError]()
    for email in emails:
        checked = check_email(publication, email.id or 0, email.document, starters)
        errors += [_named(email, field_error) for field_error in checked.errors]
        warnings += [_named(email, field_error) for field_error in checked.warnings]
    return CheckResult(tuple(errors), tuple(warnings))


def _named(email: FiledEmail, error: FieldError) -> FieldError:
    return replace(error, field=f"{email.name}: {error.field}")
