from __future__ import annotations

from collections.abc import Callable, Iterator
from operator import methodcaller
from typing import Any

import pytest
from msgspec.structs import replace

from functions.core import timestamps
from functions.core.automations.definition import Engagement
from functions.core.automations.jobs import (
    PROPERTIES_OCTETS_MAX,
    BusEventHappened,
    ContactChanged,
    Entry,
    EventHappened,
    Job,
    ListJoined,
    MailHappened,
    octets,
)
from functions.core.automations.run import RunStatus
from functions.core.contacts.contact import Contact
from functions.core.contacts.lists.contact_list import Membership
from functions.core.contacts.property_definitions import FIELD_TYPES, PropertyDefinition, PropertyType
from functions.core.errors import Retry
from functions.core.events.timeline import TimelineEvent, TimelineEventType
from functions.core.sending.send import AUTOMATION, State
from functions.pages import error_words
from functions.steps.automations import automate
from functions.steps.automations.advance_run import REFUSED
from functions.steps.automations.enroll import ENTRIES_PER_DAY
from tests.fakes import Killed, Life
from tests.support.automation_scenario import ADA, BY, AutomationScenario
from tests.support.examples import NOON_TEXT, a_contact_list, a_message, a_request

LATER = "2026-11-23T13:00:00.000Z"
ORDER = """
name: Order confirmation
trigger: {type: event, event: order_placed}
enrollment: every_event
steps:
  - {id: confirm, type: send_email, email: 1001}
  - {id: ten_days, type: wait, time: 10d}
  - {id: review, type: send_email, email: 1002}
"""
OFFER = """
name: Offer
trigger: {type: event, event: offer_made}
enrollment: %s
goal: {event: bought}
steps:
  - {id: three_days, type: wait, time: 3d}
  - {id: remind, type: send_email, email: 1001}
"""


@pytest.fixture
def scenario() -> Iterator[AutomationScenario]:
    """Whatever a run notes, the console has it in Italian."""
    scenario = AutomationScenario()
    yield scenario
    notes = {record.note for run in scenario.runs.stored.values() for record in run.history}
    assert {note for note in notes if error_words.message_of(note, "it", "UTC") == note} == set()


def test_an_event_sends_now_and_after_the_wait(scenario: AutomationScenario) -> None:
    scenario.publish(ORDER)
    scenario.happen("order_placed", total=38)
    assert [message.email_id for message in scenario.sent()] == [1001]
    assert scenario.run().due_at == timestamps.iso(scenario.clock() + 10 * 86_400)
    scenario.pass_time(days=10, minutes=1)
    assert [message.email_id for message in scenario.sent()] == [1001, 1002]
    assert scenario.run().status is RunStatus.ENDED
    assert {message.accepted_by for message in scenario.sent()} == {f"{AUTOMATION}1"}


def test_the_events_properties_are_the_mails(scenario: AutomationScenario) -> None:
    scenario.publish(ORDER)
    scenario.happen("order_placed", total=38)
    assert [send.custom for send in scenario.accepting.queued()] == [{"total": 38}]


def test_the_same_event_happens_once(scenario: AutomationScenario) -> None:
    scenario.publish(ORDER)
    for uuid in ("u1", "u1", "u2"):
        scenario.happen("order_placed", uuid=uuid)
    assert len(scenario.sent()) == 2


def test_another_event_starts_nothing(scenario: AutomationScenario) -> None:
    scenario.publish(ORDER)
    scenario.happen("order_paid")
    assert not scenario.runs.stored


@pytest.mark.parametrize(("enrollment", "expected"), [("once", 1), ("again", 2)])
def test_a_contact_that_left_may_enter_again(scenario: AutomationScenario, enrollment: str, expected: int) -> None:
    scenario.publish(OFFER % enrollment)
    for _ in range(2):
        scenario.happen("offer_made")
        scenario.happen("offer_made", uuid="while inside")
        scenario.pass_time(days=4)
    assert len(scenario.sent()) == expected
    assert len(scenario.runs.of_contact(ADA)) == expected


def test_a_goal_ends_the_run_without_a_mail(scenario: AutomationScenario) -> None:
    scenario.publish(OFFER % "once")
    scenario.happen("offer_made")
    scenario.happen("bought")
    scenario.pass_time(days=4)
    assert not scenario.sent()
    assert scenario.notes()[-1] == "reached its goal: bought"


def test_who_is_inside_finishes_on_their_version(scenario: AutomationScenario) -> None:
    number = scenario.publish(ORDER)
    scenario.happen("order_placed", uuid="before")
    scenario.editor.update(number, ORDER.replace("10d", "1d").replace("1002", "1001"), BY)
    scenario.editor.publish(number, BY)
    scenario.clock.now += 10
    scenario.happen("order_placed", uuid="after")
    scenario.pass_time(days=11)
    assert [message.email_id for message in scenario.sent()] == [1001, 1001, 1001, 1002]
    assert {run.version for run in scenario.runs.of_contact(ADA)} == {1, 2}


