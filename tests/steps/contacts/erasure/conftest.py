from __future__ import annotations

import pytest

from functions.core.automations.run import Run, current_part
from functions.core.broadcasts.broadcast import Audience, Recipient
from functions.core.broadcasts.check import AudienceProblem, BroadcastCheck, ProblemKind
from functions.core.broadcasts.lifecycle import BroadcastState
from functions.core.outcomes import SendResult
from functions.core.sending.send import RecipientRole, State
from tests.support.erasing import ADA, BOB, EARLIER, LATER, OPENED, EraseScenario, a_broadcast, event
from tests.support.examples import a_contact_list, a_send

A_CHECK = BroadcastCheck(
    number="1",
    started_at=EARLIER,
    problems=(AudienceProblem(ProblemKind.REFUSED, "bounced", 2, "Ada@Example.net"),),
    first=(Recipient(ADA, 1, {"name": "Adelaide"}), Recipient(BOB, 3)),
)


@pytest.fixture
def scenario() -> EraseScenario:
    """Ada has a contact and three mails, Bob one of his own and one that Ada has a copy of; one is for later."""
    scenario = EraseScenario()
    scenario.put("s-1", timeline={OPENED.key: OPENED.to_item()}, attempts=1, unsubscribe_id="u")
    scenario.put("s-2", state=State.REFUSED, result=SendResult.PREVIOUSLY_BOUNCED, reason=f"{ADA} bounced")
    scenario.put("s-3", address=BOB, role=RecipientRole.TO)
    scenario.put("s-3", 1, role=RecipientRole.CC)
    scenario.put("s-4", address=BOB)
    scenario.put("s-5", state=State.SCHEDULED, due_at=LATER)
    scenario.queue.save_scheduled(a_send(id="s-5"))
    scenario.contacts.upsert(ADA, {"firstname": "Adelaide"}, EARLIER)
    scenario.contacts.upsert(BOB, {}, EARLIER)
    for name in ("Clients", "Fans"):
        scenario.lists.add(scenario.lists.create(a_contact_list(name)).id, [ADA, BOB], EARLIER)
    for person in (ADA, BOB):
        inside = Run(id=person, automation=1, version=1, contact=person, entered_at=EARLIER)
        scenario.runs.create(inside, current_part(1))
    audience = Audience(contacts=(ADA, BOB), exclude_contacts=(ADA,))
    for state in (BroadcastState.SCHEDULED, BroadcastState.DONE):
        scenario.broadcasts.create(a_broadcast(state, audience))
        scenario.broadcasts.save_check(str(state), A_CHECK)
    scenario.archive.append([event("s-1", ADA), event("s-4", BOB)])
    scenario.archive.append([event("s-2", "Ada@Example.net")])
    return scenario
