"""The people of the console: invite, change a role, sign out, remove."""

from __future__ import annotations

from functions import wiring
from functions.core.access.roles import Role
from functions.core.access.scopes import ACCOUNT
from functions.core.errors import FieldError, Rejected
from functions.http.responses import HtmlPage
from functions.i18n.marks import N_
from functions.pages.page import MenuGroup, get, post
from functions.pages.visit import PageVisit

USERS = "/console/users"
ROLES = (
    (Role.ADMINISTRATOR, N_("Administrator"), N_("does everything, also users, keys and pauses")),
    (Role.EDITOR, N_("Editor"), N_("writes and sends email, creates SMTP tokens, edits contacts")),
    (Role.VIEWER, N_("Viewer"), N_("reads statistics and messages, and changes nothing")),
)


def show_users(visit: PageVisit) -> HtmlPage:
    return visit.page(
        "access/users.html", users=wiring.get(wiring.access.manage_users).all(visit.actor), roles=_roles(visit)
    )


def invite(visit: PageVisit) -> HtmlPage:
    """An invited person has stated no language, so the mail has the inviter's."""
    invitation = wiring.get(wiring.access.manage_users).invite(
        visit.value("email"), _role(visit), visit.actor, language=visit.visitor.language
    )
    return visit.page("access/invited.html", invitation=invitation)


def show_role(visit: PageVisit) -> HtmlPage:
    email = _email(visit)
    users = wiring.get(wiring.access.manage_users).all(visit.actor)
    user = next((one for one in users if one.email == email), None)
    return visit.page(
        "access/role.html", email=email, role=str(user.role if user else Role.VIEWER), roles=_roles(visit)
    )


def change_role(visit: PageVisit) -> HtmlPage:
    wiring.get(wiring.access.manage_users).change_role(visit.value("email"), _role(visit), visit.actor)
    return visit.redirect(USERS, visit.gettext("The role is changed. It counts from the next click."))


def confirm_removal(visit: PageVisit) -> HtmlPage:
    email = _email(visit)
    return visit.confirm(
        visit.gettext("Remove %(email)s?", email=email),
        visit.gettext("The person cannot sign in from now on, and every session of theirs ends. What they made stays."),
        visit.gettext("Remove the user"),
        USERS,
        email=email,
    )


def remove(visit: PageVisit) -> HtmlPage:
    wiring.get(wiring.access.manage_users).remove(visit.value("email"), visit.actor)
    return visit.redirect(USERS, visit.gettext("The user is removed."))


def confirm_sign_out(visit: PageVisit) -> HtmlPage:
    email = _email(visit)
    return visit.confirm(
        visit.gettext("Sign %(email)s out?", email=email),
        visit.gettext("Every session of the person ends at once, on all devices."),
        visit.gettext("Sign out everywhere"),
        USERS,
        email=email,
    )


def sign_out(visit: PageVisit) -> HtmlPage:
    wiring.get(wiring.access.manage_users).sign_out(visit.value("email"), visit.actor)
    return visit.redirect(USERS, visit.gettext("Every session of the person has ended."))


def confirm_factor_removal(visit: PageVisit) -> HtmlPage:
    email = _email(visit)
    return visit.confirm(
        visit.gettext("Remove the second factor of %(email)s?", email=email),
        visit.gettext("For a person who lost their authenticator app: the password will then be enough to sign in."),
        visit.gettext("Remove the second factor"),
        USERS,
        email=email,
    )


def remove_factor(visit: PageVisit) -> HtmlPage:
    wiring.get(wiring.access.manage_users).remove_second_factor(visit.value("email"), visit.actor)
    return visit.redirect(USERS, visit.gettext("The second factor is removed."))


PAGES = (
    get(USERS, show_users, ACCOUNT, menu=(MenuGroup.SETTINGS, N_("Users"))),
    post(USERS, invite, ACCOUNT, back=show_users),
    get(f"{USERS}/role", show_role, ACCOUNT),
    post(f"{USERS}/role", change_role, ACCOUNT, back=show_role),
    get(f"{USERS}/remove", confirm_removal, ACCOUNT),
    post(f"{USERS}/remove", remove, ACCOUNT, back=confirm_removal),
    get(f"{USERS}/sign-out", confirm_sign_out, ACCOUNT),
    post(f"{USERS}/sign-out", sign_out, ACCOUNT, back=confirm_sign_out),
    get(f"{USERS}/second-factor", confirm_factor_removal, ACCOUNT),
    post(f"{USERS}/second-factor", remove_factor, ACCOUNT, back=confirm_factor_removal),
)


def _email(visit: PageVisit) -> str:
    return visit.value("email") or visit.query.get("email", "")


def _role(visit: PageVisit) -> Role:
    """Raises Rejected."""
    try:
        return Role(visit.value("role"))
    except ValueError:
        raise Rejected([FieldError("role", f"must be one of {', '.join(Role)}")]) from None


def _roles(visit: PageVisit) -> list[tuple[str, str, str]]:
    return [(str(role), visit.gettext(name), visit.gettext(help_)) for role, name, help_ in ROLES]
