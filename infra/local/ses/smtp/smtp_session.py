"""One SMTP session with SES, in SES's words: TLS, then AUTH, then mail.

Source of the words: "Amazon SES SMTP issues" in its developer guide, and reports of its users.
"""

import asyncio
import logging
import re
import ssl
from collections.abc import Callable
from typing import Any, Protocol

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session, TLSSetupException

from infra.local.ses import addresses
from infra.local.ses.errors import SesError
from infra.local.ses.sending import MAX_BYTES, Submission

# aiosmtpd's fixed replies in SES's words. A line is too long only if it is longer than a whole message may be.
_SES_WORDS = {
    "250 OK": "250 Ok",
    "250 HELP": "250 Ok",
    "500 Error: strict ASCII mode": "553 Invalid email address",
    "500 Line too long (see RFC5321 4.5.3.1.6)": "552 Message is too long.",
    "552 Error: Too much mail data": "552 Message is too long.",
    "552 Error: message size exceeds fixed maximum message size": "552 Message is too long.",
}
# The beginning of SES's SMTP reply for each of its errors. All other errors are failed transactions.
_REPLIES = {
    "AccessDenied": "554 Access denied: {}",
    "TooManyRequestsException": "454 Throttling failure: {}",
    "MessageRejected": "554 Message rejected: {}",
    "NotFoundException": "554 {}",
    "SendingPausedException": "554 Message rejected: {}",
    "MailFromDomainNotVerifiedException": "554 Message rejected: {}",
}

# A path of MAIL or RCPT. SES requires the angle brackets.
_PATH = re.compile(r"\s*(?:FROM|TO):\s*(?:<(?P<address>[^>]*)>)?(?P<rest>.*)", re.IGNORECASE)

log = logging.getLogger(__name__)


class AuthenticatedUser(Protocol):
    """An IAM user who has logged in."""

    @property
    def name(self) -> str: ...

    def submit(self, submission: Submission) -> str:
        """Submits a message to SES in the user's name and returns its message id. Raises `SesError`."""


Authenticate = Callable[[str, str], AuthenticatedUser | None]
"""Returns the user with this SMTP user name and password, or None if they are wrong."""


class SmtpSession(SMTP):
    """`authenticate` and the user's `submit` may block: they run in the loop's executor."""

    # SES takes lines of any length, though its documents allow 1,000 octets: the recipient's server may refuse the mail.
    line_length_limit = MAX_BYTES
    AuthLoginUsernameChallenge = "Username:"
    AuthLoginPasswordChallenge = "Password:"

    def __init__(
        self,
        authenticate: Authenticate,
        *,
        starttls: ssl.SSLContext | None,
        idle_seconds: float,
        sessions: "set[SmtpSession]",
    ) -> None:
        """`starttls` is for a connection that is not within TLS from its first byte on. An open session is in `sessions`."""
        super().__init__(
            _SmtpHandler(),
            data_size_limit=MAX_BYTES,
            hostname="email-smtp.local",
            ident="ESMTP SimpleEmailService-local",
            tls_context=starttls,
            require_starttls=starttls is not None,
            auth_require_tls=starttls is not None,
            authenticator=_accept_credentials,
            timeout=idle_seconds,
        )
        self.user: AuthenticatedUser | None = None
        self.accepting = False  # SES has a whole message and has not replied yet
        self.closed = asyncio.Event()
        self._authenticate_caller = authenticate
        self._sessions = sessions
        self._ending = False

    @property
    def tls_version(self) -> str:
        """The version of this connection, as Python names it: `TLSv1.3`. There is no mail before TLS."""
        transport = self.transport
        return str(transport.get_extra_info("ssl_object").version()) if transport else ""

    def end(self) -> None:
        """Closes the session. A message that SES is accepting gets its reply first: its client would send it again."""
        self._ending = True
        if not self.accepting:
            self._reply_and_close("421 Service closing transmission channel")

    def abort(self) -> None:
        if isinstance(self.transport, asyncio.WriteTransport):
            self.transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Registers the session. asyncio calls this a second time after STARTTLS."""
        self._sessions.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._sessions.discard(self)
        self.closed.set()
        super().connection_lost(error)

    def data_received(self, data: bytes) -> None:
        """Resets the idle timeout at every byte. aiosmtpd resets it at commands only, and would cut a long message short."""
        self._reset_timeout()
        super().data_received(data)

    def _timeout_cb(self) -> None:
        self._reply_and_close("451 Timeout waiting for data from client.")

    def _reply_and_close(self, reply_line: str) -> None:
        if isinstance(self.transport, asyncio.WriteTransport) and not self.transport.is_closing():
            self.transport.write(f"{reply_line}\r\n".encode())
            self.transport.close()

    async def push(self, status: Any) -> None:
        await super().push(_SES_WORDS.get(status, status))

    async def check_auth_needed(self, caller_method: str) -> bool:  # noqa: ARG002 - aiosmtpd's signature
        if self.user is None:
            await self.push("530 Authentication required")
        return self.user is None

    async def smtp_STARTTLS(self, arg: str) -> None:  # noqa: N802 - named by the command
        """Within TLS, aiosmtpd begins a second handshake, which no client expects: RFC 3207, 4.2."""
        if self.transport and self.transport.get_extra_info("ssl_object"):
            await self.push("503 TLS is active already")
        else:
            await super().smtp_STARTTLS(arg)

    async def smtp_MAIL(self, arg: str | None) -> None:  # noqa: N802 - named by the command
        refusal = _sender_refusal(arg) if self.user else None
        await (self.push(refusal) if refusal else super().smtp_MAIL(arg))

    async def smtp_RCPT(self, arg: str | None) -> None:  # noqa: N802 - named by the command
        refusal = _recipient_refusal(arg) if self.user else None
        await (self.push(refusal) if refusal else super().smtp_RCPT(arg))

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 - named by the command
        await super().smtp_DATA(arg)
        if self._ending:
            self._reply_and_close("421 Service closing transmission channel")

    async def auth_PLAIN(self, server: SMTP, args: list[str]) -> AuthResult:  # noqa: N802 - named by the mechanism
        return await self._sign_in(await super().auth_PLAIN(server, args))

    async def auth_LOGIN(self, server: SMTP, args: list[str]) -> AuthResult:  # noqa: N802 - named by the mechanism
        return await self._sign_in(await super().auth_LOGIN(server, args))

    async def _sign_in(self, result: AuthResult) -> AuthResult:
        """Signs the user in and returns `handled`: aiosmtpd's own way logs a deprecation at every sign-in."""
        if not result.success or result.auth_data is None or self.session is None:
            return result
        login, password = (part.decode("utf-8", "replace") for part in result.auth_data)
        self.user = await asyncio.get_running_loop().run_in_executor(None, self._authenticate_caller, login, password)
        if self.user is None:
            return AuthResult(success=False, handled=False, message="535 Authentication Credentials Invalid")
        self.session.authenticated = True
        await self.push("235 Authentication successful.")
        return AuthResult(success=False, handled=True)