def test_no_contact_enters_a_paused_automation(scenario: AutomationScenario) -> None:
    number = scenario.publish(ORDER)
    scenario.happen("order_placed", uuid="inside")
    scenario.editor.pause(number, BY)
    scenario.clock.now += 10
    scenario.happen("order_placed", uuid="outside")
    scenario.pass_time(days=11)
    assert [message.email_id for message in scenario.sent()] == [1001, 1002]


def test_automations_that_start_each_other_end(scenario: AutomationScenario) -> None:
    """Each round has another mail."""
    head = "enrollment: every_event\nsteps:\n  - {id: mail, type: send_email, email: 1001}"
    one = scenario.publish(f"name: One\ntrigger: {{type: event, event: go}}\n{head}")
    two = scenario.publish(
        f"name: Two\ntrigger: {{type: event, event: never}}\n{head}\n  - {{id: go, type: start_automation, automation: {one}}}"
    )
    again = f"  - {{id: go, type: start_automation, automation: {two}}}"
    scenario.editor.update(one, f"name: One\ntrigger: {{type: event, event: go}}\n{head}\n{again}", BY)
    scenario.editor.publish(one, BY)
    scenario.clock.now += 10
    scenario.queue.put([EventHappened(id="first", name="go", contact=ADA, at=LATER)])
    for _ in range(4 * ENTRIES_PER_DAY):
        for job in scenario.queue.take():
            scenario.do(job)
    assert len(scenario.sent()) == 1 + 2 * ENTRIES_PER_DAY
    assert scenario.counts.get(two)[REFUSED] == 1


@pytest.mark.parametrize(
    ("trigger", "job"),
    [
        ("property_changed, property: city", lambda at: ContactChanged(id=at, contact=ADA, changed={"city": at})),
        ("list_joined, list: 1", lambda at: ListJoined(contact=ADA, list=1, at=at)),
        (
            "email, email: 1001, was: DELIVERED",
            lambda at: MailHappened(id=at, contact=ADA, email_id=1001, message=at, was=Engagement.DELIVERED),
        ),
    ],
)
@pytest.mark.parametrize("enrollment", ["again", "every_event"])
def test_other_causes_start_thirty_runs_a_day(
    scenario: AutomationScenario, enrollment: str, trigger: str, job: Callable[[str], Job]
) -> None:
    scenario.lists.create(a_contact_list("Customers"))
    number = scenario.publish(
        f"name: Loop\ntrigger: {{type: {trigger}}}\nenrollment: {enrollment}\n"
        "steps: [{id: mail, type: send_email, email: 1001}]"
    )
    for _ in range(ENTRIES_PER_DAY + 10):
        scenario.clock.now += 1
        scenario.do(job(timestamps.iso(scenario.clock())))
    assert (len(scenario.sent()), scenario.counts.get(number)[REFUSED]) == (ENTRIES_PER_DAY, 10)
    scenario.clock.now += 86_400
    scenario.do(job(timestamps.iso(scenario.clock())))
    assert len(scenario.sent()) == ENTRIES_PER_DAY + 1


def test_events_start_any_number_of_runs(scenario: AutomationScenario) -> None:
    scenario.publish(ORDER)
    for number in range(ENTRIES_PER_DAY + 10):
        scenario.happen("order_placed", uuid=str(number))
    assert len(scenario.sent()) == ENTRIES_PER_DAY + 10


def test_a_condition_decides_who_enters(scenario: AutomationScenario) -> None:
    scenario.publish(ORDER.replace("steps:", "when: {event: total, operator: GTE, value: 100}\nsteps:"))
    scenario.happen("order_placed", total=99)
    scenario.happen("order_placed", contact="bob@example.net", total="100")
    assert [message.address for message in scenario.sent()] == ["bob@example.net"]


def test_a_refused_mail_does_not_stop_the_run(scenario: AutomationScenario) -> None:
    scenario.publish(ORDER)
    del scenario.accepting.emails.live[1001]
    scenario.happen("order_placed")
    assert scenario.run().is_active
    assert "email 1001 not sent: there is no email 1001" in scenario.notes()


def test_a_contact_changes_and_joins(scenario: AutomationScenario) -> None:
    scenario.lists.create(a_contact_list("Customers"))
    scenario.publish(
        """
        name: Tidy
        trigger: {type: event, event: order_placed}
        steps:
          - {id: city, type: set_property, property: city, value: Rome}
          - {id: join, type: add_to_list, list: 1}
          - id: which
            type: branch
            cases: [{when: {property: city, operator: EQ, value: Rome}, next: mail}]
            next: end
          - {id: mail, type: send_email, email: 1001}
        """
    )
    scenario.happen("order_placed")
    contact = scenario.contacts.get(ADA)
    assert contact
    assert contact.values["city"] == "Rome"
    assert list(scenario.lists.members) == [(1, ADA)]
    assert len(scenario.sent()) == 1


