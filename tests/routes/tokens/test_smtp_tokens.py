"""SMTP tokens over HTTP: the function that serves them, on the tokens table and IAM in moto."""

from __future__ import annotations

import logging
from functools import partial
from typing import Any

import pytest
from hypothesis import given

from functions import api, smtp_tokens, wiring
from functions.adapters.aws.errors import error_class
from functions.adapters.tokens.smtp_users import IamSmtpUsers
from functions.core.statistics.counter_updates import CounterKey, CounterUpdate, Subject, SubjectType, Watermark
from functions.http.route import DATED_VERSIONS
from functions.routes.http.models.reader import body_of
from functions.routes.tokens.models import SmtpApiTokenRequestEgg
from functions.routes.tokens.table import SMTP_TOKENS
from functions.steps.tokens.delete_smtp_token import delete_user
from functions.wiring import Container
from tests.support.aws.path_bound_iam import PathBoundIam, denied
from tests.support.events import CONTEXT, http
from tests.support.http import api as http_api
from tests.support.http.api import errors_of, request
from tests.support.strategies import JSON

TOKENS = "/marketing/v3/transactional/smtp-tokens"
EGG = {"campaignName": "till", "createContact": False}
COUNTED = ("sent", "delivered", "open", "click", "bounce", "spamreport")
NOTHING_TODAY = {"messagesToday": 0, "countersToday": dict.fromkeys(COUNTED, 0)}

call = partial(http_api.call, handler=smtp_tokens.handler)


def make(**changed: Any) -> Any:
    status, created = call("POST", TOKENS, body={**EGG, **changed})
    assert status == 201
    return created


def query(**words: str) -> dict[str, Any]:
    return {"queryStringParameters": words}


def test_a_token_is_created_reset_and_deleted(aws: Container) -> None:
    created = make(campaignName=" till ", createContact=True)
    password = created.pop("password")
    assert len(password) == 44
    assert (created["campaignName"], created["createContact"], created["createdBy"]) == (
        "till",
        True,
        "ada@example.com",
    )
    assert int(created["emailCampaignId"]) < 2**53
    assert call("GET", f"{TOKENS}/{created['id']}") == (200, {**created, **NOTHING_TODAY})
    assert call("GET", TOKENS) == (200, {"results": [{**created, **NOTHING_TODAY}]})

    status, reset = call("POST", f"{TOKENS}/{created['id']}/password-reset")
    assert (status, reset["emailCampaignId"]) == (200, created["emailCampaignId"])
    assert reset["id"] != created["id"]
    assert reset.pop("password") != password
    reset = {name: value for name, value in reset.items() if name not in ("formerId", "formerUntil", "warning")}
    assert call("GET", f"{TOKENS}/{created['id']}") == (200, {**reset, **NOTHING_TODAY}), "by its earlier id"

    assert call("DELETE", f"{TOKENS}/{created['id']}") == call("DELETE", f"{TOKENS}/{reset['id']}") == (204, None)
    assert call("GET", TOKENS) == (200, {"results": []})
    for method, path in (("GET", ""), ("POST", "/password-reset")):
        status, problem = call(method, f"{TOKENS}/{reset['id']}{path}")
        assert (status, problem["category"]) == (404, "OBJECT_NOT_FOUND")


