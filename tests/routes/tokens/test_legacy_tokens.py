"""SMTP tokens over HubSpot's v1 API: the tokens of the later versions, in other words."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

import pytest

from functions import api, smtp_tokens, wiring
from functions.core.access.audit import AuditAction
from functions.wiring import Container
from tests.support.events import CONTEXT, http
from tests.support.http import api as http_api
from tests.support.http import contract

LEGACY, TOKENS = "/email/public/v1/smtpapi/tokens", "/marketing/v3/transactional/smtp-tokens"
REQUEST = {"createdBy": "grace@example.com", "campaignName": "till"}

_call = partial(http_api.call, handler=smtp_tokens.handler)


def call(method: str, path: str, body: Any = None, **event: Any) -> tuple[int, Any]:
    status, answer = _call(method, path, body, **event)
    contract.check(method, path, status, json.dumps(answer))
    return status, answer


def test_a_token_is_created_listed_and_reset(aws: Container) -> None:
    status, created = call("POST", LEGACY, REQUEST)
    assert status == 200
    assert (created["createdBy"], created["campaignName"], created["deleted"]) == ("grace@example.com", "till", False)
    assert created["portalId"] == aws.settings.portal_id
    assert isinstance(created["createdAt"], int)
    public = {name: value for name, value in created.items() if name not in {"password", "passwordHash", "warning"}}
    assert call("GET", LEGACY) == (200, [public])

    status, reset = call("POST", f"{LEGACY}/{created['userName']}/password-reset")
    assert (status, reset["emailCampaignId"]) == (200, created["emailCampaignId"])
    assert (reset["userName"], reset["password"]) != (created["userName"], created["password"])
    assert reset["userName"] in reset["warning"]
    actions = [entry.action for entry in aws.get(wiring.adapters.access.audit_entries).latest(10)]
    assert actions == [AuditAction.TOKEN_RESET, AuditAction.TOKEN_MADE]


def test_both_versions_have_the_same_tokens(aws: Container) -> None:
    _, older = call("POST", LEGACY, {"campaignName": "till"})
    _, newer = call("POST", TOKENS, {"campaignName": "shop", "createContact": True})
    names = [older["userName"], newer["id"]]
    assert sorted(token["userName"] for token in call("GET", LEGACY)[1]) == sorted(names)
    assert sorted(token["id"] for token in call("GET", TOKENS)[1]["results"]) == sorted(names)
    _, token = call("GET", f"{TOKENS}/{older['userName']}")
    assert (token["createdBy"], token["createContact"]) == ("ada@example.com", False)
    assert _call("DELETE", f"{TOKENS}/{older['userName']}")[0] == 204
    assert [token["userName"] for token in call("GET", LEGACY)[1]] == [newer["id"]]


def test_a_reset_may_have_a_grace_period(aws: Container) -> None:
    _, created = call("POST", LEGACY, REQUEST)
    path = f"{LEGACY}/{created['userName']}/password-reset"
    assert call("POST", path, queryStringParameters={"graceSeconds": "3600"})[0] == 200
    status, problem = call("POST", path, queryStringParameters={"graceSeconds": "-1"})
    assert (status, problem["errors"][0]["in"]) == (400, "graceSeconds")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"campaignName": ""}, "campaignName"),
        ({"campaignName": None}, "campaignName"),
        ({"createdBy": "me"}, "createdBy"),
    ],
)
def test_a_wrong_request_is_refused(aws: Container, wrong: dict[str, Any], field: str) -> None:
    status, problem = call("POST", LEGACY, {**REQUEST, **wrong})
    assert (status, [error["in"] for error in problem["errors"]]) == (400, [field])


def test_an_unknown_user_name_is_404(aws: Container) -> None:
    assert call("POST", f"{LEGACY}/AKIANOBODY/password-reset")[0] == 404


def test_another_spelling_is_redirected(aws: Container) -> None:
    answer = api.handler(http("GET", f"/{LEGACY}/"), CONTEXT)
    assert (answer["statusCode"], answer["headers"]["location"]) == (308, LEGACY)
