"""The mailbox page: its content, and the limits of hostile mail."""

from email.message import EmailMessage
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.local.mailbox.conftest import HISTORY

HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(1)>'


def put(site: Any, html: str = "", subject: str = "Receipt", sender: str = "nino@example.com") -> str:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, "ada@customer.test", subject
    message.set_content("Grazie! " + HOSTILE)
    if html:
        message.add_alternative(html, subtype="html")
    message.add_attachment(
        b"PNG", maintype="image", subtype="png", filename=HOSTILE, cid="<logo>", disposition="inline"
    )
    return str(site.mailbox.deliver("s@example.com", ["ada@customer.test"], message.as_bytes(), [HOSTILE]))


class Dangers(HTMLParser):
    """Collects everything in a page that could run."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.dangers: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        own = (tag, dict(attrs).get("src")) == ("script", "/static/mailbox.js")
        if tag in ("script", "object", "embed", "base") and not own:
            self.dangers.append(tag)
        self.dangers += [
            name for name, value in attrs if name.startswith("on") or (value or "").startswith("javascript:")
        ]


def test_an_empty_mailbox_explains_itself(site: Any) -> None:
    """The page is not blank."""
    assert "No mail yet" in site.get("/").text


def test_the_list_shows_mail_and_searches_it(site: Any) -> None:
    """It has a count of the matches, and texts for no match and for an invalid query."""
    put(site, subject="Receipt 7")
    put(site, subject="Password")
    assert "2 mails, 2 unread" in site.get("/").text
    dangers = site.get("/?q=subject:receipt").text
    assert "Receipt 7" in dangers
    assert "Password" not in dangers
    assert "No mail matches" in site.get("/?q=zzz").text
    assert "is not a date" in site.get("/?q=before:x").text


def test_long_lists_come_in_pages(site: Any) -> None:
    """Older and Newer link to the other pages and preserve the query."""
    for number in range(60):
        put(site, subject=f"n{number:02}")
    first = site.get("/?q=from:nino").text
    assert "/?q=from%3Anino&amp;start=50" in first
    assert "n00" not in first
    second = site.get("/?q=from:nino&start=50").text
    assert "n00" in second
    assert '<a href="/?q=from%3Anino">Newer</a>' in second


@pytest.mark.parametrize(
    "tab", ["", "?tab=html", "?tab=text", "?tab=source", "?tab=headers", "?tab=attachments", "?tab=zzz"]
)
def test_no_tab_runs_content_of_a_mail(site: Any, tab: str) -> None:
    """Subject, sender, tags, file names and texts are all shown as text."""
    mail_id = put(site, f"<p>{HOSTILE}", subject=HOSTILE, sender=f'"{HOSTILE.replace(chr(34), "")}" <nino@example.com>')
    answer = site.get(f"/mail/{mail_id}{tab}")
    assert answer.status == 200
    assert Dangers(answer.text).dangers == []
    assert "alert(1)" in answer.text
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert Dangers(site.get("/?q=" + "%22%3E%3Cscript%3E").text).dangers == []


def test_looking_at_a_mail_marks_it_read(site: Any) -> None:
    """This is as in every mail client."""
    mail_id = put(site)
    site.get(f"/mail/{mail_id}")
    assert site.mailbox.get(mail_id).is_read
    assert site.get("/mail/unknown").status == 404


def test_html_is_framed_without_scripts(site: Any) -> None:
    """The frame and the response's policy both sandbox it. Pictures load, so that the pixel counts."""
    mail_id = put(site, "<html><head><title>x</title></head><body><script>alert(1)</script>ciao</body></html>")
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in site.get(f"/mail/{mail_id}").text
    answer = site.get(f"/mail/{mail_id}/body")
    policy = answer.headers["content-security-policy"]
    assert "sandbox allow-popups allow-popups-to-escape-sandbox" in policy
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy
    assert "script-src" not in policy
    assert "img-src http: https: data:" in policy
    assert '<head><base target="_blank"><title>' in answer.text


def test_inline_pictures_show(site: Any) -> None:
    """`cid:` becomes the part's address."""
    mail_id = put(site, '<img src="cid:logo">')
    body = site.get(f"/mail/{mail_id}/body").text
    source = body.partition('src="')[2].partition('"')[0]
    assert site.get(source).body == b"PNG"


def test_the_doctype_stays_first(site: Any) -> None:
    """Otherwise the browser would use quirks mode."""
    mail_id = put(site, "<!doctype html><p>x")
    assert site.get(f"/mail/{mail_id}/body").text.startswith('<!doctype html><base target="_blank">')


