from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from msgspec.structs import replace

from functions.core.emails.email import Email, EmailDocument, EmailDraft, Revision, Subcategory, published
from functions.core.emails.email_listing import Filter
from functions.core.errors import Conflict, NotFound, Rejected
from functions.steps.emails import read_emails
from functions.steps.emails.check_document import DOCUMENT_MAX
from functions.steps.emails.edit_emails import EmailEditor
from functions.steps.emails.publish import PublishEmail
from functions.steps.emails.read_emails import EmailWithDocument, ReadEmails
from tests.fakes import Clock, Killed, Life
from tests.fakes.contacts import MemorySubscriptionTypes
from tests.fakes.emails import MemoryEmails
from tests.support.examples import DOMAIN, NOON_TEXT, a_revision, an_email

ADA, BOB = "ada@example.com", "bob@example.com"
WHOLE: dict[str, Any] = {
    "name": "Receipt",
    "subject": "Hi",
    "from": {"replyTo": "shop@example.com"},
    "content": {"html": "<p>one</p>", "widgets": {"x": [1, 2.5, None]}},
    "feedbackSurveyId": "kept",
}


@dataclass
class World:
    """The steps over fakes. `meanwhile` is what somebody else does, once, between a step's reading and its writing."""

    emails: MemoryEmails = field(default_factory=MemoryEmails)
    clock: Clock = field(default_factory=Clock)
    meanwhile: list[Callable[[], object]] = field(default_factory=list)
    numbers: list[int] = field(default_factory=lambda: list(range(100, 200)))

    @property
    def author(self) -> EmailEditor:
        return EmailEditor(
            emails=self.emails,
            publish_draft=self.publish,
            starters=lambda _: None,
            clock=self._now,
            new_number=lambda: self.numbers.pop(0),
        )

    def _now(self) -> float:
        """Every step asks for the time after it read and before it writes."""
        if self.meanwhile:
            self.meanwhile.pop()()
        self.clock.now += 1
        return self.clock.now

    def publish(self, draft: EmailDraft, email: Email, document: EmailDocument) -> None:
        """steps.publish, with nothing to compile or to check."""
        revision = a_revision(
            email_id=email.id,
            number=email.revisions + 1,
            html=draft.source.body,
            published_at=document.at,
            name=draft.name,
        )
        self.emails.publish(published(email, draft, revision, document.by), revision, document)

    def live(self, email_id: int) -> Revision:
        number = self.emails.live[email_id].published_revision
        assert number
        return self.emails.revision(email_id, number)


@pytest.fixture
def world() -> World:
    return World()


def body(shown: EmailWithDocument) -> str:
    html: str = shown.document["content"]["html"]
    return html


def html(text: str) -> dict[str, Any]:
    return {"content": {"html": text}}


def test_a_new_email_keeps_all_that_it_was_given(world: World) -> None:
    made = world.author.create(WHOLE, ADA)
    assert made.document == WHOLE
    assert made.email == replace(
        an_email(id=100, published_revision=None, revisions=0, version=1),
        created_at=made.email.created_at,
        created_by=ADA,
        updated_at=made.email.updated_at,
        updated_by=ADA,
    )
    assert world.author.get(100) == world.author.draft(100) == EmailWithDocument(made.email, WHOLE)


def test_a_name_is_enough_and_what_the_service_tells_is_not_stored(world: World) -> None:
    made = world.author.create({"name": "Bare", "id": "9", "state": "PUBLISHED", "version": 4, "subject": None}, ADA)
    assert (made.document, made.email.version) == ({"name": "Bare"}, 1)


def test_an_id_that_is_taken_is_drawn_again(world: World) -> None:
    world.author.create(WHOLE, ADA)
    world.numbers[:0] = [100, 100]
    assert world.author.create({"name": "Other"}, ADA).email.id == 101
    assert world.author.get(100).document == WHOLE


def test_an_email_may_be_given_an_id_that_is_free(world: World) -> None:
    assert world.author.create(WHOLE, ADA, 7).email.id == 7
    with pytest.raises(Conflict, match="there is an email 7 already"):
        world.author.create({"name": "Other"}, BOB, 7)
    assert world.author.get(7).document == WHOLE


