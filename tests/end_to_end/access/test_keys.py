"""API keys: made and ended over the API and by the `staffetta` command, and refused from then on."""

from __future__ import annotations

import pytest
import requests

from tests.end_to_end.service import Service
from tests.end_to_end.support.keys import KEYS, bearer
from tests.end_to_end.support.problems import check_shape
from tests.end_to_end.support.sending.sends import SEND, request
from tests.support.cli import staffetta_command
from tests.support.patience import NO_ANSWER_SECONDS

STATISTICS = "/marketing/v3/emails/statistics/list"


def test_a_new_key_has_its_scopes_and_no_others(service: Service) -> None:
    answer = service.http.post(KEYS, json={"name": "shop", "scopes": ["transactional-email"]})
    assert answer.status_code == 201
    created = answer.json()
    sent = requests.post(
        service.ready.api_url + SEND,
        json=request(service, "k@keys.example.net"),
        headers=bearer(created["key"]),
        timeout=NO_ANSWER_SECONDS,
    )
    assert sent.json()["status"] == "PENDING"
    check_shape(
        requests.get(service.ready.api_url + KEYS, headers=bearer(created["key"]), timeout=NO_ANSWER_SECONDS),
        403,
        "MISSING_SCOPES",
    )

    renamed = service.http.request("PATCH", f"{KEYS}/{created['id']}", json={"name": "till"})
    assert (renamed.status_code, renamed.json()["name"]) == (200, "till")
    (listed,) = (key for key in service.http.get(KEYS).json()["results"] if key["id"] == created["id"])
    assert listed["lastUsedAt"]
    assert created["key"] not in str(service.http.get(KEYS).json())


def test_a_revoked_key_is_nobodys(service: Service) -> None:
    """One that no function has cached: a cached key ends within 60 seconds."""
    created = service.http.post(KEYS, json={"name": "gone", "scopes": ["content"], "owner": "ada@example.com"}).json()
    revoked = service.http.request("DELETE", f"{KEYS}/{created['id']}")
    assert (revoked.status_code, revoked.text) == (204, "")
    answer = requests.get(service.ready.api_url + STATISTICS, headers=bearer(created["key"]), timeout=NO_ANSWER_SECONDS)
    check_shape(answer, 401, "INVALID_AUTHENTICATION")
    check_shape(service.http.request("DELETE", f"{KEYS}/nobody"), 404, "OBJECT_NOT_FOUND")


def test_the_command_does_the_same(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", service.ready.aws_url)
    monkeypatch.setenv("AWS_DEFAULT_REGION", service.stack.cloud.region)

    def staffetta(*words: str) -> str:
        return staffetta_command.staffetta("keys", *words, "--stage", "local")

    key = staffetta("create", "--name", "by hand", "--owner", "ada@example.com", "--scopes", "content").splitlines()[0]
    assert requests.get(service.ready.api_url + STATISTICS, headers=bearer(key), timeout=NO_ANSWER_SECONDS).ok
    (line,) = (line for line in staffetta("list").splitlines() if "by hand" in line)
    key_id, prefix = line.split()[:2]
    assert key.startswith(prefix.removesuffix("..."))
    assert "last used" in line
    assert key not in line
    assert "'new name'" in staffetta("rename", key_id, "new name")
    assert "revoked" in staffetta("revoke", prefix, "--yes")
    (line,) = (line for line in staffetta("list").splitlines() if "new name" in line)
    assert "REVOKED" in line
    assert "no API key matches 'nothing'" in staffetta_command.failing("keys", "revoke", "nothing", "--stage", "local")
