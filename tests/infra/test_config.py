"""The settings of a deployment."""

from __future__ import annotations

import string
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.core.account.prices import IpPoolType
from infra.config import Config, ConfigError, read

LEAST = {"staffetta:domain": "mail.acme.com", "staffetta:stage": "prod"}
KEYS = (
    "domain",
    "stage",
    "ipPool",
    "retentionDays",
    "contentDays",
    "smtpServer",
    "mailboxUrl",
    "eventRetentionDays",
    "deliverConcurrency",
    "bundle",
    "alarmEmail",
    "hostedZone",
    "dmarcReports",
    "publicUrl",
    "apiHost",
    "trackingHost",
    "imagesHost",
    "eventBridge",
    "webhooksToLocalhost",
)


def test_two_settings_are_enough() -> None:
    """All others have defaults, and CDK's own context is ignored."""
    assert read({**LEAST, "@aws-cdk/core:whatever": True}) == Config(
        domain="mail.acme.com",
        stage="prod",
        ip_pool=IpPoolType.MANAGED,
        retention_days=90,
        content_days=7,
        event_retention_days=400,
        deliver_concurrency=5,
        api_rate=5000,
        api_burst=2500,
        bundle=True,
        alarm_email=None,
    )


@pytest.mark.parametrize(
    ("written", "domain"), [("Mail.ACME.com", "mail.acme.com"), ("mail.BÜCHER.com", "mail.xn--bcher-kva.com")]
)
def test_a_domain_is_in_lower_case_and_in_ascii(written: str, domain: str) -> None:
    assert read({**LEAST, "staffetta:domain": written}).domain == domain


def test_the_command_line_sets_text() -> None:
    """`-c key=value` cannot set a number or a boolean."""
    context = {"staffetta:retentionDays": "30", "staffetta:bundle": "false", "staffetta:ipPool": "shared"}
    config = read({**LEAST, **context})
    assert (config.retention_days, config.bundle, config.ip_pool) == (30, False, IpPoolType.SHARED)


@pytest.mark.parametrize(
    ("key", "value", "advice"),
    [
        ("domain", "acme", "such as mail.acme.com"),
        ("domain", "me@acme.com", "such as mail.acme.com"),
        ("domain", "-acme.com", "such as mail.acme.com"),
        ("domain", 7, "such as mail.acme.com"),
        ("stage", "Prod", "starting with a letter"),
        ("stage", "a" * 17, "1 to 16"),
        ("stage", "a-domain", "without -domain"),
        ("stage", "a-domain-b", "without -domain"),
        ("ipPool", "dedicated", "managed, standard, shared"),
        ("sharedDelivery", "world", "regional, global"),
        ("retentionDays", 0, "1 to 3650"),
        ("retentionDays", "3651", "1 to 3650"),
        ("retentionDays", "two", "1 to 3650"),
        ("retentionDays", True, "1 to 3650"),
        ("contentDays", -1, "0 to 365"),
        ("contentDays", "366", "0 to 365"),
        ("deliverConcurrency", 1, "2 to 1000"),
        ("bundle", "yes", "true or false"),
        ("eventBridge", "on", "true or false"),
        ("webhooksToLocalhost", "on", "true or false"),
        ("alarmEmail", "oncall", "such as oncall@acme.com"),
        ("smtpServer", "127.0.0.1:2587", "such as 127.0.0.1:2587:2465"),
        ("publicUrl", "mail.acme.com", "such as https://mail-api.acme.com"),
        ("publicUrl", "https://mail.acme.com/", "such as https://mail-api.acme.com"),
    ],
)
def test_an_error_has_key_value_and_advice(key: str, value: object, advice: str) -> None:
    """It has the key, the wrong value, and a valid one."""
    with pytest.raises(ConfigError) as raised:
        read({**LEAST, f"staffetta:{key}": value})
    assert f"staffetta:{key} is {value!r}" in str(raised.value)
    assert advice in str(raised.value)


@pytest.mark.parametrize(
    ("key", "field", "address"),
    [
        ("mailboxUrl", "mailbox_url", "http://127.0.0.1:8025"),
        ("smtpServer", "smtp_server", "127.0.0.1:2587:2465"),
    ],
)
def test_only_the_local_stage_has_servers_of_its_own(key: str, field: str, address: str) -> None:
    chosen = {**LEAST, f"staffetta:{key}": address}
    with pytest.raises(ConfigError, match=f"{key} is only for the stage local"):
        read(chosen)
    assert getattr(read({**chosen, "staffetta:stage": "local"}), field) == address


def test_webhooks_go_to_localhost_on_the_local_stage_only() -> None:
    chosen = {"staffetta:webhooksToLocalhost": True}
    assert read({**LEAST, "staffetta:stage": "local", **chosen}).webhooks_to_localhost
    with pytest.raises(ConfigError, match="is only for the stage local"):
        read({**LEAST, **chosen})


def test_all_errors_are_reported_together() -> None:
    """Missing, unknown and invalid settings have a line each."""
    with pytest.raises(ConfigError) as raised:
        read({"staffetta:stge": "prod", "staffetta:bundle": "no"})
    unknown, domain, stage, bundle = str(raised.value).splitlines()
    assert unknown.startswith("staffetta:stge is not a setting; the settings are staffetta:domain, staffetta:stage")
    assert domain.startswith("staffetta:domain is not set; give")
    assert stage.startswith("staffetta:stage is not set; give")
    assert bundle == "staffetta:bundle is 'no'; give true or false"


@given(
    st.sampled_from(KEYS),
    st.booleans() | st.integers() | st.floats() | st.text(string.printable, max_size=20) | st.lists(st.integers()),
)
def test_any_value_is_used_or_refused(key: str, value: Any) -> None:
    """Any value is either a valid setting or gives one line about its key."""
    line = f"staffetta:{key} is "
    try:
        config = read({**LEAST, f"staffetta:{key}": value})
    except ConfigError as raised:
        line, *more = str(raised).splitlines()
    else:
        more = []
        assert 1 <= config.retention_days <= 3650
        assert 2 <= config.deliver_concurrency <= 1000
    assert line.startswith(f"staffetta:{key} is ")
    assert more == []


def test_a_longer_word_than_domain_names_a_stage() -> None:
    assert read({**LEAST, "staffetta:stage": "a-domains"}).stage == "a-domains"
