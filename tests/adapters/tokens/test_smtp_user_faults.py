"""Each call to the APIs of IAM and DynamoDB that making, resetting or ending an SMTP token takes, below the adapters: it is done and its
answer lost, or it is done twice, since the SDK repeats a call whose answer was lost. tests/steps has every fault, at the ports.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pytest

from functions import wiring
from functions.adapters.aws.errors import AwsError, ReadTimeout
from functions.core.errors import Conflict
from functions.core.tokens.smtp_token import SmtpToken
from functions.steps.tokens.create_smtp_token import LEASE_SECONDS, TokenRequest
from functions.steps.tokens.reconcile import RUN_SECONDS
from functions.wiring import Container
from tests.fakes import Clock
from tests.fakes.tokens import MemorySmtpUsers
from tests.support.cloud import SETTINGS, cloud
from tests.support.token_scenario import check

Call = Callable[[], Any]


def lost(call: Call) -> Any:
    call()
    raise ReadTimeout("no answer came")


def repeated(call: Call) -> Any:
    call()
    return call()


@dataclass
class Watched:
    """A client, of whose calls one meets a fault."""

    client: Any
    meet: Callable[[Call], Any]

    def __getattr__(self, name: str) -> Any:
        method = getattr(self.client, name)
        if name in {"exceptions", "get_paginator"}:
            return method
        return lambda **request: self.meet(lambda: method(**request))


class AwsWorld:
    """The steps as they are wired, over clients that meet faults and with a clock of ours."""

    def __init__(self, aws: Container) -> None:
        self.aws = aws
        self.clock: Any = Clock()
        self.calls = 0
        self.fault_at: dict[int, Callable[[Call], Any]] = {}  # by number of the call, from 0
        self.container = Container(SETTINGS)
        for client in (wiring.clients.dynamodb, wiring.clients.iam):
            watched: Any = Watched(aws.get(client), self.meet)
            self.container.override(client, watched)
        self.container.clock = self.clock

    def meet(self, call: Call) -> Any:
        number, self.calls = self.calls, self.calls + 1
        return self.fault_at.get(number, _done)(call)

    def create(self) -> SmtpToken:
        asked = TokenRequest(name="till", create_contact=False, created_by="ada@example.com")
        return self.container.get(wiring.tokens.create_smtp_token)(asked).token

    def check(self) -> None:
        """In the end, when the reconciler has come."""
        for _ in range(2):
            self.clock.now += RUN_SECONDS
            self.container.get(wiring.tokens.reconcile_smtp_tokens)()
        check(
            self.aws.get(wiring.adapters.smtp_tokens),
            found(self.aws),
            self.aws.get(wiring.adapters.emails),
            self.clock(),
        )


def _done(call: Call) -> Any:
    return call()


def found(aws: Container) -> MemorySmtpUsers:
    """What IAM has."""
    iam, users = aws.get(wiring.clients.iam), MemorySmtpUsers()
    for name in aws.get(wiring.adapters.smtp_users).all():
        keys = iam.list_access_keys(UserName=name)["AccessKeyMetadata"]
        users.users[name] = {key["AccessKeyId"]: key["Status"] == "Active" for key in keys}
        users.permitted |= {name} if iam.list_user_policies(UserName=name)["PolicyNames"] else set()
    return users


Act = Callable[[AwsWorld, SmtpToken], object]
ACTS: dict[str, Act] = {
    "create": lambda world, _token: world.create(),
    "reset": lambda world, token: world.container.get(wiring.tokens.reset_smtp_password)(token.key_id),
    "end": lambda world, token: world.container.get(wiring.tokens.delete_smtp_token)(token.campaign_id),
}


@pytest.fixture
def world() -> Iterator[AwsWorld]:
    with cloud() as aws:
        yield AwsWorld(aws)


def calls_of(world: AwsWorld, act: Act) -> int:
    token, before = world.create(), world.calls
    world.calls = 0
    act(world, token)
    counted, world.calls = world.calls, before
    return counted


@pytest.mark.parametrize("fault", [lost, repeated])
@pytest.mark.parametrize("name", ACTS)
def test_whatever_a_call_meets_a_repeat_does_it_and_the_law_holds(
    world: AwsWorld, name: str, fault: Callable[[Call], Any]
) -> None:
    for number in range(calls_of(world, ACTS[name])):
        token = world.create()
        world.fault_at = {world.calls + number: fault}
        with suppress(AwsError, ReadTimeout, Conflict):
            ACTS[name](world, token)
        world.fault_at = {}
        world.clock.now += LEASE_SECONDS  # whoever gave up is known to have
        ACTS[name](world, token)
        if name != "create":
            assert token.key_id not in world.aws.get(wiring.adapters.smtp_users).keys(token.user_name), (
                "the old password works"
            )
    world.check()


def test_a_create_whose_calls_the_sdk_repeats_is_done(world: AwsWorld) -> None:
    """Each of them but that which makes a key: the second one's secret is told, and the reconciler ends the first one."""
    for number in range(calls_of(world, ACTS["create"])):
        world.fault_at = {world.calls + number: repeated}
        token = world.create()
        world.fault_at = {}
        assert world.aws.get(wiring.adapters.smtp_tokens).by_key(token.key_id)
    world.check()