def test_no_password_is_stored_or_logged(aws: Container, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        created = make()
        reset = call("POST", f"{TOKENS}/{created['id']}/password-reset", **query(graceSeconds="60"))[1]
    items = str([aws.get(wiring.clients.dynamodb).scan(TableName=name)["Items"] for name in ("tokens", "emails")])
    for password in (created["password"], reset["password"]):
        assert password not in items
        assert password not in caplog.text
    assert call("GET", f"{TOKENS}/{created['id']}")[1].get("password") is None


def test_another_spelling_of_the_grace_resets_nothing(aws: Container) -> None:
    """Without the grace, the present password would end at once."""
    created = make()
    status, problem = call("POST", f"{TOKENS}/{created['id']}/password-reset", **query(graceseconds="3600"))
    assert (status, problem["errors"][0]["in"]) == (400, "graceseconds")
    assert call("GET", f"{TOKENS}/{created['id']}")[1]["id"] == created["id"]


def test_a_reset_returns_the_former_id_and_its_end(aws: Container) -> None:
    created = make()
    _, reset = call("POST", f"{TOKENS}/{created['id']}/password-reset", **query(graceSeconds="60"))
    assert (reset["formerId"], reset["formerUntil"] > created["createdAt"]) == (created["id"], True)
    assert f"{created['id']} to {reset['id']}" in reset["warning"]
    assert f"work until {reset['formerUntil']}" in reset["warning"]
    token = call("GET", f"{TOKENS}/{reset['id']}")[1]
    assert (token["formerId"], "warning" in token) == (created["id"], False)
    assert sorted(
        aws.get(wiring.adapters.tokens.smtp_users).keys(f"staffetta-smtp-{created['emailCampaignId']}")
    ) == sorted([created["id"], reset["id"]])


@pytest.mark.parametrize("grace", ["", " "])
def test_an_empty_grace_is_no_grace(aws: Container, grace: str) -> None:
    """The reset is done before it is logged: an error after it would lose the password that only this answer has."""
    created = make()
    status, reset = call("POST", f"{TOKENS}/{created['id']}/password-reset", **query(graceSeconds=grace))
    assert (status, len(reset["password"])) == (200, 44)
    path = f"/email/public/v1/smtpapi/tokens/{reset['id']}/password-reset"
    assert call("POST", path, **query(graceSeconds=grace))[0] == 200


def test_a_reset_without_grace_warns_and_recommends_it(aws: Container) -> None:
    """The answer names the former user name, also when an earlier one is in the path."""
    first = make()["id"]
    second = call("POST", f"{TOKENS}/{first}/password-reset")[1]["id"]
    status, reset = call("POST", f"{TOKENS}/{first}/password-reset")
    assert (status, reset["formerId"]) == (200, second)
    assert f"changed from {second} to {reset['id']}" in reset["warning"]
    assert "no longer work. A reset with ?graceSeconds=" in reset["warning"]
    assert "formerId" not in call("GET", f"{TOKENS}/{reset['id']}")[1]


def test_the_list_is_filtered_and_paged(aws: Container) -> None:
    created = [make(campaignName=name) for name in ("a", "b", "a", "c")]
    ids = [token["id"] for token in created]
    assert [one["id"] for one in call("GET", TOKENS, **query(campaignName="a"))[1]["results"]] == [ids[0], ids[2]]
    by_id = call("GET", TOKENS, **query(emailCampaignId=created[1]["emailCampaignId"]))[1]["results"]
    assert [one["id"] for one in by_id] == [ids[1]]

    first = call("GET", TOKENS, **query(limit="3"))[1]
    assert [one["id"] for one in first["results"]] == ids[:3]
    after = first["paging"]["next"]["after"]
    assert f"after={after}" in first["paging"]["next"]["link"]
    call("DELETE", f"{TOKENS}/{ids[2]}")
    last = call("GET", TOKENS, **query(limit="3", after=after))[1]
    assert ([one["id"] for one in last["results"]], "paging" in last) == ([ids[3]], False)


def test_a_token_has_todays_counters(aws: Container) -> None:
    created = make()
    campaign = int(created["emailCampaignId"])
    aws.get(wiring.adapters.tokens.smtp_tokens).touch(campaign, created["createdAt"], "192.0.2.1")
    counters = {"selected": 4, "sent": 4, "delivered": 3, "open": 2, "click": 1, "bounce": 1, "machineopen": 3}
    for period in (created["createdAt"][:10], created["createdAt"][:13]):
        counted = CounterUpdate("shard", None, Watermark(1, int(aws.clock())), counters)
        aws.get(wiring.adapters.statistics.counters).add(
            CounterKey(Subject(SubjectType.EMAIL, str(campaign)), period), "shard", counted
        )
    token = call("GET", f"{TOKENS}/{created['id']}")[1]
    assert (token["messagesToday"], token["deliveredRatioToday"]) == (4, 75.0)
    assert token["countersToday"] == {name: counters.get(name, 0) for name in COUNTED}
    assert (token["lastUsedAt"], token["firstSource"], token["lastSource"]) == (
        created["createdAt"],
        "192.0.2.1",
        "192.0.2.1",
    )


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({}, {"campaignName", "createContact"}),
        ({"campaignName": "", "createContact": "false"}, {"campaignName", "createContact"}),
        ({**EGG, "campaignName": "a\nb"}, {"campaignName"}),
        ({**EGG, "campaignName": "x" * 201}, {"campaignName"}),
        ({**EGG, "expiresAt": "tomorrow"}, {"expiresAt"}),
        ({**EGG, "expiresAt": 1893456000000}, {"expiresAt"}),
        ({**EGG, "expiresAt": "2020-01-01T00:00:00Z"}, {"expiresAt"}),
    ],
)
def test_a_bad_request_reports_every_error_and_creates_no_token(aws: Container, body: Any, wrong: set[str]) -> None:
    status, problem = call("POST", TOKENS, body=body)
    assert (status, {error["in"] for error in problem["errors"]}) == (400, wrong)
    assert (aws.get(wiring.adapters.tokens.smtp_users).all(), aws.get(wiring.adapters.tokens.smtp_tokens).all()) == (
        [],
        [],
    )


