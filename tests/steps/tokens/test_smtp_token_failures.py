"""Injects a failure at each call to IAM and DynamoDB of creating, resetting or deleting an SMTP token: the call fails, or its response is
lost, or the worker dies, or a concurrent change comes in between. The suite is itself tested: without each safeguard, it fails.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any, NoReturn

import pytest

from functions.core.errors import Conflict, NotFound, Retry
from functions.core.tokens.smtp_token import SmtpToken
from functions.steps.tokens import delete_smtp_token, reset_smtp_password
from functions.steps.tokens.create_smtp_token import LEASE_SECONDS, CreateSmtpToken
from functions.steps.tokens.delete_smtp_token import DeleteSmtpToken
from functions.steps.tokens.reconcile import ReconcileSmtpTokens
from functions.steps.tokens.reset_smtp_password import ResetSmtpPassword
from tests.fakes import Killed
from tests.fakes.tokens import MemorySmtpTokens
from tests.support.token_scenario import TokenScenario


class Boom(Exception):
    """An unexpected error of a call."""


Act = Callable[[TokenScenario, str], object]  # on the token of a key that was made before
ACTS: dict[str, Act] = {
    "create": lambda world, _key: world.create(),
    "reset": lambda world, key: world.reset(key),
    "reset with a grace": lambda world, key: world.reset(key, 600),
    "reset in a grace": lambda world, key: (world.reset(key, 600), world.reset(key)),
    "end": lambda world, key: world.end(campaign(world, key)),
}


def campaign(world: TokenScenario, key_id: str) -> int:
    token = world.tokens.by_key(key_id)
    assert token
    return token.campaign_id


class Failure:
    """At one call: before its effect or after it, an error or the worker's death."""

    def __init__(self, world: TokenScenario, *, after: bool, dies: bool) -> None:
        self.world, self.after, self.dies = world, after, dies

    def __call__(self, call: Callable[[], Any]) -> NoReturn:
        if self.after:
            call()
        if not self.dies:
            raise Boom
        for number in range(self.world.calls, self.world.calls + 100):  # a dead worker makes no call
            self.world.hooks[number] = self._dead
        raise Killed

    def _dead(self, _call: Callable[[], Any]) -> NoReturn:
        raise Killed


FAILURES = [{"after": after, "dies": dies} for after in (False, True) for dies in (False, True)]


def token_scenario() -> tuple[TokenScenario, str]:
    world = TokenScenario()
    return world, world.create().token.key_id


def calls_of(act: Act) -> int:
    world, key = token_scenario()
    before = world.calls
    act(world, key)
    return world.calls - before


def meet(world: TokenScenario, act: Act, key: str, number: int, failure: dict[str, bool]) -> None:
    with world.hooked(number, Failure(world, **failure)):
        try:
            act(world, key)
        except (Boom, Killed, Conflict, Retry):
            return


def reconcile_and_check(world: TokenScenario) -> None:
    world.reconcile()
    world.reconcile()
    world.check()


def every_failure(act: Act) -> None:
    """Checks that the reconciler repairs each failure, and that a retry of the act succeeds after it."""
    for number in range(calls_of(act)):
        for failure in FAILURES:
            world, key = token_scenario()
            meet(world, act, key, number, failure)
            reconcile_and_check(world)
            world, key = token_scenario()
            meet(world, act, key, number, failure)
            repeat(world, act, key)
            reconcile_and_check(world)


def repeat(world: TokenScenario, act: Act, key: str) -> None:
    """Retries like a client without a response, after the lease of the dead worker. A deleted token stays deleted."""
    world.clock.now += LEASE_SECONDS
    act(world, key)
    if act is ACTS["end"] or act is ACTS["reset"]:
        assert not world.works(key), "the old password works"


@pytest.mark.parametrize("name", ACTS)
def test_the_invariants_hold_after_any_failure(name: str) -> None:
    assert calls_of(ACTS[name]) >= 6
    every_failure(ACTS[name])


def test_a_failed_create_leaves_no_valid_key() -> None:
    """At once, unless the worker died: then when the reconciler comes."""
    for number in range(calls_of(ACTS["create"])):
        for after in (False, True):
            world = TokenScenario()
            meet(world, ACTS["create"], "", number, {"after": after, "dies": False})
            assert world.users.users == {}
            reconcile_and_check(world)