def test_an_automation_starts_another(scenario: AutomationScenario) -> None:
    second = scenario.publish(ORDER)
    scenario.publish(
        f"name: First\ntrigger: {{type: event, event: first}}\nsteps: [{{id: go, type: start_automation, automation: {second}}}]"
    )
    scenario.happen("first", total=5)
    assert [send.custom for send in scenario.accepting.queued()] == [{"total": 5}]


def test_a_webhook_gets_the_run(scenario: AutomationScenario) -> None:
    created = scenario.editor.create(
        "name: Hook\ntrigger: {type: event, event: a}\nsteps: [{id: go, type: call_webhook, endpoint: we}]", BY
    )
    checked = scenario.editor.check(scenario.editor.draft(created.id))
    assert [error.field for error in checked.errors] == ["steps[0].endpoint"]


@pytest.mark.parametrize(
    ("kind", "value", "stored"), [("bool", "true", "true"), ("number", "7", "7"), ("date", "2026-01-31", "2026-01-31")]
)
def test_a_value_of_any_type_starts_a_run(scenario: AutomationScenario, kind: str, value: str, stored: str) -> None:
    type_ = PropertyType(kind)
    scenario.properties.create(
        PropertyDefinition(name="vip", label="VIP", type=type_, field_type=FIELD_TYPES[type_][0]), BY
    )
    scenario.publish(
        ORDER.replace("type: event, event: order_placed", f"type: property_changed, property: vip, value: {value}")
    )
    before = scenario.contacts.upsert(ADA, {}, "2026-11-23T12:00:00.000Z")
    after = scenario.contacts.upsert(ADA, {"vip": stored}, "2026-11-23T12:00:01.000Z")
    assert scenario.observe.contacts([(before, after)]) == 1
    scenario.work()
    assert len(scenario.sent()) == 1


def test_a_changed_property_starts_a_run(scenario: AutomationScenario) -> None:
    scenario.publish(
        ORDER.replace("type: event, event: order_placed", "type: property_changed, property: plan, value: pro").replace(
            "plan", "city"
        )
    )
    before = scenario.contacts.upsert(ADA, {"city": "Rome"}, "2026-11-23T12:00:00.000Z")
    after = scenario.contacts.upsert(ADA, {"city": "pro"}, "2026-11-23T12:00:01.000Z")
    assert scenario.observe.contacts([(before, before), (before, after)]) == 1
    scenario.work()
    assert len(scenario.sent()) == 1


def test_a_new_contact_starts_a_run(scenario: AutomationScenario) -> None:
    scenario.publish(
        ORDER.replace("type: event, event: order_placed", "type: contact_created").replace("every_event", "once")
    )
    created = scenario.contacts.upsert(ADA, {}, "2026-11-23T12:00:00.000Z")
    scenario.observe.contacts([(None, created), (created, created)])
    scenario.work()
    assert len(scenario.sent()) == 1


def test_joining_a_list_starts_a_run(scenario: AutomationScenario) -> None:
    scenario.lists.create(a_contact_list("Customers"))
    scenario.publish(ORDER.replace("type: event, event: order_placed", "type: list_joined, list: 1"))
    joined = [Membership(1, ADA, "2026-11-23T12:00:00.000Z"), Membership(2, ADA, "2026-11-23T12:00:00.000Z")]
    assert scenario.observe.members(joined) == 1
    scenario.do(ListJoined(contact=ADA, list=1, at="2026-11-23T12:00:00.000Z"))
    assert len(scenario.sent()) == 1


@pytest.mark.parametrize(
    "trigger", ["contact_created", "property_changed, property: city", "property_changed, property: city, value: Rome"]
)
@pytest.mark.parametrize("stored", [{}, {"firstname": "Ada"}])
def test_another_address_of_a_person_starts_nothing(
    scenario: AutomationScenario, trigger: str, stored: dict[str, str]
) -> None:
    """The person did nothing: their contact moved, or was merged."""
    scenario.publish(
        ORDER.replace("type: event, event: order_placed", f"type: {trigger}").replace("every_event", "once")
    )
    old = scenario.contacts.upsert(ADA, {"city": "Rome"}, "2026-11-23T12:00:00.000Z")
    before = scenario.contacts.upsert("ada@new.example", stored, "2026-11-23T12:00:00.000Z") if stored else None
    after = scenario.contacts.edit("ada@new.example", LATER, methodcaller("succeeding", old))
    scenario.observe.contacts([(before, after)])
    scenario.work()
    assert not scenario.sent()


