"""An address of every page, and what must exist for it. The tests of security and accessibility visit each.

`GET` pages: the addresses to visit, in each state that looks different. `POST` pages: the path, and fields that change something.
"""

from __future__ import annotations

from functions import wiring
from functions.core.access.actor import unrestricted
from functions.core.access.roles import Role
from functions.core.access.users import User
from functions.core.contacts.subscriptions.subscription import SubscriptionType
from functions.ports.access import ApiKey
from functions.wiring import Container
from tests.support.console import (
    account_examples,
    audience_examples,
    automation_examples,
    email_examples,
    room_examples,
)
from tests.support.console.example import Example
from tests.support.examples import NOON_TEXT

OTHER = "other@example.com"  # a user, who is not the visitor
KEY = "ab" * 32  # the id of an API key

EXAMPLES: dict[str, tuple[Example, ...]] = {
    "GET /": (Example("/"),),
    "GET /console": (Example("/console"),),
    "GET /console/sign-in": (Example("/console/sign-in"),),
    "POST /console/sign-in": (Example("/console/sign-in", {"email": "a@example.com", "password": "not it"}),),
    "GET /console/sign-in/code": (Example("/console/sign-in/code"),),
    "POST /console/sign-in/code": (Example("/console/sign-in/code", {"code": "000000"}),),
    "POST /console/sign-out": (Example("/console/sign-out"),),
    "GET /console/password": (Example("/console/password"),),
    "POST /console/password": (Example("/console/password", {"email": OTHER}),),
    "GET /console/password/new": (Example("/console/password/new?key=used-up"),),
    "POST /console/password/new": (
        Example("/console/password/new", {"key": "k", "password": "twelve or more", "again": "twelve or more"}),
    ),
    "GET /console/sign-in/link": (Example("/console/sign-in/link?key=k"),),
    "POST /console/sign-in/link": (Example("/console/sign-in/link", {"key": "k"}),),
    "GET /console/you": (Example("/console/you"),),
    "POST /console/you": (Example("/console/you", {"language": "it", "zone": "Europe/Rome"}),),
    "POST /console/you/password": (
        Example("/console/you/password", {"current": "not it", "password": "twelve or more"}),
    ),
    "GET /console/you/second-factor": (Example("/console/you/second-factor"),),
    "POST /console/you/second-factor": (Example("/console/you/second-factor", {"password": "not it"}),),
    "POST /console/you/second-factor/confirm": (
        Example("/console/you/second-factor/confirm", {"token": "t", "secret": "ABCDEFGH", "code": "000000"}),
    ),
    "GET /console/you/second-factor/remove": (Example("/console/you/second-factor/remove"),),
    "POST /console/you/second-factor/remove": (Example("/console/you/second-factor/remove", {"password": "not it"}),),
    "GET /console/you/sign-out-everywhere": (Example("/console/you/sign-out-everywhere"),),
    "POST /console/you/sign-out-everywhere": (Example("/console/you/sign-out-everywhere"),),
    "GET /console/users": (Example("/console/users"),),
    "POST /console/users": (Example("/console/users", {"email": "new@example.net", "role": "viewer"}),),
    **{
        f"{method} /console/users/{act}": (
            Example(f"/console/users/{act}?email={OTHER}")
            if method == "GET"
            else Example(f"/console/users/{act}", {"email": OTHER, **fields}),
        )
        for method in ("GET", "POST")
        for act, fields in (("role", {"role": "viewer"}), ("remove", {}), ("sign-out", {}), ("second-factor", {}))
    },
    **room_examples.EXAMPLES,
    **audience_examples.EXAMPLES,
    **account_examples.EXAMPLES,
    **email_examples.EXAMPLES,
    **automation_examples.EXAMPLES,
    "GET /console/keys": (Example("/console/keys"),),
    "POST /console/keys": (Example("/console/keys", {"name": "shop", "scopes": "reports"}),),
    "GET /console/keys/{keyId}/name": (Example(f"/console/keys/{KEY}/name"),),
    "POST /console/keys/{keyId}/name": (Example(f"/console/keys/{KEY}/name", {"name": "till"}),),
    "GET /console/keys/{keyId}/revoke": (Example(f"/console/keys/{KEY}/revoke"),),
    "POST /console/keys/{keyId}/revoke": (Example(f"/console/keys/{KEY}/revoke"),),
    "GET /console/audit": (
        Example("/console/audit"),
        Example("/console/audit?by=nobody&action=user.invited&since=2026-11-01&until=2026-11-30"),
    ),
    "GET /console/subscription-types": (Example("/console/subscription-types"),),
    "POST /console/subscription-types": (
        Example("/console/subscription-types", {"name": "News", "description": "What is new", "purpose": "marketing"}),
    ),
    "GET /console/subscription-types/{typeId}": (Example("/console/subscription-types/news"),),
    "POST /console/subscription-types/{typeId}": (
        Example("/console/subscription-types/news", {"name": "News", "description": "", "purpose": ""}),
    ),
    "GET /console/site-settings": (Example("/console/site-settings"),),
    "POST /console/site-settings": (Example("/console/site-settings", {"company_name": "Acme"}),),
    "GET /console/static/{hash}/{file}": (Example("/console/static/0/style.css"),),
}
"""By the method and path of the page table."""


def prepare(container: Container) -> None:
    """Stores what the addresses show: an API key, a subscription type, a user besides the visitor."""
    room_examples.prepare(container)
    audience_examples.prepare(container)
    account_examples.prepare(container)
    email_examples.prepare(container)
    automation_examples.prepare(container)
    container.get(wiring.adapters.access.api_keys).put(
        ApiKey(
            secret_id=KEY,
            name="shop",
            prefix="stf_abcdef",
            owner="you@example.com",
            scopes=("reports",),
            created_at=NOON_TEXT,
        )
    )
    news = SubscriptionType(id="news", name="News", created_at=NOON_TEXT, updated_at=NOON_TEXT)
    container.get(wiring.adapters.contacts.subscription_types).put(news)
    invited = User(
        email=OTHER, role=Role.EDITOR, invited_at=NOON_TEXT, invited_by="you@example.com", second_factor=True
    )
    container.get(wiring.adapters.access.users).create(invited)
    store_long_list(container)


def store_long_list(container: Container) -> None:
    """Stores a list with the longest name, of one word. No page grows with it."""
    longest = container.get(wiring.contacts.list_editor).create("x" * 200, unrestricted("editor@example.com"))
    container.get(wiring.adapters.contacts.list_members).add(longest.id, ["page@example.net"], NOON_TEXT)
