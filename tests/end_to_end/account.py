"""An empty AWS account in a process of its own (moto keeps one per process): prints its URL, and ends with its standard input."""

from __future__ import annotations

import sys

from infra.local.cloud import Cloud
from infra.local.mailbox import Mailbox
from infra.local.ses import SesSimulator

ACCOUNT, REGION = Cloud.account_id, "us-east-1"


def main() -> None:
    ses = SesSimulator(region=REGION, account_id=ACCOUNT, mailbox=Mailbox(), publish=lambda _topic, _event: None)
    cloud = Cloud(region=REGION, ses=ses.wsgi)
    cloud.start()
    print(cloud.url, flush=True)  # noqa: T201 - what it is for
    sys.stdin.read()
    cloud.stop()


if __name__ == "__main__":
    main()
