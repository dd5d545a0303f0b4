"""Tracked messages: which parts change, how they stay readable, and what opens and clicks publish."""

import re
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from infra.local.ses import Submission
from infra.local.ses.message import RawMessage
from infra.local.ses.tracking import is_machine

PAGE = '<html><body><a href="https://example.com/a?b=1&amp;c=2">go</a> così</body></html>'
CLICK = re.compile(r"http://localhost:8025/CL0/([^\"]+)")
OPEN = re.compile(r"http://localhost:8025/OP0/([^\"]+)")
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def html_mail(
    html: str = PAGE, cte: str = "quoted-printable", charset: str = "utf-8", to: str = "a@customer.test"
) -> bytes:
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = "orders@example.com", to, "Receipt"
    message.set_content("Text with https://example.com/a\n")
    message.add_alternative(html, subtype="html", cte=cte, charset=charset)
    message.add_attachment(b'<a href="https://example.com/a">', maintype="text", subtype="html", filename="a.html")
    return message.as_bytes()


def received_html(ses_scenario: Any, number: int = 0) -> str:
    return str(ses_scenario.mails()[number].reading.html)


def token(pattern: re.Pattern[str], html: str) -> str:
    match = pattern.search(html)
    assert match
    return match[1]


@pytest.mark.parametrize(
    ("cte", "charset"),
    [
        ("quoted-printable", "utf-8"),
        ("base64", "utf-8"),
        ("8bit", "utf-8"),
        ("base64", "iso-8859-1"),
        ("base64", "utf-16"),
    ],
)
def test_only_the_html_part_changes(ses_scenario: Any, cte: str, charset: str) -> None:
    """It has its own transfer encoding and charset. Text part and attachments do not change."""
    raw = html_mail(cte=cte, charset=charset)
    ses_scenario.send("a@customer.test", raw)
    received = ses_scenario.mails()[0].raw
    html = received_html(ses_scenario)
    assert (
        CLICK.sub("https://example.com/a?b=1&amp;c=2", html).replace("<img", "\0<img").split("\0")[0]
        == PAGE.split("</body>", maxsplit=1)[0]
    )
    assert "così" in html
    assert OPEN.search(html)
    sent_parts = [part.as_bytes() for part in message_from_bytes(raw).walk() if not part.is_multipart()]
    got_parts = [part.as_bytes() for part in message_from_bytes(received).walk() if not part.is_multipart()]
    assert [sent_parts[0], sent_parts[2]] == [got_parts[0], got_parts[2]]
    assert message_from_bytes(received, policy=default).defects == []


@pytest.mark.parametrize(
    ("event_types", "opens", "clicks"),
    [(["OPEN"], True, False), (["CLICK"], False, True), (["SEND"], False, False)],
)
def test_the_sets_destinations_decide(ses_scenario: Any, event_types: list[str], opens: bool, clicks: bool) -> None:
    """Without a destination for the events, nothing is tracked."""
    ses_scenario.configuration_set("other", event_types)
    raw = html_mail()
    ses_scenario.send("a@customer.test", raw, configuration_set="other")
    html = received_html(ses_scenario)
    assert (OPEN.search(html) is not None, CLICK.search(html) is not None) == (opens, clicks)
    if not opens and not clicks:
        assert raw.partition(b"\r\n\r\n")[2] in ses_scenario.mails()[0].raw


def test_a_message_may_override_its_set(ses_scenario: Any) -> None:
    """The API has ConfigurationOverrides.Tracking for this."""
    ses_scenario.client.send_email(
        FromEmailAddress="orders@example.com",
        Destination={"ToAddresses": ["a@customer.test"]},
        Content={"Raw": {"Data": html_mail()}},
        ConfigurationSetName="transactional",
        ConfigurationOverrides={"Tracking": {"OpenTrackingEnabled": "DISABLED", "ClickTrackingEnabled": "ENABLED"}},
    )
    html = received_html(ses_scenario)
    assert OPEN.search(html) is None
    assert CLICK.search(html)


def test_an_open_is_an_event(ses_scenario: Any) -> None:
    """It has the visitor's address and agent."""
    message_id = ses_scenario.send("a@customer.test", html_mail(), tags={"send-id": "s1"})
    assert ses_scenario.ses.opened(token(OPEN, received_html(ses_scenario)), "203.0.113.7", BROWSER)
    event = ses_scenario.events()[-1]
    assert event["eventType"] == "Open"
    assert event["mail"]["messageId"] == message_id
    assert event["mail"]["tags"]["send-id"] == ["s1"]
    assert "ses:outgoing-ip" not in event["mail"]["tags"], "only a Delivery has it"
    assert event["open"] == {
        "ipAddress": "203.0.113.7",
        "timestamp": "2026-11-23T15:38:00.123Z",
        "userAgent": BROWSER,
        "isBotEvent": "Unlikely",
    }


