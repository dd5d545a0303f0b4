"""A domain's own configuration sets, on the simulation of SES."""

from __future__ import annotations

from typing import Any

import pytest

from functions.adapters.aws.boto3_client import SdkClient
from functions.adapters.domains.configuration_sets import SesConfigurationSets
from infra.local.cloud import Cloud
from infra.local.mailbox import Mailbox
from infra.local.ses import SesSimulator

DELIVERY = {
    "TlsPolicy": "REQUIRE",
    "SendingPoolName": "ses-shared-pool",
    "MaxDeliverySeconds": 300,
    "SharedPoolDeliveryMode": "REGIONAL",
}
SUPPRESSION: dict[str, Any] = {"SuppressedReasons": ["BOUNCE"]}
TOPIC = {"TopicArn": "arn:aws:sns:eu-west-1:123456789012:events"}


@pytest.fixture
def sesv2() -> Any:
    ses = SesSimulator(
        region="eu-west-1", account_id=Cloud.account_id, mailbox=Mailbox(), publish=lambda _topic, _event: None
    )
    client = Cloud(region="eu-west-1", ses=ses.wsgi).client("sesv2")
    client.create_configuration_set(
        ConfigurationSetName="original",
        DeliveryOptions=DELIVERY,
        ReputationOptions={"ReputationMetricsEnabled": True},
        SuppressionOptions=SUPPRESSION,
    )
    client.create_configuration_set_event_destination(
        ConfigurationSetName="original",
        EventDestinationName="Events",
        EventDestination={"Enabled": True, "MatchingEventTypes": ["SEND"], "SnsDestination": TOPIC},
    )
    return client


def test_a_copy_has_the_options_and_the_destination(sesv2: Any) -> None:
    sets = SesConfigurationSets(SdkClient(sesv2))  # type: ignore[arg-type]  # a fake
    for _ in range(2):  # the second continues the first
        sets.copy({"own": "original"})
    copied = sesv2.get_configuration_set(ConfigurationSetName="own")
    assert copied["DeliveryOptions"] == DELIVERY
    assert copied["SuppressionOptions"] == SUPPRESSION
    assert copied["ReputationOptions"]["ReputationMetricsEnabled"]
    (destination,) = sesv2.get_configuration_set_event_destinations(ConfigurationSetName="own")["EventDestinations"]
    assert (destination["Enabled"], destination["SnsDestination"]) == (True, TOPIC)


def test_an_existing_set_keeps_its_owners_options(sesv2: Any) -> None:
    sets = SesConfigurationSets(SdkClient(sesv2))  # type: ignore[arg-type]  # a fake
    sets.copy({"own": "original"})
    sesv2.put_configuration_set_suppression_options(ConfigurationSetName="own", SuppressedReasons=["COMPLAINT"])
    sets.copy({"own": "original"})
    stored = sesv2.get_configuration_set(ConfigurationSetName="own")["SuppressionOptions"]
    assert stored == {"SuppressedReasons": ["COMPLAINT"]}


def test_a_deletion_repeats(sesv2: Any) -> None:
    sets = SesConfigurationSets(SdkClient(sesv2))  # type: ignore[arg-type]  # a fake
    sets.copy({"own": "original"})
    for _ in range(2):
        sets.delete(["own", "never"])
    assert sesv2.list_configuration_sets()["ConfigurationSets"] == ["original"]
