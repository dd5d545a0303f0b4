"""What a check of a broadcast finds before anything is sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from msgspec import Struct, field
from msgspec.structs import replace

from functions.core.broadcasts.broadcast import PREVIEWS, PROBLEMS_MAX, Broadcast, Recipient, SourcePosition
from functions.core.outcomes import Refusal


class ProblemKind(StrEnum):
    UNREADABLE = "UNREADABLE"  # a line of the file without an address
    REFUSED = "REFUSED"
    MISSING_PROPERTY = "MISSING_PROPERTY"
    UNUSED_COLUMN = "UNUSED_COLUMN"


class AudienceProblem(Struct, frozen=True):
    kind: ProblemKind
    message: str
    line: int = 0  # of the file, from 1; 0: the recipient is not from the file
    email: str = ""


class BroadcastCheck(Struct, frozen=True, kw_only=True):
    """`counts` are of refusals by HubSpot's result, and `suppressed` of transactional mail that SES may drop: its list has the address."""

    number: str
    started_at: str
    choice: int = 0  # of the broadcast: an actor may choose other people since
    change: int = 0  # counts the stored changes
    done: bool = False
    ended_at: str = ""
    position: SourcePosition | None = None
    recipients: int = 0
    refused: Mapping[str, int] = field(default_factory=dict)
    missing_properties: int = 0
    unreadable: int = 0
    suppressed: int = 0
    problems: tuple[AudienceProblem, ...] = ()  # the first ones
    more_problems: int = 0
    first: tuple[Recipient, ...] = ()  # for previews
    error: str = ""  # why the audience cannot be read

    def is_of(self, broadcast: Broadcast) -> bool:
        """Returns whether it reads what the broadcast has now."""
        return self.choice == broadcast.choice

    @property
    def deliverable(self) -> int:
        return self.recipients - sum(self.refused.values()) - self.missing_properties

    def has(self, address: str) -> bool:
        return self != self.without(address)

    def without(self, address: str) -> BroadcastCheck:
        return replace(
            self,
            problems=tuple(one for one in self.problems if one.email.lower() != address),
            first=tuple(one for one in self.first if one.email.lower() != address),
        )

    def with_recipient(self, recipient: Recipient, refusal: Refusal | None, missing: Iterable[str]) -> BroadcastCheck:
        names = ", ".join(f"custom.{name}" for name in missing)
        checked = replace(self, recipients=self.recipients + 1)
        if len(self.first) < PREVIEWS and not refusal and not names:
            checked = replace(checked, first=(*self.first, recipient))
        if refusal:
            refused = {**self.refused, str(refusal.result): self.refused.get(str(refusal.result), 0) + 1}
            problem = AudienceProblem(
                ProblemKind.REFUSED, f"{refusal.result}: {refusal.reason}", recipient.line, recipient.email
            )
            return replace(checked, refused=refused).with_problem(problem)
        if names:
            problem = AudienceProblem(
                ProblemKind.MISSING_PROPERTY, f"the template needs {names}", recipient.line, recipient.email
            )
            return replace(checked, missing_properties=self.missing_properties + 1).with_problem(problem)
        return checked

    def with_problem(self, problem: AudienceProblem) -> BroadcastCheck:
        if len(self.problems) >= PROBLEMS_MAX:
            return replace(self, more_problems=self.more_problems + 1)
        return replace(self, problems=(*self.problems, problem))
