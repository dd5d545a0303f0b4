"""The documentation's function accepts what we sign, and nothing else."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from functions.core.webhooks import webhook_signature
from infra import ROOT
from tests.support.http import documentation

BODY = '{"id":"evt_1","name":"Zoë"}'


@pytest.fixture(scope="module")
def example() -> dict[str, Any]:
    blocks = documentation.blocks(ROOT / "docs/api.md")
    (code,) = (block.text for block in blocks if "webhook-signature" in block.text)
    names: dict[str, Any] = {}
    exec(code, names)  # noqa: S102 - the page's own code, as its reader runs it
    return names


def signed(secret: str, age: float = 0) -> dict[str, str]:
    other = webhook_signature.secret_of(b"o" * 32)
    return dict(webhook_signature.signed("evt_1", time.time() - age, BODY, [other, secret]))


@pytest.mark.parametrize(
    ("changed", "body", "age", "genuine"),
    [
        ({}, BODY, 0, True),
        ({}, BODY.replace("Zoë", "Zoe"), 0, False),
        ({}, BODY, 301, False),
        ({}, BODY, -301, False),
        ({"webhook-id": "evt_2"}, BODY, 0, False),
        ({"webhook-signature": "v1,"}, BODY, 0, False),
    ],
)
def test_the_example_accepts_a_genuine_request_only(
    example: dict[str, Any], changed: dict[str, str], body: str, age: float, genuine: bool
) -> None:
    is_genuine: Callable[[dict[str, str], bytes], bool] = example["is_genuine"]
    assert is_genuine({**signed(example["SECRET"], age), **changed}, body.encode()) is genuine