def test_a_moved_contacts_date_counts_at_its_new_address(scenario: AutomationScenario) -> None:
    scenario.publish(BIRTHDAY)
    old = scenario.contacts.upsert(ADA, {"birthday": "1990-12-24"}, "2026-11-23T12:00:00.000Z")
    after = scenario.contacts.edit("ada@new.example", LATER, methodcaller("succeeding", old))
    scenario.contacts.edit(ADA, LATER, methodcaller("merged_with", "ada@new.example", LATER))
    scenario.observe.contacts([(None, after)])
    scenario.work()
    scenario.pass_time(days=60)
    assert [message.address for message in scenario.sent()] == ["ada@new.example"]


NEW = "ada@new.example"


def move(scenario: AutomationScenario, old: str = ADA, new: str = NEW) -> None:
    """As a change of the address does. The stream brings its last change twice."""
    before = scenario.contacts.edit(old, LATER, lambda contact: contact)
    scenario.contacts.edit(new, LATER, methodcaller("succeeding", before))
    after = scenario.contacts.edit(old, LATER, methodcaller("merged_with", new, LATER))
    for _ in range(2):
        scenario.observe.contacts([(before, after)])
    scenario.work()


@pytest.mark.parametrize("enrollment", ["every_event", "once", "again"])
def test_a_run_goes_on_at_the_present_address(scenario: AutomationScenario, enrollment: str) -> None:
    scenario.publish(ORDER.replace("every_event", enrollment))
    scenario.do(EventHappened(id="o1", name="order_placed", contact=ADA, at=LATER))
    move(scenario)
    scenario.pass_time(days=11)
    assert [message.address for message in scenario.sent()] == [ADA, NEW]
    assert scenario.notes()[-1] == f"goes on at the contact's present address, {NEW}"
    assert [run.is_active for run in scenario.runs.stored.values()] == [False, False]


def test_a_run_comes_back_with_its_contact(scenario: AutomationScenario) -> None:
    scenario.publish(ORDER)
    scenario.do(EventHappened(id="o1", name="order_placed", contact=ADA, at=LATER))
    move(scenario)
    move(scenario, NEW, ADA)
    scenario.pass_time(days=11)
    assert [message.address for message in scenario.sent()] == [ADA, ADA]


def test_a_moved_contact_does_not_enter_once_more(scenario: AutomationScenario) -> None:
    scenario.publish(ORDER.replace("every_event", "once"))
    scenario.do(EventHappened(id="o1", name="order_placed", contact=ADA, at=LATER))
    scenario.pass_time(days=11)
    move(scenario)
    scenario.do(EventHappened(id="o2", name="order_placed", contact=NEW, at=LATER))
    scenario.pass_time(days=11)
    assert len(scenario.sent()) == 2


def test_a_moved_run_waits_for_its_earlier_mail(scenario: AutomationScenario) -> None:
    scenario.publish(ORDER.replace("type: wait, time: 10d", "type: wait_for, step: confirm, was: OPENED, at_most: 10d"))
    scenario.do(EventHappened(id="o1", name="order_placed", contact=ADA, at=LATER))
    (first,) = scenario.sent()
    move(scenario)
    opened = MailHappened(
        id="m", contact=ADA, email_id=1001, message=first.key.send_id, automated=True, was=Engagement.OPENED
    )
    scenario.do(opened)
    assert [message.address for message in scenario.sent()] == [ADA, NEW]


