"""The words of the form of an automation, and what its fields can choose: by the names that people gave."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from zoneinfo import available_timezones

from msgspec import Struct

from functions import wiring
from functions.core.automations.automation import Automation
from functions.core.automations.definition import END, Engagement, Enrollment, EventTrigger, Weekday
from functions.core.automations.form.automation_form import AutomationForm
from functions.core.automations.form.condition_fields import EVENT, MAIL, PROPERTY, WAS
from functions.core.contacts.filters import Operator
from functions.core.contacts.property_definitions import PropertyDefinition, PropertyType
from functions.core.emails.email import AUTOMATION, Email, Subcategory
from functions.i18n.marks import N_
from functions.pages.contacts.property_words import label_of
from functions.pages.visit import PageVisit

Options = Sequence[tuple[str, str]]
TRIGGERS: Mapping[str, str] = {
    "list_joined": N_("A contact joins a list"),
    "contact_created": N_("A contact is created"),
    "property_changed": N_("A property of a contact changes"),
    "date": N_("A date of a contact comes"),
    "email": N_("Something happens to an email"),
    "email_not_opened": N_("An email is not opened"),
    "event": N_("Your shop or app reports an event"),
    "event_bus": N_("An event comes on EventBridge"),
}
STEPS: Mapping[str, str] = {
    "send_email": N_("Send an email"),
    "wait": N_("Wait a while"),
    "wait_until": N_("Wait until a time of day"),
    "wait_for": N_("Wait for something to happen"),
    "branch": N_("If …, else …"),
    "split": N_("Split by chance"),
    "set_property": N_("Change a property"),
    "add_to_list": N_("Add to a list"),
    "remove_from_list": N_("Remove from a list"),
    "call_webhook": N_("Call a webhook"),
    "start_automation": N_("Start another automation"),
    "end": N_("End here"),
}
ENROLLMENTS: Mapping[str, tuple[str, str]] = {
    Enrollment.ONCE: (N_("Once"), N_("Each contact enters a single time.")),
    Enrollment.AGAIN: (N_("Again, after they left"), N_("Not while they are still inside.")),
    Enrollment.EVERY_EVENT: (N_("Every time"), N_("Also while they are still inside.")),
}
UNITS: Mapping[str, str] = {"m": N_("minutes"), "h": N_("hours"), "d": N_("days"), "w": N_("weeks")}
SIDES: Mapping[str, str] = {"on": N_("On the day"), "before": N_("Before it"), "after": N_("After it")}
HAPPENED: Mapping[str, str] = {
    Engagement.OPENED: N_("was opened"),
    Engagement.CLICKED: N_("was clicked"),
    Engagement.DELIVERED: N_("was delivered"),
    Engagement.BOUNCED: N_("bounced"),
    Engagement.NOT_SENT: N_("was not sent"),
}
OPERATORS: Mapping[str, str] = {
    Operator.EQ: N_("is"),
    Operator.NEQ: N_("is not"),
    Operator.CONTAINS_TOKEN: N_("contains"),
    Operator.NOT_CONTAINS_TOKEN: N_("does not contain"),
    Operator.GT: N_("is more than"),
    Operator.GTE: N_("is at least"),
    Operator.LT: N_("is less than"),
    Operator.LTE: N_("is at most"),
    Operator.BETWEEN: N_("is between"),
    Operator.IN: N_("is one of"),
    Operator.NOT_IN: N_("is not one of"),
    Operator.HAS_PROPERTY: N_("has a value"),
    Operator.NOT_HAS_PROPERTY: N_("has no value"),
}
JOINERS: Mapping[str, str] = {
    "all": N_("All of these are true"),
    "any": N_("At least one of these is true"),
    "none": N_("None of these is true"),
}
WEEKDAYS: Mapping[str, str] = {
    Weekday.MONDAY: N_("Monday"),
    Weekday.TUESDAY: N_("Tuesday"),
    Weekday.WEDNESDAY: N_("Wednesday"),
    Weekday.THURSDAY: N_("Thursday"),
    Weekday.FRIDAY: N_("Friday"),
    Weekday.SATURDAY: N_("Saturday"),
    Weekday.SUNDAY: N_("Sunday"),
}
_DATES = {PropertyType.DATE, PropertyType.DATETIME}


class Choices(Struct, frozen=True, kw_only=True):
    """What the fields can choose: values with their names."""

    emails: Options  # that an automation may send
    any_emails: Options
    lists: Options
    fixed_lists: Options  # that contacts can be added to
    settable: Options
    dates: Options
    endpoints: Options
    automations: Options
    events: Sequence[str]  # names that automations wait for already
    zones: Sequence[str]
    definitions: Mapping[str, PropertyDefinition]
    mails: Options  # the steps that send an email, by their keys
    subjects: Sequence[tuple[str, Options]]  # of a condition, in groups
    entry_subjects: Sequence[tuple[str, Options]]  # of one about who enters: no email was sent yet
    comparisons: Sequence[tuple[str, Options]]


def translated(visit: PageVisit, words: Mapping[str, str]) -> Options:
    return [(str(code), visit.gettext(text)) for code, text in words.items()]


def choices_of(visit: PageVisit, form: AutomationForm, own: Automation | None) -> Choices:
    used = _values(form)
    emails = [
        one for one in wiring.get(wiring.adapters.emails.emails).all() if not one.archived_at or str(one.id) in used
    ]
    lists = wiring.get(wiring.contacts.list_editor).all()
    definitions = wiring.get(wiring.contacts.contact_properties).list()
    properties = definitions.values()
    automations = wiring.get(wiring.adapters.automations.automations).all()
    labels = _labels(visit, properties)
    mails = _mails(visit, form, {str(email.id): email.name for email in emails})
    return Choices(
        emails=_sorted((str(one.id), _email_label(visit, one)) for one in emails if one.subcategory in AUTOMATION),
        any_emails=_sorted(
            (str(one.id), _any_label(visit, one)) for one in emails if one.subcategory is not Subcategory.SMTP_TOKEN
        ),
        lists=_sorted((str(one.id), one.name) for one in lists),
        fixed_lists=_sorted((str(one.id), one.name) for one in lists if not one.is_dynamic),
        settable=_labels(visit, [one for one in properties if one.is_plain_value]),
        dates=_labels(visit, [one for one in properties if one.type in _DATES and one.is_plain_value]),
        endpoints=[(one.id, one.label) for one in wiring.get(wiring.adapters.webhooks.webhook_endpoints).all()],
        automations=_sorted((str(one.id), one.name) for one in automations if not own or one.id != own.id),
        events=_events(automations),
        zones=sorted(available_timezones()),
        definitions=definitions,
        mails=mails,
        subjects=_subjects(visit, labels, mails),
        entry_subjects=_subjects(visit, labels, ()),
        comparisons=[
            (visit.gettext("A property"), translated(visit, OPERATORS)),
            (visit.gettext("An email"), [(f"{WAS}{code}", text) for code, text in translated(visit, HAPPENED)]),
        ],
    )


def targets_of(visit: PageVisit, form: AutomationForm) -> Options:
    """Returns where a way can lead: the steps by their keys, and the end."""
    steps = [
        (step.key, visit.gettext("Step %(number)s: %(name)s", number=number, name=visit.gettext(STEPS[step.type])))
        for number, step in enumerate(form.steps(), 1)
    ]
    return [*steps, (END, visit.gettext("the end"))]


def _subjects(visit: PageVisit, properties: Options, mails: Options) -> Sequence[tuple[str, Options]]:
    groups = [
        (visit.gettext("Emails of this automation"), [(f"{MAIL}{key}", text) for key, text in mails]),
        (visit.gettext("The event that started it"), [(EVENT, visit.gettext("A value of the event"))]),
        (visit.gettext("The contact"), [(f"{PROPERTY}{name}", text) for name, text in properties]),
    ]
    return [group for group in groups if group[1]]


def _mails(visit: PageVisit, form: AutomationForm, names: Mapping[str, str]) -> Options:
    return [
        (
            step.key,
            visit.gettext(
                "Step %(number)s: %(email)s",
                number=number,
                email=names.get(step.fields.get("email", ""), visit.gettext("an email")),
            ),
        )
        for number, step in enumerate(form.steps(), 1)
        if step.type == "send_email"
    ]


def _values(form: AutomationForm) -> set[str]:
    """Returns the values of all fields: an archived email can only stay chosen."""
    fields = [form.fields, *(step.fields for step in form.steps())]
    return {value for values in fields for value in values.values()}


def _any_label(visit: PageVisit, email: Email) -> str:
    return visit.gettext("%(name)s (archived)", name=email.name) if email.archived_at else email.name


def _email_label(visit: PageVisit, email: Email) -> str:
    if email.archived_at:
        return _any_label(visit, email)
    if email.published_revision is None:
        return visit.gettext("%(name)s (not published)", name=email.name)
    return email.name


def _labels(visit: PageVisit, properties: Iterable[PropertyDefinition]) -> Options:
    return _sorted((one.name, label_of(visit, one)) for one in properties)


def _events(automations: Iterable[Automation]) -> Sequence[str]:
    started = {one.trigger.event for one in automations if isinstance(one.trigger, EventTrigger)}
    return sorted(started | {name for one in automations for name in one.awaited})


def _sorted(options: Iterable[tuple[str, str]]) -> Options:
    return sorted(options, key=lambda one: one[1].casefold())
