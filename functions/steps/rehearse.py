"""Rehearse a send: it is checked, rendered and written as a mail, and then let go. Nothing is stored, queued or sent."""

from __future__ import annotations

from dataclasses import dataclass, replace

from functions.core import rendering
from functions.core.errors import GiveUp
from functions.core.rendering import Rendered
from functions.core.send import Message, SendRequest, State
from functions.ports import Clock
from functions.steps.accept import Acceptance
from functions.steps.deliver import Templates, composer


@dataclass(frozen=True, slots=True)
class Rehearsed:
    message: Message  # the To's, as it would be stored: or as it would end, where it would be refused
    mail: Rendered | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """The step with its dependencies."""

    acceptance: Acceptance
    templates: Templates
    clock: Clock

    def __call__(self, request: SendRequest, asked_by: str) -> Rehearsed:
        (message, *_), send = self.acceptance.prepared(request, asked_by)
        if send is None:
            return Rehearsed(message, None)
        try:
            template = self.templates(send.email_id, send.revision)
            composer(send, template, self.clock())
            return Rehearsed(message, rendering.render(template, send.contact, send.custom))
        except GiveUp as refusal:
            ended = replace(
                message,
                state=State.REFUSED,
                result=refusal.result,
                reason=refusal.reason,
                settled_at=message.accepted_at,
            )
            return Rehearsed(ended, None)
