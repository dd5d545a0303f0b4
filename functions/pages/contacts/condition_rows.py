"""The form of conditions: groups of rows. Every row of a group must match, and one group is enough.

Without JavaScript, the buttons for more rows and groups post the form, and it is shown again with what was entered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

from msgspec import Struct

from functions.core.contacts.lists.conditions import SEARCHABLE, Comparison, ConditionError, ContactCondition
from functions.core.contacts.lists.contact_list import ContactList
from functions.core.contacts.property_definitions import PropertyDefinition
from functions.core.errors import FieldError, Rejected
from functions.i18n.marks import N_
from functions.pages import fields
from functions.pages.contacts.property_words import label_of
from functions.pages.visit import PageVisit

GROUPS_MAX, ROWS_MAX = 10, 20
ROWS = 2  # of a new group
_LIST = "list:"  # before the id of a list, in the field of the property
_WORDS = {
    Comparison.IS: N_("is"),
    Comparison.IS_NOT: N_("is not"),
    Comparison.CONTAINS: N_("contains"),
    Comparison.CONTAINS_NOT: N_("does not contain"),
    Comparison.ABOVE: N_("is above, or after"),
    Comparison.AT_LEAST: N_("is at least, or from"),
    Comparison.BELOW: N_("is below, or before"),
    Comparison.AT_MOST: N_("is at most, or until"),
    Comparison.HAS_VALUE: N_("has a value"),
    Comparison.HAS_NO_VALUE: N_("has no value"),
    Comparison.IN_LIST: N_("is in the list"),
    Comparison.NOT_IN_LIST: N_("is not in the list"),
}
_Filter = TypeVar("_Filter")


class ConditionRow(Struct, frozen=True):
    """A row as it is shown: what was entered, right or wrong."""

    name: str  # of its fields, after the name of each
    subject: str = ""
    comparison: str = Comparison.IS
    value: str = ""


def rows_of(groups: Sequence[Sequence[ContactCondition]]) -> list[list[ConditionRow]]:
    """Returns the rows of conditions, and an empty one in each group. Without conditions, returns one group."""
    return [
        [
            *(_row(_name(group, number), one) for number, one in enumerate(conditions)),
            ConditionRow(_name(group, len(conditions))),
        ]
        for group, conditions in enumerate(groups)
    ] or [[ConditionRow(_name(0, number)) for number in range(ROWS)]]


def entered(visit: PageVisit) -> list[list[ConditionRow]]:
    """Returns the rows as they were entered, and the rows that a button of the form added. A form that searches is in the query."""
    groups = [_entered_group(visit, group) for group in range(_count(visit, "groups", GROUPS_MAX))]
    more = _value(visit, "more")
    if more == "group" and len(groups) < GROUPS_MAX:
        groups.append([ConditionRow(_name(len(groups), number)) for number in range(ROWS)])
    if more.isdecimal() and more.isascii() and int(more) < len(groups) and len(groups[int(more)]) < ROWS_MAX:
        groups[int(more)].append(ConditionRow(_name(int(more), len(groups[int(more)]))))
    return groups


def is_growing(visit: PageVisit) -> bool:
    """Returns whether the form was sent for more rows only."""
    return bool(_value(visit, "more"))


def read(
    groups: Iterable[Iterable[ConditionRow]], reader: Callable[[ContactCondition], _Filter]
) -> list[list[_Filter]]:
    """Returns the filters of each group that has any. Raises Rejected with every row that is wrong."""
    errors: list[FieldError] = []
    read_groups: list[list[_Filter]] = []
    for group in groups:
        filters: list[_Filter] = []
        for row in group:
            try:
                if row.subject or row.value:
                    filters.append(reader(_condition(row)))
            except ConditionError as error:
                errors.append(FieldError(f"value{row.name}", str(error)))
        read_groups += [filters] if filters else []
    if errors:
        raise Rejected(errors)
    return read_groups


def subjects(
    visit: PageVisit, definitions: Mapping[str, PropertyDefinition], lists: Iterable[ContactList] = ()
) -> list[tuple[str, str]]:
    """Returns what a row can be about: the properties, and the lists."""
    labels = {one.name: label_of(visit, one) for one in definitions.values()}
    return [
        ("", visit.gettext("No condition")),
        *sorted(labels.items(), key=lambda one: one[1].casefold()),
        *(
            (f"{_LIST}{one.id}", visit.gettext("List: %(name)s", name=one.name))
            for one in sorted(lists, key=lambda one: one.name.casefold())
        ),
    ]


def comparisons(visit: PageVisit, *, with_lists: bool) -> list[tuple[str, str]]:
    return [(str(one), visit.gettext(text)) for one, text in _WORDS.items() if with_lists or one in SEARCHABLE]


def _row(name: str, one: ContactCondition) -> ConditionRow:
    if one.property:
        return ConditionRow(name, one.property, one.comparison, one.value)
    return ConditionRow(name, f"{_LIST}{one.value}", one.comparison)


def _condition(row: ConditionRow) -> ContactCondition:
    """Raises ConditionError."""
    if not row.subject:
        raise ConditionError("has no property: choose one, or clear the value")
    try:
        comparison = Comparison(row.comparison)
    except ValueError as error:
        raise ConditionError("needs a comparison of the menu") from error
    if not row.value.isprintable():
        raise ConditionError("must be one line")
    if not row.subject.startswith(_LIST):
        if comparison in {Comparison.IN_LIST, Comparison.NOT_IN_LIST}:
            raise ConditionError("looks into a list: choose the list in place of the property")
        return ContactCondition(row.subject, comparison, row.value)
    return ContactCondition("", comparison, row.subject.removeprefix(_LIST))


def _entered_group(visit: PageVisit, group: int) -> list[ConditionRow]:
    names = [_name(group, number) for number in range(_count(visit, f"rows-{group}", ROWS_MAX))]
    return [
        ConditionRow(
            name, _value(visit, f"property{name}"), _value(visit, f"comparison{name}"), _value(visit, f"value{name}")
        )
        for name in names
    ]


def _count(visit: PageVisit, name: str, most: int) -> int:
    return min(fields.number(_value(visit, name)) or 0, most)


def _value(visit: PageVisit, name: str) -> str:
    return visit.value(name, visit.query.get(name, "").strip())


def _name(group: int, number: int) -> str:
    return f"-{group}-{number}"