@pytest.mark.parametrize(
    ("words", "wrong"),
    [({"limit": "0"}, "limit"), ({"limit": "101"}, "limit"), ({"limit": "x"}, "limit"), ({"after": "x"}, "after")],
)
def test_a_bad_page_is_refused(aws: Container, words: dict[str, str], wrong: str) -> None:
    status, problem = call("GET", TOKENS, **query(**words))
    assert (status, problem["errors"][0]["in"]) == (400, wrong)


@pytest.mark.parametrize("grace", ["-1", "604801", "soon", "1" * 20])
def test_a_bad_grace_changes_nothing(aws: Container, grace: str) -> None:
    created = make()
    assert call("POST", f"{TOKENS}/{created['id']}/password-reset", **query(graceSeconds=grace))[0] == 400
    assert aws.get(wiring.adapters.tokens.smtp_users).keys(f"staffetta-smtp-{created['emailCampaignId']}") == [
        created["id"]
    ]


@pytest.fixture
def path_bound(aws: Container) -> Container:
    """IAM answers as it does to our role."""
    client: Any = PathBoundIam(aws.get(wiring.clients.iam))
    wiring.container().override(wiring.clients.iam, client)
    return aws


def remove_user(aws: Container, token: Any) -> None:
    """As an administrator might, with the AWS console."""
    users, name = aws.get(wiring.adapters.tokens.smtp_users), f"staffetta-smtp-{token['emailCampaignId']}"
    delete_user(users, name)
    assert name not in users.all()


def test_a_token_is_deleted_twice(path_bound: Container) -> None:
    path = f"{TOKENS}/{make()['id']}"
    assert [call("DELETE", path) for _ in range(3)] == [(204, None)] * 3
    assert call("POST", f"{path}/password-reset")[0] == call("GET", path)[0] == 404


def test_a_token_without_its_user_is_deleted(path_bound: Container) -> None:
    created = make()
    remove_user(path_bound, created)
    assert call("DELETE", f"{TOKENS}/{created['id']}") == (204, None)
    assert call("GET", TOKENS) == (200, {"results": []})


def test_a_reset_creates_a_removed_user_again(path_bound: Container) -> None:
    created = make()
    remove_user(path_bound, created)
    status, reset = call("POST", f"{TOKENS}/{created['id']}/password-reset")
    assert (status, reset["emailCampaignId"]) == (200, created["emailCampaignId"])
    assert path_bound.get(wiring.adapters.tokens.smtp_users).keys(f"staffetta-smtp-{created['emailCampaignId']}") == [
        reset["id"]
    ]


def test_the_reconciler_passes_over_removed_users(path_bound: Container) -> None:
    other, removed, deleted = (make() for _ in range(3))
    for token in (removed, deleted):
        remove_user(path_bound, token)
    call("DELETE", f"{TOKENS}/{deleted['id']}")
    assert smtp_tokens.handler({}, CONTEXT) is None
    assert {token["id"] for token in call("GET", TOKENS)[1]["results"]} == {other["id"], removed["id"]}


