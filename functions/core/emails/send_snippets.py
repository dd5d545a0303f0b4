"""The call of the single-send API that sends an email, as code to paste. The key comes from the environment, and is never in the code."""

from __future__ import annotations

import json
from collections.abc import Mapping
from string import Template
from typing import Any

from msgspec import Struct

TRANSACTIONAL_PATH = "/marketing/v3/transactional/single-email/send"
MARKETING_PATH = "/marketing/v4/email/single-send"


class SendCall(Struct, frozen=True, kw_only=True):
    host: str
    email_id: int
    transactional: bool
    contact: Mapping[str, Any]
    custom: Mapping[str, Any]

    @property
    def url(self) -> str:
        return self.host + (TRANSACTIONAL_PATH if self.transactional else MARKETING_PATH)

    def body(self) -> str:
        named = {"contactProperties": dict(self.contact), "customProperties": dict(self.custom)}
        body = {"emailId": self.email_id, "message": {"to": "ada@example.com"}}
        return json.dumps({**body, **{name: values for name, values in named.items() if values}}, indent=2)

    def snippet(self, program: str) -> str:
        """Returns the code for one of PROGRAMS."""
        quote = QUOTES.get(program, str)
        return PROGRAMS[program].substitute(url=self.url, body=quote(self.body()))


def _quoted_for_shell(text: str) -> str:
    return text.replace("'", "'\\''")


def _quoted_for_php(text: str) -> str:
    return text.replace("\\", "\\\\").replace("'", "\\'")


PROGRAMS = {
    "curl": Template("""\
curl --fail-with-body $url \\
  --header "authorization: Bearer $$STAFFETTA_KEY" \\
  --header 'content-type: application/json' \\
  --data '$body'"""),
    "python": Template("""\
import json, os, urllib.request

body = $body
headers = {"authorization": f"Bearer {os.environ['STAFFETTA_KEY']}", "content-type": "application/json"}
request = urllib.request.Request("$url", json.dumps(body).encode(), headers)
print(json.load(urllib.request.urlopen(request))["statusId"])"""),
    "node": Template("""\
const body = $body;
const response = await fetch("$url", {
  method: "POST",
  headers: { authorization: `Bearer $${process.env.STAFFETTA_KEY}`, "content-type": "application/json" },
  body: JSON.stringify(body),
});
console.log(response.status, (await response.json()).statusId);"""),
    "php": Template("""\
<?php
$$body = '$body';
$$headers = ["authorization: Bearer " . getenv("STAFFETTA_KEY"), "content-type: application/json"];
$$options = ["http" => ["method" => "POST", "header" => $$headers, "content" => $$body]];
echo json_decode(file_get_contents("$url", false, stream_context_create($$options)))->statusId;"""),
}
QUOTES = {
    "curl": _quoted_for_shell,
    "python": lambda text: repr(json.loads(text)),
    "php": _quoted_for_php,
}
