"""Publishing finds contracts, errors, warnings, partials, and links that opt out of tracking."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from functions.adapters.templates import starters
from functions.routes.statistics.table import EMAILS_PATH as EMAILS
from tests.end_to_end.service import Service
from tests.end_to_end.support.publishing import OURS, PARTIALS, create_draft, published, received
from tests.end_to_end.support.sending.sends import SEND
from tests.support.cli.staffetta_command import failing, staffetta
from tests.support.examples import SENDER


def sent(service: Service, email_id: str, to: str, **request: Any) -> dict[str, Any]:
    requested = {"emailId": int(email_id), "message": {"to": to}, **request}
    reported: dict[str, Any] = service.http.post(SEND, json=requested).json()
    service.settle()
    return reported


def test_a_send_without_a_required_property_is_refused_by_name(service: Service) -> None:
    email_id = published(service, html="<p>{{ custom.order.number }} {{ custom.note|default('-') }}</p>")
    contract = service.http.get(f"{OURS}/{email_id}/contract").json()
    custom = contract["properties"]["customProperties"]
    assert (custom["required"], sorted(custom["properties"])) == (["order"], ["note", "order"])
    refused = sent(service, email_id, "ada@lacking.example.net", customProperties={"order": {}})
    assert (refused["status"], refused["sendResult"]) == ("COMPLETE", "MISSING_TEMPLATE_PROPERTIES")
    assert "custom.order.number" in refused["message"]
    assert service.mails("to:ada@lacking.example.net") == []
    whole = sent(service, email_id, "bob@lacking.example.net", customProperties={"order": {"number": 7}})
    assert service.status(whole["statusId"])["sendResult"] == "SENT"


def test_there_is_no_contract_of_what_is_not_published(service: Service) -> None:
    assert service.http.get(f"{OURS}/{create_draft(service, html='<p>x</p>')}/contract").status_code == 404
    assert service.http.get(f"{OURS}/nothing/contract").status_code == 404


def test_an_error_of_publishing_has_line_and_column(service: Service) -> None:
    email_id = create_draft(service, mjml="<mjml><mj-body>\n  <mj-nothing/></mj-body></mjml>")
    answer = service.http.post(f"{EMAILS}/{email_id}/publish")
    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["in"], error["context"]) == (
        400,
        "content.mjml",
        {"line": ["2"], "column": ["3"]},
    )
    assert "line 2, column 3" in error["message"]


def test_a_check_reports_what_publishing_would(service: Service) -> None:
    email_id = create_draft(service, html="<p>{{ x|nothing }}</p>", plainTextVersion="x")
    reported = service.http.get(f"{OURS}/{email_id}/check").json()
    assert (reported["publishable"], {error["where"] for error in reported["faults"]}) == (False, {"content.html"})
    assert {(error["line"], error["column"]) for error in reported["faults"]} == {(1, 7), (1, 9)}
    succeeded = create_draft(service, html="<p><img src='https://x.test/a.png'></p>", plainTextVersion="x" * 200)
    reported = service.http.get(f"{OURS}/{succeeded}/check").json()
    assert (reported["publishable"], [warning["code"] for warning in reported["warnings"]]) == (True, ["NO_ALT"])
    unfinished = service.http.post(EMAILS, json={"name": "x"}).json()["id"]
    assert service.http.get(f"{OURS}/{unfinished}/check").json()["publishable"] is False


def test_a_transactional_mail_has_no_unsubscribe_link(service: Service) -> None:
    html = "<p>Good day</p><p><a href='{{ unsubscribe_link }}'>Leave</a> <a href='https://x.test/'>Shop</a></p>"
    email_id = published(service, html=html, trackClicks=False)
    reported = service.http.get(f"{OURS}/{email_id}/check").json()
    assert (reported["publishable"], [warning["code"] for warning in reported["warnings"]]) == (
        True,
        ["UNSUBSCRIBE_LINK_REMOVED"],
    )
    sent(service, email_id, "ada@linkless.example.net")
    mail = received(service, "ada@linkless.example.net")
    assert "Good day" in mail["HTML"]
    assert "https://x.test/" in mail["HTML"]
    assert "Leave" not in f"{mail['HTML']}{mail['Text']}"
    assert "unsubscribe" not in f"{mail['HTML']}{mail['Text']}"


def test_a_partial_is_shared_and_stays_in_what_was_published(service: Service) -> None:
    name = f"greeting-{uuid.uuid4().hex[:8]}"
    path = f"{PARTIALS}/{name}"
    assert service.http.get(path).status_code == 404
    assert (
        service.http.request("PUT", path, json={"text": "<p>Hello {{ contact.firstname }}</p>"}).json()["bundled"]
        is False
    )
    assert {"name": name, "bundled": False} in service.http.get(PARTIALS).json()["results"]
    email_id = published(service, html=f'{{% include "{name}" %}}')
    assert service.http.request("DELETE", path).status_code == 204
    assert service.http.request("DELETE", path).status_code == 404
    sent(service, email_id, "ada@partial.example.net", contactProperties={"firstname": "Ada"})
    assert "Hello Ada" in received(service, "ada@partial.example.net")["HTML"]
    without = create_draft(service, html=f'{{% include "{name}" %}}')
    assert service.http.post(f"{EMAILS}/{without}/publish").status_code == 400


def test_bad_partials_are_refused(service: Service) -> None:
    for name, body in (
        ("no%20name", {"text": "x"}),
        ("x" * 129, {"text": "x"}),
        ("x", {}),
        ("x", {"text": 1}),
        ("x", {"text": "é" * 200_000}),
    ):
        answer = service.http.request("PUT", f"{PARTIALS}/{name}", json=body)
        assert (answer.status_code, answer.json()["category"]) == (400, "VALIDATION_ERROR")


def test_a_link_and_an_email_can_opt_out_of_tracking(service: Service) -> None:
    links = "<a href='https://one.test/'>1</a><a href='https://two.test/' data-track='false'>2</a>"
    for to, switches in (
        ("some@tracked.example.net", {}),
        ("none@tracked.example.net", {"trackOpens": False, "trackClicks": False}),
    ):
        sent(service, published(service, html=f"<p>{links}</p>", **switches), to)
    some, none = (received(service, f"{name}@tracked.example.net")["HTML"] for name in ("some", "none"))
    assert ("https://one.test/" in some, "href='https://two.test/'" in some, "no-track" in some) == (False, True, False)
    assert ("href='https://one.test/'" in none, "<img" in some, "<img" in none) == (True, True, False)


def test_a_contact_reads_their_language(service: Service) -> None:
    translations = {"de": {"subject": "Hallo", "html": "<p>Guten Tag</p>"}}
    email_id = published(service, html="<p>Good day</p>", translations=translations)
    sent(service, email_id, "ada@german.example.net", contactProperties={"hs_language": "de-at"})
    sent(service, email_id, "bob@german.example.net")
    german, english = (received(service, f"{name}@german.example.net") for name in ("ada", "bob"))
    assert ((german["Subject"], "Guten Tag" in german["HTML"]), (english["Subject"], english["Text"].strip())) == (
        ("Hallo", True),
        ("Hi", "Good day"),
    )


def test_a_request_overrides_the_language_of_a_contact(service: Service) -> None:
    translations = {"de": {"subject": "Hallo", "html": "<p>Guten Tag</p>", "previewText": "Nur kurz"}}
    email_id = published(service, html="<p>Good day</p>", previewText="In short", translations=translations)
    to = "cem@german.example.net"
    subjects = []
    for properties in ({"hs_language": "DE_at"}, {}, {"hs_language": "en"}, {}, {"hs_language": "tlh"}):
        sent(service, email_id, to, contactProperties=properties)
        mails = service.mails(f"to:{to}")
        newest = service.mailbox.get(f"/api/v1/message/{mails[0]['ID']}").json()
        subjects.append((len(mails), newest["Subject"], "Nur kurz" in newest["HTML"], "In short" in newest["HTML"]))
    assert subjects == [
        (1, "Hallo", True, False),
        (2, "Hallo", True, False),
        (3, "Hi", False, True),
        (4, "Hi", False, True),
        (5, "Hi", False, True),
    ]


def test_publishing_switches_click_tracking(service: Service) -> None:
    link = "https://switch.test/"
    email_id = published(service, html=f"<p><a href='{link}'>1</a></p>")
    observed = []
    for number, content in enumerate(({}, {"trackClicks": False}, {"trackOpens": False}, {"trackClicks": True})):
        service.http.request("PATCH", f"{EMAILS}/{email_id}", json={"content": content})
        service.http.post(f"{EMAILS}/{email_id}/publish")
        sent(service, email_id, f"{number}@switched.example.net")
        html = received(service, f"{number}@switched.example.net")["HTML"]
        observed.append(("<img" in html, link not in html))
    assert observed == [(True, True), (True, False), (False, False), (False, True)]
    reset = published(service, templatePath="templates/email/password-reset")
    sent(service, reset, "reset@switched.example.net", **starters.load("password-reset", SENDER).sample)
    html = received(service, "reset@switched.example.net")["HTML"]
    assert ("<img" in html, 'href="https://tidewell.example.com/reset/' in html) == (False, True)


def test_the_command_publishes_a_starter_and_restores_it(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", service.ready.aws_url)
    monkeypatch.setenv("AWS_DEFAULT_REGION", service.stack.cloud.region)

    publish = ("starters", "publish", "data-export", "--from", "Acme <hi@example.com>", "--stage", "local")
    assert "revision 1:" in staffetta(*publish)
    path = f"{EMAILS}/{starters.load('data-export', SENDER).draft.email_id}"
    assert "revision 1:" in staffetta(*publish), "the same again is no new one"
    service.http.request("PATCH", path, json={"subject": "Edited"})
    assert "has an unpublished draft, changed by you@example.com" in failing(*publish)
    assert service.http.get(f"{path}/draft").json()["subject"] == "Edited"
    assert "revision 2:" in staffetta(*publish, "--force")
    service.http.request("DELETE", path)
    assert "revision 3:" in staffetta(*publish)
    email = service.http.get(path).json()
    assert (email["archived"], email["isPublished"], email["subject"] != "Edited") == (False, True, True)