def test_a_failed_reset_leaves_a_valid_password() -> None:
    """The old one, or (where its answer was lost) the new one: a token is never without."""
    for number in range(calls_of(ACTS["reset"])):
        for failure in FAILURES:
            world, key = token_scenario()
            meet(world, ACTS["reset"], key, number, failure)
            token = world.tokens.by_key(key)
            assert token
            assert world.works(token.key_id)


OTHERS: dict[str, Act] = {
    **ACTS,
    "reconcile": lambda world, _key: world.reconcile(later=0),
    "reconcile later": lambda world, _key: world.reconcile(),
}


def every_encounter(act: Act, other: Act, pause: float) -> None:
    """Runs another act in the middle of this one, at each of its calls. A `pause` before makes the first worker look dead."""
    for number in range(calls_of(act)):
        world, key = token_scenario()

        def meanwhile(call: Callable[[], Any], world: TokenScenario = world, key: str = key) -> Any:
            world.clock.now += pause
            quietly(lambda: other(world, key))
            return call()

        with world.hooked(number, meanwhile):
            quietly(lambda world=world, key=key: act(world, key))  # type: ignore[misc]  # mypy cannot infer a lambda's defailures
        reconcile_and_check(world)


def quietly(act: Callable[[], object]) -> None:
    with suppress(Conflict, NotFound, Retry):
        act()


@pytest.mark.parametrize("pause", [0, LEASE_SECONDS])
@pytest.mark.parametrize("other", OTHERS)
@pytest.mark.parametrize("name", ACTS)
def test_the_invariants_hold_after_any_concurrent_change(name: str, other: str, pause: float) -> None:
    every_encounter(ACTS[name], OTHERS[other], pause)


# --- the suite's own test: what each safeguard is there for


def suite() -> None:
    for act in ACTS.values():
        every_failure(act)
    for other in OTHERS.values():
        for act in ACTS.values():
            every_encounter(act, other, LEASE_SECONDS)


def _claims_nothing(self: ResetSmtpPassword, token: SmtpToken) -> SmtpToken:
    for key_id in self.users.keys(token.user_name):
        if key_id != token.key_id:
            delete_smtp_token.delete_access_key(self.users, token.user_name, key_id)
    return token.with_single_key()


def _lists_after_the_claim(self: ResetSmtpPassword, token: SmtpToken) -> SmtpToken:
    claimed = self.tokens.save(token.with_single_key().claimed(int(self.clock()) + LEASE_SECONDS))
    if claimed is None:
        raise Conflict("taken")
    return _claims_nothing(self, claimed)


def _nothing(*_: object) -> None:
    return None


def _no_orphans(*_: object) -> list[str]:
    return []


def _overwrites(self: MemorySmtpTokens, token: SmtpToken) -> SmtpToken:
    stored = self.stored.get(token.campaign_id)
    return _save(self, SmtpToken(**{**_fields(token), "version": stored.version if stored else 0})) or token


def _fields(token: SmtpToken) -> dict[str, Any]:
    return {name: getattr(token, name) for name in SmtpToken.__struct_fields__}


_save = MemorySmtpTokens.save

MUTATIONS: dict[str, tuple[Any, str, Any]] = {
    "a reset claims nothing": (ResetSmtpPassword, "_lock", _claims_nothing),
    "a reset lists keys after its claim": (ResetSmtpPassword, "_lock", _lists_after_the_claim),
    "a reset leaves the old key": (reset_smtp_password, "delete_access_key", _nothing),
    "a token's email is not archived": (DeleteSmtpToken, "_archive", _nothing),
    "a token is no email": (CreateSmtpToken, "_save_email_head", _nothing),
    "what is over is not ended": (ReconcileSmtpTokens, "_delete_expired", _no_orphans),
    "strange users are not ended": (ReconcileSmtpTokens, "_delete_orphans", _no_orphans),
    "strange keys are not ended": (ReconcileSmtpTokens, "_next_batch", _no_orphans),
    "writes are not conditional": (MemorySmtpTokens, "save", _overwrites),
    "keys outlive their end": (delete_smtp_token, "delete_access_key", _nothing),
}


@pytest.mark.parametrize("name", MUTATIONS)
def test_without_a_safeguard_the_suite_fails(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    where, what, instead = MUTATIONS[name]
    monkeypatch.setattr(where, what, instead)
    with pytest.raises((AssertionError, Conflict, NotFound, Retry)):
        suite()


def test_with_every_safeguard_the_suite_passes() -> None:
    suite()
