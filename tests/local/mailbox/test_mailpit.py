"""Mailpit's HTTP API, as its clients call it."""

import hashlib
import json
from email.message import EmailMessage
from typing import Any

import pytest


def put(site: Any, subject: str = "Receipt", **headers: str) -> str:
    message = EmailMessage()
    for name, value in ({"From": "Nino <nino@example.com>", "To": "Ada <ada@customer.test>"} | headers).items():
        message[name.replace("_", "-")] = value
    message["Subject"] = subject
    message.set_content("Grazie!\n")
    message.add_attachment(
        b"\x89PNG", maintype="image", subtype="png", filename="a.png", cid="<logo>", disposition="inline"
    )
    message.add_attachment("<script>alert(1)</script>", subtype="html", filename='a"; x="b.html')
    return str(site.mailbox.deliver("bounce@example.com", ["ada@customer.test"], message.as_bytes(), ["order=7"]))


def test_messages_are_listed_newest_first(site: Any) -> None:
    """The list has the totals too."""
    for subject in "abc":
        put(site, subject)
    answer = site.get("/api/v1/messages?start=1&limit=1").json
    messages = answer.pop("messages")
    assert answer == {
        "total": 3,
        "unread": 3,
        "count": 1,
        "messages_count": 3,
        "messages_unread": 3,
        "start": 1,
        "tags": ["order=7"],
    }
    assert [message["Subject"] for message in messages] == ["b"]
    raw_size = len(site.mailbox.get("m2").raw)
    assert messages[0] == {
        "ID": "m2",
        "MessageID": "",
        "Read": False,
        "From": {"Name": "Nino", "Address": "nino@example.com"},
        "To": [{"Name": "Ada", "Address": "ada@customer.test"}],
        "Cc": [],
        "Bcc": [],
        "ReplyTo": [],
        "Subject": "b",
        "Created": "2026-11-23T15:40:00.000Z",
        "Username": "",
        "Tags": ["order=7"],
        "Size": raw_size,
        "Attachments": 1,
        "Snippet": "Grazie!",
    }


def test_a_message_is_read_whole_and_marked(site: Any) -> None:
    """Mailpit marks a message as read when it is fetched."""
    mail_id = put(site, Cc="c@customer.test", Reply_To="r@example.com", Message_ID="<1@example.com>")
    message = site.get(f"/api/v1/message/{mail_id}").json
    assert (message["ID"], message["MessageID"], message["Subject"]) == (mail_id, "1@example.com", "Receipt")
    assert message["Text"] == "Grazie!\n"
    assert message["HTML"] == ""
    assert message["Date"] == "2026-11-23T15:39:00.000Z"
    assert [address["Address"] for name in ("Cc", "ReplyTo") for address in message[name]] == [
        "c@customer.test",
        "r@example.com",
    ]
    assert [(part["FileName"], part["ContentID"]) for part in message["Inline"]] == [("a.png", "logo")]
    assert message["Inline"][0]["Size"] == 4
    assert message["Inline"][0]["Checksums"]["SHA256"] == hashlib.sha256(b"\x89PNG").hexdigest()
    assert site.get("/api/v1/search?query=is:read").json["messages_count"] == 1


def test_latest_names_the_newest(site: Any) -> None:
    """This works in every message route. An empty mailbox has no latest message."""
    assert site.get("/api/v1/message/latest").status == 404
    put(site, "a")
    mail_id = put(site, "b")
    assert site.get("/api/v1/message/latest").json["ID"] == mail_id
    assert site.get("/api/v1/message/latest/raw").body == site.mailbox.get(mail_id).raw
    assert site.get("/api/v1/message/latest/headers").json["Subject"] == ["b"]
    assert site.get("/api/v1/message/unknown").status == 404


def test_parts_are_served_so_that_nothing_runs(site: Any) -> None:
    """Pictures are inline. Content that a browser could run is a download without a type."""
    mail_id = put(site)
    message = site.get(f"/api/v1/message/{mail_id}").json
    image = site.get(f"/api/v1/message/{mail_id}/part/{message['Inline'][0]['PartID']}")
    assert (image.body, image.headers["content-type"]) == (b"\x89PNG", "image/png")
    page = site.get(f"/api/v1/message/{mail_id}/part/{message['Attachments'][0]['PartID']}")
    assert page.headers["content-type"] == "application/octet-stream"
    assert page.headers["content-disposition"].startswith("attachment;")
    for answer in (image, page, site.get(f"/api/v1/message/{mail_id}/raw")):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "sandbox" in answer.headers["content-security-policy"]
    assert site.get(f"/api/v1/message/{mail_id}/part/99").status == 404


def test_search_answers_as_the_list_does(site: Any) -> None:
    """Counts are of the matches; totals are of the mailbox."""
    for subject in ("one", "two", "three"):
        put(site, subject)
    answer = site.get("/api/v1/search?query=subject:t&limit=1").json
    assert (answer["total"], answer["messages_count"], answer["count"]) == (3, 2, 1)
    assert [message["Subject"] for message in answer["messages"]] == ["three"]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/api/v1/search", "no search query"),
        ("/api/v1/search?query=%20", "no search query"),
        ("/api/v1/search?query=before:x", "not a date"),
        ("/api/v1/search?query=after:2026-11-23&tz=Nowhere/Land", "unknown time zone"),
        ("/api/v1/search?query=x&tz=../../etc/passwd", "unknown time zone"),
    ],
)
def test_bad_searches_are_errors(site: Any, path: str, text: str) -> None:
    """The response is 400 with the reason."""
    answer = site.get(path)
    assert answer.status == 400
    assert text in answer.text


