"""The contract as HubSpot's own Python client sees it: each operation it has, and each error, over real HTTP.

Every answer that the other tests here get is held against the OpenAPI document too: see Service.http.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests
from hubspot import Client
from hubspot.marketing.transactional import ApiException, PublicSingleSendEmail, PublicSingleSendRequestEgg

from functions import wiring
from functions.core.access.actor import unrestricted
from functions.core.access.token_bucket import TokenBucket
from functions.steps.access.limit_rate import WELCOME
from tests.end_to_end.service import Service
from tests.end_to_end.support.sending.sends import SEND, request, sdk_send
from tests.support.patience import NO_ANSWER_SECONDS

STATUS = "/marketing/v3/email/send-statuses/"
V4 = "/marketing/v4/email/single-send"
V1 = "/email/public/v1/singleEmail/send"


def client(service: Service, key: str) -> Any:
    return Client.create(access_token=key, host=service.ready.api_url, base_url=service.ready.api_url)


def refused(service: Service, key: str | None = None, **changed: Any) -> ApiException:
    """What the client raises for a bad send."""
    egg = PublicSingleSendRequestEgg(
        email_id=service.starter.draft.email_id,
        message=PublicSingleSendEmail(**{"to": "ada@contract.example.net", **changed}),
        contact_properties={},
        custom_properties={},
    )
    hubspot = client(service, key) if key else service.hubspot
    with pytest.raises(ApiException) as caught:
        hubspot.marketing.transactional.single_send_api.send_email(egg)
    error: ApiException = caught.value
    return error


def error_body(error: ApiException) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(error.body)
    assert error.headers["x-hubspot-correlation-id"] == body["correlationId"]
    return body


def test_a_send_reads_back_as_the_clients_own_model(service: Service) -> None:
    sent = sdk_send(service, "model@contract.example.net")
    assert (sent.status, bool(sent.status_id), bool(sent.event_id.id)) == ("PENDING", True, True)
    assert sent.requested_at.tzinfo
    service.settle()
    answer = service.hubspot.api_request({"path": STATUS + sent.status_id})
    status = answer.json()
    assert (answer.status_code, status["status"], status["sendResult"]) == (200, "COMPLETE", "SENT")


def test_the_client_sends_v4_requests_and_dry_runs(service: Service) -> None:
    body = request(service, "v4@contract.example.net")
    requested = {"method": "POST", "path": V4, "body": body}
    dry_run = service.hubspot.api_request({**requested, "qs": {"dryRun": True}}).json()
    assert (dry_run["dryRun"], dry_run["status"]) == (True, "PENDING")
    assert "FR-10482" in dry_run["preview"]["subject"]
    assert "Fennel &amp; Reed" in dry_run["preview"]["html"]
    assert "Fennel & Reed" in dry_run["preview"]["text"]
    assert service.http.get(STATUS + dry_run["statusId"]).status_code == 404
    service.settle()
    assert service.mails("to:v4@contract.example.net") == []
    assert service.hubspot.api_request(requested).json()["status"] == "PENDING"
    service.settle()
    assert len(service.mails("to:v4@contract.example.net")) == 1


def test_the_client_sends_requests_of_v1(service: Service) -> None:
    """As the programs do that post lists of names and values."""
    to, sample = "v1@contract.example.net", service.starter.sample
    listed = {kind: [{"name": name, "value": value} for name, value in sample[kind].items()] for kind in sample}
    body = {"emailId": service.starter.draft.email_id, "message": {"to": to, "sendId": "v1-contract"}, **listed}
    requested = {"method": "POST", "path": V1, "body": body}
    answers = [service.hubspot.api_request(requested).json() for _ in range(2)]
    assert answers[0]["sendResult"] == "QUEUED"
    assert answers[1]["sendResult"] in {"QUEUED", "SENT"}
    assert service.http.post(V1, json={**body, "emailId": 99, "message": {"to": to}}).json()["sendResult"] == (
        "MISSING_CONTENT"
    )
    service.settle()
    assert service.hubspot.api_request(requested).json()["sendResult"] == "SENT"
    assert len(service.mails(f"to:{to}")) == 1
    event_id = answers[0]["eventId"]
    event = service.http.get(f"/email/public/v1/events/{event_id['created']}/{event_id['id']}").json()
    assert (event["type"], event["statusId"]) == ("SENT", answers[0]["statusId"])


def test_v3_and_v4_take_property_lists(service: Service) -> None:
    for path in (SEND, V4):
        sample = service.starter.sample
        listed = [{"name": "firstname", "value": "Jane"}]
        body = {**request(service, "listed@contract.example.net"), **sample, "contactProperties": listed}
        answer = service.http.post(path, json=body, params={"dryRun": "true"}).json()
        assert answer["status"] == "PENDING"
        assert "Jane" in answer["preview"]["html"]


def test_a_dry_run_reports_errors_of_rendering(service: Service) -> None:
    requested = {**request(service, "dry@contract.example.net"), "customProperties": {}}
    answer = service.http.post(SEND, json=requested, params={"dryRun": "true"}).json()
    assert (answer["status"], answer["sendResult"]) == ("COMPLETE", "MISSING_TEMPLATE_PROPERTIES")
    assert "custom.order_number" in answer["message"]


def test_a_wrong_key_is_the_clients_401(service: Service) -> None:
    error = refused(service, "stf_wrong")
    assert (error.status, error_body(error)["category"]) == (401, "INVALID_AUTHENTICATION")


def test_a_missing_scope_is_the_clients_403(service: Service) -> None:
    create_api_key = service.stack.container.get(wiring.access.create_api_key)
    key, _ = create_api_key("content only", "you@example.com", ("content",), unrestricted("you@example.com"))
    error = refused(service, key)
    assert (error.status, error_body(error)["context"]) == (403, {"requiredScopes": ["transactional-email"]})


def test_a_bad_request_is_a_400_with_every_error(service: Service) -> None:
    error = refused(service, to="nobody", cc=["neither"])
    assert (error.status, error_body(error)["category"]) == (400, "VALIDATION_ERROR")
    assert {field_error["in"] for field_error in error_body(error)["errors"]} == {"message.to", "message.cc[0]"}


def test_too_many_requests_of_one_key_are_429(service: Service) -> None:
    """Its bucket is empty. After the few requests that a worker gives away, it learns when to retry. Its sends and other keys are not affected."""
    container = service.stack.container
    create_api_key = container.get(wiring.access.create_api_key)
    key, stored = create_api_key(
        "too fast", "you@example.com", ("transactional-email",), unrestricted("you@example.com")
    )
    ahead = container.clock() + 30  # it fills later only: a bucket does not fill before the time of its last use
    assert container.get(wiring.adapters.access.token_buckets).compare_and_set(
        stored.secret_id, None, TokenBucket(0, ahead)
    )
    tokens = client(service, key).marketing.transactional.public_smtp_tokens_api
    with pytest.raises(ApiException) as caught:
        [tokens.get_tokens_page() for _ in range(40 * WELCOME)]  # each worker gives away a few requests
    error: ApiException = caught.value
    assert (error.status, error_body(error)["category"], error_body(error)["policyName"]) == (
        429,
        "RATE_LIMITS",
        "TEN_SECONDLY_ROLLING",
    )
    assert 0 < int(error.headers["retry-after"]) <= 31
    assert error.headers["x-hubspot-ratelimit-remaining"] == "0"
    assert refused(service, key, to="nobody").status == 400
    assert service.http.get(STATUS + "x").status_code == 404


def test_answers_report_the_keys_rate_limit(service: Service) -> None:
    """As HubSpot's do: its users' programs wait by these headers."""
    names = [f"x-hubspot-ratelimit-{name}" for name in ("max", "interval-milliseconds", "remaining")]
    sent = service.http.post(SEND, json=request(service, "limit@contract.example.net"), params={"dryRun": "true"})
    for answer in (
        sent,
        service.http.get(STATUS + "x"),
        service.http.post(SEND, json={}),
        service.http.get("/nowhere"),
    ):
        assert [answer.headers[name] for name in names[:2]] == ["1000", "10000"]
        assert 0 <= int(answer.headers[names[2]]) <= 1000
    public = requests.get(service.ready.api_url + "/openapi.json", timeout=NO_ANSWER_SECONDS)
    assert not set(names) & {name.lower() for name in public.headers}


def test_the_openapi_document_is_public_and_current(service: Service) -> None:
    document = requests.get(service.ready.api_url + "/openapi.json", timeout=NO_ANSWER_SECONDS).json()
    assert document["openapi"] == "3.1.0"
    assert {SEND, V4, STATUS + "{statusId}"} <= document["paths"].keys()
