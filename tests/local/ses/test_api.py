"""The sesv2 API as boto3 calls it."""

from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from functions.adapters.contacts.suppressions import SesSuppressions


def refusal(call: Any, **params: Any) -> tuple[str, str, int]:
    with pytest.raises(ClientError) as caught:
        call(**params)
    answer = caught.value.response
    return answer["Error"]["Code"], answer["Error"]["Message"], answer["ResponseMetadata"]["HTTPStatusCode"]


def simple(text: str = "Grazie!", **more: Any) -> dict[str, Any]:
    return {"Simple": {"Subject": {"Data": "Receipt"}, "Body": {"Text": {"Data": text}}, **more}}


def test_a_new_identity_is_verified_with_three_dkim_tokens(ses_scenario: Any) -> None:
    """There is no DNS to edit locally, so an identity may send at once."""
    got = ses_scenario.client.get_email_identity(EmailIdentity="example.com")
    assert got["VerifiedForSendingStatus"]
    assert got["VerificationStatus"] == "SUCCESS"
    assert got["IdentityType"] == "DOMAIN"
    assert len(set(got["DkimAttributes"]["Tokens"])) == 3


def test_an_identity_named_unverified_stays_pending(ses_scenario: Any) -> None:
    """This lets callers test their handling of unverified domains."""
    created = ses_scenario.client.create_email_identity(EmailIdentity="unverified.example.org")
    assert not created["VerifiedForSendingStatus"]
    assert created["DkimAttributes"]["Status"] == "PENDING"


def test_an_identity_returns_its_settings(ses_scenario: Any) -> None:
    """MAIL FROM, DKIM, feedback and default set are returned as they were set."""
    client, name = ses_scenario.client, "example.com"
    client.put_email_identity_mail_from_attributes(
        EmailIdentity=name, MailFromDomain="bounce.example.com", BehaviorOnMxFailure="REJECT_MESSAGE"
    )
    client.put_email_identity_dkim_attributes(EmailIdentity=name, SigningEnabled=False)
    client.put_email_identity_feedback_attributes(EmailIdentity=name, EmailForwardingEnabled=False)
    client.put_email_identity_configuration_set_attributes(EmailIdentity=name, ConfigurationSetName="transactional")
    signing = client.put_email_identity_dkim_signing_attributes(
        EmailIdentity=name,
        SigningAttributesOrigin="EXTERNAL",
        SigningAttributes={"DomainSigningSelector": "own", "DomainSigningPrivateKey": "a2V5"},
    )
    got = client.get_email_identity(EmailIdentity=name)
    assert got["MailFromAttributes"]["MailFromDomain"] == "bounce.example.com"
    assert got["MailFromAttributes"]["BehaviorOnMxFailure"] == "REJECT_MESSAGE"
    assert got["DkimAttributes"]["SigningEnabled"] is False
    assert got["FeedbackForwardingStatus"] is False
    assert got["ConfigurationSetName"] == "transactional"
    assert signing["DkimTokens"] == ["own"]


def test_identities_are_listed_and_deleted(ses_scenario: Any) -> None:
    """A deleted identity is gone, and a second deletion is an error."""
    listed = ses_scenario.client.list_email_identities()["EmailIdentities"]
    assert [identity["IdentityName"] for identity in listed] == ["example.com"]
    ses_scenario.client.delete_email_identity(EmailIdentity="example.com")
    assert refusal(ses_scenario.client.delete_email_identity, EmailIdentity="example.com") == (
        "NotFoundException",
        "Email identity example.com does not exist.",
        404,
    )


HEADER = {"Name": "X-A", "Value": "1"}
FILE: dict[str, Any] = {"FileName": "a.txt", "RawContent": b"a"}


