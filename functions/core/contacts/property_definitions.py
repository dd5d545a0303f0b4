"""The properties that contacts may have: a type for each, and for some of them options and a default. HubSpot's words and rules."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from msgspec import Struct

from functions.core import timestamps
from functions.core.errors import FieldError
from functions.core.unknown_names import nearest

DEFINITIONS_MAX = 300  # besides the built-in ones: they share an item
DEFINITIONS_OCTETS_MAX = 100_000
OPTIONS_MAX = 200
TEXT_MAX = 500  # characters of a label, a description or an option
VALUE_MAX = 10_000  # characters
GROUP = "contactinformation"  # HubSpot's name of the group that every account has
BOOLEANS = frozenset({"true", "false"})
NAME_PATTERN = "[a-z][a-z0-9_]{0,99}"


class PropertyType(StrEnum):
    STRING = "string"
    NUMBER = "number"
    DATE = "date"
    DATETIME = "datetime"
    ENUMERATION = "enumeration"
    BOOL = "bool"


class FieldType(StrEnum):
    """How a form shows the property."""

    TEXT = "text"
    TEXTAREA = "textarea"
    NUMBER = "number"
    DATE = "date"
    SELECT = "select"
    RADIO = "radio"
    CHECKBOX = "checkbox"
    BOOLEANCHECKBOX = "booleancheckbox"


FIELD_TYPES: Mapping[PropertyType, tuple[FieldType, ...]] = {
    PropertyType.STRING: (FieldType.TEXT, FieldType.TEXTAREA),
    PropertyType.NUMBER: (FieldType.NUMBER,),
    PropertyType.DATE: (FieldType.DATE,),
    PropertyType.DATETIME: (FieldType.DATE,),
    PropertyType.ENUMERATION: (FieldType.SELECT, FieldType.RADIO, FieldType.CHECKBOX, FieldType.BOOLEANCHECKBOX),
    PropertyType.BOOL: (FieldType.BOOLEANCHECKBOX,),
}


class PropertyOption(Struct, frozen=True, kw_only=True):
    label: str
    value: str
    description: str = ""
    display_order: int = -1
    hidden: bool = False


class PropertyDefinition(Struct, frozen=True, kw_only=True):
    name: str
    label: str
    type: PropertyType = PropertyType.STRING
    field_type: FieldType = FieldType.TEXT
    group_name: str = GROUP
    description: str = ""
    options: tuple[PropertyOption, ...] = ()
    default: str = ""  # the value of a contact that is created without one, by an actor or an import
    display_order: int = -1
    hidden: bool = False
    form_field: bool = False
    created_at: str = "2026-01-01T00:00:00.000Z"
    updated_at: str = "2026-01-01T00:00:00.000Z"

    @property
    def built_in(self) -> bool:
        return self.name in BUILT_IN

    @property
    def read_only(self) -> bool:
        return self.name in READ_ONLY

    @property
    def is_plain_value(self) -> bool:
        """Another `email` moves a contact to another key."""
        return not self.read_only and self.name != "email"

    def read(self, text: str) -> str:
        """Returns a value in the form that is stored. Raises PropertyValueError. An empty text clears the property."""
        if len(text) > VALUE_MAX:
            raise PropertyValueError(
                "INVALID_LENGTH", f"has {len(text):,} characters; at most {VALUE_MAX:,} are allowed"
            )
        return _READERS[self.type](self, text.strip()) if text.strip() else ""


class PropertyValueError(ValueError):
    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(message)


def _text(_: PropertyDefinition, text: str) -> str:
    return text


def _number(_: PropertyDefinition, text: str) -> str:
    """HubSpot's code is INVALID_INTEGER for every number."""
    if number_of(text) is None:
        raise PropertyValueError("INVALID_INTEGER", f"must be a number like 12 or 3.5, not {text[:50]!r}")
    return text


def _date(_: PropertyDefinition, text: str) -> str:
    """HubSpot also takes midnight UTC in milliseconds since the epoch."""
    try:
        return _instant(text).date().isoformat() if _is_epoch(text) else date.fromisoformat(text).isoformat()
    except (ValueError, OverflowError, OSError) as error:
        raise PropertyValueError("INVALID_DATE", f"must be a date like 2026-01-31, not {text[:50]!r}") from error


def _datetime(_: PropertyDefinition, text: str) -> str:
    try:
        return timestamps.iso(_instant(text).timestamp()) if _is_epoch(text) else timestamps.normalized(text)
    except (ValueError, OverflowError, OSError) as error:
        message = f"must be a time like 2026-01-31T09:00:00Z, not {text[:50]!r}"
        raise PropertyValueError("INVALID_DATE", message) from error


def _option(definition: PropertyDefinition, text: str) -> str:
    """A checkbox has several options, separated by semicolons. A leading one adds to the stored options at HubSpot: we refuse it."""
    several = definition.field_type is FieldType.CHECKBOX
    values = {option.value for option in definition.options}
    chosen = [part.strip() for part in text.split(";")] if several else [text]
    for value in chosen:
        if value not in values:
            allowed = ", ".join(option.value for option in definition.options)
            close = nearest(value, values)
            hint = f"; did you mean {close}?" if close else ""
            raise PropertyValueError("INVALID_OPTION", f"must be one of {allowed}, not {value[:50]!r}{hint}")
    return ";".join(dict.fromkeys(chosen))