def test_a_rewrite_is_the_whole_draft_and_of_the_version_that_was_read(world: World) -> None:
    made = world.author.create(WHOLE, ADA)
    told = world.author.replace_draft(100, {"name": "New", "id": "9", "unknown": 1}, BOB, made.email.version)
    assert (told.document, told.email.name, told.email.updated_by) == ({"name": "New", "unknown": 1}, "New", BOB)
    with pytest.raises(Conflict, match="is stale; the current one is 2"):
        world.author.replace_draft(100, WHOLE, ADA, made.email.version)


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ({}, "name"),
        ({"name": "x" * 301}, "name"),
        ({"name": "x", "content": {"html": "<p>" * DOCUMENT_MAX}}, "1,170,0.. bytes as JSON; 390,000 can be stored"),
        ({"name": "x", "widgets": [[[[]]] * 2] * 2}, None),
        ({"name": "x", "subcategory": "smtp_token"}, "SMTP token"),
    ],
)
def test_what_cannot_be_stored_is_told_and_nothing_is_stored(
    world: World, document: dict[str, Any], told: str | None
) -> None:
    if told is None:
        world.author.create(document, ADA)
        return
    with pytest.raises(Rejected, match=told):
        world.author.create(document, ADA)
    assert not world.emails.live
    assert not world.emails.by_revision


def test_a_change_that_makes_it_too_large_or_too_deep_changes_nothing(world: World) -> None:
    world.author.create(WHOLE, ADA)
    deep: Any = {}
    for _ in range(900):
        deep = {"a": deep}
    for changes in ({"more": "x" * DOCUMENT_MAX}, {"deep": deep}):
        with pytest.raises(Rejected):
            world.author.update(100, changes, ADA)
    assert world.author.draft(100).document == WHOLE


def test_what_is_sent_changes_by_publishing_alone(world: World) -> None:
    author = world.author
    author.create(WHOLE, ADA)
    author.publish(100, ADA)
    author.update(100, {**html("<p>two</p>"), "name": "New", "subcategory": "batch"}, BOB)
    live = world.emails.live[100]
    assert (live.name, live.subcategory, live.published_revision) == ("Receipt", Subcategory.SINGLE_SEND_API, 1)
    assert (body(author.get(100)), body(author.draft(100))) == ("<p>one</p>", "<p>two</p>")
    assert live.sendable
    author.publish(100, BOB)
    live = world.emails.live[100]
    assert (live.name, live.subcategory, live.published_revision) == ("New", Subcategory.BATCH, 2)
    assert (live.published_by, live.created_by) == (BOB, ADA)
    assert world.emails.revision(100, 1).content.html == "<p>one</p>"
    assert body(author.get(100)) == "<p>two</p>"


def test_a_draft_that_lacks_something_is_not_published(world: World) -> None:
    world.author.create({"name": "Bare"}, ADA)
    with pytest.raises(Rejected, match=r"html or mjml.*from\.replyTo"):
        world.author.publish(100, ADA)
    assert world.emails.live[100].published_revision is None


def test_nothing_pretends_to_send_to_lists(world: World) -> None:
    world.author.create({**WHOLE, "subcategory": "batch", "sendOnPublish": True}, ADA)
    with pytest.raises(Rejected, match="lists is not supported"):
        world.author.publish(100, ADA)
    world.author.update(100, {"sendOnPublish": False}, ADA)
    world.author.publish(100, ADA)
    assert world.emails.live[100].published_revision == 1


def test_a_stale_version_is_refused_and_the_newer_one_named(world: World) -> None:
    made = world.author.create(WHOLE, ADA)
    world.author.update(100, html("<p>bob's</p>"), BOB, made.email.version)
    world.author.publish(100, BOB)
    before = world.emails.live[100]
    for stale in (
        lambda: world.author.update(100, html("<p>ada's</p>"), ADA, made.email.version),
        lambda: world.author.publish(100, ADA, made.email.version),
        lambda: world.author.discard_draft(100, ADA, made.email.version),
        lambda: world.author.restore(100, 1, ADA, made.email.version),
        lambda: world.author.restore_to_draft(100, 1, ADA, made.email.version),
        lambda: world.author.unpublish(100, ADA, made.email.version),
        lambda: world.author.archive(100, ADA, made.email.version),
        lambda: world.author.unarchive(100, ADA, made.email.version),
    ):
        with pytest.raises(Conflict, match=f"version 1 .* is stale; the current one is 3, changed by {BOB} at "):
            stale()
    assert body(world.author.draft(100)) == "<p>bob's</p>"
    assert world.emails.live[100] == before


