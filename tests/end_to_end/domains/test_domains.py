"""Several sending domains, under the roles that the template gives the functions."""

from __future__ import annotations

import smtplib

import pytest

from functions import wiring
from tests.end_to_end import smtp
from tests.end_to_end.service import Service
from tests.end_to_end.support.domains import DOMAINS
from tests.end_to_end.support.sending.sends import SEND, request

TOKENS = "/marketing/v3/transactional/smtp-tokens"
TOKEN = {"campaignName": "till", "createContact": False}


def sets(service: Service) -> dict[str, str]:
    """Returns the configuration set of each recipient's mail, as SES's events report it."""
    archived = service.stack.container.get(wiring.adapters.events.event_archive).between("0", "9")
    mails = (event["mail"] for event in archived)
    return {mail["destination"][0]: mail["tags"]["ses:configuration-set"][0] for mail in mails}


def test_a_send_from_an_added_domain_arrives(service: Service) -> None:
    added = service.http.post(DOMAINS, json={"name": "news.example.org"}).json()
    assert (added["verified"], added["complete"]) == (True, True)
    accepted = service.http.post(
        SEND, json=request(service, "a@added.example.net", **{"from": "n@news.example.org"})
    ).json()
    service.settle()
    assert service.status(accepted["statusId"])["sendResult"] == "SENT"
    (mail,) = service.mails("to:a@added.example.net")
    assert mail["From"]["Address"] == "n@news.example.org"


def test_a_send_goes_through_its_domains_own_set(service: Service) -> None:
    added = service.http.post(DOMAINS, json={"name": "own.example.org", "ownSets": True}).json()
    sender = {"from": "n@own.example.org"}
    plain = service.http.post(SEND, json=request(service, "a@own.example.net", **sender)).json()
    code = service.http.post(SEND, json=request(service, "b@own.example.net", maxDeliverySeconds=300, **sender)).json()
    service.settle()
    assert [service.status(sent["statusId"])["sendResult"] for sent in (plain, code)] == ["SENT", "SENT"]
    chosen = sets(service)
    assert chosen["a@own.example.net"] == added["transactionalSet"]
    assert chosen["b@own.example.net"] == f"{added['transactionalSet']}-300s"
    token = service.http.post(TOKENS, json={**TOKEN, "domain": "own.example.org"}).json()
    assert service.http.request("DELETE", f"{DOMAINS}/own.example.org").status_code == 409
    service.http.request("DELETE", f"{TOKENS}/{token['id']}")
    assert service.http.request("DELETE", f"{DOMAINS}/own.example.org").status_code == 204
    listed = service.stack.cloud.client("sesv2").list_configuration_sets()["ConfigurationSets"]
    assert not any(name.startswith(added["transactionalSet"]) for name in listed)


@pytest.mark.parametrize("own_sets", [False, True])
def test_a_token_sends_as_an_added_domain_only(service: Service, own_sets: bool) -> None:
    name = f"token-{own_sets}.example.org".lower()
    added = service.http.post(DOMAINS, json={"name": name, "ownSets": own_sets}).json()
    token = service.http.post(TOKENS, json={**TOKEN, "domain": name}).json()
    assert token["domain"] == name
    with smtp.signed_in(service.ready, token["id"], token["password"]) as client:
        client.send_message(smtp.letter(f"a@{name}.example.net", sender=f"till@{name}"))
        letter = smtp.letter(f"code@{name}.example.net", sender=f"till@{name}")
        ours = service.stack.container.settings.transactional_configuration_set
        letter["X-SES-CONFIGURATION-SET"] = f"{added.get('transactionalSet', ours)}-300s"
        client.send_message(letter)
        with pytest.raises(smtplib.SMTPResponseException, match="not authorized"):
            client.send_message(smtp.letter(f"b@{name}.example.net", sender="till@example.com"))
    service.settle()
    assert sets(service)[f"a@{name}.example.net"] == added.get("transactionalSet", ours)
    assert sets(service)[f"code@{name}.example.net"] == f"{added.get('transactionalSet', ours)}-300s"
    refused = service.http.post(TOKENS, json={**TOKEN, "domain": "unknown.example.org"})
    assert refused.status_code == 400
    assert "unknown.example.org is not a domain of this stage" in refused.text


def test_an_adopted_identity_sends_end_to_end(service: Service) -> None:
    """It has another's default set, which stays, and our sends go through our set."""
    sesv2 = service.stack.cloud.client("sesv2")
    sesv2.create_configuration_set(ConfigurationSetName="theirs")
    sesv2.create_email_identity(EmailIdentity="adopt.example.org", ConfigurationSetName="theirs")
    sender = {"from": "n@adopt.example.org"}
    before = service.http.post(SEND, json=request(service, "a@adopt.example.net", **sender)).json()
    assert before["sendResult"] == "UNCONFIGURED_SENDING_DOMAIN"
    adopted = service.http.post(f"{DOMAINS}/adopt.example.org/adopt", json={}).json()
    assert (adopted["adopted"], adopted["verified"]) == (True, True)
    sent = service.http.post(SEND, json=request(service, "b@adopt.example.net", **sender)).json()
    token = service.http.post(TOKENS, json={**TOKEN, "domain": "adopt.example.org"}).json()
    ours = service.stack.container.settings.transactional_configuration_set
    with smtp.signed_in(service.ready, token["id"], token["password"]) as client:
        letter = smtp.letter("c@adopt.example.net", sender="till@adopt.example.org")
        with pytest.raises(smtplib.SMTPResponseException, match="configuration-set/theirs"):
            client.send_message(letter)
        letter["X-SES-CONFIGURATION-SET"] = ours
        client.send_message(letter)
    service.settle()
    assert service.status(sent["statusId"])["sendResult"] == "SENT"
    chosen = sets(service)
    assert (chosen["b@adopt.example.net"], chosen["c@adopt.example.net"]) == (ours, ours)
    service.http.request("DELETE", f"{TOKENS}/{token['id']}")
    assert service.http.request("DELETE", f"{DOMAINS}/adopt.example.org").status_code == 204
    identity = sesv2.get_email_identity(EmailIdentity="adopt.example.org")
    assert (identity["ConfigurationSetName"], identity.get("Tags", [])) == ("theirs", [])


def test_an_unverified_domain_is_refused_by_name(service: Service) -> None:
    added = service.http.post(DOMAINS, json={"name": "unverified.example.org"}).json()
    assert added["remarks"][0].startswith("SES does not find the DKIM records")
    sender = {"from": "n@unverified.example.org"}
    refused = service.http.post(SEND, json=request(service, "b@added.example.net", **sender)).json()
    assert refused["sendResult"] == "UNCONFIGURED_SENDING_DOMAIN"
    history = service.http.get(f"/staffetta/v1/messages/{refused['statusId']}").text
    assert "unverified.example.org is not verified: SES does not find the DKIM records" in history
    assert service.http.request("DELETE", f"{DOMAINS}/unverified.example.org").status_code == 204


def test_a_changed_verification_raises_the_alarm_metric(service: Service) -> None:
    service.http.post(DOMAINS, json={"name": "drift.example.org"})
    identity = service.stack.ses.account.identities["drift.example.org"]
    identity.dkim_status = "FAILED"
    service.sweep()
    report = service.http.get(f"{DOMAINS}/drift.example.org").json()
    assert report["drifted"][0].startswith("SES since ")
    identity.dkim_status = ""
    assert "drifted" not in service.http.get(f"{DOMAINS}/drift.example.org").json()
