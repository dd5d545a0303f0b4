"""docs/settings.md: the settings of a deployment, from infra/config.py, and those of a function, from functions/settings.py."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import io
import json
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass

from msgspec.structs import fields

from functions import settings as function_settings
from functions.settings import Settings, variable
from infra import ROOT, config
from infra.config import PREFIX, ConfigError

PAGE = ROOT / "docs" / "settings.md"

_HEAD = """\
# Settings

This page is generated: `python -m infra.reference.settings` writes it.

## Of a deployment

A deployment's settings are CDK context. Give them on the command line, or write them into `cdk.json`.
The CDK app checks all of them and reports every error at once.

```sh aws-account
make deploy ARGS="-c staffetta:domain=mail.acme.com -c staffetta:stage=test -c staffetta:ipPool=shared"
```

| setting | values | default | meaning |
| --- | --- | --- | --- |
"""
_PRICES = """
A `managed` pool costs $15 a month and $0.08 per 1,000 mails, in addition to SES's own price.
A `standard` pool costs $24.95 per address and month. The `shared` pool costs nothing more.
SES cannot turn a `managed` pool into a `standard` one: a change of the setting creates another pool, whose addresses start their warm-up again.

`make deploy` states the price of a managed pool and requires an answer. Without a terminal, `-c staffetta:ipPool=managed` is the answer.
The pool is created in a step of its own: if SES refuses it, the stage sends from shared addresses until a later `make deploy` succeeds.
A standard pool is empty at first. Lease addresses with a case at AWS Support and move them in; the next `make deploy` then switches the stage to them.
The domain `example.com` is a placeholder: SES cannot send from it, and the synthesis warns about it.
"""
_FUNCTIONS = """
## Of a function

The deployment writes these environment variables for every function. None is secret.
Only `functions/settings.py` reads them. It reports all missing and malformed variables at once.

| variable | type | meaning |
| --- | --- | --- |
"""
_MEANINGS = {
    "domain": "the domain to send from",
    "stage": "the name of the deployment: one account and region can hold several stages",
    "ipPool": "the addresses to send from. `managed`: dedicated ones that SES leases, warms up and scales. "
    "`standard`: dedicated ones that you lease. `shared`: SES's common ones",
    "apiHost": "the API's own host, with a certificate. Links in mails then outlive a new `Service` stack. See [hosts](operations.md#hosts-of-your-own)",
    "imagesHost": "the host of images of emails. See [hosts](operations.md#hosts-of-your-own)",
    "trackingHost": "the host of tracked links and pixels, over HTTPS: a subdomain of the domain. See [hosts](operations.md#hosts-of-your-own)",
    "publicUrl": "your own address in front of the API, used for links in mails. Default: API Gateway's address",
    "smtpServer": "host, STARTTLS port and TLS port of the local SMTP server, which the console shows. For the stage `local` only",
    "mailboxUrl": "the address of the local mailbox, to which the console links. For the stage `local` only",
    "contentDays": "how long we store the values that a mail was made from, to show the mail, to send it again, and for its web "
    "version; 0: never. A sensitive email's are never stored",
    "retentionDays": "how long we store a send: its history, its `sendId` deduplication and its unsubscribe link; "
    "a mail of a broadcast for 16 days at least",
    "eventRetentionDays": "how long the archive stores SES's events",
    "deliverConcurrency": "how many deliver workers may run at the same time. A new account may run 10 functions in all, "
    "and one worker delivers some 100 mails a second",
    "apiRate": "how many requests a second the API takes. Default: half of an account's quota in most regions",
    "apiBurst": "how many requests the API takes at once",
    "eventBridge": "publish email events on the account's default EventBridge bus, too ($1 per million events)",
    "hostedZone": "the hosted zone of Route 53 that gets all DNS records of the domain. Default: you enter them",
    "dmarcReports": "with `hostedZone`: write a DMARC record, with this address for its reports. `staffetta preflight` refuses it if DNS has a record",
    "eventSources": "the sources of events on the account's default EventBridge bus that may start automations, "
    "such as `acme.shop,acme.billing`. Default: none",
    "webhooksToLocalhost": "allow webhooks to `http://localhost`. For the stage `local` only",
    "alarmEmail": "the email address for alarm notifications. Default: no notifications",
    "identity": "`existing` uses the domain's identity that SES has already, and does not touch it. `new` creates it",
    "defaultSet": "with `existing`: make our transactional set the identity's default, so that SMTP mail that names no set is recorded, too",
    "poolReady": "`true`: the stage's own pool exists, and mail leaves from it; else from SES's shared addresses. `make deploy` sets it, and a bare `cdk deploy` keeps it",
    "imageCdn": "`false`: no CDN of images, so no uploads. `make deploy` creates the CDN in a step of its own, and a bare `cdk deploy` keeps what is there",
    "sharedDelivery": "from which regions SES's shared addresses deliver: `regional` only from the stage's own. `make deploy` sets it in SES",
    "protected": "protect the `State` stack against deletion. `make deploy` sets it once a deployment has succeeded",
    "bundle": "`false` leaves the dependencies out of the asset: enough for the local cloud",
}


@dataclass(frozen=True, kw_only=True)
class Row:
    """One setting of a deployment, as the page shows it."""

    key: str
    values: str
    default: str
    meaning: str


def page() -> str:
    rows = "".join(f"| `{row.key}` | {row.values} | {row.default} | {row.meaning} |\n" for row in deployment())
    variables = "".join(f"| `{name}` | {kind} | {meaning} |\n" for name, kind, meaning in _variables())
    return f"{_HEAD}{rows}{_PRICES}{_FUNCTIONS}{variables}"


def deployment() -> list[Row]:
    """Raises KeyError if a setting has no meaning here."""
    context = json.loads((ROOT / "cdk.json").read_text("utf-8"))["context"]
    defaults = config.read(context)
    rows = []
    for setting in dataclasses.fields(defaults):
        key = _camel(setting.name)
        default = _default(getattr(defaults, setting.name))
        rows.append(
            Row(key=PREFIX + key, values=_values(context, PREFIX + key), default=default, meaning=_MEANINGS[key])
        )
    return rows


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)


def _values(context: dict[str, object], key: str) -> str:
    """Returns the valid values, as the refusal of a wrong value names them."""
    try:
        config.read({**context, key: object()})
    except ConfigError as refusal:
        return str(refusal).partition("; give ")[2]
    raise AssertionError(f"{key} accepts every value")


def _default(value: object) -> str:
    return "" if value is None else f"`{json.dumps(value)}`".replace('"', "")


def _variables() -> Iterator[tuple[str, str, str]]:
    comments = _comments()
    for setting in fields(Settings):
        yield variable(setting.name), "number" if setting.type is int else "text", comments.get(setting.name, "")


def _comments() -> dict[str, str]:
    """The comment at the end of each field's line."""
    source = inspect.getsource(function_settings)
    by_line = {
        token.start[0]: token.string.lstrip("# ")
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type == tokenize.COMMENT
    }
    classes = (node for node in ast.parse(source).body if isinstance(node, ast.ClassDef) and node.name == "Settings")
    return {
        line.target.id: by_line[line.lineno]
        for line in next(classes).body
        if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name) and line.lineno in by_line
    }


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
