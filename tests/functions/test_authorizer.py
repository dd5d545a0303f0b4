from __future__ import annotations

from functions import authorizer, wiring
from functions.core.access.actor import unrestricted
from functions.steps.access.create_api_key import CreateApiKey
from functions.wiring import Container
from tests.support.aws.lambdas import call


def test_the_authorizer_names_the_key_and_lets_the_door_refuse(aws: Container) -> None:
    secret, key = CreateApiKey(
        api_keys=aws.get(wiring.adapters.api_keys), clock=lambda: 0.0, new_secret=lambda: "s" * 43
    )("ci", "ada@example.com", ("content", "account"), unrestricted("ada@example.com"))
    answer = call(authorizer.handler, {"version": "2.0", "headers": {"authorization": f"Bearer {secret}"}})
    assert answer == {
        "isAuthorized": True,
        "context": {
            "keyId": key.secret_id,
            "owner": "ada@example.com",
            "scopes": "content account",
            "wait": "0",
            "remaining": "1000",
        },
    }
    for headers in ({"authorization": "Bearer wrong"}, {}, None):
        assert call(authorizer.handler, {"headers": headers}) == {"isAuthorized": True, "context": {}}
