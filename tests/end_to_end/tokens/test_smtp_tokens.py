"""SMTP tokens as HubSpot's own client and the `staffetta` command make and end them, and as SES's SMTP endpoint takes them."""

from __future__ import annotations

import smtplib
from typing import Any
from urllib.parse import parse_qsl

import pytest
import requests
from hubspot import Client
from hubspot.marketing.transactional import ApiException, SmtpApiTokenRequestEgg

from functions import wiring
from functions.core.access.actor import unrestricted
from functions.core.tokens.smtp_token import user_name
from functions.http.route import DATED_VERSIONS
from tests.end_to_end import smtp
from tests.end_to_end.service import Service
from tests.end_to_end.support.keys import KEYS
from tests.end_to_end.support.problems import check_shape
from tests.end_to_end.support.sending.sends import A_PERSON, links, read
from tests.end_to_end.support.smtp_tokens import api, make, reconcile
from tests.support.cli import staffetta_command
from tests.support.patience import NO_ANSWER_SECONDS

TOKENS = "/marketing/v3/transactional/smtp-tokens"
REFUSED = 535


def logs_in(service: Service, user: str, password: str) -> bool:
    try:
        smtp.signed_in(service.ready, user, password).close()
    except smtplib.SMTPAuthenticationError as error:
        return error.smtp_code != REFUSED
    return True


def send(service: Service, user: str, password: str, to: str, sender: str = "till@example.com", html: str = "") -> None:
    mail = smtp.letter(to, subject="By token", sender=sender)
    if html:
        mail.add_alternative(html, subtype="html")
    with smtp.signed_in(service.ready, user, password) as client:
        client.send_message(mail)


def test_a_token_of_hubspots_client_sends_is_reset_and_ends(service: Service) -> None:
    created = make(service, "till", create_contact=True)
    assert (created.campaign_name, created.create_contact, created.created_by) == ("till", True, "you@example.com")
    assert created.created_at.tzinfo
    assert created.email_campaign_id.isdecimal()
    send(service, created.id, created.password, "ada@tokens.example.net")
    service.settle()
    assert len(service.mails("to:ada@tokens.example.net")) == 1

    view = api(service).get_token_by_id(created.id)
    assert (view.id, view.password, view.email_campaign_id) == (created.id, None, created.email_campaign_id)

    reset = api(service).reset_password(created.id)
    assert reset.id != created.id
    assert (reset.email_campaign_id, bool(reset.password)) == (created.email_campaign_id, True)
    assert not logs_in(service, created.id, created.password)
    assert logs_in(service, reset.id, reset.password)
    assert api(service).get_token_by_id(created.id).id == reset.id, "the earlier id names it still"

    assert api(service).archive_token_with_http_info(created.id)[1] == 204
    assert not logs_in(service, reset.id, reset.password)
    with pytest.raises(ApiException) as caught:
        api(service).get_token_by_id(created.id)
    assert caught.value.status == 404


def test_the_list_of_hubspots_client_filters_and_pages(service: Service) -> None:
    created = [make(service, "listed") for _ in range(3)]
    ids = [token.id for token in created]
    page = api(service).get_tokens_page(campaign_name="listed", limit=2)
    assert [token.id for token in page.results] == ids[:2]
    rest = api(service).get_tokens_page(campaign_name="listed", limit=2, after=page.paging.next.after)
    assert ([token.id for token in rest.results], rest.paging) == (ids[2:], None)
    (one,) = api(service).get_tokens_page(email_campaign_id=created[1].email_campaign_id).results
    assert one.id == ids[1]
    path, _, query = page.paging.next.link.partition("?")
    linked = service.http.get(path, params=dict(parse_qsl(query))).json()
    assert [token["id"] for token in linked["results"]] == ids[2:]