def test_an_event_reaches_every_run_page_by_page(scenario: AutomationScenario, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(automate, "PAGE", 2)
    scenario.publish(ORDER.replace("type: wait, time: 10d", "type: wait_for, event: paid, at_most: 10d"))
    for number in range(7):
        scenario.do(EventHappened(id=f"o{number}", name="order_placed", contact=ADA, at=LATER))
    move(scenario)
    scenario.happen("paid", NEW)
    assert [message.address for message in scenario.sent()] == [ADA] * 7 + [NEW] * 7


def test_the_event_that_starts_a_run_ends_no_wait(scenario: AutomationScenario) -> None:
    """Its job may come twice, and a contact with many runs has it page by page."""
    scenario.publish(ORDER.replace("type: wait, time: 10d", "type: wait_for, event: order_placed, at_most: 10d"))
    for _ in range(2):
        scenario.happen("order_placed", uuid="o1")
    assert len(scenario.sent()) == 1
    scenario.happen("order_placed", uuid="o2")
    assert len(scenario.sent()) == 3


def test_a_place_in_a_list_that_moved_starts_nothing(scenario: AutomationScenario) -> None:
    scenario.lists.create(a_contact_list("Customers"))
    scenario.publish(ORDER.replace("type: event, event: order_placed", "type: list_joined, list: 1"))
    assert scenario.observe.members([Membership(1, ADA, LATER, moved=True)]) == 0


def test_an_event_of_the_bus_starts_a_run(scenario: AutomationScenario) -> None:
    scenario.publish(
        ORDER.replace("type: event, event: order_placed", "type: event_bus, source: shop, detail_type: Order")
    )
    event: dict[str, Any] = {"id": "e1", "source": "shop", "detail-type": "Order", "detail": {"email": ADA, "total": 7}}
    for other in (event, event, event | {"source": "till"}, event | {"detail": {"email": "nobody"}}):
        scenario.do(BusEventHappened(event=other))
    assert [send.custom for send in scenario.accepting.queued()] == [{"email": ADA, "total": 7}]


def test_an_event_of_the_bus_may_name_its_person(scenario: AutomationScenario) -> None:
    """The person is the one of the address."""
    scenario.publish(
        ORDER.replace("type: event, event: order_placed", "type: event_bus, source: shop, detail_type: Order")
    )
    detail = {"email": f"Ada Lovelace <{ADA.upper()}> "}
    scenario.do(BusEventHappened(event={"id": "e1", "source": "shop", "detail-type": "Order", "detail": detail}))
    assert [message.address for message in scenario.sent()] == [ADA]
    assert scenario.run(ADA).contact == ADA


@pytest.mark.parametrize(("size", "counts"), [(0, {"entered": 1}), (1, {"refused": 1})])
def test_a_large_event_of_the_bus_is_refused_and_counted(
    scenario: AutomationScenario, size: int, counts: dict[str, int]
) -> None:
    """A custom event of the same size is refused by the API."""
    published = scenario.publish(
        ORDER.replace("type: event, event: order_placed", "type: event_bus, source: shop, detail_type: Order")
    )
    detail = {"email": ADA, "note": ""}
    detail["note"] = "x" * (PROPERTIES_OCTETS_MAX - octets(detail) + size)
    event = {"id": "e1", "source": "shop", "detail-type": "Order", "detail": detail}
    scenario.do(BusEventHappened(event=event))
    assert {name: scenario.counts.get(published)[name] for name in counts} == counts


def test_an_event_from_before_an_erasure_starts_no_run(scenario: AutomationScenario) -> None:
    """Its job may have waited among the dead letters."""
    scenario.publish(ORDER)
    scenario.contacts.erase(ADA, LATER)
    scenario.do(EventHappened(id="o1", name="order_placed", contact=ADA, at=LATER))
    assert scenario.runs.of_contact(ADA) == []
    scenario.pass_time(days=1)
    scenario.happen("order_placed")
    assert len(scenario.sent()) == 1, "who comes back is a customer again"


ON_BUS = "event_bus, source: shop, detail_type: Order"
A_BUS_EVENT = {"id": "e1", "source": "shop", "detail-type": "Order", "detail": {"email": ADA}}
A_MAIL_EVENT = MailHappened(id="m", contact=ADA, email_id=1002, message="status", at=LATER, was=Engagement.OPENED)


@pytest.mark.parametrize(
    ("trigger", "job"),
    [
        ("list_joined, list: 1", ListJoined(contact=ADA, list=1, at=LATER)),
        ("property_changed, property: city", ContactChanged(id="c", contact=ADA, changed={"city": "Rome"}, at=LATER)),
        ("date, property: birthday", ContactChanged(id="c", contact=ADA, changed={"birthday": "2026-12-24"}, at=LATER)),
        ("email, email: 1002, was: OPENED", A_MAIL_EVENT),
        (ON_BUS, BusEventHappened(event={**A_BUS_EVENT, "time": "2026-11-23T13:00:00Z"})),
        ("event, event: none", Entry(id="e", automation=1, contact=ADA, at=LATER)),
    ],
    ids=["list", "property", "date", "mail", "bus", "entry"],
)
def test_no_job_from_before_an_erasure_starts_a_run(scenario: AutomationScenario, trigger: str, job: Job) -> None:
    scenario.lists.create(a_contact_list("Clients"))
    scenario.publish(ORDER.replace("type: event, event: order_placed", f"type: {trigger}"))
    scenario.contacts.erase(ADA, LATER)
    scenario.do(job)
    assert scenario.runs.of_contact(ADA) == []


def test_each_observed_job_has_the_time_of_its_cause(scenario: AutomationScenario) -> None:
    scenario.publish(ORDER.replace("event, event: order_placed", "property_changed, property: city"))
    scenario.publish(ORDER.replace("event, event: order_placed", "email, email: 1002, was: NOT_SENT"))
    after = Contact(email=ADA, created_at=NOON_TEXT, version=2).with_values({"city": "Rome"}, LATER)
    scenario.observe.contacts([(Contact(email=ADA, created_at=NOON_TEXT, version=1), after)])
    accepted = replace(a_message(email_id=1002), address=ADA, accepted_at=LATER)
    scenario.observe.messages([(accepted, replace(accepted, state=State.REFUSED, settled_at=LATER))])
    assert [getattr(job, "at", "") for job in scenario.queue.take()] == [LATER, LATER]


def test_what_happens_to_a_mail_starts_a_run(scenario: AutomationScenario) -> None:
    scenario.publish(ORDER.replace("type: event, event: order_placed", "type: email, email: 1002, was: CLICKED"))
    happened = MailHappened(id="m1", contact=ADA, email_id=1002, message="status", was=Engagement.CLICKED)
    scenario.do(happened)
    scenario.do(replace(happened, id="m2", was=Engagement.OPENED))
    assert len(scenario.sent()) == 1


def test_a_wait_may_outlast_its_mails_message(scenario: AutomationScenario) -> None:
    """The message expires before the step that reads what happened to it."""
    steps = ORDER.replace("time: 10d", "time: 400d").replace(
        "  - {id: review",
        "  - {id: ask, type: branch, cases: [{when: {step: confirm, was: CLICKED}, next: review}], next: end}\n  - {id: review",
    )
    scenario.publish(steps)
    scenario.happen("order_placed")
    (first,) = scenario.sent()
    sent = replace(first, state=State.SENT, settled_at=LATER)
    clicked = TimelineEvent(
        type=TimelineEventType.CLICKED, at=LATER, dedup_key="1", details={"link": "https://a.example"}
    )
    scenario.observe.messages([(sent, replace(sent, timeline={clicked.key: clicked.to_item()}))])
    scenario.work()
    del scenario.accepting.sends.stored[first.key]
    scenario.pass_time(days=401)
    assert [message.email_id for message in scenario.sent()] == [1002]


def test_an_unopened_mail_starts_a_run(scenario: AutomationScenario) -> None:
    scenario.publish(
        ORDER.replace("type: event, event: order_placed", "type: email_not_opened, email: 1002, within: 2d")
    )
    scenario.do(MailHappened(id="m1", contact=ADA, email_id=1002, message="status"))
    assert not scenario.sent()
    scenario.pass_time(days=2, minutes=1)
    assert [message.email_id for message in scenario.sent()] == [1001]


def test_no_contact_enters_a_paused_automation_by_its_silence(scenario: AutomationScenario) -> None:
    trigger = "type: email_not_opened, email: 1002, within: 2d"
    number = scenario.publish(ORDER.replace("type: event, event: order_placed", trigger))
    scenario.do(MailHappened(id="m1", contact=ADA, email_id=1002, message="status"))
    scenario.editor.pause(number, BY)
    scenario.pass_time(days=2, minutes=1)
    assert (scenario.sent(), scenario.notes()) == ([], ["did not enter: the automation was paused"])


def test_a_stored_message_becomes_a_job(scenario: AutomationScenario) -> None:
    scenario.publish(ORDER.replace("type: event, event: order_placed", "type: email_not_opened, email: 7, within: 2d"))
    message = scenario.accepting.accept(a_request()).message
    sent = replace(message, state=State.SENT, settled_at=message.accepted_at)
    assert scenario.observe.messages([(message, sent), (sent, sent)]) == 1


BIRTHDAY = "name: Birthday\ntrigger: {type: date, property: birthday, yearly: true}\nsteps: [{id: mail, type: send_email, email: 1001}]"


def test_a_birthday_comes_each_year(scenario: AutomationScenario) -> None:
    scenario.publish(BIRTHDAY)
    created = scenario.contacts.upsert(ADA, {"birthday": "1990-12-24"}, "2026-11-23T12:00:00.000Z")
    scenario.observe.contacts([(None, created)])
    scenario.work()
    scenario.pass_time(days=800)
    assert [message.accepted_at[:13] for message in scenario.sent()] == [
        "2026-12-24T09",
        "2027-12-24T09",
        "2028-12-24T09",
    ]


def test_publishing_finds_the_contacts_that_have_the_date(scenario: AutomationScenario) -> None:
    for name in range(150):
        scenario.contacts.upsert(f"c{name}@example.net", {"birthday": "1990-12-24"}, "2026-11-23T12:00:00.000Z")
    scenario.publish(BIRTHDAY)
    scenario.work()
    assert len(scenario.runs.stored) == 150


def test_a_workers_list_hides_no_new_automation(scenario: AutomationScenario) -> None:
    scenario.contacts.upsert(ADA, {"birthday": "1990-12-24"}, "2026-11-23T12:00:00.000Z")
    assert scenario.catalog.all() == []
    created = scenario.editor.create(BIRTHDAY, BY)
    scenario.editor.publish(created.id, BY)
    scenario.work()
    assert len(scenario.runs.stored) == 1


GONE: dict[str, Callable[[Contact], Contact]] = {
    "archived": lambda contact: contact.archived(LATER),
    "merged": lambda contact: contact.merged_with("ada@new.example", LATER),
}


@pytest.mark.parametrize("gone", GONE.values(), ids=GONE)
def test_publishing_waits_for_no_contact_that_is_gone(
    scenario: AutomationScenario, gone: Callable[[Contact], Contact]
) -> None:
    scenario.contacts.upsert(ADA, {"birthday": "1990-12-24"}, "2026-11-23T12:00:00.000Z")
    scenario.contacts.edit(ADA, LATER, gone)
    scenario.publish(BIRTHDAY)
    scenario.work()
    assert not scenario.runs.stored


@pytest.mark.parametrize("gone", GONE.values(), ids=GONE)
def test_a_contact_that_is_gone_enters_on_no_date(
    scenario: AutomationScenario, gone: Callable[[Contact], Contact]
) -> None:
    """A person whose address changed would get the mail at both addresses."""
    scenario.publish(BIRTHDAY)
    created = scenario.contacts.upsert(ADA, {"birthday": "1990-12-24"}, "2026-11-23T12:00:00.000Z")
    scenario.observe.contacts([(None, created)])
    scenario.work()
    scenario.contacts.edit(ADA, LATER, gone)
    scenario.pass_time(days=60)
    assert not scenario.sent()
    assert scenario.notes() == ["did not enter: the contact was archived or merged"]


def test_no_contact_enters_a_paused_automation_on_its_date(scenario: AutomationScenario) -> None:
    number = scenario.publish(BIRTHDAY)
    created = scenario.contacts.upsert(ADA, {"birthday": "1990-12-24"}, "2026-11-23T12:00:00.000Z")
    scenario.observe.contacts([(None, created)])
    scenario.work()
    scenario.editor.pause(number, BY)
    scenario.pass_time(days=60)
    assert not scenario.sent()
    assert "did not enter: the automation was paused" in scenario.notes()
    scenario.editor.resume(number, BY)
    scenario.pass_time(days=365)
    assert [message.accepted_at[:10] for message in scenario.sent()] == ["2027-12-24"]


def test_a_date_that_changed_is_not_celebrated(scenario: AutomationScenario) -> None:
    scenario.publish(BIRTHDAY.replace("yearly: true", "yearly: false").replace("birthday,", "birthday, offset: -1d,"))
    created = scenario.contacts.upsert(ADA, {"birthday": "2026-12-24"}, "2026-11-23T12:00:00.000Z")
    scenario.observe.contacts([(None, created)])
    scenario.work()
    scenario.contacts.upsert(ADA, {"birthday": "2026-12-30"}, "2026-11-24T12:00:00.000Z")
    scenario.pass_time(days=60)
    assert not scenario.sent()
    assert scenario.notes() == ["did not enter: the date is another by now"]


def test_all_runs_of_an_automation_are_stopped(scenario: AutomationScenario) -> None:
    number = scenario.publish(ORDER)
    for name in range(250):
        scenario.happen("order_placed", contact=f"c{name}@example.net")
    scenario.editor.stop_runs(number, BY)
    scenario.work()
    assert {run.status for run in scenario.runs.stored.values()} == {RunStatus.STOPPED}
    assert scenario.counts.get(number) == {"entered": 250, "confirm": 250, "stopped": 250}


@pytest.mark.parametrize("enrollment", ["every_event", "again"])
def test_the_runs_of_a_deleted_automation_are_stopped(scenario: AutomationScenario, enrollment: str) -> None:
    """It may be deleted before the worker comes to its runs, which has not read its definition before."""
    number = scenario.publish(ORDER.replace("every_event", enrollment))
    for contact in (ADA, "bob@example.net"):
        scenario.happen("order_placed", contact=contact)
    scenario.editor.stop_runs(number, BY)
    scenario.editor.delete(number, BY)
    scenario.catalog._definitions.clear()
    scenario.work()
    assert {run.status for run in scenario.runs.stored.values()} == {RunStatus.STOPPED}


def test_one_run_is_stopped(scenario: AutomationScenario) -> None:
    scenario.publish(ORDER)
    scenario.happen("order_placed")
    stopped = scenario.reader.stop(ADA.upper(), scenario.run().id, BY)
    assert (stopped.status, stopped.history[-1].note) == (RunStatus.STOPPED, "stopped by owner@example.com")


def test_a_late_run_is_counted_and_queued_at_each_sweep(scenario: AutomationScenario) -> None:
    scenario.publish(ORDER)
    scenario.happen("order_placed")
    scenario.sweep()
    scenario.clock.now += 10 * 86_400 + 1000
    assert [(swept.queued, swept.late) for swept in (scenario.sweep(), scenario.sweep())] == [(1, 1), (1, 1)]


def test_a_waiting_run_is_queued_once(scenario: AutomationScenario) -> None:
    scenario.publish(ORDER)
    scenario.happen("order_placed")
    scenario.sweep()
    scenario.clock.now += 10 * 86_400 - 700
    assert [scenario.sweep().queued for _ in range(3)] == [1, 0, 0]


def dies_at_each_call(
    job_of: Callable[[AutomationScenario], Any], text: str, *, after: bool
) -> list[AutomationScenario]:
    """Runs the job with a worker that dies at each of its calls, and then again with one that lives."""
    worlds: list[AutomationScenario] = []
    for calls in range(40):
        world = AutomationScenario()
        world.publish(text)
        job = job_of(world)
        life = Life(calls, after=after)
        try:
            world.do(job, life)
        except Killed:
            world.do(job)
        worlds.append(world)
        if life.calls >= 0:
            return worlds
    raise AssertionError("the worker had more than 40 calls")


@pytest.mark.parametrize("after", [False, True])
def test_a_worker_that_dies_while_entering_sends_once(*, after: bool) -> None:
    event = EventHappened(id="u1", name="order_placed", contact=ADA, at="2026-11-23T12:00:00.000Z")
    for world in dies_at_each_call(lambda _: event, ORDER, after=after):
        world.work()
        world.pass_time(days=11)
        assert [message.email_id for message in world.sent()] == [1001, 1002]
        assert world.run().status is RunStatus.ENDED


@pytest.mark.parametrize("after", [False, True])
def test_a_worker_that_dies_after_the_wait_sends_once(*, after: bool) -> None:
    def waited(world: AutomationScenario) -> Any:
        world.happen("order_placed", uuid="u1")
        world.clock.now += 10 * 86_400
        world.sweep()
        (_, job) = world.queue.waiting.pop()
        return job

    for world in dies_at_each_call(waited, ORDER, after=after):
        world.work()
        assert [message.email_id for message in world.sent()] == [1001, 1002]
        assert world.run().status is RunStatus.ENDED


def test_two_workers_with_one_run_send_once(scenario: AutomationScenario) -> None:
    scenario.publish(ORDER)
    scenario.happen("order_placed")
    run, (key,) = scenario.run(), scenario.runs.stored
    scenario.clock.now += 10 * 86_400
    scenario.sweep()
    (_, job) = scenario.queue.waiting[-1]
    scenario.do(job)
    scenario.runs.stored[key], stored = run, scenario.runs.stored[key]
    read = scenario.runs.get
    scenario.runs.get = lambda *_: run  # type: ignore[method-assign]  # the other worker read before the first one wrote
    scenario.runs.stored[key] = stored
    with pytest.raises(Retry):
        scenario.do(job)
    scenario.runs.get = read  # type: ignore[method-assign]  # the test's own
    assert [message.email_id for message in scenario.sent()] == [1001, 1002]


def test_an_entry_into_a_deleted_automation_is_nothing(scenario: AutomationScenario) -> None:
    scenario.do(Entry(id="e", automation=9, contact=ADA))
    assert not scenario.runs.stored


def test_an_automation_after_a_deleted_one_has_its_own_runs(scenario: AutomationScenario) -> None:
    """A reused id would make the contact's old run count as a run of the new automation."""
    first = scenario.publish(OFFER % "once")
    scenario.happen("offer_made")
    scenario.editor.pause(first, BY)
    scenario.editor.delete(first, BY)
    scenario.publish(OFFER % "once")
    scenario.happen("offer_made")
    assert len(scenario.runs.of_contact(ADA)) == 2


def test_runs_that_reach_their_goal_are_counted(scenario: AutomationScenario) -> None:
    number = scenario.publish(OFFER % "once")
    for person in (ADA, "bob@example.net"):
        scenario.happen("offer_made", person)
    scenario.happen("bought")
    scenario.pass_time(days=4)
    counts = scenario.counts.get(number)
    assert (counts["entered"], counts["ended"], counts["goal"]) == (2, 2, 1)


@pytest.mark.parametrize("name", ["createdate", "lastmodifieddate", "hs_object_id", "email"])
def test_a_condition_reads_what_is_computed_of_a_contact(scenario: AutomationScenario, name: str) -> None:
    case = f"{{when: {{property: {name}, operator: HAS_PROPERTY}}, next: end}}"
    scenario.contacts.upsert(ADA, {}, NOON_TEXT)
    scenario.publish(
        f"{{name: A, trigger: {{type: event, event: a}}, steps: [{{id: a, type: branch, cases: [{case}]}}]}}"
    )
    scenario.happen("a")
    assert "went on with case 1" in scenario.notes()


def test_a_published_step_sets_no_email(scenario: AutomationScenario) -> None:
    """Automations were published with this step, before the check refused it."""
    text = (
        "{name: A, trigger: {type: event, event: a}, steps: [{id: a, type: set_property, property: %s, value: b@c.de}]}"
    )
    number = scenario.publish(text % "city")
    version = scenario.automations.published[number, 1]
    scenario.automations.published[number, 1] = replace(version, text=text % "email")
    scenario.catalog.refresh()
    scenario.happen("a")
    assert "email cannot be set" in scenario.notes()
    assert not scenario.contacts.get(ADA)
