"""SmtpTokens and SmtpUsers: each suite on the fake, and on DynamoDB and IAM in moto."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from msgspec.structs import replace

from functions import wiring
from functions.adapters.aws.errors import error_class
from functions.adapters.tokens.smtp_tokens import DynamoSmtpTokens
from functions.adapters.tokens.smtp_users import IamSmtpUsers
from functions.core.domains.domain import Domain
from functions.core.errors import Conflict, NotFound, Retry
from functions.core.tokens.smtp_token import SmtpToken, TokenState, user_name
from functions.ports.tokens import SmtpTokens, SmtpUsers
from functions.wiring import Container
from tests.fakes.tokens import MemorySmtpTokens, MemorySmtpUsers
from tests.support.aws.cloud import SETTINGS, aws_of
from tests.support.aws.path_bound_iam import PathBoundIam
from tests.support.examples import NOON_TEXT

DOMAIN = Domain(name="example.com")

_fresh = itertools.count(5000)


@pytest.fixture(params=["memory", "dynamo"])
def tokens(request: pytest.FixtureRequest) -> SmtpTokens:
    return MemorySmtpTokens() if request.param == "memory" else aws_of(request).get(wiring.adapters.tokens.smtp_tokens)


@pytest.fixture(params=["memory", "iam", "path-bound iam"])
def users(request: pytest.FixtureRequest) -> SmtpUsers:
    if request.param == "memory":
        return MemorySmtpUsers()
    users = aws_of(request).get(wiring.adapters.tokens.smtp_users)
    client: Any = PathBoundIam(users.client) if request.param == "path-bound iam" else users.client
    return replace(users, client=client)


@pytest.fixture
def name() -> str:
    return user_name(next(_fresh))


def a_token(**changed: Any) -> SmtpToken:
    fields: dict[str, Any] = {
        "campaign_id": next(_fresh),
        "name": "till",
        "create_contact": True,
        "created_at": NOON_TEXT,
        "created_by": "ada@example.com",
    }
    return SmtpToken(**{**fields, **changed})


def test_active_tokens_are_listed_a_page_at_a_time(tokens: SmtpTokens) -> None:
    """The account has tokens of other tests, which are later."""
    stored = [a_token(created_at=f"2020-01-01T00:00:0{number}.000Z", state=TokenState.ACTIVE) for number in range(5)]
    saved = [one for token in stored if (one := tokens.save(token))]
    tokens.save(a_token(created_at="2020-01-01T00:00:02.500Z"))
    tokens.save(saved[3].deleted())
    assert tokens.active(None, 2) == saved[:2]
    assert tokens.active(saved[1], 2) == [saved[2], saved[4]]
    assert tokens.active(saved[3], 1) == [saved[4]]


def stored(tokens: SmtpTokens, **changed: Any) -> SmtpToken:
    saved = tokens.save(a_token(**changed))
    assert saved
    return saved


def test_a_token_comes_back_as_it_was_saved(tokens: SmtpTokens) -> None:
    token = a_token(key_id="AKIA1", former_key_id="AKIA0", former_until="t", expires_at=NOON_TEXT, busy_until=7)
    assert tokens.get(token.campaign_id) is None
    assert tokens.save(token) == tokens.get(token.campaign_id) == replace(token, version=1)


def test_a_change_is_made_to_what_was_read(tokens: SmtpTokens) -> None:
    one = stored(tokens)
    two = tokens.save(one.activated("AKIA2"))
    assert two
    assert (two.state, two.version) == (TokenState.ACTIVE, 2)
    assert tokens.save(one.deleted()) is None
    assert tokens.save(replace(one, version=0)) is None
    assert tokens.get(one.campaign_id) == two


def test_a_token_is_found_by_every_key_it_ever_had(tokens: SmtpTokens) -> None:
    token = stored(tokens)
    assert tokens.by_key("AKIAOLD") is None
    for key_id in ("AKIAOLD", "AKIANEW"):
        tokens.index_key(key_id, token.campaign_id)
    assert tokens.by_key("AKIAOLD") == tokens.by_key("AKIANEW") == token


def test_all_tokens_come_in_their_order(tokens: SmtpTokens) -> None:
    late, early = stored(tokens, created_at="2026-12-01"), stored(tokens, created_at="2026-11-01")
    tokens.index_key("AKIAALL", late.campaign_id)
    listed = [token for token in tokens.all() if token in (late, early)]
    assert listed == [early, late]


def test_uses_are_noted_in_any_order(tokens: SmtpTokens) -> None:
    token = stored(tokens)
    for at, source in (("t2", "10.0.0.2"), ("t3", "10.0.0.3"), ("t1", "10.0.0.1"), ("t2", "10.0.0.9")):
        tokens.touch(token.campaign_id, at, source)
    assert tokens.save(token.activated("AKIA")) is not None, "what is noted is no change to the token"
    used = tokens.get(token.campaign_id)
    assert used
    assert (used.used_at, used.last_source, used.first_source) == ("t3", "10.0.0.3", "10.0.0.1")
    tokens.touch(404, "t1", "10.0.0.1")
    assert tokens.get(404) is None


def test_a_save_whose_answer_was_lost_succeeds(aws: Container) -> None:
    """The client itself repeats it, and is refused by what it wrote."""

    class Repeating:
        def __getattr__(self, method: str) -> Any:
            real = getattr(aws.get(wiring.clients.dynamodb), method)
            return (lambda **request: (real(**request), real(**request))[1]) if method == "update_item" else real

    client: Any = Repeating()
    tokens = DynamoSmtpTokens(client, SETTINGS.tokens_table)
    one = stored(tokens)
    two = tokens.save(one.activated("AKIA2"))
    assert two
    assert (one.version, two.version, two.key_id) == (1, 2, "AKIA2")
    assert tokens.save(one) is None


def test_a_user_has_keys_that_end(users: SmtpUsers, name: str) -> None:
    users.create(name)
    users.create(name)
    users.put_policy(name, DOMAIN, sandbox=False)
    one, two = users.new_key(name), users.new_key(name)
    assert set(users.keys(name)) == {one.id, two.id}
    assert one.secret not in repr(one)
    users.disable_key(name, one.id)
    users.delete_key(name, one.id)
    assert users.keys(name) == [two.id]
    assert name in users.all()
    users.delete_key(name, two.id)
    users.delete_policy(name)
    users.delete(name)
    assert name not in users.all()


def test_ending_what_is_not_there_is_no_error(users: SmtpUsers, name: str) -> None:
    users.create(name)
    for absent in (name, "staffetta-smtp-404"):
        users.disable_key(absent, "AKIA0000000000000000")
        users.delete_key(absent, "AKIA0000000000000000")
        users.delete_policy(absent)
        users.delete(absent)
        assert users.keys(absent) == []


def test_a_key_needs_a_user(users: SmtpUsers, name: str) -> None:
    with pytest.raises(NotFound):
        users.new_key(name)
    with pytest.raises(NotFound):
        users.put_policy(name, DOMAIN, sandbox=False)


def test_a_user_has_at_most_two_keys(users: SmtpUsers, name: str) -> None:
    users.create(name)
    users.new_key(name)
    users.new_key(name)
    with pytest.raises(Conflict, match="two"):
        users.new_key(name)


def test_a_permission_is_compared_with_todays(users: SmtpUsers, name: str) -> None:
    users.create(name)
    assert not users.has_policy(name, DOMAIN, sandbox=False)
    users.put_policy(name, DOMAIN, sandbox=False)
    assert (users.has_policy(name, DOMAIN, sandbox=False), users.has_policy(name, DOMAIN, sandbox=True)) == (
        True,
        False,
    )
    users.put_policy(name, DOMAIN, sandbox=True)
    assert (users.has_policy(name, DOMAIN, sandbox=False), users.has_policy(name, DOMAIN, sandbox=True)) == (
        False,
        True,
    )
    assert not users.has_policy("staffetta-smtp-404", DOMAIN, sandbox=False)


def test_another_domains_permission_is_not_todays(aws: Container, name: str) -> None:
    users = aws.get(wiring.adapters.tokens.smtp_users)
    users.create(name)
    users.put_policy(name, Domain(name="former.example"), sandbox=False)
    assert not users.has_policy(name, DOMAIN, sandbox=False)


def test_a_user_with_a_right_is_not_deleted(users: SmtpUsers, name: str) -> None:
    users.create(name)
    users.put_policy(name, DOMAIN, sandbox=False)
    with pytest.raises(Conflict):
        users.delete(name)


def test_a_user_is_bounded_and_may_only_send_as_us(aws: Container, name: str) -> None:
    creation: dict[str, Any] = {}

    class Watched:
        exceptions = aws.get(wiring.clients.iam).exceptions

        def create_user(self, **request: Any) -> Any:
            creation.update(request)
            return aws.get(wiring.clients.iam).create_user(**request)

    client: Any = Watched()
    replace(aws.get(wiring.adapters.tokens.smtp_users), client=client).create(name)
    aws.get(wiring.adapters.tokens.smtp_users).put_policy(name, DOMAIN, sandbox=False)
    assert creation == {
        "UserName": name,
        "Path": "/staffetta/smtp/eu-west-1/test/",
        "PermissionsBoundary": SETTINGS.smtp_boundary_arn,
    }
    document: Any = aws.get(wiring.clients.iam).get_user_policy(UserName=name, PolicyName="send")["PolicyDocument"]
    policy = json.loads(document) if isinstance(document, str) else document
    transactional = f"{SETTINGS.configuration_sets_arn}{SETTINGS.transactional_configuration_set}"
    ours = [SETTINGS.identity_arn, transactional, f"{transactional}-*s"]
    assert policy["Statement"] == [
        {"Effect": "Allow", "Action": "ses:SendRawEmail", "Resource": ours},
        {"Effect": "Deny", "Action": "*", "NotResource": ours},
    ]


@pytest.mark.parametrize(
    ("code", "error"), [("LimitExceeded", Conflict), ("AccessDenied", error_class("AccessDenied"))]
)
def test_a_full_account_is_an_error_of_its_own(code: str, error: type[Exception]) -> None:
    """That of users, which moto does not have."""
    with pytest.raises(error, match="as many IAM users as it may have" if error is Conflict else "no"):
        failing(code).create("staffetta-smtp-1")


CALLS: dict[str, Callable[[SmtpUsers], object]] = {
    "create": lambda users: users.create("staffetta-smtp-1"),
    "put_policy": lambda users: users.put_policy("staffetta-smtp-1", DOMAIN, sandbox=False),
    "has_policy": lambda users: users.has_policy("staffetta-smtp-1", DOMAIN, sandbox=False),
    "new_key": lambda users: users.new_key("staffetta-smtp-1"),
    "keys": lambda users: users.keys("staffetta-smtp-1"),
    "disable_key": lambda users: users.disable_key("staffetta-smtp-1", "AKIA1"),
    "delete_key": lambda users: users.delete_key("staffetta-smtp-1", "AKIA1"),
    "delete_policy": lambda users: users.delete_policy("staffetta-smtp-1"),
    "delete": lambda users: users.delete("staffetta-smtp-1"),
}


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("AccessDenied", error_class("AccessDenied")),
        ("LimitExceeded", Conflict),
        ("ConcurrentModification", Retry),
        ("Throttling", Retry),
        ("ServiceFailure", Retry),
        ("MalformedPolicyDocument", error_class("MalformedPolicyDocument")),
    ],
)
def test_a_refusal_for_an_existing_user_is_reported(call: str, code: str, error: type[Exception]) -> None:
    """A deletion that IAM refuses must not look done: the password would still work."""
    with pytest.raises(error):
        CALLS[call](failing(code, users=["staffetta-smtp-1"]))


def failing(code: str, users: Sequence[str] = ()) -> IamSmtpUsers:
    """IAM with these users, which answers every call for one with an error."""

    class Failing:
        def __getattr__(self, operation: str) -> Any:
            def fail(**_: Any) -> None:
                raise error_class(code)({"Error": {"Code": code, "Message": "no"}}, operation)

            return fail

        def get_paginator(self, _: str) -> Any:
            return self

        def paginate(self, **_: Any) -> list[dict[str, Any]]:
            return [{"Users": [{"UserName": name} for name in users]}]

    client: Any = Failing()
    return IamSmtpUsers(client, "/", "b", "identity/", "configuration-set/", "set")
