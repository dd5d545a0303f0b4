"""The policy documents of roles, users and groups, from moto's current IAM state. Hold the account's lock to read them."""

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from infra.local.cloud.iam.policy_evaluation import about


def documents(holder: Any) -> Iterator[Mapping[str, Any]]:
    """Yields the inline policies of a role, user or group, and the default versions of its managed ones."""
    yield from (_parsed(text) for text in holder.policies.values())
    yield from (document_of(policy) for policy in holder.managed_policies.values())


def documents_about(holder: Any, action: str) -> Iterator[Mapping[str, Any]]:
    """Yields the same documents without the statements that do not cover an action."""
    texts = [*holder.policies.values(), *map(_default_text, holder.managed_policies.values())]
    return (_about(text, action) if isinstance(text, str) else text for text in texts)


def document_of(policy: Any) -> Mapping[str, Any]:
    """Returns the default version of a managed policy."""
    return _parsed(_default_text(policy))


def _default_text(policy: Any) -> str | Mapping[str, Any]:
    text: str | Mapping[str, Any] = next(version.document for version in policy.versions if version.is_default)
    return text


@lru_cache(maxsize=4096)
def _about(document: str, action: str) -> Mapping[str, Any]:
    """Cached: a function makes the same few calls again and again."""
    return about(_parsed_text(document), action)


def _parsed(document: str | Mapping[str, Any]) -> Mapping[str, Any]:
    if isinstance(document, str):
        return _parsed_text(document)
    return document


@lru_cache(maxsize=256)
def _parsed_text(document: str) -> Mapping[str, Any]:
    parsed: Mapping[str, Any] = json.loads(document)
    return parsed
