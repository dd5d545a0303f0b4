"""Every page of the console, joined from the rooms' parts: the function dispatches by it, the menu and the tests are made from it.

Within a group, the menu has the order of this table.
"""

from __future__ import annotations

from functions.pages import home, static_view
from functions.pages.access import passwords, sign_in, users, you
from functions.pages.contacts import people
from functions.pages.events import messages
from functions.pages.tokens import smtp_tokens
from functions.pages.webhooks import webhooks

PAGES = (
    *home.PAGES,
    *sign_in.PAGES,
    *passwords.PAGES,
    *users.PAGES,
    *you.PAGES,
    *messages.PAGES,
    *people.PAGES,
    *smtp_tokens.PAGES,
    *webhooks.PAGES,
    *static_view.PAGES,
)
