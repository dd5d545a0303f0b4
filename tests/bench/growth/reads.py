"""Finds the steps whose cost may grow: each that reads many things by a port. It reads the code itself, so no step is left out."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

FUNCTIONS = Path(__file__).parents[3] / "functions"
_MANY = re.compile(r"\b(?:list|Sequence|Iterator|Iterable|Mapping|set|frozenset)\[|\b\w+Page$|^RunPage$|^ContactPage$")

# Reads of many things whose number has a limit, or is the caller's own. Every other one can grow without end.
LIMITED = {
    "Alarms.active": "100, by the call",
    "AuditEntries.latest": "the caller's `most`",
    "Automations.all": "AUTOMATIONS_MAX",
    "BroadcastDeadLetters.peek": "the caller's `most`",
    "BroadcastFiles.read_page": "PAGE_MAX",
    "ContactDirectory.by_number": "one contact has a number",
    "ContactLists.all": "LISTS_MAX",
    "Contacts.read_all": "the caller's addresses",
    "Counters.reserve_tags": "TAGS_MAX",
    "DeadLetters.peek": "the caller's `most`",
    "DedicatedIps.addresses": "the addresses that the account pays for",
    "DedicatedIps.block_lists": "the caller's addresses",
    "Domains.all": "DOMAINS_MAX",
    "Emails.documents": "the caller's revisions",
    "Emails.heads": "the caller's emails",
    "Images.existing": "the caller's names",
    "ImportFiles.read_errors": "a page of a file",
    "ListMembers.add": "the caller's addresses",
    "ListMembers.among": "the caller's addresses",
    "ListMembers.remove": "the caller's addresses",
    "ListMembers.uncounted": "LISTS_MAX",
    "MessageIndex.read": "the caller's positions",
    "MessageIndex.read_all": "the caller's keys",
    "Presence.editing": "the open editors of one email",
    "PropertyDefinitions.all": "DEFINITIONS_MAX",
    "PropertyDefinitions.edit": "DEFINITIONS_MAX",
    "Sends.messages": "RECIPIENTS_MAX",
    "SentContents.of_send": "RECIPIENTS_MAX",
    "SiteSettings.change": "the settings have names of ours",
    "SiteSettings.get": "the settings have names of ours",
    "SmtpUsers.keys": "IAM allows a user two",
    "SmtpTokens.active": "the caller's `most`",
    "StepCounts.get": "STEPS_MAX",
    "SubscriptionTypes.all": "TYPES_MAX",
    "WebhookDeliveries.latest": "the caller's `most`",
    "WebhookEndpoints.all": "ENDPOINTS_MAX",
}

# Reads that no step makes by its port.
ELSEWHERE = {
    "MessageIndex.accepted": "RebuildCounters has it as a function",
}


def many_reads() -> Iterator[str]:
    """Yields the methods of ports that return many things: `Emails.all`."""
    for _, one in _classes(FUNCTIONS / "ports"):
        for method in (part for part in one.body if isinstance(part, ast.FunctionDef)):
            if _MANY.search(ast.unparse(method.returns) if method.returns else ""):
                yield f"{one.name}.{method.name}"


def growing_steps() -> Mapping[str, set[str]]:
    """Returns the public methods of steps that reach a read without a limit, with these reads: `emails.read_emails.ReadEmails.__call__`."""
    reads = set(many_reads()) - LIMITED.keys()
    steps: dict[str, set[str]] = {}
    for path, one in _classes(FUNCTIONS / "steps"):
        fields = {
            part.target.id: ast.unparse(part.annotation)
            for part in one.body
            if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name)
        }
        methods = {part.name: part for part in one.body if isinstance(part, ast.FunctionDef)}
        for name in methods:
            reached = {read for method in _reached(name, methods) for read in _reads(methods[method], fields) & reads}
            if reached and (name == "__call__" or not name.startswith("_")):
                steps[f"{path.parent.name}.{path.stem}.{one.name}.{name}"] = reached
    return steps


def _classes(folder: Path) -> Iterator[tuple[Path, ast.ClassDef]]:
    for path in sorted(folder.rglob("*.py")):
        for one in ast.parse(path.read_text("utf-8")).body:
            if isinstance(one, ast.ClassDef):
                yield path, one


def _reached(name: str, methods: Mapping[str, ast.FunctionDef]) -> set[str]:
    """Returns the methods that one calls, itself included, directly or by others."""
    reached: set[str] = set()
    waiting = {name}
    while waiting:
        reached |= waiting
        called = {part.attr for one in waiting for part in ast.walk(methods[one]) if _is_own(part)}  # type: ignore[attr-defined]  # `_is_own` checks it
        waiting = (called & methods.keys()) - reached
    return reached


def _is_own(part: ast.AST) -> bool:
    return isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name) and part.value.id == "self"


def _reads(method: ast.FunctionDef, fields: Mapping[str, str]) -> set[str]:
    """Returns what a method calls of its class's fields: `self.emails.all()` of a field `emails: Emails`, or `self.search()`."""
    direct = {
        f"{fields[part.value.attr]}.{part.attr}"  # type: ignore[attr-defined]  # `_is_own` checks it
        for part in ast.walk(method)
        if isinstance(part, ast.Attribute) and _is_own(part.value) and part.value.attr in fields  # type: ignore[attr-defined]  # `_is_own` checks it
    }
    called = {
        f"{fields[part.func.attr]}.__call__"  # type: ignore[attr-defined]  # `_is_own` checks it
        for part in ast.walk(method)
        if isinstance(part, ast.Call) and _is_own(part.func) and part.func.attr in fields  # type: ignore[attr-defined]  # `_is_own` checks it
    }
    return direct | called