@pytest.mark.parametrize(
    "drop",
    [
        lambda author, version: author.discard_draft(100, ADA, version),
        lambda author, version: author.restore(100, 1, ADA, version),
        lambda author, version: author.restore_to_draft(100, 1, ADA, version),
    ],
)
def test_nobody_drops_an_edit_that_they_have_not_seen(drop: Callable[[EmailEditor, int], object], world: World) -> None:
    """What throws the draft away may name the version that it throws away: an edit in the middle then stays."""
    world.author.create(WHOLE, ADA)
    world.author.publish(100, ADA)
    read = world.author.update(100, html("<p>ada's</p>"), ADA).email.version
    world.meanwhile = [lambda: world.author.update(100, html("<p>bob's</p>"), BOB)]
    with pytest.raises(Conflict, match=f"the current one is {read + 1}"):
        drop(world.author, read)
    assert body(world.author.draft(100)) == "<p>bob's</p>"


def test_two_changes_at_once_are_both_kept(world: World) -> None:
    world.author.create(WHOLE, ADA)
    world.meanwhile = [lambda: world.author.update(100, {"subject": "Bob's"}, BOB)]
    changed = world.author.update(100, html("<p>ada's</p>"), ADA)
    assert (changed.document["subject"], body(changed)) == ("Bob's", "<p>ada's</p>")
    assert world.author.draft(100).document == changed.document
    assert changed.email.version == 3


def test_a_version_that_goes_stale_in_the_middle_is_refused_too(world: World) -> None:
    world.author.create(WHOLE, ADA)
    world.meanwhile = [lambda: world.author.update(100, {"subject": "Bob's"}, BOB)]
    with pytest.raises(Conflict, match="the current one is 2"):
        world.author.update(100, {"subject": "Ada's"}, ADA, 1)
    assert world.author.draft(100).document["subject"] == "Bob's"


def test_whoever_publishes_without_a_version_publishes_the_latest(world: World) -> None:
    world.author.create(WHOLE, ADA)
    world.meanwhile = [lambda: world.author.update(100, html("<p>bob's</p>"), BOB)]
    world.author.publish(100, ADA)
    assert world.live(100).content.html == body(world.author.draft(100)) == "<p>bob's</p>"


def test_an_email_that_never_stands_still_is_a_conflict(world: World) -> None:
    world.author.create(WHOLE, ADA)

    def again() -> None:
        world.emails.live[100] = replace(world.emails.live[100], version=world.emails.live[100].version + 1)
        world.meanwhile.append(again)

    world.meanwhile = [again]
    with pytest.raises(Conflict, match="try again"):
        world.author.update(100, {"subject": "Ada's"}, ADA)


def test_reset_restore_and_restore_to_draft(world: World) -> None:
    author = world.author
    author.create(WHOLE, ADA)
    with pytest.raises(NotFound):
        author.discard_draft(100, ADA)
    author.publish(100, ADA)
    author.update(100, html("<p>two</p>"), ADA)
    author.publish(100, ADA)
    author.update(100, html("<p>three</p>"), ADA)
    author.discard_draft(100, ADA)
    assert body(author.draft(100)) == "<p>two</p>"
    author.restore_to_draft(100, 1, BOB)
    assert (body(author.draft(100)), world.live(100).number) == ("<p>one</p>", 2)
    author.update(100, html("<p>four</p>"), ADA)
    author.restore(100, 1, BOB)
    assert (world.live(100).number, world.live(100).content.html) == (3, "<p>one</p>")
    assert author.draft(100).document == author.get(100).document == WHOLE
    for number in (0, 4):
        with pytest.raises(NotFound):
            author.restore(100, number, ADA)


