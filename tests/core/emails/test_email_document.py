from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from functions.core.addresses import Address
from functions.core.emails.email import (
    TRANSACTIONAL,
    EmailDraft,
    SampleData,
    Subcategory,
    TemplateSource,
    TemplateSyntax,
)
from functions.core.emails.email_document import draft_of, head_of, written
from functions.core.emails.merge_patch import DEPTH_MAX, merged, too_deep
from functions.core.errors import FieldError, Rejected
from tests.support.examples import SENDER

STARTER = EmailDraft(
    email_id=1,
    name="Reset",
    source=TemplateSource(subject="Reset", body="<mjml/>", text="plain"),
    sender=SENDER,
    track_clicks=False,
)


def starters(name: str) -> EmailDraft | None:
    return STARTER if name == "reset" else None


def document(**changed: Any) -> dict[str, Any]:
    whole = {"name": "Receipt", "subject": "Hi", "from": {"replyTo": "shop@example.com"}, "content": {"html": "<p>"}}
    return {**whole, **changed}


def errors_of(**changed: Any) -> dict[str, str]:
    with pytest.raises(Rejected) as refused:
        draft_of(7, document(**changed), starters)
    return {error.field: error.message for error in refused.value.errors}


def test_reads_hubspots_fields_and_extensions() -> None:
    draft = draft_of(
        7,
        document(
            **{
                "from": {"fromName": "Acme", "replyTo": "shop@example.com", "customReplyTo": "Help <help@example.com>"},
                "content": {
                    "mjml": "<mjml>",
                    "plainTextVersion": "text",
                    "previewText": "preview",
                    "trackOpens": False,
                    "translations": {"DE-at": {"subject": "Hallo", "html": "<b>", "plainTextVersion": "Text"}},
                },
                "subcategory": "automated",
                "subscriptionDetails": {"subscriptionId": 42},
                "campaign": "spring",
                "language": "FR",
            }
        ),
        starters,
    )
    assert draft == EmailDraft(
        email_id=7,
        name="Receipt",
        source=TemplateSource(subject="Hi", body="<mjml>", text="text", preview="preview"),
        sender=Address("shop@example.com", "Acme"),
        reply_to=Address("help@example.com", "Help"),
        subcategory=Subcategory.AUTOMATED,
        subscription="42",
        campaign="spring",
        track_opens=False,
        language="fr",
        variants={"de-at": TemplateSource(subject="Hallo", body="<b>", syntax=TemplateSyntax.HTML, text="Text")},
    )


def test_missing_fields_have_defaults() -> None:
    draft = draft_of(7, document(), starters)
    assert (draft.subcategory, draft.subscription, draft.language) == ("single_send_api", TRANSACTIONAL, "en")
    assert (draft.track_opens, draft.track_clicks, draft.reply_to) == (True, True, None)
    explicit = draft_of(7, document(subscriptionDetails={"subscriptionId": "TRANSACTIONAL"}, to={}), starters)
    assert explicit == draft


@pytest.mark.parametrize("path", ["reset", "templates/email/reset"])
def test_a_starter_fills_missing_content(path: str) -> None:
    draft = draft_of(7, document(content={"templatePath": path, "previewText": "mine"}), starters)
    assert draft.source == TemplateSource(subject="Hi", body="<mjml/>", text="plain", preview="mine")
    assert (draft.track_opens, draft.track_clicks) == (True, False)
    own = draft_of(7, document(content={"templatePath": path, "html": "<p>", "trackClicks": True}), starters)
    assert (own.source.body, own.source.text, own.track_clicks) == ("<p>", "", True)