def test_an_existing_resource_cannot_be_created_again(ses_scenario: Any) -> None:
    """Each kind of resource refuses a second one of its name."""
    ses_scenario.client.create_dedicated_ip_pool(PoolName="pool")
    destination = {"MatchingEventTypes": ["SEND"], "SnsDestination": {"TopicArn": "arn"}}
    for call, params in (
        (ses_scenario.client.create_email_identity, {"EmailIdentity": "Example.com"}),
        (ses_scenario.client.create_configuration_set, {"ConfigurationSetName": "transactional"}),
        (ses_scenario.client.create_dedicated_ip_pool, {"PoolName": "pool"}),
        (
            ses_scenario.client.create_configuration_set_event_destination,
            {
                "ConfigurationSetName": "transactional",
                "EventDestinationName": "to-sns",
                "EventDestination": destination,
            },
        ),
    ):
        assert refusal(call, **params)[0] == "AlreadyExistsException"


OPTIONS = [
    ("delivery", "DeliveryOptions", {"TlsPolicy": "REQUIRE", "MaxDeliverySeconds": 300}),
    ("reputation", "ReputationOptions", {"ReputationMetricsEnabled": True}),
    ("sending", "SendingOptions", {"SendingEnabled": False}),
    ("suppression", "SuppressionOptions", {"SuppressedReasons": ["BOUNCE"]}),
    ("tracking", "TrackingOptions", {"CustomRedirectDomain": "click.example.com", "HttpsPolicy": "REQUIRE"}),
    (
        "archiving",
        "ArchivingOptions",
        {"ArchiveArn": "arn:aws:ses:us-east-1:123456789012:mailmanager-archive/a-abcdefghijklmnopqrstuvwxy"},
    ),
]


@pytest.mark.parametrize(("name", "group", "values"), OPTIONS)
def test_a_configuration_set_returns_every_option_group(ses_scenario: Any, name: str, group: str, values: Any) -> None:
    """Options from its creation and from a later put are returned the same."""
    ses_scenario.client.create_configuration_set(ConfigurationSetName="created", **{group: values})
    put = getattr(ses_scenario.client, f"put_configuration_set_{name}_options")
    put(ConfigurationSetName="transactional", **values)
    for configuration_set in ("created", "transactional"):
        assert ses_scenario.client.get_configuration_set(ConfigurationSetName=configuration_set)[group] == values


def test_vdm_options_are_put_as_a_group(ses_scenario: Any) -> None:
    """The Put call nests the group, unlike the others."""
    vdm = {"DashboardOptions": {"EngagementMetrics": "ENABLED"}}
    ses_scenario.client.put_configuration_set_vdm_options(ConfigurationSetName="transactional", VdmOptions=vdm)
    assert ses_scenario.client.get_configuration_set(ConfigurationSetName="transactional")["VdmOptions"] == vdm


def test_a_pool_must_exist_before_a_set_sends_through_it(ses_scenario: Any) -> None:
    """A wrong pool name is an error at once, not at the first send."""
    options = {"SendingPoolName": "missing"}
    code, message, _ = refusal(
        ses_scenario.client.create_configuration_set, ConfigurationSetName="x", DeliveryOptions=options
    )
    assert (code, message) == ("BadRequestException", "Sending pool <missing> does not exist.")


def test_a_tracking_domain_must_be_verified(ses_scenario: Any) -> None:
    """As in SES, the redirect domain is an identity's domain or below one."""
    code, message, _ = refusal(
        ses_scenario.client.put_configuration_set_tracking_options,
        ConfigurationSetName="transactional",
        CustomRedirectDomain="click.elsewhere.org",
    )
    assert code == "BadRequestException"
    assert "click.elsewhere.org" in message