def _bool(_: PropertyDefinition, text: str) -> str:
    if text.lower() not in BOOLEANS:
        raise PropertyValueError("INVALID_BOOLEAN", f"must be true or false, not {text[:50]!r}")
    return text.lower()


_READERS: Mapping[PropertyType, Callable[[PropertyDefinition, str], str]] = {
    PropertyType.STRING: _text,
    PropertyType.NUMBER: _number,
    PropertyType.DATE: _date,
    PropertyType.DATETIME: _datetime,
    PropertyType.ENUMERATION: _option,
    PropertyType.BOOL: _bool,
}


def chosen_options(text: str) -> list[str]:
    """Returns the options in the value of a checkbox. A send may have stored it with spaces: 'tea; rum'."""
    return [option for part in text.split(";") if (option := part.strip())]


def number_of(text: str) -> Decimal | None:
    """Returns None if the text is not a finite number."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() and text.isascii() and "_" not in text else None


def _is_epoch(text: str) -> bool:
    """Returns whether the text is milliseconds since the epoch. A date of eight digits is ISO's basic form."""
    return re.fullmatch(r"-?[0-9]{9,16}|0", text) is not None


def _instant(milliseconds: str) -> datetime:
    return datetime.fromtimestamp(int(milliseconds) / 1000, UTC)


def _built_in(name: str, label: str, type_: PropertyType = PropertyType.STRING) -> PropertyDefinition:
    return PropertyDefinition(name=name, label=label, type=type_, field_type=FIELD_TYPES[type_][0])


BUILT_IN: Mapping[str, PropertyDefinition] = {
    definition.name: definition
    for definition in (
        _built_in("email", "Email"),
        _built_in("firstname", "First name"),
        _built_in("lastname", "Last name"),
        _built_in("salutation", "Salutation"),
        _built_in("phone", "Phone number"),
        _built_in("mobilephone", "Mobile phone number"),
        _built_in("company", "Company name"),
        _built_in("jobtitle", "Job title"),
        _built_in("website", "Website"),
        _built_in("address", "Street address"),
        _built_in("zip", "Postal code"),
        _built_in("city", "City"),
        _built_in("state", "State or region"),
        _built_in("country", "Country or region"),
        _built_in("hs_language", "Preferred language"),
        _built_in("hs_timezone", "Time zone"),
        _built_in("date_of_birth", "Date of birth"),
        _built_in("createdate", "Create date", PropertyType.DATETIME),
        _built_in("lastmodifieddate", "Last modified date", PropertyType.DATETIME),
        _built_in("hs_object_id", "Record id", PropertyType.NUMBER),
    )
}
READ_ONLY = frozenset({"createdate", "lastmodifieddate", "hs_object_id"})


def checked(
    definitions: Mapping[str, PropertyDefinition], values: Mapping[str, str], field: str = "properties"
) -> tuple[dict[str, str], list[FieldError]]:
    """Returns the values in the form that is stored, and one error per property that does not fit. The address has its own rules."""
    read: dict[str, str] = {}
    errors: list[FieldError] = []
    for name, text in values.items():
        where = f"{field}.{name}"
        definition = definitions.get(name)
        if definition is None:
            errors.append(FieldError(where, unknown(definitions, name), "PROPERTY_DOESNT_EXIST"))
        elif definition.read_only:
            errors.append(FieldError(where, "is computed: it cannot be set", "READ_ONLY_VALUE"))
        elif name != "email":
            try:
                read[name] = definition.read(text)
            except PropertyValueError as error:
                errors.append(FieldError(where, str(error), error.code))
    return read, errors


def unknown(definitions: Mapping[str, PropertyDefinition], name: str) -> str:
    close = nearest(name, definitions)
    return f"there is no contact property {name[:100]!r}" + (f"; did you mean {close}?" if close else "")


def with_defaults(definitions: Mapping[str, PropertyDefinition], values: Mapping[str, str]) -> dict[str, str]:
    """Returns the values of a new contact."""
    return {**{name: one.default for name, one in definitions.items() if one.default}, **values}


def errors_of(definition: PropertyDefinition) -> Iterator[FieldError]:
    """Yields each contradiction within a definition."""
    allowed = FIELD_TYPES[definition.type]
    if definition.field_type not in allowed:
        yield FieldError("fieldType", f"of a {definition.type} must be one of {', '.join(allowed)}")
    if definition.type is PropertyType.ENUMERATION and not definition.options:
        yield FieldError("options", "an enumeration needs at least one option")
    values = [option.value for option in definition.options]
    if definition.type is PropertyType.BOOL and values and set(values) != BOOLEANS:
        yield FieldError("options", "a bool has the options true and false, or none")
    if definition.type not in {PropertyType.ENUMERATION, PropertyType.BOOL} and definition.options:
        yield FieldError("options", f"a {definition.type} has no options")
    for value in sorted({value for value in values if values.count(value) > 1}):
        yield FieldError("options", f"the value {value!r} is there twice")
    if any(";" in value for value in values):
        yield FieldError("options", "a value must not contain a semicolon, which separates the options of a checkbox")
    try:
        definition.read(definition.default)
    except PropertyValueError as error:
        yield FieldError("defaultValue", str(error), error.code)
