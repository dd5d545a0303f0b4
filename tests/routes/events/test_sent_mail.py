"""A mail as it was sent over HTTP, the same mail once more, and its web version."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from functions import api, wiring
from functions.core.sending.send import MessageKey, State
from functions.core.sending.web_version import WebVersionLink
from functions.wiring import Container
from tests.support.aws.cloud import worker
from tests.support.events import CONTEXT, http
from tests.support.examples import a_message
from tests.support.http.api import call
from tests.support.sent_mail import store_sent

MESSAGES = "/staffetta/v1/messages"


@pytest.fixture(scope="module")
def aws() -> Iterator[Container]:
    with worker() as created:
        yield created


def test_a_sent_mail_shows_its_content_and_its_values(aws: Container) -> None:
    store_sent(aws, "s-shown")
    status, mail = call("GET", f"{MESSAGES}/s-shown/0/content")
    assert status == 200
    assert (mail["subject"], mail["html"]) == ("Order 42", "<p>Dear Ada</p>")
    assert (mail["from"], mail["revision"], mail["language"]) == ("Acme <shop@example.com>", 1, "en")
    assert mail["customProperties"] == {"order": 42}
    assert mail["contactProperties"] == {"firstname": "Ada", "email": "ada@example.net"}


@pytest.mark.parametrize("path", ["s-plain/0", "s-plain/1", "s-plain/x", "nobody/0"])
def test_a_mail_without_content_is_404_with_the_reason(aws: Container, path: str) -> None:
    aws.get(wiring.adapters.sending.sends).create([a_message("s-plain", state=State.CANCELED)])
    for method, last in (("GET", "content"), ("POST", "resend")):
        status, answer = call(method, f"{MESSAGES}/{path}/{last}")
        assert status == 404
        assert answer["message"]


def test_a_key_that_may_not_send_reads_no_mail(aws: Container) -> None:
    store_sent(aws, "s-scopes")
    for method, last in (("GET", "content"), ("POST", "resend")):
        assert call(method, f"{MESSAGES}/s-scopes/0/{last}", scopes="content")[0] == 403


def test_a_resend_is_a_new_message_that_names_the_first(aws: Container) -> None:
    store_sent(aws, "s-first")
    status, message = call("POST", f"{MESSAGES}/s-first/0/resend")
    assert (status, message["resendOf"], message["state"]) == (201, "s-first", "QUEUED")
    (sent,) = call("GET", f"{MESSAGES}/{message['statusId']}")[1]["recipients"]
    assert (sent["address"], sent["resendOf"]) == ("ada@example.net", "s-first")


def test_a_repeated_idempotency_key_sends_nothing(aws: Container) -> None:
    store_sent(aws, "s-once")
    first, second = (
        call("POST", f"{MESSAGES}/s-once/0/resend", headers={"idempotency-key": "click-1"})[1] for _ in range(2)
    )
    assert first["statusId"] == second["statusId"]


def test_a_web_version_is_shown_in_a_sandbox(aws: Container) -> None:
    link = WebVersionLink(MessageKey("s-web", 0), "secret")
    store_sent(aws, "s-web", web_version_id=link.secret_id)
    answer = api.handler(http("GET", "/web-version/s-web.0.secret", scopes=None), CONTEXT)
    assert (answer["statusCode"], answer["body"]) == (200, "<p>Dear Ada</p>")
    policy = answer["headers"]["content-security-policy"]
    assert policy.startswith("sandbox ")
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy
    assert answer["headers"]["cache-control"] == "no-store"


@pytest.mark.parametrize("link", ["s-web.0.another", "s-web", "s-none.0.secret", "s-web.0.secret.x"])
@pytest.mark.parametrize(("language", "text"), [("en", "no longer available"), ("it", "non è più disponibile")])
def test_an_expired_web_version_is_a_page_for_people(aws: Container, link: str, language: str, text: str) -> None:
    request = http("GET", f"/web-version/{link}", scopes=None, headers={"accept-language": language})
    answer = api.handler(request, CONTEXT)
    assert answer["statusCode"] == 404
    assert text in answer["body"]


def test_messages_are_found_by_a_part_of_their_subject(aws: Container) -> None:
    timeline = {"a": {"kind": "SENT", "at": "2026-11-23T12:00:00.000Z", "subject": "Ihre Bestellung 77"}}
    message = a_message("s-subject", address="subject@example.net", state=State.SENT, timeline=timeline)
    aws.get(wiring.adapters.sending.sends).create([message])
    for text, matches in (("BESTELLUNG", 1), ("77", 1), ("78", 0)):
        query = {"recipient": "subject@example.net", "subject": text}
        _, page = call("GET", MESSAGES, queryStringParameters=query)
        assert [one["subject"] for one in page["results"]] == ["Ihre Bestellung 77"] * matches
