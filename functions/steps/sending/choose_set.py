"""Choose a mail's configuration set: that of its sender's domain, or the stage's."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from functions.core.addresses import Address
from functions.core.domains.domain import covering
from functions.ports.sending import Mailer, OutgoingMail
from functions.steps.domains.sender_domains import NOW, ReadDomains


class SetChoosingMailer(Struct, frozen=True, kw_only=True):
    """A Mailer that sends each mail through its domain's own set."""

    mailer: Mailer
    domains: ReadDomains

    def send(self, mail: OutgoingMail) -> str:
        sender = Address(mail.sender)
        domain = covering(self.domains(), sender) or covering(self.domains(NOW), sender)
        own = (domain.transactional_set if mail.transactional else domain.marketing_set) if domain else ""
        return self.mailer.send(replace(mail, own_set=own) if own else mail)
