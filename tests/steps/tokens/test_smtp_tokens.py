"""SMTP tokens: made, reset, ended and reconciled, while all goes well."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from functions.core import timestamps
from functions.core.access.actor import Actor
from functions.core.access.scopes import CONTENT
from functions.core.domains.domain import Domain
from functions.core.emails.email import SINGLE_SEND, Subcategory
from functions.core.errors import Conflict, Forbidden, NotFound, Rejected
from functions.core.tokens.smtp_password import smtp_password
from functions.core.tokens.smtp_token import TokenState, campaign_of, user_name
from functions.steps.tokens import reconcile
from functions.steps.tokens.create_smtp_token import LEASE_SECONDS, TokenRequest
from functions.steps.tokens.reconcile import RECONCILER
from tests.support.examples import NOON
from tests.support.token_scenario import REGION, TokenScenario


@pytest.fixture
def world() -> TokenScenario:
    return TokenScenario()


def test_a_token_is_a_user_of_iam_and_an_email(world: TokenScenario) -> None:
    created = world.create(name="till", create_contact=True)
    token = created.token
    assert (token.name, token.create_contact, token.created_by) == ("till", True, "ada@example.com")
    assert world.works(token.key_id)
    assert created.password == smtp_password("secret-1", REGION)
    email = world.emails.get(token.campaign_id)
    assert email
    assert (email.name, email.subcategory, email.created_by) == ("till", Subcategory.SMTP_TOKEN, "ada@example.com")
    assert not email.sendable_as(SINGLE_SEND)
    assert "secret" not in repr(world.tokens)
    world.check()


@pytest.mark.parametrize("name", ["", "x" * 201, "two\nlines"])
def test_a_token_needs_a_name(world: TokenScenario, name: str) -> None:
    """Its email has the name, and a stage whose email has none lists no emails at all."""
    with pytest.raises(Rejected, match="name: must have 1 to 200 printable characters"):
        world.create(name=name)
    world.check()


def test_a_user_name_names_its_token() -> None:
    assert campaign_of(user_name(9_007_199_254_740_991)) == 9_007_199_254_740_991
    for other in (
        "staffetta-smtp-",
        "staffetta-smtp-x",
        "staffetta-smtp-7x",
        "xstaffetta-smtp-7",
        "staffetta-smtp-07",
        "",
    ):
        assert campaign_of(other) is None


def test_a_reset_invalidates_the_old_password(world: TokenScenario) -> None:
    first = world.create().token
    second = world.reset(first.key_id).token
    third = world.reset(first.key_id)
    assert [world.works(token.key_id) for token in (first, second, third.token)] == [False, False, True]
    assert third.password == smtp_password("secret-3", REGION)
    assert {world.tokens.by_key(token.key_id) for token in (first, second)} == {third.token}
    world.check()


def test_both_passwords_work_during_the_grace_period(world: TokenScenario) -> None:
    first = world.create().token
    second = world.reset(first.key_id, 3600).token
    assert (world.works(first.key_id), world.works(second.key_id)) == (True, True)
    assert second.former_until == timestamps.iso(NOON + 3600)
    world.reconcile(later=3599)
    assert world.works(first.key_id)
    assert world.reconcile(later=1) == reconcile.Drift(), "an end that was promised is no drift"
    assert (world.works(first.key_id), world.works(second.key_id)) == (False, True)
    world.check()


def test_a_reset_during_the_grace_period_ends_the_oldest_password(world: TokenScenario) -> None:
    first = world.create().token
    second = world.reset(first.key_id, 3600).token
    third = world.reset(second.key_id, 3600).token
    assert [world.works(token.key_id) for token in (first, second, third)] == [False, True, True]
    world.check()


def test_a_reset_repairs_a_deleted_user(world: TokenScenario) -> None:
    token = world.create().token
    world.users.users.clear()
    world.users.permitted.clear()
    assert world.reconcile().missing_keys == (token.user_name,)
    assert world.works(world.reset(token.key_id).token.key_id)
    assert world.reconcile().missing_keys == ()
    world.check()


def test_a_deleted_token_has_no_valid_password(world: TokenScenario) -> None:
    first = world.create().token
    second = world.reset(first.key_id, 3600).token
    world.end(first.campaign_id)
    world.end(first.campaign_id)
    assert not world.works(first.key_id)
    assert not world.works(second.key_id)
    with pytest.raises(NotFound, match="no SMTP token with the id"):
        world.reset(second.key_id)
    ended = world.tokens.get(first.campaign_id)
    assert ended
    assert (ended.state, ended.name) == (TokenState.DELETED, "till")
    world.check()


def test_an_unknown_token_is_not_found(world: TokenScenario) -> None:
    with pytest.raises(NotFound, match="'AKIANOBODY'"):
        world.reset("AKIANOBODY")
    world.end(404)


def test_a_token_is_refused_when_iam_is_full(world: TokenScenario) -> None:
    world.users.users_max = 0
    with pytest.raises(Conflict, match="as many IAM users as it may have"):
        world.create()
    world.check()


def test_a_token_does_not_begin_in_the_past(world: TokenScenario) -> None:
    with pytest.raises(Rejected, match="is in the past"):
        world.create(expires_at=timestamps.iso(NOON))
    world.check()


def test_an_expired_token_is_deleted(world: TokenScenario) -> None:
    token = world.create(expires_at=timestamps.iso(NOON + 1000)).token
    assert world.reconcile(later=999).expired == ()
    assert world.works(token.key_id)
    assert world.reconcile(later=1).expired == (token.user_name,)
    (entry,) = world.audit.entries.values()
    assert (entry.action, entry.subject) == ("smtp_token.expired", str(token.campaign_id))
    assert (entry.by, entry.detail["reason"]) == (RECONCILER, "it expired")
    assert not world.works(token.key_id)
    world.check()


def test_orphan_users_and_keys_are_deleted(world: TokenScenario) -> None:
    token = world.create().token
    world.users.create("staffetta-smtp-77")
    world.users.put_policy("staffetta-smtp-77", Domain(name="example.com"), sandbox=False)
    world.users.new_key("staffetta-smtp-77")
    world.users.create("intruder")
    planted = world.users.new_key(token.user_name)
    drift = world.reconcile()
    assert drift.orphans == ("intruder", "staffetta-smtp-77", f"{token.user_name} {planted.id}")
    entries = world.audit.entries.values()
    assert [entry.subject for entry in entries if entry.action == "smtp_token.orphan_deleted"] == [*drift.orphans]
    assert (world.works(planted.id), world.works(token.key_id)) == (False, True)
    assert world.reconcile() == reconcile.Drift()
    world.check()


def test_a_permission_for_another_domain_is_drift_and_repaired(world: TokenScenario) -> None:
    token, busy = world.create().token, world.create().token
    world.domains.put(Domain(name="example.com", transactional_set="moved"))
    world.tokens.stored[busy.campaign_id] = replace(busy, busy_until=int(NOON) + 2 * reconcile.RUN_SECONDS + 1)
    assert world.reconcile() == reconcile.Drift(permissions=(token.user_name,))
    assert world.users.permitted[token.user_name] == "example.com moved"
    (entry,) = world.audit.entries.values()
    assert (entry.action, entry.subject) == ("smtp_token.permission_repaired", str(token.campaign_id))
    assert world.reconcile().permissions == (), "a busy token waits"
    assert world.reconcile().permissions == (busy.user_name,)
    assert world.reconcile() == reconcile.Drift()
    world.check()


def test_a_token_sends_as_its_domain(world: TokenScenario) -> None:
    world.domains.put(Domain(name="news.example.com", transactional_set="own"))
    token = world.create(domain="news.example.com").token
    assert world.users.permitted[token.user_name] == "news.example.com own"
    again = world.reset(token.key_id).token
    assert world.users.permitted[again.user_name] == "news.example.com own"
    assert world.reconcile() == reconcile.Drift()


def test_a_token_of_an_unknown_domain_is_refused(world: TokenScenario) -> None:
    """The primary domain is stored once it was checked."""
    for domain in ("news.example.com", "example.com"):
        world.domains.put(Domain(name=domain))
    with pytest.raises(NotFound) as refused:
        world.create(domain="other.example")
    assert str(refused.value) == "other.example is not a domain of this stage: example.com, news.example.com"
    assert not world.tokens.stored


def test_a_removed_permission_is_drift_and_repaired(world: TokenScenario) -> None:
    token = world.create().token
    world.users.delete_policy(token.user_name)
    assert world.reconcile().permissions == (token.user_name,)
    assert world.works(token.key_id)


def test_permissions_follow_the_sandbox_without_drift(world: TokenScenario) -> None:
    before = world.create().token
    world.sandbox = True
    during = world.create().token
    assert world.users.permitted == {before.user_name: "example.com", during.user_name: "example.com in the sandbox"}
    assert world.reconcile() == reconcile.Drift()
    assert set(world.users.permitted.values()) == {"example.com in the sandbox"}
    world.sandbox = False
    assert world.reconcile() == reconcile.Drift()
    assert set(world.users.permitted.values()) == {"example.com"}
    assert not world.audit.entries


def test_a_locked_token_is_not_changed(world: TokenScenario) -> None:
    token = world.create().token
    world.tokens.stored[token.campaign_id] = replace(token, busy_until=int(NOON) + LEASE_SECONDS)
    unborn = world.users.new_key(token.user_name)
    assert world.reconcile(later=LEASE_SECONDS - 1).orphans == ()
    with pytest.raises(Conflict, match="the token is being changed"):
        world.reset(token.key_id)
    assert world.reconcile(later=1).orphans == (f"{token.user_name} {unborn.id}",)
    world.check()


def test_many_tokens_are_checked_in_turns(world: TokenScenario, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reconcile, "KEYS_PER_RUN", 3)
    created = [world.create().token for _ in range(10)]
    for token in created:
        world.users.new_key(token.user_name)
    orphans = [len(world.reconcile().orphans) for _ in range(4)]
    assert sum(orphans) == 10
    assert max(orphans) <= 3
    world.check()


def test_an_actor_without_the_scope_changes_no_token(world: TokenScenario) -> None:
    token = world.create().token
    editor = Actor("bob@example.com", (CONTENT,))
    with pytest.raises(Forbidden):
        world.issue(TokenRequest(name="other", create_contact=False, created_by="bob@example.com"), editor)
    with pytest.raises(Forbidden):
        world.reset(token.key_id, by=editor)
    with pytest.raises(Forbidden):
        world.end(token.campaign_id, by=editor)
    assert world.works(token.key_id)
    assert [one.name for one in world.tokens.all()] == ["till"]
