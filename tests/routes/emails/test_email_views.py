from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from functions.core.emails.document_fields import READ_ONLY
from functions.core.emails.email import Email, Subcategory
from functions.routes.emails.email_views import draft_view, email_view, version_view
from functions.steps.emails.read_emails import EmailWithDocument
from tests.support.examples import NOON_TEXT, an_email

ADA = "ada@example.com"


def view(**changed: Any) -> dict[str, Any]:
    return email_view(stored(an_email(**changed)))


def stored(email: Email, **fields: Any) -> EmailWithDocument:
    return EmailWithDocument(email, {"name": email.name, **fields}, revision=1, at=NOON_TEXT, by=ADA)


def test_an_email_names_its_campaign() -> None:
    reported = view(id=7)
    assert (reported["primaryEmailCampaignId"], reported["allEmailCampaignIds"]) == ("7", ["7"])


def test_the_history_of_an_email_is_in_its_view() -> None:
    reported = view(published_by=ADA, unpublished_at=NOON_TEXT, cloned_from=6)
    assert (reported["publishedById"], reported["publishedByEmail"], reported["publishedByName"]) == (ADA, ADA, ADA)
    assert (reported["unpublishedAt"], reported["clonedFrom"]) == (NOON_TEXT, "6")
    assert {"unpublishedAt", "clonedFrom", "testing"}.isdisjoint(view())


def test_an_author_cannot_set_a_field_of_the_service() -> None:
    """A program that sends an email back as it read it would store them, and an email could report another time or copy."""
    times = dict.fromkeys(("published_at", "unpublished_at", "archived_at"), NOON_TEXT)
    reported = view(**times, published_by=ADA, cloned_from=6, ab_partner_id=8)
    authors = {"name", "subject", "from", "content", "to", "sendOnPublish", "subcategory", "testing"}
    assert reported.keys() - authors <= READ_ONLY


@pytest.mark.parametrize(
    ("changed", "testing"),
    [
        ({"id": 7, "ab_partner_id": 8}, {"isAbVariation": False, "abStatus": "master", "testId": "7"}),
        (
            {"id": 8, "ab_partner_id": 7, "ab_variant": True},
            {"isAbVariation": True, "abStatus": "variant", "testId": "7"},
        ),
        (
            {"id": 7, "ab_partner_id": 8, "subcategory": Subcategory.AUTOMATED},
            {"isAbVariation": False, "abStatus": "automated_master", "testId": "7"},
        ),
    ],
)
def test_an_email_of_an_ab_test_names_the_test(changed: dict[str, Any], testing: dict[str, Any]) -> None:
    reported = view(**changed)
    assert (reported["isAb"], reported["testing"]) == (True, testing)
    assert view()["isAb"] is False


def test_the_settings_of_an_ab_test_are_their_authors() -> None:
    """Which test it is, and which email of it, is the service's."""
    settings = {"hoursToWait": 4, "abSuccessMetric": "OPENS_BY_DELIVERED"}
    of_test = {"isAbVariation": False, "abStatus": "master", "testId": "7"}
    tested = stored(an_email(id=7, ab_partner_id=8), testing={**settings, "testId": "9"})
    assert email_view(tested)["testing"] == settings | of_test
    assert email_view(stored(an_email(), testing=settings | of_test))["testing"] == settings
    assert email_view(stored(an_email(), testing={}))["testing"] == {}


def test_the_draft_of_a_published_email_is_a_draft() -> None:
    email = stored(an_email(published_revision=1))
    assert (email_view(email)["state"], email_view(email)["isPublished"]) == ("PUBLISHED", True)
    assert (draft_view(email)["state"], draft_view(email)["isPublished"]) == ("DRAFT", False)


def test_a_document_has_its_own_type() -> None:
    """A draft of another type, or a revision of an earlier one: the live email's type is not theirs."""
    document = {
        "name": "N",
        "subcategory": "marketing_single_send_api",
        "subscriptionDetails": {"subscriptionId": "news"},
    }
    email = replace(stored(an_email(published_revision=1)), document=document)
    for own in (draft_view(email), version_view(email)["object"]):
        types = (own["type"], own["subcategory"], own["isTransactional"])
        assert types == ("MARKETING_SINGLE_SEND_API", "marketing_single_send_api", False)
    assert email_view(email)["type"] == "SINGLE_SEND_API"
    token = stored(an_email(subcategory=Subcategory.SMTP_TOKEN))
    assert draft_view(token)["type"] == "SMTP_TOKEN", "it has no document of an author"


def test_the_email_of_an_smtp_token_is_in_use() -> None:
    reported = view(subcategory=Subcategory.SMTP_TOKEN, published_revision=None)
    assert (reported["state"], reported["isPublished"], reported["type"]) == ("PUBLISHED", True, "SMTP_TOKEN")


def test_an_author_has_a_full_name() -> None:
    assert version_view(stored(an_email()))["user"] == {"id": ADA, "email": ADA, "fullName": ADA}
