"""Imports of contacts: upload a file, name its columns, and see how far it is."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from functions import wiring
from functions.core import timestamps
from functions.core.access.audit import AuditAction
from functions.core.access.scopes import ACCOUNT, CONTACT_DATA
from functions.core.contacts.contact import EVERYTHING
from functions.core.contacts.contact_import import (
    EMAIL,
    MAPPING,
    NAME_MAX,
    OVER,
    ContactImport,
    DateFormat,
    ImportState,
    LineError,
)
from functions.core.contacts.lists.contact_list import NAME_MAX as LIST_NAME_MAX
from functions.core.contacts.property_definitions import FieldType, PropertyDefinition, PropertyType
from functions.core.csv_table import rows_to_csv
from functions.core.errors import FieldError, NotFound, Rejected
from functions.http.responses import HtmlPage
from functions.i18n.marks import N_
from functions.pages import fields, uploads
from functions.pages.contacts.properties import add, name_from
from functions.pages.contacts.property_words import label_of
from functions.pages.downloads import download
from functions.pages.once import once
from functions.pages.page import MenuGroup, get, post
from functions.pages.visit import PageVisit
from functions.steps.contacts.manage_imports import ImportRequest, ManageImports

IMPORTS = "/console/imports"
SCOPES = (CONTACT_DATA, ACCOUNT)
PAGE = 50
ERRORS = 50  # that the page of an import shows
STATES = {
    ImportState.STARTED: N_("Starting"),
    ImportState.PROCESSING: N_("Running"),
    ImportState.DONE: N_("Done"),
    ImportState.FAILED: N_("Failed"),
    ImportState.CANCELED: N_("Canceled"),
}
DATE_FORMATS = {
    DateFormat.YEAR_MONTH_DAY: N_("2026-12-31: year, month, day"),
    DateFormat.DAY_MONTH_YEAR: N_("31.12.2026: day, month, year"),
    DateFormat.MONTH_DAY_YEAR: N_("12/31/2026: month, day, year"),
}
NEW_KINDS = {  # what a column becomes that has no property yet
    "new.string": (FieldType.TEXT, N_("New property: text")),
    "new.number": (FieldType.NUMBER, N_("New property: number")),
    "new.date": (FieldType.DATE, N_("New property: date")),
}


def show_imports(visit: PageVisit) -> HtmlPage:
    page, after = _step().page(visit.query.get("after", ""), PAGE)
    rows = [(one, _path(one.id), STATES[one.state]) for one in page]
    return visit.page("contacts/imports.html", rows=rows, after=after)


def show_upload(visit: PageVisit) -> HtmlPage:
    return visit.page(
        "contacts/import_upload.html",
        policy=uploads.policy(),
        list_id=visit.query.get("list", ""),
    )


def upload(visit: PageVisit) -> HtmlPage:
    stored = uploads.file_of(visit)
    if not stored:
        raise Rejected([FieldError("file", "must be a CSV file")])
    return visit.redirect(f"{IMPORTS}/columns?{urlencode({'file': stored, 'list': visit.value('list')})}")


def show_columns(visit: PageVisit) -> HtmlPage:
    file = uploads.upload_id(_entered(visit, "file"))
    preview = _step().preview(file)
    definitions = wiring.get(wiring.contacts.contact_properties).list().values()
    properties = [(one.name, label_of(visit, one)) for one in definitions if one.is_plain_value]
    chosen_lists = [one for one in wiring.get(wiring.contacts.list_editor).all() if not one.is_dynamic]
    lists = sorted(chosen_lists, key=lambda one: one.name.casefold())
    types = wiring.get(wiring.adapters.contacts.subscription_types).all()
    return visit.page(
        "contacts/import_columns.html",
        file=file,
        name=_entered(visit, "name") or visit.gettext("Import of %(time)s", time=visit.time(_now())),
        list_id=_entered(visit, "list"),
        columns=[
            (f"column{number}", heading, guess, [row[number] for row in preview.rows if number < len(row)])
            for number, (heading, guess) in enumerate(zip(preview.header, preview.columns, strict=True))
        ],
        properties=[
            ("", visit.gettext("Leave it out")),
            (EMAIL, visit.gettext("Email address")),
            *((code, visit.gettext(text)) for code, (_, text) in NEW_KINDS.items()),
            *sorted(properties, key=lambda one: one[1].casefold()),
        ],
        lists=[("", visit.gettext("No list")), *((str(one.id), one.name) for one in lists)],
        date_formats=[(str(code), visit.gettext(text)) for code, text in DATE_FORMATS.items()],
        opt_outs=[
            ("", visit.gettext("Nothing")),
            (EVERYTHING, visit.gettext("All marketing mail")),
            *((one.id, one.name) for one in types),
        ],
    )


def start(visit: PageVisit) -> HtmlPage:
    file = uploads.upload_id(visit.value("file"))
    header = _step().preview(file).header
    mapping: dict[str, list[str]] = {}
    for number, heading in enumerate(header):
        chosen = visit.value(f"column{number}")
        name = _new_property(visit, chosen, heading.strip()) if chosen in NEW_KINDS else chosen
        mapping.setdefault(heading.strip(), []).append(name)
    new_list = fields.line(visit, "newList", LIST_NAME_MAX) if visit.value("newList") else ""
    started = _step().create(
        ImportRequest(
            name=fields.line(visit, "name", NAME_MAX),
            file=file,
            mapping=mapping,
            date_format=_date_format(visit.value("dates")),
            list_id=fields.number(visit.value("list")),
            new_list=new_list,
            opt_out=visit.value("opt_out"),
        ),
        visit.actor,
    )
    _log(visit, AuditAction.IMPORT_STARTED, started, name=started.name)
    return visit.redirect(_path(started.id))


def show_import(visit: PageVisit) -> HtmlPage:
    one = _step().get(visit.path("importId"))
    return visit.page(
        "contacts/import.html",
        one=one,
        path=_path(one.id),
        state=STATES[one.state],
        is_over=one.state in OVER,
        errors=_first_errors(one)[:ERRORS],
        list_name=_list_name(one.list_id),
        columns=_column_labels(visit, one),
    )


def errors_file(visit: PageVisit) -> HtmlPage:
    one = _step().get(visit.path("importId"))
    errors = (error for page in range(1, len(one.error_pages) + 1) for error in _step().errors(one.id, page))
    rows = [
        tuple(map(visit.gettext, ("Line", "Column", "Error"))),
        *((error.line, error.column, visit.error_message(error.message)) for error in errors),
    ]
    return download(rows_to_csv(rows), f"import-{one.id}-errors.csv")


def confirm_cancel(visit: PageVisit) -> HtmlPage:
    one = _step().get(visit.path("importId"))
    return visit.confirm(
        visit.gettext("Cancel the import “%(name)s”?", name=one.name),
        visit.gettext("Lines that are imported stay. The other lines are not imported."),
        visit.gettext("Cancel the import"),
        _path(one.id),
    )


def cancel(visit: PageVisit) -> HtmlPage:
    one = _step().cancel(visit.path("importId"), visit.actor)
    _log(visit, AuditAction.IMPORT_CANCELED, one)
    return visit.redirect(_path(one.id), visit.gettext("The import is canceled."))


_IMPORT = f"{IMPORTS}/{{importId}}"
PAGES = (
    get(IMPORTS, show_imports, *SCOPES, menu=(MenuGroup.AUDIENCE, N_("Imports"))),
    get(f"{IMPORTS}/new", show_upload, *SCOPES),
    post(f"{IMPORTS}/new", upload, *SCOPES, back=show_upload),
    get(f"{IMPORTS}/columns", show_columns, *SCOPES),
    post(f"{IMPORTS}/columns", once(start), *SCOPES, back=show_columns),
    get(_IMPORT, show_import, *SCOPES),
    get(f"{_IMPORT}/errors.csv", errors_file, *SCOPES),
    get(f"{_IMPORT}/cancel", confirm_cancel, *SCOPES),
    post(f"{_IMPORT}/cancel", cancel, *SCOPES, back=confirm_cancel),
)


def _step() -> ManageImports:
    return wiring.get(wiring.contacts.manage_imports)


def _first_errors(one: ContactImport) -> Sequence[LineError]:
    """Returns none if their time of storage is over."""
    try:
        return _step().errors(one.id, 1) if one.error_pages else ()
    except NotFound:
        return ()


def _list_name(number: int | None) -> str:
    """A deleted list has its number."""
    names = {one.id: one.name for one in wiring.get(wiring.contacts.list_editor).all()} if number else {}
    return names.get(number or 0, str(number))


def _column_labels(visit: PageVisit, one: ContactImport) -> list[str]:
    definitions = wiring.get(wiring.contacts.contact_properties).list()
    return [label_of(visit, definitions[name]) if name in definitions else name for name in one.columns if name]


def _path(import_id: str) -> str:
    return f"{IMPORTS}/{import_id}"


def _now() -> str:
    return timestamps.iso(wiring.container().clock())


def _entered(visit: PageVisit, name: str) -> str:
    return visit.value(name) or visit.query.get(name, "")


def _date_format(text: str) -> DateFormat:
    return DateFormat(text) if text in set(DateFormat) else DateFormat.YEAR_MONTH_DAY


def _new_property(visit: PageVisit, chosen: str, heading: str) -> str:
    """Creates the property that a column becomes. One of its name is used as it is: a form comes again after an error. Raises Rejected."""
    name = name_from(heading)
    if not name:
        raise Rejected(
            [
                FieldError(
                    MAPPING,
                    f"the column {heading!r} has no Latin letter for a name: create its property first",
                )
            ]
        )
    if name not in wiring.get(wiring.contacts.contact_properties).list():
        field_type, _ = NEW_KINDS[chosen]
        type_ = PropertyType(chosen.removeprefix("new."))
        add(visit, PropertyDefinition(name=name, label=heading, type=type_, field_type=field_type))
    return name


def _log(visit: PageVisit, action: AuditAction, one: ContactImport, **detail: str | int) -> None:
    wiring.get(wiring.access.audit_log)(action, visit.actor, one.id, **detail)