def test_all_errors_are_reported_together() -> None:
    errors = errors_of(
        **{
            "name": " ",
            "subject": 3,
            "from": {"fromName": "a\nb", "replyTo": "shop@example.com", "customReplyTo": "nobody"},
            "content": {"html": "<p>", "mjml": "<mjml>", "trackOpens": "yes", "translations": {"x": {"html": 1}}},
            "subcategory": "smtp_token",
            "subscriptionDetails": [],
        }
    )
    assert set(errors) == {
        "name",
        "subject",
        "from.fromName",
        "from.customReplyTo",
        "content",
        "content.trackOpens",
        "content.translations",
        "content.translations.x",
        "content.translations.x.html",
        "content.translations.x.subject",
        "subcategory",
        "subscriptionDetails",
    }
    assert "both html and mjml" in errors["content"]
    assert "comes with an SMTP token" not in errors["subcategory"]
    assert "SMTP token" in errors["subcategory"]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        (5, "INVALID_VALUE"),
        (None, "REQUIRED_FIELD"),
        ("", "REQUIRED_FIELD"),
        ("a\nb", "INVALID_VALUE"),
        ("x" * 301, "INVALID_VALUE"),
    ],
)
def test_a_wrong_name_has_one_error(name: object, code: str) -> None:
    with pytest.raises(Rejected) as caught:
        head_of({"name": name})
    assert [(error.field, error.code) for error in caught.value.errors] == [("name", code)]


def test_an_error_shows_what_was_sent() -> None:
    errors = errors_of(
        **{
            "name": "a\nb",
            "subject": 3,
            "from": "shop@example.com",
            "to": [],
            "content": {"html": {}, "trackOpens": "yes", "widgets": "<p>", "sample": False},
            "publishDate": "tomorrow",
            "sendOnPublish": 1,
            "campaign": True,
        }
    )
    assert {field: message for field, message in errors.items() if field not in {"from.replyTo", "content"}} == {
        "name": "must be 1 to 300 printable characters, not 'a\\nb'",
        "subject": "must be text, not 3",
        "from": "must be an object, not 'shop@example.com'",
        "to": "must be an object, not a list",
        "content.html": "must be text, not an object",
        "content.trackOpens": "must be true or false, not 'yes'",
        "content.widgets": "must be an object, not '<p>'",
        "content.sample": "must be an object, not false",
        "publishDate": "must be an ISO-8601 time like 2026-01-31T00:00:00Z, not 'tomorrow'",
        "sendOnPublish": "must be true or false, not 1",
        "campaign": "must be text, not true",
    }
    assert errors_of(name="x" * 301)["name"] == "has 301 characters; at most 300 are allowed"


def test_a_language_has_one_translation() -> None:
    one = {"subject": "x", "html": "<p>"}
    errors = errors_of(language="EN", content={"html": "<p>", "translations": {"de": one, "DE": one, "en": one}})
    assert set(errors) == {"content.translations.DE", "content.translations.en"}
    assert "of the email itself" in errors["content.translations.en"]


def test_a_language_that_does_not_exist_is_an_error() -> None:
    """Already in a draft, also as the language of a translation."""
    wrong = {
        "language": "germn",
        "content": {"html": "<p>", "translations": {"xx-YY": {"subject": "x", "html": "<p>"}}},
    }
    in_a_draft = {error.field: error.message for error in refusal(head_of, {"name": "Draft", **wrong})}
    for errors in (errors_of(**wrong), in_a_draft):
        assert errors["language"].startswith("'germn' is not a language: use a code of HubSpot's")
        assert errors["content.translations"].startswith("'xx-YY' is not a language")


def test_missing_fields_are_errors_only_at_publish() -> None:
    errors = errors_of(**{"from": None, "content": {"templatePath": "@hubspot/email/dnd/welcome.html"}})
    assert set(errors) == {"from.replyTo", "content"}
    assert "starter" in errors["content"]
    assert head_of({"name": "Bare"}).name == "Bare"


def test_a_draft_must_have_the_right_types_already() -> None:
    with pytest.raises(Rejected, match=r"content\.html: must be text"):
        head_of({"name": "Bare", "content": {"html": ["<p>"]}})


def test_a_merge_patch_merges_objects_and_removes_nulls() -> None:
    before = {"name": "A", "content": {"html": "<p>", "widgets": {"one": 1}}, "to": {"x": [1]}}
    changes = {"content": {"html": None, "mjml": "<mjml>", "widgets": {"two": 2}}, "to": {"x": [2]}, "new": {"a": None}}
    assert merged(before, changes) == {
        "name": "A",
        "content": {"mjml": "<mjml>", "widgets": {"one": 1, "two": 2}},
        "to": {"x": [2]},
        "new": {},
    }
    assert before["content"] == {"html": "<p>", "widgets": {"one": 1}}


