"""Single sends, and what recipients do with their mails."""

from __future__ import annotations

import copy
from typing import Any

import requests
from hubspot.marketing.transactional import PublicSingleSendEmail, PublicSingleSendRequestEgg

from tests.end_to_end import smtp
from tests.end_to_end.service import Service
from tests.support.patience import NO_ANSWER_SECONDS

SEND = "/marketing/v3/transactional/single-email/send"
A_PERSON = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Thunderbird/142.0"}
A_MACHINE = {"User-Agent": "Mozilla/5.0"}  # Apple's mail privacy proxy, which opens every mail


def request(service: Service, to: str, **message: Any) -> dict[str, Any]:
    sample = copy.deepcopy(service.starter.sample)
    return {"emailId": service.starter.draft.email_id, "message": {"to": to, **message}, **sample}


def sdk_send(service: Service, to: str) -> Any:
    egg = PublicSingleSendRequestEgg(
        email_id=service.starter.draft.email_id,
        message=PublicSingleSendEmail(to=to),
        contact_properties=service.starter.sample["contactProperties"],
        custom_properties=service.starter.sample["customProperties"],
    )
    return service.hubspot.marketing.transactional.single_send_api.send_email(egg)


def read(service: Service, agent: dict[str, str], *people: str) -> None:
    """As a mail client does: load the pixel of each mail, twice."""
    for person in people:
        for url in links(service, person, "/OP0/") * 2:
            assert requests.get(url, headers=agent, timeout=NO_ANSWER_SECONDS).status_code == 200


def follow_a_link(service: Service, person: str) -> None:
    url = links(service, person, "/CL0/")[0]
    answer = requests.get(url, headers=A_PERSON, allow_redirects=False, timeout=NO_ANSWER_SECONDS)
    assert answer.status_code == 302
    assert answer.headers["Location"] == service.starter.sample["customProperties"]["receipt_url"]


def links(service: Service, person: str, kind: str) -> list[str]:
    (mail,) = service.mails(f"to:{person}")
    html = service.mailbox.get(f"/api/v1/message/{mail['ID']}").json()["HTML"]
    return [piece.split('"')[0] for piece in html.split('"') if kind in piece]


def mail_over_smtp(service: Service, to: str) -> None:
    with smtp.starttls(service.ready) as client:
        client.send_message(smtp.letter(to))
