"""The SMTP server of a stage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.core.tokens.smtp_settings import LOCAL_PORTS, PORTS
from functions.settings import LOCAL, host

if TYPE_CHECKING:
    from infra.cli.stage import Stage


def usual_server(stage: Stage) -> tuple[str, tuple[int, int]]:
    """Returns the host, and its ports: for STARTTLS, and for TLS from the start."""
    running = stage.running
    if running:
        return running.smtp_host, (running.smtp_port, running.smtps_port)
    if stage.name == LOCAL:
        return "127.0.0.1", LOCAL_PORTS
    return host("email-smtp", stage.container.settings.region), PORTS
