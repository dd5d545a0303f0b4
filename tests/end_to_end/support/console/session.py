"""The console as its people meet it over HTTP, without scripts."""

from __future__ import annotations

import re
import time
from typing import Any

import pyotp
import requests

from functions import wiring
from functions.core.access.roles import Role
from functions.core.access.users import User
from tests.end_to_end.service import Service
from tests.end_to_end.support.console.account import tour_account
from tests.end_to_end.support.console.audience import tour_audience
from tests.end_to_end.support.console.automations import tour_automation_pages
from tests.end_to_end.support.console.emails import tour_console_emails
from tests.end_to_end.support.console.rooms import tour_rooms
from tests.support.patience import NO_ANSWER_SECONDS

PASSWORD = "correct horse battery"


class Person:
    """A browser of one person."""

    def __init__(self, service: Service) -> None:
        self.base = service.ready.api_url
        self.session = requests.Session()

    def get(self, path: str) -> requests.Response:
        return _checked(self.session.get(self.base + path, timeout=NO_ANSWER_SECONDS))

    def submit(
        self, path: str, page: str = "", *, may_fail: bool = False, upload: bytes = b"", **fields: Any
    ) -> requests.Response:
        """Loads the form's page, and posts the fields with its token. `upload` is the file of its form."""
        match = re.search(r'name="csrf" value="([0-9a-f]+)"', self.get(page or path).text)
        assert match, f"{page or path} has no form"
        form = {"csrf": match[1], **fields}
        headers = {"origin": self.base}
        files = {"file": upload} if upload else None
        answer = self.session.post(self.base + path, form, files=files, timeout=NO_ANSWER_SECONDS, headers=headers)
        return answer if may_fail else _checked(answer)


def _checked(answer: requests.Response) -> requests.Response:
    """No page fails: a permission that lacks would show here."""
    assert answer.status_code < 500, answer.text
    return answer


def add_user(service: Service, email: str, role: Role = Role.ADMINISTRATOR) -> None:
    container = service.stack.container
    user = User(email=email, role=role, invited_at="2026-11-29T12:00:00.000Z", invited_by="you@example.com")
    container.get(wiring.adapters.access.users).create(user)
    directory = container.get(wiring.adapters.access.user_directory)
    directory.create(email)
    directory.set_password(email, PASSWORD)


def second_factor(service: Service, email: str) -> pyotp.TOTP:
    directory = service.stack.container.get(wiring.adapters.access.user_directory)
    signed_in = directory.check_password(email, PASSWORD)
    assert signed_in
    totp = pyotp.TOTP(directory.begin_second_factor(signed_in.token))
    assert directory.finish_second_factor(email, signed_in.token, totp.at(time.time() - 30))
    return totp


def tour_console(service: Service) -> None:
    """Every page once, so that every permission of the console is used."""
    email = "tour@example.com"
    add_user(service, email)
    totp = second_factor(service, email)
    person = Person(service)
    person.submit("/console/sign-in", email=email, password=PASSWORD)
    assert email in person.submit("/console/sign-in/code", code=totp.now()).text
    tour_rooms(service, person)
    tour_console_emails(service, person)
    tour_audience(service, person)
    tour_automation_pages(service, person)
    tour_account(service, person)
    link = link_in(person.submit("/console/users", email="guest@example.com", role="editor").text)
    guest = Person(service)
    guest.submit("/console/password/new", link, key=link.partition("=")[2], password=PASSWORD, again=PASSWORD)
    for act in ("role", "sign-out", "second-factor", "remove"):
        page = f"/console/users/{act}?email=guest@example.com"
        person.submit(f"/console/users/{act}", page, email="guest@example.com", role="viewer")
    person.submit("/console/you/second-factor/remove", password=PASSWORD)
    person.submit("/console/password", email=email)
    person.submit("/console/keys", name="tour", scopes="reports")
    key = next(key for key in service.stack.container.get(wiring.adapters.access.api_keys).all() if key.name == "tour")
    person.submit(f"/console/keys/{key.secret_id}/name", name="toured")
    person.submit(f"/console/keys/{key.secret_id}/revoke")
    person.submit("/console/subscription-types", name="Tour")
    person.submit("/console/site-settings", company_name="Tour")
    person.submit("/console/site-settings", company_name="")
    assert person.get("/console/audit?action=api_key.revoked").ok
    person.submit("/console/sign-out", "/console")


def link_in(html: str) -> str:
    match = re.search(r"/console/password/new\?key=[\w-]+", html)
    assert match
    return match[0]