def nested(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = {"a": [value]}
    return value


def test_depth_is_bounded() -> None:
    assert not too_deep(nested(DEPTH_MAX // 2 - 1))
    assert too_deep(nested(DEPTH_MAX // 2))
    assert too_deep(nested(100_000))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=10,
)
FIELDS = ["name", "subject", "from", "content", "subcategory", "subscriptionDetails", "language", "campaign"]
INNER = [
    "replyTo",
    "fromName",
    "customReplyTo",
    "html",
    "mjml",
    "trackOpens",
    "templatePath",
    "translations",
    "en",
    "subscriptionId",
]
LIKELY = st.dictionaries(st.sampled_from(FIELDS), JSON | st.dictionaries(st.sampled_from(INNER), JSON), max_size=8)


@given(LIKELY)
def test_any_json_is_read_or_gives_errors(document: dict[str, Any]) -> None:
    for read in (head_of, lambda one: draft_of(7, one, starters)):
        assert all(error.field and error.message for error in refusal(read, document))


def refusal(read: Callable[[dict[str, Any]], object], document: dict[str, Any]) -> tuple[FieldError, ...]:
    try:
        read(document)
    except Rejected as refused:
        return refused.errors
    return ()


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=20)
SOURCES = st.builds(
    TemplateSource, subject=TEXT, body=TEXT, syntax=st.sampled_from(TemplateSyntax), text=TEXT, preview=TEXT
)
DRAFTS = st.builds(
    EmailDraft,
    email_id=st.just(7),
    name=st.just("Receipt"),
    source=SOURCES,
    sender=st.just(SENDER),
    reply_to=st.sampled_from([None, Address("help@example.com"), Address("help@example.com", "Zoë")]),
    subcategory=st.sampled_from([one for one in Subcategory if one is not Subcategory.SMTP_TOKEN]),
    subscription=st.sampled_from([TRANSACTIONAL, "42"]),
    campaign=st.sampled_from(["", "spring"]),
    track_opens=st.booleans(),
    track_clicks=st.booleans(),
    language=st.sampled_from(["en", "pt-br"]),
    variants=st.dictionaries(st.sampled_from(["de", "fr"]), SOURCES, max_size=2),
    sample=st.builds(SampleData, st.dictionaries(TEXT, TEXT, max_size=2), st.dictionaries(TEXT, JSON, max_size=2)),
)


@pytest.mark.parametrize("content", [{}, {"trackOpens": True, "trackClicks": True}])
def test_a_sensitive_email_is_not_tracked(content: dict[str, Any]) -> None:
    draft = draft_of(7, document(content={"html": "<p>", "sensitive": True, **content}), starters)
    assert (draft.sensitive, draft.track_opens, draft.track_clicks) == (True, False, False)
    plain = draft_of(7, document(content={"html": "<p>", "sensitive": False, **content}), starters)
    assert (plain.sensitive, plain.track_opens, plain.track_clicks) == (False, True, True)
    assert "content.sensitive" in errors_of(content={"html": "<p>", "sensitive": "yes"})


def test_an_email_is_as_sensitive_as_its_starter() -> None:
    def secret(name: str) -> EmailDraft:
        return replace(STARTER, sensitive=True, track_opens=False)

    content = {"templatePath": "reset", "trackOpens": True}
    assert draft_of(7, document(content=content), secret).sensitive
    own = draft_of(7, document(content={**content, "sensitive": False}), secret)
    assert (own.sensitive, own.track_opens) == (False, True)


@given(DRAFTS)
def test_a_written_document_reads_back(draft: EmailDraft) -> None:
    assert draft_of(7, written(draft), starters) == draft
    sensitive = replace(draft, sensitive=True, track_opens=False, track_clicks=False)
    assert draft_of(7, written(sensitive), starters) == sensitive
