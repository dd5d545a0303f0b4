"""The people of the console: invite, change a role, sign out, remove."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from functions import wiring
from functions.core.access.actor import Actor
from functions.core.access.roles import Role
from functions.core.access.scopes import ACCOUNT
from functions.core.errors import FieldError, Rejected
from functions.http.responses import HtmlPage
from functions.i18n.marks import N_
from functions.pages.page import MenuGroup, get, post
from functions.pages.visit import PageVisit
from functions.steps.access.manage_users import ManageUsers

USERS = "/console/users"
ROLES = (
    (Role.ADMINISTRATOR, N_("Administrator"), N_("does everything, also users, keys and pauses")),
    (Role.EDITOR, N_("Editor"), N_("writes and sends email, creates SMTP tokens, edits contacts")),
    (Role.VIEWER, N_("Viewer"), N_("reads statistics and messages, and changes nothing")),
)


class UserAction(Struct, frozen=True, kw_only=True):
    """What an administrator does to one person, after a confirmation that states it."""

    step: Callable[[ManageUsers, str, Actor], None]
    title: str
    text: str
    button: str
    notice: str

    def confirm(self, visit: PageVisit) -> HtmlPage:
        email = _email(visit)
        title = visit.gettext(self.title, email=email)
        return visit.confirm(title, visit.gettext(self.text), visit.gettext(self.button), USERS, email=email)

    def act(self, visit: PageVisit) -> HtmlPage:
        self.step(wiring.get(wiring.access.manage_users), visit.value("email"), visit.actor)
        return visit.redirect(USERS, visit.gettext(self.notice))


REMOVE = UserAction(
    step=ManageUsers.remove,
    title=N_("Remove %(email)s?"),
    text=N_("The person cannot sign in from now on, and every session of theirs ends. What they made stays."),
    button=N_("Remove the user"),
    notice=N_("The user is removed."),
)
SIGN_OUT = UserAction(
    step=ManageUsers.sign_out,
    title=N_("Sign %(email)s out?"),
    text=N_("Every session of the person ends at once, on all devices."),
    button=N_("Sign out everywhere"),
    notice=N_("Every session of the person has ended."),
)
REMOVE_SECOND_FACTOR = UserAction(
    step=ManageUsers.remove_second_factor,
    title=N_("Remove the second factor of %(email)s?"),
    text=N_("For a person who lost their authenticator app: the password will then be enough to sign in."),
    button=N_("Remove the second factor"),
    notice=N_("The second factor is removed."),
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


PAGES = (
    get(USERS, show_users, ACCOUNT, menu=(MenuGroup.SETTINGS, N_("Users"))),
    post(USERS, invite, ACCOUNT, back=show_users),
    get(f"{USERS}/role", show_role, ACCOUNT),
    post(f"{USERS}/role", change_role, ACCOUNT, back=show_role),
    get(f"{USERS}/remove", REMOVE.confirm, ACCOUNT),
    post(f"{USERS}/remove", REMOVE.act, ACCOUNT, back=REMOVE.confirm),
    get(f"{USERS}/sign-out", SIGN_OUT.confirm, ACCOUNT),
    post(f"{USERS}/sign-out", SIGN_OUT.act, ACCOUNT, back=SIGN_OUT.confirm),
    get(f"{USERS}/second-factor", REMOVE_SECOND_FACTOR.confirm, ACCOUNT),
    post(f"{USERS}/second-factor", REMOVE_SECOND_FACTOR.act, ACCOUNT, back=REMOVE_SECOND_FACTOR.confirm),
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
