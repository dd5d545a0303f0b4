"""Signing in to the console of the running service: passwords and codes are Cognito's."""

from __future__ import annotations

from tests.end_to_end.service import Service
from tests.end_to_end.support.console.session import PASSWORD, Person, add_user, link_in, second_factor


def test_a_person_signs_in_with_password_and_code(service: Service) -> None:
    add_user(service, "grace@example.com")
    totp = second_factor(service, "grace@example.com")
    person = Person(service)
    assert person.get("/").ok
    assert person.get("/console").url.endswith("/console/sign-in?to=/console")
    refused = person.submit("/console/sign-in", email="grace@example.com", password="wrong horse battery")
    assert (refused.status_code, "address is wrong" in refused.text) == (400, True)
    second = person.submit("/console/sign-in", email="grace@example.com", password=PASSWORD)
    assert "authenticator app" in second.text
    assert person.get("/console").url.endswith("/console/sign-in?to=/console"), "a password is not enough"
    wrong = person.submit("/console/sign-in/code", code="000000")
    assert (wrong.status_code, "is wrong" in wrong.text) == (400, True)
    arrived = person.submit("/console/sign-in/code", code=totp.now())
    assert (arrived.status_code, "grace@example.com" in arrived.text) == (200, True)
    person.submit("/console/sign-out", "/console")
    assert person.get("/console").url.endswith("/console/sign-in?to=/console")


def test_the_first_administrator_is_one_click_away(service: Service) -> None:
    person, link = Person(service), service.ready.console_link.removeprefix(service.ready.api_url)
    home = person.submit("/console/sign-in/link", link, key=link.partition("=")[2])
    assert (home.status_code, service.ready.console_user in home.text) == (200, True)
    again = Person(service)
    signed_in = again.submit(
        "/console/sign-in", email=service.ready.console_user, password=service.ready.console_password
    )
    assert service.ready.console_user in signed_in.text


def test_an_invited_person_gets_a_mail_and_joins(service: Service) -> None:
    add_user(service, "host@example.com")
    host, guest = Person(service), Person(service)
    host.submit("/console/sign-in", email="host@example.com", password=PASSWORD)
    host.submit("/console/users", email="guest@example.net", role="viewer")
    service.settle()
    (mail,) = service.mails("to:guest@example.net")
    assert mail["Subject"] == "host@example.com invited you to Staffetta"
    link = link_in(service.mailbox.get(f"/api/v1/message/{mail['ID']}").json()["Text"])
    guest.submit("/console/password/new", link, key=link.partition("=")[2], password=PASSWORD, again=PASSWORD)
    home = guest.submit("/console/sign-in", email="guest@example.net", password=PASSWORD)
    assert "guest@example.net" in home.text
    guest.submit("/console/you/second-factor", password=PASSWORD)
    assert host.get("/console/users").ok
    assert guest.get("/console/users").status_code == 403


def test_a_page_is_quick_and_light(service: Service) -> None:
    add_user(service, "quick@example.com")
    person = Person(service)
    home = person.submit("/console/sign-in", email="quick@example.com", password=PASSWORD)
    files = [path for path in home.text.split('"') if path.startswith("/console/static/")]
    assert len(files) >= 3
    answers = [person.get(path) for path in files]
    assert all(answer.headers["cache-control"].endswith("immutable") for answer in answers)
    assert sum(len(answer.content) for answer in (home, *answers)) < 150_000
    # One of a hundred is quick on a busy machine too.
    assert any(person.get("/console").elapsed.total_seconds() < 0.1 for _ in range(100))
