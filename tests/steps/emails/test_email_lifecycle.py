from __future__ import annotations

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from functions.core.access.actor import Actor, unrestricted
from functions.core.access.scopes import REPORTS
from functions.core.emails.email import LATEST, SINGLE_SEND, Subcategory
from functions.core.errors import Conflict, Forbidden, NotFound, Rejected
from functions.steps.emails.edit_emails import EmailEditor
from functions.steps.emails.publish import PublishEmail
from tests.fakes.contacts import MemorySubscriptionTypes
from tests.fakes.domains import connected
from tests.fakes.templates import MemorySiteSettings
from tests.support.editing import ADA, BOB, WHOLE, EditScenario, body, html
from tests.support.examples import DOMAIN, NOON_TEXT, an_email


@pytest.fixture
def scenario() -> EditScenario:
    return EditScenario()


def test_only_publishing_changes_the_live_email(scenario: EditScenario) -> None:
    author = scenario.author
    author.create(WHOLE, unrestricted(ADA))
    author.publish(100, unrestricted(ADA))
    author.update(100, {**html("<p>two</p>"), "name": "New", "subcategory": "batch"}, unrestricted(BOB))
    live = scenario.emails.live[100]
    assert (live.name, live.subcategory, live.published_revision) == ("Receipt", Subcategory.SINGLE_SEND_API, 1)
    assert (body(author.get(100)), body(author.draft(100))) == ("<p>one</p>", "<p>two</p>")
    assert live.sendable_as(SINGLE_SEND)
    author.publish(100, unrestricted(BOB))
    live = scenario.emails.live[100]
    assert (live.name, live.subcategory, live.published_revision) == ("New", Subcategory.BATCH, 2)
    assert (live.published_by, live.created_by) == (BOB, ADA)
    assert scenario.emails.revision(100, 1).content.html == "<p>one</p>"
    assert body(author.get(100)) == "<p>two</p>"


def test_an_incomplete_draft_is_not_published(scenario: EditScenario) -> None:
    scenario.author.create({"name": "Bare"}, unrestricted(ADA))
    with pytest.raises(Rejected, match=r"html or mjml.*from\.replyTo"):
        scenario.author.publish(100, unrestricted(ADA))
    assert scenario.emails.live[100].published_revision is None


def test_sending_without_recipients_is_refused(scenario: EditScenario) -> None:
    scenario.author.create({**WHOLE, "subcategory": "batch", "sendOnPublish": True}, unrestricted(ADA))
    with pytest.raises(Rejected, match="names no list"):
        scenario.author.publish(100, unrestricted(ADA))
    scenario.author.update(100, {"sendOnPublish": False}, unrestricted(ADA))
    scenario.author.publish(100, unrestricted(ADA))
    assert scenario.emails.live[100].published_revision == 1


def test_earlier_revisions_can_be_restored(scenario: EditScenario) -> None:
    author = scenario.author
    author.create(WHOLE, unrestricted(ADA))
    with pytest.raises(NotFound):
        author.discard_draft(100, unrestricted(ADA))
    author.publish(100, unrestricted(ADA))
    author.update(100, html("<p>two</p>"), unrestricted(ADA))
    author.publish(100, unrestricted(ADA))
    author.update(100, html("<p>three</p>"), unrestricted(ADA))
    author.discard_draft(100, unrestricted(ADA))
    assert body(author.draft(100)) == "<p>two</p>"
    author.restore_to_draft(100, 1, unrestricted(BOB))
    assert (body(author.draft(100)), scenario.live(100).number) == ("<p>one</p>", 2)
    author.update(100, html("<p>four</p>"), unrestricted(ADA))
    author.restore(100, 1, unrestricted(BOB))
    assert (scenario.live(100).number, scenario.live(100).content.html) == (3, "<p>one</p>")
    assert author.draft(100).document == author.get(100).document == WHOLE
    for number in (0, 4):
        with pytest.raises(NotFound):
            author.restore(100, number, unrestricted(ADA))


def test_unpublishing_stops_sending_until_the_next_revision(scenario: EditScenario) -> None:
    author = scenario.author
    author.create(WHOLE, unrestricted(ADA))
    author.publish(100, unrestricted(ADA))
    author.update(100, {"name": "New"}, unrestricted(ADA))
    author.unpublish(100, unrestricted(ADA))
    author.unpublish(100, unrestricted(ADA))
    email = scenario.emails.live[100]
    assert (email.sendable_as(SINGLE_SEND), email.published_revision, email.name) == (False, None, "New")
    author.publish(100, unrestricted(ADA))
    assert scenario.live(100).number == 2


def test_an_archived_email_is_hidden_until_it_is_unarchived(scenario: EditScenario) -> None:
    author = scenario.author
    author.create(WHOLE, unrestricted(ADA))
    author.publish(100, unrestricted(ADA))
    author.archive(100, unrestricted(BOB))
    author.archive(100, unrestricted(BOB))
    assert not scenario.emails.live[100].sendable_as(SINGLE_SEND)
    gone: list[Callable[[], object]] = [
        lambda: author.get(100),
        lambda: author.draft(100),
        lambda: author.update(100, {}, unrestricted(ADA)),
        lambda: author.publish(100, unrestricted(ADA)),
        lambda: author.clone(100, None, None, unrestricted(ADA)),
    ]
    for each in gone:
        with pytest.raises(NotFound):
            each()
    assert author.get(100, archived=True).document == WHOLE
    assert author.unarchive(100, unrestricted(ADA)).email.sendable_as(SINGLE_SEND)
    with pytest.raises(NotFound):
        author.get(100, archived=True)
    with pytest.raises(NotFound):
        author.archive(1, unrestricted(ADA))


