"""The filters of a list, as HubSpot's lists API writes them: a tree of branches, whose leaves compare a property or look into another list.

The published schema is made of these models, and the reader checks by them. What needs the history of a value, an event or another
object is no part of them: it is refused by name.
"""

from __future__ import annotations

import calendar
import math
from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, available_timezones

from msgspec import Meta, Struct

from functions.core.contacts.property_definitions import number_of
from functions.core.models.format import INT64_MAX, Format, positive_int64

FILTERS_MAX = 100  # in one tree
DEPTH_MAX = 5
VALUES_MAX = 500


def number_value(value: object) -> int | float:
    """Returns a number, or the number in a text as properties write it. Whole numbers are exact. Raises ValueError or TypeError."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise TypeError(value)
    exact = Decimal(value) if isinstance(value, int) else number_of(str(value))
    if exact is None or not math.isfinite(float(exact)):
        raise ValueError(value)
    return int(exact) if exact == exact.to_integral_value() else float(exact)


def _zone(value: object) -> str:
    if value not in available_timezones():
        raise ValueError(value)
    return ZoneInfo(str(value)).key


def _list_id(value: Any) -> str:
    return str(positive_int64(value))


Number = Annotated[int | float, Meta(extra={"format": Format(number_value, "a number", "12.5")})]
ZoneId = Annotated[str, Meta(extra={"format": Format(_zone, "a time zone like Europe/Rome", "Europe/Rome")})]
ListReference = Annotated[str, Meta(extra={"format": Format(_list_id, "the id of a list", "7")})]
Text = Annotated[str, Meta(min_length=1, max_length=1000)]
Texts = Annotated[tuple[Text, ...], Meta(min_length=1, max_length=VALUES_MAX)]
Epoch = Annotated[int, Meta(ge=-INT64_MAX, le=INT64_MAX, description="milliseconds since 1970")]
Count = Annotated[int, Meta(ge=-36_500, le=36_500)]
Endpoint = Literal["INCLUSIVE", "EXCLUSIVE"]
ValueParser = Annotated[Literal["VALUE"], Meta(extra={"expected": "VALUE: the time of a change is not stored"})]


class FilterPart(Struct, frozen=True, kw_only=True, rename="camel"):
    """What every part of the filters is. Unknown fields pass, as at HubSpot."""


class Operation(FilterPart, frozen=True, kw_only=True, tag_field="operationType"):
    """A contact without a value passes only if the operation includes it."""

    include_objects_with_no_value_set: bool = False


class PresenceOperation(Operation, frozen=True, kw_only=True, tag="ALL_PROPERTY"):
    operator: Literal["IS_KNOWN", "IS_UNKNOWN"]


class TextOperation(Operation, frozen=True, kw_only=True, tag="STRING"):
    operator: Literal["IS_EQUAL_TO", "IS_NOT_EQUAL_TO", "CONTAINS", "DOES_NOT_CONTAIN", "STARTS_WITH", "ENDS_WITH"]
    value: Text


class TextsOperation(Operation, frozen=True, kw_only=True, tag="MULTISTRING"):
    """One of the values must match; with a negative operator, none of them may."""

    operator: Literal[
        "IS_EQUAL_TO",
        "IS_NOT_EQUAL_TO",
        "CONTAINS",
        "DOES_NOT_CONTAIN",
        "CONTAINS_EXACTLY",
        "DOES_NOT_CONTAIN_EXACTLY",
        "STARTS_WITH",
        "ENDS_WITH",
    ]
    values: Texts


class OptionsOperation(Operation, frozen=True, kw_only=True, tag="ENUMERATION"):
    operator: Literal["IS_ANY_OF", "IS_NONE_OF", "IS_EXACTLY", "IS_NOT_EXACTLY", "CONTAINS_ALL", "DOES_NOT_CONTAIN_ALL"]
    values: Texts


class NumberOperation(Operation, frozen=True, kw_only=True, tag="NUMBER"):
    operator: Literal[
        "IS_EQUAL_TO",
        "IS_NOT_EQUAL_TO",
        "IS_GREATER_THAN",
        "IS_GREATER_THAN_OR_EQUAL_TO",
        "IS_LESS_THAN",
        "IS_LESS_THAN_OR_EQUAL_TO",
    ]
    value: Number


class NumberRangeOperation(Operation, frozen=True, kw_only=True, tag="NUMBER_RANGED"):
    operator: Literal["IS_BETWEEN", "IS_NOT_BETWEEN"]
    lower_bound: Number
    upper_bound: Number


class FlagOperation(Operation, frozen=True, kw_only=True, tag="BOOL"):
    operator: Literal["IS_EQUAL_TO", "IS_NOT_EQUAL_TO"]
    value: bool


class TimeOfDay(FilterPart, frozen=True, kw_only=True):
    hour: Annotated[int, Meta(ge=0, le=23)] | None = None
    minute: Annotated[int, Meta(ge=0, le=59)] | None = None
    second: Annotated[int, Meta(ge=0, le=59)] | None = None
    millisecond: Annotated[int, Meta(ge=0, le=999)] | None = None


class NowReference(TimeOfDay, frozen=True, kw_only=True, tag="NOW", tag_field="referenceType"):
    """This instant; with a time of day, today at that time."""


class TodayReference(TimeOfDay, frozen=True, kw_only=True, tag="TODAY", tag_field="referenceType"):
    """The first instant of today, or a time of it."""


class TimeOffset(FilterPart, frozen=True, kw_only=True):
    years: Count = 0
    quarters: Count = 0
    months: Count = 0
    weeks: Count = 0
    days: Count = 0
    hours: Count = 0
    minutes: Count = 0
    seconds: Count = 0
    milliseconds: Count = 0


class DatePoint(TimeOfDay, frozen=True, kw_only=True, tag="DATE", tag_field="timeType"):
    year: Annotated[int, Meta(ge=1, le=9999)]
    month: Annotated[int, Meta(ge=1, le=12)]
    day: Annotated[int, Meta(ge=1, le=31)]
    zone_id: ZoneId = "UTC"

    @property
    def exists(self) -> bool:
        return self.day <= calendar.monthrange(self.year, self.month)[1]


class IndexedPoint(FilterPart, frozen=True, kw_only=True, tag="INDEXED", tag_field="timeType"):
    index_reference: NowReference | TodayReference
    offset: TimeOffset | None = None
    zone_id: ZoneId = "UTC"


TimePoint = DatePoint | IndexedPoint


class TimePointOperation(Operation, frozen=True, kw_only=True, tag="TIME_POINT"):
    operator: Literal["IS_BEFORE", "IS_AFTER"]
    time_point: TimePoint
    endpoint_behavior: Endpoint = "EXCLUSIVE"
    property_parser: ValueParser = "VALUE"
    type: str = "TIME_POINT"


class TimeRangeOperation(Operation, frozen=True, kw_only=True, tag="TIME_RANGED"):
    operator: Literal["IS_BETWEEN", "IS_NOT_BETWEEN"]
    lower_bound_time_point: TimePoint
    upper_bound_time_point: TimePoint
    lower_bound_endpoint_behavior: Endpoint = "INCLUSIVE"
    upper_bound_endpoint_behavior: Endpoint = "INCLUSIVE"
    property_parser: ValueParser = "VALUE"
    type: str = "TIME_RANGED"


class InstantOperation(Operation, frozen=True, kw_only=True, tag="DATETIME"):
    operator: Literal["IS_BEFORE", "IS_AFTER"]
    timestamp: Epoch
    requires_time_zone_conversion: bool = False


class InstantRangeOperation(Operation, frozen=True, kw_only=True, tag="RANGED_DATE"):
    operator: Literal["IS_BETWEEN", "IS_NOT_BETWEEN"]
    lower_bound: Epoch
    upper_bound: Epoch
    requires_time_zone_conversion: bool = False


class RollingDaysOperation(Operation, frozen=True, kw_only=True, tag="ROLLING_DATE_RANGE"):
    operator: Literal[
        "IS_LESS_THAN_X_DAYS_AGO",
        "IS_MORE_THAN_X_DAYS_AGO",
        "IS_LESS_THAN_X_DAYS_FROM_NOW",
        "IS_MORE_THAN_X_DAYS_FROM_NOW",
    ]
    number_of_days: Annotated[int, Meta(ge=0, le=36_500)]
    requires_time_zone_conversion: bool = False


PropertyOperation = (
    PresenceOperation
    | TextOperation
    | TextsOperation
    | OptionsOperation
    | NumberOperation
    | NumberRangeOperation
    | FlagOperation
    | TimePointOperation
    | TimeRangeOperation
    | InstantOperation
    | InstantRangeOperation
    | RollingDaysOperation
)


class PropertyListFilter(FilterPart, frozen=True, kw_only=True, tag="PROPERTY", tag_field="filterType"):
    property: Annotated[str, Meta(min_length=1, max_length=100)]
    operation: PropertyOperation


class MembershipFilter(FilterPart, frozen=True, kw_only=True, tag="IN_LIST", tag_field="filterType"):
    """Reads the other list as it was last evaluated."""

    list_id: ListReference
    operator: Literal["IN_LIST", "NOT_IN_LIST"]


class BranchPart(FilterPart, frozen=True, kw_only=True, tag_field="filterBranchType"):
    filter_branches: tuple[FilterBranch, ...] = ()
    filters: tuple[ListFilter, ...] = ()


class AnyBranch(BranchPart, frozen=True, kw_only=True, tag="OR"):
    filter_branch_operator: str = "OR"


class AllBranch(BranchPart, frozen=True, kw_only=True, tag="AND"):
    filter_branch_operator: str = "AND"


class NotAllBranch(BranchPart, frozen=True, kw_only=True, tag="NOT_ALL"):
    filter_branch_operator: str = "NOT_ALL"


class NotAnyBranch(BranchPart, frozen=True, kw_only=True, tag="NOT_ANY"):
    filter_branch_operator: str = "NOT_ANY"


ListFilter = PropertyListFilter | MembershipFilter
FilterBranch = AnyBranch | AllBranch | NotAllBranch | NotAnyBranch


def filters_of(branch: FilterBranch, path: str = "filterBranch") -> Iterator[tuple[str, ListFilter]]:
    """Yields every filter of a tree, with the path to it."""
    for number, one in enumerate(branch.filters):
        yield f"{path}.filters[{number}]", one
    for number, below in enumerate(branch.filter_branches):
        yield from filters_of(below, f"{path}.filterBranches[{number}]")


def lists_in(branch: FilterBranch) -> frozenset[int]:
    """Returns the ids of the lists into which the filters look."""
    return frozenset(int(one.list_id) for _, one in filters_of(branch) if isinstance(one, MembershipFilter))


def properties_in(branch: FilterBranch) -> frozenset[str]:
    return frozenset(one.property for _, one in filters_of(branch) if isinstance(one, PropertyListFilter))
