"""The ports of the local stack: checked before any work is done, and reserved before the template names them."""

from __future__ import annotations

import socket
from dataclasses import dataclass

HOST = "127.0.0.1"


@dataclass(frozen=True, kw_only=True)
class Ports:
    """The ports to listen on. 0 is any free one."""

    http: int
    smtp: int
    smtps: int
    mailbox: int
    aws: int

    def check_free(self) -> None:
        """Raises PortBusyError that names the option."""
        options = {
            "--http-port": self.http,
            "--mailbox-port": self.mailbox,
            "--smtp-port": self.smtp,
            "--smtps-port": self.smtps,
            "--aws-port": self.aws,
        }
        for option, port in options.items():
            _check_free(port, option)


class PortBusyError(Exception):
    pass


def reserve(port: int) -> socket.socket:
    """Returns a bound socket that does not listen yet, so that the port has its number and no other program takes it. Raises OSError."""
    bound = socket.socket()
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((HOST, port))
    except OSError:
        bound.close()
        raise
    return bound


def url_of(bound: socket.socket) -> str:
    return f"http://{HOST}:{bound.getsockname()[1]}"


def _check_free(port: int, option: str) -> None:
    try:
        reserve(port).close()
    except OSError as error:
        raise PortBusyError(
            f"port {port} is in use: stop the program that listens there, or choose another port with {option} N (0: any free port)"
        ) from error
