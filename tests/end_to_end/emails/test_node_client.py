"""HubSpot's client for Node. It drops the fields that HubSpot does not have, `content.html` among them, and lets widgets through."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from infra import node
from tests.end_to_end.service import Service

PROJECT = Path(__file__).parent / "hubspot_node"


def test_its_email_with_a_widget_is_published_and_sent(service: Service) -> None:
    try:
        node.packages(PROJECT)
    except node.NodeError as error:
        pytest.skip(f"HubSpot's client cannot be installed here: {error}")
    ready, to = service.ready, "widget@node.example.net"
    done = json.loads(node.run(PROJECT / "email.mjs", ready.api_url, ready.api_key, to))
    assert done["status"] == "PENDING"
    assert "html" not in done["content"]
    service.settle()
    (mail,) = service.mails(f"to:{to}")
    html = service.mailbox.get(f"/api/v1/message/{mail['ID']}").json()["HTML"]
    assert "Hello Ada, this came in a widget." in html
    assert mail["Subject"] == "From a widget"
