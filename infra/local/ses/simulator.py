"""The SES simulator: one account, its API, and the worker that delivers accepted mail to the mailbox."""

import uuid
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from infra.local.mailbox.store import Mailbox
from infra.local.ses import events
from infra.local.ses.account import SimulatedAccount
from infra.local.ses.api.former_paths import as_today
from infra.local.ses.api.query_api import QueryApi
from infra.local.ses.api.ses_api import SesApi
from infra.local.ses.delivery import MailDelivery
from infra.local.ses.events import Event, Visit
from infra.local.ses.sending import SendingIdentity, Submission, accept, sending_identity
from infra.local.ses.tracking import Tracking, is_machine
from infra.local.ses.worker import Worker

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment


def _now() -> datetime:
    return datetime.now(UTC)


class SesSimulator:
    """`publish(topic_arn, message)` receives each event as JSON, in the simulator's own thread and outside its locks.

    `tracking_url` is the base of links and pixels in messages sent from now on. The server there passes their
    tokens to `opened` and `clicked`.
    """

    def __init__(
        self,
        *,
        region: str,
        account_id: str,
        mailbox: Mailbox,
        publish: Callable[[str, str], None],
        clock: Callable[[], datetime] = _now,
        new_id: Callable[[], uuid.UUID] = uuid.uuid4,
    ) -> None:
        self.account = SimulatedAccount(region=region, account_id=account_id, clock=clock)
        self.tracking_url = "http://localhost:8025"
        self.wsgi: WSGIApplication = _by_version(SesApi(self.account, self.submit))
        self._new_id = new_id
        self._tracking = Tracking()
        self._delivery = MailDelivery(self.account, mailbox, self._tracking, publish, new_id)
        self._worker = Worker("ses-simulator")

    def start(self) -> None:
        self._worker.start()

    def stop(self) -> None:
        """Delivers every accepted message, then stops."""
        self._worker.stop()

    def idle(self) -> bool:
        """Returns whether every accepted message has reached its mailboxes and every event its topics."""
        return self._worker.idle()

    def drain(self, deadline_s: float) -> bool:
        """Waits until idle, at most `deadline_s` seconds. Returns whether it is."""
        return self._worker.drain(deadline_s)

    def sending_identity(self, submission: Submission) -> SendingIdentity:
        """Returns the identity that a caller needs permissions on to submit a message. Raises `SesError`."""
        return sending_identity(self.account, submission)

    def submit(self, submission: Submission) -> str:
        """Accepts a message and returns its SES message id. Raises `SesError`."""
        accepted = accept(self.account, submission, self._new_id())
        url = self.tracking_url
        self._worker.put(lambda: self._delivery.deliver(accepted, url))
        return accepted.mail.message_id

    def opened(self, token: str, ip_address: str, user_agent: str) -> bool:
        """Publishes the open of a pixel. Returns False if no message has this token."""
        mail = self._tracking.opened(token)
        if mail:
            self._publish(events.opened(mail, self.account.clock(), _visit(ip_address, user_agent)))
        return mail is not None

    def clicked(self, token: str, ip_address: str, user_agent: str) -> str | None:
        """Publishes the click of a link. Returns the link's target, or None if no message has this token."""
        tracked = self._tracking.clicked(token)
        if tracked is None:
            return None
        mail, link = tracked
        self._publish(events.clicked(mail, self.account.clock(), _visit(ip_address, user_agent), link))
        return link.url

    def _publish(self, event: Event) -> None:
        self._worker.put(lambda: self._delivery.publish(event))


def _by_version(v2: "WSGIApplication") -> "WSGIApplication":
    """v1 has one path for all its operations."""
    v1 = QueryApi(v2)

    def wsgi(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if environ["PATH_INFO"] == "/":
            return v1(environ, start_response)
        return v2(as_today(environ), start_response)

    return wsgi


def _visit(ip_address: str, user_agent: str) -> Visit:
    return Visit(ip_address, user_agent, is_machine(user_agent))
