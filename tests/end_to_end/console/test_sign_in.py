"""People come and go: invitation, password, second factor, sessions."""

from __future__ import annotations

from tests.end_to_end.console.conftest import Windows
from tests.end_to_end.console.mails import Authenticator, link_mailed
from tests.end_to_end.console.window import Window, signed_in
from tests.end_to_end.service import Service
from tests.end_to_end.support.console.session import PASSWORD, add_user


def test_a_second_factor_is_added_and_needed(service: Service, window: Window) -> None:
    signed_in(window, service, "factor@example.com")
    window.follow("factor@example.com")
    window.follow("Set up a second factor")
    window.fill({"Password": PASSWORD})
    window.press("Next")
    app = Authenticator(window.text_of("#key"))
    window.fill({"Code": "000000"})
    window.press("Turn it on")
    assert "is wrong" in window.text
    window.fill({"Code": app.code()})
    window.press("Turn it on")
    window.press("Sign out")
    window.sign_in("factor@example.com", "not the password")
    assert "address is wrong" in window.text
    window.sign_in("factor@example.com")
    window.go("/console/keys")
    assert window.path.startswith("/console/sign-in"), "a password is not enough"
    window.sign_in("factor@example.com")
    window.fill({"Code": "000000"})
    window.press("Sign in")
    assert "is wrong" in window.text
    window.fill({"Code": app.code()})
    window.press("Sign in")
    assert window.title == "Home"
    window.follow("factor@example.com")
    window.follow("Remove the second factor")
    window.fill({"Password": PASSWORD})
    window.press("Remove the second factor")
    assert "The second factor is removed." in window.text


def test_an_invited_person_sets_a_password(service: Service, windows: Windows) -> None:
    host = signed_in(windows.open(), service, "inviter@example.com")
    host.follow("Users")
    host.fill({"Email address": "invitee@example.net"})
    host.check("Viewer")
    host.press("Invite")
    assert host.title == "invitee@example.net is invited"
    guest = windows.open()
    guest.go(link_mailed(service, "invitee@example.net"))
    guest.fill({"New password": "short", "The same again": "short"})
    guest.press("Set the password")
    assert "12" in guest.text
    guest.fill({"New password": PASSWORD, "The same again": PASSWORD})
    guest.press("Set the password")
    guest.sign_in("invitee@example.net")
    assert guest.title == "Home"
    assert guest.page.get_by_role("link", name="Users").count() == 0
    host.follow("Users")
    host.follow("Remove invitee@example.net")
    assert "What they made stays" in host.text
    host.press("Remove the user")
    guest.go("/console")
    assert guest.title == "Sign in"


def test_a_password_is_reset_by_mail(service: Service, window: Window) -> None:
    add_user(service, "lost@example.com")
    window.go("/console")
    window.follow("Reset your password")
    window.fill({"Email address": "lost@example.com"})
    window.press("Send the link")
    assert "on its way" in window.text
    link = link_mailed(service, "lost@example.com")
    window.go(link)
    window.fill({"New password": "another good password", "The same again": "another good password"})
    window.press("Set the password")
    window.sign_in("lost@example.com")
    assert "address is wrong" in window.text
    window.sign_in("lost@example.com", "another good password")
    assert window.title == "Home"
    window.go(link)
    assert window.page.get_by_label("New password").count() == 0, "a link works once"


def test_a_person_signs_out_everywhere(service: Service, windows: Windows) -> None:
    here, there = windows.open(), windows.open()
    signed_in(here, service, "everywhere@example.com")
    there.sign_in("everywhere@example.com")
    here.follow("everywhere@example.com")
    here.follow("Sign out everywhere")
    here.press("Sign out everywhere", within="main")
    assert here.path.startswith("/console/sign-in")
    there.go("/console")
    assert there.title == "Sign in"


def test_the_console_works_without_scripts(service: Service, windows: Windows) -> None:
    window = windows.open(script=False)
    add_user(service, "noscript@example.com")
    window.page.goto(f"{window.base}/console/sign-in")
    window.page.get_by_label("Email address").fill("noscript@example.com")
    window.page.get_by_label("Password", exact=True).fill(PASSWORD)
    window.page.get_by_role("button", name="Sign in").click()
    window.page.get_by_role("link", name="API keys", exact=True).click()
    assert window.title == "API keys"
