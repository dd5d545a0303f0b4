"""An automation in words for people: its trigger, its steps and its conditions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from gettext import NullTranslations
from typing import Any, TypeVar

from msgspec import Struct, field

from functions.core.automations import conditions
from functions.core.automations.checking import StageNames
from functions.core.automations.definition import (
    AddToList,
    AnyStep,
    Branch,
    BusTrigger,
    CallWebhook,
    Condition,
    ContactTrigger,
    DateTrigger,
    Definition,
    EmailTrigger,
    End,
    Engagement,
    EventTrigger,
    ListTrigger,
    NotOpenedTrigger,
    PropertyTrigger,
    RemoveFromList,
    SendEmail,
    SetProperty,
    Split,
    StartAutomation,
    Trigger,
    Wait,
    WaitFor,
    WaitUntil,
    Weekday,
)
from functions.core.contacts.filters import Operator

_Key = TypeVar("_Key", int, str)


class AutomationWords(Struct, frozen=True):
    """Writes in the language of a catalogue: in English without one, as the API does."""

    language: str = "en"
    catalog: NullTranslations = field(default_factory=NullTranslations)
    stage: StageNames | None = None  # without it, and for what it does not have, ids are written
    mails: Mapping[str, str] = field(default_factory=dict)  # names of the steps that send one, in place of their ids

    def gettext(self, text: str, **values: object) -> str:
        return self.catalog.gettext(text) % values if values else self.catalog.gettext(text)

    def of_beginning(self, definition: Definition) -> str:
        trigger = self.of_trigger(definition.trigger)
        return self.gettext("%(trigger)s, then %(step)s.", trigger=trigger, step=definition.steps[0].id)

    def of_trigger(self, trigger: Trigger) -> str:
        return _TRIGGERS[type(trigger)](self, trigger)

    def of_step(self, step: AnyStep) -> str:
        return _STEPS[type(step)](self, step)

    def of_ways(self, step: AnyStep) -> Sequence[str]:
        """Returns the label of each way out of a step, in the order of `Definition.targets`."""
        match step:
            case Branch(cases=cases):
                return [*(self.case(number) for number in range(1, len(cases) + 1)), self.gettext("otherwise")]
            case Split(shares=shares):
                return [f"{share.percent} %" for share in shares]
            case WaitFor():
                return [self.gettext("happened"), self.gettext("timed out")]
        return [] if isinstance(step, End) else [""]

    def of_condition(self, condition: Condition) -> str:
        for joined, inner in (
            (self.gettext("and"), condition.all),
            (self.gettext("or"), condition.any),
            (self.gettext("nor"), condition.none),
        ):
            if inner is not None:
                text = f" {joined} ".join(
                    f"({self.of_condition(one)})" if len(inner) > 1 else self.of_condition(one) for one in inner
                )
                return self.gettext("not %(condition)s", condition=text) if inner is condition.none else text
        if condition.step is not None and condition.was is not None:
            step = self.mails.get(condition.step, condition.step)
            return self.gettext("%(step)s was %(happened)s", step=step, happened=self.happened(condition.was))
        name = condition.property or f"event.{condition.event}"
        values = [condition.value, condition.high_value, *(condition.values or ())]
        separator = f" {self.gettext('and')} "
        stated = separator.join(conditions.text_of(value) for value in values if value is not None)
        operator = self._operator(condition.operator) if condition.operator else ""
        return f"{name} {operator} {stated}".rstrip()

    def duration(self, text: str) -> str:
        """'10d' → '10 days'."""
        count = int(text[:-1])
        return _DURATIONS[text[-1]](self.catalog, count) % {"count": count}

    def number(self, value: int) -> str:
        from babel.numbers import format_decimal  # noqa: PLC0415 - a cold start does not need it

        return format_decimal(value, locale=self.language)

    def email(self, number: int) -> str:
        stored = self.stage.emails.get(number) if self.stage else None
        return f"“{stored.name}”" if stored else str(number)

    def list(self, number: int) -> str:
        return _named(number, self.stage.lists if self.stage else {})

    def endpoint(self, endpoint_id: str) -> str:
        return _named(endpoint_id, self.stage.endpoints if self.stage else {})

    def automation(self, number: int) -> str:
        return _named(number, self.stage.automations if self.stage else {})

    def then(self) -> str:
        return self.gettext("Then")

    def end(self) -> str:
        return self.gettext("End")

    def case(self, number: int) -> str:
        return self.gettext("case %(number)s", number=number)

    def happened(self, engagement: Engagement) -> str:
        """What happened to an email."""
        return _HAPPENED[engagement](self.catalog)

    def _operator(self, operator: Operator) -> str:
        return {
            Operator.EQ: self.gettext("is"),
            Operator.NEQ: self.gettext("is not"),
            Operator.LT: self.gettext("is less than"),
            Operator.LTE: self.gettext("is at most"),
            Operator.GT: self.gettext("is more than"),
            Operator.GTE: self.gettext("is at least"),
            Operator.BETWEEN: self.gettext("is between"),
            Operator.IN: self.gettext("is one of"),
            Operator.NOT_IN: self.gettext("is not one of"),
            Operator.HAS_PROPERTY: self.gettext("has a value"),
            Operator.NOT_HAS_PROPERTY: self.gettext("has no value"),
            Operator.CONTAINS_TOKEN: self.gettext("contains"),
            Operator.NOT_CONTAINS_TOKEN: self.gettext("does not contain"),
        }[operator]


ENGLISH = AutomationWords()


def _named(key: _Key, names: Mapping[_Key, str]) -> str:
    return f"“{names[key]}”" if key in names else str(key)


def _of_date(words: AutomationWords, trigger: DateTrigger) -> str:
    return words.gettext("%(day)s, at %(time)s", day=_day(words, trigger), time=trigger.time)


def _day(words: AutomationWords, trigger: DateTrigger) -> str:
    name = trigger.property
    if not trigger.offset:
        return (
            words.gettext("Each year on %(name)s", name=name)
            if trigger.yearly
            else words.gettext("On %(name)s", name=name)
        )
    length = words.duration(trigger.offset.removeprefix("-"))
    day = (
        words.gettext("%(length)s before %(name)s", length=length, name=name)
        if trigger.offset.startswith("-")
        else words.gettext("%(length)s after %(name)s", length=length, name=name)
    )
    return words.gettext("%(day)s, each year", day=day) if trigger.yearly else day


def _of_change(words: AutomationWords, trigger: PropertyTrigger) -> str:
    if trigger.value is None:
        return words.gettext("%(name)s changes", name=trigger.property)
    value = conditions.text_of(trigger.value)
    return words.gettext("%(name)s changes to %(value)s", name=trigger.property, value=value)


def _of_time(words: AutomationWords, step: WaitUntil) -> str:
    zone = f", {step.zone}" if step.zone else ""
    if not step.weekdays:
        return words.gettext("Wait until %(time)s", time=step.time) + zone
    days = f" {words.gettext('or')} ".join(_WEEKDAYS[day](words.catalog) for day in step.weekdays)
    return words.gettext("Wait until %(time)s on %(days)s", time=step.time, days=days) + zone


def _of_awaited(words: AutomationWords, step: WaitFor) -> str:
    length = words.duration(step.at_most)
    if step.was is None:
        return words.gettext("Wait until event %(event)s, at most %(length)s", event=step.event, length=length)
    return words.gettext(
        "Wait until %(step)s is %(happened)s, at most %(length)s",
        step=step.step,
        happened=words.happened(step.was),
        length=length,
    )


def _of_cases(words: AutomationWords, step: Branch) -> str:
    return "; ".join(
        f"{words.case(number)}: {words.of_condition(case.when)}" for number, case in enumerate(step.cases, 1)
    )


def _of_value(words: AutomationWords, step: SetProperty) -> str:
    if step.value is None:
        return words.gettext("Clear %(name)s", name=step.property)
    return words.gettext("Set %(name)s to %(value)s", name=step.property, value=conditions.text_of(step.value))


_TRIGGERS: Mapping[type, Callable[[AutomationWords, Any], str]] = {
    EventTrigger: lambda words, one: words.gettext("Event %(event)s", event=one.event),
    BusTrigger: lambda words, one: words.gettext(
        "EventBridge: %(type)s of %(source)s", type=one.detail_type, source=one.source
    ),
    ContactTrigger: lambda words, _: words.gettext("A contact is created"),
    PropertyTrigger: _of_change,
    ListTrigger: lambda words, one: words.gettext("A contact joins list %(number)s", number=words.list(one.list)),
    EmailTrigger: lambda words, one: words.gettext(
        "Email %(email)s is %(happened)s", email=words.email(one.email), happened=words.happened(one.was)
    ),
    NotOpenedTrigger: lambda words, one: words.gettext(
        "Email %(email)s is not opened within %(length)s",
        email=words.email(one.email),
        length=words.duration(one.within),
    ),
    DateTrigger: _of_date,
}
_STEPS: Mapping[type, Callable[[AutomationWords, Any], str]] = {
    SendEmail: lambda words, step: words.gettext("Send email %(email)s", email=words.email(step.email)),
    Wait: lambda words, step: words.gettext("Wait %(length)s", length=words.duration(step.time)),
    WaitUntil: _of_time,
    WaitFor: _of_awaited,
    Branch: _of_cases,
    Split: lambda words, _: words.gettext("Split by chance"),
    SetProperty: _of_value,
    AddToList: lambda words, step: words.gettext("Add to list %(number)s", number=words.list(step.list)),
    RemoveFromList: lambda words, step: words.gettext("Remove from list %(number)s", number=words.list(step.list)),
    CallWebhook: lambda words, step: words.gettext("Call webhook %(endpoint)s", endpoint=words.endpoint(step.endpoint)),
    StartAutomation: lambda words, step: words.gettext(
        "Start automation %(number)s", number=words.automation(step.automation)
    ),
    End: lambda words, step: step.reason or words.end(),
}
_HAPPENED: Mapping[Engagement, Callable[[NullTranslations], str]] = {
    Engagement.DELIVERED: lambda catalog: catalog.pgettext("email", "delivered"),
    Engagement.OPENED: lambda catalog: catalog.pgettext("email", "opened"),
    Engagement.CLICKED: lambda catalog: catalog.pgettext("email", "clicked"),
    Engagement.BOUNCED: lambda catalog: catalog.pgettext("email", "bounced"),
    Engagement.NOT_SENT: lambda catalog: catalog.pgettext("email", "not sent"),
}
# Babel has these words too, and a cold start of the API would wait for it.
_DURATIONS: Mapping[str, Callable[[NullTranslations, int], str]] = {
    "m": lambda catalog, count: catalog.ngettext("%(count)s minute", "%(count)s minutes", count),
    "h": lambda catalog, count: catalog.ngettext("%(count)s hour", "%(count)s hours", count),
    "d": lambda catalog, count: catalog.ngettext("%(count)s day", "%(count)s days", count),
    "w": lambda catalog, count: catalog.ngettext("%(count)s week", "%(count)s weeks", count),
}
_WEEKDAYS: Mapping[Weekday, Callable[[NullTranslations], str]] = {
    Weekday.MONDAY: lambda catalog: catalog.gettext("Monday"),
    Weekday.TUESDAY: lambda catalog: catalog.gettext("Tuesday"),
    Weekday.WEDNESDAY: lambda catalog: catalog.gettext("Wednesday"),
    Weekday.THURSDAY: lambda catalog: catalog.gettext("Thursday"),
    Weekday.FRIDAY: lambda catalog: catalog.gettext("Friday"),
    Weekday.SATURDAY: lambda catalog: catalog.gettext("Saturday"),
    Weekday.SUNDAY: lambda catalog: catalog.gettext("Sunday"),
}
