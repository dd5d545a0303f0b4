from __future__ import annotations

import pytest

from functions.core.access.actor import unrestricted
from functions.core.emails.email import Subcategory
from functions.core.emails.email_listing import Filter
from functions.steps.emails import read_emails
from functions.steps.emails.read_emails import ReadEmails
from tests.support.editing import ADA, BOB, WHOLE, EditScenario, body, html
from tests.support.examples import NOON_TEXT, an_email


@pytest.fixture
def scenario() -> EditScenario:
    return EditScenario()


def test_revisions_name_their_publisher(scenario: EditScenario) -> None:
    author = scenario.author
    author.create(WHOLE, unrestricted(ADA))
    author.publish(100, unrestricted(ADA))
    author.update(100, html("<p>two</p>"), unrestricted(ADA))
    author.publish(100, unrestricted(BOB))
    step = ReadEmails(scenario.emails)
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


def test_a_list_reads_the_documents_of_its_page(scenario: EditScenario, monkeypatch: pytest.MonkeyPatch) -> None:
    scenario.emails.save(an_email(id=1, name="Till", subcategory=Subcategory.SMTP_TOKEN, created_at=NOON_TEXT))
    for number in range(5):
        scenario.author.create({**WHOLE, "name": f"{number}", "subject": "x" * 1000}, unrestricted(ADA))
    scenario.author.publish(100, unrestricted(ADA))
    scenario.author.update(100, {"subject": "draft"}, unrestricted(ADA))
    monkeypatch.setattr(read_emails, "BATCH", 2)
    step = ReadEmails(scenario.emails)

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