def test_a_full_iam_is_reported_as_a_conflict(path_bound: Container) -> None:
    """Nothing is left that looks like a token."""

    def full(**_: Any) -> None:
        raise error_class("LimitExceeded")({"Error": {"Code": "LimitExceeded"}}, "CreateUser")

    vars(wiring.get(wiring.clients.iam))["create_user"] = full
    status, problem = call("POST", TOKENS, body=EGG)
    assert (status, problem["category"]) == (409, "CONFLICT")
    assert "as many IAM users as it may have (5,000 unless AWS raised it)" in problem["message"]
    assert call("GET", TOKENS) == (200, {"results": []})


@pytest.mark.parametrize("method", ["put_user_policy", "create_access_key"])
def test_a_user_that_iam_does_not_show_yet_is_503(
    path_bound: Container, method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """IAM's answers about a new user are eventually consistent."""

    def absent(**_: Any) -> None:
        raise denied(method)

    vars(wiring.get(wiring.clients.iam))[method] = absent
    monkeypatch.setattr(IamSmtpUsers, "all", lambda _: [])
    status, problem = call("POST", TOKENS, body=EGG)
    assert (status, problem["category"]) == (503, "SERVICE_UNAVAILABLE")
    assert call("GET", TOKENS) == (200, {"results": []})


@given(JSON, JSON, JSON)
def test_any_json_is_read_or_rejected(name: Any, flag: Any, expires: Any) -> None:
    body = {"campaignName": name, "createContact": flag, "expiresAt": expires}
    if not errors_of(lambda: body_of(request(body), SmtpApiTokenRequestEgg)):
        assert name.strip().isprintable()
        assert isinstance(flag, bool)
        assert isinstance(expires, str | None)


@pytest.mark.parametrize("token_id", ["AKIANOBODY", "ada@example.com", "ada%40example.com", "a%2Fb"])
def test_an_unknown_token_is_404(aws: Container, token_id: str) -> None:
    path = f"{TOKENS}/{token_id}"
    for answer in (call("GET", path), call("DELETE", path), call("POST", f"{path}/password-reset")):
        assert (answer[0], answer[1]["category"]) == (404, "OBJECT_NOT_FOUND")
        assert "SMTP token" in answer[1]["message"]


@pytest.mark.parametrize("version", DATED_VERSIONS)
def test_the_dated_paths_are_the_same_resource(aws: Container, version: str) -> None:
    path = f"/marketing/transactional/{version}/smtp-tokens"
    status, created = call("POST", path, EGG)
    assert status == 201
    assert call("GET", f"{path}/{created['id']}")[1] == call("GET", f"{TOKENS}/{created['id']}")[1]
    assert call("POST", f"{path}/{created['id']}/password-reset")[0] == 200
    assert call("DELETE", f"{path}/{created['id']}")[0] == 204


def test_another_scope_is_refused(aws: Container) -> None:
    for route in SMTP_TOKENS:
        path = route.path.format(tokenId="x", version="2026-03")
        status, problem = call(route.method, path, EGG, scopes="content account")
        assert (status, problem["context"]) == (403, {"requiredScopes": ["transactional-email"]})


def test_the_schedule_reconciles_tokens(aws: Container, caplog: pytest.LogCaptureFixture) -> None:
    created = make()
    aws.get(wiring.adapters.tokens.smtp_users).create("staffetta-smtp-77")
    assert smtp_tokens.handler({}, CONTEXT) is None
    assert aws.get(wiring.adapters.tokens.smtp_users).all() == [f"staffetta-smtp-{created['emailCampaignId']}"]


def test_another_spelling_of_the_path_is_redirected(aws: Container) -> None:
    """The function `api` has every route, but may not change IAM."""
    event = http("POST", f"/{TOKENS}/a b/password-reset/", queryStringParameters={"graceSeconds": "60"})
    answer = api.handler(event, CONTEXT)
    assert answer["statusCode"] == 308
    assert answer["headers"]["location"] == f"{TOKENS}/a%20b/password-reset?graceSeconds=60"
    assert api.handler(http("GET", TOKENS, scopes=None), CONTEXT)["statusCode"] == 401
