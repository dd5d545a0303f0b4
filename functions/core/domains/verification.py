"""What SES's status of an identity means, in plain words."""

from __future__ import annotations

from collections.abc import Iterable

from functions.core.domains.domain import SesIdentity

_ERROR_REASONS = {
    "HOST_NOT_FOUND": "SES does not find the DKIM records: add them, and wait until DNS shows them",
    "TYPE_NOT_FOUND": "SES finds the names of the DKIM records, but no CNAME there: a proxy or another type of record is in their place",
    "INVALID_VALUE": "SES finds DKIM records with other values: correct them",
    "DNS_SERVER_ERROR": "the domain's name servers answer SES with an error: see whether the zone is delegated correctly",
    "SERVICE_ERROR": "SES itself failed at its last check; it will check again",
}
_REPLICATION_REASON = "SES cannot copy the DKIM key of another region ({error}): see the identity in the SES console"

_DKIM_REASONS = {
    "PENDING": "SES has not found the DKIM records yet. It looks for them for 72 hours",
    "FAILED": "SES has not found the DKIM records within 72 hours: add them, and then remove and add the domain again",
    "TEMPORARY_FAILURE": "SES cannot read the DKIM records at the moment. It still sends, for 72 hours at most",
    "NOT_STARTED": "SES has not begun to verify the domain",
}
_UNTIL_THEN_REASON = "; until then mail leaves under amazonses.com, so DMARC depends on DKIM only"
_MAIL_FROM_REASONS = {
    "PENDING": f"SES has not found the MX of {{name}} yet{_UNTIL_THEN_REASON}",
    "FAILED": f"SES has not found the MX of {{name}} within 72 hours: add it, and set the MAIL FROM domain again{_UNTIL_THEN_REASON}",
    "TEMPORARY_FAILURE": f"SES cannot read the MX of {{name}} at the moment{_UNTIL_THEN_REASON}",
}


def remarks(identity: SesIdentity) -> Iterable[str]:
    """Yields the problems, the cause before its consequence."""
    if identity.error:
        server = f" (it queried {identity.name_server})" if identity.name_server else ""
        yield _ERROR_REASONS.get(identity.error, _REPLICATION_REASON.format(error=identity.error)) + server
    if identity.dkim_status in _DKIM_REASONS:
        yield _DKIM_REASONS[identity.dkim_status]
    if identity.mail_from_status in _MAIL_FROM_REASONS:
        yield _MAIL_FROM_REASONS[identity.mail_from_status].format(name=identity.mail_from)