def test_a_mail_or_all_are_deleted_by_the_pages_form(site: Any) -> None:
    """The browser then returns to the list."""
    first, second = put(site), put(site)
    form = {"Content_Type": "application/x-www-form-urlencoded", "Origin": f"http://127.0.0.1:{site.port}"}
    answer = site("POST", "/delete", f"id={first}", Sec_Fetch_Site="same-origin", **form)
    assert (answer.status, answer.headers["location"]) == (303, "/")
    assert [mail.id for mail in site.mailbox.all()] == [second]
    assert site("POST", "/delete", "", **form).status == 303
    assert site.mailbox.all() == ()


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Origin": "http://evil.test"},
        {"Origin": "null"},
    ],
)
def test_other_sites_delete_nothing(site: Any, headers: dict[str, str]) -> None:
    """A form of another site in a visitor's browser is refused. A sandboxed mail is another site."""
    put(site)
    assert site("POST", "/delete", "", **headers).status == 403
    assert len(site.mailbox.all()) == 1


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_have_a_page(site: Any, raw: bytes) -> None:
    """This covers every tab of any mail, and its entry in the list and in the API."""
    mail_id = site.mailbox.deliver("", [], raw)
    paths = [
        "/",
        "/api/v1/messages",
        f"/api/v1/message/{mail_id}",
        f"/api/v1/message/{mail_id}/headers",
        f"/mail/{mail_id}/body",
    ]
    paths += [f"/mail/{mail_id}?tab={tab}" for tab in ("html", "text", "source", "headers", "attachments", "history")]
    assert {path: site.get(path).status for path in paths} == dict.fromkeys(paths, 200)
    site.mailbox.clear()


@pytest.mark.parametrize(
    ("tags", "ses_message_id", "message"),
    [
        (["staffetta_send=abc", "staffetta_recipient=1"], "0100-1", "abc/1"),
        (["staffetta_send=abc"], "0100-1", "abc/0"),
        (["order=7"], "0100-1", "0100-1"),
    ],
)
def test_a_mail_links_to_the_history_of_its_message(
    site: Any, tags: list[str], ses_message_id: str, message: str
) -> None:
    """The tags name the message of a mail over the API; SES's id names any other."""
    site.histories[message] = HISTORY
    mail_id = site.mailbox.deliver("", ["ada@customer.test"], b"Subject: x\n\nx", tags, ses_message_id=ses_message_id)
    assert 'href="?tab=history"' in site.get(f"/mail/{mail_id}").text
    page = site.get(f"/mail/{mail_id}?tab=history").text
    assert "the mailbox does not exist" in page
    assert "diagnosticCode: &lt;b&gt;550" in page
    assert f"/staffetta/v1/messages/{message}" in page


def test_a_mail_without_a_message_has_no_history(site: Any) -> None:
    mail_id = site.mailbox.deliver("", ["ada@customer.test"], b"Subject: x\n\nx")
    assert "What happened" not in site.get(f"/mail/{mail_id}").text
    assert "no history" in site.get(f"/mail/{mail_id}?tab=history").text


def test_every_page_has_one_heading(site: Any) -> None:
    assert site.get("/").text.count("<h1>") == 1
    mail_id = put(site)
    pages = ["/", "/?q=zzz", "/?q=before:x", f"/mail/{mail_id}", f"/mail/{mail_id}?tab=history"]
    assert {page: site.get(page).text.count("<h1>") for page in pages} == dict.fromkeys(pages, 1)


def test_the_pixel_calls_the_tracker(site: Any) -> None:
    """It is a GIF that is never cached, for valid tokens only."""
    answer = site("GET", "/OP0/known", User_Agent="Reader/1")
    assert (answer.status, answer.headers["content-type"]) == (200, "image/gif")
    assert answer.body.startswith(b"GIF89a")
    assert answer.headers["cache-control"] == "no-store"
    assert site.tracker.visits == [("known", "127.0.0.1", "Reader/1")]
    assert site.get("/OP0/other").status == 404


def test_a_click_leads_to_the_link_as_it_was_written(site: Any) -> None:
    """No character is normalised on the way. An unknown token has no target."""
    answer = site.get("/CL0/known.0")
    assert (answer.status, answer.headers["location"]) == (302, "https://example.com/%7Eq?a=%20&b=c#d")
    assert site.get("/CL0/other.0").status == 404


def test_a_head_request_is_no_visit(site: Any) -> None:
    """Link checkers send it."""
    assert site("HEAD", "/CL0/known.0").status == 405
    assert site.tracker.visits == []


def test_the_pages_own_files_are_served(site: Any) -> None:
    """They are the only style and script that the policy allows."""
    assert "text/css" in site.get("/static/style.css").headers["content-type"]
    assert "javascript" in site.get("/static/mailbox.js").headers["content-type"]
    assert site.get("/static/../page.py").status in (403, 404)


def test_a_mail_and_its_page_in_the_console_are_linked(site: Any) -> None:
    mail_id = site.mailbox.deliver("", ["ada@customer.test"], b"Subject: x\n\nx", ses_message_id="0100-1")
    assert 'href="http://console.test/console/messages/0100-1"' in site.get(f"/mail/{mail_id}").text
    assert site.get("/message/0100-1").headers["location"] == f"/mail/{mail_id}"
    assert site.get("/message/0100-2").status == 404