def test_revisions_tell_who_published_what(world: World) -> None:
    author = world.author
    author.create(WHOLE, ADA)
    author.publish(100, ADA)
    author.update(100, html("<p>two</p>"), ADA)
    author.publish(100, BOB)
    step = ReadEmails(world.emails)
    page = step.revisions(100, after=None, before=None, limit=9)
    assert (page.total, page.more) == (2, False)
    assert [(one.revision, body(one), one.by) for one in page.emails] == [
        (2, "<p>two</p>", BOB),
        (1, "<p>one</p>", ADA),
    ]
    assert page.emails[0].at > page.emails[1].at > NOON_TEXT
    assert author.revision(100, 1) == page.emails[1]
    one = step.revisions(100, after=None, before=None, limit=1)
    assert ([each.revision for each in one.emails], one.more) == ([2], True)
    assert [each.revision for each in step.revisions(100, after=2, before=None, limit=9).emails] == [1]
    assert [each.revision for each in step.revisions(100, after=99, before=1, limit=9).emails] == [2]
    assert step.revisions(100, after=1, before=None, limit=9).emails == []


def test_unpublishing_ends_sending_and_the_numbers_go_on(world: World) -> None:
    author = world.author
    author.create(WHOLE, ADA)
    author.publish(100, ADA)
    author.update(100, {"name": "New"}, ADA)
    author.unpublish(100, ADA)
    author.unpublish(100, ADA)
    email = world.emails.live[100]
    assert (email.sendable, email.published_revision, email.name) == (False, None, "New")
    author.publish(100, ADA)
    assert world.live(100).number == 2


def test_an_archived_email_is_gone_until_it_is_brought_back(world: World) -> None:
    author = world.author
    author.create(WHOLE, ADA)
    author.publish(100, ADA)
    author.archive(100, BOB)
    author.archive(100, BOB)
    assert not world.emails.live[100].sendable
    gone: list[Callable[[], object]] = [
        lambda: author.get(100),
        lambda: author.draft(100),
        lambda: author.update(100, {}, ADA),
        lambda: author.publish(100, ADA),
        lambda: author.clone(100, None, ADA),
    ]
    for each in gone:
        with pytest.raises(NotFound):
            each()
    assert author.get(100, archived=True).document == WHOLE
    assert author.unarchive(100, ADA).email.sendable
    with pytest.raises(NotFound):
        author.get(100, archived=True)
    with pytest.raises(NotFound):
        author.archive(1, ADA)


def test_a_clone_goes_its_own_way(world: World) -> None:
    author = world.author
    author.create(WHOLE, ADA)
    author.publish(100, ADA)
    clone = author.clone(100, None, BOB)
    assert clone.document == {**WHOLE, "name": "Receipt (copy)"}
    assert (clone.email.id, clone.email.published_revision, clone.email.revisions) == (101, None, 0)
    assert author.clone(100, "Mine", BOB).document["name"] == "Mine"


def test_an_ab_test_has_two_emails_that_know_each_other(world: World) -> None:
    author = world.author
    author.create(WHOLE, ADA)
    with pytest.raises(NotFound, match="no A/B test"):
        author.variation(100)
    world.meanwhile = [lambda: author.update(100, {"subject": "Bob's"}, BOB)]
    variant = author.create_variation(100, "B", ADA)
    assert variant.document == {**WHOLE, "subject": "Bob's", "name": "B"}
    assert author.variation(100) == variant
    assert author.variation(variant.email.id).email.id == 100
    with pytest.raises(Conflict, match="already"):
        author.create_variation(100, "C", ADA)
    assert set(world.emails.live) == {100, variant.email.id}, "the try that was too late left nothing"


def test_the_email_of_an_smtp_token_is_read_and_not_written(world: World) -> None:
    world.emails.save(an_email(id=9, name="Till", subcategory=Subcategory.SMTP_TOKEN, created_at=NOON_TEXT))
    author = world.author
    assert author.get(9).document["name"] == "Till"
    refused: list[Callable[[], object]] = [
        lambda: author.update(9, {"name": "x"}, ADA),
        lambda: author.publish(9, ADA),
        lambda: author.archive(9, ADA),
        lambda: author.clone(9, None, ADA),
    ]
    for each in refused:
        with pytest.raises(Conflict, match="SMTP token"):
            each()


