from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from functions.core.access.actor import Actor, unrestricted
from functions.core.access.roles import SCOPES_OF, Role
from functions.core.emails.console_emails import CONSOLE_EMAILS
from functions.core.errors import Conflict, Forbidden, Rejected
from functions.steps.emails.check_document import DOCUMENT_MAX
from functions.steps.emails.read_emails import EmailWithDocument
from tests.support.editing import ADA, BOB, WHOLE, EditScenario, html
from tests.support.examples import an_email


@pytest.fixture
def scenario() -> EditScenario:
    return EditScenario()


def test_a_new_email_stores_the_whole_document(scenario: EditScenario) -> None:
    created = scenario.author.create(WHOLE, unrestricted(ADA))
    assert created.document == WHOLE
    assert created.email == replace(
        an_email(id=100, published_revision=None, revisions=0, version=1),
        created_at=created.email.created_at,
        created_by=ADA,
        updated_at=created.email.updated_at,
        updated_by=ADA,
    )
    assert scenario.author.get(100) == scenario.author.draft(100) == EmailWithDocument(created.email, WHOLE)


def test_read_only_fields_are_not_stored(scenario: EditScenario) -> None:
    created = scenario.author.create(
        {"name": "Bare", "id": "9", "state": "PUBLISHED", "version": 4, "subject": None}, unrestricted(ADA)
    )
    assert (created.document, created.email.version) == ({"name": "Bare"}, 1)


def test_a_taken_id_is_drawn_again(scenario: EditScenario) -> None:
    scenario.author.create(WHOLE, unrestricted(ADA))
    scenario.numbers[:0] = [100, 100]
    assert scenario.author.create({"name": "Other"}, unrestricted(ADA)).email.id == 101
    assert scenario.author.get(100).document == WHOLE


def test_an_email_may_have_a_chosen_free_id(scenario: EditScenario) -> None:
    assert scenario.author.create(WHOLE, unrestricted(ADA), 7).email.id == 7
    with pytest.raises(Conflict, match="there is an email 7 already"):
        scenario.author.create({"name": "Other"}, unrestricted(BOB), 7)
    assert scenario.author.get(7).document == WHOLE


def test_the_emails_of_the_console_are_of_administrators_only(scenario: EditScenario) -> None:
    """They carry the links that set passwords, and their author can read them."""
    editor, email_id = Actor(BOB, SCOPES_OF[Role.EDITOR]), CONSOLE_EMAILS["password-reset"]
    author = scenario.author
    with pytest.raises(Forbidden):
        author.create(WHOLE, editor, email_id)
    author.create(WHOLE, unrestricted(ADA), email_id)
    author.publish(email_id, unrestricted(ADA))
    before = scenario.emails.live[email_id]
    for change in (
        lambda: author.update(email_id, html("<p>{{ custom.reset_url }}</p>"), editor),
        lambda: author.replace_draft(email_id, WHOLE, editor),
        lambda: author.discard_draft(email_id, editor),
        lambda: author.restore_to_draft(email_id, 1, editor),
        lambda: author.publish(email_id, editor),
        lambda: author.restore(email_id, 1, editor),
        lambda: author.unpublish(email_id, editor),
        lambda: author.archive(email_id, editor),
        lambda: author.create_variation(email_id, "B", editor),
    ):
        with pytest.raises(Forbidden):
            change()
    assert scenario.emails.live[email_id] == before
    assert author.clone(email_id, "Copy", None, editor).document == {**WHOLE, "name": "Copy"}


def test_replacing_a_draft_needs_the_latest_version(scenario: EditScenario) -> None:
    created = scenario.author.create(WHOLE, unrestricted(ADA))
    replaced = scenario.author.replace_draft(
        100, {"name": "New", "id": "9", "unknown": 1}, unrestricted(BOB), created.email.version
    )
    assert (replaced.document, replaced.email.name, replaced.email.updated_by) == (
        {"name": "New", "unknown": 1},
        "New",
        BOB,
    )
    with pytest.raises(Conflict, match="is stale; the current one is 2"):
        scenario.author.replace_draft(100, WHOLE, unrestricted(ADA), created.email.version)


@pytest.mark.parametrize(
    ("document", "replaced"),
    [
        ({}, "name"),
        ({"name": "x" * 301}, "name"),
        ({"name": "x", "content": {"html": "<p>" * DOCUMENT_MAX}}, "1,170,0.. bytes as JSON; 390,000 can be stored"),
        ({"name": "x", "widgets": [[[[]]] * 2] * 2}, None),
        ({"name": "x", "subcategory": "smtp_token"}, "SMTP token"),
    ],
)
def test_an_invalid_document_is_not_stored(
    scenario: EditScenario, document: dict[str, Any], replaced: str | None
) -> None:
    if replaced is None:
        scenario.author.create(document, unrestricted(ADA))
        return
    with pytest.raises(Rejected, match=replaced):
        scenario.author.create(document, unrestricted(ADA))
    assert not scenario.emails.live
    assert not scenario.emails.by_revision


def test_a_too_large_or_too_deep_change_is_refused(scenario: EditScenario) -> None:
    scenario.author.create(WHOLE, unrestricted(ADA))
    deep: Any = {}
    for _ in range(900):
        deep = {"a": deep}
    for changes in ({"more": "x" * DOCUMENT_MAX}, {"deep": deep}):
        with pytest.raises(Rejected):
            scenario.author.update(100, changes, unrestricted(ADA))
    assert scenario.author.draft(100).document == WHOLE