def test_a_click_is_an_event_and_leads_on(ses_scenario: Any) -> None:
    """The link is the original one, with entities decoded. Its labels are in the event."""
    page = '<a href="https://example.com/a?b=1&amp;c=2" ses:tags="place:top">go</a><a href="http://example.com/z">z</a>'
    ses_scenario.send("a@customer.test", html_mail(page))
    html = received_html(ses_scenario)
    assert "ses:tags" not in html
    assert ses_scenario.ses.clicked(token(CLICK, html), "::1", BROWSER) == "https://example.com/a?b=1&c=2"
    click = ses_scenario.events()[-1]["click"]
    assert (click["link"], click["linkTags"]) == ("https://example.com/a?b=1&c=2", {"place": ["top"]})
    other = CLICK.findall(html)[1]
    assert ses_scenario.ses.clicked(other, "::1", "Mozilla/5.0") == "http://example.com/z"
    click = ses_scenario.events()[-1]["click"]
    assert (click["linkTags"], click["isBotEvent"]) == (None, "Likely")


@pytest.mark.parametrize("unknown", ["", "x", "x.0", ".", "..", "x.-1", "x.²", "x." + "9" * 5000])
def test_an_unknown_token_is_no_event(ses_scenario: Any, unknown: str) -> None:
    """This includes a valid message with a link that it does not have."""
    ses_scenario.send("a@customer.test", html_mail())
    message_token = token(OPEN, received_html(ses_scenario))
    assert not ses_scenario.ses.opened(unknown, "::1", BROWSER)
    for forged in (unknown, unknown.replace("x", message_token) if "x" in unknown and unknown != "x.0" else unknown):
        assert ses_scenario.ses.clicked(forged, "::1", BROWSER) is None
    assert ses_scenario.kinds() == ["Send", "Delivery"]


def test_each_message_has_tokens_of_its_own(ses_scenario: Any) -> None:
    """The recipients of one message share them, as in SES."""
    ses_scenario.send("a@customer.test", html_mail())
    ses_scenario.send("b@customer.test", html_mail(to="b@customer.test"))
    ses_scenario.ses.submit(world_submission(html_mail(), ("c@customer.test", "d@customer.test")))
    tokens = [token(OPEN, mail.reading.html) for mail in ses_scenario.mails()]
    assert len(set(tokens)) == len(tokens) == 3


def world_submission(raw: bytes, destinations: tuple[str, ...]) -> Any:
    return Submission(raw=raw, destinations=destinations, configuration_set="transactional")


def test_links_after_the_250th_are_left(ses_scenario: Any) -> None:
    """This is SES's limit."""
    page = "".join(f'<a href="http://example.com/{number}">x</a>' for number in range(260))
    ses_scenario.send("a@customer.test", html_mail(page))
    html = received_html(ses_scenario)
    assert len(CLICK.findall(html)) == 250
    assert 'href="http://example.com/250"' in html


def test_the_tracking_url_is_read_at_send_time(ses_scenario: Any) -> None:
    """A mailbox on another port sets it."""
    ses_scenario.ses.tracking_url = "http://localhost:9999/"
    ses_scenario.send("a@customer.test", html_mail())
    assert "http://localhost:9999/OP0/" in received_html(ses_scenario)


@pytest.mark.parametrize(
    ("agent", "machine"),
    [
        (BROWSER, False),
        ("python-requests/2.32", False),
        ("Mozilla/5.0", True),
        ("Mozilla/5.0 (compatible; Googlebot/2.1)", True),
        ("Barracuda Sentinel", True),
    ],
)
def test_machines_are_recognised_by_their_agent(agent: str, machine: bool) -> None:
    """A test suite's HTTP library counts as a person."""
    assert is_machine(agent) is machine


@given(st.binary(max_size=300))
@example(b"A: b\r\n c\r\nD: e")
def test_a_message_gives_its_bytes_back(raw: bytes) -> None:
    """Header fields stay raw. Only a last field without a line end gets one."""
    assert bytes(RawMessage.parse(raw)).removesuffix(b"\r\n") == raw.removesuffix(b"\r\n")
