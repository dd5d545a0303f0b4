"""The unsubscribe page and its button over HTTP, on tables in moto."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions import api, wiring
from functions.core.contacts import consent
from functions.core.contacts.contact import EVERYTHING, Contact
from functions.core.contacts.unsubscribe_link import UnsubscribeLink, parse
from functions.core.events import timeline
from functions.core.sending.send import MessageKey
from functions.wiring import Container
from tests.support.aws.cloud import worker
from tests.support.events import CONTEXT, http
from tests.support.examples import NOON, a_message, a_subscription_type

LINK = UnsubscribeLink(MessageKey("s-1", 0), "a-secret")
PATH = LINK.url("")
ONE_CLICK = "List-Unsubscribe=One-Click"


@pytest.fixture
def aws() -> Iterator[Container]:
    with worker() as container:
        container.get(wiring.adapters.subscription_types).put(a_subscription_type(name="News & <b>more</b>"))
        container.get(wiring.adapters.sends).create([a_message(address="Ada@example.net", subscription="news")])
        container.get(wiring.adapters.sends).claim(
            MessageKey("s-1", 0), now=NOON, lease_seconds=60, grace_seconds=60, unsubscribe_id=LINK.secret_id
        )
        yield container


def visit(method: str, path: str = PATH, form: str = "", query: dict[str, str] | None = None) -> tuple[int, str]:
    """Calls as a browser: without a key."""
    event = http(method, path, scopes=None)
    event |= {"body": form, "queryStringParameters": query}
    answer = api.handler(event, CONTEXT)
    assert answer["headers"]["content-type"] == "text/html;charset=utf-8"
    assert "default-src 'none'" in answer["headers"]["content-security-policy"]
    assert answer["headers"]["cache-control"] == "no-store"
    assert "<script" not in answer["body"]
    return answer["statusCode"], answer["body"]


def contact_of(aws: Container) -> Contact:
    contact = aws.get(wiring.adapters.contacts).get("ada@example.net")
    assert contact
    return contact


def facts(aws: Container) -> list[Any]:
    message = aws.get(wiring.adapters.sends).get(MessageKey("s-1", 0))
    assert message
    return [(fact["kind"], fact["subscription"]) for fact in timeline.in_order(message.timeline)]


def test_a_get_changes_nothing(aws: Container) -> None:
    """Filters and scanners follow every link. The page names the address and the type, and has one button."""
    for query in (None, {"all": "true"}):
        assert visit("HEAD", query=query)[0] == 200, "a scanner or a mail program checks the link"
        status, html = visit("GET", query=query)
        assert status == 200
        assert "Ada@example.net" in html
        assert "News &amp; &lt;b&gt;more&lt;/b&gt;" in html
        assert html.count("<button>") == 1
        assert re.search(r'value="(\w+)" checked', html)[1] == ("all" if query else "type")  # type: ignore[index]
    assert aws.get(wiring.adapters.contacts).get("ada@example.net") is None
    assert facts(aws) == []


@pytest.mark.parametrize("form", [ONE_CLICK, "scope=type", "", "--x\r\nContent-Disposition: form-data", "%ff=%fe"])
def test_a_post_unsubscribes_from_the_mails_own_type(aws: Container, form: str) -> None:
    for _ in range(2):
        status, html = visit("POST", form=form)
        assert (status, "You are unsubscribed" in html) == (200, True)
    assert contact_of(aws).unsubscribed("news")
    assert not contact_of(aws).unsubscribed(EVERYTHING)
    assert facts(aws) == [("UNSUBSCRIBED", "news")]


@pytest.mark.parametrize(("form", "query"), [("scope=all", None), (ONE_CLICK, {"all": "true"})])
def test_a_post_can_unsubscribe_from_everything(aws: Container, form: str, query: dict[str, str] | None) -> None:
    visit("POST", form=form, query=query)
    assert contact_of(aws).unsubscribed(EVERYTHING)
    assert facts(aws) == [("UNSUBSCRIBED", EVERYTHING)]


def test_the_forms_choice_overrides_the_links(aws: Container) -> None:
    visit("POST", form="scope=type", query={"all": "true"})
    assert not contact_of(aws).unsubscribed(EVERYTHING)


def test_a_person_can_resubscribe(aws: Container) -> None:
    """Also after a spam report: the same person withdraws it."""
    aws.get(wiring.adapters.contacts).mark_complained("ada@example.net", "2026-01-01T00:00:00.000Z")
    visit("POST", form="scope=all")
    assert consent.refusal("news", contact_of(aws))
    status, html = visit("POST", form="action=return")
    assert (status, "subscribed again" in html) == (200, True)
    assert consent.refusal("news", contact_of(aws)) is None


@pytest.mark.parametrize(
    "path",
    ["/unsubscribe/s-1.0.dry-run", "/unsubscribe/s-1.1.a-secret", "/unsubscribe/s-2.0.a-secret", "/unsubscribe/x"],
)
def test_an_invalid_link_changes_nothing(aws: Container, path: str) -> None:
    for method in ("GET", "HEAD", "POST"):
        status, html = visit(method, path)
        assert (status, "Ada" in html) == (404, False)
    assert aws.get(wiring.adapters.contacts).get("ada@example.net") is None


def test_a_request_with_another_method_logs_no_secret(aws: Container, capsys: pytest.CaptureFixture[str]) -> None:
    answer = api.handler(http("PUT", PATH, scopes=None), CONTEXT)
    assert (answer["statusCode"], "a-secret" in answer["body"]) == (404, False)
    assert "a-secret" not in capsys.readouterr().out


def test_no_link_opens_a_mail_without_one() -> None:
    assert not UnsubscribeLink(MessageKey("s-1", 0), "").matches(a_message())
    assert not LINK.matches(None)


@given(st.text())
def test_any_text_is_a_link_or_rejected(text: str) -> None:
    try:
        link = parse(text)
    except ValueError:
        return
    assert 0 <= link.key.recipient < 100


def test_a_link_reads_back() -> None:
    assert parse(PATH.rpartition("/")[2]) == LINK