STEPS: list[Callable[[EmailEditor], object]] = [
    lambda author: author.create({"name": "New"}, ADA),
    lambda author: author.update(100, html("<p>three</p>"), ADA),
    lambda author: author.publish(100, ADA),
    lambda author: author.unpublish(100, ADA),
    lambda author: author.restore(100, 1, ADA),
    lambda author: author.discard_draft(100, ADA),
    lambda author: author.create_variation(100, "B", ADA),
    lambda author: author.archive(100, ADA),
]


def begun_world() -> World:
    """One revision published, and another draft since."""
    world = World()
    world.author.create(WHOLE, ADA)
    world.author.publish(100, ADA)
    world.author.update(100, html("<p>two</p>"), ADA)
    return world


def stored(world: World) -> tuple[dict[Any, Any], ...]:
    return dict(world.emails.live), dict(world.emails.by_revision), dict(world.emails.revisions)


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("after", [False, True])
def test_a_step_that_dies_anywhere_is_done_or_not_begun(step: Callable[[EmailEditor], object], *, after: bool) -> None:
    whole = begun_world()
    before = stored(whole)
    step(whole.author)
    done = stored(whole)
    ends = set()
    for calls in range(20):
        world = begun_world()
        guarded: Any = Life(calls, after).guard(world.emails)
        dying = replace(world.author, emails=guarded, publish_draft=dataclasses.replace(world, emails=guarded).publish)
        try:
            step(dying)
        except Killed:
            ends.add("done" if without_times(stored(world)) == without_times(done) else "before")
            assert stored(world) == before or without_times(stored(world)) == without_times(done)
        else:
            break
    else:
        pytest.fail("the step never came to its end")
    assert ("done" in ends) == after, "its last call is its only write"


def without_times(state: tuple[dict[Any, Any], ...]) -> str:
    return re.sub(r"\d{4}-\d\d-\d\dT[0-9:.]+Z", "then", str(state))


def test_a_list_reads_the_documents_of_its_page(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.emails.save(an_email(id=1, name="Till", subcategory=Subcategory.SMTP_TOKEN, created_at=NOON_TEXT))
    for number in range(5):
        world.author.create({**WHOLE, "name": f"{number}", "subject": "x" * 1000}, ADA)
    world.author.publish(100, ADA)
    world.author.update(100, {"subject": "draft"}, ADA)
    monkeypatch.setattr(read_emails, "BATCH", 2)
    step = ReadEmails(world.emails)

    page = step(Filter(), sorts=(), after=None, limit=2)
    assert (page.total, [one.email.id for one in page.emails], page.more) == (6, [1, 100], True)
    assert page.emails[1].document["subject"] == "x" * 1000, "the live one"
    page = step(Filter(), sorts=(), after=100, limit=4)
    assert ([one.email.id for one in page.emails], page.more) == ([101, 102, 103, 104], False)

    monkeypatch.setattr(read_emails, "PAGE_BYTES", 2500)
    page = step(Filter(), sorts=(), after=100, limit=4)
    assert ([one.email.id for one in page.emails], page.more) == ([101, 102], True)
    monkeypatch.setattr(read_emails, "PAGE_BYTES", 1)
    assert [one.email.id for one in step(Filter(), sorts=(), after=100, limit=4).emails] == [101], "a page moves on"


def test_what_says_the_same_is_no_new_revision(world: World) -> None:
    """With the true step.publish: the order of fields says nothing, a field that mails do not show does."""
    publication = PublishEmail(
        domain=DOMAIN,
        emails=world.emails,
        subscription_types=MemorySubscriptionTypes(),
        partial=lambda _: None,
        clock=world.clock,
    )
    author = replace(
        world.author,
        publish_draft=lambda draft, email, document: publication(draft, email=email, document=document),
    )
    author.create(WHOLE, ADA)
    author.publish(100, ADA)
    author.publish(100, ADA)
    author.update(100, {"subject": None}, ADA)
    author.update(100, {"subject": "Hi"}, ADA)
    author.publish(100, ADA)
    assert world.live(100).number == 1
    author.update(100, {"feedbackSurveyId": "other"}, ADA)
    author.publish(100, ADA)
    assert world.live(100).number == 2
    assert author.get(100).document["feedbackSurveyId"] == "other"
    author.update(100, {"feedbackSurveyId": "third"}, ADA)
    author.restore(100, 2, ADA)
    assert author.draft(100).document["feedbackSurveyId"] == "other", "also where what is restored is live"
