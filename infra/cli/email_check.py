"""Checks emails in files as publishing them on a stage would."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from functions.core.emails.email_document import draft_of
from functions.core.errors import Fault, Rejected
from functions.steps.emails.publish import Checked
from functions.wiring import Container
from infra.cli.email_files import FiledEmail


def check(container: Container, emails: Sequence[FiledEmail], partials: Mapping[str, str]) -> Checked:
    """`partials` override those of the stage. Each error names its file."""
    from functions import wiring

    def partial(name: str) -> str | None:
        return partials[name] if name in partials else container.get(wiring.templates.partial_library).find(name)

    publication = replace(container.get(wiring.emails.publish_email), partial=partial)
    faults, warnings = list[Fault](), list[Fault]()
    for email in emails:
        try:
            draft = draft_of(email.id or 0, email.document, container.get(wiring.emails.edit_emails).starters)
            checked = publication.check(draft)
        except Rejected as error:
            checked = Checked(error.faults, ())
        faults += [_named(email, fault) for fault in checked.faults]
        warnings += [_named(email, fault) for fault in checked.warnings]
    return Checked(tuple(faults), tuple(warnings))


def _named(email: FiledEmail, fault: Fault) -> Fault:
    return replace(fault, where=f"{email.name}: {fault.where}")
