from __future__ import annotations

import pytest
from msgspec.structs import replace

from functions.settings import SettingError, Settings, variable
from tests.support.aws.cloud import SETTINGS


def test_a_function_reads_the_settings_of_infra() -> None:
    assert Settings.from_env(SETTINGS.to_env()) == SETTINGS


def test_all_errors_are_reported_together() -> None:
    env = SETTINGS.to_env() | {variable("lease_seconds"): "soon", variable("max_receives"): "²", variable("stage"): ""}
    del env[variable("domain")]
    with pytest.raises(SettingError) as caught:
        Settings.from_env(env)
    assert str(caught.value) == (
        "STAFFETTA_STAGE is not set; STAFFETTA_DOMAIN is not set; "
        "STAFFETTA_LEASE_SECONDS is 'soon', not a whole number; STAFFETTA_MAX_RECEIVES is '²', not a whole number"
    )


@pytest.mark.parametrize(
    ("region", "host"),
    [
        ("eu-west-1", "sqs.eu-west-1.amazonaws.com"),
        ("cn-north-1", "sqs.cn-north-1.amazonaws.com.cn"),
        ("eusc-de-east-1", "sqs.eusc-de-east-1.amazonaws.eu"),
    ],
)
def test_a_queues_url_is_made_from_its_name(region: str, host: str) -> None:
    settings = replace(SETTINGS, region=region, account_id="012345678901", dead_letter_queue="Letters-X1")
    assert settings.dead_letter_queue_url == f"https://{host}/012345678901/Letters-X1"
