"""Choose a mail's configuration set: that of its sender's domain, or the stage's."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from functions.core.addresses import Address
from functions.core.domains.domain import Domain, covering
from functions.core.errors import Retry
from functions.ports.sending import Mailer, OutgoingMail
from functions.steps.domains.sender_domains import NOW, ReadDomains


class SetChoosingMailer(Struct, frozen=True, kw_only=True):
    """A Mailer that sends each mail through its domain's own set."""

    mailer: Mailer
    domains: ReadDomains

    def send(self, mail: OutgoingMail) -> str:
        """Also raises Retry if the domains cannot be read: the mail was not sent, so its lease ends at once."""
        try:
            domain = self._domain(Address(mail.sender))
        except Exception as error:
            raise Retry(f"the domains cannot be read: {error}") from error
        own = (domain.transactional_set if mail.transactional else domain.marketing_set) if domain else ""
        return self.mailer.send(replace(mail, own_set=own) if own else mail)

    def _domain(self, sender: Address) -> Domain | None:
        return covering(self.domains(), sender) or covering(self.domains(NOW), sender)
