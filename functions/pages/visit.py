"""A visit of a page: what a view gets, and how it answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import groupby
from types import MappingProxyType
from typing import Any

import msgspec
from msgspec import Struct

from functions.core import timestamps
from functions.core.access.actor import Actor
from functions.core.access.users import User
from functions.core.errors import FieldError
from functions.http.request import Request
from functions.http.responses import HtmlPage
from functions.i18n.catalogs import catalog
from functions.pages import actor_words, cookies, error_words, formats
from functions.pages.rendering import render
from functions.pages.security import headers, json_headers
from functions.wiring.random_ids import new_secret

_NONE: Mapping[str, str] = MappingProxyType({})
SEE_OTHER = 303
BAD_REQUEST = 400


class Visitor(Struct, frozen=True, kw_only=True):
    """Who visits: a user, or a person who is not signed in. `secret` is of the session, or of a visit without one."""

    user: User | None
    secret: str
    source: str  # the browser's IP address
    language: str
    zone: str
    secure: bool  # over https
    new: bool = False  # the browser does not have the secret yet

    @property
    def actor(self) -> Actor:
        return self.user.actor if self.user else Actor("")


class MenuItem(Struct, frozen=True):
    group: str
    label: str
    path: str
    scopes: tuple[str, ...]


class PageVisit:
    """One request of a browser. A view reads `query`, `path`, `value` and `values`, and answers with `page`, `confirm` or `redirect`."""

    def __init__(
        self,
        request: Request[Visitor],
        menu: Sequence[MenuItem],
        errors: Sequence[FieldError] = (),
        created: str | None = None,
    ) -> None:
        self.request = request
        self.menu = menu
        self.errors = tuple(errors)
        self.created = created  # the path of what this form created before, or empty: see once.py

    def with_errors(self, errors: Sequence[FieldError]) -> PageVisit:
        """Returns the same visit, with errors of its form."""
        return PageVisit(self.request, self.menu, errors)

    @property
    def visitor(self) -> Visitor:
        return self.request.caller

    @property
    def actor(self) -> Actor:
        """For steps."""
        return self.visitor.actor

    @property
    def query(self) -> Mapping[str, str]:
        return self.request.query

    def path(self, name: str) -> str:
        """Returns a parameter of the path."""
        return self.request.path_parameters[name]

    @cached_property
    def _form(self) -> dict[str, list[str]]:
        return self.request.form() if self.request.body else {}

    def value(self, name: str, default: str = "") -> str:
        """Returns a field of the form, without space around it. A view that shows a form again finds there what was entered."""
        return self._form[name][0].strip() if name in self._form else default

    def fields(self) -> dict[str, str]:
        """Returns the first value of each field, as `value` does: for a form that names its own fields."""
        return {name: values[0].strip() for name, values in self._form.items()}

    def file(self, name: str) -> bytes:
        """Returns the content of a file. The form has `enctype="multipart/form-data"`."""
        return self.request.parts().get(name, [b""])[0]

    def password(self, name: str) -> str:
        """Returns a field exactly as it was entered."""
        return self._form.get(name, [""])[0]

    def text(self, name: str) -> str:
        """Returns a text of several lines as it was entered. Browsers send its line ends as CRLF."""
        return self.password(name).replace("\r\n", "\n")

    def cookie(self, name: str) -> str:
        return cookies.read(self.request.cookies, name, secure=self.visitor.secure)

    def values(self, name: str) -> list[str]:
        """Returns all values of a field: those of checkboxes with one name."""
        return self._form.get(name, [])

    def has_boxes(self, name: str) -> bool:
        """Returns whether the form that came has these boxes. Browsers send nothing of an unchecked one, so ui.checkboxes names them."""
        return name in self.values("of-form")

    def gettext(self, text: str, **values: object) -> str:
        """Translates a text: for a notice. Templates have their own `trans`."""
        translated = catalog(self.visitor.language).gettext(text)
        return translated % values if values else translated

    def pgettext(self, context: str, text: str) -> str:
        """Translates a word that another language has several of: what it is about is its context."""
        return catalog(self.visitor.language).pgettext(context, text)

    def field_label(self, field: str) -> str:
        return error_words.label_of(field, self.gettext)

    def by_whom(self, actor: str) -> str:
        return actor_words.words_of(actor, self.gettext)

    def error_message(self, message: str) -> str:
        return error_words.message_of(message, self.visitor.language, self.visitor.zone)

    def number(self, value: float) -> str:
        """For a notice. Templates have the filter of this name."""
        return formats.number(value, self.visitor.language)

    def time(self, text: str) -> str:
        """Returns a time with its zone."""
        return formats.zoned(timestamps.parse(text), self.visitor.language, self.visitor.zone)

    def clock(self, text: str) -> str:
        return formats.clock(text, self.visitor.language)

    def percent(self, value: float) -> str:
        return formats.percent(value, self.visitor.language)

    def page(
        self, template: str, status: int | None = None, *, policy: Mapping[str, str] = _NONE, **values: Any
    ) -> HtmlPage:
        """Answers with a template of templates/pages. It has `visit` and the values. Its status is 400 if there are errors. `policy` has
        more sources for the browser: see security.headers.
        """
        visitor = self.visitor
        notice = self.cookie(cookies.NOTICE)
        html = render(template, visitor.language, visitor.zone, visit=self, notice=notice, **values)
        status = status or (BAD_REQUEST if self.errors else 200)
        return HtmlPage(html, headers(**policy), status, self._cookies(clear_notice=bool(notice)))

    def json(self, value: object, status: int = 200) -> HtmlPage:
        """Answers a script of ours. The text has no `<`, so no browser finds markup in it."""
        return HtmlPage(msgspec.json.encode(value).decode().replace("<", "\\u003c"), json_headers(), status)

    def confirm(self, title: str, text: str, button: str, back: str, *, danger: bool = True, **fields: str) -> HtmlPage:
        """Answers with a page that states what will happen. Its button posts the fields to this same path; `back` is where to go instead.
        `danger`: it ends or deletes something.
        """
        return self.page("confirm.html", title=title, text=text, button=button, back=back, danger=danger, fields=fields)

    def redirect(
        self, path: str, notice: str = "", *, write: Mapping[str, str] = _NONE, clear: Sequence[str] = ()
    ) -> HtmlPage:
        """Answers with the way to another page, which shows the notice once. `write` and `clear` are cookies."""
        secure = self.visitor.secure
        set_cookies = [cookies.write(name, value, secure=secure) for name, value in write.items()]
        set_cookies += [cookies.clear(name, secure=secure) for name in clear]
        if notice:
            set_cookies.append(cookies.write(cookies.NOTICE, notice, secure=secure, seconds=cookies.NOTICE_SECONDS))
        location = {"location": path, "cache-control": "no-store"}
        return HtmlPage("", location, SEE_OTHER, (*self._cookies(), *set_cookies))

    def groups(self) -> list[tuple[str, list[MenuItem]]]:
        """Returns the menu as this person has it: the groups with the pages that their role opens."""
        mine = [item for item in self.menu if not item.scopes or self.actor.may(*item.scopes)]
        return [(group, list(items)) for group, items in groupby(mine, key=lambda item: item.group)]

    @cached_property
    def form_id(self) -> str:
        """Returns the id of a form that creates something once. A form that is shown again keeps it, unless it created something."""
        existing = self.value("form") or self.query.get("form", "")
        return existing if existing and self.created is None else new_secret()

    @property
    def csrf(self) -> str:
        return cookies.csrf_token(self.visitor.secret)

    def _cookies(self, *, clear_notice: bool = False) -> tuple[str, ...]:
        secure = self.visitor.secure
        visit = cookies.write(cookies.VISIT, self.visitor.secret, secure=secure, seconds=cookies.VISIT_SECONDS)
        return (
            *((visit,) if self.visitor.new else ()),
            *((cookies.clear(cookies.NOTICE, secure=secure),) if clear_notice else ()),
        )
