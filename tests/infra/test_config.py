"""The settings of a deployment."""

from __future__ import annotations

import string
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.config import Config, ConfigError, IpPool, read

LEAST = {"staffetta:domain": "mail.acme.com", "staffetta:stage": "prod"}
KEYS = (
    "domain",
    "stage",
    "ipPool",
    "retentionDays",
    "eventRetentionDays",
    "deliverConcurrency",
    "bundle",
    "alarmEmail",
    "publicUrl",
    "eventBridge",
    "webhooksToLocalhost",
)


def test_two_settings_are_enough() -> None:
    """The rest has defaults, and CDK's own context is none of ours."""
    assert read({**LEAST, "@aws-cdk/core:whatever": True}) == Config(
        domain="mail.acme.com",
        stage="prod",
        ip_pool=IpPool.MANAGED,
        retention_days=90,
        event_retention_days=400,
        deliver_concurrency=20,
        bundle=True,
        alarm_email=None,
    )


def test_the_command_line_gives_text() -> None:
    """`-c key=value` cannot give a number or a boolean."""
    given = {"staffetta:retentionDays": "30", "staffetta:bundle": "false", "staffetta:ipPool": "shared"}
    config = read({**LEAST, **given})
    assert (config.retention_days, config.bundle, config.ip_pool) == (30, False, IpPool.SHARED)


@pytest.mark.parametrize(
    ("key", "value", "advice"),
    [
        ("domain", "acme", "such as mail.acme.com"),
        ("domain", "me@acme.com", "such as mail.acme.com"),
        ("domain", "-acme.com", "such as mail.acme.com"),
        ("domain", 7, "such as mail.acme.com"),
        ("stage", "Prod", "starting with a letter"),
        ("stage", "a" * 17, "1 to 16"),
        ("ipPool", "dedicated", "managed, standard, shared"),
        ("retentionDays", 0, "1 to 3650"),
        ("retentionDays", "3651", "1 to 3650"),
        ("retentionDays", "two", "1 to 3650"),
        ("retentionDays", True, "1 to 3650"),
        ("deliverConcurrency", 1, "2 to 1000"),
        ("bundle", "yes", "true or false"),
        ("eventBridge", "on", "true or false"),
        ("webhooksToLocalhost", "on", "true or false"),
        ("alarmEmail", "oncall", "such as oncall@acme.com"),
        ("publicUrl", "mail.acme.com", "such as https://mail-api.acme.com"),
        ("publicUrl", "https://mail.acme.com/", "such as https://mail-api.acme.com"),
    ],
)
def test_a_fault_is_told(key: str, value: object, advice: str) -> None:
    """The key, the value that was wrong, and what would be right."""
    with pytest.raises(ConfigError) as fault:
        read({**LEAST, f"staffetta:{key}": value})
    assert f"staffetta:{key} is {value!r}" in str(fault.value)
    assert advice in str(fault.value)


def test_webhooks_go_to_localhost_on_the_local_stage_alone() -> None:
    chosen = {"staffetta:webhooksToLocalhost": True}
    assert read({**LEAST, "staffetta:stage": "local", **chosen}).webhooks_to_localhost
    with pytest.raises(ConfigError, match="is for the stage local"):
        read({**LEAST, **chosen})


def test_all_faults_are_told_at_once() -> None:
    """Missing, unknown and unusable settings have a line each."""
    with pytest.raises(ConfigError) as fault:
        read({"staffetta:stge": "prod", "staffetta:bundle": "no"})
    unknown, domain, stage, bundle = str(fault.value).splitlines()
    assert unknown.startswith("staffetta:stge is not a setting; the settings are staffetta:domain, staffetta:stage")
    assert domain.startswith("staffetta:domain is not set; give")
    assert stage.startswith("staffetta:stage is not set; give")
    assert bundle == "staffetta:bundle is 'no'; give true or false"


@given(
    st.sampled_from(KEYS),
    st.booleans() | st.integers() | st.floats() | st.text(string.printable, max_size=20) | st.lists(st.integers()),
)
def test_any_value_is_used_or_refused(key: str, value: Any) -> None:
    """Whatever is given, it is a setting that fits, or one line about that key."""
    told = f"staffetta:{key} is "
    try:
        config = read({**LEAST, f"staffetta:{key}": value})
    except ConfigError as fault:
        told, *more = str(fault).splitlines()
    else:
        more = []
        assert 1 <= config.retention_days <= 3650
        assert 2 <= config.deliver_concurrency <= 1000
    assert told.startswith(f"staffetta:{key} is ")
    assert more == []
