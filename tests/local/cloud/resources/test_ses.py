"""SES's resources, made by a stack."""

from __future__ import annotations

from typing import Any

from infra.local.cloud import Cloud
from tests.support.aws.cloudformation import attribute, ref, resource


def resources(**changes: Any) -> dict[str, Any]:
    return {
        "Pool": resource("SES::DedicatedIpPool", PoolName="ours", ScalingMode=changes.get("scaling", "STANDARD")),
        "Set": resource(
            "SES::ConfigurationSet",
            Name="transactional",
            DeliveryOptions={"SendingPoolName": ref("Pool"), "TlsPolicy": changes.get("tls", "OPTIONAL")},
            SuppressionOptions={"SuppressedReasons": changes.get("suppressed", [])},
            **({"TrackingOptions": {"CustomRedirectDomain": "click.example.com"}} if changes.get("tracked") else {}),
        ),
        "Topic": resource("SNS::Topic"),
        "Events": resource(
            "SES::ConfigurationSetEventDestination",
            ConfigurationSetName=ref("Set"),
            EventDestination={
                "Name": "events",
                "Enabled": changes.get("enabled", True),
                "MatchingEventTypes": ["send", "deliveryDelay"],
                "SnsDestination": {"TopicARN": ref("Topic")},
            },
        ),
        "Identity": resource(
            "SES::EmailIdentity",
            EmailIdentity="example.com",
            ConfigurationSetAttributes={"ConfigurationSetName": ref("Set")},
            DkimSigningAttributes={"NextSigningKeyLength": "RSA_2048_BIT"},
            FeedbackAttributes={"EmailForwardingEnabled": changes.get("forwarding", False)},
            MailFromAttributes={"MailFromDomain": changes.get("mail_from", "bounce.example.com")},
        ),
    }


def test_ses_resources_match_the_template(cloud: Cloud, stacks: Any) -> None:
    """Pool, set, destination and identity are created, changed in place, deleted, and created again."""
    ses = cloud.client("sesv2")
    names = {
        f"{part}{i}": {"Value": attribute("Identity", f"DkimDNSToken{part}{i}")}
        for part in ("Name", "Value")
        for i in (1, 2, 3)
    }
    for _ in range(2):
        stacks.put("ses", resources(), names)
        identity = ses.get_email_identity(EmailIdentity="example.com")
        token = identity["DkimAttributes"]["Tokens"][0]
        assert stacks.outputs("ses")["Name1"] == f"{token}._domainkey.example.com"
        assert stacks.outputs("ses")["Value1"] == f"{token}.dkim.amazonses.com"
        assert identity["ConfigurationSetName"] == "transactional"
        assert identity["MailFromAttributes"]["MailFromDomain"] == "bounce.example.com"
        assert identity["FeedbackForwardingStatus"] is False
        (destination,) = ses.get_configuration_set_event_destinations(ConfigurationSetName="transactional")[
            "EventDestinations"
        ]
        assert set(destination["MatchingEventTypes"]) == {"SEND", "DELIVERY_DELAY"}
        assert destination["SnsDestination"]["TopicArn"] == stacks.id_of("ses", "Topic")
        stacks.delete("ses")
        assert not ses.list_email_identities()["EmailIdentities"]
        assert not ses.list_configuration_sets()["ConfigurationSets"]
        assert not ses.list_dedicated_ip_pools()["DedicatedIpPools"]


def test_updates_are_made_in_place(cloud: Cloud, stacks: Any) -> None:
    """Every group of options that changed is set, and a dropped one returns to its default."""
    ses = cloud.client("sesv2")
    stacks.put("sesu", resources())
    stacks.put("sesu", resources(tracked=True))
    tracked = ses.get_configuration_set(ConfigurationSetName="transactional")["TrackingOptions"]
    assert tracked["CustomRedirectDomain"] == "click.example.com"
    changed = resources(
        scaling="MANAGED",
        tls="REQUIRE",
        suppressed=["BOUNCE"],
        enabled=False,
        forwarding=True,
        mail_from="b.example.com",
    )
    stacks.put("sesu", changed)
    options = ses.get_configuration_set(ConfigurationSetName="transactional")
    assert options["DeliveryOptions"] == {"SendingPoolName": "ours", "TlsPolicy": "REQUIRE"}
    assert options["SuppressionOptions"]["SuppressedReasons"] == ["BOUNCE"]
    assert not options.get("TrackingOptions", {}).get("CustomRedirectDomain")
    assert ses.get_dedicated_ip_pool(PoolName="ours")["DedicatedIpPool"]["ScalingMode"] == "MANAGED"
    (destination,) = ses.get_configuration_set_event_destinations(ConfigurationSetName="transactional")[
        "EventDestinations"
    ]
    assert destination["Enabled"] is False
    identity = ses.get_email_identity(EmailIdentity="example.com")
    assert identity["FeedbackForwardingStatus"] is True
    assert identity["MailFromAttributes"]["MailFromDomain"] == "b.example.com"
    stacks.delete("sesu")