def test_event_destinations_are_updated_and_deleted(ses_scenario: Any) -> None:
    """Destinations of every kind are stored unchanged."""
    named = {"ConfigurationSetName": "transactional", "EventDestinationName": "to-sns"}
    bus = {
        "Enabled": False,
        "MatchingEventTypes": ["BOUNCE"],
        "EventBridgeDestination": {"EventBusArn": "arn:aws:events:us-east-1:123456789012:event-bus/default"},
    }
    ses_scenario.client.update_configuration_set_event_destination(**named, EventDestination=bus)
    got = ses_scenario.client.get_configuration_set_event_destinations(ConfigurationSetName="transactional")
    assert got["EventDestinations"] == [{"Name": "to-sns", **bus}]
    ses_scenario.client.delete_configuration_set_event_destination(**named)
    assert refusal(ses_scenario.client.delete_configuration_set_event_destination, **named)[0] == "NotFoundException"


def test_an_event_destination_is_of_exactly_one_kind(ses_scenario: Any) -> None:
    """A destination with no kind or with two is refused."""
    code, message, _ = refusal(
        ses_scenario.client.create_configuration_set_event_destination,
        ConfigurationSetName="transactional",
        EventDestinationName="none",
        EventDestination={"MatchingEventTypes": ["SEND"]},
    )
    assert code == "BadRequestException"
    assert "exactly one of" in message


def test_a_configuration_set_has_at_most_ten_destinations(ses_scenario: Any) -> None:
    """This is SES's limit."""
    destination = {"MatchingEventTypes": ["SEND"], "SnsDestination": {"TopicArn": "arn"}}
    named = {"ConfigurationSetName": "transactional", "EventDestination": destination}
    for number in range(9):
        ses_scenario.client.create_configuration_set_event_destination(EventDestinationName=f"d{number}", **named)
    call = ses_scenario.client.create_configuration_set_event_destination
    assert refusal(call, EventDestinationName="d10", **named)[0] == "LimitExceededException"


def test_pools_scale_one_way(ses_scenario: Any) -> None:
    """A standard pool can become managed, never back."""
    ses_scenario.client.create_dedicated_ip_pool(PoolName="pool", ScalingMode="STANDARD")
    ses_scenario.client.put_dedicated_ip_pool_scaling_attributes(PoolName="pool", ScalingMode="MANAGED")
    pool = ses_scenario.client.get_dedicated_ip_pool(PoolName="pool")["DedicatedIpPool"]
    assert pool == {"PoolName": "pool", "ScalingMode": "MANAGED"}
    back = refusal(
        ses_scenario.client.put_dedicated_ip_pool_scaling_attributes, PoolName="pool", ScalingMode="STANDARD"
    )
    assert back[0] == "BadRequestException"
    assert ses_scenario.client.list_dedicated_ip_pools()["DedicatedIpPools"] == ["pool"]
    assert [ip["PoolName"] for ip in ses_scenario.client.get_dedicated_ips(PoolName="pool")["DedicatedIps"]] == ["pool"]
    ses_scenario.client.delete_dedicated_ip_pool(PoolName="pool")
    assert refusal(ses_scenario.client.get_dedicated_ip_pool, PoolName="pool")[0] == "NotFoundException"


def test_the_suppression_list_is_stored(ses_scenario: Any) -> None:
    """SES lists the part before the @ as it is written, and its operations compare it with respect to case."""
    client = ses_scenario.client
    client.put_suppressed_destination(EmailAddress="Gone/On@Customer.TEST", Reason="BOUNCE")
    client.put_suppressed_destination(EmailAddress="cross@customer.test", Reason="COMPLAINT")
    for operation in (client.get_suppressed_destination, client.delete_suppressed_destination):
        assert refusal(operation, EmailAddress="gone/on@customer.test")[0] == "NotFoundException"
    got = client.get_suppressed_destination(EmailAddress="Gone/On@customer.test")["SuppressedDestination"]
    assert (got["EmailAddress"], got["Reason"]) == ("Gone/On@customer.test", "BOUNCE")
    assert got["LastUpdateTime"].timestamp() == pytest.approx(ses_scenario.clock.now.timestamp(), abs=1)
    listed = client.list_suppressed_destinations(Reasons=["COMPLAINT"])["SuppressedDestinationSummaries"]
    assert [entry["EmailAddress"] for entry in listed] == ["cross@customer.test"]
    client.delete_suppressed_destination(EmailAddress="Gone/On@customer.test")
    assert refusal(client.get_suppressed_destination, EmailAddress="Gone/On@customer.test")[0] == "NotFoundException"


