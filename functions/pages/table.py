"""Every page of the console, joined from the rooms' parts: the function dispatches by it, the menu and the tests are made from it.

Within a group, the menu has the order of this table.
"""

from __future__ import annotations

from functions.pages import home, static_view, uploads
from functions.pages.access import audit, keys, passwords, sign_in, users, you
from functions.pages.account import dead_letters, sending, site_settings
from functions.pages.automations import automations, edit, runs
from functions.pages.broadcasts import broadcasts
from functions.pages.contacts import (
    consent,
    contact_form,
    export,
    imports,
    lists,
    people,
    properties,
    subscription_types,
)
from functions.pages.domains import domains
from functions.pages.emails import (
    actions,
    blocks,
    create,
    emails,
    images,
    performance,
    publish,
    revisions,
    send,
    settings,
    snippets,
    words,
    write,
)
from functions.pages.events import message, message_search
from functions.pages.templates import partials
from functions.pages.tokens import smtp_tokens
from functions.pages.webhooks import webhooks

PAGES = (
    *home.PAGES,
    *sign_in.PAGES,
    *passwords.PAGES,
    *you.PAGES,
    *emails.PAGES,
    *images.PAGES,
    *partials.PAGES,
    *create.PAGES,
    *write.PAGES,
    *blocks.PAGES,
    *words.PAGES,
    *settings.PAGES,
    *performance.PAGES,
    *send.PAGES,
    *publish.PAGES,
    *snippets.PAGES,
    *actions.PAGES,
    *revisions.PAGES,
    *message_search.PAGES,
    *message.PAGES,
    *broadcasts.PAGES,
    *edit.PAGES,
    *automations.PAGES,
    *runs.PAGES,
    *export.PAGES,
    *contact_form.PAGES,
    *people.PAGES,
    *consent.PAGES,
    *lists.PAGES,
    *properties.PAGES,
    *imports.PAGES,
    *uploads.PAGES,
    *subscription_types.PAGES,
    *smtp_tokens.PAGES,
    *webhooks.PAGES,
    *keys.PAGES,
    *domains.PAGES,
    *sending.PAGES,
    *dead_letters.PAGES,
    *site_settings.PAGES,
    *users.PAGES,
    *audit.PAGES,
    *static_view.PAGES,
)
