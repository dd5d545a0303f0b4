"""ports.SentForms: one suite on the fake and on DynamoDB in moto."""

from __future__ import annotations

import pytest

from functions import wiring
from functions.ports.access import SentForm, SentForms
from tests.fakes.access import MemorySentForms
from tests.support.aws.cloud import aws_of

LATER = 4_000_000_000


@pytest.fixture(params=["memory", "dynamo"])
def forms(request: pytest.FixtureRequest) -> SentForms:
    return MemorySentForms() if request.param == "memory" else aws_of(request).get(wiring.adapters.access.sent_forms)


def test_a_form_is_claimed_once_and_keeps_its_result(forms: SentForms) -> None:
    assert forms.claim("a", "1", LATER) is None
    assert forms.claim("a", "2", LATER) == SentForm("1", "")
    forms.finish("a", "/lists/5")
    assert forms.claim("a", "1", LATER) == SentForm("1", "/lists/5")
    assert forms.claim("b", "1", LATER) is None


def test_a_released_form_can_be_sent_again(forms: SentForms) -> None:
    assert forms.claim("released", "1", LATER) is None
    forms.release("released")
    assert forms.claim("released", "1", LATER) is None