def test_our_adapter_removes_the_entry_of_a_bounce_only(ses_scenario: Any) -> None:
    client, suppressions = ses_scenario.client, SesSuppressions(ses_scenario.client)
    client.put_suppressed_destination(EmailAddress="Gone/On@customer.test", Reason="BOUNCE")
    client.put_suppressed_destination(EmailAddress="Cross@customer.test", Reason="COMPLAINT")
    answers = [suppressions.remove_bounce(f"{name}@customer.test") for name in ("Gone/On", "gone/on", "Cross")]
    assert [(one.reason, one.removed) for one in answers] == [("BOUNCE", True), (None, False), ("COMPLAINT", False)]
    listed = client.list_suppressed_destinations()["SuppressedDestinationSummaries"]
    assert [entry["EmailAddress"] for entry in listed] == ["Cross@customer.test"]


@pytest.mark.parametrize("resource", ["identity/example.com", "configuration-set/transactional"])
def test_resources_are_tagged_by_arn(ses_scenario: Any, resource: str) -> None:
    """Tags are added, read and removed."""
    arn = f"arn:aws:ses:us-east-1:123456789012:{resource}"
    ses_scenario.client.tag_resource(ResourceArn=arn, Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}])
    ses_scenario.client.untag_resource(ResourceArn=arn, TagKeys=["a"])
    assert ses_scenario.client.list_tags_for_resource(ResourceArn=arn)["Tags"] == [{"Key": "b", "Value": "2"}]


def test_lists_come_in_pages(ses_scenario: Any) -> None:
    """The token of a page leads to the next one."""
    for number in range(3):
        ses_scenario.client.create_configuration_set(ConfigurationSetName=f"set{number}")
    first = ses_scenario.client.list_configuration_sets(PageSize=3)
    second = ses_scenario.client.list_configuration_sets(PageSize=3, NextToken=first["NextToken"])
    assert first["ConfigurationSets"] + second["ConfigurationSets"] == ["transactional", "set0", "set1", "set2"]
    assert "NextToken" not in second


def test_the_account_returns_its_quota(ses_scenario: Any) -> None:
    """Sent mail counts by recipient. The mailbox simulator's addresses are free."""
    for to in (["a@customer.test", "b@customer.test"], ["success@simulator.amazonses.com"]):
        destination = {"ToAddresses": to}
        ses_scenario.client.send_email(FromEmailAddress="o@example.com", Destination=destination, Content=simple())
    quota = ses_scenario.client.get_account()["SendQuota"]
    assert quota == {"Max24HourSend": 50000.0, "MaxSendRate": 200.0, "SentLast24Hours": 2.0}


def test_account_settings_are_stored(ses_scenario: Any) -> None:
    """Suppression reasons and the sending switch are returned."""
    ses_scenario.client.put_account_suppression_attributes(SuppressedReasons=["COMPLAINT"])
    ses_scenario.client.put_account_sending_attributes(SendingEnabled=False)
    account = ses_scenario.client.get_account()
    assert account["SuppressionAttributes"]["SuppressedReasons"] == ["COMPLAINT"]
    assert account["SendingEnabled"] is False


