"""The first five minutes: publishes a starter, sends one real mail through the API, and prints how to send the next."""

from __future__ import annotations

import asyncio
import json
import shlex
import sys
import textwrap
import time
from pathlib import Path
from typing import Any

import aiohttp

from functions import wiring
from functions.adapters.templates import starters
from functions.adapters.templates.starters import Starter
from functions.core.addresses import Address
from functions.routes.sending.table import SEND_STATUS, SINGLE_SEND
from functions.wiring import Container
from infra.local.assembly import DOMAIN
from infra.local.stack import Ready

STARTER = "receipt"
RECIPIENT = "ada@example.net"
SENT_WITHIN_SECONDS = 20
SEND_PATH = SINGLE_SEND[0].path


class WelcomeError(Exception):
    """The first send was not SENT. The message contains its status."""


def publish_starter(container: Container) -> Starter:
    starter = starters.load(STARTER, Address(f"receipts@{DOMAIN}", "Staffetta"))
    container.get(wiring.emails.publish_email)(starter.draft)
    return starter


def first_request(starter: Starter) -> dict[str, Any]:
    return {"emailId": starter.draft.email_id, "message": {"to": RECIPIENT}, **starter.sample}


async def first_send(ready: Ready, starter: Starter) -> None:
    """Raises WelcomeError."""
    headers = {"Authorization": f"Bearer {ready.api_key}"}
    async with aiohttp.ClientSession(ready.api_url, headers=headers) as http:
        async with http.post(SEND_PATH, json=first_request(starter)) as answer:
            status = await answer.json()
            if answer.status != 200:  # noqa: PLR2004 - the contract's one success code
                raise WelcomeError(f"the first send was answered with {answer.status}: {status.get('message')}")
        await _sent(http, status["statusId"])


async def _sent(http: aiohttp.ClientSession, status_id: str) -> None:
    deadline = time.monotonic() + SENT_WITHIN_SECONDS
    status: dict[str, Any] = {}
    while time.monotonic() < deadline:
        async with http.get(SEND_STATUS.path.replace("{statusId}", status_id)) as answer:
            status = await answer.json()
        if status.get("sendResult") == "SENT":
            return
        if status.get("status") == "COMPLETE":
            break
        await asyncio.sleep(0.1)
    raise WelcomeError(f"the first send is not SENT: {json.dumps(status)}")


def guide(ready: Ready, starter: Starter) -> str:
    """Returns the text that is printed at the start, with commands to paste. What a person needs first is at the end, where a terminal is."""
    return textwrap.dedent("""\

        Send a receipt with curl:

        {curl}

        or with HubSpot's own SDK (it is in this virtual environment: paste into .venv/bin/python):

        {sdk}

        The examples of the documentation need these in their terminal:

        {exports}

        SMTP, as at SES:

          host         {ready.smtp_host}, for From addresses at {domain}
          port         {ready.smtp_port} (STARTTLS) or {ready.smtps_port} (TLS)
          user         {ready.smtp_user}
          password     {ready.smtp_password}
          certificate  {ready.smtp_certificate} (self-signed: let your client trust it)

        Staffetta runs. The connected domain is {domain}.

          API       {ready.api_url}
          API key   {ready.api_key}
          Mailbox   {ready.mailbox_url}
          AWS       {ready.aws_url}
          Console   {ready.console_link} (signs you in, once)
                    later at {ready.api_url}/console as {ready.console_user}, password {ready.console_password}

        Ctrl-C ends it all.
        """).format(
        domain=DOMAIN, ready=ready, curl=curl(ready, starter), sdk=sdk(ready, starter), exports=exports(ready)
    )


def exports(ready: Ready) -> str:
    """Returns what sets the variables of the documentation's examples, and the path to `staffetta` and to the SDK's Python."""
    programs = shlex.quote(str(Path(sys.executable).parent))
    values = {
        "API_KEY": ready.api_key,
        "SMTP_USER": ready.smtp_user,
        "SMTP_PASSWORD": ready.smtp_password,
        "SMTP_CERTIFICATE": str(ready.smtp_certificate),
    }
    assigned = " ".join(f"{name}={shlex.quote(value)}" for name, value in values.items())
    return f"export {assigned} PATH={programs}:$PATH"


def curl(ready: Ready, starter: Starter) -> str:
    body = json.dumps(first_request(starter), indent=2).replace("'", "'\\''")
    return (
        f"curl -sS {ready.api_url}{SEND_PATH} \\\n"
        f"  -H 'Authorization: Bearer {ready.api_key}' -H 'Content-Type: application/json' \\\n"
        f"  -d '{body}'"
    )


def sdk(ready: Ready, starter: Starter) -> str:
    request = first_request(starter)
    return "\n".join(
        (
            "from hubspot import Client",
            "from hubspot.marketing.transactional import PublicSingleSendEmail, PublicSingleSendRequestEgg",
            f'client = Client.create(access_token="{ready.api_key}", host="{ready.api_url}", base_url="{ready.api_url}")',
            "print(client.marketing.transactional.single_send_api.send_email(PublicSingleSendRequestEgg(",
            f"    email_id={request['emailId']},",
            f"    message=PublicSingleSendEmail(to={RECIPIENT!r}),",
            f"    contact_properties={request.get('contactProperties', {})!r},",
            f"    custom_properties={request.get('customProperties', {})!r},",
            ")))",
        )
    )