def test_errors_have_the_shape_of_the_contract(service: Service) -> None:
    with pytest.raises(ApiException) as caught:
        make(service, " ")
    assert caught.value.status == 400
    answer = service.http.post(TOKENS, json={"campaignName": 5})
    assert {error["in"] for error in answer.json()["errors"]} == {"campaignName", "createContact"}
    for odd in ("nobody@example.com", "a%2Fb", "%40"):
        check_shape(service.http.get(f"{TOKENS}/{odd}"), 404, "OBJECT_NOT_FOUND")
    create_api_key = service.stack.container.get(wiring.access.create_api_key)
    key, _ = create_api_key("content only", "you@example.com", ("content",), unrestricted("you@example.com"))
    bare = requests.get(
        service.ready.api_url + TOKENS, headers={"Authorization": f"Bearer {key}"}, timeout=NO_ANSWER_SECONDS
    )
    check_shape(bare, 403, "MISSING_SCOPES")


@pytest.mark.parametrize("base", [*(f"/marketing/transactional/{v}/smtp-tokens" for v in DATED_VERSIONS), f"/{TOKENS}"])
def test_other_paths_are_the_same_operations(service: Service, base: str) -> None:
    """A doubled slash, which HubSpot's clients make, is answered by another function: it sends the caller on."""
    created = service.http.post(base, json={"campaignName": "path", "createContact": False}).json()
    reset = service.http.post(f"{base}/{created['id']}/password-reset", params={"graceSeconds": 60}, json={}).json()
    assert reset["formerId"] == created["id"]
    assert logs_in(service, created["id"], created["password"]), "while the grace lasts"
    assert service.http.get(f"{base}/{created['id']}").json()["id"] == reset["id"]
    assert service.http.request("DELETE", f"{base}/{reset['id']}").status_code == 204


def test_token_mails_are_counted_by_day_and_by_token(service: Service) -> None:
    """One reads and follows a link, one bounces, one complains; a colleague's token counts for itself."""
    created, other = make(service, "counted"), make(service, "counted too")
    reader, link = "reader@counted.example.net", '<a href="https://shop.example.com/order/1">Your order</a>'
    for to in (reader, "bounce+counted@simulator.amazonses.com", "complaint+counted@simulator.amazonses.com"):
        send(service, created.id, created.password, to, html=f"<html><body>{link}</body></html>")
    send(service, other.id, other.password, "ada@counted.example.net")
    service.settle()
    read(service, A_PERSON, reader)
    assert requests.get(
        links(service, reader, "/CL0/")[0], headers=A_PERSON, timeout=NO_ANSWER_SECONDS, allow_redirects=False
    ).is_redirect
    service.settle()
    expected = {"sent": 3, "delivered": 2, "open": 1, "click": 1, "bounce": 1, "spamreport": 1}
    (day,) = days(service, created)
    assert day.interval.start.hour == 0
    assert {name: day.aggregations.counters[name] for name in expected} == expected
    assert day.aggregations.ratios["deliveredratio"] == 66.667
    (day,) = days(service, other)
    assert (day.aggregations.counters["sent"], day.aggregations.counters["open"]) == (1, 0)
    view = service.http.get(f"{TOKENS}/{created.id}").json()
    assert (view["messagesToday"], view["deliveredRatioToday"], view["countersToday"]) == (3, 66.667, expected)


def days(service: Service, token: Any) -> Any:
    statistics = service.hubspot.marketing.emails.statistics_api
    return statistics.get_histogram(interval="DAY", email_ids=[int(token.email_campaign_id)]).results


def test_a_token_outlives_its_creator(service: Service) -> None:
    """Their key is revoked: the token sends on, is theirs by name, and can be reset and ended by others."""
    secret, key = service.stack.container.get(wiring.access.create_api_key)(
        "leaving", "gone@example.com", ("transactional-email",), unrestricted("gone@example.com")
    )
    leaver = Client.create(access_token=secret, host=service.ready.api_url, base_url=service.ready.api_url)
    created = leaver.marketing.transactional.public_smtp_tokens_api.create_token(
        SmtpApiTokenRequestEgg(create_contact=False, campaign_name="outlives")
    )
    assert service.http.request("DELETE", f"{KEYS}/{key.secret_id}").status_code == 204
    reconcile(service)
    send(service, created.id, created.password, "ada@outlives.example.net")
    service.settle()
    assert len(service.mails("to:ada@outlives.example.net")) == 1
    assert api(service).get_token_by_id(created.id).created_by == "gone@example.com"
    reset = api(service).reset_password(created.id)
    assert logs_in(service, reset.id, reset.password)
    api(service).archive_token(reset.id)
    assert not logs_in(service, reset.id, reset.password)