def test_simple_content_becomes_a_message(ses_scenario: Any) -> None:
    """Texts, own headers and attachments arrive unchanged, in any script."""
    ses_scenario.client.send_email(
        FromEmailAddress="Nino <orders@example.com>",
        Destination={"ToAddresses": ["ada@customer.test"], "BccAddresses": ["boss@example.com"]},
        ReplyToAddresses=["help@example.com"],
        Content={
            "Simple": {
                "Subject": {"Data": "Ricevuta n° 7 ✓"},
                "Body": {"Text": {"Data": "Ciao, così"}, "Html": {"Data": "<p>Ciao, così"}},
                "Headers": [{"Name": "X-Order", "Value": "7"}],
                "Attachments": [{"FileName": "a.pdf", "RawContent": b"%PDF \x00\xff"}],
            }
        },
    )
    (mail,) = ses_scenario.mails()
    assert mail.recipients == ("ada@customer.test", "boss@example.com")
    reading = mail.reading
    assert reading.subject == "Ricevuta n° 7 ✓"
    assert (reading.text.strip(), reading.html.strip()) == ("Ciao, così", "<p>Ciao, così")
    assert ("X-Order", "7") in reading.headers
    assert [address.address for address in reading.reply_to] == ["help@example.com"]
    assert [(part.file_name, part.content) for part in reading.attachments] == [("a.pdf", b"%PDF \x00\xff")]
    assert b"boss@example.com" not in mail.raw


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"Content": {"Template": {"TemplateName": "t"}}}, "not supported locally"),
        ({"Content": {}}, "exactly one of Raw, Simple and Template"),
        ({"Destination": {"ToAddresses": ["nobody"]}}, "Missing final '@domain'"),
        ({"Destination": {}}, "No recipients"),
        ({"EmailTags": [{"Name": "a b", "Value": "c"}]}, "Invalid tag"),
        ({"EmailTags": [{"Name": "ses:caller-identity", "Value": "forged"}]}, "Invalid tag"),
        ({"Content": simple(Headers=[{"Name": "X-A", "Value": "1\r\nBcc: x@y.test"}])}, "regular expression pattern"),
        ({"Content": simple(Headers=[{"Name": "Bcc", "Value": "x@y.test"}])}, "cannot be a custom header"),
        ({"TenantName": "t"}, "TenantName is not supported locally"),
        ({"Content": simple(Headers=[HEADER] * 16)}, "'content.simple.headers' failed to satisfy constraint"),
        ({"Content": simple(Headers=[HEADER | {"Name": "x" * 127}])}, "less than or equal to 126"),
        ({"Content": simple(Headers=[HEADER | {"Name": "X A"}])}, "'content.simple.headers.1.member.name'"),
        ({"Content": simple(Headers=[HEADER | {"Value": "x" * 996}])}, "less than or equal to 995"),
        ({"Content": simple(Headers=[HEADER | {"Value": "x" * 995}])}, "must not exceed 996"),
        ({"Content": simple(Headers=[HEADER | {"Value": "ü"}])}, "regular expression pattern"),
        ({"Content": simple(Attachments=[FILE | {"FileName": "x" * 256}])}, "less than or equal to 255"),
        ({"Content": simple(Attachments=[FILE | {"ContentId": "x" * 79}])}, "less than or equal to 78"),
        ({"Content": simple(Attachments=[FILE | {"ContentDescription": "x" * 1001}])}, "less than or equal to 1000"),
        ({"Content": simple(Attachments=[FILE | {"ContentType": "x" * 79}])}, "less than or equal to 78"),
        ({"Content": simple(Attachments=[FILE | {"ContentType": "nonsense"}])}, "Illegal content type 'nonsense'"),
        ({"Content": simple(Attachments=[FILE | {"ContentDescription": "a\r\nb"}])}, "cannot be built"),
        ({"Content": simple(Attachments=[FILE | {"FileName": "a.exe"}])}, "Illegal filename 'a.exe'"),
        ({"Content": simple(Attachments=[FILE | {"FileName": "a.PIF"}])}, "Illegal filename 'a.PIF'"),
    ],
)
def test_a_bad_send_is_refused_with_the_reason(ses_scenario: Any, change: Any, message: str) -> None:
    """No mail is delivered, and no content is silently dropped."""
    valid = {
        "FromEmailAddress": "orders@example.com",
        "Destination": {"ToAddresses": ["ada@customer.test"]},
        "Content": simple(),
    }
    code, text, status = refusal(ses_scenario.client.send_email, **(valid | change))
    assert (code, status) == ("BadRequestException", 400)
    assert message in text
    assert ses_scenario.mails() == []


