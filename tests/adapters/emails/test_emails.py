"""ports.Emails: the suite on the fake and on DynamoDB in moto."""

from __future__ import annotations

import itertools

import pytest
from msgspec.structs import replace

from functions import wiring
from functions.core.addresses import Address
from functions.core.emails.pause import Pause
from functions.core.errors import Conflict
from functions.ports.emails import Emails
from tests.fakes.emails import MemoryEmails
from tests.support.aws.cloud import aws_of
from tests.support.examples import NOON_TEXT, a_document, a_revision, an_email

_fresh = itertools.count(1000)


@pytest.fixture
def email_id() -> int:
    return next(_fresh)


@pytest.fixture(params=["memory", "dynamo"])
def emails(request: pytest.FixtureRequest) -> Emails:
    return MemoryEmails() if request.param == "memory" else aws_of(request).get(wiring.adapters.emails.emails)


def test_an_unknown_email_is_not_found(emails: Emails, email_id: int) -> None:
    assert emails.get(email_id) is None
    with pytest.raises(LookupError):
        emails.revision(email_id, 1)


def test_what_was_published_comes_back(emails: Emails, email_id: int) -> None:
    email = an_email(id=email_id)
    revision = a_revision(
        email_id=email_id, text="", reply_to=Address("help@example.com", "Zoë"), track_opens=False, sensitive=True
    )
    emails.publish(email, revision, a_document())
    assert emails.get(email_id) == replace(email, version=1)
    assert emails.revision(email_id, 1) == revision
    assert emails.documents([(email_id, 1), (email_id, 0), (email_id, 2)]) == [a_document(), a_document(), None]


def test_the_heads_of_several_emails_are_read_at_once(emails: Emails) -> None:
    email_ids = [next(_fresh) for _ in range(120)]
    for email_id in email_ids:
        emails.save(an_email(id=email_id))
    heads = emails.heads([*email_ids, email_ids[0], next(_fresh)])
    assert sorted(one.id for one in heads) == email_ids


def test_a_new_revision_goes_live_and_the_old_one_stays(emails: Emails, email_id: int) -> None:
    one, two = a_revision(email_id=email_id), a_revision(email_id=email_id, number=2, subject="New")
    emails.publish(an_email(id=email_id), one, a_document())
    emails.publish(an_email(id=email_id, published_revision=2, version=1), two, a_document("{}"))
    live = emails.get(email_id)
    assert live
    assert live.published_revision == 2
    assert (emails.revision(email_id, 1), emails.revision(email_id, 2)) == (one, two)


def test_a_publication_may_retain_the_draft(emails: Emails, email_id: int) -> None:
    draft, ours = a_document(), a_document("{}")
    assert emails.save(an_email(id=email_id, published_revision=None), draft)
    emails.publish(an_email(id=email_id, version=1), a_revision(email_id=email_id), ours, retain_draft=True)
    assert emails.documents([(email_id, 0), (email_id, 1)]) == [draft, ours]


def test_a_published_revision_never_changes(emails: Emails, email_id: int) -> None:
    email, revision = an_email(id=email_id), a_revision(email_id=email_id)
    emails.publish(email, revision, a_document())
    emails.publish(email, revision, a_document())  # the same again is no harm
    for version in (0, 1):
        other = replace(email, name="Other", version=version)
        with pytest.raises(Conflict, match="changed by another author"):
            emails.publish(other, replace(revision, name="Other"), a_document())
    assert emails.revision(email_id, 1) == revision
    assert emails.get(email_id) == replace(email, version=1)


def test_publishing_a_stale_version_is_a_conflict(emails: Emails, email_id: int) -> None:
    assert emails.save(an_email(id=email_id, published_revision=None), a_document("{}"))
    with pytest.raises(Conflict):
        emails.publish(an_email(id=email_id), a_revision(email_id=email_id), a_document())
    with pytest.raises(LookupError):
        emails.revision(email_id, 1)
    assert emails.documents([(email_id, 0), (email_id, 1)]) == [a_document("{}"), None]


def test_an_email_is_saved_once_for_each_version(emails: Emails, email_id: int) -> None:
    email = an_email(id=email_id, published_revision=None)
    assert emails.save(email, a_document("1"))
    assert not emails.save(email, a_document("2")), "there is such an email already"
    assert emails.save(replace(email, version=1, name="Other"))
    assert not emails.save(replace(email, version=1), a_document("3"))
    assert emails.get(email_id, consistent=True) == replace(email, version=2, name="Other")
    assert emails.documents([(email_id, 0)]) == [a_document("1")]


def test_an_email_remembers_its_latest_pause(emails: Emails, email_id: int) -> None:
    pause = Pause(NOON_TEXT, "ada@example.com", "wrong prices")
    for version, paused in enumerate((pause, pause.resumed("2026-11-23T13:00:00.000Z", "bob@example.com"), None)):
        assert emails.save(an_email(id=email_id, version=version, pause=paused))
        assert emails.get(email_id) == an_email(id=email_id, version=version + 1, pause=paused)


def test_two_emails_are_saved_together_or_not_at_all(emails: Emails, email_id: int) -> None:
    other_id = next(_fresh)
    master, variant = an_email(id=email_id), an_email(id=other_id, ab_partner_id=email_id, ab_variant=True)
    assert emails.save(master)
    stale, current = replace(master, ab_partner_id=other_id), replace(master, ab_partner_id=other_id, version=1)
    assert not emails.save(variant, a_document(), stale)
    assert emails.get(other_id) is None
    assert emails.documents([(other_id, 0)]) == [None]
    assert emails.save(variant, a_document(), current)
    assert emails.get(email_id) == replace(current, version=2)
    assert emails.get(other_id) == replace(variant, version=1)


def test_the_emails_with_a_beginning_are_listed(emails: Emails, email_id: int) -> None:
    older = an_email(
        id=email_id, created_at="2026-01-01T00:00:00.000Z", archived_at=NOON_TEXT, created_by="a@example.com"
    )
    newer = an_email(
        id=next(_fresh), created_at="2026-01-02T00:00:00.000Z", required_properties=("order",), campaign="c"
    )
    for email in (newer, older, an_email(id=next(_fresh))):
        assert emails.save(email, a_document("x" * 300_000))
    assert emails.all()[-2:] == [replace(older, version=1), replace(newer, version=1)]


def test_documents_come_in_the_order_requested(emails: Emails, email_id: int) -> None:
    assert emails.save(an_email(id=email_id), a_document())
    revisions = [(next(_fresh), 0) for _ in range(120)] + [(email_id, 0)] * 2
    assert emails.documents(revisions) == [None] * 120 + [a_document()] * 2
    assert emails.documents([]) == []