def _sender_refusal(arg: str | None) -> str | None:
    """Returns SES's reply to a MAIL without angle brackets or without an address in them, or None."""
    path = _PATH.match(arg or "")
    if path is None:
        return None
    if path["address"] is None:
        return f"553 <{path['rest'].strip()}> Invalid email address"
    return "501 Invalid MAIL FROM address provided" if addresses.syntax_error(path["address"].strip()) else None


def _recipient_refusal(arg: str | None) -> str | None:
    """Returns SES's reply to a RCPT without angle brackets or without an address in them, or None."""
    path = _PATH.match(arg or "")
    if path is None:
        return None
    address = (path["rest"] if path["address"] is None else path["address"]).strip()
    return f"553 <{address}> address unknown" if path["address"] is None or addresses.syntax_error(address) else None


def _accept_credentials(*args: Any) -> AuthResult:
    """Accepts any credentials: aiosmtpd calls this synchronously, and `_sign_in` does the real check."""
    return AuthResult(success=True, auth_data=args[-1])


class _SmtpHandler:
    """The handler methods that aiosmtpd calls, by its names."""

    async def handle_DATA(self, server: SmtpSession, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        if server.user is None:
            raise RuntimeError("A message before AUTH.")
        submission = Submission(
            raw=envelope.original_content or b"",
            source=envelope.mail_from or "",
            destinations=tuple(envelope.rcpt_tos),
            caller_identity=server.user.name,
            source_ip=str(session.peer[0]) if session.peer else "127.0.0.1",
            operation="SendSmtpEmail",
            tls_version=server.tls_version,
        )
        server.accepting = True
        try:
            submitted = asyncio.get_running_loop().run_in_executor(None, server.user.submit, submission)
            return f"250 Ok {await submitted}"
        except SesError as error:
            return _reply(error)
        finally:
            server.accepting = False

    async def handle_exception(self, error: Exception) -> str:
        """Replies to an internal error as SES does. A TLS handshake that the client aborts (it may not trust our certificate) is not an error."""
        if not isinstance(error, TLSSetupException):
            log.error("An SMTP session failed", exc_info=error)
        return "451 Temporary service failure. Please try again later."


def _reply(error: SesError) -> str:
    """Returns one line of ASCII, whatever the error quotes from the message."""
    line = _REPLIES.get(error.code, "554 Transaction failed: {}").format(error.message)
    return " ".join(line.encode("ascii", "replace").decode().split())