def test_content_at_the_limits_is_sent(ses_scenario: Any) -> None:
    headers = [{"Name": f"X-{number}", "Value": "x" * 990} for number in range(14)]
    longest = {"FileName": "x" * 251 + ".txt", "ContentId": "x" * 78, "ContentDescription": "d" * 1000}
    ses_scenario.client.send_email(
        FromEmailAddress="orders@example.com",
        Destination={"ToAddresses": ["ada@customer.test"]},
        Content=simple(
            Headers=[*headers, {"Name": "x" * 126, "Value": "x" * 870}],
            Attachments=[FILE | longest, FILE | {"ContentType": "text/x.own+v-1"}],
        ),
    )
    first, second = ses_scenario.mails()[0].reading.parts
    assert (first.file_name, first.content_id) == (longest["FileName"], longest["ContentId"])
    assert second.content_type == "text/x.own+v-1"


@pytest.mark.parametrize(
    ("encoding", "encoded"),
    [("BASE64", b"\r\ncGzDpCBo\r\n"), ("QUOTED_PRINTABLE", b"\r\npl=C3=A4=20h\r\n"), (None, b"\r\ncGzDpCBo\r\n")],
)
def test_an_attachment_has_its_encoding_and_description(
    ses_scenario: Any, encoding: str | None, encoded: bytes
) -> None:
    attachment = FILE | {"RawContent": "plä h".encode(), "ContentDescription": "A plan"}
    ses_scenario.client.send_email(
        FromEmailAddress="orders@example.com",
        Destination={"ToAddresses": ["ada@customer.test"]},
        Content=simple(Attachments=[attachment | ({"ContentTransferEncoding": encoding} if encoding else {})]),
    )
    (mail,) = ses_scenario.mails()
    assert encoded in mail.raw
    assert b"Content-Description: A plan\r\n" in mail.raw
    assert mail.reading.parts[0].content == "plä h".encode()


def test_the_suppression_list_is_filtered_by_date(ses_scenario: Any) -> None:
    """Both limits are dates of the entry."""
    client, dates = ses_scenario.client, []
    for name in ("a", "b", "c"):
        client.put_suppressed_destination(EmailAddress=f"{name}@customer.test", Reason="BOUNCE")
        dates.append(ses_scenario.clock.now)
        ses_scenario.clock.advance(days=1)
    half = timedelta(hours=12)

    def listed(**limits: Any) -> str:
        entries = client.list_suppressed_destinations(**limits)["SuppressedDestinationSummaries"]
        return "".join(entry["EmailAddress"][0] for entry in entries)

    assert listed(StartDate=dates[0] + half) == "bc"
    assert listed(EndDate=dates[1] + half) == "ab"
    assert listed(StartDate=dates[0] + half, EndDate=dates[1] + half) == "b"
    assert listed(StartDate=dates[2] + half) == ""


def test_an_unsupported_operation_is_refused_by_name(ses_scenario: Any) -> None:
    """The response is 501 with the operation's name."""
    code, message, status = refusal(ses_scenario.client.list_tenants)
    assert (code, status) == ("NotImplementedException", 501)
    assert "ListTenants" in message


def test_values_outside_an_enumeration_are_refused(ses_scenario: Any) -> None:
    """Botocore's client leaves this check to the server."""
    code, message, _ = refusal(ses_scenario.client.create_dedicated_ip_pool, PoolName="p", ScalingMode="HUGE")
    assert code == "BadRequestException"
    assert "STANDARD, MANAGED" in message
