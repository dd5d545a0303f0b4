"""What a check changes in a stored domain: since when each record is right, and which were right before."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from functions.core.domains.domain import Domain, SesIdentity
from functions.core.domains.record_checks import RecordCheck, RecordState
from functions.core.domains.verification import remarks

SENDING = "SES"  # the key of the identity itself, besides its records


def checked(domain: Domain, identity: SesIdentity | None, checks: Sequence[RecordCheck], at: str) -> Domain:
    """Returns the domain after a check. A record that DNS did not answer for stays as it was."""
    states = {check.record.key: check.state for check in checks}
    sendable = identity is not None and identity.sendable
    states[SENDING] = RecordState.RIGHT if sendable else RecordState.WRONG
    since: dict[str, str] = {}
    drifted: dict[str, str] = {}
    for key, state in states.items():
        if state is RecordState.RIGHT:
            since[key] = domain.since.get(key, at)
        elif state is RecordState.UNKNOWN:
            since |= {key: domain.since[key]} if key in domain.since else {}
            drifted |= {key: domain.drifted[key]} if key in domain.drifted else {}
        elif key in domain.since or key in domain.drifted:
            drifted[key] = domain.drifted.get(key, at)
    reason = next(iter(remarks(identity)), "") if identity else "SES has no identity of it in this region"
    return replace(
        domain, sendable=sendable, reason="" if sendable else reason, checked_at=at, since=since, drifted=drifted
    )