def test_a_clone_is_a_new_email(scenario: EditScenario) -> None:
    author = scenario.author
    author.create(WHOLE, unrestricted(ADA))
    author.publish(100, unrestricted(ADA))
    clone = author.clone(100, None, None, unrestricted(BOB))
    assert clone.document == {**WHOLE, "name": "Receipt (copy)"}
    assert (clone.email.id, clone.email.published_revision, clone.email.revisions) == (101, None, 0)
    assert clone.email.cloned_from == 100
    translated = author.clone(100, "Mine", "de", unrestricted(BOB)).document
    assert (translated["name"], translated["language"]) == ("Mine", "de")


def test_an_unpublished_email_has_the_time(scenario: EditScenario) -> None:
    author = scenario.author
    author.create(WHOLE, unrestricted(ADA))
    author.unpublish(100, unrestricted(ADA))
    assert author.get(100).email.unpublished_at == ""
    author.publish(100, unrestricted(ADA))
    author.unpublish(100, unrestricted(ADA))
    unpublished = author.get(100).email
    assert "" < unpublished.unpublished_at <= unpublished.updated_at
    author.publish(100, unrestricted(ADA))
    assert author.get(100).email.unpublished_at == ""


def test_the_latest_revision_has_a_second_name(scenario: EditScenario) -> None:
    author = scenario.author
    author.create(WHOLE, unrestricted(ADA))
    with pytest.raises(NotFound):
        author.revision(100, LATEST)
    author.publish(100, unrestricted(ADA))
    author.update(100, {"subject": "Second"}, unrestricted(ADA))
    author.publish(100, unrestricted(ADA))
    latest = author.revision(100, LATEST)
    assert (latest.revision, latest.document["subject"]) == (2, "Second")


def test_an_ab_test_links_two_emails(scenario: EditScenario) -> None:
    author = scenario.author
    author.create(WHOLE, unrestricted(ADA))
    with pytest.raises(NotFound, match="no A/B test"):
        author.variation(100)
    scenario.meanwhile = [lambda: author.update(100, {"subject": "Bob's"}, unrestricted(BOB))]
    variant = author.create_variation(100, "B", unrestricted(ADA))
    assert variant.document == {**WHOLE, "subject": "Bob's", "name": "B"}
    assert author.variation(100) == variant
    assert author.variation(variant.email.id).email.id == 100
    with pytest.raises(Conflict, match="already"):
        author.create_variation(100, "C", unrestricted(ADA))
    assert set(scenario.emails.live) == {100, variant.email.id}, "the try that was too late left nothing"


def test_the_email_of_an_smtp_token_is_read_only(scenario: EditScenario) -> None:
    scenario.emails.save(an_email(id=9, name="Till", subcategory=Subcategory.SMTP_TOKEN, created_at=NOON_TEXT))
    author = scenario.author
    assert author.get(9).document["name"] == "Till"
    refused: list[Callable[[], object]] = [
        lambda: author.update(9, {"name": "x"}, unrestricted(ADA)),
        lambda: author.publish(9, unrestricted(ADA)),
        lambda: author.archive(9, unrestricted(ADA)),
        lambda: author.clone(9, None, None, unrestricted(ADA)),
    ]
    for each in refused:
        with pytest.raises(Conflict, match="SMTP token"):
            each()


def test_an_equal_document_is_no_new_revision(scenario: EditScenario) -> None:
    """Uses the real PublishEmail. The order of fields makes no revision, and any changed field does."""
    publication = PublishEmail(
        domains=connected(DOMAIN),
        emails=scenario.emails,
        images=scenario.emails.images,
        subscription_types=MemorySubscriptionTypes(),
        partial=lambda _: None,
        site_settings=MemorySiteSettings(),
        clock=scenario.clock,
        sleep=scenario.clock.sleep,
    )
    author = replace(
        scenario.author,
        publish_draft=lambda draft, email, document: publication(draft, email=email, document=document),
    )
    author.create(WHOLE, unrestricted(ADA))
    author.publish(100, unrestricted(ADA))
    author.publish(100, unrestricted(ADA))
    author.update(100, {"subject": None}, unrestricted(ADA))
    author.update(100, {"subject": "Hi"}, unrestricted(ADA))
    author.publish(100, unrestricted(ADA))
    assert scenario.live(100).number == 1
    author.update(100, {"feedbackSurveyId": "other"}, unrestricted(ADA))
    author.publish(100, unrestricted(ADA))
    assert scenario.live(100).number == 2
    assert author.get(100).document["feedbackSurveyId"] == "other"
    author.update(100, {"feedbackSurveyId": "third"}, unrestricted(ADA))
    author.restore(100, 2, unrestricted(ADA))
    assert author.draft(100).document["feedbackSurveyId"] == "other", "also where what is restored is live"


@pytest.mark.parametrize(
    "change",
    [
        lambda author, by: author.create(WHOLE, by),
        lambda author, by: author.update(100, {"name": "x"}, by),
        lambda author, by: author.publish(100, by),
        lambda author, by: author.unpublish(100, by),
        lambda author, by: author.archive(100, by),
        lambda author, by: author.clone(100, "Copy", None, by),
    ],
)
def test_a_viewer_changes_no_email(change: Callable[[EmailEditor, Actor], object], scenario: EditScenario) -> None:
    scenario.author.create(WHOLE, unrestricted(ADA))
    scenario.author.publish(100, unrestricted(ADA))
    before = dict(scenario.emails.live)
    with pytest.raises(Forbidden):
        change(scenario.author, Actor("eve@example.com", (REPORTS,)))
    assert scenario.emails.live == before
