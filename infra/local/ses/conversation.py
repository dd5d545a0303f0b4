"""One SMTP conversation with SES, in SES's words: TLS, then AUTH, then mail.

Source of the words: "Amazon SES SMTP issues" in its developer guide, and what its users report.
"""

import asyncio
import logging
import ssl
from collections.abc import Callable
from typing import Any, Protocol

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session, TLSSetupException

from infra.local.ses.errors import SesError
from infra.local.ses.sending import MAX_BYTES, Submission

# aiosmtpd's fixed answers in SES's words.
_SES_WORDS = {
    "250 OK": "250 Ok",
    "250 HELP": "250 Ok",
    "552 Error: Too much mail data": "552 Message is too long.",
    "552 Error: message size exceeds fixed maximum message size": "552 Message is too long.",
}
# How SES opens an SMTP reply for each of its errors; all others are failed transactions.
_REPLIES = {
    "AccessDenied": "554 Access denied: {}",
    "TooManyRequestsException": "454 Throttling failure: {}",
    "MessageRejected": "554 Message rejected: {}",
    "NotFoundException": "554 {}",
    "SendingPausedException": "554 Message rejected: {}",
    "MailFromDomainNotVerifiedException": "554 Message rejected: {}",
}

log = logging.getLogger(__name__)


class Caller(Protocol):
    """An IAM user who has logged in."""

    @property
    def name(self) -> str: ...

    def submit(self, submission: Submission) -> str:
        """Have SES accept a message in the user's name, and return its message id. Raises `SesError`."""


Authenticate = Callable[[str, str], Caller | None]
"""SMTP user name and password to the caller; None when they are wrong."""


class Conversation(SMTP):
    """`authenticate` and the caller's `submit` may block: they run in the loop's executor."""

    AuthLoginUsernameChallenge = "Username:"
    AuthLoginPasswordChallenge = "Password:"

    def __init__(
        self,
        authenticate: Authenticate,
        *,
        starttls: ssl.SSLContext | None,
        idle_seconds: float,
        conversations: "set[Conversation]",
    ) -> None:
        """`starttls` is None where the connection is within TLS from its first byte on. It is one of `conversations` while it lasts."""
        super().__init__(
            _Handler(),
            data_size_limit=MAX_BYTES,
            hostname="email-smtp.local",
            ident="ESMTP SimpleEmailService-local",
            tls_context=starttls,
            require_starttls=starttls is not None,
            auth_require_tls=starttls is not None,
            authenticator=_take_credentials,
            timeout=idle_seconds,
        )
        self.caller: Caller | None = None
        self.accepting = False  # SES has a whole message, and has not answered yet
        self.gone = asyncio.Event()
        self._authenticate_caller = authenticate
        self._conversations = conversations
        self._ending = False

    def end(self) -> None:
        """Say goodbye. A message that SES is just accepting is answered first: its client would send it again."""
        self._ending = True
        if not self.accepting:
            self._leave("421 Service closing transmission channel")

    def abort(self) -> None:
        if isinstance(self.transport, asyncio.WriteTransport):
            self.transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Comes a second time once STARTTLS is done."""
        self._conversations.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._conversations.discard(self)
        self.gone.set()
        super().connection_lost(error)

    def data_received(self, data: bytes) -> None:
        """Every byte shows that the client is there; aiosmtpd would count commands alone, and cut a long message short."""
        self._reset_timeout()
        super().data_received(data)

    def _timeout_cb(self) -> None:
        self._leave("451 Timeout waiting for data from client.")

    def _leave(self, words: str) -> None:
        if isinstance(self.transport, asyncio.WriteTransport) and not self.transport.is_closing():
            self.transport.write(f"{words}\r\n".encode())
            self.transport.close()

    async def push(self, status: Any) -> None:
        await super().push(_SES_WORDS.get(status, status))

    async def check_auth_needed(self, caller_method: str) -> bool:  # noqa: ARG002 - aiosmtpd's signature
        if self.caller is None:
            await self.push("530 Authentication required")
        return self.caller is None

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 - named by the command
        await super().smtp_DATA(arg)
        if self._ending:
            self._leave("421 Service closing transmission channel")

    async def auth_PLAIN(self, server: SMTP, args: list[str]) -> AuthResult:  # noqa: N802 - named by the mechanism
        return await self._verified(await super().auth_PLAIN(server, args))

    async def auth_LOGIN(self, server: SMTP, args: list[str]) -> AuthResult:  # noqa: N802 - named by the mechanism
        return await self._verified(await super().auth_LOGIN(server, args))

    async def _verified(self, taken: AuthResult) -> AuthResult:
        """Sign the session in here and answer `handled`: aiosmtpd's own way logs a deprecation at every sign-in."""
        if not taken.success or taken.auth_data is None or self.session is None:
            return taken
        login, password = (part.decode("utf-8", "replace") for part in taken.auth_data)
        self.caller = await asyncio.get_running_loop().run_in_executor(None, self._authenticate_caller, login, password)
        if self.caller is None:
            return AuthResult(success=False, handled=False, message="535 Authentication Credentials Invalid")
        self.session.authenticated = True
        await self.push("235 Authentication successful.")
        return AuthResult(success=False, handled=True)


def _take_credentials(*args: Any) -> AuthResult:
    """What aiosmtpd asks synchronously; the real check follows in `_verified`."""
    return AuthResult(success=True, auth_data=args[-1])


class _Handler:
    """What aiosmtpd leaves to us, by its names."""

    async def handle_DATA(self, server: Conversation, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if server.caller is None:
            raise RuntimeError("A message before AUTH.")
        submission = Submission(
            raw=envelope.original_content or b"",
            source=(envelope.mail_from or "").replace("<>", ""),
            destinations=tuple(envelope.rcpt_tos),
            caller_identity=server.caller.name,
            source_ip=str(session.peer[0]) if session.peer else "127.0.0.1",
            operation="SendSmtpEmail",
        )
        server.accepting = True
        try:
            submitted = asyncio.get_running_loop().run_in_executor(None, server.caller.submit, submission)
            return f"250 Ok {await submitted}"
        except SesError as error:
            return _reply(error)
        finally:
            server.accepting = False

    async def handle_exception(self, error: Exception) -> str:
        """A fault of ours is told as SES tells its own; a client that breaks off the handshake (it may not know our certificate) is none."""
        if not isinstance(error, TLSSetupException):
            log.error("An SMTP conversation failed", exc_info=error)
        return "451 Temporary service failure. Please try again later."


def _reply(error: SesError) -> str:
    """One line of ASCII, whatever the error quotes from the message."""
    line = _REPLIES.get(error.code, "554 Transaction failed: {}").format(error.message)
    return " ".join(line.encode("ascii", "replace").decode().split())