def test_dates_are_read_in_the_callers_zone(site: Any) -> None:
    """15:39 in UTC is 16:39 in Rome."""
    put(site)
    path = "/api/v1/search?query=after:%222026-11-23%2016:00%22"
    assert site.get(path).json["messages_count"] == 0
    assert site.get(path + "&tz=Europe/Rome").json["messages_count"] == 1


def test_messages_are_deleted_by_id_by_search_and_all(site: Any) -> None:
    """An empty body means all, as in Mailpit."""
    ids = [put(site, subject) for subject in ("a", "b", "c", "d")]
    assert site("DELETE", "/api/v1/messages", json.dumps({"IDs": ids[:1]})).text == "ok"
    assert site("DELETE", "/api/v1/search?query=subject:b").text == "ok"
    assert [mail.id for mail in site.mailbox.all()] == [ids[3], ids[2]]
    assert site("DELETE", "/api/v1/messages").text == "ok"
    assert site.mailbox.all() == ()


def test_read_status_is_set(site: Any) -> None:
    """It is set for some messages, or for all."""
    ids = [put(site), put(site)]
    site("PUT", "/api/v1/messages", json.dumps({"Read": True, "IDs": ids[:1]}))
    assert [mail.is_read for mail in site.mailbox.all()] == [False, True]
    site("PUT", "/api/v1/messages", json.dumps({"Read": True}))
    assert all(mail.is_read for mail in site.mailbox.all())
    assert site.get("/api/v1/info").json["Unread"] == 0


def test_a_mail_is_shown_by_itself(site: Any) -> None:
    """Its HTML is sandboxed. A mail without HTML answers 404."""
    mail_id = put(site)
    assert site.get(f"/view/{mail_id}.txt").text == "Grazie!\n"
    assert site.get("/view/latest.txt").headers["content-type"].startswith("text/plain")
    assert site.get(f"/view/{mail_id}.html").status == 404
    html = site.mailbox.deliver("", [], b'Content-Type: text/html\n\n<p><a href="https://example.com">x</a></p>')
    answer = site.get(f"/view/{html}.html")
    assert answer.text.strip() == '<p><a href="https://example.com">x</a></p>'
    assert "sandbox" in answer.headers["content-security-policy"]
    assert '<base target="_blank">' in site.get("/view/latest.html?embed=1").text
    assert site.get("/view/unknown.txt").status == 404


def test_tags_are_set_renamed_and_deleted(site: Any) -> None:
    ids = [put(site), put(site)]
    assert site.get("/api/v1/tags").json == ["order=7"]
    site("PUT", "/api/v1/tags", json.dumps({"IDs": ids[:1], "Tags": ["b", "a", "b"]}))
    assert site.mailbox.get(ids[0]).tags == ("a", "b")
    assert site("PUT", "/api/v1/tags/a", json.dumps({"Name": "b"})).text == "ok"
    assert site.get("/api/v1/tags").json == ["b", "order=7"]
    assert site("DELETE", "/api/v1/tags/order%3D7").text == "ok"
    assert site.get("/api/v1/info").json["Tags"] == {"b": 1}
    assert site("DELETE", "/api/v1/tags/unknown").status == 400
    assert site("PUT", "/api/v1/tags/b", json.dumps({"Name": " "})).status == 400


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"From": {"Email": "nobody"}}, "invalid From address: nobody"),
        ({"From": {"Email": ""}}, "invalid From address"),
        ({"Bcc": ["x"]}, "invalid Bcc address: x"),
        ({"Headers": {"subject": "x"}}, "cannot overwrite header"),
        ({"Headers": {"X-A": "a\r\nBcc: x@example.com"}}, "Header values may not contain"),
        ({"Attachments": [{"Content": "%", "Filename": "a"}]}, "error decoding base64 attachment"),
        ({"To": 7}, "Expected `array`"),
    ],
)
def test_a_mail_that_cannot_be_built_is_an_error(site: Any, change: dict[str, Any], error: str) -> None:
    body = {"From": {"Email": "nino@example.com"}, "To": [{"Email": "ada@customer.test"}]} | change
    answer = site("POST", "/api/v1/send", json.dumps(body))
    assert answer.status == 400
    assert error in answer.json["Error"]
    assert site.mailbox.all() == ()


@pytest.mark.parametrize("body", ["{", "[]", '{"IDs": [1]}', '{"IDs": "m1"}', '{"IDs": {"a": 1}}'])
def test_a_bad_body_deletes_nothing(site: Any, body: str) -> None:
    """Mailpit deletes all for an invalid body. Here that is an error."""
    put(site)
    assert site("DELETE", "/api/v1/messages", body).status == 400
    assert len(site.mailbox.all()) == 1
