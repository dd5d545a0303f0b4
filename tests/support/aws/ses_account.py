"""The local SES for commands, whose stage is in moto: moto has neither the account's details nor its review."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from werkzeug.serving import make_server

from infra.cli.stage import Stage
from infra.local.ses.account import SimulatedAccount
from infra.local.ses.api.ses_api import SesApi


@contextmanager
def ses_account() -> Iterator[SimulatedAccount]:
    """Serves an account, which every Stage uses for `sesv2`."""
    account = SimulatedAccount(region="eu-west-1", account_id="123456789012", clock=lambda: datetime.now(UTC))
    server = make_server("127.0.0.1", 0, SesApi(account, lambda _: "0"), threaded=True)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    client = boto3.client("sesv2", region_name="eu-west-1", endpoint_url=f"http://127.0.0.1:{server.server_port}")
    others = Stage.client
    with pytest.MonkeyPatch.context() as patch:

        def of_stage(stage: Stage, service: str, **options: Any) -> Any:
            return client if service == "sesv2" else others(stage, service, **options)

        patch.setattr(Stage, "client", of_stage)
        yield account
    server.shutdown()
    server.server_close()
