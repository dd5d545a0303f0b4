"""Failures of each call to IAM and DynamoDB that creating, resetting or deleting an SMTP token makes, below the adapters: the call is done
and its answer lost, or it is done twice, since the SDK retries a call whose answer was lost. tests/steps has every failure, at the ports.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pytest

from functions import wiring
from functions.adapters.aws.errors import AwsError, ReadTimeout
from functions.core.access.actor import unrestricted
from functions.core.errors import Conflict, Retry
from functions.core.tokens.smtp_token import SmtpToken
from functions.steps.tokens.create_smtp_token import LEASE_SECONDS, TokenRequest
from functions.steps.tokens.reconcile import RUN_SECONDS
from functions.wiring import Container
from tests.fakes import Clock
from tests.fakes.tokens import MemorySmtpUsers
from tests.support.aws.cloud import SETTINGS
from tests.support.aws.path_bound_iam import PathBoundIam
from tests.support.token_scenario import check

OWNER = unrestricted("ada@example.com")

Call = Callable[[], Any]


def lost(call: Call) -> Any:
    call()
    raise ReadTimeout("no answer came")


def repeated(call: Call) -> Any:
    call()
    return call()


@dataclass
class Watched:
    """A client of which one call fails."""

    client: Any
    meet: Callable[[Call], Any]

    def __getattr__(self, name: str) -> Any:
        method = getattr(self.client, name)
        if name in {"exceptions", "get_paginator"}:
            return method
        return lambda **request: self.meet(lambda: method(**request))


class AwsWorld:
    """The wired steps over failing clients, with our own clock."""

    def __init__(self, aws: Container) -> None:
        self.aws = aws
        self.clock: Any = Clock()
        self.calls = 0
        self.failures: dict[int, Callable[[Call], Any]] = {}  # by number of the call, from 0
        self.container = Container(SETTINGS)
        iam = PathBoundIam(aws.get(wiring.clients.iam))
        for factory, client in ((wiring.clients.dynamodb, aws.get(wiring.clients.dynamodb)), (wiring.clients.iam, iam)):
            watched: Any = Watched(client, self.meet)
            self.container.override(factory, watched)
        self.container.clock = self.clock

    def meet(self, call: Call) -> Any:
        number, self.calls = self.calls, self.calls + 1
        return self.failures.get(number, _done)(call)

    def create(self) -> SmtpToken:
        request = TokenRequest(name="till", create_contact=False, created_by="ada@example.com")
        return self.container.get(wiring.tokens.create_smtp_token)(request, OWNER).token

    def check(self) -> None:
        """In the end, when the reconciler has come."""
        for _ in range(2):
            self.clock.now += RUN_SECONDS
            self.container.get(wiring.tokens.reconcile_smtp_tokens)()
        check(
            self.aws.get(wiring.adapters.tokens.smtp_tokens),
            users_of(self.aws),
            self.aws.get(wiring.adapters.emails.emails),
            self.clock(),
        )


def _done(call: Call) -> Any:
    return call()


def users_of(aws: Container) -> MemorySmtpUsers:
    """Reads IAM."""
    iam, users = aws.get(wiring.clients.iam), MemorySmtpUsers()
    for name in aws.get(wiring.adapters.tokens.smtp_users).all():
        keys = iam.list_access_keys(UserName=name)["AccessKeyMetadata"]
        users.users[name] = {key["AccessKeyId"]: key["Status"] == "Active" for key in keys}
        if iam.list_user_policies(UserName=name)["PolicyNames"]:
            users.permitted[name] = "example.com"
    return users


Act = Callable[[AwsWorld, SmtpToken], object]
ACTS: dict[str, Act] = {
    "create": lambda world, _token: world.create(),
    "reset": lambda world, token: world.container.get(wiring.tokens.reset_smtp_password)(token.key_id, OWNER),
    "end": lambda world, token: world.container.get(wiring.tokens.delete_smtp_token)(token.campaign_id, OWNER),
}


@pytest.fixture
def world(aws: Container) -> AwsWorld:
    return AwsWorld(aws)


def calls_of(world: AwsWorld, act: Act) -> int:
    token, before = world.create(), world.calls
    world.calls = 0
    act(world, token)
    counted, world.calls = world.calls, before
    return counted


@pytest.mark.parametrize("failure", [lost, repeated])
@pytest.mark.parametrize("name", ACTS)
def test_a_retry_completes_what_a_failed_call_began(world: AwsWorld, name: str, failure: Callable[[Call], Any]) -> None:
    for number in range(calls_of(world, ACTS[name])):
        token = world.create()
        world.failures = {world.calls + number: failure}
        with suppress(AwsError, ReadTimeout, Conflict, Retry):
            ACTS[name](world, token)
        world.failures = {}
        world.clock.now += LEASE_SECONDS  # the failed worker's lease is over
        ACTS[name](world, token)
        if name != "create":
            assert token.key_id not in world.aws.get(wiring.adapters.tokens.smtp_users).keys(token.user_name), (
                "the old password works"
            )
    world.check()


def test_a_create_whose_calls_the_sdk_repeats_is_done(world: AwsWorld) -> None:
    """The retry of the call that creates a key creates a second one. Its secret is returned, and the reconciler deletes the first."""
    for number in range(calls_of(world, ACTS["create"])):
        world.failures = {world.calls + number: repeated}
        token = world.create()
        world.failures = {}
        assert world.aws.get(wiring.adapters.tokens.smtp_tokens).by_key(token.key_id)
    world.check()
