from __future__ import annotations

import pytest

from functions.core.addresses import Address
from functions.core.errors import Rejected
from tests.fakes.emails import MemoryEmails
from tests.support.publishing import a_draft, a_source, publication


def test_a_from_name_is_a_template() -> None:
    """It may include partials. Its properties are required in every language."""
    emails = MemoryEmails()
    sender = Address("me@example.com", "{{ custom.shop }}{% include 'team' %}")
    draft = a_draft(sender=sender, variants={"de": a_source(subject="x")})
    revision = publication(emails, team=" team {{ custom.city|default('') }}")(draft).revision
    assert revision.sender == Address("me@example.com", "{{ custom.shop }} team {{ custom.city|default('') }}")
    assert "shop" in revision.required_properties
    assert {"shop", "city"} <= set(revision.contract["properties"]["customProperties"]["properties"])


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("{{ custom.shop", 1),
        ("{{ shop }} team", 4),
        ("The {{ custom.x|nothing }}", 17),
        ("{% include 'missing' %}", 1),
        ("{{ ''.__class__ }}", 6),
        ("{% include 'long' %}", 1),
    ],
)
def test_a_from_name_that_cannot_be_rendered_is_refused(name: str, column: int) -> None:
    """Once, whatever the number of languages."""
    draft = a_draft(sender=Address("me@example.com", name), variants={"de": a_source()})
    with pytest.raises(Rejected) as caught:
        publication(MemoryEmails(), long="x" * 999)(draft)
    assert [(error.field, error.line, error.column) for error in caught.value.errors] == [("from.fromName", 1, column)]
