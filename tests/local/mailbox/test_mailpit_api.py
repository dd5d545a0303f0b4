"""The npm package mailpit-api: each of its methods works on the mailbox, or reports what Mailpit reports if a part is not enabled."""

import json
from pathlib import Path
from typing import Any

import pytest

from infra import node

HERE = Path(__file__).parent / "mailpit_api"
NOT_METHODS = {"constructor", "request"}
NOT_ENABLED = {
    "releaseMessage": "no mail leaves this machine",
    "htmlCheck": "the HTML check is not part of this mailbox",
    "linkCheck": "this mailbox follows no links",
    "spamAssassinCheck": "SpamAssassin is not enabled",
    "getChaosTriggers": "Chaos is not enabled",
    "setChaosTriggers": "Chaos is not enabled",
}


@pytest.fixture
def called(site: Any) -> dict[str, Any]:
    try:
        node.packages(HERE)
    except node.NodeError as error:
        pytest.skip(f"mailpit-api cannot be installed here: {error}")
    called: dict[str, Any] = json.loads(node.run(HERE / "every_method.mjs", f"http://127.0.0.1:{site.port}"))
    return called


def test_every_method_answers(called: dict[str, Any]) -> None:
    results = called["results"]
    assert results.keys() == {name for name in called["methods"] if name not in NOT_METHODS}
    errors = {name: result["error"] for name, result in results.items() if "error" in (result or ())}
    assert errors.keys() == NOT_ENABLED.keys()
    assert [name for name, text in NOT_ENABLED.items() if text not in errors[name]] == []


def test_results_are_what_was_sent(called: dict[str, Any]) -> None:
    results = called["results"]
    assert results["getMessageSummary"]["Subject"] == "Grüße"
    assert results["getMessageSummary"]["Bcc"] == [{"Name": "", "Address": "eve@customer.test"}]
    assert results["getMessageHeaders"]["X-Order"] == ["7"]
    assert "<img src=" in results["renderMessageHTML"]
    assert "cid:" not in results["renderMessageHTML"]
    assert results["renderMessageText"].strip() == "Grazie!"
    assert (results["getMessageAttachment"], results["getAttachmentThumbnail"]) == ("image/gif", "image/gif")
    assert results["searchMessages"]["messages_count"] == 2
    assert results["waitForMessages"]["messages_count"] == 2
    assert results["getTags"] == ["order 7", "second"]
    assert results["getInfo"]["RuntimeStats"]["SMTPAccepted"] == 2
