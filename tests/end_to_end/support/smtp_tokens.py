"""SMTP tokens by their API, and a tour of its routes."""

from __future__ import annotations

from typing import Any

from hubspot.marketing.transactional import SmtpApiTokenRequestEgg

from tests.end_to_end.service import Service


def api(service: Service) -> Any:
    return service.hubspot.marketing.transactional.public_smtp_tokens_api


def make(service: Service, name: str, *, create_contact: bool = False) -> Any:
    egg = SmtpApiTokenRequestEgg(create_contact=create_contact, campaign_name=name)
    return api(service).create_token(egg)


def reconcile(service: Service) -> None:
    """Now, as the schedule would within a quarter of an hour."""
    functions = service.stack.cloud.client("lambda").list_functions()["Functions"]
    (name,) = (each["FunctionName"] for each in functions if each["Handler"] == "functions.smtp_tokens.handler")
    result = service.do(service.stack.functions.invoke(name, {}))
    assert result.error is None, result.error


def tour_smtp_tokens(service: Service) -> None:
    """What the smtp_tokens function may do: once each."""
    created = make(service, "tour")
    api(service).get_tokens_page(limit=1)
    api(service).get_token_by_id(created.id)
    reset = api(service).reset_password(created.id)
    api(service).archive_token(reset.id)
    reconcile(service)
