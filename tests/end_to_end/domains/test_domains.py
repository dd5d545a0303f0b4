"""Several sending domains, under the roles that the template gives the functions."""

from __future__ import annotations

from tests.end_to_end.service import Service
from tests.end_to_end.support.domains import DOMAINS
from tests.end_to_end.support.sends import SEND, request


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
