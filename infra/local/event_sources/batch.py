"""Which records of a batch failed, by the function's response. The rules are Lambda's for `ReportBatchItemFailures`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from infra.local.lambdas import JSON, Result


def failures(result: Result, ids: Sequence[str], *, partial: bool) -> set[str]:
    """Returns the ids that failed. A response that is malformed or names an unknown id fails the whole batch."""
    if result.error is not None:
        return set(ids)
    return _reported(result.payload, set(ids)) if partial else set()


def _reported(payload: JSON, ids: set[str]) -> set[str]:
    if payload is None:
        return set()
    entries = payload.get("batchItemFailures") if isinstance(payload, dict) else payload
    if isinstance(payload, dict) and entries is None:
        return set()
    if not isinstance(entries, list) or not isinstance(payload, dict):
        return ids
    reported = [entry.get("itemIdentifier") if isinstance(entry, dict) else None for entry in entries]
    named = {identifier for identifier in reported if isinstance(identifier, str)}
    return named if len(named) == len(set(map(str, reported))) and named <= ids else ids
