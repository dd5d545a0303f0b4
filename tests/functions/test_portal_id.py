"""The number in place of HubSpot's account: one for each stage, and small enough for a 32-bit integer."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.support.aws.cloud import SETTINGS

ACCOUNTS = st.from_regex(r"[0-9]{12}", fullmatch=True)
STAGES = st.from_regex(r"[a-z][a-z0-9]{0,10}", fullmatch=True)


@given(ACCOUNTS, STAGES)
def test_it_fits_a_signed_32_bit_integer(account: str, stage: str) -> None:
    settings = replace(SETTINGS, account_id=account, stage=stage)
    assert 0 < settings.portal_id < 2**31
    assert settings.portal_id == replace(settings, domain="example.org", retention_days=1).portal_id


def test_stages_of_an_account_have_their_own() -> None:
    assert len({replace(SETTINGS, stage=stage).portal_id for stage in ("prod", "test", "dev")}) == 3
