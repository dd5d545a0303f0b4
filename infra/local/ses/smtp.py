"""SES's SMTP door: mail comes in as at `email-smtp`, ends in `submit`, and is answered in SES's words.

Locally neither AUTH nor TLS is required, like in every mail catcher: mail without AUTH is the account's root user's.
Credentials that are given, though, must be right.
"""

import asyncio
from collections.abc import Callable
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from infra.local.ses.errors import SesError
from infra.local.ses.sending import MAX_BYTES, Submission

Submit = Callable[[Submission], str]
Authenticate = Callable[[str, str], str | None]
"""(SMTP user name, password) → IAM user name, or None when they are wrong."""

# aiosmtpd's fixed answers in SES's words.
_SES_WORDS = {
    "552 Error: Too much mail data": "552 Message is too long.",
    "552 Error: message size exceeds fixed maximum message size": "552 Message is too long.",
}
# How SES opens an SMTP reply for each of its errors; all others are failed transactions.
_REPLIES = {
    "TooManyRequestsException": "454 Throttling failure: {}",
    "MessageRejected": "554 Message rejected: {}",
    "NotFoundException": "554 {}",
    "SendingPausedException": "554 Message rejected: {}",
    "MailFromDomainNotVerifiedException": "554 Message rejected: {}",
}


class SmtpServer:
    """`authenticate` and `submit` may block: they run in the loop's executor."""

    def __init__(self, submit: Submit, authenticate: Authenticate) -> None:
        self._handler = _Handler(submit)
        self._authenticate = authenticate
        self._server: asyncio.Server | None = None

    @property
    def port(self) -> int:
        if self._server is None:
            raise RuntimeError("The SMTP server has no port before it is started.")
        return int(self._server.sockets[0].getsockname()[1])

    async def start(self, host: str, port: int) -> None:
        """Listen; port 0 takes any free one. Raises OSError when the port is busy."""
        self._server = await asyncio.get_running_loop().create_server(self._connection, host, port)

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
            self._server = None

    def _connection(self) -> asyncio.Protocol:
        return _Connection(self._handler, self._authenticate)


class _Connection(SMTP):
    """aiosmtpd with SES's limits and words, and credentials verified off the loop."""

    def __init__(self, handler: "_Handler", authenticate: Authenticate) -> None:
        super().__init__(
            handler,
            data_size_limit=MAX_BYTES,
            hostname="email-smtp.local",
            ident="SimpleEmailService-local",
            auth_require_tls=False,
            authenticator=_take_credentials,
        )
        self._check = authenticate
        self.user: str | None = None

    async def push(self, status: Any) -> None:
        await super().push(_SES_WORDS.get(status, status))

    async def auth_PLAIN(self, server: SMTP, args: list[str]) -> AuthResult:  # noqa: N802 - named by the mechanism
        return await self._verified(await super().auth_PLAIN(server, args))

    async def auth_LOGIN(self, server: SMTP, args: list[str]) -> AuthResult:  # noqa: N802 - named by the mechanism
        return await self._verified(await super().auth_LOGIN(server, args))

    async def _verified(self, taken: AuthResult) -> AuthResult:
        """Sign the session in here and answer `handled`: aiosmtpd's own way logs a deprecation at every sign-in."""
        if not taken.success or taken.auth_data is None or self.session is None:
            return taken
        login, password = (part.decode("utf-8", "replace") for part in taken.auth_data)
        self.user = await asyncio.get_running_loop().run_in_executor(None, self._check, login, password)
        if self.user is None:
            return AuthResult(success=False, handled=False, message="535 Authentication Credentials Invalid")
        self.session.authenticated = True
        await self.push("235 Authentication successful.")
        return AuthResult(success=False, handled=True)


def _take_credentials(*args: Any) -> AuthResult:
    """What aiosmtpd asks synchronously; the real check follows in `_verified`."""
    return AuthResult(success=True, auth_data=args[-1])


class _Handler:
    def __init__(self, submit: Submit) -> None:
        self._submit = submit

    async def handle_DATA(self, server: "_Connection", session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        submission = Submission(
            raw=envelope.original_content or b"",
            source=(envelope.mail_from or "").replace("<>", ""),
            destinations=tuple(envelope.rcpt_tos),
            caller_identity=server.user or "root",
            source_ip=str(session.peer[0]) if session.peer else "127.0.0.1",
            operation="SendSmtpEmail",
        )
        try:
            message_id = await asyncio.get_running_loop().run_in_executor(None, self._submit, submission)
        except SesError as error:
            return _reply(error)
        return f"250 Ok {message_id}"


def _reply(error: SesError) -> str:
    """One line of ASCII, whatever the error quotes from the message."""
    line = _REPLIES.get(error.code, "554 Transaction failed: {}").format(error.message)
    return " ".join(line.encode("ascii", "replace").decode().split())