def test_a_token_sends_only_as_our_domain(service: Service) -> None:
    created = make(service, "bounded")
    with pytest.raises(smtplib.SMTPException, match="not authorized"):
        send(service, created.id, created.password, "b@tokens.example.net", sender="till@other.example")


def test_a_token_is_among_the_emails(service: Service) -> None:
    created = make(service, "an email too")
    email = service.hubspot.marketing.emails.marketing_emails_api.get_by_id(created.email_campaign_id)
    assert (email.name, email.type, email.subcategory) == ("an email too", "SMTP_TOKEN", "smtp_token")
    listed = service.http.get("/marketing/v3/emails", params={"type": "SMTP_TOKEN", "limit": 100}).json()
    assert created.email_campaign_id in {one["id"] for one in listed["results"]}


def test_unknown_users_and_keys_are_deleted_on_schedule(service: Service) -> None:
    created = make(service, "reconciled")
    iam = service.stack.cloud.client("iam")
    path = service.stack.container.settings.smtp_path
    iam.create_user(UserName=user_name(77), Path=path)
    planted = iam.create_access_key(UserName=user_name(int(created.email_campaign_id)))["AccessKey"]["AccessKeyId"]
    reconcile(service)
    left = iam.list_access_keys(UserName=user_name(int(created.email_campaign_id)))["AccessKeyMetadata"]
    assert [key["AccessKeyId"] for key in left] == [created.id] != [planted]
    assert user_name(77) not in {user["UserName"] for user in iam.list_users(PathPrefix=path)["Users"]}
    assert logs_in(service, created.id, created.password)


def test_the_command_makes_a_token_that_works(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", service.ready.aws_url)
    monkeypatch.setenv("AWS_DEFAULT_REGION", service.stack.cloud.region)

    def staffetta(*words: str) -> str:
        return staffetta_command.staffetta("tokens", *words, "--stage", "local")

    def block(text: str) -> dict[str, str]:
        return dict(
            line.split(None, 1) for line in text.splitlines() if line.startswith(("user ", "password ", "host "))
        )

    reported = block(staffetta("create", "--name", "by hand", "--owner", "ada@example.com"))
    assert reported["host"] == "127.0.0.1"
    assert logs_in(service, reported["user"], reported["password"])
    (line,) = (line for line in staffetta("list").splitlines() if "by hand" in line)
    assert reported["user"] in line
    assert reported["password"] not in line

    again = block(
        staffetta("reset", reported["user"], "--grace", "60", "--host", "localhost", "--snippet", "django", "--yes")
    )
    assert again["host"] == "localhost"
    assert logs_in(service, again["user"], again["password"])
    assert logs_in(service, reported["user"], reported["password"])
    assert "deleted" in staffetta("delete", reported["user"], "--yes")
    assert not logs_in(service, again["user"], again["password"])
    failed = staffetta_command.failing("tokens", "delete", "nothing", "--stage", "local")
    assert "no SMTP token has the user name 'nothing'" in failed


def test_a_token_without_its_user_is_deleted_twice(service: Service) -> None:
    """IAM refuses a call for an absent user, since the function's permissions name the users' path."""
    created = make(service, "removed")
    iam, name = service.stack.cloud.client("iam"), user_name(int(created.email_campaign_id))
    iam.delete_access_key(UserName=name, AccessKeyId=created.id)
    iam.delete_user_policy(UserName=name, PolicyName="send")
    iam.delete_user(UserName=name)
    reset = api(service).reset_password(created.id)
    assert logs_in(service, reset.id, reset.password)
    for _ in range(2):
        assert api(service).archive_token_with_http_info(created.id)[1] == 204
    assert not logs_in(service, reset.id, reset.password)
