"""SES's v1 API, and what neither API simulates, as boto3 calls them."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
import requests
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.session import get_session

SESSION = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name="us-east-1")
GRUSS = {"Subject": {"Data": "Grüße", "Charset": "UTF-8"}, "Body": {"Text": {"Data": "Schöne Grüße"}}}


@pytest.fixture
def v1(ses_scenario: Any) -> Any:
    endpoint = ses_scenario.client.meta.endpoint_url
    return SESSION.client("ses", endpoint_url=endpoint, config=Config(retries={"total_max_attempts": 1}))


def test_an_email_is_sent(ses_scenario: Any, v1: Any) -> None:
    sent = v1.send_email(
        Source="orders@example.com",
        Destination={"ToAddresses": ["ada@customer.test"], "BccAddresses": ["grace@customer.test"]},
        Message=GRUSS,
        ReplyToAddresses=["help@example.com"],
        ConfigurationSetName="transactional",
        Tags=[{"Name": "order", "Value": "17"}],
    )
    assert sent["MessageId"].startswith("0100")
    assert [mail.recipients for mail in ses_scenario.mails()] == [("ada@customer.test", "grace@customer.test")]
    send = next(event for event in ses_scenario.events() if event["eventType"] == "Send")
    assert send["mail"]["commonHeaders"]["subject"] == "Grüße"
    assert send["mail"]["commonHeaders"]["replyTo"] == ["help@example.com"]
    assert send["mail"]["tags"]["order"] == ["17"]


def test_a_raw_email_is_sent(ses_scenario: Any, v1: Any, make_mime: Any) -> None:
    """The recipients are in the call, or in the email's own header."""
    v1.send_raw_email(RawMessage={"Data": make_mime("ada@customer.test")})
    v1.send_raw_email(
        Source="orders@example.com",
        Destinations=["grace@customer.test"],
        RawMessage={"Data": make_mime("ada@customer.test")},
    )
    assert [mail.recipients for mail in ses_scenario.mails()] == [("grace@customer.test",), ("ada@customer.test",)]


def test_a_refusal_has_the_code_of_v1(ses_scenario: Any, v1: Any) -> None:
    message = {"Destination": {"ToAddresses": ["ada@customer.test"]}, "Message": GRUSS}
    with pytest.raises(v1.exceptions.MessageRejected, match="not verified"):
        v1.send_email(Source="someone@elsewhere.test", **message)
    with pytest.raises(v1.exceptions.ConfigurationSetDoesNotExistException):
        v1.send_email(Source="orders@example.com", ConfigurationSetName="unknown", **message)
    with pytest.raises(ClientError, match="InvalidParameterValue"):
        v1.send_email(Source="orders@example.com", **{**message, "Destination": {"ToAddresses": ["no address"]}})


def test_identities_and_quota_are_those_of_v2(ses_scenario: Any, v1: Any) -> None:
    v1.verify_email_identity(EmailAddress="ada@customer.test")
    assert sorted(v1.list_identities()["Identities"]) == ["ada@customer.test", "example.com"]
    assert v1.list_identities(IdentityType="Domain")["Identities"] == ["example.com"]
    assert v1.list_verified_email_addresses()["VerifiedEmailAddresses"] == ["ada@customer.test"]
    attributes = v1.get_identity_verification_attributes(Identities=["example.com", "unknown.test"])
    assert attributes["VerificationAttributes"] == {"example.com": {"VerificationStatus": "Success"}}
    v1.delete_identity(Identity="ada@customer.test")
    assert v1.list_identities()["Identities"] == ["example.com"]
    assert v1.list_configuration_sets()["ConfigurationSets"] == [{"Name": "transactional"}]
    quota = v1.get_send_quota()
    assert {name: quota[name] for name in quota if name != "ResponseMetadata"} == ses_scenario.client.get_account()[
        "SendQuota"
    ]
    assert v1.get_account_sending_enabled()["Enabled"] is True


def test_an_operation_that_is_not_simulated_is_an_error(ses_scenario: Any, v1: Any) -> None:
    template = {"Source": "a@example.com", "Destination": {}, "Template": "welcome", "TemplateData": "{}"}
    with pytest.raises(ClientError, match="SendTemplatedEmail is not simulated locally"):
        v1.send_templated_email(**template)
    with pytest.raises(ClientError, match="ListTemplates is not simulated locally"):
        v1.list_templates()


@pytest.mark.parametrize(
    ("path", "member"), [("identities", "EmailIdentities"), ("configuration-sets", "ConfigurationSets")]
)
def test_older_sdks_list_with_a_get(ses_scenario: Any, path: str, member: str) -> None:
    """A page at a time."""
    ses_scenario.client.create_email_identity(EmailIdentity="example.org")
    ses_scenario.client.create_configuration_set(ConfigurationSetName="marketing")
    url = f"{ses_scenario.client.meta.endpoint_url}/v2/email/{path}"
    first = requests.get(url, params={"PageSize": "1"}, timeout=5).json()
    second = requests.get(url, params={"NextToken": first["NextToken"]}, timeout=5).json()
    assert (len(first[member]), len(second[member]), "NextToken" in second) == (1, 1, False)


@pytest.mark.parametrize(
    "operation",
    [name for name in get_session().get_service_model("sesv2").operation_names if name.startswith(("Get", "List"))],
)
def test_a_read_of_v2_answers_or_is_not_simulated(ses_scenario: Any, operation: str) -> None:
    """The call has only the parameters that its model requires. A missing resource is not found, and the simulator never fails."""
    params = _least(get_session().get_service_model("sesv2").operation_model(operation).input_shape)
    try:
        ses_scenario.client._make_api_call(operation, params)
    except ClientError as error:
        code, message = error.response["Error"]["Code"], error.response["Error"]["Message"]
        assert code in {"NotFoundException", "BadRequestException"} or message.endswith("is not simulated locally.")


def _least(shape: Any) -> Any:
    match shape.type_name:
        case "string":
            return shape.metadata.get("enum", ["unknown"])[0]
        case "structure":
            return {name: _least(shape.members[name]) for name in shape.required_members}
        case "list":
            return [_least(shape.member)]
        case "timestamp":
            return 0
    return 1
